// The one door between the interop tests and glasstls: tests call `glassClient` and `glassServer` and nothing else of it.
// What a test pins is handed on; everything else is glasstls/node's default.

import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import {
  type ConnectOptions,
  connect,
  createServer,
  type SecureOptions,
  type Server,
  type ServerSocketOptions,
  type TLSSocket,
} from '../../src/node/index.ts';
import { SecureContext } from '../../src/node/options.ts';
import { nobleProvider } from '../../src/providers/noble.ts';
import { nodeProvider } from '../../src/providers/node.ts';
import { TlsError } from '../../src/wire/tls_error.ts';
import type { Identity } from '../peers/pki.ts';
import type { Group, Suite, Version } from '../peers/vocabulary.ts';

export const CRYPTO = { node: nodeProvider, noble: nobleProvider } as const;
export type Provider = keyof typeof CRYPTO;

export const PROVIDERS: readonly Provider[] = ['node', 'noble'];

export interface GlassOptions {
  readonly provider: Provider;
  readonly minVersion?: Version;
  readonly maxVersion?: Version;
  readonly suites?: readonly Suite[];
  readonly groups?: readonly Group[];
  readonly alpn?: readonly string[];
  /** Allows RSA key exchange and CBC. */
  readonly legacy?: boolean;
}

export interface GlassClientOptions extends GlassOptions {
  readonly port: number;
  /** PEM. */
  readonly ca: string;
  readonly servername?: string;
  readonly session?: Buffer | undefined;
  /** What we can prove ourselves with when the server asks. */
  readonly identity?: Identity | readonly Identity[] | undefined;
  /** Written at once, before anything is agreed on. */
  readonly early?: string;
  /** Called before the handshake begins, to listen for its events. */
  readonly onSocket?: (socket: TLSSocket) => void;
  /** What no other test pins. */
  readonly more?: Partial<ConnectOptions>;
}

export interface GlassServerOptions extends GlassOptions {
  /** Undefined: none, for a server that shares keys with its clients. */
  readonly identity: Identity | readonly Identity[] | undefined;
  readonly onConnection: (connection: GlassConnection) => void;
  /** Sessions are kept by id, in memory, and looked up a moment later; there are no tickets. */
  readonly sessionsById?: boolean;
  /** A DER OCSPResponse, for every client that asks. */
  readonly staple?: Uint8Array;
  /** What no other test pins. */
  readonly more?: Partial<ServerSocketOptions>;
}

export interface GlassServer {
  readonly port: number;
  /** Every connection whose handshake was completed, oldest first. */
  readonly connections: readonly GlassConnection[];
  /** Errors of handshakes that failed, and of connections, oldest first. */
  readonly errors: readonly Error[];
  stop(): Promise<void>;
}

