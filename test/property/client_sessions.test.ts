// Sessions of clients that proved themselves (RFC 5246 7.3, F.1.4; RFC 5077 4): resumed, they are who they were and no more
// than that, and not at all under another configuration, after their chain has ended, or where they now must show what they
// did not show then. And sessions of shared keys.

import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/handshake/shared/needs.ts';
import { decodeSession } from '../../src/handshake/shared/session.ts';
import { generatePrivateKey } from '../../src/providers/node.ts';
import { answerSessions, earlier } from '../support/earlier.ts';
import { PAIRS, type Pair, type PairOptions, world } from '../support/pair.ts';
import { by, expectRefused, type How, hexes } from '../support/prove.ts';
import { expectFull, expectResumed, HOUR, merge, second, twice, WAYS, type Way } from '../support/resume.ts';

const ASKED: PairOptions = { server: { clientCertificate: 'request' }, clientKeys: ['p256'] };
const REQUIRED: PairOptions = { server: { clientCertificate: 'require' }, clientKeys: ['p256'] };

/** Makes a server answer verdicts with a change. */
const judging =
  (change: (verdict: Verdict) => Verdict) =>
  ({ server }: Pair): void => {
    const { reply } = server;
    Object.assign(server, {
      reply: (need: Parameters<typeof reply>[0]) => {
        const answer = reply(need)?.answer as unknown as Verdict;
        return { answer: need.kind === 'verdict' ? change(answer) : answer };
      },
    });
  };

