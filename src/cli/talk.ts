// What is said over a connection whose handshake is done: HTTP/1.1 or HTTP/2, as ALPN has it, or raw bytes.

import type { EngineSocket } from '../node/engine_socket.ts';
import { protocolsOf } from '../node/protocol_options.ts';
import { type AnswerEnd, answerEnd } from './answer_end.ts';
import { CliError, EXIT } from './exit_codes.ts';
import { type Answer, type AnswerHead, type ExchangeEvents, exchange, requestBytes } from './http.ts';
import type { Opening } from './opening.ts';
import { pump } from './raw.ts';
import type { HttpRequest } from './request.ts';
import { RequestSent } from './request_sent.ts';
import type { LateSink } from './sink.ts';
import { safe } from './terminal.ts';
import { filled } from './text.ts';
import { REQUEST } from './texts/request.ts';

type Talking = Pick<Opening, 'settings' | 'report' | 'figures'>;

/**
 * The HTTP exchange. What the connection itself dies of is told in place of what node:http makes of it. Resolves with the address to
 * go on to, when the answer names one that is to be followed.
 */
export async function talk(
  { settings, report, figures }: Talking,
  socket: EngineSocket,
  request: HttpRequest,
  late: LateSink,
  earlyData?: Uint8Array,
): Promise<string | undefined> {
  let broken: Error | undefined;
  socket.on('error', (error) => {
    broken ??= error;
  });
  let location: string | undefined;
  let shown = true;
  let end: AnswerEnd = 'close';
  try {
    const run = await protocolOf(socket);
    if (socket.alpnProtocol === false) remarkOnSilence(settings, report);
    const sink = late.open();
    figures.method = request.method;
    figures.preTransfer = figures.now();
    figures.requestBytes += requestBytes({ ...request, body: undefined }).length;
    figures.uploaded = request.body?.length ?? 0;
    const stream = earlyData === undefined ? socket : new RequestSent(socket, earlyData);
    await run(stream as EngineSocket, request, {
      sending: (lines) => report.sending(lines),
      answered: (lines, head) => {
        noteHead(figures, lines, head);
        report.answered(lines);
        location = locationOf(head);
        end = answerEnd(request.method, head);
        shown = !(settings.redirects !== undefined && location !== undefined) && !(settings.fail && head.status >= 400);
        if (settings.include) sink.head(lines);
      },
      body: async (chunk) => {
        figures.downloaded += chunk.length;
        if (shown) await sink.write(chunk);
      },
    });
    if (location !== undefined && URL.canParse(location, request.url.href)) {
      figures.redirectUrl = new URL(location, request.url).href;
    }
    // node:http takes the end of a connection that died for the end of the answer.
    if (broken !== undefined && end === 'close' && socket.alpnProtocol !== 'h2') throw broken;
    report.closing();
    if (settings.fail && figures.status >= 400) {
      throw new CliError(EXIT.status, filled(REQUEST.status, { status: figures.status }));
    }
    return settings.redirects === undefined ? undefined : location;
  } catch (error) {
    throw error instanceof CliError && error.exit !== EXIT.receive && error.exit !== EXIT.empty
      ? error
      : (broken ?? error);
  } finally {
    socket.destroy();
  }
}

/** Standard input and output are the connection's. */
export async function talkRaw({ report, figures }: Talking, socket: EngineSocket, late: LateSink): Promise<undefined> {
  let broken: Error | undefined;
  socket.on('error', (error) => {
    broken ??= error;
  });
  try {
    figures.preTransfer = figures.now();
    const { up, down } = await pump(socket, process.stdin, late.open());
    figures.uploaded = up;
    figures.downloaded = down;
    if (broken !== undefined) throw broken;
    report.closing();
  } catch (error) {
    throw error instanceof CliError ? error : (broken ?? error);
  } finally {
    socket.destroy();
  }
}

/** RFC 7301 3.2: a server that knows none of the protocols may say nothing at all, and HTTP/1.1 is what is spoken without ALPN. */
function remarkOnSilence({ tls }: Talking['settings'], report: Talking['report']): void {
  const offered = protocolsOf(tls.ALPNProtocols ?? []);
  if (offered.length === 0 || offered.some((one) => one.startsWith('http/1.'))) return;
  report.remark(REQUEST.noAlpn, { list: offered.map((one) => safe(JSON.stringify(one))).join(', ') });
}

function noteHead(figures: Talking['figures'], lines: readonly string[], head: AnswerHead): void {
  figures.startTransfer = figures.now();
  figures.status = head.status;
  figures.httpVersion = head.version;
  figures.headers = head.headers;
  figures.headerBytes += lines.reduce((sum, line) => sum + line.length + 2, 2);
}

/** RFC 9110 15.4: the answers that send elsewhere. */
function locationOf({ status, headers }: AnswerHead): string | undefined {
  if (![301, 302, 303, 307, 308].includes(status)) return undefined;
  const value = headers.find(([name]) => name.toLowerCase() === 'location')?.[1];
  // Addresses beyond ASCII come as bytes of UTF-8, which node:http read as Latin-1.
  return value === undefined ? undefined : Buffer.from(value, 'latin1').toString('utf8');
}

type Exchange = (socket: EngineSocket, request: HttpRequest, events: ExchangeEvents) => Promise<Answer>;

async function protocolOf({ alpnProtocol }: EngineSocket): Promise<Exchange> {
  if (alpnProtocol === 'h2') return (await import('./http2.ts')).exchange2;
  if (alpnProtocol === false || alpnProtocol === 'http/1.1' || alpnProtocol === 'http/1.0') return exchange;
  const shown = JSON.stringify(alpnProtocol);
  throw new CliError(
    EXIT.protocol,
    {
      en: `the server chose ${shown} by ALPN, and only HTTP is spoken here; no request was sent`,
      zh: `服务器通过 ALPN 选择了 ${shown}，而本命令只支持 HTTP，因此没有发送请求`,
    },
    {
      en: 'The handshake itself was completed. --raw speaks any protocol.',
      zh: '握手本身已经完成。--raw 可用于任何协议。',
    },
  );
}
