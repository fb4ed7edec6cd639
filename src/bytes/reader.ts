// A cursor over bytes that are there already. Every read is bounds-checked and returns views, never copies; a read past
// the end throws DecodeError with the offset. `sub` narrows the end for a length-prefixed body and `finish` refuses
// bytes left over, so that "a vector must be consumed exactly" is one line for each codec.

import { DecodeError } from './decode_error.ts';

/** What a reader reports to when somebody asked which bytes were which field. */
export interface SpanSink {
  enter(name: string, offset: number): void;
  /** `registry` is the one that gives the value its meaning, for a coded number. */
  leave(offset: number, value: unknown, registry: string | undefined): void;
}

export class Reader {
  readonly bytes: Uint8Array;
  pos: number;
  end: number;
  /** Present only while annotating; codecs report their fields to it. */
  readonly spans: SpanSink | undefined;

  constructor(bytes: Uint8Array, spans?: SpanSink, pos = 0, end = bytes.length) {
    this.bytes = bytes;
    this.spans = spans;
    this.pos = pos;
    this.end = end;
  }

  get remaining(): number {
    return this.end - this.pos;
  }

  u8(): number {
    this.need(1);
    return this.bytes[this.pos++] as number;
  }

  u16(): number {
    this.need(2);
    const value = ((this.bytes[this.pos] as number) << 8) | (this.bytes[this.pos + 1] as number);
    this.pos += 2;
    return value;
  }

  u24(): number {
    return this.u8() * 0x10000 + this.u16();
  }

  u32(): number {
    return this.u16() * 0x10000 + this.u16();
  }

  /** A length of `size` bytes (1, 2, 3 or 4). */
  uint(size: 1 | 2 | 3 | 4): number {
    return size === 1 ? this.u8() : size === 2 ? this.u16() : size === 3 ? this.u24() : this.u32();
  }

  /** The next `length` bytes, as a view. */
  take(length: number): Uint8Array {
    this.need(length);
    const view = this.bytes.subarray(this.pos, this.pos + length);
    this.pos += length;
    return view;
  }

  /** All that is left, as a view. */
  rest(): Uint8Array {
    return this.take(this.remaining);
  }

  /**
   * Runs `read` on the next `length` bytes and requires it to consume them all.
   * @throws DecodeError when fewer are there, or when `read` leaves some
   */
  sub<T>(length: number, read: () => T): T {
    this.need(length);
    const outerEnd = this.end;
    this.end = this.pos + length;
    const value = read();
    this.finish();
    this.end = outerEnd;
    return value;
  }

  /** @throws DecodeError when bytes are left */
  finish(): void {
    if (this.remaining > 0) throw this.fail(`${this.remaining} bytes left over after the last field`);
  }

  fail(problem: string, alert?: 'decode_error' | 'illegal_parameter'): DecodeError {
    return new DecodeError(problem, this.pos, alert);
  }

  private need(length: number): void {
    if (this.remaining < length) throw this.fail(`needs ${length} bytes, ${this.remaining} are left`);
  }
}
