// A trace digested for who draws it: messages in order with sender, flights, round trips, records, keys, data, and what was
// negotiated. Made from one side's trace or from both; with both, each message knows when it left and when it came.
// Nothing here decides how anything looks.

import type { KeyExchange } from '../crypto/suites.ts';
import type {
  DataObservation,
  Epoch,
  KeysObservation,
  OutcomeObservation,
  RecordObservation,
} from '../engine/observe.ts';
import { CONTENT_TYPE } from '../wire/registry/names.ts';
import type { MessageName } from './forms.ts';
import { type MergedTrace, type Partners, partnersIn } from './merge_traces.ts';
import { type Negotiated, negotiatedIn } from './negotiated.ts';
import type { Side, Trace, TraceEntry } from './trace.ts';

/** The handshakes that are explained: which messages mean what depends on it. */
export type HandshakeKind = `${KeyExchange}12` | 'resumed12' | 'tls13' | 'resumed13';
/** Those that people learn first. */
export type FullHandshakeKind = 'rsa12' | 'ecdhe12' | 'tls13';

export interface TimelineMessage {
  readonly from: Side;
  readonly name: MessageName;
  /** Content type: handshake (22), change_cipher_spec (20), alert (21). */
  readonly contentType: number;
  readonly raw: Uint8Array;
  readonly epoch: Epoch;
  readonly encrypted: boolean;
  /** Milliseconds since the first message; the one that was not observed is undefined. */
  readonly sentAt: number | undefined;
  readonly receivedAt: number | undefined;
  /** The time to sort by: that of the side whose trace it is, the client's when there are both. */
  readonly at: number;
  /** False for what comes after both Finished: tickets, key updates, closing alerts. */
  readonly inHandshake: boolean;
  /** Both traces were there, and what arrived is not what was sent; `raw` is what the timeline's side knows. */
  readonly changed: boolean;
  /** A ClientHello that answers a HelloRetryRequest. */
  readonly again: boolean;
  /** Index in `flights`; -1 for a message that the timeline's side never saw. */
  readonly flight: number;
  /** Place among everything that was observed: settles what came first at one moment. */
  readonly order: number;
}

export interface TimelineRecord {
  readonly from: Side;
  readonly at: number;
  readonly type: number;
  readonly innerType: number;
  /** Bytes on the wire, the five bytes of header included. */
  readonly bytes: number;
  readonly contentLength: number;
  readonly epoch: Epoch;
  readonly flight: number;
}

export interface TimelineData {
  readonly from: Side;
  readonly at: number;
  readonly length: number;
  readonly flight: number;
  /** From the client before its own Finished: 0-RTT (RFC 8446 2.3). */
  readonly early: boolean;
  /** Place among everything that was observed: settles what came first at one moment. */
  readonly order: number;
}

/** What one side sent before the other had its turn. */
export interface Flight {
  readonly index: number;
  readonly from: Side;
  readonly start: number;
  readonly end: number;
  /** Bytes on the wire, and the number of records. */
  readonly bytes: number;
  readonly records: number;
}

export interface TimelineKeys extends KeysObservation {
  readonly side: Side;
  readonly at: number;
}

export interface TimelineOutcome {
  readonly side: Side;
  readonly at: number;
  readonly order: number;
  readonly outcome: OutcomeObservation;
}

export interface Timeline {
  /** Whose clock the times are of, and whether the other side's trace was there too. */
  readonly side: Side;
  readonly both: boolean;
  readonly messages: readonly TimelineMessage[];
  readonly flights: readonly Flight[];
  readonly records: readonly TimelineRecord[];
  readonly data: readonly TimelineData[];
  readonly keys: readonly TimelineKeys[];
  readonly outcomes: readonly TimelineOutcome[];
  readonly negotiated: Negotiated;
  readonly kind: HandshakeKind | undefined;
  /** Both Finished messages were seen. */
  readonly complete: boolean;
  /** Milliseconds from the first message to the one that completed the handshake; undefined while it is not complete. */
  readonly handshakeTime: number | undefined;
  /** How often the client had to wait for the server before the handshake was done. */
  readonly roundTrips: number;
  /** Bytes on the wire of the handshake, application data not counted; zero when no record was observed. */
  readonly handshakeBytes: Readonly<Record<Side, number>>;
}

