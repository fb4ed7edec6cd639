// `createServer` with the shape of node:tls's: a net.Server whose connections become TLS ones.

import { type Socket, Server as TcpServer } from 'node:net';
import { resolveServer } from '../engine/config.ts';
import { Connection } from '../engine/connection.ts';
import type { ServerOptions } from '../engine/options.ts';
import { serverSetup } from '../engine/server.ts';
import type { Need } from '../handshake/shared/needs.ts';
import type { TicketKey } from '../handshake/shared/tickets.ts';
import { answerWithKeys } from '../host/respond.ts';
import { judge } from '../host/trust.ts';
import { TlsError } from '../wire/tls_error.ts';
import { createSecureContext, type SecureContext, type SecureOptions } from './options.ts';
import { TLSSocket } from './tls_socket.ts';

export interface ServerSocketOptions extends SecureOptions {
  /** Milliseconds for a whole handshake. Default 120,000, as node:tls has it. */
  readonly handshakeTimeout?: number;
  readonly allowHalfOpen?: boolean;
  /**
   * Keys for tickets: the first seals, all open. Default: one made at random for this server; then its sessions end with
   * it. None: no tickets. Servers that stand for one another are given the same ones.
   */
  readonly ticketKeys?: readonly TicketKey[];
  /** Seconds that a session may be used. Default 7200. */
  readonly sessionTimeout?: number;
  /** Whether clients are asked for a certificate; with `rejectUnauthorized`, the default, they must have a trusted one. */
  readonly requestCert?: boolean;
  /** Tickets that a TLS 1.3 client is given. Default 2. */
  readonly ticketCount?: number;
  /** Bytes of early data that a ticket allows. It is read once the handshake is done, so that no repetition counts. Default 0. */
  readonly maxEarlyData?: number;
  /** Whether `requestCertificate` will be called on sockets. Default false. */
  readonly postHandshakeAuth?: boolean;
  /** The key that belongs to a client's identity, for the suites that share one (RFC 4279); null for none. */
  readonly pskCallback?: (socket: TLSSocket, identity: string) => Uint8Array | null | undefined;
  /** Sent to clients with the key exchange, to choose a key by. */
  readonly pskIdentityHint?: string;
  /** Options read beforehand; then those of SecureOptions given here do not count. */
  readonly secureContext?: SecureContext;
}

/**
 * Emits `secureConnection` (TLSSocket) for each handshake that is done, and `tlsClientError` (Error, TLSSocket) for each that
 * fails; and what every net.Server emits. With a listener for either of the next two, sessions of TLS 1.2 are kept by id for
 * clients that get no ticket: `newSession` (id, session, done) brings one, `resumeSession` (id, (error, session)) asks for
 * one, now or later; null stands for none.
 */
export class Server extends TcpServer {
  private readonly context: SecureContext;
  private options: ServerOptions;
  private config: ReturnType<typeof resolveServer>;
  private readonly handshakeTimeout: number;
  private readonly allowHalfOpen: boolean;
  private readonly pskCallback: ServerSocketOptions['pskCallback'];

  /** @throws TlsError ERR_TLS_CONFIG for options that cannot work */
  constructor(options: ServerSocketOptions, onSecureConnection?: (socket: TLSSocket) => void) {
    super({ allowHalfOpen: true, noDelay: true });
    this.context = options.secureContext ?? createSecureContext(options);
    const { provider } = this.context.common;
    this.options = {
      ...this.context.serverOptionsFor(asked(options)),
      psk: options.pskCallback !== undefined,
      ...(options.ticketCount !== undefined && { ticketCount: options.ticketCount }),
      ...(options.maxEarlyData !== undefined && { maxEarlyData: options.maxEarlyData }),
      ...(options.postHandshakeAuth !== undefined && { postHandshakeAuth: options.postHandshakeAuth }),
      ...(options.pskIdentityHint !== undefined && {
        pskIdentityHint: new Uint8Array(Buffer.from(options.pskIdentityHint, 'utf8')),
      }),
      ticketKeys: options.ticketKeys ?? [{ name: provider.random(16), key: provider.random(32) }],
      ...(options.sessionTimeout !== undefined && { sessionLifetime: options.sessionTimeout }),
    };
    this.config = resolveServer(this.options);
    this.handshakeTimeout = options.handshakeTimeout ?? 120_000;
    this.allowHalfOpen = options.allowHalfOpen ?? false;
    this.pskCallback = options.pskCallback;
    this.on('connection', (socket: Socket) => this.welcome(socket));
    if (onSecureConnection) this.on('secureConnection', onSecureConnection);
  }

  /**
   * Other keys from now on: the first seals, all open. To rotate, put a new one in front and drop the last.
   * @throws TlsError ERR_TLS_CONFIG for keys of a wrong length
   */
  setTicketKeys(ticketKeys: readonly TicketKey[]): void {
    const options = { ...this.options, ticketKeys };
    this.config = resolveServer(options);
    this.options = options;
  }

  private welcome(transport: Socket): void {
    const { config } = this;
    const { identities } = this.context;
    const { pskCallback } = this;
    const keepsSessions = this.listenerCount('newSession') + this.listenerCount('resumeSession') > 0;
    const socket: TLSSocket = new TLSSocket({
      transport,
      engine: new Connection(serverSetup(this.options, keepsSessions ? { ...config, sessionCache: true } : config)),
      respond: (need) => {
        if (need.kind === 'verdict') {
          const { verdict, judgement } = judge(need, this.context.trust);
          socket.judgement = judgement;
          return { answer: verdict };
        }
        if (need.kind === 'early_data') return { answer: 'withhold' };
        if (need.kind !== 'psk' || need.role !== 'server') return answerWithKeys(identities, need);
        const key = pskCallback?.(socket, Buffer.from(need.identity).toString('utf8'));
        return { answer: key ? { key } : undefined };
      },
      allowHalfOpen: this.allowHalfOpen,
    });
    socket.on('session', (session: Buffer, id: Buffer) => this.emit('newSession', id, session, () => {}));
    socket.on('need', (id: number, need: Need) => {
      if (need.kind === 'session') this.findSession(socket, id, need.id);
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

  private findSession(socket: TLSSocket, need: number, id: Uint8Array): void {
    const found = (error: Error | null, session?: Uint8Array | null): void => {
      if (socket.destroyed) return;
      if (error) socket.destroy(error);
      else socket.answer(need, session ?? undefined);
    };
    if (!this.emit('resumeSession', Buffer.from(id), found)) found(null);
  }
}

function asked({
  requestCert = false,
  rejectUnauthorized = true,
}: ServerSocketOptions): 'none' | 'request' | 'require' {
  if (!requestCert) return 'none';
  return rejectUnauthorized ? 'require' : 'request';
}

/** @throws TlsError ERR_TLS_CONFIG for options that cannot work */
export function createServer(options: ServerSocketOptions, onSecureConnection?: (socket: TLSSocket) => void): Server {
  return new Server(options, onSecureConnection);
}
