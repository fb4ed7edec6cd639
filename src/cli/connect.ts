// `glasstls https://host/path`: TCP, handshake, one HTTP/1.1 request. The body goes to standard output, everything else to
// standard error; the exit code is curl's.

import { performance } from 'node:perf_hooks';
import type { Observation, Observer } from '../engine/observe.ts';
import { traceWriter } from '../inspect/trace.ts';
import { connect as connectTls } from '../node/connect.ts';
import type { TLSSocket } from '../node/tls_socket.ts';
import type { Judgement } from '../x509/verify.ts';
import type { Arguments } from './arguments.ts';
import { ConnectReport } from './connect_report.ts';
import { type ConnectSettings, connectSettings } from './connect_settings.ts';
import { dial } from './dial.ts';
import { CliError, EXIT, type ExitCode } from './exit_codes.ts';
import { explainFailure } from './failure.ts';
import { exchange } from './http.ts';
import { narrator } from './narrator.ts';
import { openPrivate, type PrivateFile } from './private_file.ts';
import { openSink } from './sink.ts';
import type { Terminal } from './terminal.ts';
import { packageVersion } from './version.ts';

export async function connect(args: Arguments, terminal: Terminal): Promise<number> {
  const settings = await connectSettings(args, process.env);
  const files = openFiles(settings, terminal);
  const report = new ConnectReport(settings, terminal);
  const seen: Observation[] = [];
  const attempt: Attempt = { settings, terminal, report, files, seen, judgement: undefined };
  try {
    await run(attempt);
    return EXIT.ok;
  } catch (error) {
    return failed(attempt, error);
  } finally {
    files.keylog?.close();
    files.trace?.close();
  }
}

interface Attempt {
  readonly settings: ConnectSettings;
  readonly terminal: Terminal;
  readonly report: ConnectReport;
  readonly files: Files;
  readonly seen: Observation[];
  judgement: Judgement | undefined;
}

async function run(attempt: Attempt): Promise<void> {
  const { settings, report } = attempt;
  const whole = deadline(settings.maxTime, '--max-time');
  const begin = deadline(settings.connectTimeout, '--connect-timeout');
  const early = AbortSignal.any([whole.signal, begin.signal]);
  try {
    const { host, port, address } = settings;
    const transport = await dial({ host, port, address }, report, early);
    report.connected(transport);
    const socket = connectTls({
      socket: transport,
      host,
      servername: host,
      rejectUnauthorized: !settings.insecure,
      ...(settings.trusted.ca !== undefined && { ca: settings.trusted.ca }),
      ...settings.tls,
      ...watching(attempt),
    });
    whole.signal.addEventListener('abort', () => socket.destroy(whole.signal.reason as Error));
    await handshake(attempt, socket, early);
    begin.cancel();
    await talk(attempt, socket);
  } finally {
    whole.cancel();
    begin.cancel();
  }
}

async function handshake(attempt: Attempt, socket: TLSSocket, signal: AbortSignal): Promise<void> {
  const abandon = (): void => void socket.destroy(signal.reason as Error);
  signal.addEventListener('abort', abandon);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('the connection closed')));
    });
  } finally {
    signal.removeEventListener('abort', abandon);
    attempt.judgement = socket.judgement;
    attempt.report.certificate(socket.judgement);
  }
  attempt.report.skipped(socket.judgement);
}

/** The HTTP exchange. What the connection itself dies of is told in place of what node:http makes of it. */
async function talk(attempt: Attempt, socket: TLSSocket): Promise<void> {
  const { settings, report, terminal } = attempt;
  const { url, head, output } = settings;
  let broken: Error | undefined;
  socket.on('error', (error) => {
    broken ??= error;
  });
  checkProtocol(socket);
  const sink = openSink(output, terminal);
  try {
    const request = { method: head ? 'HEAD' : 'GET', url, userAgent: `glasstls/${packageVersion()}` } as const;
    await exchange(socket, request, {
      sending: (lines) => report.sending(lines),
      answered: (lines) => {
        report.answered(lines);
        if (settings.include) sink.head(lines);
      },
      body: (chunk) => sink.write(chunk),
    });
    report.closing();
  } catch (error) {
    throw error instanceof CliError && error.exit !== EXIT.receive && error.exit !== EXIT.empty
      ? error
      : (broken ?? error);
  } finally {
    await sink.close();
    socket.destroy();
  }
}

