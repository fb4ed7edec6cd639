// The clients that our server is proved against, run alike: what a test wishes of any of them, in each one's spelling, one
// request over one connection, and what the client says of it.

import { join } from 'node:path';
import type { ConnectionOptions, TLSSocket, TLSSocketOptions } from 'node:tls';
import type { PeerName } from '../peers/available.ts';
import { curl } from '../peers/curl.ts';
import { gnutlsClient } from '../peers/gnutls.ts';
import { nodeClient, nodeNegotiated, readToEnd } from '../peers/node_tls.ts';
import { type OpensslMessage, opensslClient } from '../peers/openssl.ts';
import type { Identity } from '../peers/pki.ts';
import { scratch } from '../peers/run_dir.ts';
import type { Negotiated, Pins } from '../peers/vocabulary.ts';

export const CLIENTS = ['openssl', 'curl', 'gnutls', 'node:tls'] as const satisfies readonly PeerName[];
export type ClientName = (typeof CLIENTS)[number];

export interface ClientWishes extends Pins {
  readonly port: number;
  readonly ca: { readonly ca: string; readonly caFile: string };
  readonly servername?: string;
  readonly identity?: Identity | undefined;
  /** Sent to our server, which answers in capitals; curl asks for a page instead. Default `quiet`. */
  readonly question?: string;
  /** What only one of them understands. */
  readonly openssl?: { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> };
  readonly curl?: { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> };
  readonly gnutls?: { readonly args?: readonly string[]; readonly priority?: readonly string[] };
  readonly node?: ConnectionOptions & Pick<TLSSocketOptions, 'requestOCSP'>;
  readonly onNodeSocket?: (socket: TLSSocket) => void;
}

export interface Ran extends Negotiated {
  /** Whether the client was content and got our answer. */
  readonly served: boolean;
  /** Everything that it said, for what has no field of its own: openssl's full report, GnuTLS's, the error of node:tls. */
  readonly said: string;
  /** Messages as openssl saw them; the others do not tell. */
  readonly messages: readonly OpensslMessage[];
}

/** Sends a question to a server that answers as `respond` of support.ts does. */
export function runClient(name: ClientName, wishes: ClientWishes): Promise<Ran> {
  return { openssl: runOpenssl, curl: runCurl, gnutls: runGnutls, 'node:tls': runNode }[name](wishes);
}

/** Two connections of TLS 1.2, the second of which goes on from the first: one result each, or one for both (curl, GnuTLS). */
export async function runTwice(peer: ClientName, wishes: ClientWishes): Promise<Ran[]> {
  if (peer === 'openssl') {
    const file = join(scratch('session'), 'session.pem');
    const visit = (args: string[]) => runClient(peer, { ...wishes, openssl: { ...wishes.openssl, args } });
    return [await visit(['-sess_out', file]), await visit(['-sess_in', file])];
  }
  if (peer === 'curl') {
    const args = ['--tls-max', '1.2', `https://localhost:${wishes.port}/`];
    return [await runClient(peer, { ...wishes, curl: { ...wishes.curl, args } })];
  }
  if (peer === 'gnutls')
    return [await runClient(peer, { ...wishes, gnutls: { ...wishes.gnutls, args: ['--resume'] } })];
  let session: Buffer | undefined;
  const visit = () =>
    runClient(peer, {
      ...wishes,
      node: { ...wishes.node, ...(session && { session }) },
      onNodeSocket: (socket) => socket.on('session', (one: Buffer) => (session = one)),
    });
  return [await visit(), await visit()];
}

async function runOpenssl(wishes: ClientWishes): Promise<Ran> {
  const { ca, openssl = {}, question = 'quiet', ...rest } = wishes;
  const input = `${question}\n`;
  const result = await opensslClient({ ...rest, ...openssl, caFile: ca.caFile, input, output: 'report' });
  const said = result.stdout.toString('latin1') + result.stderr;
  return { ...result, said, served: result.code === 0 && said.includes(input.toUpperCase()) };
}

async function runCurl(wishes: ClientWishes): Promise<Ran> {
  const { port, ca, servername = 'localhost', curl: own = {}, ...rest } = wishes;
  const result = await curl({
    ...rest,
    url: `https://${servername}:${port}/`,
    caFile: ca.caFile,
    ...(own.env && { env: own.env }),
    args: ['--resolve', `${servername}:${port}:127.0.0.1`, ...(own.args ?? [])],
  });
  return { ...result, said: result.stderr, messages: [], served: result.code === 0 && result.status === 200 };
}

async function runGnutls(wishes: ClientWishes): Promise<Ran> {
  const { ca, gnutls = {}, question = 'quiet', ...rest } = wishes;
  const input = `${question}\n`;
  const result = await gnutlsClient({ ...rest, ...gnutls, caFile: ca.caFile, input });
  const said = result.info + result.stdout.toString('latin1') + result.stderr;
  return { ...result, said, messages: [], served: result.code === 0 && said.includes(input.toUpperCase()) };
}

async function runNode(wishes: ClientWishes): Promise<Ran> {
  const { ca, node, onNodeSocket, question = 'quiet', ...rest } = wishes;
  try {
    const socket = await nodeClient({
      ...rest,
      ca: ca.ca,
      ...(node && { more: node }),
      ...(onNodeSocket && { onSocket: onNodeSocket }),
    });
    socket.write(`${question}\n`);
    const answer = (await readToEnd(socket)).toString();
    const negotiated = nodeNegotiated(socket);
    socket.end();
    return { ...negotiated, said: answer, messages: [], served: answer === `${question}\n`.toUpperCase() };
  } catch (error) {
    return { said: `${(error as NodeJS.ErrnoException).code} ${String(error)}`, messages: [], served: false };
  }
}
