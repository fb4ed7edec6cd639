// Every fault that the engine can name: its stable code, whose fault it is, and the alert that answers it (RFC 8446 6,
// RFC 5246 7.2). One row for one fault; two faults never share a code.

import type { AlertName } from './registry/names.ts';
import type { Fault } from './tls_error.ts';

interface Row {
  readonly fault: Fault;
  /** What we send; undefined when nothing can or need be sent. */
  readonly alert: AlertName | undefined;
}

const peer = (alert: AlertName): Row => ({ fault: 'peer', alert });
const incompatible = (alert: AlertName): Row => ({ fault: 'incompatible', alert });
const local = (alert: AlertName | undefined): Row => ({ fault: 'local', alert });
const transport: Row = { fault: 'transport', alert: undefined };

export const ERROR_CODES = {
  // Format.
  ERR_TLS_DECODE: peer('decode_error'),
  ERR_TLS_ILLEGAL_VALUE: peer('illegal_parameter'),
  ERR_TLS_DUPLICATE_EXTENSION: peer('decode_error'),
  ERR_TLS_MISPLACED_EXTENSION: peer('illegal_parameter'),
  ERR_TLS_UNSOLICITED_EXTENSION: peer('unsupported_extension'),
  ERR_TLS_MISSING_EXTENSION: peer('missing_extension'),
  // Records.
  ERR_TLS_NOT_TLS: peer('unexpected_message'),
  ERR_TLS_RECORD_VERSION: peer('protocol_version'),
  ERR_TLS_RECORD_OVERFLOW: peer('record_overflow'),
  ERR_TLS_BAD_RECORD_MAC: peer('bad_record_mac'),
  ERR_TLS_BAD_INNER_PLAINTEXT: peer('unexpected_message'),
  ERR_TLS_EMPTY_RECORD: peer('unexpected_message'),
  ERR_TLS_INTERLEAVED: peer('unexpected_message'),
  ERR_TLS_KEY_CHANGE_MID_MESSAGE: peer('unexpected_message'),
  ERR_TLS_MESSAGE_TOO_EARLY: peer('unexpected_message'),
  ERR_TLS_BAD_CHANGE_CIPHER_SPEC: peer('unexpected_message'),
  ERR_TLS_BAD_ALERT: peer('decode_error'),
  ERR_TLS_MESSAGE_TOO_LARGE: peer('illegal_parameter'),
  ERR_TLS_TOO_MANY_EMPTY_RECORDS: peer('unexpected_message'),
  ERR_TLS_TOO_MANY_CHANGE_CIPHER_SPECS: peer('unexpected_message'),
  ERR_TLS_TOO_MANY_WARNINGS: peer('unexpected_message'),
  ERR_TLS_TOO_MANY_POST_HANDSHAKE: peer('unexpected_message'),
  // The conversation.
  ERR_TLS_UNEXPECTED_MESSAGE: peer('unexpected_message'),
  ERR_TLS_UNEXPECTED_CHANGE_CIPHER_SPEC: peer('unexpected_message'),
  ERR_TLS_UNEXPECTED_DATA: peer('unexpected_message'),
  ERR_TLS_RENEGOTIATION: peer('no_renegotiation'),
  ERR_TLS_DOWNGRADE: peer('illegal_parameter'),
  ERR_TLS_BAD_VERSION: peer('illegal_parameter'),
  ERR_TLS_COMPRESSION: peer('illegal_parameter'),
  ERR_TLS_BAD_SESSION_ID: peer('illegal_parameter'),
  ERR_TLS_RESUMED_OTHERWISE: peer('illegal_parameter'),
  ERR_TLS_UNOFFERED_SUITE: peer('illegal_parameter'),
  ERR_TLS_UNOFFERED_GROUP: peer('illegal_parameter'),
  ERR_TLS_UNOFFERED_SCHEME: peer('illegal_parameter'),
  ERR_TLS_UNOFFERED_ALPN: peer('illegal_parameter'),
  ERR_TLS_BAD_KEY_SHARE: peer('illegal_parameter'),
  ERR_TLS_BAD_PSK: peer('illegal_parameter'),
  ERR_TLS_BAD_BINDER: peer('decrypt_error'),
  ERR_TLS_BAD_EARLY_DATA: peer('illegal_parameter'),
  ERR_TLS_TOO_MUCH_EARLY_DATA: peer('unexpected_message'),
  ERR_TLS_BAD_HELLO_RETRY: peer('illegal_parameter'),
  ERR_TLS_SECOND_HELLO_CHANGED: peer('illegal_parameter'),
  ERR_TLS_BAD_RENEGOTIATION_INFO: peer('handshake_failure'),
  ERR_TLS_BAD_CERTIFICATE_CONTEXT: peer('illegal_parameter'),
  ERR_TLS_EMPTY_CERTIFICATE: peer('decode_error'),
  ERR_TLS_BAD_COMPRESSION: peer('bad_certificate'),
  ERR_TLS_WRONG_KEY: peer('illegal_parameter'),
  ERR_TLS_KEY_USAGE: peer('illegal_parameter'),
  ERR_TLS_BAD_SIGNATURE: peer('decrypt_error'),
  ERR_TLS_BAD_FINISHED: peer('decrypt_error'),
  ERR_TLS_CERTIFICATE_REFUSED: peer('bad_certificate'),
  // Nothing in common.
  ERR_TLS_NO_SHARED_VERSION: incompatible('protocol_version'),
  ERR_TLS_NO_SHARED_SUITE: incompatible('handshake_failure'),
  ERR_TLS_NO_SHARED_GROUP: incompatible('handshake_failure'),
  ERR_TLS_NO_SHARED_SCHEME: incompatible('handshake_failure'),
  ERR_TLS_NO_SHARED_ALPN: incompatible('no_application_protocol'),
  ERR_TLS_INAPPROPRIATE_FALLBACK: incompatible('inappropriate_fallback'),
  ERR_TLS_NO_SECURE_RENEGOTIATION: incompatible('handshake_failure'),
  ERR_TLS_NO_EXTENDED_MASTER_SECRET: incompatible('handshake_failure'),
  ERR_TLS_WEAK_DH: incompatible('insufficient_security'),
  ERR_TLS_NO_CLIENT_CERTIFICATE: incompatible('certificate_required'),
  ERR_TLS_NO_CREDENTIAL: incompatible('handshake_failure'),
  ERR_TLS_NO_PSK: incompatible('handshake_failure'),
  ERR_TLS_UNKNOWN_PSK_IDENTITY: incompatible('unknown_psk_identity'),
  // The stream, and the peer's last word.
  ERR_TLS_ALERT_RECEIVED: transport,
  ERR_TLS_EOF_IN_HANDSHAKE: transport,
  ERR_TLS_HANDSHAKE_TIMEOUT: transport,
  ERR_TLS_TRUNCATED: transport,
  // Ours.
  ERR_TLS_CONFIG: local(undefined),
  ERR_TLS_USAGE: local(undefined),
  ERR_TLS_ANSWER: local('internal_error'),
  ERR_TLS_ABORTED: local('internal_error'),
  ERR_TLS_INTERNAL: local('internal_error'),
  // Not a fault but an end: what was sent is whole, and a new connection brings new keys.
  ERR_TLS_KEY_EXHAUSTED: local('close_notify'),
  ERR_TLS_INPUT_BUFFER_FULL: peer('internal_error'),
} as const satisfies Record<string, Row>;

export type ErrorCode = keyof typeof ERROR_CODES;
