import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../bytes/bytes.ts';
import { DecodeError } from '../bytes/decode_error.ts';
import {
  type Codec,
  coded,
  empty,
  fixed,
  mapped,
  opaque,
  optionalTail,
  prefixed,
  rest,
  struct,
  u8,
  u16,
  u24,
  u32,
  vector,
  withRaw,
} from './codec.ts';
import { decode, decodeSpans, encode } from './run.ts';

const hex = fromHex;

describe('RFC 8446 3: the presentation language', () => {
  it('3.3: numbers are big-endian in 1, 2, 3 and 4 bytes', () => {
    const rows: readonly [Codec<number>, number, string][] = [
      [u8, 0xfe, 'fe'],
      [u16, 0xfedc, 'fedc'],
      [u24, 0xfedcba, 'fedcba'],
      [u32, 0xfedcba98, 'fedcba98'],
    ];
    for (const [codec, value, text] of rows) {
      expect(toHex(encode(codec, value))).toBe(text);
      expect(decode(codec, hex(text))).toBe(value);
      expect(() => decode(codec, hex(`${text}00`))).toThrow(DecodeError);
    }
  });

  it('3.4: a length below the floor or above the ceiling fails, at the offset of the length', () => {
    const codec = struct<{ a: number; b: Uint8Array }>({ a: u8, b: opaque(1, 2, 4) });
    for (const text of ['0001aa', '0005aaaaaaaaaa', '0000']) {
      expect(() => decode(codec, hex(text))).toThrow(expect.objectContaining({ offset: 1, path: ['b'] }));
    }
    expect(decode(codec, hex('0002aabb')).b.length).toBe(2);
    expect(() => encode(opaque(1, 2, 4), new Uint8Array(1))).toThrow(RangeError);
    expect(() => encode(opaque(1, 2, 4), new Uint8Array(5))).toThrow(RangeError);
    expect(() => encode(vector(1, u16, 4), [1])).toThrow(RangeError);
    expect(() => encode(fixed(3), new Uint8Array(2))).toThrow(RangeError);
  });

  it('3.4: "the length of an encoded vector must be an exact multiple of the length of a single element"', () => {
    const list = vector(1, u16, 2);
    expect(decode(list, hex('0400010002'))).toEqual([1, 2]);
    expect(() => decode(list, hex('03000100'))).toThrow(expect.objectContaining({ path: ['[1]'] }));
  });

  it('an item cannot read beyond the vector that it stands in', () => {
    const inner = vector(1, opaque(1));
    expect(() => decode(struct({ list: inner, tail: rest }), hex('0203aabbcc'))).toThrow(DecodeError);
  });

  it('empty, rest, optionalTail and prefixed take what they should and no more', () => {
    expect(decode(empty, hex(''))).toBe(true);
    expect(() => decode(empty, hex('00'))).toThrow(DecodeError);
    expect(toHex(decode(rest, hex('0102')))).toBe('0102');
    const tail = struct<{ a: number; b: number }>({ a: u8, b: optionalTail(u16, -1) });
    expect(decode(tail, hex('01'))).toEqual({ a: 1, b: -1 });
    expect(decode(tail, hex('010002'))).toEqual({ a: 1, b: 2 });
    expect(() => decode(tail, hex('0100'))).toThrow(DecodeError);
    expect(toHex(encode(tail, { a: 1, b: -1 }))).toBe('01');
    expect(() => decode(prefixed(1, u8), hex('020102'))).toThrow(DecodeError);
    expect(toHex(encode(prefixed(2, u8), 5))).toBe('000105');
  });

  it('withRaw keeps the bytes as they were read', () => {
    const codec = struct<{ a: number; b: { value: number; raw: Uint8Array } }>({ a: u8, b: withRaw(u16) });
    expect(toHex(decode(codec, hex('010203')).b.raw)).toBe('0203');
  });

  it('the path of an error names every enclosing field, indices included', () => {
    const codec = struct<{ outer: readonly { inner: Uint8Array }[] }>({
      outer: vector(1, struct<{ inner: Uint8Array }>({ inner: opaque(1, 1) })),
    });
    expect(() => decode(codec, hex('0301aa00'))).toThrow(
      expect.objectContaining({ path: ['outer', '[1]', 'inner'], offset: 3 }),
    );
  });

  it('mapped may refuse with an alert of its own', () => {
    const even = mapped(
      u8,
      (value, reader) => {
        if (value % 2 === 1) throw reader.fail('odd', 'illegal_parameter');
        return value;
      },
      (value) => value,
    );
    expect(decode(even, hex('02'))).toBe(2);
    expect(() => decode(even, hex('03'))).toThrow(expect.objectContaining({ alert: 'illegal_parameter' }));
  });
});

describe('decodeSpans', () => {
  const nameOf = (registry: string, value: unknown) => (registry === 'numerals' && value === 1 ? 'one' : undefined);
  const codec = struct<{ kind: number; list: readonly number[]; tail: Uint8Array }>({
    kind: coded(u8, 'numerals'),
    list: vector(1, u16),
    tail: rest,
  });

  it('reads what decode reads, and says which bytes were which field', () => {
    const bytes = hex('010400020003ffff');
    const { value, spans, error } = decodeSpans(codec, bytes, nameOf);
    expect(error).toBeUndefined();
    expect(value).toEqual(decode(codec, bytes));
    expect(spans.map(({ name, start, end, label }) => [name, start, end, label])).toEqual([
      ['kind', 0, 1, 'one'],
      ['list', 1, 6, undefined],
      ['tail', 6, 8, undefined],
    ]);
    expect(spans[1]?.children.map(({ name, start, end }) => [name, start, end])).toEqual([
      ['[0]', 2, 4],
      ['[1]', 4, 6],
    ]);
  });

  it('fails where decode fails, with what it had read so far', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const spanned = decodeSpans(codec, bytes, nameOf);
        let failed = false;
        try {
          decode(codec, bytes);
        } catch {
          failed = true;
        }
        expect(spanned.error !== undefined).toBe(failed);
        for (const span of spanned.spans) expect(span.end).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
