// A growing buffer with length prefixes that are patched when their body is complete. `finish` hands out the bytes that
// were written; the writer is not used after it.

export class Writer {
  private bytes: Uint8Array;
  private length = 0;

  constructor(capacity = 256) {
    this.bytes = new Uint8Array(capacity);
  }

  u8(value: number): void {
    const at = this.grow(1);
    this.bytes[at] = value;
  }

  u16(value: number): void {
    const at = this.grow(2);
    this.bytes[at] = value >> 8;
    this.bytes[at + 1] = value;
  }

  u24(value: number): void {
    this.u8(value >> 16);
    this.u16(value);
  }

  u32(value: number): void {
    this.u16(value >>> 16);
    this.u16(value);
  }

  uint(size: 1 | 2 | 3 | 4, value: number): void {
    if (size === 1) this.u8(value);
    else if (size === 2) this.u16(value);
    else if (size === 3) this.u24(value);
    else this.u32(value);
  }

  put(bytes: Uint8Array): void {
    const at = this.grow(bytes.length);
    this.bytes.set(bytes, at);
  }

  /**
   * Writes what `write` writes, behind its length in `size` bytes.
   * @throws RangeError when the body is longer than the prefix can say
   */
  prefixed(size: 1 | 2 | 3 | 4, write: () => void): number {
    const at = this.grow(size);
    write();
    const length = this.length - at - size;
    this.checkFits(size, length);
    for (let i = 0; i < size; i++) this.bytes[at + i] = length >>> (8 * (size - 1 - i));
    return length;
  }

  /**
   * Writes `bytes` behind their length in `size` bytes.
   * @throws RangeError when there are more than the prefix can say
   */
  opaque(size: 1 | 2 | 3, bytes: Uint8Array): void {
    this.checkFits(size, bytes.length);
    this.uint(size, bytes.length);
    this.put(bytes);
  }

  finish(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  private checkFits(size: number, length: number): void {
    if (size < 4 && length >>> (8 * size) !== 0) {
      throw new RangeError(`a body of ${length} bytes does not fit a ${size}-byte length`);
    }
  }

  private grow(count: number): number {
    const at = this.length;
    const wanted = at + count;
    if (wanted > this.bytes.length) {
      const larger = new Uint8Array(Math.max(wanted, 2 * this.bytes.length));
      larger.set(this.bytes.subarray(0, at));
      this.bytes = larger;
    }
    this.length = wanted;
    return at;
  }
}
