// Whole sessions in which nothing is left to chance: randoms and ephemeral keys come from a seed, RSA padding is fixed, the
// clock stands, and what a private key would do is read from a recording. What such a session sends is stored in
// test/golden, and must come out of every provider byte for byte.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { concat, fromBigInt, fromHex, toBigInt, toHex } from '../../src/bytes/bytes.ts';
import { answerWith } from '../../src/crypto/key_share.ts';
import type { DhGroupName, GroupName } from '../../src/crypto/keys.ts';
import { isKem } from '../../src/crypto/mlkem.ts';
import type { CryptoProvider, KeyShare } from '../../src/crypto/provider.ts';
import { TlsClient } from '../../src/engine/client.ts';
import type { Connection } from '../../src/engine/connection.ts';
import type { CredentialOption } from '../../src/engine/options.ts';
import { TlsServer } from '../../src/engine/server.ts';
import type { Need } from '../../src/handshake/shared/needs.ts';
import type { Identity } from '../../src/host/credential.ts';
import { answerWithKeys } from '../../src/host/respond.ts';
import { dhField, randomExponent } from '../../src/providers/dh.ts';
import { bigIntDhShareOf } from '../../src/providers/dh_bigint.ts';
import { nobleKeyShareOf } from '../../src/providers/noble_groups.ts';
import { nodeDhShareOf } from '../../src/providers/node_dh.ts';
import { nodeKeyShareOf } from '../../src/providers/node_groups.ts';
import { type TrustAnchors, trustAnchors } from '../../src/x509/anchors.ts';
import { parseCertificate } from '../../src/x509/certificate.ts';
import { earlier } from './earlier.ts';
import { exchange, honest, type Pair, PROVIDERS, type ProviderName, Side, type Wire, world } from './pair.ts';
import type { Plan } from './plans.ts';
import { responseFor } from './staple.ts';

export { PLANS, type Plan } from './plans.ts';

/** What chance would have decided, and in `flights` what came of it. */
export interface Golden {
  readonly label: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly anchor: string;
  /** Of the server; empty where a shared key stands in its place. */
  readonly chain: readonly string[];
  /** The DER OCSPResponse that is stapled. */
  readonly response?: string;
  /** What the client goes on from. */
  session?: string;
  /** The server's answers to `signature` and `decrypt` needs, in order. */
  answers: string[];
  readonly clientChain?: readonly string[];
  /** The client's answers. */
  clientAnswers?: string[];
  /** Each delivery in order: who sent it, and its bytes. */
  flights: { readonly from: 'client' | 'server'; readonly bytes: string }[];
  /** How many of them came before the server asked for a certificate in open traffic. */
  asked?: number;
}

const fileOf = (label: string): URL => new URL(`../golden/${label}.json`, import.meta.url);

/** The stored session. */
export function goldenOf(plan: Plan): Golden {
  return JSON.parse(readFileSync(fileOf(plan.label), 'utf8')) as Golden;
}

/** Plays the session with fresh keys and stores it. */
export function recordGolden(plan: Plan): void {
  const { rootDer, identities, clientIdentities } = world();
  const { key, clientKey } = plan;
  const identity = key && identities[key];
  const own = clientKey && clientIdentities[clientKey];
  const golden: Golden = {
    label: plan.label,
    now: Date.now(),
    anchor: toHex(rootDer),
    chain: identity?.chain.map(toHex) ?? [],
    ...(plan.staples && { response: toHex(responseFor(identity?.chain[0] ?? new Uint8Array(0))) }),
    answers: [],
    ...(own && { clientChain: own.chain.map(toHex), clientAnswers: [] }),
    flights: [],
  };
  const signing =
    (one: Identity | undefined, answers: string[]): Live =>
    (need) => {
      const reply = answerWithKeys(one ? [one] : [], need)?.answer;
      if (!(reply instanceof Uint8Array)) throw new Error(`no answer to ${need.kind}`);
      answers.push(toHex(reply));
      return reply;
    };
  const live = {
    server: signing(identity, golden.answers),
    client: signing(own, golden.clientAnswers ?? []),
  };
  if (plan.resumes) golden.session = toHex(sessionFrom(plan, golden.now - SINCE));
  const { flights, asked } = converse(session(plan, golden, 'node', 'node', live));
  golden.flights = flights;
  if (asked !== undefined) golden.asked = asked;
  writeFileSync(fileOf(plan.label), `${JSON.stringify(golden, undefined, 1)}\n`);
}

