// Resumption in TLS 1.3 (RFC 8446 2.2, 4.6.1) against other stacks, in both roles: by tickets, several of them, beside a
// HelloRetryRequest, with a client certificate, without forward secrecy; and the full handshake where a ticket is no good.

import { join } from 'node:path';
import { beforeAll, expect } from 'vitest';
import type { TLSSocket } from '../../src/node/index.ts';
import { type ChromiumPeer, startChromium } from '../peers/chromium.ts';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { nodeClient, readToEnd } from '../peers/node_tls.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { scratch } from '../peers/run_dir.ts';
import {
  type GlassClientOptions,
  type GlassConnection,
  type GlassServer,
  type GlassServerOptions,
  glassClient,
  type Provider,
} from './glass.ts';
import {
  all,
  asClient13,
  asServer13,
  CLIENTS13,
  type Client13,
  nowhere,
  type Proof,
  type Row13,
  SERVERS13,
  type Server13,
} from './over_peers13.ts';
import type { StartedServer } from './peer_servers.ts';
import { serve } from './serving.ts';
import { run13, start13, V13, type Wishes13 } from './start13.ts';
import { withPeer } from './support.ts';
import { watch } from './watch13.ts';

let ca: Pki;

beforeAll(async () => {
  ca = await pki();
});
printMatrixAfterAll();

interface Visited {
  readonly connection: GlassConnection;
  readonly seen: Awaited<ReturnType<StartedServer['exchange']>>;
  /** The tickets that it brought. */
  readonly sessions: readonly Buffer[];
  readonly retries: number;
}

/** One connection of ours with data both ways, and what it leaves. */
async function visit(
  server: StartedServer,
  provider: Provider,
  options: Partial<GlassClientOptions> = {},
): Promise<Visited> {
  const { observe, count } = watch();
  const sessions: Buffer[] = [];
  const connection = await glassClient({
    port: server.port,
    ca: ca.ca,
    provider,
    ...options,
    onSocket: (socket: TLSSocket) => socket.on('session', (one: Buffer) => sessions.push(one)),
    more: { observe, ...options.more },
  });
  const seen = await server.exchange(connection);
  expect(connection).toMatchObject({ protocol: V13, authorized: true });
  // Both ends say the same.
  expect(seen.reused).toBe(connection.reused);
  return { connection, seen, sessions, retries: count('in hello_retry_request') };
}

interface Chain {
  readonly wishes?: Partial<Wishes13>;
  readonly options?: Partial<GlassClientOptions>;
  readonly check?: (visited: Visited, resumed: boolean) => void;
}

/** Three connections, each with the latest ticket of the one before. */
function chain(peer: Server13, how: () => Chain = () => ({})): Proof {
  return async (provider) => {
    const { wishes, options, check } = how();
    await withPeer(start13(peer, { identity: ca.leaf('p256'), ...wishes }), async (server) => {
      let session: Buffer | undefined;
      for (const resumed of [false, true, true]) {
        const visited = await visit(server, provider, { ...options, session });
        expect(visited.connection.reused).toBe(resumed);
        check?.(visited, resumed);
        const fresh = visited.sessions.at(-1);
        // node:tls gives a ticket only to who comes with none.
        if (!resumed || !peer.startsWith('node')) expect(fresh).toBeDefined();
        session = fresh ?? session;
      }
    });
  };
}

/** Tickets that a server gives at a time. */
const TICKETS: Readonly<Record<Server13, number>> = {
  openssl: 4,
  nginx: 2,
  gnutls: 2,
  'node:tls': 2,
  go: 1,
  node24: 2,
};

const NO_PSK_KE = {
  go: "Go's crypto/tls has no psk_ke",
  node24: 'proved with the other node:tls',
} as const;

/** These servers would rather have an ephemeral key, and do without when no group is shared. */
const ALLOW_PSK_KE: Partial<Wishes13> = {
  groups: ['x25519'],
  openssl: { args: ['-allow_no_dhe_kex'] },
  nginx: 'ssl_conf_command Options AllowNoDHEKEX;',
  gnutls: { priority: ['+PSK'] },
  // SSL_OP_ALLOW_NO_DHE_KEX, which node:constants does not name.
  node: { secureOptions: 0x400 },
};

