// Public-key operations on node:crypto: signature verification and RSA encryption (RFC 8017, RFC 8032, SEC 1). Keys are
// imported as JWK, which costs 8 us against 115 for DER (RSA), and are never exported. Formats are checked in checks.ts
// first; whatever OpenSSL still refuses by throwing becomes false or undefined.

import { constants, createPublicKey, type KeyObject, publicEncrypt, verify } from 'node:crypto';
import type { CurveName, PublicKey, SignatureAlgorithm } from '../crypto/keys.ts';
import { couldVerify, FIELD_LENGTH, isUsableRsaKey } from './checks.ts';
import { plain } from './node_aead.ts';
import { base64url } from './node_groups.ts';

/** See CryptoProvider.verify. */
export function verifyWithNode(
  key: PublicKey,
  algorithm: SignatureAlgorithm,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (!couldVerify(key, algorithm, signature)) return false;
  try {
    const publicKey = importedKey(key);
    switch (algorithm.kind) {
      case 'rsa-pkcs1':
        return verify(algorithm.hash, data, { key: publicKey, padding: constants.RSA_PKCS1_PADDING }, signature);
      case 'rsa-pss': {
        const { hash, saltLength } = algorithm;
        const padding = constants.RSA_PKCS1_PSS_PADDING;
        return verify(hash, data, { key: publicKey, padding, saltLength }, signature);
      }
      case 'ecdsa':
        return verify(algorithm.hash, data, { key: publicKey, dsaEncoding: 'der' }, signature);
      case 'ed25519':
      case 'ed448':
        return verify(null, data, publicKey, signature);
    }
  } catch {
    return false;
  }
}

/** See CryptoProvider.rsaEncrypt. */
export function rsaEncryptWithNode(key: PublicKey, message: Uint8Array): Uint8Array | undefined {
  if (key.kind !== 'rsa' || !isUsableRsaKey(key.modulus, key.exponent)) return undefined;
  // RFC 8017 7.2.1, step 1: eight bytes of padding at least.
  if (message.length > key.modulus.length - 11) return undefined;
  try {
    return plain(publicEncrypt({ key: importedKey(key), padding: constants.RSA_PKCS1_PADDING }, message));
  } catch {
    return undefined;
  }
}

const JWK_CURVE: Readonly<Record<CurveName, string>> = {
  secp256r1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

/**
 * Imported keys, for as long as somebody holds the key itself: a trust anchor's is imported once, a peer's is forgotten with its
 * connection. Importing one of P-256 costs as much as using it.
 */
const imported = new WeakMap<PublicKey, KeyObject>();

function importedKey(key: PublicKey): KeyObject {
  const known = imported.get(key);
  if (known !== undefined) return known;
  const made = importPublicKey(key);
  imported.set(key, made);
  return made;
}

/** @throws what node:crypto throws for a key that it refuses, such as a point that is not on its curve */
function importPublicKey(key: PublicKey): KeyObject {
  switch (key.kind) {
    case 'rsa':
    case 'rsa-pss':
      return createPublicKey({
        key: { kty: 'RSA', n: base64url(key.modulus), e: base64url(key.exponent) },
        format: 'jwk',
      });
    case 'ec': {
      const middle = 1 + FIELD_LENGTH[key.curve];
      const x = base64url(key.point.subarray(1, middle));
      const y = base64url(key.point.subarray(middle));
      return createPublicKey({ key: { kty: 'EC', crv: JWK_CURVE[key.curve], x, y }, format: 'jwk' });
    }
    case 'ed25519':
    case 'ed448': {
      const crv = key.kind === 'ed25519' ? 'Ed25519' : 'Ed448';
      return createPublicKey({ key: { kty: 'OKP', crv, x: base64url(key.key) }, format: 'jwk' });
    }
  }
}
