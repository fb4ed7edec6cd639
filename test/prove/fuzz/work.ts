// What the thread of a campaign does: one target after the other, a report for each. The input that is being run stands in memory
// that the watcher sees as well.

import { ftruncateSync, openSync, writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { toHex } from '../../../src/bytes/bytes.ts';
import { campaign, type Report } from './campaign.ts';
import { Coverage } from './coverage.ts';
import type { Target } from './target.ts';
import { allTargets } from './targets.ts';

export interface Orders {
  readonly seed: number;
  /** Milliseconds for all parsers, and for all machines. */
  readonly parsers: number;
  readonly machines: number;
  /** Names of targets, or the beginning of some; none for all. */
  readonly only: readonly string[];
  /** Whether inputs are kept by what they reach. */
  readonly guided: boolean;
  /** [0] counts inputs, [1] is the length of the one that is run, [2] the number of the target. */
  /** A file for the input that is being run, where native code could end the process. */
  readonly last: string;
  readonly beat: SharedArrayBuffer;
  readonly current: SharedArrayBuffer;
}

export type Message =
  | { readonly kind: 'targets'; readonly names: readonly string[] }
  | { readonly kind: 'report'; readonly report: Report }
  | { readonly kind: 'done'; readonly covered: number; readonly total: number; readonly files: number };

/** Longer inputs are cut: they are shown, not lost, since seed and target say how they were made. */
export const SHOWN = 1 << 20;

export function work(): void {
  const orders = workerData as Orders;
  const { seed, only, guided } = orders;
  const beat = new Int32Array(orders.beat);
  const current = new Uint8Array(orders.current);
  const say = (message: Message): void => parentPort?.postMessage(message);
  const targets = allTargets().filter(({ name }) => only.length === 0 || only.some((one) => name.startsWith(one)));
  say({ kind: 'targets', names: targets.map(({ name }) => name) });
  const last = openSync(orders.last, 'w+');
  const coverage = guided ? new Coverage(new URL('../../../src/', import.meta.url).href) : undefined;
  for (const [number, target] of targets.entries()) {
    Atomics.store(beat, 2, number);
    const running = (input: Uint8Array): void => {
      if (target.native) note(last, target, input);
      current.set(input.subarray(0, SHOWN));
      Atomics.store(beat, 1, Math.min(SHOWN, input.length));
      Atomics.add(beat, 0, 1);
    };
    say({
      kind: 'report',
      report: campaign(target, { seed, milliseconds: share(orders, targets, target), coverage, running }),
    });
  }
  say({ kind: 'done', ...(coverage?.reached ?? { covered: 0, total: 0, files: 0 }) });
}

/** In the form of a kept failure. */
function note(file: number, { name }: Target, input: Uint8Array): void {
  const text = `{"target":"${name}","input":"${toHex(input)}"}\n`;
  ftruncateSync(file);
  writeSync(file, text, 0);
}

/** The same for each parser; of the machines, most for the one that is fast. */
function share({ parsers, machines }: Orders, targets: readonly Target[], { kind, name }: Target): number {
  const alike = targets.filter((one) => one.kind === kind).length;
  if (kind === 'parser' || alike < 2) return (kind === 'parser' ? parsers : machines) / alike;
  return machines * (name === 'machine' ? 0.75 : 0.25 / (alike - 1));
}
