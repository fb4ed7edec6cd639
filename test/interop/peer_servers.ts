// The servers that our client is proved against, started alike: what a test wishes of any of them, in each one's spelling,
// and one exchange of data after which the server says what it saw.

import type { TLSSocket, TlsOptions } from 'node:tls';
import { expect } from 'vitest';
import type { PeerName } from '../peers/available.ts';
import { type GnutlsServer, gnutlsServer } from '../peers/gnutls.ts';
import { nginx } from '../peers/nginx.ts';
import { nodeServer } from '../peers/node_tls.ts';
import { type OpensslServer, opensslServer, parseReport } from '../peers/openssl.ts';
import type { Identity } from '../peers/pki.ts';
import type { Peer } from '../peers/process.ts';
import { groupFrom, type Negotiated, type Pins, suiteFromOpenssl } from '../peers/vocabulary.ts';
import type { GlassConnection } from './glass.ts';
import { until } from './support.ts';

export const SERVERS = ['openssl', 'nginx', 'gnutls', 'node:tls'] as const satisfies readonly PeerName[];
export type ServerName = (typeof SERVERS)[number];

export interface ServerWishes extends Pins {
  readonly identity: Identity | undefined;
  readonly clientCert?: 'request' | 'require';
  /** Whom it trusts to vouch for clients: PEM, as text and as a file. */
  readonly clientCa?: { readonly pem: string; readonly file: string };
  /** Its Diffie-Hellman group: PEM, as text and as a file. */
  readonly dh?: { readonly pem: string; readonly file: string };
  /** A DER OCSPResponse, as bytes and as a file. */
  readonly staple?: { readonly der: Buffer; readonly file: string };
  /** What only one of them understands. */
  readonly openssl?: {
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly report?: boolean;
  };
  readonly nginx?: string;
  readonly gnutls?: { readonly args?: readonly string[]; readonly priority?: readonly string[] };
  readonly node?: TlsOptions;
  readonly onNodeConnection?: (socket: TLSSocket) => void;
}

/** What a server says of a connection. */
export interface Seen extends Negotiated {
  /** The subject of the certificate that we showed it, in its own spelling. */
  readonly client: string | undefined;
  /** Whether the connection went on from an earlier one; nginx alone says it in its answer. */
  readonly reused?: boolean | undefined;
}

export interface StartedServer extends Peer {
  /** Data both ways over a connection of ours, which is then closed; `filler` makes it more. */
  exchange(connection: GlassConnection, filler?: string): Promise<Seen>;
  /** openssl's own handle, for what only openssl tells. */
  readonly openssl?: OpensslServer;
}

export function startServer(name: ServerName, wishes: ServerWishes): Promise<StartedServer> {
  return { openssl: startOpenssl, nginx: startNginx, gnutls: startGnutls, 'node:tls': startNode }[name](wishes);
}

async function startOpenssl(wishes: ServerWishes): Promise<StartedServer> {
  const { clientCert, clientCa, dh, staple, openssl = {}, ...pins } = wishes;
  const peer = await opensslServer({
    ...pins,
    ...(openssl.env && { env: openssl.env }),
    ...(openssl.report && { report: true }),
    args: [
      ...(clientCa ? ['-CAfile', clientCa.file] : []),
      ...(clientCert ? [clientCert === 'require' ? '-Verify' : '-verify', '3', '-verify_return_error'] : []),
      ...(dh ? ['-dhparam', dh.file] : []),
      ...(staple ? ['-status_file', staple.file] : []),
      ...(openssl.args ?? []),
    ],
  });
  return {
    ...peer,
    openssl: peer,
    exchange: async (connection, filler = '') => {
      const before = peer.received().length;
      const [down, up] = [`from the server${filler}\n`, `from the client${filler}\n`];
      peer.send(down);
      expect((await connection.receiveAtLeast(down.length)).toString()).toBe(down);
      await connection.end(up);
      await until('the data arrives', () => peer.received().length >= before + up.length);
      expect(peer.received().subarray(before).toString()).toContain(up);
      expect((await connection.receiveAll()).length).toBe(0);
      const said = peer.log();
      return { ...parseReport(said), client: /^Peer certificate: (.*)$/m.exec(said)?.[1] };
    },
  };
}