function withoutDhe(peer: Server13): Proof {
  return async (provider) => {
    await withPeer(start13(peer, { identity: ca.leaf('rsa'), ...ALLOW_PSK_KE }), async (server) => {
      const more = { engine: { pskWithoutDhe: true } };
      const first = await visit(server, provider, { groups: ['x25519'], more });
      expect(first.connection).toMatchObject({ reused: false, group: 'x25519' });
      const again = await visit(server, provider, { groups: ['secp384r1'], more, session: first.sessions.at(-1) });
      expect(again.connection.reused).toBe(true);
      expect(again.connection.group).toBeUndefined();
    });
  };
}

asClient13('resumption', {
  'resumption: three connections, each on a ticket of the one before': all(SERVERS13, (peer) =>
    chain(peer, () => ({ check: ({ connection }) => expect(connection.group).toBeDefined() })),
  ),
  'resumption with SHA-384': all(SERVERS13, (peer) =>
    chain(peer, () => ({ options: { suites: ['TLS_AES_256_GCM_SHA384'] } })),
  ),
  'resumption with ChaCha20-Poly1305': all(SERVERS13, (peer) =>
    chain(peer, () => ({ options: { suites: ['TLS_CHACHA20_POLY1305_SHA256'] } })),
  ),
  'resumption and HelloRetryRequest': all(SERVERS13, (peer) =>
    chain(peer, () => ({
      wishes: { groups: ['secp384r1'] },
      options: { groups: ['x25519', 'secp384r1'] },
      check: ({ retries }) => expect(retries).toBe(1),
    })),
  ),
  'each of the tickets that come at a time resumes': all(SERVERS13, (peer) => async (provider) => {
    const wishes = { identity: ca.leaf('p256'), openssl: { args: ['-num_tickets', '4'] } };
    await withPeer(start13(peer, wishes), async (server) => {
      const first = await visit(server, provider);
      expect(first.sessions.length).toBe(TICKETS[peer]);
      for (const session of first.sessions) {
        expect((await visit(server, provider, { session })).connection.reused).toBe(true);
      }
    });
  }),
  'a ticket that the server does not know: a full handshake': all(SERVERS13, (peer) => async (provider) => {
    const start = () => start13(peer, { identity: ca.leaf('p256') });
    let session: Buffer | undefined;
    await withPeer(start(), async (server) => {
      session = (await visit(server, provider)).sessions.at(-1);
    });
    expect(session).toBeDefined();
    await withPeer(start(), async (server) => {
      const { connection, sessions } = await visit(server, provider, { session });
      expect(connection.reused).toBe(false);
      expect((await visit(server, provider, { session: sessions.at(-1) })).connection.reused).toBe(true);
    });
  }),
  'resumption without an ephemeral key (psk_ke)': all(SERVERS13, withoutDhe, NO_PSK_KE),
  'a server that allows psk_ke, and we do not': all(
    SERVERS13,
    (peer) =>
      chain(peer, () => ({
        // gnutls-serv gives no ticket to a client with none of its modes.
        wishes: { ...ALLOW_PSK_KE, gnutls: { priority: ['+PSK', '+ECDHE-PSK'] } },
        check: ({ connection }) => expect(connection.group).toBe('x25519'),
      })),
    NO_PSK_KE,
  ),
  'resumption with a client certificate: it is remembered': all(SERVERS13, (peer) =>
    chain(peer, () => ({
      wishes: {
        clientCert: 'require',
        clientCa: { pem: ca.ca, file: ca.caFile },
        openssl: { args: ['-context', '01'] },
      },
      options: { identity: ca.leaf('p384') },
      check: ({ seen, connection }, resumed) => {
        // openssl -brief tells of a certificate only when one comes.
        if (!(resumed && peer === 'openssl')) expect(seen.client).toMatch(/\blocalhost$/);
        expect(connection.agreement.credential).toBe(resumed ? undefined : 0);
      },
    })),
  ),
});

// Our server.

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
