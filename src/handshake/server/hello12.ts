// What a TLS 1.2 ServerHello holds in a full handshake and in a resumed one alike: the random and the answers to the client's
// extensions (RFC 5246 7.4.1.3, 7.4.1.4).

import { EMPTY } from '../../bytes/bytes.ts';
import type { KnownExtensions } from '../../wire/extensions.ts';
import { type ClientHello, DOWNGRADE_TO_TLS12 } from '../../wire/messages.ts';
import { VERSION } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { ServerConfig } from '../shared/config.ts';

const RENEGOTIATION_SCSV = 0x00ff;

/** RFC 8446 4.1.3: "TLS 1.3 servers which negotiate TLS 1.2 ... MUST set the last 8 bytes of their Random value". */
export function serverRandom12(server: ServerConfig): Uint8Array {
  const random = server.random(32);
  if (server.maxVersion === VERSION.tls13) random.set(DOWNGRADE_TO_TLS12, 24);
  return random;
}

/** RFC 5246 7.4.1.4: only what the client offered. */
export function answerExtensions(
  hello: ClientHello,
  alpn: string | undefined,
  extendedMasterSecret: boolean,
): KnownExtensions<'server_hello_12'> {
  const { renegotiation_info } = hello.extensions.known;
  if (renegotiation_info !== undefined && renegotiation_info.length !== 0) {
    // RFC 5746 3.6: in a first handshake it must be empty.
    throw new TlsError('ERR_TLS_BAD_RENEGOTIATION_INFO', 'renegotiation_info is not empty in a first ClientHello', {
      where: { message: 'client_hello', field: 'extensions.renegotiation_info' },
    });
  }
  const secure = renegotiation_info !== undefined || hello.cipher_suites.includes(RENEGOTIATION_SCSV);
  return {
    ...(alpn !== undefined && { application_layer_protocol_negotiation: [alpn] }),
    ...(extendedMasterSecret && { extended_master_secret: true as const }),
    ...(secure && { renegotiation_info: EMPTY }),
  };
}
