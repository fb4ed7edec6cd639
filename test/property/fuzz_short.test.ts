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
/** Both providers are run for each. */
const DIFFERENTIAL = 24;

interface Kept {
  readonly target: string;
  readonly was: string;
  readonly input: string;
}

const targets = allTargets();

describe.each(targets)('$name', (target) => {
  it('keeps its promises whatever it is given', { timeout: 120_000 }, () => {
    const more = target.name === 'differential' ? DIFFERENTIAL : INPUTS[target.kind];
    const inputs = target.seeds().length + more;
    const { failures, inputs: ran } = campaign(target, { seed, milliseconds: 60_000, inputs });
    expect(failures.map(({ problem, input }) => `${problem}\ninput ${toHex(input)}, seed ${seed}`)).toEqual([]);
    expect(ran).toBeGreaterThanOrEqual(inputs);
  });
});

describe('inputs that once failed', () => {
  const path = new URL('../vectors/fuzz/regressions.json', import.meta.url);
  const kept = JSON.parse(readFileSync(path, 'utf8')) as readonly Kept[];

  it.each(kept)('$target: $was', ({ target, input }) => {
    const one = targets.find(({ name }) => name === target);
    expect(one?.run(fromHex(input))).toBeTypeOf('string');
  });
});
