// How much goes into a record, as a client agrees on it with a server: max_fragment_length (RFC 6066 4) and record_size_limit
// (RFC 8449), the first of which binds every record from now on and both sides, the second protected ones and each side apart.

import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';

interface Answer {
  readonly max_fragment_length?: number | undefined;
  readonly record_size_limit?: number | undefined;
}

/** RFC 8449 4: "An endpoint MUST treat receipt of a smaller value as a fatal error". */
const MIN_RECORD_SIZE_LIMIT = 64;

/**
 * Checks the server's answer and does as agreed. `overhead`: bytes of a limit that are not content, 1 in TLS 1.3, where the
 * content type counts (RFC 8449 4).
 * @throws TlsError illegal_parameter for another length than was asked for, for a limit below 64, and for both (RFC 8449 5)
 */
export function agreeOnRecords(
  context: HandshakeContext,
  message: string,
  { max_fragment_length: fragment, record_size_limit: size }: Answer,
  overhead: 0 | 1,
): void {
  const { maxFragmentLength, recordSizeLimit } = context.client;
  const refuse = (field: string, problem: string): TlsError =>
    new TlsError('ERR_TLS_ILLEGAL_VALUE', `${message}.extensions.${field}: ${problem}`, {
      where: { message, field: `extensions.${field}` },
    });
  if (fragment !== undefined) {
    if (fragment !== maxFragmentLength) throw refuse('max_fragment_length', 'it is not the length that was asked for');
    context.limitFragments(2 ** (8 + fragment));
  }
  if (size === undefined) return;
  if (fragment !== undefined) throw refuse('record_size_limit', 'it stands beside max_fragment_length');
  if (size < MIN_RECORD_SIZE_LIMIT) throw refuse('record_size_limit', `${size} is below ${MIN_RECORD_SIZE_LIMIT}`);
  context.limitRecords(size - overhead, recordSizeLimit === undefined ? undefined : recordSizeLimit - overhead);
}
