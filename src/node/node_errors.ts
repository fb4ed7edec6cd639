// The errors of a connection as node:tls has them: `code` (and `reason`, `library` where OpenSSL speaks) is what node:tls gives
// for that fault, and `tls` holds what glasstls knows: its own code, the alert, who is at fault, the certificate, both values.

import { checkServerIdentity } from 'node:tls';
import type { ErrorCode } from '../wire/error_codes.ts';
import { ALERT, type AlertName } from '../wire/registry/names.ts';
import type { TlsError, Where } from '../wire/tls_error.ts';
import type { Refusal } from '../x509/refusal.ts';
import { certificateObject, type PeerCertificate } from './peer_certificate.ts';
import { ALTNAME_INVALID, NAME_REFUSALS, verifyCodeOf } from './verify_codes.ts';

/** What glasstls knows of a fault. */
export interface TlsDetail {
  readonly code: ErrorCode;
  readonly message: string;
  /** The alert that was sent or received. */
  readonly alert: AlertName | undefined;
  /** Whose doing it was. */
  readonly fault: TlsError['fault'];
  readonly where: Where | undefined;
  /** What was wanted, and what was there. */
  readonly expected: unknown;
  readonly actual: unknown;
  /** Of a certificate that was refused: which rule said so. */
  readonly refusal: Refusal | undefined;
  /** DER of the certificate that is at fault, where it came from the peer. */
  readonly certificate: Buffer | undefined;
}

export interface NodeTlsError extends NodeJS.ErrnoException {
  readonly code: string;
  readonly tls: TlsDetail;
  readonly library?: string;
  readonly reason?: string;
  readonly host?: string;
  readonly cert?: PeerCertificate;
}

export interface Circumstances {
  readonly role: 'client' | 'server';
  /** Whether something was written that waited: node:tls then calls the fault one of writing. */
  readonly writing: boolean;
  /** DER, as the peer sent it. */
  readonly chain: readonly Uint8Array[];
  /** Whom a client wanted. */
  readonly host: string | undefined;
}

/** The error that is emitted for what ended a connection. */
export function nodeError(error: TlsError, circumstances: Circumstances): Error {
  const { cause } = error;
  // An application's own, from checkServerIdentity: it is emitted as it is.
  if (error.code === 'ERR_TLS_CERTIFICATE_REFUSED' && cause instanceof Error) {
    return Object.assign(cause, { tls: detailOf(error, circumstances) });
  }
  const { message, ...shape } = shapeOf(error, circumstances);
  return Object.assign(new Error(message, { cause: error }), shape, { tls: detailOf(error, circumstances) });
}

/** The refusal that a verdict was made of. */
export function refusalOf({ cause }: { readonly cause?: unknown }): Refusal | undefined {
  return typeof cause === 'object' && cause !== null && 'check' in cause ? (cause as Refusal) : undefined;
}

function detailOf(error: TlsError, { chain }: Circumstances): TlsDetail {
  const { code, message, alert, fault, where } = error;
  const refusal = refusalOf(error);
  const at = refusal?.certificate?.kind === 'chain' ? chain[refusal.certificate.index] : undefined;
  const { expected = refusal?.expected, actual = refusal?.actual } = error;
  const certificate = at && Buffer.from(at);
  return { code, message, alert, fault, where, expected, actual, refusal, certificate };
}

interface Shape {
  readonly message: string;
  readonly code: string;
  readonly [more: string]: unknown;
}

function shapeOf(error: TlsError, circumstances: Circumstances): Shape {
  const { code, message } = error;
  const { role, writing, host } = circumstances;
  if (code === 'ERR_TLS_CERTIFICATE_REFUSED') return refusedShape(error, circumstances);
  if (code === 'ERR_TLS_ALERT_RECEIVED') return opensslShape(alertCode(error.alert), message, writing);
  if (code === 'ERR_TLS_EOF_IN_HANDSHAKE') {
    // The words by which programs know it.
    const words =
      role === 'client'
        ? 'Client network socket disconnected before secure TLS connection was established'
        : 'socket hang up';
    return { code: 'ECONNRESET', message: `${words} (${message})`, ...(host !== undefined && { host }) };
  }
  if (KEPT.includes(code)) return { code, message };
  if (code === 'ERR_TLS_NOT_TLS') return opensslShape(strangerReason(role, error.actual), message, writing);
  return opensslShape(REASONS[code], message, writing);
}

function refusedShape(error: TlsError, { chain, host }: Circumstances): Shape {
  const refusal = refusalOf(error);
  if (refusal === undefined) return { code: 'UNSPECIFIED', message: error.message };
  if (NAME_REFUSALS.includes(refusal.code)) {
    const cert = chain[0] && certificateObject(chain[0]);
    // In node:tls's words, unless our rule is the stricter one.
    const theirs = host !== undefined && cert !== undefined ? checkServerIdentity(host, cert) : undefined;
    const reason = (theirs as { reason?: string } | undefined)?.reason ?? refusal.text;
    const message = `Hostname/IP does not match certificate's altnames: ${reason}`;
    return { code: ALTNAME_INVALID, message, reason, host, cert };
  }
  const [code, words] = verifyCodeOf(refusal);
  return { code, message: `${words}: ${refusal.text}` };
}

