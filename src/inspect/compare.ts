// Several handshakes side by side: what each costs, who proves what, what is hidden, and what a stolen key reveals. What can
// be counted comes out of the timelines; the rest follows from the kind of handshake and stands in texts/compare.ts.

import { CONTENT_TYPE } from '../wire/registry/names.ts';
import { escapeText } from './escape.ts';
import { displayWidth, type Line, type Style, segment, wrapEvenly } from './lines.ts';
import { messageTitle } from './names.ts';
import { summaryParts } from './summary.ts';
import type { Lang, Text } from './text.ts';
import * as words from './texts/compare.ts';
import type { HandshakeKind, Timeline } from './timeline.ts';
import { handshakeTitle } from './title.ts';

export type Tone = 'good' | 'bad' | 'plain';

/** A line feed in the text begins a new line of the cell. */
export interface ComparisonCell {
  readonly text: Text;
  readonly tone: Tone;
}

export interface ComparisonRow {
  readonly id: keyof typeof words.ROW_LABELS;
  readonly label: Text;
  /** One for each handshake, in the order given. */
  readonly cells: readonly ComparisonCell[];
}

export interface Comparison {
  readonly titles: readonly Text[];
  readonly rows: readonly ComparisonRow[];
}

/** Anything with columns under titles: what {@link renderComparison} draws. */
export interface ComparisonTable {
  readonly titles: readonly Text[];
  readonly rows: readonly Pick<ComparisonRow, 'label' | 'cells'>[];
}

export interface CompareOptions {
  readonly lang: Lang;
  /** Columns; at least 24 for each handshake and for the labels. */
  readonly width: number;
}

/** Sets handshakes side by side. Those that failed or are of no known kind have gaps. */
export function compareHandshakes(timelines: readonly Timeline[]): Comparison {
  const row = (id: ComparisonRow['id'], cell: (timeline: Timeline) => ComparisonCell): ComparisonRow => ({
    id,
    label: words.ROW_LABELS[id],
    cells: timelines.map(cell),
  });
  const byKind =
    (texts: Readonly<Record<HandshakeKind, Text>>, tones: Readonly<Record<HandshakeKind, Tone>>) =>
    ({ kind }: Timeline): ComparisonCell =>
      kind === undefined ? GAP : { text: texts[kind], tone: tones[kind] };
  const unlessAlone =
    (id: keyof typeof words.PSK_ALONE, cell: (timeline: Timeline) => ComparisonCell) =>
    (timeline: Timeline): ComparisonCell =>
      isPskAlone(timeline) ? { text: words.PSK_ALONE[id], tone: 'bad' } : cell(timeline);
  const some = (one: (timeline: Timeline) => unknown, made: () => ComparisonRow): readonly ComparisonRow[] =>
    timelines.some((timeline) => one(timeline) === true) ? [made()] : [];
  return {
    titles: timelines.map(({ kind, negotiated }) => handshakeTitle(kind, negotiated) ?? words.UNKNOWN_CELL),
    rows: [
      row('parameters', ({ negotiated }) => ({
        text: { en: summaryParts(negotiated, 'en').join('\n'), zh: summaryParts(negotiated, 'zh').join('\n') },
        tone: 'plain',
      })),
      row('roundTrips', roundTripsCell),
      row('messages', messagesCell),
      row('bytes', bytesCell),
      row('time', ({ handshakeTime }) => (handshakeTime === undefined ? GAP : plain(`${handshakeTime.toFixed(2)} ms`))),
      // What only some handshakes have is said where one of those compared has it.
      ...some(isResumed, () => row('resumption', resumptionCell)),
      ...some(hasEarlyData, () => row('earlyData', earlyDataCell)),
      row('secret', unlessAlone('secret', byKind(words.SECRET_ORIGIN, SECRET_TONES))),
      row('serverProof', byKind(words.SERVER_PROOF, PROOF_TONES)),
      row('clientProof', clientProofCell),
      row('certificate', certificateCell),
      ...some(isStapled, () => row('status', statusCell)),
      row('encrypted', encryptedCell),
      row('forwardSecrecy', forwardSecrecyCell),
      row('stolenKey', unlessAlone('stolenKey', byKind(words.STOLEN_KEY, SECRET_TONES))),
    ],
  };
}

