// Pairs that speak TLS 1.3 only, with all that the later tests look at: every event, observation and key log line of either
// side, needs answered as an option says, and sessions of an earlier handshake.

import { expect } from 'vitest';
import { decode } from '../../src/codec/run.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { clientSetup } from '../../src/engine/client.ts';
import { resolveClient, resolveServer } from '../../src/engine/config.ts';
import { Connection } from '../../src/engine/connection.ts';
import type { Observation } from '../../src/engine/observe.ts';
import type { ClientOptions, ServerOptions } from '../../src/engine/options.ts';
import { serverSetup } from '../../src/engine/server.ts';
import type { MessageName } from '../../src/handshake/machine.ts';
import type { ClientHooks, ServerHooks } from '../../src/handshake/shared/config.ts';
import type { Answers, EarlyDataAnswer, Need, Psk } from '../../src/handshake/shared/needs.ts';
import { decodeSession, encodeSession, type Session } from '../../src/handshake/shared/session.ts';
import { credentialOf } from '../../src/host/credential.ts';
import type { ErrorCode } from '../../src/wire/error_codes.ts';
import { type ClientHello, clientHello } from '../../src/wire/messages.ts';
import type { AlertName } from '../../src/wire/registry/names.ts';
import { ticketKey } from './earlier.ts';
import { alertsOf, edited, puppet } from './forge.ts';
import {
  exchange,
  type KeyKind,
  type Pair,
  PROVIDERS,
  type ProviderName,
  Side,
  shakeHands,
  type Wire,
  world,
} from './pair.ts';
import { expectEnded, expectRefused } from './prove.ts';
import { type Watched, watch } from './watch.ts';

interface More {
  /** Which provider; `provider` itself goes before it. */
  readonly name?: ProviderName;
  readonly provider?: CryptoProvider;
  readonly keys?: readonly KeyKind[];
  /** The answer to a `psk` need; of a server, by identity. */
  readonly shared?: Psk | ((need: Need) => Psk | undefined);
}

export interface Options13 {
  /**
   * `hooks.clientHello` changes a hello before its binders are made and its transcript begins: a peer that means it.
   */
  readonly client?: Omit<Partial<ClientOptions>, 'provider'> & More & { readonly hooks?: ClientHooks };
  readonly server?: Omit<Partial<ServerOptions>, 'provider'> & More & { readonly hooks?: ServerHooks };
  /** The server's word on early data. */
  readonly early?: EarlyDataAnswer;
  /** Milliseconds on the clock of both. */
  readonly now?: number;
}

export interface Seen {
  readonly watched: Watched;
  readonly observed: Observation[];
  readonly keyLog: string[];
}

export interface Pair13 extends Pair {
  readonly seen: { readonly client: Seen; readonly server: Seen };
}

const V13 = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;
/** A server that gives tickets. */
export const TICKETS: Options13 = { server: { ticketKeys: [ticketKey(1)] } };
/** A server that asks for another share than the client has sent. */
export const RETRY: Options13 = {
  client: { groups: ['x25519', 'secp256r1'], keyShares: ['x25519'] },
  server: { groups: ['secp256r1'] },
};

export const merge13 = (a: Options13, b: Options13): Options13 => ({
  ...a,
  ...b,
  client: { ...a.client, ...b.client },
  server: { ...a.server, ...b.server },
});

