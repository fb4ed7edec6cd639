// A strict DER cursor (X.690 10 and 11): definite lengths in their shortest form, single-byte tags, minimal integers,
// BOOLEAN 00 or FF, no bits set in the padding of a BIT STRING, nothing left over. Whatever deviates throws DecodeError
// with the offset in the outermost array, so that a refusal can point at the byte. A reader for the content of an
// element shares that array; every result is a view. Nothing here recurses, and nesting deeper than MAX_DEPTH is refused.

import { DecodeError } from '../bytes/decode_error.ts';

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
} as const;

/** No structure of RFC 5280, 6960 or 6962 nests deeper than about fifteen elements. */
export const MAX_DEPTH = 32;

/** `[number] EXPLICIT`, or IMPLICIT over a constructed type. */
export const contextConstructed = (number: number): number => 0xa0 | number;
/** `[number] IMPLICIT` over a primitive type. */
export const contextPrimitive = (number: number): number => 0x80 | number;

export interface BitString {
  /** The bytes, the last of them with `unusedBits` zero bits at its low end. */
  readonly bytes: Uint8Array;
  readonly unusedBits: number;
}

export class DerReader {
  readonly bytes: Uint8Array;
  /** Offset of the next element. */
  pos: number;
  end: number;
  private depth: number;
  /** Offset of the content of the element that `header` read last. */
  private body = 0;

  constructor(bytes: Uint8Array, pos = 0, end: number = bytes.length, depth = 0) {
    this.bytes = bytes;
    this.pos = pos;
    this.end = end;
    this.depth = depth;
  }

  get more(): boolean {
    return this.pos < this.end;
  }

  /** The tag of the next element, or -1 at the end. */
  peek(): number {
    return this.pos < this.end ? (this.bytes[this.pos] as number) : -1;
  }

  /** A reader for the content of the next element, which must have `tag`. */
  enter(tag: number, what = ''): DerReader {
    const end = this.header(tag, what);
    if (this.depth >= MAX_DEPTH) throw this.fail(`nested deeper than ${MAX_DEPTH} elements`);
    this.pos = end;
    return new DerReader(this.bytes, this.body, end, this.depth + 1);
  }

  /** Goes into the next element, which must have `tag`; the result is for `close`. Cheaper than a reader of its own. */
  open(tag: number, what = ''): number {
    const end = this.header(tag, what);
    if (++this.depth > MAX_DEPTH) throw this.fail(`nested deeper than ${MAX_DEPTH} elements`);
    const outer = this.end;
    this.end = end;
    this.pos = this.body;
    return outer;
  }

  /** Leaves the element that `open` went into. @throws DecodeError when something is left in it */
  close(outer: number, what = ''): void {
    this.finish(what);
    this.end = outer;
    this.depth--;
  }

  /** The whole next element (tag, length and content) as a view. */
  element(tag?: number, what = ''): Uint8Array {
    const start = this.pos;
    this.pos = this.header(tag, what);
    return this.bytes.subarray(start, this.pos);
  }

  /** The content of the next element as a view. */
  content(tag?: number, what = ''): Uint8Array {
    this.pos = this.header(tag, what);
    return this.bytes.subarray(this.body, this.pos);
  }

  /**
   * Steps over the next element and returns where its content begins; `pos` is where it ends. A view costs ten times as
   * much as its bytes take to read, so what is only looked at is read this way.
   */
  range(tag?: number, what = ''): number {
    this.pos = this.header(tag, what);
    return this.body;
  }

  /** The content of a string element whose bytes are all below 80. */
  ascii(tag: number, what = ''): string {
    const start = this.range(tag, what);
    for (let i = start; i < this.pos; i++) {
      if ((this.bytes[i] as number) >= 0x80) throw this.failBody('a byte above 7F in an ASCII string');
    }
    return characters(this.bytes, start, this.pos);
  }

  /** The bytes from `start` to where the reader stands: an element that was just entered, for example. */
  since(start: number): Uint8Array {
    return this.bytes.subarray(start, this.pos);
  }

  skip(): void {
    this.pos = this.header(undefined, '');
  }

