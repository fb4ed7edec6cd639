// TCP (RFC 9293) from the outside: the segments of one direction put in order. A passive reader is not asked again, so that what
// it did not see is either late (reordered) or lost for good; it waits for a bounded number of segments and bytes before it
// calls bytes lost. Bytes that come twice are taken as they came first, as an endpoint does that has acknowledged them.

import { u16, u32 } from './numbers.ts';

export interface Segment {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  /** Undefined without ACK. */
  readonly acknowledged: number | undefined;
  readonly syn: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  readonly data: Uint8Array;
}

const FLAG = { fin: 1, syn: 2, rst: 4, ack: 16 };

/** Undefined when the header is cut off or its length cannot be. */
export function readSegment(payload: Uint8Array): Segment | undefined {
  const header = ((payload[12] ?? 0) >> 4) * 4;
  if (header < 20 || payload.length < header) return undefined;
  const flags = payload[13] ?? 0;
  return {
    sourcePort: u16(payload, 0, false),
    destinationPort: u16(payload, 2, false),
    sequence: u32(payload, 4, false),
    acknowledged: flags & FLAG.ack ? u32(payload, 8, false) : undefined,
    syn: (flags & FLAG.syn) !== 0,
    fin: (flags & FLAG.fin) !== 0,
    rst: (flags & FLAG.rst) !== 0,
    data: payload.subarray(header),
  };
}

/** How far `a` is behind `b` in sequence numbers, which go round at 2^32: negative when it is before it. */
export function distance(a: number, b: number): number {
  return (a - b) | 0;
}

/** What waits for bytes that did not come yet. */
const MAX_WAITING_SEGMENTS = 256;
const MAX_WAITING_BYTES = 2 ** 20;

/** What waits in all connections together. */
const MAX_WAITING_TOTAL = 2 ** 26;

/** Bytes that wait, counted over all streams of a capture. */
export interface WaitingTotal {
  bytes: number;
}

/** Where in the file bytes stood. */
export interface Place {
  readonly frame: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

export type Delivery =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly place: Place }
  | { readonly kind: 'gap'; readonly length: number; readonly place: Place }
  | { readonly kind: 'fin'; readonly place: Place };

interface Waiting {
  readonly sequence: number;
  readonly data: Uint8Array;
  readonly fin: boolean;
  readonly place: Place;
}

/** One direction of a connection. */
export class TcpStream {
  /** The next sequence number; undefined before the first segment. */
  next: number | undefined;
  /** Whether its beginning (SYN) was seen. */
  begun = false;
  ended = false;
  lost = 0;
  repeated = 0;
  reordered = 0;
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private readonly total: WaitingTotal;

  constructor(total: WaitingTotal) {
    this.total = total;
  }

  /** Takes a segment and gives what is in order now. `data` is copied when it has to wait. */
  *accept(segment: Segment, place: Place): Iterable<Delivery> {
    const { syn, data, fin } = segment;
    const sequence = syn ? (segment.sequence + 1) >>> 0 : segment.sequence;
    if (this.next === undefined) {
      this.next = sequence;
      this.begun = syn;
    }
    if (data.length === 0 && !fin) return;
    const ahead = distance(sequence, this.next);
    // More than any window: not of this connection, or a keep-alive with the oldest number.
    if (ahead > MAX_WINDOW || ahead + data.length < -MAX_WINDOW) return;
    if (ahead > 0) {
      this.reordered++;
      this.keep({ sequence, data: data.slice(), fin, place });
    } else yield* this.deliver({ sequence, data, fin, place });
    const tooMany = this.waiting.length > MAX_WAITING_SEGMENTS || this.waitingBytes > MAX_WAITING_BYTES;
    yield* this.release(tooMany || this.total.bytes > MAX_WAITING_TOTAL);
  }

  /** Bytes up to `sequence` are not coming any more: gives what stands behind them. */
  *giveUp(place: Place, sequence?: number): Iterable<Delivery> {
    if (sequence !== undefined && this.next !== undefined && distance(sequence, this.next) > 0) {
      const [first] = this.waiting;
      // What waits before it is delivered first.
      if (first === undefined || distance(first.sequence, sequence) >= 0) yield this.gap(sequence, place);
    }
    while (this.isWaiting) yield* this.release(true);
  }

  get isWaiting(): boolean {
    return this.waiting.length > 0;
  }

  private *release(force: boolean): Iterable<Delivery> {
    for (let forced = force; ; forced = false) {
      const [first] = this.waiting;
      if (first === undefined || this.next === undefined) return;
      const ahead = distance(first.sequence, this.next);
      if (ahead > 0 && !forced) return;
      if (ahead > 0) yield this.gap(first.sequence, first.place);
      this.waiting.shift();
      this.waitingBytes -= first.data.length;
      this.total.bytes -= first.data.length;
      yield* this.deliver(first);
    }
  }

  private gap(to: number, place: Place): Delivery {
    const length = distance(to, this.next ?? to);
    this.lost += length;
    this.next = to;
    return { kind: 'gap', length, place };
  }

  private *deliver({ sequence, data, fin, place }: Waiting): Iterable<Delivery> {
    const known = -distance(sequence, this.next ?? sequence);
    if (known > 0 && data.length > 0) this.repeated++;
    const bytes = known >= data.length ? undefined : data.subarray(known);
    if (bytes !== undefined) {
      this.next = ((this.next ?? sequence) + bytes.length) >>> 0;
      yield { kind: 'bytes', bytes, place };
    }
    if (!fin || this.ended || distance((sequence + data.length) >>> 0, this.next ?? 0) !== 0) return;
    this.ended = true;
    // FIN takes a number of its own.
    this.next = ((this.next ?? 0) + 1) >>> 0;
    yield { kind: 'fin', place };
  }

  /** In order of sequence numbers; what came first stands before what came later with the same. */
  private keep(one: Waiting): void {
    let at = this.waiting.length;
    while (at > 0 && distance((this.waiting[at - 1] as Waiting).sequence, one.sequence) > 0) at--;
    this.waiting.splice(at, 0, one);
    this.waitingBytes += one.data.length;
    this.total.bytes += one.data.length;
  }
}

/** The largest window of RFC 7323 is 2^30 bytes. */
const MAX_WINDOW = 2 ** 30;
