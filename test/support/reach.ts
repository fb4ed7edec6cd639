// Brings one side of a pair into any state of its table by a real handshake, and stops there: the other side sends one
// message in a record, and the side's needs are held in the state that is wanted.

import type { Observation } from '../../src/engine/observe.ts';
import { resolveServerOptions } from '../../src/engine/server.ts';
import { CLIENT_TABLE } from '../../src/handshake/client/table.ts';
import type { InputName, Row } from '../../src/handshake/machine.ts';
import { SERVER_TABLE } from '../../src/handshake/server/table.ts';
import type { ServerConfig } from '../../src/handshake/shared/config.ts';
import type { Answers, Need } from '../../src/handshake/shared/needs.ts';
import { credentialOf } from '../../src/host/credential.ts';
import { answerSessions, type Cache, type Earlier, earlier, ticketKey } from './earlier.ts';
import { type Flavour, has, optionsOf, WAY } from './flavours.ts';
import { Forge, puppet, recordsOf, singly } from './forge.ts';
import { makePair, type Pair, type PairOptions, PROVIDERS, type ProviderName, PSK, type Side, world } from './pair.ts';
import { merge } from './resume.ts';

export { type Flavour, WAY, WAY_NOT_EARLY } from './flavours.ts';

export type Role = 'client' | 'server';
export const TABLES = { client: CLIENT_TABLE, server: SERVER_TABLE } as const;
export const rowOf = (role: Role, state: string): Row<never> =>
  (TABLES[role] as unknown as Readonly<Record<string, Row<never>>>)[state] as Row<never>;
export const statesOf = (role: Role): string[] => Object.keys(TABLES[role]);

export interface Edge {
  readonly role: Role;
  readonly from: string;
  readonly input: InputName | 'otherwise';
  readonly to: string;
}

export interface Reached {
  readonly pair: Pair;
  readonly target: Side;
  readonly peer: Side;
  readonly forge: Forge;
  readonly observed: Observation[];
  /** Goes on until `stop` says so, or nothing moves. */
  go(stop: () => boolean): void;
}

/**
 * A pair that is about to shake hands in this way; `role` is the side that is watched and stopped. `memory` keeps the handshakes
 * that sessions come from, for whoever prepares the same again and again.
 */
export function prepare(
  role: Role,
  flavour: Flavour,
  provider: ProviderName = 'node',
  more: PairOptions = {},
  memory: Map<string, Earlier> = new Map(),
): Reached {
  const { options, cache } = resuming(flavour, merge(optionsOf(flavour, provider), more), (earlierOptions) => {
    const known = memory.get(`${flavour} ${provider}`) ?? earlier(earlierOptions);
    memory.set(`${flavour} ${provider}`, known);
    return known;
  });
  const observed: Observation[] = [];
  const observe = (one: Observation): void => void observed.push(one);
  const pair = makePair({
    ...options,
    client: { ...options.client, ...(role === 'client' && { observe }) },
    server: { ...options.server, ...(role === 'server' && { observe }) },
  });
  const target = pair[role];
  const peer = pair[role === 'client' ? 'server' : 'client'];
  singly(peer.engine);
  const forge = new Forge(target.engine);
  if (has(flavour, 'promised')) {
    puppet(pair.server.engine, (name) => (name === 'certificate_status' ? [] : undefined));
  }
  if (has(flavour, 'askHello')) {
    const config = configOf(options, provider);
    answering(pair.server, 'hello', () => config);
  }
  answerSessions(pair.server, cache);
  if (has(flavour, 'rejected')) answering(pair.server, 'early_data', () => 'reject');
  if (has(flavour, 'withheld')) answering(pair.server, 'early_data', () => 'withhold');
  if (has(flavour, 'unshared')) answering(pair.server, 'psk', () => undefined);
  if (has(flavour, 'forgotten')) {
    const known = [PSK];
    answering(pair.server, 'psk', () => known.shift());
  }

  const queue: Uint8Array[] = [];
  let started = false;
  let asks = has(flavour, 'afterwards');
  const go = (stop: () => boolean): void => {
    if (stop()) return;
    if (!started) {
      started = true;
      pair.server.handle(pair.server.engine.start());
      pair.client.handle(pair.client.engine.start());
      if (pair.client.engine.writable) pair.client.handle(pair.client.engine.write(EARLY_DATA));
    }
    while (!stop()) {
      if (target.outbox.length > 0) peer.handle(peer.engine.receive(target.drain()));
      if (peer.outbox.length > 0) queue.push(...recordsOf(peer.drain()));
      const record = queue.shift();
      if (record !== undefined) target.handle(target.engine.receive(record));
      else if (asks && pair.server.agreement !== undefined && pair.server.engine.writable) {
        asks = false;
        pair.server.handle(pair.server.engine.requestCertificate());
      } else return;
    }
  };
  return { pair, target, peer, forge, observed, go };
}

