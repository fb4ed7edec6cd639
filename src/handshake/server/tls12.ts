// The server's TLS 1.2 handshake (RFC 5246 7.4, RFC 8422 5): hello, certificate and its status, key exchange (key_exchange12.ts),
// a request for the client's certificate; then the client's answers, and Finished both ways.

import { EMPTY } from '../../bytes/bytes.ts';
import { verifyData12 } from '../../crypto/schedule12.ts';
import { serverKeyExchangeContent } from '../../crypto/signed_content.ts';
import { buildExtensions, type KnownExtensions, noExtensions } from '../../wire/extensions.ts';
import {
  type Certificate12,
  type CertificateVerify,
  type ClientHello,
  certificate12,
  certificateRequest12,
  certificateStatus,
  emptyMessage,
  type Finished,
  finished,
  serverHello,
} from '../../wire/messages.ts';
import { CERTIFICATE_STATUS_TYPE, VERSION } from '../../wire/registry/names.ts';
import type { HandshakeContext } from '../context.ts';
import { type Credential, signatureNeed } from '../shared/credentials.ts';
import { chooseAlpn } from '../shared/extensions.ts';
import { checkFinished } from '../shared/finished.ts';
import { groupId } from '../shared/groups.ts';
import { exporter12, keyChange12 } from '../shared/keys12.ts';
import type { Verdict } from '../shared/needs.ts';
import { acceptedPeer } from '../shared/peer.ts';
import { signatureOf, verifyPeerSignature } from '../shared/signatures.ts';
import type { Connected12 } from '../shared/states.ts';
import { type Choice12, choose12 } from './choose12.ts';
import { certificateTypes, checkMayBeMissing, clientVerdictNeed } from './client_certificate.ts';
import { answerExtensions, answerLimits, checkExtendedMasterSecret, serverRandom12 } from './hello12.ts';
import { encodeParams, makeEphemeral, sendForPsk, sendSigned } from './key_exchange12.ts';
import { giveSession12, resumeFound12, tryResume12 } from './resume12.ts';
import type {
  FindSession,
  Handshake12,
  JudgeCertificate12,
  SignServerKeyExchange,
  WaitCertificate12,
  WaitCertificateVerify12,
  WaitChangeCipherSpec,
  WaitChangeCipherSpecResumed,
  WaitClientKeyExchangeDhe,
  WaitClientKeyExchangeDhePsk,
  WaitClientKeyExchangeEcdhe,
  WaitClientKeyExchangeEcdhePsk,
  WaitClientKeyExchangePsk,
  WaitClientKeyExchangeRsa,
  WaitFinished12,
} from './states.ts';
import { decideAlpn } from './tls13.ts';

/** What follows a ClientHello in TLS 1.2. */
export type Opened12 = FindSession | WaitChangeCipherSpecResumed | FullHandshake12;
type WithCertificate = WaitClientKeyExchangeRsa | WaitClientKeyExchangeEcdhe | WaitClientKeyExchangeDhe;
type WithPsk = WaitClientKeyExchangePsk | WaitClientKeyExchangeDhePsk | WaitClientKeyExchangeEcdhePsk;
type FullHandshake12 = SignServerKeyExchange | WaitCertificate12 | WaitClientKeyExchangeRsa | WithPsk;

export function enterHandshake12(
  context: HandshakeContext,
  hello: ClientHello,
  serverName: string | undefined,
): Opened12 {
  checkExtendedMasterSecret(context.server, hello);
  return tryResume12(context, hello, serverName) ?? fullHandshake12(context, hello, serverName);
}

export function onSession(
  context: HandshakeContext,
  state: FindSession,
  found: Uint8Array | undefined,
): WaitChangeCipherSpecResumed | FullHandshake12 {
  return resumeFound12(context, state, found) ?? fullHandshake12(context, state.hello, state.serverName);
}

