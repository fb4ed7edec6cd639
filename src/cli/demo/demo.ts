// `glasstls demo`: three full handshakes on real bytes, the three side by side, then what to try; and chapters of their own on what
// else there is, which have to be asked for. Needs nothing and leaves nothing behind.

import { compareHandshakes, renderComparison } from '../../inspect/compare.ts';
import { type Line, segment } from '../../inspect/lines.ts';
import type { Timeline } from '../../inspect/timeline.ts';
import { type Arguments, choicesOf, usage } from '../arguments.ts';
import { CHOICES } from '../choices.ts';
import { EXIT } from '../exit_codes.ts';
import { showPaged } from '../pager.ts';
import { paragraph, type Terminal, table } from '../terminal.ts';
import type { Text } from '../text.ts';
import { CHAPTERS, type ChapterName, DEMO, TRY } from '../texts/demo.ts';
import { CLIENT } from '../texts/demo_client.ts';
import { EARLY } from '../texts/demo_early.ts';
import { EXPIRED, TAMPERED } from '../texts/demo_faults.ts';
import { RESUMED } from '../texts/demo_resumed.ts';
import { RETRY } from '../texts/demo_retry.ts';
import { VERSIONS } from '../texts/demo_versions.ts';
import { chapterLines } from './chapter.ts';
import { clientChapterLines } from './client_chapter.ts';
import { runClientLessons } from './client_lessons.ts';
import { earlyChapterLines } from './early_chapter.ts';
import { runEarlyLessons } from './early_lessons.ts';
import { expiredLines, runExpired, runTampered, tamperedLines } from './fault_chapters.ts';
import { type LessonIdentity, makeLessonIdentity, runLesson, SETTINGS } from './loopback.ts';
import { heading, type Page } from './page.ts';
import { resumedChapterLines } from './resumed_chapter.ts';
import { runResumption } from './resumption.ts';
import { retryChapterLines } from './retry_chapter.ts';
import { runRetryLessons } from './retry_lessons.ts';
import { versionsChapterLines } from './versions_chapter.ts';

const WARM_UPS = 3;

/** A chapter that was run, ready to be shown. */
interface Ready {
  readonly lines: (number: number, page: Page) => readonly Line[];
  /** For the comparison. */
  readonly timeline?: Timeline;
}

interface Chapter {
  readonly name: Exclude<(typeof CHOICES.chapter)[number], 'all'>;
  readonly title: Text;
  readonly run: (identity: LessonIdentity) => Promise<Ready>;
}

const FULL: readonly Chapter[] = (Object.keys(CHAPTERS) as ChapterName[]).map((name) => {
  const { kind, title } = CHAPTERS[name];
  return {
    name,
    title,
    run: async (identity) => {
      const lesson = await runLesson({ kind, settings: SETTINGS[kind] }, identity);
      return {
        timeline: lesson.timeline,
        lines: (number, page) => chapterLines({ name, number, lesson, identity }, page),
      };
    },
  };
});

const ALL: readonly Chapter[] = [
  ...FULL,
  {
    name: 'versions',
    title: VERSIONS.title,
    run: async (identity) => {
      const plan = (kind: 'ecdhe12' | 'tls13') => runLesson({ kind, settings: SETTINGS[kind] }, identity);
      const lessons = { old: await plan('ecdhe12'), new: await plan('tls13') };
      return { lines: (number, page) => versionsChapterLines(number, lessons, page) };
    },
  },
  {
    name: 'retry',
    title: RETRY.title,
    run: async (identity) => {
      const lessons = await runRetryLessons(identity);
      return { lines: (number, page) => retryChapterLines(number, lessons, page) };
    },
  },
  {
    name: 'resumed',
    title: RESUMED.title,
    run: async (identity) => {
      const [byId, byTicket] = [await runResumption('id', identity), await runResumption('ticket', identity)];
      return { lines: (number, page) => resumedChapterLines({ number, byId, byTicket }, page) };
    },
  },
  {
    name: 'early-data',
    title: EARLY.title,
    run: async (identity) => {
      const lessons = await runEarlyLessons(identity);
      return { lines: (number, page) => earlyChapterLines(number, lessons, page) };
    },
  },
  {
    name: 'client',
    title: CLIENT.title,
    run: async (identity) => {
      const lessons = await runClientLessons(identity);
      return { lines: (number, page) => clientChapterLines(number, lessons, page) };
    },
  },
  {
    name: 'tampered',
    title: TAMPERED.title,
    run: async (identity) => {
      const lessons = await runTampered(identity);
      return { lines: (number, page) => tamperedLines(number, lessons, page) };
    },
  },
  {
    name: 'expired',
    title: EXPIRED.title,
    run: async () => {
      const lesson = await runExpired();
      return { lines: (number, page) => expiredLines(number, lesson, page) };
    },
  },
];

