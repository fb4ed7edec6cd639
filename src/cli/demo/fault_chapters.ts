// Two chapters on handshakes that fail as they should: bytes that somebody changed on the way, and a certificate that is past its last day. Each
// is run for real; the reports are those of `glasstls connect`.

import { type Line, lineWidth, plainText } from '../../inspect/lines.ts';
import { renderLadder } from '../../inspect/render_ladder.ts';
import { explainFailure, failureLines } from '../failure.ts';
import { readersIn } from '../readers.ts';
import { paragraph } from '../terminal.ts';
import { fill } from '../text.ts';
import { DEMO } from '../texts/demo.ts';
import { EXPIRED, EXPIRED_INTERVIEW, TAMPERED, TAMPERED_INTERVIEW } from '../texts/demo_faults.ts';
import { interviewLines } from './interview.ts';
import { type LessonHandshake, type LessonIdentity, makeLessonIdentity, runLesson, SETTINGS } from './loopback.ts';
import { heading, type Page, singleSpaced } from './page.ts';
import { flipCiphertext, flipPublicKey } from './tamper.ts';

export interface TamperedLessons {
  readonly key: LessonHandshake;
  readonly record: LessonHandshake;
}

export async function runTampered(identity: LessonIdentity): Promise<TamperedLessons> {
  return {
    key: await runLesson(
      { kind: 'ecdhe12', settings: SETTINGS.ecdhe12, change: flipPublicKey, mayFail: true },
      identity,
    ),
    record: await runLesson(
      { kind: 'tls13', settings: SETTINGS.tls13, change: flipCiphertext(), mayFail: true },
      identity,
    ),
  };
}

const DAY = 24 * 3_600_000;

/** A server whose certificate ended yesterday; everything else is as it should be. */
export async function runExpired(): Promise<LessonHandshake> {
  const identity = makeLessonIdentity({ notBefore: Date.now() - 91 * DAY, notAfter: Date.now() - DAY });
  return runLesson({ kind: 'tls13', settings: SETTINGS.tls13, mayFail: true }, identity);
}

export function tamperedLines(number: number, { key, record }: TamperedLessons, page: Page): readonly Line[] {
  const { lang, width } = page;
  return singleSpaced([
    ...heading(`${fill(DEMO.chapter[lang], { n: number })}  ${TAMPERED.title[lang]}`, page, 1),
    ...paragraph(TAMPERED.intro[lang], width),
    ...heading(TAMPERED.key[lang], page, 2),
    ...paragraph(TAMPERED.keyText[lang], width),
    [],
    ...failedLines(key, page),
    ...paragraph(TAMPERED.keyAfter[lang], width),
    ...heading(TAMPERED.record[lang], page, 2),
    ...paragraph(TAMPERED.recordText[lang], width),
    [],
    ...failedLines(record, page),
    ...paragraph(TAMPERED.recordAfter[lang], width),
    ...interviewLines(TAMPERED_INTERVIEW, page),
  ]);
}

export function expiredLines(number: number, lesson: LessonHandshake, page: Page): readonly Line[] {
  const { lang, width } = page;
  return singleSpaced([
    ...heading(`${fill(DEMO.chapter[lang], { n: number })}  ${EXPIRED.title[lang]}`, page, 1),
    ...paragraph(EXPIRED.intro[lang], width),
    [],
    ...failedLines(lesson, page),
    ...paragraph(EXPIRED.after[lang], width),
    ...interviewLines(EXPIRED_INTERVIEW, page),
  ]);
}

/** The ladder of both sides, which tells what was changed on the way. And what `glasstls connect` says of it. */
function failedLines({ client, timeline, failure }: LessonHandshake, { lang, width }: Page): readonly Line[] {
  const seen = client.entries.map(({ observation }) => observation);
  const report = explainFailure({ error: failure?.error, role: 'client', seen, judgement: failure?.judgement }, lang);
  return [
    ...renderLadder(timeline, { lang, width, title: '', explain: 'none', readers: readersIn(lang) }),
    [],
    ...failureLines(report, { width }).flatMap((line): readonly Line[] =>
      lineWidth(line) <= width ? [line] : paragraph(plainText([line]), width),
    ),
    [],
  ];
}
