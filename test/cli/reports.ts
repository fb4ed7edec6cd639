// The report on a failed connection, compared in both languages: the sentence, the exit code, how other tools word it.

import { expect } from 'vitest';
import { glasstls } from './command.ts';

export interface Expected {
  readonly code: number;
  readonly en: RegExp | readonly RegExp[];
  readonly zh: RegExp | readonly RegExp[];
  /** A word of another tool that has to stand behind "others say". */
  readonly others?: string;
}

/** Runs the command in both languages and compares. */
export async function expectReport(args: readonly string[], { code, en, zh, others }: Expected): Promise<void> {
  for (const [lang, text] of [
    ['en', en],
    ['zh', zh],
  ] as const) {
    const result = await glasstls(['--lang', lang, '-m', '10', ...args], { env: { COLUMNS: '400' } });
    expectAll(result.stderr, text);
    // Whatever failed: who gave up, or where it stood still, and what to do.
    if (code !== 0)
      expectAll(
        result.stderr,
        lang === 'en' ? [/gave up +\S|place +\S/, /what to do +\S/] : [/放弃方 +\S|位置 +\S/, /怎么办 +\S/],
      );
    expect(result.code, result.stderr).toBe(code);
    if (others !== undefined) expect(result.stderr).toMatch(lang === 'en' ? /others say/ : /其他工具/);
    if (others !== undefined) expect(result.stderr.replace(/\s+/g, ' ')).toContain(others);
  }
}

/** Long values of the report are broken into lines, Chinese between any two characters. */
export function expectAll(said: string, patterns: RegExp | readonly RegExp[]): void {
  const whole = said.replaceAll(/(?<=[\p{Script=Han}，。：；、（）])\n {3,}/gu, '').replaceAll(/\n {3,}/g, ' ');
  for (const pattern of [patterns].flat()) expect(whole).toMatch(pattern);
}
