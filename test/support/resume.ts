// Two handshakes in a row, the second with the session of the first, and what must come of it.

import { expect } from 'vitest';
import { concat } from '../../src/bytes/bytes.ts';
import type { Observation } from '../../src/engine/observe.ts';
import { EXTENSIONS } from '../../src/wire/extensions.ts';
import * as wire from '../../src/wire/messages.ts';
import { answerSessions, cacheOf, earlier, ticketKey } from './earlier.ts';
import { edited, puppet, withExtension } from './forge.ts';
import { exchange, makePair, type Pair, type PairOptions, shakeHands } from './pair.ts';

export const V12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
export const BY_TICKET: PairOptions = { client: V12, server: { ...V12, ticketKeys: [ticketKey(1)] } };
export const BY_ID: PairOptions = { client: V12, server: { ...V12, sessionCache: true } };
export const WAYS = { ticket: BY_TICKET, id: BY_ID } as const;
export type Way = keyof typeof WAYS;
export const HOUR = 3_600_000;

export function merge(a: PairOptions, b: PairOptions): PairOptions {
  const identities = b.identities ?? a.identities;
  const clientIdentities = b.clientIdentities ?? a.clientIdentities;
  return {
    client: { ...a.client, ...b.client },
    server: { ...a.server, ...b.server },
    keys: b.keys ?? a.keys ?? ['p256'],
    clientKeys: b.clientKeys ?? a.clientKeys ?? [],
    ...(identities && { identities }),
    ...(clientIdentities && { clientIdentities }),
  };
}

export interface Second {
  readonly pair: Pair;
  /** What each side decided about resumption, in order. */
  readonly client: string[];
  readonly server: string[];
  /** Messages that crossed, by name. */
  readonly messages: string[];
  readonly observed: { readonly client: Observation[]; readonly server: Observation[] };
}

/** A handshake that may go on from `session`. `before` is called when the pair is made. */
export function second(
  options: PairOptions,
  session: Uint8Array | undefined,
  before: (pair: Pair) => void = () => {},
): Second {
  const observed = { client: [] as Observation[], server: [] as Observation[] };
  const pair = makePair(
    merge(options, {
      client: { ...(session && { session }), observe: (one) => void observed.client.push(one) },
      server: { observe: (one) => void observed.server.push(one) },
    }),
  );
  before(pair);
  shakeHands(pair);
  const messages = observed.client.flatMap((one) =>
    one.kind === 'message' ? [`${one.direction === 'out' ? 'client' : 'server'} ${one.name}`] : [],
  );
  return { pair, client: decisions(observed.client), server: decisions(observed.server), messages, observed };
}

export const decisions = (observed: readonly Observation[]): string[] =>
  observed.flatMap((one) => (one.kind === 'decision' && one.about === 'resumption' ? [String(one.chosen)] : []));

/** First a full handshake, then one with its session. */
export function twice(
  way: Way,
  more: PairOptions = {},
  change: PairOptions = {},
  before?: (pair: Pair) => void,
): Second {
  const options = merge(WAYS[way], more);
  const { session, cache } = earlier(options);
  return second(merge(options, change), session, (pair) => {
    answerSessions(pair.server, cache);
    before?.(pair);
  });
}

export function expectResumed({ pair, client, server }: Second): void {
  expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
  expect([pair.client.agreement?.resumed, pair.server.agreement?.resumed]).toEqual([true, true]);
  expect([client.at(-1), server.at(-1)]).toEqual(['resumed', 'resumed']);
  expectData(pair);
}

export function expectFull({ pair }: Second): void {
  expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
  expect([pair.client.agreement?.resumed, pair.server.agreement?.resumed]).toEqual([false, false]);
  expectData(pair);
}

/** Data both ways, and an orderly end. */
export function expectData(pair: Pair): void {
  const { client, server } = pair;
  client.handle(client.engine.write(Uint8Array.of(1, 2, 3)));
  server.handle(server.engine.write(Uint8Array.of(4, 5)));
  exchange(pair);
  client.handle(client.engine.close());
  exchange(pair);
  server.handle(server.engine.close());
  exchange(pair);
  expect([...concat(...server.received)]).toEqual([1, 2, 3]);
  expect([...concat(...client.received)]).toEqual([4, 5]);
  expect([client.closed, server.closed]).toEqual([true, true]);
}

/** Takes an extension out of what a client sends, its own transcript included. */
export function without(name: keyof typeof EXTENSIONS): (pair: Pair) => void {
  return ({ client }) =>
    puppet(client.engine, (message, raw) =>
      message === 'client_hello'
        ? [
            edited(wire.clientHello, raw, (hello) => ({
              ...hello,
              extensions: withExtension(hello.extensions, EXTENSIONS[name].id, undefined),
            })),
          ]
        : undefined,
    );
}

/** An earlier handshake in which the client did not know extended_master_secret. */
export function earlierWithoutEms(options: PairOptions): ReturnType<typeof earlier> {
  const pair = makePair(merge(options, {}));
  without('extended_master_secret')(pair);
  // The client's own idea of what it offered is untouched, and the server answers without the extension.
  shakeHands(pair);
  const [kept] = pair.client.sessions;
  if (kept === undefined) throw new Error(`no session: ${pair.client.error?.message} ${pair.server.error?.message}`);
  return { session: kept.session, cache: cacheOf(pair.server), pair };
}
