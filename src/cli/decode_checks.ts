// What decode checked, as lines: right, wrong, or not checked and why.

import { sealedText } from '../capture/missing.ts';
import { CHECK_TEXTS, OUTCOME_TEXTS, UNCHECKED_TEXTS } from '../capture/texts/checks.ts';
import type { Verdict } from '../capture/verdicts.ts';
import { type Line, type Style, segment, wrap } from '../inspect/lines.ts';
import { safe, type Terminal } from './terminal.ts';
import type { Lang, Text } from './text.ts';
import { DECODE } from './texts/decode.ts';
import { REFUSAL_TEXTS } from './texts/refusals.ts';

const STYLES: Readonly<Record<Verdict['outcome'], Style>> = { right: 'good', wrong: 'error', unchecked: 'dim' };
const SEALED: Text = { en: 'its record is sealed', zh: '所在的记录未解密' };
const MARKS: Readonly<Record<Verdict['outcome'], string>> = { right: '✓', wrong: '✗', unchecked: '·' };

export function checkLines(verdicts: readonly Verdict[], { lang, out, say }: Terminal): readonly Line[] {
  // Which records are sealed, and why, is said among what is missing.
  const shown = verdicts.filter(({ name, outcome }) => outcome !== 'unchecked' || !name.endsWith('_records'));
  return shown.flatMap((verdict): readonly Line[] => {
    const { name, outcome, frame } = verdict;
    const place = frame === undefined ? '' : say(DECODE.frame, { frame });
    const why = whyText(verdict, lang);
    const head = `${MARKS[outcome]} ${OUTCOME_TEXTS[outcome][lang]}`;
    const colon = lang === 'zh' ? '：' : ': ';
    const text = `${CHECK_TEXTS[name][lang]}${place}${why === undefined ? '' : `${colon}${why}`}`;
    return wrap(`${head}${colon}${text}`, out.width - 4).map(
      (part, i): Line => [segment(i === 0 ? '  ' : '    '), segment(part, STYLES[outcome])],
    );
  });
}

function whyText({ why, outcome }: Verdict, lang: Lang): string | undefined {
  if (why === undefined) return undefined;
  if (typeof why === 'string') return UNCHECKED_TEXTS[why][lang];
  if ('text' in why) return lang === 'zh' ? REFUSAL_TEXTS[why.code].zh : safe(why.text);
  // The same: the reason stands there once.
  if (outcome === 'unchecked') return SEALED[lang];
  return sealedText(why, lang);
}
