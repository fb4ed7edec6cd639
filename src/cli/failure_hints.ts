// How to go on after a failure: hints that follow from the error, the side we are on, and how far the handshake came.

import type { Observation } from '../engine/observe.ts';
import { type AlertName, alertName } from '../wire/registry/names.ts';
import { TlsError } from '../wire/tls_error.ts';
import { certificateShown } from './client_certificate.ts';
import { CliError } from './exit_codes.ts';
import { saidBy } from './explain/wordings.ts';
import type { FailedConnection } from './failure.ts';
import { lacksKeyEncipherment } from './failure_values.ts';
import { largeHelloHints } from './large_hello.ts';
import { safe } from './terminal.ts';
import { filled, type Text } from './text.ts';
import { HINTS } from './texts/failure.ts';
import { refusalHint } from './texts/refusals.ts';
import { TRUNCATED } from './texts/truncated.ts';

export function hintsFor(failed: FailedConnection): readonly Text[] {
  const { error, role, seen } = failed;
  const large = role === 'client' ? largeHelloHints(seen) : [];
  if (error instanceof CliError) return error.hint === undefined ? large : [error.hint, ...large];
  if (!(error instanceof TlsError)) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') return [];
    if (role === 'client') return [...large, HINTS.reset];
    return seen.some((one) => one.kind === 'connected') ? [] : [HINTS.clientClosed];
  }
  if (error.code === 'ERR_TLS_ALERT_RECEIVED') return alertHints(failed, error);
  return role === 'client' ? clientHints(failed, error) : serverHints(failed, error);
}

function alertHints({ role, seen, psk = false }: FailedConnection, { alert }: TlsError): readonly Text[] {
  if (psk && alert !== undefined && ABOUT_SHARED_KEYS.has(alert)) return [HINTS.sharedKey];
  if (role === 'server') {
    if (alert === undefined || !DISTRUST.has(alert)) return [];
    const words = saidBy('OpenSSL', 'client_refused', alert);
    return [
      HINTS.clientDistrust,
      ...(NAMED.has(alert) ? [HINTS.clientName] : []),
      ...(words === undefined ? [] : [filled(HINTS.alertSender, { words })]),
    ];
  }
  const answer = certificateAnswer(seen);
  if (answer !== undefined && alert !== undefined && ABOUT_CERTIFICATES.has(alert)) {
    if (answer === 'none') return [HINTS.clientCertificate];
    const shown = certificateShown(seen);
    return shown?.isForeign
      ? [filled(HINTS.clientCertificateForeign, { issuer: shown.issuer })]
      : [HINTS.clientCertificateRefused];
  }
  switch (alert) {
    case 'certificate_required':
      return [HINTS.clientCertificate];
    case 'handshake_failure':
      return [HINTS.fewer, HINTS.legacy];
    case 'insufficient_security':
      return [HINTS.fewer];
    case 'protocol_version':
      return [HINTS.versionClient];
    case 'unrecognized_name':
      return [HINTS.sni];
    case 'no_application_protocol':
      return [HINTS.alpn];
    default:
      return [];
  }
}

/** What a client answered to a CertificateRequest; undefined when there was none. */
export function certificateAnswer(seen: readonly Observation[]): 'none' | 'sent' | undefined {
  const decision = seen.findLast((one) => one.kind === 'decision' && one.about === 'client_certificate');
  if (decision?.kind !== 'decision') return undefined;
  return String(decision.chosen).startsWith('none') ? 'none' : 'sent';
}

/** The alert of level warning that came before the end, when it was the last thing said (RFC 6066 3). */
export function warned(seen: readonly Observation[]): AlertName | undefined {
  const last = seen.findLast((one) => one.kind === 'message');
  if (last?.kind !== 'message' || last.direction !== 'in' || last.name !== 'alert' || last.raw[0] !== 1)
    return undefined;
  return alertName(last.raw[1] ?? 0);
}

/** TLS 1.2 has no alert of its own for it (RFC 5246 7.4.6). */
export function wantsCertificate({ alert }: TlsError, seen: readonly Observation[]): boolean {
  return alert === 'certificate_required' || (alert === 'handshake_failure' && certificateAnswer(seen) === 'none');
}

