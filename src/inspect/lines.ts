// Lines of styled text, without colours: a renderer says what a piece of text is, whoever prints it decides how that looks.
// Widths are terminal columns: East Asian wide characters take two, ambiguous ones (box drawing) one, combining marks none.

import { eastAsianWidth } from 'get-east-asian-width';

/** What a piece of text is. */
export type Style =
  | 'title'
  | 'heading'
  | 'client'
  | 'server'
  | 'message'
  | 'encrypted'
  | 'rule'
  | 'name'
  | 'value'
  | 'label'
  | 'meaning'
  | 'note'
  | 'rfc'
  | 'offset'
  | 'hex'
  | 'time'
  | 'secret'
  | 'good'
  | 'warning'
  | 'error'
  | 'dim';

export interface Segment {
  readonly text: string;
  readonly style?: Style;
}

export type Line = readonly Segment[];

export function segment(text: string, style?: Style): Segment {
  return style === undefined ? { text } : { text, style };
}

/** The text of lines without their styles, joined by line feeds. */
export function plainText(lines: readonly Line[]): string {
  return lines
    .map((line) =>
      line
        .map((one) => one.text)
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

export function lineWidth(line: Line): number {
  return line.reduce((sum, one) => sum + displayWidth(one.text), 0);
}

/** Columns that a text takes in a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** At most `width` columns of `text`; what is cut off shows as `…`. */
export function clip(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let out = '';
  let used = 0;
  for (const character of text) {
    const next = characterWidth(character);
    if (used + next > width - 1) break;
    out += character;
    used += next;
  }
  return width > 0 ? `${out}…` : '';
}

/**
 * Breaks text into lines of at most `width` columns: between words, and between wide characters except where Chinese
 * typography forbids it (no closing mark begins a line, no opening one ends it). A word longer than a line is cut.
 */
export function wrap(text: string, width: number): string[] {
  const limit = Math.max(2, width);
  const lines: string[] = [];
  let line = '';
  for (const atom of atomsOf(text, limit)) {
    if (line !== '' && displayWidth(line) + displayWidth(atom.trimEnd()) > limit) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += line === '' ? atom.trimStart() : atom;
  }
  if (line.trim() !== '' || lines.length === 0) lines.push(line.trimEnd());
  return lines;
}

/**
 * Like {@link wrap} with no more lines, but fairer ones: of all widths that do, the one that breaks most often behind
 * punctuation, and of these the narrowest. No last line of one word, no Chinese word torn without need.
 */
export function wrapEvenly(text: string, width: number): string[] {
  let best = wrap(text, width);
  if (best.length === 1) return best;
  const { length } = best;
  const longest = Math.max(...atomsOf(text, width).map((atom) => displayWidth(atom.trimEnd())));
  let bestGrace = graceOf(best);
  for (let narrower = width - 1; narrower >= Math.max(longest, width / 2); narrower--) {
    const lines = wrap(text, narrower);
    if (lines.length > length) break;
    const grace = graceOf(lines);
    if (grace < bestGrace) continue;
    best = lines;
    bestGrace = grace;
  }
  return best;
}

/** One for each break behind punctuation; less one for a last line that is lonely. */
function graceOf(lines: readonly string[]): number {
  const last = displayWidth(lines.at(-1) ?? '');
  const widest = Math.max(...lines.map(displayWidth));
  return lines.slice(0, -1).filter((line) => /[,.;:，。；：]$/.test(line)).length - (last * 3 < widest ? 2 : 0);
}

/** Joins parts by `separator` into lines of at most `width` columns, breaking between parts only, if they fit at all. */
export function wrapParts(parts: readonly string[], separator: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : line + separator + part;
    if (line !== '' && displayWidth(longer) > width) {
      lines.push(...wrap(line, width));
      line = part;
    } else {
      line = longer;
    }
  }
  if (line !== '') lines.push(...wrap(line, width));
  return lines;
}

const NO_START = new Set('，。、；：！？）】》〉」』”’…—·,.;:!?)]}%');
const NO_END = new Set('（【《〈「『“‘([{');

/** Pieces between which a line may break. */
function atomsOf(text: string, limit: number): string[] {
  const atoms: string[] = [];
  let atom = '';
  for (const character of text) {
    if (atom !== '' && mayBreak(atom, character)) {
      atoms.push(...cut(atom, limit));
      atom = '';
    }
    atom += character;
  }
  if (atom !== '') atoms.push(...cut(atom, limit));
  return atoms;
}

function mayBreak(before: string, next: string): boolean {
  const previous = before.at(-1) ?? '';
  if (next === ' ' || NO_START.has(next) || NO_END.has(previous)) return false;
  if (previous !== ' ') return characterWidth(previous) === 2 || characterWidth(next) === 2;
  // A number stays with what it counts: `46 字节`.
  return !(/\d $/.test(before) && characterWidth(next) === 2);
}

/** Cuts a word that is longer than a line: behind a joint (`-`, `_`, a small letter before a capital) if there is one. */
function cut(atom: string, limit: number): string[] {
  const pieces: string[] = [];
  let left = atom;
  while (displayWidth(left.trimEnd()) > limit) {
    const head = headOf(left, limit);
    pieces.push(head);
    left = left.slice(head.length);
  }
  return left === '' ? pieces : [...pieces, left];
}

function headOf(word: string, limit: number): string {
  let head = '';
  let joint = 0;
  for (const character of word) {
    if (displayWidth(head) + characterWidth(character) > limit) break;
    if (/[-_/,.]$/.test(head) || (/[a-z]$/.test(head) && /[A-Z]/.test(character))) joint = head.length;
    head += character;
  }
  // Two characters at least, so that something is always taken away.
  if (joint >= 2) return head.slice(0, joint);
  while (head.length > 2 && NO_START.has(word.charAt(head.length))) head = head.slice(0, -1);
  return head === '' ? word.slice(0, 2) : head;
}

const ZERO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;

function characterWidth(character: string): number {
  if (ZERO_WIDTH.test(character)) return 0;
  const code = character.codePointAt(0) ?? 0;
  return code < 0x300 ? 1 : eastAsianWidth(code);
}
