// Real inputs to begin with: what crosses in one handshake of each flavour between our own engines, what the golden sessions and
// the traces of RFC 8448 hold, and the certificates of the vectors.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { fromHex, toHex } from '../../../src/bytes/bytes.ts';
import { encode } from '../../../src/codec/run.ts';
import { HANDSHAKE_TYPE } from '../../../src/wire/registry/names.ts';
import { MESSAGES } from '../../../src/wire/testing/samples.ts';
import { readPem } from '../../../src/x509/pem.ts';
import { FLAVOURS } from '../../support/flavours.ts';
import { handshake, recordsOf } from '../../support/forge.ts';
import { prepare } from '../../support/reach.ts';
import { traceOf } from '../../support/rfc8448.ts';
import { goldenOf, PLANS } from '../../support/sessions.ts';

export interface Collected {
  /** Whole handshake messages, ChangeCipherSpecs and alerts as observed. */
  readonly messages: readonly Uint8Array[];
  /** Bodies of the messages that the codec of this name reads. */
  readonly bodiesOf: (codec: string) => readonly Uint8Array[];
  readonly sessions: readonly Uint8Array[];
  /** Records, one by one. */
  readonly flights: readonly Uint8Array[];
  readonly certificates: readonly Uint8Array[];
}

/** Messages that are the same in every process, so that an input which borrows from them does the same again. */
export function fixedMessages(): readonly Uint8Array[] {
  const traced = ([3, 4, 5, 6, 7] as const).flatMap((section) =>
    traceOf(section).records.flatMap(({ type, payload }) => (type === 'handshake' ? messagesIn(payload) : [])),
  );
  const recorded = PLANS.flatMap((plan) =>
    goldenOf(plan).flights.flatMap(({ bytes }) => recordsOf(fromHex(bytes))),
  ).flatMap((record) => (record[0] === 22 ? messagesIn(record.subarray(5)) : []));
  const sampled = Object.entries(HANDSHAKE_TYPE).flatMap(([name, type]) =>
    Object.entries(MESSAGES).flatMap(([codec, { codec: made, values }]) =>
      isNamed(codec, name)
        ? fc.sample(values, { seed: 1, numRuns: 8 }).map((value) => handshake(type, encode(made, value)))
        : [],
    ),
  );
  return [...traced, ...recorded, ...sampled].filter(({ length }) => length < 2000);
}

function messagesIn(bytes: Uint8Array): Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const end = at + 4 + (((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
    // What does not end here is encrypted, or goes on in another record.
    if (end > bytes.length) break;
    messages.push(bytes.slice(at, end));
    at = end;
  }
  return messages;
}

let made: Collected | undefined;

/** Made once for each process. */
export function collect(): Collected {
  made ??= fresh();
  return made;
}

function fresh(): Collected {
  const messages = new Map<string, Uint8Array>();
  const named = new Map<string, Uint8Array[]>();
  const sessions: Uint8Array[] = [];
  for (const flavour of FLAVOURS) {
    const { pair, observed, go } = prepare('client', flavour);
    go(() => false);
    for (const { session } of [...pair.client.sessions, ...pair.server.sessions]) sessions.push(session);
    for (const one of observed) {
      if (one.kind !== 'message') continue;
      messages.set(toHex(one.raw), one.raw);
      if (one.type === 22) named.set(one.name, [...(named.get(one.name) ?? []), one.raw.slice(4)]);
    }
  }
  const flights = [
    ...PLANS.flatMap((plan) => goldenOf(plan).flights.map(({ bytes }) => fromHex(bytes))),
    ...([3, 4, 5, 6, 7] as const).flatMap((section) => traceOf(section).records.map(({ record }) => record)),
  ].flatMap(recordsOf);
  return {
    messages: [...messages.values()].filter(({ length }) => length < 8000),
    bodiesOf: (codec) => [...named].flatMap(([name, bodies]) => (isNamed(codec, name) ? bodies.slice(0, 40) : [])),
    sessions,
    flights: flights.filter(({ length }) => length < 4000),
    certificates: limbo(),
  };
}

/** `client_hello` is read by `clientHello`, `certificate` by `certificate12` and `certificate13`. */
function isNamed(codec: string, name: string): boolean {
  const camel = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return (
    [camel, `${camel}12`, `${camel}13`].includes(codec) || (codec.startsWith(camel) && camel.endsWith('KeyExchange'))
  );
}

/** Of the certificates of x509-limbo, every so many. */
function limbo(): Uint8Array[] {
  const path = new URL('../../vectors/limbo/limbo-half.json.gz', import.meta.url);
  const { testcases } = JSON.parse(gunzipSync(readFileSync(path)).toString()) as {
    readonly testcases: readonly { readonly peer_certificate: string; readonly id: string }[];
  };
  const step = Math.max(1, Math.floor(testcases.length / 300));
  return testcases
    .filter((_, i) => i % step === 0)
    .flatMap(({ peer_certificate }) => readPem(peer_certificate, 'CERTIFICATE').map(({ der }) => der))
    .filter(({ length }) => length < 4000);
}
