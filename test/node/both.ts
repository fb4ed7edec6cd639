// The same program run with node:tls and with glasstls/node: server and client are of one module, and what comes out of a
// scenario is compared. Each scenario names the entries of docs/node-tls.md that it exercises.

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import * as glass from '../../src/node/index.ts';
import { type Pki, pki } from '../peers/pki.ts';

/** node:tls's own type: what is compiled against it runs with ours by changing the import. */
export type Api = Pick<
  typeof tls,
  | 'connect'
  | 'createServer'
  | 'createSecureContext'
  | 'TLSSocket'
  | 'Server'
  | 'checkServerIdentity'
  | 'rootCertificates'
  | 'getCiphers'
>;

export const APIS: Readonly<Record<'node:tls' | 'glasstls', Api>> = {
  'node:tls': tls,
  glasstls: glass as unknown as Api,
};

export interface Scenario {
  readonly name: string;
  /** Entries of docs/node-tls.md, as the table in scripts/node_tls_table.mjs names them. */
  readonly covers: readonly string[];
  readonly run: (stage: Stage) => Promise<unknown>;
}

/** Both ends of a connection whose handshake is done. */
export interface Ends {
  readonly client: tls.TLSSocket;
  readonly server: tls.TLSSocket;
}

/** What a scenario works with: one module, the certificates, and everything closed afterwards. */
export class Stage {
  readonly api: Api;
  readonly pki: Pki;
  readonly own: { readonly cert: string; readonly key: string };
  private readonly open: { destroy(): unknown }[] = [];
  private readonly servers: { close(): unknown }[] = [];

  constructor(api: Api, pki: Pki) {
    this.api = api;
    this.pki = pki;
    const { fullChain: cert, key } = pki.leaf('p256');
    this.own = { cert, key };
  }

  /** A server on a free port. */
  async serve(options: tls.TlsOptions = {}): Promise<{ port: number; server: tls.Server }> {
    const server = this.api.createServer({ ...this.own, ...options });
    return { server, port: await this.listen(server) };
  }

  async listen(server: tls.Server): Promise<number> {
    this.servers.push(server);
    server.on('secureConnection', (socket) => this.keep(socket));
    server.on('tlsClientError', (_error, socket) => this.keep(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  dial(port: number, options: tls.ConnectionOptions = {}): tls.TLSSocket {
    const base = { port, host: '127.0.0.1', servername: 'localhost', ca: this.pki.ca };
    return this.keep(this.api.connect({ ...base, ...options }));
  }

  /** A whole connection. */
  async connected(server: tls.TlsOptions = {}, client: tls.ConnectionOptions = {}): Promise<Ends> {
    const { port, server: listening } = await this.serve(server);
    return this.meet(listening, this.dial(port, client));
  }

  async meet(server: tls.Server, client: tls.TLSSocket): Promise<Ends> {
    const [[accepted]] = await Promise.all([once(server, 'secureConnection'), once(client, 'secureConnect')]);
    return { client, server: accepted as tls.TLSSocket };
  }

  /** The codes with which both ends fail; `none` for an end that says nothing. */
  async refused(server: tls.TlsOptions, client: tls.ConnectionOptions): Promise<{ client: string; server: string }> {
    const { port, server: listening } = await this.serve(server);
    const theirs = new Promise<string>((resolve) => {
      listening.once('tlsClientError', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
    const socket = this.dial(port, client);
    return { client: await failure(socket), server: await theirs };
  }

  keep<T extends { destroy(): unknown; on(name: 'error', listener: () => void): unknown }>(socket: T): T {
    this.open.push(socket);
    socket.on('error', () => {});
    return socket;
  }

  async close(): Promise<void> {
    for (const socket of this.open.splice(0)) socket.destroy();
    await Promise.all(
      this.servers.splice(0).map(async (server) => {
        const closed = once(server as unknown as NodeJS.EventEmitter, 'close');
        server.close();
        await closed;
      }),
    );
  }
}

/** The code of the error that ends a socket; `none` when it closes without one. */
export function failure(socket: tls.TLSSocket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.once('close', () => resolve('none'));
  });
}

export async function outcomeOf(scenario: Scenario, api: Api): Promise<unknown> {
  const stage = new Stage(api, await pki());
  try {
    return await scenario.run(stage);
  } finally {
    await stage.close();
  }
}

/** Everything up to the end. */
export async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(stream, 'end');
  return Buffer.concat(chunks).toString();
}
