// A NetLog of Chrome (chrome://net-export): a JSON object with the numbers of event types in front and one event a line. Messages of the
// handshake and alerts are in it as they were sent, and whole. A log whose end was not written is read as far as it goes.

import type { Side } from '../inspect/trace.ts';
import { CONTENT_TYPE } from '../wire/registry/names.ts';
import { fromBase64 } from '../x509/pem.ts';
import type { TextPiece } from './texts_in.ts';

const EVENTS: Readonly<Record<string, readonly [from: Side, contentType: number]>> = {
  SSL_HANDSHAKE_MESSAGE_SENT: ['client', CONTENT_TYPE.handshake],
  SSL_HANDSHAKE_MESSAGE_RECEIVED: ['server', CONTENT_TYPE.handshake],
  SSL_ALERT_SENT: ['client', CONTENT_TYPE.alert],
  SSL_ALERT_RECEIVED: ['server', CONTENT_TYPE.alert],
};

/** Undefined for JSON that is no NetLog. */
export function netLogPieces(text: string): readonly TextPiece[] | undefined {
  const log = parse(text) ?? parse(`${text.slice(0, text.lastIndexOf('}') + 1)}]}`);
  const { constants, events } = record(log);
  const { logEventTypes, timeTickOffset } = record(constants);
  if (!Array.isArray(events) || typeof logEventTypes !== 'object') return undefined;
  const names = new Map(Object.entries(record(logEventTypes)).map(([name, number]) => [number, name]));
  const offset = Number(timeTickOffset ?? 0);
  return events.flatMap((event: unknown, i): readonly TextPiece[] => {
    const { type, params, source, time } = record(event);
    const known = EVENTS[names.get(type) ?? ''];
    const { bytes: base64 } = record(params);
    if (known === undefined || typeof base64 !== 'string') return [];
    const bytes = decoded(base64);
    if (bytes === undefined) return [];
    const [from, contentType] = known;
    const at = offset + Number(time ?? 0);
    const connection = String(record(source).id);
    const when = Number.isFinite(at) ? at : 0;
    return [{ connection, from, contentType, bytes, guessed: false, place: i + 1, time: when }];
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function decoded(base64: string): Uint8Array | undefined {
  try {
    return fromBase64(base64);
  } catch {
    return undefined;
  }
}
