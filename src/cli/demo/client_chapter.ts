// The chapter on client certificates as lines: the ladder, the three messages that are new with their values and the check of the
// proof, who can read the name, what happens without one, and the interview question. Pure: what it draws was recorded before.

import type { Line } from '../../inspect/lines.ts';
import { renderLadder } from '../../inspect/render_ladder.ts';
import { costOf, type HandshakeCost } from '../../inspect/savings.ts';
import { messageKey } from '../../inspect/texts/messages.ts';
import { readersIn } from '../readers.ts';
import { paragraph, type TableRow, table } from '../terminal.ts';
import { fill } from '../text.ts';
import { DEMO, VALUES } from '../texts/demo.ts';
import { CLIENT, CLIENT_ANSWERS, CLIENT_STEPS } from '../texts/demo_client.ts';
import { type ClientLessons, checkProof } from './client_lessons.ts';
import type { LessonHandshake } from './loopback.ts';
import { heading, type Page, singleSpaced } from './page.ts';
import { stepLines } from './steps.ts';
import { valuesOf } from './values.ts';

export function clientChapterLines(number: number, lessons: ClientLessons, page: Page): readonly Line[] {
  const { lang, width } = page;
  const { asked, refused } = lessons;
  return singleSpaced([
    ...heading(`${fill(DEMO.chapter[lang], { n: number })}  ${CLIENT.title[lang]}`, page, 1),
    ...paragraph(CLIENT.intro[lang], width),
    [],
    ...renderLadder(asked.timeline, { lang, width, title: '', explain: 'line', readers: readersIn(lang) }),
    ...heading(CLIENT.steps[lang], page, 2),
    ...CLIENT_STEPS.flatMap((step, i) => stepLines(step, i + 1, asked, page)),
    ...proofLines(asked, page),
    [],
    ...paragraph(fill(CLIENT.cost[lang], costValues(lessons)), width),
    ...heading(CLIENT.seen[lang], page, 2),
    ...paragraph(CLIENT.seenText[lang], width),
    [],
    ...table(
      [asked, lessons.asked13].map((lesson) => seenRow(lesson, page)),
      width,
    ),
    ...heading(CLIENT.none[lang], page, 2),
    ...paragraph(CLIENT.noneText[lang], width),
    [],
    ...renderLadder(refused.timeline, { lang, width, title: '', explain: 'none', readers: readersIn(lang) }),
    ...heading(CLIENT.interview[lang], page, 2),
    ...paragraph(CLIENT.question[lang], width, 0, 'message'),
    [],
    ...table(
      CLIENT_ANSWERS.map((answer, i) => ({ label: String(i + 1), value: answer[lang] })),
      width,
    ),
    [],
  ]);
}

function proofLines(asked: LessonHandshake, { lang, width }: Page): readonly Line[] {
  const { good, messages, bytes } = checkProof(asked);
  const text = good ? fill(CLIENT.checked[lang], { count: messages, bytes }) : CLIENT.unchecked[lang];
  return paragraph(text, width, 0, good ? 'good' : 'error');
}

/** What one handshake took more than the other. */
function costValues({ asked, unasked }: ClientLessons): Record<string, number> {
  const [more, less] = [costOf(asked.timeline), costOf(unasked.timeline)];
  const bytes = ({ bytes: { client, server } }: HandshakeCost): number => client + server;
  const checks = more.work.server.verifications - less.work.server.verifications;
  return {
    messages: more.messages - less.messages,
    bytes: bytes(more) - bytes(less),
    signatures: more.work.client.signatures - less.work.client.signatures,
    checks,
    certificates: checks - 1,
  };
}

/** The version, and what somebody on the way could read of the client's certificate. */
function seenRow(lesson: LessonHandshake, { lang }: Page): TableRow {
  const { messages, kind } = lesson.timeline;
  const certificate = messages.find(({ name, from, raw }) => messageKey(name, from, raw) === 'client_certificate');
  const label = kind === 'tls13' ? 'TLS 1.3' : 'TLS 1.2';
  if (certificate?.encrypted !== false) return { label, value: CLIENT.encrypted[lang], style: 'good' };
  const subject = valuesOf(lesson, 'client_certificate').find((one) => one.label === VALUES.subject)?.value ?? '';
  return { label, value: fill(CLIENT.inClear[lang], { subject }), style: 'warning' };
}
