// Private keys for hosts without node:crypto, from raw numbers: ECDSA on the NIST curves and Ed25519 (RFC 8032). There
// is no RSA: its private operation in BigInt takes 23 ms and its time depends on the key, which anybody who may connect
// could measure. ECDSA nonces are RFC 6979 with fresh randomness mixed in (3.6), so a repeated signature differs.

import { ed25519 } from '@noble/curves/ed25519.js';
import type { CurveName, SignatureAlgorithm } from '../crypto/keys.ts';
import type { PrivateKey } from '../crypto/provider.ts';
import { keyGoesWith } from './checks.ts';
import { NOBLE_CURVE } from './noble_groups.ts';
import { nobleDigest } from './noble_hash.ts';

/**
 * A private key out of its bare bytes, which are copied: the big-endian scalar in the length of the curve's field, or
 * Ed25519's 32-byte seed. `decryptRaw` gives undefined always.
 * @throws RangeError when `secret` is not a private key of that kind
 */
export function noblePrivateKey(kind: CurveName | 'ed25519', secret: Uint8Array): PrivateKey {
  return kind === 'ed25519' ? ed25519Key(secret.slice()) : ecKey(kind, secret.slice());
}

function ecKey(curve: CurveName, secret: Uint8Array): PrivateKey {
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

function ed25519Key(seed: Uint8Array): PrivateKey {
  if (!ed25519.utils.isValidSecretKey(seed)) throw new RangeError('not an Ed25519 private key');
  const publicKey = { kind: 'ed25519', key: ed25519.getPublicKey(seed) } as const;
  return {
    publicKey,
    sign(algorithm, data) {
      if (!keyGoesWith(publicKey, algorithm)) throw mismatch(publicKey.kind, algorithm);
      return ed25519.sign(data, seed);
    },
    decryptRaw: () => undefined,
  };
}

function mismatch(kind: string, algorithm: SignatureAlgorithm): TypeError {
  return new TypeError(`an ${kind} key does not make ${algorithm.kind} signatures`);
}
