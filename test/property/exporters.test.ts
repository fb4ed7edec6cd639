// Keying material for the application (RFC 5705, RFC 8446 7.5) and channel bindings (RFC 5929 3, RFC 9266): the same at both ends,
// different for whatever differs, equal to what a second computation gives, and refused where it would bind nothing.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { EMPTY, fromHex, toHex } from '../../src/bytes/bytes.ts';
import type { Observation } from '../../src/engine/observe.ts';
import { answerSessions, earlier } from '../support/earlier.ts';
import { expandLabel, exporterSeed, type Hash, hkdf, prf } from '../support/independent.ts';
import { makePair, PAIRS, type Pair, type PairOptions, type Side, shakeHands } from '../support/pair.ts';
import { by, expectConnected, type How, secretsOf } from '../support/prove.ts';
import { expectResumed, merge, second, WAYS, type Way } from '../support/resume.ts';

const HOWS = ['1.3', 'ECDHE', 'DHE', 'RSA', 'PSK', 'ECDHE_PSK'] satisfies How[];
const LABEL = 'EXPORTER-test';
const usage = expect.objectContaining({ code: 'ERR_TLS_USAGE', fault: 'local' }) as unknown as Error;
const out = (side: Side, label = LABEL, length = 32, context?: Uint8Array): string =>
  toHex(side.engine.exportKeyingMaterial(label, length, context));

function connect(how: How, more: PairOptions = {}): Pair {
  const pair = shakeHands(makePair(merge(by(how), more)));
  expectConnected(pair);
  return pair;
}

describe.each(HOWS)('%s', (how) => {
  it.each(PAIRS)('client on %s, server on %s: the same at both ends', (c, s) => {
    const { client, server } = connect(how, { client: { name: c }, server: { name: s } });
    for (const [label, length, context] of [
      [LABEL, 1, undefined],
      [LABEL, 32, EMPTY],
      ['EXPERIMENTAL x', 100, fromHex('00ff')],
      ['x', 8160, new Uint8Array(60_000)],
      ['y'.repeat(249), 48, undefined],
    ] as const) {
      const mine = out(client, label, length, context);
      expect(mine.length).toBe(2 * length);
      expect(mine).toBe(out(server, label, length, context));
    }
    expect(toHex(client.engine.channelBinding('tls-exporter'))).toBe(
      toHex(server.engine.channelBinding('tls-exporter')),
    );
  });

  it('different for another label, context, connection, and in TLS 1.2 for no context and an empty one', () => {
    const { client } = connect(how);
    const all = [
      out(client),
      out(client, 'EXPORTER-tesu'),
      out(client, LABEL, 32, fromHex('00')),
      out(client, LABEL, 32, fromHex('0000')),
      out(connect(how).client),
    ];
    expect(new Set(all).size).toBe(all.length);
    // RFC 8446 7.5: no context is an empty one. RFC 5705 4: it is not.
    expect(out(client, LABEL, 32, EMPTY) === out(client)).toBe(how === '1.3');
    // RFC 5705: the beginning of what is longer; RFC 8446 7.1 puts the length into the label.
    expect(out(client, LABEL, 64).startsWith(out(client))).toBe(how !== '1.3');
  });

  it('what is handed out is a copy each time', () => {
    const { client } = connect(how);
    const one = client.engine.exportKeyingMaterial(LABEL, 32);
    const before = toHex(one);
    one.fill(0);
    expect(out(client)).toBe(before);
    if (how === '1.3') return;
    const unique = client.engine.channelBinding('tls-unique');
    const was = toHex(unique);
    unique.fill(0);
    expect(toHex(client.engine.channelBinding('tls-unique'))).toBe(was);
  });

  it('labels of TLS itself and what is none, lengths out of range: ERR_TLS_USAGE', () => {
    const { client } = connect(how);
    for (const label of [
      'client finished',
      'server finished',
      'master secret',
      'extended master secret',
      'key expansion',
      'ä',
      'a\u0000',
      'a\n',
      'x'.repeat(250),
    ]) {
      expect(() => out(client, label), label).toThrow(usage);
    }
    for (const length of [0, -1, 8161, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => out(client, LABEL, length), String(length)).toThrow(usage);
    }
    if (how !== '1.3') expect(() => out(client, LABEL, 32, new Uint8Array(65_536))).toThrow(usage);
    // A mistake of the caller is no fault of the connection.
    expect(client.error).toBeUndefined();
    expect(client.engine.writable).toBe(true);
  });

  it('nothing before the handshake is done, nothing after it ended', () => {
    const pair = makePair(by(how));
    const both = [pair.client, pair.server];
    const none = (): void => {
      for (const side of both) {
        if (side.agreement !== undefined) continue;
        expect(() => out(side)).toThrow(usage);
        expect(() => side.engine.channelBinding('tls-exporter')).toThrow(usage);
      }
    };
    none();
    shakeHands(pair, (_direction, bytes) => {
      none();
      return [bytes];
    });
    expect(out(pair.client)).toBe(out(pair.server));
    pair.client.handle(pair.client.engine.receive(fromHex('1603030000')));
    expect(pair.client.error).toBeDefined();
    expect(() => out(pair.client)).toThrow(usage);
  });
});

