// Servers on loopback that tests of the command talk to: HTTPS with HTTP/1.1 and HTTP/2 by node, TCP with what a test makes of it,
// and an HTTP proxy.

import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Identity } from '../peers/pki.ts';

/** What a server on loopback is to a test. */
export interface Loopback {
  readonly port: number;
  stop(): Promise<void>;
}

type Handler = (
  request: IncomingMessage | Http2ServerRequest,
  response: (ServerResponse | Http2ServerResponse) & {
    writeHead(status: number, headers?: Record<string, string | string[]>): unknown;
    end(text?: string): unknown;
  },
) => void;

/** HTTPS: h2 and http/1.1, or the protocols given. */
export async function httpsServer(
  identity: Identity,
  handler: Handler,
  protocols: readonly string[] = ['h2', 'http/1.1'],
): Promise<Loopback> {
  const server = createSecureServer(
    {
      cert: identity.fullChain,
      key: identity.key,
      allowHTTP1: true,
      ALPNProtocols: [...protocols],
    },
    handler as never,
  );
  return listening(server as unknown as Server);
}

/** Answers the first request of a connection with `ok`. */
export function answerOk(socket: Duplex): void {
  socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
}

/** TCP; errors of its connections are no concern of anybody's. */
export async function tcpServer(onConnection: (socket: Socket) => void): Promise<Loopback> {
  return listening(
    createServer((socket) => {
      socket.on('error', () => {});
      onConnection(socket);
    }),
  );
}

export interface FakeProxy extends Loopback {
  /** What was asked for: `CONNECT host:port` and the credentials. */
  readonly asked: readonly { readonly to: string; readonly authorization: string | undefined }[];
}

/**
 * A proxy that connects to 127.0.0.1 at the port that is asked for, whatever the name; 407 without the credentials wanted. With an
 * identity it is reached by TLS.
 */
export async function fakeProxy(credentials?: string, identity?: Identity): Promise<FakeProxy> {
  const asked: { to: string; authorization: string | undefined }[] = [];
  const refuse = (_request: IncomingMessage, response: ServerResponse): void => void response.writeHead(405).end();
  const server =
    identity === undefined
      ? createHttpServer(refuse)
      : createHttpsServer({ cert: identity.fullChain, key: identity.key, allowHalfOpen: true }, refuse);
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    socket.on('error', () => {});
    const to = request.url ?? '';
    const authorization = request.headers['proxy-authorization'];
    asked.push({ to, authorization });
    if (credentials !== undefined && authorization !== `Basic ${Buffer.from(credentials).toString('base64')}`) {
      return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n');
    }
    // One side may be done while the other still speaks.
    const where = { port: Number(to.replace(/^.*:/, '')), host: '127.0.0.1', allowHalfOpen: true };
    const upstream = connect(where, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  });
  return { ...(await listening(server)), asked };
}

async function listening(server: Server): Promise<Loopback> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
