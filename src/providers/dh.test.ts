// Finite field Diffie-Hellman of every provider: agreement in named and unnamed fields, known private keys, range checks
// (RFC 7919 5.1), padding (RFC 8446 7.4.1), and parameters that no TLS 1.2 server should have sent (RFC 5246 7.4.3).

import { getDiffieHellman } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { concat, fromBigInt, fromHex, toBigInt, toHex } from '../bytes/bytes.ts';
import { ffdheParameters } from '../crypto/ffdhe.ts';
import type { CryptoProvider, DhShare } from '../crypto/provider.ts';
import { type DhField, dhField, randomExponent } from './dh.ts';
import { bigIntDhShareOf } from './dh_bigint.ts';
import { nobleProvider } from './noble.ts';
import { nobleKeyShareOf } from './noble_groups.ts';
import { nodeProvider } from './node.ts';
import { nodeDhShareOf } from './node_dh.ts';
import { nodeKeyShareOf } from './node_groups.ts';

type ShareOf = (field: DhField, exponent: bigint) => DhShare | undefined;
const SUBJECTS: readonly (readonly [CryptoProvider, ShareOf])[] = [
  [nodeProvider, nodeDhShareOf],
  [nobleProvider, bigIntDhShareOf],
];

/** Primes of RFC 2409 and RFC 3526, which glasstls does not know: safe primes all, of 768, 1024, 1536 and 2048 bits. */
const UNNAMED = (['modp1', 'modp2', 'modp5', 'modp14'] as const).map(
  (name) => new Uint8Array(getDiffieHellman(name).getPrime()),
);
const OAKLEY2 = UNNAMED[1] as Uint8Array;
const TWO = Uint8Array.of(2);

function fieldOf(prime: Uint8Array, generator: Uint8Array): DhField {
  const field = dhField(prime, generator);
  if (field === undefined) throw new Error('the field is refused');
  return field;
}

function some(share: DhShare | undefined): DhShare {
  if (share === undefined) throw new Error('no share');
  return share;
}

function modularPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let square = base % modulus, bits = exponent; bits > 0n; bits >>= 1n, square = (square * square) % modulus) {
    if ((bits & 1n) === 1n) result = (result * square) % modulus;
  }
  return result;
}

