// The server's TLS 1.3 handshake (RFC 8446 2, 4): one flight from ServerHello to Finished, interrupted only for the signature,
// then the client's Finished. A group without a share costs a HelloRetryRequest, once.

import { EMPTY, equal } from '../../bytes/bytes.ts';
import { earlyStage, trafficKeys, verifyData13 } from '../../crypto/schedule13.ts';
import type { Suite13 } from '../../crypto/suites.ts';
import {
  buildExtensions,
  EXTENSIONS,
  type KnownExtensions,
  noExtensions,
  type RawExtension,
} from '../../wire/extensions.ts';
import {
  type Certificate13,
  type CertificateVerify,
  type ClientHello,
  certificate13,
  certificateRequest13,
  certificateVerify,
  encryptedExtensions,
  type Finished,
  finished,
  HELLO_RETRY_RANDOM,
  helloRetryRequest,
  type ServerHelloOf,
  serverHello,
} from '../../wire/messages.ts';
import { CERTIFICATE_STATUS_TYPE, VERSION } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import type { Credential } from '../shared/credentials.ts';
import { chooseAlpn, refuseUnsolicited, requestedServerName } from '../shared/extensions.ts';
import { checkFinished } from '../shared/finished.ts';
import { agree, groupId } from '../shared/groups.ts';
import { keyChange } from '../shared/key_update.ts';
import type { Verdict } from '../shared/needs.ts';
import { acceptedPeer } from '../shared/peer.ts';
import { certificateVerifyContent, signatureOf, verifyPeerSignature } from '../shared/signatures.ts';
import type { Connected13 } from '../shared/states.ts';
import { type ChosenShare, chooseCredential13, chooseGroup13, chooseSuite13 } from './choose13.ts';
import { checkMayBeMissing, clientVerdictNeed } from './client_certificate.ts';
import { checkedSizeLimit, fragmentBytes } from './hello12.ts';
import type {
  JudgeCertificate13,
  SignCertificateVerify,
  WaitCertificate13,
  WaitCertificateVerify13,
  WaitFinished13,
  WaitSecondClientHello,
} from './states.ts';

export function enterHandshake13(
  context: HandshakeContext,
  hello: ClientHello,
  serverName: string | undefined,
): SignCertificateVerify | WaitSecondClientHello {
  const suite = chooseSuite13(context, hello);
  const chosen = chooseGroup13(context, hello);
  if (chosen.keyExchange === undefined) return retry(context, hello, suite, chosen);
  context.transcript.start(suite.hash);
  return sendFlight(context, hello, suite, chosen, chosen.keyExchange, serverName, false);
}

/** RFC 8446 4.1.4. */
function retry(
  context: HandshakeContext,
  hello: ClientHello,
  suite: Suite13,
  { group }: ChosenShare,
): WaitSecondClientHello {
  context.send('hello_retry_request', helloRetryRequest, {
    legacy_version: VERSION.tls12,
    random: HELLO_RETRY_RANDOM,
    legacy_session_id_echo: hello.legacy_session_id,
    cipher_suite: suite.id,
    legacy_compression_method: 0,
    extensions: buildExtensions('hello_retry_request', {
      supported_versions: VERSION.tls13,
      key_share: groupId(group),
    }),
  });
  context.transcript.restart(suite.hash);
  if (hello.legacy_session_id.length > 0) context.sendChangeCipherSpec();
  return { name: 'wait_second_client_hello', first: hello, suite, group: groupId(group) };
}

export function onSecondClientHello(
  context: HandshakeContext,
  state: WaitSecondClientHello,
  hello: ClientHello,
): SignCertificateVerify {
  const { first, suite } = state;
  // RFC 8446 4.1.2: the second ClientHello is the first but for key_share, cookie, early_data, padding and binders.
  const kept =
    first.legacy_version === hello.legacy_version &&
    equal(first.random, hello.random) &&
    equal(first.legacy_session_id, hello.legacy_session_id) &&
    first.cipher_suites.join() === hello.cipher_suites.join() &&
    first.legacy_compression_methods.join() === hello.legacy_compression_methods.join() &&
    sameExtensions(keptExtensions(first), keptExtensions(hello));
  const where = { message: 'client_hello' };
  if (!kept || chooseSuite13(context, hello).id !== suite.id) {
    throw new TlsError('ERR_TLS_SECOND_HELLO_CHANGED', 'the second ClientHello changes what it must keep', { where });
  }
  const chosen = chooseGroup13(context, hello);
  const shares = hello.extensions.known.key_share ?? [];
  const [share] = shares;
  if (shares.length !== 1 || share?.group !== state.group) {
    throw new TlsError(
      'ERR_TLS_SECOND_HELLO_CHANGED',
      'the second ClientHello has not just the share that was asked for',
      {
        where: { ...where, field: 'extensions.key_share' },
      },
    );
  }
  return sendFlight(context, hello, suite, chosen, share.key_exchange, requestedServerName(hello), true);
}

