// The modern noble provider against node:crypto: agreement on every group, from known keys and from random ones; signatures that
// node makes; what must be refused. Large collections of vectors: test/conformance/wycheproof.

import { describe, expect, test } from 'vitest';
import { ascii, EMPTY, fromHex, toHex } from '../bytes/bytes.ts';
import type { CurveName, SignatureAlgorithm } from '../crypto/keys.ts';
import type { PrivateKey } from '../crypto/provider.ts';
import { FIELD_LENGTH } from './checks.ts';
import { nobleModernKeyShareOf, nobleModernPrivateKey, nobleModernProvider } from './noble_modern.ts';
import { generatePrivateKey, nodeProvider } from './node.ts';
import { nodeKeyShareOf } from './node_groups.ts';

const CURVES: readonly CurveName[] = ['secp256r1', 'secp384r1', 'secp521r1'];
const MESSAGE = ascii('64 spaces, a context string, a zero and a transcript hash');

function changed(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
}

describe('key agreement', () => {
  test('RFC 7748 5.2: X25519; the scalar is clamped, the top bit of the point is ignored', () => {
    const share = nobleModernKeyShareOf(
      'x25519',
      fromHex('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4'),
    );
    const peer = fromHex('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c');
    const secret = 'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552';
    expect(toHex(share.derive(peer) ?? EMPTY)).toBe(secret);
    peer[31] = (peer[31] as number) | 0x80;
    expect(toHex(share.derive(peer) ?? EMPTY)).toBe(secret);
  });

  test('RFC 7748 6.1: a public key of low order is refused', () => {
    const share = nobleModernProvider.generateKeyShare('x25519');
    for (const u of [0, 1]) expect(share.derive(Uint8Array.of(u, ...new Uint8Array(31)))).toBeUndefined();
    expect(share.derive(fromHex('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'))).toBeUndefined();
  });

  test.each(nobleModernProvider.groups)('%s: the secret and the public key that node:crypto computes', (group) => {
    for (let round = 0; round < 4; round++) {
      const peer = nodeProvider.generateKeyShare(group);
      const share = nobleModernProvider.generateKeyShare(group);
      const secret = peer.derive(share.publicKey);
      expect(secret).toHaveLength(FIELD_LENGTH[group as CurveName]);
      expect(share.derive(peer.publicKey)).toEqual(secret);
    }
  });

  test.each(CURVES)('%s: the smallest and the largest private key, whose points differ in sign alone', (group) => {
    const size = FIELD_LENGTH[group];
    const one = new Uint8Array(size).fill(1, -1);
    const base = nobleModernKeyShareOf(group, one).publicKey;
    expect(base).toEqual(nodeKeyShareOf(group, one).publicKey);
    const last = fromHex(ORDER[group]);
    for (const outside of [last, new Uint8Array(size)]) {
      expect(() => nobleModernKeyShareOf(group, outside)).toThrow(/out(side)? of range/);
    }
    last[size - 1] = (last.at(-1) as number) - 1;
    const opposite = nobleModernKeyShareOf(group, last);
    expect(opposite.publicKey).toEqual(nodeKeyShareOf(group, last).publicKey);
    expect(opposite.derive(base)).toEqual(base.subarray(1, 1 + size));
  });

  test('a group that is not there is refused', () => {
    expect(() => nobleModernProvider.generateKeyShare('x448')).toThrow(RangeError);
    expect(() => nobleModernProvider.hash('sha1')).toThrow(RangeError);
    expect(() => nobleModernProvider.cbc('aes-128-cbc', new Uint8Array(16))).toThrow(RangeError);
  });
});

const ORDER: Readonly<Record<CurveName, string>> = {
  secp256r1: 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
  secp384r1: 'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
  secp521r1:
    '01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409',
};

