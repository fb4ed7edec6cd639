// `createServer` with the shape of node:tls's: a net.Server whose connections become TLS ones.

import { type Socket, Server as TcpServer } from 'node:net';
import { resolveServer } from '../engine/config.ts';
import { Connection } from '../engine/connection.ts';
import { serverSetup } from '../engine/server.ts';
import { answerWithKeys } from '../host/respond.ts';
import { TlsError } from '../wire/tls_error.ts';
import { type PreparedServer, prepareServer, type SecureOptions } from './options.ts';
import { TLSSocket } from './tls_socket.ts';

export interface ServerSocketOptions extends SecureOptions {
  /** Milliseconds for a whole handshake. Default 120,000, as node:tls has it. */
  readonly handshakeTimeout?: number;
  readonly allowHalfOpen?: boolean;
}

/**
 * Emits `secureConnection` (TLSSocket) for each handshake that is done, and `tlsClientError` (Error, TLSSocket) for each that
 * fails; and what every net.Server emits.
 */
export class Server extends TcpServer {
  private readonly prepared: PreparedServer;
  private readonly config: ReturnType<typeof resolveServer>;
  private readonly handshakeTimeout: number;
  private readonly allowHalfOpen: boolean;

  /** @throws TlsError ERR_TLS_CONFIG for options that cannot work */
  constructor(options: ServerSocketOptions, onSecureConnection?: (socket: TLSSocket) => void) {
    super({ allowHalfOpen: true, noDelay: true });
    this.prepared = prepareServer(options);
    this.config = resolveServer(this.prepared.options);
    this.handshakeTimeout = options.handshakeTimeout ?? 120_000;
    this.allowHalfOpen = options.allowHalfOpen ?? false;
    this.on('connection', (socket: Socket) => this.welcome(socket));
    if (onSecureConnection) this.on('secureConnection', onSecureConnection);
  }

  private welcome(transport: Socket): void {
    const { options, identities } = this.prepared;
    const socket = new TLSSocket({
      transport,
      engine: new Connection(serverSetup(options, this.config)),
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
