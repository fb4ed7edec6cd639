// How other tools word each cause: codes and texts of curl, OpenSSL, Node, Java, Chrome, GnuTLS and Python as they print them. One text may
// stand for several causes: then that is what is to be said of it. Measured with curl 8.14, OpenSSL 3.5, Node 20, Java 17, GnuTLS 3.8;
// Chrome's from its net_error_list.h. Texts are facts, not ours, and are not translated.

import { ALERT, type AlertName } from '../../wire/registry/names.ts';
import type { CauseName } from './causes.ts';
import type { Tool, Wording } from './wording.ts';
import { CERTIFICATE_WORDINGS } from './wordings_certificate.ts';
import { PROTOCOL_WORDINGS } from './wordings_protocol.ts';

export const WORDINGS: readonly Wording[] = [...CERTIFICATE_WORDINGS, ...PROTOCOL_WORDINGS];

/** What other tools say, one line a tool. With the alert that came: what they say of that one. */
export function saidElsewhere(cause: CauseName, alert?: AlertName): readonly string[] {
  const said = new Map<Tool, string>();
  for (const { cause: of, tool, words } of WORDINGS) {
    if (of !== cause || said.has(tool)) continue;
    const quoted = quotedOf(words, alert);
    if (quoted !== undefined) said.set(tool, quoted);
  }
  return [...said].map(([tool, words]) => `${tool}: ${words}`);
}

/** What one tool says. */
export function saidBy(tool: Tool, cause: CauseName, alert?: AlertName): string | undefined {
  const row = WORDINGS.find((one) => one.cause === cause && one.tool === tool);
  return row && quotedOf(row.words, alert);
}

/** Undefined where all that the tool is known to say is about other alerts. */
function quotedOf(words: readonly string[], alert: AlertName | undefined): string | undefined {
  if (alert === undefined) return words[0];
  const names = (word: string): boolean =>
    plain(word).includes(plain(alert)) || word.includes(`alert [${ALERT[alert]}]`);
  return words.find(names) ?? words.find((word) => !/alert/i.test(word));
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, ' ');
}
