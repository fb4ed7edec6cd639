// TLS 1.2 resumption in memory (RFC 5246 7.3, RFC 5077, RFC 7627 5.3): both ways to find a session, both providers on either
// side, every reason not to resume, and the rule that a resumed connection never has more trust than a full one would.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, toHex } from '../../src/bytes/bytes.ts';
import { TlsClient } from '../../src/engine/client.ts';
import { resolveClient } from '../../src/engine/config.ts';
import type { Observation } from '../../src/engine/observe.ts';
import type { ClientOptions } from '../../src/engine/options.ts';
import { decodeSession, encodeSession, type Session } from '../../src/handshake/shared/session.ts';
import { sealTicket } from '../../src/handshake/shared/tickets.ts';
import { nodeProvider } from '../../src/providers/node.ts';
import { EXTENSIONS } from '../../src/wire/extensions.ts';
import * as wire from '../../src/wire/messages.ts';
import { answerSessions, cacheOf, earlier, ticketKey } from '../support/earlier.ts';
import { alertsOf, edited, handshake, puppet, withExtension } from '../support/forge.ts';
import {
  exchange,
  makePair,
  type Pair,
  type PairOptions,
  PROVIDERS,
  type ProviderName,
  Side,
  shakeHands,
  world,
} from '../support/pair.ts';

const NAMES = Object.keys(PROVIDERS) as ProviderName[];
const PAIRS = NAMES.flatMap((client) => NAMES.map((server) => [client, server] as const));
const V12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
const BY_TICKET: PairOptions = { client: V12, server: { ...V12, ticketKeys: [ticketKey(1)] } };
const BY_ID: PairOptions = { client: V12, server: { ...V12, sessionCache: true } };
const WAYS = { ticket: BY_TICKET, id: BY_ID } as const;
type Way = keyof typeof WAYS;
const HOUR = 3_600_000;

const merge = (a: PairOptions, b: PairOptions): PairOptions => ({
  client: { ...a.client, ...b.client },
  server: { ...a.server, ...b.server },
  keys: b.keys ?? a.keys ?? ['p256'],
});

interface Second {
  readonly pair: Pair;
  /** What each side decided about resumption, in order. */
  readonly client: string[];
  readonly server: string[];
  /** Messages that crossed, by name. */
  readonly messages: string[];
  readonly observed: { readonly client: Observation[]; readonly server: Observation[] };
}

/** A handshake that may go on from `session`. `before` is called when the pair is made. */
function second(
  options: PairOptions,
  session: Uint8Array | undefined,
  before: (pair: Pair) => void = () => {},
): Second {
  const observed = { client: [] as Observation[], server: [] as Observation[] };
  const pair = makePair(
    merge(options, {
      client: { ...(session && { session }), observe: (one) => void observed.client.push(one) },
      server: { observe: (one) => void observed.server.push(one) },
    }),
  );
  before(pair);
  shakeHands(pair);
  const messages = observed.client.flatMap((one) =>
    one.kind === 'message' ? [`${one.direction === 'out' ? 'client' : 'server'} ${one.name}`] : [],
  );
  return { pair, client: decisions(observed.client), server: decisions(observed.server), messages, observed };
}

const decisions = (observed: readonly Observation[]): string[] =>
  observed.flatMap((one) => (one.kind === 'decision' && one.about === 'resumption' ? [String(one.chosen)] : []));

/** First a full handshake, then one with its session. */
function twice(way: Way, more: PairOptions = {}, change: PairOptions = {}, before?: (pair: Pair) => void): Second {
  const options = merge(WAYS[way], more);
  const { session, cache } = earlier(options);
  return second(merge(options, change), session, (pair) => {
    answerSessions(pair.server, cache);
    before?.(pair);
  });
}

function expectResumed({ pair, client, server }: Second): void {
  expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
  expect([pair.client.agreement?.resumed, pair.server.agreement?.resumed]).toEqual([true, true]);
  expect([client.at(-1), server.at(-1)]).toEqual(['resumed', 'resumed']);
  expectData(pair);
}

function expectFull({ pair }: Second): void {
  expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
  expect([pair.client.agreement?.resumed, pair.server.agreement?.resumed]).toEqual([false, false]);
  expectData(pair);
}

