// Every message of every kind of handshake, left out, repeated, cut off, with a byte too many, emptied, announced longer than it
// is, and over the limit (RFC 5246 7.3, 7.4; RFC 8446 4): whatever is done to one message, its receiver ends with a fault of the
// peer and the alert that goes with it, delivers nothing, and is at no loss itself.

import { afterAll, describe, expect, it } from 'vitest';
import { concat, fromHex } from '../../src/bytes/bytes.ts';
import type { MessageName } from '../../src/handshake/machine.ts';
import { DEFAULT_LIMITS } from '../../src/record/limits.ts';
import { ERROR_CODES } from '../../src/wire/error_codes.ts';
import { FLAVOURS, type Flavour, has } from '../support/flavours.ts';
import { alertsOf, handshake, puppet } from '../support/forge.ts';
import { prepare, type Reached, type Role } from '../support/reach.ts';

const over = DEFAULT_LIMITS.handshakeMessage + 1;
const announced = (raw: Uint8Array, length: number): Uint8Array =>
  concat(raw.subarray(0, 1), Uint8Array.of(length >> 16, length >> 8, length), raw.subarray(4));

interface Mutation {
  readonly apply: (raw: Uint8Array) => readonly Uint8Array[];
  /** What it may end with; `ERR_TLS_EOF_IN_HANDSHAKE` when there was nothing to complain of before the stream ended. */
  readonly codes: RegExp;
}

const UNEXPECTED = 'UNEXPECTED_MESSAGE|UNEXPECTED_CHANGE_CIPHER_SPEC|EOF_IN_HANDSHAKE';
const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'left out': {
    apply: () => [],
    // Without ServerHello there are no keys, and what is protected reads as data, or as a message of any length.
    codes: new RegExp(`^ERR_TLS_(${UNEXPECTED}|UNEXPECTED_DATA|ILLEGAL_VALUE|BAD_RECORD_MAC|MESSAGE_TOO_LARGE)$`),
  },
  repeated: {
    apply: (raw) => [raw, raw],
    codes: new RegExp(
      `^ERR_TLS_(${UNEXPECTED}|KEY_CHANGE_MID_MESSAGE|ILLEGAL_VALUE|BAD_RECORD_MAC|SECOND_HELLO_CHANGED)$`,
    ),
  },
  'cut off': {
    apply: (raw) => [handshake(raw[0] ?? 0, raw.subarray(4, raw.length - 1))],
    codes:
      /^ERR_TLS_(DECODE|BAD_SIGNATURE|ILLEGAL_VALUE|BAD_RECORD_MAC|BAD_KEY_SHARE|EOF_IN_HANDSHAKE|MISSING_EXTENSION)$/,
  },
  'with a byte too many': {
    apply: (raw) => [handshake(raw[0] ?? 0, concat(raw.subarray(4), fromHex('00')))],
    codes: /^ERR_TLS_DECODE$/,
  },
  emptied: {
    apply: (raw) => [handshake(raw[0] ?? 0, new Uint8Array(0))],
    codes: /^ERR_TLS_DECODE$/,
  },
  'announced longer than it is': {
    apply: (raw) => [announced(raw, raw.length - 3)],
    codes: /^ERR_TLS_(DECODE|INTERLEAVED|EOF_IN_HANDSHAKE|BAD_RECORD_MAC|ILLEGAL_VALUE|BAD_FINISHED)$/,
  },
  'over the limit': {
    apply: (raw) => [announced(raw, over)],
    codes: /^ERR_TLS_MESSAGE_TOO_LARGE$/,
  },
};

/** What is the right of a server, and no fault: an optional message that is missing. */
function isOptional(flavour: Flavour, mutation: string, name: MessageName): boolean {
  if (mutation !== 'left out') return false;
  return (
    name === 'certificate_status' ||
    name === 'certificate_request' ||
    (name === 'server_key_exchange' && flavour === '1.2 PSK hint')
  );
}

/** Messages of no content are not cut, and an empty hint is none. */
const isNothing = (mutation: string, raw: Uint8Array): boolean =>
  raw.length === 4 && (mutation === 'cut off' || mutation === 'emptied');

const ends = new Map<string, number>();
let runs = 0;

/** A handshake in which the `at`th message of the peer is treated so; undefined when it is over before. */
function run(
  role: Role,
  flavour: Flavour,
  at: number,
  mutation: string,
): { reached: Reached; name: MessageName; raw: Uint8Array } | undefined {
  const reached = prepare(role, flavour);
  let count = 0;
  let met: { name: MessageName; raw: Uint8Array } | undefined;
  puppet(reached.peer.engine, (name, raw) => {
    if (count++ !== at) return undefined;
    met = { name, raw };
    return isNothing(mutation, raw) ? undefined : MUTATIONS[mutation]?.apply(raw);
  });
  reached.go(() => false);
  return met && { reached, ...met };
}

// What the host's first needs bring is proved elsewhere: here it would repeat the same messages.
const KINDS = FLAVOURS.filter((flavour) => !['askHello', 'promised', 'early'].some((word) => has(flavour, word)));

describe.each(['client', 'server'] as const)('against a %s', (role) => {
  it.each(KINDS)('%s', { timeout: 60_000 }, (flavour) => {
    for (const [mutation, { codes }] of Object.entries(MUTATIONS)) {
      for (let at = 0; ; at++) {
        const met = run(role, flavour, at, mutation);
        if (met === undefined) break;
        const { reached, name, raw } = met;
        const { target, observed } = reached;
        const what = `${flavour}: ${name} of the peer of a ${role}, ${mutation}`;
        if (isNothing(mutation, raw)) continue;
        if (isOptional(flavour, mutation, name)) {
          // A server that forgot that it asked refuses what is missing in its eyes.
          if (name === 'certificate_request') expect(reached.peer.error?.code).toBe('ERR_TLS_UNEXPECTED_MESSAGE');
          else expect(target.error, what).toBeUndefined();
          continue;
        }
        runs++;
        if (target.error === undefined) target.handle(target.engine.end());
        const { error } = target;
        expect(error?.code, `${what}: ${error?.message ?? target.engine.stateName}`).toMatch(codes);
        ends.set(error?.code ?? '', (ends.get(error?.code ?? '') ?? 0) + 1);
        // The alert of the fault is what leaves, and nothing before it is believed.
        const { alert } = error ? ERROR_CODES[error.code as keyof typeof ERROR_CODES] : { alert: undefined };
        expect(alertsOf(observed), what).toEqual(alert === undefined ? [] : [error?.alert]);
        expect([target.received, target.engine.stateName, target.engine.writable], what).toEqual([[], 'closed', false]);
        // A Finished that comes again comes when the handshake is done.
        const done = name === 'finished' && mutation === 'repeated';
        if (!done) expect(target.agreement, what).toBeUndefined();
      }
    }
  });
});

afterAll(() => {
  const lines = [...ends].sort(([, a], [, b]) => b - a).map(([end, count]) => `${end} ${count}`);
  console.log(`${runs} messages changed: ${lines.join(', ')}`);
});