interface Watched {
  readonly pair: Pair;
  readonly seen: Observation[];
  readonly log: string[];
}

function watched(how: How, more: PairOptions = {}): Watched {
  const seen: Observation[] = [];
  const log: string[] = [];
  const client = {
    ...more.client,
    observeSecrets: true,
    observe: (one: Observation) => void seen.push(one),
    keyLog: (line: string) => void log.push(line),
  };
  return { pair: connect(how, { ...more, client }), seen, log };
}

const messageOf = (seen: readonly Observation[], name: string, direction?: 'in' | 'out'): Uint8Array => {
  const found = seen.find(
    (one) => one.kind === 'message' && one.name === name && (direction === undefined || one.direction === direction),
  );
  if (found?.kind !== 'message') throw new Error(`no ${name}`);
  return found.raw;
};
const randomOf = (seen: readonly Observation[], name: string): Uint8Array => messageOf(seen, name).subarray(6, 38);

describe('against a second computation', () => {
  it.each([
    ['ECDHE', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'sha256'],
    ['ECDHE', 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'sha384'],
    ['PSK', 'TLS_PSK_WITH_AES_256_GCM_SHA384', 'sha384'],
  ] as const)('RFC 5705 4: %s, %s', (how, suite, hash) => {
    const only = { cipherSuites: [suite] };
    const { pair, seen } = watched(how, { client: only, server: only });
    const [master = ''] = secretsOf(seen, 'master_secret');
    const randoms = [randomOf(seen, 'client_hello'), randomOf(seen, 'server_hello')] as const;
    for (const context of [undefined, EMPTY, fromHex('aabbcc'), new Uint8Array(65_535)]) {
      const expected = prf(hash, fromHex(master), LABEL, exporterSeed(...randoms, context), 100);
      expect(out(pair.client, LABEL, 100, context)).toBe(expected);
      expect(out(pair.server, LABEL, 100, context)).toBe(expected);
    }
    const binding = prf(hash, fromHex(master), 'EXPORTER-Channel-Binding', exporterSeed(...randoms, EMPTY), 32);
    expect(toHex(pair.server.engine.channelBinding('tls-exporter'))).toBe(binding);
  });

  it.each([
    ['TLS_AES_128_GCM_SHA256', 'sha256'],
    ['TLS_AES_256_GCM_SHA384', 'sha384'],
  ] as const)('RFC 8446 7.5: %s', (suite, hash) => {
    const only = { cipherSuites: [suite] };
    const { pair, log } = watched('1.3', { client: only, server: only });
    const secret = fromHex(log.find((line) => line.startsWith('EXPORTER_SECRET'))?.split(' ')[2] ?? '');
    const digest = (data: Uint8Array): Buffer => createHash(hash).update(data).digest();
    const exported = (label: string, context: Uint8Array, length: number): string => {
      const derived = expandLabel(hash, secret, label, digest(EMPTY), secret.length);
      return expandLabel(hash, derived, 'exporter', digest(context), length).toString('hex');
    };
    for (const context of [EMPTY, fromHex('aabbcc'), new Uint8Array(70_000)]) {
      expect(out(pair.client, LABEL, 100, context)).toBe(exported(LABEL, context, 100));
    }
    // RFC 9266 4.2.
    expect(toHex(pair.server.engine.channelBinding('tls-exporter'))).toBe(
      exported('EXPORTER-Channel-Binding', EMPTY, 32),
    );
  });

  it('RFC 5869: and the second computation against the HKDF of node:crypto', () => {
    for (const hash of ['sha256', 'sha384'] satisfies Hash[]) {
      // HKDF-Extract with no salt gives the key that Expand begins with.
      const size = hash === 'sha256' ? 32 : 48;
      const info = Buffer.concat([Buffer.from([0, 40, 7]), Buffer.from('tls13 x'), Buffer.from([0])]);
      const key = fromHex('0102');
      const extracted = createHashedKey(hash, key, size);
      expect(expandLabel(hash, extracted, 'x', EMPTY, 40).toString('hex')).toBe(hkdf(hash, key, info, 40));
    }
  });
});

