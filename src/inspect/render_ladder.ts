// The handshake as a ladder: client on the left, server on the right, an arrow for each message with its size and a line on
// what it does; single arrows in clear, double ones encrypted. At the side the time and the round trips. Pure: lines of
// styled text, exactly as wide as asked for at most.

import { alertName } from '../wire/registry/names.ts';
import { escapeText } from './escape.ts';
import { type Fact, factsOf } from './facts.ts';
import { type LadderRow, ladderRows, roundTripRows } from './ladder_rows.ts';
import {
  clip,
  displayWidth,
  type Line,
  padEnd,
  padStart,
  type Segment,
  type Style,
  segment,
  wrapEvenly,
  wrapParts,
} from './lines.ts';
import { messageTitle } from './names.ts';
import type { ContentReaders } from './readable.ts';
import { summaryParts } from './summary.ts';
import type { Lang, Text } from './text.ts';
import { LADDER_WORDS } from './texts/ladder.ts';
import { correctionsAt, explanationOf, messageKey } from './texts/messages.ts';
import { ALERT_TEXTS } from './texts/values.ts';
import type { Timeline, TimelineMessage } from './timeline.ts';
import { handshakeTitle } from './title.ts';
import type { Side } from './trace.ts';

export interface LadderOptions {
  readonly lang: Lang;
  /** Columns; fewer than 60 are treated as 60. */
  readonly width: number;
  /** Whether to say under a message what is often taught about it and is not so. */
  readonly corrections?: boolean;
  /** How much is said about each message: nothing, a line (the default), or a paragraph. */
  readonly explain?: 'none' | 'line' | 'paragraph';
  /** In place of the title that the kind of handshake has. */
  readonly title?: string;
  /** For what takes X.509 to read. */
  readonly readers?: ContentReaders;
}

const MIN_WIDTH = 60;
/** `RTT 1 ┌` and the time in milliseconds. */
const RULER = 7;
const TIME = 8;

/** Draws a timeline, of one side or of both. */
export function renderLadder(timeline: Timeline, options: LadderOptions): readonly Line[] {
  const view = viewOf(timeline, options);
  const rows = ladderRows(timeline);
  const trips = roundTripRows(rows);
  const lines: Line[] = [...titleLines(view, timeline), headLine(view)];
  let from: Side | undefined;
  rows.forEach((row, i) => {
    if (row.kind === 'outcome') return;
    const trip = trips.findIndex((one) => i >= one.first && i <= one.last);
    const span = trips[trip];
    if (from !== undefined && row.from !== from && row.kind !== 'flight') lines.push(between(view, span, i));
    from = row.from;
    const drawn = drawRow(view, row);
    drawn.forEach((body, j) => {
      const ruler = rulerText(view, span, trip, i, j, drawn.length);
      lines.push([segment(ruler, 'rule'), timeOf(row, j), ...body]);
    });
  });
  lines.push(railLine(view, ''), legendLine(view), ...outcomeLines(view, timeline, rows));
  return lines;
}

interface View {
  readonly options: LadderOptions;
  readonly words: (typeof LADDER_WORDS)[Lang];
  readonly timeline: Timeline;
  readonly width: number;
  /** Columns between the two rails. */
  readonly inner: number;
}

function viewOf(timeline: Timeline, options: LadderOptions): View {
  const width = Math.max(MIN_WIDTH, Math.floor(options.width));
  return { options, words: LADDER_WORDS[options.lang], timeline, width, inner: width - RULER - TIME - 3 };
}

function titleLines({ options, width }: View, { kind, negotiated }: Timeline): readonly Line[] {
  const title = options.title ?? handshakeTitle(kind, negotiated)?.[options.lang] ?? '';
  return title === '' ? [] : [[segment(clip(escapeText(title), width), 'title')], []];
}

function headLine({ words, inner }: View): Line {
  const { client, server } = words;
  const gap = inner + 2 - displayWidth(client) - displayWidth(server);
  const time = padStart('ms', RULER + TIME - 1);
  return [
    segment(time, 'time'),
    segment('  '),
    segment(client, 'client'),
    segment(' '.repeat(Math.max(1, gap))),
    segment(server, 'server'),
  ];
}

/** The body of a row, between and with the rails, as one or more lines. */
function drawRow(view: View, row: Exclude<LadderRow, { kind: 'outcome' }>): readonly Line[] {
  const { words } = view;
  switch (row.kind) {
    case 'message':
      return drawMessage(view, row.message);
    case 'data': {
      const facts = row.pieces > 1 ? [{ text: words.pieces(row.pieces) }] : [];
      const title = row.early ? words.earlyData : words.data;
      const line = arrow(view, { from: row.from, title, facts, size: words.bytes(row.bytes), sealed: true });
      return row.early ? [line, ...explainEarlyData(view, row.from)] : [line];
    }
    case 'encrypted':
      return [dotted(view, words.encryptsFromHere[row.from])];
    case 'flight':
      return [railed(view, words.flight(row.flight.records, row.flight.bytes), row.from, 'dim')];
  }
}

