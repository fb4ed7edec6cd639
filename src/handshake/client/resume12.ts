// A client that goes on from a TLS 1.2 session (RFC 5246 7.3, RFC 5077 3): what to offer, and the abbreviated handshake, in
// which the server finishes first. Also what becomes a session at the end of a handshake.

import { EMPTY } from '../../bytes/bytes.ts';
import { verifyData12 } from '../../crypto/schedule12.ts';
import { type Finished, finished, type NewSessionTicket12, type ServerHelloOf } from '../../wire/messages.ts';
import { VERSION } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import { checkFinished } from '../shared/finished.ts';
import { exporter12, keyChange12 } from '../shared/keys12.ts';
import { resumedAgreement, resumedKeys } from '../shared/resumption.ts';
import { MAX_TICKET_LENGTH, type Session } from '../shared/session.ts';
import type { Connected12 } from '../shared/states.ts';
import type {
  Offer,
  Resumed12,
  WaitChangeCipherSpecResumed,
  WaitFinished12,
  WaitFinishedResumed,
  WaitNewSessionTicketResumed,
} from './states.ts';

/** The server echoed the session id: it resumes. Everything of the session must be as it was. */
export function enterResumed12(
  context: HandshakeContext,
  offer: Offer,
  session: Session,
  hello: ServerHelloOf<'server_hello_12'>,
  alpn: string | undefined,
): WaitNewSessionTicketResumed | WaitChangeCipherSpecResumed {
  const { known } = hello.extensions;
  const randoms = { client: offer.hello.random, server: hello.random };
  const where = { message: 'server_hello' };
  if (hello.cipher_suite !== session.suite) {
    // RFC 5246 7.4.1.3: "For resumed sessions, this field is the value from the state of the session being resumed."
    throw new TlsError('ERR_TLS_RESUMED_OTHERWISE', 'the server resumes the session with another cipher suite', {
      where: { ...where, field: 'cipher_suite' },
    });
  }
  if ((known.extended_master_secret === true) !== session.extendedMasterSecret) {
    // RFC 7627 5.3: either way "the client MUST abort the handshake".
    throw new TlsError(
      'ERR_TLS_RESUMED_OTHERWISE',
      'the server resumes the session and changes extended_master_secret',
      {
        where: { ...where, field: 'extensions.extended_master_secret' },
        alert: 'handshake_failure',
      },
    );
  }
  const keys = resumedKeys(context, session, randoms, known.encrypt_then_mac === true);
  if (keys === undefined) throw new TlsError('ERR_TLS_INTERNAL', 'the session has a suite that cannot be run');
  context.decide({ about: 'resumption', chosen: 'resumed', offered: [], acceptable: [] });
  // No certificate is asked for, and nothing will be signed.
  context.transcript.forget();
  const resumed: Resumed12 = { session, keys, randoms, alpn, ticket: undefined };
  return known.session_ticket === true
    ? { name: 'wait_new_session_ticket_resumed', resumed }
    : { name: 'wait_change_cipher_spec_resumed', resumed };
}

export function onNewSessionTicket(
  _context: HandshakeContext,
  state: WaitNewSessionTicketResumed,
  ticket: NewSessionTicket12,
): WaitChangeCipherSpecResumed {
  return { name: 'wait_change_cipher_spec_resumed', resumed: { ...state.resumed, ticket } };
}

export function onChangeCipherSpec(context: HandshakeContext, state: WaitChangeCipherSpecResumed): WaitFinishedResumed {
  context.setReadKeys(keyChange12(state.resumed.keys, 'server'));
  return { name: 'wait_finished_resumed', resumed: state.resumed };
}

export function onFinished(context: HandshakeContext, state: WaitFinishedResumed, message: Finished): Connected12 {
  const { provider, transcript } = context;
  const { session, keys, randoms, alpn, ticket } = state.resumed;
  const { suite, master } = keys;
  checkFinished(message.verify_data, verifyData12(provider, suite, master, 'server', transcript.hashBefore()));
  context.sendChangeCipherSpec();
  context.setWriteKeys(keyChange12(keys, 'client'));
  context.send('finished', finished, {
    verify_data: verifyData12(provider, suite, master, 'client', transcript.hash()),
  });
  context.connected(resumedAgreement(session, suite, alpn, context.client.serverName));
  // RFC 7301 3.1: the protocol is chosen anew for each connection.
  if (isUsable(ticket)) keep(context, { ...session, alpn: alpn ?? '' }, ticket);
  const exporter = exporter12(context, keys, randoms, session.extendedMasterSecret, true, message.verify_data);
  return { name: 'connected_12', exporter };
}

/** At the end of a full handshake: what the server lets us come back with, if anything. */
export function keepSession12(context: HandshakeContext, state: WaitFinished12): void {
  const { handshake, peer, ephemeral, keys, ticket } = state;
  const { client } = context;
  const byTicket = isUsable(ticket);
  if (!byTicket && handshake.sessionId.length === 0) return;
  const session: Session = {
    version: VERSION.tls12,
    suite: keys.suite.id,
    secret: keys.master,
    extendedMasterSecret: handshake.extendedMasterSecret,
    created: client.now(),
    lifetime: DEFAULT_LIFETIME,
    // A shared key does not expire by itself.
    validUntil: peer?.validUntil ?? client.now() + 1000 * DEFAULT_LIFETIME,
    binding: client.sessionBinding,
    serverName: client.serverName ?? '',
    alpn: handshake.alpn ?? '',
    group: ephemeral?.group ?? 0,
    scheme: ephemeral?.scheme ?? 0,
    authorized: peer?.authorized ?? true,
    authorizationProblem: peer?.problem ?? '',
    peerChain: peer?.chain ?? [],
    id: byTicket ? EMPTY : handshake.sessionId,
    ticket: EMPTY,
    ageAdd: 0,
    maxEarlyData: 0,
  };
  if (byTicket) keep(context, session, ticket);
  else context.keepSession(session);
}

/** RFC 5246 F.1.4: "An upper limit of 24 hours is suggested for session ID lifetimes". */
const DEFAULT_LIFETIME = 86_400;

/** RFC 5077 3.3: an empty ticket is one that the server promised and cannot give. */
function isUsable(ticket: NewSessionTicket12 | undefined): ticket is NewSessionTicket12 {
  return ticket !== undefined && ticket.ticket.length > 0 && ticket.ticket.length <= MAX_TICKET_LENGTH;
}

/** RFC 5077 3.3: a lifetime hint of 0 leaves it to the client. A renewed ticket does not make the secret younger. */
function keep(context: HandshakeContext, session: Session, { ticket, ticket_lifetime_hint }: NewSessionTicket12): void {
  const age = Math.max(0, Math.floor((context.client.now() - session.created) / 1000));
  const hinted = ticket_lifetime_hint === 0 ? DEFAULT_LIFETIME : age + ticket_lifetime_hint;
  context.keepSession({ ...session, id: EMPTY, ticket, lifetime: Math.min(hinted, DEFAULT_LIFETIME) });
}
