// glasstls decode: a capture on standard output, connection by connection, as they end. What is missing is said where it is missing;
// what is wrong with the file is said at the end, on standard error.

import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';
import type { CapturedConnection } from '../capture/connection.ts';
import { type CaptureSummary, decodeCapture } from '../capture/decode.ts';
import { missingIn, missingInFile } from '../capture/missing.ts';
import { messagesOf } from '../capture/numbered.ts';
import { readCapture } from '../capture/open_file.ts';
import { isPcapng } from '../capture/pcapng.ts';
import { renderContent } from '../capture/render_content.ts';
import { renderWireshark } from '../capture/render_wireshark.ts';
import { contextOf, reportOf } from '../capture/report.ts';
import { type Verdict, verdictsOf } from '../capture/verdicts.ts';
import { annotateMessage } from '../inspect/annotate.ts';
import { type Line, segment } from '../inspect/lines.ts';
import { renderCurl } from '../inspect/render_curl.ts';
import { renderFields } from '../inspect/render_fields.ts';
import { renderLadder } from '../inspect/render_ladder.ts';
import { timelineOf } from '../inspect/timeline.ts';
import { certificateCompression } from '../node/compression.ts';
import { nodeProvider } from '../providers/node.ts';
import type { Arguments } from './arguments.ts';
import { checkLines } from './decode_checks.ts';
import { cannotRead, type DecodeSettings, decodeSettings } from './decode_settings.ts';
import { CliError, EXIT, type ExitCode } from './exit_codes.ts';
import { Progress } from './progress.ts';
import { readersIn } from './readers.ts';
import { paragraph, safe, type Terminal } from './terminal.ts';
import { filled, type Text } from './text.ts';
import { DECODE } from './texts/decode.ts';

/** @throws CliError */
export async function decode(args: Arguments, terminal: Terminal): Promise<ExitCode> {
  const settings = decodeSettings(args, process.env);
  const progress = new Progress(terminal);
  const shown = new Shown(settings, terminal);
  try {
    await collectSecrets(settings, progress);
    const { keyLog, rsaKeys, psks } = settings;
    const contentLength = contentLengthFor(settings);
    const options = {
      provider: nodeProvider,
      keyLog,
      rsaKeys,
      psks,
      contentLength,
      decompressors: certificateCompression,
    };
    for await (const decoded of decodeCapture(read(settings.file, progress, DECODE.progress), options)) {
      progress.clear();
      if (decoded.kind === 'connection') shown.connection(decoded.connection);
      else return shown.end(decoded.summary);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw cannotRead(settings.file, error);
    throw error;
  }
  return EXIT.ok;
}

/** How much of application data is shown. */
function contentLengthFor({ format, message, hex }: DecodeSettings): number {
  if (message !== undefined) return 1024;
  return format === 'fields' || hex ? 256 : 0;
}

/** Secrets may stand behind the packets that need them: a file is looked through for them before it is read. */
async function collectSecrets({ file, keyLog }: DecodeSettings, progress: Progress): Promise<void> {
  if (file === '-' || !statSync(file).isFile() || !hasBlocks(file)) return;
  for await (const item of readCapture(read(file, progress, DECODE.progressSecrets))) {
    if (item.kind === 'secrets') keyLog.add(item.text);
  }
}

/** Only pcapng has secrets in it. */
function hasBlocks(file: string): boolean {
  const descriptor = openSync(file, 'r');
  const head = new Uint8Array(4);
  readSync(descriptor, head);
  closeSync(descriptor);
  return isPcapng(head);
}

function read(file: string, progress: Progress, text: Text): AsyncIterable<Uint8Array> {
  const chunks = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 2 ** 20 });
  const length = file === '-' ? undefined : statSync(file).size;
  return progress.over(chunks, length, { of: text, open: DECODE.progressOpen });
}

class Shown {
  private readonly settings: DecodeSettings;
  private readonly terminal: Terminal;
  private count = 0;
  private found = false;
  private exit: ExitCode = EXIT.ok;

  constructor(settings: DecodeSettings, terminal: Terminal) {
    this.settings = settings;
    this.terminal = terminal;
  }

  connection(connection: CapturedConnection): void {
    const { connections, serverName } = this.settings;
    if (connections.length > 0 && !connections.includes(connection.number)) return;
    if (serverName !== undefined && connection.serverName !== serverName) return;
    const isFirst = this.count++ === 0;
    const { format, message, shows, hex } = this.settings;
    const { out } = this.terminal;
    const verdicts = verdictsOf(connection, this.settings.chain);
    this.judge(verdicts);
    if (message !== undefined) return this.message(connection, message);
    if (format === 'json') {
      return out.text(`${JSON.stringify(reportOf(connection, { shows, hex, fields: hex, verdicts }))}\n`);
    }
    out.lines([
      ...(isFirst ? [] : [[]]),
      ...this.body(connection),
      ...checkLines(verdicts, this.terminal),
      ...this.missing(connection),
    ]);
  }

