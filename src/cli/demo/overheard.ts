// What somebody on the way sees of a handshake: which messages are readable, what they tell, and of the rest its lengths alone. Told
// from what was recorded.

import type { Line } from '../../inspect/lines.ts';
import { messageTitle } from '../../inspect/names.ts';
import { suiteNames } from '../../inspect/negotiated.ts';
import { codePoint } from '../../inspect/summary.ts';
import type { MessageKey } from '../../inspect/texts/messages.ts';
import type { TimelineMessage } from '../../inspect/timeline.ts';
import { groupName, versionName } from '../../wire/registry/names.ts';
import { safe, type TableRow, table } from '../terminal.ts';
import { fill } from '../text.ts';
import { VALUES } from '../texts/demo.ts';
import { OVERHEARD } from '../texts/demo_overheard.ts';
import type { LessonHandshake } from './loopback.ts';
import type { Page } from './page.ts';
import { valuesOf } from './values.ts';

export function overheardLines(lesson: LessonHandshake, page: Page): readonly Line[] {
  return table(overheardRows(lesson, page), page.width);
}

function overheardRows(lesson: LessonHandshake, { lang }: Page): readonly TableRow[] {
  const { messages, records } = lesson.timeline;
  const inside = messages.filter(({ inHandshake }) => inHandshake);
  const sealed = records.filter(({ epoch }) => epoch !== 'plaintext');
  const shown = sealed.slice(0, SHOWN).map(({ bytes }) => bytes);
  const more = sealed.length > SHOWN ? ' …' : '';
  return [
    { label: OVERHEARD.clear[lang], value: namesOf(inside.filter(({ encrypted }) => !encrypted)) },
    {
      label: OVERHEARD.reads[lang],
      value: readsOf(lesson)
        .map((one) => one[lang])
        .join(lang === 'zh' ? '；' : '; '),
    },
    {
      label: OVERHEARD.sealed[lang],
      value: sealedOf(lesson, lang),
      style: 'good',
    },
    {
      label: OVERHEARD.lengths[lang],
      value: fill(OVERHEARD.records[lang], { count: sealed.length, lengths: `${shown.join(', ')}${more}` }),
    },
  ];
}

const SHOWN = 12;

function sealedOf({ timeline }: LessonHandshake, lang: Page['lang']): string {
  const { messages, data } = timeline;
  const names = namesOf(messages.filter(({ inHandshake, encrypted }) => inHandshake && encrypted));
  const early = data.some((one) => one.early) ? [OVERHEARD.early[lang]] : [];
  return [...early, names, OVERHEARD.data[lang]].filter((one) => one !== '').join(', ');
}

/** `ClientHello, ChangeCipherSpec (2)` */
function namesOf(messages: readonly TimelineMessage[]): string {
  const counts = new Map<string, number>();
  for (const { name } of messages) counts.set(messageTitle(name), (counts.get(messageTitle(name)) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count === 1 ? name : `${name} (${count})`)).join(', ');
}

type Told = Readonly<Record<'en' | 'zh', string>>;

function readsOf(lesson: LessonHandshake): readonly Told[] {
  const { messages, negotiated } = lesson.timeline;
  const { serverName, version, suite, group, alpnOffered } = negotiated;
  const told: Told[] = [];
  const tell = (text: Told, values: Readonly<Record<string, string | number>>): void => {
    told.push({ en: fill(text.en, values), zh: fill(text.zh, values) });
  };
  if (serverName !== undefined) tell(OVERHEARD.host, { name: safe(serverName) });
  if (alpnOffered.length > 0) tell(OVERHEARD.alpn, { list: alpnOffered.map(safe).join(', ') });
  if (version !== undefined && suite !== undefined) {
    const what = [codePoint(version, versionName), suiteNames(suite).openssl];
    if (group !== undefined) what.push(codePoint(group, groupName));
    tell(OVERHEARD.agreed, { what: what.join(' / ') });
  }
  const clear = (key: MessageKey, name: TimelineMessage['name'], from: TimelineMessage['from']): string | undefined =>
    messages.some((one) => one.name === name && one.from === from && !one.encrypted)
      ? valuesOf(lesson, key).find(({ label }) => label === VALUES.subject)?.value
      : undefined;
  const subject = clear('certificate', 'certificate', 'server');
  if (subject !== undefined) tell(OVERHEARD.certificate, { subject });
  const ticket = valuesOf(lesson, 'client_hello').find(({ label }) => label === VALUES.ticket);
  if (ticket !== undefined) tell(OVERHEARD.ticket, { length: ticket.value.length / 2 });
  return told;
}