describe.each(Object.keys(WAYS) as Way[])('by %s', (way) => {
  it.each(PAIRS)('client on %s, server on %s: the same chain and the same trust', (client, server) => {
    for (const how of ['ECDHE', 'DHE', 'RSA'] satisfies How[]) {
      const options = merge(merge(by(how), REQUIRED), { client: { name: client }, server: { name: server } });
      const again = twice(way, options);
      expectResumed(again);
      const { agreement } = again.pair.server;
      expect(agreement).toMatchObject({ authorized: true, authorizationProblem: undefined, resumed: true });
      expect(hexes(agreement?.peerChain)).toEqual(hexes(world().clientIdentities.p256.chain));
      expect(again.messages).not.toContain('server certificate_request');
    }
  });

  it('without trust it stays without trust, and the reason is kept', () => {
    const options = merge(WAYS[way], ASKED);
    const untrusted = judging((verdict) => ({ ...verdict, authorized: false, reason: 'nobody knows it' }) as Verdict);
    const first = second(options, undefined, untrusted);
    const session = first.pair.client.sessions[0]?.session;
    const cache = new Map(first.pair.server.sessions.map((one) => [Buffer.from(one.id).toString('hex'), one.session]));
    const again = second(options, session, (pair) => answerSessions(pair.server, cache));
    expectResumed(again);
    expect(again.pair.server.agreement).toMatchObject({
      authorized: false,
      authorizationProblem: 'nobody knows it',
      peerChain: { length: 2 },
    });
  });

  it('one that showed nothing is resumed as nobody where a certificate is asked for, and not where it is required', () => {
    const anonymous = merge(ASKED, { clientKeys: [] });
    const again = twice(way, anonymous);
    expectResumed(again);
    expect(again.pair.server.agreement).toMatchObject({ authorized: false, peerChain: [] });
    const now = twice(way, anonymous, REQUIRED);
    expectFull(now);
    expect(now.server).toEqual(['full handshake: no client certificate was shown in it']);
    expect(now.pair.server.agreement).toMatchObject({ authorized: true, peerChain: { length: 2 } });
    const still = twice(way, {}, { server: { clientCertificate: 'require' } });
    expectRefused(still.pair.server, 'ERR_TLS_NO_CLIENT_CERTIFICATE', 'handshake_failure');
  });

  it('one that showed a certificate is resumed where one is required now', () => {
    expectResumed(twice(way, ASKED, REQUIRED));
  });

  it('another configuration does not know it', () => {
    const bound = twice(way, REQUIRED, { server: { sessionBinding: Uint8Array.of(9) } });
    expectFull(bound);
    expect(bound.server).toEqual(['full handshake: another trust policy or configuration']);
    expect(bound.pair.server.agreement?.authorized).toBe(true);
  });

  it('not after the chain of the client has ended, though the session itself could live on', () => {
    const key = generatePrivateKey('ec').privateKey;
    const overrides = { notAfter: Date.now() + HOUR };
    const leaf = world().pki.issue({ commonName: 'for an hour', key, role: 'client', overrides });
    const identity = { chain: world().pki.chainOf(leaf), privateKey: key };
    const options = merge(REQUIRED, { clientIdentities: [identity], server: { sessionLifetime: 86_400 } });
    const at = (minutes: number): PairOptions => ({ server: { now: () => Date.now() + minutes * 60_000 } });
    expectResumed(twice(way, options, at(58)));
    const late = twice(way, options, at(62));
    expect(late.server).toEqual([
      'full handshake: a certificate of the peer has expired, or its last proof is a week old',
    ]);
    expectRefused(late.pair.server, 'ERR_TLS_CERTIFICATE_REFUSED', 'certificate_expired');
  });

  it('the end that the verdict names binds, whatever the chain says', () => {
    const options = merge(WAYS[way], REQUIRED);
    const until = judging((verdict) => ({ ...verdict, validUntil: Date.now() + 60_000 }) as Verdict);
    const first = second(options, undefined, until);
    const session = first.pair.client.sessions[0]?.session;
    const cache = new Map(first.pair.server.sessions.map((one) => [Buffer.from(one.id).toString('hex'), one.session]));
    const later = merge(options, { server: { now: () => Date.now() + 61_000 } });
    const again = second(later, session, (pair) => answerSessions(pair.server, cache));
    expectFull(again);
    expect(again.server).toEqual([
      'full handshake: a certificate of the peer has expired, or its last proof is a week old',
    ]);
  });

  it.each(['PSK', 'DHE_PSK', 'ECDHE_PSK'] as const)(
    '%s: resumed without the key, and where certificates are required too',
    (how) => {
      const again = twice(way, by(how));
      expectResumed(again);
      for (const { agreement } of [again.pair.client, again.pair.server]) {
        expect(agreement).toMatchObject({ psk: true, authorized: true, peerChain: [] });
      }
      expectResumed(twice(way, by(how), { server: { clientCertificate: 'require' } }));
      // Once no keys are shared any more, neither are their sessions.
      const ended = twice(way, merge(by(how), { keys: ['p256'] }), {
        server: { psk: false, cipherSuites: [] },
        client: { cipherSuites: [] },
      });
      expectFull(ended);
      expect(ended.pair.server.agreement?.psk).toBe(false);
    },
  );
});

describe('what a session tells of the client', () => {
  it('the ticket holds the chain: nothing of it is legible', () => {
    const { session } = earlier(merge(WAYS.ticket, REQUIRED));
    const [leaf = new Uint8Array(0)] = world().clientIdentities.p256.chain;
    const { ticket, peerChain } = decodeSession(session);
    expect(ticket.length).toBeGreaterThan(leaf.length);
    expect(Buffer.from(ticket).includes(Buffer.from(leaf.subarray(0, 100)))).toBe(false);
    // The client keeps the chain of the server, not its own.
    expect(hexes(peerChain)).toEqual(hexes(world().identities.p256.chain));
  });

  it('RFC 5077 3.3: a chain that no ticket can hold leads to an empty ticket and to no session', () => {
    const key = generatePrivateKey('ec').privateKey;
    const san = Array.from({ length: 600 }, (_, i) => `a-rather-long-name-${i}.example`);
    const leaf = world().pki.issue({ commonName: 'large', key, role: 'client', overrides: { san } });
    const identity = { chain: world().pki.chainOf(leaf), privateKey: key };
    expect(leaf.der.length).toBeGreaterThan(16_384);
    const first = second(merge(WAYS.ticket, merge(REQUIRED, { clientIdentities: [identity] })), undefined);
    expectFull(first);
    expect(first.messages).toContain('server new_session_ticket');
    expect(first.pair.client.sessions).toEqual([]);
  });
});
