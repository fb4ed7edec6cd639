// Diffie-Hellman in finite fields in TLS 1.2 (RFC 5246 7.4.3, 8.1.2; RFC 7919 3 - 5): which group, what is too weak, public keys
// that are none, and secrets that begin with zeros.

import { beforeAll, describe, expect, it } from 'vitest';
import { concat, fromBigInt, fromHex, toBigInt, toHex } from '../../src/bytes/bytes.ts';
import { ffdheParameters } from '../../src/crypto/ffdhe.ts';
import type { GroupName } from '../../src/crypto/keys.ts';
import type { DhShare, KeyShare } from '../../src/crypto/provider.ts';
import type { Observation } from '../../src/engine/observe.ts';
import { dhField } from '../../src/providers/dh.ts';
import { bigIntDhShareOf } from '../../src/providers/dh_bigint.ts';
import { nodeDhShareOf } from '../../src/providers/node_dh.ts';
import { serverKeyExchangeDhe } from '../../src/wire/key_exchange.ts';
import { edited, puppet } from '../support/forge.ts';
import { prf } from '../support/independent.ts';
import { makePair, NAMES, PAIRS, type Pair, type PairOptions, type ProviderName, shakeHands } from '../support/pair.ts';
import { by, chosen, expectConnected, expectRefused, expectTold, secretsOf } from '../support/prove.ts';
import { expectData, merge } from '../support/resume.ts';
import { stubProvider } from '../support/stub.ts';

const FFDHE2048 = 0x0100;
const { prime, generator } = ffdheParameters('ffdhe2048');
const p = toBigInt(prime);

describe('RFC 7919 4: the group', () => {
  const negotiate = (client: readonly GroupName[], server: readonly GroupName[] = []): Pair => {
    const groups = { client: { groups: client }, server: server.length > 0 ? { groups: server } : {} };
    return shakeHands(makePair(merge(by('DHE'), groups)));
  };

  it.each(PAIRS)('client on %s, server on %s: both agree in ffdhe2048 and in ffdhe3072', (c, s) => {
    for (const field of ['ffdhe2048', 'ffdhe3072'] as const) {
      const options: PairOptions = { client: { name: c, groups: [field] }, server: { name: s } };
      const pair = shakeHands(makePair(merge(by('DHE'), options)));
      expectConnected(pair);
      expect(pair.client.agreement?.group).toBe(field === 'ffdhe2048' ? FFDHE2048 : 0x0101);
      expectData(pair);
    }
  });

  it('one of those that the client names', () => {
    for (const [client, server, group] of [
      [['x25519', 'ffdhe3072'], [], 0x0101],
      [['x25519', 'ffdhe3072', 'ffdhe2048'], [], FFDHE2048],
      [['ffdhe2048', 'ffdhe3072'], ['x25519', 'ffdhe3072', 'ffdhe2048'], 0x0101],
    ] as const) {
      const pair = negotiate(client, server);
      expectConnected(pair);
      expect([pair.client.agreement?.group, pair.server.agreement?.group]).toEqual([group, group]);
    }
  });

  it('or none at all: handshake_failure, and another key exchange where there is one', () => {
    const none = negotiate(['x25519', 'ffdhe3072'], ['x25519', 'ffdhe2048']);
    expectRefused(none.server, 'ERR_TLS_NO_SHARED_GROUP', 'handshake_failure');
    expectTold(none.client, 'handshake_failure');
    expect(none.server.error?.expected).toEqual(['x25519', 'ffdhe2048']);
    const cipherSuites = ['TLS_DHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'];
    const client = { groups: ['x25519', 'ffdhe3072'] as const, cipherSuites };
    const server = { groups: ['x25519', 'ffdhe2048'] as const, cipherSuites };
    const other = shakeHands(makePair(merge(by('DHE'), { client, server })));
    expectConnected(other);
    expect(other.server.agreement?.group).toBe(0x001d);
  });

  it('RFC 7919 4: the first of the server for a client that names none, since it may not know of them', () => {
    const pair = negotiate(['x25519']);
    expectConnected(pair);
    expect([pair.client.agreement?.group, pair.server.agreement?.group]).toEqual([FFDHE2048, FFDHE2048]);
  });
});

