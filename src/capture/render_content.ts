// The first bytes of application data: as lines where they are text (HTTP/1, mail), as a dump where they are not or when a dump was asked
// for. All of it was chosen by a peer: it is escaped, and bounded by what was kept. Pure.

import { escapeText } from '../inspect/escape.ts';
import { clip, type Line, segment } from '../inspect/lines.ts';
import { utf8 } from '../inspect/readable.ts';

export interface ContentOptions {
  readonly width: number;
  /** A dump even of text. */
  readonly hex?: boolean;
  /** Lines that are shown at most. */
  readonly maxLines?: number;
}

const INDENT = '    ';
const PER_LINE = 16;

/** Lines of `content`; how many bytes there were in all, who shows it says. */
export function renderContent(content: Uint8Array, options: ContentOptions): readonly Line[] {
  const { width, hex = false, maxLines = 16 } = options;
  const text = hex ? undefined : textOf(content);
  if (text === undefined) return dumpLines(content, width).slice(0, maxLines);
  const lines = text.split(/\r?\n/);
  const shown = lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  return shown
    .slice(0, maxLines)
    .map((line) => [segment(INDENT), segment(clip(escapeText(line), Math.max(20, width - INDENT.length)), 'value')]);
}

/** UTF-8 without control characters but ends of lines and tabs. Its last character may have been cut off. */
function textOf(content: Uint8Array): string | undefined {
  for (let cut = 0; cut < 4; cut++) {
    const text = utf8(content.subarray(0, content.length - cut));
    if (text !== undefined) return /[^\P{Cc}\r\n\t]/u.test(text) ? undefined : text;
  }
  return undefined;
}

/** `0010  48 54 54 50 ...  HTTP`; half as many bytes where there is no room. */
function dumpLines(content: Uint8Array, width: number): readonly Line[] {
  const room = width >= INDENT.length + 6 + 4 * PER_LINE + 1 ? PER_LINE : PER_LINE / 2;
  const lines: Line[] = [];
  for (let at = 0; at < content.length; at += room) {
    const bytes = Array.from(content.subarray(at, at + room));
    const digits = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = bytes.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push([
      segment(`${INDENT}${at.toString(16).padStart(4, '0')}  `, 'offset'),
      segment(digits.padEnd(3 * room + 1), 'value'),
      segment(text, 'dim'),
    ]);
  }
  return lines;
}
