// OpenSSL's cipher list syntax in `ciphers`, end to end: with the same list our client and node:tls get the same suite from the
// same server, and our server and node:tls's give the same suite to the same client.

import { beforeAll, expect } from 'vitest';
import { dhGroup } from '../peers/dh_params.ts';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { nodeClient, nodeServer } from '../peers/node_tls.ts';
import { type Pki, pki } from '../peers/pki.ts';
import type { Suite } from '../peers/vocabulary.ts';
import { glassClient } from './glass.ts';
import { overClients, overServers } from './over_peers.ts';
import { runClient } from './peer_clients.ts';
import { startServer } from './peer_servers.ts';
import { serve } from './serving.ts';
import { withPeer } from './support.ts';

const VERSION = 'TLSv1.2';
const LISTS: readonly (readonly [list: string, suite: Suite])[] = [
  ['ECDHE+AESGCM:!AES128', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'],
  ['ECDHE+AESGCM:+AES256', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
  ['CHACHA20:AESGCM:!kRSA:!PSK', 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256'],
  ['kDHE+AESGCM:@STRENGTH', 'TLS_DHE_RSA_WITH_AES_256_GCM_SHA384'],
  ['HIGH:!aNULL:!ECDH:!DH:!AESGCM:-AES256:!PSK:!AESCCM:!ARIA:!CAMELLIA', 'TLS_RSA_WITH_AES_128_CBC_SHA'],
  ['DHE-RSA-CHACHA20-POLY1305:ECDHE', 'TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256'],
  ['kRSA+AESGCM+AES128', 'TLS_RSA_WITH_AES_128_GCM_SHA256'],
  ['AES128+SHA1+ECDHE', 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA'],
];
/** What the other end has: all that any of the lists leads to. */
const SUITES = LISTS.map(([, suite]) => suite);

let ca: Pki;

beforeAll(async () => {
  ca = await pki();
});
printMatrixAfterAll();

overServers('cipher lists', (peer, row) => {
  for (const [list, suite] of LISTS) {
    row(`1.2 ciphers ${list}`, async (provider) => {
      const wishes = { identity: ca.leaf('rsa'), version: VERSION, suites: SUITES, dh: dhGroup('own2048') } as const;
      // Servers that leave the choice to the client, as the others do by default.
      await withPeer(startServer(peer, { ...wishes, node: { honorCipherOrder: false } }), async (server) => {
        const theirs = await nodeClient({ port: server.port, ca: ca.ca, more: { ciphers: list, maxVersion: VERSION } });
        const { standardName } = theirs.getCipher();
        theirs.destroy();
        const more = { ciphers: list, legacy: true };
        const connection = await glassClient({ port: server.port, ca: ca.ca, provider, maxVersion: VERSION, more });
        expect([standardName, connection.cipher]).toEqual([suite, suite]);
        connection.destroy();
      });
    });
  }
});

overClients('cipher lists', 'it cannot be told which suites to offer', (peer, row) => {
  for (const [list, suite] of LISTS) {
    row(`1.2 ciphers ${list}`, async (provider) => {
      const reference = nodeServer({
        identity: ca.leaf('rsa'),
        version: VERSION,
        onConnection: (socket) => socket.once('data', (data) => socket.end(String(data).toUpperCase())),
        more: { ciphers: list, honorCipherOrder: true, dhparam: 'auto' },
      });
      const run = async (port: number) => (await runClient(peer, { port, ca, version: VERSION, suites: SUITES })).suite;
      await withPeer(reference, async ({ port }) => {
        const theirs = await run(port);
        expect(theirs).toBe(suite);
        const more = { ciphers: list, legacy: true };
        await withPeer(serve(ca.leaf('rsa'), provider, { more }), async (server) => {
          expect(await run(server.port)).toBe(suite);
        });
      });
    });
  }
});
