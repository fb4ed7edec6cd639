// The chapter on resumed sessions as lines: for either way both ladders and what was saved, then the steps, the keys, the price in
// forward secrecy (tried out with the ticket key), and the interview question. Pure: what it draws was recorded before.

import { equal, toHex } from '../../bytes/bytes.ts';
import { openTicket } from '../../handshake/shared/tickets.ts';
import { renderComparison } from '../../inspect/compare.ts';
import { type Line, segment } from '../../inspect/lines.ts';
import { renderKeys } from '../../inspect/render_keys.ts';
import { PAIR_WIDTH, renderPair } from '../../inspect/render_pair.ts';
import { compareCosts, costOf, workTotal } from '../../inspect/savings.ts';
import { nodeProvider } from '../../providers/node.ts';
import { readersIn } from '../readers.ts';
import { paragraph, type TableRow, table } from '../terminal.ts';
import { fill } from '../text.ts';
import { DEMO, VALUES } from '../texts/demo.ts';
import { ANSWERS, RESUMED, RESUMED_STEPS, RESUMED_VALUES } from '../texts/demo_resumed.ts';
import { heading, type Page, singleSpaced } from './page.ts';
import { type Resumption, sessionIds, ticketGiven, ticketSent } from './resumption.ts';
import { stepLines, valueRow } from './steps.ts';
import { secretOf, type Value, valuesOf } from './values.ts';

export interface ResumedChapter {
  readonly number: number;
  readonly byId: Resumption;
  readonly byTicket: Resumption;
}

export function resumedChapterLines({ number, byId, byTicket }: ResumedChapter, page: Page): readonly Line[] {
  const { lang, width } = page;
  return singleSpaced([
    ...heading(`${fill(DEMO.chapter[lang], { n: number })}  ${RESUMED.title[lang]}`, page, 1),
    ...paragraph(RESUMED.intro[lang], width),
    ...heading(RESUMED.byId[lang], page, 2),
    ...paragraph(RESUMED.byIdText[lang], width),
    [],
    ...wayLines(byId, idRows(byId, page), 'line', page),
    ...heading(RESUMED.byTicket[lang], page, 2),
    ...paragraph(RESUMED.byTicketText[lang], width),
    [],
    // One above the other the ladders take much room, and most of their lines stand above already.
    ...wayLines(byTicket, ticketRows(byTicket, page), page.columns < PAIR_WIDTH ? 'none' : 'line', page),
    ...heading(RESUMED.steps[lang], page, 2),
    ...RESUMED_STEPS.flatMap((step, i) => stepLines(step, i + 1, byTicket.resumed, page)),
    ...keyLines(byTicket, page),
    ...secrecyLines(byTicket, page),
    ...interviewLines(byTicket, page),
    [],
  ]);
}

/** Both ladders, what was kept and sent, and what it saved. */
function wayLines(
  { full, resumed }: Resumption,
  rows: readonly TableRow[],
  explain: 'none' | 'line',
  page: Page,
): readonly Line[] {
  const { lang, width, columns } = page;
  const titles = [RESUMED.first[lang], RESUMED.second[lang]] as const;
  return [
    ...renderPair([full.timeline, resumed.timeline], {
      lang,
      width: columns,
      titles,
      explain,
      readers: readersIn(lang),
    }),
    [],
    ...table(rows, width),
    [],
    ...paragraph(RESUMED.saved[lang], width),
    ...renderComparison(compareCosts(full.timeline, resumed.timeline), { lang, width: Math.min(width, TABLE) }),
  ];
}

/** Short cells need no wider table. */
const TABLE = 100;

function idRows({ full, resumed, sessions }: Resumption, page: Page): readonly TableRow[] {
  const [first, second] = [sessionIds(full), sessionIds(resumed)];
  const id = (label: Value['label'], value: Uint8Array): TableRow =>
    value.length === 0
      ? { label: label[page.lang], value: RESUMED_VALUES.empty[page.lang] }
      : bytesRow(label, value, page);
  return [
    id(RESUMED_VALUES.idSent1, first.sent),
    id(RESUMED_VALUES.idGiven, first.given),
    id(RESUMED_VALUES.idSent2, second.sent),
    id(RESUMED_VALUES.idBack, second.given),
    {
      label: RESUMED_VALUES.kept[page.lang],
      value: fill(RESUMED_VALUES.keptById[page.lang], { length: sessions.find(first.given)?.length ?? 0 }),
    },
  ];
}

function ticketRows({ full, resumed, ticketKey }: Resumption, page: Page): readonly TableRow[] {
  const { lang } = page;
  const { ticket, lifetime } = ticketGiven(full);
  const bytes = (label: Value['label'], value: Uint8Array): TableRow => bytesRow(label, value, page);
  const { length } = ticketKey.name;
  const back = equal(ticketSent(resumed) ?? new Uint8Array(0), ticket) ? RESUMED_VALUES.same : RESUMED_VALUES.other;
  return [
    bytes(RESUMED_VALUES.ticketGiven, ticket),
    bytes(RESUMED_VALUES.keyName, ticket.subarray(0, length)),
    bytes(RESUMED_VALUES.sealed, ticket.subarray(length)),
    { label: RESUMED_VALUES.lifetime[lang], value: fill(RESUMED_VALUES.seconds[lang], { n: lifetime }) },
    { label: RESUMED_VALUES.ticketSent[lang], value: fill(back[lang], { length: ticket.length }) },
    { label: RESUMED_VALUES.kept[lang], value: RESUMED_VALUES.keptNothing[lang] },
  ];
}

