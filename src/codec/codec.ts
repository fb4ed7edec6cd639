// A codec is one value that reads and writes one type, in the order of the RFC's presentation language (RFC 8446 3).
// Each primitive and combinator stands here once; messages are built from them in wire/. Reading reports fields to
// `reader.spans` only when somebody listens, so that annotating bytes and using them are the same code.

import { DecodeError } from '../bytes/decode_error.ts';
import type { Reader } from '../bytes/reader.ts';
import type { Writer } from '../bytes/writer.ts';

export interface Codec<T> {
  /** @throws DecodeError with the offset and the path of field names */
  read(reader: Reader): T;
  /** @throws RangeError for a value that the format cannot carry (a mistake of ours, never of the peer) */
  write(writer: Writer, value: T): void;
  /** The registry that names the values; absent when they speak for themselves. Whoever shows them knows the names. */
  readonly registry?: string;
}

type LengthSize = 1 | 2 | 3;

export const u8: Codec<number> = { read: (r) => r.u8(), write: (w, v) => w.u8(v) };
export const u16: Codec<number> = { read: (r) => r.u16(), write: (w, v) => w.u16(v) };
export const u24: Codec<number> = { read: (r) => r.u24(), write: (w, v) => w.u24(v) };
export const u32: Codec<number> = { read: (r) => r.u32(), write: (w, v) => w.u32(v) };

/** A number whose meaning a registry gives. Unknown values are kept: what is allowed is policy, not format. */
export function coded(codec: Codec<number>, registry: string): Codec<number> {
  return { read: codec.read, write: codec.write, registry };
}

/** Exactly `length` bytes. */
export function fixed(length: number): Codec<Uint8Array> {
  return {
    read: (r) => r.take(length),
    write: (w, v) => {
      if (v.length !== length) throw new RangeError(`${v.length} bytes where ${length} are due`);
      w.put(v);
    },
  };
}

/** All that is left of the enclosing body. */
export const rest: Codec<Uint8Array> = { read: (r) => r.rest(), write: (w, v) => w.put(v) };

/** A body that must be empty. */
export const empty: Codec<true> = {
  read: (r) => {
    r.finish();
    return true;
  },
  write: () => {},
};

/** `opaque name<min..max>`: bytes behind a length of `size` bytes. */
export function opaque(size: LengthSize, min = 0, max = 2 ** (8 * size) - 1): Codec<Uint8Array> {
  return {
    read: (r) => r.take(boundedLength(r, size, min, max)),
    write: (w, v) => {
      checkLength(v.length, min, max);
      w.opaque(size, v);
    },
  };
}

/** `T name<min..max>`: items behind their total length in bytes, which must end exactly with the last item. */
export function vector<T>(size: LengthSize, item: Codec<T>, min = 0, max = 2 ** (8 * size) - 1): Codec<readonly T[]> {
  return {
    read: (r) => {
      const length = boundedLength(r, size, min, max);
      return r.sub(length, () => {
        const items: T[] = [];
        while (r.remaining > 0) items.push(readItem(r, items.length, item));
        return items;
      });
    },
    write: (w, items) => {
      const length = w.prefixed(size, () => {
        for (const one of items) item.write(w, one);
      });
      checkLength(length, min, max);
    },
  };
}

/** A body that stands behind its own length in `size` bytes. */
export function prefixed<T>(size: LengthSize, body: Codec<T>): Codec<T> {
  return {
    read: (r) => r.sub(r.uint(size), () => body.read(r)),
    write: (w, v) => {
      w.prefixed(size, () => body.write(w, v));
    },
  };
}

/** Fields one after the other, in the order in which they are declared. */
export function struct<T extends object>(fields: { readonly [K in keyof T]-?: Codec<T[K]> }): Codec<T> {
  // The keys of `fields` are those of T, so the record that is filled here is a T.
  const list = Object.entries(fields) as [string, Codec<unknown>][];
  return {
    read: (r) => {
      const value: Record<string, unknown> = {};
      for (const [name, codec] of list) value[name] = readField(r, name, codec);
      return value as T;
    },
    write: (w, value) => {
      for (const [name, codec] of list) codec.write(w, (value as Record<string, unknown>)[name]);
    },
  };
}

/** The value, and the very bytes it was read from (what a signature covers is what was received). */
export interface WithRaw<T> {
  readonly value: T;
  readonly raw: Uint8Array;
}

export function withRaw<T>(codec: Codec<T>): Codec<WithRaw<T>> {
  return {
    read: (r) => {
      const start = r.pos;
      const value = codec.read(r);
      return { value, raw: r.bytes.subarray(start, r.pos) };
    },
    write: (w, v) => codec.write(w, v.value),
  };
}

/** A field that may be missing at the end of its body (the extensions of RFC 5246 7.4.1.2). */
export function optionalTail<T>(codec: Codec<T>, absent: T): Codec<T> {
  return {
    read: (r) => (r.remaining === 0 ? absent : codec.read(r)),
    write: (w, v) => {
      if (v !== absent) codec.write(w, v);
    },
  };
}

/** The same bytes seen as another type. `to` may refuse with a DecodeError. */
export function mapped<A, B>(codec: Codec<A>, to: (a: A, reader: Reader) => B, from: (b: B) => A): Codec<B> {
  return { read: (r) => to(codec.read(r), r), write: (w, v) => codec.write(w, from(v)) };
}

/** Reads one named field: reports it to the listener if there is one, and names it in an error. */
export function readField<T>(reader: Reader, name: string, codec: Codec<T>): T {
  const { spans } = reader;
  spans?.enter(name, reader.pos);
  try {
    const value = codec.read(reader);
    spans?.leave(reader.pos, value, codec.registry);
    return value;
  } catch (error) {
    if (error instanceof DecodeError) error.path.unshift(name);
    throw error;
  }
}

/** {@link readField} for lists, most of whose items nobody names. */
function readItem<T>(reader: Reader, index: number, codec: Codec<T>): T {
  if (reader.spans !== undefined) return readField(reader, `[${index}]`, codec);
  try {
    return codec.read(reader);
  } catch (error) {
    if (error instanceof DecodeError) error.path.unshift(`[${index}]`);
    throw error;
  }
}

function boundedLength(r: Reader, size: LengthSize, min: number, max: number): number {
  const length = r.uint(size);
  if (length < min || length > max) {
    r.pos -= size;
    throw r.fail(`length ${length} is not between ${min} and ${max}`);
  }
  return length;
}

function checkLength(length: number, min: number, max: number): void {
  if (length < min || length > max) throw new RangeError(`length ${length} is not between ${min} and ${max}`);
}
