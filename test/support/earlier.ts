// What a resumption needs from before: a handshake in memory that ended with a session, and a host that keeps sessions by id.

import { toHex } from '../../src/bytes/bytes.ts';
import type { Need } from '../../src/handshake/shared/needs.ts';
import type { TicketKey } from '../../src/handshake/shared/tickets.ts';
import { makePair, type Pair, type PairOptions, type Side, shakeHands } from './pair.ts';

/** A key for tickets, the same for the same number. */
export const ticketKey = (number: number): TicketKey => ({
  name: new Uint8Array(16).fill(number),
  key: new Uint8Array(32).fill(0x40 + number),
});

/** Sessions by their id in hexadecimal. */
export type Cache = Map<string, Uint8Array>;

export interface Earlier {
  /** What the client kept. */
  readonly session: Uint8Array;
  /** What the server kept. */
  readonly cache: Cache;
  readonly pair: Pair;
}

/** A full handshake that ended with a session. @throws Error when it gave none */
export function earlier(options: PairOptions): Earlier {
  const pair = shakeHands(makePair(options));
  const [kept] = pair.client.sessions;
  if (kept === undefined || pair.client.agreement === undefined || pair.server.agreement === undefined) {
    throw new Error(`no session: ${pair.client.error?.message} ${pair.server.error?.message}`);
  }
  return { session: kept.session, cache: cacheOf(pair.server), pair };
}

export function cacheOf(server: Side): Cache {
  return new Map(server.sessions.map(({ id, session }) => [toHex(id), session]));
}

/** Makes a server answer `session` needs from `cache`. */
export function answerSessions(server: Side, cache: Cache): void {
  const { reply } = server;
  Object.assign(server, {
    reply: (need: Need) => (need.kind === 'session' ? { answer: cache.get(toHex(need.id)) } : reply(need)),
  });
}
