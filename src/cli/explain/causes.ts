// All causes of failures by their keys, and which alert and which code of ours belongs to which. Both tables are typed by the registries:
// an alert or a code without a cause does not compile.

import type { ErrorCode } from '../../wire/error_codes.ts';
import type { AlertName } from '../../wire/registry/names.ts';
import type { RefusalCode } from '../../x509/refusal.ts';
import type { Cause } from '../texts/cause.ts';
import { CERTIFICATE_CAUSES } from '../texts/causes_certificate.ts';
import { PROTOCOL_CAUSES } from '../texts/causes_protocol.ts';

export type CauseName = keyof typeof CERTIFICATE_CAUSES | keyof typeof PROTOCOL_CAUSES;

export const CAUSES: Readonly<Record<CauseName, Cause>> = { ...CERTIFICATE_CAUSES, ...PROTOCOL_CAUSES };

export const ALERT_CAUSES: Readonly<Record<AlertName, CauseName>> = {
  close_notify: 'orderly_end',
  unexpected_message: 'bad_message',
  bad_record_mac: 'bad_mac',
  decryption_failed: 'obsolete',
  record_overflow: 'too_large',
  decompression_failure: 'obsolete',
  handshake_failure: 'nothing_shared',
  no_certificate: 'obsolete',
  bad_certificate: 'client_refused',
  unsupported_certificate: 'client_refused',
  certificate_revoked: 'client_refused',
  certificate_expired: 'client_refused',
  certificate_unknown: 'client_refused',
  illegal_parameter: 'bad_message',
  unknown_ca: 'client_refused',
  access_denied: 'denied',
  decode_error: 'bad_message',
  decrypt_error: 'bad_proof',
  export_restriction: 'obsolete',
  protocol_version: 'version',
  insufficient_security: 'insufficient',
  internal_error: 'internal',
  inappropriate_fallback: 'fallback',
  user_canceled: 'canceled',
  no_renegotiation: 'no_renegotiation',
  missing_extension: 'extension',
  unsupported_extension: 'extension',
  certificate_unobtainable: 'client_refused',
  unrecognized_name: 'sni',
  bad_certificate_status_response: 'staple',
  bad_certificate_hash_value: 'client_refused',
  unknown_psk_identity: 'psk',
  certificate_required: 'client_required',
  general_error: 'internal',
  no_application_protocol: 'alpn',
  ech_required: 'ech',
};

const BY_CODE: Readonly<Partial<Record<ErrorCode, CauseName>>> = {
  ERR_TLS_NOT_TLS: 'not_tls',
  ERR_TLS_RECORD_VERSION: 'not_tls',
  ERR_TLS_RECORD_OVERFLOW: 'too_large',
  ERR_TLS_BAD_RECORD_MAC: 'bad_mac',
  ERR_TLS_RENEGOTIATION: 'no_renegotiation',
  ERR_TLS_UNEXPECTED_MESSAGE: 'bad_message',
  ERR_TLS_UNEXPECTED_CHANGE_CIPHER_SPEC: 'bad_message',
  ERR_TLS_UNEXPECTED_DATA: 'bad_message',
  ERR_TLS_DOWNGRADE: 'downgrade',
  ERR_TLS_BAD_VERSION: 'version',
  ERR_TLS_UNSOLICITED_EXTENSION: 'extension',
  ERR_TLS_MISSING_EXTENSION: 'extension',
  ERR_TLS_BAD_BINDER: 'psk',
  ERR_TLS_KEY_USAGE: 'key_usage',
  ERR_TLS_BAD_SIGNATURE: 'bad_proof',
  ERR_TLS_BAD_FINISHED: 'bad_proof',
  ERR_TLS_CERTIFICATE_REFUSED: 'certificate_rejected',
  ERR_TLS_NO_SHARED_VERSION: 'version',
  ERR_TLS_NO_SHARED_SUITE: 'nothing_shared',
  ERR_TLS_NO_SHARED_GROUP: 'nothing_shared',
  ERR_TLS_NO_SHARED_SCHEME: 'nothing_shared',
  ERR_TLS_NO_SHARED_ALPN: 'alpn',
  ERR_TLS_INAPPROPRIATE_FALLBACK: 'fallback',
  ERR_TLS_NO_SECURE_RENEGOTIATION: 'renegotiation',
  ERR_TLS_WEAK_DH: 'weak_dh',
  ERR_TLS_NO_CLIENT_CERTIFICATE: 'client_required',
  ERR_TLS_NO_CREDENTIAL: 'client_required',
  ERR_TLS_NO_PSK: 'psk',
  ERR_TLS_UNKNOWN_PSK_IDENTITY: 'psk',
  ERR_TLS_ALERT_RECEIVED: 'handshake',
  ERR_TLS_EOF_IN_HANDSHAKE: 'eof',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'timeout',
  ERR_TLS_TRUNCATED: 'truncated',
};

/** Undefined for what is no matter between two sides: options, the order of calls, a key that is used up. */
export function causeOfCode(code: ErrorCode): CauseName | undefined {
  return BY_CODE[code];
}

/** Refusals of certificates for which other tools have words. */
export const REFUSAL_CAUSES: Readonly<Partial<Record<RefusalCode, CauseName>>> = {
  missing_intermediate: 'missing_intermediate',
  unknown_issuer: 'unknown_root',
  unknown_root: 'unknown_root',
  untrusted_root: 'unknown_root',
  self_signed_leaf: 'self_signed',
  expired: 'expired',
  not_yet_valid: 'not_yet_valid',
  name_mismatch: 'wrong_name',
  no_alternative_name: 'wrong_name',
  common_name_only: 'common_name',
  weak_key: 'weak_key',
  weak_signature_hash: 'weak_signature',
  not_a_ca: 'not_a_ca',
  no_basic_constraints: 'not_a_ca',
  path_length_exceeded: 'not_a_ca',
  no_key_cert_sign: 'not_a_ca',
  wrong_purpose: 'wrong_purpose',
  issuer_wrong_purpose: 'wrong_purpose',
  key_usage_not_for_tls: 'key_usage',
  name_not_permitted: 'name_constraints',
  name_excluded: 'name_constraints',
  revoked_by_crl: 'revoked',
  revoked_by_ocsp: 'revoked',
  ocsp_missing: 'staple',
  pin_mismatch: 'pin',
  malformed_certificate: 'invalid_certificate',
  scts_missing: 'transparency',
};
