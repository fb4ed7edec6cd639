// Whole sessions in which nothing is left to chance: randoms and ephemeral keys come from a seed, RSA padding is fixed, the
// clock stands, and what a private key would do is read from a recording. What such a session sends is stored in
// test/golden, and must come out of every provider byte for byte.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { concat, fromBigInt, fromHex, toBigInt, toHex } from '../../src/bytes/bytes.ts';
import { answerWith } from '../../src/crypto/key_share.ts';
import type { GroupName } from '../../src/crypto/keys.ts';
import type { CryptoProvider, KeyShare } from '../../src/crypto/provider.ts';
import { TlsClient } from '../../src/engine/client.ts';
import type { ClientOptions, ServerOptions } from '../../src/engine/options.ts';
import { TlsServer } from '../../src/engine/server.ts';
import type { Need } from '../../src/handshake/shared/needs.ts';
import { answerWithKeys } from '../../src/host/respond.ts';
import { judge } from '../../src/host/trust.ts';
import { dhField, randomExponent } from '../../src/providers/dh.ts';
import { bigIntDhShareOf } from '../../src/providers/dh_bigint.ts';
import { nobleKeyShareOf } from '../../src/providers/noble_groups.ts';
import { nodeDhShareOf } from '../../src/providers/node_dh.ts';
import { nodeKeyShareOf } from '../../src/providers/node_groups.ts';
import { trustAnchors } from '../../src/x509/anchors.ts';
import { parseCertificate } from '../../src/x509/certificate.ts';
import { exchange, type KeyKind, type Pair, PROVIDERS, type ProviderName, Side, type Wire, world } from './pair.ts';

export interface Plan {
  readonly label: string;
  readonly key: KeyKind;
  readonly client: Partial<ClientOptions>;
  readonly server: Partial<ServerOptions>;
}

const v12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
const v13 = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;
const same = (options: Partial<ClientOptions> & Partial<ServerOptions>): Pick<Plan, 'client' | 'server'> => ({
  client: options,
  server: options,
});

