// npm run prove -- malicious [--only WORDS ...]
//
// Peers that overdo it, one way each, against the engine and the adapter: what a byte of theirs costs us in CPU, what memory
// they can make us hold, what they are sent for it, and the limit that stops them (src/record/limits.ts).

import { parseArgs } from 'node:util';
import type { Proof } from '../proof.ts';
import { CERTIFICATES } from './certificate_attacks.ts';
import { CLIENT_HELLOS, EARLY_DATA, MESSAGES, RECORDS } from './engine_attacks.ts';
import { HOST_ATTACKS } from './host_attacks.ts';
import { type Attack, type Measured, measure, problemOf } from './siege.ts';

const ATTACKS: readonly Attack[] = [...RECORDS, ...MESSAGES, ...CLIENT_HELLOS, ...EARLY_DATA, ...CERTIFICATES];

export const proof: Proof = {
  name: 'malicious',
  description: 'floods, bombs and slow peers: the CPU and memory that each can cost, and the limit that stops it',
  run,
};

async function run(args: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({ args: [...args], options: { only: { type: 'string', multiple: true, default: [] } } });
  const wanted = (name: string): boolean => values.only.length === 0 || values.only.some((one) => name.includes(one));
  let passed = true;
  console.log(HEAD);
  for (const attack of ATTACKS.filter(({ name }) => wanted(name))) {
    const measured = await measure(attack);
    const problem = problemOf(attack, measured);
    passed &&= problem === undefined;
    console.log(row(attack, measured));
    if (problem !== undefined) console.log(`  FAILED: ${problem}`);
  }
  console.log('\nThe adapter of Node, over TCP and streams');
  for (const { name, limit, run: attempt } of HOST_ATTACKS.filter((one) => wanted(one.name))) {
    const { good, figures } = await attempt();
    passed &&= good;
    console.log(`${name.padEnd(50)} ${figures}; ${limit}${good ? '' : '\n  FAILED'}`);
  }
  return passed;
}

const HEAD = [
  'attack'.padEnd(50),
  'bytes'.padStart(9),
  'us/byte'.padStart(8),
  'ms'.padStart(7),
  'held kB'.padStart(8),
  'sent/B'.padStart(7),
  ' ends with, and what stops it',
].join(' ');

function row({ name, limit }: Attack, { bytes, cpu, memory, sent, end }: Measured): string {
  return [
    name.padEnd(50),
    String(bytes).padStart(9),
    (cpu / bytes).toFixed(2).padStart(8),
    (cpu / 1000).toFixed(1).padStart(7),
    (Math.max(0, memory) / 1024).toFixed(0).padStart(8),
    (sent / bytes).toFixed(2).padStart(7),
    ` ${end ?? 'goes on'}; ${limit}`,
  ].join(' ');
}
