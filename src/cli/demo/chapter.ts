// One chapter of the lesson as lines: the ladder of both sides, the steps with their real values and corrections, and the making
// of the keys. Pure: what it draws was recorded before.

import { equal, toHex } from '../../bytes/bytes.ts';
import type { MessageName } from '../../inspect/forms.ts';
import { type Line, lineWidth, plainText, segment } from '../../inspect/lines.ts';
import { messageTitle } from '../../inspect/names.ts';
import { renderCurl } from '../../inspect/render_curl.ts';
import { renderKeys } from '../../inspect/render_keys.ts';
import { renderLadder } from '../../inspect/render_ladder.ts';
import { correctionsAt, explanationOf, type MessageKey } from '../../inspect/texts/messages.ts';
import { timelineOf } from '../../inspect/timeline.ts';
import { paragraph, type TableRow, table } from '../terminal.ts';
import { fill, type Lang, type Text } from '../text.ts';
import { CHAPTERS, type ChapterName, DEMO, VALUES } from '../texts/demo.ts';
import { STEPS, type StepText } from '../texts/demo_steps.ts';
import type { LessonHandshake, LessonIdentity } from './loopback.ts';
import { heading, type Page } from './page.ts';
import { inputsOf, messageOf, type Value, valuesOf } from './values.ts';

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
    ...renderLadder(lesson.timeline, { lang, width, title: '', explain: 'line' }),
    ...(name === 'ecdhe' ? curlLines(lesson, page) : []),
    ...heading(DEMO.steps[lang], page, 2),
    ...STEPS[name].flatMap((step, i) => stepLines(step, i + 1, lesson, page)),
    ...keyLines(chapter, page),
  ]);
}

/** Parts bring a blank line of their own on either side; one is enough. */
function singleSpaced(lines: readonly Line[]): readonly Line[] {
  return lines.filter((line, i) => line.length > 0 || lines[i - 1]?.length !== 0);
}

function curlLines(lesson: LessonHandshake, page: Page): readonly Line[] {
  const lines = renderCurl(timelineOf(lesson.client)).flatMap((line): readonly Line[] =>
    lineWidth(line) + 2 <= page.width ? [[segment('  '), ...line]] : paragraph(plainText([line]), page.width, 2),
  );
  return [...heading(DEMO.curl[page.lang], page, 2), ...lines];
}

const INDENT = 4;

function stepLines(step: StepText, number: number, lesson: LessonHandshake, page: Page): readonly Line[] {
  const { lang, width } = page;
  const { kind } = lesson;
  const [first, ...more] = paragraph(step.title[lang], width, INDENT, 'message');
  const lines: Line[] = [
    [segment(String(number).padStart(2, '0').padEnd(INDENT), 'heading'), ...(first?.slice(1) ?? [])],
    ...more,
  ];
  if (step.text !== undefined) lines.push(...paragraph(step.text[lang], width, INDENT));
  for (const key of step.messages) {
    // Where several messages stand under one heading, each says its name.
    const lead = step.messages.length > 1 ? `${messageTitle(nameOf(key))}${lang === 'zh' ? '：' : ': '}` : '';
    lines.push(...paragraph(lead + explanationOf(kind, key).paragraph[lang], width, INDENT));
    lines.push(
      ...table(
        valuesOf(lesson, key).map((row) => valueRow(row, page)),
        width,
        INDENT,
      ),
    );
  }
  const corrections = (step.corrections ?? step.messages).flatMap((key) => correctionsAt(kind, key));
  lines.push(
    ...table(
      corrections.flatMap((one) => correctionRows(one, lang)),
      width,
      INDENT,
    ),
  );
  return [...lines, []];
}

/** `client_finished` is a Finished. */
function nameOf(key: MessageKey): MessageName {
  return key.replace(/^(client|server)_(?=finished|change_cipher_spec)/, '') as MessageName;
}

function correctionRows(
  { taught, correct }: { readonly taught: Text; readonly correct: Text },
  lang: Lang,
): TableRow[] {
  return [
    { label: VALUES.taught[lang], value: taught[lang], style: 'dim' },
    { label: VALUES.inFact[lang], value: correct[lang], style: 'good' },
  ];
}

/** Bytes are cut to one line and say how many they are. */
function valueRow({ label, value, bytes, secret }: Value, { lang, width }: Page): TableRow {
  if (bytes !== true) return { label: label[lang], value };
  const [, lead = '', hex = ''] = /^(.* )?([0-9a-f]+)$/.exec(value) ?? [];
  const size = lang === 'zh' ? `（${hex.length / 2} 字节）` : ` (${hex.length / 2} bytes)`;
  const room = Math.max(24, width - INDENT - 20 - lead.length - size.length);
  const shown = hex.length <= room ? hex : `${hex.slice(0, (room - 1) & ~1)}…`;
  return { label: label[lang], value: `${lead}${shown}${size}`, style: secret === true ? 'secret' : 'value' };
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
    ...renderKeys(client, { lang, width: width - 2 }).map((line): Line => [segment('  '), ...line]),
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
