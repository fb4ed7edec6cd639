// The client's TLS 1.3 handshake after ServerHello (RFC 8446 2, 4.3 - 4.4): keys first, then EncryptedExtensions, the server's
// certificate and its proof, Finished, and our own flight.

import { EMPTY } from '../../bytes/bytes.ts';
import { earlyStage, trafficKeys, verifyData13 } from '../../crypto/schedule13.ts';
import type { Suite13 } from '../../crypto/suites.ts';
import { noExtensions } from '../../wire/extensions.ts';
import {
  type Certificate13,
  type CertificateRequest13,
  type CertificateVerify,
  certificate13,
  certificateVerify,
  type EncryptedExtensions,
  type Finished,
  finished,
  type NewSessionTicket13,
  type ServerHelloOf,
} from '../../wire/messages.ts';
import { CERTIFICATE_STATUS_TYPE, groupName, VERSION } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { CertificateRequestInfo, HandshakeContext } from '../context.ts';
import { checkAlpnAnswer, refuseUnsolicited } from '../shared/extensions.ts';
import { checkFinished } from '../shared/finished.ts';
import { agree, groupId } from '../shared/groups.ts';
import { keyChange } from '../shared/key_update.ts';
import type { Verdict } from '../shared/needs.ts';
import { acceptedPeer } from '../shared/peer.ts';
import { certificateVerifyContent, signatureOf, verifyPeerSignature } from '../shared/signatures.ts';
import type { Connected13 } from '../shared/states.ts';
import { chooseClientCredential } from './credential.ts';
import { agreeOnRecords } from './record_limits.ts';
import type {
  JudgeCertificate13,
  Offer,
  SignCertificateVerify13,
  Traffic13,
  WaitCertificate13,
  WaitCertificateRequest13,
  WaitCertificateVerify,
  WaitEncryptedExtensions,
  WaitFinished13,
} from './states.ts';

/** Agrees on the handshake secret and switches both directions to handshake keys (RFC 8446 7.1, 7.3). */
export function enterHandshake13(
  context: HandshakeContext,
  offer: Offer,
  suite: Suite13,
  hello: ServerHelloOf<'server_hello_13'>,
): WaitEncryptedExtensions {
  const { provider, transcript } = context;
  const where = { message: 'server_hello', field: 'extensions.key_share' };
  const entry = hello.extensions.known.key_share;
  if (entry === undefined) throw new TlsError('ERR_TLS_MISSING_EXTENSION', 'server_hello has no key_share', { where });
  const share = offer.shares.find((one) => groupId(one.group) === entry.group);
  if (share === undefined) {
    const label = groupName(entry.group) ?? `group ${entry.group}`;
    throw new TlsError('ERR_TLS_UNOFFERED_GROUP', `the server chose ${label}, for which no share was sent`, {
      where,
      expected: offer.shares.map((one) => one.group),
      actual: label,
    });
  }
  const shared = agree(share, entry.key_exchange, 'server_hello', 'extensions.key_share');
  const offered = offer.shares.map((one) => groupId(one.group));
  context.decide({ about: 'group', chosen: entry.group, offered, acceptable: [entry.group] });
  if (offer.retry === undefined) transcript.start(suite.hash);
  const schedule = { provider, suite, observe: context.observeSecret };
  const stage = earlyStage(schedule).toHandshake(shared);
  const hash = transcript.hash();
  const clientSecret = stage.clientTraffic(hash);
  const serverSecret = stage.serverTraffic(hash);
  context.logSecret('CLIENT_HANDSHAKE_TRAFFIC_SECRET', offer.hello.random, clientSecret);
  context.logSecret('SERVER_HANDSHAKE_TRAFFIC_SECRET', offer.hello.random, serverSecret);
  const epoch = { suite, epoch: 'handshake', generation: 0 } as const;
  context.setReadKeys({ ...epoch, keys: trafficKeys(schedule, serverSecret, 'server_handshake_traffic_secret') });
  // At once, so that an alert from here on is one that the server can read under the keys it expects.
  const keys = trafficKeys(schedule, clientSecret, 'client_handshake_traffic_secret');
  context.setWriteKeys({ ...epoch, keys }, offer.hello.legacy_session_id.length > 0 && offer.retry === undefined);
  return {
    name: 'wait_encrypted_extensions',
    handshake: { offer, schedule, suite, stage, clientSecret, serverSecret, group: entry.group },
  };
}