function fullHandshake12(
  context: HandshakeContext,
  hello: ClientHello,
  serverName: string | undefined,
): FullHandshake12 {
  const { server, transcript } = context;
  const choice = choose12(context, hello, serverName);
  const { suite } = choice;
  const credential = choice.credential === undefined ? undefined : server.credentials[choice.credential];
  const alpn = chooseAlpn(server.alpn, hello.extensions.known.application_layer_protocol_negotiation);
  decideAlpn(context, hello, alpn);
  const answers = answersOf(server.ticketKeys.length > 0, hello, choice, credential);
  const random = serverRandom12(server);
  const sessionId = server.sessionCache && !answers.session_ticket ? server.random(32) : EMPTY;
  const extensions = buildExtensions('server_hello_12', {
    ...(serverName !== undefined && server.usesServerName && { server_name: true as const }),
    ...answerExtensions(server, hello, alpn),
    ...answers,
    ...answerLimits(context, hello),
  });
  context.send('server_hello', serverHello, {
    legacy_version: VERSION.tls12,
    random,
    legacy_session_id_echo: sessionId,
    cipher_suite: suite.id,
    legacy_compression_method: 0,
    extensions: extensions.list.length === 0 ? noExtensions<'server_hello_12'>() : extensions,
  });
  transcript.start(suite.hash, server.clientCertificate !== 'none');
  if (credential !== undefined) sendCertificate(context, credential, answers.status_request === true);
  return prepareKeyExchange(context, choice, {
    hello,
    suite,
    randoms: { client: hello.random, server: random },
    credential: choice.credential,
    ephemeral: undefined,
    peer: undefined,
    alpn,
    serverName,
    extendedMasterSecret: extensions.known.extended_master_secret === true,
    encryptThenMac: answers.encrypt_then_mac === true,
    sessionId,
    ticketPromised: answers.session_ticket === true,
  });
}

/** The answers that depend on what was chosen. */
function answersOf(
  givesTickets: boolean,
  { extensions: { known } }: ClientHello,
  { suite, group }: Choice12,
  credential: Credential | undefined,
): KnownExtensions<'server_hello_12'> {
  const { timestamps = [], ocspResponse } = credential ?? {};
  const isCurve = group !== undefined && !suite.keyExchange.startsWith('dhe');
  const staples = ocspResponse !== undefined && known.status_request?.status_type === CERTIFICATE_STATUS_TYPE.ocsp;
  const stamps = timestamps.length > 0 && known.signed_certificate_timestamp === true;
  return {
    ...(known.ec_point_formats !== undefined && isCurve && { ec_point_formats: [0] }),
    ...(staples && { status_request: true as const }),
    ...(stamps && { signed_certificate_timestamp: timestamps }),
    ...(known.encrypt_then_mac === true && suite.aead === undefined && { encrypt_then_mac: true as const }),
    ...(known.session_ticket !== undefined && givesTickets && { session_ticket: true as const }),
  };
}

function sendCertificate(context: HandshakeContext, { chain, ocspResponse }: Credential, staples: boolean): void {
  context.send('certificate', certificate12, { certificate_list: chain });
  if (!staples || ocspResponse === undefined) return;
  const status = { status_type: CERTIFICATE_STATUS_TYPE.ocsp, response: ocspResponse };
  context.send('certificate_status', certificateStatus, status);
}

function prepareKeyExchange(
  context: HandshakeContext,
  { group, scheme, credential }: Choice12,
  handshake: Handshake12,
): FullHandshake12 {
  const ephemeral = group === undefined ? undefined : makeEphemeral(context, group, scheme?.id);
  if (group !== undefined) decideGroup(context, handshake.hello, groupId(group));
  if (handshake.suite.authentication === 'psk') {
    sendForPsk(context, group, ephemeral);
    context.send('server_hello_done', emptyMessage, true);
    return waitForPsk({ ...handshake, ephemeral });
  }
  if (group === undefined || ephemeral === undefined || scheme === undefined || credential === undefined) {
    return askAndFinish(context, handshake, { name: 'wait_client_key_exchange_rsa', handshake });
  }
  const { hello, randoms } = handshake;
  const params = encodeParams(group, ephemeral);
  context.decide({
    about: 'signature_scheme',
    chosen: scheme.id,
    offered: hello.extensions.known.signature_algorithms ?? [],
    acceptable: context.server.schemes.map((one) => one.id),
  });
  return {
    name: 'sign_server_key_exchange',
    handshake,
    group,
    ephemeral,
    params,
    need: signatureNeed({ credential, scheme }, serverKeyExchangeContent(randoms.client, randoms.server, params)),
  };
}

function decideGroup(context: HandshakeContext, hello: ClientHello, chosen: number): void {
  const { server } = context;
  const acceptable = [...server.groups, ...server.dhGroups].map(groupId);
  context.decide({ about: 'group', chosen, offered: hello.extensions.known.supported_groups ?? [], acceptable });
}

function waitForPsk(handshake: Handshake12): WithPsk {
  const { keyExchange } = handshake.suite;
  if (keyExchange === 'dhe_psk') return { name: 'wait_client_key_exchange_dhe_psk', handshake };
  if (keyExchange === 'ecdhe_psk') return { name: 'wait_client_key_exchange_ecdhe_psk', handshake };
  return { name: 'wait_client_key_exchange_psk', handshake };
}

