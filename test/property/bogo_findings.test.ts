// What BoringSSL's test runner found in this stack, each once more in memory under the name of its test there.

import { describe, expect, it } from 'vitest';
import { concat } from '../../src/bytes/bytes.ts';
import { decode } from '../../src/codec/run.ts';
import { TlsClient } from '../../src/engine/client.ts';
import type { Observation } from '../../src/engine/observe.ts';
import { resolveServerOptions } from '../../src/engine/server.ts';
import type { Need } from '../../src/handshake/shared/needs.ts';
import { credentialOf } from '../../src/host/credential.ts';
import { withMlKem } from '../../src/providers/mlkem.ts';
import { makeHeader } from '../../src/record/protection.ts';
import { certificateCompressionAlgorithms, tlsFlags } from '../../src/wire/extension_bodies.ts';
import { withoutExtensions } from '../../src/wire/extensions.ts';
import { clientHello, encryptedExtensions, newSessionTicket13 } from '../../src/wire/messages.ts';
import { GROUP, isGrease, SIGNATURE_SCHEME } from '../../src/wire/registry/names.ts';
import { begin13, EARLY } from '../support/early13.ts';
import { Forge, recordsOf } from '../support/forge.ts';
import { exchange, makePair, PAIRS, PROVIDERS, type Side, shakeHands, world } from '../support/pair.ts';
import {
  again13,
  expectResumed,
  merge13,
  type messages13,
  puppetHello,
  RETRY,
  helloOf as sentHello,
  shake13,
  TICKETS,
  textOf,
} from '../support/pair13.ts';
import { BY_TICKET, merge, second, V12 } from '../support/resume.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('the hello of a client', () => {
  const first = (side: Side): ReturnType<typeof helloOf> => {
    side.handle(side.engine.start());
    return helloOf(side.drain());
  };
  const helloOf = (bytes: Uint8Array) => decode(clientHello, bytes.subarray(9));

  it('TLS12ClientShouldNotOffer-X25519MLKEM768: a hybrid group is not offered without TLS 1.3', () => {
    const offered = (maxVersion: 'TLSv1.2' | 'TLSv1.3'): readonly number[] => {
      const groups = ['X25519MLKEM768', 'x25519'] as const;
      const { client } = makePair();
      const engine = new TlsClient({ provider: withMlKem(PROVIDERS.node), groups, keyShares: ['x25519'], maxVersion });
      return first(Object.assign(client, { engine })).extensions.known.supported_groups ?? [];
    };
    expect(offered('TLSv1.3')).toEqual([GROUP.X25519MLKEM768, GROUP.x25519]);
    expect(offered('TLSv1.2')).toEqual([GROUP.x25519]);
  });

  it('AllExtensions-Client-Permute, RFC 8446 4.2: extensions stand in an order of their own, a PSK still last', () => {
    const options = merge13(TICKETS, { client: { permuteExtensions: true } });
    const order = (pair: Parameters<typeof sentHello>[0]): number[] =>
      sentHello(pair).extensions.list.map(({ extension_type }) => extension_type);
    const full = shake13(options);
    const orders = new Set([order(full).join(), ...Array.from({ length: 7 }, () => order(shake13(options)).join())]);
    expect(orders.size).toBeGreaterThan(1);
    const resumed = again13(options, full.client.sessions[0]?.session ?? new Uint8Array(0));
    expectResumed(resumed);
    expect(order(resumed).at(-1)).toBe(41);
    expect(new Set(order(resumed)).size).toBe(order(resumed).length);
  });

  it('GREASE-Client, RFC 8701 3.1: one of the signature schemes is a GREASE value', () => {
    const { signature_algorithms = [] } = first(makePair({ client: { grease: true } }).client).extensions.known;
    expect(signature_algorithms.filter(isGrease).length).toBe(1);
    expect(signature_algorithms.length).toBeGreaterThan(1);
  });
});

describe('what a connection exports', () => {
  it('TLSUnique-Full-NoEMS, RFC 7627 1: without EMS the Finished of a full handshake is unique, a resumed one is not', () => {
    const plain = merge(BY_TICKET, { client: { extendedMasterSecret: 'never' } });
    const full = second(plain, undefined).pair;
    expect(full.client.engine.channelBinding('tls-unique')).toEqual(full.server.engine.channelBinding('tls-unique'));
    const { pair } = second(plain, full.client.sessions[0]?.session);
    expect(pair.client.agreement?.resumed).toBe(true);
    for (const { engine } of [pair.client, pair.server]) expect(() => engine.channelBinding('tls-unique')).toThrow();
  });

  it('TLS-*: a label may be empty, and both sides export the same under it (RFC 5705 4)', () => {
    for (const options of [{}, V12]) {
      const { client, server } = shakeHands(makePair({ client: options, server: options }));
      const exported = client.engine.exportKeyingMaterial('', 32);
      expect(exported).toEqual(server.engine.exportKeyingMaterial('', 32));
      expect(exported).not.toEqual(client.engine.exportKeyingMaterial('x', 32));
    }
  });
});

