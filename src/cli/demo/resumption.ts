// The four connections of the chapter on resumed sessions: for either way of finding a session again, one that makes it and one
// that goes on from it. And what the first left behind: with the server, on the wire, with the client.

import { decode } from '../../codec/run.ts';
import type { TicketKey } from '../../handshake/shared/tickets.ts';
import { nodeProvider } from '../../providers/node.ts';
import { clientHello, HANDSHAKE_HEADER_LENGTH, newSessionTicket12, serverHello } from '../../wire/messages.ts';
import { SessionCache } from '../session_cache.ts';
import { type LessonHandshake, type LessonIdentity, type LessonPlan, runLesson, SETTINGS } from './loopback.ts';
import { messageOf } from './values.ts';

export interface Resumption {
  readonly full: LessonHandshake;
  readonly resumed: LessonHandshake;
  readonly sessions: SessionCache;
  readonly ticketKey: TicketKey;
}

/** Both connections, one after the other, with a server that remembers by id or gives tickets. */
export async function runResumption(by: 'id' | 'ticket', identity: LessonIdentity): Promise<Resumption> {
  const ticketKey: TicketKey = { name: nodeProvider.random(16), key: nodeProvider.random(32) };
  const sessions = new SessionCache();
  const tickets = by === 'ticket';
  const plan: LessonPlan = {
    kind: 'ecdhe12',
    settings: SETTINGS.ecdhe12,
    server: tickets ? { ticketKeys: [ticketKey] } : { sessionCache: true },
    sessions,
  };
  const full = await runLesson({ ...plan, client: { tickets } }, identity);
  const resumed = await runLesson(
    { ...plan, kind: 'resumed12', client: { tickets, session: full.sessions.at(-1) } },
    identity,
  );
  return { full, resumed, sessions, ticketKey };
}

/** The session ids of both hellos. */
export function sessionIds(lesson: LessonHandshake): { readonly sent: Uint8Array; readonly given: Uint8Array } {
  return {
    sent: decode(clientHello, bodyOf(lesson, 'client_hello')).legacy_session_id,
    given: decode(serverHello, bodyOf(lesson, 'server_hello')).legacy_session_id_echo,
  };
}

/** The ticket that the server gave. */
export function ticketGiven(lesson: LessonHandshake): { readonly ticket: Uint8Array; readonly lifetime: number } {
  const { ticket, ticket_lifetime_hint } = decode(newSessionTicket12, bodyOf(lesson, 'new_session_ticket'));
  return { ticket, lifetime: ticket_lifetime_hint };
}

/** The ticket that the client brought; undefined or empty when it had none. */
export function ticketSent(lesson: LessonHandshake): Uint8Array | undefined {
  return decode(clientHello, bodyOf(lesson, 'client_hello')).extensions.known.session_ticket;
}

function bodyOf(lesson: LessonHandshake, key: Parameters<typeof messageOf>[1]): Uint8Array {
  return messageOf(lesson, key)?.subarray(HANDSHAKE_HEADER_LENGTH) ?? new Uint8Array(0);
}
