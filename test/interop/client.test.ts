// Our client against the servers that people run: openssl s_server, nginx, gnutls-serv and node:tls, with each provider.
// The server is pinned to one version and suite and the client only to its groups, so that our own offer is proved too.

import { afterAll, beforeAll, expect } from 'vitest';
import { describePeer, type PeerName } from '../peers/available.ts';
import { gnutlsServer } from '../peers/gnutls.ts';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { nginx } from '../peers/nginx.ts';
import { nodeServer } from '../peers/node_tls.ts';
import { type OpensslServer, opensslServer } from '../peers/openssl.ts';
import { type Pki, pki, type Refused } from '../peers/pki.ts';
import type { Peer } from '../peers/process.ts';
import { groupFrom, type Pins, suiteFromOpenssl, type Version } from '../peers/vocabulary.ts';
import { cellsOf } from './cells.ts';
import { type Feature, offeredGroups } from './features.ts';
import { type GlassClientOptions, type GlassConnection, glassClient, type Provider } from './glass.ts';
import { data, largeSize, pattern, sha256, until, withPeer } from './support.ts';

const { one, eachHandshake } = cellsOf('client', ['openssl', 'nginx', 'gnutls', 'node:tls']);
const VERSIONS: readonly Version[] = ['TLSv1.2', 'TLSv1.3'];

let ca: Pki;
const open: GlassConnection[] = [];

beforeAll(async () => {
  ca = await pki();
});
afterAll(() => {
  for (const connection of open) connection.destroy();
});
printMatrixAfterAll();

describePeer('openssl', 'client to s_server', () => {
  eachHandshake('openssl', async (row, provider) => {
    await withPeer(opensslServer({ identity: ca.leaf(row.leaf), ...pins(row) }), async (server) => {
      const connection = await connectAs(row, server.port, provider);
      server.send('from the server\n');
      expect((await connection.receiveAtLeast(16)).toString()).toBe('from the server\n');
      await connection.end('from the client\n');
      await sawAlert(server, /warning close_notify/);
      await until('the data arrives', () => server.received().length >= 16);
      expect(server.received().toString()).toBe('from the client\n');
      expect((await connection.receiveAll()).length).toBe(0);
      await until('openssl reports it', () => server.log().includes(`Protocol version: ${row.version}\n`));
    });
  });

  const s_server = (version: Version, args: string[] = []) =>
    opensslServer({ identity: ca.leaf('rsa'), version, args });

  alpnRows('openssl', (version, alpn) => opensslServer({ identity: ca.leaf('rsa'), version, alpn }));

  for (const version of VERSIONS) {
    const dot = version.slice(4);
    one(
      'openssl',
      `${dot} ALPN without a common protocol is refused (RFC 7301 3.2)`,
      async (provider) => {
        await withPeer(opensslServer({ identity: ca.leaf('rsa'), version, alpn: ['h2'] }), async (server) => {
          await expect(connect(server.port, provider, { alpn: ['http/1.1'] })).rejects.toThrow(
            /no.?application.?protocol/i,
          );
        });
      },
      { elsewhere: 'the alert is the same from any peer, where the peer minds at all' },
    );

    one('openssl', `${dot} large transfer both ways`, async (provider) => {
      await withPeer(s_server(version), (server) => bothWays(server, provider));
    });

    const small = { elsewhere: 'only s_server has an option for it' };
    one(
      'openssl',
      `${dot} records of 512 bytes, flights in pieces (RFC 8446 5.1)`,
      async (provider) => {
        await withPeer(s_server(version, ['-max_send_frag', '512']), (server) => bothWays(server, provider));
      },
      small,
    );

    one(
      'openssl',
      `${dot} a cut is told from a close (RFC 8446 6.1)`,
      async (provider) => {
        await withPeer(s_server(version), async (server) => {
          const connection = await connect(server.port, provider);
          server.send('half a mess');
          await connection.receiveAtLeast(11);
          await server.crash();
          await expect(connection.receiveAll()).rejects.toThrow();
        });
      },
      { elsewhere: 'a cut stream looks the same from any peer' },
    );

    for (const name of ['expired', 'wrong-name', 'untrusted'] as const) {
      one(
        'openssl',
        `${dot} refuses a certificate: ${name}`,
        async (provider) => {
          await withPeer(opensslServer({ identity: ca.leaf(name), version }), async (server) => {
            await expect(connect(server.port, provider)).rejects.toThrow();
            await sawAlert(server, REFUSAL[name]);
            expect(server.received().length).toBe(0);
          });
        },
        { elsewhere: 'our verification is the same for any peer; s_server shows the alert' },
      );
    }
  }

  one(
    'openssl',
    '1.3 padded records (RFC 8446 5.4)',
    async (provider) => {
      await withPeer(s_server('TLSv1.3', ['-record_padding', '4096']), (server) => bothWays(server, provider));
    },
    { elsewhere: 'only s_server has an option for it' },
  );

  const onceEnough = { elsewhere: 'what our client offers is the same for any peer' };
  one(
    'openssl',
    '1.2 at most, to a server that also speaks 1.3 (RFC 8446 4.1.3)',
    async (provider) => {
      await withPeer(opensslServer({ identity: ca.leaf('rsa') }), async (server) => {
        const connection = await connect(server.port, provider, { maxVersion: 'TLSv1.2' });
        expect(connection.protocol).toBe('TLSv1.2');
      });
    },
    onceEnough,
  );

  one(
    'openssl',
    '1.2 RSA key exchange is off unless asked for',
    async (provider) => {
      const suites = ['TLS_RSA_WITH_AES_128_GCM_SHA256'] as const;
      await withPeer(opensslServer({ identity: ca.leaf('rsa'), version: 'TLSv1.2', suites }), async (server) => {
        await expect(connect(server.port, provider)).rejects.toThrow(/handshake.?failure/i);
        await sawAlert(server, /fatal handshake_failure/, 'out');
      });
    },
    onceEnough,
  );
});

