// One temporary directory for a whole test run: the throw-away PKI and the matrix lines of every worker process live in
// it. The global set-up makes it; a process without one (a single file run by hand) makes its own and removes it.

import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const VARIABLE = 'GLASSTLS_TEST_RUN';

/** The directory of this run; made on first use. */
export function runDir(): string {
  const known = process.env[VARIABLE];
  if (known !== undefined && existsSync(known)) return known;
  const made = makeRunDir();
  process.on('exit', () => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Makes the directory and tells it to the worker processes, which inherit the environment. */
export function makeRunDir(): string {
  const made = mkdtempSync(join(tmpdir(), 'glasstls-test-'));
  process.env[VARIABLE] = made;
  return made;
}

/** True when this process shares its directory with a run that prints the matrix at its end. */
export function isShared(): boolean {
  return process.env[`${VARIABLE}_SHARED`] === '1';
}

export function markShared(): void {
  process.env[`${VARIABLE}_SHARED`] = '1';
}

/** A fresh directory inside the run's directory. */
export function scratch(prefix: string): string {
  return mkdtempSync(join(runDir(), `${prefix}-`));
}

/**
 * Makes the directory `name` once for all processes of the run: the first one to come builds it, the others wait.
 * @throws Error when the builder does not finish within 60 s
 */
export async function once(name: string, build: (dir: string) => Promise<void>): Promise<string> {
  const ready = join(runDir(), name);
  if (existsSync(ready)) return ready;
  try {
    mkdirSync(`${ready}.lock`);
  } catch {
    for (const end = Date.now() + 60_000; Date.now() < end; await sleep(20)) if (existsSync(ready)) return ready;
    throw new Error(`another test process did not finish ${ready}`);
  }
  mkdirSync(`${ready}.part`);
  await build(`${ready}.part`);
  renameSync(`${ready}.part`, ready);
  return ready;
}
