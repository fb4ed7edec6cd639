// Connections that begin with early data (RFC 8446 2.3): a ticket that allows it, and a client that writes before the server
// has said a word.

import { ticketKey } from './earlier.ts';
import { exchange, type Wire } from './pair.ts';
import { changed, make13, merge13, type Options13, type Pair13, session13 } from './pair13.ts';

export const NOW = Date.now();
export const LIMIT = 1000;

/** A client and a server that take early data when they may. */
export const EARLY: Options13 = {
  client: { earlyData: true },
  server: { ticketKeys: [ticketKey(1)], maxEarlyData: LIMIT },
  early: 'deliver',
  now: NOW,
};

/** The pair after the client's first flight was written, nothing carried yet. */
export function begin13(
  options: Options13,
  writes: readonly (string | Uint8Array)[],
  session: Uint8Array = session13(options),
  before: (pair: Pair13) => void = () => {},
): Pair13 {
  const pair = make13(merge13(options, { client: { session } }));
  before(pair);
  pair.server.handle(pair.server.engine.start());
  pair.client.handle(pair.client.engine.start());
  for (const data of writes) {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    pair.client.handle(pair.client.engine.write(bytes));
  }
  return pair;
}

/** The same, carried to wherever it leads. */
export function early13(
  options: Options13,
  writes: readonly (string | Uint8Array)[],
  session?: Uint8Array,
  before?: (pair: Pair13) => void,
  wire?: Wire,
): Pair13 {
  const pair = begin13(options, writes, session, before);
  exchange(pair, wire);
  return pair;
}

/** A session whose ticket allows so many bytes, as the client believes. */
export const allowing = (session: Uint8Array, maxEarlyData: number): Uint8Array =>
  changed(session, () => ({ maxEarlyData }));
