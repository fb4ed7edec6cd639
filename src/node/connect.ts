// `connect` with the shape of node:tls's: over TCP or a local socket, or over a stream that is already there.

import { connect as connectTcp, type NetConnectOpts, type Socket, type TcpSocketConnectOpts } from 'node:net';
import { addAbortSignal, type Duplex } from 'node:stream';
import type { ClientSideOptions } from './client_side.ts';
import type { Transport } from './socket_base.ts';
import { TLSSocket } from './tls_socket.ts';
import type { OnRead } from './user_buffer.ts';

/** What node:net takes: lookup, family, localAddress, autoSelectFamily, hints ... */
type TcpOptions = {
  readonly [N in keyof Omit<TcpSocketConnectOpts, 'port' | 'host' | 'allowHalfOpen' | 'onread'>]?:
    | TcpSocketConnectOpts[N]
    | undefined;
};

export interface ConnectOptions extends ClientSideOptions, TcpOptions {
  readonly port?: number | string | undefined;
  /** Default localhost. */
  readonly host?: string | undefined;
  /** A local socket, instead of `port` and `host`. */
  readonly path?: string | null | undefined;
  /** An open stream to speak TLS over, instead of a new TCP connection. */
  readonly socket?: Duplex | null | undefined;
  /** Keep writing after the peer has closed its side. Default false. */
  readonly allowHalfOpen?: boolean | undefined;
  /** Milliseconds of silence after which `timeout` is emitted. */
  readonly timeout?: number | undefined;
  /** Destroys the socket with an AbortError. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes that are kept for whoever reads, and that are taken before `write` returns false. Default: Node's. */
  readonly highWaterMark?: number | undefined;
  /** What takes the data in place of `data` events; not with `socket`, as node:tls has it. */
  readonly onread?: OnRead | null | undefined;
  /** Lines on stderr for what happens. */
  readonly enableTrace?: boolean | undefined;
}

type OnSecureConnect = () => void;

/**
 * Opens a TLS connection. The socket emits `secureConnect` when the handshake is done and the server is verified, and
 * `error` when anything fails: its `code` is node:tls's, its `tls` says the rest.
 * @throws TlsError ERR_TLS_CONFIG for options that cannot work
 */
export function connect(options: ConnectOptions, onSecureConnect?: OnSecureConnect): TLSSocket;
export function connect(port: number, host?: string, options?: ConnectOptions, done?: OnSecureConnect): TLSSocket;
export function connect(port: number, options?: ConnectOptions, onSecureConnect?: OnSecureConnect): TLSSocket;
export function connect(path: string, options?: ConnectOptions, onSecureConnect?: OnSecureConnect): TLSSocket;
export function connect(...args: unknown[]): TLSSocket {
  const options = optionsOf(args);
  const onSecureConnect = args.find((one): one is OnSecureConnect => typeof one === 'function');
  const { socket, timeout, signal } = options;
  const over = socket ?? undefined;
  const transport = over ?? openTcp(options);
  let tls: TLSSocket;
  try {
    tls = new TLSSocket(transport, {
      ...options,
      host: options.host ?? hostOf(over),
      onread: over === undefined ? options.onread : undefined,
    });
  } catch (error) {
    if (over === undefined) transport.destroy();
    throw error;
  }
  if (over === undefined) forward(transport as Socket, tls);
  if (signal) addAbortSignal(signal, tls);
  if (timeout) tls.setTimeout(timeout);
  if (onSecureConnect) tls.once('secureConnect', onSecureConnect);
  return tls;
}

/** (port[, host][, options]), (path[, options]) or (options), each with a callback behind it. */
function optionsOf(args: readonly unknown[]): ConnectOptions {
  const more = args.find((one): one is ConnectOptions => typeof one === 'object' && one !== null) ?? {};
  const [first, second] = args;
  if (typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first))) {
    return { ...more, port: first, ...(typeof second === 'string' && { host: second }) };
  }
  return typeof first === 'string' ? { ...more, path: first } : more;
}

function openTcp(options: ConnectOptions): Socket {
  const { port, host = 'localhost', path } = options;
  // What is about TLS, or is done by our own socket, is nothing to node:net.
  const { signal: _signal, timeout: _timeout, onread: _onread, highWaterMark: _mark, ...rest } = options;
  const where = path === undefined || path === null ? { port: Number(port ?? 443), host } : { path };
  const socket: Socket = connectTcp({
    noDelay: true,
    ...rest,
    ...where,
    allowHalfOpen: true,
    onread: { buffer: READ_BUFFER, callback: (length) => socket.emit('data', READ_BUFFER.subarray(0, length)) },
  } as NetConnectOpts);
  return socket;
}

/**
 * What our own TCP sockets read into, all of them: what is in it is taken before the next read begins (`Connection.receive` keeps
 * nothing). Without it each read has 64 KB of its own, for an alert too, and giving those back makes the allocator tidy up.
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(65_536);

/** The name that a TCP socket was opened for, as node:tls takes it. */
function hostOf(socket: Transport | undefined): string | undefined {
  const host = (socket as { _host?: unknown } | undefined)?._host;
  return typeof host === 'string' ? host : undefined;
}

const FORWARDED = [
  'lookup',
  'connectionAttempt',
  'connectionAttemptFailed',
  'connectionAttemptTimeout',
  'connect',
  'ready',
] as const;

function forward(transport: Socket, tls: TLSSocket): void {
  for (const name of FORWARDED) transport.on(name, (...args: unknown[]) => tls.emit(name, ...args));
}
