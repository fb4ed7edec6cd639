// Resumption in TLS 1.3 (RFC 8446 2.2, 4.2.11, 4.6.1) with both providers on either side: what it saves, what stays as it was, and
// what a ticket is bound to. Whatever does not fit leads to a full handshake, never to more trust than one would give.

import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes/bytes.ts';
import { resolveServerOptions } from '../../src/engine/server.ts';
import { decodeSession } from '../../src/handshake/shared/session.ts';
import { credentialOf } from '../../src/host/credential.ts';
import { nodeProvider } from '../../src/providers/node.ts';
import { ticketKey } from '../support/earlier.ts';
import { PAIRS, world } from '../support/pair.ts';
import {
  again13,
  answering,
  changed,
  decided,
  expectFull,
  expectResumed,
  helloOf,
  make13,
  merge13,
  messages13,
  type Options13,
  type Pair13,
  session13,
  shake13,
  TICKETS,
  textOf,
} from '../support/pair13.ts';

const HOUR = 3_600_000;
const NOW = Date.now();

describe.each(PAIRS)('client on %s, server on %s', (client, server) => {
  const named: Options13 = merge13(TICKETS, { client: { name: client }, server: { name: server } });

  it('RFC 8446 2.2: no certificate, the agreement of the first handshake, other secrets', () => {
    const full = shake13(named);
    const again = again13(named, full.client.sessions[0]?.session ?? new Uint8Array(0));
    expect(messages13(again)).toEqual([
      'client client_hello',
      'server server_hello',
      'server encrypted_extensions',
      'server finished',
      'client finished',
      'server new_session_ticket',
      'server new_session_ticket',
    ]);
    // Neither host is asked for anything: no chain to judge, nothing to sign.
    for (const { watched } of Object.values(again.seen)) {
      expect(watched.events.filter((event) => event.type === 'need')).toEqual([]);
    }
    for (const role of ['client', 'server'] as const) {
      const [before, now] = [full[role].agreement, again[role].agreement];
      for (const key of ['version', 'group', 'scheme', 'serverName', 'authorized', 'authorizationProblem'] as const) {
        expect([key, now?.[key]]).toEqual([key, before?.[key]]);
      }
      expect(now?.suite.id).toBe(before?.suite.id);
      expect(now?.peerChain.map(toHex)).toEqual(before?.peerChain.map(toHex));
      expect([now?.psk, now?.credential, now?.certificateRequest]).toEqual([false, undefined, undefined]);
    }
    expect(again.client.agreement?.peerChain.length).toBeGreaterThan(0);
    expect(again.seen.client.keyLog.sort()).toEqual(again.seen.server.keyLog.sort());
    const secrets = (pair: Pair13): string[] => pair.seen.client.keyLog.map((line) => line.split(' ')[2] ?? '');
    expect(secrets(again).filter((one) => secrets(full).includes(one))).toEqual([]);
    expect(toHex(again.client.engine.exportKeyingMaterial('EXPORTER-test', 32))).toBe(
      toHex(again.server.engine.exportKeyingMaterial('EXPORTER-test', 32)),
    );
    expectResumed(again);
  });

  it('with SHA-384: the binder is as long as the hash', () => {
    const options = merge13(named, { server: { cipherSuites: ['TLS_AES_256_GCM_SHA384'] } });
    const session = session13(options);
    const again = again13(options, session);
    const hello = helloOf(again);
    expect(hello.extensions.known.pre_shared_key?.binders.map(({ length }) => length)).toEqual([48]);
    expectResumed(again);
  });

  it('of tickets that came by a resumed connection, over and over', () => {
    let session = session13(named);
    for (let i = 0; i < 4; i++) {
      const again = again13(named, session);
      const [, next] = again.client.sessions;
      expectResumed(again);
      expect(toHex(next?.session ?? session)).not.toBe(toHex(session));
      session = next?.session ?? session;
    }
  });
});

