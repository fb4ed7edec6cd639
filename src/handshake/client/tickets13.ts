// Tickets of a TLS 1.3 server, and the sessions that they become (RFC 8446 4.6.1).

import { EMPTY } from '../../bytes/bytes.ts';
import { type MasterStage, resumptionPsk } from '../../crypto/schedule13.ts';
import type { NewSessionTicket13 } from '../../wire/messages.ts';
import { VERSION } from '../../wire/registry/names.ts';
import type { HandshakeContext } from '../context.ts';
import { MAX_LINE, MAX_TICKET_LENGTH } from '../shared/session.ts';
import type { Connected13, Resumption13 } from '../shared/states.ts';
import type { WaitFinished13 } from './states.ts';

/** RFC 8446 4.6.1: "Servers MUST NOT use any value greater than 604800 seconds (7 days)." */
const MAX_LIFETIME = 604_800;

/** At the end of a handshake: the secret of its tickets, and all that does not differ from one to the next. */
export function resumptionOf(
  context: HandshakeContext,
  { handshake, peer, alpn, scheme }: Pick<WaitFinished13, 'handshake' | 'peer' | 'alpn' | 'scheme'>,
  master: MasterStage,
): Resumption13 {
  const { client, transcript } = context;
  return {
    secret: master.resumption(transcript.hash()),
    session: {
      version: VERSION.tls13,
      suite: handshake.suite.id,
      secret: EMPTY,
      extendedMasterSecret: true,
      created: 0,
      lifetime: 0,
      validUntil: Math.min(peer?.validUntil ?? Number.POSITIVE_INFINITY, client.now() + 1000 * MAX_LINE),
      binding: client.sessionBinding,
      serverName: client.serverName ?? '',
      alpn: alpn ?? '',
      group: handshake.group ?? 0,
      scheme: scheme ?? 0,
      authorized: peer?.authorized ?? true,
      authorizationProblem: peer?.problem ?? '',
      peerChain: peer?.chain ?? [],
      id: EMPTY,
      ticket: EMPTY,
      ageAdd: 0,
      maxEarlyData: 0,
    },
  };
}

/** RFC 8446 4.6.1: a lifetime of 0 means "to be discarded immediately"; a longer one than a week counts as a week. */
export function onNewSessionTicket(
  context: HandshakeContext,
  state: Connected13,
  message: NewSessionTicket13,
): Connected13 {
  const { resumption, schedule } = state;
  const { ticket, ticket_lifetime, ticket_nonce, ticket_age_add, extensions } = message;
  if (resumption === undefined || ticket_lifetime === 0 || ticket.length > MAX_TICKET_LENGTH) return state;
  if (!context.client.tickets) return state;
  context.keepSession({
    ...resumption.session,
    secret: resumptionPsk(schedule, resumption.secret, ticket_nonce),
    created: context.client.now(),
    lifetime: Math.min(ticket_lifetime, MAX_LIFETIME),
    ticket,
    ageAdd: ticket_age_add,
    maxEarlyData: extensions.known.early_data ?? 0,
  });
  return state;
}
