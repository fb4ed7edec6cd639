// The key schedule of TLS 1.3 as it unfolds: which secrets exist after which message, each with formula, inputs and value; and two
// checks that need nothing of ours: the transcript hashes from the recorded messages, and every formula with HMAC-SHA256 alone.

import { createHmac } from 'node:crypto';
import { concat, equal, fromLatin1, u16Bytes } from '../../bytes/bytes.ts';
import type { SecretStep } from '../../crypto/secrets.ts';
import { type Line, segment } from '../../inspect/lines.ts';
import { renderKeys } from '../../inspect/render_keys.ts';
import { paragraph } from '../terminal.ts';
import { fill } from '../text.ts';
import { SCHEDULE, STAGES, type StageName } from '../texts/demo_schedule.ts';
import type { LessonHandshake } from './loopback.ts';
import type { Page } from './page.ts';
import { transcriptHash } from './transcript.ts';

export interface ScheduleOptions {
  /** Which stages are shown; default: all. */
  readonly stages?: readonly StageName[];
  /** Whether the drawing of the whole comes first. Default true. */
  readonly drawing?: boolean;
}

export function scheduleLines(lesson: LessonHandshake, page: Page, options: ScheduleOptions = {}): readonly Line[] {
  const { stages = ['early', 'handshake', 'application', 'resumption'], drawing = true } = options;
  const steps = withoutRepeats(lesson.secrets.client);
  const shown = steps.filter((step) => stages.includes(stageOf(step)));
  const drawn = DRAWING.map((line): Line => [segment(`  ${line}`, 'label')]);
  return [
    ...(drawing ? [...drawn, []] : []),
    ...stages.flatMap((stage) => stageLines(stage, steps, lesson, page)),
    ...recomputedLines(shown, steps, page),
  ];
}

/** RFC 8446 7.1, with the names that stand below. */
const DRAWING: readonly string[] = [
  'PSK or 0 ──► early_secret',
  '               ├─► binder_key',
  '               ├─► client_early_traffic_secret',
  '               │ "derived"',
  '(EC)DHE ───► handshake_secret',
  '               ├─► client_handshake_traffic_secret',
  '               ├─► server_handshake_traffic_secret',
  '               │ "derived"',
  '0 ─────────► master_secret',
  '               ├─► client_application_traffic_secret_0',
  '               ├─► server_application_traffic_secret_0',
  '               ├─► exporter_master_secret',
  '               └─► resumption_master_secret',
];

function stageLines(
  stage: StageName,
  all: readonly SecretStep[],
  lesson: LessonHandshake,
  page: Page,
): readonly Line[] {
  const { lang, width } = page;
  const steps = all.filter((step) => stageOf(step) === stage);
  if (steps.length === 0) return [];
  const { title, text, last } = STAGES[stage];
  return [
    [segment(`${title[lang]}`, 'heading')],
    ...paragraph(text[lang], width, 2),
    ...transcriptLines(steps, lesson, last, page),
    [],
    ...renderKeys(steps, { lang, width: width - 2 }).map((line): Line => [segment('  '), ...line]),
    [],
  ];
}

/** Says what the transcript hash of these derivations is of, once it was computed anew from the messages. */
function transcriptLines(
  steps: readonly SecretStep[],
  lesson: LessonHandshake,
  last: Parameters<typeof transcriptHash>[1],
  { lang, width }: Page,
): readonly Line[] {
  const { hash, messages, bytes } = transcriptHash(lesson, last);
  // Into two derivations of the schedule goes the hash of nothing.
  const used = steps.filter(
    ({ context, name }) => context === 'transcript_hash' && name !== 'binder_key' && !name.endsWith('.derived'),
  );
  if (used.length === 0) return [];
  const good = used.every(({ contextValue }) => contextValue && equal(contextValue, hash));
  const text = good ? fill(SCHEDULE.transcript[lang], { count: messages, bytes }) : SCHEDULE.otherTranscript[lang];
  return paragraph(text, width, 2, good ? 'good' : 'error');
}

export function stageOf({ name }: Pick<SecretStep, 'name'>): StageName {
  if (name === 'resumption_master_secret' || name === 'ticket_psk') return 'resumption';
  if (/^(?:master_secret|exporter_|handshake_secret\.derived)|_application_/.test(name)) return 'application';
  if (/^(?:ecdhe_|handshake_secret|early_secret\.derived)|_handshake_|^(?:client|server)_finished/.test(name)) {
    return 'handshake';
  }
  return 'early';
}

/** A client with a ticket goes through the first stage more than once: for the binder, the early keys and the handshake. */
function withoutRepeats(steps: readonly SecretStep[]): readonly SecretStep[] {
  return steps.filter(
    (step, i) => steps.findIndex(({ name, value }) => name === step.name && equal(value, step.value)) === i,
  );
}

function recomputedLines(
  shown: readonly SecretStep[],
  all: readonly SecretStep[],
  { lang, width }: Page,
): readonly Line[] {
  const derived = shown.filter(({ label }) => label !== undefined);
  const good = derived.length > 0 && derived.every((step) => isRecomputed(step, all));
  const text = good ? fill(SCHEDULE.recomputed[lang], { count: derived.length }) : SCHEDULE.notRecomputed[lang];
  return paragraph(text, width, 0, good ? 'good' : 'error');
}

/** Whether a value follows from its formula, by HMAC-SHA256 and nothing else (RFC 5869, RFC 8446 7.1). */
export function isRecomputed(step: SecretStep, all: readonly SecretStep[]): boolean {
  return equal(
    recomputed(step, (name) => all.find((one) => one.name === name)?.value),
    step.value,
  );
}

const ZEROS = new Uint8Array(32);

function recomputed(
  { label = '', from, context, contextValue, value }: SecretStep,
  valueNamed: (name: string) => Uint8Array | undefined,
): Uint8Array {
  const empty = new Uint8Array(0);
  if (label === 'HKDF-Extract') {
    const salt = from === undefined ? empty : (valueNamed(`${from}.derived`) ?? empty);
    const input = contextValue ?? (context === undefined ? undefined : valueNamed(context)) ?? ZEROS;
    return hmac(salt, input);
  }
  const full = fromLatin1(`tls13 ${label}`);
  const bound = contextValue ?? empty;
  const info = concat(
    u16Bytes(value.length),
    Uint8Array.of(full.length),
    full,
    Uint8Array.of(bound.length),
    bound,
    Uint8Array.of(1),
  );
  return hmac(valueNamed(from ?? '') ?? empty, info).subarray(0, value.length);
}

function hmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac('sha256', key).update(data).digest());
}
