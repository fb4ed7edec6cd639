// Every path from the server's certificate that was looked at, with the reason why it leads nowhere: for -v, when the
// certificate is refused, or when there are several. The report on the failure names only the refusal that says most.

import { type Line, segment } from '../inspect/lines.ts';
import type { CertificateRef } from '../x509/refusal.ts';
import type { Judgement } from '../x509/verify.ts';
import { paragraph, safe, type Terminal } from './terminal.ts';
import { PATHS } from './texts/failure.ts';
import { REFUSAL_TEXTS } from './texts/refusals.ts';

const SHOWN = 12;

/** `*   1. leaf < R3 < ISRG Root X1 (trusted)`, and below it the reason. */
export function triedLines(
  tried: Judgement['tried'],
  accepted: boolean,
  { say, lang, err }: Terminal,
): readonly Line[] {
  if (tried.length === 0) return [];
  const lines: Line[] = starred(say(PATHS.head, { count: tried.length }), 1, err.width);
  for (const [i, { certificates, refusal }] of tried.slice(0, SHOWN).entries()) {
    const names = certificates.map((ref) => nameOf(ref, say(PATHS.trusted))).join(' < ');
    lines.push(...starred(`${i + 1}. ${names}`, 3, err.width));
    if (refusal === undefined) {
      lines.push(...starred(say(accepted ? PATHS.taken : PATHS.sound), 6, err.width));
      continue;
    }
    const reason =
      lang === 'zh' ? `${REFUSAL_TEXTS[refusal.code].zh} [${refusal.code}]` : `${refusal.text} [${refusal.code}]`;
    lines.push(...starred(safe(reason), 6, err.width));
  }
  if (tried.length > SHOWN) lines.push(...starred(say(PATHS.more, { count: tried.length - SHOWN }), 3, err.width));
  return lines;
}

function nameOf(ref: CertificateRef, trusted: string): string {
  return ref.kind === 'anchor' ? `${safe(ref.subject)}${trusted}` : safe(ref.subject);
}

function starred(text: string, indent: number, width: number): Line[] {
  return paragraph(text, width, indent + 1, 'warning').map((line): Line => [segment('*', 'dim'), ...line]);
}