function checkProtocol(socket: TLSSocket): void {
  const { alpnProtocol } = socket;
  if (alpnProtocol === false || alpnProtocol === 'http/1.1' || alpnProtocol === 'http/1.0') return;
  socket.destroy();
  const shown = JSON.stringify(alpnProtocol);
  throw new CliError(
    EXIT.protocol,
    {
      en: `the server chose ${shown} by ALPN, and only HTTP/1.1 is spoken here; no request was sent`,
      zh: `服务器通过 ALPN 选择了 ${shown}，而本命令只支持 HTTP/1.1，因此没有发送请求`,
    },
    { en: 'The handshake itself was completed.', zh: '握手本身已经完成。' },
  );
}

function failed({ settings, terminal, report, seen, judgement }: Attempt, error: unknown): ExitCode {
  const failure = explainFailure({ error, role: 'client', seen, judgement }, terminal.lang);
  if (!settings.silent) report.failure(failure);
  return failure.exit;
}

/** Who watches the connection: the failure report always, the narrator and the trace when asked for. */
function watching({ settings, terminal, files, seen }: Attempt) {
  const { verbose, silent, tls } = settings;
  const watchers: Observer[] = [];
  if (verbose > 0 && !silent) {
    const alpnOffered = (tls.ALPNProtocols ?? []).length > 0;
    watchers.push(narrator({ level: verbose, screen: terminal.err, lang: terminal.lang, alpnOffered }));
  }
  if (files.trace !== undefined) {
    const { trace } = files;
    const note = `${settings.host}:${settings.port}`;
    const write = traceWriter({
      side: 'client',
      now: () => performance.timeOrigin + performance.now(),
      write: trace.write,
      note,
    });
    // A trace is passed on: the secrets that -vvv shows stay out of it.
    watchers.push((observation) => {
      if (observation.kind !== 'secret') write(observation);
    });
  }
  watchers.push((observation) => {
    if (observation.kind !== 'secret' && observation.kind !== 'record' && observation.kind !== 'data')
      seen.push(observation);
  });
  return {
    observe: (observation: Observation) => {
      for (const watcher of watchers) watcher(observation);
    },
    observeSecrets: verbose >= 3,
    ...(files.keylog !== undefined && { keyLog: (line: string) => files.keylog?.write(`${line}\n`) }),
  };
}

interface Files {
  readonly keylog: PrivateFile | undefined;
  readonly trace: PrivateFile | undefined;
}

function openFiles({ keylog, trace }: ConnectSettings, { out }: Terminal): Files {
  return {
    keylog: keylog === undefined ? undefined : openPrivate(keylog, 'append'),
    trace:
      trace === undefined
        ? undefined
        : trace === '-'
          ? { write: out.text, close: () => {} }
          : openPrivate(trace, 'replace'),
  };
}

interface Deadline {
  readonly signal: AbortSignal;
  cancel(): void;
}

function deadline(milliseconds: number | undefined, flag: string): Deadline {
  const controller = new AbortController();
  if (milliseconds === undefined) return { signal: controller.signal, cancel: () => {} };
  const seconds = milliseconds / 1000;
  const timer = setTimeout(() => {
    const text = { en: `time is up: ${flag} ${seconds} s`, zh: `超时：${flag} ${seconds} 秒` };
    controller.abort(new CliError(EXIT.timeout, text));
  }, milliseconds);
  return { signal: controller.signal, cancel: () => clearTimeout(timer) };
}
