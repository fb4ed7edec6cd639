// The public index of `glasstls/capture`: files of captured packets read, TLS found and decrypted in them, and written. Nothing
// here touches a file system: bytes come from an async iterable, and go to whoever asked for them.

export type { CapturedConnection } from './connection.ts';
export { CaptureDecoder, type CaptureSummary, type Decoded, type DecodeOptions, decodeCapture } from './decode.ts';
export { type Endpoint, type Flow, type FlowEvent, type FlowSide, FlowTable } from './flows.ts';
export { type IpPayload, IpReader } from './ip.ts';
export { KeyLog, type SecretLabel } from './keylog.ts';
export { ipPacketIn, isKnownLink } from './link.ts';
export { readCapture } from './open_file.ts';
export type { CaptureFault, CaptureItem, CaptureRemark, Packet, StoredSecrets } from './packets.ts';
export type { CapturedItem } from './recorder.ts';
export type { SealedReason } from './secrets.ts';
export type { Delivery, Place } from './tcp.ts';
export { CaptureWriter, type CaptureWriterOptions, ConnectionTap } from './write_pcapng.ts';
