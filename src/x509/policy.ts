// What is a matter of taste about certificates, as data: `web` is what browsers and the CA/Browser Forum's profile ask
// for, `compatible` what node:tls (OpenSSL at security level 1, Node's checkServerIdentity) lets pass. Rules of RFC 5280
// that nobody waives are not here. A policy of one's own is `{ ...WEB, minRsaBits: 3072 }`; POLICY_ROWS says what each
// row means.

import type { CurveName, HashName } from '../crypto/keys.ts';

export interface Policy {
  readonly name: string;
  readonly minRsaBits: number;
  readonly maxRsaBits: number;
  readonly rsaWholeBytes: boolean;
  readonly curves: readonly CurveName[];
  readonly signatureHashes: readonly HashName[];
  readonly commonNameFallback: boolean;
  readonly partialWildcards: boolean;
  readonly leafMayBeCa: boolean;
  readonly anyPurposeInIssuers: boolean;
  readonly version1Anchors: boolean;
  readonly profile: boolean;
  readonly leadingDotConstraints: boolean;
  readonly maxIntermediates: number;
  readonly crlMissing: 'accept' | 'refuse';
  readonly mustStaple: 'always' | 'enforce' | 'ignore';
  readonly badStaple: 'refuse' | 'refuse_unless_stale' | 'ignore';
  readonly minimumScts: number;
}

export type PolicyRow = Exclude<keyof Policy, 'name'>;

export const WEB: Policy = {
  name: 'web',
  minRsaBits: 2048,
  maxRsaBits: 8192,
  rsaWholeBytes: true,
  curves: ['secp256r1', 'secp384r1', 'secp521r1'],
  signatureHashes: ['sha256', 'sha384', 'sha512'],
  commonNameFallback: false,
  partialWildcards: false,
  leafMayBeCa: false,
  anyPurposeInIssuers: true,
  version1Anchors: false,
  profile: true,
  leadingDotConstraints: false,
  maxIntermediates: 10,
  crlMissing: 'accept',
  mustStaple: 'enforce',
  badStaple: 'refuse_unless_stale',
  minimumScts: 2,
};

export const COMPATIBLE: Policy = {
  name: 'compatible',
  minRsaBits: 1024,
  maxRsaBits: 16384,
  rsaWholeBytes: false,
  curves: ['secp256r1', 'secp384r1', 'secp521r1'],
  signatureHashes: ['sha256', 'sha384', 'sha512'],
  commonNameFallback: true,
  partialWildcards: true,
  leafMayBeCa: true,
  anyPurposeInIssuers: false,
  version1Anchors: true,
  profile: false,
  leadingDotConstraints: true,
  maxIntermediates: 100,
  crlMissing: 'refuse',
  mustStaple: 'ignore',
  badStaple: 'ignore',
  minimumScts: 0,
};

/** What each row decides, where the rule is written, and who does what. */
export const POLICY_ROWS: Readonly<Record<PolicyRow, string>> = {
  minRsaBits: 'Smallest RSA modulus. CA/Browser Forum BR 6.1.5: 2048; OpenSSL security level 1: 1024.',
  maxRsaBits: 'Largest RSA modulus: a verification costs time with its cube. OpenSSL stops at 16384.',
  rsaWholeBytes: 'RSA moduli have a number of bits that divides by eight (BR 6.1.5).',
  curves: 'Curves of EC keys. The CA/Browser Forum names P-256, P-384 and P-521 (BR 6.1.5).',
  signatureHashes: 'Hashes in signatures of certificates. Browsers refuse SHA-1 since 2017, OpenSSL 3 at level 1 too.',
  commonNameFallback:
    'Without any dNSName the common name is compared. RFC 9525 forbids it and browsers refuse; Node and curl accept.',
  partialWildcards: 'ba*.example.com stands for baz.example.com. RFC 9525 6.3 forbids it; Node accepts.',
  leafMayBeCa: 'A CA certificate may be a server (BR 7.1.2.7.8: cA MUST be FALSE). OpenSSL does not mind.',
  anyPurposeInIssuers: 'anyExtendedKeyUsage in a CA certificate allows TLS. Browsers: yes; OpenSSL: no.',
  version1Anchors:
    'A trust anchor may be of version 1 or lack basicConstraints, as OpenSSL allows for self-signed ones.',
  profile:
    'The MUSTs for CAs that do not change what is proven: criticality of extensions, key identifiers, serial numbers, ' +
    'subjects of CAs, addresses in common names, extensions out of place (RFC 5280 4, BR 7.1.2). OpenSSL checks them only with -x509_strict.',
  leadingDotConstraints:
    'A dNSName constraint may begin with a dot, as OpenSSL reads it; RFC 5280 4.2.1.10 has no such form.',
  maxIntermediates: 'Intermediates in a path, self-issued ones not counted. Browsers differ; OpenSSL: 100.',
  crlMissing: 'What happens when CRLs were given and none covers a certificate. Browsers go on; Node refuses.',
  mustStaple:
    'RFC 7633: a certificate that demands a stapled OCSP response. Firefox enforces it; Chrome, Node and curl do not. ' +
    '`always` demands one of every certificate, as curl --cert-status does.',
  badStaple:
    'A stapled response that proves nothing. Firefox refuses, but for an old one or "try later"; Chrome and Node ignore ' +
    'it. One that proves revocation always refuses.',
  minimumScts: 'Valid SCTs from different logs, when a log list is given. Chrome and Safari: two or more (RFC 6962).',
};
