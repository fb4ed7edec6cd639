// Every kind of handshake that the stack speaks, written as a capture with its secrets and read back from outside: messages, data
// and records are those that the client saw, whatever the pieces in which the file comes.

import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes/bytes.ts';
import { KeyLog } from '../../src/capture/keylog.ts';
import { verdictsOf } from '../../src/capture/verdicts.ts';
import type { ClientOptions, ServerOptions } from '../../src/engine/options.ts';
import { timelineOf } from '../../src/inspect/timeline.ts';
import { trustAnchors } from '../../src/x509/anchors.ts';
import { type Hooks, type Recorded, readBack, recording, recordsOf, sentBy } from '../support/captured.ts';
import { answerSessions, earlier, ticketKey } from '../support/earlier.ts';
import {
  exchange,
  type KeyKind,
  makePair,
  type Pair,
  type PairOptions,
  PROVIDERS,
  PSK,
  world,
} from '../support/pair.ts';
import { converse, goldenOf, PLANS, session } from '../support/sessions.ts';

const hooked = (options: Partial<ClientOptions>, { observe, keyLog }: Hooks): Partial<ClientOptions> => ({
  ...options,
  observe,
  keyLog,
});

function expectAsSeen({ file, observed }: Recorded, options = {}): void {
  const { connections, summary } = readBack(file, options);
  expect(summary).toMatchObject({ connections: 1, remarks: [] });
  const [connection] = connections;
  const decoded = connection?.trace.entries.map((entry) => entry.observation) ?? [];
  for (const direction of ['out', 'in'] as const) {
    expect(sentBy(direction, decoded)).toEqual(sentBy(direction, observed));
    // A coalesced flight may be told record by record in another order than its messages; the records are the same.
    expect(recordsOf(direction, decoded)).toEqual(recordsOf(direction, observed));
  }
  expect(connection).toMatchObject({ sealedReasons: [], faults: [], whole: true });
  const verdicts = connection === undefined ? [] : verdictsOf(connection);
  const names = verdicts.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(['client_finished', 'server_finished', 'client_records', 'server_records']),
  );
  expect(verdicts.filter(({ outcome, why }) => outcome !== 'right' && why !== 'no_psk')).toEqual([]);
  for (const message of ['server_key_exchange', 'certificate_verify']) {
    const seen = observed.filter((one) => one.kind === 'message' && one.name === message).length;
    const signed = observed.some((one) => one.kind === 'message' && one.name === 'certificate');
    if (signed) expect(names.filter((name) => name.includes(message)).length).toBe(seen);
  }
}

describe.each(PLANS)('$label', (plan) => {
  const recorded = recording((hooks) => {
    const pair = session({ ...plan, client: hooked(plan.client, hooks) }, goldenOf(plan), 'node', 'node');
    converse(pair, hooks.wire);
  });

  it('reads as the client saw it', () => expectAsSeen(recorded));

  it('whatever the pieces in which the file comes', () => {
    const whole = readBack(recorded.file).connections;
    for (const size of [1, 17, 1000]) expect(readBack(recorded.file, {}, size).connections).toEqual(whole);
  });

  it('gives the timeline that the client has', () => {
    const { connections } = readBack(recorded.file);
    const trace = connections[0]?.trace;
    if (trace === undefined) throw new Error('nothing was read');
    const live = timelineOf({ ...trace, entries: recorded.observed.map((observation) => ({ t: 0, observation })) });
    const timeline = timelineOf(trace);
    expect(timeline.negotiated).toEqual(live.negotiated);
    expect([timeline.complete, timeline.kind, timeline.roundTrips]).toEqual([
      live.complete,
      live.kind,
      live.roundTrips,
    ]);
  });
});

