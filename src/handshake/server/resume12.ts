// A server that goes on from a TLS 1.2 session (RFC 5246 7.3, RFC 5077 3): finding it in a ticket or by its id, deciding
// whether it may still be used, and the abbreviated handshake, in which the server finishes first.

import { EMPTY, equal } from '../../bytes/bytes.ts';
import { DecodeError } from '../../bytes/decode_error.ts';
import { verifyData12 } from '../../crypto/schedule12.ts';
import { suiteById } from '../../crypto/suites.ts';
import { buildExtensions, noExtensions } from '../../wire/extensions.ts';
import { type ClientHello, type Finished, finished, newSessionTicket12, serverHello } from '../../wire/messages.ts';
import { VERSION } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import type { ServerConfig } from '../shared/config.ts';
import { chooseAlpn } from '../shared/extensions.ts';
import { checkFinished } from '../shared/finished.ts';
import { exporter12, keyChange12 } from '../shared/keys12.ts';
import { resumedAgreement, resumedKeys, whyNotResumable } from '../shared/resumption.ts';
import { decodeSession, type Session } from '../shared/session.ts';
import type { Connected12 } from '../shared/states.ts';
import { openTicket, sealTicket, TICKET_NONCE_LENGTH } from '../shared/tickets.ts';
import { answerExtensions, answerLimits, serverRandom12 } from './hello12.ts';
import type { FindSession, WaitChangeCipherSpecResumed, WaitFinished12, WaitFinishedResumed } from './states.ts';
import { decideAlpn } from './tls13.ts';

/** The way into a TLS 1.2 handshake: resumed at once by a ticket, after a look-up by id, or undefined for a full one. */
export function tryResume12(
  context: HandshakeContext,
  hello: ClientHello,
  serverName: string | undefined,
): WaitChangeCipherSpecResumed | FindSession | undefined {
  const { provider, server } = context;
  const ticket = hello.extensions.known.session_ticket;
  if (ticket !== undefined && ticket.length > 0 && server.ticketKeys.length > 0) {
    const opened = openTicket(provider, server.ticketKeys, ticket);
    if (opened === undefined) decide(context, 'full handshake: the ticket cannot be opened');
    return opened && resumeIfFit(context, hello, serverName, opened.session, opened.stale);
  }
  const id = hello.legacy_session_id;
  if (!server.sessionCache || id.length === 0) return undefined;
  return { name: 'find_session', hello, serverName, need: { kind: 'session', id } };
}

/** The host's answer to a look-up by id. Undefined when the handshake must be a full one. */
export function resumeFound12(
  context: HandshakeContext,
  state: FindSession,
  found: Uint8Array | undefined,
): WaitChangeCipherSpecResumed | undefined {
  const session = readSession(found);
  if (session === undefined) {
    decide(context, `full handshake: ${found ? 'the session is of another version' : 'no session with this id'}`);
    return undefined;
  }
  if (!equal(session.id, state.need.id)) {
    throw new TlsError('ERR_TLS_ANSWER', 'the answer is the session of another id');
  }
  return resumeIfFit(context, state.hello, state.serverName, session, false);
}

