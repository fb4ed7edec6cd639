// The tickets that a TLS 1.3 server gives once the handshake is done (RFC 8446 4.6.1): each the session, sealed, with a PSK of
// its own.

import { EMPTY } from '../../bytes/bytes.ts';
import { resumptionPsk } from '../../crypto/schedule13.ts';
import { buildExtensions, type ExtensionBlock, type ExtensionMessage } from '../../wire/extensions.ts';
import { type NewSessionTicket13, newSessionTicket13 } from '../../wire/messages.ts';
import { VERSION } from '../../wire/registry/names.ts';
import type { HandshakeContext } from '../context.ts';
import type { ServerConfig } from '../shared/config.ts';
import { MAX_LINE, type Session } from '../shared/session.ts';
import type { KnownPeer } from '../shared/states.ts';
import { sealTicket, TICKET_NONCE_LENGTH } from '../shared/tickets.ts';
import { pskModesOf } from './psk13.ts';
import type { Answered13 } from './states.ts';

/** After the client's Finished. RFC 8446 4.2.9: "Servers SHOULD NOT send NewSessionTicket" for modes that the client lacks. */
export function giveTickets13(context: HandshakeContext, answered: Answered13, peer: KnownPeer | undefined): void {
  const { server, provider, transcript } = context;
  const { handshake, master } = answered;
  const { withDhe, alone } = pskModesOf(server, handshake.hello);
  if (server.ticketKeys.length === 0 || !(withDhe || alone)) return;
  const secret = master.resumption(transcript.hash());
  for (let number = 0; number < server.ticketCount; number++) {
    const nonce = Uint8Array.of(number);
    const psk = resumptionPsk(handshake.schedule, secret, nonce);
    const session = sessionOf(context, answered, peer, psk);
    const ticket = sealTicket(provider, server.ticketKeys, server.random(TICKET_NONCE_LENGTH), session);
    if (ticket === undefined) return;
    const built: NewSessionTicket13 = {
      ticket_lifetime: Math.min(session.lifetime, Math.floor((session.validUntil - session.created) / 1000)),
      ticket_age_add: session.ageAdd,
      ticket_nonce: nonce,
      ticket,
      extensions: strewn(
        server,
        buildExtensions('new_session_ticket', {
          ...(server.maxEarlyData > 0 && { early_data: server.maxEarlyData }),
        }),
      ),
    };
    context.sendOutside('new_session_ticket', newSessionTicket13, server.hooks.newSessionTicket?.(built) ?? built);
  }
}

/** RFC 8701 4.1: with an extension that nobody knows. */
function strewn<M extends ExtensionMessage>(
  { grease, random }: ServerConfig,
  block: ExtensionBlock<M>,
): ExtensionBlock<M> {
  if (!grease) return block;
  const extension_type = ((random(1)[0] ?? 0) & 15) * 0x1010 + 0x0a0a;
  return { ...block, list: [...block.list, { extension_type, extension_data: EMPTY }] };
}

function sessionOf(
  { server }: HandshakeContext,
  { handshake: { suite, serverName, alpn, group, scheme, psk } }: Answered13,
  peer: KnownPeer | undefined,
  secret: Uint8Array,
): Session {
  const created = server.now();
  const validUntil = Math.min(peer?.validUntil ?? Number.POSITIVE_INFINITY, created + 1000 * MAX_LINE);
  const [a = 0, b = 0, c = 0, d = 0] = server.random(4);
  return {
    version: VERSION.tls13,
    suite: suite.id,
    secret,
    extendedMasterSecret: true,
    created,
    lifetime: server.sessionLifetime,
    // Of a resumed connection it is that of the session before.
    validUntil,
    binding: server.sessionBinding,
    serverName: serverName ?? '',
    alpn: alpn ?? '',
    group: group ?? 0,
    scheme: scheme ?? 0,
    // A key that was shared beforehand stands in a certificate's place.
    authorized: peer?.authorized ?? (psk !== undefined && psk.session === undefined),
    authorizationProblem: peer?.problem ?? '',
    peerChain: peer?.chain ?? [],
    id: EMPTY,
    ticket: EMPTY,
    ageAdd: ((a << 24) | (b << 16) | (c << 8) | d) >>> 0,
    maxEarlyData: server.maxEarlyData,
  };
}
