// Several handshakes side by side: what each costs, who proves what, what is hidden, and what a stolen key reveals. What can
// be counted comes out of the timelines; the rest follows from the kind of handshake and stands in texts/compare.ts.

import { CONTENT_TYPE } from '../wire/registry/names.ts';
import { escapeText } from './escape.ts';
import { displayWidth, type Line, type Style, segment, wrapEvenly } from './lines.ts';
import { messageTitle } from './names.ts';
import { summaryParts } from './summary.ts';
import type { Lang, Text } from './text.ts';
import * as words from './texts/compare.ts';
import { HANDSHAKE_TITLES } from './texts/messages.ts';
import type { HandshakeKind, Timeline } from './timeline.ts';

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
    (texts: Readonly<Record<HandshakeKind, Text>>, good: readonly HandshakeKind[]) => (timeline: Timeline) =>
      timeline.kind === undefined ? GAP : { text: texts[timeline.kind], tone: toneOf(good.includes(timeline.kind)) };
  return {
    titles: timelines.map(({ kind }) => (kind === undefined ? words.UNKNOWN_CELL : HANDSHAKE_TITLES[kind])),
    rows: [
      row('parameters', ({ negotiated }) => ({
        text: { en: summaryParts(negotiated, 'en').join('\n'), zh: summaryParts(negotiated, 'zh').join('\n') },
        tone: 'plain',
      })),
      row('roundTrips', ({ complete, roundTrips }) =>
        complete ? { ...plain(String(roundTrips)), tone: toneOf(roundTrips < 2) } : GAP,
      ),
      row('messages', messagesCell),
      row('bytes', bytesCell),
      row('time', ({ handshakeTime }) => (handshakeTime === undefined ? GAP : plain(`${handshakeTime.toFixed(2)} ms`))),
      row('secret', byKind(words.SECRET_ORIGIN, ['ecdhe12', 'tls13'])),
      row('serverProof', byKind(words.SERVER_PROOF, ['ecdhe12', 'tls13'])),
      row('clientProof', clientProofCell),
      row('certificate', certificateCell),
      row('encrypted', encryptedCell),
      row('forwardSecrecy', forwardSecrecyCell),
      row('stolenKey', byKind(words.STOLEN_KEY, ['ecdhe12', 'tls13'])),
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

const GAP: ComparisonCell = { text: words.UNKNOWN_CELL, tone: 'plain' };
/** Four columns then fit into 60. */
const MIN_COLUMN = 11;

function plain(text: string, zh = text): ComparisonCell {
  return { text: { en: text, zh }, tone: 'plain' };
}

function toneOf(good: boolean): Tone {
  return good ? 'good' : 'bad';
}

function forwardSecrecyCell({ kind }: Timeline): ComparisonCell {
  if (kind === undefined) return GAP;
  if (kind === 'resumed12') return { text: words.RESUMED_SECRECY, tone: 'plain' };
  return { text: words.YES_NO[kind === 'rsa12' ? 'no' : 'yes'], tone: toneOf(kind !== 'rsa12') };
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

function clientProofCell({ negotiated }: Timeline): ComparisonCell {
  const { clientCertificateRequested, clientProved } = negotiated;
  const text = clientProved ? 'proved' : clientCertificateRequested ? 'declined' : 'none';
  return { text: words.CLIENT_PROOF[text], tone: 'plain' };
}

function certificateCell({ messages }: Timeline): ComparisonCell {
  const certificate = messages.find((message) => message.name === 'certificate' && message.from === 'server');
  if (certificate === undefined) return GAP;
  const text = certificate.encrypted ? words.CERTIFICATE_SEEN.encrypted : words.CERTIFICATE_SEEN.clear;
  return { text, tone: toneOf(certificate.encrypted) };
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