/** Alerts with which a client says that it does not like the server's certificate. */
const DISTRUST: ReadonlySet<AlertName> = new Set([
  'bad_certificate',
  'unsupported_certificate',
  'certificate_expired',
  'certificate_unknown',
  'unknown_ca',
]);
/** Alerts for an identity that is not known, and for a wrong key: TLS 1.3's binder, TLS 1.2's Finished. */
const ABOUT_SHARED_KEYS: ReadonlySet<string> = new Set(['unknown_psk_identity', 'decrypt_error', 'bad_record_mac']);
/** Alerts of a server that may be about our certificate, or that there is none. */
export const ABOUT_CERTIFICATES: ReadonlySet<string> = new Set([
  ...DISTRUST,
  'certificate_required',
  'certificate_revoked',
  'access_denied',
  'handshake_failure',
]);
const NAMED: ReadonlySet<string> = new Set(['bad_certificate', 'certificate_unknown']);

function clientHints(failed: FailedConnection, error: TlsError): readonly Text[] {
  switch (error.code) {
    case 'ERR_TLS_CERTIFICATE_REFUSED':
      return refusalHints(failed);
    case 'ERR_TLS_NOT_TLS':
    case 'ERR_TLS_RECORD_VERSION':
      return [HINTS.notTls];
    case 'ERR_TLS_EOF_IN_HANDSHAKE':
      if (warned(failed.seen) === 'unrecognized_name') return [HINTS.sniWarning, HINTS.sni];
      return [...largeHelloHints(failed.seen), HINTS.eof];
    case 'ERR_TLS_WEAK_DH':
      return [HINTS.weakDh];
    case 'ERR_TLS_KEY_USAGE':
      return [lacksKeyEncipherment(error) ? HINTS.mayNotEncipher : HINTS.mayNotSign];
    case 'ERR_TLS_DOWNGRADE':
      return [HINTS.downgrade];
    case 'ERR_TLS_NO_SHARED_VERSION':
      return [HINTS.versionClient];
    case 'ERR_TLS_NO_SECURE_RENEGOTIATION':
      return [HINTS.renegotiation];
    case 'ERR_TLS_NO_CLIENT_CERTIFICATE':
      return [HINTS.clientCertificate];
    case 'ERR_TLS_NO_SHARED_ALPN':
      return [HINTS.alpn];
    case 'ERR_TLS_TRUNCATED':
      return failed.answer === undefined ? [] : [TRUNCATED.hint];
    default:
      return [];
  }
}

function refusalHints({ judgement, role, aia = false }: FailedConnection): readonly Text[] {
  if (judgement?.ok !== false) return [HINTS.insecure];
  const { published = [] } = judgement.refusal;
  const hint = refusalHint(judgement.refusal, role === 'client' ? 'server' : 'client');
  if (role === 'server') return hint === undefined ? [] : [hint];
  const url = aia ? undefined : published.find((one) => /^http:/i.test(one));
  return [
    ...(hint === undefined ? [] : [hint]),
    ...(url === undefined ? [] : [filled(HINTS.aia, { url: safe(url) })]),
    HINTS.insecure,
  ];
}

/** Whether what came in place of a record is a request of HTTP (RFC 9112 3). */
export function speaksHttp({ actual }: TlsError): boolean {
  return typeof actual === 'string' && /^(?:GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|PRI) /.test(actual);
}

function serverHints(failed: FailedConnection, error: TlsError): readonly Text[] {
  const { seen, psk = false } = failed;
  switch (error.code) {
    case 'ERR_TLS_CERTIFICATE_REFUSED':
      return refusalHints(failed);
    case 'ERR_TLS_NO_CLIENT_CERTIFICATE':
      return [HINTS.clientHasNone];
    case 'ERR_TLS_BAD_BINDER':
    case 'ERR_TLS_UNKNOWN_PSK_IDENTITY':
      return psk ? [HINTS.sharedKey] : [];
    case 'ERR_TLS_NOT_TLS':
    case 'ERR_TLS_RECORD_VERSION':
      return [speaksHttp(error) ? HINTS.httpOnTls : HINTS.otherOnTls];
    case 'ERR_TLS_EOF_IN_HANDSHAKE':
      return seen.some((one) => one.kind === 'message' && one.name === 'certificate') ? [HINTS.clientClosed] : [];
    case 'ERR_TLS_NO_SHARED_VERSION':
      return [HINTS.versionServer];
    case 'ERR_TLS_NO_SHARED_SUITE':
    case 'ERR_TLS_NO_SHARED_GROUP':
      return [HINTS.serverRestricts];
    case 'ERR_TLS_NO_SHARED_ALPN':
      return [HINTS.alpn];
    default:
      return [];
  }
}
