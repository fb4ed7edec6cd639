// Two engines in memory: what one sends is handed to the other, through a wire that a test may tamper with. Needs are
// answered at once from an identity and a trust store, unless the test answers them itself.

import { concat, equal } from '../../src/bytes/bytes.ts';
import type { PrivateKey } from '../../src/crypto/provider.ts';
import { TlsClient } from '../../src/engine/client.ts';
import type { Connection } from '../../src/engine/connection.ts';
import type { ClientCertificateEvent, NeedEvent, SessionEvent, TlsEvent } from '../../src/engine/events.ts';
import type { ClientOptions, ServerOptions } from '../../src/engine/options.ts';
import { TlsServer } from '../../src/engine/server.ts';
import type { Agreement } from '../../src/handshake/context.ts';
import type { Answers, Need } from '../../src/handshake/shared/needs.ts';
import { credentialOf, type Identity } from '../../src/host/credential.ts';
import { answerWithKeys, settle } from '../../src/host/respond.ts';
import { judge, type Trust } from '../../src/host/trust.ts';
import { nobleProvider } from '../../src/providers/noble.ts';
import { generatePrivateKey, nodeProvider } from '../../src/providers/node.ts';
import type { TlsError } from '../../src/wire/tls_error.ts';
import { type TrustAnchors, trustAnchors } from '../../src/x509/anchors.ts';
import { makeTestPki, type TestPki } from '../../src/x509/make_pki.ts';

export const PROVIDERS = { node: nodeProvider, noble: nobleProvider } as const;
export type ProviderName = keyof typeof PROVIDERS;
export const NAMES = Object.keys(PROVIDERS) as ProviderName[];
/** Every provider on either side. */
export const PAIRS = NAMES.flatMap((client) => NAMES.map((server) => [client, server] as const));

export type KeyKind = 'rsa' | 'p256' | 'p384' | 'p521' | 'ed25519';

export interface World {
  readonly pki: TestPki;
  readonly rootDer: Uint8Array;
  readonly anchors: TrustAnchors;
  readonly identities: Readonly<Record<KeyKind, Identity>>;
  /** Of the same keys, for clients. */
  readonly clientIdentities: Readonly<Record<KeyKind, Identity>>;
}

let made: World | undefined;

/** One certificate authority and one identity of each kind for `localhost`, made once for each process. */
export function world(): World {
  if (made !== undefined) return made;
  const newKey: Record<KeyKind, () => PrivateKey> = {
    rsa: () => generatePrivateKey('rsa', 2048).privateKey,
    p256: () => generatePrivateKey('ec', 'secp256r1').privateKey,
    p384: () => generatePrivateKey('ec', 'secp384r1').privateKey,
    p521: () => generatePrivateKey('ec', 'secp521r1').privateKey,
    ed25519: () => generatePrivateKey('ed25519').privateKey,
  };
  const pki = makeTestPki({ provider: nodeProvider, now: Date.now(), generateKey: newKey.p256 });
  const identity = (kind: KeyKind): Identity => {
    const privateKey = newKey[kind]();
    const leaf = pki.issue({ names: ['localhost', '127.0.0.1'], key: privateKey });
    return { chain: pki.chainOf(leaf), privateKey };
  };
  const clientIdentity = ({ privateKey }: Identity): Identity => {
    const leaf = pki.issue({ commonName: 'a customer', key: privateKey, role: 'client' });
    return { chain: pki.chainOf(leaf), privateKey };
  };
  const identities = {
    rsa: identity('rsa'),
    p256: identity('p256'),
    p384: identity('p384'),
    p521: identity('p521'),
    ed25519: identity('ed25519'),
  };
  made = {
    pki,
    rootDer: pki.root.der,
    anchors: trustAnchors([pki.root.der]),
    identities,
    clientIdentities: {
      rsa: clientIdentity(identities.rsa),
      p256: clientIdentity(identities.p256),
      p384: clientIdentity(identities.p384),
      p521: clientIdentity(identities.p521),
      ed25519: clientIdentity(identities.ed25519),
    },
  };
  return made;
}

/** The key that both sides share when they are asked for one. */
export const PSK = { identity: new TextEncoder().encode('Client_identity'), key: new Uint8Array(32).fill(0x5a) };

/** One side: its engine, and everything that came out of it. */
export class Side {
  readonly engine: Connection;
  readonly received: Uint8Array[] = [];
  /** What came as early data. */
  readonly early: Uint8Array[] = [];
  /** Of our own early data. */
  earlyAccepted: boolean | undefined;
  /** What a client answered after the handshake. */
  readonly authentications: ClientCertificateEvent[] = [];
  agreement: Agreement | undefined;
  error: TlsError | undefined;
  ended = false;
  closed = false;
  /** What waits to be carried to the other side. */
  outbox: Uint8Array[] = [];
  /** Number of `send` events. */
  flights = 0;
  warnings: (string | number)[] = [];
  /** Sessions that came out, oldest first. */
  readonly sessions: SessionEvent[] = [];
  /** Says which needs the test answers itself; they are kept in `held`. */
  hold: ((need: Need) => boolean) | undefined;
  held: NeedEvent[] = [];
  /** The order of what came out, for tests that compare whole histories. */
  readonly history: string[] = [];
  private readonly respond: (need: Need) => { answer: never } | undefined;
  /** What an honest host answers. */
  readonly reply: (need: Need) => { answer: never } | undefined;