/** Both ends, nothing said yet. */
export function make13({ client = {}, server = {}, early = 'reject', now }: Options13 = {}): Pair13 {
  const { anchors, identities, clientIdentities } = world();
  const seen = { client: { observed: [], keyLog: [] }, server: { observed: [], keyLog: [] } };
  const common = (role: 'client' | 'server', { name = 'node', provider = PROVIDERS[name] }: More) => ({
    ...V13,
    ...(now !== undefined && { now: () => now }),
    provider,
    observe: (one: Observation) => void (seen[role].observed as Observation[]).push(one),
    keyLog: (line: string) => void (seen[role].keyLog as string[]).push(line),
  });
  const own = (client.keys ?? []).map((kind) => clientIdentities[kind]);
  const used = (server.keys ?? ['p256']).map((kind) => identities[kind]);
  const clientOptions: ClientOptions = {
    serverName: 'localhost',
    credentials: own.map(credentialOf),
    ...plain(client),
    ...strict(client, common('client', client)),
  };
  const serverOptions: ServerOptions = {
    credentials: used.map(credentialOf),
    ...plain(server),
    ...strict(server, common('server', server)),
  };
  const clientEngine = new Connection(
    clientSetup(clientOptions, { ...resolveClient(clientOptions), hooks: client.hooks ?? {} }),
  );
  const serverEngine = new Connection(
    serverSetup(serverOptions, { ...resolveServer(serverOptions), hooks: server.hooks ?? {} }),
  );
  const watched = { client: watch(clientEngine), server: watch(serverEngine) };
  const sides = {
    client: new Side(clientEngine, own, anchors, client.name ?? 'node'),
    server: new Side(serverEngine, used, anchors, server.name ?? 'node'),
  };
  answering(sides.client, (need) => (need.kind === 'psk' ? { answer: sharedBy(client, need) } : undefined));
  answering(sides.server, (need) =>
    need.kind === 'psk'
      ? { answer: sharedBy(server, need) }
      : need.kind === 'early_data'
        ? { answer: early }
        : undefined,
  );
  return {
    ...sides,
    seen: {
      client: { ...seen.client, watched: watched.client },
      server: { ...seen.server, watched: watched.server },
    },
  };
}

/** The options that are the engine's. */
function plain<T extends More & { readonly hooks?: object }>({
  name: _name,
  provider: _provider,
  keys: _keys,
  shared: _shared,
  hooks: _hooks,
  ...rest
}: T) {
  return rest;
}

/** What the options say themselves goes before what is common. */
function strict<T extends object>(options: object, common: T): T {
  const said = Object.keys(options).filter((key) => ['minVersion', 'maxVersion', 'now'].includes(key));
  return Object.fromEntries(Object.entries(common).filter(([key]) => !said.includes(key))) as T;
}

function sharedBy({ shared }: More, need: Need): Psk | undefined {
  return typeof shared === 'function' ? shared(need) : shared;
}

/** Puts `reply` in front of what a side answers by itself. */
export function answering(
  side: Side,
  reply: (need: Need) => { readonly answer: Answers[keyof Answers] } | undefined,
): void {
  const before = side.reply;
  Object.assign(side, { reply: (need: Need) => reply(need) ?? before(need) });
}

export function shake13(options: Options13 = {}, before: (pair: Pair13) => void = () => {}, wire?: Wire): Pair13 {
  const pair = make13(options);
  before(pair);
  shakeHands(pair, wire);
  return pair;
}

/** What a client keeps of a full handshake. @throws Error when that is nothing */
export function sessions13(options: Options13): Uint8Array[] {
  const { client, server } = shake13(options);
  const kept = client.sessions.map(({ session }) => session);
  if (kept.length === 0) throw new Error(`no session: ${client.error?.message} ${server.error?.message}`);
  return kept;
}

export function session13(options: Options13): Uint8Array {
  return sessions13(options)[0] ?? new Uint8Array(0);
}

/** The session with something changed in it. */
export const changed = (session: Uint8Array, change: (session: Session) => Partial<Session>): Uint8Array => {
  const value = decodeSession(session);
  return encodeSession({ ...value, ...change(value) });
};

/** A handshake that may go on from `session`. */
export function again13(options: Options13, session: Uint8Array, before?: (pair: Pair13) => void, wire?: Wire): Pair13 {
  return shake13(merge13(options, { client: { session } }), before, wire);
}

