// The chapter on early data as lines: two ladders, the steps, the keys and who can make them too, the replay and what four servers
// did with it, what is seen on the way, and the interview question. Pure: what it draws was recorded before.

import { type Line, segment } from '../../inspect/lines.ts';
import { PAIR_WIDTH, renderPair } from '../../inspect/render_pair.ts';
import { readersIn } from '../readers.ts';
import { paragraph, type TableRow, table } from '../terminal.ts';
import { fill } from '../text.ts';
import { DEMO } from '../texts/demo.ts';
import { EARLY, EARLY_DECISIONS, EARLY_INTERVIEW, EARLY_STEPS } from '../texts/demo_early.ts';
import { OVERHEARD } from '../texts/demo_overheard.ts';
import { type EarlyLessons, type Replay, stolenEarlyData } from './early_lessons.ts';
import { interviewLines } from './interview.ts';
import { overheardLines } from './overheard.ts';
import { heading, type Page, singleSpaced } from './page.ts';
import { scheduleLines } from './schedule.ts';
import { stepLines } from './steps.ts';

export function earlyChapterLines(number: number, lessons: EarlyLessons, page: Page): readonly Line[] {
  const { lang, width, columns } = page;
  const { full, resumed, early, recorded } = lessons;
  const titles = [EARLY.without[lang], EARLY.with[lang]] as const;
  const explain = columns < PAIR_WIDTH ? 'none' : 'line';
  const trips = { full: full.timeline.roundTrips, resumed: resumed.timeline.roundTrips, early: tripsBefore(lessons) };
  return singleSpaced([
    ...heading(`${fill(DEMO.chapter[lang], { n: number })}  ${EARLY.title[lang]}`, page, 1),
    ...paragraph(EARLY.intro[lang], width),
    [],
    ...renderPair([resumed.timeline, early.timeline], {
      lang,
      width: columns,
      titles,
      explain,
      readers: readersIn(lang),
    }),
    [],
    ...paragraph(fill(EARLY.saved[lang], trips), width, 0, 'good'),
    ...heading(DEMO.steps[lang], page, 2),
    ...EARLY_STEPS.flatMap((step, i) => stepLines(step, i + 1, early, page)),
    ...heading(EARLY.keys[lang], page, 2),
    ...paragraph(EARLY.keysText[lang], width),
    [],
    ...scheduleLines(early, page, { stages: ['early'], drawing: false }),
    [],
    ...secrecyLines(lessons, page),
    ...heading(EARLY.replay[lang], page, 2),
    ...paragraph(fill(EARLY.replayText[lang], { bytes: recorded }), width),
    [],
    ...replayLines(lessons, page),
    ...heading(EARLY.advice[lang], page, 2),
    ...paragraph(EARLY.adviceText[lang], width),
    ...heading(OVERHEARD.title[lang], page, 2),
    ...overheardLines(early, page),
    ...interviewLines([EARLY_INTERVIEW], page, trips),
  ]);
}

/** How often the client had to wait before its request left. */
function tripsBefore({ early }: EarlyLessons): number {
  const request = early.timeline.data.find(({ from }) => from === 'client');
  return request?.early === true ? 0 : early.timeline.roundTrips;
}

function secrecyLines({ early, ticketKey }: EarlyLessons, { lang, width }: Page): readonly Line[] {
  const stolen = stolenEarlyData(early, ticketKey);
  if (stolen === undefined) return paragraph(EARLY.strange[lang], width, 0, 'error');
  const [request = ''] = stolen.split('\r\n');
  return [
    [segment(EARLY.secrecy[lang], 'heading')],
    ...paragraph(EARLY.secrecyText[lang], width, 2),
    ...paragraph(request, width, 4, 'secret'),
    ...paragraph(EARLY.rest[lang], width, 2),
  ];
}

function replayLines({ replays }: EarlyLessons, { lang, width }: Page): readonly Line[] {
  const asExpected = replays.every(
    ({ defence, before, after }) => before === 1 && after === (defence === 'deliver' ? 2 : 1),
  );
  return [
    ...table(
      replays.flatMap((one) => replayRows(one, lang)),
      width,
    ),
    [],
    ...paragraph(EARLY[asExpected ? 'why' : 'strange'][lang], width, 0, asExpected ? undefined : 'error'),
  ];
}

function replayRows({ defence, before, after, decision }: Replay, lang: Page['lang']): readonly TableRow[] {
  const said = EARLY_DECISIONS[decision]?.[lang] ?? decision;
  return [
    { label: EARLY[defence][lang], value: fill(EARLY.says[lang], { decision: said }) },
    { label: '', value: fill(EARLY.orders[lang], { before, after }), style: after > before ? 'warning' : 'good' },
  ];
}
