// The connections of the chapter on early data: full, resumed, resumed with early data; then the recorded flight of a customer sent
// again to four servers, and what each of them did with it.

import { equal, fromHex } from '../../bytes/bytes.ts';
import { earlyStage, trafficKeys } from '../../crypto/schedule13.ts';
import { type Suite13, suiteById } from '../../crypto/suites.ts';
import type { EarlyDataAnswer, EarlyDataNeed } from '../../handshake/shared/needs.ts';
import { openTicket, type TicketKey } from '../../handshake/shared/tickets.ts';
import { TicketLedger } from '../../host/early_data.ts';
import type { Trace } from '../../inspect/trace.ts';
import { nodeProvider } from '../../providers/node.ts';
import { CONTENT_TYPE } from '../../wire/registry/names.ts';
import { VALUES } from '../texts/demo.ts';
import {
  type LessonHandshake,
  type LessonIdentity,
  type LessonPlan,
  replayLesson,
  runLesson,
  SETTINGS,
} from './loopback.ts';
import { transcriptHash } from './transcript.ts';
import { valuesOf } from './values.ts';

export type Defence = 'deliver' | 'ledger' | 'withhold' | 'later';

export interface Replay {
  readonly defence: Defence;
  /** How often the order was carried out before and after the replay. */
  readonly before: number;
  readonly after: number;
  /** What the server made of the early data of the replay, in the engine's words. */
  readonly decision: string;
}

export interface EarlyLessons {
  readonly full: LessonHandshake;
  readonly resumed: LessonHandshake;
  readonly early: LessonHandshake;
  readonly ticketKey: TicketKey;
  readonly replays: readonly Replay[];
  /** Bytes of the flight that was recorded. */
  readonly recorded: number;
}

/** What must not happen twice. */
export const ORDER = 'GET /order?item=book HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
const MAX_EARLY_DATA = 4096;

export async function runEarlyLessons(identity: LessonIdentity): Promise<EarlyLessons> {
  const ticketKey: TicketKey = { name: nodeProvider.random(16), key: nodeProvider.random(32) };
  const plan: LessonPlan = {
    kind: 'resumed13',
    settings: SETTINGS.tls13,
    server: { ticketKeys: [ticketKey], maxEarlyData: MAX_EARLY_DATA },
    judgeEarlyData: () => 'deliver',
  };
  const full = await runLesson({ ...plan, kind: 'tls13', client: { tickets: true } }, identity);
  // Each ticket is for one connection.
  const [first, second] = full.sessions;
  const resumed = await runLesson({ ...plan, client: { session: first } }, identity);
  const early = await runLesson({ ...plan, client: { session: second, earlyData: bytesOf(ORDER) } }, identity);
  const replays: Replay[] = [];
  for (const defence of ['deliver', 'ledger', 'withhold', 'later'] as const) {
    replays.push(await attack(defence, plan, identity));
  }
  return { full, resumed, early, ticketKey, replays, recorded: firstFlight(early).length };
}

/** A customer orders once; then what was recorded of it is sent once more. */
async function attack(defence: Defence, shared: LessonPlan, identity: LessonIdentity): Promise<Replay> {
  let orders = 0;
  const plan: LessonPlan = {
    ...shared,
    judgeEarlyData: judgeOf(defence),
    carryOut: (request) => {
      if (request === ORDER) orders++;
    },
  };
  const full = await runLesson({ ...plan, kind: 'tls13', client: { tickets: true } }, identity);
  const customer = await runLesson(
    { ...plan, client: { session: full.sessions[0], earlyData: bytesOf(ORDER) } },
    identity,
  );
  const before = orders;
  const server = defence === 'later' ? { ...plan.server, now: () => Date.now() + 60_000 } : plan.server;
  const seen = await replayLesson({ ...plan, ...(server && { server }) }, identity, firstFlight(customer));
  return { defence, before, after: orders, decision: decisionIn(seen) };
}

function judgeOf(defence: Defence): (need: EarlyDataNeed) => EarlyDataAnswer {
  const ledger = new TicketLedger();
  switch (defence) {
    case 'ledger':
      return ({ ticket }) => (ledger.use(ticket, Date.now()) ? 'deliver' : 'reject');
    case 'withhold':
      return () => 'withhold';
    default:
      return () => 'deliver';
  }
}

function decisionIn({ entries }: Trace): string {
  for (const { observation } of entries) {
    if (observation.kind === 'decision' && observation.about === 'early_data') return String(observation.chosen);
  }
  return '';
}

/** What the client sent before anything came back, as it was on the wire. */
function firstFlight({ client, heard }: LessonHandshake): Uint8Array {
  let length = 0;
  for (const { observation } of client.entries) {
    if (observation.kind !== 'record') continue;
    if (observation.direction === 'in') break;
    length += 5 + observation.length;
  }
  return heard.subarray(0, length);
}

/**
 * Does what a thief of the ticket key would do: takes the ticket out of the recorded ClientHello, the key out of the ticket, and
 * opens the first record of early data. Undefined when anything of it does not work.
 */
export function stolenEarlyData(lesson: LessonHandshake, ticketKey: TicketKey): string | undefined {
  const ticket = valuesOf(lesson, 'client_hello').find(({ label }) => label === VALUES.ticket)?.value;
  const session = ticket && openTicket(nodeProvider, [ticketKey], fromHex(ticket))?.session;
  const record = firstSealed(firstFlight(lesson));
  if (!session || record === undefined) return undefined;
  const suite = suiteById(session.suite) as Suite13;
  const schedule = { provider: nodeProvider, suite, observe: undefined };
  const secret = earlyStage(schedule, session.secret).clientTraffic(transcriptHash(lesson, 'client_hello').hash);
  const { key, iv } = trafficKeys(schedule, secret, 'client_early_traffic_secret');
  // The nonce of the first record is the iv as it is (RFC 8446 5.3).
  const opened = nodeProvider.aead(suite.aead, key).open(iv, record.subarray(0, 5), record.subarray(5));
  if (opened === undefined) return undefined;
  const content = opened.subarray(0, opened.lastIndexOf(CONTENT_TYPE.application_data));
  return equal(content, bytesOf(ORDER)) ? Buffer.from(content).toString('latin1') : undefined;
}

function firstSealed(flight: Uint8Array): Uint8Array | undefined {
  for (let at = 0; at + 5 <= flight.length; ) {
    const length = 5 + (((flight[at + 3] ?? 0) << 8) | (flight[at + 4] ?? 0));
    if (flight[at] === CONTENT_TYPE.application_data) return flight.subarray(at, at + length);
    at += length;
  }
  return undefined;
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}
