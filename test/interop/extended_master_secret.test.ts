// TLS 1.2 without extended_master_secret (RFC 7627), because the peer has none or because we leave it out: the handshake, what
// may be resumed, what can no longer be exported, and the refusal of who requires it.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SecureContextOptions } from 'node:tls';
import { beforeAll, expect } from 'vitest';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { scratch } from '../peers/run_dir.ts';
import { type GlassConnection, glassClient, type Provider } from './glass.ts';
import { overClients, overServers } from './over_peers.ts';
import { type ClientWishes, runClient, runTwice } from './peer_clients.ts';
import { startServer } from './peer_servers.ts';
import { serve } from './serving.ts';
import { respond, until, withPeer } from './support.ts';

const VERSION = 'TLSv1.2';
/** SSL_OP_NO_EXTENDED_MASTER_SECRET, which node:crypto does not name. */
const NODE_WITHOUT: SecureContextOptions = { secureOptions: 1 };
const GNUTLS_WITHOUT = ['%NO_SESSION_HASH'];

let ca: Pki;

beforeAll(async () => {
  ca = await pki();
});
printMatrixAfterAll();

overServers('extended_master_secret', (peer, row) => {
  const start = (without: boolean) =>
    startServer(peer, {
      identity: ca.leaf('rsa'),
      version: VERSION,
      ...(without && {
        openssl: { env: opensslWithout() },
        nginx: 'ssl_conf_command Options -ExtendedMasterSecret;',
        gnutls: { priority: GNUTLS_WITHOUT },
        node: NODE_WITHOUT,
      }),
    });
  const connect = (port: number, provider: Provider, secret?: 'require' | 'never', session?: Buffer) =>
    glassClient({
      port,
      ca: ca.ca,
      provider,
      session,
      more: { engine: secret ? { extendedMasterSecret: secret } : {} },
    });

  for (const [title, without, ours] of [
    ['the server has none', true, undefined],
    ['we leave it out', false, 'never'],
  ] as const) {
    row(`1.2 without extended_master_secret, ${title}: a handshake, and its resumption`, async (provider) => {
      await withPeer(start(without), async (server) => {
        const reused: boolean[] = [];
        let session: Buffer | undefined;
        for (let visit = 0; visit < 2; visit++) {
          const connection = await connect(server.port, provider, ours, session);
          expect(connection.agreement.extendedMasterSecret).toBe(false);
          expectNoExport(connection);
          reused.push(connection.reused);
          await server.exchange(connection);
          session = connection.session();
        }
        expect(reused).toEqual([false, true]);
      });
    });
  }

  row('1.2 extended_master_secret is required of a server that has none', async (provider) => {
    await withPeer(start(true), async (server) => {
      await expect(connect(server.port, provider, 'require')).rejects.toMatchObject({
        code: 'ERR_TLS_NO_EXTENDED_MASTER_SECRET',
        alert: 'handshake_failure',
      });
    });
  });

  row('1.2 a session with extended_master_secret is not resumed without it', async (provider) => {
    await withPeer(start(false), async (server) => {
      const first = await connect(server.port, provider);
      expect(first.agreement.extendedMasterSecret).toBe(true);
      await server.exchange(first);
      const session = first.session();
      expect(session).toBeDefined();
      const second = await connect(server.port, provider, 'never', session);
      expect(second).toMatchObject({ reused: false, agreement: { extendedMasterSecret: false } });
      await server.exchange(second);
    });
  });
});

overClients('extended_master_secret', 'Chromium always sends it', (peer, row) => {
  const without: Pick<ClientWishes, 'openssl' | 'curl' | 'gnutls' | 'node'> = {
    get openssl() {
      return { env: opensslWithout() };
    },
    get curl() {
      return { env: opensslWithout() };
    },
    gnutls: { priority: GNUTLS_WITHOUT },
    node: NODE_WITHOUT,
  };

  // RFC 7627 5.3: a client that offers it gets no session that was made without.
  for (const [title, theirs, ours, resumes] of [
    ['the client has none: a handshake, and its resumption', without, undefined, true],
    ['we leave it out: a handshake, and no resumption', {}, 'never', false],
  ] as const) {
    row(`1.2 without extended_master_secret, ${title}`, async (provider) => {
      await withPeer(serveChecking(provider, ours, peer === 'curl'), async (server) => {
        const results = await runTwice(peer, { port: server.port, ca, version: VERSION, ...theirs });
        for (const { served, extendedMasterSecret } of results) {
          expect(served).toBe(true);
          expect(extendedMasterSecret ?? false).toBe(false);
        }
        expect(server.connections.map(({ reused }) => reused)).toEqual([false, resumes]);
        for (const { agreement } of server.connections) expect(agreement.extendedMasterSecret).toBe(false);
        expect(server.problems).toEqual([]);
      });
    });
  }

  row('1.2 extended_master_secret is required of a client that has none', async (provider) => {
    const more = { engine: { extendedMasterSecret: 'require' } } as const;
    await withPeer(serve(ca.leaf('rsa'), provider, { more }), async (server) => {
      const client = await runClient(peer, { port: server.port, ca, version: VERSION, ...without });
      expect(client.served).toBe(false);
      expect(client.said).toMatch(/handshake.?fail/i);
      await until('our server reports it', () => server.errors.length > 0);
      expect(server.errors).toMatchObject([{ code: 'ERR_TLS_NO_EXTENDED_MASTER_SECRET' }]);
    });
  });
});

/** OpenSSL 3.0 has no option of its commands for it, but its configuration file has. */
function opensslWithout(): Record<string, string> {
  const file = join(scratch('openssl'), 'openssl.cnf');
  const sections = ['openssl_conf = all', '[all]', 'ssl_conf = ssl', '[ssl]', 'system_default = default', '[default]'];
  writeFileSync(file, [...sections, 'Options = -ExtendedMasterSecret', ''].join('\n'));
  return { OPENSSL_CONF: file };
}

function expectNoExport(connection: GlassConnection): void {
  expect(() => connection.exported(32, 'EXPERIMENTAL-glasstls')).toThrow(/extended_master_secret/);
}

/** Our server, which tries to export what it must not. */
async function serveChecking(provider: Provider, extendedMasterSecret: 'never' | undefined, sessionsById: boolean) {
  const problems: unknown[] = [];
  const server = await serve(ca.leaf('rsa'), provider, {
    sessionsById,
    more: { engine: extendedMasterSecret ? { extendedMasterSecret } : {} },
    onConnection: (connection) => {
      try {
        expectNoExport(connection);
      } catch (error) {
        problems.push(error);
      }
      void respond(connection);
    },
  });
  return Object.assign(server, { problems });
}
