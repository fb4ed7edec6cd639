// What --session tells on standard error: which session was found, whether it was offered, what the server made of it, and what
// is in the file afterwards.

import type { Observation } from '../engine/observe.ts';
import type { Session } from '../handshake/shared/session.ts';
import { suiteNames } from '../inspect/negotiated.ts';
import { codePoint } from '../inspect/summary.ts';
import { versionName } from '../wire/registry/names.ts';
import { type SessionFile, sessionEnd } from './session_file.ts';
import { safe } from './terminal.ts';
import { fill, type Lang } from './text.ts';
import { EARLY_DATA, resumptionReason, SESSION } from './texts/session.ts';

/** What was in the file before. A `foreign` one is told of without -v too: see {@link foreignText}. */
export function foundText(file: string, found: Exclude<SessionFile, { kind: 'foreign' }>, lang: Lang): string {
  const values = { file: safe(file) };
  if (found.kind === 'none') return fill(SESSION.none[lang], values);
  if (found.kind === 'outdated') return fill(SESSION.outdated[lang], values);
  const { session } = found;
  return fill(SESSION.found[lang], {
    ...values,
    name: safe(session.serverName),
    version: codePoint(session.version, versionName),
    suite: suiteNames(session.suite).openssl,
    age: duration(Date.now() - session.created, lang),
    how: howText(session, lang),
  });
}

export function foreignText(file: string, found: Extract<SessionFile, { kind: 'foreign' }>, lang: Lang): string {
  return fill(SESSION.foreign[lang], { file: safe(file), problem: found.problem[lang] });
}

/** What the engine decided about a session of `version`; undefined for an observation about something else. */
export function resumptionText(seen: Observation, version: number | undefined, lang: Lang): string | undefined {
  if (seen.kind !== 'decision' || seen.about !== 'resumption') return undefined;
  const [, what = '', reason = ''] = /^([^:]*)(?:: (.*))?$/.exec(String(seen.chosen)) ?? [];
  const values = { reason: safe(resumptionReason(reason, lang)) };
  switch (what) {
    case 'offered':
      return SESSION.offered[lang];
    case 'not offered':
      return fill(SESSION.notOffered[lang], values);
    case 'resumed':
      return (version === 0x0304 ? SESSION.resumed13 : SESSION.resumed)[lang];
    case 'a key shared beforehand':
      // It is told of with the outcome.
      return undefined;
    default:
      return fill(SESSION.declined[lang], values);
  }
}

/** Whether the request can go out early with what was found, and why not. `length`: its bytes. */
export function earlyDataText(found: SessionFile | undefined, length: number, lang: Lang): string {
  if (found?.kind !== 'session') return EARLY_DATA.noSession[lang];
  const { version, maxEarlyData } = found.session;
  if (version !== 0x0304 || maxEarlyData === 0) return EARLY_DATA.notAllowed[lang];
  return length > maxEarlyData ? fill(EARLY_DATA.tooLong[lang], { length, limit: maxEarlyData }) : '';
}

/** What is in the file now; undefined: nothing new, and `spent`: the ticket that was there was taken out. */
export function writtenText(file: string, session: Session | undefined, spent: boolean, lang: Lang): string {
  const values = { file: safe(file) };
  if (session === undefined) return fill(SESSION[spent ? 'spent' : 'unchanged'][lang], values);
  return fill(SESSION.written[lang], { ...values, how: howText(session, lang), until: sessionEnd(session) });
}

function howText({ ticket }: Session, lang: Lang): string {
  return ticket.length > 0 ? fill(SESSION.byTicket[lang], { length: ticket.length }) : SESSION.byId[lang];
}

/** `12 s`, `5 min`, `3 h`. */
function duration(milliseconds: number, lang: Lang): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const [value, unit, chinese] =
    seconds < 120
      ? [seconds, 's', '秒']
      : seconds < 7200
        ? [Math.round(seconds / 60), 'min', '分钟']
        : [Math.round(seconds / 3600), 'h', '小时'];
  return `${value} ${lang === 'zh' ? chinese : unit}`;
}