/** Asks for a page, and for the end of the connection. */
export const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

async function startNginx(wishes: ServerWishes): Promise<StartedServer> {
  const { identity, clientCert, clientCa, dh, staple, nginx: more = '', ...pins } = wishes;
  if (identity === undefined) throw new Error('nginx always has a certificate');
  const directives = [
    ...(clientCa ? [`ssl_client_certificate ${clientCa.file}; ssl_verify_depth 3;`] : []),
    ...(clientCert ? [`ssl_verify_client ${clientCert === 'require' ? 'on' : 'optional'};`] : []),
    ...(dh ? [`ssl_dhparam ${dh.file};`] : []),
    ...(staple ? [`ssl_stapling on; ssl_stapling_file ${staple.file};`] : []),
    more,
  ].join('\n');
  const peer = await nginx({ ...pins, identity, directives });
  return {
    ...peer,
    exchange: async (connection, filler = '') => {
      await connection.send(GET.replace('Host:', `X-Filler: ${filler}\r\nHost:`));
      const answer = (await connection.receiveAll()).toString('latin1');
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      await connection.end();
      const field = (name: string): string | undefined => new RegExp(`^${name}=(.+)$`, 'm').exec(answer)?.[1];
      return {
        version: field('protocol'),
        suite: suiteFromOpenssl(field('cipher')),
        group: groupFrom(field('curve')),
        reused: field('reused') === 'r',
        client: field('verify') === 'SUCCESS' ? field('subject') : undefined,
      };
    },
  };
}

async function startGnutls(wishes: ServerWishes): Promise<StartedServer> {
  const { clientCert, clientCa, dh, staple, gnutls = {}, ...pins } = wishes;
  const peer: GnutlsServer = await gnutlsServer({
    ...pins,
    ...(clientCert && { clientCert }),
    ...(gnutls.priority && { priority: gnutls.priority }),
    args: [
      ...(clientCa ? ['--x509cafile', clientCa.file] : []),
      ...(dh ? ['--dhparams', dh.file] : []),
      ...(staple ? ['--ocsp-response', staple.file, '--ignore-ocsp-response-errors'] : []),
      ...(gnutls.args ?? []),
    ],
  });
  return {
    ...peer,
    exchange: async (connection, filler = '') => {
      const line = `say it again${filler}\n`;
      await connection.send(line);
      expect((await connection.receiveAtLeast(line.length)).toString()).toBe(line);
      const seen = await peer.negotiated();
      await connection.end();
      return { ...seen, client: /Certificate\[0\] info:[\s\S]*?\tSubject: (.*)/.exec(peer.log())?.[1] };
    },
  };
}

async function startNode(wishes: ServerWishes): Promise<StartedServer> {
  const { clientCert, clientCa, dh, staple, node = {}, onNodeConnection, ...pins } = wishes;
  const clients: (string | undefined)[] = [];
  const peer = await nodeServer({
    ...pins,
    onConnection: (socket) => {
      clients.push(socket.authorized ? String(socket.getPeerCertificate().subject.CN) : undefined);
      onNodeConnection?.(socket);
      socket.pipe(socket);
    },
    more: {
      ...(clientCa && { ca: clientCa.pem }),
      ...(clientCert && { requestCert: true, rejectUnauthorized: clientCert === 'require' }),
      ...(dh && { dhparam: dh.pem }),
      ...node,
    },
    ...(staple && { staple: staple.der }),
  });
  return {
    ...peer,
    exchange: async (connection, filler = '') => {
      const data = `there and back${filler}`;
      await connection.send(data);
      expect((await connection.receiveAtLeast(data.length)).toString()).toBe(data);
      await connection.end();
      expect((await connection.receiveAll()).length).toBe(0);
      expect(peer.errors).toEqual([]);
      return { ...peer.connections.at(-1), group: undefined, client: clients.at(-1) };
    },
  };
}
