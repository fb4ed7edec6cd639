// What our own messages say, field by field, where an RFC demands it of the sender: hellos, requests, records. Each is read back from
// what crossed between two engines.

import { describe, expect, it } from 'vitest';
import { EMPTY, fromHex, toHex } from '../../src/bytes/bytes.ts';
import type { Codec } from '../../src/codec/codec.ts';
import { decode } from '../../src/codec/run.ts';
import type { ClientOptions } from '../../src/engine/options.ts';
import { makeHeader } from '../../src/record/protection.ts';
import { EXTENSIONS, extensionName, type RawExtension } from '../../src/wire/extensions.ts';
import * as wire from '../../src/wire/messages.ts';
import { suiteName } from '../../src/wire/registry/cipher_suites.ts';
import { handshake, recordsOf } from '../support/forge.ts';
import { makePair, NAMES, PSK, shakeHands } from '../support/pair.ts';
import {
  again13,
  expectResumed,
  helloOf,
  make13,
  messages13,
  type Options13,
  type Pair13,
  RETRY,
  session13,
  shake13,
  TICKETS,
} from '../support/pair13.ts';
import { type Reached, reach } from '../support/reach.ts';

/** The messages of this name that a side sent, read. */
function sent<T>(pair: Pair13, role: 'client' | 'server', name: string, codec: Codec<T>): T[] {
  return pair.seen[role].observed.flatMap((one) =>
    one.kind === 'message' && one.name === name && one.direction === 'out' ? [decode(codec, one.raw.subarray(4))] : [],
  );
}

const idsOf = ({ list }: { readonly list: readonly RawExtension[] }): number[] =>
  list.map(({ extension_type }) => extension_type);
const namesOf = (block: { readonly list: readonly RawExtension[] }): (string | undefined)[] =>
  idsOf(block).map(extensionName);
const ANY = { minVersion: 'TLSv1.2' } as const;
const MANY = ['x25519', 'secp256r1', 'secp384r1'] as const;

/** Clients that differ in what they offer. */
const CLIENTS: readonly Options13[] = [
  {},
  { client: { ...ANY, alpn: ['h2'], postHandshakeAuth: true, timestamps: true, recordSizeLimit: 1000 } },
  { client: { ...ANY, grease: true, legacy: true, groups: MANY, keyShares: MANY } },
  { client: { middleboxCompatibility: false } },
];

describe.each(NAMES)('a ClientHello, provider %s', (name) => {
  const hellos = CLIENTS.map((options) => helloOf(shake13({ ...options, client: { ...options.client, name } })));

  it('RFC 8446 4.1.2: legacy_version 0x0303, null compression alone, a new session id of 32 bytes or none', () => {
    const pair = shake13({ ...RETRY, client: { ...RETRY.client, name } });
    const again = helloOf(shake13({ client: { name } }));
    for (const hello of [...hellos, again, helloOf(pair), helloOf(pair, 1)]) {
      expect([hello.legacy_version, hello.legacy_compression_methods]).toEqual([0x0303, [0]]);
    }
    expect(hellos.map(({ legacy_session_id }) => legacy_session_id.length)).toEqual([32, 32, 32, 0]);
    expect(toHex(again.legacy_session_id)).not.toBe(toHex(hellos[0]?.legacy_session_id ?? EMPTY));
  });

  it('RFC 8446 4.2.8: shares in the order of supported_groups, one for each group, and made anew each time', () => {
    const keys = new Set<string>();
    let count = 0;
    // Whatever order and number the caller asks for them in.
    const keyShares = ['secp384r1', 'x25519', 'secp384r1'] as const;
    const options: Options13 = { client: { name, groups: MANY, keyShares } };
    for (const hello of [...hellos, helloOf(shake13(options)), helloOf(shake13(options))]) {
      const { supported_groups = [], key_share = [] } = hello.extensions.known;
      const groups = key_share.map(({ group }) => group);
      expect(groups).toEqual(supported_groups.filter((group) => groups.includes(group)));
      expect(new Set(groups).size).toBe(groups.length);
      // A share of GREASE is one byte, of which there are not many.
      for (const { key_exchange } of key_share.filter((share) => share.key_exchange.length > 1)) {
        keys.add(toHex(key_exchange));
        count++;
      }
    }
    expect([keys.size, count > 8]).toEqual([count, true]);
  });

  it('RFC 8446 9.2: what must be in a ClientHello', () => {
    for (const { extensions } of hellos) {
      const { known } = extensions;
      expect(known.supported_versions).toContain(0x0304);
      for (const list of [known.signature_algorithms, known.supported_groups, known.key_share, known.server_name]) {
        expect(list?.length).toBeGreaterThan(0);
      }
    }
    const session = session13(TICKETS);
    const { known } = helloOf(again13(TICKETS, session)).extensions;
    for (const list of [known.signature_algorithms, known.supported_groups, known.key_share]) {
      expect(list?.length).toBeGreaterThan(0);
    }
  });
});

