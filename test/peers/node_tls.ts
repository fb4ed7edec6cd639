// node:tls as a peer, client and server. The only peer here that can half-close, and whose sockets a test holds in hand.

import { constants } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import tls from 'node:tls';
import type { Identity } from './pki.ts';
import type { Peer } from './process.ts';
import { DEFAULT_SUITES, GROUPS, groupFrom, type Negotiated, opensslSuites, type Pins } from './vocabulary.ts';

export interface NodeServerOptions extends Pins {
  /** Undefined: no certificate, for a server that shares keys with its clients. */
  readonly identity: Identity | undefined;
  /** Options of node:tls that count more than the pins. */
  readonly more?: tls.TlsOptions;
  /** A DER OCSPResponse for every client that asks. */
  readonly staple?: Buffer;
  /** Called for each connection after its handshake. Half-open is allowed: end it yourself. */
  readonly onConnection: (socket: tls.TLSSocket) => void;
  /** Sessions are kept by id, in memory; there are no tickets. */
  readonly sessionsById?: boolean;
}

export interface NodeServer extends Peer {
  /** What each finished handshake came to, oldest first. */
  readonly connections: readonly Negotiated[];
  /** Errors of handshakes and connections, such as an alert that the peer sent. */
  readonly errors: readonly Error[];
}

export async function nodeServer(options: NodeServerOptions): Promise<NodeServer> {
  const connections: Negotiated[] = [];
  const errors: Error[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  };
  const server = tls.createServer({
    ...(options.identity && { cert: options.identity.fullChain, key: options.identity.key }),
    allowHalfOpen: true,
    ...(options.sessionsById && { secureOptions: constants.SSL_OP_NO_TICKET }),
    ...contextOptions(options),
    ...options.more,
  });
  if (options.sessionsById) keepSessions(server);
  const { staple } = options;
  if (staple) server.on('OCSPRequest', (_cert, _issuer, answer) => answer(null, staple));
  // Raw sockets too: a handshake that is still going on would keep the server from closing.
  server.on('connection', (socket: Socket) => keep(socket));
  server.on('tlsClientError', (error) => errors.push(error));
  server.on('secureConnection', (socket) => {
    keep(socket);
    socket.on('error', (error) => errors.push(error));
    connections.push(nodeNegotiated(socket));
    options.onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    errors,
    log: () => [...connections.map((connection) => JSON.stringify(connection)), ...errors.map(String)].join('\n'),
    stop: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

export interface NodeClientOptions extends Pins {
  readonly port: number;
  readonly ca: string;
  readonly servername?: string;
  readonly session?: Buffer | undefined;
  /** What it proves itself with when the server asks. */
  readonly identity?: Identity | undefined;
  /** Options of node:tls that count more than the pins. */
  readonly more?: tls.ConnectionOptions & Pick<tls.TLSSocketOptions, 'requestOCSP'>;
  /** Called before the handshake begins, to listen for its events. */
  readonly onSocket?: (socket: tls.TLSSocket) => void;
}

/**
 * Connects and resolves after the handshake and the verification of chain and name.
 * @throws whatever node:tls says when either fails, or after 15 s
 */
export async function nodeClient(options: NodeClientOptions): Promise<tls.TLSSocket> {
  // A variable, because @types/node does not know that tls.connect takes allowHalfOpen.
  const connectOptions = {
    port: options.port,
    host: '127.0.0.1',
    ca: options.ca,
    servername: options.servername ?? 'localhost',
    allowHalfOpen: true,
    ...(options.session && { session: options.session }),
    ...(options.identity && { cert: options.identity.fullChain, key: options.identity.key }),
    ...contextOptions(options),
    ...options.more,
  };
  const socket = tls.connect(connectOptions);
  options.onSocket?.(socket);
  try {
    await once(socket as NodeJS.EventEmitter, 'secureConnect', { signal: AbortSignal.timeout(15_000) });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return socket;
}

/** Everything up to the peer's close_notify. Unlike an async iterator it leaves the socket open for writing. */
export function readToEnd(socket: tls.TLSSocket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('end', () => resolve(Buffer.concat(chunks)));
    socket.on('error', reject);
  });
}

/** What node:tls says of a finished handshake. It knows the group on the client's side only. */
export function nodeNegotiated(socket: tls.TLSSocket): Negotiated {
  const key = socket.getEphemeralKeyInfo();
  return {
    version: socket.getProtocol() ?? undefined,
    suite: socket.getCipher()?.standardName,
    group: key && 'name' in key ? groupFrom(key.name) : undefined,
    alpn: socket.alpnProtocol || undefined,
  };
}

function keepSessions(server: tls.Server): void {
  const kept = new Map<string, Buffer>();
  server.on('newSession', (id, session, done) => {
    kept.set(id.toString('hex'), session);
    done();
  });
  server.on('resumeSession', (id, found) => found(null, kept.get(id.toString('hex')) ?? null));
}

function contextOptions(pins: Pins): tls.SecureContextOptions & { ALPNProtocols?: string[] } {
  const suites = opensslSuites(pins.suites ?? DEFAULT_SUITES);
  return {
    minVersion: pins.version ?? 'TLSv1.2',
    maxVersion: pins.version ?? 'TLSv1.3',
    ciphers: [suites.tls13, suites.tls12].filter((list) => list !== '').join(':'),
    ...(pins.groups ? { ecdhCurve: pins.groups.map((group) => GROUPS[group].openssl).join(':') } : {}),
    ...(pins.alpn ? { ALPNProtocols: [...pins.alpn] } : {}),
  };
}
