// Rows of the TLS 1.3 part of the matrix: each row says for every peer of its role how it is proved there, or why it is not.
// The type leaves no peer out, so that a new peer or row cannot leave an empty cell.

import { describePeer, type PeerName } from '../peers/available.ts';
import { cell, notApplicable } from '../peers/matrix.ts';
import { prepare } from '../peers/programs.ts';
import { PROVIDERS, type Provider } from './glass.ts';

export const SERVERS13 = [
  'openssl',
  'nginx',
  'gnutls',
  'node:tls',
  'go',
  'node24',
] as const satisfies readonly PeerName[];
export const CLIENTS13 = [
  'openssl',
  'curl',
  'gnutls',
  'node:tls',
  'chromium',
  'go',
  'node24',
] as const satisfies readonly PeerName[];
export type Server13 = (typeof SERVERS13)[number];
export type Client13 = (typeof CLIENTS13)[number];

export type Proof = (provider: Provider) => Promise<void>;

/** For each peer: how it is proved, or why it is not. */
export type Row13<P extends string> = Readonly<Record<P, Proof | string>>;

/** Features and their rows. */
export type Table13<P extends string> = Readonly<Record<string, Row13<P>>>;

const SECTION = 'TLS 1.3';

await Promise.all([prepare('go'), prepare('node24')]);

/** Our client against each server. */
export function asClient13(title: string, table: Table13<Server13>): void {
  for (const peer of SERVERS13) declare('client', peer, `client to ${peer}: ${title}`, table);
}

/** Our server against each client. `around` may start what all tests of a peer share. */
export function asServer13(title: string, table: Table13<Client13>, around?: (peer: Client13) => void): void {
  for (const peer of CLIENTS13) declare('server', peer, `${peer} to server: ${title}`, table, () => around?.(peer));
}

/** The same proof for all peers but those in `others`, which have another one or a reason. */
export function all<P extends string>(
  peers: readonly P[],
  proof: (peer: P) => Proof,
  others: Partial<Row13<P>> = {},
): Row13<P> {
  return Object.fromEntries(peers.map((peer) => [peer, others[peer] ?? proof(peer)])) as Row13<P>;
}

/** No proof at all, for one reason. */
export function nowhere<P extends string>(peers: readonly P[], reason: string): Row13<P> {
  return Object.fromEntries(peers.map((peer) => [peer, reason])) as Row13<P>;
}

function declare<P extends PeerName>(
  role: 'client' | 'server',
  peer: P,
  title: string,
  table: Table13<P>,
  around?: () => void,
): void {
  const rows = Object.entries(table).map(([feature, row]) => ({ feature, proof: row[peer] }));
  const write = (): void => {
    for (const { feature, proof } of rows) {
      for (const provider of PROVIDERS) {
        const where = { section: SECTION, feature, peer, role, provider };
        if (typeof proof === 'string') notApplicable(where, proof);
        else cell(where, () => proof(provider));
      }
    }
  };
  // A peer that takes none of the rows has no describe block: vitest wants a test in each.
  if (rows.every(({ proof }) => typeof proof === 'string')) return write();
  describePeer(peer, title, () => {
    around?.();
    write();
  });
}
