// A server of ours in a crowd: no byte is lost, the heap is the same afterwards, and everything is closed. In `npm test` a small
// crowd for a moment; GLASSTLS_CROWD=1000,6,10 has a thousand at a time, six rounds of ten seconds.

import { expect, test } from 'vitest';
import { crowd } from './crowd.ts';

const [people = 80, rounds = 3, seconds = 0] = (process.env.GLASSTLS_CROWD ?? '')
  .split(',')
  .filter(Boolean)
  .map(Number);

test(`${people} at a time, ${rounds} rounds of ${seconds} s`, {
  timeout: 60_000 + rounds * seconds * 20_000,
}, async () => {
  const report = await crowd(people, rounds, seconds);
  const { lost, left, heap, bytes, visits, refused } = report;
  if (process.env.GLASSTLS_CROWD)
    console.log(JSON.stringify({ ...report, heap: heap.map((one) => (one / 2 ** 20).toFixed(1)) }));
  expect(lost).toEqual([]);
  expect(left).toBe(0);
  expect(bytes).toBeGreaterThan(1_000_000);
  expect(Object.values(visits).reduce((sum, one) => sum + one, 0)).toBeGreaterThanOrEqual(people * rounds);
  expect(refused).toBeGreaterThan(0);
  // The first round fills caches; none after it adds to them.
  const [, afterFirst = 0] = heap;
  expect(Math.max(...heap.slice(2))).toBeLessThan(afterFirst + 4 * 2 ** 20);
});
