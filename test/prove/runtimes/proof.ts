// Runtimes: the unit and golden suites on each Node that is named, and what of them needs no Node in Chromium.

import type { Proof } from '../proof.ts';
import { inChromium } from './chromium.ts';
import { onNode, SUITES } from './nodes.ts';

export const proof: Proof = {
  name: 'runtimes',
  description:
    'unit and golden suites on Node 20, 22, 24 and 26, and the core in Chromium ([20 | ... | chromium] ... [--files PATH ...])',
  run,
};

const ALL = ['20', '22', '24', '26', 'chromium'];

async function run(args: readonly string[]): Promise<boolean> {
  const split = args.indexOf('--files');
  const named = split < 0 ? args : args.slice(0, split);
  const files = split < 0 ? SUITES : args.slice(split + 1);
  let good = true;
  for (const where of named.length > 0 ? named : ALL) {
    good = (where === 'chromium' ? await chromium() : await node(Number(where), files)) && good;
  }
  return good;
}

async function node(major: number, files: readonly string[]): Promise<boolean> {
  if (!Number.isInteger(major)) throw new Error(`a runtime is a major version of Node, or chromium: ${ALL.join(' ')}`);
  const { version, mlKem, passed, failed, skipped } = await onNode(major, files);
  const kem = mlKem ? 'ML-KEM of node:crypto' : 'ML-KEM of noble alone';
  console.log(`Node ${version}, ${kem}: ${passed} passed, ${failed.length} failed, ${skipped} skipped`);
  for (const one of failed) console.log(`  ${one}`);
  return failed.length === 0 && passed > 0;
}

async function chromium(): Promise<boolean> {
  const sum = { files: 0, passed: 0, failed: 0, skipped: 0, needNode: 0 };
  const left: string[] = [];
  const version = await inChromium(({ file, results, needs }) => {
    if (results === undefined) {
      left.push(`${file}: ${needs}`);
      return;
    }
    sum.files++;
    sum.passed += results.passed;
    sum.failed += results.failed.length;
    sum.skipped += results.skipped;
    sum.needNode += results.needNode;
    for (const one of results.failed) console.log(`  ${file}: ${one}`);
  });
  console.log(`Chromium ${version}, provider noble: ${sum.passed} passed, ${sum.failed} failed in ${sum.files} files`);
  console.log(`  ${sum.skipped} of the provider node and ${sum.needNode} that need Node on their way are not run`);
  console.log(`  ${left.length} files need Node from the start:`);
  for (const one of left) console.log(`    ${one}`);
  return sum.failed === 0 && sum.passed > 0;
}
