// What a handshake costs, counted in what was seen of it, and what one that goes on from a session saves against the full one:
// round trips, messages, bytes, public-key operations. Nothing is assumed about a kind of handshake; it all stands in the traces.

import { decode } from '../codec/run.ts';
import * as wire from '../wire/messages.ts';
import { CONTENT_TYPE } from '../wire/registry/names.ts';
import { bytesCell, type ComparisonCell, type ComparisonTable } from './compare.ts';
import type { Text } from './text.ts';
import { SAVINGS_LABELS, SAVINGS_TITLES, SAVINGS_WORDS, WORK_TEXTS } from './texts/savings.ts';
import type { Timeline, TimelineMessage } from './timeline.ts';
import type { Side } from './trace.ts';

/** How often a side had to do what is slow. */
export type PublicKeyWork = Record<keyof typeof WORK_TEXTS, number>;

export interface HandshakeCost {
  readonly roundTrips: number;
  /** ChangeCipherSpec is not one of them. */
  readonly messages: number;
  readonly bytes: Readonly<Record<Side, number>>;
  readonly work: Readonly<Record<Side, Readonly<PublicKeyWork>>>;
  /** Milliseconds; undefined for a handshake that was not completed. */
  readonly time: number | undefined;
}

/**
 * Counts one handshake. A key pair is made for each ephemeral public key that was sent; each certificate that was sent is
 * one signature to check; finding a session takes no public-key operation.
 */
export function costOf(timeline: Timeline): HandshakeCost {
  const messages = timeline.messages.filter((one) => one.inHandshake && one.contentType === CONTENT_TYPE.handshake);
  const work = { client: noWork(), server: noWork() };
  for (const message of messages) countWork(work, message, timeline);
  return {
    roundTrips: timeline.roundTrips,
    messages: messages.length,
    bytes: timeline.handshakeBytes,
    work,
    time: timeline.handshakeTime,
  };
}

/** A table of three columns: a full handshake, one that was resumed, and what that saved. */
export function compareCosts(full: Timeline, resumed: Timeline): ComparisonTable {
  const [before, after] = [costOf(full), costOf(resumed)];
  const counts = (count: (cost: HandshakeCost) => number): readonly ComparisonCell[] => [
    plain(String(count(before))),
    plain(String(count(after))),
    saved(count(before), count(after)),
  ];
  const total = ({ client, server }: Readonly<Record<Side, number>>): number => client + server;
  const time = ({ time: ms }: HandshakeCost): ComparisonCell => plain(ms === undefined ? '–' : `${ms.toFixed(2)} ms`);
  return {
    titles: [SAVINGS_TITLES.full, SAVINGS_TITLES.resumed, SAVINGS_TITLES.saved],
    rows: [
      { label: SAVINGS_LABELS.roundTrips, cells: counts(({ roundTrips }) => roundTrips) },
      { label: SAVINGS_LABELS.messages, cells: counts(({ messages }) => messages) },
      {
        label: SAVINGS_LABELS.bytes,
        cells: [bytesCell(full), bytesCell(resumed), saved(total(before.bytes), total(after.bytes))],
      },
      workRow('client', before, after),
      workRow('server', before, after),
      { label: SAVINGS_LABELS.time, cells: [time(before), time(after), saved(before.time, after.time, ' ms')] },
    ],
  };
}

/** All operations of one side. */
export function workTotal(work: Readonly<PublicKeyWork>): number {
  return Object.values(work).reduce((sum, count) => sum + count, 0);
}

function noWork(): PublicKeyWork {
  return { keyPairs: 0, agreements: 0, signatures: 0, verifications: 0, encryptions: 0, decryptions: 0 };
}