describe('the answer of a server', () => {
  it('Resume-Server-OmitAllPSKsOnSecondClientHello, RFC 8446 4.1.2: a PSK that goes with the suite stays', () => {
    const options = merge13(TICKETS, RETRY);
    const [session] = shake13(options).client.sessions;
    if (session === undefined) throw new Error('no session');
    let hellos = 0;
    const pair = again13(options, session.session, (made) =>
      puppetHello(made, (block) => (++hellos === 2 ? withoutExtensions(block, ['pre_shared_key']) : block)),
    );
    expect([hellos, pair.server.error?.code]).toEqual([2, 'ERR_TLS_MISSING_EXTENSION']);
  });

  it('TLS13-TicketAgeSkew: the agreement says how much older the client counts its ticket', () => {
    const [session] = shake13(TICKETS).client.sessions;
    if (session === undefined) throw new Error('no session');
    const start = Date.now();
    const later = merge13(TICKETS, { client: { now: () => start + 65_000 }, server: { now: () => start + 5_000 } });
    const { server, client } = again13(later, session.session);
    expect(Math.round((server.agreement?.ticketAgeSkew ?? 0) / 1000)).toBe(60);
    expect(client.agreement?.ticketAgeSkew).toBeUndefined();
  });

  it('GREASE-Server-TLS13, RFC 8701 4.1: tickets hold an extension that nobody knows', () => {
    const types = (grease: boolean): number[] =>
      shake13(merge13(TICKETS, { server: { grease } })).seen.client.observed.flatMap((one) =>
        one.kind === 'message' && one.name === 'new_session_ticket'
          ? decode(newSessionTicket13, one.raw.subarray(4)).extensions.list.map(({ extension_type }) => extension_type)
          : [],
      );
    expect(types(false)).toEqual([]);
    expect([types(true).length, types(true).every(isGrease)]).toEqual([2, true]);
  });

  it('MaxSendFragment: no record that leaves has more content than was asked for', () => {
    const lengths: number[] = [];
    const observe = (one: Observation): void => {
      if (one.kind === 'record' && one.direction === 'out') lengths.push(one.contentLength);
    };
    const pair = shakeHands(makePair({ server: { maxSendFragment: 512, observe } }));
    pair.server.handle(pair.server.engine.write(new Uint8Array(2000)));
    exchange(pair);
    expect([Math.max(...lengths), pair.client.received.map(({ length }) => length)]).toEqual([
      512,
      [512, 512, 512, 464],
    ]);
  });

  it('FallbackSCSV, RFC 7507 3: a fallback is refused as such also where no version is shared', () => {
    const { client, server } = makePair({ client: { ...V12, fallback: true }, server: { minVersion: 'TLSv1.3' } });
    shakeHands({ client, server });
    expect(server.error?.code).toBe('ERR_TLS_INAPPROPRIATE_FALLBACK');
    expect(client.error?.alert).toBe('inappropriate_fallback');
  });

  it('Resume-Server, RFC 6066 3: server_name is not acknowledged in a resumption', () => {
    const acknowledged = (pair: Parameters<typeof messages13>[0]): boolean =>
      pair.seen.client.observed.some(
        (one) =>
          one.kind === 'message' &&
          one.name === 'encrypted_extensions' &&
          decode(encryptedExtensions, one.raw.subarray(4)).extensions.known.server_name !== undefined,
      );
    const answer = (pair: ReturnType<typeof shake13>): void => {
      const { server } = pair;
      const { reply } = server;
      const config = resolveServerOptions({
        provider: PROVIDERS.node,
        credentials: [credentialOf(world().identities.p256)],
        ...TICKETS.server,
      });
      Object.assign(server, { reply: (need: Need) => (need.kind === 'hello' ? { answer: config } : reply(need)) });
    };
    const options = merge13(TICKETS, { server: { askHello: true } });
    const full = shake13(options, answer);
    expect([full.client.agreement?.resumed, acknowledged(full)]).toEqual([false, true]);
    const [session] = full.client.sessions;
    if (session === undefined) throw new Error('no session');
    const resumed = again13(options, session.session, answer);
    expect([resumed.client.agreement?.resumed, acknowledged(resumed)]).toEqual([true, false]);
  });

  it('Server-Sign-*: a credential that names its schemes signs with no other', () => {
    const { identities } = world();
    const schemes = [SIGNATURE_SCHEME.rsa_pss_rsae_sha512];
    const credentials = [{ ...credentialOf(identities.rsa), schemes }];
    const pair = shakeHands(makePair({ keys: ['rsa'], server: { credentials } }));
    expect(pair.client.agreement?.scheme).toBe(SIGNATURE_SCHEME.rsa_pss_rsae_sha512);
    const none = shakeHands(
      makePair({ keys: ['rsa'], server: { credentials }, client: { signatureSchemes: ['rsa_pss_rsae_sha256'] } }),
    );
    expect(none.server.error?.code).toBe('ERR_TLS_NO_SHARED_SCHEME');
  });

  it('CertificateSelection-Server-CheckIssuer: a credential for some authorities is kept from others', () => {
    const { identities } = world();
    const bound = { ...credentialOf(identities.p256), onlyForAuthorities: true };
    const keys = ['p256', 'rsa'] as const;
    const credentials = [bound, credentialOf(identities.rsa)];
    const others = shakeHands(makePair({ keys, server: { credentials } }));
    expect(others.server.agreement?.credential).toBe(1);
    const [issuer] = bound.issuers ?? [];
    if (issuer === undefined) throw new Error('no issuer');
    const named = shakeHands(makePair({ keys, server: { credentials }, client: { authorities: [issuer] } }));
    expect(named.server.agreement?.credential).toBe(0);
  });
});

