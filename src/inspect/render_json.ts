// A handshake as one JSON object: what was agreed on, flights with their times and bytes, and each message with its fields as they were read.
// Names are the RFCs'; times are milliseconds since the first message. For programs: nothing is escaped but what JSON escapes.

import { toHex } from '../bytes/bytes.ts';
import { groupName, signatureSchemeName, versionName } from '../wire/registry/names.ts';
import { type AnnotatedField, annotateMessage } from './annotate.ts';
import { suiteNames } from './negotiated.ts';
import type { ContentReaders } from './readable.ts';
import { codePoint } from './summary.ts';
import type { Timeline, TimelineMessage } from './timeline.ts';

/** Raised when a name changes its meaning or goes away. */
export const JSON_VERSION = 1;

export interface JsonOptions {
  readonly readers?: ContentReaders;
}

export function timelineJson(timeline: Timeline, { readers }: JsonOptions = {}): object {
  const { side, kind, complete, negotiated, flights, data, handshakeTime, roundTrips, handshakeBytes } = timeline;
  const { version, suite, group, scheme } = negotiated;
  return {
    format: JSON_VERSION,
    side,
    kind: kind ?? null,
    complete,
    handshakeTime: handshakeTime ?? null,
    roundTrips,
    handshakeBytes,
    negotiated: {
      ...negotiated,
      version: version === undefined ? null : codePoint(version, versionName),
      suite: suite === undefined ? null : suiteNames(suite).iana,
      group: group === undefined ? null : codePoint(group, groupName),
      scheme: scheme === undefined ? null : codePoint(scheme, signatureSchemeName),
    },
    flights: flights.map(({ from, start, end, bytes, records }) => ({ from, start, end, bytes, records })),
    messages: timeline.messages.map((message) => messageJson(message, timeline, readers)),
    data: data.map(({ from, at, length, early }) => ({ from, at, length, early })),
  };
}

function messageJson(message: TimelineMessage, { negotiated }: Timeline, readers: ContentReaders | undefined): object {
  const { from, name, contentType, raw, encrypted, at, inHandshake, flight } = message;
  const { version, keyExchange } = negotiated;
  const known = version === 0x0303 || version === 0x0304 ? version : undefined;
  const { fields, error } = annotateMessage(raw, { contentType, version: known, keyExchange, readers });
  return {
    from,
    name,
    contentType,
    at,
    flight,
    encrypted,
    inHandshake,
    length: raw.length,
    hex: toHex(raw),
    fields: fields.map(fieldJson),
    ...(error !== undefined && { error: error.problem }),
  };
}

function fieldJson({ name, start, end, value, label, children }: AnnotatedField): object {
  return {
    name,
    start,
    end,
    ...(value !== '' && { value }),
    ...(label !== undefined && { label }),
    ...(children.length > 0 && { fields: children.map(fieldJson) }),
  };
}
