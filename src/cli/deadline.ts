// A limit of time, as a signal that is aborted with the error to report: exit code 28, as with curl.

import { CliError, EXIT } from './exit_codes.ts';

export interface Deadline {
  readonly signal: AbortSignal;
  cancel(): void;
}

/** `flag`: whose time it is. Without `milliseconds` it never comes. */
export function deadline(milliseconds: number | undefined, flag: string): Deadline {
  const controller = new AbortController();
  if (milliseconds === undefined) return { signal: controller.signal, cancel: () => {} };
  const seconds = milliseconds / 1000;
  const timer = setTimeout(() => {
    const text = { en: `time is up: ${flag} ${seconds} s`, zh: `超时：${flag} ${seconds} 秒` };
    controller.abort(new CliError(EXIT.timeout, text));
  }, milliseconds);
  return { signal: controller.signal, cancel: () => clearTimeout(timer) };
}
