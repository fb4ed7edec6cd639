// The TCP connections of a capture. Each has two streams that are read in the order of cause and effect: bytes that answer others
// (their segment acknowledges them) are held back until those have been read, so that a capture whose packets were
// written down in another order still reads as what happened. Everything that waits is bounded; the oldest connection gives way.

import { latin1 } from '../bytes/bytes.ts';
import type { IpPayload } from './ip.ts';
import { type Delivery, distance, type Place, readSegment, type Segment, TcpStream, type WaitingTotal } from './tcp.ts';

export interface Endpoint {
  /** 4 or 16 bytes. */
  readonly address: Uint8Array;
  readonly port: number;
}

/** 0: who sent the first packet that was seen. */
export type FlowSide = 0 | 1;

export interface FlowEvent {
  readonly flow: Flow;
  readonly from: FlowSide;
  readonly delivery: Delivery | { readonly kind: 'closed'; readonly place: Place };
}

interface Held {
  readonly from: FlowSide;
  readonly segment: Segment;
  readonly place: Place;
}

const MAX_FLOWS = 8192;
const MAX_HELD_SEGMENTS = 64;
const MAX_HELD_BYTES = 2 ** 19;
/** In all connections together, with what waits in their streams. */
const MAX_HELD_TOTAL = 2 ** 26;

export class Flow {
  readonly ends: readonly [Endpoint, Endpoint];
  readonly streams: readonly [TcpStream, TcpStream];
  /** Side that sent a SYN without ACK. */
  opener: FlowSide | undefined;
  first: Place;
  last: Place;
  packets = 0;
  closed = false;
  initial: number | undefined;
  held: Held[] = [];
  heldBytes = 0;

  constructor(ends: readonly [Endpoint, Endpoint], place: Place, total: WaitingTotal) {
    this.ends = ends;
    this.streams = [new TcpStream(total), new TcpStream(total)];
    this.first = place;
    this.last = place;
  }
}

export class FlowTable {
  private readonly flows = new Map<string, Flow>();
  /** Held or waiting, in all connections. */
  private readonly total: WaitingTotal = { bytes: 0 };
  /** Segments whose header made no sense. */
  damaged = 0;

  /** What the segment in `payload` brings, or releases. */
  *accept(ip: IpPayload, place: Place): Iterable<FlowEvent> {
    const segment = readSegment(ip.payload);
    if (segment === undefined) {
      this.damaged++;
      return;
    }
    const source = `${latin1(ip.source)}:${segment.sourcePort}`;
    const destination = `${latin1(ip.destination)}:${segment.destinationPort}`;
    const key = source < destination ? `${source} ${destination}` : `${destination} ${source}`;
    let flow = this.flows.get(key);
    const opens = segment.syn && segment.acknowledged === undefined;
    if (flow !== undefined && opens && (flow.closed || flow.initial !== segment.sequence)) {
      yield* this.close(flow, place);
      flow = undefined;
    }
    if (flow === undefined) {
      // A bare RST or FIN opens nothing that could be read.
      if (segment.rst) return;
      yield* this.makeRoom(place);
      flow = new Flow(
        [endpoint(ip.source, segment.sourcePort), endpoint(ip.destination, segment.destinationPort)],
        place,
        this.total,
      );
      this.flows.set(key, flow);
    }
    if (flow.closed) return;
    yield* this.enter(flow, fromOf(flow, ip.source, segment.sourcePort), segment, place);
  }

  /** The end of the capture: what waits comes out, and every connection is closed. */
  *end(): Iterable<FlowEvent> {
    for (const flow of this.flows.values()) yield* this.close(flow, flow.last);
    this.flows.clear();
  }

