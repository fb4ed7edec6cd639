// Signature verification and RSA encryption, every provider: known answers, what node:crypto signs, keys that do not go
// with an algorithm, and forgeries that lax implementations have taken. Large collections: test/conformance/wycheproof.

import { describe, expect, test } from 'vitest';
import { ascii, concat, EMPTY, equal, fromBigInt, fromHex, toBigInt } from '../bytes/bytes.ts';
import { type CurveName, type HashName, keyBits, type PublicKey, type SignatureAlgorithm } from '../crypto/keys.ts';
import { couldVerify, isStrictEcdsaSignature, MAX_RSA_MODULUS } from './checks.ts';
import { noblePrivateKey, nobleProvider } from './noble.ts';
import { nobleDigest } from './noble_hash.ts';
import { generatePrivateKey, nodeProvider } from './node.ts';

const PROVIDERS = [nodeProvider, nobleProvider];
const HASHES: readonly HashName[] = ['sha1', 'sha256', 'sha384', 'sha512'];
const CURVES: readonly CurveName[] = ['secp256r1', 'secp384r1', 'secp521r1'];
const MESSAGE = ascii('64 spaces, a context string, a zero and a transcript hash');

const rsa = generatePrivateKey('rsa', 2048).privateKey;
const rsaKey = rsa.publicKey as PublicKey & { kind: 'rsa' };

function changed(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
}

/** Ecdsa-Sig-Value of two numbers, with minimal integers. */
function derSignature(r: bigint, s: bigint): Uint8Array {
  const integer = (value: bigint) => {
    const bytes = fromBigInt(value, Math.floor(value.toString(2).length / 8) + 1);
    return concat(Uint8Array.of(2, bytes.length), bytes);
  };
  const body = concat(integer(r), integer(s));
  return concat(body.length < 128 ? Uint8Array.of(0x30, body.length) : Uint8Array.of(0x30, 0x81, body.length), body);
}

