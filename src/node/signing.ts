// Needs that are answered with a private key: one of ours at once, one that is elsewhere when its promise is kept. A key that
// fails answers nothing, which the engine takes as a refusal.

import type { Need } from '../handshake/shared/needs.ts';
import type { Identity } from '../host/credential.ts';
import { answerWithKeys, type Reply } from '../host/respond.ts';

/** An answer, now or later. */
export type Answering = Reply | Promise<Reply | undefined> | undefined;

export function answerWithAnyKey(identities: readonly Identity[], need: Need): Answering {
  const reply = answerWithKeys(identities, need);
  // A key that is elsewhere gives a promise where the type has bytes.
  const answer = reply?.answer as unknown;
  if (!(answer instanceof Promise)) return reply;
  return answer.then(
    (value: Uint8Array) => ({ answer: value }),
    () => ({ answer: undefined }),
  );
}
