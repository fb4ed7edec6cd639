// The server's TLS 1.3 handshake (RFC 8446 2, 4): what is chosen from the ClientHello, one flight from ServerHello to Finished,
// interrupted only for what the host must say, then the client's answer.

import { EMPTY } from '../../bytes/bytes.ts';
import { earlyStage, trafficKeys, verifyData13 } from '../../crypto/schedule13.ts';
import type { Suite13 } from '../../crypto/suites.ts';
import { buildExtensions, type KnownExtensions, noExtensions } from '../../wire/extensions.ts';
import {
  type ClientHello,
  certificateVerify,
  encryptedExtensions,
  type Finished,
  finished,
  type ServerHelloOf,
  serverHello,
} from '../../wire/messages.ts';
import { CERTIFICATE_STATUS_TYPE, VERSION } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import { sendCertificate13 } from '../shared/compression.ts';
import type { Chosen, Credential } from '../shared/credentials.ts';
import { chooseAlpn, requestedServerName } from '../shared/extensions.ts';
import { checkFinished } from '../shared/finished.ts';
import { answerShare, groupId } from '../shared/groups.ts';
import { keyChange } from '../shared/key_update.ts';
import type { EarlyDataAnswer, Psk } from '../shared/needs.ts';
import { peerOf } from '../shared/psk13.ts';
import { certificateVerifyContent, signatureOf } from '../shared/signatures.ts';
import type { Connected13 } from '../shared/states.ts';
import { type ChosenShare, chooseCredential13, chooseGroup13, chooseSuite13 } from './choose13.ts';
import { askForCertificate } from './client_certificate13.ts';
import { checkedSizeLimit, fragmentBytes } from './hello12.ts';
import {
  checkBinder,
  checkPskExtensions,
  foundPsk,
  pskModesOf,
  selectPsk,
  sharedSuite,
  whyNoEarlyData,
} from './psk13.ts';
import { askAgain, checkSecondHello } from './retry13.ts';
import type {
  Answered13,
  Chosen13,
  FindExternalPsk,
  Handshake13,
  JudgeEarlyData,
  Opening13,
  SelectedPsk,
  SignCertificateVerify,
  WaitCertificate13,
  WaitEndOfEarlyData,
  WaitFinished13,
  WaitSecondClientHello,
} from './states.ts';
import { giveTickets13 } from './tickets13.ts';

/** What follows a ClientHello that does not have to be sent again. */
export type Answering13 = FindExternalPsk | JudgeEarlyData | SignCertificateVerify | WaitFinished13;
export type Opened13 = Answering13 | WaitSecondClientHello;

export function enterHandshake13(context: HandshakeContext, opening: Opening13): Opened13 {
  checkPskExtensions(opening.hello);
  return goOn(context, opening, 0);
}

export function onSecondClientHello(
  context: HandshakeContext,
  { first, suite, group }: WaitSecondClientHello,
  hello: ClientHello,
  raw: Uint8Array,
): Answering13 {
  const retried = { first, suite, group };
  checkSecondHello(retried, hello);
  checkPskExtensions(hello);
  return answering(goOn(context, { hello, raw, serverName: requestedServerName(hello), retried }, 0));
}

export function onExternalPsk(context: HandshakeContext, state: FindExternalPsk, psk: Psk | undefined): Opened13 {
  const found = psk && foundPsk(context, state, psk);
  return found === undefined ? goOn(context, state.opening, state.place + 1) : choose(context, state.opening, found);
}

/** A second ClientHello brings the share that was asked for, and no third is asked for. */
function answering(state: Opened13): Answering13 {
  if (state.name !== 'wait_second_client_hello') return state;
  throw new TlsError('ERR_TLS_INTERNAL', 'a second HelloRetryRequest');
}

/** Looks for a PSK from this place of the offer on. */
function goOn(context: HandshakeContext, opening: Opening13, place: number): Opened13 {
  const found = selectPsk(context, opening, place);
  return found !== undefined && 'need' in found ? found : choose(context, opening, found);
}

