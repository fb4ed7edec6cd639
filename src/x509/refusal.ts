// Why a chain was refused, as data: a code of its own for each fault, the certificate at fault, the rule, the two values
// that were compared, one English sentence, and the alert that a TLS endpoint sends (RFC 8446 6.2). All text that came
// from a certificate is escaped already.

import type { Certificate } from './certificate.ts';
import { displayName } from './names.ts';

type Alert =
  | 'unknown_ca'
  | 'certificate_expired'
  | 'bad_certificate'
  | 'unsupported_certificate'
  | 'certificate_revoked'
  | 'certificate_unknown'
  | 'bad_certificate_status_response';

/** Which certificate: its place in the chain as sent (0 is the leaf), or a trust anchor. */
export type CertificateRef =
  | { readonly kind: 'chain'; readonly index: number; readonly subject: string }
  | { readonly kind: 'anchor'; readonly subject: string };

export interface Refusal {
  readonly code: RefusalCode;
  readonly certificate: CertificateRef | undefined;
  /** The rule, with the section that states it. */
  readonly check: string;
  readonly expected: string;
  readonly actual: string;
  readonly text: string;
  readonly alert: Alert;
  /** For a missing issuer: where the certificate says it is published (authority information access), escaped. */
  readonly published?: readonly string[];
}

/** Each code with its rule and alert. */
export const REFUSALS = {
  empty_chain: ['RFC 8446 4.4.2.4: a server must send a certificate', 'bad_certificate'],
  too_many_certificates: ['bound on work', 'bad_certificate'],
  malformed_certificate: ['X.690: DER; RFC 5280 4: syntax', 'bad_certificate'],
  invalid_server_name: ['RFC 9525: a DNS name of A-labels or an IP address', 'certificate_unknown'],
  no_trust_anchors: ['RFC 5280 6.1.1 (d): trust anchor information', 'unknown_ca'],
  missing_intermediate: ['RFC 5280 6.1: a path to a trust anchor', 'unknown_ca'],
  unknown_issuer: ['RFC 5280 6.1: a path to a trust anchor', 'unknown_ca'],
  unknown_root: ['RFC 5280 6.1: a path to a trust anchor', 'unknown_ca'],
  untrusted_root: ['RFC 5280 6.1: a path to a trust anchor', 'unknown_ca'],
  self_signed_leaf: ['RFC 5280 6.1: a path to a trust anchor', 'unknown_ca'],
  path_loop: ['RFC 5280 6.1: a path to a trust anchor', 'unknown_ca'],
  path_budget_exceeded: ['bound on work', 'certificate_unknown'],
  signature_key_mismatch: ['RFC 5280 6.1.3 (a)(1): the algorithm goes with the key of the issuer', 'bad_certificate'],
  bad_signature: ['RFC 5280 6.1.3 (a)(1): signature', 'bad_certificate'],
  signature_algorithm_mismatch: ['RFC 5280 4.1.1.2: both algorithm identifiers are the same', 'bad_certificate'],
  unsupported_signature_algorithm: ['a signature algorithm that can be verified', 'unsupported_certificate'],
  unsupported_key: ['a public key that TLS can use', 'unsupported_certificate'],
  weak_key: ['policy: minRsaBits, maxRsaBits, rsaWholeBytes, curves', 'bad_certificate'],
  weak_signature_hash: ['policy: signatureHashes', 'bad_certificate'],
  expired: ['RFC 5280 6.1.3 (a)(2): validity', 'certificate_expired'],
  not_yet_valid: ['RFC 5280 6.1.3 (a)(2): validity', 'certificate_expired'],
  not_version_3: ['RFC 5280 6.1.4 (k): version 3', 'unsupported_certificate'],
  no_basic_constraints: ['RFC 5280 6.1.4 (k): basicConstraints', 'unknown_ca'],
  not_a_ca: ['RFC 5280 6.1.4 (k): cA TRUE', 'unknown_ca'],
  path_length_exceeded: ['RFC 5280 6.1.4 (l): pathLenConstraint', 'bad_certificate'],
  too_many_intermediates: ['policy: maxIntermediates', 'bad_certificate'],
  no_key_cert_sign: ['RFC 5280 6.1.4 (n): keyCertSign', 'bad_certificate'],
  wrong_purpose: ['RFC 5280 4.2.1.12: extended key usage', 'unsupported_certificate'],
  issuer_wrong_purpose: ['chained extended key usage (BR 7.1.2.10.6)', 'unsupported_certificate'],
  key_usage_not_for_tls: ['RFC 5280 4.2.1.3: key usage', 'unsupported_certificate'],
  unknown_critical_extension: ['RFC 5280 4.2: unrecognized critical extension', 'unsupported_certificate'],
  name_not_permitted: ['RFC 5280 6.1.3 (b): permitted subtrees', 'bad_certificate'],
  name_excluded: ['RFC 5280 6.1.3 (c): excluded subtrees', 'bad_certificate'],
  name_constraint_unsupported: ['RFC 5280 4.2.1.10: process the constraint or reject', 'unsupported_certificate'],
  malformed_name_constraints: ['RFC 5280 4.2.1.10: forms of constraints', 'bad_certificate'],
  malformed_alternative_name: ['RFC 5280 4.2.1.6: forms of names', 'bad_certificate'],
  policy_required: ['RFC 5280 6.1.5 (g): explicit policy', 'bad_certificate'],
  no_alternative_name: ['RFC 9525 6: names in subjectAltName', 'bad_certificate'],
  common_name_only: ['RFC 9525 2: the common name does not count', 'bad_certificate'],
  pin_mismatch: ['RFC 7469 2.6: a pinned public key', 'bad_certificate'],
  name_mismatch: ['RFC 9525 6: the name that was asked for', 'bad_certificate'],
  leaf_is_ca: ['policy: leafMayBeCa', 'bad_certificate'],
  common_name_form: ['policy: profile (BR 7.1.4.3)', 'bad_certificate'],
  wrong_criticality: ['policy: profile (criticality of extensions)', 'bad_certificate'],
  bad_serial_number: ['policy: profile (RFC 5280 4.1.2.2)', 'bad_certificate'],
  empty_name: ['policy: profile (RFC 5280 4.1.2.4, 4.1.2.6)', 'bad_certificate'],
  missing_key_identifier: ['policy: profile (RFC 5280 4.2.1.1, 4.2.1.2)', 'bad_certificate'],
  authority_key_identifier_form: ['policy: profile (BR 7.1.2.1.3, 7.1.2.11.1)', 'bad_certificate'],
  misplaced_extension: ['policy: profile (RFC 5280 4.2.1.9, 4.2.1.10; BR 7.1.2.1.2)', 'bad_certificate'],
  inconsistent_key_usage: ['policy: profile (RFC 5280 4.2.1.3, 4.2.1.9)', 'bad_certificate'],
  revoked_by_crl: ['RFC 5280 6.3: CRL', 'certificate_revoked'],
  crl_missing: ['policy: crlMissing', 'certificate_unknown'],
  crl_malformed: ['RFC 5280 5.1: syntax', 'certificate_unknown'],
  crl_out_of_date: ['RFC 5280 6.3.3 (a): a current CRL', 'certificate_unknown'],
  crl_bad_signature: ['RFC 5280 6.3.3 (g): signature', 'certificate_unknown'],
  crl_issuer_no_crl_sign: ['RFC 5280 6.3.3 (f): cRLSign', 'certificate_unknown'],
  crl_not_usable: ['RFC 5280 6.3.3 (b), (c): scope', 'certificate_unknown'],
  revoked_by_ocsp: ['RFC 6960 2.2: certificate status', 'certificate_revoked'],
  ocsp_missing: ['RFC 7633 4.2.3.1: must-staple', 'bad_certificate_status_response'],
  ocsp_malformed: ['RFC 6960 4.2.1: syntax', 'bad_certificate_status_response'],
  ocsp_not_successful: ['RFC 6960 4.2.1: responseStatus', 'bad_certificate_status_response'],
  ocsp_wrong_certificate: ['RFC 6960 3.2 (1): the certificate in question', 'bad_certificate_status_response'],
  ocsp_wrong_signer: ['RFC 6960 4.2.2.2: authorized responders', 'bad_certificate_status_response'],
  ocsp_bad_signature: ['RFC 6960 3.2 (2): signature', 'bad_certificate_status_response'],
  ocsp_out_of_date: ['RFC 6960 3.2 (5), (6): thisUpdate and nextUpdate', 'bad_certificate_status_response'],
  ocsp_status_unknown: ['RFC 6960 2.2: certificate status', 'bad_certificate_status_response'],
  scts_missing: ['policy: minimumScts', 'certificate_unknown'],
} as const satisfies Record<string, readonly [check: string, alert: Alert]>;