/** Data both ways, and an orderly end. */
function expectData(pair: Pair): void {
  const { client, server } = pair;
  client.handle(client.engine.write(Uint8Array.of(1, 2, 3)));
  server.handle(server.engine.write(Uint8Array.of(4, 5)));
  exchange(pair);
  client.handle(client.engine.close());
  exchange(pair);
  server.handle(server.engine.close());
  exchange(pair);
  expect([...concat(...server.received)]).toEqual([1, 2, 3]);
  expect([...concat(...client.received)]).toEqual([4, 5]);
  expect([client.closed, server.closed]).toEqual([true, true]);
}

/** Takes an extension out of what a client sends, its own transcript included. */
function without(name: keyof typeof EXTENSIONS): (pair: Pair) => void {
  return ({ client }) =>
    puppet(client.engine, (message, raw) =>
      message === 'client_hello'
        ? [
            edited(wire.clientHello, raw, (hello) => ({
              ...hello,
              extensions: withExtension(hello.extensions, EXTENSIONS[name].id, undefined),
            })),
          ]
        : undefined,
    );
}

/** An earlier handshake in which the client did not know extended_master_secret. */
function earlierWithoutEms(options: PairOptions): ReturnType<typeof earlier> {
  const pair = makePair(merge(options, {}));
  without('extended_master_secret')(pair);
  // The client's own idea of what it offered is untouched, and the server answers without the extension.
  shakeHands(pair);
  const [kept] = pair.client.sessions;
  if (kept === undefined) throw new Error(`no session: ${pair.client.error?.message} ${pair.server.error?.message}`);
  return { session: kept.session, cache: cacheOf(pair.server), pair };
}

