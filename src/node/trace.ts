// What of a connection can be watched on its socket: `trace` and `keylog` for who listens when the handshake begins, and the
// lines of `enableTrace`. With neither, the engine is not asked to tell anything.

import type { EventEmitter } from 'node:events';
import type { Watching } from '../engine/context.ts';
import type { Observation, Observer } from '../engine/observe.ts';

export interface Watched {
  /** Emitters of `trace` (Observation) and `keylog` (Buffer, a line with its end), and what stands behind both. */
  readonly emitters: readonly (readonly [emitter: EventEmitter, ...behind: unknown[]])[];
  /** From the options. */
  readonly given: Watching;
  readonly toStderr: boolean;
}

export function watchingFor({ emitters, given, toStderr }: Watched): Watching {
  const observers: Observer[] = given.observe === undefined ? [] : [given.observe];
  const logs: ((line: string) => void)[] = given.keyLog === undefined ? [] : [given.keyLog];
  for (const [emitter, ...behind] of emitters) {
    if (emitter.listenerCount('trace') > 0) observers.push((seen) => void emitter.emit('trace', seen, ...behind));
    if (emitter.listenerCount('keylog') > 0) {
      logs.push((line) => void emitter.emit('keylog', Buffer.from(`${line}\n`), ...behind));
    }
  }
  if (toStderr) observers.push((seen) => void process.stderr.write(lineOf(seen)));
  return { observe: all(observers), observeSecrets: given.observeSecrets, keyLog: all(logs) };
}

function all<T>(listeners: readonly ((value: T) => void)[]): ((value: T) => void) | undefined {
  if (listeners.length < 2) return listeners[0];
  return (value) => {
    for (const listener of listeners) listener(value);
  };
}

/** Nothing in it is text that a peer chose. */
function lineOf(seen: Observation): string {
  const head = `TLS ${'direction' in seen ? (seen.direction === 'in' ? '<' : '>') : '*'} ${seen.kind}`;
  switch (seen.kind) {
    case 'record':
      return `${head} type=${seen.type} length=${seen.length} epoch=${seen.epoch}\n`;
    case 'message':
      return `${head} ${seen.name} length=${seen.raw.length} epoch=${seen.epoch}\n`;
    case 'state':
      return `${head} ${seen.from} -> ${seen.to} on ${seen.input}\n`;
    case 'keys':
      return `${head} epoch=${seen.epoch} suite=0x${seen.suite.toString(16)} generation=${seen.generation}\n`;
    case 'data':
      return `${head} length=${seen.length}\n`;
    case 'need':
    case 'answer':
      return `${head} ${seen.need}\n`;
    case 'decision':
      return `${head} ${seen.about}\n`;
    case 'error':
      return `${head} ${seen.code ?? ''}\n`;
    default:
      return `${head}\n`;
  }
}
