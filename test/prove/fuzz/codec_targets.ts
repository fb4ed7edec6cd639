// Every codec of wire/: messages, key exchanges and the bodies of extensions. What is read is written again byte for byte, and
// reading with the fields recorded says the same as reading without.

import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { equal, toHex } from '../../../src/bytes/bytes.ts';
import type { Codec } from '../../../src/codec/codec.ts';
import { decode, encode } from '../../../src/codec/run.ts';
import { decodeSession, encodeSession } from '../../../src/handshake/shared/session.ts';
import { type AnnotatedField, annotateMessage, annotateRecord } from '../../../src/inspect/annotate.ts';
import { decodeSpans } from '../../../src/wire/spans.ts';
import { type AnySample, BODIES, KEY_EXCHANGES, MESSAGES } from '../../../src/wire/testing/samples.ts';
import type { Collected } from './collect.ts';
import { varyValue } from './structure.ts';
import { attempt, hold, type Target } from './target.ts';

const SEED = 1;

export function codecTargets(collected: Collected): readonly Target[] {
  const rows: readonly (readonly [string, AnySample])[] = [
    ...Object.entries(MESSAGES),
    ...Object.entries(KEY_EXCHANGES),
    ...Object.entries(BODIES),
  ];
  return [
    ...rows.map((row) => codecTarget(row, collected)),
    session(collected),
    annotate(collected),
    records(collected),
  ];
}

function codecTarget([name, { codec, values }]: readonly [string, AnySample], collected: Collected): Target {
  return {
    name: `wire/${name}`,
    kind: 'parser',
    seeds: () => [
      ...fc.sample(values, { seed: SEED, numRuns: 40 }).map((value) => encode(codec, value)),
      ...collected.bodiesOf(name),
    ],
    vary: (input, random) => varyValue(codec, input, random),
    run: (input) => readAndWrite(codec, input),
    work: { base: 2_000, each: 40 },
  };
}

function readAndWrite(codec: Codec<unknown>, input: Uint8Array): string {
  const read = attempt(() => decode(codec, input));
  const spanned = decodeSpans(codec, input);
  hold('refused' in read === (spanned.error !== undefined), 'with and without fields recorded, reading ends otherwise');
  if ('refused' in read) return read.refused;
  const written = encode(codec, read.value);
  hold(equal(written, input), `written again as ${toHex(written)}`);
  hold(isDeepStrictEqual(spanned.value, read.value), 'with and without fields recorded, the values differ');
  return 'read';
}

function session({ sessions }: Collected): Target {
  return {
    name: 'session',
    kind: 'parser',
    seeds: () => sessions,
    run: (input) => {
      const read = attempt(() => decodeSession(input));
      if ('refused' in read) return read.refused;
      const written = encodeSession(read.value);
      // Why a peer was not trusted is cut when it is long.
      const whole = decodeSession(written).authorizationProblem === read.value.authorizationProblem;
      hold(!whole || equal(written, input), `written again as ${toHex(written)}`);
      return 'read';
    },
    work: { base: 3_000, each: 60 },
  };
}

/** Annotation never throws, and its fields lie within the message. */
function annotate({ messages }: Collected): Target {
  return {
    name: 'inspect/annotateMessage',
    kind: 'parser',
    seeds: () => messages,
    run: (input) => {
      const { fields, error } = annotateMessage(input);
      within(fields, 0, input.length);
      return error === undefined ? 'read' : 'in part';
    },
    work: { base: 60_000, each: 4_000 },
  };
}

function records({ flights }: Collected): Target {
  return {
    name: 'inspect/annotateRecord',
    kind: 'parser',
    seeds: () => flights,
    run: (input) => {
      const { fields, error } = annotateRecord(input);
      within(fields, 0, input.length);
      return error === undefined ? 'read' : 'in part';
    },
    work: { base: 60_000, each: 4_000 },
  };
}

function within(fields: readonly AnnotatedField[], start: number, end: number): void {
  for (const field of fields) {
    hold(field.start >= start && field.end <= end && field.start <= field.end, `${field.path} lies outside`);
    within(field.children, field.start, field.end);
  }
}
