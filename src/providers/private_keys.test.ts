// Private keys: the forms in which node:crypto's are read, what both kinds sign, and the bare RSA operation, which must
// fail in one way for every cause. Files are made here, with node:crypto; openssl's own are read in test/interop.

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyExportOptions,
  type KeyObject,
} from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ascii, concat, fromBigInt, fromHex, toBigInt, toHex } from '../bytes/bytes.ts';
import type { PublicKey, SignatureAlgorithm } from '../crypto/keys.ts';
import type { PrivateKey } from '../crypto/provider.ts';
import { noblePrivateKey, nobleProvider } from './noble.ts';
import { generatePrivateKey, importPrivateKey, nodeProvider } from './node.ts';

const PROVIDERS = [nodeProvider, nobleProvider];
const MESSAGE = ascii('what is signed');

const ALGORITHMS: readonly SignatureAlgorithm[] = [
  { kind: 'rsa-pkcs1', hash: 'sha256' },
  { kind: 'rsa-pkcs1', hash: 'sha1' },
  { kind: 'rsa-pss', hash: 'sha384', saltLength: 48 },
  { kind: 'ecdsa', hash: 'sha256' },
  { kind: 'ecdsa', hash: 'sha512' },
  { kind: 'ed25519' },
  { kind: 'ed448' },
];

/** Signs with every algorithm that goes with the key, verifies with every provider, and says how many those were. */
function signsAndVerifies(key: PrivateKey): number {
  let signed = 0;
  for (const algorithm of ALGORITHMS) {
    let signature: Uint8Array;
    try {
      signature = key.sign(algorithm, MESSAGE);
    } catch {
      continue;
    }
    signed++;
    for (const provider of PROVIDERS) expect(provider.verify(key.publicKey, algorithm, MESSAGE, signature)).toBe(true);
  }
  return signed;
}

