// Small helpers over Uint8Array: join, compare, hex and text. The core has neither Buffer nor TextEncoder, so the few
// conversions that TLS needs stand here. Nothing here keeps a reference to its input.

export const EMPTY: Uint8Array = new Uint8Array(0);

/** Joins `parts` into one new array. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Compares public bytes; stops at the first difference. For secrets use {@link equalConstantTime}. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Compares secrets of public length: the work depends on the length alone. */
export function equalConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}

/** True when every byte is zero; the work depends on the length alone. */
export function isAllZero(bytes: Uint8Array): boolean {
  let seen = 0;
  for (let i = 0; i < bytes.length; i++) seen |= bytes[i] as number;
  return seen === 0;
}

const HEX = '0123456789abcdef';

/** Bits of an unsigned big-endian number, leading zeros left out. */
export function bitLength(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  if (first < 0) return 0;
  return 8 * (bytes.length - first) - Math.clz32(bytes[first] as number) + 24;
}

/** Two bytes, big-endian, as a length in front of something. */
export function u16Bytes(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value);
}

/** Lower-case hexadecimal, two digits a byte, no separators. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    text += HEX.charAt(byte >> 4) + HEX.charAt(byte & 15);
  }
  return text;
}

/**
 * Reads hexadecimal of either case; white space between digits is allowed.
 * @throws RangeError on an odd number of digits or anything that is not a digit
 */
export function fromHex(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, '');
  if (digits.length % 2 !== 0 || /[^0-9a-fA-F]/.test(digits)) {
    throw new RangeError(`not hexadecimal: ${JSON.stringify(text.slice(0, 40))}`);
  }
  const out = new Uint8Array(digits.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return out;
}

/**
 * ASCII text as bytes: labels, host names, protocol names.
 * @throws RangeError on a character above U+007F
 */
export function ascii(text: string): Uint8Array {
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) throw new RangeError(`not ASCII: ${JSON.stringify(text)}`);
    out[i] = code;
  }
  return out;
}

/** Bytes as text, one character a byte (ISO 8859-1): never fails, keeps every byte visible to an escaper. */
export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i] as number);
  return text;
}

/**
 * The inverse of {@link latin1}.
 * @throws RangeError on a character above U+00FF
 */
export function fromLatin1(text: string): Uint8Array {
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff) throw new RangeError(`not ISO 8859-1: ${JSON.stringify(text)}`);
    out[i] = code;
  }
  return out;
}

/** The bytes as an unsigned big-endian integer. */
export function toBigInt(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`);
}

/**
 * `value` as exactly `length` big-endian bytes.
 * @throws RangeError when it is negative or does not fit
 */
export function fromBigInt(value: bigint, length: number): Uint8Array {
  const digits = value.toString(16);
  if (value < 0n || digits.length > 2 * length) throw new RangeError(`integer does not fit in ${length} bytes`);
  return fromHex(digits.padStart(2 * length, '0'));
}