describePeer('nginx', 'client to nginx', () => {
  eachHandshake('nginx', async (row, provider) => {
    await withPeer(nginx({ identity: ca.leaf(row.leaf), ...pins(row) }), async (server) => {
      const connection = await connectAs(row, server.port, provider);
      await connection.send('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
      const answer = (await connection.receiveAll()).toString('latin1');
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(answer).toContain('\nsni=localhost\n');
      expect(answer).toContain(`protocol=${row.version}\n`);
      expect(suiteFromOpenssl(/^cipher=(.*)$/m.exec(answer)?.[1])).toBe(row.suite);
      if (row.group) expect(groupFrom(/^curve=(.*)$/m.exec(answer)?.[1])).toBe(row.group);
      await connection.end();
    });
  });

  alpnRows('nginx', (version) => nginx({ identity: ca.leaf('rsa'), version, http2: true }));

  for (const version of VERSIONS) {
    one('nginx', `${version.slice(4)} large transfer both ways`, async (provider) => {
      await withPeer(nginx({ identity: ca.leaf('rsa'), version }), async (server) => {
        const sent = data(largeSize(provider));
        const head = 'Host: localhost\r\nConnection: close\r\n';
        const put = await connect(server.port, provider);
        await put.send(`PUT /files/blob HTTP/1.1\r\n${head}Content-Length: ${sent.length}\r\n\r\n`);
        await put.send(sent);
        expect((await put.receiveAll()).toString('latin1')).toMatch(/^HTTP\/1\.1 201 /);
        const get = await connect(server.port, provider);
        await get.send(`GET /files/blob HTTP/1.1\r\n${head}\r\n`);
        expect(sha256(bodyOf(await get.receiveAll()))).toBe(sha256(sent));
      });
    });
  }
});

describePeer('gnutls', 'client to gnutls-serv', () => {
  eachHandshake('gnutls', async (row, provider) => {
    await withPeer(gnutlsServer({ identity: ca.leaf(row.leaf), ...pins(row) }), async (server) => {
      const connection = await connectAs(row, server.port, provider);
      await connection.send('say it again\n');
      expect((await connection.receiveAtLeast(13)).toString()).toBe('say it again\n');
      const theirs = await server.negotiated();
      expect(theirs).toMatchObject({ version: row.version, suite: row.suite, group: row.group });
      // RFC 7627 5.1: we offer extended_master_secret, and this server takes it. (It says so for 1.3 as well.)
      expect(theirs.extendedMasterSecret).toBe(true);
      await connection.end();
    });
  });

  alpnRows('gnutls', (version, alpn) => gnutlsServer({ identity: ca.leaf('rsa'), version, alpn }));

  for (const version of VERSIONS) {
    one(
      'gnutls',
      `${version.slice(4)} large download`,
      async (provider) => {
        const page = pattern(largeSize(provider));
        await withPeer(gnutlsServer({ identity: ca.leaf('rsa'), version, httpData: page }), async (server) => {
          const connection = await connect(server.port, provider);
          await connection.send('GET / HTTP/1.0\r\n\r\n');
          expect(sha256(bodyOf(await connection.receiveAll()))).toBe(sha256(page));
        });
      },
      { elsewhere: 'part of the large transfer both ways' },
    );
  }
});

describePeer('node:tls', 'client to node:tls', () => {
  const echo = (pinned: Pins, leaf: Feature['leaf'] = 'p256') =>
    nodeServer({ identity: ca.leaf(leaf), ...pinned, onConnection: (socket) => socket.pipe(socket) });

  eachHandshake('node:tls', async (row, provider) => {
    await withPeer(echo(pins(row), row.leaf), async (server) => {
      const connection = await connectAs(row, server.port, provider);
      await connection.send('there and back');
      expect((await connection.receiveAtLeast(14)).toString()).toBe('there and back');
      await connection.end();
      expect((await connection.receiveAll()).length).toBe(0);
      expect(server.connections).toMatchObject([{ version: row.version, suite: row.suite }]);
      expect(server.errors).toEqual([]);
    });
  });

  alpnRows('node:tls', (version, alpn) => echo({ version, alpn }));

  for (const version of VERSIONS) {
    one(
      'node:tls',
      `${version.slice(4)} large transfer both ways`,
      async (provider) => {
        await withPeer(echo({ version }), async (server) => {
          const sent = data(largeSize(provider));
          const connection = await connect(server.port, provider);
          const [back] = await Promise.all([connection.receiveAtLeast(sent.length), connection.send(sent)]);
          await connection.end();
          expect(sha256(back)).toBe(sha256(sent));
        });
      },
      { elsewhere: 'gnutls-serv echoes lines only; see the large download' },
    );
  }

  // RFC 8446 6.1: close_notify closes one direction only. (In TLS 1.2 the other side answers at once, RFC 5246 7.2.1.)
  const others = { elsewhere: 'this server answers a close_notify by closing' };
  one(
    'node:tls',
    '1.3 half-close: we end first and still receive',
    async (provider) => {
      const starting = nodeServer({
        identity: ca.leaf('p256'),
        version: 'TLSv1.3',
        onConnection: (socket) => {
          let heard = '';
          socket.on('data', (chunk: Buffer) => (heard += chunk));
          socket.on('end', () => setTimeout(() => socket.end(`you said: ${heard}`), 50));
        },
      });
      await withPeer(starting, async (server) => {
        const connection = await connect(server.port, provider);
        await connection.end('and that is all');
        expect((await connection.receiveAll()).toString()).toBe('you said: and that is all');
      });
    },
    others,
  );

  one(
    'node:tls',
    '1.3 half-close: the server ends first and still receives',
    async (provider) => {
      let heard = '';
      const starting = nodeServer({
        identity: ca.leaf('p256'),
        version: 'TLSv1.3',
        onConnection: (socket) => {
          socket.on('data', (chunk: Buffer) => (heard += chunk));
          // Not at once: within its own handshake callback node:tls ends the stream without a close_notify.
          setImmediate(() => socket.end('my last word'));
        },
      });
      await withPeer(starting, async (server) => {
        const connection = await connect(server.port, provider);
        expect((await connection.receiveAll()).toString()).toBe('my last word');
        await connection.end('mine comes later');
        await until('the server hears it', () => heard === 'mine comes later');
        expect(server.errors).toEqual([]);
      });
    },
    others,
  );
});

const REFUSAL: Readonly<Record<Refused, RegExp>> = {
  expired: /fatal certificate_expired/,
  'wrong-name': /fatal (bad_certificate|certificate_unknown)/,
  untrusted: /fatal unknown_ca/,
};

/** The server prefers h2 and takes http/1.1; we get the first of ours that it takes. */
function alpnRows(peer: PeerName, start: (version: Version, alpn: string[]) => Promise<Peer>): void {
  for (const version of VERSIONS) {
    for (const offered of [['h2', 'http/1.1'], ['http/1.1']]) {
      one(peer, `${version.slice(4)} ALPN offering ${offered.join(', ')}`, async (provider) => {
        await withPeer(start(version, ['h2', 'http/1.1']), async (server) => {
          expect((await connect(server.port, provider, { alpn: offered })).alpn).toBe(offered[0]);
        });
      });
    }
  }
}

function pins(row: Feature): Pins {
  return { version: row.version, suites: [row.suite], ...(row.group ? { groups: [row.group] } : {}) };
}

async function connect(
  port: number,
  provider: Provider,
  options: Partial<GlassClientOptions> = {},
): Promise<GlassConnection> {
  const connection = await glassClient({ port, ca: ca.ca, provider, ...options });
  open.push(connection);
  return connection;
}

/** Connects as the row says, and checks what our side says of it. */
async function connectAs(row: Feature, port: number, provider: Provider): Promise<GlassConnection> {
  const connection = await connect(port, provider, {
    ...(row.group ? { groups: offeredGroups(row) } : {}),
    ...(row.legacy ? { legacy: true } : {}),
  });
  const { protocol, cipher, group, authorized } = connection;
  const expected = { protocol: row.version, cipher: row.suite, group: row.group, authorized: true };
  expect({ protocol, cipher, group, authorized }).toEqual(expected);
  return connection;
}

async function bothWays(server: OpensslServer, provider: Provider): Promise<void> {
  const up = data(largeSize(provider));
  const down = data(largeSize(provider));
  const connection = await connect(server.port, provider);
  server.send(down);
  const [got] = await Promise.all([connection.receiveAtLeast(down.length), connection.send(up)]);
  expect(sha256(got)).toBe(sha256(down));
  await connection.end();
  await sawAlert(server, /warning close_notify/);
  await until('the data arrives', () => server.received().length >= up.length);
  expect(sha256(server.received())).toBe(sha256(up));
}

async function sawAlert(server: OpensslServer, alert: RegExp, from: 'in' | 'out' = 'in'): Promise<void> {
  const seen = () => server.messages().some(({ direction, name }) => direction === from && alert.test(name));
  await until(`the alert ${alert} is seen by openssl (${from})`, seen);
}

function bodyOf(answer: Buffer): Buffer {
  return answer.subarray(answer.indexOf('\r\n\r\n') + 4);
}
