// How to go on after a failure: hints that follow from the error, the side we are on, and how far the handshake came.

import { TlsError } from '../wire/tls_error.ts';
import { CliError } from './exit_codes.ts';
import type { FailedConnection } from './failure.ts';
import { safe } from './terminal.ts';
import { filled, type Text } from './text.ts';
import { HINTS } from './texts/failure.ts';
import { REFUSAL_TEXTS } from './texts/refusals.ts';

export function hintsFor(failed: FailedConnection): readonly Text[] {
  const { error, role, seen } = failed;
  if (error instanceof CliError) return error.hint === undefined ? [] : [error.hint];
  if (!(error instanceof TlsError)) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') return [];
    if (role === 'client') return [HINTS.reset];
    return seen.some((one) => one.kind === 'connected') ? [] : [HINTS.clientClosed];
  }
  if (error.code === 'ERR_TLS_ALERT_RECEIVED') return alertHints(failed, error);
  return role === 'client' ? clientHints(failed, error) : serverHints(failed, error);
}

function alertHints({ role, seen }: FailedConnection, { alert }: TlsError): readonly Text[] {
  if (role === 'server') {
    if (alert !== undefined && DISTRUST.has(alert))
      return [HINTS.clientDistrust, ...(NAMED.has(alert) ? [HINTS.clientName] : [])];
    return [];
  }
  const asked = seen.some((one) => one.kind === 'message' && one.name === 'certificate_request');
  switch (alert) {
    case 'certificate_required':
      return [HINTS.clientCertificate];
    case 'handshake_failure':
      return asked ? [HINTS.clientCertificate] : [HINTS.fewer, HINTS.legacy];
    case 'insufficient_security':
      return [HINTS.fewer];
    case 'protocol_version':
      return [HINTS.versionClient];
    case 'unrecognized_name':
      return [HINTS.sni];
    case 'no_application_protocol':
      return [HINTS.alpn];
    default:
      return asked && alert !== undefined && DISTRUST.has(alert) ? [HINTS.clientCertificate] : [];
  }
}

/** Alerts with which a client says that it does not like the server's certificate. */
const DISTRUST: ReadonlySet<string> = new Set([
  'bad_certificate',
  'unsupported_certificate',
  'certificate_expired',
  'certificate_unknown',
  'unknown_ca',
]);
const NAMED: ReadonlySet<string> = new Set(['bad_certificate', 'certificate_unknown']);

function clientHints(failed: FailedConnection, { code }: TlsError): readonly Text[] {
  switch (code) {
    case 'ERR_TLS_CERTIFICATE_REFUSED':
      return refusalHints(failed);
    case 'ERR_TLS_NOT_TLS':
    case 'ERR_TLS_RECORD_VERSION':
      return [HINTS.notTls];
    case 'ERR_TLS_EOF_IN_HANDSHAKE':
      return [HINTS.eof];
    case 'ERR_TLS_NO_SHARED_VERSION':
      return [HINTS.versionClient];
    case 'ERR_TLS_NO_SECURE_RENEGOTIATION':
      return [HINTS.renegotiation];
    case 'ERR_TLS_NO_CLIENT_CERTIFICATE':
      return [HINTS.clientCertificate];
    case 'ERR_TLS_NO_SHARED_ALPN':
      return [HINTS.alpn];
    default:
      return [];
  }
}

function refusalHints({ judgement, aia = false }: FailedConnection): readonly Text[] {
  if (judgement?.ok !== false) return [HINTS.insecure];
  const { code, published = [] } = judgement.refusal;
  const { hint } = REFUSAL_TEXTS[code];
  const url = aia ? undefined : published.find((one) => /^http:/i.test(one));
  return [
    ...(hint === undefined ? [] : [hint]),
    ...(url === undefined ? [] : [filled(HINTS.aia, { url: safe(url) })]),
    HINTS.insecure,
  ];
}

function serverHints({ seen }: FailedConnection, { code }: TlsError): readonly Text[] {
  switch (code) {
    case 'ERR_TLS_NOT_TLS':
    case 'ERR_TLS_RECORD_VERSION':
      return [HINTS.httpOnTls];
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