describe('the Logjam attack: what the client calls weak', () => {
  /** A server that sends other parameters; its signature is then wrong, which comes after. */
  function offering(
    params: Partial<{ dh_p: Uint8Array; dh_g: Uint8Array; dh_Ys: Uint8Array }>,
    more: PairOptions = {},
  ): Pair {
    const pair = makePair(merge(by('DHE'), more));
    puppet(pair.server.engine, (name, raw) =>
      name === 'server_key_exchange'
        ? [
            edited(serverKeyExchangeDhe, raw, ({ params: { value, raw: _ }, ...rest }) => ({
              ...rest,
              params: { value: { ...value, ...params }, raw: _ },
            })),
          ]
        : undefined,
    );
    return shakeHands(pair);
  }
  const bits = (count: number): Uint8Array => fromBigInt((1n << BigInt(count)) - 1n, Math.ceil(count / 8));

  it.each([512, 768, 1023, 1024, 2047])('a prime of %i bits: insufficient_security', (count) => {
    const { client, server } = offering({ dh_p: bits(count), dh_Ys: fromHex('05') });
    expectRefused(client, 'ERR_TLS_WEAK_DH', 'insufficient_security');
    expect(client.error).toMatchObject({ expected: 2048, actual: count });
    expectTold(server, 'insufficient_security');
  });

  it('leading zeros make no prime longer', () => {
    const padded = concat(new Uint8Array(128), bits(1024));
    expectRefused(offering({ dh_p: padded }).client, 'ERR_TLS_WEAK_DH', 'insufficient_security');
  });

  it('minDhBits says otherwise, upwards and downwards', () => {
    const strict = shakeHands(makePair(merge(by('DHE'), { client: { minDhBits: 3072 } })));
    expectRefused(strict.client, 'ERR_TLS_WEAK_DH', 'insufficient_security');
    const lax = offering({ dh_p: bits(1024), dh_Ys: fromHex('05') }, { client: { minDhBits: 1024 } });
    // Past that check, its signature is wrong.
    expectRefused(lax.client, 'ERR_TLS_BAD_SIGNATURE', 'decrypt_error');
  });

  it.each([
    ['an even prime', { dh_p: fromBigInt(p - 1n, 256) }],
    ['a generator of 1', { dh_g: fromHex('01') }],
    ['a generator of p-1', { dh_g: fromBigInt(p - 1n, 256) }],
    ['a prime of 8200 bits', { dh_p: bits(8200) }],
  ])('%s cannot be used: illegal_parameter', (_what, params) => {
    for (const name of NAMES) {
      const { client } = offering(params, { client: { name } });
      expectRefused(client, 'ERR_TLS_BAD_KEY_SHARE', 'illegal_parameter');
    }
  });
});

describe.each(NAMES)('on %s: RFC 7919 5.1: 1 < y < p-1', (name) => {
  const evil: readonly (readonly [string, bigint])[] = [
    ['0', 0n],
    ['1', 1n],
    ['p-1', p - 1n],
    ['p', p],
    ['p+1', p + 1n],
  ];
  const posing = <S extends DhShare>(share: S, y: bigint): S => ({
    ...share,
    publicKey: fromBigInt(y, 256),
    derive: () => new Uint8Array(256).fill(1),
  });

  it.each(['DHE', 'DHE_PSK'] as const)('%s: a public key of the server that is out of range', (how) => {
    for (const [what, y] of evil) {
      const pair = makePair(by(how, name));
      // It signs what it sends: nothing but the number is wrong.
      stubProvider(pair.server, (real) => ({ generateKeyShare: (group) => posing(real.generateKeyShare(group), y) }));
      shakeHands(pair);
      expect(pair.client.error?.message, what).toContain('not valid in its group');
      expectRefused(pair.client, 'ERR_TLS_BAD_KEY_SHARE', 'illegal_parameter');
      expectTold(pair.server, 'illegal_parameter');
    }
  });

  it.each(['DHE', 'DHE_PSK'] as const)('%s: a public key of the client that is out of range', (how) => {
    for (const [, y] of evil) {
      const pair = makePair(by(how, name));
      stubProvider(pair.client, (real) => ({
        generateDhShare: (...field) => {
          const share = real.generateDhShare(...field);
          return share && posing(share, y);
        },
      }));
      shakeHands(pair);
      expectRefused(pair.server, 'ERR_TLS_BAD_KEY_SHARE', 'illegal_parameter');
      expectTold(pair.client, 'illegal_parameter');
    }
  });
});

describe('RFC 5246 8.1.2: leading zeros of the secret are stripped', () => {
  const field = dhField(prime, generator);
  if (field === undefined) throw new Error('no field');
  const shareOf = (name: ProviderName, exponent: bigint): DhShare => {
    const share = (name === 'node' ? nodeDhShareOf : bigIntDhShareOf)(field, exponent);
    if (share === undefined) throw new Error('no share');
    return share;
  };
  // An exponent of the server, and one of the client that leads to a secret with a zero in front: one in 256 does.
  const a = (1n << 255n) + 12345n;
  let b = 1n << 255n;
  let secret = new Uint8Array(1).fill(1);
  beforeAll(() => {
    const { publicKey } = shareOf('node', a);
    while (secret[0] !== 0) secret = (shareOf('node', ++b).derive(publicKey) ?? secret).slice();
  }, 60_000);

  it.each(PAIRS)('client on %s, server on %s: both agree, and on what the RFC says', (c, s) => {
    expect([secret.length, secret[0]]).toEqual([256, 0]);
    const observed: Record<'client' | 'server', Observation[]> = { client: [], server: [] };
    const options: PairOptions = {
      client: { name: c, observeSecrets: true, observe: (one) => void observed.client.push(one) },
      server: { name: s, observeSecrets: true, observe: (one) => void observed.server.push(one) },
    };
    const pair = makePair(merge(by('DHE'), options));
    const group = 'ffdhe2048' as const;
    stubProvider(pair.server, () => ({ generateKeyShare: (): KeyShare => ({ ...shareOf(s, a), group }) }));
    stubProvider(pair.client, () => ({ generateDhShare: () => shareOf(c, b) }));
    expectConnected(shakeHands(pair));
    expectData(pair);
    const stripped = toHex(secret.subarray(secret.findIndex((byte) => byte !== 0)));
    for (const side of [observed.client, observed.server]) {
      expect(secretsOf(side, 'pre_master_secret')).toEqual([stripped]);
      const step = side.find((one) => one.kind === 'secret' && one.name === 'master_secret');
      if (step?.kind !== 'secret' || step.contextValue === undefined) throw new Error('no master secret was told');
      const master = prf('sha256', fromHex(stripped), 'extended master secret', step.contextValue, 48);
      expect(toHex(step.value)).toBe(master);
    }
    expect(chosen(observed.client, 'group')).toEqual([FFDHE2048]);
  });
});