describe('RFC 5929 3.1: tls-unique is the first Finished', () => {
  it.each(HOWS.filter((how) => how !== '1.3'))('%s: that of the client in a full handshake', (how) => {
    const { pair, seen } = watched(how);
    const expected = toHex(messageOf(seen, 'finished', 'out').subarray(4));
    expect(expected.length).toBe(24);
    for (const side of [pair.client, pair.server]) {
      expect(toHex(side.engine.channelBinding('tls-unique'))).toBe(expected);
    }
  });

  it.each(Object.keys(WAYS) as Way[])('by %s: that of the server in a resumed one; exporters are new', (way) => {
    const first = earlier(WAYS[way]);
    const before = out(first.pair.client);
    const again = second(WAYS[way], first.session, (pair) => answerSessions(pair.server, first.cache));
    const { client, server } = again.pair;
    const expected = toHex(messageOf(again.observed.client, 'finished', 'in').subarray(4));
    for (const side of [client, server]) expect(toHex(side.engine.channelBinding('tls-unique'))).toBe(expected);
    expect(out(client)).toBe(out(server));
    expect(out(client)).not.toBe(before);
    expectResumed(again);
  });

  it('RFC 8446 C.5: TLS 1.3 has none', () => {
    const { client, server } = connect('1.3');
    for (const side of [client, server]) expect(() => side.engine.channelBinding('tls-unique')).toThrow(usage);
  });
});

it('RFC 7627 1, RFC 9266 4: without extended_master_secret nothing is exported', () => {
  for (const how of ['ECDHE', 'RSA', 'PSK'] as const) {
    const { client, server } = connect(how, { client: { extendedMasterSecret: 'never' } });
    for (const side of [client, server]) {
      expect(side.agreement?.extendedMasterSecret).toBe(false);
      expect(() => out(side)).toThrow(usage);
      expect(() => side.engine.channelBinding('tls-exporter')).toThrow(usage);
      expect(side.engine.writable).toBe(true);
    }
  }
});

function createHashedKey(hash: Hash, key: Uint8Array, size: number): Uint8Array {
  // HMAC under as many zeros as the hash is long (RFC 5869 2.2), by the PRF's own definition of HMAC.
  const block = hash === 'sha256' ? 64 : 128;
  const pad = (byte: number): Buffer => Buffer.alloc(block, byte);
  const inner = createHash(hash).update(pad(0x36)).update(key).digest();
  const mac = createHash(hash).update(pad(0x5c)).update(inner).digest();
  expect(mac.length).toBe(size);
  return mac;
}
