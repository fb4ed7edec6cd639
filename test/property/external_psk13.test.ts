// Keys that were shared beforehand, in TLS 1.3 (RFC 8446 4.2.11): asked of both hosts, proved by binders, beside tickets and
// certificates, with either hash.

import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes/bytes.ts';
import type { Need, Psk } from '../../src/handshake/shared/needs.ts';
import { changeExtensions } from '../../src/wire/extensions.ts';
import { ticketKey } from '../support/earlier.ts';
import { alertsOf } from '../support/forge.ts';
import { exchange, PAIRS, PSK } from '../support/pair.ts';
import {
  again13,
  decided,
  expectData,
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
} from '../support/pair13.ts';

const SHARED: Options13 = { client: { psk: true, shared: PSK }, server: { psk: true, shared: PSK } };
const SHA384: Psk = { ...PSK, hash: 'sha384' };
const key = (fill: number): Psk => ({ ...PSK, key: new Uint8Array(32).fill(fill) });

function expectShared(pair: Pair13): void {
  expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
  for (const side of [pair.client, pair.server]) {
    expect(side.agreement).toMatchObject({
      psk: true,
      resumed: false,
      authorized: true,
      peerChain: [],
      credential: undefined,
    });
    expect(side.agreement?.scheme).toBeUndefined();
  }
  expect(messages13(pair)).not.toContain('server certificate');
  expectData(pair);
}

function expectCertificate(pair: Pair13): void {
  expect(pair.client.agreement).toMatchObject({ psk: false, authorized: true });
  expect(pair.server.agreement).toMatchObject({ psk: false, authorized: false });
  expectFull(pair);
}

function expectRefused(pair: Pair13, code: string, alert: string): void {
  expect(pair.server.error).toMatchObject({ code, alert });
  expect(alertsOf(pair.seen.server.observed)).toEqual([alert]);
  expect([pair.client.agreement, pair.server.agreement]).toEqual([undefined, undefined]);
  expect(pair.client.error).toMatchObject({ code: 'ERR_TLS_ALERT_RECEIVED', alert });
}

describe.each(PAIRS)('client on %s, server on %s', (client, server) => {
  it.each<Psk>([PSK, SHA384])('both have it ($hash): no certificate, and both know whom they speak to', (shared) => {
    const pair = shake13({
      client: { ...SHARED.client, name: client, shared },
      server: { ...SHARED.server, name: server, shared },
    });
    expectShared(pair);
    expect(pair.client.agreement?.suite.hash).toBe(shared.hash ?? 'sha256');
    expect(pair.seen.client.keyLog.sort()).toEqual(pair.seen.server.keyLog.sort());
    expect(toHex(pair.client.engine.exportKeyingMaterial('EXPORTER-x', 16))).toBe(
      toHex(pair.server.engine.exportKeyingMaterial('EXPORTER-x', 16)),
    );
    expect(decided(pair.seen.server)).toEqual(['a key shared beforehand']);
  });
});

it('a server needs no certificate for it', () => {
  const pair = shake13(merge13(SHARED, { server: { credentials: [], keys: [] } }));
  expectShared(pair);
});

it.each([1, 16, 31, 33, 64, 65, 200, 65_535])('a key of %d bytes', (length) => {
  const shared = { identity: PSK.identity, key: new Uint8Array(length).fill(3) };
  expectShared(shake13(merge13(SHARED, { client: { shared }, server: { shared } })));
});

it.each([1, 255, 256, 60_000])('an identity of %d bytes, none of them text', (length) => {
  const identity = new Uint8Array(length).fill(0xff);
  const asked: string[] = [];
  const shared = (need: Need): Psk => {
    if (need.kind === 'psk' && need.role === 'server') asked.push(toHex(need.identity));
    return { key: PSK.key };
  };
  const pair = shake13(merge13(SHARED, { client: { shared: { identity, key: PSK.key } }, server: { shared } }));
  expect(asked).toEqual([toHex(identity)]);
  expectShared(pair);
});

