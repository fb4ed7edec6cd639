// TLS 1.2 resumption in memory (RFC 5246 7.3, RFC 5077, RFC 7627 5.3), by ticket and by session id, with both providers on
// either side: that it works, what extended_master_secret asks for, and a server that resumes otherwise.

import { describe, expect, it } from 'vitest';
import { concat, toHex } from '../../src/bytes/bytes.ts';
import { decodeSession, encodeSession } from '../../src/handshake/shared/session.ts';
import * as wire from '../../src/wire/messages.ts';
import { answerSessions, earlier } from '../support/earlier.ts';
import { alertsOf, edited, handshake, puppet, withExtension } from '../support/forge.ts';
import { PAIRS, type Pair, type PairOptions } from '../support/pair.ts';
import {
  earlierWithoutEms,
  expectFull,
  expectResumed,
  HOUR,
  merge,
  second,
  twice,
  WAYS,
  type Way,
  without,
} from '../support/resume.ts';

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
