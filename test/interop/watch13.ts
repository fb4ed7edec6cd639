// What our side did, as its observer tells it: which messages went which way, and under which generation of keys.

import type { Observation, Observer } from '../../src/engine/observe.ts';

export interface Watched {
  readonly observe: Observer;
  /** `in hello_retry_request`, `out key_update` ..., in order. */
  readonly messages: readonly string[];
  /** The contents of the messages, in the same order, with their four-byte headers. */
  readonly raw: readonly Uint8Array[];
  /** Lengths of the records of application data, with what protects them. */
  readonly records: readonly {
    readonly direction: 'in' | 'out';
    readonly length: number;
    readonly contentLength: number;
  }[];
  /** How often `message` went by. */
  count(message: string): number;
}

export function watch(): Watched {
  const messages: string[] = [];
  const raw: Uint8Array[] = [];
  const records: Watched['records'][number][] = [];
  const observe = (seen: Observation): void => {
    if (seen.kind === 'record' && seen.epoch === 'application') records.push(seen);
    if (seen.kind !== 'message') return;
    messages.push(`${seen.direction} ${seen.name}`);
    raw.push(seen.raw);
  };
  return { observe, messages, raw, records, count: (message) => messages.filter((one) => one === message).length };
}