/** A cache may outlive an update of glasstls: what cannot be read is no session, and no reason to refuse the client. */
function readSession(bytes: Uint8Array | undefined): Session | undefined {
  if (bytes === undefined) return undefined;
  if (!(bytes instanceof Uint8Array)) throw new TlsError('ERR_TLS_ANSWER', 'the answer is not bytes');
  try {
    return decodeSession(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function resumeIfFit(
  context: HandshakeContext,
  hello: ClientHello,
  serverName: string | undefined,
  session: Session,
  renew: boolean,
): WaitChangeCipherSpecResumed | undefined {
  const { server } = context;
  const { known } = hello.extensions;
  // RFC 7627 5.3: it counts what the client offers, not what we would make of it.
  const extended = known.extended_master_secret === true;
  const alpn = chooseAlpn(server.alpn, known.application_layer_protocol_negotiation);
  const problem =
    whyOtherwise(hello, session, extended, alpn ?? '') ??
    whyWithoutClient(server, session) ??
    whyNotResumable(server, session, serverName ?? '');
  if (problem === undefined && session.extendedMasterSecret && !extended) {
    // RFC 7627 5.3: "the server MUST abort the abbreviated handshake."
    throw new TlsError('ERR_TLS_RESUMED_OTHERWISE', 'the client resumes a session and drops extended_master_secret', {
      where: { message: 'client_hello', field: 'extensions.extended_master_secret' },
      alert: 'handshake_failure',
    });
  }
  decide(context, problem === undefined ? 'resumed' : `full handshake: ${problem}`);
  return problem === undefined ? resume(context, hello, serverName, session, alpn, renew) : undefined;
}

/** In TLS 1.2 everything goes on as it was. */
function whyOtherwise(hello: ClientHello, session: Session, extended: boolean, alpn: string): string | undefined {
  // Tickets of TLS 1.3 are sealed with the same keys.
  if (session.version !== VERSION.tls12) return 'another version';
  if (!hello.cipher_suites.includes(session.suite)) return 'the client does not offer its cipher suite';
  if (extended && !session.extendedMasterSecret) return 'it was made without extended_master_secret';
  return alpn === session.alpn ? undefined : 'another application protocol';
}

/** Who must show a certificate showed one when the session was made, unless a shared key stood in its place. */
function whyWithoutClient({ clientCertificate }: ServerConfig, session: Session): string | undefined {
  const suite = suiteById(session.suite);
  const psk = suite?.version === 'tls12' && suite.authentication === 'psk';
  if (clientCertificate !== 'require' || session.peerChain.length > 0 || psk) return undefined;
  return 'no client certificate was shown in it';
}

function resume(
  context: HandshakeContext,
  hello: ClientHello,
  serverName: string | undefined,
  session: Session,
  alpn: string | undefined,
  renew: boolean,
): WaitChangeCipherSpecResumed {
  const { provider, transcript } = context;
  const random = serverRandom12(context.server);
  const offersEtm = hello.extensions.known.encrypt_then_mac === true;
  const randoms = { client: hello.random, server: random };
  const keys = resumedKeys(context, session, randoms, offersEtm);
  if (keys === undefined) throw new TlsError('ERR_TLS_INTERNAL', 'the session has a suite that cannot be run');
  const { suite, master } = keys;
  context.decide({ about: 'cipher_suite', chosen: suite.id, offered: hello.cipher_suites, acceptable: [suite.id] });
  decideAlpn(context, hello, alpn);
  // RFC 6066 3: "When resuming a session, the server MUST NOT include a server_name extension in the server hello."
  const extensions = buildExtensions('server_hello_12', {
    ...answerExtensions(context.server, hello, alpn, session.extendedMasterSecret),
    ...(keys.encryptThenMac && { encrypt_then_mac: true as const }),
    ...(renew && { session_ticket: true as const }),
    ...answerLimits(context, hello),
  });
  context.send('server_hello', serverHello, {
    legacy_version: VERSION.tls12,
    random,
    legacy_session_id_echo: hello.legacy_session_id,
    cipher_suite: suite.id,
    legacy_compression_method: 0,
    extensions: extensions.list.length === 0 ? noExtensions<'server_hello_12'>() : extensions,
  });
  transcript.start(suite.hash);
  if (renew) sendTicket12(context, session);
  context.sendChangeCipherSpec();
  context.setWriteKeys(keyChange12(keys, 'server'));
  const ownFinished = verifyData12(provider, suite, master, 'server', transcript.hash());
  context.send('finished', finished, { verify_data: ownFinished });
  return { name: 'wait_change_cipher_spec_resumed', session, keys, randoms, ownFinished, alpn, serverName };
}

export function onChangeCipherSpec(context: HandshakeContext, state: WaitChangeCipherSpecResumed): WaitFinishedResumed {
  context.setReadKeys(keyChange12(state.keys, 'client'));
  return { ...state, name: 'wait_finished_resumed' };
}

export function onFinished(context: HandshakeContext, state: WaitFinishedResumed, message: Finished): Connected12 {
  const { provider, transcript } = context;
  const { session, keys } = state;
  const { suite, master } = keys;
  checkFinished(message.verify_data, verifyData12(provider, suite, master, 'client', transcript.hashBefore()));
  context.connected(resumedAgreement(session, suite, state.alpn, state.serverName));
  const { randoms, ownFinished } = state;
  return {
    name: 'connected_12',
    exporter: exporter12(context, keys, randoms, session.extendedMasterSecret, true, ownFinished),
  };
}

/** At the end of a full handshake, before our Finished: a ticket where one was promised, else a session for the host. */
export function giveSession12(context: HandshakeContext, state: WaitFinished12): void {
  const { server } = context;
  const { handshake, keys } = state;
  const { peer, ephemeral } = handshake;
  if (!handshake.ticketPromised && handshake.sessionId.length === 0) return;
  const created = server.now();
  const session: Session = {
    version: VERSION.tls12,
    suite: keys.suite.id,
    secret: keys.master,
    extendedMasterSecret: handshake.extendedMasterSecret,
    created,
    lifetime: server.sessionLifetime,
    validUntil: peer?.validUntil ?? created + 1000 * server.sessionLifetime,
    binding: server.sessionBinding,
    serverName: handshake.serverName ?? '',
    alpn: handshake.alpn ?? '',
    group: ephemeral?.group ?? 0,
    scheme: ephemeral?.scheme ?? 0,
    authorized: peer?.authorized ?? keys.suite.authentication === 'psk',
    authorizationProblem: peer?.problem ?? '',
    peerChain: peer?.chain ?? [],
    id: handshake.sessionId,
    ticket: EMPTY,
    ageAdd: 0,
    maxEarlyData: 0,
  };
  if (handshake.ticketPromised) sendTicket12(context, session);
  else context.keepSession(session);
}

/** RFC 5077 3.3: an empty ticket where none can be given after all. */
function sendTicket12(context: HandshakeContext, session: Session): void {
  const { provider, server } = context;
  const nonce = server.random(TICKET_NONCE_LENGTH);
  const age = Math.max(0, Math.floor((server.now() - session.created) / 1000));
  context.send('new_session_ticket', newSessionTicket12, {
    ticket_lifetime_hint: Math.max(1, session.lifetime - age),
    ticket: sealTicket(provider, server.ticketKeys, nonce, { ...session, id: EMPTY }) ?? EMPTY,
  });
}

function decide(context: HandshakeContext, chosen: string): void {
  context.decide({ about: 'resumption', chosen, offered: [], acceptable: [] });
}
