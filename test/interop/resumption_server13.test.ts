// Resumption in TLS 1.3 (RFC 8446 2.2, 4.6.1) by clients of other stacks at our server: by tickets, beside a HelloRetryRequest,
// with a client certificate, with keys that two servers share; and the full handshake where there is no ticket or no key.

import { join } from 'node:path';
import { beforeAll, expect } from 'vitest';
import { type ChromiumPeer, startChromium } from '../peers/chromium.ts';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { nodeClient, readToEnd } from '../peers/node_tls.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { scratch } from '../peers/run_dir.ts';
import type { GlassConnection, GlassServer, GlassServerOptions, Provider } from './glass.ts';
import { all, asServer13, CLIENTS13, type Client13, nowhere, type Proof, type Row13 } from './over_peers13.ts';
import { serve } from './serving.ts';
import { run13, V13 } from './start13.ts';
import { withPeer } from './support.ts';
import { watch } from './watch13.ts';

let ca: Pki;

beforeAll(async () => {
  ca = await pki();
});
printMatrixAfterAll();

let browser: ChromiumPeer;

/** Two connections, the second with what the first left. */
async function twice(
  peer: Client13,
  port: number,
  wishes: Omit<Parameters<typeof run13>[2], 'port'> = {},
): Promise<void> {
  const url = `https://localhost:${port}/`;
  const run = async (more: Partial<Parameters<typeof run13>[2]> = {}): Promise<void> => {
    const client = await run13(peer, ca, { port, ...wishes, ...more });
    expect(client, client.said).toMatchObject({ served: true });
    if (client.resumed) expect(client.resumed).toEqual([false, true]);
  };
  switch (peer) {
    case 'openssl': {
      const file = join(scratch('session'), 'session.pem');
      const args = wishes.openssl?.args ?? [];
      await run({ openssl: { args: [...args, '-sess_out', file] } });
      return run({ openssl: { args: [...args, '-sess_in', file] } });
    }
    case 'curl':
      return run({ curl: { args: [...(wishes.curl?.args ?? []), url] } });
    case 'gnutls':
      return run({
        gnutls: { ...wishes.gnutls, args: [...(wishes.gnutls?.args ?? []), '--resume', '--waitresumption'] },
      });
    case 'chromium':
      for (const visit of await browser.visits([url, url]))
        expect(visit).toMatchObject({ title: 'Proof', version: V13 });
      return;
    case 'node:tls': {
      let session: Buffer | undefined;
      const onNodeSocket = (socket: { on(event: 'session', listener: (one: Buffer) => void): unknown }): void =>
        void socket.on('session', (one) => {
          session = one;
        });
      await run({ onNodeSocket });
      expect(session).toBeDefined();
      return run({ node: { ...wishes.node, session } });
    }
    default:
      return run({ times: 2 });
  }
}

interface Hosting {
  readonly options?: Partial<GlassServerOptions>;
  readonly wishes?: Omit<Parameters<typeof run13>[2], 'port'>;
  readonly retries?: 0 | 1;
  readonly check?: (connection: GlassConnection) => void;
}

/** A full handshake and one that resumes; a browser may open more connections, of either kind. */
function host(peer: Client13, how: () => Hosting = () => ({})): Proof {
  return async (provider) => {
    const { options, wishes, retries = 0, check } = how();
    const { observe, count } = watch();
    const pinned = { minVersion: V13, ...options, more: { observe, ...options?.more } } as const;
    await withPeer(serve(ca.leaf('p256'), provider, pinned), async (server) => {
      await twice(peer, server.port, wishes);
      const reused = server.connections.map((one) => one.reused);
      if (peer === 'chromium') expect(new Set(reused)).toEqual(new Set([false, true]));
      else expect(reused).toEqual([false, true]);
      expect(count('out hello_retry_request')).toBe(retries * reused.length);
      for (const connection of server.connections) {
        expect(connection.protocol).toBe(V13);
        check?.(connection);
      }
    });
  };
}

const PSK_KE_CLIENTS = 'clients here offer psk_dhe_ke beside it, which we prefer; for psk_ke alone see external keys';
const OWN_PORT = 'it keeps sessions for one port, and the two servers have two';

asServer13(
  'resumption',
  {
    'resumption by ticket': all(CLIENTS13, (peer) => host(peer)),
    'resumption with SHA-384': all(CLIENTS13, (peer) =>
      host(peer, () => ({ options: { suites: ['TLS_AES_256_GCM_SHA384'] } })),
    ),
    'resumption with ChaCha20-Poly1305': all(CLIENTS13, (peer) =>
      host(peer, () => ({ options: { suites: ['TLS_CHACHA20_POLY1305_SHA256'] } })),
    ),
    'resumption and HelloRetryRequest': all(CLIENTS13, (peer) =>
      host(peer, () => ({
        options: { groups: ['secp384r1'] },
        wishes: { groups: ['x25519', 'secp384r1'], gnutls: { args: ['--single-key-share'] } },
        retries: 1,
      })),
    ),
    'resumption with a client certificate: it is remembered': all(
      CLIENTS13,
      (peer) =>
        host(peer, () => ({
          options: { more: { requestCert: true, ca: ca.ca } },
          wishes: { identity: ca.leaf('p384') },
          check: (connection) => {
            expect(connection.authorized).toBe(true);
            expect(connection.agreement.peerChain.length).toBe(2);
          },
        })),
      { chromium: 'it would need the certificate in its profile, and a rule to choose it' },
    ),
    'a server without tickets: full handshakes': all(CLIENTS13, withoutTickets),
    'four tickets at a time': {
      openssl: openssl4,
      'node:tls': fourTickets,
      curl: 'it keeps one session for a host',
      gnutls: 'it keeps one session',
      chromium: 'which of its tickets a browser uses is its own affair',
      go: 'it keeps one session for a host',
      node24: 'proved with the other node:tls',
    },
    'a ticket under keys that two servers share': acrossServers(true),
    'a ticket of another server: a full handshake': acrossServers(false),
    'resumption without an ephemeral key (psk_ke)': nowhere(CLIENTS13, PSK_KE_CLIENTS),
  },
  (peer) => {
    if (peer !== 'chromium') return;
    beforeAll(async () => {
      browser = await startChromium((await pki()).caFile);
      return () => browser.stop();
    });
  },
);