  constructor(engine: Connection, identities: readonly Identity[], anchors: TrustAnchors, provider: ProviderName) {
    this.engine = engine;
    const trust = { anchors, provider: PROVIDERS[provider] };
    this.respond = (need) => (this.hold?.(need) ? undefined : this.reply(need));
    this.reply = (need) => (honest(need, trust) ?? answerWithKeys(identities, need)) as { answer: never } | undefined;
  }

  handle(events: readonly TlsEvent[]): void {
    for (const event of settle(this.engine, events, this.respond)) this.take(event);
  }

  /** Answers the oldest held need, as an honest host would or with `answer`. */
  release(answer?: Answers[keyof Answers]): void {
    const event = this.held.shift();
    if (event === undefined) throw new Error('no need is held');
    const reply = answer === undefined ? this.reply(event.need)?.answer : answer;
    this.handle(this.engine.answer(event.id, reply as never));
  }

  private take(event: TlsEvent): void {
    this.history.push(event.type);
    switch (event.type) {
      case 'need':
        this.held.push(event);
        return;
      case 'warning':
        this.warnings.push(event.alert);
        return;
      case 'send':
        this.flights++;
        this.outbox.push(...event.pieces);
        return;
      case 'connected':
        this.agreement = event.agreement;
        return;
      case 'data':
        this.received.push(event.data);
        return;
      case 'early_data':
        this.early.push(event.data);
        return;
      case 'early_data_outcome':
        this.earlyAccepted = event.accepted;
        return;
      case 'client_certificate':
        this.authentications.push(event);
        return;
      case 'session':
        this.sessions.push(event);
        return;
      case 'end':
        this.ended = true;
        return;
      case 'closed':
        this.closed = true;
        return;
      case 'error':
        this.error = event.error;
    }
  }

  /** Takes everything from the outbox as one array. */
  drain(): Uint8Array {
    const bytes = concat(...this.outbox);
    this.outbox = [];
    return bytes;
  }
}

/** All that needs no private key. A server has one shared key, for its identity alone. */
export function honest(need: Need, trust: Trust): { answer: Answers[keyof Answers] } | undefined {
  switch (need.kind) {
    case 'verdict':
      return { answer: judge(need, trust).verdict };
    case 'psk':
      return { answer: need.role === 'client' || equal(need.identity, PSK.identity) ? PSK : undefined };
    case 'early_data':
      return { answer: 'deliver' };
    default:
      return undefined;
  }
}

export interface PairOptions {
  readonly client?: Partial<ClientOptions> & { readonly name?: ProviderName };
  readonly server?: Partial<ServerOptions> & { readonly name?: ProviderName };
  readonly keys?: readonly KeyKind[];
  /** Certificates of its own instead. */
  readonly identities?: readonly Identity[];
  /** What the client has certificates for. */
  readonly clientKeys?: readonly KeyKind[];
  /** Certificates of its own instead. */
  readonly clientIdentities?: readonly Identity[];
}

export interface Pair {
  readonly client: Side;
  readonly server: Side;
}

export function makePair(options: PairOptions = {}): Pair {
  const { anchors, identities, clientIdentities } = world();
  const used = options.identities ?? (options.keys ?? ['p256']).map((kind) => identities[kind]);
  const clientName = options.client?.name ?? 'node';
  const serverName = options.server?.name ?? 'node';
  const own = options.clientIdentities ?? (options.clientKeys ?? []).map((kind) => clientIdentities[kind]);
  const client = new TlsClient({
    serverName: 'localhost',
    credentials: own.map(credentialOf),
    ...options.client,
    provider: PROVIDERS[clientName],
  });
  const server = new TlsServer({
    credentials: used.map(credentialOf),
    ...options.server,
    provider: PROVIDERS[serverName],
  });
  return {
    client: new Side(client, own, anchors, clientName),
    server: new Side(server, used, anchors, serverName),
  };
}

/** Changes bytes on their way; `number` counts the deliveries in that direction from 0. */
export type Wire = (direction: 'to_server' | 'to_client', bytes: Uint8Array, number: number) => readonly Uint8Array[];

/** Carries bytes to and fro until nothing moves. */
export function exchange({ client, server }: Pair, wire: Wire = (_direction, bytes) => [bytes]): void {
  const count = { to_server: 0, to_client: 0 };
  for (let moved = true; moved; ) {
    moved = false;
    for (const [from, to, direction] of [
      [client, server, 'to_server'],
      [server, client, 'to_client'],
    ] as const) {
      if (from.outbox.length === 0) continue;
      moved = true;
      for (const bytes of wire(direction, from.drain(), count[direction]++)) to.handle(to.engine.receive(bytes));
    }
  }
}

/** A handshake from the first byte to wherever it leads. */
export function shakeHands(pair: Pair, wire?: Wire): Pair {
  pair.server.handle(pair.server.engine.start());
  pair.client.handle(pair.client.engine.start());
  exchange(pair, wire);
  return pair;
}
