// `createServer` with the shape of node:tls's: a net.Server whose connections become TLS ones.

import { type ServerOpts, type Socket, Server as TcpServer } from 'node:net';
import type { SecureContext, SecureOptions } from './options.ts';
import { type FrontOptions, ServerFront, type TlsServerMethods } from './server_front.ts';
import type { ServerSettings } from './server_settings.ts';
import type { TLSSocket } from './tls_socket.ts';

/** What node:net's server takes besides. */
type TcpOptions = { readonly [N in keyof Omit<ServerOpts, 'allowHalfOpen'>]?: ServerOpts[N] | undefined };

export interface ServerSocketOptions extends FrontOptions, TcpOptions {}

type OnConnection = (socket: TLSSocket) => void;

/**
 * Emits `secureConnection` (TLSSocket) for each handshake that is done, and `tlsClientError` (Error, TLSSocket) for each that
 * fails; and what every net.Server emits. `keylog` (Buffer, TLSSocket) and `trace` (Observation, TLSSocket) tell of
 * connections that begin while somebody listens. With a listener for either of the next two, sessions of TLS 1.2 are kept by
 * id for clients that get no ticket: `newSession` (id, session, done) brings one, `resumeSession` (id, (error, session)) asks
 * for one, now or later; null stands for none. `OCSPRequest` (certificate, issuer, (error, response)) asks for a response to
 * staple.
 */
export class Server extends TcpServer implements TlsServerMethods {
  private readonly front: ServerFront;

  /** @throws TlsError ERR_TLS_CONFIG for options that cannot work */
  constructor(options: ServerSocketOptions | OnConnection = {}, onSecureConnection?: OnConnection) {
    const given = typeof options === 'function' ? {} : options;
    super({ ...(given as ServerOpts), allowHalfOpen: true, noDelay: given.noDelay ?? true });
    this.front = new ServerFront(this, given);
    this.on('connection', (socket: Socket) => this.front.welcome(socket));
    const listener = typeof options === 'function' ? options : onSecureConnection;
    if (listener) this.on('secureConnection', listener);
  }

  addContext(name: string, context: SecureContext | SecureOptions): void {
    this.front.settings.addContext(name, context);
  }

  /** @throws TlsError ERR_TLS_CONFIG, and then the options before stay */
  setSecureContext(options: SecureOptions): void {
    this.front.settings.setSecureContext(options);
  }

  /** Name and key of the one that seals tickets, 48 bytes: for the `ticketKeys` of a server that stands for this one. */
  getTicketKeys(): Buffer {
    return this.front.settings.getTicketKeys();
  }

  /**
   * Other keys from now on: the first seals, all open. To rotate, put a new one in front and drop the last.
   * @throws TlsError ERR_TLS_CONFIG for keys of a wrong length
   */
  setTicketKeys(keys: Parameters<ServerSettings['setTicketKeys']>[0]): void {
    this.front.settings.setTicketKeys(keys);
  }
}

/** @throws TlsError ERR_TLS_CONFIG for options that cannot work */
export function createServer(options?: ServerSocketOptions | OnConnection, onSecureConnection?: OnConnection): Server {
  return new Server(options, onSecureConnection);
}
