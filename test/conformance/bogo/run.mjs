// npm run bogo -- PATH [PATTERN;PATTERN ...] [--workers N]
//
// Runs BoringSSL's test runner against the shim and counts. PATH is `ssl/test/runner` in a checkout of BoringSSL, with the
// package's compiled test binary (`runner.test`) in it; BoringSSL's ssl/test/PORTING.md says how the runner is used. Disabled
// tests run too and count as disabled whatever comes of them, so that a reason that no longer holds is seen.

import { spawn } from 'node:child_process';
import { chmodSync, createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { scopeOf } from './scope.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const CONFIG = join(here, 'config.json');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { workers: { type: 'string', default: '2' }, keep: { type: 'string' } },
});
const [path, pattern] = positionals;
const binary = path === undefined ? '' : resolve(path, 'runner.test');
if (!existsSync(binary)) {
  console.error(`usage: npm run bogo -- PATH [PATTERN;PATTERN...] [--workers N] [--keep FILE]
PATH is ssl/test/runner of a BoringSSL checkout, with its compiled test binary runner.test in it.`);
  process.exit(2);
}
const config = readConfig();
const folder = mkdtempSync(join(tmpdir(), 'glasstls-bogo-'));
try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main() {
  const shim = join(folder, 'shim.cjs');
  await bundle(shim);
  const results = join(folder, 'results.json');
  const args = [
    ...['-test.timeout', '0', '-shim-path', shim, '-shim-config', CONFIG, '-json-output', results],
    ...['-pipe', '-allow-unimplemented', '-include-disabled', '-num-workers', values.workers],
    ...(pattern === undefined ? [] : ['-test', pattern]),
  ];
  const failures = await run(binary, args, resolve(path));
  const { tests } = JSON.parse(readFileSync(results, 'utf8'));
  const counted = Object.entries(tests).map(([name, { actual }]) => ({ name, outcome: outcomeOf(name, actual) }));
  for (const { name, outcome } of counted)
    if (outcome === 'FAIL') console.log(failures.get(name) ?? `FAILED (${name})`);
  const needless = counted.filter(({ name, outcome }) => outcome === 'DISABLED' && tests[name].actual === 'PASS');
  const core = ({ name }) => ['api', 'protocol'].includes(scopeOf(name));
  for (const { name } of needless.filter(core)) console.log(`disabled, and passes: ${name}`);
  report('all', counted);
  report('core', counted.filter(core));
  report(
    'core, protocol only',
    counted.filter(({ name }) => scopeOf(name) === 'protocol'),
  );
  process.exitCode = counted.some(({ outcome }) => outcome === 'FAIL') ? 1 : 0;
}

async function bundle(outfile) {
  await build({
    entryPoints: [join(here, 'shim.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    outfile,
    banner: { js: '#!/usr/bin/env -S node --no-warnings' },
    logLevel: 'error',
  });
  chmodSync(outfile, 0o755);
}

/** Runs the runner to its end; returns what it said of each test that failed. */
function run(file, args, cwd) {
  const log = values.keep === undefined ? undefined : createWriteStream(values.keep);
  const runner = spawn(file, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const failures = new Map();
  let name;
  let rest = '';
  runner.stdout.setEncoding('utf8');
  runner.stdout.on('data', (text) => {
    log?.write(text);
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const found = /^(PASSED|FAILED|UNIMPLEMENTED) \((.*)\)$/.exec(line);
      if (found !== null) name = found[1] === 'FAILED' ? found[2] : undefined;
      if (name !== undefined) failures.set(name, `${failures.get(name) ?? ''}${line}\n`);
    }
  });
  return new Promise((done, fail) => {
    runner.on('error', fail);
    runner.on('close', () => done(failures));
  });
}

function outcomeOf(name, actual) {
  if (config.disabled.some((one) => one.test(name))) return 'DISABLED';
  return actual === 'SKIP' ? 'UNIMPLEMENTED' : actual;
}

function report(label, tests) {
  const count = (wanted) => tests.filter(({ outcome }) => outcome === wanted).length;
  const parts = ['PASS', 'FAIL', 'UNIMPLEMENTED', 'DISABLED'].map((outcome) => `${outcome} ${count(outcome)}`);
  console.log(`${label} (${tests.length}): ${parts.join(', ')}`);
}

/** Strict means that each expected error is one of named ones: an empty string would match any. */
function readConfig() {
  const { ErrorMap, DisabledTests } = JSON.parse(readFileSync(CONFIG, 'utf8'));
  for (const [error, ours] of Object.entries(ErrorMap)) {
    if (ours.length === 0 || ours.some((text) => text.length < 8)) throw new Error(`${error} maps to nothing definite`);
  }
  return { disabled: Object.keys(DisabledTests).map(globOf) };
}

/** The patterns of Go's filepath.Match, as far as the configuration uses them. */
function globOf(pattern) {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  return new RegExp(`^${source}$`);
}
