// The page that the lesson is drawn on: language and widths, headings of two ranks, blank lines between parts.

import { displayWidth, type Line, segment, wrap } from '../../inspect/lines.ts';
import type { Lang } from '../text.ts';

export interface Page {
  readonly lang: Lang;
  /** Columns for text. */
  readonly width: number;
  /** Columns for what stands side by side. */
  readonly columns: number;
}

/** Rank 1 stands between rules, rank 2 is followed by one. */
export function heading(text: string, { width }: Page, rank: 1 | 2): readonly Line[] {
  const rule = (style: string, length: number): Line => [segment(style.repeat(Math.max(0, length)), 'rule')];
  if (rank === 1) return [rule('━', width), ...wrap(text, width).map((one): Line => [segment(one, 'title')]), []];
  const rest = width - displayWidth(text) - 4;
  return [
    [],
    [segment('── ', 'rule'), segment(text, 'heading'), segment(` ${'─'.repeat(Math.max(0, rest))}`, 'rule')],
    [],
  ];
}

/** Parts bring a blank line of their own on either side; one is enough. */
export function singleSpaced(lines: readonly Line[]): readonly Line[] {
  return lines.filter((line, i) => line.length > 0 || lines[i - 1]?.length !== 0);
}
