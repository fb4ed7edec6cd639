// The lines of trace v1, kind by kind: which fields each observation has and of what type. Writing and reading both go by
// this table, so that the file and its reader cannot drift apart; docs/trace.md describes the same table for people.

import { fromHex, toHex } from '../bytes/bytes.ts';
import type { Observation } from '../engine/observe.ts';
import { HANDSHAKE_TYPE } from '../wire/registry/names.ts';

export const TRACE_VERSION = 1;

type FieldType = 'number' | 'string' | 'bytes' | 'direction' | 'epoch' | 'about' | 'version' | 'scalar' | 'scalars';

interface FieldRow {
  readonly type: FieldType;
  readonly optional?: true;
}

const req = (type: FieldType): FieldRow => ({ type });
const opt = (type: FieldType): FieldRow => ({ type, optional: true });

const OUTCOME = {
  version: opt('number'),
  suite: opt('number'),
  group: opt('number'),
  scheme: opt('number'),
  alpn: opt('string'),
  code: opt('string'),
  alert: opt('string'),
  problem: opt('string'),
};

/** Every kind of observation with its fields, in the order in which they are written. */
export const TRACE_KINDS: Readonly<Record<Observation['kind'], Readonly<Record<string, FieldRow>>>> = {
  record: {
    direction: req('direction'),
    type: req('number'),
    innerType: req('number'),
    version: req('number'),
    length: req('number'),
    contentLength: req('number'),
    epoch: req('epoch'),
  },
  message: {
    direction: req('direction'),
    type: req('number'),
    name: req('string'),
    epoch: req('epoch'),
    version: opt('version'),
    raw: req('bytes'),
  },
  decision: { about: req('about'), chosen: opt('scalar'), offered: req('scalars'), acceptable: req('scalars') },
  state: { from: req('string'), to: req('string'), input: req('string') },
  keys: { direction: req('direction'), epoch: req('epoch'), suite: req('number'), generation: req('number') },
  need: { id: req('number'), need: req('string') },
  answer: { id: req('number'), need: req('string'), outcome: req('string') },
  data: { direction: req('direction'), length: req('number') },
  secret: {
    name: req('string'),
    label: opt('string'),
    from: opt('string'),
    context: opt('string'),
    contextValue: opt('bytes'),
    value: req('bytes'),
  },
  connected: OUTCOME,
  closed: OUTCOME,
  error: OUTCOME,
};

/** An observation as a plain JSON object: its kind and the fields of its row, bytes as hexadecimal. */
export function toJson(observation: Observation): Record<string, unknown> {
  const source = observation as unknown as Readonly<Record<string, unknown>>;
  const out: Record<string, unknown> = { kind: observation.kind };
  for (const name of Object.keys(TRACE_KINDS[observation.kind])) {
    const value = source[name];
    if (value !== undefined) out[name] = value instanceof Uint8Array ? toHex(value) : value;
  }
  return out;
}

/**
 * The observation that a JSON object stands for; undefined for a kind, or a decision, that this version does not know.
 * @throws RangeError naming the field that is missing or of the wrong type
 */
export function fromJson(source: Readonly<Record<string, unknown>>): Observation | undefined {
  const { kind } = source;
  if (typeof kind !== 'string') throw new RangeError('"kind" is missing');
  if (!Object.hasOwn(TRACE_KINDS, kind)) return undefined;
  if (kind === 'decision' && typeof source.about === 'string' && !CHECKS.about(source.about)) return undefined;
  const out: Record<string, unknown> = { kind };
  for (const [name, row] of Object.entries(TRACE_KINDS[kind as Observation['kind']])) {
    const value = source[name];
    if (value === undefined) {
      if (row.optional !== true) throw new RangeError(`"${name}" is missing in a ${kind} line`);
      continue;
    }
    out[name] = read(kind, name, row.type, value);
  }
  // Names grow with the registry: a message that has none here is one of unknown type.
  if (kind === 'message' && !isMessageName(String(out.name))) out.name = 'unknown';
  // Every field of the kind's row has been checked, so what is built here is that observation.
  return out as unknown as Observation;
}

function isMessageName(name: string): boolean {
  return Object.hasOwn(HANDSHAKE_TYPE, name) || OTHER_NAMES.has(name);
}

const OTHER_NAMES = new Set(['hello_retry_request', 'change_cipher_spec', 'alert', 'unknown']);

const CHECKS: Readonly<Record<Exclude<FieldType, 'bytes'>, (value: unknown) => boolean>> = {
  number: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
  string: (value) => typeof value === 'string',
  direction: oneOf('in', 'out'),
  epoch: oneOf('plaintext', 'early', 'handshake', 'application'),
  about: oneOf(
    'version',
    'cipher_suite',
    'group',
    'signature_scheme',
    'alpn',
    'certificate',
    'client_certificate',
    'resumption',
  ),
  version: oneOf(0x0303, 0x0304),
  scalar: isScalar,
  scalars: (value) => Array.isArray(value) && value.every(isScalar),
};

function read(kind: string, name: string, type: FieldType, value: unknown): unknown {
  if (type !== 'bytes') {
    if (!CHECKS[type](value)) throw new RangeError(`"${name}" of a ${kind} line is not a valid ${type}`);
    return value;
  }
  if (typeof value !== 'string') throw new RangeError(`"${name}" of a ${kind} line is not hexadecimal text`);
  try {
    return fromHex(value);
  } catch {
    throw new RangeError(`"${name}" of a ${kind} line is not hexadecimal text`);
  }
}

function oneOf(...values: readonly (string | number)[]): (value: unknown) => boolean {
  return (value) => values.some((one) => one === value);
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}