/** Suite, group and protocol; then early data, which the host may have a word on. */
function choose(context: HandshakeContext, opening: Opening13, psk: SelectedPsk | undefined): Opened13 {
  const { server, transcript } = context;
  const { hello, retried } = opening;
  const suite = suiteFor(context, opening, psk);
  const share = shareFor(context, hello, psk);
  if (share !== undefined && share.keyExchange === undefined) {
    if (hello.extensions.known.early_data === true) context.skipEarlyData(SKIPPED_EARLY_DATA);
    return askAgain(context, hello, suite, share.group);
  }
  const alpn = chooseAlpn(server.alpn, hello.extensions.known.application_layer_protocol_negotiation);
  decideAlpn(context, hello, alpn);
  if (retried === undefined) transcript.start(suite.hash, server.postHandshakeAuth);
  if (psk !== undefined) checkBinder(context, opening, psk, suite);
  const theirs = share?.keyExchange;
  const chosen: Chosen13 = { suite, alpn, psk, share: share && theirs && { group: share.group, theirs } };
  return hello.extensions.known.early_data === true
    ? judgeEarlyData(context, opening, chosen)
    : sendFlight(context, opening, chosen, false);
}

function suiteFor(context: HandshakeContext, opening: Opening13, psk: SelectedPsk | undefined): Suite13 {
  const { hello, retried } = opening;
  const resumed = psk?.session?.suite;
  const shared = psk && sharedSuite(context.server, opening, psk.hash);
  // The very suite of the session where it can be had, since early data depends on it.
  const same = context.server.suites.find(
    (suite): suite is Suite13 => suite.version === 'tls13' && suite.id === resumed,
  );
  if (shared !== undefined && retried === undefined && same !== undefined && hello.cipher_suites.includes(same.id)) {
    return chooseSuite13(context, hello, same);
  }
  const suite = chooseSuite13(context, hello, shared);
  if (retried !== undefined && suite.id !== retried.suite.id) {
    throw new TlsError('ERR_TLS_SECOND_HELLO_CHANGED', 'the second ClientHello offers other cipher suites', {
      where: { message: 'client_hello', field: 'cipher_suites' },
    });
  }
  return suite;
}

/** Undefined for a PSK that makes the keys alone, which is done only when the client allows nothing else. */
function shareFor(
  context: HandshakeContext,
  hello: ClientHello,
  psk: SelectedPsk | undefined,
): ChosenShare | undefined {
  const { withDhe, alone } = pskModesOf(context.server, hello);
  return psk !== undefined && alone && !withDhe ? undefined : chooseGroup13(context, hello);
}

function judgeEarlyData(
  context: HandshakeContext,
  opening: Opening13,
  chosen: Chosen13,
): JudgeEarlyData | SignCertificateVerify | WaitFinished13 {
  const { server } = context;
  const problem = whyNoEarlyData(server, opening, chosen);
  const ticket = chosen.psk?.identity;
  if (problem !== undefined || ticket === undefined) return rejectEarlyData(context, opening, chosen, problem ?? '');
  const { serverName } = opening;
  const need = { kind: 'early_data', ticket, serverName, alpn: chosen.alpn, limit: server.maxEarlyData } as const;
  return { name: 'judge_early_data', opening, chosen, need };
}

export function onEarlyDataJudged(
  context: HandshakeContext,
  { opening, chosen, need }: JudgeEarlyData,
  answer: EarlyDataAnswer,
): SignCertificateVerify | WaitFinished13 | WaitEndOfEarlyData {
  if (answer !== 'deliver' && answer !== 'withhold')
    return rejectEarlyData(context, opening, chosen, 'the host says no');
  decideEarlyData(context, answer === 'deliver' ? 'accepted' : 'accepted, and withheld until Finished');
  context.openEarlyReads(need.limit, answer);
  // RFC 8446 2.3: what is delivered early may be answered early.
  return withEarlyData(sendFlight(context, opening, chosen, true), answer === 'deliver');
}

