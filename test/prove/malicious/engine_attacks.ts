// Floods and giants against the engine: records, alerts, messages, ClientHellos, early data, needs that nobody answers.

import { concat, EMPTY, fromHex } from '../../../src/bytes/bytes.ts';
import { decodeSession } from '../../../src/handshake/shared/session.ts';
import { EXTENSIONS } from '../../../src/wire/extensions.ts';
import type { ClientHello } from '../../../src/wire/messages.ts';
import { earlier, ticketKey } from '../../support/earlier.ts';
import { handshake, withExtension } from '../../support/forge.ts';
import { makePair, type PairOptions, shakeHands } from '../../support/pair.ts';
import type { Attack } from './siege.ts';
import { again, against, connected, freshServer, helloRecords, inRecords } from './victims.ts';

const KB = 1024;
/** What compiled code and its feedback come to, and little else. */
const SMALL = 1024 * KB;
const V13 = 'TLSv1.3';
const V12 = 'TLSv1.2';

function* repeat(count: number, make: (i: number) => Uint8Array): Iterable<Uint8Array> {
  for (let i = 0; i < count; i++) yield make(i);
}

const u16 = (value: number): Uint8Array => Uint8Array.of(value >> 8, value);
const many = (count: number, make: (i: number) => Uint8Array): Uint8Array =>
  concat(...Array.from({ length: count }, (_, i) => make(i)));
const listed = (content: Uint8Array): Uint8Array => concat(u16(content.length), content);

export const RECORDS: readonly Attack[] = [
  {
    name: 'data in records of 16 kB, for comparison',
    limit: 'plaintext; each byte is paid for',
    begin: () => connected('server', V13, (forge) => repeat(500, () => forge.records(23, new Uint8Array(16_384)))),
    ends: undefined,
    memory: SMALL,
    cpu: 0.5,
  },
  {
    name: 'data in records of one byte',
    limit: 'each record is 22 bytes of theirs',
    begin: () => connected('server', V13, (forge) => repeat(20_000, () => forge.records(23, Uint8Array.of(1)))),
    ends: undefined,
    memory: SMALL,
    cpu: 20,
  },
  {
    name: 'one byte of data and 16 kB of padding',
    limit: 'plaintext, padding counted in',
    begin: () =>
      connected('server', V13, (forge) =>
        repeat(500, () => {
          const out: Uint8Array[] = [];
          forge.sealer()?.seal(23, Uint8Array.of(1), out, 16_382);
          return concat(...out);
        }),
      ),
    ends: undefined,
    memory: SMALL,
    cpu: 0.5,
  },
  {
    name: 'empty records',
    limit: 'emptyRecords 32',
    begin: () => connected('server', V13, (forge) => repeat(1000, () => forge.records(23, EMPTY))),
    ends: 'ERR_TLS_TOO_MANY_EMPTY_RECORDS',
    memory: SMALL,
    cpu: 100,
  },
  {
    name: 'one byte at a time',
    limit: 'a partial record is kept once',
    begin: () =>
      connected('server', V13, (forge) => {
        const record = forge.records(23, new Uint8Array(16_384));
        return repeat(record.length, (i) => record.subarray(i, i + 1));
      }),
    ends: undefined,
    memory: SMALL,
    cpu: 20,
  },
  {
    name: 'warning alerts, TLS 1.2',
    limit: 'warnings 4',
    begin: () => connected('client', V12, (forge) => repeat(100, () => forge.alert(1, 'unrecognized_name'))),
    ends: 'ERR_TLS_TOO_MANY_WARNINGS',
    memory: SMALL,
    cpu: 200,
  },
  {
    name: 'ChangeCipherSpecs in a TLS 1.3 handshake',
    limit: 'ignoredChangeCipherSpecs 32',
    begin: () => {
      const { client } = makePair();
      client.handle(client.engine.start());
      return against(
        client.engine,
        repeat(1000, () => fromHex('140303000101')),
      );
    },
    ends: 'ERR_TLS_TOO_MANY_CHANGE_CIPHER_SPECS',
    memory: SMALL,
    cpu: 100,
  },
];

