// Our server against the clients that people use: openssl s_client, curl, gnutls-cli and node:tls, with each provider.
// The client is pinned to one version, suite and group, and our server to the group alone. (Chromium: browser.test.ts.)

import { once } from 'node:events';
import { beforeAll, expect } from 'vitest';
import { describePeer, type PeerName } from '../peers/available.ts';
import { curl } from '../peers/curl.ts';
import { gnutlsClient } from '../peers/gnutls.ts';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { nodeClient, nodeNegotiated, readToEnd } from '../peers/node_tls.ts';
import { opensslClient } from '../peers/openssl.ts';
import { type Pki, pki, type Refused } from '../peers/pki.ts';
import type { Pins, Version } from '../peers/vocabulary.ts';
import { cellsOf } from './cells.ts';
import { type Feature, offeredGroups } from './features.ts';
import type { GlassConnection, GlassServer, Provider } from './glass.ts';
import { checkOurs, serve, serveAs } from './serving.ts';
import { data, largeSize, pattern, sha256, until, withPeer } from './support.ts';

const { one, eachHandshake } = cellsOf('server', ['openssl', 'curl', 'gnutls', 'node:tls', 'chromium']);
const VERSIONS: readonly Version[] = ['TLSv1.2', 'TLSv1.3'];

let ca: Pki;

beforeAll(async () => {
  ca = await pki();
});
printMatrixAfterAll();

describePeer('openssl', 's_client to server', () => {
  eachHandshake('openssl', async (row, provider) => {
    await withPeer(serveAs(ca, row, provider), async (server) => {
      const common = { port: server.port, caFile: ca.caFile, ...pins(row), input: 'quiet\n' };
      const client = await opensslClient(common);
      expect(client).toMatchObject({ code: 0, version: row.version, suite: row.suite, group: row.group });
      expect(client.verification).toBe('OK');
      expect(client.stdout.toString()).toBe('QUIET\n');
      expect(client.messages).toContainEqual({ direction: 'in', kind: 'Alert', name: 'warning close_notify' });
      checkOurs(server, row);
    });
  });

  for (const version of VERSIONS) {
    const dot = version.slice(4);
    one(
      'openssl',
      `${dot} extended master secret and ALPN, as openssl reports them`,
      async (provider) => {
        await withPeer(serve(ca.leaf('rsa'), provider, { alpn: ['h2', 'http/1.1'] }), async (server) => {
          const client = await opensslClient({
            port: server.port,
            caFile: ca.caFile,
            version,
            alpn: ['http/1.1', 'h2'],
            input: 'x\n',
            output: 'report',
          });
          expect(client).toMatchObject({ code: 0, version, alpn: 'h2' });
          if (version === 'TLSv1.2') expect(client.extendedMasterSecret).toBe(true);
          expect(server.connections.map((connection) => connection.alpn)).toEqual(['h2']);
        });
      },
      { elsewhere: 'only s_client reports both; ALPN has rows of its own' },
    );

    for (const [what, args, elsewhere] of [
      ['records of 512 bytes', ['-max_send_frag', '512'], 'only s_client has an option for it'],
      ['large upload, ended by close_notify', [], 'only s_client ends an upload so without waiting for an answer'],
    ] as const) {
      one(
        'openssl',
        `${dot} ${what}`,
        async (provider) => {
          const sent = data(largeSize(provider));
          await withPeer(collect(provider), async (server) => {
            const client = await opensslClient({
              port: server.port,
              caFile: ca.caFile,
              version,
              input: sent,
              closeAfterInput: true,
              args,
            });
            expect(client.stderr).toContain('Verification: OK');
            expect(await server.heard()).toBe(sha256(sent));
          });
        },
        { elsewhere },
      );
    }

    for (const name of ['expired', 'wrong-name', 'untrusted'] as const) {
      one(
        'openssl',
        `${dot} the client refuses our certificate: ${name}`,
        async (provider) => {
          await withPeer(serve(ca.leaf(name), provider), async (server) => {
            const client = await opensslClient({ port: server.port, caFile: ca.caFile, version, input: 'x\n' });
            expect(client.code).toBe(1);
            // The client's alert reaches us by name.
            await until('our server reports it', () => server.errors.length > 0);
            expect(String(server.errors[0])).toMatch(REFUSAL[name]);
          });
        },
        { elsewhere: 'the alert is the same from any peer; s_client shows which it sends' },
      );
    }
  }

  const onlyHere = { elsewhere: 'what our server accepts is the same for any peer; s_client shows the alert' };
  one(
    'openssl',
    'no common version: protocol_version (RFC 8446 4.2.1)',
    async (provider) => {
      await withPeer(serve(ca.leaf('rsa'), provider, { minVersion: 'TLSv1.3' }), async (server) => {
        await refused(server, { version: 'TLSv1.2' }, 'fatal protocol_version');
      });
    },
    onlyHere,
  );

  one(
    'openssl',
    'no common suite: handshake_failure (RFC 8446 4.1.1)',
    async (provider) => {
      await withPeer(serve(ca.leaf('p256'), provider), async (server) => {
        const suites = ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'] as const;
        await refused(server, { version: 'TLSv1.2', suites }, 'fatal handshake_failure');
      });
    },
    onlyHere,
  );

  one(
    'openssl',
    '1.2 RSA key exchange is off unless asked for',
    async (provider) => {
      await withPeer(serve(ca.leaf('rsa'), provider), async (server) => {
        const suites = ['TLS_RSA_WITH_AES_128_GCM_SHA256'] as const;
        await refused(server, { version: 'TLSv1.2', suites }, 'fatal handshake_failure');
      });
    },
    onlyHere,
  );

  one(
    'openssl',
    'no common protocol: no_application_protocol (RFC 7301 3.2)',
    async (provider) => {
      await withPeer(serve(ca.leaf('rsa'), provider, { alpn: ['h2'] }), async (server) => {
        await refused(server, { version: 'TLSv1.3', alpn: ['http/1.1'] }, 'fatal no_application_protocol');
      });
    },
    onlyHere,
  );
});

