// Constant time, measured (dudect): RSA unpadding, CBC records, Finished and binders, each with two kinds of input that a secret tells
// apart. The same harness must find each of the leaks that were put in. What it can say is that no difference was seen here, on this
// machine and engine, in so many measurements: JavaScript promises no timing, its compilers may change what a branch-free source
// became, and a garbage collection is slower than any of it.

import type { Proof } from '../proof.ts';
import { type Finding, investigate } from './measure.ts';
import { T_EQUAL, T_LEAKS } from './statistics.ts';
import { subjects } from './subjects.ts';

export const proof: Proof = {
  name: 'constant-time',
  description: "two kinds of secret input against each other, by Welch's t-test; leaks put in are found (--samples N)",
  run: (args) => Promise.resolve(run(args)),
};

const SAMPLES = 100_000;

function run(args: readonly string[]): boolean {
  const limit = args[0] === '--samples' ? Number(args[1]) : SAMPLES;
  if (!Number.isInteger(limit) || limit < 1000) throw new Error('--samples takes a number from 1000 on');
  // Taking a stack's trace costs more than all that is measured, and as much for every refusal.
  Error.stackTraceLimit = 0;
  console.log(`Node ${process.versions.node}, V8 ${process.versions.v8}; |t| < ${T_EQUAL} equal, >= ${T_LEAKS} leaks`);
  const findings = subjects().map((subject) => {
    const finding = investigate(subject, limit);
    print(finding);
    return finding;
  });
  return findings.every(({ subject, verdict }) => verdict === (subject.planted ? 'leaks' : 'equal'));
}

function print({ subject, t, count, means, verdict }: Finding): void {
  const { name, kinds, planted = false } = subject;
  const expected = verdict === (planted ? 'leaks' : 'equal') ? '' : '  <-- NOT AS IT SHOULD BE';
  console.log(
    `${planted ? 'planted  ' : '         '}${name}: t = ${t.toFixed(2)}, ${count} samples, ${verdict}${expected}`,
  );
  const [a, b] = means.map((mean) => `${mean.toFixed(1)} ns`);
  console.log(`           ${kinds[0]} ${a}; ${kinds[1]} ${b}`);
}
