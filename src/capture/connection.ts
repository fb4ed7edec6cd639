// One connection of a capture from its first packet to its last: TLS is looked for, then read. Its report is what all renderings
// are made of.

import type { Side, Trace } from '../inspect/trace.ts';
import type { Check } from './checks.ts';
import type { Fingerprint } from './fingerprints.ts';
import type { Endpoint, Flow, FlowEvent, FlowSide } from './flows.ts';
import type { BrokenRecord, PassiveOptions, Sealed } from './passive.ts';
import { TlsReading } from './reading.ts';
import type { Budget, CapturedItem } from './recorder.ts';
import type { ShownProofs } from './shown.ts';
import type { Place } from './tcp.ts';
import { TlsSearch } from './tls_start.ts';

/** A TLS connection as it was read from a capture. */
export interface CapturedConnection {
  /** Counts from 1, by the first packets of the connections. */
  readonly number: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** Milliseconds since 1970. */
  readonly started: number;
  /** The time of the file's first packet, which Wireshark's times count from. */
  readonly origin: number;
  readonly firstFrame: number;
  readonly lastFrame: number;
  /** As the client would have recorded it. */
  readonly trace: Trace;
  readonly items: readonly CapturedItem[];
  /** In hexadecimal; undefined where the ClientHello was not captured. */
  readonly clientRandom: string | undefined;
  readonly serverName: string | undefined;
  /** Bytes of plain text before TLS began, on the client's side. */
  readonly before: number;
  /** Whether nothing says who sent which record: sealed ones are told apart by the keys that open them. */
  readonly guessed: boolean;
  /** False when the capture does not have its beginning. */
  readonly whole: boolean;
  readonly opened: Readonly<Record<Side, number>>;
  readonly sealed: Readonly<Record<Side, number>>;
  readonly sealedReasons: readonly Sealed[];
  /** Bytes that are missing. */
  readonly lost: Readonly<Record<Side, number>>;
  readonly repeated: number;
  readonly reordered: number;
  /** The first of them; `moreFaults` are not listed. */
  readonly faults: readonly BrokenRecord[];
  readonly moreFaults: number;
  /** Undefined where the hello was not captured. */
  readonly fingerprints: {
    readonly ja3: Fingerprint | undefined;
    readonly ja3s: Fingerprint | undefined;
    readonly ja4: Fingerprint | undefined;
  };
  /** What was proved and whether it holds, in the order in which it came. */
  readonly checks: readonly Check[];
  /** Certificates as they were shown, DER. */
  readonly chains: Readonly<Record<Side, readonly Uint8Array[]>>;
  /** What was stapled to them. */
  readonly proofs: Readonly<Record<Side, ShownProofs>>;
  /** Records that were too many to be kept one by one. */
  readonly added: number;
}

export class ConnectionReader {
  readonly flow: Flow;
  private readonly number: number;
  private readonly options: PassiveOptions;
  private readonly budget: Budget;
  private search: TlsSearch | undefined = new TlsSearch();
  private reading: TlsReading | undefined;
  private client: FlowSide = 0;
  private before = 0;
  private whole = true;
  private readonly gone: [boolean, boolean] = [false, false];

  constructor(flow: Flow, number: number, options: PassiveOptions, budget: Budget) {
    this.flow = flow;
    this.number = number;
    this.options = options;
    this.budget = budget;
  }

  accept({ from, delivery }: FlowEvent): void {
    switch (delivery.kind) {
      case 'bytes':
        return this.bytes(from, delivery.bytes, delivery.place);
      case 'gap':
        this.gone[from] = true;
        this.reading?.tls.gap(this.sideOf(from), delivery.length, delivery.place);
    }
  }

  /** Undefined when no TLS was found. `origin`: when the file begins. */
  result(origin: number): CapturedConnection | undefined {
    const { flow, number, before, whole } = this;
    const [client, server] = this.client === 0 ? flow.ends : [flow.ends[1], flow.ends[0]];
    return this.reading?.result({
      number,
      client,
      server,
      origin,
      before,
      guessed: false,
      whole,
      started: flow.first.time,
      firstFrame: flow.first.frame,
      lastFrame: flow.last.frame,
      repeated: flow.streams[0].repeated + flow.streams[1].repeated,
      reordered: flow.streams[0].reordered + flow.streams[1].reordered,
    });
  }

  private bytes(from: FlowSide, bytes: Uint8Array, place: Place): void {
    if (this.reading !== undefined) return this.reading.tls.bytes(this.sideOf(from), bytes, place);
    if (this.search === undefined) return;
    const { flow } = this;
    const joined = !flow.streams[from].begun || this.gone[from];
    const lowPort: FlowSide = flow.ends[0].port < flow.ends[1].port ? 0 : 1;
    const start = this.search.push(from, bytes, joined, lowPort);
    if (start === undefined) {
      if (this.search.failed) this.search = undefined;
      return;
    }
    this.client = start.client;
    this.before = start.before;
    this.whole = start.whole;
    this.search = undefined;
    this.reading = new TlsReading(this.options, this.budget, start.whole);
    this.reading.tls.bytes(this.sideOf(from), start.bytes, place);
  }

  private sideOf(from: FlowSide): Side {
    return from === this.client ? 'client' : 'server';
  }
}
