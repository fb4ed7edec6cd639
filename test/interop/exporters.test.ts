// Keying material and channel bindings that both ends make out of one connection (RFC 5705, RFC 8446 7.5, RFC 5929, RFC 9266)
// are the same bytes, whoever computes them.

import { beforeAll, expect } from 'vitest';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { type Pki, pki } from '../peers/pki.ts';
import type { Version } from '../peers/vocabulary.ts';
import { glassClient, type Provider } from './glass.ts';
import { overClients, overServers } from './over_peers.ts';
import { runClient } from './peer_clients.ts';
import { startServer } from './peer_servers.ts';
import { serve } from './serving.ts';
import { respond, until, withPeer } from './support.ts';

const VERSIONS: readonly Version[] = ['TLSv1.2', 'TLSv1.3'];
const LABEL = 'EXPERIMENTAL-glasstls';
const CONTEXTS = [undefined, Buffer.alloc(0), Buffer.from('a context')];
const LENGTH = 40;

let ca: Pki;

beforeAll(async () => {
  ca = await pki();
});
printMatrixAfterAll();

overServers('exporters', (peer, row) => {
  for (const version of VERSIONS) {
    const dot = version.slice(4);
    const theirs: string[] = [];
    const start = () =>
      startServer(peer, {
        identity: ca.leaf('p256'),
        version,
        openssl: { report: true, args: ['-keymatexport', LABEL, '-keymatexportlen', String(LENGTH)] },
        gnutls: { args: ['--keymatexport', LABEL, '--keymatexportsize', String(LENGTH)] },
        onNodeConnection: (socket) => {
          for (const context of CONTEXTS)
            theirs.push(socket.exportKeyingMaterial(LENGTH, LABEL, context as Buffer).toString('hex'));
        },
      });

    row(
      `${dot} exported keying material, without a context`,
      async (provider) => {
        theirs.length = 0;
        await withPeer(start(), async (server) => {
          const connection = await glassClient({ port: server.port, ca: ca.ca, provider });
          const ours = connection.exported(LENGTH, LABEL);
          if (server.openssl) theirs.push(await printed(() => server.openssl?.received().toString('latin1') ?? ''));
          else {
            await server.exchange(connection);
            if (peer === 'gnutls') theirs.push(await printed(() => server.log()));
          }
          expect(theirs[0]).toBe(ours);
          connection.destroy();
        });
      },
      peer === 'nginx' ? 'nginx exports nothing' : undefined,
    );

    row(
      `${dot} exported keying material, with a context and with an empty one`,
      async (provider) => {
        theirs.length = 0;
        await withPeer(start(), async (server) => {
          const connection = await glassClient({ port: server.port, ca: ca.ca, provider });
          const ours = CONTEXTS.map((one) => connection.exported(LENGTH, LABEL, one));
          await server.exchange(connection);
          expect(theirs).toEqual(ours);
          // RFC 5705 4: no context and an empty one differ, and in TLS 1.3 they do not (RFC 8446 7.5).
          expect(new Set(theirs).size).toBe(version === 'TLSv1.2' ? 3 : 2);
        });
      },
      peer === 'node:tls' ? undefined : 'only node:tls exports with a context',
    );

    row(
      `${dot} channel bindings`,
      async (provider) => {
        await withPeer(start(), async (server) => {
          const connection = await glassClient({ port: server.port, ca: ca.ca, provider });
          await server.exchange(connection);
          for (const type of BINDINGS[version]) {
            await until(`GnuTLS tells ${type}`, () => server.log().includes(`'${type}': `));
            expect(server.log()).toContain(`'${type}': ${connection.binding(type)}`);
          }
        });
      },
      peer === 'gnutls' ? undefined : 'only GnuTLS prints them',
    );
  }
});

overClients('exporters', 'a page cannot export keying material', (peer, row) => {
  for (const version of VERSIONS) {
    const dot = version.slice(4);
    const theirs: string[] = [];
    const run = async (port: number): Promise<string> => {
      const client = await runClient(peer, {
        port,
        ca,
        version,
        openssl: { args: ['-keymatexport', LABEL, '-keymatexportlen', String(LENGTH)] },
        gnutls: { args: ['--keymatexport', LABEL, '--keymatexportsize', String(LENGTH), '-V'] },
        onNodeSocket: (socket) =>
          socket.once('secureConnect', () => {
            for (const context of CONTEXTS)
              theirs.push(socket.exportKeyingMaterial(LENGTH, LABEL, context as Buffer).toString('hex'));
          }),
      });
      expect(client.served).toBe(true);
      return client.said;
    };

    row(
      `${dot} exported keying material, without a context`,
      async (provider) => {
        theirs.length = 0;
        await withPeer(exporting(provider, version), async (server) => {
          const said = await run(server.port);
          if (peer !== 'node:tls') theirs.push(await printed(() => said));
          expect(theirs[0]).toBe(server.exported[0]);
        });
      },
      peer === 'curl' ? 'curl exports nothing' : undefined,
    );

    row(
      `${dot} exported keying material, with a context and with an empty one`,
      async (provider) => {
        theirs.length = 0;
        await withPeer(exporting(provider, version), async (server) => {
          await run(server.port);
          expect(theirs).toEqual(server.exported);
        });
      },
      peer === 'node:tls' ? undefined : 'only node:tls exports with a context',
    );

    row(
      `${dot} channel bindings`,
      async (provider) => {
        await withPeer(exporting(provider, version), async (server) => {
          const said = await run(server.port);
          for (const [place, type] of BINDINGS[version].entries())
            expect(said).toContain(`'${type}': ${server.bindings[place]}`);
        });
      },
      peer === 'gnutls' ? undefined : 'only GnuTLS prints them',
    );
  }
});

/** Our server, which exports while its connection is open: with the connection go its secrets. */
async function exporting(provider: Provider, version: Version) {
  const exported: string[] = [];
  const bindings: string[] = [];
  const server = await serve(ca.leaf('p256'), provider, {
    onConnection: (connection) => {
      exported.push(...CONTEXTS.map((context) => connection.exported(LENGTH, LABEL, context)));
      bindings.push(...BINDINGS[version].map((type) => connection.binding(type)));
      void respond(connection);
    },
  });
  return Object.assign(server, { exported, bindings });
}

/** RFC 9266 1 has tls-unique for TLS 1.2 alone. */
const BINDINGS = {
  'TLSv1.2': ['tls-unique', 'tls-exporter'],
  'TLSv1.3': ['tls-exporter'],
} as const;

async function printed(said: () => string): Promise<string> {
  const pattern = /[Kk]ey(?:ing)? material: ([0-9A-Fa-f]+)\s/;
  await until('the keying material is printed', () => pattern.test(said()));
  return pattern.exec(said())?.[1]?.toLowerCase() ?? '';
}
