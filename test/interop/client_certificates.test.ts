// Client certificates in both roles, versions and kinds of request (RFC 5246 7.4.4 - 7.4.8, RFC 8446 4.3.2, 4.4.2 - 4.4.3):
// shown, not shown, and refused, with the alert that each side reports.

import { beforeAll, expect } from 'vitest';
import type { TlsError } from '../../src/wire/tls_error.ts';
import { parseCertificate } from '../../src/x509/certificate.ts';
import { readPem } from '../../src/x509/pem.ts';
import { dhGroup } from '../peers/dh_params.ts';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { type KeyKind, type Pki, pki } from '../peers/pki.ts';
import type { Version } from '../peers/vocabulary.ts';
import { type GlassClientOptions, type GlassConnection, glassClient, type Provider } from './glass.ts';
import { overClients, overServers } from './over_peers.ts';
import { type ClientWishes, runClient, runTwice } from './peer_clients.ts';
import { GET, type ServerName, type ServerWishes, startServer } from './peer_servers.ts';
import { serve } from './serving.ts';
import { until, withPeer } from './support.ts';

const VERSIONS: readonly Version[] = ['TLSv1.2', 'TLSv1.3'];
const KINDS: readonly KeyKind[] = ['rsa', 'rsa-pss', 'p256', 'p384', 'ed25519'];

