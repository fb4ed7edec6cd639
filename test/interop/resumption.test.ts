// TLS 1.2 resumption against other stacks, by ticket (RFC 5077) and by session id (RFC 5246 7.3), in both roles and with
// each provider. The second connection must say on both sides that it went on from the first, and carry data.

import { join } from 'node:path';
import { beforeAll, expect } from 'vitest';
import { describePeer } from '../peers/available.ts';
import { curl } from '../peers/curl.ts';
import { gnutlsClient, gnutlsServer } from '../peers/gnutls.ts';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { nginx } from '../peers/nginx.ts';
import { nodeClient, nodeServer, readToEnd } from '../peers/node_tls.ts';
import { opensslClient, opensslServer } from '../peers/openssl.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { scratch } from '../peers/run_dir.ts';
import { cellsOf } from './cells.ts';
import { type GlassConnection, type GlassServer, glassClient, type Provider } from './glass.ts';
import { serve } from './serving.ts';
import { until, withPeer } from './support.ts';

const asClient = cellsOf('client', ['openssl', 'nginx', 'gnutls', 'node:tls']);
const asServer = cellsOf('server', ['openssl', 'curl', 'gnutls', 'node:tls', 'chromium']);
const VERSION = 'TLSv1.2';
const WAYS = ['ticket', 'id'] as const;
type Way = (typeof WAYS)[number];
const TITLE = { ticket: '1.2 resumption by ticket (RFC 5077)', id: '1.2 resumption by session id (RFC 5246 7.3)' };
const NO_BROWSER = { elsewhere: 'the browser tests load one page over one connection' };

let ca: Pki;

beforeAll(async () => {
  ca = await pki();
});
printMatrixAfterAll();

const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

/** One connection of ours: what it sent back, what it leaves for the next. */
async function visit(
  port: number,
  provider: Provider,
  talk: (connection: GlassConnection) => Promise<void>,
  session?: Buffer,
): Promise<{ reused: boolean; session: Buffer | undefined }> {
  const connection = await glassClient({ port, ca: ca.ca, provider, maxVersion: VERSION, session });
  try {
    await talk(connection);
    expect(connection.authorized).toBe(true);
    return { reused: connection.reused, session: connection.session() };
  } finally {
    connection.destroy();
  }
}

/** A full handshake, one that resumes, and one more with what the second left. */
async function resumesAt(
  port: number,
  provider: Provider,
  talk: (connection: GlassConnection) => Promise<void>,
): Promise<void> {
  const first = await visit(port, provider, talk);
  const again = await visit(port, provider, talk, first.session);
  const third = await visit(port, provider, talk, again.session);
  expect([first.reused, again.reused, third.reused]).toEqual([false, true, true]);
}

async function echoes(connection: GlassConnection): Promise<void> {
  await connection.send('ping\n');
  expect((await connection.receiveAtLeast(4)).length).toBeGreaterThanOrEqual(4);
  // Without a close_notify openssl sees a fatal error and forgets the session (RFC 5246 7.2.2).
  await connection.end();
  await connection.receiveAll();
}

describePeer('openssl', 'client to s_server', () => {
  const server = (way: Way) =>
    opensslServer({
      identity: ca.leaf('rsa'),
      version: VERSION,
      mode: 'rev',
      args: way === 'id' ? ['-no_ticket'] : [],
    });

  for (const way of WAYS) {
    asClient.one('openssl', TITLE[way], async (provider) => {
      await withPeer(server(way), async (peer) => {
        await resumesAt(peer.port, provider, echoes);
        const abbreviated = peer.messages().filter(({ name }) => name === 'ServerHelloDone');
        expect(abbreviated.length).toBe(1);
      });
    });
  }

  asClient.one(
    'openssl',
    '1.2 a session that the server does not know: a full handshake',
    async (provider) => {
      for (const way of WAYS) {
        let session: Buffer | undefined;
        await withPeer(server(way), async (peer) => {
          ({ session } = await visit(peer.port, provider, echoes));
        });
        expect(session).toBeDefined();
        await withPeer(server(way), async (peer) => {
          expect((await visit(peer.port, provider, echoes, session)).reused).toBe(false);
        });
      }
    },
    { elsewhere: 'a server that does not resume does the same handshake as ever' },
  );
});

describePeer('nginx', 'client to nginx', () => {
  const page = (reused: string[]) => async (connection: GlassConnection) => {
    await connection.send(GET);
    reused.push(/^reused=(.)/m.exec((await connection.receiveAll()).toString())?.[1] ?? '');
  };

  for (const way of WAYS) {
    asClient.one('nginx', TITLE[way], async (provider) => {
      const directives = way === 'id' ? 'ssl_session_tickets off; ssl_session_cache shared:proof:1m;' : '';
      await withPeer(nginx({ identity: ca.leaf('rsa'), version: VERSION, directives }), async (peer) => {
        const reused: string[] = [];
        await resumesAt(peer.port, provider, page(reused));
        expect(reused).toEqual(['.', 'r', 'r']);
      });
    });
  }
});

