// The record layer alone: a read half fed with any bytes, without keys and with those of each kind of protection. However the
// stream is cut, the same comes out.

import { concat, toHex } from '../../../src/bytes/bytes.ts';
import { HASH_LENGTH } from '../../../src/crypto/hkdf.ts';
import type { TrafficKeys } from '../../../src/crypto/schedule12.ts';
import { AEAD_SHAPE, CBC_KEY_LENGTH, SUITES, type Suite } from '../../../src/crypto/suites.ts';
import { readAlert } from '../../../src/engine/alerts.ts';
import { nodeProvider } from '../../../src/providers/node.ts';
import { DEFAULT_LIMITS } from '../../../src/record/limits.ts';
import { makeOpener, makeSealer } from '../../../src/record/protect.ts';
import { makeHeader } from '../../../src/record/protection.ts';
import { ReadHalf } from '../../../src/record/read_half.ts';
import { attempt, hold, refusal, type Target } from './target.ts';

/** Byte 0 of an input: the protection. Byte 1: how it is cut. Byte 2: how much refused early data may be passed over. */
const FRONT = 3;

export function recordTargets(): readonly Target[] {
  return [half('record/raw', (_suite, bytes) => bytes), half('record/sealed', seal), alerts()];
}

function half(name: string, prepare: (suite: Suite | undefined, bytes: Uint8Array) => Uint8Array): Target {
  const run = (input: Uint8Array): string => {
    const [kind = 0, cut = 0, skip = 0] = input;
    const suite = PROTECTIONS[kind % PROTECTIONS.length];
    const stream = prepare(suite, input.subarray(FRONT));
    const whole = read(suite, stream, stream.length, skip);
    const pieces = read(suite, stream, 1 + cut, skip);
    hold(whole === pieces, `cut into pieces of ${1 + cut} it is ${pieces}, whole ${whole}`);
    return whole.split(' ').at(-1) ?? '';
  };
  const seeds = PROTECTIONS.flatMap((_, kind) => SEEDS.map((bytes) => concat(Uint8Array.of(kind, 7, 0), bytes)));
  return { name, kind: 'parser', seeds: () => seeds, run, work: { base: 200_000, each: 2_000 } };
}

const bytesOf = (...parts: readonly (number | readonly number[])[]): Uint8Array => Uint8Array.from(parts.flat());
const HELLO = [1, 0, 0, 4, 1, 2, 3, 4];
const SEEDS: readonly Uint8Array[] = [
  bytesOf(22, 3, 1, 0, 8, HELLO, 20, 3, 3, 0, 1, 1, 21, 3, 3, 0, 2, 1, 0),
  bytesOf(22, 3, 3, 0, 3, HELLO.slice(0, 3), 22, 3, 3, 0, 5, HELLO.slice(3), 23, 3, 3, 0, 0, 23, 3, 3, 0, 2, 9, 9),
  bytesOf(22, 3, 3, 0, 16, HELLO, HELLO, 21, 3, 3, 0, 2, 2, 40),
];

const PROTECTIONS: readonly (Suite | undefined)[] = [
  undefined,
  ...[0x1301, 0x1303, 0xc02b, 0xcca9, 0xc009, 0xc027].map((id) => SUITES.find((suite) => suite.id === id)),
];

function keysOf(suite: Suite): TrafficKeys {
  if (suite.version === 'tls12' && suite.aead === undefined) {
    const mac = new Uint8Array(HASH_LENGTH[suite.mac]).fill(3);
    return { key: new Uint8Array(CBC_KEY_LENGTH[suite.cbc]).fill(1), iv: new Uint8Array(0), mac };
  }
  const { keyLength, fixedIvLength } = AEAD_SHAPE[suite.aead];
  const iv = new Uint8Array(suite.version === 'tls13' ? 12 : fixedIvLength).fill(2);
  return { key: new Uint8Array(keyLength).fill(1), iv };
}

const provider = { ...nodeProvider, random: (length: number) => new Uint8Array(length).fill(0x77) };

/**
 * Takes the records in `bytes` for plaintext and seals each, so that what is within is wrong and not its tag. Those whose version
 * is not 3 go in the clear.
 */
function seal(suite: Suite | undefined, bytes: Uint8Array): Uint8Array {
  if (suite === undefined) return bytes;
  const sealer = makeSealer(provider, suite, keysOf(suite));
  const out: Uint8Array[] = [];
  for (let at = 0; at + 5 <= bytes.length && out.length < 400; ) {
    const [type = 0, major = 0, minor = 0, high = 0, low = 0] = bytes.subarray(at, at + 5);
    const content = bytes.subarray(at + 5, at + 5 + ((high << 8) | low));
    at += 5 + content.length;
    if (major === 3) sealer.seal(type, content, out, suite.version === 'tls13' ? minor >> 3 : 0);
    else out.push(makeHeader(type, 0x0303, content.length), content);
  }
  return concat(...out);
}

/** What comes out of a stream that is cut into pieces of this length, as text. */
function read(suite: Suite | undefined, stream: Uint8Array, piece: number, skip: number): string {
  const half = new ReadHalf(DEFAULT_LIMITS);
  if (suite !== undefined) half.setKeys(makeOpener(provider, suite, keysOf(suite)));
  if (skip > 128) half.skipUndecryptable(skip);
  const out: string[] = [];
  try {
    for (let at = 0; at < stream.length; at += piece) {
      half.push(stream.slice(at, at + piece));
      for (let one = half.next(); one !== undefined; one = half.next()) {
        out.push(one.kind === 'handshake' ? toHex(one.raw) : `${one.kind} ${toHex(one.content)}`);
      }
      half.retain();
    }
    out.push(half.hasPartial ? 'partial' : 'whole');
  } catch (error) {
    out.push(refusal(error));
  }
  return out.join(' ');
}

/** Byte 0: the version. */
function alerts(): Target {
  return {
    name: 'record/alert',
    kind: 'parser',
    seeds: () => [Uint8Array.of(3, 1, 0), Uint8Array.of(4, 2, 40), Uint8Array.of(3, 1, 90), Uint8Array.of(0, 2, 255)],
    run: (input) => {
      const read = attempt(() => readAlert(input.subarray(1), [undefined, 0x0303, 0x0304][(input[0] ?? 0) % 3]));
      return 'refused' in read ? read.refused : 'read';
    },
    work: { base: 2_000, each: 40 },
  };
}