export const MESSAGES: readonly Attack[] = [
  {
    name: 'KeyUpdates that ask for one',
    limit: 'keyUpdates 10,000',
    begin: () =>
      connected('server', V13, (forge) => repeat(20_000, () => forge.handshake('key_update', fromHex('01')))),
    ends: 'ERR_TLS_TOO_MANY_POST_HANDSHAKE',
    memory: SMALL,
    cpu: 100,
  },
  {
    name: 'HelloRequests, TLS 1.2',
    limit: 'keyUpdates 10,000',
    begin: () => connected('client', V12, (forge) => repeat(20_000, () => forge.handshake('hello_request', EMPTY))),
    ends: 'ERR_TLS_TOO_MANY_POST_HANDSHAKE',
    memory: SMALL,
    cpu: 50,
  },
  {
    name: 'tickets of 12 kB',
    limit: 'sessionTickets 1,000',
    begin: () => {
      const ticket = concat(fromHex('000000010000000000'), listed(new Uint8Array(12_000)), u16(0));
      return connected('client', V13, (forge) => repeat(2000, () => forge.handshake('new_session_ticket', ticket)));
    },
    ends: 'ERR_TLS_TOO_MANY_POST_HANDSHAKE',
    memory: SMALL,
    cpu: 1,
  },
  {
    name: 'CertificateRequests after the handshake',
    limit: 'one is answered at a time; pendingInput',
    begin: () => {
      const request = concat(
        Uint8Array.of(4, 1, 2, 3, 4),
        listed(concat(u16(EXTENSIONS.signature_algorithms.id), listed(fromHex('00020403')))),
      );
      const own: PairOptions = { client: { postHandshakeAuth: true }, clientKeys: ['p256'] };
      return connected(
        'client',
        V13,
        (forge) => repeat(2000, () => forge.handshake('certificate_request', request)),
        own,
      );
    },
    ends: undefined,
    memory: SMALL,
    cpu: 100,
  },
  {
    name: 'a message announced over the limit',
    limit: 'handshakeMessage 131,072',
    begin: () => against(freshServer(), [inRecords(fromHex('01020001'))[0] ?? EMPTY]),
    ends: 'ERR_TLS_MESSAGE_TOO_LARGE',
    memory: SMALL,
    cpu: 2000,
  },
  {
    name: 'a message of 128 kB in fragments of one byte',
    limit: 'handshakeMessage; assembled in place',
    begin: () =>
      against(freshServer(), inRecords(handshake('client_hello', new Uint8Array(2 ** 17)).subarray(0, -1), 1)),
    ends: undefined,
    memory: SMALL,
    cpu: 20,
  },
  {
    name: '200 connections that announce 128 kB and stop',
    limit: 'handshakeMessage; handshakeTimeout of the adapter',
    begin: () => again(200, freshServer, inRecords(fromHex('0102000001'))),
    ends: undefined,
    memory: 200 * 24 * KB,
    cpu: 500,
  },
  ...([1, 1000, 65_536] as const).map(
    (size): Attack => ({
      name: `a need unanswered, input in pieces of ${size}`,
      limit: 'pendingInput 262,144',
      begin: () => {
        const { client, server } = makePair();
        client.hold = () => true;
        shakeHands({ client, server });
        if (client.held.length === 0) throw new Error('no need is open');
        return against(
          client.engine,
          repeat(Math.ceil(600_000 / size), () => new Uint8Array(size)),
        );
      },
      ends: 'ERR_TLS_INPUT_BUFFER_FULL',
      memory: SMALL,
      cpu: 10,
    }),
  ),
];

/** As long as a ClientHello may be, filled with one thing. */
const HELLOS: readonly (readonly [what: string, change: (hello: ClientHello) => ClientHello])[] = [
  ['of the usual length', (hello) => hello],
  [
    'of 32,000 suites',
    (hello) => ({ ...hello, cipher_suites: Array.from({ length: 32_000 }, (_, i) => 0x5600 + (i % 8000)) }),
  ],
  ['of 32,000 groups', extended('supported_groups', listed(many(32_000, (i) => u16(0x4000 + (i % 9000)))))],
  [
    'of 32,000 signature schemes',
    extended('signature_algorithms', listed(many(32_000, (i) => u16(0x4000 + (i % 9000))))),
  ],
  [
    'of 9,000 key shares',
    extended('key_share', listed(many(9000, (i) => concat(u16(0x4000 + i), u16(1), Uint8Array.of(1))))),
  ],
  [
    'of 21,000 protocol names',
    extended('application_layer_protocol_negotiation', listed(many(21_000, () => fromHex('026131')))),
  ],
  ['of 15,000 unknown extensions', (hello) => ({ ...hello, extensions: withUnknown(hello, 15_000) })],
  ['of 900 PSK identities', (hello) => ({ ...hello, extensions: withPsks(hello, 900) })],
];

