// A server that asks for the client's certificate after the handshake (RFC 8446 4.6.2). Certificate, CertificateVerify and
// Finished come in a row; until they do, data goes on in both directions.

import { certificateVerifyContent } from '../../crypto/signed_content.ts';
import {
  type Certificate13,
  type CertificateVerify,
  certificateRequest13,
  type Finished,
} from '../../wire/messages.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import { checkFinished } from '../shared/finished.ts';
import type { Verdict } from '../shared/needs.ts';
import { acceptedPeer } from '../shared/peer.ts';
import { postAuthFinished, postAuthHash } from '../shared/post_auth.ts';
import { verifyPeerSignature } from '../shared/signatures.ts';
import type { Connected13 } from '../shared/states.ts';
import { clientVerdictNeed } from './client_certificate.ts';
import { chainOf, requestOf } from './client_certificate13.ts';
import type { JudgePostCertificate, WaitPostCertificateVerify, WaitPostFinished } from './states.ts';

const CONTEXT_LENGTH = 16;

export function onAsk(context: HandshakeContext, state: Connected13): Connected13 {
  const { auth } = state;
  if (auth === undefined) {
    throw new TlsError(
      'ERR_TLS_USAGE',
      'the client cannot be asked: it did not offer post_handshake_auth, or it was not enabled',
    );
  }
  if (auth.pending !== undefined)
    throw new TlsError('ERR_TLS_USAGE', 'the client has been asked and has not answered yet');
  const requestContext = context.server.random(CONTEXT_LENGTH);
  const request = requestOf(context.server, requestContext);
  const raw = context.sendOutside('certificate_request', certificateRequest13, request);
  return { ...state, auth: { ...auth, pending: { context: requestContext, raw } } };
}

export function onCertificate(
  context: HandshakeContext,
  connected: Connected13,
  message: Certificate13,
  raw: Uint8Array,
): JudgePostCertificate | WaitPostFinished {
  const pending = connected.auth?.pending;
  if (pending === undefined) throw new TlsError('ERR_TLS_UNEXPECTED_MESSAGE', 'a certificate that nobody asked for');
  const chain = chainOf(context, message, pending.context);
  const messages = [pending.raw, raw];
  if (chain.length === 0) return { name: 'wait_post_finished', connected, messages, peer: undefined };
  return { name: 'judge_post_certificate', connected, messages, need: clientVerdictNeed(context, chain) };
}

export function onVerdict(
  _context: HandshakeContext,
  { connected, messages, need }: JudgePostCertificate,
  verdict: Verdict,
): WaitPostCertificateVerify {
  return { name: 'wait_post_certificate_verify', connected, messages, peer: acceptedPeer(need, verdict) };
}

export function onCertificateVerify(
  context: HandshakeContext,
  { connected, messages, peer }: WaitPostCertificateVerify,
  message: CertificateVerify,
  raw: Uint8Array,
): WaitPostFinished {
  verifyPeerSignature(context, context.server.schemes, peer.key, peer.usage, 'tls13', {
    message: 'certificate_verify',
    algorithm: message.algorithm,
    signature: message.signature,
    content: certificateVerifyContent('client', postAuthHash(context, connected, messages)),
  });
  return { name: 'wait_post_finished', connected, messages: [...messages, raw], peer };
}

export function onFinished(
  context: HandshakeContext,
  { connected, messages, peer }: WaitPostFinished,
  message: Finished,
): Connected13 {
  checkFinished(message.verify_data, postAuthFinished(context, connected, messages, connected.read));
  context.clientAuthenticated(peer);
  const { auth } = connected;
  return { ...connected, ...(auth && { auth: { ...auth, pending: undefined } }) };
}
