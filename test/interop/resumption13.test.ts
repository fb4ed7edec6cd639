// Resumption of our client in TLS 1.3 (RFC 8446 2.2, 4.6.1) at servers of other stacks: by tickets, several of them, beside a
// HelloRetryRequest, with a client certificate, without forward secrecy; and the full handshake where a ticket is no good.

import { beforeAll, expect } from 'vitest';
import type { TLSSocket } from '../../src/node/index.ts';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { type GlassClientOptions, type GlassConnection, glassClient, type Provider } from './glass.ts';
import { all, asClient13, type Proof, SERVERS13, type Server13 } from './over_peers13.ts';
import type { StartedServer } from './peer_servers.ts';
import { start13, V13, type Wishes13 } from './start13.ts';
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