/** Where the client's key proof stands beside other key exchanges than ECDHE. */
const EXCHANGES = [
  { suite: 'TLS_RSA_WITH_AES_128_GCM_SHA256', legacy: true },
  { suite: 'TLS_DHE_RSA_WITH_AES_128_GCM_SHA256', legacy: false },
  { suite: 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384', legacy: true },
] as const;

let ca: Pki;

beforeAll(async () => {
  ca = await pki();
});
printMatrixAfterAll();

overServers('client certificates', (peer, row) => {
  const start = (version: Version, clientCert: 'request' | 'require', more: Partial<ServerWishes> = {}) => {
    const clientCa = { pem: ca.ca, file: ca.caFile };
    return startServer(peer, { identity: ca.leaf('p256'), version, clientCert, clientCa, ...more });
  };

  for (const version of VERSIONS) {
    const dot = version.slice(4);
    for (const kind of KINDS) {
      row(`${dot} client certificate, required: ${kind} key`, async (provider) => {
        await withPeer(start(version, 'require'), async (server) => {
          const connection = await connect(server.port, provider, { identity: ca.leaf(kind) });
          expect(connection.protocol).toBe(version);
          expect((await server.exchange(connection)).client).toMatch(/\blocalhost$/);
          expect(connection.agreement.credential).toBe(0);
        });
      });
    }

    row(`${dot} client certificate, requested: shown`, async (provider) => {
      await withPeer(start(version, 'request'), async (server) => {
        // Of the two the server cannot take the first: it names an authority, and that one did not issue it.
        const identity = [ca.leaf('untrusted'), ca.leaf('p256')];
        const connection = await connect(server.port, provider, { identity });
        expect((await server.exchange(connection)).client).toMatch(/\blocalhost$/);
        expect(connection.agreement.credential).toBe(1);
      });
    });

    row(`${dot} client certificate, requested: none shown`, async (provider) => {
      await withPeer(start(version, 'request'), async (server) => {
        const connection = await connect(server.port, provider);
        expect((await server.exchange(connection)).client).toBeUndefined();
        expect(connection.agreement.credential).toBeUndefined();
      });
    });

    row(`${dot} the names of authorities in the request`, async (provider) => {
      await withPeer(start(version, 'request'), async (server) => {
        const connection = await connect(server.port, provider);
        const { authorities, schemes } = connection.agreement.certificateRequest ?? {};
        const [root] = readPem(ca.ca, 'CERTIFICATE').map(({ der }) => parseCertificate(der).subjectRaw);
        expect(authorities?.map(hex)).toEqual([hex(root)]);
        expect(schemes).toContain(0x0403);
        connection.destroy();
      });
    });

    row(`${dot} client certificate, required: none shown`, async (provider) => {
      await withPeer(start(version, 'require'), async (server) => {
        await expectRefusal(peer, version, 'missing', connecting(server.port, provider, {}));
        await sawAlert(server, version === 'TLSv1.3' ? /fatal certificate_required/ : /fatal handshake_failure/);
      });
    });

    row(`${dot} client certificate of an authority that the server does not know`, async (provider) => {
      await withPeer(start(version, 'require'), async (server) => {
        const identity = ca.leaf('untrusted');
        await expectRefusal(peer, version, 'unknown', connecting(server.port, provider, { identity }));
        await sawAlert(server, /fatal unknown_ca/);
      });
    });
  }

  for (const { suite, legacy } of EXCHANGES) {
    row(`1.2 client certificate with ${suite}`, async (provider) => {
      const more = { identity: ca.leaf('rsa'), suites: [suite], dh: dhGroup('own2048') };
      await withPeer(start('TLSv1.2', 'require', more), async (server) => {
        const options = { identity: ca.leaf('p384'), suites: [suite], legacy };
        const connection = await connect(server.port, provider, options);
        expect(connection.cipher).toBe(suite);
        expect((await server.exchange(connection)).client).toMatch(/\blocalhost$/);
      });
    });
  }

  row('1.2 client certificate, and the session resumed', async (provider) => {
    await withPeer(start('TLSv1.2', 'require'), async (server) => {
      const options = { identity: ca.leaf('p256') };
      const first = await connect(server.port, provider, options);
      await server.exchange(first);
      const second = await connect(server.port, provider, { ...options, session: first.session() });
      expect(second.reused).toBe(true);
      expect((await server.exchange(second)).client).toMatch(/\blocalhost$/);
    });
  });
});

overClients(
  'client certificates',
  'it would need the certificate in its profile, and a rule to choose it',
  (peer, row) => {
    const run = (port: number, version: Version, more: Partial<ClientWishes> = {}) =>
      runClient(peer, { port, ca, version, ...more });

    for (const version of VERSIONS) {
      const dot = version.slice(4);
      for (const kind of KINDS) {
        row(`${dot} client certificate, required: ${kind} key`, async (provider) => {
          const options = { more: { requestCert: true, ca: ca.ca } };
          await withPeer(serve(ca.leaf('p256'), provider, options), async (server) => {
            const identity = ca.leaf(kind);
            expect(await run(server.port, version, { identity })).toMatchObject({ served: true });
            const [connection] = server.connections;
            expect(connection).toMatchObject({ protocol: version, authorized: true });
            const [der] = readPem(identity.cert, 'CERTIFICATE').map((block) => block.der);
            expect(hex(connection?.agreement.peerChain[0])).toBe(hex(der));
          });
        });
      }

      row(`${dot} client certificate, requested: none shown`, async (provider) => {
        const options = { more: { requestCert: true, rejectUnauthorized: false, ca: ca.ca } };
        await withPeer(serve(ca.leaf('p256'), provider, options), async (server) => {
          expect(await run(server.port, version)).toMatchObject({ served: true });
          expect(server.connections).toMatchObject([{ authorized: false, agreement: { peerChain: [] } }]);
        });
      });

      row(`${dot} client certificate, required: none shown`, async (provider) => {
        const options = { more: { requestCert: true, ca: ca.ca } };
        await withPeer(serve(ca.leaf('p256'), provider, options), async (server) => {
          const client = await run(server.port, version);
          expect(client.served).toBe(false);
          await until('our server reports it', () => server.errors.length > 0);
          expect(server.errors[0]).toMatchObject({ code: 'ERR_TLS_NO_CLIENT_CERTIFICATE' });
          expect(client.said).toMatch(version === 'TLSv1.3' ? CERTIFICATE_REQUIRED : /handshake.?fail/i);
        });
      });

      row(`${dot} client certificate of an authority that we do not know`, async (provider) => {
        const options = { more: { requestCert: true, ca: ca.ca } };
        await withPeer(serve(ca.leaf('p256'), provider, options), async (server) => {
          const client = await run(server.port, version, { identity: ca.leaf('untrusted') });
          expect(client.served).toBe(false);
          await until('our server reports it', () => server.errors.length > 0);
          expect(server.errors[0]).toMatchObject({ code: 'ERR_TLS_CERTIFICATE_REFUSED', alert: 'unknown_ca' });
          expect(client.said).toMatch(/unknown.?ca|CA is unknown/i);
        });
      });

      row(`${dot} client certificate that we do not trust, tolerated`, async (provider) => {
        const options = { more: { requestCert: true, rejectUnauthorized: false, ca: ca.otherCa } };
        await withPeer(serve(ca.leaf('p256'), provider, options), async (server) => {
          expect(await run(server.port, version, { identity: ca.leaf('p384') })).toMatchObject({ served: true });
          expect(server.connections).toMatchObject([{ authorized: false }]);
          expect(server.connections[0]?.agreement.peerChain.length).toBe(2);
        });
      });
    }

    for (const { suite, legacy } of EXCHANGES) {
      row(`1.2 client certificate with ${suite}`, async (provider) => {
        const options = { suites: [suite], legacy, more: { requestCert: true, ca: ca.ca } };
        await withPeer(serve(ca.leaf('rsa'), provider, options), async (server) => {
          const identity = ca.leaf('p384');
          const client = await run(server.port, 'TLSv1.2', { identity, suites: [suite] });
          expect(client).toMatchObject({ served: true, suite });
          expect(server.connections).toMatchObject([{ cipher: suite, authorized: true }]);
        });
      });
    }

    row('1.2 client certificate, and the session resumed', async (provider) => {
      const options = { more: { requestCert: true, ca: ca.ca }, sessionsById: peer === 'curl' };
      await withPeer(serve(ca.leaf('p256'), provider, options), async (server) => {
        const identity = ca.leaf('p384');
        const results = await runTwice(peer, { port: server.port, ca, version: 'TLSv1.2', identity });
        for (const { served } of results) expect(served).toBe(true);
        expect(server.connections).toMatchObject([
          { reused: false, authorized: true },
          { reused: true, authorized: true },
        ]);
        const [first, second] = server.connections.map(({ agreement }) => agreement.peerChain.map(hex));
        expect(second).toEqual(first);
        expect(first?.length).toBe(2);
      });
    });
  },
);

/** What gnutls-cli 3.7 calls the alert certificate_required, and the others. */
const CERTIFICATE_REQUIRED = /certificate.?(is.?)?required|alert number 116/i;

async function connect(
  port: number,
  provider: Provider,
  options: Partial<GlassClientOptions> = {},
): Promise<GlassConnection> {
  return glassClient({ port, ca: ca.ca, provider, ...options });
}

/** Connects and asks for something: TLS 1.3 tells of a refusal after the client's handshake (RFC 8446 4.4.2.4). */
async function connecting(port: number, provider: Provider, options: Partial<GlassClientOptions>): Promise<string> {
  const connection = await connect(port, provider, options);
  await connection.send(GET);
  const answer = (await connection.receiveAll()).toString('latin1');
  connection.destroy();
  return answer;
}

const REFUSALS = {
  missing: { 'TLSv1.2': /handshake_failure/, 'TLSv1.3': /certificate_required/ },
  unknown: { 'TLSv1.2': /unknown_ca/, 'TLSv1.3': /unknown_ca/ },
};

async function expectRefusal(
  peer: ServerName,
  version: Version,
  why: keyof typeof REFUSALS,
  attempt: Promise<string>,
): Promise<void> {
  // nginx speaks of it in HTTP.
  if (peer === 'nginx') return void expect(await attempt).toMatch(/^HTTP\/1\.1 400 /);
  const error = await attempt.then(
    () => undefined,
    (caught: TlsError) => caught,
  );
  expect(error).toBeInstanceOf(Error);
  // node:tls closes without an alert where it judges the chain itself.
  if (peer === 'openssl') expect(error).toMatchObject({ code: 'ERR_TLS_ALERT_RECEIVED' });
  if (peer === 'openssl') expect(error?.message).toMatch(REFUSALS[why][version]);
}

async function sawAlert({ openssl }: Awaited<ReturnType<typeof startServer>>, alert: RegExp): Promise<void> {
  if (openssl === undefined) return;
  await until(`openssl sends ${alert}`, () =>
    openssl.messages().some(({ direction, name }) => direction === 'out' && alert.test(name)),
  );
}

function hex(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes).toString('hex');
}