function bytesRow(label: Value['label'], value: Uint8Array, page: Page): TableRow {
  return valueRow({ label, value: toHex(value), bytes: true }, page, LABELS);
}

/** Columns of the longest label here, `第二次 ClientHello 中的票据`. */
const LABELS = 28;

function keyLines({ full, resumed }: Resumption, page: Page): readonly Line[] {
  const { lang, width } = page;
  const value = (label: Value['label'], bytes: Uint8Array | undefined): TableRow =>
    bytesRow(label, bytes ?? new Uint8Array(0), page);
  const random = (lesson: Resumption['full'], key: 'client_hello' | 'server_hello'): readonly TableRow[] =>
    valuesOf(lesson, key)
      .filter(({ label }) => label === VALUES.random1 || label === VALUES.random2)
      .map((one) => valueRow(one, page, LABELS));
  return [
    ...heading(DEMO.keys[lang], page, 2),
    ...paragraph(RESUMED.keys[lang], width),
    [],
    ...table(
      [
        value(RESUMED_VALUES.master1, secretOf(full, 'master_secret')),
        value(RESUMED_VALUES.master2, secretOf(resumed, 'master_secret')),
        ...random(resumed, 'client_hello'),
        ...random(resumed, 'server_hello'),
        value(RESUMED_VALUES.key1, secretOf(full, 'client_write_key')),
        value(RESUMED_VALUES.key2, secretOf(resumed, 'client_write_key')),
      ],
      width,
    ),
    [],
    ...renderKeys(resumed.secrets.client, { lang, width: width - 2 }).map((line): Line => [segment('  '), ...line]),
    [],
    ...checkedLines({ full, resumed }, page),
  ];
}

/** Compares the secrets of the two connections, on both sides of each. */
function checkedLines({ full, resumed }: Pick<Resumption, 'full' | 'resumed'>, page: Page): readonly Line[] {
  const master = secretOf(full, 'master_secret');
  const masters = [full, resumed].flatMap((one) => [
    secretOf(one, 'master_secret'),
    secretOf(one, 'master_secret', 'server'),
  ]);
  const same = masters.every((one) => one !== undefined && master !== undefined && equal(one, master));
  const derived = resumed.secrets.client.filter(({ name }) => name !== 'master_secret');
  const fresh = derived.every(({ name, value }) => {
    const [before, here] = [secretOf(full, name), secretOf(resumed, name, 'server')];
    return before !== undefined && !equal(before, value) && here !== undefined && equal(here, value);
  });
  const good = same && fresh && derived.length > 0;
  const text = good ? RESUMED.checked : RESUMED.unchecked;
  return paragraph(fill(text[page.lang], { count: derived.length }), page.width, 0, good ? 'good' : 'error');
}

function secrecyLines(way: Resumption, page: Page): readonly Line[] {
  const { lang, width } = page;
  return [
    ...heading(RESUMED.secrecy[lang], page, 2),
    ...paragraph(RESUMED.secrecyText[lang], width),
    [],
    ...stolenTicketKeyLines(way, page),
    [],
    ...paragraph(RESUMED.advice[lang], width),
    [],
    ...paragraph(RESUMED.tls13[lang], width),
  ];
}

/** Does what a thief would do: opens the recorded ticket with the key of the server. */
function stolenTicketKeyLines({ full, ticketKey }: Resumption, { lang, width }: Page): readonly Line[] {
  const opened = openTicket(nodeProvider, [ticketKey], ticketGiven(full).ticket)?.session.secret;
  const real = secretOf(full, 'master_secret');
  if (opened === undefined || real === undefined || !equal(opened, real)) return [];
  return [
    ...paragraph(RESUMED.thief[lang], width, 2),
    ...paragraph(toHex(opened), width, 4, 'secret'),
    ...paragraph(RESUMED.thiefSame[lang], width, 2, 'warning'),
  ];
}

function interviewLines({ full, resumed }: Resumption, page: Page): readonly Line[] {
  const { lang, width } = page;
  const [before, after] = [costOf(full.timeline), costOf(resumed.timeline)];
  const bytes = ({ bytes: { client, server } }: typeof before): number => client + server;
  const values = {
    tripsBefore: before.roundTrips,
    tripsAfter: after.roundTrips,
    messagesBefore: before.messages,
    messagesAfter: after.messages,
    percent: Math.round(100 * (1 - bytes(after) / bytes(before))),
    work: workTotal(before.work.client) + workTotal(before.work.server),
  };
  return [
    ...heading(RESUMED.interview[lang], page, 2),
    ...paragraph(RESUMED.question[lang], width, 0, 'message'),
    [],
    ...table(
      ANSWERS.map((answer, i) => ({ label: String(i + 1), value: fill(answer[lang], values) })),
      width,
    ),
  ];
}
