// Tickets: sessions that the client keeps for the server (RFC 5077 4, RFC 8446 4.6.1), sealed with a key of the server's
// configuration: key_name (16 bytes), nonce (12 bytes), AES-256-GCM of the session. The first key seals; all of them open,
// so that keys can be rotated without losing sessions.

import { concat, equal } from '../../bytes/bytes.ts';
import { DecodeError } from '../../bytes/decode_error.ts';
import type { CryptoProvider } from '../../crypto/provider.ts';
import { decodeSession, encodeSession, type Session } from './session.ts';

export interface TicketKey {
  /** 16 bytes, sent in the clear with each ticket. */
  readonly name: Uint8Array;
  /** 32 bytes. Whoever has it can read every TLS 1.2 connection that was resumed with its tickets. */
  readonly key: Uint8Array;
}

const NAME_LENGTH = 16;
const NONCE_LENGTH = 12;
/** A ticket is at most 2^16 - 1 bytes on the wire; client chains beyond this are not worth a ticket. */
const MAX_TICKET = 16_384;

/** Undefined when the session does not fit, or there is no key. */
export function sealTicket(
  provider: CryptoProvider,
  keys: readonly TicketKey[],
  nonce: Uint8Array,
  session: Session,
): Uint8Array | undefined {
  const [first] = keys;
  if (first === undefined) return undefined;
  const pieces: Uint8Array[] = [first.name, nonce];
  provider.aead('aes-256-gcm', first.key).seal(nonce, first.name, [encodeSession(session)], pieces);
  const ticket = concat(...pieces);
  return ticket.length > MAX_TICKET ? undefined : ticket;
}

export interface OpenedTicket {
  readonly session: Session;
  /** Whether it was sealed with a key that is no longer the first, so that a new one should be given. */
  readonly stale: boolean;
}

/** Undefined for a ticket that is not ours, was changed, or whose key is gone: the handshake is then a full one. */
export function openTicket(
  provider: CryptoProvider,
  keys: readonly TicketKey[],
  ticket: Uint8Array,
): OpenedTicket | undefined {
  if (ticket.length < NAME_LENGTH + NONCE_LENGTH) return undefined;
  const name = ticket.subarray(0, NAME_LENGTH);
  const index = keys.findIndex((key) => equal(key.name, name));
  const key = keys[index];
  if (key === undefined) return undefined;
  const nonce = ticket.subarray(NAME_LENGTH, NAME_LENGTH + NONCE_LENGTH);
  const opened = provider.aead('aes-256-gcm', key.key).open(nonce, name, ticket.subarray(NAME_LENGTH + NONCE_LENGTH));
  if (opened === undefined) return undefined;
  try {
    return { session: decodeSession(opened), stale: index > 0 };
  } catch (error) {
    // Ours, but of another version of glasstls.
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

export const TICKET_NONCE_LENGTH = NONCE_LENGTH;
