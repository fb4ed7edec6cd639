// A trace is what one side of one connection observed, as JSON lines: a header, then a line for each observation with the
// milliseconds since the start. The command, tests and bug reports all speak it; docs/trace.md is its specification.
// Secrets are in a trace only when the writer was given secret observations, that is, when somebody asked for them.

import type { Observation, Observer } from '../engine/observe.ts';
import { fromJson, TRACE_VERSION, toJson } from './trace_schema.ts';

export type Side = 'client' | 'server';

export interface TraceHeader {
  readonly version: typeof TRACE_VERSION;
  readonly side: Side;
  /** When it started: milliseconds since 1970, UTC, with microseconds behind the point. */
  readonly started: number;
  /** What the connection was for, a host and port mostly. Free text of the one who wrote the trace. */
  readonly note: string | undefined;
}

export interface TraceEntry {
  /** Milliseconds since the start of the trace. */
  readonly t: number;
  readonly observation: Observation;
}

export interface Trace extends TraceHeader {
  readonly entries: readonly TraceEntry[];
}

export interface TraceWriterOptions {
  readonly side: Side;
  /** Milliseconds since 1970; a fraction is kept to the microsecond. */
  readonly now: () => number;
  /** Takes one line at a time, its line feed included. */
  readonly write: (line: string) => void;
  readonly note?: string | undefined;
}

/** Writes the header at once and returns an observer that writes a line for everything it is told. */
export function traceWriter({ side, now, write, note }: TraceWriterOptions): Observer {
  const started = now();
  const header = { glasstls_trace: TRACE_VERSION, side, started: formatTime(started) };
  write(`${JSON.stringify(note === undefined ? header : { ...header, note })}\n`);
  return (observation) => {
    const t = Math.max(0, microseconds(now() - started));
    write(`${JSON.stringify({ t, ...toJson(observation) })}\n`);
  };
}

/** Keeps a trace in memory instead of writing it. `trace()` may be asked at any time. */
export function traceRecorder(options: Omit<TraceWriterOptions, 'write'>): { observe: Observer; trace(): Trace } {
  const { side, now, note } = options;
  const started = now();
  const entries: TraceEntry[] = [];
  return {
    observe: (observation) => {
      entries.push({ t: Math.max(0, microseconds(now() - started)), observation });
    },
    trace: () => ({ version: TRACE_VERSION, side, started, note, entries: [...entries] }),
  };
}

/** A trace as text, exactly as {@link traceWriter} would have written it. */
export function formatTrace(trace: Trace): string {
  const { side, started, note } = trace;
  const header = { glasstls_trace: TRACE_VERSION, side, started: formatTime(started) };
  const lines: string[] = [JSON.stringify(note === undefined ? header : { ...header, note })];
  for (const { t, observation } of trace.entries) lines.push(JSON.stringify({ t, ...toJson(observation) }));
  return `${lines.join('\n')}\n`;
}

/** A text that is not a trace; `line` counts from 1. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
  readonly line: number;

  constructor(line: number, problem: string) {
    super(`line ${line}: ${problem}`);
    this.line = line;
  }
}

/**
 * Reads a trace of version 1. Empty lines, kinds and fields that this version does not know are passed over.
 * A last line that was cut off (a writer that was killed) is an error like any other.
 * @throws TraceError with the number of the line
 */
export function readTrace(text: string): Trace {
  const entries: TraceEntry[] = [];
  let header: TraceHeader | undefined;
  let number = 0;
  for (const line of text.split(/\r?\n/)) {
    number++;
    if (line.trim() === '') continue;
    const source = parseLine(number, line);
    if (header === undefined) header = readHeader(number, source);
    else readEntry(number, source, entries);
  }
  if (header === undefined) throw new TraceError(1, 'the trace is empty');
  return { ...header, entries };
}

function parseLine(number: number, line: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new TraceError(number, 'not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TraceError(number, 'not a JSON object');
  }
  return value as Readonly<Record<string, unknown>>;
}

function readHeader(line: number, source: Readonly<Record<string, unknown>>): TraceHeader {
  const { glasstls_trace, side, started, note } = source;
  if (glasstls_trace === undefined) throw new TraceError(line, 'no header: "glasstls_trace" is missing');
  if (glasstls_trace !== TRACE_VERSION) {
    throw new TraceError(
      line,
      `trace version ${JSON.stringify(glasstls_trace)} is not known here, ${TRACE_VERSION} is`,
    );
  }
  if (side !== 'client' && side !== 'server') throw new TraceError(line, '"side" is neither "client" nor "server"');
  const time = typeof started === 'string' ? parseTime(started) : undefined;
  if (time === undefined) throw new TraceError(line, '"started" is not a time like 2026-01-31T12:00:00.000000Z');
  if (note !== undefined && typeof note !== 'string') throw new TraceError(line, '"note" is not text');
  return { version: TRACE_VERSION, side, started: time, note };
}

function readEntry(line: number, source: Readonly<Record<string, unknown>>, entries: TraceEntry[]): void {
  const { t } = source;
  if (typeof t !== 'number' || !Number.isFinite(t) || t < 0)
    throw new TraceError(line, '"t" is not a time in milliseconds');
  try {
    const observation = fromJson(source);
    if (observation !== undefined) entries.push({ t, observation });
  } catch (error) {
    throw error instanceof RangeError ? new TraceError(line, error.message) : error;
  }
}

/** RFC 3339 with microseconds: two sides of one machine need them to be put in order. */
function formatTime(time: number): string {
  const whole = Math.floor(time);
  const micro = Math.min(999, Math.round((time - whole) * 1000));
  return `${new Date(whole).toISOString().slice(0, -1)}${String(micro).padStart(3, '0')}Z`;
}

function parseTime(text: string): number | undefined {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(text);
  if (parts === null) return undefined;
  const seconds = Date.parse(`${parts[1]}Z`);
  return Number.isNaN(seconds) ? undefined : seconds + Number(`0.${parts[2] ?? '0'}`) * 1000;
}

function microseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