/** What a client writes before the handshake is done, where it may. */
export const EARLY_DATA = new TextEncoder().encode('early data');

/** What a flavour with a session needs: an earlier handshake under the same options, and whoever remembers it. */
function resuming(
  flavour: Flavour,
  base: PairOptions,
  before: (options: PairOptions) => Earlier,
): { options: PairOptions; cache: Cache } {
  const by = (['ticket', 'id'] as const).find((word) => has(flavour, word));
  if (by === undefined) return { options: base, cache: new Map() };
  const options: PairOptions = {
    ...base,
    client: { ...base.client, tickets: by === 'ticket' },
    server: { ...base.server, ...(by === 'ticket' ? { ticketKeys: [ticketKey(1)] } : { sessionCache: true }) },
  };
  const unknown = has(flavour, 'unknown');
  if (!unknown && !has(flavour, 'resumed')) return { options, cache: new Map() };
  const { session, cache } = before({ ...options, server: { ...options.server, askHello: false } });
  return {
    options: {
      ...options,
      client: { ...options.client, session },
      server: {
        ...options.server,
        ...(has(flavour, 'renewed') && { ticketKeys: [ticketKey(2), ticketKey(1)] }),
        ...(unknown && by === 'ticket' && { ticketKeys: [ticketKey(2)] }),
      },
    },
    cache: unknown ? new Map() : cache,
  };
}

function configOf(options: PairOptions, provider: ProviderName): ServerConfig {
  const credentials = (options.keys ?? []).map((key) => credentialOf(world().identities[key]));
  return resolveServerOptions({ credentials, ...options.server, provider: PROVIDERS[provider] });
}

/** Answers the needs of one kind otherwise. */
function answering<K extends keyof Answers>(side: Side, kind: K, answer: () => Answers[K]): void {
  const { reply } = side;
  Object.assign(side, {
    reply: (need: Need) => (need.kind === kind ? { answer: answer() } : reply(need)),
  });
}

/** The side in `state`, all needs of that state open. @throws Error when the handshake does not lead there */
export function reach(
  role: Role,
  state: string,
  flavour = WAY[role][state],
  provider: ProviderName = 'node',
  more: PairOptions = {},
): Reached {
  if (flavour === undefined) throw new Error(`no way to ${role} ${state} is known`);
  const reached = prepare(role, flavour, provider, more);
  const { target } = reached;
  target.hold = () => target.engine.stateName === state;
  reached.go(() => target.engine.stateName === state);
  if (target.engine.stateName !== state) {
    throw new Error(`${role} stopped in ${target.engine.stateName}, not ${state}: ${target.error?.message}`);
  }
  return reached;
}

/** The moves that were seen. */
export function edgesOf(role: Role, observed: readonly Observation[]): Edge[] {
  return observed.flatMap((one) =>
    one.kind === 'state' ? [{ role, from: one.from, input: one.input as InputName | 'otherwise', to: one.to }] : [],
  );
}

/** Every edge of a table. */
export function declaredEdges(role: Role): Edge[] {
  return statesOf(role).flatMap((from) => {
    const row = rowOf(role, from);
    const cells = [...Object.entries(row.on), ...(row.otherwise ? [['otherwise', row.otherwise] as const] : [])];
    return cells.flatMap(([input, cell]) =>
      (cell?.targets ?? []).map((to) => ({ role, from, input: input as Edge['input'], to })),
    );
  });
}
