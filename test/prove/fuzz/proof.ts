// npm run prove -- fuzz [--minutes N] [--seed N] [--only NAME ...] [--unguided] [--machines PART] [--out FOLDER]
// npm run prove -- fuzz --replay FILE
//
// Every parser and both state machines against input that was mutated, reordered and made up (RFC 8446, 5246, 5280). What must
// hold: only errors that the interface names, never an internal one; a bound on the work for each byte; a flat heap; what is
// read is written the same; no data before the peer is known. A failure is written to a file, small, with how to run it again.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { fromHex, toHex } from '../../../src/bytes/bytes.ts';
import type { Proof } from '../proof.ts';
import type { Failure, Report } from './campaign.ts';
import { allTargets } from './targets.ts';
import { type Message, type Orders, SHOWN } from './work.ts';

/** An input that takes longer hangs; no honest one takes a hundredth of it. */
const PATIENCE_MS = 60_000;
/** Bytes of heap that may stay behind a target: caches of keys, compiled code. */
const HEAP_GROWTH = 48 * 2 ** 20;

export const proof: Proof = {
  name: 'fuzz',
  description: 'every parser and both state machines against mutated, reordered and made-up input',
  run,
};

async function run(args: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      only: { type: 'string', multiple: true, default: [] },
      machines: { type: 'string', default: '0.5' },
      unguided: { type: 'boolean', default: false },
      out: { type: 'string', default: 'coverage/fuzz' },
      replay: { type: 'string' },
    },
  });
  if (values.replay !== undefined) return replay(values.replay);
  const time = Number(values.minutes) * 60_000;
  const machines = Number(values.machines);
  const seed = Number(values.seed);
  if (!(time > 0) || !(machines >= 0 && machines <= 1) || !Number.isSafeInteger(seed)) {
    throw new Error('--minutes and --seed are numbers, --machines is the part of the time for the machines, 0 to 1');
  }
  console.log(
    `seed ${seed}, ${values.minutes} minutes, ${values.unguided ? 'by chance' : 'guided by V8 block counters'}`,
  );
  const { reports, failures } = await watch({
    seed,
    parsers: time * (1 - machines),
    machines: time * machines,
    only: values.only,
    guided: !values.unguided,
    last: lastIn(values.out),
    beat: new SharedArrayBuffer(12),
    current: new SharedArrayBuffer(SHOWN),
  });
  for (const failure of failures) store(failure, values.out);
  return failures.length === 0 && reports.length > 0;
}

/** Where the input stands that was run last, should the process itself die of it. */
function lastIn(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'last.json');
  console.log(`should the process die, the input is in ${file}`);
  return file;
}

interface Outcome {
  readonly reports: readonly Report[];
  readonly failures: readonly Failure[];
}

/** Runs the campaign in a thread, and stops it when an input does not come back. */
function watch(orders: Orders): Promise<Outcome> {
  const reports: Report[] = [];
  const failures: Failure[] = [];
  let names: readonly string[] = [];
  const beat = new Int32Array(orders.beat);
  const worker = new Worker(new URL('./worker.mjs', import.meta.url), { workerData: orders });
  return new Promise((done, fail) => {
    let seen = -1;
    const timer = setInterval(() => {
      const now = Atomics.load(beat, 0);
      if (now !== seen || names.length === 0) {
        seen = now;
        return;
      }
      const input = new Uint8Array(orders.current).slice(0, Atomics.load(beat, 1));
      const target = names[Atomics.load(beat, 2)] ?? '';
      failures.push({ target, seed: orders.seed, problem: `no end after ${PATIENCE_MS / 1000} s`, input });
      void worker.terminate();
    }, PATIENCE_MS);
    worker.on('message', (message: Message) => {
      if (message.kind === 'targets') {
        names = message.names;
        console.log(`${names.length} targets\n${HEAD}`);
      } else if (message.kind === 'report') {
        reports.push(message.report);
        failures.push(...message.report.failures, ...grown(message.report, orders.seed));
        console.log(row(message.report));
      } else summary(reports, message);
    });
    worker.on('error', fail);
    worker.on('exit', () => {
      clearInterval(timer);
      done({ reports, failures });
    });
  });
}

function grown({ target, heap: [before, after] }: Report, seed: number): readonly Failure[] {
  if (after - before <= HEAP_GROWTH) return [];
  const problem = `the heap grew from ${before} to ${after} bytes`;
  return [{ target, seed, problem, input: new Uint8Array(0) }];
}

const HEAD = [
  'target'.padEnd(34),
  'inputs'.padStart(10),
  'a second'.padStart(9),
  'kept'.padStart(6),
  'work/B'.padStart(8),
  'heap'.padStart(9),
  '  ends, most frequent first',
].join(' ');

function row({ target, inputs, milliseconds, kept, work, heap, outcomes, failures }: Report): string {
  const ends = [...outcomes].sort(([, a], [, b]) => b - a);
  const shown = ends.slice(0, 3).map(([end, count]) => `${end} ${count}`);
  const more = ends.length > 3 ? `, and ${ends.length - 3} others` : '';
  return [
    target.padEnd(34),
    String(inputs).padStart(10),
    String(Math.round((inputs * 1000) / milliseconds)).padStart(9),
    String(kept).padStart(6),
    work.toFixed(0).padStart(8),
    `${((heap[1] - heap[0]) / 2 ** 20).toFixed(1)} MB`.padStart(9),
    ` ${shown.join(', ')}${more}${failures.length > 0 ? `; FAILED ${failures.length}` : ''}`,
  ].join(' ');
}

function summary(reports: readonly Report[], { covered, total, files }: Extract<Message, { kind: 'done' }>): void {
  for (const kind of ['parsers', 'machines'] as const) {
    const some = reports.filter(({ target }) => ['machine', 'differential'].includes(target) === (kind === 'machines'));
    if (some.length === 0) continue;
    const inputs = some.reduce((sum, one) => sum + one.inputs, 0);
    const seconds = some.reduce((sum, one) => sum + one.milliseconds, 0) / 1000;
    console.log(`${kind}: ${inputs} inputs in ${seconds.toFixed(0)} s, ${Math.round(inputs / seconds)} a second`);
  }
  if (total > 0) {
    const part = ((100 * covered) / total).toFixed(1);
    console.log(
      `reached: ${part} % of the characters of ${files} source files (comments and declarations count as reached)`,
    );
  }
}

function store({ target, seed, problem, input }: Failure, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${target.replaceAll('/', '-')}-${toHex(input).slice(0, 12) || 'none'}.json`);
  writeFileSync(file, `${JSON.stringify({ target, seed, problem, input: toHex(input) }, undefined, 1)}\n`);
  console.log(
    `\n${target}: ${problem}\n${input.length} bytes, kept in ${file}; again: npm run prove -- fuzz --replay ${file}`,
  );
}

function replay(file: string): boolean {
  const kept = JSON.parse(readFileSync(file, 'utf8')) as { readonly target: string; readonly input: string };
  const target = allTargets().find(({ name }) => name === kept.target);
  if (target === undefined) throw new Error(`there is no target ${kept.target}`);
  console.log(`${target.name}: ${target.run(fromHex(kept.input))}`);
  return true;
}
