// PEM (RFC 7468): labelled base64 blocks. Text outside blocks is ignored, as every tool does; inside a block only the
// base64 alphabet, its padding and white space are allowed, and the unused bits of the last character must be zero.

import { DecodeError } from '../bytes/decode_error.ts';

export interface PemBlock {
  /** For example `CERTIFICATE`. */
  readonly label: string;
  readonly der: Uint8Array;
}

/**
 * All blocks of `text`, or those with `label`, in order.
 * @throws DecodeError on a block without its end line or with anything but base64 in it; the offset counts characters
 */
export function readPem(text: string, label?: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  const begin = /^-----BEGIN ([A-Z0-9 #]+)-----[ \t]*\r?$/gm;
  for (let match = begin.exec(text); match !== null; match = begin.exec(text)) {
    const name = match[1] as string;
    const start = match.index + match[0].length;
    const endLine = `-----END ${name}-----`;
    const end = text.indexOf(endLine, start);
    if (end < 0) throw new DecodeError(`a PEM block without "${endLine}"`, match.index);
    // A key in OpenSSL's old encrypted form carries headers; only blocks that the caller asked for are decoded.
    if (label === undefined || label === name) {
      blocks.push({ label: name, der: fromBase64(text.slice(start, end), start) });
    }
    begin.lastIndex = end + endLine.length;
  }
  return blocks;
}

/** One block, lines of 64 characters, with a line feed at the end. */
export function writePem(label: string, der: Uint8Array): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.map((line) => `${line}\n`).join('')}-----END ${label}-----\n`;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 with padding (RFC 4648 4). */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const group = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += ALPHABET.charAt(group >> 18) + ALPHABET.charAt((group >> 12) & 63);
    text += left > 1 ? ALPHABET.charAt((group >> 6) & 63) : '=';
    text += left > 2 ? ALPHABET.charAt(group & 63) : '=';
  }
  return text;
}

/**
 * Strict base64; white space is skipped.
 * @throws DecodeError with `offset` plus the place of the first wrong character
 */
export function fromBase64(text: string, offset = 0): Uint8Array {
  const out = new Uint8Array(Math.floor((text.length * 3) / 4));
  let length = 0;
  let bits = 0;
  let held = 0;
  let characters = 0;
  let padding = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x20 || (code >= 0x09 && code <= 0x0d)) continue;
    if (code === 0x3d) {
      padding++;
      continue;
    }
    const value = sextet(code);
    if (value < 0 || padding > 0) throw new DecodeError('not base64', offset + i);
    characters++;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[length++] = held >> bits;
    }
  }
  const wholes = (characters + padding) % 4 === 0 && padding <= 2 && characters % 4 !== 1;
  if (!wholes || (held & ((1 << bits) - 1)) !== 0)
    throw new DecodeError('base64 that does not end well', offset + text.length);
  return out.slice(0, length);
}

function sextet(code: number): number {
  if (code >= 0x41 && code <= 0x5a) return code - 0x41;
  if (code >= 0x61 && code <= 0x7a) return code - 0x61 + 26;
  if (code >= 0x30 && code <= 0x39) return code - 0x30 + 52;
  return code === 0x2b ? 62 : code === 0x2f ? 63 : -1;
}
