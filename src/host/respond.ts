// What every adapter shares: needs are answered at once where that is possible, so that a flight stays one write. The engine
// knows neither X.509 nor private keys; here they meet. No I/O, no Node.

import type { TlsEvent } from '../engine/events.ts';
import type { Answers, Need } from '../handshake/shared/needs.ts';
import type { Identity } from './credential.ts';

/** An answer that is ready. A need for which there is none is handed on to the host. */
export interface Reply {
  readonly answer: Answers[keyof Answers];
}

export type Responder = (need: Need) => Reply | undefined;

interface Answerable {
  answer<K extends keyof Answers>(id: number, answer: Answers[K]): TlsEvent[];
}

/** Answers the needs among `events` that `respond` can answer now; returns all other events, in order. */
export function settle(connection: Answerable, events: readonly TlsEvent[], respond: Responder): TlsEvent[] {
  const settled: TlsEvent[] = [];
  const queue = [...events];
  for (const event of queue) {
    const reply = event.type === 'need' ? respond(event.need) : undefined;
    if (event.type === 'need' && reply !== undefined) queue.push(...connection.answer(event.id, reply.answer));
    else settled.push(event);
  }
  return settled;
}

/**
 * Signs and decrypts with the private keys of `identities`, which stand in the order of the engine's credentials. A key that
 * fails (a token that was pulled out) answers nothing, which the engine takes as a refusal.
 */
export function answerWithKeys(identities: readonly Identity[], need: Need): Reply | undefined {
  if (need.kind !== 'signature' && need.kind !== 'decrypt') return undefined;
  const key = identities[need.credential]?.privateKey;
  try {
    return {
      answer: need.kind === 'signature' ? key?.sign(need.algorithm, need.data) : key?.decryptRaw(need.ciphertext),
    };
  } catch {
    return { answer: undefined };
  }
}
