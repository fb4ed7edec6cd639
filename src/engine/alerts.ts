// What an alert of the peer means (RFC 8446 6, RFC 5246 7.2): the end of its data, a warning to go on from, or the end of the
// connection, which is thrown as an error that names it.

import { ALERT_LEVEL, type AlertName, alertName, VERSION } from '../wire/registry/names.ts';
import { TlsError } from '../wire/tls_error.ts';

export interface ReceivedAlert {
  /** Undefined for a description that nobody registered. */
  readonly name: AlertName | undefined;
  readonly description: number;
}

/**
 * Reads an alert that does not end the connection: close_notify, user_canceled, or a warning of TLS 1.2.
 * @throws TlsError ERR_TLS_ALERT_RECEIVED for one that does, ERR_TLS_BAD_ALERT for what is none
 */
export function readAlert(content: Uint8Array, version: number | undefined): ReceivedAlert {
  const [level, description] = content;
  const where = { message: 'alert' };
  if (content.length !== 2 || description === undefined) {
    throw new TlsError('ERR_TLS_BAD_ALERT', `an alert of ${content.length} bytes, not 2`, { where });
  }
  if (level !== ALERT_LEVEL.warning && level !== ALERT_LEVEL.fatal) {
    throw new TlsError('ERR_TLS_BAD_ALERT', `an alert of level ${level}, which is neither 1 nor 2`, {
      where,
      alert: 'illegal_parameter',
    });
  }
  const name = alertName(description);
  if (name === 'close_notify') return { name, description };
  // RFC 8446 6: in TLS 1.3 every error alert is fatal whatever its level says; user_canceled is none.
  if (level === ALERT_LEVEL.warning && (version !== VERSION.tls13 || name === 'user_canceled')) {
    return { name, description };
  }
  const label = name ?? `alert ${description}`;
  throw new TlsError('ERR_TLS_ALERT_RECEIVED', `the peer refused with the alert ${label} (${description})`, {
    where,
    actual: description,
    ...(name !== undefined && { alert: name }),
  });
}
