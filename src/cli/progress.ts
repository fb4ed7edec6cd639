// How far a long file has been read, on a terminal: one line of standard error that is written over, and taken away before anything else
// is shown. In pipes and files nothing is said.

import type { Terminal } from './terminal.ts';
import type { Text } from './text.ts';

const MEGABYTE = 1_000_000;
/** Bytes between two reports; shorter files need none. */
const STEP = 64 * MEGABYTE;

export class Progress {
  private readonly terminal: Terminal;
  private width = 0;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  /** The chunks as they come. `length`: of all of them, undefined where nobody knows. The texts take `done` and `all`. */
  async *over(
    chunks: AsyncIterable<Uint8Array>,
    length: number | undefined,
    texts: { readonly of: Text; readonly open: Text },
  ): AsyncGenerator<Uint8Array> {
    const { err, say } = this.terminal;
    const tells = err.isTerminal && (length === undefined || length > STEP);
    let [done, next] = [0, STEP];
    for await (const chunk of chunks) {
      done += chunk.length;
      if (tells && done >= next) {
        next += STEP;
        const values = { done: Math.floor(done / MEGABYTE), all: Math.ceil((length ?? 0) / MEGABYTE) };
        this.show(say(length === undefined ? texts.open : texts.of, values));
      }
      yield chunk;
    }
    this.clear();
  }

  /** Takes the line away. */
  clear(): void {
    if (this.width === 0) return;
    this.terminal.err.text(`\r${' '.repeat(this.width)}\r`);
    this.width = 0;
  }

  private show(text: string): void {
    this.clear();
    // Characters of Chinese are two columns wide.
    this.width = 2 * text.length;
    this.terminal.err.text(`\r${text}`);
  }
}