/** Milliseconds that a session is old when it is used. */
const SINCE = 1000;

/** The session that a full handshake gives at that time. */
function sessionFrom({ key, client, server }: Plan, time: number): Uint8Array {
  const now = (): number => time;
  return earlier({ client: { ...client, now }, server: { ...server, now }, keys: key === undefined ? [] : [key] })
    .session;
}

/** What a private key answers. */
type Live = (need: Need) => Uint8Array;

/** Bytes that look random and are always the same. */
function seeded(seed: string): (length: number) => Uint8Array {
  let count = 0;
  return (length) => {
    let out = new Uint8Array(0);
    while (out.length < length) {
      const block = new Uint8Array(createHash('sha256').update(`${seed} ${count++}`).digest());
      out = concat(out, block) as Uint8Array<ArrayBuffer>;
    }
    return out.slice(0, length);
  };
}

const SCALAR_LENGTH: Readonly<Record<DhGroupName, number>> = {
  x25519: 32,
  x448: 56,
  secp256r1: 32,
  secp384r1: 48,
  secp521r1: 66,
  ffdhe2048: 32,
  ffdhe3072: 36,
  ffdhe4096: 42,
  ffdhe6144: 48,
  ffdhe8192: 51,
};

/**
 * A provider without chance: key shares and RSA padding from the seed. ML-KEM draws its own random numbers in node:crypto, and is
 * left out, so that every runtime sends the same bytes.
 */
export function fixedProvider(name: ProviderName, seed: string): CryptoProvider {
  const random = seeded(`${seed} provider`);
  const make = name === 'node' ? nodeKeyShareOf : nobleKeyShareOf;
  const makeDh = name === 'node' ? nodeDhShareOf : bigIntDhShareOf;
  const generateKeyShare = (group: GroupName): KeyShare => {
    if (isKem(group)) throw new RangeError('ML-KEM draws its own random numbers');
    const scalar = random(SCALAR_LENGTH[group]);
    if (group === 'secp521r1') scalar.fill(0, 0, 2);
    // Below the order of every NIST curve.
    if (group.startsWith('secp')) scalar[group === 'secp521r1' ? 2 : 0] = 0x7f;
    return make(group, scalar);
  };
  return {
    ...PROVIDERS[name],
    groups: PROVIDERS[name].groups.filter((group) => group !== 'X25519MLKEM768'),
    random,
    generateKeyShare,
    answerKeyShare: (group, peer) => answerWith(generateKeyShare(group), peer),
    generateDhShare: (prime, generator) => {
      const field = dhField(prime, generator);
      return field && makeDh(field, randomExponent(field, random));
    },
    rsaEncrypt: (key, message) => {
      if (key.kind !== 'rsa') return undefined;
      const { modulus, exponent } = key;
      const padding = new Uint8Array(modulus.length - message.length - 3).fill(0x5a);
      const block = concat(fromHex('0002'), padding, fromHex('00'), message);
      return fromBigInt(power(toBigInt(block), toBigInt(exponent), toBigInt(modulus)), modulus.length);
    },
  };
}

export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let bits = exponent, square = base % modulus; bits > 0n; bits >>= 1n, square = (square * square) % modulus) {
    if ((bits & 1n) === 1n) result = (result * square) % modulus;
  }
  return result;
}