  boolean(): boolean {
    const start = this.range(TAG.boolean, 'BOOLEAN');
    const value = this.bytes[start];
    if (this.pos - start !== 1 || (value !== 0 && value !== 0xff)) throw this.failBody('BOOLEAN is 00 or FF');
    return value === 0xff;
  }

  /** The two's complement bytes of an INTEGER. */
  integer(tag: number = TAG.integer): Uint8Array {
    const content = this.content(tag, 'INTEGER');
    this.checkInteger(content);
    return content;
  }

  /** The unsigned bytes of an INTEGER that may not be negative, without the leading zero. */
  unsigned(tag: number = TAG.integer): Uint8Array {
    const content = this.integer(tag);
    if (((content[0] as number) & 0x80) !== 0) throw this.failBody('a negative INTEGER');
    return content.length > 1 && content[0] === 0 ? content.subarray(1) : content;
  }

  /** An INTEGER between 0 and `max` (less than 2^31). */
  small(max: number, tag: number = TAG.integer): number {
    const content = this.unsigned(tag);
    let value = 0;
    for (let i = 0; i < content.length; i++) value = Math.min(value * 256 + (content[i] as number), 2 ** 40);
    if (value > max) throw this.failBody(`an INTEGER above ${max}`);
    return value;
  }

  bitString(tag: number = TAG.bitString): BitString {
    const content = this.content(tag, 'BIT STRING');
    const unusedBits = content[0];
    if (unusedBits === undefined || unusedBits > 7 || (content.length === 1 && unusedBits !== 0)) {
      throw this.failBody('a BIT STRING with a wrong count of unused bits');
    }
    const bytes = content.subarray(1);
    const last = bytes[bytes.length - 1] ?? 0;
    if ((last & ((1 << unusedBits) - 1)) !== 0) throw this.failBody('a BIT STRING whose padding is not zero');
    return { bytes, unusedBits };
  }

  /** A BIT STRING that holds whole bytes: a key or a signature. */
  bitStringBytes(): Uint8Array {
    const { bytes, unusedBits } = this.bitString();
    if (unusedBits !== 0) throw this.failBody('a BIT STRING that does not hold whole bytes');
    return bytes;
  }

  /**
   * A BIT STRING of named bits as a number, bit 0 lowest. The one leniency of this file: X.690 11.2.2 has zero bits
   * at the end dropped, but roots that everybody trusts (GlobalSign R46 and E46) keep one.
   */
  namedBits(tag: number = TAG.bitString): number {
    const { bytes, unusedBits } = this.bitString(tag);
    if (bytes.length > 3) throw this.failBody('more named bits than any type has');
    let value = 0;
    for (let bit = 0; bit < 8 * bytes.length - unusedBits; bit++) {
      if (((bytes[bit >> 3] as number) & (0x80 >> (bit & 7))) !== 0) value |= 1 << bit;
    }
    return value;
  }

  octetString(): Uint8Array {
    return this.content(TAG.octetString, 'OCTET STRING');
  }

  null(): void {
    if (this.range(TAG.null, 'NULL') !== this.pos) throw this.failBody('NULL with content');
  }

  /** An OBJECT IDENTIFIER as dotted decimal. */
  oid(tag: number = TAG.oid): string {
    const start = this.range(tag, 'OBJECT IDENTIFIER');
    const text = cachedOid(this.bytes, start, this.pos);
    if (text === undefined) throw this.failBody('a malformed OBJECT IDENTIFIER');
    return text;
  }

  /** @throws DecodeError when an element is left */
  finish(what = 'the structure'): void {
    if (this.pos < this.end) throw this.fail(`${this.end - this.pos} bytes left over in ${what}`);
  }

  fail(problem: string): DecodeError {
    return new DecodeError(problem, this.pos);
  }

  /** An error at the content of the element that was read last. */
  failBody(problem: string): DecodeError {
    return new DecodeError(problem, this.body);
  }

