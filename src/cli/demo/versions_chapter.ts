// TLS 1.2 and TLS 1.3 side by side: both ladders, what each step became, what the round trips cost, what is seen on the way, and the
// interview question. Pure: what it draws was recorded before.

import { type ComparisonTable, renderComparison } from '../../inspect/compare.ts';
import { type Line, segment } from '../../inspect/lines.ts';
import { PAIR_WIDTH, renderPair } from '../../inspect/render_pair.ts';
import type { Timeline } from '../../inspect/timeline.ts';
import { CONTENT_TYPE } from '../../wire/registry/names.ts';
import { readersIn } from '../readers.ts';
import { paragraph, table } from '../terminal.ts';
import { fill, type Text } from '../text.ts';
import { CHAPTERS, DEMO } from '../texts/demo.ts';
import { OVERHEARD } from '../texts/demo_overheard.ts';
import { MOVED, VERSIONS, VERSIONS_INTERVIEW } from '../texts/demo_versions.ts';
import { interviewLines } from './interview.ts';
import type { LessonHandshake } from './loopback.ts';
import { overheardLines } from './overheard.ts';
import { heading, type Page, singleSpaced } from './page.ts';

export interface VersionLessons {
  readonly old: LessonHandshake;
  readonly new: LessonHandshake;
}

export function versionsChapterLines(number: number, lessons: VersionLessons, page: Page): readonly Line[] {
  const { lang, width, columns } = page;
  const titles = [CHAPTERS.ecdhe.title[lang], CHAPTERS.tls13.title[lang]] as const;
  const timelines = [lessons.old.timeline, lessons.new.timeline] as const;
  const explain = columns < PAIR_WIDTH ? 'none' : 'line';
  return singleSpaced([
    ...heading(`${fill(DEMO.chapter[lang], { n: number })}  ${VERSIONS.title[lang]}`, page, 1),
    ...paragraph(VERSIONS.intro[lang], width),
    [],
    ...renderPair(timelines, { lang, width: columns, titles, explain, readers: readersIn(lang) }),
    ...heading(VERSIONS.moved[lang], page, 2),
    ...table(
      MOVED.map(([was, now]) => ({ label: was[lang], value: now[lang] })),
      width,
    ),
    ...waitingLines(timelines, page),
    ...heading(OVERHEARD.title[lang], page, 2),
    [segment(VERSIONS.overheard12[lang], 'heading')],
    ...overheardLines(lessons.old, page),
    [segment(VERSIONS.overheard13[lang], 'heading')],
    ...overheardLines(lessons.new, page),
    [],
    ...paragraph(fill(VERSIONS.clearOf[lang], clearValues(timelines)), width),
    ...interviewLines([VERSIONS_INTERVIEW], page),
  ]);
}

/** Milliseconds there and back. */
const DISTANCES: readonly (readonly [ms: number, where: Text])[] = [
  [5, VERSIONS.near],
  [50, VERSIONS.far],
  [250, VERSIONS.moon],
];

function waitingLines([old, now]: readonly [Timeline, Timeline], page: Page): readonly Line[] {
  const { lang, width } = page;
  const cell = ({ roundTrips }: Timeline, ms: number): ComparisonTable['rows'][number]['cells'][number] => {
    const total = (1 + roundTrips) * ms;
    const text = { en: fill(VERSIONS.leaves.en, { ms: total }), zh: fill(VERSIONS.leaves.zh, { ms: total }) };
    return { text, tone: roundTrips < 2 ? 'good' : 'plain' };
  };
  const rows = DISTANCES.map(([ms, where]) => ({
    label: {
      en: `${fill(VERSIONS.distance.en, { ms })}, ${where.en}`,
      zh: `${fill(VERSIONS.distance.zh, { ms })}，${where.zh}`,
    },
    cells: [cell(old, ms), cell(now, ms)],
  }));
  const titles = [CHAPTERS.ecdhe.title, CHAPTERS.tls13.title];
  return [
    ...heading(VERSIONS.waiting[lang], page, 2),
    ...paragraph(fill(VERSIONS.waitingText[lang], { old: old.roundTrips, new: now.roundTrips }), width),
    [],
    ...renderComparison({ titles, rows }, { lang, width: Math.min(width, 100) }),
  ];
}

function clearValues([old, now]: readonly [Timeline, Timeline]): Record<string, number> {
  const count = ({ messages }: Timeline, clear: boolean): number =>
    messages.filter(
      ({ inHandshake, contentType, encrypted }) =>
        inHandshake && contentType === CONTENT_TYPE.handshake && !(clear && encrypted),
    ).length;
  return { old: count(old, true), oldAll: count(old, false), new: count(now, true), newAll: count(now, false) };
}