/** Digests one trace, or both sides' (see mergeTraces). Times count from the first message. Never throws. */
export function timelineOf(given: Trace | MergedTrace): Timeline {
  const source = fromFirstMessage(given);
  const base = 'shift' in source ? source.client : source;
  const other = 'shift' in source ? source : undefined;
  const { steps, flights } = splitFlights(base);
  const partners = other === undefined ? undefined : partnersIn(other);
  const seen = withTheirFlight(clearFirst(draftMessages(steps, partners), steps));
  const drafts = [...seen, ...unseenByBase(other, partners)].sort((a, b) => a.at - b.at || a.order - b.order);
  const doneAt = finishedIndex(drafts);
  const retriedAt = drafts.findIndex(({ name }) => name === 'hello_retry_request');
  const messages = drafts.map(
    (draft, i): TimelineMessage => ({
      ...draft,
      inHandshake: doneAt < 0 || i <= doneAt,
      again: draft.name === 'client_hello' && retriedAt >= 0 && i > retriedAt,
    }),
  );
  const negotiated = negotiatedIn(messages.filter((message) => message.inHandshake));
  const records = steps.flatMap((step) =>
    step.observation.kind === 'record' ? [recordOf(base, step, step.observation)] : [],
  );
  const done = messages[doneAt];
  return {
    side: base.side,
    both: other !== undefined,
    messages,
    flights: withRecords(flights, records),
    records,
    data: dataIn(base, steps),
    keys: keysOf(source),
    outcomes: outcomesOf(source),
    negotiated,
    kind: kindOf(negotiated),
    complete: done !== undefined,
    handshakeTime: done === undefined ? undefined : done.at - (messages[0]?.at ?? 0),
    roundTrips: roundTripsOf(messages),
    handshakeBytes: {
      client: bytesOf(records, 'client', done?.flight),
      server: bytesOf(records, 'server', done?.flight),
    },
  };
}

/** The same with all times counted from the first message that the timeline's side saw. */
function fromFirstMessage(source: Trace | MergedTrace): Trace | MergedTrace {
  const { entries } = 'shift' in source ? source.client : source;
  const origin = entries.find(({ observation }) => observation.kind === 'message')?.t ?? 0;
  const moved = <E extends TraceEntry>(list: readonly E[]): E[] =>
    list.map((entry) => ({ ...entry, t: entry.t - origin }));
  if (!('shift' in source)) return { ...source, entries: moved(source.entries) };
  const client = { ...source.client, entries: moved(source.client.entries) };
  return { ...source, client, shift: source.shift - origin, entries: moved(source.entries) };
}

function kindOf({ version, keyExchange, resumed }: Negotiated): HandshakeKind | undefined {
  if (version === undefined) return undefined;
  if (version === 0x0304) return resumed ? 'resumed13' : 'tls13';
  if (resumed) return 'resumed12';
  return keyExchange === undefined ? undefined : `${keyExchange}12`;
}

interface Step extends TraceEntry {
  /** The entry that it was made from. */
  readonly entry: TraceEntry;
  readonly from: Side;
  readonly flight: number;
  readonly order: number;
}

type FlightDraft = Omit<Flight, 'bytes' | 'records'>;

/** Everything that crossed the wire, in the order in which `trace` saw it, cut where the direction turns. */
function splitFlights(trace: Trace): { readonly steps: readonly Step[]; readonly flights: readonly FlightDraft[] } {
  const steps: Step[] = [];
  const flights: FlightDraft[] = [];
  const tls13 = trace.entries.some(
    ({ observation }) => observation.kind === 'message' && observation.version === 0x0304,
  );
  for (const [order, entry] of trace.entries.entries()) {
    const { observation, t } = entry;
    const { kind } = observation;
    if (kind !== 'record' && kind !== 'message' && kind !== 'data') continue;
    const from = senderOf(trace.side, observation.direction);
    const last = flights.at(-1);
    // What TLS 1.3 sends for middleboxes begins no turn: a client may have answered a HelloRetryRequest before it reads the
    // ChangeCipherSpec that came along.
    const dummy = tls13 && from === 'server' && kind !== 'data' && observation.type === CONTENT_TYPE.change_cipher_spec;
    // Flights take turns: the one before the last is of the other side.
    const earlier = dummy && last?.from !== from ? flights.at(-2) : undefined;
    if (earlier !== undefined) {
      steps.push({ ...entry, entry, from, order, flight: earlier.index });
      continue;
    }
    if (last === undefined || last.from !== from) flights.push({ index: flights.length, from, start: t, end: t });
    else flights[flights.length - 1] = { ...last, end: t };
    steps.push({ ...entry, entry, from, order, flight: flights.length - 1 });
  }
  return { steps, flights };
}

