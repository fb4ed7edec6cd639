// The client's TLS 1.3 handshake after ServerHello (RFC 8446 2, 4.3 - 4.4): keys first, then EncryptedExtensions, the server's
// certificate and its proof, Finished, and our own flight.

import { EMPTY } from '../../bytes/bytes.ts';
import { verifyData13 } from '../../crypto/schedule13.ts';
import { certificateVerifyContent } from '../../crypto/signed_content.ts';
import {
  type Certificate13,
  type CertificateRequest13,
  type CertificateVerify,
  type CompressedCertificate,
  certificateVerify,
  type EncryptedExtensions,
  emptyMessage,
  type Finished,
  finished,
} from '../../wire/messages.ts';
import { CERTIFICATE_STATUS_TYPE, VERSION } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { CertificateRequestInfo, HandshakeContext } from '../context.ts';
import { sendCertificate13, unpackCertificate } from '../shared/compression.ts';
import { certificateEntries, signatureNeed } from '../shared/credentials.ts';
import { checkAlpnAnswer, refuseUnsolicited } from '../shared/extensions.ts';
import { checkFinished } from '../shared/finished.ts';
import { keyChange } from '../shared/key_update.ts';
import type { Verdict } from '../shared/needs.ts';
import { acceptedPeer } from '../shared/peer.ts';
import { peerOf } from '../shared/psk13.ts';
import { signatureOf, verifyPeerSignature } from '../shared/signatures.ts';
import type { Connected13 } from '../shared/states.ts';
import { chooseClientCredential } from './credential.ts';
import { toHandshakeKeys } from './enter13.ts';
import { agreeOnRecords } from './record_limits.ts';
import type {
  JudgeCertificate13,
  SignCertificateVerify13,
  Traffic13,
  WaitCertificate13,
  WaitCertificateRequest13,
  WaitCertificateVerify,
  WaitEncryptedExtensions,
  WaitFinished13,
} from './states.ts';
import { resumptionOf } from './tickets13.ts';

export function onEncryptedExtensions(
  context: HandshakeContext,
  state: WaitEncryptedExtensions,
  message: EncryptedExtensions,
): WaitCertificateRequest13 | WaitFinished13 {
  const { handshake } = state;
  const { known } = message.extensions;
  refuseUnsolicited('encrypted_extensions', message.extensions, handshake.offer.hello.extensions.list);
  const alpn = checkAlpnAnswer(
    'encrypted_extensions',
    known.application_layer_protocol_negotiation,
    context.client.alpn,
  );
  if (alpn !== undefined) {
    context.decide({ about: 'alpn', chosen: alpn, offered: context.client.alpn, acceptable: [alpn] });
  }
  agreeOnRecords(context, 'encrypted_extensions', known, 1);
  const accepted = known.early_data === true;
  if (accepted) checkEarlyData(state, alpn);
  if (handshake.offer.early && state.mayWrite) {
    context.earlyDataOutcome(accepted);
    if (!accepted) toHandshakeKeys(context, handshake);
  }
  const { psk } = handshake;
  if (psk === undefined) return { name: 'wait_certificate_request_13', handshake, alpn };
  // RFC 8446 2.2: the PSK stands for the certificate that was shown when the session was made.
  const scheme = psk.session?.scheme || undefined;
  return {
    name: 'wait_finished_13',
    handshake,
    alpn,
    request: undefined,
    peer: peerOf(psk),
    scheme,
    mayWrite: accepted,
  };
}

/** RFC 8446 4.2.10: with the first PSK, and suite and protocol of its session. */
function checkEarlyData({ handshake, mayWrite }: WaitEncryptedExtensions, alpn: string | undefined): void {
  const session = handshake.psk?.session;
  if (mayWrite && session?.suite === handshake.suite.id && session.alpn === (alpn ?? '')) return;
  throw new TlsError('ERR_TLS_BAD_EARLY_DATA', 'the server takes early data, and not what it was sent under', {
    where: { message: 'encrypted_extensions', field: 'extensions.early_data' },
  });
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

export function onCompressedCertificate(
  context: HandshakeContext,
  state: WaitCertificate13,
  message: CompressedCertificate,
): JudgeCertificate13 {
  return onCertificate(context, state, unpackCertificate(context.client.certificateCompression, message));
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
  return { ...state, name: 'wait_finished_13', scheme: message.algorithm, mayWrite: false };
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
  if (state.mayWrite) {
    context.send('end_of_early_data', emptyMessage, true);
    toHandshakeKeys(context, handshake);
  }

  const traffic = { master, read, write, exporter };
  const chosen = request && chooseClientCredential(context, requestInfo13(request), 'tls13');
  if (request !== undefined) sendOwnCertificate(context, request, chosen?.credential);
  if (chosen === undefined) return finish(context, state, traffic, undefined);
  const need = signatureNeed(chosen, certificateVerifyContent('client', transcript.hash()));
  return { ...state, name: 'sign_certificate_verify_13', credential: chosen.credential, traffic, need };
}

/** RFC 8446 4.4.2: a client that was asked and has nothing that fits says so with an empty list. */
function sendOwnCertificate(
  context: HandshakeContext,
  { extensions: { known } }: CertificateRequest13,
  credential: number | undefined,
): void {
  const { credentials, certificateCompression } = context.client;
  const chain = credential === undefined ? [] : (credentials[credential]?.chain ?? []);
  sendCertificate13(context, known.compress_certificate, certificateCompression, {
    certificate_request_context: EMPTY,
    certificate_list: certificateEntries(chain),
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
  { handshake, peer, alpn, scheme, request }: Omit<WaitFinished13, 'name' | 'mayWrite'>,
  { master, read, write, exporter }: Traffic13,
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
    peerChain: peer?.chain ?? [],
    // Behind a key that was shared beforehand there is no certificate: to have the key is the proof.
    authorized: peer?.authorized ?? true,
    authorizationProblem: peer?.problem,
    resumed: handshake.psk?.session !== undefined,
    certificateRequest: request && requestInfo13(request),
    credential,
    psk: handshake.psk !== undefined && handshake.psk.session === undefined,
  });
  const resumption = resumptionOf(context, { handshake, peer, alpn, scheme }, master);
  const { client, transcript } = context;
  const auth = client.postHandshakeAuth ? { handshake: transcript.all(), pending: undefined } : undefined;
  transcript.forget();
  return { name: 'connected_13', schedule, read, write, exporter, resumption, ...(auth && { auth }) };
}

export function requestInfo13({ extensions: { known } }: CertificateRequest13): CertificateRequestInfo {
  return {
    types: undefined,
    schemes: known.signature_algorithms ?? [],
    certificateSchemes: known.signature_algorithms_cert,
    authorities: known.certificate_authorities ?? [],
  };
}
