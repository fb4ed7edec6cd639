// pcapng (draft-ietf-opsawg-pcapng): blocks of type and length. Sections may differ in byte order, interfaces in link type and
// in the unit of their times; Decryption Secrets Blocks bring a key log. Blocks that are not known are passed over.

import { latin1 } from '../bytes/bytes.ts';
import { u16, u32 } from './numbers.ts';
import { type CaptureItem, MAX_PACKET, type PacketReader } from './packets.ts';
import { Pieces } from './pieces.ts';

export const BLOCK = {
  section: 0x0a0d0d0a,
  interface: 1,
  packet: 2,
  simple_packet: 3,
  enhanced_packet: 6,
  secrets: 10,
} as const;

export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** "TLSK": the type of secrets that are a TLS key log. */
export const TLS_KEY_LOG = 0x544c534b;

const OPTION_RESOLUTION = 9;
const OPTION_OFFSET = 14;

/** Larger blocks are passed over: no packet needs them, and a key log of this length has 80 000 lines. */
const MAX_BLOCK = 16 * 2 ** 20;
/** The last moment of ECMAScript's calendar; what a damaged file has beyond it is no time. */
const LAST_TIME = 8.64e15;
/** Interfaces of a section. */
const MAX_INTERFACES = 65_536;

interface Interface {
  readonly linkType: number;
  readonly snapLength: number;
  /** Units of its times in a millisecond. */
  readonly units: number;
  /** Milliseconds to add. */
  readonly offset: number;
}

export function isPcapng(head: Uint8Array): boolean {
  return u32(head, 0, false) === BLOCK.section;
}

export class PcapngReader implements PacketReader {
  private readonly pieces = new Pieces();
  private interfaces: Interface[] = [];
  private little = false;
  private count = 0;
  private dead = false;

  *push(chunk: Uint8Array): Iterable<CaptureItem> {
    const { pieces } = this;
    if (this.dead) return;
    pieces.push(chunk);
    for (;;) {
      const head = pieces.peek(12);
      if (head === undefined) return;
      const isSection = u32(head, 0, false) === BLOCK.section;
      if (isSection) this.little = u32(head, 8, true) === BYTE_ORDER_MAGIC;
      const type = u32(head, 0, this.little);
      const length = u32(head, 4, this.little);
      if (length < 12 || length % 4 !== 0 || (isSection && u32(head, 8, this.little) !== BYTE_ORDER_MAGIC)) {
        this.dead = true;
        yield { kind: 'remark', fault: 'block_length', offset: pieces.offset, value: length };
        return;
      }
      if (length > MAX_BLOCK) {
        yield { kind: 'remark', fault: 'packet_too_long', offset: pieces.offset, value: length };
        pieces.skip(length);
        continue;
      }
      const block = pieces.take(length);
      if (block === undefined) return;
      yield* this.accept(type, block.subarray(8, length - 4));
    }
  }

  *end(): Iterable<CaptureItem> {
    const { pieces } = this;
    if (!this.dead && (pieces.length > 0 || pieces.isSkipping)) {
      yield { kind: 'remark', fault: 'cut_off', offset: pieces.offset + pieces.length };
    }
  }

  private *accept(type: number, body: Uint8Array): Iterable<CaptureItem> {
    switch (type) {
      case BLOCK.section:
        this.interfaces = [];
        return;
      case BLOCK.interface:
        if (this.interfaces.length < MAX_INTERFACES) this.interfaces.push(this.readInterface(body));
        return;
      case BLOCK.enhanced_packet:
        return yield* this.packet(body, u32(body, 0, this.little), 20);
      case BLOCK.packet:
        // The obsolete Packet Block has two bytes of interface and two of drops where the other has four of interface.
        return yield* this.packet(body, u16(body, 0, this.little), 20);
      case BLOCK.simple_packet:
        return yield* this.simplePacket(body);
      case BLOCK.secrets:
        return yield* this.secrets(body);
    }
  }

  private *packet(body: Uint8Array, id: number, start: number): Iterable<CaptureItem> {
    const { little, pieces } = this;
    const number = ++this.count;
    const from = this.interfaces[id];
    const captured = u32(body, 12, little);
    if (from === undefined || captured > MAX_PACKET || start + captured > body.length) {
      const fault = from === undefined ? 'unknown_interface' : 'packet_too_long';
      yield { kind: 'remark', fault, offset: pieces.offset, value: from === undefined ? id : captured };
      return;
    }
    const units = u32(body, 4, little) * 2 ** 32 + u32(body, 8, little);
    const time = from.offset + units / from.units;
    yield {
      kind: 'packet',
      number,
      time: time <= LAST_TIME ? time : undefined,
      linkType: from.linkType,
      data: body.subarray(start, start + captured),
      length: u32(body, 16, little),
    };
  }

  private *simplePacket(body: Uint8Array): Iterable<CaptureItem> {
    const [from] = this.interfaces;
    const number = ++this.count;
    if (from === undefined) {
      yield { kind: 'remark', fault: 'unknown_interface', offset: this.pieces.offset, value: 0 };
      return;
    }
    const length = u32(body, 0, this.little);
    const kept = from.snapLength === 0 ? length : Math.min(length, from.snapLength);
    const data = body.subarray(4, Math.min(body.length, 4 + kept));
    yield { kind: 'packet', number, time: undefined, linkType: from.linkType, data, length };
  }

  private *secrets(body: Uint8Array): Iterable<CaptureItem> {
    const type = u32(body, 0, this.little);
    if (type !== TLS_KEY_LOG) {
      yield { kind: 'remark', fault: 'unknown_secrets', offset: this.pieces.offset, value: type };
      return;
    }
    yield { kind: 'secrets', text: latin1(body.subarray(8, 8 + u32(body, 4, this.little))) };
  }

  private readInterface(body: Uint8Array): Interface {
    const { little } = this;
    let [units, offset] = [1000, 0];
    for (let at = 8; at + 4 <= body.length; ) {
      const code = u16(body, at, little);
      const length = u16(body, at + 2, little);
      if (code === 0) break;
      if (code === OPTION_RESOLUTION) units = unitsOf(body[at + 4] ?? 6);
      if (code === OPTION_OFFSET) offset = u32(body, little ? at + 4 : at + 8, little) * 1000;
      at += 4 + Math.ceil(length / 4) * 4;
    }
    return { linkType: u16(body, 0, little), snapLength: u32(body, 4, little), units, offset };
  }
}

/** if_tsresol: a power of ten, or of two when the highest bit is set; how many make a millisecond. */
function unitsOf(resolution: number): number {
  const exponent = resolution & 0x7f;
  return (resolution & 0x80 ? 2 ** exponent : 10 ** exponent) / 1000;
}