function extended(name: keyof typeof EXTENSIONS, data: Uint8Array): (hello: ClientHello) => ClientHello {
  return (hello) => ({ ...hello, extensions: withExtension(hello.extensions, EXTENSIONS[name].id, data) });
}

function withUnknown(hello: ClientHello, count: number): ClientHello['extensions'] {
  const unknown = Array.from({ length: count }, (_, i) => ({ extension_type: 0x4000 + i, extension_data: EMPTY }));
  return { ...hello.extensions, list: [...hello.extensions.list, ...unknown] };
}

/** Tickets that begin with the name of the server's key, so that each would be decrypted. */
function withPsks(hello: ClientHello, count: number): ClientHello['extensions'] {
  const identity = concat(ticketKey(1).name, new Uint8Array(14));
  const identities = many(count, () => concat(listed(identity), new Uint8Array(4)));
  const binders = many(count, () => concat(Uint8Array.of(32), new Uint8Array(32)));
  const modes = withExtension(hello.extensions, EXTENSIONS.psk_key_exchange_modes.id, fromHex('0101'));
  return withExtension(modes, EXTENSIONS.pre_shared_key.id, concat(listed(identities), listed(binders)));
}

const SERVER: PairOptions = { server: { ticketKeys: [ticketKey(1)], alpn: ['h2'] } };

export const CLIENT_HELLOS: readonly Attack[] = HELLOS.map(([what, change]) => ({
  name: `20 ClientHellos ${what}`,
  limit: 'handshakeMessage; lists are read once',
  begin: () => again(20, () => freshServer(SERVER), helloRecords(change)),
  ends: undefined,
  memory: 20 * 400 * KB,
  cpu: 40,
}));

export const EARLY_DATA: readonly Attack[] = [
  {
    name: 'more early data than the ticket allows',
    limit: 'maxEarlyData of the server, 16,384 here',
    begin: () => early('deliver'),
    ends: 'ERR_TLS_TOO_MUCH_EARLY_DATA',
    memory: SMALL,
    cpu: 50,
  },
  {
    name: 'refused early data without an end',
    limit: 'maxEarlyData of the server, 16,384 here',
    begin: () => early('reject'),
    ends: 'ERR_TLS_BAD_RECORD_MAC',
    memory: SMALL,
    cpu: 50,
  },
];

/** A client that goes on writing early data in records of 1 kB. */
function early(answer: 'deliver' | 'reject') {
  const options: PairOptions = {
    client: { earlyData: true },
    server: { ticketKeys: [ticketKey(1)], maxEarlyData: 16_384 },
  };
  const { session } = earlier(options);
  if (decodeSession(session).maxEarlyData === 0) throw new Error('the ticket allows no early data');
  const { client, server } = makePair({ ...options, client: { ...options.client, session } });
  const { reply } = server;
  Object.assign(server, {
    reply: (need: Parameters<typeof reply>[0]) => (need.kind === 'early_data' ? { answer } : reply(need)),
  });
  server.handle(server.engine.start());
  client.handle(client.engine.start());
  // It does not keep to what the ticket says.
  const { early: bounds } = (client.engine as unknown as { context: { early: { writeLimit: number } } }).context;
  bounds.writeLimit = Number.MAX_SAFE_INTEGER;
  function* input(): Iterable<Uint8Array> {
    for (let i = 0; i < 200; i++) {
      client.handle(client.engine.write(new Uint8Array(1024)));
      yield client.drain();
    }
  }
  return {
    input: input(),
    receive: (piece: Uint8Array) => {
      server.handle(server.engine.receive(piece));
      return server.drain().length;
    },
    end: () => server.error?.code,
  };
}