/** Both ends of a fixed session. `live` answers in place of the recording. */
export function session(
  plan: Plan,
  golden: Golden,
  clientName: ProviderName,
  serverName: ProviderName,
  live?: { readonly client: Live; readonly server: Live },
): Conversation {
  return {
    client: clientOf(plan, golden, clientName, live?.client),
    server: serverOf(plan, golden, serverName, live?.server),
    asks: plan.asks ?? false,
  };
}

export interface Conversation extends Pair {
  readonly asks?: boolean;
}

export function clientOf(plan: Plan, golden: Golden, name: ProviderName, live?: Live): Side {
  const common = { random: seeded('client'), now: () => golden.now, provider: fixedProvider(name, 'client') };
  const credentials = golden.clientChain === undefined ? [] : [recordedCredential(golden.clientChain)];
  const kept = golden.session === undefined ? {} : { session: fromHex(golden.session) };
  const engine = new TlsClient({ ...plan.client, ...kept, serverName: 'localhost', credentials, ...common });
  const anchors = trustAnchors([fromHex(golden.anchor)]);
  return replying(engine, name, anchors, live ?? recorded(golden.clientAnswers));
}

export function serverOf(plan: Plan, golden: Golden, name: ProviderName, live?: Live): Side {
  const { chain, response } = golden;
  const ocspResponse = response === undefined ? undefined : fromHex(response);
  const credentials = chain.length === 0 ? [] : [{ ...recordedCredential(chain), ocspResponse }];
  const common = { random: seeded('server'), now: () => golden.now, provider: fixedProvider(name, 'server') };
  const engine = new TlsServer({ ...plan.server, credentials, ...common });
  const anchors = trustAnchors([fromHex(golden.anchor)]);
  return replying(engine, name, anchors, live ?? recorded(golden.answers));
}

function recordedCredential(der: readonly string[]): CredentialOption {
  const chain = der.map(fromHex);
  const key = parseCertificate(chain[0] ?? new Uint8Array(0)).spki.key;
  if (key === undefined) throw new Error('the recorded certificate has no key');
  return { chain, key };
}

function recorded(answers: readonly string[] = []): Live {
  const left = [...answers];
  return () => fromHex(left.shift() ?? '');
}

/** A side that judges chains, holds the shared key, and asks `keys` for whatever its private key must do. */
function replying(engine: Connection, name: ProviderName, anchors: TrustAnchors, keys: Live): Side {
  const trust = { anchors, provider: PROVIDERS[name] };
  return Object.assign(new Side(engine, [], anchors, name), {
    reply: (need: Need) => (honest(need, trust) ?? { answer: keys(need) }) as { answer: never },
  });
}

export const PING = fromHex('70696e67');
export const PONG = fromHex('706f6e67');

/** Written before the handshake is done, where that may be. */
export const EARLY = fromHex('6561726c79');

export interface Conversed {
  /** Every delivery. */
  readonly flights: Golden['flights'];
  readonly asked: number | undefined;
}

/** Handshake, a word each way, a certificate where one is asked for then, and close, as far as it goes. */
export function converse(pair: Conversation, wire?: Wire): Conversed {
  const flights: Golden['flights'] = [];
  let asked: number | undefined;
  const { client, server, asks } = pair;
  const carried: Wire = (direction, bytes, number) => {
    flights.push({ from: direction === 'to_server' ? 'client' : 'server', bytes: toHex(bytes) });
    return wire?.(direction, bytes, number) ?? [bytes];
  };
  server.handle(server.engine.start());
  client.handle(client.engine.start());
  if (client.engine.writable) client.handle(client.engine.write(EARLY));
  exchange(pair, carried);
  if (client.engine.writable) client.handle(client.engine.write(PING));
  if (server.engine.writable) server.handle(server.engine.write(PONG));
  exchange(pair, carried);
  if (asks && server.engine.writable) {
    asked = flights.length;
    server.handle(server.engine.requestCertificate());
    exchange(pair, carried);
  }
  if (client.agreement !== undefined) client.handle(client.engine.close());
  exchange(pair, carried);
  if (server.agreement !== undefined) server.handle(server.engine.close());
  exchange(pair, carried);
  return { flights, asked };
}
