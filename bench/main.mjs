// `npm run bench`: glasstls against node:tls in one run on one machine. Ratios count; absolute figures drift with the machine.
//
//   --short     a quick look
//   --node24    the same rows on Node 24 too, which npm installs into a temporary directory
//   --compare   other TLS stacks of npm as clients of one server, installed likewise
//   --json      the report for machines, in place of tables
//   --save      docs/bench.json, and the page and the chart that scripts/bench_page.mjs makes of it

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { REPORT, writePage } from '../scripts/bench_page.mjs';
import { PACKAGES } from './others.mjs';
import { tablesOf } from './tables.mjs';

const names = ['short', 'node24', 'compare', 'json', 'save'];
const { values } = parseArgs({ options: Object.fromEntries(names.map((name) => [name, { type: 'boolean' }])) });

const directory = mkdtempSync(join(tmpdir(), 'glasstls-bench-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));

const install = (packages) => {
  const flags = ['--no-audit', '--no-fund', '--no-save', '--loglevel=error'];
  execFileSync('npm', ['install', ...flags, '--prefix', directory, ...packages], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
};

/** One report. The other stacks are compared once, on the Node that runs this. */
async function run(node, compare) {
  const order = JSON.stringify({ short: values.short === true, compare });
  const child = spawn(node, [resolve(import.meta.dirname, 'suite.mjs'), order], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((done) => child.once('close', done));
  const report = await text(child.stdout);
  const code = await ended;
  if (code !== 0) throw new Error(`the benchmark ended with ${code}`);
  return JSON.parse(report);
}

if (values.compare) install(PACKAGES);
const runs = [await run(process.execPath, values.compare ? directory : undefined)];
if (values.node24) {
  // The package fetches the program in a script of its own.
  install(['node@24']);
  runs.push(await run(join(directory, 'node_modules/node/bin/node')));
}
const report = { date: new Date().toISOString().slice(0, 10), processor: cpus()[0]?.model ?? '', runs };
if (values.json) console.log(JSON.stringify(report, null, 2));
else for (const one of runs) console.log(tablesOf(one));
if (values.save) {
  writeFileSync(REPORT, `${JSON.stringify(report, null, 2)}\n`);
  writePage();
}