describe('TLS 1.2', () => {
  const V12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', legacy: true } as const;
  const talk = (hooks: Hooks, options: PairOptions, before: (pair: Pair) => void = () => {}): Pair => {
    const pair = makePair({
      ...options,
      client: hooked({ ...V12, ...options.client }, hooks),
      server: { ...V12, ...options.server },
    });
    before(pair);
    converse(pair, hooks.wire);
    expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
    return pair;
  };
  const suite = (name: string, more: Partial<ServerOptions & ClientOptions> = {}): PairOptions => ({
    client: { cipherSuites: [name], ...more } as Partial<ClientOptions>,
    server: { cipherSuites: [name], ...more } as Partial<ServerOptions>,
    keys: [name.includes('ECDSA') ? 'p256' : 'rsa'] as KeyKind[],
  });

  it.each([
    ['TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA'],
    ['TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384'],
    ['TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256'],
    ['TLS_RSA_WITH_AES_256_CBC_SHA'],
    ['TLS_DHE_RSA_WITH_AES_128_CBC_SHA256'],
    ['TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8'],
    ['TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256'],
  ])('%s', (name) => {
    expectAsSeen(recording((hooks) => void talk(hooks, suite(name))));
  });

  it('RFC 5246 7.4.7.1: RSA key exchange is decrypted with the private key alone', () => {
    const { privateKey } = world().identities.rsa;
    const recorded = recording((hooks) => void talk(hooks, suite('TLS_RSA_WITH_AES_128_GCM_SHA256')), false);
    expect(readBack(recorded.file).connections[0]?.sealedReasons).toMatchObject([
      { from: 'client', reason: { code: 'no_keys' } },
      { from: 'server', reason: { code: 'no_keys' } },
    ]);
    expectAsSeen(recorded, { rsaKeys: [privateKey] });
    const { privateKey: other } = world().identities.p256;
    const [closed] = readBack(recorded.file, { rsaKeys: [other] }).connections;
    expect(closed?.sealedReasons[0]?.reason.code).toBe('wrong_rsa_key');
  });

  it('the older lines of key logs open it too: pre-master secrets by random and by ciphertext, master secrets by session', () => {
    const { privateKey } = world().identities.rsa;
    const name = 'TLS_RSA_WITH_AES_128_GCM_SHA256';
    const options = suite(name);
    const recorded = recording(
      (hooks) => void talk(hooks, { ...options, server: { ...options.server, sessionCache: true } }),
      false,
    );
    const [opened] = readBack(recorded.file, { rsaKeys: [privateKey], showSecrets: true }).connections;
    const secretOf = (what: string): string => {
      for (const { observation: one } of opened?.items ?? []) {
        if (one.kind === 'secret' && one.name === what) return toHex(one.value);
      }
      throw new Error(`no ${what}`);
    };
    const raw = (what: string): Uint8Array => {
      for (const one of recorded.observed) if (one.kind === 'message' && one.name === what) return one.raw;
      throw new Error(`no ${what}`);
    };
    const encrypted = toHex(raw('client_key_exchange').subarray(6, 14));
    const id = toHex(raw('server_hello').subarray(39, 39 + (raw('server_hello')[38] ?? 0)));
    expect(id.length).toBe(64);
    for (const line of [
      `PMS_CLIENT_RANDOM ${opened?.clientRandom} ${secretOf('pre_master_secret')}`,
      `RSA ${encrypted} ${secretOf('pre_master_secret')}`,
      `RSA Session-ID:${id.toUpperCase()} Master-Key:${secretOf('master_secret')}`,
    ]) {
      const keyLog = new KeyLog();
      keyLog.add(line);
      expectAsSeen(recorded, { keyLog });
    }
  });

  it('a private key does not open what has forward secrecy, and it says so', () => {
    const { privateKey } = world().identities.rsa;
    const recorded = recording((hooks) => void talk(hooks, suite('TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256')), false);
    const [connection] = readBack(recorded.file, { rsaKeys: [privateKey] }).connections;
    expect(connection?.sealedReasons[0]?.reason).toEqual({ code: 'forward_secrecy' });
    expect(connection?.sealed).toEqual({ client: 3, server: 3 });
  });

  it('a key log about other connections: how many they are, and which random is missing', () => {
    const recorded = recording((hooks) => void talk(hooks, suite('TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256')), false);
    const keyLog = new KeyLog();
    for (const digit of '123') keyLog.add(`CLIENT_RANDOM ${digit.repeat(64)} ${'ab'.repeat(48)}\n`);
    const [connection] = readBack(recorded.file, { keyLog }).connections;
    const clientRandom = connection?.clientRandom;
    expect(clientRandom).toMatch(/^[0-9a-f]{64}$/);
    expect(connection?.sealedReasons[1]?.reason).toEqual({ code: 'no_secret', clientRandom, others: 3 });
  });

  it('a wrong master secret leaves the records sealed and is told from none', () => {
    const recorded = recording((hooks) => void talk(hooks, suite('TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256')), false);
    const keyLog = new KeyLog();
    keyLog.add((recorded.keyLog[0] ?? '').replace(/..$/, (end) => (end === '00' ? '01' : '00')));
    const [connection] = readBack(recorded.file, { keyLog }).connections;
    expect(connection?.sealedReasons[0]?.reason).toEqual({ code: 'secret_does_not_fit' });
  });

  it.each(['ticket', 'id'] as const)('resumed by %s: by its own line', (way) => {
    const server = way === 'ticket' ? { ...V12, ticketKeys: [ticketKey(1)] } : { ...V12, sessionCache: true };
    const options = { client: V12, server };
    const { session: kept, cache } = earlier(options);
    expectAsSeen(
      recording((hooks) => {
        talk(hooks, { client: { session: kept }, server }, (pair) => answerSessions(pair.server, cache));
      }),
    );
  });
});

