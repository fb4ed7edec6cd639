// Our server with several certificates: which one a client gets, by the name that it asks for (RFC 6066 3) and by the kind of
// key that it can use (RFC 5246 7.4.2, RFC 8446 4.4.2.2), told by both ends.

import { beforeAll, expect } from 'vitest';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { type Identity, type Pki, pki } from '../peers/pki.ts';
import type { Version } from '../peers/vocabulary.ts';
import { overClients } from './over_peers.ts';
import { runClient } from './peer_clients.ts';
import { serve } from './serving.ts';
import { until, withPeer } from './support.ts';

const VERSIONS: readonly Version[] = ['TLSv1.2', 'TLSv1.3'];

let ca: Pki;
let identities: readonly Identity[];

beforeAll(async () => {
  ca = await pki();
  // The second is for elsewhere.example alone, the others for localhost.
  identities = [ca.leaf('p256'), ca.leaf('wrong-name'), ca.leaf('rsa')];
});
printMatrixAfterAll();

overClients('several certificates', 'it cannot be told which suites and schemes to offer', (peer, row) => {
  for (const version of VERSIONS) {
    const dot = version.slice(4);
    for (const [servername, place] of [
      ['localhost', 0],
      ['elsewhere.example', 1],
    ] as const) {
      row(`${dot} several certificates: the one for ${servername}`, async (provider) => {
        await withPeer(serve(identities, provider), async (server) => {
          // The client has verified this name.
          expect(await runClient(peer, { port: server.port, ca, version, servername })).toMatchObject({ served: true });
          expect(server.connections).toMatchObject([{ agreement: { serverName: servername, credential: place } }]);
        });
      });
    }

    row(`${dot} several certificates: none for the name, and the client refuses the first`, async (provider) => {
      await withPeer(serve(identities, provider), async (server) => {
        const servername = 'nobody.example';
        expect(await runClient(peer, { port: server.port, ca, version, servername })).toMatchObject({ served: false });
        await until('our server hears of it', () => server.errors.length + server.connections.length > 0);
      });
    });

    const only = version === 'TLSv1.2' ? 'suites' : 'schemes';
    const schemes = 'rsa_pss_rsae_sha256:rsa_pkcs1_sha256:ecdsa_secp256r1_sha256';
    row(
      `${dot} several certificates: the RSA one, for a client without ${only} of the others`,
      async (provider) => {
        // With 1.3 the client names no scheme for the handshake but RSA's; the chain is signed with RSA as well.
        const args = version === 'TLSv1.3' ? ['-sigalgs', schemes.replace(/:ecdsa.*/, '')] : [];
        const suites = version === 'TLSv1.2' ? (['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'] as const) : undefined;
        await withPeer(serve(identities, provider), async (server) => {
          const wishes = { port: server.port, ca, version, openssl: { args }, ...(suites && { suites }) };
          const node = version === 'TLSv1.3' ? { node: { sigalgs: 'rsa_pss_rsae_sha256:rsa_pkcs1_sha256' } } : {};
          expect(await runClient(peer, { ...wishes, ...node })).toMatchObject({ served: true });
          expect(server.connections).toMatchObject([{ agreement: { serverName: 'localhost', credential: 2 } }]);
        });
      },
      version === 'TLSv1.3' && (peer === 'curl' || peer === 'gnutls')
        ? 'it cannot be told which schemes to offer'
        : undefined,
    );
  }
});
