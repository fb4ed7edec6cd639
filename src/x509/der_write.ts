// A small DER writer for the certificates that make.ts makes. Each function returns one finished element; lengths are
// minimal, integers too, and the elements of a SET OF are sorted (X.690 11.6).

import { concat } from '../bytes/bytes.ts';
import { TAG } from './der.ts';

export function tlv(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of content) length += part.length;
  const header = length < 0x80 ? [tag, length] : [tag, ...longLength(length)];
  return concat(Uint8Array.from(header), ...content);
}

export const sequence = (...content: readonly Uint8Array[]): Uint8Array => tlv(TAG.sequence, ...content);

export function setOf(...content: readonly Uint8Array[]): Uint8Array {
  return tlv(TAG.set, ...[...content].sort(compareBytes));
}

/** A non-negative INTEGER from unsigned big-endian bytes, of which leading zeros are dropped. */
export function unsignedInteger(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const minimal = bytes.length === 0 ? Uint8Array.of(0) : bytes.subarray(start);
  const high = ((minimal[0] as number) & 0x80) !== 0;
  return high ? tlv(TAG.integer, Uint8Array.of(0), minimal) : tlv(TAG.integer, minimal);
}

/** @param value from 0 to 2^31 - 1 */
export function integer(value: number): Uint8Array {
  return unsignedInteger(
    Uint8Array.of((value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff),
  );
}

export const boolean = (value: boolean): Uint8Array => tlv(TAG.boolean, Uint8Array.of(value ? 0xff : 0));
export const nullValue = (): Uint8Array => tlv(TAG.null);
export const octetString = (bytes: Uint8Array): Uint8Array => tlv(TAG.octetString, bytes);
export const bitString = (bytes: Uint8Array, unusedBits = 0): Uint8Array =>
  tlv(TAG.bitString, Uint8Array.of(unusedBits), bytes);

/** Named bits, zeros at the end dropped (X.690 11.2.2). `bits`: the numbers of the bits that are one. */
export function namedBits(bits: readonly number[]): Uint8Array {
  const last = Math.max(-1, ...bits);
  const bytes = new Uint8Array(Math.ceil((last + 1) / 8));
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] as number) | (0x80 >> (bit & 7));
  return bitString(bytes, bytes.length === 0 ? 0 : 7 - (last & 7));
}

/** @throws RangeError when `dotted` is no object identifier */
export function oid(dotted: string): Uint8Array {
  const arcs = /^[012](\.(0|[1-9][0-9]*))+$/.test(dotted) ? dotted.split('.').map(BigInt) : [];
  const [first, second, ...rest] = arcs;
  if (first === undefined || second === undefined || (first < 2n && second > 39n)) {
    throw new RangeError(`not an object identifier: ${JSON.stringify(dotted)}`);
  }
  return tlv(TAG.oid, ...[first * 40n + second, ...rest].map(base128));
}

/** A character string of the tag's type; UTF8String takes any text, the others ASCII. */
export function text(tag: number, value: string): Uint8Array {
  return tlv(tag, tag === TAG.utf8String ? utf8(value) : asciiBytes(value));
}

/** UTCTime through 2049, GeneralizedTime from 2050 and before 1950 (RFC 5280 4.1.2.5); fractions are cut off. */
export function time(ms: number): Uint8Array {
  const digits = new Date(ms).toISOString().slice(0, 19).replace(/[-:T]/g, '');
  const year = new Date(ms).getUTCFullYear();
  return year >= 1950 && year < 2050 ? tlv(TAG.utcTime, asciiBytes(`${digits.slice(2)}Z`)) : generalizedTime(ms);
}

export function generalizedTime(ms: number): Uint8Array {
  const digits = new Date(ms).toISOString().slice(0, 19).replace(/[-:T]/g, '');
  return tlv(TAG.generalizedTime, asciiBytes(`${digits}Z`));
}

function longLength(length: number): number[] {
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

function base128(arc: bigint): Uint8Array {
  const bytes = [Number(arc & 0x7fn)];
  for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) bytes.unshift(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from(bytes);
}

function asciiBytes(value: string): Uint8Array {
  return Uint8Array.from(value, (character) => {
    const code = character.charCodeAt(0);
    if (code > 0x7f || character.length > 1) throw new RangeError(`not ASCII: ${JSON.stringify(value)}`);
    return code;
  });
}

function utf8(value: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  }
  return Uint8Array.from(bytes);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
