// Which session a client offers (RFC 5246 7.3, RFC 5077 3, RFC 8446 2.2), and what watching is told of it.

import { VERSION } from '../../wire/registry/names.ts';
import type { HandshakeContext } from '../context.ts';
import type { ClientConfig } from '../shared/config.ts';
import { whyNotResumable } from '../shared/resumption.ts';
import type { Session } from '../shared/session.ts';

/** The configured session, if it may still be resumed. */
export function sessionToOffer(context: HandshakeContext): Session | undefined {
  const { client } = context;
  const { session } = client;
  if (session === undefined) return undefined;
  const problem = whyNotOffered(client, session) ?? whyNotResumable(client, session, client.serverName ?? '');
  context.decide({
    about: 'resumption',
    chosen: problem === undefined ? 'offered' : `not offered: ${problem}`,
    offered: [],
    acceptable: [],
  });
  return problem === undefined ? session : undefined;
}

function whyNotOffered({ tickets, psk }: ClientConfig, session: Session): string | undefined {
  const { version, id, ticket, peerChain } = session;
  // Without a certificate behind it, a shared key was all that the server proved.
  if (peerChain.length === 0 && !psk) return 'it was made with a shared key, and there is none now';
  if (ticket.length > 0) return tickets || version !== VERSION.tls12 ? undefined : 'tickets are off';
  return id.length === 0 ? 'it has neither id nor ticket' : undefined;
}

/** The server did not take the session that was offered. */
export function declineSession(context: HandshakeContext, why: string): void {
  context.decide({ about: 'resumption', chosen: `full handshake: ${why}`, offered: [], acceptable: [] });
}