  private *enter(flow: Flow, from: FlowSide, segment: Segment, place: Place): Iterable<FlowEvent> {
    flow.packets++;
    flow.last = place;
    if (segment.syn && segment.acknowledged === undefined) {
      flow.opener = from;
      flow.initial = segment.sequence;
    }
    if (segment.rst) {
      if (isInWindow(flow.streams[from].next, segment.sequence)) yield* this.close(flow, place);
      return;
    }
    if (mustWait(flow, from, segment)) {
      flow.held.push({ from, segment: { ...segment, data: segment.data.slice() }, place });
      flow.heldBytes += segment.data.length;
      this.total.bytes += segment.data.length;
    } else yield* this.read(flow, from, segment, place);
    yield* this.releaseHeld(flow);
    if (flow.streams[0].ended && flow.streams[1].ended) yield* this.close(flow, place);
  }

  private *read(flow: Flow, from: FlowSide, segment: Segment, place: Place): Iterable<FlowEvent> {
    for (const delivery of flow.streams[from].accept(segment, place)) yield { flow, from, delivery };
  }

  private *releaseHeld(flow: Flow): Iterable<FlowEvent> {
    while (flow.held.length > 0) {
      const ready = flow.held.findIndex(({ from, segment }) => !mustWait(flow, from, segment));
      const tooMuch = flow.heldBytes > MAX_HELD_BYTES || this.total.bytes > MAX_HELD_TOTAL;
      const forced = flow.held.length > MAX_HELD_SEGMENTS || tooMuch;
      if (ready < 0 && !forced) return;
      const [one] = flow.held.splice(Math.max(0, ready), 1);
      if (one === undefined) return;
      flow.heldBytes -= one.segment.data.length;
      this.total.bytes -= one.segment.data.length;
      if (ready < 0) yield* this.catchUp(flow, one);
      yield* this.read(flow, one.from, one.segment, one.place);
    }
  }

  /** The other side acknowledged what was never seen: it is lost to us. */
  private *catchUp(flow: Flow, { from, segment, place }: Held): Iterable<FlowEvent> {
    const other: FlowSide = from === 0 ? 1 : 0;
    for (const delivery of flow.streams[other].giveUp(place, segment.acknowledged)) {
      yield { flow, from: other, delivery };
    }
  }

  private *close(flow: Flow, place: Place): Iterable<FlowEvent> {
    if (flow.closed) return;
    while (flow.held.length > 0) {
      const one = flow.held.shift() as Held;
      this.total.bytes -= one.segment.data.length;
      if (mustWait(flow, one.from, one.segment)) yield* this.catchUp(flow, one);
      yield* this.read(flow, one.from, one.segment, one.place);
    }
    for (const from of [0, 1] as const) {
      for (const delivery of flow.streams[from].giveUp(place)) yield { flow, from, delivery };
    }
    flow.closed = true;
    yield { flow, from: 0, delivery: { kind: 'closed', place } };
  }

  private *makeRoom(place: Place): Iterable<FlowEvent> {
    if (this.flows.size < MAX_FLOWS) return;
    for (const [key, flow] of this.flows) {
      yield* this.close(flow, place);
      this.flows.delete(key);
      return;
    }
  }
}

/** Whether the segment answers bytes that have not been read. A side that never speaks is not waited for. */
function mustWait(flow: Flow, from: FlowSide, { acknowledged, data, fin }: Segment): boolean {
  if (acknowledged === undefined || (data.length === 0 && !fin)) return false;
  const { next } = flow.streams[from === 0 ? 1 : 0];
  return next !== undefined && distance(acknowledged, next) > 0;
}

function isInWindow(next: number | undefined, sequence: number): boolean {
  if (next === undefined) return true;
  const ahead = distance(sequence, next);
  return ahead >= -1 && ahead < 2 ** 20;
}

function endpoint(address: Uint8Array, port: number): Endpoint {
  return { address: address.slice(), port };
}

function fromOf({ ends }: Flow, address: Uint8Array, port: number): FlowSide {
  const [{ address: known, port: itsPort }] = ends;
  return itsPort === port && known.length === address.length && known.every((byte, i) => byte === address[i]) ? 0 : 1;
}