export function onEncryptedExtensions(
  context: HandshakeContext,
  state: WaitEncryptedExtensions,
  message: EncryptedExtensions,
): WaitCertificateRequest13 {
  const { handshake } = state;
  refuseUnsolicited('encrypted_extensions', message.extensions, handshake.offer.hello.extensions.list);
  const answer = message.extensions.known.application_layer_protocol_negotiation;
  const alpn = checkAlpnAnswer('encrypted_extensions', answer, context.client.alpn);
  if (alpn !== undefined) {
    context.decide({ about: 'alpn', chosen: alpn, offered: context.client.alpn, acceptable: [alpn] });
  }
  agreeOnRecords(context, 'encrypted_extensions', message.extensions.known, 1);
  return { name: 'wait_certificate_request_13', handshake, alpn };
}

export function onCertificateRequest(
  _context: HandshakeContext,
  state: WaitCertificateRequest13,
  request: CertificateRequest13,
): WaitCertificate13 {
  // RFC 8446 4.3.2: the context is empty within the handshake, and signature_algorithms must be there.
  if (request.certificate_request_context.length > 0) {
    throw new TlsError('ERR_TLS_BAD_CERTIFICATE_CONTEXT', 'certificate_request_context is not empty in a handshake', {
      where: { message: 'certificate_request', field: 'certificate_request_context' },
    });
  }
  if (request.extensions.known.signature_algorithms === undefined) {
    throw new TlsError('ERR_TLS_MISSING_EXTENSION', 'certificate_request has no signature_algorithms', {
      where: { message: 'certificate_request', field: 'extensions.signature_algorithms' },
    });
  }
  return { ...state, name: 'wait_certificate_13', request };
}

export function onNoCertificateRequest(_context: HandshakeContext, state: WaitCertificateRequest13): WaitCertificate13 {
  return { ...state, name: 'wait_certificate_13', request: undefined };
}

export function onCertificate(
  context: HandshakeContext,
  state: WaitCertificate13,
  message: Certificate13,
): JudgeCertificate13 {
  if (message.certificate_request_context.length > 0) {
    throw new TlsError('ERR_TLS_BAD_CERTIFICATE_CONTEXT', 'the server certificate has a request context', {
      where: { message: 'certificate', field: 'certificate_request_context' },
    });
  }
  // RFC 8446 4.4.2.4: "If the server supplies an empty Certificate message, the client MUST abort the handshake with a
  // decode_error alert."
  if (message.certificate_list.length === 0) {
    throw new TlsError('ERR_TLS_EMPTY_CERTIFICATE', 'the server sent no certificate', {
      where: { message: 'certificate', field: 'certificate_list' },
    });
  }
  const offered = state.handshake.offer.hello.extensions.list;
  for (const entry of message.certificate_list) refuseUnsolicited('certificate', entry.extensions, offered);
  const { status_request, signed_certificate_timestamp } = message.certificate_list[0]?.extensions.known ?? {};
  if (status_request !== undefined && status_request.status_type !== CERTIFICATE_STATUS_TYPE.ocsp) {
    throw new TlsError('ERR_TLS_ILLEGAL_VALUE', `status_type ${status_request.status_type} was not asked for`, {
      where: { message: 'certificate', field: 'extensions.status_request.status_type' },
    });
  }
  return {
    ...state,
    name: 'judge_certificate_13',
    need: {
      kind: 'verdict',
      role: 'server',
      chain: message.certificate_list.map((entry) => entry.cert_data),
      serverName: context.client.serverName,
      statusRequested: context.client.statusRequest,
      ocspResponse: status_request?.response,
      timestamps: signed_certificate_timestamp ?? [],
      now: context.client.now(),
    },
  };
}

export function onVerdict(
  _context: HandshakeContext,
  state: JudgeCertificate13,
  verdict: Verdict,
): WaitCertificateVerify {
  const { handshake, alpn, request } = state;
  const peer = acceptedPeer(state.need, verdict);
  return { name: 'wait_certificate_verify', handshake, alpn, request, peer };
}

export function onCertificateVerify(
  context: HandshakeContext,
  state: WaitCertificateVerify,
  message: CertificateVerify,
): WaitFinished13 {
  verifyPeerSignature(context, context.client.schemes, state.peer.key, state.peer.usage, 'tls13', {
    message: 'certificate_verify',
    algorithm: message.algorithm,
    signature: message.signature,
    content: certificateVerifyContent('server', context.transcript.hashBefore()),
  });
  return { ...state, name: 'wait_finished_13', scheme: message.algorithm };
}

