// The short form of `npm run prove -- fuzz`: every target, with few inputs and without counters; and every input that once failed.
// The seed is another each time. It is printed, and GLASSTLS_FUZZ_SEED sets it.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../src/bytes/bytes.ts';
import { campaign } from '../prove/fuzz/campaign.ts';
import { allTargets } from '../prove/fuzz/targets.ts';

const seed = Number(process.env.GLASSTLS_FUZZ_SEED ?? Date.now() % 2 ** 31);
console.log(`GLASSTLS_FUZZ_SEED=${seed}`);

/** Inputs that are mutated, beside those to begin with. */
const INPUTS = { parser: 600, machine: 200 } as const;
/** Of those that take long: both providers are run, or all of a trace is drawn. */
const FEW = 24;

interface Kept {
  readonly target: string;
  readonly was: string;
  readonly input: string;
}

const targets = allTargets();

describe.each(targets)('$name', (target) => {
  it('keeps its promises whatever it is given', { timeout: 120_000 }, () => {
    const slow = target.name === 'differential' || target.batch !== undefined;
    const more = slow ? FEW : INPUTS[target.kind];
    const inputs = target.seeds().length + more;
    const { failures, inputs: ran } = campaign(target, { seed, milliseconds: Number.POSITIVE_INFINITY, inputs });
    expect(failures.map(({ problem, input }) => `${problem}\ninput ${toHex(input)}, seed ${seed}`)).toEqual([]);
    expect(ran).toBeGreaterThanOrEqual(inputs);
  });
});

it('a planted fault is found, made small, and replayed by the bytes that are kept', () => {
  const run = (input: Uint8Array): string => {
    if (input.includes(0x81) && input.length > 20) throw new Error('planted');
    return 'fine';
  };
  const seeds = (): Uint8Array[] => [new Uint8Array(64).fill(1)];
  const planted = { name: 'planted', kind: 'parser', seeds, run, work: { base: 0, each: 0 } } as const;
  const { failures } = campaign(planted, { seed: 1, milliseconds: Number.POSITIVE_INFINITY, inputs: 20_000 });
  const [{ input, problem } = { input: new Uint8Array(0), problem: '' }] = failures;
  expect(problem).toContain('planted');
  expect([input.length, input.filter((byte) => byte !== 0)]).toEqual([21, Uint8Array.of(0x81)]);
  expect(() => run(input)).toThrow('planted');
});

describe('inputs that once failed', () => {
  const path = new URL('../vectors/fuzz/regressions.json', import.meta.url);
  const kept = JSON.parse(readFileSync(path, 'utf8')) as readonly Kept[];

  it.each(kept)('$target: $was', ({ target, input }) => {
    const one = targets.find(({ name }) => name === target);
    expect(one?.run(fromHex(input))).toBeTypeOf('string');
  });
});