describe('TLS 1.3', () => {
  const V13 = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;

  it('RFC 8446 7.2: generations of KeyUpdate are derived, in both directions, again and again', () => {
    const updated = recording((hooks) => {
      const pair = makePair({ client: hooked(V13, hooks), server: V13 });
      const { client, server } = pair;
      server.handle(server.engine.start());
      client.handle(client.engine.start());
      exchange(pair, hooks.wire);
      for (let round = 0; round < 3; round++) {
        client.handle(client.engine.updateKeys(round === 1));
        client.handle(client.engine.write(new Uint8Array(10 + round)));
        server.handle(server.engine.write(new Uint8Array(20 + round)));
        exchange(pair, hooks.wire);
        server.handle(server.engine.updateKeys(false));
        server.handle(server.engine.write(new Uint8Array(30 + round)));
        exchange(pair, hooks.wire);
      }
    });
    expectAsSeen(updated);
    const generations = readBack(updated.file).connections[0]?.items.flatMap(({ observation: one }) =>
      one.kind === 'keys' && one.direction === 'out' ? [one.generation] : [],
    );
    expect(generations).toEqual([0, 0, 1, 2, 3]);
  });

  it('with the handshake secrets alone the handshake is read, and data stays sealed; with the traffic secrets alone, data', () => {
    const recorded = recording((hooks) => {
      converse(makePair({ client: hooked(V13, hooks), server: V13 }), hooks.wire);
    }, false);
    const some = (pattern: RegExp): KeyLog => {
      const keyLog = new KeyLog();
      keyLog.add(recorded.keyLog.filter((line) => pattern.test(line)).join('\r\n'));
      return keyLog;
    };
    const names = (keyLog: KeyLog): string[] =>
      readBack(recorded.file, { keyLog }).connections[0]?.items.flatMap(({ observation: one }) =>
        one.kind === 'message' ? [one.name] : one.kind === 'data' ? ['data'] : [],
      ) ?? [];
    expect(names(some(/HANDSHAKE/)).filter((name) => name === 'finished').length).toBe(2);
    expect(names(some(/HANDSHAKE/))).not.toContain('data');
    expect(names(some(/TRAFFIC_SECRET_0/))).toEqual(expect.arrayContaining(['client_hello', 'data', 'alert']));
    expect(names(some(/TRAFFIC_SECRET_0/))).not.toContain('finished');
    expect(names(some(/^SERVER/))).toEqual(expect.arrayContaining(['certificate', 'data']));
  });

  it('nothing is shown of secrets unless it was asked for; then the derivations come too', () => {
    const recorded = recording((hooks) => {
      converse(makePair({ client: hooked(V13, hooks), server: V13 }), hooks.wire);
    });
    const kinds = (showSecrets: boolean): Set<string> =>
      new Set(readBack(recorded.file, { showSecrets }).connections[0]?.items.map((item) => item.observation.kind));
    expect(kinds(false).has('secret')).toBe(false);
    expect(kinds(true).has('secret')).toBe(true);
  });
});