describe.each(Object.keys(WAYS) as Way[])('by %s', (way) => {
  it.each(PAIRS)(
    'RFC 5246 7.3: client on %s, server on %s: one round trip, fewer flights, data flows',
    (client, server) => {
      const named: PairOptions = { client: { name: client }, server: { name: server } };
      const full = earlier(merge(WAYS[way], named));
      expect(full.pair.client.agreement?.resumed).toBe(false);
      const again = second(merge(WAYS[way], named), full.session, (pair) => answerSessions(pair.server, full.cache));
      expect(again.messages).toEqual([
        'client client_hello',
        'server server_hello',
        'server change_cipher_spec',
        'server finished',
        'client change_cipher_spec',
        'client finished',
      ]);
      expect([full.pair.client.flights, full.pair.server.flights]).toEqual([2, 2]);
      expect([again.pair.client.flights, again.pair.server.flights]).toEqual([2, 1]);
      const [before, now] = [full.pair.client.agreement, again.pair.client.agreement];
      for (const key of ['suite', 'group', 'scheme', 'authorized', 'extendedMasterSecret', 'serverName'] as const) {
        expect(now?.[key]).toEqual(before?.[key]);
      }
      expect(now?.peerChain.map(toHex)).toEqual(before?.peerChain.map(toHex));
      expectResumed(again);
    },
  );

  it.each(['rsa', 'ecdsa'] as const)('with a suite of %s', (kind) => {
    const suite = kind === 'rsa' ? 'TLS_RSA_WITH_AES_128_GCM_SHA256' : 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384';
    const both = { legacy: kind === 'rsa', cipherSuites: [suite] };
    expectResumed(twice(way, { client: both, server: both, keys: [kind === 'rsa' ? 'rsa' : 'p256'] }));
  });

  it('many times in a row, with the same session', () => {
    const { session, cache } = earlier(WAYS[way]);
    for (let i = 0; i < 3; i++) {
      const again = second(WAYS[way], session, (pair) => answerSessions(pair.server, cache));
      expect(again.pair.client.sessions).toEqual([]);
      expectResumed(again);
    }
  });

  it('RFC 8446 4.1.3: beside TLS 1.3 in the ClientHello, and a server that took 1.3 since', () => {
    expectResumed(twice(way, {}, { client: { maxVersion: 'TLSv1.3' } }));
    const newer = twice(way, {}, { client: { maxVersion: 'TLSv1.3' }, server: { maxVersion: 'TLSv1.3' } });
    expect(newer.client).toEqual(['offered', 'full handshake: the server chose TLS 1.3']);
    expect(newer.pair.client.agreement?.version).toBe(0x0304);
    expectFull(newer);
  });

  it('the key log has a line for the resumed connection, with the old master secret and the new random', () => {
    const lines: string[][] = [];
    const keyLog = (): { keyLog: (line: string) => void } => {
      const own: string[] = [];
      lines.push(own);
      return { keyLog: (line) => void own.push(line) };
    };
    twice(way, { client: keyLog() }, { client: keyLog(), server: keyLog() });
    const [[full = ''] = [], [again = ''] = [], [servers] = []] = lines;
    expect(again).toBe(servers);
    expect(again.split(' ')[2]).toBe(full.split(' ')[2]);
    expect(again.split(' ')[1]).not.toBe(full.split(' ')[1]);
  });

  describe('RFC 7627 5.3: extended_master_secret', () => {
    it('in neither handshake: resumed', () => {
      const { session, cache, pair } = earlierWithoutEms(WAYS[way]);
      expect(pair.client.agreement?.extendedMasterSecret).toBe(false);
      const again = second(WAYS[way], session, (next) => {
        answerSessions(next.server, cache);
        without('extended_master_secret')(next);
      });
      expect(again.pair.client.agreement?.extendedMasterSecret).toBe(false);
      expectResumed(again);
    });

    it('only in the second: a full handshake', () => {
      const { session, cache } = earlierWithoutEms(WAYS[way]);
      const again = second(WAYS[way], session, (next) => answerSessions(next.server, cache));
      expect(again.server).toEqual(['full handshake: it was made without extended_master_secret']);
      expect(again.client).toEqual(['offered', 'full handshake: the server does not resume']);
      expect(again.pair.client.agreement?.extendedMasterSecret).toBe(true);
      expectFull(again);
    });

    it('only in the first: the server aborts', () => {
      const { pair } = twice(way, {}, {}, without('extended_master_secret'));
      expect(pair.server.error).toMatchObject({ code: 'ERR_TLS_RESUMED_OTHERWISE', alert: 'handshake_failure' });
      expect(pair.client.error?.code).toBe('ERR_TLS_ALERT_RECEIVED');
    });

    it('a session that would not be resumed anyway: dropping it leads to a full handshake', () => {
      const late = { now: () => Date.now() + 3 * HOUR };
      const again = twice(way, {}, { server: late }, without('extended_master_secret'));
      expect(again.server).toEqual(['full handshake: it has expired']);
      expectFull(again);
    });
  });

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
      expect(again.client).toEqual(["not offered: a certificate of the peer's chain has expired"]);
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
    expect(again.client).toEqual(["not offered: a certificate of the peer's chain has expired"]);
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

  describe('a server that resumes otherwise', () => {
    const changed = (change: (hello: wire.ServerHelloOf<'server_hello_12'>) => object) => (pair: Pair) =>
      puppet(pair.server.engine, (message, raw) =>
        message === 'server_hello'
          ? [edited(wire.serverHello, raw, (hello) => ({ ...hello, ...change(hello as never) }) as wire.ServerHello)]
          : undefined,
      );

    it('RFC 5246 7.4.1.3: with another suite', () => {
      const { pair, observed } = twice(
        way,
        {},
        {},
        changed(() => ({ cipher_suite: 0xcca9 })),
      );
      expect(pair.client.error).toMatchObject({ code: 'ERR_TLS_RESUMED_OTHERWISE', alert: 'illegal_parameter' });
      expect(alertsOf(observed.client)).toEqual(['illegal_parameter']);
    });

    it('RFC 7627 5.3: without extended_master_secret', () => {
      const drop = changed(({ extensions }) => ({ extensions: withExtension(extensions, 23, undefined) }));
      const { pair, observed } = twice(way, {}, {}, drop);
      expect(pair.client.error).toMatchObject({ code: 'ERR_TLS_RESUMED_OTHERWISE', alert: 'handshake_failure' });
      expect(alertsOf(observed.client)).toEqual(['handshake_failure']);
    });

    it('RFC 7627 5.3: with extended_master_secret, which the session does not have', () => {
      const { session, cache } = earlierWithoutEms(WAYS[way]);
      const both = (pair: Pair): void => {
        answerSessions(pair.server, cache);
        // A server that never heard of the extension, and then adds it.
        const drop = pair.server.engine.receive.bind(pair.server.engine);
        let first = true;
        Object.assign(pair.server.engine, {
          receive: (bytes: Uint8Array) => {
            if (!first) return drop(bytes);
            first = false;
            return drop(helloWithout(bytes, 23));
          },
        });
        changed(({ extensions }) => ({ extensions: withExtension(extensions, 23, new Uint8Array(0)) }))(pair);
      };
      const { pair } = second(WAYS[way], session, both);
      expect(pair.client.error).toMatchObject({ code: 'ERR_TLS_RESUMED_OTHERWISE', alert: 'handshake_failure' });
    });

    it('RFC 5246 7.4.1.3: an id is echoed, and no session was offered', () => {
      const options = merge(WAYS[way], { client: { maxVersion: 'TLSv1.3' } });
      let sent: Uint8Array = new Uint8Array(0);
      const { pair } = second(options, undefined, (made) => {
        answerSessions(made.server, new Map());
        puppet(made.client.engine, (message, raw) => {
          if (message === 'client_hello') sent = raw.slice(39, 39 + 32);
          return undefined;
        });
        changed(() => ({ legacy_session_id_echo: sent }))(made);
      });
      expect(pair.client.error).toMatchObject({ code: 'ERR_TLS_BAD_SESSION_ID', alert: 'illegal_parameter' });
    });

    it('with another master secret: Finished does not fit', () => {
      const { session, cache } = earlier(WAYS[way]);
      const other = encodeSession({ ...decodeSession(session), secret: new Uint8Array(48) });
      const { pair } = second(WAYS[way], other, (made) => answerSessions(made.server, cache));
      expect(pair.client.error?.code).toBe('ERR_TLS_BAD_RECORD_MAC');
      expect([pair.client.agreement, pair.server.agreement]).toEqual([undefined, undefined]);
    });

    it('RFC 5246 7.4.9: with a wrong Finished, and a client with a wrong one', () => {
      const wrong = (pair: Pair, role: 'client' | 'server'): void =>
        puppet(pair[role].engine, (message, raw) =>
          message === 'finished'
            ? [
                handshake(
                  'finished',
                  raw.slice(4).map((byte) => byte ^ 1),
                ),
              ]
            : undefined,
        );
      for (const [role, other] of [
        ['server', 'client'],
        ['client', 'server'],
      ] as const) {
        const { pair } = twice(way, {}, {}, (made) => wrong(made, role));
        expect(pair[other].error).toMatchObject({ code: 'ERR_TLS_BAD_FINISHED', alert: 'decrypt_error' });
        expect(pair[other].agreement).toBeUndefined();
      }
    });
  });
});

