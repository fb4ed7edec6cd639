// What is agreed on in the hellos besides keys and certificates: record sizes (RFC 6066 4, RFC 8449), GREASE (RFC 8701) and
// padding (RFC 7685), the schemes of certificates (RFC 8446 4.2.3), the fallback signal (RFC 7507) and False Start (RFC 7918).

import { beforeAll, describe, expect, test } from 'vitest';
import { decode } from '../../src/codec/run.ts';
import type { Observation } from '../../src/engine/observe.ts';
import { EXTENSIONS } from '../../src/wire/extensions.ts';
import { clientHello } from '../../src/wire/messages.ts';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { type Pki, pki } from '../peers/pki.ts';
import type { Version } from '../peers/vocabulary.ts';
import { type GlassClientOptions, type GlassConnection, glassClient, PROVIDERS, type Provider } from './glass.ts';
import { overClients, overServers } from './over_peers.ts';
import { runClient } from './peer_clients.ts';
import { GET, type ServerWishes, startServer } from './peer_servers.ts';
import { serve } from './serving.ts';
import { pattern, until, withPeer } from './support.ts';

const VERSIONS: readonly Version[] = ['TLSv1.2', 'TLSv1.3'];
const FILLER = ' and more'.repeat(300);
/** Schemes that the test PKI signs certificates with, and what its RSA leaf signs handshakes with. */
const CERTIFICATES_SIGNED_WITH = ['ecdsa_secp256r1_sha256', 'rsa_pkcs1_sha256'];
const HANDSHAKE_SIGNED_WITH = 'rsa_pss_rsae_sha256';
const NO_SIZE_LIMIT = 'OpenSSL 3.0 does not know record_size_limit; that it ignores it is proved beside GREASE';

let ca: Pki;

beforeAll(async () => {
  ca = await pki();
});
printMatrixAfterAll();

