// What post-handshake authentication signs and finishes with in both roles (RFC 8446 4.4, 4.6.2): the messages of the main
// handshake, then the CertificateRequest and its answer.

import { verifyData13 } from '../../crypto/schedule13.ts';
import type { HandshakeContext } from '../context.ts';
import type { Connected13 } from './states.ts';

/** Kept by a side that may ask, or be asked. */
export interface PostAuth {
  /** Every message of the main handshake, joined. */
  readonly handshake: Uint8Array;
  /** A request that is not answered yet, on the server's side. */
  readonly pending: { readonly context: Uint8Array; readonly raw: Uint8Array } | undefined;
}

/** The hash of the main handshake and of `messages`. */
export function postAuthHash(
  context: HandshakeContext,
  { schedule, auth }: Connected13,
  messages: readonly Uint8Array[],
): Uint8Array {
  const hash = context.provider.hash(schedule.suite.hash);
  if (auth !== undefined) hash.update(auth.handshake);
  for (const raw of messages) hash.update(raw);
  return hash.digest();
}

/** RFC 8446 4.4: the base key is the client's present application traffic secret. */
export function postAuthFinished(
  context: HandshakeContext,
  connected: Connected13,
  messages: readonly Uint8Array[],
  client: Connected13['read'],
): Uint8Array {
  return verifyData13(
    connected.schedule,
    client.secret,
    postAuthHash(context, connected, messages),
    'client',
    client.name,
  );
}
