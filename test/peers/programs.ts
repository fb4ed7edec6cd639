// Peers that are made for a run and not installed with the system: a small program in Go, and node:tls of another Node, from
// npm's package `node`. Both take the same orders and answer alike (see go/main.go). Neither is required: where one cannot be
// made, its tests are skipped with the reason.

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Identity } from './pki.ts';
import { type Peer, Running, type RunResult, run } from './process.ts';
import { once } from './run_dir.ts';

export type ProgramName = 'go' | 'node24';

/** How to start it, or why it cannot be. */
export type Program = { readonly version: string; readonly command: readonly string[] } | { readonly missing: string };

export interface Orders {
  readonly caFile?: string | undefined;
  /** Names as in vocabulary.ts, best first. */
  readonly groups?: readonly string[] | undefined;
  readonly version?: 'TLSv1.2' | 'TLSv1.3' | undefined;
  /** What it proves itself with. */
  readonly identity?: Identity | undefined;
  /** Exports 40 bytes under this label. */
  readonly label?: string | undefined;
}

export interface ServerOrders extends Orders {
  readonly clientCert?: 'request' | 'require' | undefined;
}

export interface ClientOrders extends Orders {
  readonly port: number;
  /** A line, whose answer is read to the end. */
  readonly question: string;
  /** Connections, one after the other, each with what the ones before left. Default 1. */
  readonly times?: number;
  /** Times that the question is asked over each connection. Default 1. */
  readonly rounds?: number;
}

/** What it says of one connection. */
export interface ProgramConnection {
  readonly version: string;
  readonly suite: string;
  readonly group: string;
  readonly resumed: boolean;
  /** The subject of our certificate; empty without one. */
  readonly peer: string;
  readonly exported?: string;
  readonly answer?: string;
}

export interface ProgramServer extends Peer {
  connections(): ProgramConnection[];
  errors(): string[];
}

/** Builds or installs it once in a run; `available` of available.ts tells what came of it. Never throws. */
export async function prepare(name: ProgramName): Promise<Program> {
  const dir = await once(`program-${name}`, async (part) => {
    const made = await (name === 'go' ? buildGo(part) : installNode24()).catch((error: unknown) => ({
      missing: String(error instanceof Error ? error.message : error).split('\n')[0] ?? '',
    }));
    writeFileSync(join(part, 'program.json'), JSON.stringify(made));
  });
  const program = JSON.parse(readFileSync(join(dir, 'program.json'), 'utf8')) as Program;
  prepared.set(name, program);
  return program;
}

/** What `prepare` found. */
export function programFor(name: ProgramName): Program {
  return prepared.get(name) ?? { missing: 'nobody has prepared it' };
}

/** Echoes what comes. */
export async function programServer(name: ProgramName, orders: ServerOrders): Promise<ProgramServer> {
  const running = start(name, { role: 'server', ...plain(orders), clientCert: orders.clientCert });
  for (const end = Date.now() + 10_000; Date.now() < end && !running.ended; await sleep(5)) {
    const [port] = lines<number>(running.stdout(), 'listening');
    if (port === undefined) continue;
    return {
      port,
      stop: () => running.stop(),
      log: () => running.log(),
      connections: () => lines(running.stdout(), 'connection'),
      errors: () => lines(running.stdout(), 'error'),
    };
  }
  await running.stop();
  throw new Error(`the server did not come up:\n${running.log()}`);
}

export interface ProgramClientResult extends RunResult {
  readonly connections: readonly ProgramConnection[];
  readonly errors: readonly string[];
}

export async function programClient(name: ProgramName, orders: ClientOrders): Promise<ProgramClientResult> {
  const { port, question, times = 1, rounds = 1 } = orders;
  const running = start(name, { role: 'client', ...plain(orders), port, question, times, rounds }, 20_000);
  const result = await running.result();
  return { ...result, connections: lines(result.stdout, 'connection'), errors: lines(result.stdout, 'error') };
}

const prepared = new Map<ProgramName, Program>();

function start(name: ProgramName, orders: object, lifetime?: number): Running {
  const program = programFor(name);
  if ('missing' in program) throw new Error(program.missing);
  const [command = '', ...args] = program.command;
  return new Running(command, [...args, JSON.stringify(orders)], lifetime === undefined ? {} : { lifetime });
}

function plain({ identity, ...rest }: Orders) {
  const { caFile, groups, version, label } = rest;
  return { caFile, groups, version, label, certFile: identity?.fullChainFile, keyFile: identity?.keyFile };
}

function lines<T>(output: Buffer, what: string): T[] {
  const whole = output.toString('utf8').split('\n').slice(0, -1);
  return whole.flatMap((line) => {
    const value = JSON.parse(line) as Record<string, T>;
    return what in value ? [value[what] as T] : [];
  });
}

const SOURCES = resolve(import.meta.dirname);

/** The standard library alone: nothing is fetched. */
async function buildGo(dir: string): Promise<Program> {
  const path = `${process.env.PATH ?? ''}:/usr/local/go/bin`;
  const env = { PATH: path, GOTOOLCHAIN: 'local', GOPROXY: 'off', GOFLAGS: '-buildvcs=false' };
  const version = await run('go', ['version'], { env, lifetime: 20_000 });
  const number = /go(\d\S*)/.exec(version.stdout.toString())?.[1];
  if (number === undefined) return { missing: `go does not start (${oneLine(version.stderr)})` };
  const built = await run('go', ['build', '-o', join(dir, 'peer'), '.'], {
    env,
    cwd: join(SOURCES, 'go'),
    lifetime: 120_000,
  });
  if (built.code !== 0) return { missing: `Go ${number} cannot build the peer: ${oneLine(built.stderr)}` };
  // `once` gives the directory its final name when this is done.
  return { version: number, command: [join(dir.replace(/\.part$/, ''), 'peer')] };
}

/** Kept between runs, beside what other tools keep there. */
const CACHE = resolve(SOURCES, '../../node_modules/.cache/glasstls');

async function installNode24(): Promise<Program> {
  const installed = await installNode(24, CACHE);
  if ('missing' in installed) return installed;
  const { node } = installed;
  const ask = ['-p', "[process.versions.node, process.versions.openssl].join(', OpenSSL ')"];
  const version = await run(node, ask, { lifetime: 10_000 });
  if (version.code !== 0) return { missing: `node@24 does not start (${oneLine(version.stderr)})` };
  return { version: version.stdout.toString().trim(), command: [node, join(SOURCES, 'node24/peer.mjs')] };
}

/** Another Node from npm, kept under `cache`: the path of the program, or why it cannot be had. */
export async function installNode(
  major: number,
  cache: string,
): Promise<{ readonly node: string } | { readonly missing: string }> {
  const kept = join(cache, `node${major}`);
  const node = join(kept, 'node_modules/node/bin/node');
  if (existsSync(node)) return { node };
  const part = `${kept}.${process.pid}`;
  mkdirSync(part, { recursive: true });
  const flags = ['--no-audit', '--no-fund', '--fetch-retries=0', '--no-save'];
  const result = await run('npm', ['install', ...flags, '--prefix', part, `node@${major}`], { lifetime: 50_000 });
  // Another run may have been faster.
  if (result.code === 0 && !existsSync(kept)) renameSync(part, kept);
  else rmSync(part, { recursive: true, force: true });
  return existsSync(node) ? { node } : { missing: `npm cannot install node@${major} (${oneLine(result.stderr)})` };
}

function oneLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return (lines.find((line) => /error|not found|ENOENT/i.test(line)) ?? lines.at(-1) ?? 'no reason given').slice(
    0,
    200,
  );
}
