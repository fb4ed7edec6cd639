// Suites that both sides must name: Diffie-Hellman over finite fields (RFC 5246 7.4.3, RFC 7919) with GCM, ChaCha20, CBC and
// CCM, and AES-CCM (RFC 6655, RFC 7251, RFC 8446 B.4), in both roles. Who may choose the group is half of what is proved.

import { beforeAll, expect } from 'vitest';
import type { TlsError } from '../../src/wire/tls_error.ts';
import { dhGroup } from '../peers/dh_params.ts';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { type KeyKind, type Pki, pki } from '../peers/pki.ts';
import { type Group, SUITES, type Suite } from '../peers/vocabulary.ts';
import { type GlassClientOptions, type GlassConnection, glassClient, type Provider } from './glass.ts';
import { overClients, overServers } from './over_peers.ts';
import { runClient } from './peer_clients.ts';
import { type ServerWishes, startServer } from './peer_servers.ts';
import { serve } from './serving.ts';
import { until, withPeer } from './support.ts';

interface Named {
  readonly suite: Suite;
  readonly leaf: KeyKind;
  readonly legacy?: boolean;
}

const DHE: readonly Named[] = [
  { suite: 'TLS_DHE_RSA_WITH_AES_128_GCM_SHA256', leaf: 'rsa' },
  { suite: 'TLS_DHE_RSA_WITH_AES_256_GCM_SHA384', leaf: 'rsa-pss' },
  { suite: 'TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256', leaf: 'rsa' },
  { suite: 'TLS_DHE_RSA_WITH_AES_128_CBC_SHA', leaf: 'rsa', legacy: true },
  { suite: 'TLS_DHE_RSA_WITH_AES_256_CBC_SHA256', leaf: 'rsa', legacy: true },
];
const CCM: readonly Named[] = [
  { suite: 'TLS_AES_128_CCM_SHA256', leaf: 'p256' },
  { suite: 'TLS_AES_128_CCM_8_SHA256', leaf: 'p256' },
  { suite: 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM', leaf: 'p256' },
  { suite: 'TLS_ECDHE_ECDSA_WITH_AES_256_CCM', leaf: 'p256' },
  { suite: 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8', leaf: 'p256' },
  { suite: 'TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8', leaf: 'p256' },
  { suite: 'TLS_DHE_RSA_WITH_AES_128_CCM', leaf: 'rsa' },
  { suite: 'TLS_DHE_RSA_WITH_AES_256_CCM', leaf: 'rsa' },
  { suite: 'TLS_RSA_WITH_AES_128_CCM', leaf: 'rsa', legacy: true },
  { suite: 'TLS_RSA_WITH_AES_256_CCM', leaf: 'rsa', legacy: true },
  { suite: 'TLS_RSA_WITH_AES_128_CCM_8', leaf: 'rsa', legacy: true },
  { suite: 'TLS_RSA_WITH_AES_256_CCM_8', leaf: 'rsa', legacy: true },
];
const FIRST_DHE = 'TLS_DHE_RSA_WITH_AES_128_GCM_SHA256';

/** Who cannot be made to choose among the groups that we name. */
const GROUP_CHOOSER: Readonly<Record<string, string | undefined>> = {
  openssl: 'OpenSSL 3.0 does not look at the finite field groups of a TLS 1.2 client',
  nginx: 'nginx takes its group from ssl_dhparam, whatever the client names',
  'node:tls': 'node:tls takes its group from dhparam, whatever the client names',
};

let ca: Pki;

beforeAll(async () => {
  ca = await pki();
});
printMatrixAfterAll();

overServers('named suites', (peer, row) => {
  const start = (named: Named, more: Partial<ServerWishes> = {}) =>
    startServer(peer, { identity: ca.leaf(named.leaf), ...pinsOf(named), ...more });

  for (const named of [...DHE, ...CCM]) {
    const field = named.suite.includes('DHE_RSA') ? ', a prime of the server' : '';
    row(`${title(named)}${field}`, async (provider) => {
      const dh = field === '' ? {} : { dh: dhGroup('own2048') };
      await withPeer(start(named, dh), async (server) => {
        const connection = await connectAs(named, server.port, provider);
        expect(await server.exchange(connection)).toMatchObject({ suite: named.suite });
        // A prime without a name is no group.
        if (field !== '') expect(connection.group).toBeUndefined();
      });
    });
  }

  for (const group of ['ffdhe2048', 'ffdhe3072'] as const) {
    const chooser = GROUP_CHOOSER[peer];
    row(
      `1.2 DHE-RSA in ${group}, chosen by us (RFC 7919)`,
      async (provider) => {
        const named = { suite: FIRST_DHE, leaf: 'rsa' } as const;
        await withPeer(start(named, { groups: ['ffdhe2048', 'ffdhe3072'] }), async (server) => {
          const connection = await connectAs(named, server.port, provider, { groups: [group] });
          expect(connection.group).toBe(group);
          expect(await server.exchange(connection)).toMatchObject({ group });
        });
      },
      chooser,
    );

    row(`1.3 in ${group}`, async (provider) => {
      const pins = { version: 'TLSv1.3', groups: [group] } as const;
      await withPeer(startServer(peer, { identity: ca.leaf('p256'), ...pins }), async (server) => {
        const connection = await glassClient({ port: server.port, ca: ca.ca, provider, groups: [group] });
        expect(connection).toMatchObject({ protocol: 'TLSv1.3', group });
        await server.exchange(connection);
      });
    });
  }

  row('1.2 DHE-RSA with 1024 bits is refused (ERR_TLS_WEAK_DH)', async (provider) => {
    await withPeer(startWeak(), async (server) => {
      const attempt = connectAs({ suite: FIRST_DHE, leaf: 'rsa' }, server.port, provider);
      const error = await attempt.then(
        () => undefined,
        (caught: TlsError) => caught,
      );
      expect(error).toMatchObject({ code: 'ERR_TLS_WEAK_DH', alert: 'insufficient_security', actual: 1024 });
      const { openssl } = server;
      if (openssl === undefined) return;
      await until('openssl sees the alert', () =>
        openssl.messages().some(({ direction, name }) => direction === 'in' && name === 'fatal insufficient_security'),
      );
    });
  });

  row('1.2 DHE-RSA with 1024 bits, for who asks for it', async (provider) => {
    await withPeer(startWeak(), async (server) => {
      const more = { hello: { minDhBits: 1024 } };
      const connection = await connectAs({ suite: FIRST_DHE, leaf: 'rsa' }, server.port, provider, { more });
      expect(await server.exchange(connection)).toMatchObject({ suite: FIRST_DHE });
    });
  });

  /** OpenSSL 3 takes a group of 1024 bits at security level 0 only. */
  function startWeak() {
    const list = `${SUITES[FIRST_DHE].openssl}:@SECLEVEL=0`;
    return startServer(peer, {
      identity: ca.leaf('rsa'),
      version: 'TLSv1.2',
      dh: dhGroup('weak1024'),
      ...(peer === 'gnutls' && { suites: [FIRST_DHE] }),
      openssl: { args: ['-cipher', list] },
      nginx: `ssl_ciphers ${list};`,
      node: { ciphers: list },
    });
  }
});

overClients('named suites', 'Chromium has neither DHE nor CCM', (peer, row) => {
  for (const named of [...DHE, ...CCM]) {
    row(title(named), async (provider) => {
      const { legacy = false } = named;
      const options = { suites: [named.suite], legacy };
      await withPeer(serve(ca.leaf(named.leaf), provider, options), async (server) => {
        const client = await runClient(peer, { port: server.port, ca, ...pinsOf(named) });
        expect(client).toMatchObject({ served: true, suite: named.suite });
        expect(server.connections).toMatchObject([{ cipher: named.suite }]);
        if (named.suite.includes('DHE_RSA')) expect(server.connections[0]?.group).toBe('ffdhe2048');
      });
    });
  }

  for (const group of ['ffdhe3072', 'ffdhe4096'] as const) {
    row(
      `1.2 DHE-RSA in ${group}, chosen by the client (RFC 7919)`,
      async (provider) => {
        await withPeer(serve(ca.leaf('rsa'), provider, { suites: [FIRST_DHE] }), async (server) => {
          const pins = { version: 'TLSv1.2', suites: [FIRST_DHE], groups: [group] } as const;
          expect(await runClient(peer, { port: server.port, ca, ...pins })).toMatchObject({ served: true, group });
          expect(server.connections).toMatchObject([{ group }]);
        });
      },
      peer === 'gnutls' ? undefined : 'OpenSSL 3.0 names finite field groups in a ClientHello for TLS 1.3 only',
    );

    row(`1.2 DHE-RSA in ${group}, chosen by us`, async (provider) => {
      await withPeer(serve(ca.leaf('rsa'), provider, { suites: [FIRST_DHE], groups: [group] }), async (server) => {
        const pins = { version: 'TLSv1.2', suites: [FIRST_DHE] } as const;
        expect(await runClient(peer, { port: server.port, ca, ...pins })).toMatchObject({ served: true });
        expect(server.connections).toMatchObject([{ group }]);
      });
    });

    row(`1.3 in ${group}`, async (provider) => {
      await withPeer(serve(ca.leaf('p256'), provider, { groups: [group] }), async (server) => {
        const pins = { version: 'TLSv1.3', groups: [group] } as const;
        expect(await runClient(peer, { port: server.port, ca, ...pins })).toMatchObject({ served: true });
        expect(server.connections).toMatchObject([{ protocol: 'TLSv1.3', group }]);
      });
    });
  }
});

function title({ suite, leaf }: Named): string {
  const dot = SUITES[suite].version.slice(4);
  return `${dot} ${suite.replace(/^TLS_/, '').replace('_WITH_', ' ')}, ${leaf} key`;
}

function pinsOf({ suite }: Named) {
  const { version } = SUITES[suite];
  return { version, suites: [suite] } as const;
}

/** Connects with this suite alone, and checks what our side says of it. */
async function connectAs(
  { suite, legacy = false }: Named,
  port: number,
  provider: Provider,
  options: Partial<GlassClientOptions> & { readonly groups?: readonly Group[] } = {},
): Promise<GlassConnection> {
  const { version } = SUITES[suite];
  const pins = { minVersion: version, maxVersion: version, suites: [suite], legacy };
  const connection = await glassClient({ port, ca: ca.ca, provider, ...pins, ...options });
  expect(connection).toMatchObject({ protocol: version, cipher: suite, authorized: true });
  return connection;
}
