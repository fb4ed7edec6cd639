// What every provider checks before it asks its backend: sizes, point formats, DER of ECDSA signatures, and whether a
// key goes with an algorithm. Backends are lax in different ways (OpenSSL takes compressed points, which RFC 8446 4.2.8.2
// forbids), so the rules stand here once and two providers cannot disagree. Nothing here throws for what a peer sent.

import type { CurveName, MontgomeryName, PublicKey, SignatureAlgorithm } from '../crypto/keys.ts';

/** Bytes of a coordinate, which are also the bytes of the shared secret (RFC 8446 7.4.2). */
export const FIELD_LENGTH: Readonly<Record<CurveName | MontgomeryName, number>> = {
  x25519: 32,
  x448: 56,
  secp256r1: 32,
  secp384r1: 48,
  secp521r1: 66,
};

/** RFC 5116 3.1 leaves it open; every AEAD of TLS has N_MIN = N_MAX = 12 (RFC 8446 5.3). */
const NONCE_LENGTH = 12;

/** The largest modulus in bytes (8192 bits): a verification costs a peer nothing and us time that grows with its square. */
export const MAX_RSA_MODULUS = 1024;
const MIN_RSA_MODULUS = 64;
/** Public exponents in use are 3 and 65537; eight bytes bound the work that a certificate can ask for. */
const MAX_RSA_EXPONENT = 8;

/** @throws RangeError unless `nonce` has 12 bytes: a mistake of the caller, never of a peer */
export function requireNonce(nonce: Uint8Array): void {
  if (nonce.length !== NONCE_LENGTH) throw new RangeError(`a nonce of ${nonce.length} bytes, not ${NONCE_LENGTH}`);
}

/** @throws RangeError unless `key` has `length` bytes */
export function requireKeyLength(name: string, key: Uint8Array, length: number): void {
  if (key.length !== length) throw new RangeError(`${name} takes a key of ${length} bytes, not ${key.length}`);
}

/** An uncompressed SEC 1 point of the right length. Whether it is on the curve is the backend's to say. */
export function isUncompressedPoint(curve: CurveName, point: Uint8Array): boolean {
  return point.length === 1 + 2 * FIELD_LENGTH[curve] && point[0] === 4;
}

/** Sizes and parity that every RSA public key has; a backend given less may loop, throw or be slow. */
export function isUsableRsaKey(modulus: Uint8Array, exponent: Uint8Array): boolean {
  if (modulus.length < MIN_RSA_MODULUS || modulus.length > MAX_RSA_MODULUS) return false;
  if (modulus[0] === 0 || ((modulus.at(-1) as number) & 1) === 0) return false;
  if (exponent.length === 0 || exponent.length > MAX_RSA_EXPONENT || exponent[0] === 0) return false;
  return ((exponent.at(-1) as number) & 1) === 1 && !(exponent.length === 1 && exponent[0] === 1);
}

/** Whether signatures of `algorithm` can be made with `key` at all, the restrictions of id-RSASSA-PSS included. */
export function keyGoesWith(key: PublicKey, algorithm: SignatureAlgorithm): boolean {
  switch (algorithm.kind) {
    case 'rsa-pkcs1':
      return key.kind === 'rsa';
    case 'rsa-pss':
      if (key.kind === 'rsa') return true;
      if (key.kind !== 'rsa-pss') return false;
      // RFC 4055 3.1: the parameters of the key bind the signatures that are made with it.
      return (
        (key.hash === undefined || key.hash === algorithm.hash) && algorithm.saltLength >= (key.minSaltLength ?? 0)
      );
    case 'ecdsa':
      return key.kind === 'ec';
    case 'ed25519':
    case 'ed448':
      return key.kind === algorithm.kind;
  }
}

/** Everything about a signature that can be refused without mathematics. */
export function couldVerify(key: PublicKey, algorithm: SignatureAlgorithm, signature: Uint8Array): boolean {
  if (!keyGoesWith(key, algorithm)) return false;
  switch (key.kind) {
    case 'rsa':
    case 'rsa-pss':
      // RFC 8017 8.1.2 and 8.2.2, step 1: the signature is exactly as long as the modulus.
      return isUsableRsaKey(key.modulus, key.exponent) && signature.length === key.modulus.length;
    case 'ec':
      return isUncompressedPoint(key.curve, key.point) && isStrictEcdsaSignature(signature, FIELD_LENGTH[key.curve]);
    case 'ed25519':
      return key.key.length === 32 && signature.length === 64;
    case 'ed448':
      return key.key.length === 57 && signature.length === 114;
  }
}

/**
 * Whether `signature` is Ecdsa-Sig-Value (RFC 3279 2.2.3) in DER: minimal lengths, two minimal positive integers of at
 * most `scalarLength` bytes, nothing after them. Their range is the backend's to check.
 */
export function isStrictEcdsaSignature(signature: Uint8Array, scalarLength: number): boolean {
  if (signature[0] !== 0x30) return false;
  let at = 2;
  let length = signature[1] ?? 0;
  if (length === 0x81) {
    length = signature[2] ?? 0;
    if (length < 0x80) return false;
    at = 3;
  } else if (length > 0x7f) {
    return false;
  }
  if (signature.length !== at + length) return false;
  at = endOfPositiveInteger(signature, at, scalarLength);
  if (at === 0) return false;
  return endOfPositiveInteger(signature, at, scalarLength) === signature.length;
}

/** The offset after the INTEGER at `at`, or 0 when it is not a minimal positive one of at most `maxLength` bytes. */
function endOfPositiveInteger(der: Uint8Array, at: number, maxLength: number): number {
  const length = der[at + 1] ?? 0;
  const end = at + 2 + length;
  if (der[at] !== 0x02 || length === 0 || length > 0x7f || end > der.length) return 0;
  const first = der[at + 2] as number;
  if (first >= 0x80) return 0;
  if (first === 0) {
    // A leading zero is allowed only where the next bit would make the integer negative; zero itself is never a scalar.
    if (length === 1 || (der[at + 3] as number) < 0x80) return 0;
    return length - 1 > maxLength ? 0 : end;
  }
  return length > maxLength ? 0 : end;
}
