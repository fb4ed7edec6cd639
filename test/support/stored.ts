// A certificate compression that makes nothing smaller: the zlib format (RFC 1950) with stored blocks (RFC 1951 3.2.4), which
// comes out the same of every version of every library. Whoever reads zlib reads it.

import { inflateSync } from 'node:zlib';
import { concat, fromHex } from '../../src/bytes/bytes.ts';
import type { CertificateCompression } from '../../src/handshake/shared/compression.ts';
import { CERTIFICATE_COMPRESSION } from '../../src/wire/registry/names.ts';

export const STORED: CertificateCompression = {
  algorithm: CERTIFICATE_COMPRESSION.zlib,
  compress(message) {
    const { length } = message;
    if (length > 0xffff) throw new RangeError('one stored block holds 65,535 bytes');
    const [low, high] = [length & 0xff, length >> 8];
    const block = Uint8Array.of(1, low, high, low ^ 0xff, high ^ 0xff);
    return concat(fromHex('7801'), block, message, adler32(message));
  },
  decompress(compressed, length) {
    try {
      return Uint8Array.from(inflateSync(compressed, { maxOutputLength: length }));
    } catch {
      return undefined;
    }
  },
};

/** RFC 1950 8. */
function adler32(bytes: Uint8Array): Uint8Array {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return Uint8Array.of(b >> 8, b & 0xff, a >> 8, a & 0xff);
}