/** A first flight whose ClientHello lacks extension `id`. */
function helloWithout(record: Uint8Array, id: number): Uint8Array {
  const hello = edited(wire.clientHello, record.slice(5), (one) => ({
    ...one,
    extensions: withExtension(one.extensions, id, undefined),
  }));
  return concat(Uint8Array.of(22, 3, 1, hello.length >> 8, hello.length), hello);
}

describe('RFC 5077: tickets', () => {
  it('a full handshake announces and gives one; it is opaque and says nothing of the session', () => {
    const { session, pair } = earlier(BY_TICKET);
    const kept = decodeSession(session);
    expect(kept.id.length).toBe(0);
    expect(kept.lifetime).toBe(7200);
    expect(toHex(kept.ticket.subarray(0, 16))).toBe(toHex(ticketKey(1).name));
    expect(toHex(kept.ticket)).not.toContain(toHex(kept.secret));
    expect(pair.server.sessions).toEqual([]);
  });

  it('a client without tickets asks for none; a server without keys gives none', () => {
    const off = shakeHands(makePair(merge(BY_TICKET, { client: { tickets: false } })));
    const keyless = shakeHands(makePair({ client: V12, server: V12 }));
    for (const pair of [off, keyless]) {
      expect(pair.client.agreement?.resumed).toBe(false);
      expect([pair.client.sessions, pair.server.sessions]).toEqual([[], []]);
    }
  });

  it('a client whose tickets were switched off does not offer the one it has', () => {
    expect(twice('ticket', {}, { client: { tickets: false } }).client).toEqual(['not offered: tickets are off']);
  });

  it.each(NAMES)('provider %s: sealed with an older key: resumed, and renewed with the first', (name) => {
    const options = merge(BY_TICKET, { client: { name }, server: { name } });
    const old = earlier(options);
    const start = decodeSession(old.session).created;
    const later = start + 1800_000;
    const rotated = merge(options, {
      client: { now: () => later },
      server: { ticketKeys: [ticketKey(2), ticketKey(1)], now: () => later },
    });
    const again = second(rotated, old.session);
    expect(again.messages.slice(1, 5)).toEqual([
      'server server_hello',
      'server new_session_ticket',
      'server change_cipher_spec',
      'server finished',
    ]);
    expectResumed(again);
    const [renewed] = again.pair.client.sessions;
    const kept = decodeSession(renewed?.session ?? new Uint8Array(0));
    expect(toHex(kept.ticket.subarray(0, 16))).toBe(toHex(ticketKey(2).name));
    // The secret is no younger than before: what is left of its two hours is an hour and a half.
    expect([kept.created, kept.lifetime]).toEqual([start, 7200]);
    const onlyNew = merge(rotated, { server: { ticketKeys: [ticketKey(2)] } });
    expectResumed(second(onlyNew, renewed?.session));
    const gone = second(onlyNew, old.session);
    expect(gone.server).toEqual(['full handshake: the ticket cannot be opened']);
    expect(gone.pair.client.sessions.length).toBe(1);
    expectFull(gone);
  });

  it('unknown, garbled, cut, foreign and empty tickets: a full handshake', () => {
    const { session } = earlier(BY_TICKET);
    const kept = decodeSession(session);
    const { ticket } = kept;
    const foreign = sealTicket(nodeProvider, [{ ...ticketKey(1), key: ticketKey(3).key }], new Uint8Array(12), kept);
    const nonsense = sealTicketOf(Uint8Array.of(1, 2, 3));
    const tickets: readonly Uint8Array[] = [
      Uint8Array.of(1),
      new Uint8Array(200).fill(7),
      ...[16, 27, 28, 30, 43, 44, ticket.length - 1].map((length) => ticket.slice(0, length)),
      ...[0, 20, 40, ticket.length - 1].map((at) => ticket.map((byte, i) => (i === at ? byte ^ 0x80 : byte))),
      concat(ticket, Uint8Array.of(0)),
      foreign ?? new Uint8Array(1),
      nonsense,
    ];
    for (const one of tickets) {
      const again = second(BY_TICKET, encodeSession({ ...kept, ticket: one }));
      expect(again.server).toEqual(['full handshake: the ticket cannot be opened']);
      expectFull(again);
    }
  });

  it('RFC 5077 3.4: a client that sends a ticket without an id is resumed all the same', () => {
    const { session } = earlier(BY_TICKET);
    const { pair, server } = second(BY_TICKET, session, (made) =>
      puppet(made.client.engine, (message, raw) =>
        message === 'client_hello'
          ? [edited(wire.clientHello, raw, (hello) => ({ ...hello, legacy_session_id: new Uint8Array(0) }))]
          : undefined,
      ),
    );
    // Our own client tells by the echoed id, and was robbed of it here; the server's flight is what is looked at.
    expect(server).toEqual(['resumed']);
    expect(pair.server.engine.stateName).not.toBe('connected_12');
  });

  it('RFC 5077 3.3: an empty ticket is one that cannot be given: no session, and no harm', () => {
    const pair = makePair(BY_TICKET);
    const empty = handshake('new_session_ticket', new Uint8Array(6));
    puppet(pair.server.engine, (message) => (message === 'new_session_ticket' ? [empty] : undefined));
    shakeHands(pair);
    expect(pair.client.sessions).toEqual([]);
    expectData(pair);
  });

  it('RFC 5077 3.3: a ticket that was announced and does not come', () => {
    const pair = makePair(BY_TICKET);
    puppet(pair.server.engine, (message) => (message === 'new_session_ticket' ? [] : undefined));
    shakeHands(pair);
    expect(pair.client.error?.code).toBe('ERR_TLS_UNEXPECTED_CHANGE_CIPHER_SPEC');
  });

  it('a ticket too long for any ClientHello is not kept', () => {
    for (const [length, sessions] of [
      [32_768, 1],
      [32_769, 0],
      [65_535, 0],
    ] as const) {
      const pair = makePair(BY_TICKET);
      const body = concat(Uint8Array.of(0, 0, 0, 9, length >> 8, length), new Uint8Array(length));
      puppet(pair.server.engine, (message) =>
        message === 'new_session_ticket' ? [handshake('new_session_ticket', body)] : undefined,
      );
      shakeHands(pair);
      expect([pair.client.error, pair.client.sessions.length]).toEqual([undefined, sessions]);
      const [kept] = pair.client.sessions;
      if (kept === undefined) continue;
      expect(decodeSession(kept.session).lifetime).toBe(9);
      expectFull(second(BY_TICKET, kept.session));
    }
  });

  it('RFC 5077 3.3: a lifetime hint of 0 leaves it to the client, and one of a century is cut', () => {
    for (const hint of [0, 0xffffffff]) {
      const pair = makePair(BY_TICKET);
      puppet(pair.server.engine, (message, raw) =>
        message === 'new_session_ticket'
          ? [edited(wire.newSessionTicket12, raw, (ticket) => ({ ...ticket, ticket_lifetime_hint: hint }))]
          : undefined,
      );
      shakeHands(pair);
      expect(decodeSession(pair.client.sessions[0]?.session ?? new Uint8Array(0)).lifetime).toBe(86_400);
    }
  });

  it('of a server that keeps sessions by id too: the ticket comes first', () => {
    const both = merge(BY_TICKET, { server: { sessionCache: true } });
    const { session, pair } = earlier(both);
    expect(pair.server.sessions).toEqual([]);
    const again = second(both, session);
    expect(again.pair.server.held).toEqual([]);
    expectResumed(again);
  });
});

