// The provider on @noble/*, and the package entry `glasstls/providers/noble`. Pure JavaScript: it runs wherever
// getRandomValues does, browsers included. RSA public operations are ours (rsa_bigint.ts); AES-CCM, which no browser
// asks for, is left out. ECDSA takes high s and Ed25519 follows RFC 8032, not ZIP 215: noble's defaults are others.

import { cbc as aesCbc } from '@noble/ciphers/aes.js';
import { ed448 } from '@noble/curves/ed448.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { hmac } from '@noble/hashes/hmac.js';
import { randomBytes } from '@noble/hashes/utils.js';
import { FFDHE_NAMES } from '../crypto/ffdhe.ts';
import { answerWith } from '../crypto/key_share.ts';
import type { CbcName, PublicKey, SignatureAlgorithm } from '../crypto/keys.ts';
import type { Cbc, CryptoProvider } from '../crypto/provider.ts';
import { couldVerify, requireKeyLength } from './checks.ts';
import { generateBigIntDhShare } from './dh_bigint.ts';
import { nobleAead } from './noble_aead.ts';
import { generateNobleKeyShare, NOBLE_CURVE } from './noble_groups.ts';
import { NOBLE_HASH, nobleDigest } from './noble_hash.ts';
import { encryptPkcs1, verifyRsa } from './rsa_bigint.ts';

export { noblePrivateKey } from './noble_keys.ts';

export const nobleProvider: CryptoProvider = {
  name: 'noble',
  hashes: ['sha1', 'sha256', 'sha384', 'sha512'],
  // ChaCha20 first: in JavaScript it is two to three times as fast as AES.
  aeads: ['chacha20-poly1305', 'aes-128-gcm', 'aes-256-gcm'],
  cbcs: ['aes-128-cbc', 'aes-256-cbc'],
  groups: ['x25519', 'secp256r1', 'secp384r1', 'secp521r1', 'x448', ...FFDHE_NAMES],

  random: randomBytes,

  hash(name) {
    const running = NOBLE_HASH[name].create();
    return {
      update(data) {
        running.update(data);
      },
      digest: () => running.clone().digest(),
    };
  },

  hmac(name, key, ...parts) {
    const running = hmac.create(NOBLE_HASH[name], key);
    for (const part of parts) running.update(part);
    return running.digest();
  },

  aead: nobleAead,
  cbc,
  generateKeyShare: generateNobleKeyShare,
  generateDhShare: (prime, generator) => generateBigIntDhShare(randomBytes, prime, generator),
  answerKeyShare: (group, peer) => answerWith(generateNobleKeyShare(group), peer),
  verify,

  rsaEncrypt(key, message) {
    return key.kind === 'rsa' ? encryptPkcs1(key, randomBytes, message) : undefined;
  },
};

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