describe('what does not hold is told', () => {
  const V12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
  const V13 = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;
  const recorded = (options: PairOptions): Recorded =>
    recording((hooks) => {
      converse(makePair({ ...options, client: hooked(options.client ?? {}, hooks) }), hooks.wire);
    });
  /** The file with one byte changed: the last of `bytes`, where they stand in it. */
  const flipped = ({ file }: Recorded, bytes: Uint8Array): Uint8Array => {
    const at = Buffer.from(file).indexOf(bytes);
    expect(at).toBeGreaterThan(0);
    const out = file.slice();
    out[at + bytes.length - 1] = (out[at + bytes.length - 1] ?? 0) ^ 1;
    return out;
  };
  const rawOf = ({ observed }: Recorded, name: string): Uint8Array => {
    for (const one of observed) if (one.kind === 'message' && one.name === name) return one.raw;
    throw new Error(`there was no ${name}`);
  };
  const outcomes = (file: Uint8Array): Record<string, string> =>
    Object.fromEntries(
      readBack(file)
        .connections.flatMap((one) => verdictsOf(one))
        .map(({ name, outcome }) => [name, outcome]),
    );

  it('RFC 5246 7.4.3: one flipped byte of the signature in ServerKeyExchange; Finished covers it too', () => {
    const talk = recorded({ client: V12, server: V12 });
    expect(outcomes(flipped(talk, rawOf(talk, 'server_key_exchange')))).toEqual({
      server_key_exchange: 'wrong',
      client_finished: 'wrong',
      server_finished: 'wrong',
      client_records: 'right',
      server_records: 'right',
    });
  });

  it('RFC 5246 7.4.8: one flipped byte of the signature of a client', () => {
    const talk = recorded({
      client: V12,
      server: { ...V12, clientCertificate: 'require' },
      clientKeys: ['p256'],
    });
    expect(outcomes(flipped(talk, rawOf(talk, 'certificate_verify')))).toMatchObject({
      server_key_exchange: 'right',
      client_certificate_verify: 'wrong',
    });
  });

  it('RFC 8446 4.1.3: a downgrade sentinel for a client that offered 1.3', () => {
    const talk = recorded({ client: {}, server: V12 });
    expect(outcomes(talk.file).downgrade).toBeUndefined();
    const modest = recorded({ client: V12, server: {} });
    expect(outcomes(modest.file).downgrade).toBe('right');
    const hello = rawOf(talk, 'server_hello');
    const at = Buffer.from(talk.file).indexOf(hello);
    const file = talk.file.slice();
    file.set(Buffer.from('444f574e47524401', 'hex'), at + 4 + 2 + 24);
    expect(outcomes(file).downgrade).toBe('wrong');
  });

  it('a record whose bytes were changed: its tag is wrong, and what follows is read', () => {
    const talk = recorded({ client: V13, server: V13 });
    // The last packet but those that close holds a record of the server.
    const { items = [] } = readBack(talk.file).connections[0] ?? {};
    const data = items.findLast(({ observation: one }) => one.kind === 'data');
    expect(data).toBeDefined();
    for (let at = talk.file.length - 1; at > 0; at--) {
      const file = talk.file.slice();
      file[at] = (file[at] ?? 0) ^ 1;
      const [connection] = readBack(file).connections;
      const wrong = connection === undefined ? [] : verdictsOf(connection).filter(({ outcome }) => outcome === 'wrong');
      if (wrong.length === 0) continue;
      expect(wrong).toMatchObject([{ name: expect.stringMatching(/_records$/), frame: expect.any(Number) }]);
      expect(connection?.faults).toMatchObject([{ code: 'ERR_TLS_BAD_RECORD_MAC' }]);
      expect(connection?.sealed).toEqual({ client: 0, server: 0 });
      return;
    }
    throw new Error('no byte made a tag wrong');
  });

  it('RFC 8446 4.2.11.2: binders are checked with the keys that are given, and said to be unchecked without', () => {
    const plan = PLANS.find(({ label }) => label === 'tls13_psk');
    if (plan === undefined) throw new Error('no such plan');
    const talk = recording((hooks) => {
      converse(session({ ...plan, client: hooked(plan.client, hooks) }, goldenOf(plan), 'node', 'node'), hooks.wire);
    });
    const binder = (psks: readonly Uint8Array[]): unknown =>
      readBack(talk.file, { psks }).connections[0]?.checks.find(({ name }) => name === 'psk_binder');
    expect(binder([PSK.key])).toMatchObject({ outcome: 'right' });
    expect(binder([])).toMatchObject({ outcome: 'unchecked', why: 'no_psk' });
    expect(binder([new Uint8Array(32)])).toMatchObject({ outcome: 'unchecked', why: 'no_psk' });
  });

  it('certificates: the chain is judged at the time of the capture, for the name that was asked for', () => {
    const talk = recorded({ client: V13, server: V13 });
    const [connection] = readBack(talk.file).connections;
    if (connection === undefined) throw new Error('nothing was read');
    const chain = (started: number, anchors = world().anchors): unknown =>
      verdictsOf({ ...connection, started }, { provider: PROVIDERS.node, anchors }).find(
        ({ name }) => name === 'server_chain',
      );
    expect(chain(Date.now())).toMatchObject({ outcome: 'right' });
    expect(chain(0)).toMatchObject({ outcome: 'wrong', why: { code: 'not_yet_valid' } });
    expect(chain(Date.now(), trustAnchors([]))).toMatchObject({ outcome: 'wrong' });
  });
});
