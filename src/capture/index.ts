// The public index of `glasstls/capture`: files of captured packets read, TLS found, decrypted and checked in them, shown, and written.
// Nothing here touches a file system: bytes come from an async iterable, and go to whoever asked for them.

export type { Check, CheckName, Unchecked } from './checks.ts';
export type { CapturedConnection } from './connection.ts';
export { CaptureDecoder, type CaptureSummary, type Decoded, type DecodeOptions, decodeCapture } from './decode.ts';
export { type Fingerprint, ja3, ja3s, ja4 } from './fingerprints.ts';
export { type Endpoint, type Flow, type FlowEvent, type FlowSide, FlowTable } from './flows.ts';
export { type IpPayload, IpReader } from './ip.ts';
export { KeyLog, type SecretLabel } from './keylog.ts';
export { ipPacketIn, isKnownLink } from './link.ts';
export { missingIn, missingInFile, sealedText } from './missing.ts';
export { messagesOf, type NumberedMessage } from './numbered.ts';
export { type OtherText, readCapture } from './open_file.ts';
export { otherExtensions } from './other_extensions.ts';
export type { CaptureFault, CaptureItem, CaptureRemark, Packet, StoredSecrets } from './packets.ts';
export type { BrokenRecord, Decompressor, Sealed } from './passive.ts';
export type { CapturedItem } from './recorder.ts';
export { type ContentOptions, renderContent } from './render_content.ts';
export { renderWireshark, type WiresharkOptions } from './render_wireshark.ts';
export { type ReportedField, type ReportOptions, reportOf } from './report.ts';
export type { SealedReason } from './secrets.ts';
export type { ShownProofs } from './shown.ts';
export type { Delivery, Place } from './tcp.ts';
export {
  type CertificateCheckName,
  type CertificateDoubt,
  type ChainCheck,
  type Verdict,
  verdictsOf,
} from './verdicts.ts';
export { CaptureWriter, type CaptureWriterOptions, ConnectionTap } from './write_pcapng.ts';
