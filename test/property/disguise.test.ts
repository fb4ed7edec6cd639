// What stands in a ClientHello for the sake of others: GREASE (RFC 8701), padding (RFC 7685) and the signalling suites (RFC 7507,
// RFC 5746). A server ignores what it does not know; a client refuses a server that picks what means nothing.

import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../src/bytes/bytes.ts';
import type { Codec } from '../../src/codec/codec.ts';
import { decode, encode } from '../../src/codec/run.ts';
import { resolveClient } from '../../src/engine/config.ts';
import type { Observation } from '../../src/engine/observe.ts';
import type { ClientOptions } from '../../src/engine/options.ts';
import { nodeProvider } from '../../src/providers/node.ts';
import type { ErrorCode } from '../../src/wire/error_codes.ts';
import { keyShareEntry } from '../../src/wire/extension_bodies.ts';
import { EXTENSIONS } from '../../src/wire/extensions.ts';
import { serverKeyExchangeEcdhe } from '../../src/wire/key_exchange.ts';
import * as wire from '../../src/wire/messages.ts';
import { isGrease } from '../../src/wire/registry/names.ts';
import { ticketKey } from '../support/earlier.ts';
import { type Block, edited, puppet, type Tamper, withExtension } from '../support/forge.ts';
import { makePair, PAIRS, type Pair, type PairOptions, shakeHands } from '../support/pair.ts';
import { by, expectConnected, expectRefused, type How } from '../support/prove.ts';
import { expectData, merge } from '../support/resume.ts';

/** RFC 8701 2: 0x0a0a, 0x1a1a ... 0xfafa. */
const VALUES = Array.from({ length: 16 }, (_, i) => 0x0a0a + 0x1010 * i);
const u16 = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 255);

interface Hello {
  readonly pair: Pair;
  /** ClientHellos, in order. */
  readonly hellos: readonly wire.ClientHello[];
  readonly lengths: readonly number[];
}

function greet(options: PairOptions, before: (pair: Pair) => void = () => {}): Hello {
  const observed: Observation[] = [];
  const pair = makePair(merge(options, { client: { observe: (one) => void observed.push(one) } }));
  before(pair);
  shakeHands(pair);
  const raws = observed.flatMap((one) => (one.kind === 'message' && one.name === 'client_hello' ? [one.raw] : []));
  return {
    pair,
    hellos: raws.map((raw) => decode(wire.clientHello, raw.subarray(4))),
    lengths: raws.map(({ length }) => length),
  };
}

const RETRY: PairOptions = {
  client: { groups: ['x25519', 'secp256r1'], keyShares: ['x25519'] },
  server: { groups: ['secp256r1'] },
};

describe('RFC 8701 3.1: GREASE of a client', () => {
  it.each(PAIRS)('client on %s, server on %s: a server ignores it, whatever it speaks', (client, server) => {
    const named: PairOptions = { client: { name: client, grease: true }, server: { name: server } };
    for (const how of ['1.3', 'ECDHE', 'DHE', 'RSA', 'PSK'] satisfies How[]) {
      const { pair } = greet(merge(by(how), named));
      expectConnected(pair);
      expectData(pair);
    }
    for (const options of [{}, RETRY, { server: { maxVersion: 'TLSv1.2' } } as PairOptions]) {
      expectConnected(greet(merge(options, named)).pair);
    }
  });

  it('stands among the suites, groups, shares, versions and extensions, first of its list', () => {
    for (let i = 0; i < 50; i++) {
      const { hellos } = greet({ client: { grease: true } });
      const [hello] = hellos;
      const { known, list } = hello?.extensions ?? { known: {}, list: [] };
      expect(isGrease(hello?.cipher_suites[0] ?? 0)).toBe(true);
      expect(isGrease(known.supported_groups?.[0] ?? 0)).toBe(true);
      expect(isGrease(known.supported_versions?.[0] ?? 0)).toBe(true);
      // RFC 8446 4.2.8: a share of a group that is in supported_groups.
      expect(known.key_share?.[0]?.group).toBe(known.supported_groups?.[0]);
      const types = list.map((one) => one.extension_type).filter(isGrease);
      expect([types.length, new Set(types).size]).toEqual([2, 2]);
      expect(list.at(0)?.extension_data.length).toBe(0);
      expect(list.at(-1)?.extension_data.length).toBe(1);
    }
    const plain = greet({}).hellos[0];
    expect(plain?.cipher_suites.some(isGrease)).toBe(false);
    expect(plain?.extensions.list.some((one) => isGrease(one.extension_type))).toBe(false);
  });

  it('RFC 8446 4.1.2: after a HelloRetryRequest it is as it was, but for the share', () => {
    const { pair, hellos } = greet(merge(RETRY, { client: { grease: true } }));
    expectConnected(pair);
    const [first, second] = hellos;
    expect(second?.cipher_suites).toEqual(first?.cipher_suites);
    expect(second?.extensions.known.key_share?.length).toBe(1);
    const others = (hello: wire.ClientHello | undefined): string[] =>
      (hello?.extensions.list ?? [])
        .filter((one) => one.extension_type !== EXTENSIONS.key_share.id)
        .map((one) => `${one.extension_type} ${toHex(one.extension_data)}`);
    expect(others(second)).toEqual(others(first));
  });
});

