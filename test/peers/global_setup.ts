// vitest's global set-up: makes the run's directory before the workers start (they inherit its name), and after the last
// test prints the interop matrix that they wrote there. A cell without test or reason fails the run.

import { rmSync } from 'node:fs';
import { readEntries, renderMatrix, unexplained } from './matrix_table.ts';
import { makeRunDir, markShared } from './run_dir.ts';

export default function setUp(): () => void {
  const dir = makeRunDir();
  markShared();
  return () => {
    const entries = readEntries();
    if (entries.length > 0) console.log(`\nInterop matrix\n\n${renderMatrix(entries)}\n`);
    rmSync(dir, { recursive: true, force: true });
    const missing = unexplained(entries);
    if (missing.length === 0) return;
    console.error(`cells of the interop matrix without a reason:\n${missing.join('\n')}`);
    // vitest reports what is thrown here, but would still end with 0.
    process.exitCode = 1;
  };
}