type Draft = Omit<TimelineMessage, 'inHandshake' | 'again'>;

/** The order of what the side whose trace it is did not observe itself: behind all that it did at that moment. */
const LAST = Number.MAX_SAFE_INTEGER;

function draftMessages(steps: readonly Step[], partners: Partners | undefined): readonly Draft[] {
  return steps.flatMap(({ entry, observation, from, t, flight, order }): Draft[] => {
    if (observation.kind !== 'message') return [];
    const there = partners?.far.get(entry);
    const changed = partners?.changed.has(entry) ?? false;
    const [sentAt, receivedAt] = observation.direction === 'out' ? [t, there] : [there, t];
    return [draft(observation, { from, at: t, sentAt, receivedAt, flight, order, changed })];
  });
}

/**
 * In one flight what is in clear left before what is encrypted. A sender may tell of the ChangeCipherSpec that TLS 1.3 sends
 * for middleboxes only when the record behind it leaves, after the messages or the early data in that record: it is moved in front.
 */
function clearFirst(drafts: readonly Draft[], steps: readonly Step[]): readonly Draft[] {
  const firstSealed = new Map<number, Pick<Draft, 'at' | 'order'>>();
  const note = (flight: number, at: number, order: number): void => {
    if (order < (firstSealed.get(flight)?.order ?? LAST)) firstSealed.set(flight, { at, order });
  };
  for (const { observation, flight, t, order } of steps) if (observation.kind === 'data') note(flight, t, order);
  for (const { encrypted, flight, at, order } of drafts) if (encrypted) note(flight, at, order);
  return drafts.map((draft) => {
    const ahead = firstSealed.get(draft.flight);
    if (
      ahead === undefined ||
      ahead.order > draft.order ||
      draft.encrypted ||
      draft.contentType !== CONTENT_TYPE.change_cipher_spec
    )
      return draft;
    const { at } = ahead;
    return { ...draft, at, sentAt: draft.sentAt === draft.at ? at : draft.sentAt, order: ahead.order - 0.5 };
  });
}

/** A ChangeCipherSpec that was read late stands behind the messages of the flight that it came with. */
function withTheirFlight(drafts: readonly Draft[]): readonly Draft[] {
  const lastOf = new Map<number, Draft>();
  return drafts.map((draft, i) => {
    const before = lastOf.get(draft.flight);
    lastOf.set(draft.flight, draft);
    const late = draft.contentType === CONTENT_TYPE.change_cipher_spec && before !== drafts[i - 1];
    if (before === undefined || !late) return draft;
    const { at } = before;
    const moved = (time: number | undefined): number | undefined => (time === draft.at ? at : time);
    const [sentAt, receivedAt] = [moved(draft.sentAt), moved(draft.receivedAt)];
    return { ...draft, at, sentAt, receivedAt, order: before.order + 0.5 };
  });
}

/**
 * What the server sent and the client never received: lost with the connection. The stream has an order: it stands behind all that
 * the server sent before it, which may have arrived later than this one left.
 */
function unseenByBase(both: MergedTrace | undefined, partners: Partners | undefined): readonly Draft[] {
  if (both === undefined) return [];
  let before = Number.NEGATIVE_INFINITY;
  return both.server.entries.flatMap((entry): Draft[] => {
    const { observation } = entry;
    if (observation.kind !== 'message' || observation.direction !== 'out') return [];
    const arrived = partners?.arrivals.get(entry);
    if (arrived !== undefined) before = Math.max(before, arrived);
    if (arrived !== undefined) return [];
    const sentAt = entry.t + both.shift;
    const at = Math.max(sentAt, before);
    const where = { at, sentAt, receivedAt: undefined, flight: -1, order: LAST, changed: false };
    return [draft(observation, { from: 'server', ...where })];
  });
}