it('a server whose configuration is chosen by the hello: its ticket keys, its early data', () => {
  const chosen = resolveServerOptions({
    credentials: [credentialOf(world().identities.p256)],
    provider: nodeProvider,
    ticketKeys: [ticketKey(7)],
    maxEarlyData: 50,
  });
  const options: Options13 = {
    server: { askHello: true, ticketKeys: [ticketKey(1)] },
    client: { earlyData: true },
    early: 'deliver',
  };
  const choose = (pair: Pair13): void =>
    answering(pair.server, (need) => (need.kind === 'hello' ? { answer: chosen } : undefined));
  const [kept] = shake13(options, choose).client.sessions;
  const session = kept?.session ?? new Uint8Array(0);
  expect(toHex(decodeSession(session).ticket.subarray(0, 16))).toBe(toHex(ticketKey(7).name));
  const again = again13(options, session, (pair) => {
    choose(pair);
    const { start } = pair.client.engine;
    pair.client.engine.start = () => [
      ...start.call(pair.client.engine),
      ...pair.client.engine.write(Uint8Array.of(0x21)),
    ];
  });
  expect(textOf(again.seen.server.watched.early)).toBe('!');
  expectResumed(again);
  expectFull(again13({ server: { ticketKeys: [ticketKey(1)] } }, session));
});

describe('a client that shows a certificate', () => {
  const options = merge13(TICKETS, {
    client: { keys: ['p256'] },
    server: { clientCertificate: 'require' },
  });

  it('is known again by its ticket: its chain, and whether it was trusted', () => {
    const full = shake13(options);
    const again = again13(options, full.client.sessions[0]?.session ?? new Uint8Array(0));
    const { peerChain, authorized } = again.server.agreement ?? {};
    expect(peerChain?.map(toHex)).toEqual(full.server.agreement?.peerChain.map(toHex));
    expect([peerChain?.length, authorized]).toEqual([full.server.agreement?.peerChain.length, true]);
    // RFC 8446 4.3.2: no CertificateRequest beside a PSK.
    expect(messages13(again)).not.toContain('server certificate_request');
    expectResumed(again);
  });

  it('one that was not trusted is not trusted the second time either', () => {
    const doubt = (pair: Pair13): void =>
      answering(pair.server, (need) => {
        if (need.kind !== 'verdict') return undefined;
        const verdict = { ...judged(pair, need), authorized: false, reason: 'unknown authority' };
        return { answer: verdict as never };
      });
    const full = shake13(options, doubt);
    expect(full.server.agreement).toMatchObject({ authorized: false, authorizationProblem: 'unknown authority' });
    const again = again13(options, full.client.sessions[0]?.session ?? new Uint8Array(0));
    expect(again.server.agreement).toMatchObject({ authorized: false, authorizationProblem: 'unknown authority' });
    expectResumed(again);
  });

  it('a ticket from before a certificate was required: a full handshake', () => {
    const session = session13(merge13(options, { client: { keys: [] }, server: { clientCertificate: 'request' } }));
    const again = again13(options, session);
    expect(decided(again.seen.server)).toEqual(['full handshake: no client certificate was shown in it']);
    expect(again.server.agreement?.peerChain.length).toBeGreaterThan(0);
    expectFull(again);
  });
});

/** What the pair's own server would say of a chain. */
function judged(pair: Pair13, need: Parameters<Pair13['server']['reply']>[0]): object {
  const honest = make13();
  expect(pair.server).not.toBe(honest.server);
  return (honest.server.reply(need)?.answer ?? {}) as object;
}

