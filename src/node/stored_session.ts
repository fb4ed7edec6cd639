// The ticket within a session that was stored, for getTLSTicket.

import { DecodeError } from '../bytes/decode_error.ts';
import { decodeSession } from '../handshake/shared/session.ts';

export function ticketOf(session: Uint8Array): Buffer | undefined {
  try {
    const { ticket } = decodeSession(session);
    return ticket.length === 0 ? undefined : Buffer.from(ticket);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
