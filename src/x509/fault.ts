// A refusal as the rules find it: its code, the certificate at fault, and the values that its sentence is made of, which
// sentences.ts puts into words. Values that a peer chose are escaped already.

import { type Alert, type CertificateRef, plainRef, type Refusal, type RefusalCode, refText } from './refusal.ts';
import type { SENTENCES } from './sentences.ts';

export interface Fault {
  readonly code: RefusalCode;
  readonly ref: CertificateRef | undefined;
  readonly values: object;
  readonly published?: readonly string[];
}

/** The values that the sentence of a code takes; none at all for many. */
type Values<C extends RefusalCode> = Second<Parameters<(typeof SENTENCES)[C][1]>>;
type Second<P> = P extends [string, infer V] ? [values: V] : [];

export function refuse<C extends RefusalCode>(code: C, ref: CertificateRef | undefined, ...rest: Values<C>): Fault {
  const [values = {}] = rest as readonly object[];
  return { code, ref, values };
}

/**
 * The alerts of codes, where it is not bad_certificate (RFC 8446 6.2). That one is also for signatures that are not verified at
 * all, since it must be for those with MD5 (4.4.2.4).
 */
const ALERTS: { readonly [C in RefusalCode]?: Alert } = {
  invalid_server_name: 'certificate_unknown',
  no_trust_anchors: 'unknown_ca',
  missing_intermediate: 'unknown_ca',
  unknown_issuer: 'unknown_ca',
  unknown_root: 'unknown_ca',
  untrusted_root: 'unknown_ca',
  self_signed_leaf: 'unknown_ca',
  path_loop: 'unknown_ca',
  path_budget_exceeded: 'certificate_unknown',
  unsupported_key: 'unsupported_certificate',
  expired: 'certificate_expired',
  not_yet_valid: 'certificate_expired',
  not_version_3: 'unsupported_certificate',
  no_basic_constraints: 'unknown_ca',
  not_a_ca: 'unknown_ca',
  wrong_purpose: 'unsupported_certificate',
  issuer_wrong_purpose: 'unsupported_certificate',
  key_usage_not_for_tls: 'unsupported_certificate',
  unknown_critical_extension: 'unsupported_certificate',
  name_constraint_unsupported: 'unsupported_certificate',
  revoked_by_crl: 'certificate_revoked',
  crl_missing: 'certificate_unknown',
  crl_malformed: 'certificate_unknown',
  crl_out_of_date: 'certificate_unknown',
  crl_bad_signature: 'certificate_unknown',
  crl_issuer_no_crl_sign: 'certificate_unknown',
  crl_not_usable: 'certificate_unknown',
  revoked_by_ocsp: 'certificate_revoked',
  ocsp_missing: 'bad_certificate_status_response',
  ocsp_malformed: 'bad_certificate_status_response',
  ocsp_not_successful: 'bad_certificate_status_response',
  ocsp_wrong_certificate: 'bad_certificate_status_response',
  ocsp_wrong_signer: 'bad_certificate_status_response',
  ocsp_bad_signature: 'bad_certificate_status_response',
  ocsp_out_of_date: 'bad_certificate_status_response',
  ocsp_status_unknown: 'bad_certificate_status_response',
  scts_missing: 'certificate_unknown',
};

export function alertOf(code: RefusalCode): Alert {
  return ALERTS[code] ?? 'bad_certificate';
}

/** The refusal without the texts of sentences.ts: `expired, the leaf (example.com), until 1577836800000, now 1795341600000`. */
export function bareRefusal({ code, ref, values, published }: Fault): Refusal {
  const actual = Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(', ');
  const text = [code, ref && refText(ref), actual].filter(Boolean).join(', ');
  const certificate = ref && plainRef(ref);
  return {
    code,
    certificate,
    check: '',
    alert: alertOf(code),
    expected: '',
    actual,
    text,
    ...(published && { published }),
  };
}

function valueText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `${value}`;
  return 'subject' in value ? `${value.subject}` : Object.values(value).map(valueText).join(' ');
}
