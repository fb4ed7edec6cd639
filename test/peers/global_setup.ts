// vitest's global set-up: makes the run's directory before the workers start (they inherit its name), and after the last
// test prints the interop matrix that they wrote there.

import { rmSync } from 'node:fs';
import { readEntries, renderMatrix } from './matrix_table.ts';
import { makeRunDir, markShared } from './run_dir.ts';

export default function setUp(): () => void {
  const dir = makeRunDir();
  markShared();
  return () => {
    const entries = readEntries();
    if (entries.length > 0) console.log(`\nInterop matrix\n\n${renderMatrix(entries)}\n`);
    rmSync(dir, { recursive: true, force: true });
  };
}
