// Shared keys in TLS 1.2 (RFC 4279, RFC 5489), alone and with an ephemeral key, in both roles, without any certificate: who is
// who, which key the hint and the identity lead to, and what becomes of a wrong one.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect } from 'vitest';
import type { TlsError } from '../../src/wire/tls_error.ts';
import { dhGroup } from '../peers/dh_params.ts';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { scratch } from '../peers/run_dir.ts';
import { SUITES, type Suite } from '../peers/vocabulary.ts';
import { type GlassClientOptions, type GlassConnection, glassClient, type Provider } from './glass.ts';
import { overClients, overServers } from './over_peers.ts';
import { type ClientName, runClient } from './peer_clients.ts';
import { type ServerName, startServer } from './peer_servers.ts';
import { serve } from './serving.ts';
import { until, withPeer } from './support.ts';

const IDENTITY = 'Zähler 7';
const HINT = 'which meter?';
const KEY = '9bf56a9a1c1f1c6a0a5c7c6fb3d2e1f000112233445566778899aabbccddeeff';
const OTHER_KEY = '00000000000000000000000000000000000000000000000000000000000000ff';
const VERSION = 'TLSv1.2';
const PSK_SUITES = (Object.keys(SUITES) as Suite[]).filter((suite) => suite.includes('PSK'));
/** RFC 8442; none of the peers here has them. */
const WITHOUT_PEER = ['TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384'];
const NO_PEER = 'neither OpenSSL 3.0 nor GnuTLS 3.7 has the suites of RFC 8442';
const FIRST: Suite = 'TLS_PSK_WITH_AES_128_GCM_SHA256';
const CRASHES = 'gnutls-cli 3.7.9 crashes (SIGSEGV) when it reports this exchange, after gnutls-serv too';

let ca: Pki;

beforeAll(async () => {
  ca = await pki();
});
printMatrixAfterAll();

overServers('shared keys', (peer, row) => {
  const not = peer === 'nginx' ? 'nginx cannot be given shared keys' : undefined;

  for (const suite of PSK_SUITES) {
    row(
      title(suite),
      async (provider) => {
        await withPeer(startSharing(peer, [suite], HINT), async (server) => {
          const hints: (string | null)[] = [];
          const connection = await connect(server.port, provider, [suite], IDENTITY, KEY, (hint) => hints.push(hint));
          expect(connection).toMatchObject({ protocol: VERSION, cipher: suite, authorized: true });
          expect(connection.agreement).toMatchObject({ psk: true, peerChain: [] });
          expect(hints).toEqual([HINT]);
          expect(await server.exchange(connection)).toMatchObject({ suite });
        });
      },
      not,
    );
  }
  for (const suite of WITHOUT_PEER) row(title(suite), async () => {}, NO_PEER);

  row(
    '1.2 PSK, no hint',
    async (provider) => {
      await withPeer(startSharing(peer, [FIRST]), async (server) => {
        const hints: (string | null)[] = [];
        const connection = await connect(server.port, provider, [FIRST], IDENTITY, KEY, (hint) => hints.push(hint));
        expect(hints).toEqual([null]);
        await server.exchange(connection);
      });
    },
    not,
  );

  for (const [what, identity, key, alerts] of [
    ['a wrong key', IDENTITY, OTHER_KEY, /bad_record_mac|decrypt_error|handshake_failure/],
    // RFC 4279 2: a server that does not want to tell which identities it knows goes on, and fails at the Finished.
    ['an identity that the server does not know', 'Zähler 8', KEY, /unknown_psk_identity|bad_record_mac/],
  ] as const) {
    row(
      `1.2 PSK, ${what}`,
      async (provider) => {
        await withPeer(startSharing(peer, [FIRST]), async (server) => {
          const attempt = connect(server.port, provider, [FIRST], identity, key);
          const error = await attempt.then(
            () => undefined,
            (caught: TlsError) => caught,
          );
          expect(error).toMatchObject({ code: 'ERR_TLS_ALERT_RECEIVED' });
          expect(error?.message).toMatch(alerts);
        });
      },
      not ??
        (peer === 'openssl' && identity !== IDENTITY ? 's_server takes its one key for every identity' : undefined),
    );
  }

  row(
    '1.2 PSK, we have no key for the hint',
    async (provider) => {
      await withPeer(startSharing(peer, [FIRST], HINT), async (server) => {
        const more = { pskCallback: () => null };
        await expect(glassClient({ ...pins(provider, [FIRST]), port: server.port, more })).rejects.toMatchObject({
          code: 'ERR_TLS_NO_PSK',
        });
      });
    },
    not,
  );
});

