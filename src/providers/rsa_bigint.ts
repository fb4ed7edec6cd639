// RSA public-key operations in BigInt (RFC 8017), for providers whose backend has none: signature verification and
// PKCS#1 v1.5 encryption. Both verifications build the encoded message they expect, or recompute it, and compare it in
// full: nothing is parsed out of a signature, so nothing can hide in it (Bleichenbacher's forgery, 2006).
//
// The private operations are absent on purpose: in BigInt they take 23 ms and their time depends on the key.

import { concat, equal, fromBigInt, fromHex, toBigInt } from '../bytes/bytes.ts';
import type { HashName, SignatureAlgorithm } from '../crypto/keys.ts';
import { isUsableRsaKey } from './checks.ts';

export interface RsaNumbers {
  /** Unsigned big-endian without leading zeros. */
  readonly modulus: Uint8Array;
  readonly exponent: Uint8Array;
}

export type Digest = (name: HashName, data: Uint8Array) => Uint8Array;

/** Either of the two; false for an algorithm that is not RSA's. */
export function verifyRsa(
  key: RsaNumbers,
  algorithm: SignatureAlgorithm,
  digest: Digest,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (algorithm.kind === 'rsa-pkcs1') return verifyPkcs1(key, algorithm.hash, digest, data, signature);
  if (algorithm.kind !== 'rsa-pss') return false;
  return verifyPss(key, algorithm.hash, algorithm.saltLength, digest, data, signature);
}

/** RSASSA-PKCS1-v1_5 (RFC 8017 8.2.2), with NULL parameters in DigestInfo and nothing else. */
export function verifyPkcs1(
  key: RsaNumbers,
  hash: HashName,
  digest: Digest,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const encoded = publicOperation(key, signature);
  if (encoded === undefined) return false;
  const info = concat(fromHex(DIGEST_INFO[hash]), digest(hash, data));
  const padding = encoded.length - 3 - info.length;
  if (padding < 8) return false;
  return equal(encoded, concat(Uint8Array.of(0, 1), new Uint8Array(padding).fill(0xff), Uint8Array.of(0), info));
}

/** RSASSA-PSS (RFC 8017 8.1.2) with MGF1 on the same hash and a salt of exactly `saltLength` bytes. */
export function verifyPss(
  key: RsaNumbers,
  hash: HashName,
  saltLength: number,
  digest: Digest,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const block = publicOperation(key, signature);
  if (block === undefined) return false;
  // emBits is one less than the bits of the modulus; when that is a whole number of bytes, EM is a byte shorter.
  const emBits = toBigInt(key.modulus.subarray(0, 1)).toString(2).length + 8 * (key.modulus.length - 1) - 1;
  const emLength = Math.ceil(emBits / 8);
  if (block.length > emLength && block[0] !== 0) return false;
  const encoded = block.subarray(block.length - emLength);
  return emsaPssVerify(encoded, emBits, hash, saltLength, digest, digest(hash, data));
}

/**
 * RSAES-PKCS1-v1_5 (RFC 8017 7.2.1). Not constant time: what a timer could learn is about one random premaster secret.
 * Undefined when the key is unusable or cannot carry `message`.
 */
export function encryptPkcs1(
  key: RsaNumbers,
  random: (length: number) => Uint8Array,
  message: Uint8Array,
): Uint8Array | undefined {
  const padding = key.modulus.length - 3 - message.length;
  if (padding < 8) return undefined;
  const block = concat(Uint8Array.of(0, 2), nonZero(random, padding), Uint8Array.of(0), message);
  const ciphertext = publicOperation(key, block);
  block.fill(0);
  return ciphertext;
}

/** RSAEP and RSAVP1 (RFC 8017 5.1.1, 5.2.2). Undefined for an unusable key or a representative out of range. */
function publicOperation(key: RsaNumbers, input: Uint8Array): Uint8Array | undefined {
  if (!isUsableRsaKey(key.modulus, key.exponent) || input.length !== key.modulus.length) return undefined;
  const modulus = toBigInt(key.modulus);
  const base = toBigInt(input);
  if (base >= modulus) return undefined;
  return fromBigInt(power(base, toBigInt(key.exponent), modulus), key.modulus.length);
}

/** Square and multiply from the top bit; `exponent` is public and at least 3. */
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = base;
  for (const bit of exponent.toString(2).slice(1)) {
    result = (result * result) % modulus;
    if (bit === '1') result = (result * base) % modulus;
  }
  return result;
}

/** EMSA-PSS-VERIFY (RFC 8017 9.1.2), steps 3 to 14. */
function emsaPssVerify(
  encoded: Uint8Array,
  emBits: number,
  hash: HashName,
  saltLength: number,
  digest: Digest,
  messageHash: Uint8Array,
): boolean {
  const hashLength = messageHash.length;
  if (encoded.length < hashLength + saltLength + 2 || encoded.at(-1) !== 0xbc) return false;
  const dbLength = encoded.length - hashLength - 1;
  const expected = encoded.subarray(dbLength, dbLength + hashLength);
  const unusedBits = 8 * encoded.length - emBits;
  const first = encoded[0] as number;
  if (first >> (8 - unusedBits) !== 0) return false;

  const db = encoded.slice(0, dbLength);
  const mask = mgf1(hash, digest, expected, dbLength);
  for (let i = 0; i < dbLength; i++) db[i] = (db[i] as number) ^ (mask[i] as number);
  db[0] = (db[0] as number) & (0xff >> unusedBits);

  const salt = db.subarray(dbLength - saltLength);
  const start = new Uint8Array(dbLength - saltLength);
  start[start.length - 1] = 1;
  if (!equal(db.subarray(0, start.length), start)) return false;
  return equal(digest(hash, concat(new Uint8Array(8), messageHash, salt)), expected);
}

/** MGF1 (RFC 8017 B.2.1). */
function mgf1(hash: HashName, digest: Digest, seed: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  for (let at = 0, counter = 0; at < length; counter++) {
    const piece = digest(hash, concat(seed, fromBigInt(BigInt(counter), 4)));
    out.set(piece.subarray(0, length - at), at);
    at += piece.length;
  }
  return out;
}

/** `length` random bytes of which none is zero: zeros are drawn again. */
function nonZero(random: (length: number) => Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    for (const byte of random(length - at)) if (byte !== 0) out[at++] = byte;
  }
  return out;
}

// RFC 8017 9.2, note 1: everything of DigestInfo that stands before the hash.
const DIGEST_INFO: Readonly<Record<HashName, string>> = {
  sha1: '3021300906052b0e03021a05000414',
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
};