function drawMessage(view: View, message: TimelineMessage): readonly Line[] {
  const { options, words, timeline } = view;
  const { version, keyExchange } = timeline.negotiated;
  const { name, contentType, raw, from } = message;
  const known = version === 0x0303 || version === 0x0304 ? version : undefined;
  const { lang, readers } = options;
  const facts: Fact[] = [...factsOf({ name, contentType, raw, version: known, keyExchange, readers }, lang)];
  if (timeline.both) {
    const { sentAt, receivedAt, changed } = message;
    const fate = changed ? words.changed : sentAt === undefined ? words.unsent : words.lost;
    if (changed || sentAt === undefined || receivedAt === undefined) facts.unshift({ text: fate });
  }
  const line = arrow(view, {
    from,
    title: messageTitle(name),
    facts,
    size: words.bytes(raw.length),
    sealed: message.encrypted,
  });
  return [line, ...explainMessage(view, message)];
}

function explainMessage(view: View, message: TimelineMessage): readonly Line[] {
  const { name, from, raw, inHandshake } = message;
  const { options, timeline, words } = view;
  const how = options.explain ?? 'line';
  const key = messageKey(name, from, raw, message);
  const said = how === 'none' ? '' : sayMessage(view, message, how);
  const lines = said === '' ? [] : block(view, said, from, 'meaning');
  if (options.corrections !== true || !inHandshake) return lines;
  for (const { taught, correct } of correctionsAt(timeline.kind, key)) {
    lines.push(...block(view, words.taught + taught[options.lang], from, 'warning'));
    lines.push(...block(view, words.inFact + correct[options.lang], from, 'note'));
  }
  return lines;
}

/** An alert is explained by what it says; everything else by what it does in this kind of handshake. */
function sayMessage({ options, timeline }: View, message: TimelineMessage, how: 'line' | 'paragraph'): string {
  const key = messageKey(message.name, message.from, message.raw, message);
  const alert = key === 'alert' ? alertName(message.raw[1] ?? 255) : undefined;
  const text = explanationOf(
    timeline.kind ?? (timeline.negotiated.offeredVersion === 0x0303 ? 'ecdhe12' : 'tls13'),
    key,
  );
  const line = alert === undefined ? text.line[options.lang] : sentence(ALERT_TEXTS[alert], options.lang);
  return how === 'line' ? line : [line, text.paragraph[options.lang]].join(options.lang === 'zh' ? '' : ' ');
}

function explainEarlyData(view: View, from: Side): readonly Line[] {
  const { lang, explain = 'line' } = view.options;
  if (explain === 'none') return [];
  const { line, paragraph } = explanationOf('tls13', 'early_data');
  const said = explain === 'line' ? line[lang] : [line[lang], paragraph[lang]].join(lang === 'zh' ? '' : ' ');
  return block(view, said, from, 'meaning');
}

function sentence(text: Text, lang: Lang): string {
  return lang === 'zh' ? `${text.zh}。` : `${text.en.charAt(0).toUpperCase()}${text.en.slice(1)}.`;
}

interface Arrow {
  readonly from: Side;
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly size: string;
  readonly sealed: boolean;
}

/** `├─ ClientHello · SNI "localhost" ───── 247 B ─►│`, or the mirror image; facts that find no room are left out. */
function arrow(view: View, { from, title, facts, size, sealed }: Arrow): Line {
  const dash = sealed ? '═' : '─';
  const line: Style = sealed ? 'encrypted' : 'rule';
  // Beside title, facts and size: head, rail's dash, four blanks, and a dash between as well as at the end.
  const room = view.inner - displayWidth(title) - displayWidth(size) - 8;
  const shown = fitting(facts, room);
  const used = displayWidth(title) + displayWidth(size) + displayWidth(shown) + 7;
  const fill = dash.repeat(Math.max(1, view.inner - used));
  const name: Segment[] = [segment(title, 'message'), segment(shown, 'value')];
  if (from === 'client') {
    return [
      segment(`${sealed ? '╞' : '├'}${dash} `, line),
      ...name,
      segment(` ${fill} `, line),
      segment(size, 'dim'),
      segment(` ${dash}►`, line),
      segment('│', 'rule'),
    ];
  }
  return [
    segment('│', 'rule'),
    segment(`◄${dash} `, line),
    segment(size, 'dim'),
    segment(` ${fill} `, line),
    ...name,
    segment(` ${dash}${sealed ? '╡' : '┤'}`, line),
  ];
}

