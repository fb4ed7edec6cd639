// What a capture file holds, whichever format it has: packets as a link delivered them, secrets that were stored beside them,
// and remarks on what is damaged. Readers take bytes in pieces and give items as soon as they are whole; what they keep
// is bounded by one packet.

export interface Packet {
  readonly kind: 'packet';
  /** Counts from 1, as Wireshark numbers frames. */
  readonly number: number;
  /** Milliseconds since 1970, with a fraction; undefined where the file has no time for it. */
  readonly time: number | undefined;
  /** LINKTYPE_ of the file's interface. */
  readonly linkType: number;
  /** What was captured of it. Valid until the reader is given more bytes. */
  readonly data: Uint8Array;
  /** Its length on the wire: more than `data` has when the capture was told to cut packets off. */
  readonly length: number;
}

/** A Decryption Secrets Block whose type is a TLS key log. */
export interface StoredSecrets {
  readonly kind: 'secrets';
  readonly text: string;
}

export type CaptureFault =
  | 'not_a_capture'
  | 'cut_off'
  | 'block_length'
  | 'packet_too_long'
  | 'unknown_interface'
  | 'unknown_secrets';

/** Something is missing or wrong; what can be read goes on. */
export interface CaptureRemark {
  readonly kind: 'remark';
  readonly fault: CaptureFault;
  /** Byte of the file. */
  readonly offset: number;
  /** What was found, where a number explains it. */
  readonly value?: number | undefined;
}

export type CaptureItem = Packet | StoredSecrets | CaptureRemark;

export interface PacketReader {
  /** The items that are whole now. `chunk` may not change until the items have been used. */
  push(chunk: Uint8Array): Iterable<CaptureItem>;
  /** What can be said at the end of the file. */
  end(): Iterable<CaptureItem>;
}

/** tcpdump's own limit (MAXIMUM_SNAPLEN) is 262144; a loopback packet with offloading may have 64 kB and headers. */
export const MAX_PACKET = 0x40000;

/** LINKTYPE_ values of tcpdump.org that are understood here. */
export const LINK_TYPE = {
  null: 0,
  ethernet: 1,
  raw_bsd: 12,
  raw_openbsd: 14,
  raw: 101,
  loop: 108,
  linux_sll: 113,
  ipv4: 228,
  ipv6: 229,
  linux_sll2: 276,
} as const;