/** The engine's own error, where node:tls's stands around it: these tests are about the protocol. */
function engineError(error: Error): Error {
  return error.cause instanceof TlsError ? error.cause : error;
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
  /** Whether it went on from a session. */
  readonly reused: boolean;
  /** All that the handshake agreed on. */
  readonly agreement: NonNullable<TLSSocket['agreement']>;
  /** What x509 found of the peer's chain. */
  readonly judgement: TLSSocket['judgement'];
  /** For what only some tests ask of it: new keys, a certificate after the handshake. */
  readonly socket: TLSSocket;
  readonly #stream: TLSSocket;
  readonly #chunks: Buffer[] = [];
  #ended = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(stream: TLSSocket) {
    this.#stream = stream;
    this.socket = stream;
    this.protocol = stream.getProtocol() ?? undefined;
    this.cipher = stream.getCipher()?.standardName;
    this.group = stream.getGroup();
    this.alpn = stream.alpnProtocol || undefined;
    this.authorized = stream.authorized;
    this.reused = stream.isSessionReused();
    this.judgement = stream.judgement;
    if (stream.agreement === undefined) throw new Error('a connection without an agreement');
    this.agreement = stream.agreement;
    stream.on('data', (chunk: Buffer) => this.#change(() => this.#chunks.push(chunk)));
    stream.on('end', () => this.#change(() => (this.#ended = true)));
    stream.on('error', (error) => this.#change(() => (this.#error = engineError(error))));
    stream.on('close', () => {
      if (!this.#ended) this.#change(() => (this.#error ??= new Error('closed without an end')));
    });
  }

  /** What to come back with, as far as it is known by now. */
  session(): Buffer | undefined {
    return this.#stream.getSession();
  }

  exported(length: number, label: string, context?: Uint8Array): string {
    return this.#stream.exportKeyingMaterial(length, label, context).toString('hex');
  }

  binding(type: 'tls-unique' | 'tls-exporter'): string {
    return this.#stream.getChannelBinding(type).toString('hex');
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

/** Connects to 127.0.0.1. @throws when the handshake or the verification of the server fails, or after 20 s */
export function glassClient(options: GlassClientOptions): Promise<GlassConnection> {
  const socket = connect({
    port: options.port,
    host: '127.0.0.1',
    ca: options.ca,
    servername: options.servername ?? 'localhost',
    allowHalfOpen: true,
    session: options.session,
    ...identityOptions(options.identity),
    ...secureOptions(options),
    ...options.more,
  });
  options.onSocket?.(socket);
  if (options.early !== undefined) socket.write(options.early);
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => socket.destroy(new Error('no handshake within 20 s')), 20_000);
    socket.once('close', () => clearTimeout(limit));
    socket.once('error', (error) => reject(engineError(error)));
    socket.once('secureConnect', () => {
      clearTimeout(limit);
      resolve(new GlassConnection(socket));
    });
  });
}

/** Listens on a free port of 127.0.0.1. */
export async function glassServer(options: GlassServerOptions): Promise<GlassServer> {
  const connections: GlassConnection[] = [];
  const errors: Error[] = [];
  const all: ServerSocketOptions = {
    ...identityOptions(options.identity),
    allowHalfOpen: true,
    ...(options.sessionsById && { ticketKeys: [] }),
    ...secureOptions(options),
    ...options.more,
  };
  const { staple } = options;
  const server = createServer(staple ? { ...all, secureContext: new StaplingContext(all, staple) } : all);
  if (options.sessionsById) keepSessions(server);
  const transports = new Set<Socket>();
  server.on('connection', (transport: Socket) => transports.add(transport));
  server.on('tlsClientError', (error: Error) => errors.push(engineError(error)));
  server.on('secureConnection', (socket: TLSSocket) => {
    socket.on('error', (error) => errors.push(engineError(error)));
    const connection = new GlassConnection(socket);
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
      for (const transport of transports) transport.destroy();
      await closed;
    },
  };
}

/** glasstls/node has no option for a stapled response; the engine's credentials have a place for it. */
class StaplingContext extends SecureContext {
  readonly #staple: Uint8Array;

  constructor(options: SecureOptions, staple: Uint8Array) {
    super(options);
    this.#staple = staple;
  }

  override get credentials(): SecureContext['credentials'] {
    return super.credentials.map((one) => ({ ...one, ocspResponse: this.#staple }));
  }
}

function keepSessions(server: Server): void {
  const kept = new Map<string, Buffer>();
  server.on('newSession', (id: Buffer, session: Buffer) => kept.set(id.toString('hex'), session));
  server.on('resumeSession', (id: Buffer, found: (error: Error | null, session: Buffer | null) => void) => {
    setTimeout(() => found(null, kept.get(id.toString('hex')) ?? null), 5);
  });
}

function identityOptions(identity: GlassServerOptions['identity']): Pick<SecureOptions, 'cert' | 'key'> {
  if (identity === undefined) return {};
  const all = 'cert' in identity ? [identity] : identity;
  return { cert: all.map(({ fullChain }) => fullChain), key: all.map(({ key }) => key) };
}

function secureOptions(options: GlassOptions): SecureOptions {
  const { provider, minVersion, maxVersion, suites, groups, alpn, legacy } = options;
  return {
    provider: CRYPTO[provider],
    ...(minVersion && { minVersion }),
    ...(maxVersion && { maxVersion }),
    ...(suites && { ciphers: suites.join(':') }),
    ...(groups && { ecdhCurve: groups.join(':') }),
    ...(alpn && { ALPNProtocols: alpn }),
    ...(legacy && { legacy }),
  };
}
