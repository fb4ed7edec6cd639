// The language in which the command speaks: `--lang`, else the locale's environment (POSIX: LC_ALL before LC_MESSAGES before
// LANG), else English. Texts themselves are data in texts/, in both languages side by side.

import type { Lang, Text } from '../inspect/text.ts';

export type { Lang, Text } from '../inspect/text.ts';

/** `value` is what `--lang` said; anything that is not Chinese is English. */
export function languageOf(value: string | undefined, env: NodeJS.ProcessEnv): Lang {
  const said = value || env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return /^zh(?:$|[-_.@])/i.test(said) ? 'zh' : 'en';
}

/** Puts values into a text: `{name}` is replaced by the value of that name. */
export function fill(template: string, values: Readonly<Record<string, string | number>> = {}): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : String(value);
  });
}

/** Values put into both languages: the same, or a text's own. */
export function filled(text: Text, values: Readonly<Record<string, string | number | Text>>): Text {
  return { en: fill(text.en, valuesIn(values, 'en')), zh: fill(text.zh, valuesIn(values, 'zh')) };
}

function valuesIn(
  values: Readonly<Record<string, string | number | Text>>,
  lang: Lang,
): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'object' ? value[lang] : value]),
  );
}
