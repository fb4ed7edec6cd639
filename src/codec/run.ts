// Running a codec over a whole body: read it all, write it all, or read it and keep which bytes were which field.

import { Reader, type SpanSink } from '../bytes/reader.ts';
import { Writer } from '../bytes/writer.ts';
import type { Codec } from './codec.ts';

/** Reads `bytes` to the last one. @throws DecodeError, also when bytes are left over */
export function decode<T>(codec: Codec<T>, bytes: Uint8Array): T {
  const reader = new Reader(bytes);
  const value = codec.read(reader);
  reader.finish();
  return value;
}

export function encode<T>(codec: Codec<T>, value: T, capacity?: number): Uint8Array {
  const writer = new Writer(capacity);
  codec.write(writer, value);
  return writer.finish();
}

/** A field and the bytes it stands in: `start` inclusive, `end` exclusive, from the start of the body. */
export interface Span {
  readonly name: string;
  readonly start: number;
  end: number;
  value: unknown;
  /** The registry's name for the value, where there is one. */
  label: string | undefined;
  readonly children: Span[];
}

export interface Spanned<T> {
  readonly value: T | undefined;
  readonly spans: readonly Span[];
  /** Present when reading stopped early; `spans` then hold what was read before. */
  readonly error: unknown;
}

/** What a registry calls a value; undefined for values that it does not have. */
export type Namer = (registry: string, value: unknown) => string | undefined;

/** Reads like {@link decode}, and returns the tree of fields; on a format error, as far as it got. */
export function decodeSpans<T>(codec: Codec<T>, bytes: Uint8Array, nameOf: Namer): Spanned<T> {
  const recorder = new SpanRecorder(nameOf);
  const reader = new Reader(bytes, recorder);
  try {
    const value = codec.read(reader);
    reader.finish();
    return { value, spans: recorder.roots, error: undefined };
  } catch (error) {
    recorder.closeAll(reader.pos);
    return { value: undefined, spans: recorder.roots, error };
  }
}

class SpanRecorder implements SpanSink {
  readonly roots: Span[] = [];
  private readonly open: Span[] = [];
  private readonly nameOf: Namer;

  constructor(nameOf: Namer) {
    this.nameOf = nameOf;
  }

  enter(name: string, offset: number): void {
    const span: Span = { name, start: offset, end: offset, value: undefined, label: undefined, children: [] };
    (this.open.at(-1)?.children ?? this.roots).push(span);
    this.open.push(span);
  }

  leave(offset: number, value: unknown, registry?: string): void {
    const span = this.open.pop();
    if (span === undefined) return;
    span.end = offset;
    span.value = value;
    span.label = registry === undefined ? undefined : this.nameOf(registry, value);
  }

  closeAll(offset: number): void {
    while (this.open.length > 0) this.leave(offset, undefined);
  }
}
