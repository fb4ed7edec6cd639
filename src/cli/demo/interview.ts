// The interview question at the end of a chapter, with what is right to say.

import type { Line } from '../../inspect/lines.ts';
import { paragraph, table } from '../terminal.ts';
import { fill, type Text } from '../text.ts';
import { INTERVIEW } from '../texts/demo.ts';
import { heading, type Page } from './page.ts';

export interface Interview {
  readonly question: Text;
  readonly answers: readonly Text[];
}

export function interviewLines(
  asked: readonly Interview[],
  page: Page,
  values: Readonly<Record<string, string | number>> = {},
): readonly Line[] {
  const { lang, width } = page;
  const title = asked.length > 1 ? INTERVIEW.several : INTERVIEW.one;
  return [
    ...heading(title[lang], page, 2),
    ...asked.flatMap(({ question, answers }) => [
      ...paragraph(question[lang], width, 0, 'message'),
      [],
      ...table(
        answers.map((answer, i) => ({ label: String(i + 1), value: fill(answer[lang], values) })),
        width,
      ),
      [],
    ]),
  ];
}
