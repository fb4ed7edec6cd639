// The provider on @noble/*, and the package entry `glasstls/providers/noble`. Pure JavaScript: it runs wherever
// getRandomValues does, browsers included. RSA public operations and finite field Diffie-Hellman are ours
// (rsa_bigint.ts, dh_bigint.ts), and AES-CCM is put together of noble's modes (noble_ccm.ts). ECDSA takes high s and
// Ed25519 follows RFC 8032, not ZIP 215: noble's defaults are others.

import { cbc as aesCbc, gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { ed448 } from '@noble/curves/ed448.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { randomBytes } from '@noble/hashes/utils.js';
import { FFDHE_NAMES } from '../crypto/ffdhe.ts';
import { answerWith } from '../crypto/key_share.ts';
import type { AeadName, CbcName, GroupName, PublicKey, SignatureAlgorithm } from '../crypto/keys.ts';
import type { Aead, Cbc, CryptoProvider } from '../crypto/provider.ts';
import { AEAD_KEY_LENGTH, couldVerify, requireKeyLength } from './checks.ts';
import { generateBigIntDhShare } from './dh_bigint.ts';
import { sealing } from './noble_aead.ts';
import { nobleCcm } from './noble_ccm.ts';
import { generateNobleKeyShare, NOBLE_CURVE } from './noble_groups.ts';
import { hmacOf, NOBLE_HASH, nobleDigest, runningHash } from './noble_hash.ts';
import { encryptPkcs1, verifyRsa } from './rsa_bigint.ts';

export { noblePrivateKey } from './noble_keys.ts';
export { nobleModernPrivateKey, nobleModernProvider } from './noble_modern.ts';

const CURVES: readonly GroupName[] = ['x25519', 'secp256r1', 'secp384r1', 'secp521r1', 'x448'];

// Nothing here may run when the module is loaded (a spread would), or bundles of the smaller provider carry this one too.
export const nobleProvider: CryptoProvider = {
  name: 'noble',
  hashes: ['sha1', 'sha256', 'sha384', 'sha512'],
  // ChaCha20 first: in JavaScript it is two to three times as fast as AES.
  aeads: [
    'chacha20-poly1305',
    'aes-128-gcm',
    'aes-256-gcm',
    'aes-128-ccm',
    'aes-256-ccm',
    'aes-128-ccm-8',
    'aes-256-ccm-8',
  ],
  cbcs: ['aes-128-cbc', 'aes-256-cbc'],
  groups: /* @__PURE__ */ CURVES.concat(FFDHE_NAMES),

  random: randomBytes,

  hash: (name) => runningHash(NOBLE_HASH[name]),
  hmac: (name, key, ...parts) => hmacOf(NOBLE_HASH[name], key, parts),

  aead,
  cbc,
  generateKeyShare: generateNobleKeyShare,
  generateDhShare: (prime, generator) => generateBigIntDhShare(randomBytes, prime, generator),
  answerKeyShare: (group, peer) => answerWith(generateNobleKeyShare(group), peer),
  verify,

  rsaEncrypt(key, message) {
    return key.kind === 'rsa' ? encryptPkcs1(key, randomBytes, message) : undefined;
  },
};

function aead(name: AeadName, key: Uint8Array): Aead {
  requireKeyLength(name, key, AEAD_KEY_LENGTH[name]);
  const ownKey = key.slice();
  switch (name) {
    case 'aes-128-gcm':
    case 'aes-256-gcm':
      return sealing(gcm, ownKey);
    case 'chacha20-poly1305':
      return sealing(chacha20poly1305, ownKey);
    case 'aes-128-ccm':
    case 'aes-256-ccm':
      return nobleCcm(ownKey, 16);
    case 'aes-128-ccm-8':
    case 'aes-256-ccm-8':
      return nobleCcm(ownKey, 8);
  }
}

function cbc(name: CbcName, key: Uint8Array): Cbc {
  requireKeyLength(name, key, name === 'aes-128-cbc' ? 16 : 32);
  const ownKey = key.slice();
  const options = { disablePadding: true };
  return {
    encrypt: (iv, blocks) => aesCbc(ownKey, iv, options).encrypt(blocks),
    decrypt: (iv, blocks) => aesCbc(ownKey, iv, options).decrypt(blocks),
  };
}

function verify(key: PublicKey, algorithm: SignatureAlgorithm, data: Uint8Array, signature: Uint8Array): boolean {
  if (!couldVerify(key, algorithm, signature)) return false;
  try {
    switch (key.kind) {
      case 'rsa':
      case 'rsa-pss':
        return verifyRsa(key, algorithm, nobleDigest, data, signature);
      case 'ec': {
        if (algorithm.kind !== 'ecdsa') return false;
        const hashed = nobleDigest(algorithm.hash, data);
        const options = { prehash: false, lowS: false, format: 'der' } as const;
        return NOBLE_CURVE[key.curve].verify(signature, hashed, key.point, options);
      }
      case 'ed25519':
        return ed25519.verify(signature, data, key.key, { zip215: false });
      case 'ed448':
        return ed448.verify(signature, data, key.key, { zip215: false });
    }
  } catch {
    return false;
  }
}
