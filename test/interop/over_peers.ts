// Rows of the matrix that every peer of a role can take: declared once, tested against each, with each provider. A row may
// say why one peer or one provider cannot take it; Chromium, which no test can configure, is given one reason for all.

import { describePeer, type PeerName } from '../peers/available.ts';
import { cell, notApplicable } from '../peers/matrix.ts';
import { PROVIDERS, type Provider } from './glass.ts';
import { CLIENTS, type ClientName } from './peer_clients.ts';
import { SERVERS, type ServerName } from './peer_servers.ts';

/** Why there is no test: for every provider, or for one. */
export type Reason = string | Readonly<Partial<Record<Provider, string>>> | undefined;

/** Declares one row for the peer at hand. `not` is why it has none here. */
export type Row = (feature: string, body: (provider: Provider) => Promise<void>, not?: Reason) => void;

/** Rows of our client against each server. */
export function overServers(title: string, rows: (peer: ServerName, row: Row) => void): void {
  for (const peer of SERVERS) declare('client', peer, `client to ${peer}: ${title}`, (row) => rows(peer, row));
}

/** Rows of our server against each client; `chromium`: why Chromium takes none of them. */
export function overClients(title: string, chromium: string, rows: (peer: ClientName, row: Row) => void): void {
  for (const peer of CLIENTS) declare('server', peer, `${peer} to server: ${title}`, (row) => rows(peer, row));
  // The features are the same for every peer, and no body runs.
  declare('server', 'chromium', title, (row) => rows(CLIENTS[0], (feature, body) => row(feature, body, chromium)));
}

/** A peer that takes none of the rows has no describe block: vitest wants a test in each. */
function declare(role: 'client' | 'server', peer: PeerName, title: string, rows: (row: Row) => void): void {
  const cells: (() => void)[] = [];
  let tests = 0;
  rows((feature, body, not) => {
    for (const provider of PROVIDERS) {
      const where = { feature, peer, role, provider };
      const reason = typeof not === 'string' ? not : not?.[provider];
      if (reason === undefined) tests++;
      cells.push(() => (reason === undefined ? cell(where, () => body(provider)) : notApplicable(where, reason)));
    }
  });
  const all = (): void => {
    for (const one of cells) one();
  };
  if (tests === 0) all();
  else describePeer(peer, title, all);
}
