// What a stapled OCSP response says, in a sentence: for -v about the server's certificate, for serve about the file of --status.

import { DecodeError } from '../bytes/decode_error.ts';
import { parseOcspResponse, REVOCATION_REASONS, type SingleResponse } from '../x509/ocsp.ts';
import type { Judgement } from '../x509/verify.ts';
import { fill, type Lang } from './text.ts';
import { REFUSAL_TEXTS } from './texts/refusals.ts';
import { STAPLE } from './texts/staple.ts';

/** Of an accepted certificate; undefined where no response was stapled. A response that refuses it is told by the refusal. */
export function stapleText(judgement: Judgement, lang: Lang): string | undefined {
  const ocsp = judgement.ok ? judgement.ocsp : undefined;
  if (ocsp === undefined) return undefined;
  const { status, refusal, thisUpdate, nextUpdate } = ocsp;
  if (status === 'useless') {
    const problem = refusal === undefined ? '' : REFUSAL_TEXTS[refusal.code][lang];
    return fill(STAPLE.useless[lang], { problem });
  }
  return fill(STAPLE.good[lang], { period: periodText(thisUpdate, nextUpdate, lang) });
}

/**
 * A DER OCSPResponse, unverified, in a line: `good, as of 2026-01-31 12:00Z until 2026-02-07 12:00Z`.
 * @throws DecodeError for anything else
 */
export function ocspText(der: Uint8Array, lang: Lang): string {
  const { status, basic } = parseOcspResponse(der);
  const answers = basic?.responses.map((one) => answerText(one, lang)) ?? [];
  return answers.length === 0 ? status : answers.join('; ');
}

/** Whether these bytes are an OCSPResponse that answers something. */
export function isOcspAnswer(der: Uint8Array): boolean {
  try {
    return parseOcspResponse(der).status === 'successful';
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

function answerText({ status, thisUpdate, nextUpdate }: SingleResponse, lang: Lang): string {
  const period = periodText(thisUpdate, nextUpdate, lang);
  if (status.kind !== 'revoked')
    return fill(STAPLE[status.kind === 'good' ? 'saysGood' : 'saysUnknown'][lang], { period });
  const reason = status.reason === undefined ? '' : ` (${REVOCATION_REASONS[status.reason] ?? status.reason})`;
  return fill(STAPLE.saysRevoked[lang], { at: minute(status.at), reason, period });
}

function periodText(thisUpdate: number | undefined, nextUpdate: number | undefined, lang: Lang): string {
  const from = thisUpdate === undefined ? '' : fill(STAPLE.asOf[lang], { at: minute(thisUpdate) });
  return nextUpdate === undefined ? from : `${from}${fill(STAPLE.until[lang], { at: minute(nextUpdate) })}`;
}

/** `2026-01-31 12:00Z` */
function minute(moment: number): string {
  return new Date(moment)
    .toISOString()
    .replace('T', ' ')
    .replace(/:\d\d\.\d+Z$/, 'Z');
}
