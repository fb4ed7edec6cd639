// For servers that deliver early data at once: a ledger of tickets that were used, so that recorded early data is taken once
// (RFC 8446 8.1), and what HTTP says of requests that came early (RFC 8470).

import { toHex } from '../bytes/bytes.ts';

/**
 * Tickets that were used, in memory. It answers for one process alone: servers that stand for one another need one store in
 * common, and answer the `early_data` need from it; one that fails answers `reject`.
 */
export class TicketLedger {
  private readonly used = new Map<string, number>();
  private readonly capacity: number;
  private readonly lifetime: number;

  /**
   * `lifetime`: milliseconds that an entry counts, at least as long as a ticket's age may be wrong, which is ten seconds;
   * `capacity`: entries that are kept.
   */
  constructor({ lifetime = 60_000, capacity = 100_000 }: { lifetime?: number; capacity?: number } = {}) {
    this.lifetime = lifetime;
    this.capacity = capacity;
  }

  /** True the first time, false afterwards, and false while the ledger is full: rather no early data than twice the same. */
  use(ticket: Uint8Array, now: number): boolean {
    for (const [key, at] of this.used) {
      if (now - at < this.lifetime) break;
      this.used.delete(key);
    }
    // The end of a ticket is its authentication tag: no two have the same.
    const key = toHex(ticket.subarray(-16));
    if (this.used.has(key) || this.used.size >= this.capacity) return false;
    this.used.set(key, now);
    return true;
  }
}

/** RFC 8470 5.2. */
export const TOO_EARLY = 425;

/** RFC 9110 9.2.1: what a repetition cannot harm. */
const SAFE: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

/**
 * Whether a request that came as early data is to be answered with 425 (Too Early): one that may change something. `early`:
 * it came before the handshake was done, or with the header `Early-Data: 1` from a proxy (RFC 8470 5.1).
 */
export function isTooEarly(method: string, early: boolean): boolean {
  return early && !SAFE.includes(method.toUpperCase());
}
