// The chapter on HelloRetryRequest as lines: the ladder, the steps, the two hellos compared, the fixed random and the transcript
// checked, what it cost against two better connections, and the interview question. Pure: what it draws was recorded before.

import { createHash } from 'node:crypto';
import { equal, toHex } from '../../bytes/bytes.ts';
import { type ComparisonTable, renderComparison } from '../../inspect/compare.ts';
import type { Line } from '../../inspect/lines.ts';
import { renderLadder } from '../../inspect/render_ladder.ts';
import { costOf } from '../../inspect/savings.ts';
import { readersIn } from '../readers.ts';
import { paragraph, table } from '../terminal.ts';
import { fill, type Text } from '../text.ts';
import { DEMO } from '../texts/demo.ts';
import { OVERHEARD } from '../texts/demo_overheard.ts';
import { RETRY, RETRY_INTERVIEW, RETRY_STEPS } from '../texts/demo_retry.ts';
import { interviewLines } from './interview.ts';
import { overheardLines } from './overheard.ts';
import { heading, type Page, singleSpaced } from './page.ts';
import { compareHellos, groupsOf, type RetryLessons, retryRandom } from './retry_lessons.ts';
import { scheduleLines } from './schedule.ts';
import { stepLines } from './steps.ts';
import { messageHash } from './transcript.ts';
import { messageOf } from './values.ts';

export function retryChapterLines(number: number, lessons: RetryLessons, page: Page): readonly Line[] {
  const { lang, width } = page;
  const { wrong } = lessons;
  return singleSpaced([
    ...heading(`${fill(DEMO.chapter[lang], { n: number })}  ${RETRY.title[lang]}`, page, 1),
    ...paragraph(fill(RETRY.intro[lang], groupsOf(wrong)), width),
    [],
    ...renderLadder(wrong.timeline, { lang, width, title: '', explain: 'line', readers: readersIn(lang) }),
    ...heading(DEMO.steps[lang], page, 2),
    ...RETRY_STEPS.flatMap((step, i) => stepLines(step, i + 1, wrong, page)),
    ...changedLines(lessons, page),
    ...randomLines(lessons, page),
    ...transcriptLines(lessons, page),
    ...costLines(lessons, page),
    ...heading(OVERHEARD.title[lang], page, 2),
    ...overheardLines(wrong, page),
    ...interviewLines([RETRY_INTERVIEW], page, {
      wrong: wrong.timeline.roundTrips,
      right: lessons.right.timeline.roundTrips,
    }),
  ]);
}

function changedLines({ wrong }: RetryLessons, page: Page): readonly Line[] {
  const { lang, width } = page;
  const { sameHead, same, changed, shares } = compareHellos(wrong);
  const [before, after] = shares;
  const rest = changed.filter((name) => name !== 'key_share');
  return [
    ...heading(RETRY.changed[lang], page, 2),
    ...paragraph(RETRY.changedText[lang], width),
    [],
    ...table(
      [
        {
          label: RETRY.same[lang],
          value: sameHead ? fill(RETRY.sameList[lang], { count: same.length, list: same.join(', ') }) : same.join(', '),
        },
        {
          label: RETRY.other[lang],
          value: [fill(RETRY.shares[lang], { before, after }), ...rest].join(', '),
          style: 'warning',
        },
      ],
      width,
    ),
  ];
}

function randomLines({ wrong }: RetryLessons, page: Page): readonly Line[] {
  const { lang, width } = page;
  const fixed = new Uint8Array(createHash('sha256').update('HelloRetryRequest').digest());
  const good = equal(fixed, retryRandom(wrong));
  return [
    ...heading(RETRY.random[lang], page, 2),
    ...paragraph(RETRY.randomText[lang], width),
    [],
    ...paragraph('SHA-256("HelloRetryRequest") =', width, 2, 'label'),
    ...paragraph(toHex(fixed), width, 2, 'hex'),
    ...paragraph(RETRY[good ? 'randomSame' : 'randomOther'][lang], width, 2, good ? 'good' : 'error'),
  ];
}

function transcriptLines({ wrong }: RetryLessons, page: Page): readonly Line[] {
  const { lang, width } = page;
  const hello = messageOf(wrong, 'client_hello') ?? new Uint8Array(0);
  const stand = toHex(messageHash(hello));
  return [
    ...heading(RETRY.transcript[lang], page, 2),
    ...paragraph(RETRY.transcriptText[lang], width),
    [],
    ...paragraph('message_hash (254) = fe 000020 || SHA-256(ClientHello 1) =', width, 2, 'label'),
    ...paragraph(`${stand.slice(0, 8)} ${stand.slice(8)}`, width, 2, 'hex'),
    [],
    ...scheduleLines(wrong, page, { stages: ['handshake'], drawing: false }),
  ];
}

function costLines({ wrong, right, both }: RetryLessons, page: Page): readonly Line[] {
  const { lang, width } = page;
  const lessons = [wrong, right, both];
  const row = (label: Text, count: (cost: ReturnType<typeof costOf>) => number) => {
    const counts = lessons.map(({ timeline }) => count(costOf(timeline)));
    const least = Math.min(...counts);
    return {
      label,
      cells: counts.map((one) => ({
        text: { en: String(one), zh: String(one) },
        tone: one === least ? ('good' as const) : ('plain' as const),
      })),
    };
  };
  const comparison: ComparisonTable = {
    titles: [RETRY.wrong, RETRY.right, RETRY.both],
    rows: [
      row(RETRY.trips, ({ roundTrips }) => roundTrips),
      row(RETRY.bytes, ({ bytes }) => bytes.client),
      row(RETRY.hellos, ({ work }) => work.client.keyPairs),
    ],
  };
  return [
    ...heading(RETRY.cost[lang], page, 2),
    ...paragraph(RETRY.costText[lang], width),
    [],
    ...renderComparison(comparison, { lang, width: Math.min(width, 90) }),
    [],
    ...paragraph(RETRY.advice[lang], width),
  ];
}