describe('what does not fit', () => {
  it('an identity that the server does not know: it goes on with its certificate', () => {
    const pair = shake13(merge13(SHARED, { server: { shared: () => undefined } }));
    expect(helloOf(pair).extensions.known.pre_shared_key?.identities.length).toBe(1);
    expectCertificate(pair);
  });

  it('and without a certificate: there is nothing to go on with', () => {
    const pair = shake13(merge13(SHARED, { server: { shared: () => undefined, credentials: [], keys: [] } }));
    expectRefused(pair, 'ERR_TLS_NO_SHARED_SCHEME', 'handshake_failure');
  });

  it('a client that has none, or was not told to ask', () => {
    expectCertificate(shake13(merge13(SHARED, { client: { shared: () => undefined } })));
    const pair = shake13(merge13(SHARED, { client: { psk: false } }));
    expect(pair.seen.client.watched.events.filter((event) => event.type === 'need').length).toBe(1);
    expectCertificate(pair);
  });

  it('a server that was not told to ask', () => {
    const pair = shake13(merge13(SHARED, { server: { psk: false } }));
    expect(
      pair.seen.server.watched.events.flatMap((event) => (event.type === 'need' ? [event.need.kind] : [])),
    ).toEqual(['signature']);
    expectCertificate(pair);
  });

  it.each([
    ['one bit', key(0x5b)],
    ['one byte more', { ...PSK, key: new Uint8Array(33).fill(0x5a) }],
  ])('another key under the same name: %s', (_, shared) => {
    expectRefused(shake13(merge13(SHARED, { server: { shared } })), 'ERR_TLS_BAD_BINDER', 'decrypt_error');
  });

  it('the same key with another hash', () => {
    const client = shake13(merge13(SHARED, { client: { shared: SHA384 } }));
    expectRefused(client, 'ERR_TLS_BAD_BINDER', 'decrypt_error');
    const server = shake13(merge13(SHARED, { server: { shared: SHA384 } }));
    expectRefused(server, 'ERR_TLS_BAD_BINDER', 'decrypt_error');
  });

  it('a hash that no suite of the client has: the key is not offered', () => {
    const pair = shake13(merge13(SHARED, { client: { shared: SHA384, cipherSuites: ['TLS_AES_128_GCM_SHA256'] } }));
    expect(helloOf(pair).extensions.known.pre_shared_key).toBeUndefined();
    expectCertificate(pair);
  });

  it('a hash that no shared suite has: a certificate', () => {
    const shared = SHA384;
    const pair = shake13(
      merge13(SHARED, { client: { shared }, server: { shared, cipherSuites: ['TLS_AES_128_GCM_SHA256'] } }),
    );
    expectCertificate(pair);
  });

  it('an identity without a name is not offered', () => {
    const pair = shake13(merge13(SHARED, { client: { shared: { key: PSK.key } } }));
    expect(helloOf(pair).extensions.known.pre_shared_key).toBeUndefined();
    expectCertificate(pair);
  });
});

describe('answers that come later', () => {
  it('a client says nothing before its host has answered', () => {
    const pair = make13(SHARED);
    pair.client.hold = (need) => need.kind === 'psk';
    pair.client.handle(pair.client.engine.start());
    expect([pair.client.engine.stateName, pair.client.flights]).toEqual(['choose_external_psk', 0]);
    expect(pair.client.held[0]?.need).toEqual({ kind: 'psk', role: 'client', hint: undefined });
    pair.client.release();
    expect(pair.client.engine.stateName).toBe('wait_server_hello');
    exchange(pair);
    expectShared(pair);
  });

  it.each([true, false])('a server waits for its host (known: %s)', (known) => {
    const pair = make13(merge13(SHARED, { server: { shared: () => (known ? PSK : undefined) } }));
    pair.server.hold = (need) => need.kind === 'psk';
    pair.client.handle(pair.client.engine.start());
    exchange(pair);
    expect([pair.server.engine.stateName, pair.server.flights]).toEqual(['find_external_psk', 0]);
    pair.server.release();
    exchange(pair);
    if (known) expectShared(pair);
    else expectCertificate(pair);
  });

  it('a peer that ends meanwhile leaves no need behind', () => {
    const pair = make13(SHARED);
    pair.server.hold = (need) => need.kind === 'psk';
    pair.client.handle(pair.client.engine.start());
    exchange(pair);
    const [event] = pair.server.held;
    pair.server.handle(pair.server.engine.end());
    expect(pair.server.error?.code).toBe('ERR_TLS_EOF_IN_HANDSHAKE');
    expect(() => pair.server.engine.answer(event?.id ?? -1, PSK)).toThrow(/no need/);
  });
});