/** Draws a comparison as a table: a column of labels and one for each handshake, cells broken over lines. */
export function renderComparison(comparison: ComparisonTable, { lang, width }: CompareOptions): readonly Line[] {
  const count = comparison.titles.length;
  const columns = columnWidths(Math.floor(width), count);
  const lines: Line[] = [ruleLine(columns, '┌┬┐')];
  const titles = comparison.titles.map((title): ComparisonCell => ({ text: title, tone: 'plain' }));
  lines.push(...rowLines({ label: { en: '', zh: '' }, cells: titles }, columns, lang, 'title'));
  for (const row of comparison.rows) {
    lines.push(ruleLine(columns, '├┼┤'), ...rowLines(row, columns, lang));
  }
  return [...lines, ruleLine(columns, '└┴┘')];
}

/** Whether the secret stays one when a long-lived key is stolen. */
const SECRET_TONES: Readonly<Record<HandshakeKind, Tone>> = {
  rsa12: 'bad',
  ecdhe12: 'good',
  dhe12: 'good',
  psk12: 'bad',
  dhe_psk12: 'good',
  ecdhe_psk12: 'good',
  resumed12: 'bad',
  tls13: 'good',
  resumed13: 'plain',
};

const PROOF_TONES: Readonly<Record<HandshakeKind, Tone>> = {
  rsa12: 'bad',
  ecdhe12: 'good',
  dhe12: 'good',
  psk12: 'plain',
  dhe_psk12: 'plain',
  ecdhe_psk12: 'plain',
  resumed12: 'plain',
  tls13: 'good',
  resumed13: 'plain',
};

const isResumed = ({ negotiated }: Timeline): boolean => negotiated.resumed;
const hasEarlyData = ({ negotiated }: Timeline): boolean => negotiated.earlyData !== undefined;
/** A pre-shared key of TLS 1.3 without (EC)DHE. */
const isPskAlone = ({ kind, negotiated }: Timeline): boolean =>
  kind === 'resumed13' && negotiated.keyExchange === 'psk';
const isStapled = ({ negotiated }: Timeline): boolean => negotiated.ocspStapled;

const GAP: ComparisonCell = { text: words.UNKNOWN_CELL, tone: 'plain' };
/** Four columns then fit into 60. */
const MIN_COLUMN = 11;

function plain(text: string, zh = text): ComparisonCell {
  return { text: { en: text, zh }, tone: 'plain' };
}

function toneOf(good: boolean): Tone {
  return good ? 'good' : 'bad';
}

function forwardSecrecyCell({ kind, negotiated }: Timeline): ComparisonCell {
  if (kind === undefined) return GAP;
  if (kind === 'resumed12') return { text: words.RESUMED_SECRECY, tone: 'plain' };
  // A pre-shared key alone (psk_ke) has none; with (EC)DHE only early data goes without.
  const secret = kind !== 'rsa12' && negotiated.keyExchange !== 'psk';
  if (secret && negotiated.earlyData === 'accepted') return { text: words.EARLY_SECRECY, tone: 'plain' };
  return { text: words.YES_NO[secret ? 'yes' : 'no'], tone: toneOf(secret) };
}

function roundTripsCell({ complete, roundTrips, negotiated }: Timeline): ComparisonCell {
  if (!complete) return GAP;
  const text =
    negotiated.earlyData === 'accepted' ? words.tripsWithEarlyData(roundTrips) : plain(String(roundTrips)).text;
  return { text, tone: toneOf(roundTrips < 2) };
}

function resumptionCell({ complete, negotiated }: Timeline): ComparisonCell {
  if (!complete) return GAP;
  return { text: words.RESUMPTION[negotiated.resumption ?? 'none'], tone: 'plain' };
}

function earlyDataCell({ negotiated }: Timeline): ComparisonCell {
  return { text: words.EARLY_DATA[negotiated.earlyData ?? 'none'], tone: 'plain' };
}

function statusCell({ complete, negotiated }: Timeline): ComparisonCell {
  if (!complete) return GAP;
  return { text: words.STATUS[negotiated.ocspStapled ? 'stapled' : 'none'], tone: 'plain' };
}

/** Messages of the handshake proper, and those that only look like a part of it. */
function messagesCell({ messages }: Timeline): ComparisonCell {
  const inside = messages.filter((message) => message.inHandshake);
  const handshake = inside.filter((message) => message.contentType === CONTENT_TYPE.handshake).length;
  const ccs = inside.filter((message) => message.contentType === CONTENT_TYPE.change_cipher_spec).length;
  if (ccs === 0) return plain(String(handshake));
  return plain(`${handshake}, and ${ccs} ChangeCipherSpec`, `${handshake}，另有 ${ccs} 个 ChangeCipherSpec`);
}

