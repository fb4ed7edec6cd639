// The HTTP that `glasstls serve` speaks behind its handshakes, HTTP/1.1 or HTTP/2 as ALPN has it: the page on the connection, or the
// files of --www. A path is the client's: it never leaves the folder, through links neither, and hidden files are not there.

import { createReadStream, realpathSync, type Stats, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import type { EngineSocket } from '../node/engine_socket.ts';
import { type Arguments, usage } from './arguments.ts';
import { answerWithPage } from './serve_page.ts';
import { filled, type Lang } from './text.ts';
import { SERVE } from './texts/serve.ts';

/** The folder of --www, without links in its path. @throws CliError with exit code 2 */
export function wwwFolder(args: Arguments): string | undefined {
  const folder = args.value('www');
  if (folder === undefined) return undefined;
  try {
    const real = realpathSync(folder);
    if (statSync(real).isDirectory()) return real;
  } catch {
    // Said below.
  }
  throw usage(filled(SERVE.noFolder, { folder: JSON.stringify(folder) }), 'serve');
}

export interface HttpSpeaker {
  /** Speaks HTTP over a connection whose handshake is done. */
  connection(socket: EngineSocket): void;
  close(): void;
}

export function httpSpeaker(folder: string | undefined, lang: Lang): HttpSpeaker {
  const answer = (request: IncomingMessage, response: ServerResponse, socket: EngineSocket): void => {
    if (folder === undefined) answerWithPage(request, response, socket, lang);
    else answerWithFile(request, response, folder);
  };
  const http = createServer((request, response) => answer(request, response, request.socket as never));
  http.on('clientError', (_error, socket) => void socket.destroy());
  return {
    connection: (socket) => {
      if (socket.alpnProtocol === 'h2') speakHttp2(socket, answer).catch((error: Error) => socket.destroy(error));
      else http.emit('connection', socket);
    },
    close: () => void http.close(),
  };
}

/** node:http2's requests and answers have the methods of node:http's that are used here. */
async function speakHttp2(
  socket: EngineSocket,
  answer: (request: IncomingMessage, response: ServerResponse, socket: EngineSocket) => void,
): Promise<void> {
  const { createServer: createHttp2Server } = await import('node:http2');
  const server = createHttp2Server((request, response) => answer(request as never, response as never, socket));
  server.on('sessionError', () => socket.destroy());
  server.emit('connection', socket);
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.htm': 'text/html; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.pem': 'application/x-pem-file',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};

function answerWithFile(request: IncomingMessage, response: ServerResponse, folder: string): void {
  const { method = '', url = '/' } = request;
  if (method !== 'GET' && method !== 'HEAD') return refuse(response, 405, { allow: 'GET, HEAD' });
  const found = fileFor(url, folder);
  if (found === undefined) return refuse(response, 404);
  response.writeHead(200, {
    'content-type': TYPES[extname(found.file).toLowerCase()] ?? 'application/octet-stream',
    'content-length': found.stats.size,
    'x-content-type-options': 'nosniff',
  });
  if (method === 'HEAD') return void response.end();
  createReadStream(found.file)
    .on('error', () => response.destroy())
    .pipe(response);
}

function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  const body = `${status}\n`;
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': body.length, ...headers });
  response.end(body);
}

/** The file that a path names, if it is one within the folder. */
function fileFor(url: string, folder: string): { readonly file: string; readonly stats: Stats } | undefined {
  try {
    const parts = decodeURIComponent(url.replace(/[?#].*$/s, ''))
      .split('/')
      .filter((part) => part !== '');
    if (parts.some((part) => part.startsWith('.') || /[\0\\]/.test(part))) return undefined;
    let file = realpathSync(join(folder, ...parts));
    if (statSync(file).isDirectory()) file = realpathSync(join(file, 'index.html'));
    const stats = statSync(file);
    return stats.isFile() && file.startsWith(folder === sep ? sep : folder + sep) ? { file, stats } : undefined;
  } catch {
    return undefined;
  }
}
