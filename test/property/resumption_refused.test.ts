// Every reason not to resume a TLS 1.2 session, at the server and at the client: the handshake is then a full one and the
// decision says why. And the rule that a resumed connection never has more trust than a full handshake would give it now.

import { describe, expect, it } from 'vitest';
import { decodeSession, encodeSession } from '../../src/handshake/shared/session.ts';
import * as wire from '../../src/wire/messages.ts';
import { answerSessions, cacheOf, earlier } from '../support/earlier.ts';
import { edited, puppet } from '../support/forge.ts';
import { makePair, type Pair, type PairOptions, shakeHands } from '../support/pair.ts';
import { expectFull, expectResumed, HOUR, merge, second, twice, WAYS, type Way } from '../support/resume.ts';

describe.each(Object.keys(WAYS) as Way[])('by %s', (way) => {
  describe('not resumed by the server', () => {
    const REASONS: Readonly<Record<string, PairOptions>> = {
      'its cipher suite is not enabled': {
        server: { cipherSuites: ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256'] },
      },
      'its group is not enabled': { server: { groups: ['secp384r1'] } },
      'its signature scheme is not enabled': {
        server: {
          signatureSchemes: ['ecdsa_secp384r1_sha384', 'ecdsa_secp521r1_sha512', 'rsa_pss_rsae_sha256', 'ed25519'],
        },
        keys: ['ed25519'],
      },
      'another trust policy or configuration': { server: { sessionBinding: Uint8Array.of(2) } },
      'it has expired': { server: { now: () => Date.now() + 7201_000 } },
    };

    it.each(Object.keys(REASONS))('%s', (reason) => {
      const again = twice(way, { server: { sessionBinding: Uint8Array.of(1) } }, REASONS[reason]);
      expect(again.server).toEqual([`full handshake: ${reason}`]);
      expect(again.client).toEqual(['offered', 'full handshake: the server does not resume']);
      expectFull(again);
    });

    it('a clock that went backwards', () => {
      const again = twice(way, {}, { server: { now: () => Date.now() - HOUR } });
      expect(again.server).toEqual(['full handshake: it has expired']);
      expectFull(again);
    });

    it('a lifetime of the configuration', () => {
      const start = Date.now();
      const short = { server: { sessionLifetime: 60, now: () => start } };
      expectResumed(twice(way, short, { server: { now: () => start + 59_999 } }));
      expect(twice(way, short, { server: { now: () => start + 60_000 } }).server).toEqual([
        'full handshake: it has expired',
      ]);
    });

    it('RFC 6066 3: another server name, by a client that does not mind', () => {
      const { session, cache } = earlier(WAYS[way]);
      const forged = encodeSession({ ...decodeSession(session), serverName: '127.0.0.1' });
      const again = second(merge(WAYS[way], { client: { serverName: '127.0.0.1' } }), forged, (pair) =>
        answerSessions(pair.server, cache),
      );
      expect(again.server).toEqual(['full handshake: another server name']);
      expectFull(again);
    });

    it('another application protocol', () => {
      const both = { alpn: ['h2', 'http/1.1'] };
      const again = twice(way, { client: both, server: both }, { server: { alpn: ['http/1.1'] } });
      expect(again.server).toEqual(['full handshake: another application protocol']);
      expect(again.pair.client.agreement?.alpn).toBe('http/1.1');
      expectFull(again);
    });

    it('a suite that the client does not offer any more', () => {
      const { session, cache } = earlier(WAYS[way]);
      const again = second(WAYS[way], session, (pair) => {
        answerSessions(pair.server, cache);
        puppet(pair.client.engine, (message, raw) =>
          message === 'client_hello'
            ? [edited(wire.clientHello, raw, (hello) => ({ ...hello, cipher_suites: [0xcca9] }))]
            : undefined,
        );
      });
      expect(again.server).toEqual(['full handshake: the client does not offer its cipher suite']);
      expect(again.pair.server.error).toBeUndefined();
      expect(again.pair.server.agreement?.resumed).toBe(false);
    });

    it('minVersion TLS 1.3', () => {
      const both = {
        client: { maxVersion: 'TLSv1.3' },
        server: { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' },
      } as const;
      const again = twice(way, {}, both);
      expect([again.pair.server.agreement?.version, again.server]).toEqual([0x0304, []]);
      expectFull(again);
    });
  });

  describe('not offered by the client', () => {
    const REASONS: Readonly<Record<string, PairOptions>> = {
      'another version': {
        client: { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' },
        server: { maxVersion: 'TLSv1.3' },
      },
      'its cipher suite is not enabled': {
        client: { cipherSuites: ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256'] },
      },
      'its group is not enabled': { client: { groups: ['secp256r1'] } },
      'its signature scheme is not enabled': {
        client: { signatureSchemes: ['rsa_pss_rsae_sha256'] },
        keys: ['rsa'],
      },
      'another trust policy or configuration': { client: { sessionBinding: Uint8Array.of(9) } },
      'another server name': { client: { serverName: '127.0.0.1' } },
      'its application protocol is not enabled': { client: { alpn: ['http/1.1'] } },
      'it has expired': { client: { now: () => Date.now() + 25 * HOUR } },
    };

    it.each(Object.keys(REASONS))('%s', (reason) => {
      const both = { alpn: ['h2', 'http/1.1'] };
      const again = twice(way, { client: both, server: both }, REASONS[reason]);
      expect(again.client).toEqual([`not offered: ${reason}`]);
      expectFull(again);
    });

    it('a clock that went backwards', () => {
      const again = twice(way, {}, { client: { now: () => Date.now() - 60_000 } });
      expect(again.client).toEqual(['not offered: it has expired']);
    });

    it("a certificate of the server's chain has expired since", () => {
      const { session, cache } = earlier(WAYS[way]);
      const kept = decodeSession(session);
      const soon = encodeSession({ ...kept, validUntil: kept.created + 1000 });
      const options = merge(WAYS[way], { client: { now: () => kept.created + 1000 } });
      const again = second(options, soon, (pair) => answerSessions(pair.server, cache));
      expect(again.client).toEqual([
        'not offered: a certificate of the peer has expired, or its last proof is a week old',
      ]);
      expectFull(again);
    });
  });

  it('the end of the chain is that of the path which was verified', () => {
    const { session, pair } = earlier(WAYS[way]);
    const { validUntil } = decodeSession(session);
    expect(validUntil).toBeGreaterThan(Date.now());
    // A full handshake at that moment fails, and just before it does not: the session ends when its trust does.
    const at = (now: number): Pair => shakeHands(makePair(merge(WAYS[way], { client: { now: () => now } })));
    expect(at(validUntil).client.error).toBeUndefined();
    expect(at(validUntil + 1000).client.error?.code).toBe('ERR_TLS_CERTIFICATE_REFUSED');
    expect(pair.client.agreement?.authorized).toBe(true);
  });

  it('a host whose verdict names no end gets no session that could be used', () => {
    const first = makePair(WAYS[way]);
    const { reply } = first.client;
    const endless = (need: Parameters<typeof reply>[0]): unknown => {
      const answer = (reply(need) as { answer: object }).answer;
      return { answer: { ...answer, validUntil: undefined } };
    };
    Object.assign(first.client, { reply: endless });
    shakeHands(first);
    const again = second(WAYS[way], first.client.sessions[0]?.session);
    expect(again.client).toEqual([
      'not offered: a certificate of the peer has expired, or its last proof is a week old',
    ]);
  });

  it('a session that was made without trust stays so', () => {
    const first = makePair(WAYS[way]);
    const { reply } = first.client;
    Object.assign(first.client, {
      reply: (need: Parameters<typeof reply>[0]) => {
        const { answer } = reply(need) as { answer: object };
        return { answer: { ...answer, authorized: false, reason: 'self\u202esigned' } };
      },
    });
    shakeHands(first);
    const [kept] = first.client.sessions;
    const again = second(WAYS[way], kept?.session, (pair) => answerSessions(pair.server, cacheOf(first.server)));
    expect(again.pair.client.agreement).toMatchObject({ authorized: false, authorizationProblem: 'self\u202esigned' });
    expectResumed(again);
  });
});
