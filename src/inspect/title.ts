// The title of a handshake: its kind, and what is special about this one.

import type { Negotiated } from './negotiated.ts';
import type { Text } from './text.ts';
import { HANDSHAKE_TITLES, HANDSHAKE_VARIANTS } from './texts/messages.ts';
import type { HandshakeKind } from './timeline.ts';

/** `TLS 1.2 with ECDHE key exchange, client certificate`; undefined while the kind is not known. */
export function handshakeTitle(kind: HandshakeKind | undefined, negotiated: Negotiated): Text | undefined {
  if (kind === undefined) return undefined;
  const { retried, clientProved, earlyData } = negotiated;
  const parts: Text[] = [HANDSHAKE_TITLES[kind]];
  if (retried) parts.push(HANDSHAKE_VARIANTS.retried);
  if (clientProved) parts.push(HANDSHAKE_VARIANTS.clientProved);
  if (earlyData === 'accepted') parts.push(HANDSHAKE_VARIANTS.earlyData);
  return { en: parts.map((part) => part.en).join(', '), zh: parts.map((part) => part.zh).join('，') };
}
