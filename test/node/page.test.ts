// docs/node-tls.md names all of node:tls, is what its script writes, and every `same` of it is exercised by a scenario.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SCENARIOS } from './scenarios.ts';

const ROOT = join(import.meta.dirname, '../..');

interface Row {
  readonly name: string;
  readonly verdict: 'same' | 'differs' | 'absent';
  readonly note: string;
}

const load = (file: string): Promise<unknown> => import(join(ROOT, 'scripts', file));
const { page, forgotten } = (await load('node_tls_doc.mjs')) as { page(): string; forgotten(): string[] };
const { ROWS } = (await load('node_tls_table.mjs')) as { ROWS: readonly Row[] };

test('no key of node:tls and no method of its classes is forgotten', () => {
  expect(forgotten()).toEqual([]);
});

test('the page is what the script writes', () => {
  expect(readFileSync(join(ROOT, 'docs/node-tls.md'), 'utf8')).toBe(page());
});

test('every entry that is the same is exercised, and scenarios name entries that there are', () => {
  const covered = new Set(SCENARIOS.flatMap(({ covers }) => covers));
  const same = ROWS.filter(({ verdict }) => verdict === 'same').map(({ name }) => name);
  expect(same.filter((name) => !covered.has(name))).toEqual([]);
  const names = new Set(ROWS.map(({ name }) => name));
  expect([...covered].filter((name) => !names.has(name))).toEqual([]);
});

test('whatever is not the same says why', () => {
  expect(ROWS.filter(({ verdict, note }) => verdict !== 'same' && note === '').map(({ name }) => name)).toEqual([]);
});
