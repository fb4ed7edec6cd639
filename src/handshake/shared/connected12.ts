// What may still come beside open TLS 1.2 traffic. There is no renegotiation: a HelloRequest is answered with the warning
// no_renegotiation (RFC 5246 7.2.2), and a key that is used up ends the connection, since 1.2 has no KeyUpdate.

import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import type { Connected12 } from './states.ts';

export function onHelloRequest(context: HandshakeContext, state: Connected12): Connected12 {
  if (context.client.renegotiation === 'refuse') {
    throw new TlsError('ERR_TLS_RENEGOTIATION', 'the server asks to renegotiate, which is not done here');
  }
  context.sendWarning('no_renegotiation');
  return state;
}

export function onSecondClientHello(): Connected12 {
  throw new TlsError('ERR_TLS_RENEGOTIATION', 'the client asks to renegotiate, which is not done here');
}

export function onKeyExhausted(): Connected12 {
  throw new TlsError('ERR_TLS_KEY_EXHAUSTED', 'the record limit of this key is reached, and TLS 1.2 cannot change it');
}