it('RFC 8446 4.2.1: supported_versions names what is spoken, and all of it', () => {
  const offered = (options: Partial<ClientOptions>): readonly number[] | undefined =>
    helloOf(shake13({ client: { minVersion: 'TLSv1.2', ...options } })).extensions.known.supported_versions;
  expect(offered({})).toEqual([0x0304, 0x0303]);
  expect(offered({ minVersion: 'TLSv1.3' })).toEqual([0x0304]);
  // RFC 8446 4.2.1 binds those who speak TLS 1.3: without it there is nothing to say.
  expect(offered({ maxVersion: 'TLSv1.2' })).toBeUndefined();
});

it('RFC 8446 4.2.11: pre_shared_key comes last, psk_key_exchange_modes goes with it, early_data is of the first', () => {
  const early = { client: { earlyData: true }, server: { ...TICKETS.server, maxEarlyData: 1000 } } as const;
  const pairs = [
    again13(TICKETS, session13(TICKETS)),
    again13(early, session13(early)),
    again13({ ...RETRY, server: { ...RETRY.server, ...TICKETS.server } }, session13(TICKETS)),
    shake13({ client: { psk: true, shared: PSK }, server: { psk: true, shared: PSK } }),
  ];
  expectResumed(pairs[0] as Pair13);
  const hellos = pairs.flatMap((pair) => sent(pair, 'client', 'client_hello', wire.clientHello));
  expect(hellos.length).toBeGreaterThanOrEqual(4);
  for (const { extensions } of hellos) {
    expect(idsOf(extensions).indexOf(EXTENSIONS.pre_shared_key.id)).toBe(extensions.list.length - 1);
    expect(extensions.known.psk_key_exchange_modes).toContain(1);
  }
  expect(hellos.map(({ extensions }) => extensions.known.early_data === true)).toContain(true);
});

it('RFC 8446 4.2.3, 4.2: SHA-1, MD5, SHA-224 and DSA are not offered', () => {
  // The low byte of a scheme before TLS 1.3 is its signature, 2 for DSA; the high one its hash, up to 3 for SHA-224.
  const obsolete = (scheme: number): boolean => scheme >> 8 <= 3 || (scheme >> 8 < 8 && (scheme & 0xff) === 2);
  const hellos = [{}, { ...ANY, legacy: true }, { maxVersion: 'TLSv1.2', ...ANY } as const].map((client) =>
    helloOf(shake13({ client })),
  );
  const asked = shake13({ client: { keys: ['p256'] }, server: { clientCertificate: 'request' } });
  const requests = sent(asked, 'server', 'certificate_request', wire.certificateRequest13);
  expect(requests).toHaveLength(1);
  for (const { extensions } of [...hellos, ...requests]) {
    const { signature_algorithms = [], signature_algorithms_cert = [] } = extensions.known;
    expect(signature_algorithms.length).toBeGreaterThan(4);
    expect([...signature_algorithms, ...signature_algorithms_cert].filter(obsolete)).toEqual([]);
  }
});

it('RFC 8446 D.5: no suite with RC4, DES or less than 112 bits, and no truncated_hmac', () => {
  const hello = helloOf(shake13({ client: { ...ANY, legacy: true, psk: true, shared: PSK } }));
  const names = hello.cipher_suites.map((id) => suiteName(id) ?? String(id));
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => /RC4|DES|RC2|EXPORT|NULL|anon|MD5/.test(name))).toEqual([]);
  const TRUNCATED_HMAC = 4;
  for (const options of CLIENTS) expect(idsOf(helloOf(shake13(options)).extensions)).not.toContain(TRUNCATED_HMAC);
});