describe.each(SUBJECTS)('$name', (provider, shareOf) => {
  const ffdhe2048 = ffdheParameters('ffdhe2048');
  const named = fieldOf(ffdhe2048.prime, ffdhe2048.generator);

  test.each(UNNAMED.map((prime) => [8 * prime.length, prime] as const))(
    'RFC 5246 7.4.3: two shares agree in an unnamed field of %d bits, for several generators',
    (_, prime) => {
      for (const generator of [TWO, Uint8Array.of(5), fromBigInt(toBigInt(prime) - 2n, prime.length)]) {
        const [a, b] = [0, 1].map(() => some(provider.generateDhShare(prime, generator))) as [DhShare, DhShare];
        expect(a.publicKey).not.toEqual(b.publicKey);
        expect([a.publicKey.length, b.publicKey.length]).toEqual([prime.length, prime.length]);
        const secret = a.derive(b.publicKey);
        expect(secret?.length).toBe(prime.length);
        expect(b.derive(a.publicKey)).toEqual(secret);
      }
    },
  );

  test('known private keys: g^x and y^x mod p, computed another way', () => {
    for (const field of [named, fieldOf(OAKLEY2, Uint8Array.of(5))]) {
      for (const exponent of [2n, 255n, (1n << 255n) + 12345n, randomExponent(field, provider.random)]) {
        const share = some(shareOf(field, exponent));
        expect(toBigInt(share.publicKey)).toBe(modularPower(field.g, exponent, field.p));
        const peer = provider.random(field.prime.length - 1);
        expect(toBigInt(share.derive(peer) as Uint8Array)).toBe(modularPower(toBigInt(peer), exponent, field.p));
      }
    }
  });

  test('RFC 7919: a key share by name is the share of its parameters', () => {
    const keyShareOf = provider === nodeProvider ? nodeKeyShareOf : nobleKeyShareOf;
    const privateKey = provider.random(32);
    const share = keyShareOf('ffdhe2048', privateKey);
    expect(share.group).toBe('ffdhe2048');
    expect(share.publicKey).toEqual(shareOf(named, toBigInt(privateKey))?.publicKey);
    const other = some(provider.generateDhShare(ffdhe2048.prime, ffdhe2048.generator));
    expect(share.derive(other.publicKey)).toEqual(other.derive(share.publicKey));
  });

  test.each([
    ['named', named],
    ['unnamed', fieldOf(OAKLEY2, TWO)],
  ] as const)('RFC 7919 5.1: in a %s field only 1 < peer < p-1 is taken', (_, field) => {
    const share = some(provider.generateDhShare(field.prime, field.generator));
    const { length } = field.prime;
    const derive = (value: bigint, size = length) => share.derive(fromBigInt(value, size));
    expect(derive(2n)?.length).toBe(length);
    expect(derive(field.p - 2n)?.length).toBe(length);
    for (const value of [0n, 1n, field.p - 1n, field.p, field.p + 1n, field.p + 2n, 2n ** BigInt(8 * length) - 1n]) {
      expect(derive(value)).toBeUndefined();
      expect(derive(value, length + 3)).toBeUndefined();
    }
    for (const size of [0, 1, length - 1, length, length + 1, 65535]) {
      expect(share.derive(new Uint8Array(size))).toBeUndefined();
    }
    expect(derive(field.p + 2n, length + 1)).toBeUndefined();
    expect(share.derive(concat(Uint8Array.of(1), new Uint8Array(length)))).toBeUndefined();
    expect(derive(2n)?.length).toBe(length);
  });

  test.each([
    ['named', named],
    ['unnamed', fieldOf(OAKLEY2, TWO)],
  ] as const)('RFC 8446 7.4.1: in a %s field a secret that begins with 00 keeps its length', (_, field) => {
    const exponent = (1n << 200n) + 987654321n;
    const share = some(shareOf(field, exponent));
    const [high, digits] = [field.p >> 8n, 2 * field.prime.length];
    let y = 3n;
    while (modularPower(y, exponent, field.p) >= high) y += 2n;
    const secret = some(shareOf(field, exponent)).derive(fromBigInt(y, field.prime.length)) as Uint8Array;
    expect(secret[0]).toBe(0);
    expect(toHex(secret)).toBe(modularPower(y, exponent, field.p).toString(16).padStart(digits, '0'));
    // The same for a public key: 2^17 in a field of a thousand bits and more.
    expect(toHex(some(shareOf(field, 17n)).publicKey)).toBe('20000'.padStart(digits, '0'));
    expect(share.derive(some(shareOf(field, 17n)).publicKey)?.length).toBe(field.prime.length);
  });

  test('RFC 5246 7.4.7.2: leading zeros of the parameters and of a peer may be there or not', () => {
    const padded = some(provider.generateDhShare(concat(new Uint8Array(5), OAKLEY2), fromHex('000002')));
    const bare = some(provider.generateDhShare(OAKLEY2, TWO));
    expect(padded.publicKey.length).toBe(OAKLEY2.length);
    expect(padded.derive(bare.publicKey)).toEqual(bare.derive(padded.publicKey));
    const short = bare.derive(Uint8Array.of(3));
    expect(short?.length).toBe(OAKLEY2.length);
    expect(bare.derive(fromBigInt(3n, OAKLEY2.length))).toEqual(short);
    expect(bare.derive(fromBigInt(3n, OAKLEY2.length + 40))).toEqual(short);
  });

  test('RFC 5246 7.4.3: parameters that cannot be used are refused', () => {
    const p = toBigInt(OAKLEY2);
    const bytes = (value: bigint) => fromBigInt(value, Math.ceil(value.toString(16).length / 2));
    const generate = (prime: bigint, generator: bigint) => provider.generateDhShare(bytes(prime), bytes(generator));
    for (const generator of [0n, 1n, p - 1n, p, p + 1n, p + 2n, p << 64n])
      expect(generate(p, generator)).toBeUndefined();
    for (const prime of [0n, 1n, 2n, 3n, 23n, p - 1n, p + 1n, 2n ** 1024n]) expect(generate(prime, 2n)).toBeUndefined();
    expect(generate(2n ** 511n - 1n, 2n)).toBeUndefined();
    expect(generate(2n ** 511n + 111n, 3n)).toBeDefined();
    expect(generate(2n ** 8192n + 1n, 3n)).toBeUndefined();
    expect(provider.generateDhShare(new Uint8Array(0), TWO)).toBeUndefined();
    expect(provider.generateDhShare(new Uint8Array(65535).fill(0xff), TWO)).toBeUndefined();
    expect(provider.generateDhShare(OAKLEY2, new Uint8Array(65535).fill(0xff))).toBeUndefined();
    expect(provider.generateDhShare(OAKLEY2, new Uint8Array(0))).toBeUndefined();
  });

  test('a modulus that is not prime is computed with, unless its generator comes to nothing', () => {
    // 3^648 has 1028 bits, and every power of 3 that a private key makes is a multiple of it.
    expect(provider.generateDhShare(fromBigInt(3n ** 648n, 129), Uint8Array.of(3))).toBeUndefined();
    const composite = fieldOf(fromBigInt(toBigInt(OAKLEY2) - 2n, OAKLEY2.length), TWO);
    const share = some(shareOf(composite, 77777n));
    expect(toBigInt(share.derive(Uint8Array.of(7)) as Uint8Array)).toBe(modularPower(7n, 77777n, composite.p));
    // A square root of one, other than one and minus one: the secret is one or itself.
    const [a, b] = [2n ** 521n - 1n, 2n ** 607n - 1n];
    const product = a * b;
    const inverse = modularPower(a, b - 2n, b);
    const root = (1n + a * ((((b - 2n) * inverse) % b) + b)) % product;
    expect((root * root) % product).toBe(1n);
    const even = some(shareOf(fieldOf(fromBigInt(product, 141), TWO), 77778n));
    expect(even.derive(fromBigInt(root, 141))).toBeUndefined();
  });

  test('private keys: as long as RFC 7919 5.2 asks for, 1024 bits in an unnamed field, below a short prime', () => {
    const lengthIn = (prime: Uint8Array, generator: Uint8Array) =>
      randomExponent(fieldOf(prime, generator), provider.random).toString(2).length;
    expect(lengthIn(ffdhe2048.prime, TWO)).toBe(256);
    expect(lengthIn(ffdhe2048.prime, Uint8Array.of(3))).toBe(1024);
    expect(lengthIn(UNNAMED[0] as Uint8Array, TWO)).toBe(767);
    expect(lengthIn(OAKLEY2, TWO)).toBe(1023);
    expect(lengthIn(UNNAMED[3] as Uint8Array, TWO)).toBe(1024);
  });
});

test.each(UNNAMED.map((prime) => [8 * prime.length, prime] as const))(
  'node and noble agree in an unnamed field of %d bits, and make the same of the same private key',
  (_, prime) => {
    const node = some(nodeProvider.generateDhShare(prime, TWO));
    const noble = some(nobleProvider.generateDhShare(prime, TWO));
    expect(node.derive(noble.publicKey)).toEqual(noble.derive(node.publicKey));
    const field = fieldOf(prime, TWO);
    const exponent = randomExponent(field, nodeProvider.random);
    expect(nodeDhShareOf(field, exponent)?.publicKey).toEqual(bigIntDhShareOf(field, exponent)?.publicKey);
  },
);