/** Changes one message of a server. */
const message =
  <T>(wanted: string, codec: Codec<T>, change: (value: T) => T): Tamper =>
  (name, raw) =>
    name === wanted ? [edited(codec, raw, change)] : undefined;
const adding =
  (id: number, data: Uint8Array) =>
  <T extends { readonly extensions: Block }>(value: T): T => ({
    ...value,
    extensions: withExtension(value.extensions, id, data),
  });

const PICKS: readonly {
  readonly what: string;
  readonly how: How;
  readonly tamper: (value: number) => Tamper;
  readonly code: ErrorCode;
  readonly alert: 'illegal_parameter' | 'unsupported_extension' | 'protocol_version';
}[] = [
  ...(['1.3', 'ECDHE'] as const).map((how) => ({
    what: 'suite',
    how,
    tamper: (value: number) =>
      message('server_hello', wire.serverHello, (hello) => ({ ...hello, cipher_suite: value })),
    code: 'ERR_TLS_UNOFFERED_SUITE' as const,
    alert: 'illegal_parameter' as const,
  })),
  ...(['1.3', 'ECDHE'] as const).map((how) => ({
    what: 'extension of ServerHello',
    how,
    tamper: (value: number) => message('server_hello', wire.serverHello, adding(value, fromHex(''))),
    code: 'ERR_TLS_UNSOLICITED_EXTENSION' as const,
    alert: 'unsupported_extension' as const,
  })),
  {
    what: 'version',
    how: '1.3',
    tamper: (value) => message('server_hello', wire.serverHello, adding(EXTENSIONS.supported_versions.id, u16(value))),
    code: 'ERR_TLS_BAD_VERSION',
    alert: 'illegal_parameter',
  },
  {
    what: 'version of TLS 1.2',
    how: 'ECDHE',
    tamper: (value) => message('server_hello', wire.serverHello, (hello) => ({ ...hello, legacy_version: value })),
    code: 'ERR_TLS_NO_SHARED_VERSION',
    alert: 'protocol_version',
  },
  {
    what: 'share',
    how: '1.3',
    tamper: (group) =>
      message(
        'server_hello',
        wire.serverHello,
        adding(EXTENSIONS.key_share.id, encode(keyShareEntry, { group, key_exchange: fromHex('00') })),
      ),
    code: 'ERR_TLS_UNOFFERED_GROUP',
    alert: 'illegal_parameter',
  },
  {
    what: 'curve',
    how: 'ECDHE',
    tamper: (named_curve) =>
      message('server_key_exchange', serverKeyExchangeEcdhe, ({ params: { value, raw }, ...rest }) => ({
        ...rest,
        params: { value: { ...value, named_curve }, raw },
      })),
    code: 'ERR_TLS_UNOFFERED_GROUP',
    alert: 'illegal_parameter',
  },
  {
    what: 'scheme',
    how: '1.3',
    tamper: (algorithm) => message('certificate_verify', wire.certificateVerify, (value) => ({ ...value, algorithm })),
    code: 'ERR_TLS_UNOFFERED_SCHEME',
    alert: 'illegal_parameter',
  },
  {
    what: 'scheme of TLS 1.2',
    how: 'ECDHE',
    tamper: (algorithm) => message('server_key_exchange', serverKeyExchangeEcdhe, (value) => ({ ...value, algorithm })),
    code: 'ERR_TLS_UNOFFERED_SCHEME',
    alert: 'illegal_parameter',
  },
  {
    what: 'extension of EncryptedExtensions',
    how: '1.3',
    tamper: (value) => message('encrypted_extensions', wire.encryptedExtensions, adding(value, fromHex('00'))),
    code: 'ERR_TLS_UNSOLICITED_EXTENSION',
    alert: 'unsupported_extension',
  },
  {
    what: 'extension of Certificate',
    how: '1.3',
    tamper: (value) =>
      message('certificate', wire.certificate13, (certificate) => ({
        ...certificate,
        certificate_list: certificate.certificate_list.map(adding(value, fromHex(''))),
      })),
    code: 'ERR_TLS_UNSOLICITED_EXTENSION',
    alert: 'unsupported_extension',
  },
];

