// One chapter of the lesson as lines: the ladder of both sides, the steps with their real values and corrections, and the making
// of the keys. Pure: what it draws was recorded before.

import { equal, toHex } from '../../bytes/bytes.ts';
import { type Line, lineWidth, plainText, segment } from '../../inspect/lines.ts';
import { renderCurl } from '../../inspect/render_curl.ts';
import { renderKeys } from '../../inspect/render_keys.ts';
import { renderLadder } from '../../inspect/render_ladder.ts';
import { timelineOf } from '../../inspect/timeline.ts';
import { readersIn } from '../readers.ts';
import { paragraph, table } from '../terminal.ts';
import { fill } from '../text.ts';
import { CHAPTERS, type ChapterName, DEMO } from '../texts/demo.ts';
import { OVERHEARD } from '../texts/demo_overheard.ts';
import { STEPS } from '../texts/demo_steps.ts';
import type { LessonHandshake, LessonIdentity } from './loopback.ts';
import { overheardLines } from './overheard.ts';
import { heading, type Page, singleSpaced } from './page.ts';
import { scheduleLines } from './schedule.ts';
import { stepLines, valueRow } from './steps.ts';
import { inputsOf, messageOf } from './values.ts';

export interface Chapter {
  readonly name: ChapterName;
  /** From 1. */
  readonly number: number;
  readonly lesson: LessonHandshake;
  readonly identity: LessonIdentity;
}

export function chapterLines(chapter: Chapter, page: Page): readonly Line[] {
  const { name, number, lesson } = chapter;
  const { lang, width } = page;
  const { title, intro } = CHAPTERS[name];
  return singleSpaced([
    ...heading(`${fill(DEMO.chapter[lang], { n: number })}  ${title[lang]}`, page, 1),
    ...paragraph(intro[lang], width),
    [],
    ...renderLadder(lesson.timeline, { lang, width, title: '', explain: 'line', readers: readersIn(lang) }),
    ...(name === 'ecdhe' ? curlLines(lesson, page) : []),
    ...heading(DEMO.steps[lang], page, 2),
    ...STEPS[name].flatMap((step, i) => stepLines(step, i + 1, lesson, page)),
    ...keyLines(chapter, page),
    [segment(OVERHEARD.title[lang], 'heading')],
    ...overheardLines(lesson, page),
    [],
  ]);
}

function curlLines(lesson: LessonHandshake, page: Page): readonly Line[] {
  const lines = renderCurl(timelineOf(lesson.client)).flatMap((line): readonly Line[] =>
    lineWidth(line) + 2 <= page.width ? [[segment('  '), ...line]] : paragraph(plainText([line]), page.width, 2),
  );
  return [...heading(DEMO.curl[page.lang], page, 2), ...lines];
}

function keyLines({ name, lesson, identity }: Chapter, page: Page): readonly Line[] {
  const { lang, width } = page;
  const { keys, thief } = CHAPTERS[name];
  const { client } = lesson.secrets;
  const extended = client.some(({ label }) => label === 'extended master secret');
  return [
    ...heading(DEMO.keys[lang], page, 2),
    ...paragraph(keys[lang], width),
    [],
    ...table(
      inputsOf(lesson).map((value) => valueRow(value, page)),
      width,
      2,
    ),
    [],
    ...(name === 'tls13'
      ? scheduleLines(lesson, page)
      : renderKeys(client, { lang, width: width - 2 }).map((line): Line => [segment('  '), ...line])),
    [],
    ...(extended ? [...paragraph(DEMO.ems[lang], width), []] : []),
    ...agreementLines(lesson, page),
    [],
    [segment(DEMO.thief[lang], 'heading')],
    ...paragraph(thief[lang], width, 2),
    ...(name === 'rsa' ? stolenKeyLines(lesson, identity, page) : []),
    [],
  ];
}

/** Compares what both sides derived, one by one. */
function agreementLines({ secrets }: LessonHandshake, { lang, width }: Page): readonly Line[] {
  const common = secrets.client.filter(({ name }) => secrets.server.some((other) => other.name === name));
  const agree = common.every((one) =>
    secrets.server.some((other) => other.name === one.name && equal(other.value, one.value)),
  );
  const text = agree && common.length > 0 ? fill(DEMO.same[lang], { count: common.length }) : DEMO.different[lang];
  return paragraph(text, width, 0, agree ? 'good' : 'error');
}

/** Does what a thief would do: decrypts the recorded ClientKeyExchange with the key of the certificate. */
function stolenKeyLines(
  lesson: LessonHandshake,
  { privateKey }: LessonIdentity,
  { lang, width }: Page,
): readonly Line[] {
  // Type and length of the message, then the length of the ciphertext.
  const ciphertext = messageOf(lesson, 'client_key_exchange')?.subarray(6);
  const opened = ciphertext === undefined ? undefined : privateKey.decryptRaw(ciphertext)?.subarray(-48);
  const real = lesson.secrets.client.find(({ name }) => name === 'pre_master_secret')?.value;
  if (opened === undefined || real === undefined || !equal(opened, real)) return [];
  return [...paragraph(toHex(opened), width, 4, 'secret'), ...paragraph(DEMO.thiefSame[lang], width, 2, 'warning')];
}
