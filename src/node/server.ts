// `createServer` with the shape of node:tls's: a net.Server whose connections become TLS ones.

import { type Socket, Server as TcpServer } from 'node:net';
import { resolveServer } from '../engine/config.ts';
import { Connection } from '../engine/connection.ts';
import type { ServerOptions } from '../engine/options.ts';
import { serverSetup } from '../engine/server.ts';
import { answerWithKeys } from '../host/respond.ts';
import { TlsError } from '../wire/tls_error.ts';
import { createSecureContext, type SecureContext, type SecureOptions } from './options.ts';
import { TLSSocket } from './tls_socket.ts';

export interface ServerSocketOptions extends SecureOptions {
  /** Milliseconds for a whole handshake. Default 120,000, as node:tls has it. */
  readonly handshakeTimeout?: number;
  readonly allowHalfOpen?: boolean;
  /** Options read beforehand; then those of SecureOptions given here do not count. */
  readonly secureContext?: SecureContext;
}

/**
 * Emits `secureConnection` (TLSSocket) for each handshake that is done, and `tlsClientError` (Error, TLSSocket) for each that
 * fails; and what every net.Server emits.
 */
export class Server extends TcpServer {
  private readonly context: SecureContext;
  private readonly options: ServerOptions;
  private readonly config: ReturnType<typeof resolveServer>;
  private readonly handshakeTimeout: number;
  private readonly allowHalfOpen: boolean;

  /** @throws TlsError ERR_TLS_CONFIG for options that cannot work */
  constructor(options: ServerSocketOptions, onSecureConnection?: (socket: TLSSocket) => void) {
    super({ allowHalfOpen: true, noDelay: true });
    this.context = options.secureContext ?? createSecureContext(options);
    this.options = this.context.serverOptions;
    this.config = resolveServer(this.options);
    this.handshakeTimeout = options.handshakeTimeout ?? 120_000;
    this.allowHalfOpen = options.allowHalfOpen ?? false;
    this.on('connection', (socket: Socket) => this.welcome(socket));
    if (onSecureConnection) this.on('secureConnection', onSecureConnection);
  }

  private welcome(transport: Socket): void {
    const { identities } = this.context;
    const socket = new TLSSocket({
      transport,
      engine: new Connection(serverSetup(this.options, this.config)),
      respond: (need) => answerWithKeys(identities, need),
      allowHalfOpen: this.allowHalfOpen,
    });
    const timer = setTimeout(() => {
      socket.destroy(new TlsError('ERR_TLS_HANDSHAKE_TIMEOUT', `no handshake within ${this.handshakeTimeout} ms`));
    }, this.handshakeTimeout);
    timer.unref();
    const onEarlyError = (error: Error): void => {
      clearTimeout(timer);
      this.emit('tlsClientError', error, socket);
    };
    socket.on('error', onEarlyError);
    socket.once('close', () => clearTimeout(timer));
    socket.once('secure', () => {
      clearTimeout(timer);
      socket.off('error', onEarlyError);
      this.emit('secureConnection', socket);
    });
    socket.start();
  }
}

/** @throws TlsError ERR_TLS_CONFIG for options that cannot work */
export function createServer(options: ServerSocketOptions, onSecureConnection?: (socket: TLSSocket) => void): Server {
  return new Server(options, onSecureConnection);
}