function rejectEarlyData(
  context: HandshakeContext,
  opening: Opening13,
  chosen: Chosen13,
  why: string,
): SignCertificateVerify | WaitFinished13 {
  decideEarlyData(context, `rejected: ${why}`);
  // RFC 8446 4.1.2: "Early data is not permitted after a HelloRetryRequest."
  if (opening.retried === undefined) context.skipEarlyData(SKIPPED_EARLY_DATA);
  return sendFlight(context, opening, chosen, false);
}

function decideEarlyData(context: HandshakeContext, chosen: string): void {
  context.decide({ about: 'early_data', chosen, offered: [], acceptable: [] });
}

/**
 * Bytes of records to drop after early data was rejected. The client's limit came with its ticket, which may have been another
 * server's, so that only a bound can be known.
 */
const SKIPPED_EARLY_DATA = 2 ** 17;

function sendFlight(
  context: HandshakeContext,
  opening: Opening13,
  chosen: Chosen13,
  early: boolean,
): SignCertificateVerify | WaitFinished13 {
  const { server } = context;
  const { hello, serverName } = opening;
  const { psk, alpn } = chosen;
  const own = psk === undefined ? chooseCredential13(context, hello, serverName) : undefined;
  const handshake = sendHello(context, opening, chosen, own, early);
  const answers = {
    extensions: buildExtensions('encrypted_extensions', {
      // RFC 6066 3: "When resuming a session, the server MUST NOT include a server_name extension".
      ...(psk?.session === undefined &&
        serverName !== undefined &&
        server.usesServerName && { server_name: true as const }),
      ...(alpn !== undefined && { application_layer_protocol_negotiation: [alpn] }),
      ...answerLimits13(context, hello),
      ...(early && { early_data: true as const }),
    }),
  };
  context.send('encrypted_extensions', encryptedExtensions, server.hooks.encryptedExtensions?.(answers) ?? answers);
  // RFC 8446 4.3.2: "Servers which are authenticating with a PSK MUST NOT send the CertificateRequest message".
  if (own === undefined)
    return { ...finishFlight(context, handshake), name: 'wait_finished_13', peer: psk && peerOf(psk) };
  if (server.clientCertificate !== 'none') askForCertificate(context);
  sendCertificate(context, hello, server.credentials[own.credential]);
  const { scheme, credential } = own;
  const data = certificateVerifyContent('server', context.transcript.hash());
  const need = { kind: 'signature', credential, scheme: scheme.id, algorithm: scheme.algorithm, data } as const;
  return { name: 'sign_certificate_verify', handshake, need };
}

