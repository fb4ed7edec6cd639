// The public index of `glasstls/capture`: files of captured packets read, TLS found and decrypted in them, and written. Nothing
// here touches a file system: bytes come from an async iterable, and go to whoever asked for them.

export { type Endpoint, type Flow, type FlowEvent, type FlowSide, FlowTable } from './flows.ts';
export { type IpPayload, IpReader } from './ip.ts';
export { ipPacketIn, isKnownLink } from './link.ts';
export { readCapture } from './open_file.ts';
export type { CaptureFault, CaptureItem, CaptureRemark, Packet, StoredSecrets } from './packets.ts';
export type { Delivery, Place } from './tcp.ts';
