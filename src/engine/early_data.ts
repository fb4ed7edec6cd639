// Early data on both sides of a connection (RFC 8446 2.3, 4.2.10): how much may still be written or taken, and what waits for the
// client's Finished.

import type { Exporter13 } from '../handshake/shared/exporter.ts';
import { TlsError } from '../wire/tls_error.ts';
import type { TlsEvent } from './events.ts';

export class EarlyData {
  /** Bytes that may still be written; undefined where there is no early data. */
  writeLimit: number | undefined;
  exporter: Exporter13 | undefined;
  private readLimit = 0;
  private delivery: 'deliver' | 'withhold' = 'withhold';
  private withheld: TlsEvent[] = [];

  /** @throws TlsError ERR_TLS_USAGE for more than the server takes */
  charge(length: number): void {
    if (this.writeLimit === undefined) return;
    if (length > this.writeLimit) {
      throw new TlsError('ERR_TLS_USAGE', `${length} bytes of early data, where ${this.writeLimit} are left`);
    }
    this.writeLimit -= length;
  }

  /** Says that data may be written before the handshake is done, and why. */
  writable(): TlsEvent {
    const limit = this.writeLimit;
    const reason = limit !== undefined ? 'early_data' : this.readLimit > 0 ? 'answer_early_data' : 'false_start';
    return { type: 'writable', reason, limit };
  }

  admit(limit: number, delivery: 'deliver' | 'withhold'): void {
    this.readLimit = limit;
    this.delivery = delivery;
  }

  /** What may be handed out now: the data, or nothing yet. @throws TlsError unexpected_message beyond the limit */
  take(data: Uint8Array): readonly TlsEvent[] {
    if (data.length > this.readLimit) {
      throw new TlsError('ERR_TLS_TOO_MUCH_EARLY_DATA', 'more early data than the ticket allows');
    }
    this.readLimit -= data.length;
    const event: TlsEvent = { type: 'early_data', data };
    if (this.delivery === 'deliver') return [event];
    this.withheld.push(event);
    return [];
  }

  /** What waited for the end of the handshake. */
  release(): readonly TlsEvent[] {
    return this.withheld.splice(0);
  }
}