  /** Reads tag and length; returns the end of the content and leaves `pos` on the tag. */
  private header(tag: number | undefined, what: string): number {
    const { bytes, end } = this;
    let at = this.pos;
    if (at + 2 > end) throw this.fail(at >= end ? `${what || 'an element'} is missing` : 'an element is cut off');
    const found = bytes[at++] as number;
    if (tag !== undefined && found !== tag) {
      throw this.fail(`tag ${hex2(found)} where ${hex2(tag)}${what && ` (${what})`} must stand`);
    }
    if ((found & 0x1f) === 0x1f) throw this.fail('a tag of several bytes');
    let length = bytes[at++] as number;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0) throw this.fail('an indefinite length');
      if (count > 4) throw this.fail('a length of more than four bytes');
      if (at + count > end) throw this.fail('an element is cut off');
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + (bytes[at++] as number);
      if (length < 0x80 || length < 256 ** (count - 1)) throw this.fail('a length that is not in its shortest form');
    }
    if (length > end - at) throw this.fail(`an element of ${length} bytes, ${end - at} are left`);
    this.body = at;
    return at + length;
  }

  private checkInteger(content: Uint8Array): void {
    const first = content[0];
    if (first === undefined) throw this.failBody('an INTEGER without content');
    const second = content[1];
    if (second === undefined) return;
    if ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)) {
      throw this.failBody('an INTEGER that is not in its shortest form');
    }
  }
}

/** Content bytes of an OBJECT IDENTIFIER as dotted decimal; undefined when they break X.690 8.19. */
export function dotted(content: Uint8Array): string | undefined {
  const last = content[content.length - 1];
  if (last === undefined || last >= 0x80 || content.length > 64) return undefined;
  let text = '';
  let arc = 0;
  let started = false;
  for (let i = 0; i < content.length; i++) {
    const byte = content[i] as number;
    if (!started && byte === 0x80) return undefined;
    started = true;
    if (arc > 2 ** 45) return dottedLong(content);
    arc = arc * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    if (text === '') text = arc < 80 ? `${Math.floor(arc / 40)}.${arc % 40}` : `2.${arc - 80}`;
    else text += `.${arc}`;
    arc = 0;
    started = false;
  }
  return text;
}

/** The same for arcs beyond 2^53 (UUIDs under 2.25). */
function dottedLong(content: Uint8Array): string | undefined {
  const arcs: bigint[] = [];
  let arc = 0n;
  let started = false;
  for (const byte of content) {
    if (!started && byte === 0x80) return undefined;
    started = byte >= 0x80;
    arc = arc * 128n + BigInt(byte & 0x7f);
    if (started) continue;
    if (arcs.length === 0) {
      const root = arc < 80n ? arc / 40n : 2n;
      arcs.push(root, arc - root * 40n);
    } else arcs.push(arc);
    arc = 0n;
  }
  return arcs.join('.');
}

/** Identifiers that were met before; the same forty occur in nearly every certificate. */
const oidCache = new Map<number, { readonly content: Uint8Array; readonly text: string }>();
const MAX_CACHED_OIDS = 256;

function cachedOid(bytes: Uint8Array, start: number, end: number): string | undefined {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0;
  const known = oidCache.get(hash);
  if (known !== undefined && isSlice(bytes, start, end, known.content)) return known.text;
  const content = bytes.slice(start, end);
  const text = dotted(content);
  if (text !== undefined && known === undefined && oidCache.size < MAX_CACHED_OIDS)
    oidCache.set(hash, { content, text });
  return text;
}

/** True when `bytes` from `start` to `end` are `expected`. */
export function isSlice(bytes: Uint8Array, start: number, end: number, expected: Uint8Array): boolean {
  if (end - start !== expected.length) return false;
  for (let i = 0; i < expected.length; i++) if (bytes[start + i] !== expected[i]) return false;
  return true;
}

/** Bytes as characters (ISO 8859-1), many at a time: one by one each would make an intermediate string. */
export function characters(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i += 8) {
    const left = end - i;
    if (left >= 8) {
      const [a, b, c, d] = [bytes[i] as number, bytes[i + 1] as number, bytes[i + 2] as number, bytes[i + 3] as number];
      const [e, f, g, h] = [
        bytes[i + 4] as number,
        bytes[i + 5] as number,
        bytes[i + 6] as number,
        bytes[i + 7] as number,
      ];
      text += String.fromCharCode(a, b, c, d, e, f, g, h);
    } else for (let k = i; k < end; k++) text += String.fromCharCode(bytes[k] as number);
  }
  return text;
}

const hex2 = (value: number): string => `0x${value.toString(16).padStart(2, '0')}`;
