// The sentences of an RFC that demand something: those with MUST, MUST NOT, SHALL, SHALL NOT or REQUIRED (RFC 2119), taken from the plain
// text as the RFC Editor publishes it. A sentence is known by its section, by its place among the section's, and by a digest of its
// words, so that a table made from it can be held against the text without keeping the text.

import { createHash } from 'node:crypto';

export interface Sentence {
  /** Section and place in it, from 1: `4.1.2#3`, `D.4#1`. */
  readonly id: string;
  /** With single spaces. */
  readonly text: string;
  /** Eight hexadecimal digits that change when a word does. */
  readonly digest: string;
}

/** All sentences that demand something, in the order of the text. */
export function demands(rfc: string): Sentence[] {
  const count = new Map<string, number>();
  return paragraphs(rfc).flatMap(({ section, text }) =>
    sentencesOf(text)
      .filter((sentence) => DEMANDS.test(sentence))
      .map((sentence) => {
        const place = (count.get(section) ?? 0) + 1;
        count.set(section, place);
        return { id: `${section}#${place}`, text: sentence, digest: digestOf(sentence) };
      }),
  );
}

/** A few of its words around the demand, to recognize it by. */
export function fewWords(sentence: string): string {
  const words = sentence.split(' ');
  const at = words.findIndex((word) => /^\W*(?:MUST|SHALL|REQUIRED)\b/.test(word));
  const [from, to] = [Math.max(0, at - 8), Math.min(words.length, at + 12)];
  return `${from > 0 ? '... ' : ''}${words.slice(from, to).join(' ')}${to < words.length ? ' ...' : ''}`;
}

const DEMANDS = /\b(?:MUST|SHALL|REQUIRED)\b/;
const HEADING = /^(?:Appendix )?([0-9A-Z]+(?:\.\d+)*)\.\s{1,3}\S/;
const PAGE_END = /\[Page \d+\]\s*$/;
const PAGE_START = /^RFC \d+ .*\d{4}\s*$/;
const LIST_ITEM = /^\s+(?:[-o*]|\d+\.|\([a-z0-9]+\))\s/;

interface Paragraph {
  readonly section: string;
  readonly text: string;
}

// A page break stands between blank lines, as the end of a paragraph does: only an unfinished sentence goes on after one.
function paragraphs(rfc: string): Paragraph[] {
  const found: Paragraph[] = [];
  let section = '0';
  let lines: string[] = [];
  let blank = false;
  let broken = false;
  const finish = (): void => {
    if (lines.length > 0) found.push({ section, text: lines.join(' ').replace(/\s+/g, ' ') });
    lines = [];
  };
  for (const raw of rfc.split('\n')) {
    const line = raw.replace(/[\f\r]/g, '').trimEnd();
    if (PAGE_END.test(line)) broken = true;
    if (PAGE_END.test(line) || PAGE_START.test(line)) continue;
    const heading = line.includes('....') ? undefined : HEADING.exec(line)?.[1];
    if (heading !== undefined) {
      finish();
      section = heading;
    } else if (line === '') {
      blank = true;
    } else {
      if ((blank && !(broken && isOpen(lines))) || LIST_ITEM.test(line)) finish();
      lines.push(line.trim());
      blank = false;
      broken = false;
    }
  }
  finish();
  return found;
}

/** Whether the last line stops in the middle of a sentence of prose. */
function isOpen(lines: readonly string[]): boolean {
  const last = lines.at(-1);
  return last !== undefined && !/[.:!?]["')]?$/.test(last);
}

const ABBREVIATED = /(?:e\.g\.|i\.e\.|cf\.|etc\.|vs\.|et al\.)$/;

function sentencesOf(paragraph: string): string[] {
  const whole: string[] = [];
  for (const part of paragraph.split(/(?<=[.!?:]["')]?)\s+(?=["'([]?[A-Z])/)) {
    const last = whole.at(-1);
    if (last !== undefined && ABBREVIATED.test(last)) whole[whole.length - 1] = `${last} ${part}`;
    else whole.push(part);
  }
  return whole;
}

function digestOf(sentence: string): string {
  return createHash('sha256').update(sentence.replace(/\W+/g, ' ')).digest('hex').slice(0, 8);
}
