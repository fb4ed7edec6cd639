// Measuring two kinds of input against each other: inputs are made before the clock starts and lie in the same memory whichever kind
// they are; which kind comes next is a coin's choice; several calls are one measurement where one is shorter than the clock can see.

import { randomBytes } from 'node:crypto';
import { type Comparison, furthest, type Sample, T_EQUAL, T_LEAKS } from './statistics.ts';

export interface Subject {
  readonly name: string;
  /** What differs between the two kinds, for the table. */
  readonly kinds: readonly [string, string];
  /** Writes a new input of this kind into the subject's own buffers. */
  readonly prepare: (kind: 0 | 1) => void;
  /** The code under test on that input, from `src/`. */
  readonly run: () => void;
  /** Calls in one measurement. */
  readonly batch: number;
  /** Measurements that are enough, for subjects that take long. */
  readonly most?: number;
  /** A leak that was put in: the harness has to find it. */
  readonly planted?: boolean;
}

export interface Finding extends Comparison {
  readonly subject: Subject;
  readonly verdict: 'equal' | 'undecided' | 'leaks';
}

/**
 * Takes `limit` measurements, in rounds each as long as all before it, and up to four times as many while the verdict is open: a
 * difference that is there grows with their number, one of chance does not. What leaks without doubt is not measured further.
 */
export function investigate(subject: Subject, limit: number): Finding {
  const wanted = Math.min(limit, subject.most ?? limit);
  take(subject, Math.min(WARM_UP, wanted));
  let samples: Sample[] = [];
  for (let more = Math.ceil(wanted / 8); ; more = samples.length) {
    samples = samples.concat(take(subject, more));
    const comparison = furthest(samples);
    const size = Math.abs(comparison.t);
    const verdict = size < T_EQUAL ? 'equal' : size < T_LEAKS ? 'undecided' : 'leaks';
    const done = verdict === 'leaks' || samples.length >= (verdict === 'equal' ? wanted : 4 * wanted);
    if (done) return { ...comparison, subject, verdict };
  }
}

/** Calls before the first measurement, for the compiler. */
const WARM_UP = 2000;

function take({ prepare, run, batch }: Subject, count: number): Sample[] {
  const coins = randomBytes(count);
  const samples: Sample[] = [];
  for (let i = 0; i < count; i++) {
    const kind = ((coins[i] as number) & 1) as 0 | 1;
    prepare(kind);
    const start = process.hrtime.bigint();
    for (let k = 0; k < batch; k++) run();
    samples.push({ kind, nanoseconds: Number(process.hrtime.bigint() - start) / batch });
  }
  return samples;
}
