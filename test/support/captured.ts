// Conversations of two engines as a capture file, and what is read out of it again: what was decoded must be what the client saw.

import { concat } from '../../src/bytes/bytes.ts';
import type { CapturedConnection } from '../../src/capture/connection.ts';
import { CaptureDecoder, type CaptureSummary, type DecodeOptions } from '../../src/capture/decode.ts';
import { readerFor } from '../../src/capture/open_file.ts';
import { CaptureWriter } from '../../src/capture/write_pcapng.ts';
import type { Observation, Observer } from '../../src/engine/observe.ts';
import { nodeProvider } from '../../src/providers/node.ts';
import type { Wire } from './pair.ts';
import { STORED } from './stored.ts';

export interface Recorded {
  readonly file: Uint8Array;
  readonly observed: readonly Observation[];
  readonly keyLog: readonly string[];
}

export interface Hooks {
  readonly observe: Observer;
  readonly keyLog: (line: string) => void;
  readonly wire: Wire;
}

export const ENDS = {
  client: { address: Uint8Array.of(127, 0, 0, 1), port: 50_000 },
  server: { address: Uint8Array.of(127, 0, 0, 1), port: 4433 },
};

/** What `talk` did, written down. `secrets` false: the file has no key log. */
export function recording(talk: (hooks: Hooks) => void, secrets = true): Recorded {
  const parts: Uint8Array[] = [];
  const observed: Observation[] = [];
  const keyLog: string[] = [];
  const writer = new CaptureWriter({ write: (bytes) => void parts.push(bytes), application: 'test' });
  let time = Date.now();
  const tap = writer.connection(ENDS, time);
  talk({
    observe: (one) => void observed.push(one),
    keyLog: (line) => {
      keyLog.push(line);
      if (secrets) tap.secret(line);
    },
    wire: (direction, bytes) => {
      time += 0.25;
      tap.bytes(direction === 'to_server' ? 'client' : 'server', bytes, time);
      return [bytes];
    },
  });
  tap.close(time);
  return { file: concat(...parts), observed, keyLog };
}

export interface Read {
  readonly connections: readonly CapturedConnection[];
  readonly summary: CaptureSummary;
}

/** Everything in a file, which comes in pieces of `size` bytes. */
export function readBack(file: Uint8Array, options: Partial<DecodeOptions> = {}, size = 1 << 16): Read {
  const decoder = new CaptureDecoder({ provider: nodeProvider, decompressors: [STORED], ...options });
  const reader = readerFor(file);
  const connections: CapturedConnection[] = [];
  let summary: CaptureSummary | undefined;
  const take = (decoded: Iterable<ReturnType<typeof decoder.end> extends Iterable<infer T> ? T : never>): void => {
    for (const one of decoded) {
      if (one.kind === 'connection') connections.push(one.connection);
      else summary = one.summary;
    }
  };
  for (let at = 0; reader !== undefined && at < file.length; at += size) {
    for (const item of reader.push(file.subarray(at, at + size))) take(decoder.accept(item));
  }
  if (reader !== undefined) for (const item of reader.end()) take(decoder.accept(item));
  take(decoder.end());
  if (summary === undefined) throw new Error('no summary');
  return { connections, summary };
}

/**
 * What one side sent, as the trace has it: messages with their bytes, and data. The sender tells of a ChangeCipherSpec that is there
 * for middleboxes only when the record behind it leaves, so that these stand at the end.
 */
export function sentBy(direction: 'in' | 'out', observed: readonly Observation[]): string[] {
  const said: string[] = [];
  const changes: string[] = [];
  for (const one of observed) {
    if (!('direction' in one) || one.direction !== direction) continue;
    if (one.kind === 'message' && one.name === 'change_cipher_spec') changes.push(one.name);
    else if (one.kind === 'message') said.push(`${one.name} ${one.epoch} ${Buffer.from(one.raw).toString('hex')}`);
    if (one.kind === 'data') said.push(`data ${one.length}`);
  }
  return [...said, ...changes];
}

export function recordsOf(direction: 'in' | 'out', observed: readonly Observation[]): string[] {
  return observed.flatMap((one) =>
    one.kind === 'record' && one.direction === direction
      ? [`${one.type}/${one.innerType} ${one.length} ${one.contentLength} ${one.epoch}`]
      : [],
  );
}
