// One HTTP/1.1 exchange over a TLS connection, by node:http. What it shows on the way (> request, < answer) goes through the
// callbacks; header lines of the peer are hostile text, and whoever prints them to a terminal escapes them.

import { type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { CliError, EXIT } from './exit_codes.ts';
import type { Header, HttpRequest } from './request.ts';

export interface ExchangeEvents {
  /** Lines without line ends: the request line, then the headers. */
  sending(lines: readonly string[]): void;
  /** Status line and headers as they came, and the same taken apart. */
  answered(lines: readonly string[], head: AnswerHead): void;
  /** Takes a piece of the body; resolves when there is room for the next. */
  body(chunk: Buffer): Promise<void>;
}

export interface AnswerHead {
  readonly status: number;
  /** `1.1`, `2`. */
  readonly version: string;
  readonly headers: readonly Header[];
}

export interface Answer {
  readonly status: number;
  /** Bytes of body. */
  readonly length: number;
}

/**
 * Sends a request and reads the answer to its end. Rejects with a CliError (8, 52, 56), or with the error of the connection.
 */
export async function exchange(socket: Duplex, wanted: HttpRequest, events: ExchangeEvents): Promise<Answer> {
  const { method, url, headers, body } = wanted;
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
    sent.end(body);
    events.sending([requestLine(wanted), ...headers.map(shownHeader)]);
  });
  const head = headOf(response);
  events.answered([statusLine(response), ...head.headers.map(([name, value]) => `${name}: ${value}`)], head);
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
export function requestBytes(request: HttpRequest): Uint8Array {
  const lines = [requestLine(request), ...request.headers.map(([name, value]) => `${name}: ${value}`), '', ''];
  const head = Buffer.from(lines.join('\r\n'), 'latin1');
  return new Uint8Array(request.body === undefined ? head : Buffer.concat([head, request.body]));
}

/** A header for people: credentials are no part of it. */
export function shownHeader([name, value]: Header): string {
  return `${name}: ${/^(?:proxy-)?authorization$/i.test(name) ? '[...]' : value}`;
}

export function pathOf({ pathname, search }: URL): string {
  return `${pathname}${search}`;
}

function requestLine({ method, url }: HttpRequest): string {
  return `${method} ${pathOf(url)} HTTP/1.1`;
}

function statusLine({ httpVersion, statusCode, statusMessage }: IncomingMessage): string {
  return `HTTP/${httpVersion} ${statusCode} ${statusMessage}`.trimEnd();
}

function headOf({ httpVersion, statusCode = 0, rawHeaders }: IncomingMessage): AnswerHead {
  const headers: Header[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.push([rawHeaders[i] ?? '', rawHeaders[i + 1] ?? '']);
  return { status: statusCode, version: httpVersion, headers };
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
