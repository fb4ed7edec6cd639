// Mutations that know nothing, or no more than that formats have length fields: bits, interesting numbers, pieces moved, doubled,
// lost and borrowed from others, and pieces changed with every length around them put right.

import { concat } from '../../../src/bytes/bytes.ts';
import type { Random } from './random.ts';

const INTERESTING = [0, 1, 2, 3, 4, 0x10, 0x14, 0x16, 0x17, 0x20, 0x30, 0x7f, 0x80, 0x81, 0x82, 0xa0, 0xfe, 0xff];
/** An input does not grow beyond this, but for the one mutation that is about size. */
const USUAL = 4096;
const LARGE = 1 << 16;

/** One to eight mutations on top of each other. */
export function mutate(input: Uint8Array, random: Random, corpus: readonly Uint8Array[]): Uint8Array {
  let out = input;
  for (let rounds = 1 + random.below(random.once(4) ? 8 : 3); rounds > 0; rounds--) {
    out = random.pick(MUTATORS)(out, random, corpus);
  }
  return out.length > USUAL && out.length > input.length && !random.once(50) ? out.subarray(0, USUAL) : out;
}

type Mutator = (input: Uint8Array, random: Random, corpus: readonly Uint8Array[]) => Uint8Array;

const changed = (input: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array => {
  const copy = input.slice();
  change(copy);
  return copy;
};

const replaced = (input: Uint8Array, at: number, count: number, by: Uint8Array): Uint8Array =>
  concat(input.subarray(0, at), by, input.subarray(at + count));

function pieceOf(input: Uint8Array, random: Random, most = 64): readonly [at: number, length: number] {
  const at = random.below(input.length + 1);
  return [at, random.below(Math.min(most, input.length - at) + 1)];
}

const MUTATORS: readonly Mutator[] = [
  (input, random) =>
    changed(input, (copy) => {
      const at = random.below(copy.length);
      if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
    }),
  (input, random) =>
    changed(input, (copy) => {
      if (copy.length > 0) copy[random.below(copy.length)] = random.pick(INTERESTING);
    }),
  (input, random) =>
    changed(input, (copy) => {
      const at = random.below(copy.length);
      if (copy.length > 0) copy[at] = (copy[at] ?? 0) + random.below(9) - 4;
    }),
  (input, random) => {
    const [at, length] = pieceOf(input, random);
    return replaced(input, at, length, new Uint8Array(0));
  },
  (input, random) => {
    const [at, length] = pieceOf(input, random);
    return replaced(input, at, 0, input.slice(at, at + length));
  },
  (input, random) => replaced(input, random.below(input.length + 1), 0, random.bytes(1 + random.below(8))),
  (input, random) => input.subarray(0, random.below(input.length + 1)),
  (input, random, corpus) => {
    const other = random.pick(corpus);
    const [from, length] = pieceOf(other, random, 256);
    const [at, count] = pieceOf(input, random);
    return replaced(input, at, count, other.subarray(from, from + length));
  },
  resized,
  resized,
  (input, random) => {
    if (!random.once(40)) return input;
    // Very much of the same: what takes more than linear time shows here.
    const [at, length] = pieceOf(input, random, 256);
    const piece = input.slice(at, at + Math.max(1, length));
    const times = Math.floor((LARGE * (1 + random.below(8))) / 8 / Math.max(1, piece.length));
    const grown = new Uint8Array(piece.length * times);
    for (let i = 0; i < times; i++) grown.set(piece, i * piece.length);
    return withLengths(input, at, 0, grown);
  },
];

/** A piece taken out, doubled, or replaced by chance, and the lengths around it put right. */
function resized(input: Uint8Array, random: Random, corpus: readonly Uint8Array[]): Uint8Array {
  const [at, length] = pieceOf(input, random, 40);
  const kind = random.below(4);
  const other = random.pick(corpus);
  const [from, count] = pieceOf(other, random, 80);
  const by =
    kind === 0
      ? new Uint8Array(0)
      : kind === 1
        ? concat(input.subarray(at, at + length), input.subarray(at, at + length))
        : kind === 2
          ? random.bytes(random.below(40))
          : other.slice(from, from + count);
  return withLengths(input, at, length, by);
}

/**
 * Replaces bytes and adds the difference to every number of two or three bytes in front of them that could be the length of
 * something that they lie in: one that reaches to the end, or to the end of what encloses it.
 */
function withLengths(input: Uint8Array, at: number, count: number, by: Uint8Array): Uint8Array {
  const out = replaced(input, at, count, by);
  const difference = by.length - count;
  let end = input.length;
  for (let i = 0; i + 1 < at; i++) {
    for (const size of [3, 2, 1]) {
      if (i + size > at) continue;
      let value = 0;
      for (let k = 0; k < size; k++) value = value * 256 + (input[i + k] as number);
      const reach = i + size + value;
      const plausible = reach === end || (size > 1 && reach <= end && reach >= at + count && value > 3);
      if (!plausible) continue;
      end = reach;
      const now = value + difference;
      for (let k = 0; k < size; k++) out[i + k] = Math.floor(now / 256 ** (size - 1 - k)) & 0xff;
      i += size - 1;
      break;
    }
  }
  return out;
}
