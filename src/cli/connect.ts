// `glasstls https://host/path`: TCP, handshake, one request and those that redirects make of it. The body goes to standard output,
// everything else to standard error; the exit code is curl's.

import type { Arguments } from './arguments.ts';
import { ConnectReport } from './connect_report.ts';
import { addressOf, connectSettings } from './connect_settings.ts';
import { deadline } from './deadline.ts';
import { CliError, EXIT } from './exit_codes.ts';
import type { Failure } from './failure.ts';
import { Figures } from './figures.ts';
import { requestBytes } from './http.ts';
import { openConnection } from './open_connection.ts';
import { failed, forget, isOffer, type Opening } from './opening.ts';
import { type RequestSettings, redirected, requestFor } from './request.ts';
import { emptySessionFile, readSessionFile, type SessionFile, writeSessionFile } from './session_file.ts';
import { chainPem } from './show_certs.ts';
import { type LateSink, lateSink } from './sink.ts';
import { talk, talkRaw } from './talk.ts';
import { safe, type Terminal } from './terminal.ts';
import { filled } from './text.ts';
import { REQUEST } from './texts/request.ts';
import { isNarrated, openFiles, recorder } from './watching.ts';

export async function connect(args: Arguments, terminal: Terminal): Promise<number> {
  const settings = await connectSettings(args, process.env);
  if (settings.repeat !== undefined) return (await import('./repeat.ts')).repeat(settings, settings.repeat, terminal);
  const attempt: Attempt = {
    settings,
    terminal,
    report: new ConnectReport(settings, terminal),
    files: openFiles(settings, terminal),
    figures: new Figures(),
    seen: [],
    traced: recorder(),
    found: settings.session === undefined ? undefined : readSessionFile(settings.session),
    newest: undefined,
    judgement: undefined,
    asked: undefined,
    chain: [],
    atProxy: undefined,
  };
  let failure: Failure | undefined;
  try {
    try {
      await follow(attempt);
    } finally {
      attempt.figures.total = attempt.figures.now();
      keepSession(attempt);
    }
  } catch (error) {
    failure = failed(attempt, error);
  } finally {
    attempt.files.keylog?.close();
    attempt.files.trace?.close();
    attempt.files.pcapng?.close();
  }
  await conclude(attempt, failure);
  return failure?.exit ?? EXIT.ok;
}

interface Attempt extends Opening {
  /** What --session found; undefined without it. */
  readonly found: SessionFile | undefined;
  /** The last session that came. */
  newest: Uint8Array | undefined;
}

/** The request, and those that redirects make of it. */
async function follow(attempt: Attempt): Promise<void> {
  const { settings, figures, report, terminal } = attempt;
  const whole = deadline(settings.maxTime, '--max-time');
  // With --json standard output is not the body's.
  const sink = lateSink(settings.output ?? (settings.json || settings.format === 'json' ? null : '-'), terminal);
  try {
    let { url, request } = settings;
    for (;;) {
      const next = await visit(attempt, { url, request, sink }, whole.signal);
      if (next === undefined) return;
      figures.redirects++;
      report.remark(REQUEST.following, { number: figures.redirects, url: safe(next.url.href) });
      ({ url, request } = next);
      forget(attempt);
    }
  } finally {
    whole.cancel();
    await sink.close();
  }
}

interface Visit {
  readonly url: URL;
  readonly request: RequestSettings;
}

/** One connection and what is said over it; where to go on, if the server sends elsewhere and that is to be followed. */
async function visit(
  attempt: Attempt,
  { url, request, sink }: Visit & { readonly sink: LateSink },
  whole: AbortSignal,
): Promise<Visit | undefined> {
  const { settings, report, figures, found } = attempt;
  figures.restart(url.href);
  const begin = deadline(settings.connectTimeout, '--connect-timeout');
  try {
    const to = addressOf(url);
    // The file of sessions is about the address that was typed.
    const own = url.host === settings.url.host ? found : undefined;
    report.session(own);
    const wanted = requestFor(request, url);
    const earlyData = settings.earlyData ? requestBytes(wanted) : undefined;
    if (earlyData !== undefined) report.earlyData(own, earlyData.length);
    const socket = await openConnection(attempt, {
      to,
      resume:
        own === undefined || own.kind === 'foreign'
          ? undefined
          : { session: own.kind === 'session' ? own.bytes : undefined },
      earlyData,
      onSession: (session) => {
        if (own !== undefined) attempt.newest = session;
      },
      whole,
      early: AbortSignal.any([whole, begin.signal]),
    });
    begin.cancel();
    if (settings.showCerts) return void socket.destroy();
    if (settings.raw) return await talkRaw(attempt, socket, sink);
    const location = await talk(attempt, socket, wanted, sink, earlyData);
    return location === undefined ? undefined : nextVisit(attempt, { url, request }, location);
  } finally {
    begin.cancel();
  }
}

/** @throws CliError 1 or 47 */
function nextVisit({ settings, figures }: Attempt, { url, request }: Visit, location: string): Visit {
  const shown = safe(JSON.stringify(location));
  if (!URL.canParse(location, url.href)) {
    throw new CliError(EXIT.reply, filled(REQUEST.badLocation, { location: shown }));
  }
  const next = new URL(location, url);
  if (next.protocol !== 'https:') throw new CliError(EXIT.protocol, filled(REQUEST.leavesTls, { location: shown }));
  const most = settings.redirects ?? 0;
  if (figures.redirects >= most) throw new CliError(EXIT.redirects, filled(REQUEST.tooMany, { count: most }));
  // What an address had in it for its own host stays behind.
  if (next.hash === '') next.hash = url.hash;
  return { url: next, request: redirected(request, figures.status, url, next) };
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

/** --showcerts, --json, -w: what is written when all is done, well or not. */
async function conclude(attempt: Attempt, failure: Failure | undefined): Promise<void> {
  const { settings, terminal, chain } = attempt;
  const told = { ...attempt, failure };
  if (settings.showCerts) terminal.out.text(chainPem(chain));
  if (settings.format !== undefined && !isNarrated(settings.format)) {
    const { drawConnection } = await import('./draw.ts');
    drawConnection(settings.format, attempt);
  }
  if (settings.json) {
    const { connectionJson } = await import('./connection_json.ts');
    terminal.out.text(`${JSON.stringify(connectionJson(told), undefined, 2)}\n`);
  }
  if (settings.writeOut !== undefined) {
    const { writeOut, writeTo } = await import('./write_out.ts');
    writeTo(terminal, writeOut(settings.writeOut, told));
  }
}