it('RFC 8446 4.1.2: behind the compression methods nothing or a block of extensions, and nothing behind that', () => {
  const { client } = make13({ client: { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } });
  client.handle(client.engine.start());
  const body = client.drain().subarray(9);
  const extensionsAt = 2 + 32 + 1 + (body[34] ?? 0);
  const blockAt = extensionsAt + 2 + (((body[extensionsAt] ?? 0) << 8) | (body[extensionsAt + 1] ?? 0)) + 2;
  const answer = (bytes: Uint8Array): string | undefined => {
    const { server } = makePair({ server: { maxVersion: 'TLSv1.2' }, keys: ['p256'] });
    server.handle(server.engine.start());
    const message = handshake('client_hello', bytes);
    server.handle(server.engine.receive(makeHeader(22, 0x0301, message.length)));
    server.handle(server.engine.receive(message));
    return server.error?.alert;
  };
  const join = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
  expect(answer(body)).toBeUndefined();
  for (const tail of ['00', '0000', '0001', 'ff']) {
    expect(answer(join(body, fromHex(tail))), `${tail} behind the block`).toBe('decode_error');
  }
  for (const tail of ['00', '0005', '000100', '000000']) {
    expect(answer(join(body.subarray(0, blockAt), fromHex(tail))), `${tail} for a block`).toBe('decode_error');
  }
  // None at all is the hello of an old client: it can be read, whatever is missing in it.
  expect(answer(body.subarray(0, blockAt))).not.toBe('decode_error');
});

describe('what a server says', () => {
  const PAIRED: readonly Options13[] = [
    { client: { ...ANY, alpn: ['h2'], statusRequest: true }, server: { alpn: ['h2'] } },
    RETRY,
    { client: { middleboxCompatibility: false } },
  ];

  it('RFC 8446 4.1.3: a ServerHello has 0x0303, no compression, and no extension but those that make the keys', () => {
    const session = session13(TICKETS);
    const pairs = [...PAIRED.map((options) => shake13(options)), again13(TICKETS, session)];
    const randoms = new Set<string>();
    for (const pair of pairs) {
      const [hello] = sent(pair, 'server', 'server_hello', wire.serverHello);
      if (hello === undefined || !wire.isServerHello13(hello)) throw new Error('no ServerHello of TLS 1.3');
      expect([hello.legacy_version, hello.legacy_compression_method]).toEqual([0x0303, 0]);
      expect(hello.extensions.known.supported_versions).toBe(0x0304);
      const names = namesOf(hello.extensions).filter((name) => name !== 'pre_shared_key');
      expect(names.sort()).toEqual(['key_share', 'supported_versions']);
      randoms.add(toHex(hello.random)).add(toHex(helloOf(pair).random));
    }
    expect(randoms.size).toBe(2 * pairs.length);
  });

  it('RFC 8446 4.1.4: a HelloRetryRequest has supported_versions, and nothing that was not offered but a cookie', () => {
    const [retry] = sent(shake13(RETRY), 'server', 'hello_retry_request', wire.helloRetryRequest);
    expect([retry?.legacy_version, retry?.legacy_compression_method]).toEqual([0x0303, 0]);
    expect(namesOf(retry?.extensions ?? { list: [] }).sort()).toEqual(['key_share', 'supported_versions']);
    expect(retry?.extensions.known.supported_versions).toBe(0x0304);
  });

  it('RFC 8446 4.2: nothing is answered that was not asked', () => {
    const giving: Options13['server'] = {
      alpn: ['h2'],
      postHandshakeAuth: true,
      recordSizeLimit: 1000,
      pskWithoutDhe: true,
      ...TICKETS.server,
    };
    for (const options of [...CLIENTS, { client: { sendServerName: false, statusRequest: false, tickets: false } }]) {
      const pair = shake13({ ...options, server: giving });
      const asked = idsOf(helloOf(pair).extensions);
      const [encrypted] = sent(pair, 'server', 'encrypted_extensions', wire.encryptedExtensions);
      const [certificate] = sent(pair, 'server', 'certificate', wire.certificate13);
      const answers = [encrypted?.extensions, ...(certificate?.certificate_list ?? []).map((one) => one.extensions)];
      expect(answers.length).toBeGreaterThan(1);
      for (const block of answers) for (const id of idsOf(block ?? { list: [] })) expect(asked).toContain(id);
      // RFC 8446 4.2.6, 4.2.9: these are never answered, asked or not.
      const never = ['post_handshake_auth', 'psk_key_exchange_modes'];
      expect(namesOf(encrypted?.extensions ?? { list: [] }).filter((one) => never.includes(one ?? ''))).toEqual([]);
    }
  });

  it('RFC 8446 4.3.2: a CertificateRequest has signature_algorithms and no context, and a server that resumes sends none', () => {
    const asking: Options13 = {
      client: { keys: ['p256'] },
      server: { clientCertificate: 'request', ...TICKETS.server },
    };
    const [request] = sent(shake13(asking), 'server', 'certificate_request', wire.certificateRequest13);
    expect(request?.certificate_request_context).toHaveLength(0);
    expect(request?.extensions.known.signature_algorithms?.length).toBeGreaterThan(0);
    const resumed = again13(asking, session13(asking));
    expect(resumed.server.agreement?.resumed).toBe(true);
    expect(messages13(resumed)).not.toContain('server certificate_request');
  });
});