/** OpenSSL's server knows an HTTP request when it sees one. */
function strangerReason(role: 'client' | 'server', start: unknown): string {
  const text = role === 'server' ? String(start) : '';
  if (/^(GET|POST|HEAD|PUT) /.test(text)) return 'http request';
  return text.startsWith('CONNE') ? 'https proxy request' : 'wrong version number';
}

/** `reason` in OpenSSL's words. While something waits to be written, node:tls gives EPROTO for all of them. */
function opensslShape(reason: string | undefined, message: string, writing: boolean): Shape {
  const library = 'SSL routines';
  if (writing || reason === undefined) {
    const said = reason === undefined ? message : `${reason}: ${message}`;
    return { code: 'EPROTO', errno: -71, syscall: 'write', message: `write EPROTO ${said}`, ...(reason && { reason }) };
  }
  const code = `ERR_SSL_${reason.toUpperCase().replaceAll(' ', '_')}`;
  return { code, library, reason, message: `${reason}: ${message}` };
}

/** Codes that mean the same in node:tls, or that it has none for. */
const KEPT: readonly ErrorCode[] = [
  'ERR_TLS_HANDSHAKE_TIMEOUT',
  'ERR_TLS_TRUNCATED',
  'ERR_TLS_USAGE',
  'ERR_TLS_CONFIG',
];

/** OpenSSL 3.2 found other words for some of its reasons, and with them node:tls other codes. */
const NEW_WORDS = isNewer(process.versions.openssl ?? '');

function isNewer(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 2);
}

/** OpenSSL's reasons for what it finds wrong; EPROTO for all others. */
const REASONS: { readonly [C in ErrorCode]?: string } = {
  ERR_TLS_RECORD_VERSION: 'wrong version number',
  ERR_TLS_RECORD_OVERFLOW: NEW_WORDS ? 'data length too long' : 'packet length too long',
  ERR_TLS_BAD_RECORD_MAC: 'decryption failed or bad record mac',
  ERR_TLS_MESSAGE_TOO_LARGE: 'excessive message size',
  ERR_TLS_UNEXPECTED_MESSAGE: 'unexpected message',
  ERR_TLS_UNEXPECTED_DATA: 'unexpected message',
  ERR_TLS_DECODE: 'length mismatch',
  ERR_TLS_NO_SHARED_VERSION: 'unsupported protocol',
  ERR_TLS_NO_SHARED_SUITE: 'no shared cipher',
  ERR_TLS_NO_SHARED_GROUP: 'no suitable key share',
  ERR_TLS_NO_SHARED_SCHEME: 'no suitable signature algorithm',
  ERR_TLS_NO_SHARED_ALPN: 'no application protocol',
  ERR_TLS_INAPPROPRIATE_FALLBACK: 'inappropriate fallback',
  ERR_TLS_DOWNGRADE: 'inappropriate fallback',
  ERR_TLS_NO_CLIENT_CERTIFICATE: 'peer did not return a certificate',
  ERR_TLS_BAD_FINISHED: 'digest check failed',
  ERR_TLS_BAD_SIGNATURE: 'bad signature',
  ERR_TLS_BAD_BINDER: 'binder does not verify',
  ERR_TLS_BAD_KEY_SHARE: 'bad key share',
  ERR_TLS_UNOFFERED_SUITE: 'wrong cipher returned',
  ERR_TLS_UNOFFERED_GROUP: 'wrong curve',
  ERR_TLS_UNOFFERED_SCHEME: 'wrong signature type',
  ERR_TLS_UNSOLICITED_EXTENSION: 'unsolicited extension',
  ERR_TLS_WEAK_DH: 'dh key too small',
  ERR_TLS_NO_SECURE_RENEGOTIATION: 'unsafe legacy renegotiation disabled',
  ERR_TLS_RENEGOTIATION: 'no renegotiation',
  ERR_TLS_NO_EXTENDED_MASTER_SECRET: 'inconsistent extms',
  ERR_TLS_UNKNOWN_PSK_IDENTITY: 'psk identity not found',
  ERR_TLS_NO_PSK: 'psk identity not found',
};

/** The alerts of SSL 3.0 (RFC 6101 5.4.2), which OpenSSL still calls so. */
const SSL3: readonly number[] = [10, 20, 30, 40, 41, 42, 43, 44, 45, 46, 47];
const TLS13: readonly number[] = [ALERT.missing_extension, ALERT.certificate_required];

/** OpenSSL's words for an alert that came: `sslv3 alert handshake failure`. */
function alertCode(alert: AlertName | undefined): string | undefined {
  if (alert === undefined) return undefined;
  const number = ALERT[alert];
  const words = (SPELT[alert] ?? alert).replaceAll('_', ' ');
  const extension = number >= ALERT.unsupported_extension && number <= 114;
  const version = SSL3.includes(number)
    ? NEW_WORDS
      ? 'ssl/tls'
      : 'sslv3'
    : TLS13.includes(number)
      ? 'tlsv13'
      : 'tlsv1';
  return extension ? `${version} ${words}` : `${version} alert ${words}`;
}

const SPELT: { readonly [A in AlertName]?: string } = { user_canceled: 'user cancelled' };
