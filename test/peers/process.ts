// Starting and ending the programs that tests talk to. Every program runs in a process group of its own, under a hard
// time limit, and is killed when the test process ends, however it ends. Nothing here knows TLS.

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, connect as tcpConnect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server under test or beside it, listening on 127.0.0.1. */
export interface Peer {
  readonly port: number;
  /** Ends it and waits until it is gone. May be called twice. */
  stop(): Promise<void>;
  /** What it has printed so far (standard output and error), for failure messages. */
  log(): string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Milliseconds after which the program is killed. */
  readonly lifetime?: number;
}

export interface RunResult {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** True when the time limit ended it. */
  readonly timedOut: boolean;
}

/** The environment that programs get: messages in English, and the directory of nginx, which users' paths often lack. */
export function peerEnv(): NodeJS.ProcessEnv {
  return { ...process.env, LC_ALL: 'C', PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` };
}

/** One running program. */
export class Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly command: string;
  /** Resolves when the program has ended and its output has been read to the end. */
  readonly exited: Promise<void>;
  timedOut = false;
  readonly #stdout: Buffer[] = [];
  readonly #stderr: Buffer[] = [];

  constructor(command: string, args: readonly string[], options: RunOptions = {}) {
    const lifetime = options.lifetime ?? 120_000;
    // The outer limit holds even when this process is killed with SIGKILL and can clean up nothing.
    const bounded = hasTimeout() ? ['timeout', '-k', '1', String(Math.ceil(lifetime / 1000) + 2), command] : [command];
    const [program, ...front] = bounded as [string, ...string[]];
    this.command = [command, ...args].join(' ');
    this.child = spawn(program, [...front, ...args], {
      detached: true,
      stdio: 'pipe',
      env: { ...peerEnv(), ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    this.child.stdout.on('data', (chunk: Buffer) => this.#stdout.push(chunk));
    this.child.stderr.on('data', (chunk: Buffer) => this.#stderr.push(chunk));
    // The program may end before it has read all its input; that is for the test to judge, not an error of the pipe.
    this.child.stdin.on('error', () => {});
    alive.add(this);
    cleanUpAtExit();
    const limit = setTimeout(() => {
      this.timedOut = true;
      this.kill('SIGKILL');
    }, lifetime);
    this.exited = new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(limit);
        alive.delete(this);
        resolve();
      };
      this.child.once('close', done);
      this.child.once('error', (error) => {
        this.#stderr.push(Buffer.from(`${error.message}\n`));
        done();
      });
    });
  }

  get ended(): boolean {
    return !alive.has(this);
  }

  stdout(): Buffer {
    return Buffer.concat(this.#stdout);
  }

  stderr(): string {
    return Buffer.concat(this.#stderr).toString('latin1');
  }

  log(): string {
    return `$ ${this.command}\n${this.stdout().toString('latin1')}${this.stderr()}`;
  }

  /** Signals the whole group, so that workers (nginx) and the limiter go too. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (this.child.pid === undefined || this.ended) return;
    try {
      process.kill(-this.child.pid, signal);
    } catch {
      // Already gone.
    }
  }

  async stop(): Promise<void> {
    this.kill('SIGTERM');
    const gone = await Promise.race([this.exited.then(() => true), sleep(1500, false)]);
    if (!gone) this.kill('SIGKILL');
    await this.exited;
  }

  async result(): Promise<RunResult> {
    await this.exited;
    return { code: this.child.exitCode, stdout: this.stdout(), stderr: this.stderr(), timedOut: this.timedOut };
  }
}

/** Runs a program to its end with `input` as its whole standard input. Does not throw for a non-zero exit. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions & { readonly input?: Uint8Array | string } = {},
): Promise<RunResult> {
  const running = new Running(command, args, { lifetime: 20_000, ...options });
  running.child.stdin.end(options.input ?? '');
  return running.result();
}

/** Like {@link run}. @throws Error with the program's output when it fails */
export async function runOk(
  command: string,
  args: readonly string[],
  options: RunOptions & { readonly input?: Uint8Array | string } = {},
): Promise<RunResult> {
  const result = await run(command, args, options);
  if (result.code !== 0) {
    throw new Error(`${command} ${args.join(' ')} ended with ${result.code}\n${result.stdout}${result.stderr}`);
  }
  return result;
}

/**
 * Starts a server whose port has to be chosen beforehand, and waits until it listens. When another program takes the
 * port in between, another port is tried.
 * @throws Error with the server's output when it does not come up within 10 s
 */
export async function startOnFreePort(start: (port: number) => Running): Promise<{ port: number; running: Running }> {
  let last = '';
  for (let attempt = 0; attempt < 3; attempt++) {
    const port = await freePort();
    const running = start(port);
    if (await listens(port, running)) return { port, running };
    await running.stop();
    last = running.log();
  }
  throw new Error(`the server did not come up:\n${last}`);
}

/** A free port below the range that the kernel hands out for outgoing connections, so that none of these takes it. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const probe = createServer();
    const free = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!free) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}

async function listens(port: number, running: Running): Promise<boolean> {
  const end = Date.now() + 10_000;
  while (Date.now() < end && !running.ended) {
    if (existsSync('/proc/net/tcp') ? inProcNet(port) : await accepts(port)) return true;
    await sleep(10);
  }
  return false;
}

// Read from the kernel: a trial connection would use up the one connection that `-naccept 1` allows.
function inProcNet(port: number): boolean {
  const listening = new RegExp(
    `^ *\\d+: [0-9A-F]+:${port.toString(16).toUpperCase().padStart(4, '0')} [0-9A-F]+:0000 0A`,
    'm',
  );
  return ['/proc/net/tcp', '/proc/net/tcp6'].some(
    (file) => existsSync(file) && listening.test(readFileSync(file, 'latin1')),
  );
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = tcpConnect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

const alive = new Set<Running>();
let hooked = false;

function cleanUpAtExit(): void {
  if (hooked) return;
  hooked = true;
  const killAll = (): void => {
    for (const running of alive) running.kill('SIGKILL');
  };
  process.on('exit', killAll);
  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => {
      killAll();
      process.exit(code);
    });
  }
}

let timeoutThere: boolean | undefined;

function hasTimeout(): boolean {
  timeoutThere ??= spawnSync('timeout', ['-k', '1', '1', 'true']).status === 0;
  return timeoutThere;
}