it('RFC 8446 5, D.4: what goes out are records of the four types under 0x0303, and of a first hello 0x0301', () => {
  const sides: Record<'to_server' | 'to_client', Uint8Array[]> = { to_server: [], to_client: [] };
  for (const options of [...CLIENTS, RETRY]) {
    shake13(options, undefined, (direction, bytes, number) => {
      for (const [i, record] of recordsOf(bytes).entries()) {
        const first = direction === 'to_server' && number === 0 && i === 0;
        expect([20, 21, 22, 23]).toContain(record[0]);
        expect(((record[1] ?? 0) << 8) | (record[2] ?? 0)).toBe(first ? 0x0301 : 0x0303);
        sides[direction].push(record);
      }
      return [bytes];
    });
  }
  // RFC 8446 D.4: with a session id both sides send a ChangeCipherSpec; without one, neither.
  const changes = (records: readonly Uint8Array[]): number => records.filter(([type]) => type === 20).length;
  expect([changes(sides.to_server), changes(sides.to_client)]).toEqual([4, 4]);
});

it('RFC 8446 5: a ChangeCipherSpec before the first ClientHello, and one after Finished', () => {
  const change = fromHex('140303000101');
  const { server } = makePair();
  server.handle(server.engine.start());
  server.handle(server.engine.receive(change));
  expect(server.error).toMatchObject({ alert: 'unexpected_message' });
  for (const role of ['client', 'server'] as const) {
    const { target } = reach(role, 'connected_13', '1.3');
    target.handle(target.engine.receive(change));
    expect(target.error).toMatchObject({ alert: 'unexpected_message' });
  }
});

it.each(['1.3', '1.2 ECDHE'] as const)(
  'RFC 5246 7.2.2, RFC 8446 6: an alert that ends a connection is fatal, close_notify is a warning (%s)',
  (flavour) => {
    const alerts = (after: (reached: Reached) => void): number[][] => {
      const reached = reach('client', flavour === '1.3' ? 'connected_13' : 'connected_12', flavour);
      after(reached);
      return reached.observed.flatMap((one) =>
        one.kind === 'message' && one.name === 'alert' && one.direction === 'out' ? [[...one.raw]] : [],
      );
    };
    expect(alerts(({ target }) => target.handle(target.engine.close()))).toEqual([[1, 0]]);
    const spoilt = alerts(({ target, forge }) =>
      target.handle(target.engine.receive(forge.handshake(0, fromHex('00')))),
    );
    expect(spoilt.map(([level]) => level)).toEqual([2]);
  },
);

it('RFC 5246 7.4.1.3, RFC 8446 4.2.1: a ServerHello of TLS 1.2 says so in its version, and has no supported_versions', () => {
  const pair = shakeHands(makePair({ server: { maxVersion: 'TLSv1.2' } }), (direction, bytes, number) => {
    if (direction === 'to_client' && number === 0) {
      const record = recordsOf(bytes)[0] ?? EMPTY;
      const hello = decode(wire.serverHello, record.subarray(9, 9 + (((record[7] ?? 0) << 8) | (record[8] ?? 0))));
      expect([hello.legacy_version, wire.isServerHello13(hello)]).toEqual([0x0303, false]);
    }
    return [bytes];
  });
  expect(pair.client.agreement?.version).toBe(0x0303);
});
