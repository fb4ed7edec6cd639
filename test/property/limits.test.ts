// Each bound of record/limits.ts, met exactly: what is at the limit is accepted, and one more is refused with its alert. Numbers are
// those that everybody has who sets none.

import { describe, expect, it } from 'vitest';
import { EMPTY, fromHex } from '../../src/bytes/bytes.ts';
import { DEFAULT_LIMITS, type Limits } from '../../src/record/limits.ts';
import { makeHeader } from '../../src/record/protection.ts';
import type { ErrorCode } from '../../src/wire/error_codes.ts';
import type { AlertName } from '../../src/wire/registry/names.ts';
import { handshake, internals } from '../support/forge.ts';
import { type Reached, reach } from '../support/reach.ts';

interface Bound {
  readonly what: string;
  readonly limit: keyof Limits;
  readonly from: () => Reached;
  /** Sends so much of it. */
  readonly send: (reached: Reached, amount: number) => void;
  /** It is counted over a connection, so that one more may come later. */
  readonly counts?: true;
  /** How much of it the handshake has brought before. */
  readonly already?: (reached: Reached) => number;
  readonly code: ErrorCode;
  readonly alert: AlertName;
}

const receive = ({ target }: Reached, bytes: Uint8Array): void => target.handle(target.engine.receive(bytes));
const times = (count: number, content: Uint8Array): Uint8Array[] => Array.from({ length: count }, () => content);

const TICKET = handshake('new_session_ticket', fromHex('000000010000000001000001aa0000'));
const UPDATE = handshake('key_update', fromHex('00'));
const HELLO_REQUEST = handshake('hello_request', EMPTY);
/** A protected record whose fragment is as long, and opens to nothing. */
const opaque = (length: number): Uint8Array => {
  const record = new Uint8Array(5 + length);
  record.set(makeHeader(23, 0x0303, length));
  return record;
};

