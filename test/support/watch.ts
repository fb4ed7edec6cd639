// Every event of an engine, whoever caused it: what tests of early data, post-handshake authentication and tickets look at
// beside what a Side keeps.

import type { Connection } from '../../src/engine/connection.ts';
import type { ClientCertificateEvent, TlsEvent, WritableEvent } from '../../src/engine/events.ts';

export interface Watched {
  /** In order, `send` and `need` included. */
  readonly events: TlsEvent[];
  /** Early data as it was handed out. */
  readonly early: Uint8Array[];
  readonly outcomes: boolean[];
  readonly writable: Pick<WritableEvent, 'reason' | 'limit'>[];
  readonly certificates: ClientCertificateEvent[];
}

const CALLS = ['start', 'receive', 'write', 'updateKeys', 'requestCertificate', 'answer', 'close', 'end'] as const;

/** Listens to every call of `engine` that returns events. */
export function watch(engine: Connection): Watched {
  const watched: Watched = { events: [], early: [], outcomes: [], writable: [], certificates: [] };
  const calls = engine as unknown as Record<string, (...args: unknown[]) => TlsEvent[]>;
  for (const name of CALLS) {
    const call = calls[name]?.bind(engine);
    if (call === undefined) throw new Error(`an engine has no ${name}`);
    calls[name] = (...args) => {
      const events = call(...args);
      for (const event of events) keep(watched, event);
      return events;
    };
  }
  return watched;
}

function keep(watched: Watched, event: TlsEvent): void {
  watched.events.push(event);
  if (event.type === 'early_data') watched.early.push(event.data);
  if (event.type === 'early_data_outcome') watched.outcomes.push(event.accepted);
  if (event.type === 'writable') watched.writable.push({ reason: event.reason, limit: event.limit });
  if (event.type === 'client_certificate') watched.certificates.push(event);
}
