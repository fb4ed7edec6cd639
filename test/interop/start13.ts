// Starting any peer of the TLS 1.3 rows alike: the servers and clients of peer_servers.ts and peer_clients.ts, and the
// programs of programs.ts, which echo.

import { expect } from 'vitest';
import type { Pki } from '../peers/pki.ts';
import { type ProgramName, programClient, programServer } from '../peers/programs.ts';
import { groupFrom } from '../peers/vocabulary.ts';
import type { Client13, Server13 } from './over_peers13.ts';
import { type ClientWishes, type Ran, runClient } from './peer_clients.ts';
import { type ServerWishes, type StartedServer, startServer } from './peer_servers.ts';

export const V13 = 'TLSv1.3';

export interface Wishes13 extends ServerWishes {
  /** Keying material to export; the programs alone. */
  readonly label?: string;
}

/** A server that speaks TLS 1.3 alone; what it saw includes whether the connection went on from an earlier one. */
export async function start13(name: Server13, wishes: Wishes13): Promise<StartedServer> {
  const pinned: Wishes13 = { version: V13, ...wishes };
  if (name === 'go' || name === 'node24') return startProgram(name, pinned);
  let resumed = false;
  const started = await startServer(name, {
    ...pinned,
    onNodeConnection: (socket) => {
      resumed = socket.isSessionReused();
      wishes.onNodeConnection?.(socket);
    },
  });
  const { openssl } = started;
  const signatures = (): number => openssl?.messages().filter(({ name }) => name === 'CertificateVerify').length ?? 0;
  let signed = 0;
  return {
    ...started,
    exchange: async (connection, filler) => {
      const seen = await started.exchange(connection, filler);
      if (name === 'node:tls') return { ...seen, reused: resumed };
      if (name === 'gnutls') return { ...seen, reused: /resumed session/.test(latestOf(started.log())) };
      if (name !== 'openssl') return seen;
      const before = signed;
      signed = signatures();
      return { ...seen, reused: signed === before };
    },
  };
}

/** What gnutls-serv says of its latest connection. */
function latestOf(log: string): string {
  return log.split('* Accepted connection').at(-1) ?? '';
}

async function startProgram(name: ProgramName, wishes: Wishes13): Promise<StartedServer> {
  const { identity, version, groups, clientCert, clientCa, label } = wishes;
  const peer = await programServer(name, { identity, version, groups, clientCert, caFile: clientCa?.file, label });
  return {
    ...peer,
    exchange: async (connection, filler = '') => {
      const line = `there and back${filler}`;
      await connection.send(line);
      expect((await connection.receiveAtLeast(line.length)).toString()).toBe(line);
      await connection.end();
      expect((await connection.receiveAll()).length).toBe(0);
      expect(peer.errors()).toEqual([]);
      const latest = peer.connections().at(-1);
      const { group, peer: client, resumed: reused } = latest ?? {};
      return {
        version: latest?.version,
        suite: latest?.suite,
        group: groupFrom(group || undefined),
        client: client || undefined,
        reused,
      };
    },
  };
}

export interface RanAll extends Ran {
  /** What it says of each connection whether it went on from an earlier one, if it says. */
  readonly resumed?: readonly boolean[];
}

/** A client that asks our server one question, over a connection of TLS 1.3. Chromium cannot be run so. */
export async function run13(
  name: Client13,
  ca: Pki,
  wishes: Omit<ClientWishes, 'ca'> & { readonly times?: number; readonly rounds?: number; readonly label?: string },
): Promise<RanAll> {
  if (name === 'chromium') throw new Error('Chromium asks for pages');
  const pinned = { version: V13, ...wishes, ca } as const;
  if (name !== 'go' && name !== 'node24') return runClient(name, pinned);
  const { question = 'quiet' } = wishes;
  const result = await programClient(name, { ...pinned, caFile: ca.caFile, question });
  const last = result.connections.at(-1);
  const whole = `${question}\n`.repeat(wishes.rounds ?? 1).toUpperCase();
  const served = result.code === 0 && result.connections.every(({ answer }) => answer === whole);
  return {
    served,
    said: `${result.stdout.toString()}${result.stderr}`,
    messages: [],
    resumed: result.connections.map((one) => one.resumed),
    version: last?.version,
    suite: last?.suite,
    group: groupFrom(last?.group || undefined),
  };
}
