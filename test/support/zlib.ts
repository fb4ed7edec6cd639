// Certificate compression (RFC 8879 3) with node:zlib, as a host would bring it; `calls` counts what was unpacked.

import { brotliCompressSync, brotliDecompressSync, deflateSync, inflateSync } from 'node:zlib';
import type { CertificateCompression } from '../../src/handshake/shared/compression.ts';

export const calls = { decompressed: 0 };

const plain = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length).slice();

function unpacker(unpack: (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array) {
  return (compressed: Uint8Array, length: number): Uint8Array | undefined => {
    calls.decompressed++;
    try {
      // One byte more than announced shows that there is more.
      return plain(unpack(compressed, { maxOutputLength: length + 1 }));
    } catch {
      return undefined;
    }
  };
}

export const ZLIB: CertificateCompression = {
  algorithm: 1,
  compress: (message) => plain(deflateSync(message)),
  decompress: unpacker(inflateSync),
};

export const BROTLI: CertificateCompression = {
  algorithm: 2,
  compress: (message) => plain(brotliCompressSync(message)),
  decompress: unpacker(brotliDecompressSync),
};
