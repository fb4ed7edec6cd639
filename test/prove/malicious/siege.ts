// One attack on one engine, measured: the CPU that each byte of the attacker costs us, the memory that stays ours while it goes
// on, and the bytes that we send for it. What the attacker has to compute is not counted.

import { cpuUsage, memoryUsage } from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface Siege {
  /** What the attacker sends, in the pieces that a transport would hand over. Asked for one by one. */
  readonly input: Iterable<Uint8Array>;
  /** Hands a piece to the engine under attack; returns the bytes that it answers with. */
  readonly receive: (piece: Uint8Array) => number;
  /** The code with which it gave up; undefined while it goes on. */
  readonly end: () => string | undefined;
}

export interface Attack {
  readonly name: string;
  /** What stops it, or keeps it cheap. */
  readonly limit: string;
  readonly begin: () => Siege | Promise<Siege>;
  /** What it must end with; undefined for what may go on for ever, since every byte is paid for. */
  readonly ends: string | undefined;
  /** Bytes of memory that it may hold. */
  readonly memory: number;
  /** Microseconds that a byte may cost. */
  readonly cpu: number;
}

export interface Measured {
  readonly bytes: number;
  /** Microseconds. */
  readonly cpu: number;
  /** Bytes held at the most, after a collection. */
  readonly memory: number;
  readonly sent: number;
  readonly end: string | undefined;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

export async function measure(attack: Attack): Promise<Measured> {
  const { input, receive, end } = await attack.begin();
  const before = await held();
  let bytes = 0;
  let cpu = 0;
  let sent = 0;
  let memory = 0;
  let next = 1;
  let count = 0;
  for (const piece of input) {
    bytes += piece.length;
    const { user, system } = cpuUsage();
    sent += receive(piece);
    const after = cpuUsage();
    cpu += after.user - user + after.system - system;
    if (++count === next) {
      memory = Math.max(memory, (await held()) - before);
      next *= 4;
    }
    if (end() !== undefined) break;
  }
  memory = Math.max(memory, (await held()) - before);
  return { bytes, cpu, memory, sent, end: end() };
}

/** Buffers are freed beside the collection, and counted as free by the next one. */
async function held(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collect();
    await setImmediate();
  }
  const { heapUsed, external } = memoryUsage();
  return heapUsed + external;
}

/** Why it failed; undefined when all is within bounds. */
export function problemOf(attack: Attack, { bytes, cpu, memory, end }: Measured): string | undefined {
  if (end !== attack.ends) return `it ends with ${end ?? 'nothing'}, not ${attack.ends ?? 'with nothing'}`;
  if (memory > attack.memory) return `it holds ${memory} bytes, where ${attack.memory} are allowed`;
  if (cpu / bytes > attack.cpu) return `a byte costs ${(cpu / bytes).toFixed(2)} us, where ${attack.cpu} are allowed`;
  return undefined;
}
