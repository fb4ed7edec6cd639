// Captures: files of every form, streams of TLS inside of synthetic TCP, and messages as an end has opened them. Nothing in them may make
// the reader throw, hang, keep more than it may, or draw what a terminal would obey; in pieces a file is what it is whole.

import { ascii, concat, EMPTY, fromHex, latin1 } from '../../../src/bytes/bytes.ts';
import type { CapturedConnection } from '../../../src/capture/connection.ts';
import { KeyLog } from '../../../src/capture/keylog.ts';
import { readerFor } from '../../../src/capture/open_file.ts';
import { reportOf } from '../../../src/capture/report.ts';
import { ethernet, pcapFile } from '../../../src/capture/testing/frames.ts';
import { useCapture } from '../../support/capture_use.ts';
import { type Recorded, recording } from '../../support/captured.ts';
import { opensslText, type SeenMessage } from '../../support/message_text.ts';
import { converse, goldenOf, PLANS, session } from '../../support/sessions.ts';
import { mutate } from './mutate.ts';
import type { Random } from './random.ts';
import { hold, type Target } from './target.ts';

/** Records behind a gap are tried with thousands of numbers: that is the work of an honest file, and bounded. */
const WORK = { base: 60_000_000, each: 60_000 };
const BATCH = 8;

export function captureTargets(): readonly Target[] {
  const talks = PLANS.map((plan) => {
    const chunks: Chunk[] = [];
    const recorded = recording((hooks) => {
      const { observe, keyLog } = hooks;
      const pair = session({ ...plan, client: { ...plan.client, observe, keyLog } }, goldenOf(plan), 'node', 'node');
      converse(pair, (direction, bytes, number) => {
        chunks.push({ kind: direction === 'to_server' ? CLIENT : SERVER, bytes });
        return hooks.wire(direction, bytes, number);
      });
    });
    return { ...recorded, secrets: { kind: SECRETS, bytes: ascii(recorded.keyLog.join('\n')) }, chunks };
  });
  const streams = talks.map(({ secrets, chunks }) => joined([secrets, ...chunks]));
  const messages = talks.map(({ secrets, observed }) => joined([secrets, ...messageChunks(observed)]));
  return [
    files(talks),
    chunked('stream', streams, useStream),
    chunked('messages', messages, useMessages),
    keyLogs(talks),
  ];
}

/** Byte 0: in pieces of how many bytes it is read the second time. */
function files(talks: readonly Recorded[]): Target {
  const first = talks[0]?.file ?? EMPTY;
  const forms = [
    ...talks.map(({ file }) => file),
    pcapFile([{ data: ethernet(first.subarray(60, 200)) }, { data: first.subarray(0, 64) }], { nano: true }),
    ascii('16030100050100000100\n'),
    ascii('{"constants":{"logEventTypes":{"SSL_ALERT_SENT":1}},"events":[{"type":1,"params":{"bytes":"AgA="}}]}'),
  ];
  return {
    ...common('file'),
    seeds: () => forms.map((file) => concat(Uint8Array.of(100), file)),
    run: (input) => {
      const file = input.subarray(1);
      const whole = useCapture(file);
      const isBinary = readerFor(file.subarray(0, 4)) !== undefined;
      const pieces = isBinary ? useCapture(file, 1 + (input[0] ?? 0)) : whole;
      hold(JSON.stringify(pieces.map(brief)) === JSON.stringify(whole.map(brief)), 'in pieces it is another file');
      return ended(whole);
    },
  };
}

const brief = (connection: CapturedConnection): unknown => reportOf(connection, { hex: true });

function ended(connections: readonly CapturedConnection[]): string {
  const [one] = connections;
  if (one === undefined) return 'no TLS';
  const { checks, sealedReasons, faults } = one;
  const wrong = checks.find(({ outcome }) => outcome === 'wrong');
  return wrong?.name ?? sealedReasons[0]?.reason.code ?? faults[0]?.code ?? 'read';
}

/** Kind, length in two bytes, bytes. */
interface Chunk {
  readonly kind: number;
  readonly bytes: Uint8Array;
}

const [CLIENT, SERVER, SECRETS] = [0, 1, 2] as const;

function joined(chunks: readonly Chunk[]): Uint8Array {
  return concat(
    ...chunks.map(({ kind, bytes }) =>
      concat(Uint8Array.of(kind, (bytes.length >> 8) & 0xff, bytes.length & 0xff), bytes.subarray(0, 0xffff)),
    ),
  );
}