/** What each side sent, and both together. */
export function bytesCell({ handshakeBytes: { client, server } }: Timeline): ComparisonCell {
  if (client + server === 0) return GAP;
  const total = client + server;
  return plain(
    `client ${client}\nserver ${server}\ntogether ${total}`,
    `客户端 ${client}\n服务器 ${server}\n合计 ${total}`,
  );
}

function clientProofCell({ kind, complete, negotiated, messages }: Timeline): ComparisonCell {
  const say = (text: keyof typeof words.CLIENT_PROOF): ComparisonCell => ({
    text: words.CLIENT_PROOF[text],
    tone: 'plain',
  });
  if (negotiated.clientProved) return say('proved');
  if (messages.some((one) => one.name === 'certificate_verify' && one.from === 'client')) return say('later');
  if (messages.some((one) => one.name === 'certificate_request')) return say('declined');
  if (complete && negotiated.resumed) return say(kind === 'resumed13' ? 'binder' : 'session');
  return say(kind?.endsWith('psk12') === true ? 'sharedKey' : 'none');
}

function certificateCell({ complete, messages }: Timeline): ComparisonCell {
  const certificate = messages.find(
    ({ name, from }) => from === 'server' && (name === 'certificate' || name === 'compressed_certificate'),
  );
  if (certificate === undefined) return complete ? { text: words.CERTIFICATE_SEEN.none, tone: 'plain' } : GAP;
  const { encrypted, name } = certificate;
  const { clear, compressed } = words.CERTIFICATE_SEEN;
  const text = !encrypted ? clear : name === 'certificate' ? words.CERTIFICATE_SEEN.encrypted : compressed;
  return { text, tone: toneOf(encrypted) };
}

function encryptedCell({ messages }: Timeline): ComparisonCell {
  const handshake = messages.filter((message) => message.inHandshake && message.contentType === CONTENT_TYPE.handshake);
  const at = handshake.findIndex((message) => message.encrypted);
  const first = handshake[at];
  if (first === undefined) return GAP;
  const name = messageTitle(first.name);
  const all = handshake.length;
  return {
    text: { en: `${name}, number ${at + 1} of ${all}`, zh: `${name}（${all} 条中的第 ${at + 1} 条）` },
    tone: toneOf(at * 2 < all),
  };
}

/** The labels get a little less than an equal share. */
function columnWidths(width: number, count: number): readonly number[] {
  const borders = 3 * (count + 1) + 1;
  const room = Math.max((count + 1) * MIN_COLUMN, width - borders);
  const label = Math.max(MIN_COLUMN, Math.min(22, Math.floor((room / (count + 1)) * 0.8)));
  const each = count === 0 ? 0 : Math.floor((room - label) / count);
  return [label, ...Array.from({ length: count }, () => each)];
}

function ruleLine(columns: readonly number[], ends: string): Line {
  const [left = '', middle = '', right = ''] = ends;
  return [segment(left + columns.map((width) => '─'.repeat(width + 2)).join(middle) + right, 'rule')];
}

const TONE_STYLES: Readonly<Record<Tone, Style>> = { good: 'good', bad: 'warning', plain: 'value' };

function rowLines(
  row: ComparisonTable['rows'][number],
  columns: readonly number[],
  lang: Lang,
  style?: Style,
): readonly Line[] {
  const texts = [row.label, ...row.cells.map((cell) => cell.text)].map((text, i) =>
    text[lang].split('\n').flatMap((line) => wrapEvenly(escapeText(line), columns[i] ?? MIN_COLUMN)),
  );
  const styles: Style[] = ['heading', ...row.cells.map((cell) => style ?? TONE_STYLES[cell.tone])];
  const height = Math.max(...texts.map((lines) => lines.length));
  return Array.from(
    { length: height },
    (_, y): Line => [
      segment('│ ', 'rule'),
      ...columns.flatMap((width, x) => {
        const text = texts[x]?.[y] ?? '';
        const gap = ' '.repeat(Math.max(0, width - displayWidth(text)));
        return [segment(text, styles[x]), segment(gap), segment(x === columns.length - 1 ? ' │' : ' │ ', 'rule')];
      }),
    ],
  );
}