overServers('extensions', (peer, row) => {
  const start = (version: Version | undefined, more: Partial<ServerWishes> = {}) =>
    startServer(peer, { identity: ca.leaf('rsa'), ...(version && { version }), ...more });

  for (const version of VERSIONS) {
    const dot = version.slice(4);
    for (const length of [512, 2048] as const) {
      row(`${dot} max_fragment_length ${length}`, async (provider) => {
        await withPeer(start(version), async (server) => {
          const { connection, seen } = await watched(server.port, provider, { hello: { maxFragmentLength: length } });
          // gnutls-serv 3.7 forgets it after a 1.2 handshake (s_client refuses its data as well): there, little is said.
          const forgets = peer === 'gnutls' && version === 'TLSv1.2';
          await server.exchange(connection, forgets ? '' : FILLER);
          expect(largest(seen, 'in')).toBeLessThanOrEqual(length);
          if (!forgets) expect(largest(seen, 'out')).toBe(length);
        });
      });
    }

    row(
      `${dot} record_size_limit 600`,
      async (provider) => {
        await withPeer(start(version), async (server) => {
          const more = { engine: { recordSizeLimit: 600 } };
          const { connection, seen } = await watched(server.port, provider, more);
          await server.exchange(connection, FILLER);
          // RFC 8449 4: in TLS 1.3 the limit counts the content type.
          expect(largest(seen, 'in', true)).toBe(version === 'TLSv1.3' ? 599 : 600);
        });
      },
      peer === 'gnutls' ? undefined : NO_SIZE_LIMIT,
    );

    row(`${dot} GREASE, padding, and what the server may not know`, async (provider) => {
      await withPeer(start(version), async (server) => {
        const { connection, seen } = await watched(server.port, provider, {
          hello: { grease: true, padding: 700, timestamps: true },
          engine: { recordSizeLimit: 16_384 },
        });
        expect(connection.protocol).toBe(version);
        const hello = seen.find((one) => one.kind === 'message' && one.name === 'client_hello');
        expect(hello?.kind === 'message' && hello.raw.length).toBe(700);
        await server.exchange(connection);
      });
    });

    row(
      `${dot} extensions in the order that was asked for, as the server reads them`,
      async (provider) => {
        const openssl = { report: true, args: ['-tlsextdebug'] };
        await withPeer(start(version, { openssl }), async (server) => {
          const names = ['signature_algorithms', 'server_name', 'ec_point_formats', 'supported_groups'] as const;
          const order = [...(version === 'TLSv1.3' ? ['key_share' as const] : []), ...names];
          const { connection, seen } = await watched(server.port, provider, { hello: { extensionOrder: order } });
          const said = (): string => server.openssl?.received().toString() ?? '';
          const read = (): number[] =>
            [...said().matchAll(/^TLS client extension .*id=(\d+)/gm)].map(([, id]) => Number(id));
          const hello = seen.find((one) => one.kind === 'message' && one.name === 'client_hello');
          if (hello?.kind !== 'message') throw new Error('no ClientHello was observed');
          const sent = decode(clientHello, hello.raw.subarray(4)).extensions.list.map((one) => one.extension_type);
          await until('s_server tells the extensions', () => read().length >= sent.length);
          expect(read()).toEqual(sent);
          expect(sent.slice(0, order.length)).toEqual(order.map((name) => EXTENSIONS[name].id));
          connection.destroy();
        });
      },
      peer === 'openssl' ? undefined : 'only s_server tells the extensions as it read them',
    );

    row(`${dot} signature_algorithms_cert apart from signature_algorithms`, async (provider) => {
      await withPeer(start(version), async (server) => {
        const engine = { certificateSignatureSchemes: CERTIFICATES_SIGNED_WITH };
        const { connection } = await watched(server.port, provider, { engine, sigalgs: HANDSHAKE_SIGNED_WITH });
        expect(connection.agreement.scheme).toBe(0x0804);
        await server.exchange(connection);
      });
    });
  }

  const fallback = { hello: { fallback: true }, maxVersion: 'TLSv1.2' } as const;
  row('1.2 TLS_FALLBACK_SCSV, and the server speaks 1.3: inappropriate_fallback', async (provider) => {
    await withPeer(start(undefined), async (server) => {
      await expect(watched(server.port, provider, fallback)).rejects.toMatchObject({
        code: 'ERR_TLS_ALERT_RECEIVED',
        alert: 'inappropriate_fallback',
      });
    });
  });

  row('1.2 TLS_FALLBACK_SCSV, and the server speaks no more', async (provider) => {
    await withPeer(start('TLSv1.2'), async (server) => {
      const { connection } = await watched(server.port, provider, fallback);
      await server.exchange(connection);
    });
  });

  row('1.2 False Start: the request leaves with our Finished, and is served', async (provider) => {
    await withPeer(start('TLSv1.2', { alpn: ['http/1.1'] }), async (server) => {
      const more = { hello: { falseStart: true } };
      const { connection, seen } = await watched(server.port, provider, more, { alpn: ['http/1.1'], early: GET });
      startedEarly(seen);
      const { openssl } = server;
      if (openssl) await until('the request arrives', () => openssl.received().toString() === GET);
      else
        expect((await connection.receive())?.toString()).toMatch(peer === 'nginx' ? /^HTTP\/1\.1 200 OK/ : /^GET \//);
      connection.destroy();
    });
  });
});

overClients(
  'extensions',
  'what Chromium sends cannot be chosen; it sends GREASE in every row of its own',
  (peer, row) => {
    for (const version of VERSIONS) {
      const dot = version.slice(4);
      row(
        `${dot} max_fragment_length 512`,
        async (provider) => {
          const { seen, observe } = watching();
          await withPeer(serve(ca.leaf('rsa'), provider, { more: { observe } }), async (server) => {
            const openssl = { args: ['-maxfraglen', '512'] };
            const client = await runClient(peer, { port: server.port, ca, version, openssl, question: FILLER });
            expect(client.served).toBe(true);
            expect(largest(seen, 'out')).toBe(512);
            expect(largest(seen, 'in')).toBeLessThanOrEqual(512);
          });
        },
        peer === 'openssl' ? undefined : 'only s_client has an option for it',
      );

      row(
        `${dot} record_size_limit 600`,
        async (provider) => {
          const { seen, observe } = watching();
          await withPeer(serve(ca.leaf('rsa'), provider, { more: { observe } }), async (server) => {
            const gnutls = { args: ['--recordsize', '600'] };
            // Not a long question: gnutls-cli sends one record of it and forgets the rest.
            const question = 'GET /bytes/3000 HTTP/1.1\r\n\r';
            const client = await runClient(peer, { port: server.port, ca, version, gnutls, question });
            expect(client.said).toContain('HTTP/1.1 200 OK');
            expect(client.said).toContain(pattern(3000).subarray(0, 1000).toString('latin1'));
            expect(largest(seen, 'out', true)).toBe(600);
          });
        },
        peer === 'gnutls' ? undefined : NO_SIZE_LIMIT,
      );

      row(`${dot} signature_algorithms_cert in our request for a certificate`, async (provider) => {
        const engine = { certificateSignatureSchemes: CERTIFICATES_SIGNED_WITH };
        const more = { requestCert: true, ca: ca.ca, engine };
        await withPeer(serve(ca.leaf('p256'), provider, { more }), async (server) => {
          const identity = ca.leaf('rsa');
          expect(await runClient(peer, { port: server.port, ca, version, identity })).toMatchObject({ served: true });
          expect(server.connections).toMatchObject([{ authorized: true }]);
        });
      });
    }

    const falling = { openssl: { args: ['-fallback_scsv'] }, gnutls: { priority: ['%FALLBACK_SCSV'] } };
    const cannot = peer === 'curl' || peer === 'node:tls' ? `${peer} has no option for it` : undefined;
    row(
      '1.2 TLS_FALLBACK_SCSV, and we speak 1.3: inappropriate_fallback',
      async (provider) => {
        await withPeer(serve(ca.leaf('rsa'), provider), async (server) => {
          const client = await runClient(peer, { port: server.port, ca, version: 'TLSv1.2', ...falling });
          expect(client.served).toBe(false);
          expect(client.said).toMatch(/inappropriate.?fallback/i);
          expect(server.errors).toMatchObject([{ code: 'ERR_TLS_INAPPROPRIATE_FALLBACK' }]);
        });
      },
      cannot,
    );

    row(
      '1.2 TLS_FALLBACK_SCSV, and we speak no more',
      async (provider) => {
        await withPeer(serve(ca.leaf('rsa'), provider, { maxVersion: 'TLSv1.2' }), async (server) => {
          const client = await runClient(peer, { port: server.port, ca, version: 'TLSv1.2', ...falling });
          expect(client.served).toBe(true);
        });
      },
      cannot,
    );

    row(
      '1.2 False Start of the client',
      async () => {},
      'no client here can: OpenSSL has none, gnutls-cli no option for it. Ours does, against our server',
    );
  },
);

describe('both ends ours', () => {
  test.each(PROVIDERS)(
    'RFC 7918: our server takes what follows the Finished of our client at once (%s)',
    async (provider) => {
      await withPeer(serve(ca.leaf('rsa'), provider, { alpn: ['http/1.1'], maxVersion: 'TLSv1.2' }), async (server) => {
        const more = { hello: { falseStart: true } };
        const { connection, seen } = await watched(server.port, provider, more, { alpn: ['http/1.1'], early: GET });
        startedEarly(seen);
        expect((await connection.receiveAll()).toString()).toContain('It works');
        expect(server.connections).toMatchObject([{ protocol: 'TLSv1.2', alpn: 'http/1.1' }]);
        connection.destroy();
      });
    },
  );
});

function watching(): { seen: Observation[]; observe: (one: Observation) => void } {
  const seen: Observation[] = [];
  return { seen, observe: (one) => void seen.push(one) };
}

/** Data left before the server's Finished came. */
function startedEarly(seen: readonly Observation[]): void {
  const data = seen.findIndex((one) => one.kind === 'record' && one.direction === 'out' && one.innerType === 23);
  const finished = seen.findIndex((one) => one.kind === 'message' && one.direction === 'in' && one.name === 'finished');
  expect(data).toBeGreaterThan(0);
  expect(data).toBeLessThan(finished);
}

/** A connection of ours and everything that could be watched of it. */
async function watched(
  port: number,
  provider: Provider,
  more: NonNullable<GlassClientOptions['more']>,
  options: Partial<GlassClientOptions> = {},
): Promise<{ connection: GlassConnection; seen: Observation[] }> {
  const { seen, observe } = watching();
  const connection = await glassClient({ port, ca: ca.ca, provider, more: { observe, ...more }, ...options });
  return { connection, seen };
}

/** Bytes of content in the largest record of a direction. The client's first flight is not bound by what comes of it. */
function largest(seen: readonly Observation[], direction: 'in' | 'out', onlyProtected = false): number {
  const records = seen.filter((one) => one.kind === 'record').filter((one) => one.direction === direction);
  const bound = records.filter(({ epoch }, place) => (onlyProtected ? epoch !== 'plaintext' : place > 0));
  return Math.max(...bound.map(({ contentLength }) => contentLength));
}
