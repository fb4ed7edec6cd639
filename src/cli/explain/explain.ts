// `glasstls explain X`: what a message, extension, suite, group, scheme, alert, error code or error text is, and what to do about it. What
// was pasted whole is searched for something known; what is not known is met with what was probably meant.

import { nearest } from '../../engine/suggest.ts';
import { type Line, segment } from '../../inspect/lines.ts';
import { type Arguments, usage } from '../arguments.ts';
import { CliError, EXIT } from '../exit_codes.ts';
import { paragraph, type Screen, safe, type TableRow, type Terminal, table } from '../terminal.ts';
import { filled } from '../text.ts';
import { EXPLAIN, KINDS } from '../texts/explain.ts';
import { CAUSES } from './causes.ts';
import { type Entry, entries } from './entries.ts';
import { saidElsewhere } from './wordings.ts';

/** @throws CliError with exit code 2 for what is not known */
export function explain(args: Arguments, terminal: Terminal): number {
  const asked = args.operands.join(' ').trim();
  if (asked === '') throw usage(EXPLAIN.nothing, 'explain');
  const found = lookUp(asked);
  if (found.length === 0) throw unknown(asked);
  const { out, say } = terminal;
  for (const [i, entry] of found.slice(0, MOST).entries()) {
    if (i > 0) out.lines([[]]);
    out.lines(entryLines(entry, terminal, out));
  }
  if (found.length > MOST) out.lines([[], ...paragraph(say(EXPLAIN.more, { count: found.length - MOST }), out.width)]);
  return EXIT.ok;
}

const MOST = 8;

/** By one of its names; else by the longest that stands in what was asked. */
export function lookUp(asked: string): readonly Entry[] {
  const key = keyOf(asked);
  if (key === '') return [];
  const exact = entries().filter(({ names }) => names.some((name) => keyOf(name) === key));
  return exact.length > 0 ? withoutEchoes(exact) : within(key);
}

/** A code of ours and its cause, when both go by the name, are one matter. */
function withoutEchoes(found: readonly Entry[]): readonly Entry[] {
  const told = new Set(found.flatMap(({ kind, cause }) => (kind !== 'cause' && cause !== undefined ? [cause] : [])));
  return found.filter(({ kind, cause }) => kind !== 'cause' || cause === undefined || !told.has(cause));
}

/** Letters and digits alone: ClientHello, client_hello and "client hello" are the same. A sign in front of a number counts. */
function keyOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/^\s*-(?=\d)/, 'net')
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/** Shorter names stand in too many texts by chance. */
const SHORTEST = 7;

function within(key: string): readonly Entry[] {
  let longest = 0;
  let found: Entry[] = [];
  for (const entry of entries()) {
    const length = Math.max(
      0,
      ...entry.names
        // Our own words for causes ("connect", "version") are in too many texts.
        .filter((name) => entry.kind !== 'cause' || name !== entry.title)
        .map(keyOf)
        .filter((name) => name.length >= SHORTEST && key.includes(name))
        .map((name) => name.length),
    );
    if (length === 0 || length < longest) continue;
    if (length > longest) found = [];
    longest = length;
    found.push(entry);
  }
  return withoutEchoes(found);
}

function entryLines(entry: Entry, { say, lang }: Terminal, screen: Screen): readonly Line[] {
  const { kind, title, number, what, cause } = entry;
  const reason = cause === undefined ? undefined : CAUSES[cause];
  const todo = entry.todo ?? reason?.todo;
  const rows: TableRow[] = [
    ...(entry.rfc === undefined ? [] : [{ label: say(EXPLAIN.rfc), value: entry.rfc, style: 'rfc' as const }]),
    ...(todo === undefined ? [] : [{ label: say(EXPLAIN.todo), value: say(todo), style: 'good' as const }]),
    ...(cause === undefined
      ? []
      : saidElsewhere(cause).map((value, i) => ({ label: i === 0 ? say(EXPLAIN.elsewhere) : '', value }))),
  ];
  const paragraphs = [...what, ...(reason === undefined ? [] : [reason.what])];
  const name = kind === 'cause' ? title.replaceAll('_', ' ') : title;
  return [
    [segment(name, 'title'), segment(`  ${KINDS[kind][lang]}${number === undefined ? '' : ` ${number}`}`, 'dim')],
    ...paragraphs.flatMap((text) => paragraph(sentence(say(text)), screen.width, 2)),
    ...table(rows, screen.width),
  ];
}

/** Texts that stand inside others elsewhere have neither capital nor full stop. */
function sentence(text: string): string {
  const begun = /^(?!glasstls\b)[a-z](?![a-z]*[A-Z_0-9])/.test(text)
    ? text.charAt(0).toUpperCase() + text.slice(1)
    : text;
  if (/[.。!?）)”"]$/.test(begun) && !/[)）”"]$/.test(begun)) return begun;
  return `${begun}${/\p{Script=Han}/u.test(begun) ? '。' : '.'}`;
}

function unknown(asked: string): CliError {
  const shown = safe(JSON.stringify(asked.slice(0, 100)));
  const names = [...new Set(entries().flatMap((entry) => entry.names))].filter((name) => !/^\d+$/.test(name));
  const near = nearest(asked, names);
  const text = filled(EXPLAIN.unknown, { asked: shown });
  if (near.length === 0) return new CliError(EXIT.usage, text, EXPLAIN.examples);
  return new CliError(EXIT.usage, text, filled(EXPLAIN.near, { names: near.map((one) => safe(one)).join(', ') }));
}
