// Who watches a connection of connect: the report on a failure always, the narrator and the trace when they were asked for, and the
// log of keys. The files they write to are open for the whole command.

import { performance } from 'node:perf_hooks';
import type { Observation, Observer } from '../engine/observe.ts';
import { traceRecorder, traceWriter } from '../inspect/trace.ts';
import type { SecureOptions } from '../node/options.ts';
import { CaptureFile, type RecordedSocket } from './capture_file.ts';
import type { ConnectForm } from './choices.ts';
import type { ConnectReport } from './connect_report.ts';
import type { ConnectSettings } from './connect_settings.ts';
import { narrator } from './narrator.ts';
import { openPrivate, type PrivateFile } from './private_file.ts';
import { type Endpoint, endpointText } from './proxy_address.ts';
import type { Terminal } from './terminal.ts';

export interface Files {
  readonly keylog: PrivateFile | undefined;
  readonly trace: PrivateFile | undefined;
  readonly pcapng: CaptureFile | undefined;
}

/** @throws CliError with exit code 23 */
export function openFiles({ keylog, trace, pcapng }: ConnectSettings, { out }: Terminal): Files {
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

export interface Watched {
  readonly settings: ConnectSettings;
  readonly terminal: Terminal;
  readonly report: ConnectReport;
  readonly files: Files;
  /** Takes all that a report on a failure is made of. */
  readonly seen: Observation[];
  /** Takes the trace that --format draws; kept only then. */
  readonly traced: Recorder;
}

export type Recorder = ReturnType<typeof traceRecorder>;

/** For the connection of one settings; `note` is of no matter, since nobody reads it. */
export function recorder(): Recorder {
  return traceRecorder({ side: 'client', now: () => performance.timeOrigin + performance.now() });
}

/** Whether it is told while it happens. */
export function isNarrated(format: ConnectForm | undefined): boolean {
  return format === undefined || format === 'curl';
}

/** The options with which a connection to `to` is watched; `tap` keeps its bytes for --pcapng. */
export function watching(
  { settings, terminal, report, files, seen, traced }: Watched,
  to: Endpoint,
  tap?: RecordedSocket,
): Pick<SecureOptions, 'observe' | 'observeSecrets' | 'keyLog'> {
  const { verbose, silent, tls } = settings;
  const watchers: Observer[] = [];
  if (verbose > 0 && !silent && isNarrated(settings.format)) {
    const alpnOffered = (tls.ALPNProtocols ?? []).length > 0;
    watchers.push(narrator({ level: verbose, screen: terminal.err, lang: terminal.lang, alpnOffered }));
    watchers.push((observation) => report.resumption(observation));
    watchers.push((observation) => report.clientCertificate(observation));
    if (settings.earlyData) watchers.push((observation) => report.earlyDataSent(observation));
  }
  if (files.trace !== undefined) {
    const { trace } = files;
    const write = traceWriter({
      side: 'client',
      now: () => performance.timeOrigin + performance.now(),
      write: trace.write,
      note: endpointText(to),
    });
    // A trace is passed on: the secrets that -vvvv shows stay out of it.
    watchers.push((observation) => {
      if (observation.kind !== 'secret') write(observation);
    });
  }
  if (!isNarrated(settings.format)) watchers.push(traced.observe);
  watchers.push((observation) => {
    if (observation.kind !== 'secret' && observation.kind !== 'record' && observation.kind !== 'data')
      seen.push(observation);
  });
  return {
    observe: (observation: Observation) => {
      for (const watcher of watchers) watcher(observation);
    },
    observeSecrets: verbose >= 4 && isNarrated(settings.format),
    ...((files.keylog !== undefined || tap !== undefined) && {
      keyLog: (line: string) => {
        files.keylog?.write(`${line}\n`);
        tap?.keyLog(line);
      },
    }),
  };
}