export function onFinished(
  context: HandshakeContext,
  state: WaitFinished13,
  message: Finished,
): SignCertificateVerify13 | Connected13 {
  const { transcript } = context;
  const { handshake, request } = state;
  const { schedule, offer } = handshake;
  const expected = verifyData13(schedule, handshake.serverSecret, transcript.hashBefore(), 'server');
  checkFinished(message.verify_data, expected);

  const master = handshake.stage.toMaster();
  const hash = transcript.hash();
  const read = { name: 'server_application_traffic_secret_0', secret: master.serverTraffic(hash), generation: 0 };
  const write = { name: 'client_application_traffic_secret_0', secret: master.clientTraffic(hash), generation: 0 };
  const exporter = { version: 'tls13', schedule, secret: master.exporter(hash) } as const;
  context.logSecret('CLIENT_TRAFFIC_SECRET_0', offer.hello.random, write.secret);
  context.logSecret('SERVER_TRAFFIC_SECRET_0', offer.hello.random, read.secret);
  context.logSecret('EXPORTER_SECRET', offer.hello.random, exporter.secret);
  context.setReadKeys(keyChange({ schedule }, read));

  const traffic = { read, write, exporter };
  const chosen = request && chooseClientCredential(context, requestInfo13(request), 'tls13');
  if (request !== undefined) sendOwnCertificate(context, chosen?.credential);
  if (chosen === undefined) return finish(context, state, traffic, undefined);
  const { credential, scheme } = chosen;
  return {
    ...state,
    name: 'sign_certificate_verify_13',
    credential,
    traffic,
    need: {
      kind: 'signature',
      credential,
      scheme: scheme.id,
      algorithm: scheme.algorithm,
      data: certificateVerifyContent('client', transcript.hash()),
    },
  };
}

/** RFC 8446 4.4.2: a client that was asked and has nothing that fits says so with an empty list. */
function sendOwnCertificate(context: HandshakeContext, credential: number | undefined): void {
  const chain = credential === undefined ? [] : (context.client.credentials[credential]?.chain ?? []);
  context.send('certificate', certificate13, {
    certificate_request_context: EMPTY,
    certificate_list: chain.map((cert_data) => ({ cert_data, extensions: noExtensions<'certificate'>() })),
  });
}

export function onSignature(
  context: HandshakeContext,
  state: SignCertificateVerify13,
  answer: Uint8Array | undefined,
): Connected13 {
  const signature = signatureOf(answer, 'certificate_verify');
  context.send('certificate_verify', certificateVerify, { algorithm: state.need.scheme, signature });
  return finish(context, state, state.traffic, state.credential);
}

function finish(
  context: HandshakeContext,
  { handshake, peer, alpn, scheme, request }: Omit<WaitFinished13, 'name'>,
  { read, write, exporter }: Traffic13,
  credential: number | undefined,
): Connected13 {
  const { schedule } = handshake;
  const verify_data = verifyData13(schedule, handshake.clientSecret, context.transcript.hash(), 'client');
  context.send('finished', finished, { verify_data });
  context.setWriteKeys(keyChange({ schedule }, write));
  context.connected({
    version: VERSION.tls13,
    suite: handshake.suite,
    group: handshake.group,
    scheme,
    alpn,
    serverName: context.client.serverName,
    extendedMasterSecret: true,
    peerChain: peer.chain,
    authorized: peer.authorized,
    authorizationProblem: peer.problem,
    resumed: false,
    certificateRequest: request && requestInfo13(request),
    credential,
    psk: false,
  });
  return { name: 'connected_13', schedule, read, write, exporter };
}

function requestInfo13({ extensions: { known } }: CertificateRequest13): CertificateRequestInfo {
  return {
    types: undefined,
    schemes: known.signature_algorithms ?? [],
    certificateSchemes: known.signature_algorithms_cert,
    authorities: known.certificate_authorities ?? [],
  };
}

/** Tickets are read and counted; sessions come with resumption. */
export function onNewSessionTicket(
  _context: HandshakeContext,
  state: Connected13,
  _message: NewSessionTicket13,
): Connected13 {
  return state;
}
