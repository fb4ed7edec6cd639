// What a cause of failure is: where it is ruled, what happened, what to do. The tables are beside this file.

import type { Text } from '../text.ts';

export interface Cause {
  readonly rfc: string;
  readonly what: Text;
  readonly todo: Text;
}

export function cause(rfc: string, en: string, zh: string, todoEn: string, todoZh: string): Cause {
  return { rfc, what: { en, zh }, todo: { en: todoEn, zh: todoZh } };
}