export function onSignature(
  context: HandshakeContext,
  state: SignServerKeyExchange,
  answer: Uint8Array | undefined,
): WaitCertificate12 | WaitClientKeyExchangeEcdhe | WaitClientKeyExchangeDhe {
  const { ephemeral, group } = state;
  sendSigned(context, state, group, signatureOf(answer, 'server_key_exchange'));
  const handshake = { ...state.handshake, ephemeral };
  return askAndFinish(context, handshake, waitForEphemeral(handshake));
}

function waitForEphemeral(handshake: Handshake12): WaitClientKeyExchangeEcdhe | WaitClientKeyExchangeDhe {
  const name =
    handshake.suite.keyExchange === 'dhe' ? 'wait_client_key_exchange_dhe' : 'wait_client_key_exchange_ecdhe';
  return { name, handshake } as WaitClientKeyExchangeEcdhe | WaitClientKeyExchangeDhe;
}

/** The end of our flight. `next`: where the client goes on when it is asked for no certificate. */
function askAndFinish<S extends WithCertificate>(
  context: HandshakeContext,
  handshake: Handshake12,
  next: S,
): WaitCertificate12 | S {
  const { server } = context;
  const asks = server.clientCertificate !== 'none';
  if (asks) {
    context.send('certificate_request', certificateRequest12, {
      certificate_types: certificateTypes(server),
      supported_signature_algorithms: server.schemes.map((scheme) => scheme.id),
      certificate_authorities: server.clientAuthorities,
    });
  }
  context.send('server_hello_done', emptyMessage, true);
  return asks ? { name: 'wait_certificate_12', handshake } : next;
}

export function onCertificate(
  context: HandshakeContext,
  { handshake }: WaitCertificate12,
  { certificate_list: chain }: Certificate12,
): JudgeCertificate12 | WithCertificate {
  if (chain.length > 0) {
    return { name: 'judge_certificate_12', handshake, need: clientVerdictNeed(context, chain) };
  }
  checkMayBeMissing(context, 'tls12');
  return waitForKeyExchange(handshake);
}

export function onVerdict(
  _context: HandshakeContext,
  { handshake, need }: JudgeCertificate12,
  verdict: Verdict,
): WithCertificate {
  return waitForKeyExchange({ ...handshake, peer: acceptedPeer(need, verdict) });
}

function waitForKeyExchange(handshake: Handshake12): WithCertificate {
  if (handshake.ephemeral === undefined) return { name: 'wait_client_key_exchange_rsa', handshake };
  return waitForEphemeral(handshake);
}

/** RFC 5246 7.4.8: the client signs all messages so far, not their hash. */
export function onCertificateVerify(
  context: HandshakeContext,
  { handshake, peer, keys }: WaitCertificateVerify12,
  { algorithm, signature }: CertificateVerify,
): WaitChangeCipherSpec {
  const content = context.transcript.allBefore();
  verifyPeerSignature(context, context.server.schemes, peer.key, peer.usage, 'tls12', {
    message: 'certificate_verify',
    algorithm,
    signature,
    content,
  });
  return { name: 'wait_change_cipher_spec', handshake, keys };
}

export function onChangeCipherSpec(context: HandshakeContext, state: WaitChangeCipherSpec): WaitFinished12 {
  context.transcript.forget();
  context.setReadKeys(keyChange12(state.keys, 'client'));
  return { ...state, name: 'wait_finished_12' };
}

export function onFinished(context: HandshakeContext, state: WaitFinished12, message: Finished): Connected12 {
  const { provider, transcript } = context;
  const { handshake, keys } = state;
  const { suite, master } = keys;
  const { peer, ephemeral, randoms, extendedMasterSecret } = handshake;
  checkFinished(message.verify_data, verifyData12(provider, suite, master, 'client', transcript.hashBefore()));
  giveSession12(context, state);
  context.sendChangeCipherSpec();
  context.setWriteKeys(keyChange12(keys, 'server'));
  context.send('finished', finished, {
    verify_data: verifyData12(provider, suite, master, 'server', transcript.hash()),
  });
  const psk = suite.authentication === 'psk';
  context.connected({
    version: VERSION.tls12,
    suite,
    group: ephemeral?.group,
    scheme: ephemeral?.scheme,
    alpn: handshake.alpn,
    serverName: handshake.serverName,
    extendedMasterSecret,
    peerChain: peer?.chain ?? [],
    authorized: peer?.authorized ?? psk,
    authorizationProblem: peer?.problem,
    resumed: false,
    certificateRequest: undefined,
    credential: handshake.credential,
    psk,
  });
  return {
    name: 'connected_12',
    exporter: exporter12(context, keys, randoms, extendedMasterSecret, false, message.verify_data),
  };
}
