// One HTTP/2 exchange over a TLS connection, by node:http2 (RFC 9113). Names of headers are small letters there, the Host header is
// `:authority`, and headers of the connection do not exist (8.2.2).

import { connect, constants, type IncomingHttpHeaders } from 'node:http2';
import type { EngineSocket } from '../node/engine_socket.ts';
import { CliError, EXIT } from './exit_codes.ts';
import { type Answer, type ExchangeEvents, pathOf, shownHeader } from './http.ts';
import type { Header, HttpRequest } from './request.ts';
import { safe } from './terminal.ts';
import { filled } from './text.ts';
import { REQUEST } from './texts/request.ts';
import { TlsView } from './tls_view.ts';

/** As `exchange` of HTTP/1.1. Rejects with a CliError (16, 92), or with the error of the connection. */
export async function exchange2(
  socket: EngineSocket,
  { method, url, headers, body }: HttpRequest,
  events: ExchangeEvents,
): Promise<Answer> {
  // node:http2 destroys its socket when it is done; TLS has a close_notify to send.
  const session = connect(url.origin, { createConnection: () => new TlsView(socket) as never });
  try {
    const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? url.host;
    const pseudo: readonly Header[] = [
      [':method', method],
      [':scheme', 'https'],
      [':authority', host],
      [':path', pathOf(url)],
    ];
    const own = headers
      .filter(([name]) => !OF_THE_CONNECTION.has(name.toLowerCase()))
      .map(([name, value]): Header => [name.toLowerCase(), value]);
    events.sending([...pseudo, ...own].map(shownHeader));
    const answer = await new Promise<Answer>((resolve, reject) => {
      const fail = (error: unknown): void => reject(faultOf(error));
      session.once('error', fail);
      const stream = session.request(gathered([...pseudo, ...own]), { endStream: body === undefined });
      let status = 0;
      let length = 0;
      let shown: Promise<void> = Promise.resolve();
      stream.once('error', fail);
      stream.once('response', (_headers: IncomingHttpHeaders, _flags: number, raw: string[]) => {
        const all = pairsOf(raw);
        status = Number(all.find(([name]) => name === ':status')?.[1] ?? 0);
        const plain = all.filter(([name]) => !name.startsWith(':'));
        const lines = [`HTTP/2 ${status}`, ...plain.map(([name, value]) => `${name}: ${value}`)];
        events.answered(lines, { status, version: '2', headers: plain });
      });
      stream.on('data', (chunk: Buffer) => {
        length += chunk.length;
        stream.pause();
        shown = shown.then(() => events.body(chunk)).then(() => void stream.resume());
        shown.catch(reject);
      });
      stream.once('close', () => {
        if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) return reject(brokenOff(stream.rstCode));
        shown.then(() => resolve({ status, length }), reject);
      });
      if (body !== undefined) stream.end(body);
    });
    session.destroy();
    await new Promise<void>((resolve) => socket.once('close', resolve).end(resolve));
    return answer;
  } finally {
    session.destroy();
  }
}

const OF_THE_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** Headers of one name become a list. */
function gathered(headers: readonly Header[]): Record<string, string | string[]> {
  const all: Record<string, string | string[]> = {};
  for (const [name, value] of headers) {
    const before = all[name];
    all[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return all;
}

function pairsOf(raw: readonly string[]): readonly Header[] {
  const pairs: Header[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([raw[i] ?? '', raw[i + 1] ?? '']);
  return pairs;
}

function faultOf(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_HTTP2_STREAM_ERROR') {
    return new CliError(
      EXIT.http2Stream,
      filled(REQUEST.stream, { code: safe(/NGHTTP2_\w+/.exec(message)?.[0] ?? '?') }),
    );
  }
  if (!code?.startsWith('ERR_HTTP2_')) return error;
  return new CliError(EXIT.http2, filled(REQUEST.http2, { problem: safe(`${code}: ${message}`) }));
}

function brokenOff(code: number): CliError {
  const name = Object.entries(constants).find(([key, value]) => /^NGHTTP2_[A-Z]/.test(key) && value === code)?.[0];
  return new CliError(EXIT.http2Stream, filled(REQUEST.stream, { code: name ?? code }));
}
