// Signature schemes (RFC 8446 4.2.3): what each number signs with, and which keys may use it in which version. In TLS 1.2
// the ECDSA numbers mean "ECDSA with this hash" on any curve (RFC 8446 4.2.3, last paragraph of ECDSA); in 1.3 they fix
// the curve, and PKCS#1 v1.5 is no longer allowed in handshake signatures.

import type { CurveName, HashName, PublicKey, SignatureAlgorithm } from './keys.ts';

export interface Scheme {
  readonly id: number;
  readonly algorithm: SignatureAlgorithm;
  /** The key it goes with. */
  readonly key: PublicKey['kind'];
  /** The curve it fixes in TLS 1.3. */
  readonly curve?: CurveName;
  /** Whether a TLS 1.3 CertificateVerify may use it; `client`: that of a client alone. */
  readonly tls13: boolean | 'client';
  /** Whether TLS 1.2 has it too, as it has all of RFC 8446. */
  readonly tls12?: false;
  /** Whether it must be named, and `legacy` be set: RFC 9155 forbids it. */
  readonly weak?: true;
}

const pss = (id: number, key: 'rsa' | 'rsa-pss', hash: HashName, saltLength: number): Scheme => ({
  id,
  algorithm: { kind: 'rsa-pss', hash, saltLength },
  key,
  tls13: true,
});
const pkcs1 = (id: number, hash: HashName): Scheme => ({
  id,
  algorithm: { kind: 'rsa-pkcs1', hash },
  key: 'rsa',
  tls13: false,
});
const ecdsa = (id: number, hash: HashName, curve: CurveName): Scheme => ({
  id,
  algorithm: { kind: 'ecdsa', hash },
  key: 'ec',
  curve,
  tls13: true,
});

/** In order of preference. SHA-1 is absent: no handshake signature is made or accepted with it unless it is asked for. */
export const SCHEMES: readonly Scheme[] = [
  { id: 0x0807, algorithm: { kind: 'ed25519' }, key: 'ed25519', tls13: true },
  ecdsa(0x0403, 'sha256', 'secp256r1'),
  ecdsa(0x0503, 'sha384', 'secp384r1'),
  ecdsa(0x0603, 'sha512', 'secp521r1'),
  { id: 0x0808, algorithm: { kind: 'ed448' }, key: 'ed448', tls13: true },
  pss(0x0804, 'rsa', 'sha256', 32),
  pss(0x0805, 'rsa', 'sha384', 48),
  pss(0x0806, 'rsa', 'sha512', 64),
  pss(0x0809, 'rsa-pss', 'sha256', 32),
  pss(0x080a, 'rsa-pss', 'sha384', 48),
  pss(0x080b, 'rsa-pss', 'sha512', 64),
  pkcs1(0x0401, 'sha256'),
  pkcs1(0x0501, 'sha384'),
  pkcs1(0x0601, 'sha512'),
];

/**
 * What is used only where it is named: SHA-1 in TLS 1.2, for peers that can do nothing else, and PKCS#1 v1.5 in the
 * CertificateVerify of a TLS 1.3 client, for tokens that can do nothing else (draft-ietf-tls-tls13-pkcs1).
 */
const NAMED_SCHEMES: readonly Scheme[] = [
  { ...pkcs1(0x0420, 'sha256'), tls13: 'client', tls12: false },
  { ...pkcs1(0x0201, 'sha1'), weak: true },
  { id: 0x0203, algorithm: { kind: 'ecdsa', hash: 'sha1' }, key: 'ec', tls13: false, weak: true },
];

export const ALL_SCHEMES: readonly Scheme[] = [...SCHEMES, ...NAMED_SCHEMES];

/** Whether `key` can sign with `scheme` in this version. An RSA modulus must hold the encoding (RFC 8017 9.1.1, 9.2). */
export function schemeFitsKey(scheme: Scheme, key: PublicKey, version: 'tls12' | 'tls13'): boolean {
  if (scheme.key !== key.kind) return false;
  if (!isOf(scheme, version)) return false;
  if (key.kind === 'ec') return version === 'tls12' || key.curve === scheme.curve;
  if (key.kind === 'rsa-pss' && key.hash !== undefined && 'hash' in scheme.algorithm) {
    if (key.hash !== scheme.algorithm.hash) return false;
  }
  if (scheme.algorithm.kind === 'rsa-pss')
    return key.kind !== 'rsa' && key.kind !== 'rsa-pss' ? false : fitsPss(scheme, key.modulus.length);
  return true;
}

export function isOf({ tls12, tls13 }: Scheme, version: 'tls12' | 'tls13'): boolean {
  return version === 'tls12' ? tls12 !== false : tls13 !== false;
}

function fitsPss(scheme: Scheme, modulusLength: number): boolean {
  // emLen >= hLen + sLen + 2, and the salt is as long as the hash.
  return scheme.algorithm.kind === 'rsa-pss' && modulusLength >= 2 * scheme.algorithm.saltLength + 2;
}