function sealTicketOf(content: Uint8Array): Uint8Array {
  const [{ name, key }, nonce, pieces] = [ticketKey(1), new Uint8Array(12), [] as Uint8Array[]];
  nodeProvider.aead('aes-256-gcm', key).seal(nonce, name, [content], pieces);
  return concat(name, nonce, ...pieces);
}

describe('the `session` need', () => {
  it('is answered later: nothing is sent meanwhile, and the handshake goes on', () => {
    for (const known of [true, false]) {
      const { session, cache } = earlier(BY_ID);
      const again = second(BY_ID, session, (pair) => {
        if (known) answerSessions(pair.server, cache);
        pair.server.hold = (need) => need.kind === 'session';
      });
      const { server, client } = again.pair;
      expect([server.engine.stateName, client.engine.stateName]).toEqual(['find_session', 'wait_server_hello']);
      expect(server.flights).toBe(0);
      expect(server.held[0]?.need).toEqual({ kind: 'session', id: decodeSession(session).id });
      answerSessions(server, known ? cache : new Map());
      server.release();
      exchange(again.pair);
      const decided = decisions(again.observed.server);
      expect(decided).toEqual([known ? 'resumed' : 'full handshake: no session with this id']);
      expect(client.agreement?.resumed).toBe(known);
      expectData(again.pair);
    }
  });

  it('a session that was not given, of the first connection: nobody asked for the id of TLS 1.3 either', () => {
    const options = merge(BY_ID, { client: { maxVersion: 'TLSv1.3' } });
    const again = second(options, undefined, (pair) => answerSessions(pair.server, new Map()));
    expect(again.server).toEqual(['full handshake: no session with this id']);
    expectFull(again);
  });

  it('answered with what is no session (of this version): a full handshake', () => {
    const { session, cache } = earlier(BY_ID);
    const [[id = '', kept = new Uint8Array(0)] = []] = cache;
    for (const wrong of [new Uint8Array(0), Uint8Array.of(2, 3), kept.slice(0, -1), concat(kept, kept)]) {
      const again = second(BY_ID, session, (pair) => answerSessions(pair.server, new Map([[id, wrong]])));
      expect(again.server).toEqual(['full handshake: the session is of another version']);
      expectFull(again);
    }
  });

  it('answered with the session of another id, or with no bytes at all: refused', () => {
    const { session, cache } = earlier(BY_ID);
    const other = earlier(BY_ID);
    const [id = ''] = cache.keys();
    const [theirs] = other.cache.values();
    for (const wrong of [theirs, 'session', { id }]) {
      const { pair } = second(BY_ID, session, (made) =>
        answerSessions(made.server, new Map([[id, wrong as Uint8Array]])),
      );
      expect(pair.server.error).toMatchObject({ code: 'ERR_TLS_ANSWER', alert: 'internal_error' });
      expect(pair.client.agreement).toBeUndefined();
    }
  });

  it('a session event comes after `connected`, on both sides', () => {
    const { pair } = earlier(BY_ID);
    for (const side of [pair.client, pair.server]) {
      expect(side.history.indexOf('session')).toBe(side.history.indexOf('connected') + 1);
    }
    expect(toHex(pair.client.sessions[0]?.id ?? new Uint8Array(0))).toBe(
      toHex(pair.server.sessions[0]?.id ?? new Uint8Array(1)),
    );
  });
});

