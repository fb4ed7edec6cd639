// Everything that the command says, in both languages: no English in the Chinese but names, no Chinese in the English, the same
// values in both, and Chinese set as Chinese is.

import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Text } from '../../src/cli/text.ts';

const FOLDER = resolve(import.meta.dirname, '../../src/cli/texts');
const FILES = readdirSync(FOLDER);
const texts = new Map<string, readonly Text[]>();

beforeAll(async () => {
  for (const file of FILES) texts.set(file, collect(Object.values((await import(join(FOLDER, file))) as object)));
});

function collect(value: unknown): Text[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('en' in value && 'zh' in value) return [value as Text];
  return Object.values(value).flatMap(collect);
}

/** How many there are of something is counted differently: `and {count} more`, `等共 {total} 项`. */
const slots = (text: string): string[] =>
  [...new Set(text.match(/\{\w+\}/g))].filter((slot) => slot !== '{count}' && slot !== '{total}').sort();

describe.each(FILES)('%s', (file) => {
  test('says the same in both languages', () => {
    for (const { en, zh } of texts.get(file) ?? []) {
      expect(en).not.toBe('');
      expect(zh).not.toBe('');
      expect(en).not.toMatch(/\p{Script=Han}|[，。：；（）]/u);
      expect(slots(zh), en).toEqual(slots(en));
    }
  });

  test('the Chinese is set as Chinese is', () => {
    for (const { en, zh } of texts.get(file) ?? []) {
      if (zh === en) continue;
      expect(zh).not.toMatch(/\p{Script=Han}[,;:?!]|[,;:?!]\p{Script=Han}/u);
      expect(zh).not.toMatch(/\p{Script=Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Script=Han}/u);
      expect(zh).not.toMatch(/ [，。：；、（）]|[，。：；、（）] /u);
    }
  });
});

test('there are texts to read', () => {
  expect([...texts.values()].flat().length).toBeGreaterThan(300);
});
