// Bytes of a file that come in pieces, read in whole units: a header, a block. Nothing is copied while a unit lies within one
// piece; one that lies across pieces is joined. What is too large to keep is skipped without keeping it.

import { concat, EMPTY } from '../bytes/bytes.ts';

export class Pieces {
  private chunk: Uint8Array = EMPTY;
  private at = 0;
  private skipping = 0;
  /** Bytes of the file before the next one that is read. */
  offset = 0;

  push(bytes: Uint8Array): void {
    const there = this.chunk.length - this.at;
    this.chunk = there === 0 ? bytes : concat(this.chunk.subarray(this.at), bytes);
    this.at = 0;
    this.drop();
  }

  get length(): number {
    return this.skipping > 0 ? 0 : this.chunk.length - this.at;
  }

  /** Whether bytes that are to be skipped have not come yet. */
  get isSkipping(): boolean {
    return this.skipping > 0;
  }

  /** The next `count` bytes without taking them; undefined when they are not there. */
  peek(count: number): Uint8Array | undefined {
    return this.length < count ? undefined : this.chunk.subarray(this.at, this.at + count);
  }

  take(count: number): Uint8Array | undefined {
    const bytes = this.peek(count);
    if (bytes === undefined) return undefined;
    this.at += count;
    this.offset += count;
    return bytes;
  }

  /** Passes over bytes, those that have not come yet included. */
  skip(count: number): void {
    this.skipping += count;
    this.drop();
  }

  private drop(): void {
    const count = Math.min(this.skipping, this.chunk.length - this.at);
    this.skipping -= count;
    this.at += count;
    this.offset += count;
  }
}
