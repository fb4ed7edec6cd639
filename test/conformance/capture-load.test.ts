// A large capture streams: its length does not show in the memory that reading it takes. GLASSTLS_CAPTURE_MB sets the size (200). The
// speed is printed and asserted nowhere; with GLASSTLS_CAPTURE_TSHARK beside that of tshark on the same file, which takes a minute.

import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { tsharkVersion } from '../peers/capturing.ts';
import { run } from '../peers/process.ts';
import { scratch } from '../peers/run_dir.ts';

const MEGABYTES = Number(process.env.GLASSTLS_CAPTURE_MB ?? 200);
/** Of the whole process, Node itself included. */
const MOST = 300e6;

it(`a capture of ${MEGABYTES} MB is read in less than ${MOST / 1e6} MB of memory`, { timeout: 600_000 }, async () => {
  const dir = scratch('load');
  const program = join(dir, 'load.mjs');
  await build({
    entryPoints: [resolve(import.meta.dirname, '../support/capture_load.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  const file = join(dir, 'large.pcapng');
  const { stdout, stderr, code } = await run(process.execPath, [program, file, String(MEGABYTES)], {
    lifetime: 500_000,
  });
  expect(code, stderr).toBe(0);
  const figures = JSON.parse(stdout.toString()) as Record<
    'size' | 'seconds' | 'peak' | 'connections' | 'expected' | 'data',
    number
  >;
  const { size, seconds, peak } = figures;
  const speed = (time: number): string => `${(size / 1e6 / time).toFixed(0)} MB/s`;
  const said = [`glasstls ${speed(seconds)}, ${(peak / 1e6).toFixed(0)} MB of memory at most`];
  if (process.env.GLASSTLS_CAPTURE_TSHARK && tsharkVersion() !== undefined) {
    const start = performance.now();
    await run('tshark', ['-r', file, '-q', '-z', 'io,stat,0'], { lifetime: 500_000, env: { HOME: dir } });
    said.push(`tshark ${speed((performance.now() - start) / 1000)}`);
  }
  console.log(`capture of ${(size / 1e6).toFixed(0)} MB, ${figures.connections} connections: ${said.join('; ')}`);
  expect(figures.connections).toBe(figures.expected);
  expect(figures.data).toBeGreaterThan(MEGABYTES * 1e6);
  expect(peak).toBeLessThan(MOST);
});
