// MD5 (RFC 1321), for JA3 alone: a name for fingerprints, where nobody has to be kept from finding collisions. No provider has
// it, and nothing else may use it.

import { concat, toHex } from '../bytes/bytes.ts';
import { numberBytes, u32 } from './numbers.ts';

/** RFC 1321 3.4: how far each of the four steps of a round turns. */
const TURNS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;
const SINES = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) | 0);

/** In hexadecimal. */
export function md5Hex(message: Uint8Array): string {
  const padding = new Uint8Array(((119 - (message.length % 64)) % 64) + 1);
  padding[0] = 0x80;
  const bits = message.length * 8;
  const length = concat(numberBytes(bits % 2 ** 32, 4, true), numberBytes(Math.floor(bits / 2 ** 32), 4, true));
  const padded = concat(message, padding, length);
  const state: [number, number, number, number] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let at = 0; at < padded.length; at += 64) block(state, padded, at);
  return toHex(concat(...state.map((word) => numberBytes(word >>> 0, 4, true))));
}

function block(state: [number, number, number, number], bytes: Uint8Array, at: number): void {
  let [a, b, c, d] = state;
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    const mixed = mix(round, b, c, d);
    const place = [i, 5 * i + 1, 3 * i + 5, 7 * i][round] ?? 0;
    const sum = (a + mixed + (SINES[i] ?? 0) + u32(bytes, at + 4 * (place % 16), true)) | 0;
    const turn = TURNS[round]?.[i % 4] ?? 0;
    [a, d, c, b] = [d, c, b, (b + ((sum << turn) | (sum >>> (32 - turn)))) | 0];
  }
  state[0] = (state[0] + a) | 0;
  state[1] = (state[1] + b) | 0;
  state[2] = (state[2] + c) | 0;
  state[3] = (state[3] + d) | 0;
}

function mix(round: number, b: number, c: number, d: number): number {
  if (round === 0) return (b & c) | (~b & d);
  if (round === 1) return (d & b) | (~d & c);
  return round === 2 ? b ^ c ^ d : c ^ (b | ~d);
}
