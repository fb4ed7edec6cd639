// The answering side of a key agreement. For Diffie-Hellman both sides do the same and the answer is a fresh share and
// its agreement; a key encapsulation is not symmetric, which is why providers have `answerKeyShare` at all.

import type { KeyShare, KeyShareAnswer } from './provider.ts';

/** The answer of a Diffie-Hellman group, out of a fresh `share`. Undefined when `peer` is not a valid public key. */
export function answerWith(share: KeyShare, peer: Uint8Array): KeyShareAnswer | undefined {
  const secret = share.derive(peer);
  return secret === undefined ? undefined : { publicKey: share.publicKey, secret };
}