export async function demo(args: Arguments, terminal: Terminal): Promise<number> {
  const { out, lang } = terminal;
  const [stray] = args.operands;
  if (stray !== undefined) {
    const shown = JSON.stringify(stray);
    throw usage({ en: `demo takes no argument ${shown}`, zh: `demo 不接受参数 ${shown}` }, 'demo');
  }
  const names = ALL.map(({ name }) => name);
  const asked = choicesOf(args, 'chapter', CHOICES.chapter);
  const page: Page = { lang, width: out.width, columns: out.columns };
  if (args.has('list')) {
    out.lines(chapterList(page));
    return EXIT.ok;
  }
  const identity = makeLessonIdentity();
  const core = FULL.map(({ name }) => name);
  const wanted = asked.length === 0 ? core : asked.includes('all') ? names : asked;
  const chosen = ALL.filter(({ name }) => wanted.includes(name));
  const compares = core.every((name) => wanted.includes(name));
  // A few times unseen, so that the times shown are not those of a program that is still being compiled.
  for (let round = 0; round < WARM_UPS; round++) for (const { run } of chosen) await run(identity);
  const ready: (Ready & { readonly name: Chapter['name'] })[] = [];
  for (const { name, run } of chosen) ready.push({ name, ...(await run(identity)) });
  const text: Line[] = [];
  if (compares) {
    text.push(...heading(DEMO.title[lang], page, 1), ...paragraph(DEMO.opening[lang], page.width), []);
  }
  const last = ready.findLastIndex(({ timeline }) => timeline !== undefined);
  ready.forEach(({ name, lines }, i) => {
    text.push(...lines(names.indexOf(name) + 1, page));
    if (compares && i === last) text.push(...comparisonLines(ready, page));
  });
  if (asked.length === 0) text.push(...moreLines(page));
  text.push(...tryLines(page));
  if (args.has('no-pager')) out.lines(text);
  else await showPaged(text, out, process.env);
  return EXIT.ok;
}

/** Behind the last of the full handshakes: all of them side by side. */
function comparisonLines(ready: readonly Ready[], page: Page): readonly Line[] {
  const { lang, width } = page;
  const comparison = compareHandshakes(ready.flatMap(({ timeline }) => timeline ?? []));
  return [
    ...heading(DEMO.comparison[lang], page, 1),
    ...renderComparison(comparison, page),
    [],
    ...paragraph(DEMO.times[lang], width),
    [],
  ];
}

/** The chapters that were not shown: ten at once are too much to read. */
function moreLines(page: Page): readonly Line[] {
  const { lang, width } = page;
  const rows = ALL.filter((one) => !FULL.includes(one)).map(({ name, title }) => ({ label: name, value: title[lang] }));
  return [...heading(DEMO.more[lang], page, 1), ...table(rows, width), [], ...paragraph(DEMO.moreHow[lang], width), []];
}

function chapterList({ lang, width }: Page): readonly Line[] {
  const rows = ALL.map(({ name, title }) => ({ label: name, value: title[lang] }));
  return [[segment(DEMO.chapters[lang], 'heading')], ...table(rows, width)];
}

function tryLines(page: Page): readonly Line[] {
  const { lang } = page;
  return [
    ...heading(DEMO.closing[lang], page, 1),
    ...TRY.flatMap(([command, what]): Line[] => [
      [segment('  $ ', 'dim'), segment(command, 'message')],
      ...paragraph(what[lang], page.width, 6, 'dim'),
    ]),
  ];
}
