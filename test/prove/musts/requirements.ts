// The table of what the RFCs demand (test/conformance/musts): a row for each sentence with MUST, SHALL or REQUIRED, which says whom it binds
// and either the tests that prove it or why there are none. A test is named by its file and by words of its title; both must exist.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');
const TABLES = join(ROOT, 'test/conformance/musts');

/** Why a sentence has no test. Only `left` is of what we should do: it is printed each time, and short. */
export const REASONS = {
  editorial: 'says what words mean, or repeats or leads to other rows',
  specification: 'binds later specifications and registries',
  application: 'binds the application',
  CA: 'binds those who issue certificates, CRLs and responses',
  middlebox: 'binds middleboxes',
  absent: 'of a feature that is not built',
  older: 'of versions that are not spoken, or superseded',
  form: 'nothing here could do otherwise',
  left: 'binds us, and has no test',
} as const;
export type Why = keyof typeof REASONS;

export interface Requirement {
  readonly rfc: number;
  /** Section and place among the section's sentences that demand something: `4.1.2#3`. */
  readonly id: string;
  /** Of the sentence, see `demands`. */
  readonly digest: string;
  readonly binds: 'client' | 'server' | 'both' | 'verifier' | 'application' | 'CA' | 'other';
  /** A few words of the sentence. */
  readonly words: string;
  /** `path: words of the title`. */
  readonly tests?: readonly string[];
  readonly why?: Why;
  readonly because?: string;
}

/** All rows, in the order of the tables. */
export function requirements(): Requirement[] {
  return readdirSync(TABLES)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const rows = JSON.parse(readFileSync(join(TABLES, name), 'utf8')) as Omit<Requirement, 'rfc'>[];
      return rows.map((row) => ({ rfc: Number(/\d+/.exec(name)?.[0]), ...row }));
    });
}

export const label = ({ rfc, id }: Requirement): string => `RFC ${rfc} ${id}`;

/** What is wrong with the table: rows that say nothing or too much, rows that are there twice, tests that are not there. */
export function problems(rows: readonly Requirement[]): string[] {
  const seen = new Set<string>();
  return rows.flatMap((row) => {
    const name = label(row);
    const twice = seen.has(name) ? [`${name} is there twice`] : [];
    seen.add(name);
    return [...twice, ...formOf(row), ...(row.tests ?? []).flatMap((test) => missingTest(test, name))];
  });
}

function formOf(row: Requirement): string[] {
  const tested = row.tests !== undefined && row.tests.length > 0;
  const excused = row.why !== undefined && row.why in REASONS && (row.because ?? '').length > 10;
  if (tested !== excused) return [];
  return [`${label(row)} has ${tested ? 'both tests and a reason' : 'neither a test nor a reason'}`];
}

/** Literals of each test source, read once. */
const literals = new Map<string, readonly string[] | undefined>();

/** What is wrong with the name of a test, `path: words of the title`, that `name` leans on. */
export function missingTest(test: string, name: string): string[] {
  const [path = '', ...rest] = test.split(': ');
  const title = rest.join(': ');
  const found = titlesOf(path);
  if (found === undefined) return [`${name} names the file ${path}, which does not exist`];
  if (title.length > 5 && found.some((text) => text.includes(title))) return [];
  return [`${name} names a test that ${path} does not have: ${title}`];
}

// Titles stand in the sources as string literals, some of them in tables that a loop of tests goes through.
function titlesOf(path: string): readonly string[] | undefined {
  if (!literals.has(path)) {
    const file = join(ROOT, path);
    const text = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    literals.set(path, text?.match(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g)?.map(unescaped));
  }
  return literals.get(path);
}

const unescaped = (literal: string): string => literal.slice(1, -1).replace(/\\(['"`])/g, '$1');
