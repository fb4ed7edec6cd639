// The server's TLS 1.3 handshake (RFC 8446 2, 4): what is chosen from the ClientHello, one flight from ServerHello to Finished,
// interrupted only for what the host must say, then the client's answer.

import { EMPTY } from '../../bytes/bytes.ts';
import { earlyStage, trafficKeys, verifyData13 } from '../../crypto/schedule13.ts';
import { certificateVerifyContent } from '../../crypto/signed_content.ts';
import { buildExtensions, type KnownExtensions } from '../../wire/extensions.ts';
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
import type { HandshakeContext } from '../context.ts';
import { sendCertificate13 } from '../shared/compression.ts';
import { type Chosen, type Credential, certificateEntries, signatureNeed } from '../shared/credentials.ts';
import { checkFinished } from '../shared/finished.ts';
import { answerShare, groupId } from '../shared/groups.ts';
import { keyChange } from '../shared/key_update.ts';
import { peerOf } from '../shared/psk13.ts';
import { signatureOf } from '../shared/signatures.ts';
import type { Connected13 } from '../shared/states.ts';
import { chooseCredential13 } from './choose13.ts';
import { askForCertificate } from './client_certificate13.ts';
import { checkedSizeLimit, fragmentBytes } from './hello12.ts';
import type {
  Answered13,
  Chosen13,
  ChosenWithPsk13,
  Handshake13,
  Opening13,
  SignCertificateVerify,
  WaitCertificate13,
  WaitEndOfEarlyData,
  WaitFinished13,
} from './states.ts';
import { giveTickets13 } from './tickets13.ts';

/** With a PSK, ServerHello to Finished; else to where the private key must sign. */
export function sendFlight(
  context: HandshakeContext,
  opening: Opening13,
  chosen: Chosen13,
): SignCertificateVerify | WaitFinished13 {
  const { psk } = chosen;
  return psk === undefined
    ? sendFlightWithCertificate(context, opening, chosen)
    : sendFlightWithPsk(context, opening, { ...chosen, psk }, false);
}

/**
 * RFC 8446 4.3.2: "Servers which are authenticating with a PSK MUST NOT send the CertificateRequest message". `early`: early
 * data is taken.
 */
export function sendFlightWithPsk(
  context: HandshakeContext,
  opening: Opening13,
  chosen: ChosenWithPsk13,
  early: boolean,
): WaitFinished13 {
  const handshake = sendHello(context, opening, chosen, undefined, early);
  sendExtensions(context, handshake, early);
  return { ...finishFlight(context, handshake), name: 'wait_finished_13', peer: peerOf(chosen.psk) };
}

function sendFlightWithCertificate(
  context: HandshakeContext,
  opening: Opening13,
  chosen: Chosen13,
): SignCertificateVerify {
  const { server } = context;
  const { hello, serverName } = opening;
  const own = chooseCredential13(context, hello, serverName);
  const handshake = sendHello(context, opening, chosen, own, false);
  sendExtensions(context, handshake, false);
  if (server.clientCertificate !== 'none') askForCertificate(context);
  sendCertificate(context, hello, server.credentials[own.credential]);
  const need = signatureNeed(own, certificateVerifyContent('server', context.transcript.hash()));
  return { name: 'sign_certificate_verify', handshake, need };
}

/** RFC 8446 4.3.1. */
function sendExtensions(context: HandshakeContext, handshake: Handshake13, early: boolean): void {
  const { hello, serverName, alpn, psk } = handshake;
  const { server } = context;
  // RFC 6066 3: "When resuming a session, the server MUST NOT include a server_name extension".
  const named = psk?.session === undefined && serverName !== undefined && server.usesServerName;
  const { max_fragment_length, record_size_limit } = answerLimits13(context, hello, early);
  const answers = {
    extensions: buildExtensions('encrypted_extensions', {
      server_name: named ? true : undefined,
      application_layer_protocol_negotiation: alpn === undefined ? undefined : [alpn],
      max_fragment_length,
      record_size_limit,
      early_data: early ? true : undefined,
    }),
  };
  context.send('encrypted_extensions', encryptedExtensions, server.hooks.encryptedExtensions?.(answers) ?? answers);
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
      key_share: share && answer && { group: groupId(share.group), key_exchange: answer.publicKey },
      supported_versions: VERSION.tls13,
      pre_shared_key: psk?.place,
    }),
  };
  limitFragments13(context, hello);
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
    const exporter = first.exporter(helloHash);
    context.logSecret('EARLY_EXPORTER_SECRET', hello.random, exporter);
    context.openEarlyExporter({ version: 'tls13', schedule, secret: exporter });
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
    certificate_list: certificateEntries(chain, extensions),
  });
}

/**
 * RFC 8449 4: the limit counts the content type, and holds from the first protected record; ours only behind early data, whose client
 * has not heard it yet.
 */
function answerLimits13(
  context: HandshakeContext,
  { extensions: { known } }: ClientHello,
  early: boolean,
): KnownExtensions<'encrypted_extensions'> {
  const { max_fragment_length: fragment, record_size_limit: size } = known;
  if (size !== undefined) {
    const own = ownSizeLimit(context);
    context.limitRecords(checkedSizeLimit(size) - 1, early ? undefined : own - 1);
    return { record_size_limit: own };
  }
  return fragment === undefined ? {} : { max_fragment_length: fragment };
}

const ownSizeLimit = ({ server }: HandshakeContext): number => server.recordSizeLimit ?? 2 ** 14 + 1;

/** RFC 6066 4: "MUST immediately begin fragmenting messages (including handshake messages)", from ServerHello on. */
function limitFragments13(context: HandshakeContext, { extensions: { known } }: ClientHello): void {
  const { max_fragment_length: fragment, record_size_limit: size } = known;
  if (fragment !== undefined && size === undefined) context.limitFragments(fragmentBytes(fragment));
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

/** RFC 8446 4.5: the client's handshake keys follow. */
export function onEndOfEarlyData(context: HandshakeContext, state: WaitEndOfEarlyData): WaitFinished13 {
  const { hello, suite, schedule, clientSecret } = state.handshake;
  const keys = trafficKeys(schedule, clientSecret, 'client_handshake_traffic_secret');
  context.setReadKeys({ suite, epoch: 'handshake', generation: 0, keys });
  if (hello.extensions.known.record_size_limit !== undefined) {
    context.limitRecords(undefined, ownSizeLimit(context) - 1);
  }
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
    ...(psk?.ageSkew !== undefined && { ticketAgeSkew: psk.ageSkew }),
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
