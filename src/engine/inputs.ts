// What the driver has to say about an input before and after the table sees it: its name, its errors, how a need was answered.

import { DecodeError } from '../bytes/decode_error.ts';
import type { InputName, MessageName, Row } from '../handshake/machine.ts';
import type { Answers } from '../handshake/shared/needs.ts';
import { isHelloRetryRequest } from '../wire/messages.ts';
import { type AlertName, HANDSHAKE_TYPE, handshakeTypeName } from '../wire/registry/names.ts';
import { malformed, TlsError } from '../wire/tls_error.ts';

/** The message's name; a HelloRetryRequest is told from a ServerHello by its random. */
export function messageName(type: number, body: Uint8Array): MessageName | undefined {
  if (type === HANDSHAKE_TYPE.server_hello && isHelloRetryRequest(body)) return 'hello_retry_request';
  return handshakeTypeName(type) as MessageName | undefined;
}

/** Runs `read`, and gives errors that know no message the name of this one. */
export function parse<T>(message: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) throw malformed(message, error);
    if (error instanceof TlsError) throw error.at({ message });
    throw error;
  }
}

/** The host's own end of a connection. @throws TlsError ERR_TLS_USAGE for an alert that is no error */
export function endedByHost(alert: AlertName, reason: string): TlsError {
  if (alert !== 'close_notify' && alert !== 'user_canceled') return new TlsError('ERR_TLS_ABORTED', reason, { alert });
  throw new TlsError('ERR_TLS_USAGE', `${alert} is not an error alert (RFC 8446 6.1)`);
}

/** What nobody expected to be thrown. */
export function internal(error: unknown): TlsError {
  const problem = error instanceof Error ? error.message : String(error);
  return new TlsError('ERR_TLS_INTERNAL', `a fault of glasstls: ${problem}`, { cause: error });
}

/** How a need was answered, in a line without secrets. */
export function outcomeOf(need: string, answer: unknown): string {
  // Whether an RSA decryption failed must be seen nowhere (RFC 5246 7.4.7.1).
  if (need === 'decrypt') return 'given';
  if (need !== 'verdict') return answer === undefined ? 'refused' : 'given';
  const verdict = answer as Answers['verdict'];
  if (!verdict.accepted) return `refused: ${verdict.reason}`;
  return verdict.authorized ? 'authorised' : `accepted without trust: ${verdict.reason ?? 'not verified'}`;
}

/** For an input that the state's row has no cell for. */
export function unexpected(input: InputName, state: string, row: Row<never> | undefined): TlsError {
  const code = input === 'change_cipher_spec' ? 'ERR_TLS_UNEXPECTED_CHANGE_CIPHER_SPEC' : 'ERR_TLS_UNEXPECTED_MESSAGE';
  const expected = Object.keys(row?.on ?? {});
  return new TlsError(code, `${input} in state ${state}, where ${expected.join(' or ')} may come`, {
    where: { message: input },
    expected,
    actual: input,
  });
}

/** For an end that nobody announced: of the data, or of the handshake. `how`: who ended it, in words. */
export function endedEarly(connected: boolean, state: string, how: string): TlsError {
  if (connected) {
    return new TlsError('ERR_TLS_TRUNCATED', `${how} without close_notify: data may have been cut off`);
  }
  return new TlsError('ERR_TLS_EOF_IN_HANDSHAKE', `${how} in the handshake, in state ${state}`, { actual: state });
}
