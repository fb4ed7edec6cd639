// The command under test, run as people run it: a child process with pipes. dist/ is what users get, but others may be building it
// while tests run; so the sources are bundled once for the whole run, with package.json two folders above the entry, as in dist/.

import { spawn } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { type OpensslServerOptions, opensslServer } from '../peers/openssl.ts';
import { pki } from '../peers/pki.ts';
import { Running, type RunResult, run } from '../peers/process.ts';
import { once } from '../peers/run_dir.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** The path of the command's entry; built by the first test that asks. */
export async function commandFile(): Promise<string> {
  const dir = await once('cli', async (part) => {
    await build({
      entryPoints: [join(ROOT, 'src/cli/main.ts')],
      outdir: join(part, 'dist/cli'),
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    });
    copyFileSync(join(ROOT, 'package.json'), join(part, 'package.json'));
  });
  return join(dir, 'dist/cli/main.js');
}

export interface CommandResult extends Omit<RunResult, 'stdout' | 'stderr'> {
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly lifetime?: number;
  /** The whole standard input; empty without it. */
  readonly input?: string;
}

/** What may be set on a developer's machine and would change what is tested. */
const QUIET = {
  PAGER: 'cat',
  NO_COLOR: '',
  COLUMNS: '',
  SSL_CERT_FILE: '',
  SSLKEYLOGFILE: '',
  NODE_EXTRA_CA_CERTS: '',
  SSL_CERT_DIR: '',
  HTTPS_PROXY: '',
  https_proxy: '',
  ALL_PROXY: '',
  all_proxy: '',
  NO_PROXY: '',
  no_proxy: '',
  LANG: '',
};

/** Runs `glasstls` to its end. */
export async function glasstls(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const env = { ...QUIET, ...options.env };
  const lifetime = options.lifetime ?? 15_000;
  const result = await run('env', [...withoutColour(env), process.execPath, await commandFile(), ...args], {
    lifetime,
    env,
    ...(options.input !== undefined && { input: options.input }),
  });
  // The command writes UTF-8; what the process helper read as Latin-1 is put right.
  return { ...result, stdout: result.stdout.toString('utf8'), stderr: utf8(result.stderr) };
}

/** Runs `glasstls` with `args` against openssl s_server, trusting the tests' root. */
export async function againstOpenssl(options: OpensslServerOptions, args: readonly string[]): Promise<CommandResult> {
  const server = await opensslServer({ mode: 'www', ...options });
  const { caFile } = await pki();
  try {
    return await glasstls([...args, '--cacert', caFile, `https://localhost:${server.port}/`]);
  } finally {
    await server.stop();
  }
}

/** Runs `glasstls` with a terminal of `columns` columns in place of the pipes; both streams come back as one. */
export async function inTerminal(
  args: readonly string[],
  columns: number,
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const terminal = await startInTerminal(args, columns, env);
  terminal.child.stdin.end();
  const result = await terminal.result();
  return { ...result, stdout: result.stdout.toString('utf8').replaceAll('\r\n', '\n'), stderr: utf8(result.stderr) };
}

/** The same, for who types: its standard input is the keyboard. An empty PAGER is unset. */
export async function startInTerminal(
  args: readonly string[],
  columns: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const quoted = [process.execPath, await commandFile(), ...args]
    .map((one) => `'${one.replaceAll("'", "'\\''")}'`)
    .join(' ');
  const unset = env.PAGER === '' ? 'FORCE_COLOR COLUMNS PAGER' : 'FORCE_COLOR COLUMNS';
  const line = `stty cols ${columns} rows 50; unset ${unset}; exec ${quoted}`;
  return new Running('script', ['-qec', line, '/dev/null'], {
    lifetime: 20_000,
    env: { ...QUIET, TERM: 'xterm-256color', SHELL: '/bin/sh', ...env },
  });
}

/** A `glasstls serve` that is listening. */
export interface Served {
  readonly port: number;
  /** Everything printed so far. */
  log(): string;
  /** Waits until the log matches. @throws Error with the log after 5 s */
  saying(pattern: RegExp): Promise<void>;
  /** Ends it with SIGTERM and tells the exit code. */
  end(): Promise<number | null>;
  /** Waits until it ends by itself. */
  ended(): Promise<number | null>;
}

export async function startServe(args: readonly string[], options: CommandOptions = {}): Promise<Served> {
  // Not through the helper for peers, whose limiter stands between a signal and the program.
  const env: NodeJS.ProcessEnv = { ...process.env, ...QUIET, LC_ALL: 'C', ...options.env };
  if (options.env?.FORCE_COLOR === undefined) delete env.FORCE_COLOR;
  const child = spawn(process.execPath, [await commandFile(), 'serve', '--port', '0', ...args], { env });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
  const kill = (): void => void child.kill('SIGKILL');
  const limit = setTimeout(kill, options.lifetime ?? 20_000);
  process.once('exit', kill);
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      clearTimeout(limit);
      process.off('exit', kill);
      resolve(code);
    });
  });
  const log = (): string => Buffer.concat(said).toString('utf8');
  const saying = async (pattern: RegExp): Promise<void> => {
    for (const end = Date.now() + 5_000; !pattern.test(log()); await new Promise((done) => setTimeout(done, 20))) {
      if (Date.now() > end || child.exitCode !== null) throw new Error(`${pattern} was not said:\n${log()}`);
    }
  };
  await saying(/:(\d+)\/\n/);
  return {
    port: Number(/:(\d+)\/\n/.exec(log())?.[1]),
    log,
    saying,
    end: async () => {
      child.kill('SIGTERM');
      return ended;
    },
    ended: () => ended,
  };
}

/** vitest sets FORCE_COLOR, and even an empty one means colours: unless a test sets it, it has to be taken away. */
function withoutColour(env: Readonly<Record<string, string>>): string[] {
  return env.FORCE_COLOR === undefined ? ['-u', 'FORCE_COLOR'] : [];
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
