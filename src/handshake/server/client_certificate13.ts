// A TLS 1.3 server that asks for a client's certificate in the handshake (RFC 8446 4.3.2, 4.4.2 - 4.4.3).

import { EMPTY, equal } from '../../bytes/bytes.ts';
import { certificateVerifyContent } from '../../crypto/signed_content.ts';
import { buildExtensions } from '../../wire/extensions.ts';
import {
  type Certificate13,
  type CertificateRequest13,
  type CertificateVerify,
  type CompressedCertificate,
  certificateRequest13,
} from '../../wire/messages.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import { readable, unpackCertificate } from '../shared/compression.ts';
import type { ServerConfig } from '../shared/config.ts';
import { refuseUnsolicited } from '../shared/extensions.ts';
import type { Verdict } from '../shared/needs.ts';
import { acceptedPeer } from '../shared/peer.ts';
import { verifyPeerSignature } from '../shared/signatures.ts';
import { checkMayBeMissing, clientVerdictNeed } from './client_certificate.ts';
import type { JudgeCertificate13, WaitCertificate13, WaitCertificateVerify13, WaitFinished13 } from './states.ts';

/** RFC 8446 4.3.2. */
export function askForCertificate(context: HandshakeContext): void {
  const { certificateCompression, hooks } = context.server;
  const built = requestOf(context.server, EMPTY, readable(certificateCompression));
  context.send('certificate_request', certificateRequest13, hooks.certificateRequest?.(built) ?? built);
}

/** `compression`: the algorithms in which the answer may come. */
export function requestOf(
  { schemes, certificateSchemes, clientAuthorities }: ServerConfig,
  certificate_request_context: Uint8Array,
  compression?: readonly number[],
): CertificateRequest13 {
  return {
    certificate_request_context,
    extensions: buildExtensions('certificate_request', {
      signature_algorithms: schemes.map((scheme) => scheme.id),
      ...(certificateSchemes && { signature_algorithms_cert: certificateSchemes.map((scheme) => scheme.id) }),
      ...(compression && { compress_certificate: compression }),
      ...(clientAuthorities.length > 0 && { certificate_authorities: clientAuthorities }),
    }),
  };
}

export function onCompressedCertificate(
  context: HandshakeContext,
  state: WaitCertificate13,
  message: CompressedCertificate,
): JudgeCertificate13 | WaitFinished13 {
  return onCertificate(context, state, unpackCertificate(context.server.certificateCompression, message));
}

export function onCertificate(
  context: HandshakeContext,
  state: WaitCertificate13,
  message: Certificate13,
): JudgeCertificate13 | WaitFinished13 {
  const chain = chainOf(context, message, EMPTY);
  if (chain.length === 0) return { ...state, name: 'wait_finished_13', peer: undefined };
  return { ...state, name: 'judge_certificate_13', need: clientVerdictNeed(context, chain) };
}

/** The chain in the answer to the request with this context; empty where the client has none and needs none. */
export function chainOf(
  context: HandshakeContext,
  { certificate_request_context, certificate_list }: Certificate13,
  asked: Uint8Array,
): readonly Uint8Array[] {
  if (!equal(certificate_request_context, asked)) {
    throw new TlsError('ERR_TLS_BAD_CERTIFICATE_CONTEXT', 'certificate_request_context is not that of the request', {
      where: { message: 'certificate', field: 'certificate_request_context' },
    });
  }
  // RFC 8446 4.4.2: extensions correspond to those of the request, and ours asks for none that has an answer.
  for (const entry of certificate_list) refuseUnsolicited('certificate', entry.extensions, []);
  if (certificate_list.length === 0) checkMayBeMissing(context, 'tls13');
  return certificate_list.map((entry) => entry.cert_data);
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