function countWork(
  work: Record<Side, PublicKeyWork>,
  { name, from, raw }: TimelineMessage,
  { negotiated }: Timeline,
): void {
  const [sender, receiver] = [work[from], work[from === 'client' ? 'server' : 'client']];
  const kx: string = negotiated.keyExchange ?? '';
  const ephemeral = kx.includes('dhe');
  switch (name) {
    case 'server_key_exchange':
      if (ephemeral) sender.keyPairs++;
      if (kx.includes('psk')) return;
      sender.signatures++;
      receiver.verifications++;
      return;
    case 'client_key_exchange':
      if (ephemeral) {
        sender.keyPairs++;
        sender.agreements++;
        receiver.agreements++;
      } else if (kx === 'rsa') {
        sender.encryptions++;
        receiver.decryptions++;
      }
      return;
    case 'certificate':
      receiver.verifications += certificatesIn(raw, negotiated.version);
      return;
    case 'certificate_verify':
      sender.signatures++;
      receiver.verifications++;
      return;
    case 'client_hello':
      sender.keyPairs += negotiated.version === 0x0304 ? sharesIn(raw) : 0;
      return;
    case 'server_hello':
      if (negotiated.version !== 0x0304 || negotiated.group === undefined) return;
      sender.keyPairs++;
      sender.agreements++;
      receiver.agreements++;
  }
}

function certificatesIn(raw: Uint8Array, version: number | undefined): number {
  const body = raw.subarray(wire.HANDSHAKE_HEADER_LENGTH);
  try {
    const { certificate_list } =
      version === 0x0304 ? decode(wire.certificate13, body) : decode(wire.certificate12, body);
    return certificate_list.length;
  } catch {
    return 0;
  }
}

function sharesIn(raw: Uint8Array): number {
  try {
    const hello = decode(wire.clientHello, raw.subarray(wire.HANDSHAKE_HEADER_LENGTH));
    return hello.extensions.known.key_share?.length ?? 0;
  } catch {
    return 0;
  }
}

function plain(text: string): ComparisonCell {
  return { text: { en: text, zh: text }, tone: 'plain' };
}

function saved(before: number | undefined, after: number | undefined, unit = ''): ComparisonCell {
  if (before === undefined || after === undefined) return plain('–');
  const less = before - after;
  const shown = unit === '' ? String(less) : `${less.toFixed(2)}${unit}`;
  const percent = before === 0 ? '' : `${Math.round((100 * less) / before)} %`;
  const text = percent === '' ? shown : `${shown} (${percent})`;
  return {
    text: { en: text, zh: percent === '' ? shown : `${shown}（${percent}）` },
    tone: less > 0 ? 'good' : 'plain',
  };
}

function workRow(side: Side, before: HandshakeCost, after: HandshakeCost): ComparisonTable['rows'][number] {
  const [full, resumed] = [before.work[side], after.work[side]];
  const all = workTotal(full) > 0 && workTotal(resumed) === 0;
  const cell: ComparisonCell = all
    ? { text: SAVINGS_WORDS.all, tone: 'good' }
    : saved(workTotal(full), workTotal(resumed));
  return {
    label: side === 'client' ? SAVINGS_LABELS.clientWork : SAVINGS_LABELS.serverWork,
    cells: [{ text: workText(full), tone: 'plain' }, { text: workText(resumed), tone: 'plain' }, cell],
  };
}

/** One line for each kind of operation. */
function workText(work: Readonly<PublicKeyWork>): Text {
  const kinds = (Object.keys(WORK_TEXTS) as (keyof PublicKeyWork)[]).filter((kind) => work[kind] > 0);
  if (kinds.length === 0) return SAVINGS_WORDS.none;
  const say = (lang: 'en' | 'zh'): string =>
    kinds.map((kind) => withNumber(WORK_TEXTS[kind][lang], work[kind], lang)).join('\n');
  return { en: say('en'), zh: say('zh') };
}

/** English puts the noun into the plural: `3 signatures checked`. */
function withNumber(text: string, n: number, lang: 'en' | 'zh'): string {
  const filled = text.replace('{n}', String(n));
  if (lang === 'zh' || n === 1) return filled;
  return filled.replace(/(pair|agreement|signature|encryption|decryption)/, '$1s');
}
