// What stands on a ladder, in order, before anything is drawn: messages, stretches of application data, the moment when a
// side begins to encrypt, the end of a flight, outcomes. Also which rows a round trip spans.

import type { OutcomeObservation } from '../engine/observe.ts';
import { CONTENT_TYPE } from '../wire/registry/names.ts';
import type { Flight, Timeline, TimelineMessage } from './timeline.ts';
import type { Side } from './trace.ts';

export type LadderRow =
  | { readonly kind: 'message'; readonly from: Side; readonly at: number; readonly message: TimelineMessage }
  | DataRow
  | { readonly kind: 'encrypted'; readonly from: Side; readonly at: number }
  | { readonly kind: 'flight'; readonly from: Side; readonly at: number; readonly flight: Flight }
  | { readonly kind: 'outcome'; readonly from: Side; readonly at: number; readonly outcome: OutcomeObservation };

interface DataRow {
  readonly kind: 'data';
  readonly from: Side;
  readonly at: number;
  readonly bytes: number;
  readonly pieces: number;
  /** 0-RTT. */
  readonly early: boolean;
}

/** Indexes of the first and last row of a round trip. */
export interface RoundTrip {
  readonly first: number;
  readonly last: number;
}

/** The rows of a ladder, top to bottom. */
export function ladderRows(timeline: Timeline): readonly LadderRow[] {
  const rows: LadderRow[] = [];
  const sealed = new Set<Side>();
  for (const one of inOrder(timeline)) {
    if (beginsSealed(one) && !sealed.has(one.from)) {
      sealed.add(one.from);
      rows.push({ kind: 'encrypted', from: one.from, at: one.at });
    }
    const last = rows.at(-1);
    if (one.kind === 'data' && last?.kind === 'data' && last.from === one.from && last.early === one.early) {
      rows[rows.length - 1] = { ...last, bytes: last.bytes + one.bytes, pieces: last.pieces + 1 };
    } else {
      rows.push(one);
    }
  }
  return withFlights(rows, timeline);
}

/** Where each round trip begins and ends: the client's first message of a turn, the server's last before the next turn. */
export function roundTripRows(rows: readonly LadderRow[]): readonly RoundTrip[] {
  const trips: RoundTrip[] = [];
  let first: number | undefined;
  let answered: number | undefined;
  const close = (): void => {
    if (first !== undefined && answered !== undefined) {
      // The size of the answering flight belongs to it.
      trips.push({ first, last: rows[answered + 1]?.kind === 'flight' ? answered + 1 : answered });
    }
    first = undefined;
    answered = undefined;
  };
  rows.forEach((row, i) => {
    if (row.kind === 'message' && row.message.inHandshake && row.message.contentType !== CONTENT_TYPE.alert) {
      if (row.from === 'client') {
        if (answered !== undefined) close();
        first ??= i;
      } else if (first !== undefined) {
        answered = i;
      }
    }
  });
  close();
  return trips;
}

/** Early data is encrypted before any message of its sender is. */
function beginsSealed(row: Crossing): boolean {
  return row.kind === 'message' ? row.message.encrypted : row.kind === 'data' && row.early;
}

type Crossing = Exclude<LadderRow, { kind: 'flight' } | { kind: 'encrypted' }>;

function inOrder({ messages, data, outcomes }: Timeline): readonly Crossing[] {
  const rows = [
    ...messages.map((message) => {
      const row: Crossing = { kind: 'message', from: message.from, at: message.at, message };
      return { row, order: message.order };
    }),
    ...data.map(({ from, at, length, early, order }) => {
      const row: Crossing = { kind: 'data', from, at, bytes: length, pieces: 1, early };
      return { row, order };
    }),
    ...outcomes.map(({ side, at, outcome, order }) => {
      const row: Crossing = { kind: 'outcome', from: side, at, outcome };
      return { row, order };
    }),
  ];
  return rows.sort((a, b) => a.row.at - b.row.at || a.order - b.order).map(({ row }) => row);
}

/** Puts the size of each flight of the handshake behind its last message. */
function withFlights(rows: readonly LadderRow[], { flights, data }: Timeline): readonly LadderRow[] {
  const withData = new Set(data.map((one) => one.flight));
  const lastRow = new Map<number, number>();
  rows.forEach((row, i) => {
    if (row.kind === 'message') lastRow.set(row.message.flight, i);
  });
  const out: LadderRow[] = [];
  rows.forEach((row, i) => {
    out.push(row);
    if (row.kind !== 'message' || !row.message.inHandshake) return;
    const { flight: index } = row.message;
    const flight = flights[index];
    if (lastRow.get(index) !== i || flight === undefined || flight.records === 0 || withData.has(index)) return;
    out.push({ kind: 'flight', from: row.from, at: row.at, flight });
  });
  return out;
}
