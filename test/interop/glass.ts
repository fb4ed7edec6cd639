// The one door between the interop tests and glasstls: tests call `glassClient` and `glassServer` and nothing else of it.
//
// STAND-IN: until glasstls/node exists, both run on node:tls, under the provider name `stand-in`, so that the tests
// themselves are proved first. To swap: replace the two marked functions, `PROVIDERS` and `TRAITS`.

import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { nodeNegotiated } from '../peers/node_tls.ts';
import type { Identity } from '../peers/pki.ts';
import { GROUPS, type Group, opensslSuites, SUITES, type Suite, type Version } from '../peers/vocabulary.ts';

export type Provider = 'node' | 'noble' | 'stand-in';

export const PROVIDERS: readonly Provider[] = ['stand-in'];

/** What the engine behind this door can do; where it cannot, the matrix says so. */
export const TRAITS = {
  name: 'node:tls as a stand-in',
  /** The end of the stream without close_notify is an error (RFC 5246 7.2.1, RFC 8446 6.1). */
  seesTruncation: false,
  /** A refused certificate is answered with an alert, and not only by closing. */
  alertsWhenRefusing: false,
  /** A server knows the group that was used. */
  knowsGroupAsServer: false,
} as const;

export interface GlassOptions {
  readonly provider: Provider;
  readonly minVersion?: Version;
  readonly maxVersion?: Version;
  readonly suites?: readonly Suite[];
  readonly groups?: readonly Group[];
  readonly alpn?: readonly string[];
  /** Allows RSA key exchange. */
  readonly legacy?: boolean;
}

export interface GlassClientOptions extends GlassOptions {
  readonly port: number;
  /** PEM. */
  readonly ca: string;
  readonly servername?: string;
}

export interface GlassServerOptions extends GlassOptions {
  readonly identity: Identity;
  readonly onConnection: (connection: GlassConnection) => void;
}

export interface GlassServer {
  readonly port: number;
  /** Every connection whose handshake was completed, oldest first. */
  readonly connections: readonly GlassConnection[];
  /** Errors of handshakes that failed, and of connections, oldest first. */
  readonly errors: readonly Error[];
  stop(): Promise<void>;
}

/** A connection after its handshake. */
export class GlassConnection {
  readonly protocol: string | undefined;
  /** IANA name. */
  readonly cipher: string | undefined;
  readonly group: string | undefined;
  readonly alpn: string | undefined;
  /** Whether the peer's certificate was verified; false on a server that asked for none. */
  readonly authorized: boolean;
  readonly #stream: Duplex;
  readonly #chunks: Buffer[] = [];
  #ended = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(stream: Duplex, facts: Pick<GlassConnection, 'protocol' | 'cipher' | 'group' | 'alpn' | 'authorized'>) {
    this.#stream = stream;
    this.protocol = facts.protocol;
    this.cipher = facts.cipher;
    this.group = facts.group;
    this.alpn = facts.alpn;
    this.authorized = facts.authorized;
    stream.on('data', (chunk: Buffer) => this.#change(() => this.#chunks.push(chunk)));
    stream.on('end', () => this.#change(() => (this.#ended = true)));
    stream.on('error', (error) => this.#change(() => (this.#error = error)));
    stream.on('close', () => this.#change(() => (this.#ended = true)));
  }

  /** Resolves when the stream has taken the bytes. */
  async send(data: Uint8Array | string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(data, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** The next bytes; undefined after the peer's close_notify. @throws when the connection failed or was cut */
  async receive(): Promise<Buffer | undefined> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk) return chunk;
      if (this.#error) throw this.#error;
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** At least `length` bytes. @throws when the peer closes before */
  async receiveAtLeast(length: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for (let have = 0; have < length; ) {
      const chunk = await this.receive();
      if (!chunk) throw new Error(`closed after ${have} of ${length} bytes`);
      chunks.push(chunk);
      have += chunk.length;
    }
    return Buffer.concat(chunks);
  }

  /** Everything up to the peer's close_notify. */
  async receiveAll(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for (let chunk = await this.receive(); chunk; chunk = await this.receive()) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  /** Sends close_notify; receiving goes on (half-close). */
  async end(data?: Uint8Array | string): Promise<void> {
    await new Promise<void>((resolve) => this.#stream.end(data ?? '', () => resolve()));
  }

  destroy(): void {
    this.#stream.destroy();
  }

  #change(what: () => void): void {
    what();
    this.#wake?.();
  }
}

/** Connects to 127.0.0.1. @throws when the handshake or the verification of the server fails */
export async function glassClient(options: GlassClientOptions): Promise<GlassConnection> {
  // STAND-IN
  const connectOptions = {
    port: options.port,
    host: '127.0.0.1',
    ca: options.ca,
    servername: options.servername ?? 'localhost',
    allowHalfOpen: true,
    ...contextOptions(options),
  };
  const socket = tls.connect(connectOptions);
  try {
    await once(socket as NodeJS.EventEmitter, 'secureConnect', { signal: AbortSignal.timeout(20_000) });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return new GlassConnection(socket, facts(socket));
}

/** Listens on a free port of 127.0.0.1. */
export async function glassServer(options: GlassServerOptions): Promise<GlassServer> {
  // STAND-IN
  const connections: GlassConnection[] = [];
  const errors: Error[] = [];
  const server = tls.createServer({
    cert: options.identity.fullChain,
    key: options.identity.key,
    allowHalfOpen: true,
    ...contextOptions(options),
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('tlsClientError', (error) => errors.push(error));
  server.on('secureConnection', (socket) => {
    socket.on('error', (error) => errors.push(error));
    const connection = new GlassConnection(socket, facts(socket));
    connections.push(connection);
    options.onConnection(connection);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    errors,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const connection of connections) connection.destroy();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function facts(socket: tls.TLSSocket) {
  const { version, suite, group, alpn } = nodeNegotiated(socket);
  return { protocol: version, cipher: suite, group, alpn, authorized: socket.authorized };
}

function contextOptions(options: GlassOptions): tls.SecureContextOptions & { ALPNProtocols?: string[] } {
  const modern = (Object.keys(SUITES) as Suite[]).filter((suite) => options.legacy || !suite.startsWith('TLS_RSA_'));
  const { tls12, tls13 } = opensslSuites(options.suites ?? modern);
  return {
    minVersion: options.minVersion ?? 'TLSv1.2',
    maxVersion: options.maxVersion ?? 'TLSv1.3',
    ciphers: [tls13, tls12].filter((list) => list !== '').join(':'),
    ...(options.groups ? { ecdhCurve: options.groups.map((group) => GROUPS[group].openssl).join(':') } : {}),
    ...(options.alpn ? { ALPNProtocols: [...options.alpn] } : {}),
  };
}