const BOUNDS: readonly Bound[] = [
  {
    what: 'content of a record in the clear',
    limit: 'plaintext',
    from: () => reach('server', 'wait_client_hello'),
    // The beginning of a message that is longer than a record.
    send: (reached, length) => {
      const record = new Uint8Array(5 + length);
      record.set([22, 3, 1, length >> 8, length & 0xff, 1, 0, 0x80, 0]);
      receive(reached, record);
    },
    code: 'ERR_TLS_RECORD_OVERFLOW',
    alert: 'record_overflow',
  },
  ...(['connected_13', 'connected_12'] as const).map(
    (state): Bound => ({
      what: `content of a protected record, ${state}`,
      limit: 'plaintext',
      from: () => reach('client', state),
      send: (reached, length) => receive(reached, reached.forge.records(23, new Uint8Array(length))),
      code: 'ERR_TLS_RECORD_OVERFLOW',
      alert: 'record_overflow',
    }),
  ),
  {
    what: 'the length of a handshake message',
    limit: 'handshakeMessage',
    from: () => reach('client', 'wait_certificate_13'),
    send: (reached, length) =>
      receive(reached, reached.forge.records(22, Uint8Array.of(11, length >> 16, length >> 8, length))),
    code: 'ERR_TLS_MESSAGE_TOO_LARGE',
    alert: 'illegal_parameter',
  },
  ...(['connected_13', 'connected_12'] as const).map(
    (state): Bound => ({
      what: `empty records in a row, ${state}`,
      limit: 'emptyRecords',
      counts: true,
      from: () => reach('server', state),
      send: (reached, count) => receive(reached, reached.forge.records(23, ...times(count, EMPTY))),
      code: 'ERR_TLS_TOO_MANY_EMPTY_RECORDS',
      alert: 'unexpected_message',
    }),
  ),
  {
    what: 'warnings in a row',
    limit: 'warnings',
    counts: true,
    from: () => reach('client', 'connected_12'),
    send: (reached, count) => receive(reached, reached.forge.records(21, ...times(count, fromHex('0170')))),
    code: 'ERR_TLS_TOO_MANY_WARNINGS',
    alert: 'unexpected_message',
  },
  {
    what: 'ChangeCipherSpecs',
    limit: 'ignoredChangeCipherSpecs',
    counts: true,
    from: () => reach('client', 'wait_certificate_13'),
    already: ({ target }) => internals(target.engine).counters.ignored,
    send: (reached, count) => {
      for (const record of times(count, fromHex('140303000101'))) receive(reached, record);
    },
    code: 'ERR_TLS_TOO_MANY_CHANGE_CIPHER_SPECS',
    alert: 'unexpected_message',
  },
  {
    what: 'HelloRequests within a handshake',
    limit: 'ignoredChangeCipherSpecs',
    counts: true,
    from: () => reach('client', 'wait_certificate_12'),
    already: ({ target }) => internals(target.engine).counters.ignored,
    send: (reached, count) => receive(reached, reached.forge.records(22, ...times(count, HELLO_REQUEST))),
    code: 'ERR_TLS_TOO_MANY_CHANGE_CIPHER_SPECS',
    alert: 'unexpected_message',
  },
  {
    what: 'KeyUpdates',
    limit: 'keyUpdates',
    counts: true,
    from: () => reach('server', 'connected_13'),
    send: (reached, count) => {
      for (let i = 0; i < count; i++) receive(reached, reached.forge.records(22, UPDATE));
    },
    code: 'ERR_TLS_TOO_MANY_POST_HANDSHAKE',
    alert: 'unexpected_message',
  },
  {
    what: 'HelloRequests in open traffic',
    limit: 'keyUpdates',
    counts: true,
    from: () => reach('client', 'connected_12'),
    send: (reached, count) => receive(reached, reached.forge.records(22, ...times(count, HELLO_REQUEST))),
    code: 'ERR_TLS_TOO_MANY_POST_HANDSHAKE',
    alert: 'unexpected_message',
  },
  {
    what: 'tickets',
    limit: 'sessionTickets',
    counts: true,
    from: () => reach('client', 'connected_13'),
    send: (reached, count) => receive(reached, reached.forge.records(22, ...times(count, TICKET))),
    code: 'ERR_TLS_TOO_MANY_POST_HANDSHAKE',
    alert: 'unexpected_message',
  },
  ...([1, 1000] as const).map(
    (piece): Bound => ({
      what: `input while a need is open, in pieces of ${piece}`,
      limit: 'pendingInput',
      counts: true,
      from: () => reach('client', 'judge_certificate_13'),
      send: (reached, length) => {
        const { target } = reached;
        for (let at = 0; at < length && target.error === undefined; at += piece) {
          receive(reached, new Uint8Array(Math.min(piece, length - at)));
        }
      },
      code: 'ERR_TLS_INPUT_BUFFER_FULL',
      alert: 'internal_error',
    }),
  ),
  ...(
    [
      ['expansion12', 'connected_12'],
      ['expansion13', 'connected_13'],
    ] as const
  ).map(
    ([limit, state]): Bound => ({
      what: `the length of a protected record, ${state}`,
      limit,
      from: () => reach('client', state),
      // Only the header says so: one that may be so long is waited for.
      send: (reached, expansion) => receive(reached, opaque(DEFAULT_LIMITS.plaintext + expansion).subarray(0, 100)),
      code: 'ERR_TLS_RECORD_OVERFLOW',
      alert: 'record_overflow',
    }),
  ),
];

describe.each(BOUNDS)('$limit: $what', ({ limit, from, send, already, counts, code, alert }) => {
  it(`at the limit it is accepted, one beyond it is refused: ${code}, ${alert}`, () => {
    const reached = from();
    send(reached, DEFAULT_LIMITS[limit] - (already?.(reached) ?? 0));
    expect(reached.target.error?.message).toBeUndefined();
    const beyond = counts ? reached : from();
    send(beyond, counts ? 1 : DEFAULT_LIMITS[limit] + 1);
    expect(beyond.target.error).toMatchObject({ code, alert });
    expect(beyond.target.engine.stateName).toBe('closed');
  });
});

/** Limits beyond which a handshake goes on without early data, or data is no longer passed over: met exactly where that is tested. */
const ELSEWHERE: readonly (keyof Limits)[] = [
  'ticketAge', // early_data13.test.ts
  'skippedEarlyData', // early_data13_bounds.test.ts
];

it('no limit is without its test', () => {
  const tested = new Set([...BOUNDS.map(({ limit }) => limit), ...ELSEWHERE]);
  expect(Object.keys(DEFAULT_LIMITS).filter((limit) => !tested.has(limit as keyof Limits))).toEqual([]);
});
