// Private keys for hosts without node:crypto, from raw numbers: ECDSA on the NIST curves, Ed25519 and Ed448 (RFC
// 8032). There is no RSA: its private operation in BigInt takes 23 ms and its time depends on the key, which anybody who
// may connect could measure. ECDSA nonces are RFC 6979 with fresh randomness mixed in (3.6), so a repeated signature differs.

import type { EdDSA } from '@noble/curves/abstract/edwards.js';
import { ed448 } from '@noble/curves/ed448.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import type { CurveName, SignatureAlgorithm } from '../crypto/keys.ts';
import type { PrivateKey } from '../crypto/provider.ts';
import { keyGoesWith } from './checks.ts';
import { NOBLE_CURVE } from './noble_groups.ts';
import { nobleDigest } from './noble_hash.ts';

/**
 * A private key out of its bare bytes, which are copied: the big-endian scalar in the length of the curve's field, or
 * the seed of Ed25519 (32 bytes) or Ed448 (57). `decryptRaw` gives undefined always.
 * @throws RangeError when `secret` is not a private key of that kind
 */
export function noblePrivateKey(kind: CurveName | 'ed25519' | 'ed448', secret: Uint8Array): PrivateKey {
  return kind === 'ed25519' || kind === 'ed448' ? eddsaKey(kind, EDWARDS[kind], secret) : ecdsaKey(kind, secret);
}

const EDWARDS = { ed25519, ed448 } as const;

/** {@link noblePrivateKey} on a NIST curve. */
export function ecdsaKey(curve: CurveName, given: Uint8Array): PrivateKey {
  const secret = given.slice();
  const ecdsa = NOBLE_CURVE[curve];
  if (!ecdsa.utils.isValidSecretKey(secret)) throw new RangeError(`not a private key on ${curve}`);
  const publicKey = { kind: 'ec', curve, point: ecdsa.getPublicKey(secret, false) } as const;
  return {
    publicKey,
    sign(algorithm, data) {
      if (algorithm.kind !== 'ecdsa') throw mismatch(publicKey.kind, algorithm);
      const options = { prehash: false, lowS: false, format: 'der', extraEntropy: true } as const;
      return ecdsa.sign(nobleDigest(algorithm.hash, data), secret, options);
    },
    decryptRaw: () => undefined,
  };
}

/** {@link noblePrivateKey} of RFC 8032, with noble's object for the curve. */
export function eddsaKey(kind: 'ed25519' | 'ed448', eddsa: EdDSA, given: Uint8Array): PrivateKey {
  const seed = given.slice();
  if (!eddsa.utils.isValidSecretKey(seed)) throw new RangeError(`not an ${kind} private key`);
  const publicKey = { kind, key: eddsa.getPublicKey(seed) } as const;
  return {
    publicKey,
    sign(algorithm, data) {
      if (!keyGoesWith(publicKey, algorithm)) throw mismatch(kind, algorithm);
      return eddsa.sign(data, seed);
    },
    decryptRaw: () => undefined,
  };
}

function mismatch(kind: string, algorithm: SignatureAlgorithm): TypeError {
  return new TypeError(`an ${kind} key does not make ${algorithm.kind} signatures`);
}