/** ServerHello, and the handshake keys that it makes (RFC 8446 7.1, 7.3). */
function sendHello(
  context: HandshakeContext,
  { hello, raw, serverName, retried }: Opening13,
  { suite, share, psk, alpn }: Chosen13,
  own: Chosen | undefined,
  early: boolean,
): Handshake13 {
  const { provider, server, transcript } = context;
  const schedule = { provider, suite, observe: context.observeSecret };
  const first = earlyStage(schedule, psk?.key);
  const answer = share && answerShare(provider, share.group, share.theirs);
  const built: ServerHelloOf<'server_hello_13'> = {
    legacy_version: VERSION.tls12,
    random: server.random(32),
    legacy_session_id_echo: hello.legacy_session_id,
    cipher_suite: suite.id,
    legacy_compression_method: 0,
    extensions: buildExtensions('server_hello_13', {
      ...(share && answer && { key_share: { group: groupId(share.group), key_exchange: answer.publicKey } }),
      supported_versions: VERSION.tls13,
      ...(psk && { pre_shared_key: psk.place }),
    }),
  };
  context.send('server_hello', serverHello, server.hooks.serverHello?.(built) ?? built);
  const stage = first.toHandshake(answer?.secret);
  const hash = transcript.hash();
  const clientSecret = stage.clientTraffic(hash);
  const serverSecret = stage.serverTraffic(hash);
  context.logSecret('CLIENT_HANDSHAKE_TRAFFIC_SECRET', hello.random, clientSecret);
  context.logSecret('SERVER_HANDSHAKE_TRAFFIC_SECRET', hello.random, serverSecret);
  const epoch = { suite, epoch: 'handshake', generation: 0 } as const;
  if (early) {
    const helloHash = transcript.hashOfHello(suite.hash, raw);
    const secret = first.clientTraffic(helloHash);
    context.logSecret('CLIENT_EARLY_TRAFFIC_SECRET', hello.random, secret);
    context.logSecret('EARLY_EXPORTER_SECRET', hello.random, first.exporter(helloHash));
    const keys = trafficKeys(schedule, secret, 'client_early_traffic_secret');
    context.setReadKeys({ suite, epoch: 'early', generation: 0, keys });
  } else {
    context.setReadKeys({ ...epoch, keys: trafficKeys(schedule, clientSecret, 'client_handshake_traffic_secret') });
  }
  const keys = trafficKeys(schedule, serverSecret, 'server_handshake_traffic_secret');
  context.setWriteKeys({ ...epoch, keys }, hello.legacy_session_id.length > 0 && retried === undefined);
  return {
    hello,
    schedule,
    suite,
    stage,
    clientSecret,
    serverSecret,
    group: share && groupId(share.group),
    psk,
    scheme: own?.scheme.id ?? (psk?.session?.scheme || undefined),
    credential: own?.credential,
    alpn,
    serverName,
  };
}

/** What is known of our own certificate goes with it (RFC 8446 4.4.2.1, RFC 6962 3.3). */
function sendCertificate(context: HandshakeContext, hello: ClientHello, own: Credential | undefined): void {
  const { known } = hello.extensions;
  const { chain = [], ocspResponse, timestamps = [] } = own ?? {};
  const staples = known.status_request?.status_type === CERTIFICATE_STATUS_TYPE.ocsp && ocspResponse !== undefined;
  const extensions = buildExtensions('certificate', {
    ...(staples && { status_request: { status_type: CERTIFICATE_STATUS_TYPE.ocsp, response: ocspResponse } }),
    ...(known.signed_certificate_timestamp === true &&
      timestamps.length > 0 && { signed_certificate_timestamp: timestamps }),
  });
  sendCertificate13(context, known.compress_certificate, context.server.certificateCompression, {
    certificate_request_context: EMPTY,
    certificate_list: chain.map((cert_data, place) => ({
      cert_data,
      extensions: place === 0 ? extensions : noExtensions<'certificate'>(),
    })),
  });
}

/** RFC 8449 4: the limit counts the content type, and holds from the first protected record. */
function answerLimits13(
  context: HandshakeContext,
  { extensions: { known } }: ClientHello,
): KnownExtensions<'encrypted_extensions'> {
  const { max_fragment_length: fragment, record_size_limit: size } = known;
  if (size !== undefined) {
    const own = context.server.recordSizeLimit ?? 2 ** 14 + 1;
    context.limitRecords(checkedSizeLimit(size) - 1, own - 1);
    return { record_size_limit: own };
  }
  if (fragment === undefined) return {};
  context.limitFragments(fragmentBytes(fragment));
  return { max_fragment_length: fragment };
}

export function onSignature(
  context: HandshakeContext,
  { handshake, need }: SignCertificateVerify,
  answer: Uint8Array | undefined,
): WaitCertificate13 | WaitFinished13 {
  const signature = signatureOf(answer, 'certificate_verify');
  context.send('certificate_verify', certificateVerify, { algorithm: need.scheme, signature });
  const answered = finishFlight(context, handshake);
  return context.server.clientCertificate === 'none'
    ? { ...answered, name: 'wait_finished_13', peer: undefined }
    : { ...answered, name: 'wait_certificate_13' };
}

