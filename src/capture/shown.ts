// What each side showed of itself: its certificates, and the proofs that came with them: OCSP responses that were stapled (RFC 6066 8,
// RFC 8446 4.4.2.1) and signed certificate timestamps (RFC 6962 3.3). Kept as bytes; they are judged when the connection ends.

import { encode } from '../codec/run.ts';
import type { Side } from '../inspect/trace.ts';
import { DEFAULT_LIMITS } from '../record/limits.ts';
import { signedCertificateTimestampList } from '../wire/extension_bodies.ts';
import {
  type Certificate13,
  certificate12,
  certificate13,
  certificateStatus,
  compressedCertificate,
  isServerHello13,
} from '../wire/messages.ts';
import { CERTIFICATE_STATUS_TYPE } from '../wire/registry/names.ts';
import { type Handshake, tryDecode, tryRead } from './handshake.ts';
import type { Decompressor } from './passive.ts';

/** Proofs that one side gave with its certificates. */
export interface ShownProofs {
  /** Each at the place of its certificate. */
  readonly ocspResponses: readonly (Uint8Array | undefined)[];
  /** The SignedCertificateTimestampList of the leaf, as an extension of TLS has it. */
  readonly sctList: Uint8Array | undefined;
  /** Of the message with the certificates. */
  readonly frame: number | undefined;
}

const NONE: ShownProofs = { ocspResponses: [], sctList: undefined, frame: undefined };

export class Shown {
  /** DER, leaf first. */
  readonly chains: Record<Side, readonly Uint8Array[]> = { client: [], server: [] };
  readonly proofs: Record<Side, ShownProofs> = { client: NONE, server: NONE };
  private readonly decompressors: readonly Decompressor[];

  constructor(decompressors: readonly Decompressor[]) {
    this.decompressors = decompressors;
  }

  /** A Certificate message; what answers a request of TLS 1.3 is returned for its context. */
  certificate({ is13, serverHello }: Handshake, from: Side, raw: Uint8Array, frame: number): Certificate13 | undefined {
    if (is13) return this.take13(from, tryRead(certificate13, raw), frame);
    this.chains[from] = tryRead(certificate12, raw)?.certificate_list ?? [];
    // RFC 6962 3.3.1: TLS 1.2 has them in the ServerHello.
    const known = serverHello === undefined || isServerHello13(serverHello) ? undefined : serverHello.extensions.known;
    const sctList = from === 'server' ? listOf(known?.signed_certificate_timestamp) : undefined;
    this.proofs[from] = { ocspResponses: [], sctList, frame };
    return undefined;
  }

  /** RFC 8879 4. */
  compressed(from: Side, raw: Uint8Array, frame: number): Certificate13 | undefined {
    const message = tryRead(compressedCertificate, raw);
    if (message === undefined || message.uncompressed_length > DEFAULT_LIMITS.handshakeMessage) return undefined;
    const way = this.decompressors.find(({ algorithm }) => algorithm === message.algorithm);
    const plain = way?.decompress?.(message.compressed_certificate_message, message.uncompressed_length);
    return this.take13(from, plain && tryDecode(certificate13, plain), frame);
  }

  /** The CertificateStatus of TLS 1.2. */
  status(from: Side, raw: Uint8Array): void {
    const message = tryRead(certificateStatus, raw);
    if (message?.status_type !== CERTIFICATE_STATUS_TYPE.ocsp) return;
    this.proofs[from] = { ...this.proofs[from], ocspResponses: [message.response] };
  }

  private take13(from: Side, message: Certificate13 | undefined, frame: number): Certificate13 | undefined {
    const entries = message?.certificate_list ?? [];
    this.chains[from] = entries.map(({ cert_data }) => cert_data);
    this.proofs[from] = {
      ocspResponses: entries.map(({ extensions }) => extensions.known.status_request?.response),
      sctList: listOf(entries[0]?.extensions.known.signed_certificate_timestamp),
      frame,
    };
    return message;
  }
}

function listOf(timestamps: readonly Uint8Array[] | undefined): Uint8Array | undefined {
  return timestamps === undefined ? undefined : encode(signedCertificateTimestampList, timestamps);
}
