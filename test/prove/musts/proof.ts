// RFC traceability: how many demands of each RFC there are, how many tests name, how many have a reason instead, and which bind us and
// are left. `--texts DIR` holds the table against the texts too (rfc8446.txt and so on, as the RFC Editor publishes them, which are
// not kept here): each sentence must have its row, with the same words.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Proof } from '../proof.ts';
import { label, problems, REASONS, type Requirement, requirements, type Why } from './requirements.ts';
import { demands } from './sentences.ts';

export const proof: Proof = {
  name: 'musts',
  description: 'the MUSTs of RFC 8446, 5246, 6066 and 5280: what each is proved by, and what is left (--texts DIR)',
  run: (args) => Promise.resolve(run(args)),
};

function run(args: readonly string[]): boolean {
  const rows = requirements();
  printCounts(rows);
  printLeft(rows);
  const wrong = [...problems(rows), ...(args[0] === '--texts' ? differences(rows, args[1] ?? '.') : [])];
  for (const problem of wrong) console.log(`  ${problem}`);
  return wrong.length === 0;
}

function printCounts(rows: readonly Requirement[]): void {
  const kinds = Object.keys(REASONS) as Why[];
  const line = (cells: readonly (string | number)[]): void =>
    console.log(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(10) : String(cell).padStart(14))).join(''));
  line(['', 'demands', 'tested', ...kinds]);
  for (const rfc of [...new Set(rows.map((row) => row.rfc)), undefined]) {
    const own = rows.filter((row) => rfc === undefined || row.rfc === rfc);
    const tested = own.filter(({ tests }) => tests !== undefined).length;
    const counts = kinds.map((kind) => own.filter(({ why }) => why === kind).length);
    line([rfc === undefined ? 'all' : `RFC ${rfc}`, own.length, tested, ...counts]);
  }
  const named = new Set(rows.flatMap(({ tests }) => tests ?? []));
  console.log(`${named.size} tests are named`);
  for (const kind of kinds) console.log(`  ${kind}: ${REASONS[kind]}`);
}

function printLeft(rows: readonly Requirement[]): void {
  const left = rows.filter(({ why }) => why === 'left');
  console.log(`\n${left.length} bind us and have no test`);
  for (const row of left) console.log(`  ${label(row)}: ${row.words}\n    ${row.because}`);
}

/** Where the table and the texts differ. */
function differences(rows: readonly Requirement[], folder: string): string[] {
  return [...new Set(rows.map((row) => row.rfc))].flatMap((rfc) => {
    const file = join(folder, `rfc${rfc}.txt`);
    if (!existsSync(file)) return [`${file} is not there`];
    const own = new Map(rows.filter((row) => row.rfc === rfc).map((row) => [row.id, row]));
    const found = demands(readFileSync(file, 'utf8'));
    console.log(`RFC ${rfc}: ${found.length} sentences in the text, ${own.size} rows`);
    const missing = found.flatMap(({ id, digest, text }) => {
      const row = own.get(id);
      own.delete(id);
      return row?.digest === digest ? [] : [`RFC ${rfc} ${id} ${row ? 'has other words' : 'has no row'}: ${text}`];
    });
    return [...missing, ...[...own.values()].map((row) => `${label(row)} is not in the text`)];
  });
}
