// The sessions that `glasstls serve` keeps for clients that come back with an id (RFC 5246 7.3): in memory, the newest thousand.

import { toHex } from '../bytes/bytes.ts';

/** A client costs one entry for each full handshake; what is over the limit goes, the oldest first. */
const LIMIT = 1000;

export class SessionCache {
  private readonly kept = new Map<string, Uint8Array>();

  /** `id` and `session` as a `session` event brings them; a session that lives in a ticket has no id and is not kept. */
  keep(id: Uint8Array, session: Uint8Array): void {
    if (id.length === 0) return;
    this.kept.set(toHex(id), session);
    const [oldest] = this.kept.keys();
    if (this.kept.size > LIMIT && oldest !== undefined) this.kept.delete(oldest);
  }

  find(id: Uint8Array): Uint8Array | undefined {
    return this.kept.get(toHex(id));
  }
}
