// What a half is to open its records with from now on.

import type { TraceEntry } from '../inspect/trace.ts';

import type { CountedOpener } from './seeking.ts';
import { TrialOpener } from './trial_opener.ts';

export type Epoch = Extract<TraceEntry['observation'], { kind: 'record' }>['epoch'];

export interface KeyChange {
  readonly opener: TrialOpener;
  /** What each key that is tried protects. */
  readonly epochs: readonly Epoch[];
  /** Whether there is any key. */
  readonly usable: boolean;
  readonly generation: number;
}

export function keyChange(
  is13: boolean,
  candidates: readonly (readonly [Epoch, CountedOpener])[],
  epoch: Epoch,
  generation = 0,
): KeyChange {
  const openers = candidates.map(([, opener]) => opener);
  return {
    opener: new TrialOpener(is13, openers),
    epochs: candidates.length === 0 ? [epoch] : candidates.map(([one]) => one),
    usable: candidates.length > 0,
    generation,
  };
}
