// The unit and golden suites on other Nodes, from npm's package `node`, which are kept in the user's cache between runs.

import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { run } from '../../peers/process.ts';
import { installNode } from '../../peers/programs.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'glasstls', 'node');

/** Unit tests, golden sessions, the groups of TLS 1.3 with ML-KEM of both providers, and the known answers of ML-KEM. */
export const SUITES = ['src', 'test/golden', 'test/property/groups13.test.ts', 'test/conformance/wycheproof.test.ts'];

export interface NodeResult {
  readonly version: string;
  /** Whether its node:crypto has ML-KEM, and the default offer uses it. */
  readonly mlKem: boolean;
  readonly passed: number;
  readonly failed: readonly string[];
  readonly skipped: number;
}

interface Report {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** @throws Error when that Node cannot be had, or vitest does not end on it */
export async function onNode(major: number, files: readonly string[]): Promise<NodeResult> {
  const installed = await installNode(major, CACHE);
  if ('missing' in installed) throw new Error(installed.missing);
  const { node } = installed;
  const about = await run(node, ['-p', ABOUT], { lifetime: 10_000 });
  const [version = '', mlKem] = about.stdout.toString().trim().split(' ');
  const folder = join(tmpdir(), `glasstls-runtimes-${process.pid}-${major}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'results.json');
  try {
    const vitest = join('node_modules', 'vitest', 'vitest.mjs');
    const args = [vitest, 'run', ...files, '--reporter=json', `--outputFile=${file}`];
    await run(node, args, { cwd: ROOT, lifetime: 1_200_000 });
    const { numPassedTests, numPendingTests, testResults } = JSON.parse(readFileSync(file, 'utf8')) as Report;
    const failed = testResults.flatMap(({ name, status, message, assertionResults }) => {
      const tests = assertionResults
        .filter((one) => one.status === 'failed')
        .map(({ fullName }) => `${name}: ${fullName}`);
      return status === 'failed' && tests.length === 0 ? [`${name}: ${message}`] : tests;
    });
    return { version, mlKem: mlKem === 'true', passed: numPassedTests, failed, skipped: numPendingTests };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const ABOUT = "process.versions.node + ' ' + (typeof require('node:crypto').encapsulate === 'function')";
