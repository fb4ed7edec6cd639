// The classic file format of libpcap (draft-ietf-opsawg-pcap): a header of 24 bytes whose magic number tells byte order and
// whether times have micro- or nanoseconds, then packets with 16 bytes in front of each. A length that cannot be ends it:
// nothing tells where the next packet begins.

import { u32 } from './numbers.ts';
import { type CaptureItem, MAX_PACKET, type PacketReader } from './packets.ts';
import { Pieces } from './pieces.ts';

const FILE_HEADER = 24;
const PACKET_HEADER = 16;

const MAGIC_MICRO = 0xa1b2c3d4;
const MAGIC_NANO = 0xa1b23c4d;

/** Whether the first four bytes of a file are those of a pcap. */
export function isPcap(head: Uint8Array): boolean {
  return [u32(head, 0, false), u32(head, 0, true)].some((magic) => magic === MAGIC_MICRO || magic === MAGIC_NANO);
}

export class PcapReader implements PacketReader {
  private readonly pieces = new Pieces();
  private started = false;
  private little = false;
  private units = 1000;
  private linkType = 0;
  private count = 0;
  private dead = false;

  *push(chunk: Uint8Array): Iterable<CaptureItem> {
    const { pieces } = this;
    if (this.dead) return;
    pieces.push(chunk);
    if (!this.started && !this.start()) return;
    for (;;) {
      const header = pieces.peek(PACKET_HEADER);
      if (header === undefined) return;
      const captured = u32(header, 8, this.little);
      if (captured > MAX_PACKET) {
        this.dead = true;
        yield { kind: 'remark', fault: 'packet_too_long', offset: pieces.offset, value: captured };
        return;
      }
      const whole = pieces.take(PACKET_HEADER + captured);
      if (whole === undefined) return;
      yield {
        kind: 'packet',
        number: ++this.count,
        time: u32(whole, 0, this.little) * 1000 + u32(whole, 4, this.little) / this.units,
        linkType: this.linkType,
        data: whole.subarray(PACKET_HEADER),
        length: u32(whole, 12, this.little),
      };
    }
  }

  *end(): Iterable<CaptureItem> {
    const { pieces } = this;
    if (!this.dead && (!this.started || pieces.length > 0)) {
      yield { kind: 'remark', fault: 'cut_off', offset: pieces.offset + pieces.length };
    }
  }

  private start(): boolean {
    const header = this.pieces.take(FILE_HEADER);
    if (header === undefined) return false;
    const big = u32(header, 0, false);
    this.little = big !== MAGIC_MICRO && big !== MAGIC_NANO;
    this.units = u32(header, 0, this.little) === MAGIC_NANO ? 1_000_000 : 1000;
    // The upper bits tell of a frame check sequence, which is behind what matters here.
    this.linkType = u32(header, 20, this.little) & 0xffff;
    this.started = true;
    return true;
  }
}
