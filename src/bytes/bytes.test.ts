import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ascii,
  concat,
  EMPTY,
  equal,
  equalConstantTime,
  fromBigInt,
  fromHex,
  fromLatin1,
  isAllZero,
  latin1,
  toBigInt,
  toHex,
} from './bytes.ts';
import { DecodeError, within } from './decode_error.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

const bytes = fc.uint8Array({ maxLength: 80 });

describe('bytes', () => {
  it('concat joins in order into new memory', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 5 }), (parts) => {
        const joined = concat(...parts);
        expect(toHex(joined)).toBe(parts.map(toHex).join(''));
        joined.fill(0xff);
        for (const part of parts) if (part.length > 0) expect(part.buffer).not.toBe(joined.buffer);
      }),
    );
  });

  it('equal and equalConstantTime agree, and see a difference in any byte or in the length', () => {
    for (const same of [equal, equalConstantTime]) {
      const a = Uint8Array.from({ length: 40 }, (_, i) => i);
      expect(same(a, a.slice())).toBe(true);
      expect(same(EMPTY, new Uint8Array(0))).toBe(true);
      expect(same(a, a.subarray(1))).toBe(false);
      expect(same(a.subarray(0, 39), a)).toBe(false);
      for (let i = 0; i < a.length; i++) {
        const b = a.slice();
        b[i] = (b[i] as number) ^ 0x80;
        expect(same(a, b)).toBe(false);
      }
    }
  });

  it('isAllZero sees a single bit anywhere', () => {
    expect(isAllZero(new Uint8Array(32))).toBe(true);
    for (let i = 0; i < 32; i++)
      expect(isAllZero(Uint8Array.from({ length: 32 }, (_, j) => (i === j ? 1 : 0)))).toBe(false);
  });

  it('hexadecimal goes both ways; anything else is a RangeError', () => {
    fc.assert(fc.property(bytes, (value) => equal(fromHex(toHex(value)), value)));
    expect(toHex(fromHex(' 0A\n0b '))).toBe('0a0b');
    for (const wrong of ['0', 'zz', '0x00', '00-11']) expect(() => fromHex(wrong)).toThrow(RangeError);
  });

  it('latin1 text goes both ways for every byte; ascii refuses what is above U+007F, latin1 above U+00FF', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(equal(fromLatin1(latin1(all)), all)).toBe(true);
    expect(() => fromLatin1('\u0100')).toThrow(RangeError);
    expect(toHex(ascii('tls13 '))).toBe('746c73313320');
    expect(() => ascii('\u00e9')).toThrow(RangeError);
  });

  it('integers go both ways in a given length; what does not fit is a RangeError', () => {
    const some = fc.uint8Array({ minLength: 1, maxLength: 80 });
    fc.assert(fc.property(some, (value) => equal(fromBigInt(toBigInt(value), value.length), value)));
    expect(() => fromBigInt(256n, 1)).toThrow(RangeError);
    expect(() => fromBigInt(-1n, 4)).toThrow(RangeError);
  });
});

describe('Reader and Writer', () => {
  it('integers of each size go both ways, at their bounds too', () => {
    for (const size of [1, 2, 3, 4] as const) {
      for (const value of [0, 1, 0x7f, 2 ** (8 * size) - 1, 2 ** (8 * size - 1)]) {
        const writer = new Writer(1);
        writer.uint(size, value);
        const out = writer.finish();
        expect(toBigInt(out)).toBe(BigInt(value));
        expect(out.length).toBe(size);
        expect(new Reader(out).uint(size)).toBe(value);
      }
    }
  });

  it('every read past the end is a DecodeError with the offset, and moves nothing', () => {
    for (const size of [1, 2, 3, 4] as const) {
      const reader = new Reader(new Uint8Array(size - 1));
      expect(() => reader.uint(size)).toThrow(DecodeError);
    }
    const reader = new Reader(new Uint8Array(3), undefined, 1);
    expect(() => reader.take(3)).toThrow(expect.objectContaining({ offset: 1 }));
    expect(reader.remaining).toBe(2);
  });

  it('sub narrows the end, and refuses a body that is too long or not consumed', () => {
    const reader = new Reader(fromHex('010203'));
    expect(reader.sub(2, () => reader.u16())).toBe(0x0102);
    expect(reader.u8()).toBe(3);
    expect(() => new Reader(fromHex('0102')).sub(3, () => 0)).toThrow(DecodeError);
    const short = new Reader(fromHex('010203'));
    expect(() => short.sub(2, () => short.u8())).toThrow(DecodeError);
    const inside = new Reader(fromHex('010203'));
    expect(() => inside.sub(2, () => inside.u24())).toThrow(DecodeError);
  });

  it('prefixed writes the length of what was written, whatever growth that took, and refuses what it cannot say', () => {
    for (const [size, length] of [
      [1, 255],
      [2, 65535],
      [3, 70000],
    ] as const) {
      const writer = new Writer(1);
      writer.prefixed(size, () => writer.put(new Uint8Array(length).fill(7)));
      const out = writer.finish();
      expect(new Reader(out).uint(size)).toBe(length);
      expect(out.length).toBe(size + length);
    }
    const writer = new Writer();
    expect(() => writer.prefixed(1, () => writer.put(new Uint8Array(256)))).toThrow(RangeError);
  });

  it('within puts names in front of the path, from the inside out', () => {
    const read = (): never =>
      within('client_hello', () =>
        within('random', () => {
          throw new DecodeError('short', 2);
        }),
      );
    expect(read).toThrow(expect.objectContaining({ path: ['client_hello', 'random'], offset: 2 }));
  });
});
