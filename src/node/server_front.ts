// TLS in front of a net.Server, whatever is behind it: node:tls's server, or one of node:http and node:http2. It makes each
// connection a TLSSocket, gives it its time, and tells the server's listeners.

import type { Socket, Server as TcpServer } from 'node:net';
import { TlsError } from '../wire/tls_error.ts';
import type { SecureContext, SecureOptions } from './options.ts';
import { ServerSettings, type ServerSideOptions } from './server_settings.ts';
import { TLSSocket } from './tls_socket.ts';

export interface FrontOptions extends ServerSideOptions {
  /** Milliseconds for a whole handshake. Default 120,000, as node:tls has it. */
  readonly handshakeTimeout?: number | undefined;
  readonly allowHalfOpen?: boolean | undefined;
  readonly enableTrace?: boolean | undefined;
  /** Whether sockets come paused: then data waits until they are resumed. */
  readonly pauseOnConnect?: boolean | undefined;
}

const HANDSHAKE_MS = 120_000;

export class ServerFront {
  readonly settings: ServerSettings;
  private readonly server: TcpServer;
  private readonly options: FrontOptions;
  private readonly framed: boolean;
  private readonly handshakeTimeout: number;

  /** `framed`: see Prepared. @throws TlsError ERR_TLS_CONFIG for options that cannot work */
  constructor(server: TcpServer, options: FrontOptions, framed = false) {
    this.server = server;
    this.framed = framed;
    this.options = options;
    this.settings = new ServerSettings(options);
    this.handshakeTimeout = options.handshakeTimeout ?? HANDSHAKE_MS;
    if (typeof this.handshakeTimeout !== 'number' || !(this.handshakeTimeout > 0)) {
      throw new TlsError(
        'ERR_TLS_CONFIG',
        `handshakeTimeout is a number of milliseconds, not ${options.handshakeTimeout}`,
      );
    }
  }

  /** Begins the handshake on a connection that was accepted. */
  welcome(transport: Socket): void {
    const { server, settings, options, framed } = this;
    const { allowHalfOpen, enableTrace } = options;
    const socket = new TLSSocket(
      transport,
      { allowHalfOpen, enableTrace, server, isServer: true },
      { settings, framed },
    );
    this.expect(socket);
    socket.on('session', newSession);
    socket.start();
  }

  /** Until the handshake is done, or failed. What listens for that is gone afterwards: idle connections are many. */
  private expect(socket: TLSSocket): void {
    const { server, handshakeTimeout } = this;
    const timer = setTimeout(() => {
      socket.destroy(socket.toldFor('ERR_TLS_HANDSHAKE_TIMEOUT', `no handshake within ${handshakeTimeout} ms`));
    }, handshakeTimeout);
    timer.unref();
    const stop = (): void => clearTimeout(timer);
    const onEarlyError = (error: Error): void => {
      stop();
      server.emit('tlsClientError', error, socket);
    };
    socket.on('error', onEarlyError);
    socket.once('close', stop);
    socket.once('secure', () => {
      stop();
      socket.off('error', onEarlyError).off('close', stop);
      if (this.options.pauseOnConnect === true) socket.pause();
      server.emit('secureConnection', socket);
    });
  }
}

/** One function for all of them. */
function newSession(this: TLSSocket, session: Buffer, id: Buffer): void {
  this.server?.emit('newSession', id, session, () => {});
}

/** The methods of node:tls's server that are about TLS. */
export interface TlsServerMethods {
  /** A context for a name, in which `*` stands for a label; the latest that fits counts. */
  addContext(name: string, context: SecureContext | SecureOptions): void;
  /** Other options for connections from now on. */
  setSecureContext(options: SecureOptions): void;
  getTicketKeys(): Buffer;
  setTicketKeys(keys: Parameters<ServerSettings['setTicketKeys']>[0]): void;
}
