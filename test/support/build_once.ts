// Compiles dist/ once before the whole run: the tests of the command and of the package use what users get.

import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

export default function setup(): void {
  const script = resolve(import.meta.dirname, '../../scripts/build.mjs');
  const { status } = spawnSync(process.execPath, [script], { stdio: ['ignore', 'inherit', 'ignore'] });
  // Type errors do not keep the compiler from writing dist/; the tests that need it say what is missing.
  if (status !== 0) console.error('The build reported errors: tests of dist/ may fail.');
}