describe('beside a ticket', () => {
  const BOTH = merge13(SHARED, TICKETS);

  it('a session that comes of a shared key is as good as the key was, on both sides', () => {
    const options = merge13(SHARED, TICKETS);
    const [given] = shake13(options).client.sessions;
    const again = again13(options, given?.session ?? new Uint8Array(0));
    expectResumed(again);
    expect([again.client.agreement?.authorized, again.server.agreement?.authorized]).toEqual([true, true]);
  });

  it('the ticket is offered first, and taken', () => {
    const session = session13(merge13(BOTH, { client: { psk: false } }));
    const pair = again13(BOTH, session);
    expect(helloOf(pair).extensions.known.pre_shared_key?.identities.length).toBe(2);
    expect(decided(pair.seen.server)).toEqual(['resumed']);
    expectResumed(pair);
  });

  it('a ticket that cannot be opened: the second key is taken, at its place', () => {
    const session = session13(merge13(BOTH, { client: { psk: false } }));
    const pair = again13(merge13(BOTH, { server: { ticketKeys: [ticketKey(9)], shared: byName } }), session);
    expectShared(pair);
    expect(decided(pair.seen.client)).toEqual(['offered', 'a key shared beforehand']);
  });

  it('keys of two hashes: the second is taken with a suite of its own', () => {
    const session = session13(
      merge13(BOTH, { client: { psk: false }, server: { cipherSuites: ['TLS_AES_128_GCM_SHA256'] } }),
    );
    const shared = SHA384;
    const pair = again13(
      merge13(BOTH, {
        client: { shared },
        server: { ticketKeys: [], shared: (need) => (byName(need) ? shared : undefined) },
      }),
      session,
    );
    expect(helloOf(pair).extensions.known.pre_shared_key?.binders.map(({ length }) => length)).toEqual([32, 48]);
    expect(pair.server.agreement?.suite.hash).toBe('sha384');
    expectShared(pair);
  });

  it('what was made with a shared key is resumed like anything else, and has no certificate behind it', () => {
    const first = shake13(BOTH);
    expectShared(first);
    const session = first.client.sessions[0]?.session ?? new Uint8Array(0);
    const again = again13(BOTH, session);
    expect([again.client.agreement?.peerChain, again.server.agreement?.peerChain]).toEqual([[], []]);
    expect([again.client.agreement?.psk, again.server.agreement?.psk]).toEqual([false, false]);
    expectResumed(again);
  });

  it('a server that requires certificates does not resume what has none', () => {
    const first = shake13(BOTH);
    const session = first.client.sessions[0]?.session ?? new Uint8Array(0);
    const again = again13(
      merge13(BOTH, { client: { keys: ['p256'] }, server: { psk: false, clientCertificate: 'require' } }),
      session,
    );
    expect(decided(again.seen.server)).toEqual(['full handshake: no client certificate was shown in it']);
    expectFull(again);
  });
});

/** Knows the one name that is a name. */
function byName(need: Need): Psk | undefined {
  return need.kind === 'psk' && need.role === 'server' && toHex(need.identity) === toHex(PSK.identity)
    ? PSK
    : undefined;
}

describe('HelloRetryRequest, modes, early data', () => {
  const RETRY: Options13 = merge13(SHARED, {
    client: { groups: ['x25519', 'secp256r1'], keyShares: ['x25519'] },
    server: { groups: ['secp256r1'] },
  });

  it.each<Psk>([PSK, SHA384])('RFC 8446 4.1.4: after a HelloRetryRequest ($hash)', (shared) => {
    const pair = shake13(merge13(RETRY, { client: { shared }, server: { shared } }));
    expect(messages13(pair)[1]).toBe('server hello_retry_request');
    expectShared(pair);
  });

  it('a host that changes its mind between the two hellos', () => {
    const answers = [SHA384, undefined];
    const pair = shake13(merge13(RETRY, { client: { shared: SHA384 }, server: { shared: () => answers.shift() } }));
    // RFC 8446 4.1.4: the suite that was named stays.
    expect(pair.server.agreement?.suite.hash).toBe('sha384');
    expectCertificate(pair);
  });

  it('RFC 8446 4.2.9: the key alone, where both allow it', () => {
    const options = merge13(SHARED, {
      client: {
        pskWithoutDhe: true,
        hooks: {
          clientHello: (hello) => ({
            ...hello,
            extensions: changeExtensions('client_hello', hello.extensions, { psk_key_exchange_modes: [0] }),
          }),
        },
      },
      server: { pskWithoutDhe: true },
    });
    const pair = shake13(options);
    expect(pair.client.agreement?.group).toBeUndefined();
    expectShared(pair);
  });

  it('early data is not written under it: nobody said how much', () => {
    const pair = shake13(merge13(SHARED, { client: { earlyData: true }, server: { maxEarlyData: 1000 } }));
    expect(helloOf(pair).extensions.known.early_data).toBeUndefined();
    expectShared(pair);
  });
});
