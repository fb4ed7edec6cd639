// One step of a chapter as lines: its heading, what its messages do, the real values in them, and what is often taught otherwise.

import type { MessageName } from '../../inspect/forms.ts';
import { displayWidth, type Line, segment } from '../../inspect/lines.ts';
import { messageTitle } from '../../inspect/names.ts';
import { correctionsAt, explanationOf, type MessageKey } from '../../inspect/texts/messages.ts';
import { paragraph, type TableRow, table } from '../terminal.ts';
import type { Lang, Text } from '../text.ts';
import { VALUES } from '../texts/demo.ts';
import type { StepText } from '../texts/demo_steps.ts';
import type { LessonHandshake } from './loopback.ts';
import type { Page } from './page.ts';
import { type Value, valuesOf } from './values.ts';

const INDENT = 4;

export function stepLines(step: StepText, number: number, lesson: LessonHandshake, page: Page): readonly Line[] {
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

/** Bytes are cut to one line and say how many they are; `left`: columns that the longest label of the table may take. */
export function valueRow({ label, value, bytes, secret }: Value, { lang, width }: Page, left = 20): TableRow {
  if (bytes !== true) return { label: label[lang], value };
  const [, lead = '', hex = ''] = /^(.* )?([0-9a-f]+)$/.exec(value) ?? [];
  const size = lang === 'zh' ? `（${hex.length / 2} 字节）` : ` (${hex.length / 2} bytes)`;
  const room = Math.max(24, width - INDENT - left - displayWidth(lead) - displayWidth(size));
  const shown = hex.length <= room ? hex : `${hex.slice(0, (room - 1) & ~1)}…`;
  return { label: label[lang], value: `${lead}${shown}${size}`, style: secret === true ? 'secret' : 'value' };
}