export const PLANS: readonly Plan[] = [
  {
    label: 'tls12_rsa',
    key: 'rsa',
    ...same({ ...v12, legacy: true, cipherSuites: ['TLS_RSA_WITH_AES_128_GCM_SHA256'] }),
  },
  {
    label: 'tls12_ecdhe_ecdsa',
    key: 'p256',
    ...same({ ...v12, alpn: ['h2', 'http/1.1'], cipherSuites: ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'] }),
  },
  {
    label: 'tls12_ecdhe_rsa_chacha',
    key: 'rsa',
    ...same({ ...v12, groups: ['secp384r1'], cipherSuites: ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256'] }),
  },
  {
    label: 'tls13',
    key: 'p256',
    ...same({ ...v13, alpn: ['http/1.1'], cipherSuites: ['TLS_AES_128_GCM_SHA256'] }),
  },
  {
    label: 'tls13_retry',
    key: 'ed25519',
    client: { ...v13, groups: ['x25519', 'secp256r1'], cipherSuites: ['TLS_AES_256_GCM_SHA384'] },
    server: { ...v13, groups: ['secp256r1'], cipherSuites: ['TLS_AES_256_GCM_SHA384'] },
  },
];

/** What chance would have decided, and in `flights` what came of it. */
export interface Golden {
  readonly label: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly anchor: string;
  readonly chain: readonly string[];
  /** The answers to `signature` and `decrypt` needs, in order. */
  answers: string[];
  /** Each delivery in order: who sent it, and its bytes. */
  flights: { readonly from: 'client' | 'server'; readonly bytes: string }[];
}

const fileOf = (label: string): URL => new URL(`../golden/${label}.json`, import.meta.url);

/** The stored session. */
export function goldenOf(plan: Plan): Golden {
  return JSON.parse(readFileSync(fileOf(plan.label), 'utf8')) as Golden;
}

/** Plays the session with fresh keys and stores it. */
export function recordGolden(plan: Plan): void {
  const { rootDer, identities } = world();
  const { chain } = identities[plan.key];
  const golden: Golden = {
    label: plan.label,
    now: Date.now(),
    anchor: toHex(rootDer),
    chain: chain.map(toHex),
    answers: [],
    flights: [],
  };
  const live = (need: Need): Uint8Array => {
    const reply = answerWithKeys([identities[plan.key]], need)?.answer;
    if (!(reply instanceof Uint8Array)) throw new Error(`no answer to ${need.kind}`);
    golden.answers.push(toHex(reply));
    return reply;
  };
  const pair = session(plan, golden, 'node', 'node', live);
  golden.flights = converse(pair);
  writeFileSync(fileOf(plan.label), `${JSON.stringify(golden, undefined, 1)}\n`);
}

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

const SCALAR_LENGTH: Readonly<Record<GroupName, number>> = {
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

/** A provider without chance: key shares and RSA padding from the seed. */
export function fixedProvider(name: ProviderName, seed: string): CryptoProvider {
  const random = seeded(`${seed} provider`);
  const make = name === 'node' ? nodeKeyShareOf : nobleKeyShareOf;
  const makeDh = name === 'node' ? nodeDhShareOf : bigIntDhShareOf;
  const generateKeyShare = (group: GroupName): KeyShare => {
    const scalar = random(SCALAR_LENGTH[group]);
    if (group === 'secp521r1') scalar.fill(0, 0, 2);
    // Below the order of every NIST curve.
    if (group.startsWith('secp')) scalar[group === 'secp521r1' ? 2 : 0] = 0x7f;
    return make(group, scalar);
  };
  return {
    ...PROVIDERS[name],
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
  live?: (need: Need) => Uint8Array,
): Pair {
  return {
    client: clientOf(plan, golden, clientName),
    server: serverOf(plan, golden, serverName, live),
  };
}

export function clientOf(plan: Plan, golden: Golden, name: ProviderName): Side {
  const common = { random: seeded('client'), now: () => golden.now, provider: fixedProvider(name, 'client') };
  const engine = new TlsClient({ ...plan.client, serverName: 'localhost', ...common });
  const anchors = trustAnchors([fromHex(golden.anchor)]);
  const side = new Side(engine, [], anchors, name);
  const trust = { anchors, provider: PROVIDERS[name] };
  return replying(side, (need) => (need.kind === 'verdict' ? judge(need, trust).verdict : undefined));
}

export function serverOf(plan: Plan, golden: Golden, name: ProviderName, live?: (need: Need) => Uint8Array): Side {
  const chain = golden.chain.map(fromHex);
  const key = parseCertificate(chain[0] ?? new Uint8Array(0)).spki.key;
  if (key === undefined) throw new Error('the recorded certificate has no key');
  const common = { random: seeded('server'), now: () => golden.now, provider: fixedProvider(name, 'server') };
  const engine = new TlsServer({ ...plan.server, credentials: [{ chain, key }], ...common });
  const left = [...golden.answers];
  const recorded = (): Uint8Array => fromHex(left.shift() ?? '');
  return replying(new Side(engine, [], trustAnchors([]), name), live ?? recorded);
}

function replying(side: Side, answer: (need: Need) => unknown): Side {
  return Object.assign(side, { reply: (need: Need) => ({ answer: answer(need) as never }) });
}

export const PING = fromHex('70696e67');
export const PONG = fromHex('706f6e67');

/** Handshake, a word each way, and close, as far as it goes; returns every delivery. */
export function converse(pair: Pair, wire?: Wire): Golden['flights'] {
  const flights: Golden['flights'] = [];
  const { client, server } = pair;
  const carried: Wire = (direction, bytes, number) => {
    flights.push({ from: direction === 'to_server' ? 'client' : 'server', bytes: toHex(bytes) });
    return wire?.(direction, bytes, number) ?? [bytes];
  };
  server.handle(server.engine.start());
  client.handle(client.engine.start());
  exchange(pair, carried);
  if (client.engine.writable) client.handle(client.engine.write(PING));
  if (server.engine.writable) server.handle(server.engine.write(PONG));
  exchange(pair, carried);
  if (client.agreement !== undefined) client.handle(client.engine.close());
  exchange(pair, carried);
  if (server.agreement !== undefined) server.handle(server.engine.close());
  exchange(pair, carried);
  return flights;
}
