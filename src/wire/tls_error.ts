// The one error of the stack. It says what was wrong under a stable code, where (message, field, byte), whose fault it
// was, and which alert goes with it. It is thrown anywhere below the engine and caught in one place there, which sends
// the alert. Host code switches on `code`; the text is for people.

import type { DecodeError } from '../bytes/decode_error.ts';
import { ERROR_CODES, type ErrorCode } from './error_codes.ts';
import type { AlertName } from './registry/names.ts';

/** Whose doing it was: the peer broke a rule, the two have nothing in common, the caller erred, or the stream failed. */
export type Fault = 'peer' | 'incompatible' | 'local' | 'transport';

/** Where in the conversation: a message, the path of field names in it, and the byte from the start of its body. */
export interface Where {
  readonly message?: string;
  readonly field?: string;
  readonly offset?: number;
}

export interface TlsErrorDetail {
  readonly where?: Where;
  /** Overrides the alert that the code's row names. */
  readonly alert?: AlertName;
  /** What was offered or expected, and what came instead, where two values explain the fault. */
  readonly expected?: unknown;
  readonly actual?: unknown;
  /** What led to it: a refusal of the certificate, an error of the host. */
  readonly cause?: unknown;
}

export class TlsError extends Error {
  override readonly name = 'TlsError';
  readonly code: ErrorCode;
  readonly fault: Fault;
  /** The alert that we send for it, or that the peer sent; undefined when no alert goes with it. */
  readonly alert: AlertName | undefined;
  readonly where: Where | undefined;
  readonly expected: unknown;
  readonly actual: unknown;

  constructor(code: ErrorCode, problem: string, detail: TlsErrorDetail = {}) {
    super(problem, detail.cause === undefined ? undefined : { cause: detail.cause });
    const row = ERROR_CODES[code];
    this.code = code;
    this.fault = row.fault;
    this.alert = detail.alert ?? row.alert;
    this.where = detail.where;
    this.expected = detail.expected;
    this.actual = detail.actual;
  }

  /** The same error with its place filled in, for what is thrown where the message's name is not known. */
  at(where: Where): TlsError {
    if (this.where !== undefined) return this;
    const detail = { where, expected: this.expected, actual: this.actual, cause: this.cause };
    return new TlsError(this.code, this.message, this.alert === undefined ? detail : { ...detail, alert: this.alert });
  }
}

/** A message whose bytes do not follow their format (RFC 8446 6.2, decode_error). */
export function malformed(message: string, error: DecodeError): TlsError {
  const field = error.path.join('.').replaceAll('.[', '[');
  const place = field === '' ? message : `${message}.${field}`;
  const code = error.alert === 'decode_error' ? 'ERR_TLS_DECODE' : 'ERR_TLS_ILLEGAL_VALUE';
  return new TlsError(code, `${place} at byte ${error.offset}: ${error.problem}`, {
    where: field === '' ? { message, offset: error.offset } : { message, field, offset: error.offset },
  });
}
