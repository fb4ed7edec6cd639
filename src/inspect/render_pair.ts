// Two ladders next to each other, where there is room for it, else one above the other: a handshake and what became of it the
// second time. Pure: lines of styled text, no wider than asked for.

import { type Line, lineWidth, segment } from './lines.ts';
import { type LadderOptions, renderLadder } from './render_ladder.ts';
import type { Timeline } from './timeline.ts';

export interface PairOptions extends Omit<LadderOptions, 'title'> {
  /** Over each of the two; by default what the kinds of handshake are called. */
  readonly titles?: readonly [left: string, right: string];
}

/** Columns from which two ladders stand next to each other: below, names and sizes would not fit. */
export const PAIR_WIDTH = 150;
const GAP = 4;

/** Draws two timelines. */
export function renderPair(pair: readonly [Timeline, Timeline], options: PairOptions): readonly Line[] {
  const { titles, width, ...rest } = options;
  const beside = width >= PAIR_WIDTH;
  const each = beside ? Math.floor((width - GAP) / 2) : width;
  const [left, right] = pair.map((timeline, i) => {
    const title = titles?.[i];
    return renderLadder(timeline, { ...rest, width: each, ...(title !== undefined && { title }) });
  });
  if (left === undefined || right === undefined) return [];
  return beside ? sideBySide(left, right, each) : [...left, [], ...right];
}

function sideBySide(left: readonly Line[], right: readonly Line[], width: number): readonly Line[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i): Line => {
    const [one = [], other = []] = [left[i], right[i]];
    if (other.length === 0) return one;
    return [...one, segment(' '.repeat(Math.max(1, width + GAP - lineWidth(one)))), ...other];
  });
}