describe('signatures of node:crypto', () => {
  const rsa = generatePrivateKey('rsa', 2048).privateKey;
  const rows: readonly [string, PrivateKey, SignatureAlgorithm][] = [
    ...CURVES.flatMap((curve) => {
      const key = generatePrivateKey('ec', curve).privateKey;
      const hashes = ['sha256', 'sha384', 'sha512'] as const;
      return hashes.map((hash): [string, PrivateKey, SignatureAlgorithm] => [
        `${curve} with ${hash}`,
        key,
        { kind: 'ecdsa', hash },
      ]);
    }),
    ['Ed25519', generatePrivateKey('ed25519').privateKey, { kind: 'ed25519' }],
    ['RSA PKCS#1', rsa, { kind: 'rsa-pkcs1', hash: 'sha256' }],
    ['RSA PSS', rsa, { kind: 'rsa-pss', hash: 'sha384', saltLength: 48 }],
  ];

  test.each(rows)('%s: taken as they are; another message, signature or key is not', (_name, key, algorithm) => {
    const signature = key.sign(algorithm, MESSAGE);
    const verify = (data = MESSAGE, bytes = signature, by = key.publicKey) =>
      nobleModernProvider.verify(by, algorithm, data, bytes);
    expect(verify()).toBe(true);
    expect(verify(changed(MESSAGE, 0))).toBe(false);
    for (const at of [0, 5, signature.length - 1]) expect(verify(MESSAGE, changed(signature, at))).toBe(false);
    const field = 'point' in key.publicKey ? 'point' : 'modulus' in key.publicKey ? 'modulus' : 'key';
    const bytes = (key.publicKey as unknown as Record<string, Uint8Array>)[field] as Uint8Array;
    expect(verify(MESSAGE, signature, { ...key.publicKey, [field]: changed(bytes, 9) })).toBe(false);
  });

  test('what it does not have it refuses without throwing: SHA-1, Ed448', () => {
    const ec = generatePrivateKey('ec', 'secp256r1').privateKey;
    const sha1 = { kind: 'ecdsa', hash: 'sha1' } as const;
    expect(nobleModernProvider.verify(ec.publicKey, sha1, MESSAGE, ec.sign(sha1, MESSAGE))).toBe(false);
    const ed448 = { kind: 'ed448', key: new Uint8Array(57) } as const;
    expect(nobleModernProvider.verify(ed448, { kind: 'ed448' }, MESSAGE, new Uint8Array(114))).toBe(false);
  });

  test('RFC 8032 5.1.7: S is below the order, and R has one spelling', () => {
    const key = generatePrivateKey('ed25519').privateKey;
    const signature = key.sign({ kind: 'ed25519' }, MESSAGE);
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const s = BigInt(`0x${toHex(signature.slice(32).reverse())}`) + order;
    const larger = signature.slice();
    larger.set(fromHex(s.toString(16).padStart(64, '0')).reverse(), 32);
    expect(nobleModernProvider.verify(key.publicKey, { kind: 'ed25519' }, MESSAGE, larger)).toBe(false);
  });
});

describe('private keys', () => {
  test.each([...CURVES, 'ed25519'] as const)('%s: what it signs node:crypto verifies', (kind) => {
    const secret = new Uint8Array(kind === 'ed25519' ? 32 : FIELD_LENGTH[kind]).fill(7, 2);
    const key = nobleModernPrivateKey(kind, secret);
    secret.fill(0);
    const algorithm: SignatureAlgorithm = kind === 'ed25519' ? { kind } : { kind: 'ecdsa', hash: 'sha384' };
    const signature = key.sign(algorithm, MESSAGE);
    for (const provider of [nodeProvider, nobleModernProvider]) {
      expect(provider.verify(key.publicKey, algorithm, MESSAGE, signature)).toBe(true);
    }
    expect(() => key.sign({ kind: 'ed448' }, MESSAGE)).toThrow(TypeError);
    expect(() => nobleModernPrivateKey(kind, secret.subarray(1))).toThrow(RangeError);
  });
});
