// A client that is asked for its certificate after the handshake (RFC 8446 4.6.2). Its answer leaves as a whole, once the key
// has signed; until then data goes on.

import { certificateVerifyContent } from '../../crypto/signed_content.ts';
import {
  type CertificateRequest13,
  certificate13,
  certificateVerify,
  encodeHandshake,
  finished,
} from '../../wire/messages.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import { certificateEntries, signatureNeed } from '../shared/credentials.ts';
import { postAuthFinished, postAuthHash } from '../shared/post_auth.ts';
import { signatureOf } from '../shared/signatures.ts';
import type { Connected13 } from '../shared/states.ts';
import { chooseClientCredential } from './credential.ts';
import type { SignPostCertificateVerify } from './states.ts';
import { requestInfo13 } from './tls13.ts';

/** RFC 8446 4.6.2: without having offered post_handshake_auth this is an unexpected message. */
export function onRequest(
  context: HandshakeContext,
  connected: Connected13,
  request: CertificateRequest13,
  raw: Uint8Array,
): Connected13 | SignPostCertificateVerify {
  if (connected.auth === undefined) {
    throw new TlsError('ERR_TLS_UNEXPECTED_MESSAGE', 'a CertificateRequest, and post_handshake_auth was not offered');
  }
  if (request.extensions.known.signature_algorithms === undefined) {
    throw new TlsError('ERR_TLS_MISSING_EXTENSION', 'certificate_request has no signature_algorithms', {
      where: { message: 'certificate_request', field: 'extensions.signature_algorithms' },
    });
  }
  const chosen = chooseClientCredential(context, requestInfo13(request), 'tls13');
  const chain = chosen === undefined ? [] : (context.client.credentials[chosen.credential]?.chain ?? []);
  const certificate = encodeHandshake('certificate', certificate13, {
    certificate_request_context: request.certificate_request_context,
    certificate_list: certificateEntries(chain),
  });
  const messages = [raw, certificate];
  if (chosen === undefined) return answer(context, connected, messages);
  const data = certificateVerifyContent('client', postAuthHash(context, connected, messages));
  const need = signatureNeed(chosen, data);
  return { name: 'sign_post_certificate_verify', connected, messages, need };
}

export function onSignature(
  context: HandshakeContext,
  { connected, messages, need }: SignPostCertificateVerify,
  given: Uint8Array | undefined,
): Connected13 {
  const signature = signatureOf(given, 'certificate_verify');
  const verify = encodeHandshake('certificate_verify', certificateVerify, { algorithm: need.scheme, signature });
  return answer(context, connected, [...messages, verify]);
}

/** All of it in a row; the first of the messages is the request. */
function answer(context: HandshakeContext, connected: Connected13, messages: readonly Uint8Array[]): Connected13 {
  const verify_data = postAuthFinished(context, connected, messages, connected.write);
  const names = ['certificate', 'certificate_verify'] as const;
  for (const [place, raw] of messages.slice(1).entries()) context.sendEncoded(names[place] ?? 'certificate', raw);
  context.sendOutside('finished', finished, { verify_data });
  return connected;
}
