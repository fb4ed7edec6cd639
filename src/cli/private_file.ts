// Files that hold secrets or may one day: made with mode 0600, and set to it when they were there before.

import { chmodSync, closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { CliError, EXIT } from './exit_codes.ts';

export interface PrivateFile {
  /** Nothing, once it is closed: a connection may still tell of its end when the command is done with it. */
  write(data: string | Uint8Array): void;
  close(): void;
}

/** @throws CliError with exit code 23 */
export function openPrivate(file: string, mode: 'append' | 'replace'): PrivateFile {
  try {
    const descriptor = openSync(file, mode === 'append' ? 'a' : 'w', 0o600);
    if ((fstatSync(descriptor).mode & 0o077) !== 0) tighten(file);
    let open = true;
    return {
      write: (data) => {
        if (!open) return;
        if (typeof data === 'string') writeSync(descriptor, data);
        else writeSync(descriptor, data);
      },
      close: () => {
        if (open) closeSync(descriptor);
        open = false;
      },
    };
  } catch (error) {
    throw cannotWrite(file, error);
  }
}

/** A whole file at once. @throws CliError with exit code 23 */
export function writePrivate(file: string, text: string): void {
  const out = openPrivate(file, 'replace');
  try {
    out.write(text);
  } catch (error) {
    throw cannotWrite(file, error);
  } finally {
    out.close();
  }
}

/** Something like /dev/stderr cannot be made private, and need not be. */
function tighten(file: string): void {
  try {
    chmodSync(file, 0o600);
  } catch {
    // It belongs to somebody else: what they may read is for them to say.
  }
}

export function cannotWrite(file: string, error: unknown): CliError {
  const why = (error as NodeJS.ErrnoException).code ?? 'error';
  const shown = JSON.stringify(file);
  return new CliError(EXIT.write, { en: `${shown} cannot be written (${why})`, zh: `无法写入 ${shown}（${why}）` });
}