describe('what a ticket is bound to', () => {
  const LATE = { now: NOW + HOUR };
  const BASE: Options13 = { ...TICKETS, now: NOW };

  it.each([
    ['another trust policy', { client: { sessionBinding: Uint8Array.of(1) } }, 'another trust policy or configuration'],
    ['another name', { client: { serverName: '127.0.0.1' } }, 'another server name'],
    ['its lifetime', { client: { now: () => NOW + 2 * HOUR } }, 'it has expired'],
    ['a clock that was set back', { client: { now: () => NOW - 1 } }, 'it has expired'],
    [
      'its hash',
      { client: { cipherSuites: ['TLS_AES_256_GCM_SHA384'] }, server: {} },
      'no cipher suite with its hash is enabled',
    ],
    [
      'its signature scheme',
      { client: { signatureSchemes: ['rsa_pss_rsae_sha256'] }, server: { keys: ['rsa'] } },
      'its signature scheme is not enabled',
    ],
  ] as readonly (readonly [string, Options13, string])[])('%s, on the client: not even offered', (_, change, why) => {
    const session = session13(merge13(BASE, { server: { cipherSuites: ['TLS_AES_128_GCM_SHA256'] } }));
    const again = again13(merge13(BASE, change), session);
    expect(decided(again.seen.client)).toEqual([`not offered: ${why}`]);
    expect(helloOf(again).extensions.known.pre_shared_key).toBeUndefined();
    expectFull(again);
  });

  it.each([
    [
      'another configuration',
      { server: { sessionBinding: Uint8Array.of(1) } },
      'another trust policy or configuration',
    ],
    ['its lifetime', { server: { now: () => NOW + 2 * HOUR } }, 'it has expired'],
    ['a clock that was set back', { server: { now: () => NOW - 1 } }, 'it has expired'],
    ['its hash', { server: { cipherSuites: ['TLS_AES_256_GCM_SHA384'] } }, 'no cipher suite with its hash is shared'],
  ] as readonly (readonly [string, Options13, string])[])('%s, on the server: a full handshake', (_, change, why) => {
    const session = session13(merge13(BASE, { server: { cipherSuites: ['TLS_AES_128_GCM_SHA256'] } }));
    const again = again13(merge13(BASE, change), session);
    expect(decided(again.seen.server)).toEqual([`full handshake: ${why}`]);
    expect(decided(again.seen.client)).toEqual(['offered', 'full handshake: the server does not resume']);
    expectFull(again);
  });

  it('a name that the server hears and the ticket does not know: a full handshake', () => {
    const session = session13(BASE);
    const other = changed(session, () => ({ serverName: '127.0.0.1' }));
    const again = again13(merge13(BASE, { client: { serverName: '127.0.0.1' } }), other);
    expect(decided(again.seen.server)).toEqual(['full handshake: another server name']);
    expectFull(again);
  });

  it('the end of the chain: at that moment, and not one before', () => {
    const session = session13(merge13(BASE, { server: { sessionLifetime: 86_400 } }));
    const { validUntil } = decodeSession(session);
    expect(validUntil).toBeGreaterThan(NOW + HOUR);
    const short = changed(session, () => ({ validUntil: NOW + HOUR }));
    expectResumed(again13({ ...BASE, now: NOW + HOUR - 1 }, short));
    const over = again13({ ...BASE, ...LATE }, short);
    expect(decided(over.seen.client)).toEqual([
      'not offered: a certificate of the peer has expired, or its last proof is a week old',
    ]);
    expectFull(over);
  });

  it("the end of a client's chain, on the server, whatever the lifetime says", () => {
    const options = merge13(BASE, { client: { keys: ['p256'] }, server: { clientCertificate: 'require' } });
    const full = shake13(options, (pair) =>
      answering(pair.server, (need) =>
        need.kind === 'verdict' ? { answer: { ...judged(pair, need), validUntil: NOW + 60_000 } as never } : undefined,
      ),
    );
    const given = full.client.sessions[0]?.session ?? new Uint8Array(0);
    expect(decodeSession(given).lifetime).toBe(60);
    // A client that does not count.
    const session = changed(given, () => ({ lifetime: 7200 }));
    expectResumed(again13({ ...options, now: NOW + 59_999 }, session));
    const over = again13({ ...options, now: NOW + 60_000 }, session);
    expect(decided(over.seen.server)).toEqual([
      'full handshake: a certificate of the peer has expired, or its last proof is a week old',
    ]);
    // A ticket that came by a resumed connection is not longer-lived than the chain.
    const next = again13({ ...options, now: NOW + 30_000 }, session).client.sessions[0]?.session ?? new Uint8Array(0);
    expect(decodeSession(next).lifetime).toBe(30);
    const longer = changed(next, () => ({ lifetime: 7200 }));
    expect(decided(again13({ ...options, now: NOW + 60_000 }, longer).seen.server)).toEqual([
      'full handshake: a certificate of the peer has expired, or its last proof is a week old',
    ]);
  });

  it('RFC 8446 4.6.1: a week from the last full handshake, on either side, however often it is resumed', () => {
    const DAY = 24 * HOUR;
    const options = merge13(BASE, { server: { sessionLifetime: 86_400 } });
    const end = NOW + 7 * DAY;
    let session = session13(options);
    for (const now of [1, 2, 3, 4, 5, 6, 7].map((day) => NOW + day * (DAY - 1000))) {
      const again = again13({ ...options, now }, session);
      expectResumed(again);
      session = again.client.sessions[0]?.session ?? new Uint8Array(0);
      expect(decodeSession(session).validUntil).toBe(end);
    }
    expect(decodeSession(session).lifetime).toBe(7);
    const why = 'a certificate of the peer has expired, or its last proof is a week old';
    const over = again13(
      { ...options, now: end },
      changed(session, () => ({ lifetime: 8 })),
    );
    expect(decided(over.seen.client)).toEqual([`not offered: ${why}`]);
    // A client that does not count.
    const late = changed(session, () => ({ lifetime: 8, validUntil: end + DAY }));
    expect(decided(again13({ ...options, now: end }, late).seen.server)).toEqual([`full handshake: ${why}`]);
  });

  it('the suite may change as long as the hash stays (RFC 8446 4.2.11)', () => {
    const session = session13(merge13(BASE, { server: { cipherSuites: ['TLS_AES_128_GCM_SHA256'] } }));
    const again = again13(merge13(BASE, { server: { cipherSuites: ['TLS_CHACHA20_POLY1305_SHA256'] } }), session);
    expect(again.client.agreement?.suite.id).toBe(0x1303);
    expectResumed(again);
  });

  it('the protocol is chosen anew', () => {
    const h2 = merge13(BASE, { client: { alpn: ['h2'] }, server: { alpn: ['h2'] } });
    const session = session13(h2);
    const again = again13(merge13(BASE, { client: { alpn: ['http/1.1'] }, server: { alpn: ['http/1.1'] } }), session);
    expect([again.client.agreement?.alpn, again.server.agreement?.alpn]).toEqual(['http/1.1', 'http/1.1']);
    expectResumed(again);
  });

  it('a version: what was made in TLS 1.2 is not resumed in 1.3, and the other way round', () => {
    const v12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
    const both = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' } as const;
    const old = session13(merge13(BASE, { client: v12, server: v12 }));
    const newer = again13(merge13(BASE, { client: both, server: both }), old);
    expect([newer.client.agreement?.version, newer.client.agreement?.resumed]).toEqual([0x0304, false]);
    const session = session13(BASE);
    const older = again13(merge13(BASE, { client: both, server: v12 }), session);
    expect([older.client.agreement?.version, older.client.agreement?.resumed]).toEqual([0x0303, false]);
    expect(decided(older.seen.client)).toEqual(['offered', 'full handshake: the server does not resume']);
    // And what the server would be made to believe: the content of a TLS 1.2 ticket in pre_shared_key.
    const foreign = changed(session, () => ({ ticket: decodeSession(old).ticket }));
    const tricked = again13(merge13(BASE, { server: both }), foreign);
    expect(decided(tricked.seen.server)).toEqual(['full handshake: the ticket is of another version']);
    expectFull(tricked);
  });
});