const MAY_CHANGE: ReadonlySet<number> = new Set([
  EXTENSIONS.key_share.id,
  EXTENSIONS.cookie.id,
  EXTENSIONS.early_data.id,
  EXTENSIONS.padding.id,
  EXTENSIONS.pre_shared_key.id,
]);

function keptExtensions(hello: ClientHello): readonly RawExtension[] {
  return hello.extensions.list.filter(({ extension_type }) => !MAY_CHANGE.has(extension_type));
}

function sameExtensions(a: readonly RawExtension[], b: readonly RawExtension[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((one, i) => {
    const other = b[i];
    return other?.extension_type === one.extension_type && equal(other.extension_data, one.extension_data);
  });
}

function sendFlight(
  context: HandshakeContext,
  hello: ClientHello,
  suite: Suite13,
  { group }: ChosenShare,
  clientShare: Uint8Array,
  serverName: string | undefined,
  retried: boolean,
): SignCertificateVerify {
  const { provider, server, transcript } = context;
  const { credential, scheme } = chooseCredential13(context, hello, serverName);
  const alpn = chooseAlpn(server.alpn, hello.extensions.known.application_layer_protocol_negotiation);
  decideAlpn(context, hello, alpn);
  const share = provider.generateKeyShare(group);
  const shared = agree(share, clientShare, 'client_hello', 'extensions.key_share');
  const built: ServerHelloOf<'server_hello_13'> = {
    legacy_version: VERSION.tls12,
    random: server.random(32),
    legacy_session_id_echo: hello.legacy_session_id,
    cipher_suite: suite.id,
    legacy_compression_method: 0,
    extensions: buildExtensions('server_hello_13', {
      key_share: { group: groupId(group), key_exchange: share.publicKey },
      supported_versions: VERSION.tls13,
    }),
  };
  context.send('server_hello', serverHello, server.hooks.serverHello?.(built) ?? built);

  const schedule = { provider, suite, observe: context.observeSecret };
  const stage = earlyStage(schedule).toHandshake(shared);
  const hash = transcript.hash();
  const clientSecret = stage.clientTraffic(hash);
  const serverSecret = stage.serverTraffic(hash);
  context.logSecret('CLIENT_HANDSHAKE_TRAFFIC_SECRET', hello.random, clientSecret);
  context.logSecret('SERVER_HANDSHAKE_TRAFFIC_SECRET', hello.random, serverSecret);
  const epoch = { suite, epoch: 'handshake', generation: 0 } as const;
  context.setReadKeys({ ...epoch, keys: trafficKeys(schedule, clientSecret, 'client_handshake_traffic_secret') });
  const keys = trafficKeys(schedule, serverSecret, 'server_handshake_traffic_secret');
  context.setWriteKeys({ ...epoch, keys }, hello.legacy_session_id.length > 0 && !retried);

  const answers = {
    extensions: buildExtensions('encrypted_extensions', {
      ...(serverName !== undefined && server.usesServerName && { server_name: true as const }),
      ...(alpn !== undefined && { application_layer_protocol_negotiation: [alpn] }),
      ...answerLimits13(context, hello),
    }),
  };
  context.send('encrypted_extensions', encryptedExtensions, server.hooks.encryptedExtensions?.(answers) ?? answers);
  if (server.clientCertificate !== 'none') askForCertificate(context);
  sendCertificate(context, hello, server.credentials[credential]);
  return {
    name: 'sign_certificate_verify',
    handshake: {
      hello,
      schedule,
      suite,
      stage,
      clientSecret,
      serverSecret,
      group: groupId(group),
      scheme: scheme.id,
      credential,
      alpn,
      serverName,
    },
    need: {
      kind: 'signature',
      credential,
      scheme: scheme.id,
      algorithm: scheme.algorithm,
      data: certificateVerifyContent('server', transcript.hash()),
    },
  };
}

/** RFC 8446 4.3.2. */
function askForCertificate(context: HandshakeContext): void {
  const { schemes, certificateSchemes, clientAuthorities } = context.server;
  context.send('certificate_request', certificateRequest13, {
    certificate_request_context: EMPTY,
    extensions: buildExtensions('certificate_request', {
      signature_algorithms: schemes.map((scheme) => scheme.id),
      ...(certificateSchemes && { signature_algorithms_cert: certificateSchemes.map((scheme) => scheme.id) }),
      ...(clientAuthorities.length > 0 && { certificate_authorities: clientAuthorities }),
    }),
  });
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
  context.send('certificate', certificate13, {
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
  state: SignCertificateVerify,
  answer: Uint8Array | undefined,
): WaitCertificate13 | WaitFinished13 {
  const { transcript } = context;
  const { handshake } = state;
  const { schedule, hello } = handshake;
  const signature = signatureOf(answer, 'certificate_verify');
  context.send('certificate_verify', certificateVerify, { algorithm: state.need.scheme, signature });
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
  const answered = { handshake, clientTraffic, serverTraffic, exporter };
  return context.server.clientCertificate === 'none'
    ? { ...answered, name: 'wait_finished_13', peer: undefined }
    : { ...answered, name: 'wait_certificate_13' };
}

export function onCertificate(
  context: HandshakeContext,
  state: WaitCertificate13,
  message: Certificate13,
): JudgeCertificate13 | WaitFinished13 {
  if (message.certificate_request_context.length > 0) {
    throw new TlsError('ERR_TLS_BAD_CERTIFICATE_CONTEXT', 'certificate_request_context is not that of the request', {
      where: { message: 'certificate', field: 'certificate_request_context' },
    });
  }
  // RFC 8446 4.4.2: extensions correspond to those of the request, and ours asks for none that has an answer.
  for (const entry of message.certificate_list) refuseUnsolicited('certificate', entry.extensions, []);
  if (message.certificate_list.length === 0) {
    checkMayBeMissing(context, 'tls13');
    return { ...state, name: 'wait_finished_13', peer: undefined };
  }
  const need = clientVerdictNeed(
    context,
    message.certificate_list.map((entry) => entry.cert_data),
  );
  return { ...state, name: 'judge_certificate_13', need };
}

export function onVerdict(
  _context: HandshakeContext,
  state: JudgeCertificate13,
  verdict: Verdict,
): WaitCertificateVerify13 {
  const { need, ...rest } = state;
  return { ...rest, name: 'wait_certificate_verify_13', peer: acceptedPeer(need, verdict) };
}

export function onCertificateVerify(
  context: HandshakeContext,
  state: WaitCertificateVerify13,
  message: CertificateVerify,
): WaitFinished13 {
  const { peer } = state;
  verifyPeerSignature(context, context.server.schemes, peer.key, peer.usage, 'tls13', {
    message: 'certificate_verify',
    algorithm: message.algorithm,
    signature: message.signature,
    content: certificateVerifyContent('client', context.transcript.hashBefore()),
  });
  return { ...state, name: 'wait_finished_13' };
}

export function onFinished(context: HandshakeContext, state: WaitFinished13, message: Finished): Connected13 {
  const { handshake, peer } = state;
  const { schedule } = handshake;
  const expected = verifyData13(schedule, handshake.clientSecret, context.transcript.hashBefore(), 'client');
  checkFinished(message.verify_data, expected);
  const read = { name: 'client_application_traffic_secret_0', secret: state.clientTraffic, generation: 0 };
  context.setReadKeys(keyChange({ schedule }, read));
  context.connected({
    version: VERSION.tls13,
    suite: handshake.suite,
    group: handshake.group,
    scheme: handshake.scheme,
    alpn: handshake.alpn,
    serverName: handshake.serverName,
    extendedMasterSecret: true,
    peerChain: peer?.chain ?? [],
    authorized: peer?.authorized ?? false,
    authorizationProblem: peer?.problem,
    resumed: false,
    certificateRequest: undefined,
    credential: handshake.credential,
    psk: false,
  });
  return {
    name: 'connected_13',
    schedule,
    read,
    write: serverSecretOf(state.serverTraffic),
    exporter: state.exporter,
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