/** Handshake messages that crossed, by name, as the client saw them. */
export const messages13 = ({ seen }: Pair13): string[] =>
  seen.client.observed.flatMap((one) =>
    one.kind === 'message' && one.type === 22 ? [`${one.direction === 'out' ? 'client' : 'server'} ${one.name}`] : [],
  );

export const decided = ({ observed }: Seen, about = 'resumption'): string[] =>
  observed.flatMap((one) => (one.kind === 'decision' && one.about === about ? [String(one.chosen)] : []));

/** The `nth` ClientHello as it was sent. @throws Error when there was none */
export function helloOf({ seen }: Pair13, nth = 0): ClientHello {
  const raws = seen.client.observed.flatMap((one) =>
    one.kind === 'message' && one.name === 'client_hello' && one.direction === 'out' ? [one.raw] : [],
  );
  const raw = raws[nth];
  if (raw === undefined) throw new Error(`there is no ClientHello ${nth}`);
  return decode(clientHello, raw.subarray(4));
}

/** Makes a client send other extensions than it would, its transcript included; the binders stay as they were. */
export function puppetHello(
  { client }: Pair,
  change: (block: ClientHello['extensions']) => ClientHello['extensions'],
): void {
  puppet(client.engine, (message, raw) =>
    message === 'client_hello'
      ? [edited(clientHello, raw, (hello) => ({ ...hello, extensions: change(hello.extensions) }))]
      : undefined,
  );
}

/** One side sends, once, other messages than it would, and counts them in its own transcript. */
export function lying13(
  role: 'client' | 'server',
  on: MessageName,
  change: (raw: Uint8Array) => readonly Uint8Array[],
  options: Options13,
): Pair13 {
  let count = 0;
  const pair = shake13(options, (made) =>
    puppet(made[role].engine, (name, raw) => {
      if (name !== on) return undefined;
      count++;
      return change(raw);
    }),
  );
  expect(count).toBe(1);
  return pair;
}

export function expectResumed(pair: Pair13): void {
  expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
  expect([pair.client.agreement?.resumed, pair.server.agreement?.resumed]).toEqual([true, true]);
  expect([decided(pair.seen.client).at(-1), decided(pair.seen.server).at(-1)]).toEqual(['resumed', 'resumed']);
  expect(messages13(pair)).not.toContain('server certificate');
  expectData(pair);
}

export function expectFull(pair: Pair13): void {
  expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
  expect([pair.client.agreement?.resumed, pair.server.agreement?.resumed]).toEqual([false, false]);
  expect(messages13(pair)).toContain('server certificate_verify');
  expectData(pair);
}

/** One side refused the other with this one alert: it was never connected, and delivered nothing. */
export function expectRefused13(pair: Pair13, role: 'client' | 'server', code: ErrorCode, alert: AlertName): void {
  expectRefused(pair[role], code, alert);
  expect(alertsOf(pair.seen[role].observed)).toEqual([alert]);
}

/** One side ended with this one alert what may have been open for long. */
export function expectEnded13(pair: Pair13, role: 'client' | 'server', code: ErrorCode, alert: AlertName): void {
  expectEnded(pair[role], code, alert);
  expect(alertsOf(pair.seen[role].observed)).toEqual([alert]);
}

/** Data flows both ways, and all of it. */
export function expectData(pair: Pair): void {
  const before = [pair.server, pair.client].map(({ received }) => textOf(received));
  talk(pair, 'up', 'down');
  const after = [pair.server, pair.client].map(({ received }) => textOf(received));
  expect(after).toEqual([`${before[0]}up`, `${before[1]}down`]);
}

/** Writes on both sides and carries it over. */
export function talk(pair: Pair, up: string, down: string): void {
  pair.client.handle(pair.client.engine.write(new TextEncoder().encode(up)));
  pair.server.handle(pair.server.engine.write(new TextEncoder().encode(down)));
  exchange(pair);
}

export const textOf = (pieces: readonly Uint8Array[]): string => Buffer.concat(pieces).toString();
