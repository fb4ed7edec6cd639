// `glasstls https://host/path`: TCP, handshake, one HTTP/1.1 request. The body goes to standard output, everything else to
// standard error; the exit code is curl's.

import { performance } from 'node:perf_hooks';
import type { Observation, Observer } from '../engine/observe.ts';
import { traceWriter } from '../inspect/trace.ts';
import type { EngineSocket as TLSSocket } from '../node/engine_socket.ts';
import type { Judgement } from '../x509/verify.ts';
import type { Arguments } from './arguments.ts';
import { CaptureFile, type RecordedSocket } from './capture_file.ts';
import { ConnectReport } from './connect_report.ts';
import { type ConnectSettings, connectSettings } from './connect_settings.ts';
import { dial } from './dial.ts';
import { CliError, EXIT, type ExitCode } from './exit_codes.ts';
import { explainFailure } from './failure.ts';
import { type Exchange, exchange, requestBytes } from './http.ts';
import { narrator } from './narrator.ts';
import { openTls } from './open_tls.ts';
import { openPrivate, type PrivateFile } from './private_file.ts';
import { RequestSent } from './request_sent.ts';
import { emptySessionFile, readSessionFile, type SessionFile, writeSessionFile } from './session_file.ts';
import { openSink, type Sink } from './sink.ts';
import type { Terminal } from './terminal.ts';
import { packageVersion } from './version.ts';

export async function connect(args: Arguments, terminal: Terminal): Promise<number> {
  const settings = await connectSettings(args, process.env);
  const files = openFiles(settings, terminal);
  const report = new ConnectReport(settings, terminal);
  const seen: Observation[] = [];
  const found = settings.session === undefined ? undefined : readSessionFile(settings.session);
  const attempt: Attempt = { settings, terminal, report, files, seen, found, newest: undefined, judgement: undefined };
  try {
    try {
      await run(attempt);
    } finally {
      keepSession(attempt);
    }
    return EXIT.ok;
  } catch (error) {
    return failed(attempt, error);
  } finally {
    files.keylog?.close();
    files.trace?.close();
    files.pcapng?.close();
  }
}

interface Attempt {
  readonly settings: ConnectSettings;
  readonly terminal: Terminal;
  readonly report: ConnectReport;
  readonly files: Files;
  readonly seen: Observation[];
  /** What --session found; undefined without it. */
  readonly found: SessionFile | undefined;
  /** The last session that came. */
  newest: Uint8Array | undefined;
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
    const recorded = attempt.files.pcapng?.record(transport, 'client');
    const { found } = attempt;
    report.session(found);
    const earlyData = settings.earlyData ? requestBytes(requestOf(settings)) : undefined;
    if (earlyData !== undefined) report.earlyData(found, earlyData.length);
    const socket = openTls({
      transport,
      host,
      secure: {
        rejectUnauthorized: !settings.insecure,
        policy: settings.policy,
        ...(settings.trusted.ca !== undefined && { ca: settings.trusted.ca }),
        ...settings.tls,
        ...(settings.identity !== undefined && { cert: settings.identity.cert, key: settings.identity.key }),
        ...watching(attempt, recorded),
      },
      fetch: settings.aia ? { signal: early, tell: (text) => report.fetching(text) } : undefined,
      resume:
        found === undefined || found.kind === 'foreign'
          ? undefined
          : { session: found.kind === 'session' ? found.bytes : undefined },
      earlyData,
      psk: settings.psk,
    });
    socket.on('session', (session: Buffer) => {
      attempt.newest = session;
    });
    socket.once('earlyData', (accepted: boolean) => report.earlyDataOutcome(accepted));
    whole.signal.addEventListener('abort', () => socket.destroy(whole.signal.reason as Error));
    await handshake(attempt, socket, early);
    begin.cancel();
    await talk(attempt, socket, earlyData);
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
    attempt.report.certificate(socket.judgement, socket.isSessionReused());
  }
  attempt.report.sharedKey(socket.agreement?.psk ?? false);
  attempt.report.skipped(socket.judgement);
}

