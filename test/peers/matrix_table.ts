// The interop matrix as a plain table: features down, peers and providers across, a footnote for each cell that is not
// `ok`. Apart from matrix.ts because the global set-up prints it, where vitest's test functions do not exist.

import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runDir } from './run_dir.ts';

/** `role` is ours: `client` means that the peer was the server. */
export interface Cell {
  readonly feature: string;
  readonly peer: string;
  readonly role: 'client' | 'server';
  readonly provider: string;
  /** Rows with a title of their own stand in a table of their own, with the peers that these rows have. */
  readonly section?: string;
}

export interface Entry extends Cell {
  /** `ok`, `FAILED: ...`, or the reason why there is no test. */
  readonly outcome: string;
}

/** The outcome of a test that was declared and has not ended yet. */
export const DID_NOT_RUN = 'did not run';

/** Adds a line to what the run prints at its end. */
export function appendEntry(entry: Entry): void {
  const dir = join(runDir(), 'matrix');
  mkdirSync(dir, { recursive: true });
  appendFileSync(join(dir, `${process.pid}.jsonl`), `${JSON.stringify(entry)}\n`);
}

/** All entries that the processes of this run have written. */
export function readEntries(): Entry[] {
  const dir = join(runDir(), 'matrix');
  if (!existsSync(dir)) return [];
  return readdirSync(dir).flatMap((file) =>
    readFileSync(join(dir, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Entry),
  );
}

/** The tables, one for each role: features down, peers and providers across, a footnote for each reason. */
export function renderMatrix(entries: readonly Entry[]): string {
  const roles = [
    ['client', 'Our client against'],
    ['server', 'Our server against'],
  ] as const;
  return sectionsOf(entries)
    .flatMap((section) => roles.map(([role, title]) => ({ section, role, title })))
    .map(({ section, role, title }) => ({
      title: section === undefined ? title : `${section}: ${title.toLowerCase()}`,
      some: entries.filter((entry) => entry.role === role && entry.section === section),
    }))
    .filter(({ some }) => some.length > 0)
    .map(({ title, some }) => renderRole(title, some))
    .join('\n\n');
}

/**
 * The cells of the tables that have neither a test nor a reason. Only where every peer of a role had tests at all: a run
 * of one file leaves the others' columns empty, and says nothing about them.
 */
export function unexplained(entries: readonly Entry[]): string[] {
  const missing: string[] = [];
  const tables = sectionsOf(entries).flatMap((section) => [
    { section, role: 'client' as const },
    { section, role: 'server' as const },
  ]);
  for (const { section, role } of tables) {
    const own = entries.filter((entry) => entry.role === role && entry.section === section);
    const columns = new Set(own.map(column));
    const tested = new Set(own.filter((entry) => isTest(entry.outcome)).map(column));
    if (tested.size < columns.size) continue;
    const filled = new Set(
      own.filter((entry) => entry.outcome.trim() !== '').map((entry) => `${entry.feature}|${column(entry)}`),
    );
    for (const feature of new Set(own.map((entry) => entry.feature))) {
      for (const one of columns) if (!filled.has(`${feature}|${one}`)) missing.push(`${role}: ${feature}, ${one}`);
    }
  }
  return missing;
}

/** The table without a title of its own first. */
function sectionsOf(entries: readonly Entry[]): readonly (string | undefined)[] {
  return [...new Set([undefined, ...entries.map((entry) => entry.section)])];
}

function renderRole(title: string, entries: readonly Entry[]): string {
  const features = [...new Set(entries.map((entry) => entry.feature))];
  const columns = [...new Set(entries.map(column))].sort();
  const outcomes = new Map<string, string>();
  for (const { feature, peer, provider, outcome } of entries) {
    const at = `${feature}|${peer} ${provider}`;
    // What a test found counts more than a reason for having none, in whatever order they were written.
    if (isResult(outcome) || !isResult(outcomes.get(at) ?? '')) outcomes.set(at, outcome);
  }
  const notes: string[] = [];
  const note = (reason: string): string => {
    if (!notes.includes(reason)) notes.push(reason);
    return `[${notes.indexOf(reason) + 1}]`;
  };
  const rows = features.map((feature) => [
    feature,
    ...columns.map((column) => {
      const outcome = outcomes.get(`${feature}|${column}`) ?? 'no test';
      if (outcome === 'ok') return 'ok';
      return outcome.startsWith('FAILED') ? `FAILED ${note(outcome)}` : note(outcome);
    }),
  ]);
  const table = [[title, ...columns], ...rows];
  const widths = [title, ...columns].map((_, index) => Math.max(...table.map((row) => (row[index] ?? '').length)));
  const lines = table.map((row) =>
    row
      .map((text, index) => text.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, ...notes.map((reason, index) => `[${index + 1}] ${reason}`)].join('\n');
}

function column(entry: Entry): string {
  return `${entry.peer} ${entry.provider}`;
}

/** Whether a test stands behind it, run or not. */
function isTest(outcome: string): boolean {
  return isResult(outcome) || outcome === DID_NOT_RUN || outcome.startsWith('skipped: ');
}

function isResult(outcome: string): boolean {
  return outcome === 'ok' || outcome.startsWith('FAILED');
}
