// Both sides' traces on one clock. Two machines, and even two processes, do not agree on the time: the traces are brought
// together by causality. What one side sent it sent before the other received it, so the same message in both traces bounds
// how far the clocks can be apart; within these bounds the difference that the headers tell is kept, else the nearest bound.

import { equal } from '../bytes/bytes.ts';
import type { MessageObservation } from '../engine/observe.ts';
import type { Side, Trace, TraceEntry } from './trace.ts';

export interface MergedEntry extends TraceEntry {
  readonly side: Side;
}

export interface MergedTrace {
  readonly client: Trace;
  readonly server: Trace;
  /** What was added to the server's times, in milliseconds, to put them on the client's clock. */
  readonly shift: number;
  /** All entries of both in the order of the client's clock; at the same moment, what was sent stands before what came. */
  readonly entries: readonly MergedEntry[];
}

/**
 * Merges the traces of the two sides of one connection.
 * @throws RangeError when both traces are of the same side
 */
export function mergeTraces(one: Trace, other: Trace): MergedTrace {
  if (one.side === other.side) throw new RangeError(`both traces are of the ${one.side}`);
  const [client, server] = one.side === 'client' ? [one, other] : [other, one];
  const shift = clockShift(client, server);
  const entries: MergedEntry[] = [
    ...client.entries.map((entry): MergedEntry => ({ ...entry, side: 'client' })),
    ...server.entries.map((entry): MergedEntry => ({ ...entry, t: entry.t + shift, side: 'server' })),
  ];
  // Array.prototype.sort is stable: each side's own order survives equal times.
  entries.sort((a, b) => a.t - b.t || arrival(a) - arrival(b));
  return { client, server, shift, entries };
}

/** The same message as it was sent and as it was received. */
export type MessagePair = readonly [sent: TraceEntry, received: TraceEntry];

/**
 * Pairs of the same message as `sender` sent and as `receiver` received it, in the order of their arrival. What arrives was
 * sent, and in the same order among messages of one content type: a ChangeCipherSpec that exists for middleboxes (RFC 8446
 * D.4) may be told of a moment later than it is sent. A message that was changed on the way finds no partner
 * here (see pairChanged).
 */
function pairMessages(sender: Trace, receiver: Trace): readonly MessagePair[] {
  const sent = messagesOf(sender, 'out');
  const next = new Map<number, number>();
  const pairs: MessagePair[] = [];
  for (const received of messagesOf(receiver, 'in')) {
    const { type, raw } = received.observation;
    const from = next.get(type) ?? 0;
    for (let i = from; i < sent.length; i++) {
      const candidate = sent[i];
      if (candidate === undefined || candidate.observation.type !== type) continue;
      if (!equal(candidate.observation.raw, raw)) continue;
      pairs.push([candidate, received]);
      next.set(type, i + 1);
      break;
    }
  }
  return pairs;
}

/**
 * Messages that were changed on the way: sent as one thing and received as another. Between two messages that arrived as they were sent
 * the others came in the order in which they were sent too, and what has the same name there is the same message.
 */
function pairChanged(sender: Trace, receiver: Trace, same: readonly MessagePair[]): readonly MessagePair[] {
  const partner = new Map<TraceEntry, TraceEntry>(same);
  const arrived = new Set(partner.values());
  const pairs: MessagePair[] = [];
  for (const type of new Set(messagesOf(receiver, 'in').map(({ observation }) => observation.type))) {
    const ofType = ({ observation }: MessageEntry): boolean => observation.type === type;
    const received = messagesOf(receiver, 'in').filter(ofType);
    let at = 0;
    let isOpen = true;
    for (const sent of messagesOf(sender, 'out').filter(ofType)) {
      const twin = partner.get(sent);
      if (twin !== undefined) {
        at = received.indexOf(twin as MessageEntry, at) + 1;
        isOpen = true;
        continue;
      }
      const candidate = received[at];
      // Once names differ nothing is known up to the next message that arrived unchanged.
      isOpen &&=
        candidate !== undefined && !arrived.has(candidate) && candidate.observation.name === sent.observation.name;
      if (!isOpen || candidate === undefined) continue;
      pairs.push([sent, candidate]);
      at++;
    }
  }
  return pairs;
}

/** How the messages of the client's trace, which a timeline of both is told by, and those of the server's belong together. */
export interface Partners {
  /** For each of the client's, when the server saw the same one, on the client's clock. */
  readonly far: ReadonlyMap<TraceEntry, number>;
  /** Those of the client's that left or came as something else. */
  readonly changed: ReadonlySet<TraceEntry>;
  /** For each of the server's that arrived, when it did. */
  readonly arrivals: ReadonlyMap<TraceEntry, number>;
}

export function partnersIn({ client, server, shift }: MergedTrace): Partners {
  const [up, down] = [pairMessages(client, server), pairMessages(server, client)];
  const [upChanged, downChanged] = [pairChanged(client, server, up), pairChanged(server, client, down)];
  const far = new Map<TraceEntry, number>();
  for (const [sent, received] of [...up, ...upChanged]) far.set(sent, received.t + shift);
  for (const [sent, received] of [...down, ...downChanged]) far.set(received, sent.t + shift);
  const changed = new Set([...upChanged.map(([sent]) => sent), ...downChanged.map(([, received]) => received)]);
  const arrivals = new Map([...down, ...downChanged].map(([sent, received]) => [sent, received.t]));
  return { far, changed, arrivals };
}

function clockShift(client: Trace, server: Trace): number {
  const told = server.started - client.started;
  let least = Number.NEGATIVE_INFINITY;
  let most = Number.POSITIVE_INFINITY;
  for (const [sent, received] of pairMessages(client, server)) least = Math.max(least, sent.t - received.t);
  for (const [sent, received] of pairMessages(server, client)) most = Math.min(most, received.t - sent.t);
  // Bounds that contradict each other come from rounding or from clocks that drift: the middle does the least harm.
  const shift = least > most ? (least + most) / 2 : Math.min(Math.max(told, least), most);
  return Math.round(shift * 1000) / 1000;
}

type MessageEntry = TraceEntry & { readonly observation: MessageObservation };

function messagesOf(trace: Trace, direction: 'in' | 'out'): readonly MessageEntry[] {
  return trace.entries.filter(
    (entry): entry is MessageEntry => entry.observation.kind === 'message' && entry.observation.direction === direction,
  );
}

function arrival({ observation }: MergedEntry): number {
  return 'direction' in observation && observation.direction === 'in' ? 1 : 0;
}
