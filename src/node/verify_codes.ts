// What node:tls says of a certificate that is refused: OpenSSL's X509_V_ERR_* without the prefix, and its words. Many faults
// have but one word there (UNSPECIFIED, INVALID_CA); err.tls says which of them it was.

import type { Refusal, RefusalCode } from '../x509/refusal.ts';

type Row = readonly [code: string, words: string];

const SELF_SIGNED: Row = ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'];
const NO_LEAF_SIGNATURE: Row = ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate'];
const NO_ISSUER: Row = ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unable to get local issuer certificate'];
const NO_ISSUER_OF_OURS: Row = ['UNABLE_TO_GET_ISSUER_CERT', 'unable to get issuer certificate'];
const UNKNOWN_ROOT: Row = ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain'];
const EXPIRED: Row = ['CERT_HAS_EXPIRED', 'certificate has expired'];
const NOT_YET: Row = ['CERT_NOT_YET_VALID', 'certificate is not yet valid'];
const BAD_SIGNATURE: Row = ['CERT_SIGNATURE_FAILURE', 'certificate signature failure'];
const INVALID_CA: Row = ['INVALID_CA', 'invalid CA certificate'];
const PATH_LENGTH: Row = ['PATH_LENGTH_EXCEEDED', 'path length constraint exceeded'];
const TOO_LONG: Row = ['CERT_CHAIN_TOO_LONG', 'certificate chain too long'];
const PURPOSE: Row = ['INVALID_PURPOSE', 'unsuitable certificate purpose'];
const REVOKED: Row = ['CERT_REVOKED', 'certificate revoked'];
const NO_CRL: Row = ['UNABLE_TO_GET_CRL', 'unable to get certificate CRL'];
const BAD_CRL: Row = ['CRL_SIGNATURE_FAILURE', 'CRL signature failure'];
const OLD_CRL: Row = ['CRL_HAS_EXPIRED', 'CRL has expired'];
const REJECTED: Row = ['CERT_REJECTED', 'certificate rejected'];
const OTHER: Row = ['UNSPECIFIED', 'certificate verification error'];

const ROWS: { readonly [C in RefusalCode]?: Row } = {
  no_trust_anchors: NO_LEAF_SIGNATURE,
  missing_intermediate: NO_LEAF_SIGNATURE,
  unknown_issuer: NO_LEAF_SIGNATURE,
  unknown_root: NO_ISSUER,
  untrusted_root: UNKNOWN_ROOT,
  self_signed_leaf: SELF_SIGNED,
  path_loop: NO_ISSUER,
  expired: EXPIRED,
  not_yet_valid: NOT_YET,
  bad_signature: BAD_SIGNATURE,
  no_basic_constraints: INVALID_CA,
  not_a_ca: INVALID_CA,
  path_length_exceeded: PATH_LENGTH,
  too_many_intermediates: TOO_LONG,
  too_many_certificates: TOO_LONG,
  wrong_purpose: PURPOSE,
  issuer_wrong_purpose: PURPOSE,
  key_usage_not_for_tls: PURPOSE,
  revoked_by_crl: REVOKED,
  revoked_by_ocsp: REVOKED,
  crl_missing: NO_CRL,
  crl_malformed: NO_CRL,
  crl_not_usable: NO_CRL,
  crl_bad_signature: BAD_CRL,
  crl_issuer_no_crl_sign: BAD_CRL,
  crl_out_of_date: OLD_CRL,
  pin_mismatch: REJECTED,
};

/** The code and the words that node:tls has for a refusal. */
export function verifyCodeOf({ code, certificate }: Refusal): Row {
  const row = ROWS[code] ?? OTHER;
  // OpenSSL tells a path that ends with the leaf from one that ends further up, and with one of our own.
  if (certificate?.kind === 'held') return row === NO_LEAF_SIGNATURE || row === NO_ISSUER ? NO_ISSUER_OF_OURS : row;
  const above = certificate?.kind === 'chain' && certificate.index > 0;
  return row === NO_LEAF_SIGNATURE && above ? NO_ISSUER : row;
}

/** Refusals that are about names: node:tls compares them itself, with a code of its own. */
export const NAME_REFUSALS: readonly RefusalCode[] = ['name_mismatch', 'no_alternative_name', 'common_name_only'];

export const ALTNAME_INVALID = 'ERR_TLS_CERT_ALTNAME_INVALID';
