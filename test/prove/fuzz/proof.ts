// Fuzzing: not yet.

import type { Proof } from '../proof.ts';

export const proof: Proof = {
  name: 'fuzz',
  description: 'every parser and both state machines against mutated and reordered input',
  run: () => Promise.reject(new Error('not written yet')),
};
