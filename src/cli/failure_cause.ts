// Which of the causes that people meet in any tool (see explain/causes.ts) a failure here comes down to.

import { TlsError } from '../wire/tls_error.ts';
import type { Refusal } from '../x509/refusal.ts';
import { CliError, EXIT } from './exit_codes.ts';
import { ALERT_CAUSES, type CauseName, causeOfCode, REFUSAL_CAUSES } from './explain/causes.ts';
import type { FailedConnection } from './failure.ts';
import { ABOUT_CERTIFICATES, certificateAnswer, speaksHttp, wantsCertificate, warned } from './failure_hints.ts';

/** Undefined where no other tool has a word for it. */
export function causeOf({ error, seen, role }: FailedConnection, refusal: Refusal | undefined): CauseName | undefined {
  if (refusal !== undefined) return REFUSAL_CAUSES[refusal.code];
  if (error instanceof CliError) return BY_EXIT[error.exit];
  if (!(error instanceof TlsError)) {
    return (error as NodeJS.ErrnoException).code === 'ECONNRESET' ? 'reset' : undefined;
  }
  const { alert, code } = error;
  if (code === 'ERR_TLS_EOF_IN_HANDSHAKE') return warned(seen) === 'unrecognized_name' ? 'sni' : 'eof';
  if (role === 'server' && speaksHttp(error)) return 'http_on_tls';
  if (code !== 'ERR_TLS_ALERT_RECEIVED') return causeOfCode(code);
  if (alert === undefined) return undefined;
  if (role === 'client' && wantsCertificate(error, seen)) return 'client_required';
  if (role === 'client' && certificateAnswer(seen) === 'sent' && ABOUT_CERTIFICATES.has(alert)) return 'client_refused';
  return ALERT_CAUSES[alert];
}

const BY_EXIT: Readonly<Partial<Record<number, CauseName>>> = {
  [EXIT.resolve]: 'resolve',
  [EXIT.connect]: 'connect',
  [EXIT.timeout]: 'timeout',
};