/** Our Finished; what we send after it goes under traffic keys. */
function finishFlight(context: HandshakeContext, handshake: Handshake13): Answered13 {
  const { transcript } = context;
  const { schedule, hello } = handshake;
  context.send('finished', finished, {
    verify_data: verifyData13(schedule, handshake.serverSecret, transcript.hash(), 'server'),
  });
  const master = handshake.stage.toMaster();
  const hash = transcript.hash();
  const clientTraffic = master.clientTraffic(hash);
  const serverTraffic = master.serverTraffic(hash);
  const exporter = { version: 'tls13', schedule, secret: master.exporter(hash) } as const;
  context.logSecret('CLIENT_TRAFFIC_SECRET_0', hello.random, clientTraffic);
  context.logSecret('SERVER_TRAFFIC_SECRET_0', hello.random, serverTraffic);
  context.logSecret('EXPORTER_SECRET', hello.random, exporter.secret);
  context.setWriteKeys(keyChange({ schedule }, serverSecretOf(serverTraffic)));
  return { handshake, master, clientTraffic, serverTraffic, exporter };
}

function withEarlyData(state: SignCertificateVerify | WaitFinished13, mayWrite: boolean): WaitEndOfEarlyData {
  if (state.name === 'wait_finished_13') return { ...state, name: 'wait_end_of_early_data', mayWrite };
  throw new TlsError('ERR_TLS_INTERNAL', 'early data without a PSK');
}

/** RFC 8446 4.5: the client's handshake keys follow. */
export function onEndOfEarlyData(context: HandshakeContext, state: WaitEndOfEarlyData): WaitFinished13 {
  const { suite, schedule, clientSecret } = state.handshake;
  const keys = trafficKeys(schedule, clientSecret, 'client_handshake_traffic_secret');
  context.setReadKeys({ suite, epoch: 'handshake', generation: 0, keys });
  return { ...state, name: 'wait_finished_13' };
}

export function onFinished(context: HandshakeContext, state: WaitFinished13, message: Finished): Connected13 {
  const { handshake, peer } = state;
  const { schedule, psk } = handshake;
  const expected = verifyData13(schedule, handshake.clientSecret, context.transcript.hashBefore(), 'client');
  checkFinished(message.verify_data, expected);
  const read = { name: 'client_application_traffic_secret_0', secret: state.clientTraffic, generation: 0 };
  context.setReadKeys(keyChange({ schedule }, read));
  const shared = psk !== undefined && psk.session === undefined;
  context.connected({
    version: VERSION.tls13,
    suite: handshake.suite,
    group: handshake.group,
    scheme: handshake.scheme,
    alpn: handshake.alpn,
    serverName: handshake.serverName,
    extendedMasterSecret: true,
    peerChain: peer?.chain ?? [],
    authorized: peer?.authorized ?? shared,
    authorizationProblem: peer?.problem,
    resumed: psk?.session !== undefined,
    certificateRequest: undefined,
    credential: handshake.credential,
    psk: shared,
  });
  giveTickets13(context, state, peer);
  const { server, transcript } = context;
  const offered = handshake.hello.extensions.known.post_handshake_auth === true;
  const auth = server.postHandshakeAuth && offered ? { handshake: transcript.all(), pending: undefined } : undefined;
  transcript.forget();
  return {
    name: 'connected_13',
    schedule,
    read,
    write: serverSecretOf(state.serverTraffic),
    exporter: state.exporter,
    ...(auth && { auth }),
  };
}

function serverSecretOf(secret: Uint8Array): Connected13['write'] {
  return { name: 'server_application_traffic_secret_0', secret, generation: 0 };
}

export function decideAlpn(context: HandshakeContext, hello: ClientHello, chosen: string | undefined): void {
  const offered = hello.extensions.known.application_layer_protocol_negotiation;
  if (offered === undefined) return;
  context.decide({ about: 'alpn', chosen, offered, acceptable: context.server.alpn });
}