function draft(
  observation: Extract<TraceEntry['observation'], { kind: 'message' }>,
  where: Pick<Draft, 'from' | 'at' | 'sentAt' | 'receivedAt' | 'flight' | 'order' | 'changed'>,
): Draft {
  const { name, type, raw, epoch } = observation;
  // RFC 8446 5: a ChangeCipherSpec of TLS 1.3 is never encrypted, whatever keys are in force when it comes.
  const encrypted = epoch !== 'plaintext' && type !== CONTENT_TYPE.change_cipher_spec;
  return { ...where, name, contentType: type, raw, epoch, encrypted };
}

/** The message that completes the handshake is the second Finished (RFC 8446 4.4.4, RFC 5246 7.4.9). */
function finishedIndex(messages: readonly Draft[]): number {
  const first = messages.findIndex((message) => message.name === 'finished');
  if (first < 0) return -1;
  const from = messages[first]?.from;
  return messages.findIndex((message) => message.name === 'finished' && message.from !== from);
}

/** Turns from client to server that were answered. Dummy ChangeCipherSpecs of TLS 1.3 are no turn. */
function roundTripsOf(messages: readonly TimelineMessage[]): number {
  let trips = 0;
  let last: Side | undefined;
  for (const { from, contentType, inHandshake } of messages) {
    if (!inHandshake || contentType !== CONTENT_TYPE.handshake) continue;
    if (from === 'server' && last === 'client') trips++;
    last = from;
  }
  return trips;
}

function bytesOf(records: readonly TimelineRecord[], side: Side, lastFlight: number | undefined): number {
  let bytes = 0;
  for (const record of records) {
    if (record.from !== side || record.innerType === CONTENT_TYPE.application_data) continue;
    if (lastFlight === undefined || record.flight <= lastFlight) bytes += record.bytes;
  }
  return bytes;
}

function withRecords(flights: readonly FlightDraft[], records: readonly TimelineRecord[]): readonly Flight[] {
  const sums = flights.map((flight) => ({ ...flight, records: 0, bytes: 0 }));
  for (const { flight, bytes } of records) {
    const sum = sums[flight];
    if (sum === undefined) continue;
    sum.records++;
    sum.bytes += bytes;
  }
  return sums;
}

function recordOf(trace: Trace, step: Step, record: RecordObservation): TimelineRecord {
  const { type, innerType, contentLength, epoch } = record;
  const from = senderOf(trace.side, record.direction);
  return { from, at: step.t, type, innerType, bytes: record.length + 5, contentLength, epoch, flight: step.flight };
}

function dataIn(trace: Trace, steps: readonly Step[]): readonly TimelineData[] {
  let clientDone = false;
  return steps.flatMap((step) => {
    const { observation, from } = step;
    if (observation.kind === 'message' && observation.name === 'finished' && from === 'client') clientDone = true;
    return observation.kind === 'data' ? [dataOf(trace, step, observation, from === 'client' && !clientDone)] : [];
  });
}

function dataOf(trace: Trace, step: Step, data: DataObservation, early: boolean): TimelineData {
  const { t: at, flight, order } = step;
  return { from: senderOf(trace.side, data.direction), at, length: data.length, flight, early, order };
}

function senderOf(side: Side, direction: 'in' | 'out'): Side {
  if (direction === 'out') return side;
  return side === 'client' ? 'server' : 'client';
}

function keysOf(source: Trace | MergedTrace): readonly TimelineKeys[] {
  return sided(source).flatMap(({ side, t, observation }) =>
    observation.kind === 'keys' ? [{ ...observation, side, at: t }] : [],
  );
}

function outcomesOf(source: Trace | MergedTrace): readonly TimelineOutcome[] {
  return sided(source).flatMap(({ side, t, observation }, order) =>
    observation.kind === 'connected' || observation.kind === 'closed' || observation.kind === 'error'
      ? [{ side, at: t, outcome: observation, order: 'shift' in source ? LAST : order }]
      : [],
  );
}

function sided(source: Trace | MergedTrace): readonly (TraceEntry & { readonly side: Side })[] {
  if ('shift' in source) return source.entries;
  return source.entries.map((entry) => ({ ...entry, side: source.side }));
}
