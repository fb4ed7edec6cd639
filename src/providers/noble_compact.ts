// The smallest provider, and the package entry `glasstls/providers/compact`: hashes and ciphers of @noble/*, and curves of our
// own in place of @noble/curves (curves_bigint.ts, curve25519_bigint.ts), which take two kB of a bundle instead of twenty and
// are as fast for one handshake; noble keeps tables that pay after many. They are for public values and for ephemeral keys:
// there is no signing here. It has what the web uses: no SHA-1, no CBC, neither X448 nor Ed448.

import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { randomBytes } from '@noble/hashes/utils.js';
import { isAllZero, toBigInt } from '../bytes/bytes.ts';
import { answerWith } from '../crypto/key_share.ts';
import type { CurveName, GroupName, HashName, PublicKey, SignatureAlgorithm } from '../crypto/keys.ts';
import type { CryptoProvider, KeyShare } from '../crypto/provider.ts';
import { couldVerify, isUncompressedPoint } from './checks.ts';
import { verifiesEd25519, x25519, x25519Base } from './curve25519_bigint.ts';
import { publicPoint, randomScalar, sharedX, verifiesEcdsa } from './curves_bigint.ts';
import { nobleAead } from './noble_aead.ts';
import { encryptPkcs1, verifyRsa } from './rsa_bigint.ts';

export const compactProvider: CryptoProvider = {
  name: 'compact',
  hashes: ['sha256', 'sha384', 'sha512'],
  // ChaCha20 first: in JavaScript it is two to three times as fast as AES.
  aeads: ['chacha20-poly1305', 'aes-128-gcm', 'aes-256-gcm'],
  cbcs: [],
  groups: ['x25519', 'secp256r1', 'secp384r1', 'secp521r1'],

  random: randomBytes,

  hash(name) {
    const running = hashOf(name).create();
    return {
      update(data) {
        running.update(data);
      },
      digest: () => running.clone().digest(),
    };
  },

  hmac(name, key, ...parts) {
    const running = hmac.create(hashOf(name), key);
    for (const part of parts) running.update(part);
    return running.digest();
  },

  aead: nobleAead,
  cbc: missing,

  generateKeyShare(group) {
    if (group === 'x25519') return compactKeyShareOf(group, randomBytes(32));
    return pointShare(curveName(group), randomScalar(curveName(group), randomBytes));
  },

  generateDhShare: () => undefined,
  answerKeyShare: (group, peer) => answerWith(compactProvider.generateKeyShare(group), peer),

  verify(key, algorithm, data, signature) {
    return couldVerify(key, algorithm, signature) && verify(key, algorithm, data, signature);
  },

  rsaEncrypt(key, message) {
    return key.kind === 'rsa' ? encryptPkcs1(key, randomBytes, message) : undefined;
  },
};

/**
 * The key share of a given private key, in the form that nobleKeyShareOf takes.
 * @internal
 */
export function compactKeyShareOf(group: GroupName, privateKey: Uint8Array): KeyShare {
  if (group !== 'x25519') return pointShare(curveName(group), toBigInt(privateKey));
  return {
    group,
    publicKey: x25519Base(privateKey),
    derive(peer) {
      if (peer.length !== 32) return undefined;
      const secret = x25519(privateKey, peer);
      return isAllZero(secret) ? undefined : secret;
    },
  };
}

function pointShare(group: CurveName, scalar: bigint): KeyShare {
  return {
    group,
    publicKey: publicPoint(group, scalar),
    derive: (peer) => (isUncompressedPoint(group, peer) ? sharedX(group, scalar, peer) : undefined),
  };
}

function curveName(group: GroupName): CurveName {
  return group === 'secp256r1' || group === 'secp384r1' || group === 'secp521r1' ? group : missing(group);
}

function verify(key: PublicKey, algorithm: SignatureAlgorithm, data: Uint8Array, signature: Uint8Array): boolean {
  if ('hash' in algorithm && !compactProvider.hashes.includes(algorithm.hash)) return false;
  switch (key.kind) {
    case 'ec':
      if (algorithm.kind !== 'ecdsa') return false;
      return verifiesEcdsa(key.curve, key.point, digest(algorithm.hash, data), signature);
    case 'ed25519':
      return verifiesEd25519(key.key, sha512, data, signature);
    case 'ed448':
      return false;
    default:
      return verifyRsa(key, algorithm, digest, data, signature);
  }
}

const HASHES = { sha256, sha384, sha512 } as const;

function hashOf(name: HashName): (typeof HASHES)[keyof typeof HASHES] {
  return name === 'sha1' ? missing(name) : HASHES[name];
}

function digest(name: HashName, data: Uint8Array): Uint8Array {
  return hashOf(name)(data);
}

function missing(name: string): never {
  throw new RangeError(`the compact provider has no ${JSON.stringify(name)}`);
}
