// What a half is to open its records with from now on.

import type { TraceEntry } from '../inspect/trace.ts';
import type { Opener } from '../record/protection.ts';
import { TrialOpener } from './trial_opener.ts';

export type Epoch = Extract<TraceEntry['observation'], { kind: 'record' }>['epoch'];

export interface KeyChange {
  readonly opener: Opener;
  /** In its place where the number of the next record is not known. */
  readonly closed: Opener;
  /** What each key that is tried protects. */
  readonly epochs: readonly Epoch[];
  /** Whether there is any key. */
  readonly usable: boolean;
  readonly generation: number;
}

export function keyChange(
  is13: boolean,
  candidates: readonly (readonly [Epoch, Opener])[],
  epoch: Epoch,
  generation = 0,
): KeyChange {
  const openers = candidates.map(([, opener]) => opener);
  return {
    opener: new TrialOpener(is13, openers),
    closed: new TrialOpener(is13),
    epochs: candidates.length === 0 ? [epoch] : candidates.map(([one]) => one),
    usable: candidates.length > 0,
    generation,
  };
}