/** The HTTP exchange. What the connection itself dies of is told in place of what node:http makes of it. */
async function talk(attempt: Attempt, socket: TLSSocket, earlyData: Uint8Array | undefined): Promise<void> {
  const { settings, report, terminal } = attempt;
  let broken: Error | undefined;
  socket.on('error', (error) => {
    broken ??= error;
  });
  let sink: Sink | undefined;
  try {
    checkProtocol(socket);
    const out = openSink(settings.output, terminal);
    sink = out;
    const stream = earlyData === undefined ? socket : new RequestSent(socket, earlyData);
    await exchange(stream, requestOf(settings), {
      sending: (lines) => report.sending(lines),
      answered: (lines) => {
        report.answered(lines);
        if (settings.include) out.head(lines);
      },
      body: (chunk) => out.write(chunk),
    });
    report.closing();
  } catch (error) {
    throw error instanceof CliError && error.exit !== EXIT.receive && error.exit !== EXIT.empty
      ? error
      : (broken ?? error);
  } finally {
    await sink?.close();
    socket.destroy();
  }
}

function requestOf({ head, url }: ConnectSettings): Exchange {
  return { method: head ? 'HEAD' : 'GET', url, userAgent: `glasstls/${packageVersion()}` };
}

/** At the very end: a server may bring sessions at any time after the handshake. @throws CliError with exit code 23 */
function keepSession({ settings, report, found, newest, seen }: Attempt): void {
  const { session: file } = settings;
  if (file === undefined || found === undefined || found.kind === 'foreign') return;
  if (newest !== undefined) return report.sessionKept(writeSessionFile(file, newest));
  // RFC 8446 C.4: "Clients SHOULD NOT reuse a ticket for multiple connections": who listens could tell that they are of one client.
  const spent = found.kind === 'session' && found.session.version === 0x0304 && seen.some(isOffer);
  if (spent) emptySessionFile(file);
  report.sessionKept(undefined, spent);
}

function isOffer(seen: Observation): boolean {
  return seen.kind === 'decision' && seen.about === 'resumption' && seen.chosen === 'offered';
}

function checkProtocol(socket: TLSSocket): void {
  const { alpnProtocol } = socket;
  if (alpnProtocol === false || alpnProtocol === 'http/1.1' || alpnProtocol === 'http/1.0') return;
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
  const failure = explainFailure(
    { error, role: 'client', seen, judgement, aia: settings.aia, psk: settings.psk !== undefined },
    terminal.lang,
  );
  if (!settings.silent) report.failure(failure);
  return failure.exit;
}

/** Who watches the connection: the failure report always, the narrator and the trace when asked for. */
function watching({ settings, terminal, report, files, seen }: Attempt, recorded: RecordedSocket | undefined) {
  const { verbose, silent, tls } = settings;
  const watchers: Observer[] = [];
  if (verbose > 0 && !silent) {
    const alpnOffered = (tls.ALPNProtocols ?? []).length > 0;
    watchers.push(narrator({ level: verbose, screen: terminal.err, lang: terminal.lang, alpnOffered }));
    watchers.push((observation) => report.resumption(observation));
    watchers.push((observation) => report.clientCertificate(observation));
    if (settings.earlyData) watchers.push((observation) => report.earlyDataSent(observation));
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
    ...((files.keylog !== undefined || recorded !== undefined) && {
      keyLog: (line: string) => {
        files.keylog?.write(`${line}\n`);
        recorded?.keyLog(line);
      },
    }),
  };
}

interface Files {
  readonly keylog: PrivateFile | undefined;
  readonly trace: PrivateFile | undefined;
  readonly pcapng: CaptureFile | undefined;
}

function openFiles({ keylog, trace, pcapng }: ConnectSettings, { out }: Terminal): Files {
  return {
    keylog: keylog === undefined ? undefined : openPrivate(keylog, 'append'),
    trace:
      trace === undefined
        ? undefined
        : trace === '-'
          ? { write: (text) => out.text(String(text)), close: () => {} }
          : openPrivate(trace, 'replace'),
    pcapng: pcapng === undefined ? undefined : new CaptureFile(pcapng),
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