describe('the encoding of a session', () => {
  const sample = (): Session => decodeSession(earlier(BY_TICKET).session);

  it('survives, whatever is in it', () => {
    const bytes = (max: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength: max });
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    const moment = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    const arbitrary: fc.Arbitrary<Session> = fc.record({
      version: fc.nat(0xffff),
      suite: fc.nat(0xffff),
      secret: bytes(255),
      extendedMasterSecret: fc.boolean(),
      created: moment,
      lifetime: fc.nat(0xffffffff),
      validUntil: moment,
      binding: bytes(255),
      serverName: text,
      alpn: text,
      group: fc.nat(0xffff),
      scheme: fc.nat(0xffff),
      authorized: fc.boolean(),
      authorizationProblem: text,
      peerChain: fc.array(bytes(3000), { maxLength: 4 }),
      id: bytes(32),
      ticket: bytes(2000),
    });
    fc.assert(
      fc.property(arbitrary, (session) => {
        expect(decodeSession(encodeSession(session))).toEqual(session);
      }),
    );
  });

  it('moments that no clock should give, and a problem of any length', () => {
    const odd = {
      ...sample(),
      created: 1.5,
      validUntil: Number.POSITIVE_INFINITY,
      authorizationProblem: 'x'.repeat(99_999),
    };
    const read = decodeSession(encodeSession(odd));
    expect([read.created, read.validUntil]).toEqual([1, Number.MAX_SAFE_INTEGER]);
    expect(read.authorizationProblem.length).toBe(1000);
    for (const value of [Number.NaN, -5])
      expect(decodeSession(encodeSession({ ...odd, created: value })).created).toBe(0);
  });

  it('every truncation, and random bytes, as the `session` option: left aside', () => {
    const session = encodeSession({ ...sample(), peerChain: [] });
    const hello = (bytes: Uint8Array): Side => {
      const side = new Side(
        new TlsClient({ provider: nodeProvider, serverName: 'localhost', ...V12, session: bytes }),
        [],
        world().anchors,
        'node',
      );
      side.handle(side.engine.start());
      return side;
    };
    for (let length = 0; length < session.length; length++) {
      expect(hello(session.slice(0, length)).error).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const side = hello(bytes);
        expect([side.error, side.outbox.length > 0]).toEqual([undefined, true]);
      }),
    );
  });

  it('any byte of it changed: never a crash, and never a connection that is resumed by mistake', () => {
    const { session } = earlier(BY_TICKET);
    const bare = encodeSession({ ...decodeSession(session), peerChain: [] });
    fc.assert(
      fc.property(fc.nat(bare.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const { pair } = second(
          BY_TICKET,
          bare.map((byte, i) => (i === at ? byte ^ mask : byte)),
        );
        expect(pair.client.error?.code).not.toBe('ERR_TLS_INTERNAL');
        expect(pair.server.error?.code).not.toBe('ERR_TLS_INTERNAL');
        if (pair.client.error === undefined) expect(pair.server.agreement).toBeDefined();
      }),
      { numRuns: 150 },
    );
  });

  it('a session option that is no bytes is a mistake of the caller', () => {
    const options: ClientOptions = { provider: nodeProvider, session: 'abc' as never };
    expect(() => resolveClient(options)).toThrow(expect.objectContaining({ code: 'ERR_TLS_CONFIG' }));
  });
});
