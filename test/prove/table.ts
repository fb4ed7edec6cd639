// The proofs, each in a module that is loaded only when it is run or listed.

import type { Proof } from './proof.ts';

export const PROOFS: Readonly<Record<string, () => Promise<{ readonly proof: Proof }>>> = {
  'constant-time': () => import('./constant_time/proof.ts'),
  fuzz: () => import('./fuzz/proof.ts'),
  malicious: () => import('./malicious/proof.ts'),
  musts: () => import('./musts/proof.ts'),
  runtimes: () => import('./runtimes/proof.ts'),
};

/** Runs what the command line names; the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--list') {
    for (const load of Object.values(PROOFS)) {
      const { proof } = await load();
      console.log(`${proof.name.padEnd(16)}${proof.description}`);
    }
    return 0;
  }
  const load = name === undefined ? undefined : PROOFS[name];
  if (load === undefined) {
    console.error(`usage: npm run prove -- --list | ${Object.keys(PROOFS).join(' | ')} [OPTION ...]`);
    return 2;
  }
  const { proof } = await load();
  const passed = await proof.run(rest);
  console.log(passed ? `${proof.name}: PASSED` : `${proof.name}: FAILED`);
  return passed ? 0 : 1;
}