describePeer('curl', 'curl to server', () => {
  eachHandshake('curl', async (row, provider) => {
    await withPeer(serveAs(ca, row, provider), async (server) => {
      const client = await curl({ url: `https://localhost:${server.port}/`, caFile: ca.caFile, ...pins(row) });
      expect(server.errors).toEqual([]);
      expect(client).toMatchObject({ code: 0, status: 200, version: row.version, suite: row.suite });
      expect(client.body.toString()).toContain('It works');
      checkOurs(server, row);
    });
  });

  for (const version of VERSIONS) {
    one(
      'curl',
      `${version.slice(4)} large transfer both ways`,
      async (provider) => {
        await withPeer(serve(ca.leaf('p256'), provider), async (server) => {
          const url = `https://localhost:${server.port}/`;
          const upload = data(largeSize(provider));
          const up = await curl({ url, caFile: ca.caFile, version, upload });
          expect(up.body.toString()).toBe(sha256(upload));
          const down = await curl({ url: `${url}bytes/${upload.length}`, caFile: ca.caFile, version });
          expect(down.code).toBe(0);
          expect(sha256(down.body)).toBe(sha256(pattern(upload.length)));
        });
      },
      { elsewhere: 'proved with curl and node:tls; s_client has its large upload' },
    );

    one(
      'curl',
      `${version.slice(4)} ALPN offering h2, http/1.1`,
      async (provider) => {
        await withPeer(serve(ca.leaf('rsa'), provider, { alpn: ['http/1.1'] }), async (server) => {
          const url = `https://localhost:${server.port}/`;
          const client = await curl({ url, caFile: ca.caFile, version, alpn: ['h2', 'http/1.1'] });
          expect(client).toMatchObject({ code: 0, status: 200, alpn: 'http/1.1' });
        });
      },
      { elsewhere: 'has its own ALPN row, or offers what it likes (Chromium)' },
    );
  }
});

describePeer('gnutls', 'gnutls-cli to server', () => {
  eachHandshake('gnutls', async (row, provider) => {
    await withPeer(serveAs(ca, row, provider), async (server) => {
      const client = await gnutlsClient({ port: server.port, caFile: ca.caFile, ...pins(row), input: 'quiet\n' });
      expect(client).toMatchObject({ code: 0, version: row.version, suite: row.suite, group: row.group });
      if (row.version === 'TLSv1.2') expect(client.extendedMasterSecret).toBe(true);
      expect(client.stdout.toString()).toBe('QUIET\n');
      checkOurs(server, row);
    });
  });

  alpnRows('gnutls', async (port, version, alpn) => {
    return (await gnutlsClient({ port, caFile: ca.caFile, version, alpn, input: 'x\n' })).alpn;
  });
});

