// The smaller of the two providers on @noble/*, for bundles: what the web uses today, over curves without noble's extras
// (noble_curves.ts). No SHA-1, no CBC, no CCM, no finite fields, neither X448 nor Ed448.

import { gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { ecdh } from '@noble/curves/abstract/weierstrass.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { type CHash, randomBytes } from '@noble/hashes/utils.js';
import { answerWith } from '../crypto/key_share.ts';
import type { CurveName, GroupName, HashName, PublicKey, SignatureAlgorithm } from '../crypto/keys.ts';
import type { CryptoProvider, KeyShare, PrivateKey } from '../crypto/provider.ts';
import { couldVerify, requireKeyLength } from './checks.ts';
import { sealing } from './noble_aead.ts';
import { ED25519, P256, P384, P521, verifyEcdsa, X25519 } from './noble_curves.ts';
import { hmacOf, runningHash } from './noble_hash.ts';
import { ecdsaKey, eddsaKey } from './noble_keys.ts';
import { montgomeryShare, pointShare } from './noble_shares.ts';
import { encryptPkcs1, verifyRsa } from './rsa_bigint.ts';

export const nobleModernProvider: CryptoProvider = {
  name: 'noble-modern',
  hashes: ['sha256', 'sha384', 'sha512'],
  // ChaCha20 first: in JavaScript it is two to three times as fast as AES.
  aeads: ['chacha20-poly1305', 'aes-128-gcm', 'aes-256-gcm'],
  cbcs: [],
  groups: ['x25519', 'secp256r1', 'secp384r1', 'secp521r1'],

  random: randomBytes,
  hash: (name) => runningHash(hashOf(name)),
  hmac: (name, key, ...parts) => hmacOf(hashOf(name), key, parts),

  aead(name, key) {
    const construct = name === 'chacha20-poly1305' ? chacha20poly1305 : gcm;
    if (!nobleModernProvider.aeads.includes(name)) return missing(name);
    requireKeyLength(name, key, name === 'aes-128-gcm' ? 16 : 32);
    return sealing(construct, key.slice());
  },

  cbc: missing,
  generateKeyShare: (group) => nobleModernKeyShareOf(group),
  // Nobody asks: without a group of RFC 7919 the engine offers no suite that needs it.
  generateDhShare: () => undefined,
  answerKeyShare: (group, peer) => answerWith(nobleModernKeyShareOf(group), peer),

  verify(key, algorithm, data, signature) {
    if (!couldVerify(key, algorithm, signature)) return false;
    try {
      return verify(key, algorithm, data, signature);
    } catch {
      return false;
    }
  },

  rsaEncrypt(key, message) {
    return key.kind === 'rsa' ? encryptPkcs1(key, randomBytes, message) : undefined;
  },
};

/**
 * {@link noblePrivateKey} without Ed448.
 * @throws RangeError when `secret` is not a private key of that kind
 */
export function nobleModernPrivateKey(kind: CurveName | 'ed25519', secret: Uint8Array): PrivateKey {
  return kind === 'ed25519' ? eddsaKey(kind, ED25519, secret) : ecdsaKey(kind, secret);
}

const POINTS = { secp256r1: P256, secp384r1: P384, secp521r1: P521 } as const;

/**
 * The key share of a private key in the form that nobleKeyShareOf takes; of a fresh one by default.
 * @internal
 */
export function nobleModernKeyShareOf(group: GroupName, privateKey?: Uint8Array): KeyShare {
  switch (group) {
    case 'x25519':
      return montgomeryShare(group, X25519, privateKey ?? X25519.utils.randomSecretKey());
    case 'secp256r1':
    case 'secp384r1':
    case 'secp521r1': {
      const curve = ecdh(POINTS[group]);
      return pointShare(group, curve, privateKey ?? curve.utils.randomSecretKey());
    }
    default:
      return missing(group);
  }
}

function verify(key: PublicKey, algorithm: SignatureAlgorithm, data: Uint8Array, signature: Uint8Array): boolean {
  switch (key.kind) {
    case 'ec':
      if (algorithm.kind !== 'ecdsa') return false;
      return verifyEcdsa(POINTS[key.curve], key.point, digest(algorithm.hash, data), signature);
    case 'ed25519':
      return ED25519.verify(signature, data, key.key, { zip215: false });
    case 'ed448':
      return false;
    default:
      return verifyRsa(key, algorithm, digest, data, signature);
  }
}

const HASHES: { readonly [H in HashName]?: CHash } = { sha256, sha384, sha512 };

function hashOf(name: HashName): CHash {
  return HASHES[name] ?? missing(name);
}

function digest(name: HashName, data: Uint8Array): Uint8Array {
  return hashOf(name)(data);
}

function missing(name: string): never {
  throw new RangeError(`the provider noble-modern has no ${JSON.stringify(name)}`);
}
