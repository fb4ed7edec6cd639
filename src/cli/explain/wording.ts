// A row of the tables of what other tools say.

import type { CauseName } from './causes.ts';

export type Tool = 'curl' | 'OpenSSL' | 'Node' | 'Java' | 'Chrome' | 'GnuTLS' | 'Python' | 'Go' | 'gRPC' | 'nginx';

export interface Wording {
  readonly cause: CauseName;
  readonly tool: Tool;
  /** The first is how it is quoted, unless another one names the alert that came; all are recognised. */
  readonly words: readonly string[];
}

export const row = (cause: CauseName, tool: Tool, ...words: readonly string[]): Wording => ({ cause, tool, words });