export type RefusalCode = keyof typeof REFUSALS;

export interface Fault {
  readonly expected: string;
  readonly actual: string;
  readonly text: string;
}

/** A reference whose subject is decoded only when somebody reads it. (A getter in an object literal would cost more.) */
export class LazyRef {
  readonly kind: 'chain' | 'anchor';
  readonly index: number;
  private readonly certificate: Certificate;
  private text: string | undefined;

  /** `index` below zero: a trust anchor. */
  constructor(index: number, certificate: Certificate) {
    this.kind = index < 0 ? 'anchor' : 'chain';
    this.index = index;
    this.certificate = certificate;
  }

  get subject(): string {
    this.text ??= subjectText(this.certificate);
    return this.text;
  }

  toJSON(): CertificateRef {
    return plainRef(this as CertificateRef);
  }
}

export function chainRef(index: number, certificate: Certificate): CertificateRef {
  return new LazyRef(index, certificate) as CertificateRef;
}

/** The reference as plain data. */
export function plainRef(ref: CertificateRef): CertificateRef {
  const { kind, subject } = ref;
  return kind === 'chain' ? { kind, index: ref.index, subject } : { kind, subject };
}

export function refuse(code: RefusalCode, certificate: CertificateRef | undefined, fault: Fault): Refusal {
  const [check, alert] = REFUSALS[code];
  return { code, certificate: certificate && plainRef(certificate), check, alert, ...fault };
}

/** `the leaf (example.com)`, `certificate 1 (R3)`, `the trust anchor (ISRG Root X1)`: for sentences. */
export function refText(ref: CertificateRef): string {
  const place = ref.kind === 'anchor' ? 'the trust anchor' : ref.index === 0 ? 'the leaf' : `certificate ${ref.index}`;
  return `${place} (${ref.subject})`;
}

/** What to call `certificate` in texts: escaped and cut. */
export function subjectText(certificate: Certificate): string {
  try {
    const text = displayName(certificate.subject);
    return text.length > 120 ? `${text.slice(0, 120)}...` : text;
  } catch {
    return '(unreadable name)';
  }
}