describe('RFC 8701 3.1: a server that picks a GREASE value is refused, whether it was offered or not', () => {
  it.each(PICKS)('$how: $what', ({ how, tamper, code, alert }) => {
    for (const value of VALUES) {
      for (const grease of [true, false]) {
        const { pair } = greet(merge(by(how), { client: { grease } }), ({ server }) =>
          puppet(server.engine, tamper(value)),
        );
        expectRefused(pair.client, code, alert);
      }
    }
  });

  it('as the group of a HelloRetryRequest', () => {
    for (const value of VALUES) {
      const change = message(
        'hello_retry_request',
        wire.helloRetryRequest,
        adding(EXTENSIONS.key_share.id, u16(value)),
      );
      const { pair } = greet(merge(RETRY, { client: { grease: true } }), ({ server }) => puppet(server.engine, change));
      expectRefused(pair.client, 'ERR_TLS_BAD_HELLO_RETRY', 'illegal_parameter');
    }
  });
});

it('RFC 8701 4: a client ignores what a CertificateRequest of TLS 1.3 has to grease', () => {
  const change = message('certificate_request', wire.certificateRequest13, adding(0x3a3a, fromHex('aabb')));
  const options = merge(by('1.3'), { server: { clientCertificate: 'require' }, clientKeys: ['p256'] });
  expectConnected(greet(options, ({ server }) => puppet(server.engine, change)).pair);
});

describe('RFC 7685: padding', () => {
  const lengthOf = (padding: number, more: PairOptions = {}): number =>
    greet(merge(more, { client: { ...more.client, padding } })).lengths[0] ?? 0;

  it.each(['1.3', 'ECDHE', 'PSK'] satisfies How[])(
    '%s: the message has exactly the length that was asked for',
    (how) => {
      const plain = lengthOf(0, by(how));
      // The extension has four bytes of its own, so that the next three lengths cannot be had.
      for (const length of [plain + 4, plain + 5, plain + 100, 512, 517, 1024, 16_384]) {
        if (length >= plain + 4) expect(lengthOf(length, by(how))).toBe(length);
      }
      for (const more of [1, 2, 3]) expect(lengthOf(plain + more, by(how))).toBe(plain + 4);
      for (const less of [1, 50, plain - 1, plain]) expect(lengthOf(less, by(how))).toBe(plain);
    },
  );

  it('is zeros, comes last, and goes with GREASE', () => {
    const { pair, hellos, lengths } = greet({ client: { padding: 700, grease: true, groups: ['x25519'] } });
    expectConnected(pair);
    expect(lengths[0]).toBe(700);
    const last = hellos[0]?.extensions.list.at(-1);
    expect(last?.extension_type).toBe(EXTENSIONS.padding.id);
    expect(last?.extension_data.every((byte) => byte === 0)).toBe(true);
  });

  it('options out of range are refused', () => {
    for (const padding of [-1, 1.5, 16_385, Number.NaN]) {
      expect(() => resolveClient({ provider: nodeProvider, padding })).toThrow(
        expect.objectContaining({ code: 'ERR_TLS_CONFIG' }),
      );
    }
  });
});

