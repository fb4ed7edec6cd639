// The statistics behind the proof of constant time, on numbers that are known: no clock is read here.

import { describe, expect, it } from 'vitest';
import { compare, furthest, type Sample, T_EQUAL, T_LEAKS } from './statistics.ts';

/** Numbers that look random, from 0 to 1, and are the same each time (a linear congruential generator). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Around 1000 with a spread of about 10; kind 1 takes `later` longer, and one in fifty of both is far out. */
function series(count: number, later: number): Sample[] {
  const random = generator(count);
  return Array.from({ length: count }, () => {
    const kind = random() < 0.5 ? 0 : 1;
    const noise = (random() + random() + random() - 1.5) * 20;
    const interrupted = random() < 0.02 ? 1e6 * random() : 0;
    return { kind, nanoseconds: 1000 + noise + interrupted + (kind === 1 ? later : 0) };
  });
}

describe('Welch', () => {
  it('gives t, means and count of a worked example', () => {
    const samples: Sample[] = [
      ...[1, 2, 3, 4].map((nanoseconds) => ({ kind: 0 as const, nanoseconds })),
      ...[2, 4, 6, 8].map((nanoseconds) => ({ kind: 1 as const, nanoseconds })),
    ];
    // Means 2.5 and 5, variances 5/3 and 20/3: t = -2.5 / sqrt(5/12 + 20/12).
    const { t, means, count } = compare(samples, 1);
    expect([means, count]).toEqual([[2.5, 5], 8]);
    expect(t).toBeCloseTo(-2.5 / Math.sqrt(25 / 12), 12);
  });

  it('of series without any spread is nothing, or everything', () => {
    const flat = (kind: 0 | 1, nanoseconds: number): Sample => ({ kind, nanoseconds });
    expect(compare([flat(0, 5), flat(0, 5), flat(1, 5), flat(1, 5)], 1).t).toBe(0);
    expect(compare([flat(0, 5), flat(0, 5), flat(1, 6), flat(1, 6)], 1).t).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('the furthest of all croppings', () => {
  it('takes two series of one mean for equal', () => {
    for (const count of [1000, 10_000, 50_000]) {
      expect(Math.abs(furthest(series(count, 0)).t), `${count}`).toBeLessThan(T_EQUAL);
    }
  });

  it('finds one part in a thousand, which interruptions hide from the whole series', () => {
    const samples = series(20_000, 1);
    const { t } = furthest(samples);
    expect(t).toBeLessThan(-T_LEAKS / 2);
    expect(Math.abs(compare(samples, 1).t)).toBeLessThan(T_EQUAL);
    expect(furthest(series(80_000, 1)).t).toBeLessThan(-T_LEAKS);
  });

  it('leaves out the slowest alone', () => {
    const samples = series(10_000, 0);
    const { count, means } = compare(samples, 0.9);
    expect(count).toBeGreaterThan(8_900);
    expect(count).toBeLessThan(9_100);
    for (const mean of means) expect(Math.abs(mean - 1000)).toBeLessThan(5);
  });
});