function chunksOf(input: Uint8Array): Chunk[] {
  const out: Chunk[] = [];
  for (let at = 0; at + 3 <= input.length && out.length < 300; ) {
    const [kind = 0, high = 0, low = 0] = input.subarray(at, at + 3);
    const bytes = input.subarray(at + 3, at + 3 + ((high << 8) | low));
    out.push({ kind, bytes });
    at += 3 + bytes.length;
  }
  return out;
}

function chunked(
  name: string,
  seeds: readonly Uint8Array[],
  use: (chunks: readonly Chunk[]) => readonly CapturedConnection[],
): Target {
  return {
    ...common(name),
    seeds: () => seeds,
    run: (input) => ended(use(chunksOf(input))),
    vary: (input, random, corpus) => joined(varied(chunksOf(input), random, chunksOf(random.pick(corpus)))),
  };
}

function common(name: string): Pick<Target, 'name' | 'kind' | 'native' | 'batch' | 'work'> {
  return { name: `capture/${name}`, kind: 'parser', native: true, batch: BATCH, work: WORK };
}

/** Bytes of both sides in the order of the wire, in TCP, with their secrets beside them. */
function useStream(chunks: readonly Chunk[]): readonly CapturedConnection[] {
  const keyLog = new KeyLog();
  const { file } = recording(({ wire }) => {
    for (const { kind, bytes } of chunks) {
      if (kind % 3 === SECRETS) keyLog.add(latin1(bytes));
      else wire(kind % 3 === CLIENT ? 'to_server' : 'to_client', bytes, 0);
    }
  });
  return useCapture(file, undefined, { keyLog });
}

/** Bits of a chunk's kind: its side; above them its content type, or that it is the key log. */
function messageChunks(observed: Recorded['observed']): Chunk[] {
  return observed.flatMap((one) =>
    one.kind === 'message'
      ? [{ kind: (one.direction === 'out' ? CLIENT : SERVER) | (one.type << 2), bytes: one.raw }]
      : [],
  );
}

/** Messages in the words of `openssl s_client -msg`. */
function useMessages(chunks: readonly Chunk[]): readonly CapturedConnection[] {
  const keyLog = new KeyLog();
  const messages = chunks.flatMap(({ kind, bytes }): readonly SeenMessage[] => {
    if ((kind & 3) !== SECRETS)
      return [{ direction: (kind & 3) === CLIENT ? 'out' : 'in', type: kind >> 2, raw: bytes }];
    keyLog.add(latin1(bytes));
    return [];
  });
  return useCapture(ascii(opensslText(messages)), undefined, { keyLog });
}

function varied(chunks: Chunk[], random: Random, others: readonly Chunk[]): readonly Chunk[] {
  for (let rounds = 1 + random.below(3); rounds > 0 && chunks.length > 0; rounds--) {
    const at = random.below(chunks.length);
    const one = chunks[at] as Chunk;
    switch (random.below(7)) {
      case 0:
        chunks.splice(at, 1);
        break;
      case 1:
        chunks.splice(random.below(chunks.length + 1), 0, one);
        break;
      case 2:
        chunks.splice(random.below(chunks.length), 0, ...chunks.splice(at, 1));
        break;
      case 3:
        if (others.length > 0) chunks.splice(at, random.below(2), random.pick(others));
        break;
      case 4: {
        const middle = random.below(one.bytes.length + 1);
        const halves = [one.bytes.subarray(0, middle), one.bytes.subarray(middle)];
        chunks.splice(at, 1, ...halves.map((bytes) => ({ kind: one.kind, bytes })));
        break;
      }
      default:
        chunks[at] = { kind: one.kind, bytes: mutate(one.bytes, random, [one.bytes]) };
    }
  }
  return chunks;
}

function keyLogs(talks: readonly Recorded[]): Target {
  return {
    name: 'capture/keylog',
    kind: 'parser',
    seeds: () => [
      ...talks.map(({ keyLog }) => ascii(keyLog.join('\n'))),
      ascii(
        `RSA ${'ab'.repeat(8)} ${'cd'.repeat(48)}\r\nRSA Session-ID:${'01'.repeat(32)} Master-Key:${'23'.repeat(48)}\n# x`,
      ),
    ],
    run: (input) => {
      const log = new KeyLog();
      log.add(latin1(input));
      const lines = latin1(input).split(/\r\n|\r|\n/).length;
      hold(log.unreadable <= lines && log.connections <= lines, 'more lines than there are');
      hold(log.isEmpty || log.unreadable < lines, 'secrets out of lines that cannot be read');
      log.secret('CLIENT_RANDOM', fromHex('00'));
      return log.isEmpty ? 'empty' : 'secrets';
    },
    work: { base: 20_000, each: 400 },
  };
}