describe('RFC 8446 4.2: extensions stand in the order that the host gives', () => {
  const ORDER = ['key_share', 0xfff0, 'supported_versions', 'cookie', 'padding', 'server_name'] as const;
  const NAMED = ['key_share', 'supported_versions', 'padding', 'server_name'] as const;
  const typesOf = (hello: wire.ClientHello | undefined): number[] =>
    (hello?.extensions.list ?? []).map((one) => one.extension_type);
  const wanted = NAMED.map((name) => EXTENSIONS[name].id as number);

  it.each(['1.3', 'ECDHE'] satisfies How[])('%s: those that are named first, the others as ever', (how) => {
    const options = merge(by(how), { client: { padding: 700 } });
    const usual = typesOf(greet(options).hellos[0]);
    const { pair, hellos } = greet(merge(options, { client: { extensionOrder: ORDER } }));
    expectConnected(pair);
    const there = wanted.filter((id) => usual.includes(id));
    expect(there.length).toBeGreaterThan(1);
    expect(typesOf(hellos[0])).toEqual([...there, ...usual.filter((id) => !there.includes(id))]);
  });

  it('GREASE stays first and behind them, and the others may be drawn by lot', () => {
    const drawn = new Set<string>();
    for (let i = 0; i < 8; i++) {
      const { pair, hellos } = greet({
        client: { extensionOrder: ORDER, grease: true, permuteExtensions: true, padding: 700 },
      });
      expectConnected(pair);
      const [first = 0, ...rest] = typesOf(hellos[0]);
      expect([isGrease(first), rest.slice(0, 4), isGrease(rest.at(-1) ?? 0)]).toEqual([true, wanted, true]);
      drawn.add(rest.filter((id) => !isGrease(id)).join());
    }
    expect(drawn.size).toBeGreaterThan(1);
  });

  it('RFC 8446 4.1.2, 4.2.11: it holds after a HelloRetryRequest, and pre_shared_key is the last wherever it is named', () => {
    const extensionOrder = [...ORDER, 'pre_shared_key'] as const;
    const tickets = { ticketKeys: [ticketKey(1)] };
    const options = merge(RETRY, { client: { extensionOrder, earlyData: true }, server: tickets });
    const made = greet(options).pair;
    const session = made.client.sessions[0]?.session;
    expect(session).toBeDefined();
    const { pair, hellos } = greet(merge(options, { client: session === undefined ? {} : { session } }));
    expectConnected(pair);
    expect([pair.client.agreement?.resumed, hellos.length]).toEqual([true, 2]);
    for (const hello of hellos) {
      const types = typesOf(hello);
      expect(types.slice(0, 3)).toEqual(wanted.filter((id) => id !== EXTENSIONS.padding.id));
      expect(types.at(-1)).toBe(EXTENSIONS.pre_shared_key.id);
    }
  });

  it('what cannot be an order is refused', () => {
    for (const extensionOrder of [['key_share', 51], ['pre_shared_key', 'key_share'], ['no_such'], [-1], [0x10000]]) {
      const options = { provider: nodeProvider, extensionOrder } as ClientOptions;
      expect(() => resolveClient(options)).toThrow(expect.objectContaining({ code: 'ERR_TLS_CONFIG' }));
    }
  });
});

describe('RFC 7507: TLS_FALLBACK_SCSV', () => {
  it('a client that came down says so; a server that could do better refuses, one that cannot goes on', () => {
    const client = { maxVersion: 'TLSv1.2', fallback: true } as const;
    const better = greet({ client });
    expect(better.hellos[0]?.cipher_suites.at(-1)).toBe(0x5600);
    expectRefused(better.pair.server, 'ERR_TLS_INAPPROPRIATE_FALLBACK', 'inappropriate_fallback');
    expectConnected(greet({ client, server: { maxVersion: 'TLSv1.2' } }).pair);
    expect(greet({ client: { maxVersion: 'TLSv1.2' } }).hellos[0]?.cipher_suites).not.toContain(0x5600);
  });

  it('a server that picks it is refused', () => {
    const change = message('server_hello', wire.serverHello, (hello) => ({ ...hello, cipher_suite: 0x5600 }));
    const { pair } = greet(merge(by('ECDHE'), { client: { fallback: true } }), ({ server }) =>
      puppet(server.engine, change),
    );
    expectRefused(pair.client, 'ERR_TLS_UNOFFERED_SUITE', 'illegal_parameter');
  });
});
