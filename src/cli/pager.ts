// Text that is longer than the terminal goes through a pager: $PAGER, else less. Never in a pipe, never for what fits on the screen; and
// without a pager that starts, the text is simply written.

import { spawn } from 'node:child_process';
import { type Line, lineWidth } from '../inspect/lines.ts';
import { paint, type Screen } from './terminal.ts';

/** Resolves when the reader has put it away. */
export async function showPaged(lines: readonly Line[], screen: Screen, env: NodeJS.ProcessEnv): Promise<void> {
  const pager = pagerOf(env);
  const shown = pager !== undefined && isLonger(lines, screen);
  if (!shown || !(await runPager(pager, textOf(lines, screen.colour), env))) screen.lines(lines);
}

interface Pager {
  readonly command: string;
  readonly args: readonly string[];
  /** Whether it is a line for the shell. */
  readonly shell: boolean;
}

/** Undefined where none is wanted: PAGER is empty or cat, or the terminal cannot move its cursor. */
function pagerOf(env: NodeJS.ProcessEnv): Pager | undefined {
  const { PAGER: own, TERM: term } = env;
  if (own !== undefined) return /^\s*(?:cat)?\s*$/.test(own) ? undefined : { command: own, args: [], shell: true };
  if (term === undefined || term === 'dumb' || process.platform === 'win32') return undefined;
  return { command: 'less', args: ['-R'], shell: false };
}

function isLonger(lines: readonly Line[], { isTerminal, rows, columns }: Screen): boolean {
  if (!isTerminal || rows === undefined) return false;
  const taken = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(lineWidth(line) / columns)), 0);
  // The prompt of the shell takes a row too.
  return taken >= rows;
}

function textOf(lines: readonly Line[], colour: boolean): string {
  return lines.map((line) => `${paint(line, colour)}\n`).join('');
}

/** What a shell ends with when there is no such command, or none that can be run. */
const NOT_STARTED: readonly (number | null)[] = [126, 127];

/** Whether it could be started. */
function runPager({ command, args, shell }: Pager, text: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return new Promise((resolve) => {
    // A pager that was not told otherwise shows colours, and leaves the text on the screen when it ends.
    const child = spawn(command, args, {
      shell,
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { LESS: 'FRX', LV: '-c', ...env },
    });
    // Ctrl-C is the pager's while it has the terminal.
    const ignore = (): void => {};
    process.on('SIGINT', ignore);
    const ended = (started: boolean): void => {
      process.off('SIGINT', ignore);
      resolve(started);
    };
    child.once('error', () => ended(false));
    child.once('close', (code) => ended(!NOT_STARTED.includes(code)));
    // Who has read enough closes it.
    child.stdin.on('error', ignore);
    child.stdin.end(text);
  });
}
