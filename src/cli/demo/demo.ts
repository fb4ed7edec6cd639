// `glasstls demo`: three handshakes on real bytes, then the three side by side, then what to try. Needs nothing and leaves nothing
// behind.

import { compareHandshakes, renderComparison } from '../../inspect/compare.ts';
import { type Line, segment } from '../../inspect/lines.ts';
import { type Arguments, choiceOf, usage } from '../arguments.ts';
import { EXIT } from '../exit_codes.ts';
import { paragraph, type Terminal, table } from '../terminal.ts';
import { CHAPTERS, type ChapterName, DEMO, TRY } from '../texts/demo.ts';
import { chapterLines } from './chapter.ts';
import { type LessonHandshake, makeLessonIdentity, runLesson } from './loopback.ts';
import { heading, type Page } from './page.ts';

const WARM_UPS = 3;
const NAMES = Object.keys(CHAPTERS) as ChapterName[];

export async function demo(args: Arguments, terminal: Terminal): Promise<number> {
  const { out, lang } = terminal;
  const [stray] = args.operands;
  if (stray !== undefined) {
    const shown = JSON.stringify(stray);
    throw usage({ en: `demo takes no argument ${shown}`, zh: `demo 不接受参数 ${shown}` }, 'demo');
  }
  const only = choiceOf(args, 'chapter', NAMES);
  const page: Page = { lang, width: out.width };
  if (args.has('list')) {
    out.lines(chapterList(page));
    return EXIT.ok;
  }
  const identity = makeLessonIdentity();
  const chosen = only === undefined ? NAMES : [only];
  // A few times unseen, so that the times shown are not those of a program that is still being compiled.
  for (let round = 0; round < WARM_UPS; round++) {
    for (const name of chosen) await runLesson(CHAPTERS[name].kind, identity);
  }
  const lessons: LessonHandshake[] = [];
  for (const name of chosen) lessons.push(await runLesson(CHAPTERS[name].kind, identity));
  if (only === undefined) {
    out.lines([...heading(DEMO.title[lang], page, 1), ...paragraph(DEMO.opening[lang], page.width), []]);
  }
  for (const lesson of lessons) {
    const name = NAMES.find((one) => CHAPTERS[one].kind === lesson.kind) ?? 'rsa';
    out.lines(chapterLines({ name, number: NAMES.indexOf(name) + 1, lesson, identity }, page));
  }
  if (only === undefined) {
    const comparison = compareHandshakes(lessons.map((lesson) => lesson.timeline));
    out.lines([
      ...heading(DEMO.comparison[lang], page, 1),
      ...renderComparison(comparison, page),
      [],
      ...paragraph(DEMO.times[lang], page.width),
      [],
    ]);
  }
  out.lines(tryLines(page));
  return EXIT.ok;
}

function chapterList({ lang, width }: Page): readonly Line[] {
  const rows = NAMES.map((name) => ({ label: name, value: CHAPTERS[name].title[lang] }));
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
