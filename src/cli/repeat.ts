// --repeat N: one connection after the other, each with the newest session of those before, to see whether a server (or all of those
// behind one name) resumes. When it does not there is no error anywhere, only time lost.

import { segment } from '../inspect/lines.ts';
import { ConnectReport } from './connect_report.ts';
import { addressOf, type ConnectSettings } from './connect_settings.ts';
import { deadline } from './deadline.ts';
import { EXIT } from './exit_codes.ts';
import type { Failure } from './failure.ts';
import { Figures } from './figures.ts';
import { requestBytes } from './http.ts';
import { openConnection } from './open_connection.ts';
import { failed, isOffer, type Opening } from './opening.ts';
import { requestFor } from './request.ts';
import { type LateSink, lateSink } from './sink.ts';
import { talk } from './talk.ts';
import { paragraph, type Terminal, table } from './terminal.ts';
import { REPEAT } from './texts/repeat.ts';
import { openFiles, recorder } from './watching.ts';
import { writeOut, writeTo } from './write_out.ts';

interface Round {
  /** Milliseconds that the handshake took. */
  readonly handshake: number;
  readonly offered: boolean;
  readonly resumed: boolean;
  readonly version: string;
  readonly address: string;
  readonly exit: number;
}

export async function repeat(settings: ConnectSettings, count: number, terminal: Terminal): Promise<number> {
  const files = openFiles(settings, terminal);
  const whole = deadline(settings.maxTime, '--max-time');
  const rounds: Round[] = [];
  const sessions: Uint8Array[] = [];
  // -o is for the first answer that comes: the others are the same, or -w tells them apart.
  const body = lateSink(settings.output ?? null, terminal);
  let answered = false;
  try {
    for (let i = 0; i < count && !whole.signal.aborted; i++) {
      const report = new ConnectReport(settings, terminal);
      const opening: Opening = {
        settings,
        terminal,
        report,
        files,
        figures: new Figures(),
        seen: [],
        traced: recorder(),
        judgement: undefined,
        asked: undefined,
        chain: [],
        atProxy: undefined,
      };
      const given = sessions.at(-1);
      const sink = answered ? lateSink(null, terminal) : body;
      const round = await once(opening, { session: given, sink, whole: whole.signal }, (one) => sessions.push(one));
      answered ||= opening.figures.status !== 0;
      // A ticket of TLS 1.3 is for one connection (RFC 8446 C.4), but a server often gives several.
      if (round.version === 'TLSv1.3' && given !== undefined) sessions.splice(sessions.indexOf(given), 1);
      rounds.push(round);
    }
  } finally {
    whole.cancel();
    await body.close();
    files.keylog?.close();
    files.trace?.close();
    files.pcapng?.close();
  }
  if (settings.json) terminal.out.text(`${JSON.stringify({ format: 1, rounds }, undefined, 2)}\n`);
  else if (settings.writeOut === undefined) summarise(rounds, terminal);
  return rounds.find(({ exit }) => exit !== EXIT.ok)?.exit ?? EXIT.ok;
}

interface Given {
  readonly session: Uint8Array | undefined;
  readonly sink: LateSink;
  readonly whole: AbortSignal;
}

async function once(
  opening: Opening,
  { session, sink, whole }: Given,
  onSession: (session: Uint8Array) => unknown,
): Promise<Round> {
  const { settings, figures, seen, terminal } = opening;
  const begin = deadline(settings.connectTimeout, '--connect-timeout');
  const wanted = requestFor(settings.request, settings.url);
  const earlyData = settings.earlyData ? requestBytes(wanted) : undefined;
  let failure: Failure | undefined;
  try {
    figures.restart(settings.url.href);
    const early = AbortSignal.any([whole, begin.signal]);
    const to = addressOf(settings.url);
    const socket = await openConnection(opening, { to, resume: { session }, earlyData, onSession, whole, early });
    begin.cancel();
    await talk(opening, socket, wanted, sink, earlyData);
  } catch (error) {
    failure = failed(opening, error);
  } finally {
    begin.cancel();
    figures.total = figures.now();
  }
  if (settings.writeOut !== undefined) writeTo(terminal, writeOut(settings.writeOut, { ...opening, failure }));
  return {
    handshake: Math.round(Math.max(0, figures.appConnected - figures.connected) * 100) / 100,
    offered: seen.some(isOffer),
    resumed: figures.socket?.isSessionReused() ?? false,
    version: figures.socket?.getProtocol() ?? '',
    address: figures.remoteAddress,
    exit: failure?.exit ?? EXIT.ok,
  };
}

function summarise(rounds: readonly Round[], { out, say }: Terminal): void {
  const rows = rounds.map(({ exit, resumed, offered, handshake, version, address }, i) => {
    const outcome =
      exit !== EXIT.ok ? REPEAT.failed : resumed ? REPEAT.resumed : offered ? REPEAT.declined : REPEAT.full;
    const text = say(REPEAT.round, { outcome: say(outcome), ms: handshake.toFixed(1), version, address });
    return { label: String(i + 1), value: exit === EXIT.ok ? text : say(outcome, { exit }) };
  });
  out.lines(table(rows, out.width));
  const offered = rounds.filter((one) => one.offered && one.exit === EXIT.ok);
  const resumed = offered.filter((one) => one.resumed);
  const done = rounds.filter((one) => one.exit === EXIT.ok);
  const lines = [
    offered.length === 0
      ? say(rounds.length === 1 ? REPEAT.once : REPEAT.never)
      : say(REPEAT.rate, {
          resumed: resumed.length,
          offered: offered.length,
          percent: Math.round((100 * resumed.length) / offered.length),
        }),
    ...(done.length === 0
      ? []
      : [
          say(REPEAT.times, {
            full: median(done.filter((one) => !one.resumed)),
            resumed: median(done.filter((one) => one.resumed)),
          }),
        ]),
    ...(resumed.length === offered.length ? [] : [say(resumed.length > 0 ? REPEAT.cluster : REPEAT.none)]),
  ];
  out.lines([[], ...lines.flatMap((line) => paragraph(line, out.width).map((one) => [...one, segment('')]))]);
}

/** Of the handshakes, in milliseconds, as text. */
function median(rounds: readonly Round[]): string {
  const times = rounds.map(({ handshake }) => handshake).sort((a, b) => a - b);
  const middle = times[Math.floor(times.length / 2)];
  return middle === undefined ? '–' : `${middle.toFixed(1)} ms`;
}