describe('importPrivateKey', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const ec = generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey;
  const locked = { cipher: 'aes-256-cbc', passphrase: 'open sesame' };
  const exported = (key: KeyObject, options: KeyExportOptions<'pem'>) => key.export(options).toString();

  test('an EC key whose private number is longer than its curve allows is a TypeError, and does not end the process', () => {
    const der = fromHex(
      '30818e020100301306072a8648ce3d020106082a8648ce3d030107047430720201010427d922f91f2baaa1c45a501f4365190bfe9c2dfbb93b125176c7' +
        '3e099a09ea6222fe3c2cfed3ee53a1440342000482936b0ce7b5de2d6bcb5d89f064c3d57920344bf6a7aa46fe945abe3b67f4379a62fdb7ab111e1fa8' +
        '22948d476bd9e9809aad2d8e8b4d9ffc2bdbd9d36cfb33',
    );
    expect(() => importPrivateKey(der)).toThrow(/private number/);
  });

  test.each<[string, KeyObject, string | Uint8Array, string?]>([
    ['PKCS#8 PEM', rsa, exported(rsa, { type: 'pkcs8', format: 'pem' })],
    ['PKCS#1 PEM', rsa, exported(rsa, { type: 'pkcs1', format: 'pem' })],
    ['SEC 1 PEM', ec, exported(ec, { type: 'sec1', format: 'pem' })],
    [
      'SEC 1 PEM behind EC PARAMETERS, as openssl ecparam writes it',
      ec,
      `-----BEGIN EC PARAMETERS-----\nBgUrgQQAIg==\n-----END EC PARAMETERS-----\n${exported(ec, { type: 'sec1', format: 'pem' })}`,
    ],
    ['PEM as bytes', ec, ascii(exported(ec, { type: 'pkcs8', format: 'pem' }))],
    ['PEM with CRLF', rsa, exported(rsa, { type: 'pkcs8', format: 'pem' }).replaceAll('\n', '\r\n')],
    ['encrypted PKCS#8 PEM', rsa, exported(rsa, { type: 'pkcs8', format: 'pem', ...locked }), 'open sesame'],
    ['encrypted PKCS#1 PEM', rsa, exported(rsa, { type: 'pkcs1', format: 'pem', ...locked }), 'open sesame'],
    ['PKCS#8 DER', ec, ec.export({ type: 'pkcs8', format: 'der' })],
    ['encrypted PKCS#8 DER', rsa, rsa.export({ type: 'pkcs8', format: 'der', ...locked }), 'open sesame'],
  ])('reads %s', (_, key, source, passphrase) => {
    const imported = importPrivateKey(source, passphrase);
    expect(imported.publicKey).toEqual(importPrivateKey(key).publicKey);
    expect(signsAndVerifies(imported)).toBe(key === rsa ? 3 : 2);
  });

  test('the public key is what SubjectPublicKeyInfo says, without leading zeros', () => {
    const { modulus, exponent } = importPrivateKey(rsa).publicKey as PublicKey & { kind: 'rsa' };
    const spki = toHex(createPublicKey(rsa).export({ type: 'spki', format: 'der' }));
    expect([modulus.length, toHex(exponent)]).toEqual([256, '010001']);
    expect(spki.endsWith(`0282010100${toHex(modulus)}0203010001`)).toBe(true);
    const { curve, point } = importPrivateKey(ec).publicKey as PublicKey & { kind: 'ec' };
    expect(curve).toBe('secp384r1');
    expect(toHex(createPublicKey(ec).export({ type: 'spki', format: 'der' })).endsWith(toHex(point))).toBe(true);
  });

  test('an EC key that stores its point compressed (RFC 5915 3) is expanded', () => {
    const scalar = 'c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721';
    const compressed = '0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6';
    const head = '3067020100301306072a8648ce3d020106082a8648ce3d030107044d304b0201010420';
    const key = importPrivateKey(fromHex(`${head}${scalar}a124032200${compressed}`));
    expect(key.publicKey).toEqual(noblePrivateKey('secp256r1', fromHex(scalar)).publicKey);
    expect(signsAndVerifies(key)).toBe(2);
  });

  test('Ed25519, Ed448 and RSA-PSS keys, with parameters and without', () => {
    expect(signsAndVerifies(importPrivateKey(generateKeyPairSync('ed25519').privateKey))).toBe(1);
    expect(signsAndVerifies(importPrivateKey(generateKeyPairSync('ed448').privateKey))).toBe(1);
    const free = importPrivateKey(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey);
    expect(free.publicKey).not.toHaveProperty('hash');
    expect(signsAndVerifies(free)).toBe(1);
    const pair = { modulusLength: 2048, hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha256' };
    const bound = importPrivateKey(generateKeyPairSync('rsa-pss', pair).privateKey);
    expect(bound.publicKey).toMatchObject({ kind: 'rsa-pss', hash: 'sha256', minSaltLength: 32 });
    expect(signsAndVerifies(bound)).toBe(0); // ALGORITHMS has PSS with SHA-384 only
    expect(bound.sign({ kind: 'rsa-pss', hash: 'sha256', saltLength: 32 }, MESSAGE).length).toBe(256);
    expect(bound.decryptRaw(new Uint8Array(256))).toBeUndefined();
  });

  test('RFC 8032 7.1, test 2: Ed25519 from its PKCS#8 form', () => {
    const seed = '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb';
    const key = importPrivateKey(fromHex(`302e020100300506032b657004220420${seed}`));
    const signature =
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';
    expect(toHex(key.sign({ kind: 'ed25519' }, fromHex('72')))).toBe(signature);
    expect(toHex(noblePrivateKey('ed25519', fromHex(seed)).sign({ kind: 'ed25519' }, fromHex('72')))).toBe(signature);
  });

  test('RFC 8032 7.4, "blank" and "1 octet": Ed448 from its PKCS#8 form', () => {
    const vectors = [
      [
        '6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b',
        '',
        '533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4dbb61149f05a7363268c71d95808ff2e652600',
      ],
      [
        'c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00acda2c463afbea67c5e8d2877c5e3bc397a659949ef8021e954e0a12274e',
        '03',
        '26b8f91727bd62897af15e41eb43c377efb9c610d48f2335cb0bd0087810f4352541b143c4b981b7e18f62de8ccdf633fc1bf037ab7cd779805e0dbcc0aae1cbcee1afb2e027df36bc04dcecbf154336c19f0af7e0a6472905e799f1953d2a0ff3348ab21aa4adafd1d234441cf807c03a00',
      ],
    ] as const;
    for (const [seed, message, signature] of vectors) {
      const key = importPrivateKey(fromHex(`3047020100300506032b6571043b0439${seed}`));
      expect(toHex(key.sign({ kind: 'ed448' }, fromHex(message)))).toBe(signature);
      expect(toHex(noblePrivateKey('ed448', fromHex(seed)).sign({ kind: 'ed448' }, fromHex(message)))).toBe(signature);
    }
  });

  test('what is no usable private key is refused, and the message says why', () => {
    const lockedPem = exported(ec, { type: 'pkcs8', format: 'pem', ...locked });
    const lockedDer = ec.export({ type: 'pkcs8', format: 'der', ...locked });
    const k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey;
    const publicPem = createPublicKey(rsa).export({ type: 'spki', format: 'pem' }).toString();
    const cases: readonly [string | Uint8Array | KeyObject, string | undefined, RegExp][] = [
      [lockedPem, undefined, /encrypted and no passphrase/],
      [lockedDer, undefined, /encrypted and no passphrase/],
      [lockedPem, 'wrong', /passphrase is wrong/],
      [lockedDer, 'wrong', /passphrase is wrong/],
      ['not a key', undefined, /neither PEM nor PKCS#8/],
      [new Uint8Array(0), undefined, /neither PEM nor PKCS#8/],
      [ascii('0123456789'), undefined, /neither PEM nor PKCS#8/],
      [publicPem, undefined, /neither PEM nor PKCS#8/],
      [createPublicKey(rsa), undefined, /private key is needed, not a public one/],
      [k1, undefined, /secp256k1 cannot be used in TLS/],
      [generateKeyPairSync('x25519').privateKey, undefined, /x25519 cannot be used in TLS/],
    ];
    for (const [source, passphrase, message] of cases) {
      expect(() => importPrivateKey(source, passphrase)).toThrow(TypeError);
      expect(() => importPrivateKey(source, passphrase)).toThrow(message);
    }
  });

  test('a key does not sign with an algorithm that is not its own', () => {
    expect(() => importPrivateKey(rsa).sign({ kind: 'ecdsa', hash: 'sha256' }, MESSAGE)).toThrow(TypeError);
    expect(() => importPrivateKey(ec).sign({ kind: 'rsa-pkcs1', hash: 'sha256' }, MESSAGE)).toThrow(TypeError);
    expect(() => noblePrivateKey('ed25519', new Uint8Array(32)).sign({ kind: 'ed448' }, MESSAGE)).toThrow(TypeError);
    expect(() => noblePrivateKey('ed448', new Uint8Array(57)).sign({ kind: 'ed25519' }, MESSAGE)).toThrow(TypeError);
  });
});

describe('decryptRaw', () => {
  const { privateKey } = generatePrivateKey('rsa', 2048);
  const { modulus } = privateKey.publicKey as PublicKey & { kind: 'rsa' };

  test('RFC 8017 5.1.2: gives the whole block, leading zeros included', () => {
    const ciphertext = nobleProvider.rsaEncrypt(privateKey.publicKey, MESSAGE) as Uint8Array;
    const block = privateKey.decryptRaw(ciphertext) as Uint8Array;
    expect(block.length).toBe(256);
    expect(block.subarray(-MESSAGE.length)).toEqual(MESSAGE);
    expect(privateKey.decryptRaw(new Uint8Array(256))).toEqual(new Uint8Array(256));
  });

  test('undefined for a ciphertext of another length or not below the modulus, and for other kinds of keys', () => {
    const n = toBigInt(modulus);
    expect(privateKey.decryptRaw(fromBigInt(n - 1n, 256))).toEqual(fromBigInt(n - 1n, 256));
    for (const value of [n, n + 1n, 2n ** 2048n - 1n]) {
      expect(privateKey.decryptRaw(fromBigInt(value, 256))).toBeUndefined();
    }
    for (const length of [0, 1, 255, 257, 512]) expect(privateKey.decryptRaw(new Uint8Array(length))).toBeUndefined();
    expect(privateKey.decryptRaw(concat(Uint8Array.of(0), new Uint8Array(256)))).toBeUndefined();
    for (const other of [generatePrivateKey('ec').privateKey, noblePrivateKey('ed25519', new Uint8Array(32))]) {
      expect(other.decryptRaw(new Uint8Array(256))).toBeUndefined();
    }
  });
});

describe('generatePrivateKey', () => {
  test.each([
    ['rsa', () => generatePrivateKey('rsa', 1024), { kind: 'rsa' }],
    ['ec', () => generatePrivateKey('ec'), { kind: 'ec', curve: 'secp256r1' }],
    ['ec secp521r1', () => generatePrivateKey('ec', 'secp521r1'), { kind: 'ec', curve: 'secp521r1' }],
    ['ed25519', () => generatePrivateKey('ed25519'), { kind: 'ed25519' }],
    ['ed448', () => generatePrivateKey('ed448'), { kind: 'ed448' }],
  ] as const)('%s: the PEM is the same key', (_, generate, expected) => {
    const { privateKey, pkcs8Pem } = generate();
    expect(privateKey.publicKey).toMatchObject(expected);
    expect(importPrivateKey(pkcs8Pem).publicKey).toEqual(privateKey.publicKey);
    expect(createPrivateKey(pkcs8Pem).type).toBe('private');
    expect(signsAndVerifies(privateKey)).toBeGreaterThan(0);
  });
});

describe('noblePrivateKey', () => {
  test.each([
    ['secp256r1', 32],
    ['secp384r1', 48],
    ['secp521r1', 66],
    ['ed25519', 32],
    ['ed448', 57],
  ] as const)('%s: signs what both providers verify, from a copy of the bytes', (kind, length) => {
    const secret = concat(Uint8Array.of(0), nodeProvider.random(length - 1));
    const key = noblePrivateKey(kind, secret);
    secret.fill(0);
    expect(signsAndVerifies(key)).toBe(key.publicKey.kind === 'ec' ? 2 : 1);
  });

  test('RFC 6979 A.2.5: the public key of a known scalar; ECDSA signatures are not repeated', () => {
    const scalar = fromHex('c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721');
    const key = noblePrivateKey('secp256r1', scalar);
    expect(toHex((key.publicKey as PublicKey & { kind: 'ec' }).point.subarray(0, 33))).toBe(
      '0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6',
    );
    const sign = () => key.sign({ kind: 'ecdsa', hash: 'sha256' }, MESSAGE);
    expect(sign()).not.toEqual(sign());
  });

  test('a scalar out of range or of a wrong length is refused', () => {
    const order = fromHex('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
    for (const secret of [order, new Uint8Array(32), new Uint8Array(31).fill(1), new Uint8Array(33).fill(1)]) {
      expect(() => noblePrivateKey('secp256r1', secret)).toThrow(RangeError);
    }
    expect(() => noblePrivateKey('ed25519', new Uint8Array(31))).toThrow(RangeError);
    expect(() => noblePrivateKey('ed448', new Uint8Array(56))).toThrow(RangeError);
  });
});
