// Malicious peers: not yet.

import type { Proof } from '../proof.ts';

export const proof: Proof = {
  name: 'malicious',
  description: 'floods, bombs and slow peers: the CPU and memory that each can cost, and the limit that stops it',
  run: () => Promise.reject(new Error('not written yet')),
};