/** Two connections, to which the client has nothing to come back with. */
function withoutTickets(peer: Client13): Proof {
  return async (provider) => {
    const { observe, count } = watch();
    const options = { minVersion: V13, more: { ticketCount: 0, observe } } as const;
    await withPeer(serve(ca.leaf('p256'), provider, options), async (server) => {
      const { port } = server;
      const url = `https://localhost:${port}/`;
      let sessions = 0;
      if (peer === 'chromium') await browser.visits([url, url]);
      else {
        const client = await run13(peer, ca, {
          port,
          times: 2,
          curl: { args: [url] },
          gnutls: { args: ['--resume'] },
          onNodeSocket: (socket) => socket.on('session', () => sessions++),
        });
        expect(client, client.said).toMatchObject({ served: true });
        expect(client.messages.filter(({ name }) => name === 'NewSessionTicket')).toEqual([]);
      }
      expect([sessions, count('out new_session_ticket')]).toEqual([0, 0]);
      // s_client and node:tls were run once, since nothing would be different the second time.
      const least = peer === 'openssl' || peer === 'node:tls' ? 1 : 2;
      expect(server.connections.length).toBeGreaterThanOrEqual(least);
      for (const { reused } of server.connections) expect(reused).toBe(false);
    });
  };
}

/** With node:tls: each ticket is an event, and each resumes. */
async function fourTickets(provider: Provider): Promise<void> {
  const options = { minVersion: V13, more: { ticketCount: 4 } } as const;
  await withPeer(serve(ca.leaf('p256'), provider, options), async (server) => {
    const ask = async (session?: Buffer): Promise<{ reused: boolean; sessions: Buffer[] }> => {
      const sessions: Buffer[] = [];
      const socket = await nodeClient({
        port: server.port,
        ca: ca.ca,
        session,
        onSocket: (one) => one.on('session', (ticket: Buffer) => sessions.push(ticket)),
      });
      socket.write('quiet\n');
      expect((await readToEnd(socket)).toString()).toBe('QUIET\n');
      socket.end();
      return { reused: socket.isSessionReused(), sessions };
    };
    const { sessions } = await ask();
    expect(sessions.length).toBe(4);
    for (const session of sessions) expect((await ask(session)).reused).toBe(true);
  });
}

/** s_client keeps one of them; all of them come. */
async function openssl4(provider: Provider): Promise<void> {
  const options = { minVersion: V13, more: { ticketCount: 4 } } as const;
  await withPeer(serve(ca.leaf('p256'), provider, options), async (server) => {
    const { messages } = await run13('openssl', ca, { port: server.port });
    expect(messages.filter(({ direction, name }) => direction === 'in' && name === 'NewSessionTicket').length).toBe(4);
  });
}

/** The second connection is with another server, which has the ticket keys of the first, or has not. */
function acrossServers(shared: boolean): Row13<Client13> {
  const proof = (peer: 'openssl' | 'node:tls') => async (provider: Provider) => {
    const keys = () => [{ name: new Uint8Array(16).fill(7), key: new Uint8Array(32).fill(shared ? 8 : keyByte++) }];
    const start = () => serve(ca.leaf('p256'), provider, { minVersion: V13, more: { ticketKeys: keys() } });
    const file = join(scratch('session'), 'session.pem');
    let session: Buffer | undefined;
    const visit = async (server: GlassServer, resumed: boolean): Promise<void> => {
      const client = await run13(peer, ca, {
        port: server.port,
        openssl: { args: [resumed ? '-sess_in' : '-sess_out', file] },
        ...(session && { node: { session } }),
        onNodeSocket: (socket) => socket.on('session', (one: Buffer) => (session = one)),
      });
      expect(client, client.said).toMatchObject({ served: true });
      expect(server.connections.map(({ reused }) => reused)).toEqual([resumed && shared]);
    };
    await withPeer(start(), (server) => visit(server, false));
    await withPeer(start(), (server) => visit(server, true));
  };
  return {
    openssl: proof('openssl'),
    'node:tls': proof('node:tls'),
    curl: OWN_PORT,
    gnutls: OWN_PORT,
    chromium: OWN_PORT,
    go: OWN_PORT,
    node24: 'proved with the other node:tls',
  };
}

let keyByte = 9;