describePeer('node:tls', 'node:tls to server', () => {
  eachHandshake('node:tls', async (row, provider) => {
    await withPeer(serveAs(ca, row, provider), async (server) => {
      const socket = await nodeClient({ port: server.port, ca: ca.ca, ...pins(row) });
      expect(nodeNegotiated(socket)).toMatchObject({ version: row.version, suite: row.suite, group: row.group });
      expect(socket.authorized).toBe(true);
      socket.write('quiet\n');
      expect((await readToEnd(socket)).toString()).toBe('QUIET\n');
      socket.end();
      checkOurs(server, row);
    });
  });

  alpnRows('node:tls', async (port, version, alpn) => {
    const socket = await nodeClient({ port, ca: ca.ca, version, alpn });
    socket.destroy();
    return nodeNegotiated(socket).alpn;
  });

  for (const version of VERSIONS) {
    one('node:tls', `${version.slice(4)} large transfer both ways`, async (provider) => {
      await withPeer(serve(ca.leaf('rsa'), provider, { onConnection: echo(largeSize(provider)) }), async (server) => {
        const socket = await nodeClient({ port: server.port, ca: ca.ca, version });
        const sent = data(largeSize(provider));
        socket.write(sent);
        expect(sha256(await readToEnd(socket))).toBe(sha256(sent));
        socket.end();
      });
    });
  }

  // RFC 8446 6.1: close_notify closes one direction only.
  const others = { elsewhere: 'this client closes when it has sent or seen close_notify' };
  one(
    'node:tls',
    '1.3 half-close: the client ends first and still receives',
    async (provider) => {
      const onConnection = async (connection: GlassConnection) => {
        const heard = await connection.receiveAll();
        setTimeout(() => connection.end(`you said: ${heard}`), 50);
      };
      await withPeer(serve(ca.leaf('p256'), provider, { onConnection }), async (server) => {
        const socket = await nodeClient({ port: server.port, ca: ca.ca, version: 'TLSv1.3' });
        socket.end('and that is all');
        expect((await readToEnd(socket)).toString()).toBe('you said: and that is all');
      });
    },
    others,
  );

  one(
    'node:tls',
    '1.3 half-close: we end first and still receive',
    async (provider) => {
      let heard: Promise<Buffer> | undefined;
      const onConnection = (connection: GlassConnection) => {
        heard = connection.receiveAll();
        void connection.end('my last word');
      };
      await withPeer(serve(ca.leaf('p256'), provider, { onConnection }), async (server) => {
        const socket = await nodeClient({ port: server.port, ca: ca.ca, version: 'TLSv1.3' });
        expect((await readToEnd(socket)).toString()).toBe('my last word');
        socket.end('mine comes later');
        expect((await heard)?.toString()).toBe('mine comes later');
      });
    },
    others,
  );

  one(
    'node:tls',
    'a client that cuts the stream is told from one that closes (RFC 8446 6.1)',
    async (provider) => {
      let heard: Promise<unknown> | undefined;
      const onConnection = (connection: GlassConnection) => {
        heard = connection.receiveAll().catch((error: unknown) => error);
      };
      await withPeer(serve(ca.leaf('p256'), provider, { onConnection }), async (server) => {
        const socket = await nodeClient({ port: server.port, ca: ca.ca });
        await until('the server is connected', () => heard !== undefined);
        socket.destroy();
        await once(socket as NodeJS.EventEmitter, 'close');
        expect(await heard).toBeInstanceOf(Error);
      });
    },
    { elsewhere: 'a cut stream looks the same from any peer' },
  );
});

const REFUSAL: Readonly<Record<Refused, RegExp>> = {
  expired: /certificate.?expired/i,
  'wrong-name': /bad.?certificate|certificate.?unknown/i,
  untrusted: /unknown.?ca/i,
};

function pins(row: Feature): Pins & { version: Version } {
  return { version: row.version, suites: [row.suite], ...(row.group ? { groups: offeredGroups(row) } : {}) };
}

/** Our server prefers h2 and takes http/1.1. */
function alpnRows(
  peer: PeerName,
  ask: (port: number, version: Version, alpn: string[]) => Promise<string | undefined>,
): void {
  for (const version of VERSIONS) {
    for (const offered of [['h2', 'http/1.1'], ['http/1.1']]) {
      one(
        peer,
        `${version.slice(4)} ALPN offering ${offered.join(', ')}`,
        async (provider) => {
          await withPeer(serve(ca.leaf('rsa'), provider, { alpn: ['h2', 'http/1.1'] }), async (server) => {
            expect(await ask(server.port, version, offered)).toBe(offered[0]);
          });
        },
        { elsewhere: 'has its own ALPN row, or offers what it likes (Chromium)' },
      );
    }
  }
}

async function refused(server: GlassServer, pinned: Pins, alert: string): Promise<void> {
  const client = await opensslClient({ port: server.port, caFile: ca.caFile, ...pinned, input: 'x\n' });
  expect(client.code).toBe(1);
  expect(client.messages.at(-1)).toEqual({ direction: 'in', kind: 'Alert', name: alert });
  await until('our server reports it', () => server.errors.length > 0);
  expect(server.connections).toEqual([]);
}

/** A server that only listens; `heard` is the hash of what its first client sent before its close_notify. */
async function collect(provider: Provider): Promise<GlassServer & { heard(): Promise<string> }> {
  let heard: Promise<string> | undefined;
  const server = await serve(ca.leaf('rsa'), provider, {
    onConnection: (connection) => {
      heard = connection.receiveAll().then(sha256);
    },
  });
  return Object.assign(server, {
    heard: async () => (await heard) ?? 'no connection',
  });
}

/** Sends back `length` bytes and closes. (Not "until the client closes": TLS 1.2 has no half-close.) */
function echo(length: number): (connection: GlassConnection) => Promise<void> {
  return async (connection) => {
    for (let left = length; left > 0; ) {
      const chunk = await connection.receive();
      if (!chunk) break;
      left -= chunk.length;
      await connection.send(chunk);
    }
    await connection.end();
  };
}
