// One HTTP/1.1 exchange over a TLS connection, by node:http. What it shows on the way (> request, < answer) goes through the
// callbacks; header lines of the peer are hostile text, and whoever prints them to a terminal escapes them.

import { type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { CliError, EXIT } from './exit_codes.ts';

export interface Exchange {
  readonly method: 'GET' | 'HEAD';
  readonly url: URL;
  readonly userAgent: string;
}

export interface ExchangeEvents {
  /** Lines without line ends: the request line, then the headers. */
  sending(lines: readonly string[]): void;
  /** Status line and headers as they came. */
  answered(lines: readonly string[]): void;
  /** Takes a piece of the body; resolves when there is room for the next. */
  body(chunk: Buffer): Promise<void>;
}

export interface Answer {
  readonly status: number;
  /** Bytes of body. */
  readonly length: number;
}

/**
 * Sends a request and reads the answer to its end. Rejects with a CliError (8, 52, 56), or with the error of the connection.
 */
export async function exchange(
  socket: Duplex,
  { method, url, userAgent }: Exchange,
  events: ExchangeEvents,
): Promise<Answer> {
  const headers = headersOf({ method, url, userAgent });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request({
      // node:http wants a net.Socket; any Duplex with the few methods that it calls will do.
      createConnection: () => socket as never,
      method,
      path: pathOf(url),
      host: url.hostname,
      headers: headers.flat() as never,
      setHost: false,
    });
    sent.once('response', resolve);
    sent.once('error', (error) => reject(answerFault(error)));
    sent.end();
    const shown = headers.map(([name, value]) => `${name}: ${name === 'Authorization' ? '[...]' : value}`);
    events.sending([requestLine({ method, url }), ...shown]);
  });
  events.answered(headLines(response));
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      await events.body(chunk);
    }
  } catch (error) {
    throw bodyFault(error as NodeJS.ErrnoException, length);
  }
  return { status: response.statusCode ?? 0, length };
}

/** What {@link exchange} sends, for who has to send it before. */
export function requestBytes(request: Exchange): Uint8Array {
  const lines = [requestLine(request), ...headersOf(request).map(([name, value]) => `${name}: ${value}`), '', ''];
  return new Uint8Array(Buffer.from(lines.join('\r\n'), 'latin1'));
}

function requestLine({ method, url }: Pick<Exchange, 'method' | 'url'>): string {
  return `${method} ${pathOf(url)} HTTP/1.1`;
}

function pathOf({ pathname, search }: URL): string {
  return `${pathname}${search}`;
}

function headersOf({ url, userAgent }: Exchange): readonly [name: string, value: string][] {
  return [
    ['Host', url.host],
    ...(url.username === '' ? [] : [['Authorization', basic(url)] satisfies [string, string]]),
    ['User-Agent', userAgent],
    ['Accept', '*/*'],
    ['Connection', 'close'],
  ];
}

function headLines({ httpVersion, statusCode, statusMessage, rawHeaders }: IncomingMessage): string[] {
  const lines = [`HTTP/${httpVersion} ${statusCode} ${statusMessage}`.trimEnd()];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  return lines;
}

function basic({ username, password }: URL): string {
  return `Basic ${Buffer.from(`${unescaped(username)}:${unescaped(password)}`, 'utf8').toString('base64')}`;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What node:http says when no answer comes; errors of TLS pass as they are. */
function answerFault(error: NodeJS.ErrnoException): Error {
  if (error.code?.startsWith('HPE_')) {
    return new CliError(
      EXIT.reply,
      { en: `the answer is not HTTP/1.1 (${error.code})`, zh: `服务器的应答不是 HTTP/1.1（${error.code}）` },
      {
        en: 'The handshake went well; something else than HTTP is spoken behind it.',
        zh: '握手没有问题，但其后使用的不是 HTTP。',
      },
    );
  }
  if (error.code === 'ECONNRESET' && error.message === 'socket hang up') {
    return new CliError(EXIT.empty, {
      en: 'the server closed the connection without an answer',
      zh: '服务器没有应答就关闭了连接',
    });
  }
  return error;
}

function bodyFault(error: NodeJS.ErrnoException, length: number): Error {
  if (error.name === 'TlsError' || error instanceof CliError) return error;
  if (error.code !== 'ECONNRESET' && !error.code?.startsWith('HPE_')) return error;
  return new CliError(EXIT.receive, {
    en: `the answer was cut off after ${length} bytes of body (${error.code})`,
    zh: `应答在收到 ${length} 字节正文后中断（${error.code}）`,
  });
}
