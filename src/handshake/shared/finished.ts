// Finished in both versions: the peer's verify_data against ours, in constant time (RFC 8446 4.4.4, RFC 5246 7.4.9).

import { equalConstantTime } from '../../bytes/bytes.ts';
import { TlsError } from '../../wire/tls_error.ts';

/** @throws TlsError decode_error for a wrong length, decrypt_error for a wrong value */
export function checkFinished(received: Uint8Array, computed: Uint8Array): void {
  const where = { message: 'finished', field: 'verify_data' };
  if (received.length !== computed.length) {
    throw new TlsError('ERR_TLS_DECODE', `verify_data has ${received.length} bytes, not ${computed.length}`, { where });
  }
  if (!equalConstantTime(received, computed)) {
    throw new TlsError(
      'ERR_TLS_BAD_FINISHED',
      'verify_data is wrong: the two sides saw different handshakes or hold different keys',
      { where },
    );
  }
}