describePeer('gnutls', 'client to gnutls-serv', () => {
  for (const way of WAYS) {
    asClient.one('gnutls', TITLE[way], async (provider) => {
      const args = way === 'id' ? ['--noticket'] : ['--nodb'];
      await withPeer(gnutlsServer({ identity: ca.leaf('rsa'), version: VERSION, args }), async (peer) => {
        await resumesAt(peer.port, provider, echoes);
        await until('gnutls-serv says so', () => /resumed session/.test(peer.log()));
      });
    });
  }
});

describePeer('node:tls', 'client to node:tls', () => {
  for (const way of WAYS) {
    asClient.one('node:tls', TITLE[way], async (provider) => {
      const reused: boolean[] = [];
      const server = nodeServer({
        identity: ca.leaf('p256'),
        version: VERSION,
        sessionsById: way === 'id',
        onConnection: (socket) => {
          reused.push(socket.isSessionReused());
          socket.once('data', (data: Buffer) => socket.end(data));
        },
      });
      await withPeer(server, async (peer) => {
        await resumesAt(peer.port, provider, echoes);
        expect(reused).toEqual([false, true, true]);
      });
    });
  }
});

/** Our server, which must have seen a full handshake and a resumed one. */
async function resumed(way: Way, provider: Provider, body: (server: GlassServer) => Promise<void>): Promise<void> {
  const options = { minVersion: VERSION, sessionsById: way === 'id' } as const;
  await withPeer(serve(ca.leaf('rsa'), provider, options), async (server) => {
    await body(server);
    expect(server.connections.map(({ reused, protocol }) => [reused, protocol])).toEqual([
      [false, VERSION],
      [true, VERSION],
    ]);
  });
}

describePeer('openssl', 's_client to server', () => {
  for (const way of WAYS) {
    const client = async (server: GlassServer, args: string[]): Promise<string> => {
      const common = {
        port: server.port,
        caFile: ca.caFile,
        version: VERSION,
        input: 'quiet\n',
        output: 'report',
      } as const;
      const result = await opensslClient({ ...common, args: [...args, ...(way === 'id' ? ['-no_ticket'] : [])] });
      expect(result.code).toBe(0);
      const report = result.stdout.toString('latin1');
      expect(report).toContain('QUIET\n');
      return report;
    };
    asServer.one(
      'openssl',
      TITLE[way],
      (provider) =>
        resumed(way, provider, async (server) => {
          const file = join(scratch('session'), 'session.pem');
          const first = await client(server, ['-sess_out', file]);
          const again = await client(server, ['-sess_in', file]);
          expect(first).toMatch(/^New, TLSv1\.2, Cipher is /m);
          expect(again).toMatch(/^Reused, TLSv1\.2, Cipher is /m);
          if (way === 'ticket') expect(first).toContain('TLS session ticket lifetime hint: 7200 (seconds)');
        }),
      NO_BROWSER,
    );
  }
});

describePeer('curl', 'curl to server', () => {
  for (const way of WAYS) {
    const not = way === 'ticket' ? 'curl switches tickets off' : undefined;
    const body = (provider: Provider): Promise<void> =>
      resumed(way, provider, async (server) => {
        const url = `https://localhost:${server.port}/`;
        const args = ['--tls-max', '1.2', url];
        const result = await curl({ url, caFile: ca.caFile, args });
        expect(result).toMatchObject({ code: 0, status: 200 });
        expect(result.body.toString().match(/It works/g)?.length).toBe(2);
      });
    asServer.one('curl', TITLE[way], body, { not });
  }
});

describePeer('gnutls', 'gnutls-cli to server', () => {
  for (const way of WAYS) {
    asServer.one('gnutls', TITLE[way], (provider) =>
      resumed(way, provider, async (server) => {
        const args = ['--resume', ...(way === 'id' ? ['--noticket'] : [])];
        const common = { port: server.port, caFile: ca.caFile, version: VERSION, input: 'quiet\n', args } as const;
        const client = await gnutlsClient(common);
        expect(client.code).toBe(0);
        expect(client.stdout.toString() + client.info).toContain('QUIET');
        expect(client.stdout.toString() + client.info).toMatch(/This is a resumed session/);
      }),
    );
  }
});

describePeer('node:tls', 'node:tls to server', () => {
  for (const way of WAYS) {
    asServer.one('node:tls', TITLE[way], (provider) =>
      resumed(way, provider, async (server) => {
        let session: Buffer | undefined;
        for (const reused of [false, true]) {
          const socket = await nodeClient({ port: server.port, ca: ca.ca, version: VERSION, session });
          expect(socket.isSessionReused()).toBe(reused);
          socket.write('quiet\n');
          expect((await readToEnd(socket)).toString()).toBe('QUIET\n');
          session = socket.getSession();
          socket.end();
        }
      }),
    );
  }
});
