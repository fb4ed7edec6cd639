// Servers of node:http and node:http2 behind our TLS. https.createServer and http2.createSecureServer are bound to node:tls;
// but a plain server of either takes any stream as a connection. So it is one whose connections come out of our handshake.

import {
  createServer as createHttp,
  type ServerOptions as HttpOptions,
  type Server as HttpServer,
  type RequestListener,
} from 'node:http';
import {
  createServer as createHttp2,
  type ServerOptions as Http2Options,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import type { Socket, Server as TcpServer } from 'node:net';
import { type FrontOptions, ServerFront, type TlsServerMethods } from './server_front.ts';
import type { TLSSocket } from './tls_socket.ts';

export type HttpsServerOptions = FrontOptions & HttpOptions;

/**
 * What https.createServer gives: an http.Server with the events and methods of our TLS server. Its `clientError` also tells of
 * handshakes that failed, as https's does.
 * @throws TlsError ERR_TLS_CONFIG for options that cannot work
 */
export function createHttpsServer(
  options: HttpsServerOptions,
  onRequest?: RequestListener,
): HttpServer & TlsServerMethods {
  const server = createHttp(options, onRequest);
  server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
    if (!server.emit('clientError', error, socket)) socket.destroy(error);
  });
  return withTls(server, { ALPNProtocols: ['http/1.1'], ...options });
}

export type Http2SecureServerOptions = FrontOptions & Http2Options & { readonly allowHTTP1?: boolean };

type OnHttp2Request = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

/**
 * What http2.createSecureServer gives; with `allowHTTP1`, clients that do not speak HTTP/2 are served too.
 * @throws TlsError ERR_TLS_CONFIG for options that cannot work
 */
export function createHttp2SecureServer(
  options: Http2SecureServerOptions,
  onRequest?: OnHttp2Request,
): Http2Server & TlsServerMethods {
  const protocols = options.allowHTTP1 === true ? ['h2', 'http/1.1'] : ['h2'];
  const given = options.ALPNCallback === undefined ? { ALPNProtocols: protocols, ...options } : options;
  const server = createHttp2(options as Http2Options, onRequest);
  const http1 = options.allowHTTP1 === true ? http1Beside(server) : undefined;
  return withTls(server, given, http1);
}

/** For clients that do not speak HTTP/2: a server of HTTP/1.1 whose events are those of the other. */
function http1Beside(server: Http2Server): (socket: TLSSocket) => void {
  const http1 = createHttp();
  for (const name of ['request', 'checkContinue', 'checkExpectation', 'upgrade', 'connect'] as const) {
    // Without a listener node:http answers some of them itself.
    const forward = (...args: unknown[]): void => void server.emit(name, ...args);
    if (name === 'request') http1.on(name, forward);
    else
      server.on('newListener', (added) => added === name && http1.listenerCount(name) === 0 && http1.on(name, forward));
  }
  return (socket) => void http1.emit('connection', socket);
}

/** Puts our handshake between the server and what it does with a connection. */
function withTls<S extends TcpServer>(
  server: S,
  options: FrontOptions,
  serveHttp1?: (socket: TLSSocket) => void,
): S & TlsServerMethods {
  const front = new ServerFront(server, options, true);
  const serve = server.listeners('connection') as ((this: S, socket: unknown) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => front.welcome(socket));
  server.on('secureConnection', (socket: TLSSocket) => {
    if (serveHttp1 !== undefined && socket.alpnProtocol !== 'h2') serveHttp1(socket);
    else for (const listener of serve) listener.call(server, socket);
  });
  const { settings } = front;
  const methods: TlsServerMethods = {
    addContext: (name, context) => settings.addContext(name, context),
    setSecureContext: (given) => settings.setSecureContext(given),
    getTicketKeys: () => settings.getTicketKeys(),
    setTicketKeys: (keys) => settings.setTicketKeys(keys),
  };
  return Object.assign(server, methods);
}
