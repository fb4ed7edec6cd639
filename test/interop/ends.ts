// Both ends of a connection in this process, each glasstls/node's or node:tls's, for the tests of how sockets behave.

import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer as createTcp, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { afterEach } from 'vitest';
import {
  type ConnectOptions,
  connect,
  createServer,
  type ServerSocketOptions,
  type TLSSocket,
} from '../../src/node/index.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { CRYPTO, type Provider } from './glass.ts';

export type Maker = 'glasstls' | 'node:tls';

/** Who is client and who is server; at least one of them is ours. */
export const PAIRS = [
  ['glasstls', 'glasstls'],
  ['glasstls', 'node:tls'],
  ['node:tls', 'glasstls'],
] as const satisfies readonly (readonly [client: Maker, server: Maker])[];

const open: { destroy(): void }[] = [];
const servers: Server[] = [];

/** Closes after each test what {@link listen}, {@link dial} and {@link plain} opened. */
export function closeAfterEach(): void {
  afterEach(async () => {
    // The latest first: a TLS socket before its transport.
    for (const socket of open.splice(0).reverse()) socket.destroy();
    await Promise.all(servers.splice(0).map(stop));
  });
}

/** Listens on a free port of 127.0.0.1. */
export async function listen(
  maker: Maker,
  onConnection: (socket: Duplex) => void = () => {},
  options: Partial<ServerSocketOptions> & { crypto?: Provider } = {},
): Promise<{ port: number; server: Server }> {
  const { cert, key } = await credentials();
  const { crypto = 'node', ...rest } = options;
  const server =
    maker === 'glasstls'
      ? createServer({ cert, key, provider: CRYPTO[crypto], ...rest })
      : tls.createServer({ cert, key, allowHalfOpen: rest.allowHalfOpen ?? false } as tls.TlsOptions);
  server.on('secureConnection', (socket: Duplex) => {
    open.push(socket);
    onConnection(socket);
  });
  return { port: await up(server), server };
}

/** Connects without waiting for anything. */
export async function dial(
  maker: Maker,
  port: number,
  options: Partial<ConnectOptions> & { crypto?: Provider } = {},
): Promise<Duplex> {
  if (maker === 'glasstls') return dialGlass(port, options);
  const { ca } = await pki();
  const socket = tls.connect({ port, host: '127.0.0.1', servername: 'localhost', ca });
  open.push(socket);
  return socket;
}

/** {@link dial} with ours. */
export async function dialGlass(
  port: number,
  options: Partial<ConnectOptions> & { crypto?: Provider } = {},
): Promise<TLSSocket> {
  const { crypto = 'node', ...rest } = options;
  const { ca } = await pki();
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca, provider: CRYPTO[crypto], ...rest });
  open.push(socket);
  return socket;
}

/** A TCP server that does not speak TLS. */
export async function plain(onConnection: (socket: Socket) => void): Promise<number> {
  return up(
    createTcp({ allowHalfOpen: true }, (socket) => {
      open.push(socket);
      socket.on('error', () => {});
      onConnection(socket);
    }),
  );
}

/** A TCP client that does not speak TLS. */
export async function raw(port: number): Promise<Socket> {
  const socket = connectTcp({ port, host: '127.0.0.1', allowHalfOpen: true });
  open.push(socket);
  // A server that refuses may reset; the tests judge by other signs.
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

export async function credentials(): Promise<{ cert: string; key: string; ca: string }> {
  const all: Pki = await pki();
  const { fullChain: cert, key } = all.leaf('p256');
  return { cert, key, ca: all.ca };
}

/** All data up to the end. Unlike an async iterator it leaves the stream open for writing. @throws when it closes early */
export function everything(stream: Duplex): Promise<Buffer> {
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => resolve(Buffer.concat(chunks)));
    stream.on('error', reject);
    stream.on('close', () => reject(new Error('closed before the end')));
  });
}

/** The names of the events that end a stream, in the order in which they come; resolves at `close`. */
export function ending(stream: Duplex): Promise<string[]> {
  const seen: string[] = [];
  stream.on('end', () => seen.push('end'));
  stream.on('error', (error) => seen.push(`error ${ownCode(error)}`));
  return new Promise((resolve) => {
    stream.on('close', () => {
      seen.push('close');
      resolve(seen);
    });
  });
}

/** glasstls's code of an error, where it has one; what node:tls would say is proved in test/node. */
export function ownCode(
  error: NodeJS.ErrnoException & { readonly tls?: { readonly code: string } },
): string | undefined {
  return error.tls?.code ?? error.code;
}

/** How many TCP connections a server has, those in a handshake included. */
export function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}

async function up(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => open.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function stop(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  await closed;
}