  /** @throws CliError when there was nothing to show */
  end(summary: CaptureSummary): ExitCode {
    const { lang, err, say } = this.terminal;
    for (const text of missingInFile(summary, lang)) {
      err.lines(paragraph(`glasstls: ${say(DECODE.file, { text })}`, err.width, 0, 'warning'));
    }
    const { connections, packets, otherConnections: others } = summary;
    if (summary.remarks.some(({ fault }) => fault === 'not_a_capture')) return EXIT.read;
    if (connections === 0) return this.nothing(say(DECODE.noTls, { packets, others }));
    if (this.count === 0) return this.nothing(say(DECODE.nothingFits, { connections }));
    const { message = 0, connections: asked } = this.settings;
    if (message > 0 && !this.found) {
      throw new CliError(EXIT.usage, filled(DECODE.noMessage, { connection: asked[0] ?? 1, message }));
    }
    return this.exit;
  }

  /** What is proved wrong ends in an exit code; what stands on a chain only when it was said whom to trust. */
  private judge(verdicts: readonly Verdict[]): void {
    for (const { name, outcome } of verdicts) {
      if (outcome !== 'wrong') continue;
      if (!/_(?:chain|ocsp|sct)$/.test(name)) this.exit = EXIT.handshake;
      else if (this.settings.cacert !== undefined && this.exit === EXIT.ok) this.exit = EXIT.peerCertificate;
    }
  }

  private nothing(text: string): ExitCode {
    const { err } = this.terminal;
    err.lines(paragraph(`glasstls: ${text}`, err.width));
    return EXIT.ok;
  }

  private body(connection: CapturedConnection): readonly Line[] {
    const { format, shows } = this.settings;
    const { lang, out } = this.terminal;
    const head = renderWireshark(connection, { width: out.width, shows });
    switch (format) {
      case 'ladder': {
        const readers = readersIn(lang);
        return [
          ...head.slice(0, 1),
          ...renderLadder(timelineOf(connection.trace), { lang, width: out.width, readers }),
        ];
      }
      case 'curl':
        return [...head.slice(0, 1), ...renderCurl(timelineOf(connection.trace))];
      case 'fields':
        return [...head.slice(0, 1), ...this.fields(connection, shows)];
      default:
        return head;
    }
  }

  private fields(connection: CapturedConnection, shows: DecodeSettings['shows']): readonly Line[] {
    const { lang, out } = this.terminal;
    const context = { ...contextOf(connection), readers: readersIn(lang) };
    return messagesOf(connection)
      .filter(shows)
      .flatMap((message): readonly Line[] => {
        const { raw, content, contentType, number, title, frame, from, length } = message;
        const label = `${number}  ${frame}  ${from === 'client' ? '→' : '←'}  ${safe(title)}`;
        const { hex } = this.settings;
        if (content !== undefined) {
          const size = `  ${this.terminal.say(DECODE.bytes, { count: length })}`;
          return [
            [segment(label, 'heading'), segment(size, 'dim')],
            ...renderContent(content, { width: out.width, hex }),
          ];
        }
        if (raw === undefined) return [[segment(label, 'dim')]];
        const annotated = annotateMessage(raw, { ...context, contentType });
        const lines = renderFields(annotated, { lang, width: out.width, meanings: false, hex });
        return [[segment(label, 'heading')], ...lines.slice(1)];
      });
  }

  private message(connection: CapturedConnection, wanted: number): void {
    const found = messagesOf(connection).find(({ number }) => number === wanted);
    if (found === undefined) return;
    this.found = true;
    const { lang, out, say } = this.terminal;
    const { raw, content, contentType, title, number, length } = found;
    const { hex } = this.settings;
    if (content !== undefined) {
      const shown = content.length < length ? say(DECODE.firstBytes, { count: length, shown: content.length }) : '';
      const size = `  ${shown || say(DECODE.bytes, { count: length })}`;
      const lines = renderContent(content, { width: out.width, hex, maxLines: Number.POSITIVE_INFINITY });
      return out.lines([[segment(safe(title), 'title'), segment(size, 'dim')], ...lines]);
    }
    if (raw === undefined) {
      return out.lines(paragraph(say(DECODE.notOpened, { message: number, title: safe(title) }), out.width));
    }
    const annotated = annotateMessage(raw, { ...contextOf(connection), contentType, readers: readersIn(lang) });
    out.lines(renderFields(annotated, { lang, width: out.width, hex, foldAfter: 0 }));
  }

  private missing(connection: CapturedConnection): readonly Line[] {
    const { lang, out, say } = this.terminal;
    return missingIn(connection, lang).flatMap((text) =>
      paragraph(safe(say(DECODE.missing, { text })), out.width, 2, 'warning'),
    );
  }
}