describe('HelloRetryRequest', () => {
  const RETRY: Options13 = {
    client: { groups: ['x25519', 'secp256r1'], keyShares: ['x25519'] },
    server: { groups: ['secp256r1'], ticketKeys: [ticketKey(1)] },
  };

  it.each(PAIRS)(
    'client on %s, server on %s: binders cover both hellos, and the age is counted again',
    (client, server) => {
      const options = merge13(RETRY, { client: { name: client }, server: { name: server } });
      const again = again13(options, session13(options));
      expect(messages13(again).slice(0, 3)).toEqual([
        'client client_hello',
        'server hello_retry_request',
        'client client_hello',
      ]);
      const binders = [0, 1].map((nth) =>
        toHex(helloOf(again, nth).extensions.known.pre_shared_key?.binders[0] ?? new Uint8Array(0)),
      );
      expect(binders[0]).not.toBe(binders[1]);
      expectResumed(again);
    },
  );

  it('a PSK of another hash than the chosen suite is left out of the second hello', () => {
    const session = session13(merge13(RETRY, { server: { cipherSuites: ['TLS_AES_256_GCM_SHA384'] } }));
    const again = again13(merge13(RETRY, { server: { cipherSuites: ['TLS_AES_128_GCM_SHA256'] } }), session);
    expect([0, 1].map((nth) => helloOf(again, nth).extensions.known.pre_shared_key !== undefined)).toEqual([
      true,
      false,
    ]);
    expectFull(again);
  });

  it('a ticket that expires between the two hellos: a full handshake with the suite that was named', () => {
    // The session asks for SHA-384, which the server would not choose of its own.
    const start = NOW;
    let now = start;
    const clock = { client: { now: () => start }, server: { now: () => now, sessionLifetime: 100 } };
    const strong = merge13(merge13(RETRY, clock), { server: { cipherSuites: ['TLS_AES_256_GCM_SHA384'] } });
    const session = session13(strong);
    const both = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384'];
    const again = again13(
      merge13(strong, { server: { cipherSuites: both } }),
      session,
      undefined,
      (direction, bytes, number) => {
        if (direction === 'to_server' && number === 1) now = start + 100_000;
        return [bytes];
      },
    );
    expect(decided(again.seen.server)).toEqual(['resumed', 'full handshake: it has expired']);
    expect(again.server.agreement?.suite.id).toBe(0x1302);
    expectFull(again);
  });
});
