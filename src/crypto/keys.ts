// Public keys as plain data, between the certificate parser (which reads them) and the providers (which use them), and
// the names of the primitives that TLS asks for. Nothing here computes.

export type HashName = 'sha1' | 'sha256' | 'sha384' | 'sha512';
export type CurveName = 'secp256r1' | 'secp384r1' | 'secp521r1';
/** The names that end in `-8` have a tag of 8 bytes (RFC 6655), the others one of 16. */
export type CcmName = 'aes-128-ccm' | 'aes-128-ccm-8' | 'aes-256-ccm' | 'aes-256-ccm-8';
export type AeadName = 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305' | CcmName;
export type CbcName = 'aes-128-cbc' | 'aes-256-cbc';
export type MontgomeryName = 'x25519' | 'x448';
/** The finite field groups of RFC 7919. */
export type FfdheName = 'ffdhe2048' | 'ffdhe3072' | 'ffdhe4096' | 'ffdhe6144' | 'ffdhe8192';
/** Groups in which both sides do the same. */
export type DhGroupName = CurveName | MontgomeryName | FfdheName;
/**
 * Groups in which they do not, of TLS 1.3 alone: the hybrid of X25519 and ML-KEM-768 (draft-ietf-tls-ecdhe-mlkem), and ML-KEM-1024
 * by itself (draft-ietf-tls-mlkem).
 */
export type KemGroupName = 'X25519MLKEM768' | 'MLKEM1024';
export type GroupName = DhGroupName | KemGroupName;

/**
 * A public key out of a SubjectPublicKeyInfo. `modulus` and `exponent` are unsigned big-endian without leading zeros;
 * `point` is an uncompressed SEC 1 point (04 || X || Y) whose length fits the curve; `key` is RFC 8032's encoding.
 */
export type PublicKey =
  | { readonly kind: 'rsa'; readonly modulus: Uint8Array; readonly exponent: Uint8Array }
  /** id-RSASSA-PSS: never for encryption or PKCS#1 v1.5; `hash`, when there, is the only one allowed (RFC 4055). */
  | {
      readonly kind: 'rsa-pss';
      readonly modulus: Uint8Array;
      readonly exponent: Uint8Array;
      readonly hash?: HashName;
      readonly minSaltLength?: number;
    }
  | { readonly kind: 'ec'; readonly curve: CurveName; readonly point: Uint8Array }
  | { readonly kind: 'ed25519' | 'ed448'; readonly key: Uint8Array };

/** What a signature is made with. The PSS salt is as long as the hash (RFC 8446 4.2.3); ECDSA is DER (r, s). */
export type SignatureAlgorithm =
  | { readonly kind: 'rsa-pkcs1'; readonly hash: HashName }
  | { readonly kind: 'rsa-pss'; readonly hash: HashName; readonly saltLength: number }
  | { readonly kind: 'ecdsa'; readonly hash: HashName }
  | { readonly kind: 'ed25519' | 'ed448' };

/** Bits of the modulus or of the curve. */
export function keyBits(key: PublicKey): number {
  switch (key.kind) {
    case 'rsa':
    case 'rsa-pss':
      return key.modulus.length === 0 ? 0 : 8 * key.modulus.length - Math.clz32(key.modulus.at(0) ?? 0) + 24;
    case 'ec':
      return CURVE_BITS[key.curve];
    case 'ed25519':
      return 256;
    case 'ed448':
      return 456;
  }
}

export const CURVE_BITS: Readonly<Record<CurveName, number>> = { secp256r1: 256, secp384r1: 384, secp521r1: 521 };
