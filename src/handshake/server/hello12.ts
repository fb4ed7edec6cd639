// What a TLS 1.2 ServerHello holds in a full handshake and in a resumed one alike: the random and the answers to the client's
// extensions (RFC 5246 7.4.1.3, 7.4.1.4).

import { EMPTY } from '../../bytes/bytes.ts';
import type { KnownExtensions } from '../../wire/extensions.ts';
import { type ClientHello, DOWNGRADE_TO_TLS12 } from '../../wire/messages.ts';
import { VERSION } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import type { ServerConfig } from '../shared/config.ts';

const RENEGOTIATION_SCSV = 0x00ff;

/** RFC 8446 4.1.3: "TLS 1.3 servers which negotiate TLS 1.2 ... MUST set the last 8 bytes of their Random value". */
export function serverRandom12(server: ServerConfig): Uint8Array {
  const random = server.random(32);
  if (server.maxVersion === VERSION.tls13) random.set(DOWNGRADE_TO_TLS12, 24);
  return random;
}

/** RFC 7627 5.3. */
export function checkExtendedMasterSecret(server: ServerConfig, { extensions: { known } }: ClientHello): void {
  if (server.extendedMasterSecret !== 'require' || known.extended_master_secret === true) return;
  throw new TlsError(
    'ERR_TLS_NO_EXTENDED_MASTER_SECRET',
    'the client does not speak extended_master_secret, which is required here',
    { where: { message: 'client_hello', field: 'extensions.extended_master_secret' } },
  );
}

/** RFC 5246 7.4.1.4: only what the client offered. `resumed` is the session's word on extended_master_secret. */
export function answerExtensions(
  server: ServerConfig,
  hello: ClientHello,
  alpn: string | undefined,
  resumed?: boolean,
): KnownExtensions<'server_hello_12'> {
  const { renegotiation_info, extended_master_secret } = hello.extensions.known;
  if (renegotiation_info !== undefined && renegotiation_info.length !== 0) {
    // RFC 5746 3.6: in a first handshake it must be empty.
    throw new TlsError('ERR_TLS_BAD_RENEGOTIATION_INFO', 'renegotiation_info is not empty in a first ClientHello', {
      where: { message: 'client_hello', field: 'extensions.renegotiation_info' },
    });
  }
  const secure = renegotiation_info !== undefined || hello.cipher_suites.includes(RENEGOTIATION_SCSV);
  const extended = resumed ?? (extended_master_secret === true && server.extendedMasterSecret !== 'never');
  return {
    application_layer_protocol_negotiation: alpn === undefined ? undefined : [alpn],
    extended_master_secret: extended || undefined,
    renegotiation_info: secure ? EMPTY : undefined,
  };
}

/** What goes into a record (RFC 6066 4, RFC 8449 4 - 5); record_size_limit rules out max_fragment_length. */
export function answerLimits(
  context: HandshakeContext,
  { extensions: { known } }: ClientHello,
): KnownExtensions<'server_hello_12'> {
  const { max_fragment_length: fragment, record_size_limit: size } = known;
  if (size !== undefined) {
    // RFC 8449 4: no more than this version allows; 16,385 is for TLS 1.3.
    const own = Math.min(context.server.recordSizeLimit ?? MAX_PLAINTEXT, MAX_PLAINTEXT);
    context.limitRecords(checkedSizeLimit(size), own);
    return { record_size_limit: own };
  }
  if (fragment === undefined) return {};
  context.limitFragments(fragmentBytes(fragment));
  return { max_fragment_length: fragment };
}

/** RFC 8449 4. @throws TlsError illegal_parameter for a limit below 64 */
export function checkedSizeLimit(size: number): number {
  if (size >= 64) return size;
  throw new TlsError('ERR_TLS_ILLEGAL_VALUE', `a record_size_limit of ${size}, below 64`, {
    where: { message: 'client_hello', field: 'extensions.record_size_limit' },
  });
}

/** RFC 6066 4. @throws TlsError illegal_parameter for a code that stands for nothing */
export function fragmentBytes(code: number): number {
  if (code >= 1 && code <= 4) return 2 ** (8 + code);
  throw new TlsError('ERR_TLS_ILLEGAL_VALUE', `max_fragment_length ${code} is none of 1 to 4`, {
    where: { message: 'client_hello', field: 'extensions.max_fragment_length' },
  });
}

/** RFC 5246 6.2.1. */
const MAX_PLAINTEXT = 2 ** 14;
