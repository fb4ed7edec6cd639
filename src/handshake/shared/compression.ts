// Certificate compression (RFC 8879): a Certificate message as CompressedCertificate, and back. The algorithms are the host's;
// how large the result may be is decided here, before anything is unpacked.

import { DecodeError } from '../../bytes/decode_error.ts';
import { decode, encode } from '../../codec/run.ts';
import {
  type Certificate13,
  type CompressedCertificate,
  certificate13,
  compressedCertificate,
} from '../../wire/messages.ts';
import { malformed, TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';

/** One algorithm of RFC 8879 3. Synchronous; `decompress` stops at `length` bytes and gives undefined for anything else. */
export interface CertificateCompression {
  /** 1 zlib, 2 brotli, 3 zstd. */
  readonly algorithm: number;
  /** Absent: such messages are read and not written. */
  readonly compress?: (message: Uint8Array) => Uint8Array;
  readonly decompress?: (compressed: Uint8Array, length: number) => Uint8Array | undefined;
}

/** As long as any other handshake message may be (record/limits.ts): a chain that is larger is refused either way. */
const MAX_CERTIFICATE = 2 ** 17;

/** Sends a Certificate, compressed by the first algorithm of ours that the peer reads. */
export function sendCertificate13(
  context: HandshakeContext,
  theirs: readonly number[] | undefined,
  ours: readonly CertificateCompression[],
  message: Certificate13,
): void {
  const way = ours.find(({ algorithm, compress }) => compress !== undefined && theirs?.includes(algorithm));
  if (way?.compress === undefined) return context.send('certificate', certificate13, message);
  const plain = encode(certificate13, message, 4096);
  context.send('compressed_certificate', compressedCertificate, {
    algorithm: way.algorithm,
    uncompressed_length: plain.length,
    compressed_certificate_message: way.compress(plain),
  });
}

/** What we read: the algorithms to offer. */
export function readable(ours: readonly CertificateCompression[]): readonly number[] | undefined {
  const ids = ours.flatMap(({ algorithm, decompress }) => (decompress === undefined ? [] : [algorithm]));
  return ids.length === 0 ? undefined : ids;
}

/**
 * RFC 8879 4.
 * @throws TlsError illegal_parameter for an algorithm that was not offered, bad_certificate for what does not unpack to the
 * announced length, or announces too much
 */
export function unpackCertificate(
  ours: readonly CertificateCompression[],
  message: CompressedCertificate,
): Certificate13 {
  const { algorithm, uncompressed_length, compressed_certificate_message } = message;
  const where = { message: 'compressed_certificate' };
  const way = ours.find((one) => one.algorithm === algorithm);
  if (way?.decompress === undefined) {
    throw new TlsError('ERR_TLS_ILLEGAL_VALUE', `compression ${algorithm} was not offered`, {
      where: { ...where, field: 'algorithm' },
    });
  }
  if (uncompressed_length > MAX_CERTIFICATE) {
    throw new TlsError('ERR_TLS_BAD_COMPRESSION', `a chain of ${uncompressed_length} bytes is too long`, {
      where: { ...where, field: 'uncompressed_length' },
    });
  }
  const plain = way.decompress(compressed_certificate_message, uncompressed_length);
  if (plain === undefined || plain.length !== uncompressed_length) {
    throw new TlsError('ERR_TLS_BAD_COMPRESSION', `it does not unpack to ${uncompressed_length} bytes`, {
      where: { ...where, field: 'compressed_certificate_message' },
    });
  }
  try {
    return decode(certificate13, plain);
  } catch (error) {
    throw error instanceof DecodeError ? malformed('certificate', error) : error;
  }
}
