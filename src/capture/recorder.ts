// What was seen of a connection, as the observations that the engine makes of its own: so that traces, timelines and all
// renderings work on captures too. Beside each stands the frame. The number of items is bounded: application data beyond it is
// added up in the item before.

import type { Trace, TraceEntry } from '../inspect/trace.ts';
import { TRACE_VERSION } from '../inspect/trace_schema.ts';
import { CONTENT_TYPE } from '../wire/registry/names.ts';
import type { Place } from './tcp.ts';

export type Observation = TraceEntry['observation'];

export interface CapturedItem {
  readonly frame: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly observation: Observation;
  /** A record that no key opened; its observation says only what the header says. */
  readonly sealed: boolean;
  /** The first bytes of application data, where they were asked for and there was room. */
  readonly content?: Uint8Array;
}

/** Bytes of application data that all connections together may keep. */
const MAX_CONTENT = 2 ** 24;

/** What all connections together may keep: items, and bytes of messages. */
export class Budget {
  private items: number;
  private bytes: number;
  private content = MAX_CONTENT;

  constructor(items: number, bytes: number) {
    this.items = items;
    this.bytes = bytes;
  }

  take(items: number, bytes: number): boolean {
    if (this.items < items || this.bytes < bytes) return false;
    this.items -= items;
    this.bytes -= bytes;
    return true;
  }

  takeContent(bytes: number): boolean {
    if (this.content < bytes) return false;
    this.content -= bytes;
    return true;
  }

  giveBack(items: number, bytes: number, content: number): void {
    this.items += items;
    this.bytes += bytes;
    this.content += content;
  }
}

export class Recorder {
  readonly items: CapturedItem[] = [];
  /** Records and pieces of data that are counted in an item before them. */
  added = 0;
  private readonly budget: Budget;
  private reserved = 0;
  private content = 0;
  /** Of each piece of application data. */
  private readonly contentLength: number;
  /** Where the newest data of each direction stands. */
  private readonly lastData: { in?: number; out?: number } = {};

  /** `contentLength`: bytes that are kept of each piece of application data. */
  constructor(budget: Budget, contentLength: number) {
    this.budget = budget;
    this.contentLength = contentLength;
  }

  /** Whether so many bytes more may be kept beside the items. */
  reserve(bytes: number): boolean {
    if (!this.budget.take(0, bytes)) return false;
    this.reserved += bytes;
    return true;
  }

  /** Nothing is added any more: what was kept counts for nobody. */
  close(): void {
    this.budget.giveBack(this.items.length, this.reserved, this.content);
    this.reserved = 0;
    this.content = 0;
  }

  add(observation: Observation, { frame, time }: Place, sealed = false, data?: Uint8Array): void {
    const isBulk =
      observation.kind === 'data' ||
      (observation.kind === 'record' && observation.innerType === CONTENT_TYPE.application_data);
    const bytes = observation.kind === 'message' ? observation.raw.length : 0;
    if (this.budget.take(1, bytes)) {
      this.reserved += bytes;
      if (observation.kind === 'data') this.lastData[observation.direction] = this.items.length;
      const content = data && this.keep(data);
      this.items.push({ frame, time, observation, sealed, ...(content && { content }) });
      return;
    }
    this.added++;
    if (isBulk) this.addUp(observation);
  }

  trace(note: string): Trace {
    const started = this.items[0]?.time ?? 0;
    const entries = this.items.map(({ time, observation }) => ({
      t: Math.max(0, Math.round((time - started) * 1000) / 1000),
      observation,
    }));
    return { version: TRACE_VERSION, side: 'client', started, note, entries };
  }

  private keep(data: Uint8Array): Uint8Array | undefined {
    const length = Math.min(data.length, this.contentLength);
    if (length === 0 || !this.budget.takeContent(length)) return undefined;
    this.content += length;
    return data.slice(0, length);
  }

  private addUp(observation: Observation): void {
    if (observation.kind !== 'data') return;
    const at = this.lastData[observation.direction] ?? -1;
    const last = this.items[at];
    if (last?.observation.kind !== 'data') return;
    const length = last.observation.length + observation.length;
    this.items[at] = { ...last, observation: { ...last.observation, length } };
  }
}
