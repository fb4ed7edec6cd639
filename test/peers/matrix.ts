// The interop matrix: which feature was proved against which peer, in which role, with which provider. Cells come from
// tests that ran (`cell`) or from a stated reason (`notApplicable`); a cell of neither kind prints as `no test`. Worker
// processes append lines to the run's directory, and the global set-up prints one table at the end.

import { afterAll, test } from 'vitest';
import { appendEntry, type Cell, DID_NOT_RUN, type Entry, renderMatrix } from './matrix_table.ts';
import { isShared } from './run_dir.ts';

/** One test that fills one cell. The title is the feature and the provider. */
export function cell(where: Cell, body: () => Promise<void>, timeout?: number): void {
  // Declared first: it keeps the table in the order of the files, and a filtered or broken run shows its gaps.
  record(where, skipReason === undefined ? DID_NOT_RUN : `skipped: ${skipReason}`);
  test(
    `${where.feature} (${where.provider})`,
    async () => {
      try {
        await body();
      } catch (error) {
        record(where, `FAILED: ${String(error instanceof Error ? error.message : error).split('\n')[0]}`);
        throw error;
      }
      record(where, 'ok');
    },
    timeout,
  );
}

/** Says why a cell stays empty. */
export function notApplicable(where: Cell, reason: string): void {
  record(where, reason);
}

/** Set around a describe block of a missing peer, so that its cells say why they are empty. */
export function setSkipReason(reason: string | undefined): void {
  skipReason = reason;
}

/** Prints this file's table after its tests, when no global set-up prints the table of the whole run. */
export function printMatrixAfterAll(): void {
  afterAll(() => {
    if (!isShared()) console.log(renderMatrix(own));
  });
}

const own: Entry[] = [];
let skipReason: string | undefined;

function record(where: Cell, outcome: string): void {
  const entry: Entry = { ...where, outcome };
  own.push(entry);
  appendEntry(entry);
}