/** The facts behind dots, in their short form where the long one finds no room; minor ones give way first, the last before the first. */
function fitting(facts: readonly Fact[], room: number): string {
  const join = (texts: readonly string[]): string => texts.map((one) => ` · ${one}`).join('');
  const long = join(facts.map((fact) => fact.text));
  if (displayWidth(long) <= room) return long;
  const short = facts.map((fact) => fact.short ?? fact.text);
  if (displayWidth(join(short)) <= room) return join(short);
  const kept = facts.map(({ minor }, i) => ({ minor, text: short[i] ?? '' }));
  while (kept.length > 0 && displayWidth(join(kept.map((one) => one.text))) > room) {
    const minor = kept.map((one) => one.minor === true).lastIndexOf(true);
    kept.splice(minor < 0 ? kept.length - 1 : minor, 1);
  }
  return join(kept.map((one) => one.text));
}

/** A block of text within the rails: flush left for the client, for the server as a block at the right. */
function block(view: View, text: string, from: Side, style: Style): Line[] {
  const lines = wrapEvenly(text, Math.min(view.inner - 6, Math.max(44, Math.floor(view.inner * 0.8))));
  const widest = Math.max(...lines.map(displayWidth));
  return lines.map((one) => railed(view, padEnd(one, widest), from, style));
}

function railed({ inner }: View, text: string, from: Side, style: Style): Line {
  const shown = clip(text, inner - 4);
  const space = inner - displayWidth(shown);
  const [left, right] = from === 'client' ? [3, space - 3] : [space - 3, 3];
  return [
    segment('│', 'rule'),
    segment(' '.repeat(Math.max(1, left))),
    segment(shown, style),
    segment(' '.repeat(Math.max(1, right))),
    segment('│', 'rule'),
  ];
}

/** A line across: from here on something is different. */
function dotted({ inner }: View, text: string): Line {
  const shown = ` ${clip(text, inner - 6)} `;
  const left = Math.floor((inner - displayWidth(shown)) / 2);
  const right = inner - displayWidth(shown) - left;
  return [
    segment(`│${'┄'.repeat(left)}`, 'encrypted'),
    segment(shown, 'encrypted'),
    segment(`${'┄'.repeat(right)}│`, 'encrypted'),
  ];
}

function between(view: View, span: { first: number; last: number } | undefined, row: number): Line {
  const inside = span !== undefined && row > span.first && row <= span.last;
  return railLine(view, inside ? '│' : '');
}

function railLine({ inner }: View, ruler: string): Line {
  const side = padStart(ruler, RULER) + ' '.repeat(TIME);
  return [segment(side, 'rule'), segment(`│${' '.repeat(inner)}│`, 'rule')];
}

type Span = { readonly first: number; readonly last: number } | undefined;

/** The ruler beside one line: it opens at the first line of a round trip and closes at the last. */
function rulerText({ words }: View, span: Span, trip: number, row: number, line: number, lines: number): string {
  if (span === undefined) return ' '.repeat(RULER);
  if (row === span.first && line === 0) return padStart(`${words.roundTrip(trip + 1)} ┌`, RULER);
  const end = row === span.last && line === lines - 1;
  return padStart(end ? '└' : '│', RULER);
}

function timeOf(row: LadderRow, line: number): Segment {
  const shown = line === 0 && (row.kind === 'message' || row.kind === 'data');
  return segment(shown ? `${padStart(milliseconds(row.at), TIME - 1)} ` : ' '.repeat(TIME), 'time');
}

function milliseconds(time: number): string {
  return time < 1000 ? time.toFixed(2) : time.toFixed(0);
}

function legendLine({ words, width }: View): Line {
  const text = `── ${words.plain}   ══ ${words.encrypted}`;
  return [segment(' '.repeat(Math.min(RULER + TIME, width))), segment(text, 'dim')];
}

function outcomeLines(view: View, timeline: Timeline, rows: readonly LadderRow[]): readonly Line[] {
  const { words, options, width } = view;
  const indent = ' '.repeat(RULER + TIME);
  const lines: Line[] = [];
  const say = (parts: readonly string[], style: Style): void => {
    const texts = wrapParts(parts, ' · ', width - indent.length);
    for (const one of texts) lines.push([segment(indent), segment(one, style)]);
  };
  if (timeline.complete) {
    const { handshakeTime, negotiated, roundTrips } = timeline;
    const done = handshakeTime === undefined ? [] : [words.afterMs(milliseconds(handshakeTime))];
    say([...summaryParts(negotiated, options.lang), words.roundTrips(roundTrips), ...done], 'good');
  }
  for (const row of rows) {
    if (row.kind !== 'outcome' || row.outcome.kind !== 'error') continue;
    const { code, problem, alert } = row.outcome;
    const about = [words[row.from], code, problem, alert === undefined ? undefined : `${words.alert} ${alert}`];
    say(about.filter((one) => one !== undefined).map(escapeText), 'error');
  }
  return lines;
}