describe('what is begun too early, or said twice', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'PartialSecondClientHelloAfterFirst, %s: nothing follows a ClientHello unanswered',
    (maxVersion) => {
      const { client, server } = makePair({ client: { maxVersion } });
      client.handle(client.engine.start());
      const [hello] = recordsOf(client.drain());
      if (hello === undefined) throw new Error('no hello');
      const content = concat(hello.subarray(5), Uint8Array.of(16, 0));
      server.handle(server.engine.receive(concat(makeHeader(22, 0x0301, content.length), content)));
      expect([server.error?.code, server.error?.alert]).toEqual(['ERR_TLS_MESSAGE_TOO_EARLY', 'unexpected_message']);
    },
  );

  it('DuplicateCertCompressionExt: an algorithm that is named twice is refused', () => {
    const twice = Uint8Array.of(4, 0, 2, 0, 2);
    expect(() => decode(certificateCompressionAlgorithms, twice)).toThrow(
      expect.objectContaining({ alert: 'illegal_parameter' }),
    );
  });

  it('TLS13-Client-NonminimalTicketFlags, RFC 9149 2: flags do not end with an empty byte, and are not none', () => {
    expect(decode(tlsFlags, Uint8Array.of(2, 0, 1))).toEqual(Uint8Array.of(0, 1));
    expect(() => decode(tlsFlags, Uint8Array.of(2, 1, 0))).toThrow(
      expect.objectContaining({ alert: 'illegal_parameter' }),
    );
    expect(() => decode(tlsFlags, Uint8Array.of(0))).toThrow(expect.objectContaining({ alert: 'decode_error' }));
  });
});

describe.each(PAIRS)('client on %s, server on %s', (client, server) => {
  it('TLS13-EarlyData, RFC 8446 2.3: early data that was delivered is answered before the client has finished', () => {
    const options = merge13(EARLY, { client: { name: client }, server: { name: server } });
    const pair = begin13(options, ['hello']);
    pair.server.handle(pair.server.engine.receive(pair.client.drain()));
    expect([textOf(pair.seen.server.watched.early), pair.server.agreement]).toEqual(['hello', undefined]);
    expect(pair.seen.server.watched.writable).toEqual([{ reason: 'answer_early_data', limit: undefined }]);
    pair.server.handle(pair.server.engine.write(text('welcome')));
    pair.client.handle(pair.client.engine.receive(pair.server.drain()));
    expect(textOf(pair.client.received)).toBe('welcome');
    exchange(pair);
    expectResumed(pair);
  });

  it('TLS13-EarlyData: early data that is withheld is not answered', () => {
    const options = merge13(EARLY, { client: { name: client }, server: { name: server } });
    const pair = begin13({ ...options, early: 'withhold' }, ['hello']);
    pair.server.handle(pair.server.engine.receive(pair.client.drain()));
    expect([pair.server.engine.writable, pair.seen.server.watched.writable]).toEqual([false, []]);
  });

  it('AlternateTooManyEmptyRecordsAndWarningAlerts: alerts between empty records do not make them fewer', () => {
    const options = { ...V12, limits: { emptyRecords: 4 } };
    const pair = makePair({ client: { ...V12, name: client }, server: { ...options, name: server } });
    const forge = new Forge(pair.server.engine);
    shakeHands(pair);
    const deliver = (type: number, ...content: number[]): void =>
      pair.server.handle(pair.server.engine.receive(forge.records(type, Uint8Array.from(content))));
    for (let i = 0; i < 3 && pair.server.error === undefined; i++) {
      deliver(23);
      deliver(23);
      deliver(21, 1, 90);
    }
    expect(pair.server.error?.code).toBe('ERR_TLS_TOO_MANY_EMPTY_RECORDS');
  });
});
