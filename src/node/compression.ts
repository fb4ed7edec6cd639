// Certificate compression (RFC 8879) with what node:zlib has: brotli, zlib, and zstd where the runtime has it. A server sends
// few different chains, so that the last results are kept.

import * as zlib from 'node:zlib';
import { equal } from '../bytes/bytes.ts';
import type { CertificateCompression } from '../handshake/shared/compression.ts';
import { CERTIFICATE_COMPRESSION } from '../wire/registry/names.ts';

type Pack = (message: Uint8Array) => Uint8Array;
type Unpack = (compressed: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

/** Chains with other extensions (a fresh OCSP response) are other messages. */
const KEPT = 8;

/** For the engine's option `certificateCompression`, smallest result first. */
export const certificateCompression: readonly CertificateCompression[] = [
  algorithm(CERTIFICATE_COMPRESSION.brotli, zlib.brotliCompressSync, zlib.brotliDecompressSync),
  ...zstd(),
  algorithm(CERTIFICATE_COMPRESSION.zlib, zlib.deflateSync, zlib.inflateSync),
];

/** Node 22.15 and later have it. */
function zstd(): readonly CertificateCompression[] {
  const { zstdCompressSync: pack, zstdDecompressSync: unpack } = zlib as {
    readonly zstdCompressSync?: Pack;
    readonly zstdDecompressSync?: Unpack;
  };
  return pack && unpack ? [algorithm(CERTIFICATE_COMPRESSION.zstd, pack, unpack)] : [];
}

function algorithm(id: number, pack: Pack, unpack: Unpack): CertificateCompression {
  const kept: { readonly message: Uint8Array; readonly compressed: Uint8Array }[] = [];
  return {
    algorithm: id,
    compress(message) {
      const known = kept.find((one) => equal(one.message, message));
      if (known !== undefined) return known.compressed;
      const compressed = Uint8Array.from(pack(message));
      kept.unshift({ message, compressed });
      kept.length = Math.min(kept.length, KEPT);
      return compressed;
    },
    decompress(compressed, length) {
      try {
        return Uint8Array.from(unpack(compressed, { maxOutputLength: length }));
      } catch {
        // Malformed, or longer than it said.
        return undefined;
      }
    },
  };
}
