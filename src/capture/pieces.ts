// Bytes of a file that come in pieces, read in whole units: a header, a block. Nothing is copied while a unit lies within one
// piece; pieces are joined once, when a unit is whole. What is too large to keep is skipped without keeping it.

import { concat, EMPTY } from '../bytes/bytes.ts';

export class Pieces {
  private chunk: Uint8Array = EMPTY;
  private at = 0;
  /** What came behind `chunk`. */
  private more: Uint8Array[] = [];
  private moreLength = 0;
  private skipping = 0;
  /** Bytes of the file before the next one that is read. */
  offset = 0;

  push(bytes: Uint8Array): void {
    this.more.push(bytes);
    this.moreLength += bytes.length;
    if (this.at === this.chunk.length) this.join();
    this.drop();
  }

  get length(): number {
    return this.chunk.length - this.at + this.moreLength;
  }

  /** Whether bytes that are to be skipped have not come yet. */
  get isSkipping(): boolean {
    return this.skipping > 0;
  }

  /** The next `count` bytes without taking them; undefined when they are not there. */
  peek(count: number): Uint8Array | undefined {
    if (this.length < count) return undefined;
    if (this.chunk.length - this.at < count) this.join();
    return this.chunk.subarray(this.at, this.at + count);
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

  private join(): void {
    const { chunk, at, more } = this;
    const [first] = more;
    this.chunk =
      at === chunk.length && more.length === 1 && first !== undefined ? first : concat(chunk.subarray(at), ...more);
    this.at = 0;
    this.more = [];
    this.moreLength = 0;
  }

  private drop(): void {
    if (this.skipping === 0) return;
    if (this.moreLength > 0) this.join();
    const count = Math.min(this.skipping, this.chunk.length - this.at);
    this.skipping -= count;
    this.at += count;
    this.offset += count;
  }
}