describe.each(PROVIDERS)('$name', (provider) => {
  // RFC 6979 A.2.5, message "sample". The value of s under SHA-256 is above half the order: TLS takes it.
  const point = fromHex(
    '0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299',
  );
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const vectors: readonly [HashName, bigint, bigint][] = [
    [
      'sha1',
      0x61340c88c3aaebeb4f6d667f672ca9759a6ccaa9fa8811313039ee4a35471d32n,
      0x6d7f147dac089441bb2e2fe8f7a3fa264b9c475098fdcf6e00d7c996e1b8b7ebn,
    ],
    [
      'sha256',
      0xefd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716n,
      0xf7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8n,
    ],
    [
      'sha512',
      0x8496a60b5e9b47c825488827e0495b0e3fa109ec4568fd3f8d1097678eb97f00n,
      0x2362ab1adbe2b8adf9cb9edab740ea6049c028114f2460f96554f61fae3302fen,
    ],
  ];

  test.each(vectors)(
    'RFC 6979 A.2.5: P-256 with %s, hashes shorter and longer than the order included',
    (hash, r, s) => {
      const key: PublicKey = { kind: 'ec', curve: 'secp256r1', point };
      const check = (signature: Uint8Array, data = ascii('sample')) =>
        provider.verify(key, { kind: 'ecdsa', hash }, data, signature);
      expect(check(derSignature(r, s))).toBe(true);
      expect(check(derSignature(r, order - s))).toBe(true);
      expect(check(derSignature(r, s), ascii('test'))).toBe(false);
      expect(check(derSignature(s, r))).toBe(false);
      expect(check(derSignature(r, s + order))).toBe(false);
      expect(check(derSignature(r + order, s))).toBe(false);
      expect(check(derSignature(0n, 0n))).toBe(false);
      expect(check(derSignature(order, order))).toBe(false);
    },
  );

  test('RFC 3279 2.2.3: an ECDSA signature in anything but DER is refused', () => {
    const key: PublicKey = { kind: 'ec', curve: 'secp256r1', point };
    const [, r, s] = vectors[0] as [HashName, bigint, bigint];
    const good = derSignature(r, s);
    const body = good.subarray(2);
    const forms: Readonly<Record<string, Uint8Array>> = {
      'a byte after it': concat(good, Uint8Array.of(0)),
      'a byte after it, inside': concat(Uint8Array.of(0x30, body.length + 1), body, Uint8Array.of(0)),
      'a sequence shorter than its integers': concat(Uint8Array.of(0x30, body.length - 1), body),
      'a long length': concat(Uint8Array.of(0x30, 0x81, body.length), body),
      'an indefinite length': concat(Uint8Array.of(0x30, 0x80), body, Uint8Array.of(0, 0)),
      'a leading zero': concat(Uint8Array.of(0x30, body.length + 1, 2, (body[1] as number) + 1, 0), body.subarray(2)),
      'IEEE P1363': concat(fromBigInt(r, 32), fromBigInt(s, 32)),
      nothing: EMPTY,
      'a tag alone': Uint8Array.of(0x30),
      'one integer': concat(Uint8Array.of(0x30, 34), body.subarray(0, 34)),
    };
    const check = (signature: Uint8Array) =>
      provider.verify(key, { kind: 'ecdsa', hash: 'sha1' }, ascii('sample'), signature);
    expect(check(good)).toBe(true);
    // Asked directly as well: OpenSSL and noble happen to refuse most of these on their own.
    expect(isStrictEcdsaSignature(good, 32)).toBe(true);
    for (const signature of Object.values(forms)) expect(isStrictEcdsaSignature(signature, 32)).toBe(false);
    for (const [form, signature] of Object.entries(forms)) expect([form, check(signature)]).toEqual([form, false]);
    for (let length = 0; length < good.length; length++) expect(check(good.subarray(0, length))).toBe(false);
    // As DER reads it, an integer without its zero in front is negative.
    const high = derSignature(order - 1n, s);
    expect(isStrictEcdsaSignature(high, 32)).toBe(true);
    const negative = concat(Uint8Array.of(0x30, high.length - 3, 2, 32), high.subarray(5));
    expect(isStrictEcdsaSignature(negative, 32)).toBe(false);
  });

  test.each(CURVES)('%s: what node:crypto signs verifies under each hash, and no altered form of it does', (curve) => {
    const { privateKey } = generatePrivateKey('ec', curve);
    const key = privateKey.publicKey as PublicKey & { kind: 'ec' };
    for (const hash of HASHES) {
      const algorithm = { kind: 'ecdsa', hash } as const;
      const signature = privateKey.sign(algorithm, MESSAGE);
      expect(provider.verify(key, algorithm, MESSAGE, signature)).toBe(true);
      expect(provider.verify(key, algorithm, changed(MESSAGE, 3), signature)).toBe(false);
      expect(provider.verify(key, algorithm, MESSAGE, changed(signature, signature.length - 1))).toBe(false);
      const compressed = key.point.slice(0, (key.point.length + 1) / 2);
      compressed[0] = 2 + ((key.point.at(-1) as number) & 1);
      expect(provider.verify({ ...key, point: compressed }, algorithm, MESSAGE, signature)).toBe(false);
      const off = { ...key, point: changed(key.point, key.point.length - 1) };
      expect(provider.verify(off, algorithm, MESSAGE, signature)).toBe(false);
    }
  });

  test('RFC 8032 7.1, tests 1 and 2: Ed25519', () => {
    const cases = [
      [
        'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
        '',
        'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
      ],
      [
        '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
        '72',
        '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
      ],
    ] as const;
    for (const [key, message, signature] of cases) {
      const check = (data: Uint8Array, signed: Uint8Array, publicKey = fromHex(key)) =>
        provider.verify({ kind: 'ed25519', key: publicKey }, { kind: 'ed25519' }, data, signed);
      expect(check(fromHex(message), fromHex(signature))).toBe(true);
      expect(check(ascii('x'), fromHex(signature))).toBe(false);
      expect(check(fromHex(message), changed(fromHex(signature), 63))).toBe(false);
      expect(check(fromHex(message), fromHex(`${signature}00`))).toBe(false);
      expect(check(fromHex(message), fromHex(signature), fromHex(key).subarray(1))).toBe(false);
    }
  });

  test('RFC 8032 5.1.7: Ed25519 encodings that only ZIP 215 takes are refused', () => {
    // The identity as public key and R, written as y = p + 1, with S = 0: ZIP 215 takes it for every message.
    const alias = fromHex('eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f');
    const signature = concat(alias, new Uint8Array(32));
    expect(provider.verify({ kind: 'ed25519', key: alias }, { kind: 'ed25519' }, MESSAGE, signature)).toBe(false);
  });

  describe('RSA', () => {
    const pkcs1 = (hash: HashName): SignatureAlgorithm => ({ kind: 'rsa-pkcs1', hash });
    const pss = (hash: HashName, saltLength: number): SignatureAlgorithm => ({ kind: 'rsa-pss', hash, saltLength });

    test('RFC 8017 8.2.2: PKCS#1 v1.5 under each hash; the length of the modulus and the value below it', () => {
      for (const hash of HASHES) {
        const signature = rsa.sign(pkcs1(hash), MESSAGE);
        const check = (signed: Uint8Array, data = MESSAGE) => provider.verify(rsaKey, pkcs1(hash), data, signed);
        expect(check(signature)).toBe(true);
        expect(check(signature, changed(MESSAGE, 0))).toBe(false);
        expect(check(changed(signature, 255))).toBe(false);
        expect(check(concat(Uint8Array.of(0), signature))).toBe(false);
        expect(check(signature.subarray(1))).toBe(false);
        expect(check(EMPTY)).toBe(false);
        expect(check(rsaKey.modulus)).toBe(false);
        const more = toBigInt(signature) + toBigInt(rsaKey.modulus);
        if (more < 2n ** 2048n) expect(check(fromBigInt(more, 256))).toBe(false);
        for (const other of HASHES) {
          if (other !== hash) expect(provider.verify(rsaKey, pkcs1(other), MESSAGE, signature)).toBe(false);
        }
      }
    });

    test('RFC 8017 8.1.2: PSS with exactly the salt length asked for', () => {
      for (const [hash, length] of [
        ['sha256', 32],
        ['sha384', 48],
        ['sha512', 64],
      ] as const) {
        for (const saltLength of [0, 20, length]) {
          const signature = rsa.sign(pss(hash, saltLength), MESSAGE);
          expect(provider.verify(rsaKey, pss(hash, saltLength), MESSAGE, signature)).toBe(true);
          expect(provider.verify(rsaKey, pss(hash, saltLength + 1), MESSAGE, signature)).toBe(false);
          expect(provider.verify(rsaKey, pss(hash, length), MESSAGE, signature)).toBe(saltLength === length);
          expect(provider.verify(rsaKey, pss(hash, saltLength), changed(MESSAGE, 1), signature)).toBe(false);
          expect(provider.verify(rsaKey, pkcs1(hash), MESSAGE, signature)).toBe(false);
        }
      }
    });

    test('RFC 8017 9.1: PSS when the bits of the modulus are no multiple of eight', () => {
      for (const bits of [1025, 1026, 1031]) {
        const { privateKey } = generatePrivateKey('rsa', bits);
        expect(keyBits(privateKey.publicKey)).toBe(bits);
        const signature = privateKey.sign(pss('sha256', 32), MESSAGE);
        expect(provider.verify(privateKey.publicKey, pss('sha256', 32), MESSAGE, signature)).toBe(true);
        expect(provider.verify(privateKey.publicKey, pss('sha256', 32), EMPTY, signature)).toBe(false);
      }
    });

    test('RFC 8017 8.1.2, step 2c: a bit above the encoded message is no PSS signature', () => {
      // With 1025 bits EM is a byte shorter than the modulus, and that byte must be zero; here it is made one.
      const { privateKey } = generatePrivateKey('rsa', 1025);
      const key = privateKey.publicKey as PublicKey & { kind: 'rsa' };
      const n = toBigInt(key.modulus);
      let forged: Uint8Array | undefined;
      for (let tries = 0; tries < 2000 && forged === undefined; tries++) {
        const signature = privateKey.sign(pss('sha256', 32), MESSAGE);
        const representative = power(toBigInt(signature), toBigInt(key.exponent), n) + 2n ** 1024n;
        if (representative < n) forged = privateKey.decryptRaw(fromBigInt(representative, key.modulus.length));
      }
      expect(forged).toBeDefined();
      expect(provider.verify(key, pss('sha256', 32), MESSAGE, forged ?? EMPTY)).toBe(false);
    });

    test('RFC 8017 8.1.2, 8.2.2, step 1: the length is checked before the backend is asked', () => {
      for (const length of [0, 255, 257]) {
        expect(couldVerify(rsaKey, pkcs1('sha256'), new Uint8Array(length))).toBe(false);
      }
      expect(couldVerify(rsaKey, pkcs1('sha256'), new Uint8Array(256))).toBe(true);
    });

    test('Bleichenbacher 2006: with exponent 3, garbage behind DigestInfo is no signature', () => {
      const modulus = fromHex(`c0${'5a'.repeat(254)}01`);
      const info = concat(fromHex('3031300d060960864801650304020105000420'), nobleDigest('sha256', MESSAGE));
      for (const padding of [8, 20]) {
        const start = concat(Uint8Array.of(0, 1), new Uint8Array(padding).fill(0xff), Uint8Array.of(0), info);
        const wanted = toBigInt(start) << BigInt(8 * (256 - start.length));
        const root = cubeRoot(wanted) + 1n;
        const forged = fromBigInt(root, 256);
        // It is the forgery that it claims to be: its cube begins as a good encoding does.
        expect(equal(fromBigInt(root ** 3n, 256).subarray(0, start.length), start)).toBe(true);
        const key: PublicKey = { kind: 'rsa', modulus, exponent: Uint8Array.of(3) };
        expect(provider.verify(key, pkcs1('sha256'), MESSAGE, forged)).toBe(false);
      }
    });

    test('RFC 4055 3.1: an id-RSASSA-PSS key is for PSS alone, its hash and its salt', () => {
      const signature = rsa.sign(pss('sha256', 32), MESSAGE);
      const numbers = { modulus: rsaKey.modulus, exponent: rsaKey.exponent };
      const check = (key: PublicKey, algorithm = pss('sha256', 32), signed = signature) =>
        provider.verify(key, algorithm, MESSAGE, signed);
      expect(check({ kind: 'rsa-pss', ...numbers })).toBe(true);
      expect(check({ kind: 'rsa-pss', ...numbers, hash: 'sha256', minSaltLength: 32 })).toBe(true);
      expect(check({ kind: 'rsa-pss', ...numbers, hash: 'sha384' })).toBe(false);
      expect(check({ kind: 'rsa-pss', ...numbers, hash: 'sha256', minSaltLength: 33 })).toBe(false);
      const plain = rsa.sign(pkcs1('sha256'), MESSAGE);
      expect(check({ kind: 'rsa-pss', ...numbers }, pkcs1('sha256'), plain)).toBe(false);
      expect(provider.rsaEncrypt({ kind: 'rsa-pss', ...numbers }, MESSAGE)).toBeUndefined();
    });

    test('keys that no RSA key can be, or that cost too much, are refused without throwing', () => {
      const signature = rsa.sign(pkcs1('sha256'), MESSAGE);
      const { modulus, exponent } = rsaKey;
      const even = changed(modulus, 255);
      const huge = new Uint8Array(MAX_RSA_MODULUS + 1).fill(0xff);
      const bad: readonly [Uint8Array, Uint8Array, Uint8Array][] = [
        [EMPTY, exponent, EMPTY],
        [modulus, EMPTY, signature],
        [even, exponent, signature],
        [modulus, Uint8Array.of(1), signature],
        [modulus, Uint8Array.of(2), signature],
        [modulus, Uint8Array.of(0), signature],
        [modulus, concat(Uint8Array.of(0), exponent), signature],
        [modulus, new Uint8Array(9).fill(0xff), signature],
        [concat(Uint8Array.of(0), modulus), exponent, concat(Uint8Array.of(0), signature)],
        [huge, exponent, huge],
        [new Uint8Array(63).fill(0xff), exponent, new Uint8Array(63)],
      ];
      for (const [n, e, signed] of bad) {
        const key: PublicKey = { kind: 'rsa', modulus: n, exponent: e };
        expect(provider.verify(key, pkcs1('sha256'), MESSAGE, signed)).toBe(false);
        expect(provider.verify(key, pss('sha256', 32), MESSAGE, signed)).toBe(false);
        expect(provider.rsaEncrypt(key, Uint8Array.of(1))).toBeUndefined();
      }
    });

    test('RFC 8017 7.2.1: encryption pads with non-zero bytes, never twice alike, and has room for k - 11 bytes', () => {
      const premaster = provider.random(48);
      const first = provider.rsaEncrypt(rsaKey, premaster) as Uint8Array;
      expect(first.length).toBe(256);
      expect(provider.rsaEncrypt(rsaKey, premaster)).not.toEqual(first);
      for (const message of [premaster, EMPTY, new Uint8Array(256 - 11)]) {
        const block = rsa.decryptRaw(provider.rsaEncrypt(rsaKey, message) as Uint8Array) as Uint8Array;
        expect(block.subarray(0, 2)).toEqual(Uint8Array.of(0, 2));
        const separator = block.length - message.length - 1;
        expect(block.indexOf(0, 2)).toBe(separator);
        expect(block.subarray(separator + 1)).toEqual(message);
      }
      expect(provider.rsaEncrypt(rsaKey, new Uint8Array(256 - 10))).toBeUndefined();
      expect(provider.rsaEncrypt({ kind: 'ec', curve: 'secp256r1', point }, premaster)).toBeUndefined();
    });
  });

  test('a key of one kind never verifies a signature of another', () => {
    const keys = [
      rsa,
      generatePrivateKey('ec', 'secp256r1').privateKey,
      generatePrivateKey('ed25519').privateKey,
      noblePrivateKey('secp384r1', new Uint8Array(48).fill(7)),
    ];
    const algorithms: readonly SignatureAlgorithm[] = [
      { kind: 'rsa-pkcs1', hash: 'sha256' },
      { kind: 'rsa-pss', hash: 'sha256', saltLength: 32 },
      { kind: 'ecdsa', hash: 'sha256' },
      { kind: 'ed25519' },
      { kind: 'ed448' },
    ];
    let made = 0;
    for (const signer of keys) {
      for (const algorithm of algorithms) {
        let signature: Uint8Array;
        try {
          signature = signer.sign(algorithm, MESSAGE);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
          continue;
        }
        made++;
        for (const key of keys) {
          for (const other of algorithms) {
            const right = key === signer && other === algorithm;
            expect(provider.verify(key.publicKey, other, MESSAGE, signature)).toBe(right);
          }
        }
      }
    }
    expect(made).toBe(5);
  });
});

/** The largest integer whose cube is at most `value`. */
function cubeRoot(value: bigint): bigint {
  let [low, high] = [0n, 1n << BigInt(Math.ceil(value.toString(2).length / 3) + 1)];
  while (low < high) {
    const middle = (low + high + 1n) / 2n;
    if (middle ** 3n <= value) low = middle;
    else high = middle - 1n;
  }
  return low;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square] = [1n, base % modulus];
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