overClients('shared keys', 'Chromium has no shared keys', (peer, row) => {
  const not = peer === 'curl' ? 'curl has no option for shared keys' : undefined;

  for (const suite of PSK_SUITES) {
    row(
      title(suite),
      async (provider) => {
        await withPeer(serveSharing(provider, [suite], HINT), async (server) => {
          expect(await runSharing(peer, server.port, suite, IDENTITY, KEY)).toMatchObject({ served: true, suite });
          expect(server.connections).toMatchObject([{ protocol: VERSION, cipher: suite, agreement: { psk: true } }]);
          expect(server.identities).toEqual([IDENTITY]);
        });
      },
      not ?? (peer === 'gnutls' && suite.includes('DHE_PSK') ? CRASHES : undefined),
    );
  }

  row(
    '1.2 DHE_PSK and ECDHE_PSK, as far as the handshake goes',
    async (provider) => {
      for (const suite of [
        'TLS_DHE_PSK_WITH_AES_128_GCM_SHA256',
        'TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256',
      ] as const) {
        await withPeer(serveSharing(provider, [suite]), async (server) => {
          await runSharing(peer, server.port, suite, IDENTITY, KEY);
          expect(server.connections).toMatchObject([{ protocol: VERSION, cipher: suite, agreement: { psk: true } }]);
        });
      }
    },
    peer === 'gnutls' ? undefined : (not ?? 'its own rows have data as well'),
  );
  for (const suite of WITHOUT_PEER) row(title(suite), async () => {}, NO_PEER);

  row(
    '1.2 PSK, the hint arrives',
    async (provider) => {
      await withPeer(serveSharing(provider, [FIRST], HINT), async (server) => {
        const { said } = await runSharing(peer, server.port, FIRST, IDENTITY, KEY);
        expect(said).toContain(`hint: ${HINT}`);
      });
    },
    not ?? (peer === 'openssl' || peer === 'node:tls' ? undefined : 'gnutls-cli does not tell the hint'),
  );

  for (const [what, identity, key, code, alerts] of [
    ['a wrong key', IDENTITY, OTHER_KEY, 'ERR_TLS_BAD_RECORD_MAC', /bad.?record.?mac|alert number 20/i],
    [
      'an identity that we do not know',
      'Zähler 8',
      KEY,
      'ERR_TLS_UNKNOWN_PSK_IDENTITY',
      /unknown.?psk.?identity|username is missing or not known/i,
    ],
  ] as const) {
    row(
      `1.2 PSK, ${what}`,
      async (provider) => {
        await withPeer(serveSharing(provider, [FIRST]), async (server) => {
          const client = await runSharing(peer, server.port, FIRST, identity, key);
          expect(client.served).toBe(false);
          await until('our server reports it', () => server.errors.length > 0);
          expect(server.errors[0]).toMatchObject({ code });
          expect(client.said).toMatch(alerts);
        });
      },
      not,
    );
  }

  row(
    '1.2 a server with a certificate and shared keys serves both kinds of client',
    async (provider) => {
      const suites = ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', FIRST] as const;
      await withPeer(serveSharing(provider, suites, undefined, ca.leaf('p256')), async (server) => {
        expect(await runSharing(peer, server.port, FIRST, IDENTITY, KEY)).toMatchObject({ served: true });
        const common = { port: server.port, ca, version: VERSION } as const;
        expect(await runClient(peer, common)).toMatchObject({ served: true, suite: suites[0] });
        expect(server.connections.map(({ agreement }) => agreement.psk)).toEqual([true, false]);
      });
    },
    not,
  );
});

function title(suite: string): string {
  return `1.2 ${suite.replace(/^TLS_/, '').replace('_WITH_', ' ')}`;
}

function startSharing(peer: ServerName, suites: readonly Suite[], hint?: string) {
  const file = join(scratch('psk'), 'keys');
  // In GnuTLS's file a # in front of an identity says that it is in hexadecimal.
  writeFileSync(file, `#${Buffer.from(IDENTITY).toString('hex')}:${KEY}\n`);
  return startServer(peer, {
    identity: undefined,
    version: VERSION,
    suites,
    ...(suites.some((suite) => suite.includes('_DHE_')) && { dh: dhGroup('own2048') }),
    openssl: { args: ['-psk', KEY, '-psk_identity', IDENTITY, ...(hint ? ['-psk_hint', hint] : [])] },
    gnutls: { args: ['--pskpasswd', file, ...(hint ? ['--pskhint', hint] : [])] },
    node: {
      pskCallback: (_socket, identity) => (identity === IDENTITY ? Buffer.from(KEY, 'hex') : null),
      ...(hint && { pskIdentityHint: hint }),
    },
  });
}

function pins(provider: Provider, suites: readonly Suite[]) {
  const legacy = suites.some((suite) => suite.includes('CBC'));
  return { ca: ca.ca, provider, suites, legacy, maxVersion: VERSION } satisfies Partial<GlassClientOptions>;
}

function connect(
  port: number,
  provider: Provider,
  suites: readonly Suite[],
  identity: string,
  key: string,
  onHint: (hint: string | null) => void = () => {},
): Promise<GlassConnection> {
  const pskCallback = (hint: string | null) => {
    onHint(hint);
    return { psk: Buffer.from(key, 'hex'), identity };
  };
  return glassClient({ ...pins(provider, suites), port, more: { pskCallback } });
}

/** Our server with one key; `identities` are those that clients named. */
async function serveSharing(
  provider: Provider,
  suites: readonly Suite[],
  hint?: string,
  leaf?: Parameters<typeof serve>[0],
) {
  const identities: string[] = [];
  const server = await serve(leaf, provider, {
    suites,
    legacy: suites.some((suite) => suite.includes('CBC')),
    more: {
      pskCallback: (_socket, identity) => {
        identities.push(identity);
        return identity === IDENTITY ? Buffer.from(KEY, 'hex') : null;
      },
      ...(hint !== undefined && { pskIdentityHint: hint }),
    },
  });
  return Object.assign(server, { identities });
}

async function runSharing(peer: ClientName, port: number, suite: Suite, identity: string, key: string) {
  const hints: (string | null)[] = [];
  const result = await runClient(peer, {
    port,
    ca,
    version: VERSION,
    suites: [suite],
    // openssl tells the hint only when it is asked for its debugging text.
    openssl: { args: ['-psk', key, '-psk_identity', identity, '-debug'] },
    gnutls: { args: ['--pskusername', identity, '--pskkey', key] },
    node: {
      pskCallback: (hint) => {
        hints.push(hint);
        return { psk: Buffer.from(key, 'hex'), identity };
      },
      checkServerIdentity: () => undefined,
    },
  });
  return { ...result, said: `${result.said}\n${hints.map((hint) => `hint: ${hint}`).join('\n')}` };
}
