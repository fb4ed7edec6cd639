// What handshake signatures cover (RFC 8446 4.4.3, RFC 5246 7.4.3): for who signs, who verifies, and who only watches.

import { ascii, concat } from '../bytes/bytes.ts';

/** RFC 8446 4.4.3: 64 spaces, the context string, a zero byte, the transcript hash. */
export function certificateVerifyContent(side: 'client' | 'server', transcriptHash: Uint8Array): Uint8Array {
  const spaces = new Uint8Array(64).fill(0x20);
  return concat(spaces, ascii(`TLS 1.3, ${side} CertificateVerify`), Uint8Array.of(0), transcriptHash);
}

/** RFC 5246 7.4.3, RFC 8422 5.4: both randoms, then the parameters as they stand on the wire. */
export function serverKeyExchangeContent(client: Uint8Array, server: Uint8Array, params: Uint8Array): Uint8Array {
  return concat(client, server, params);
}
