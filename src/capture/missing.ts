// What a capture does not have, as sentences: of one connection, and of the file.

import { escapeText } from '../inspect/escape.ts';
import type { Lang, Text } from '../inspect/text.ts';
import type { CapturedConnection } from './connection.ts';
import type { CaptureSummary } from './decode.ts';
import type { SealedReason } from './secrets.ts';
import { FAULT_TEXTS, MISSING, SEALED_TEXTS } from './texts/missing.ts';
import { protocolName } from './wireshark_names.ts';

type Values = Readonly<Record<string, string | number>>;

/** Why records stay sealed, in words. */
export function sealedText(reason: SealedReason, lang: Lang): string {
  const values: Record<string, string | number> = { ...reason };
  if (reason.code === 'old_version') values.version = protocolName(reason.version);
  if (reason.code === 'unknown_suite') values.suite = `0x${reason.suite.toString(16).padStart(4, '0')}`;
  return say(SEALED_TEXTS[reason.code], lang, values);
}

/** Nothing when everything is there. */
export function missingIn(connection: CapturedConnection, lang: Lang): readonly string[] {
  const { before, whole, lost, sealed, sealedReasons, faults, moreFaults, added, guessed } = connection;
  const lines: string[] = [];
  if (before > 0) lines.push(say(MISSING.before, lang, { count: before }));
  if (!whole) lines.push(say(MISSING.joined, lang));
  for (const side of ['client', 'server'] as const) {
    if (lost[side] > 0) lines.push(say(MISSING.lost, lang, { side: MISSING[side][lang], count: lost[side] }));
  }
  if (guessed && sealed.client + sealed.server > 0) lines.push(say(MISSING.guessed, lang));
  const [one, other] = sealedReasons;
  // Most often it is the same for both.
  const same =
    one !== undefined && other !== undefined && sealedText(one.reason, lang) === sealedText(other.reason, lang);
  if (same) {
    lines.push(say(MISSING.sealedBoth, lang, { ...sealed, reason: sealedText(one.reason, lang) }));
  }
  for (const { from, reason } of same ? [] : sealedReasons) {
    const values = { side: MISSING[from][lang], count: sealed[from], reason: sealedText(reason, lang) };
    lines.push(say(MISSING.sealed, lang, values));
  }
  for (const { from, frame, problem } of faults) {
    lines.push(say(MISSING.fault, lang, { side: MISSING[from][lang], frame, problem: escapeText(problem) }));
  }
  if (moreFaults > 0) lines.push(say(MISSING.moreFaults, lang, { count: moreFaults }));
  if (added > 0) lines.push(say(MISSING.added, lang, { count: added }));
  return lines;
}

export function missingInFile(summary: CaptureSummary, lang: Lang): readonly string[] {
  const { remarks, snapped, unknownLink, unknownLinkType = 0, fragmentsLost } = summary;
  const lines = remarks.map(({ fault, offset, value = 0 }) =>
    say(MISSING.at, lang, { offset, problem: say(FAULT_TEXTS[fault], lang, { value }) }),
  );
  if (snapped > 0) lines.push(say(MISSING.snapped, lang, { count: snapped }));
  if (unknownLink > 0) lines.push(say(MISSING.unknownLink, lang, { count: unknownLink, type: unknownLinkType }));
  if (fragmentsLost > 0) lines.push(say(MISSING.fragments, lang, { count: fragmentsLost }));
  return lines;
}

export function say(text: Text, lang: Lang, values: Values = {}): string {
  return text[lang].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
