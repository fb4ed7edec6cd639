// Keys that were shared beforehand in TLS 1.3 (RFC 8446 2.2, 4.2.11), in both roles: beside an ephemeral key, alone (psk_ke),
// after a HelloRetryRequest; wrong keys and unknown names; and the tickets that such connections give.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { beforeAll, expect } from 'vitest';
import type { TLSSocket } from '../../src/node/index.ts';
import type { TlsError } from '../../src/wire/tls_error.ts';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { scratch } from '../peers/run_dir.ts';
import {
  type GlassClientOptions,
  type GlassConnection,
  type GlassServer,
  type GlassServerOptions,
  glassClient,
  type Provider,
} from './glass.ts';
import { asClient13, asServer13, type Client13, type Proof, type Row13, type Server13 } from './over_peers13.ts';
import type { StartedServer } from './peer_servers.ts';
import { serve } from './serving.ts';
import { type RanAll, run13, start13, V13, type Wishes13 } from './start13.ts';
import { until, withPeer } from './support.ts';
import { watch } from './watch13.ts';

const IDENTITY = 'Zähler 7';
const KEY = '9bf56a9a1c1f1c6a0a5c7c6fb3d2e1f000112233445566778899aabbccddeeff';
const OTHER_KEY = '00000000000000000000000000000000000000000000000000000000000000ff';
const SHA256 = 'TLS_AES_128_GCM_SHA256';

/** Priority words of GnuTLS for the two modes of RFC 8446 4.2.9. */
const WITH_DHE = ['+ECDHE-PSK', '+DHE-PSK'];
const ALONE = ['+PSK'];

let ca: Pki;

beforeAll(async () => {
  ca = await pki();
});
printMatrixAfterAll();

type Shared = 'openssl' | 'gnutls' | 'node:tls';

const NO_SERVER = {
  nginx: 'nginx cannot be given shared keys',
  go: "Go's crypto/tls has no shared keys",
  node24: 'proved with the other node:tls',
} as const;

interface Sharing {
  readonly wishes?: Partial<Wishes13>;
  readonly modes?: readonly string[];
  /** Otherwise it has none. */
  readonly certificate?: boolean;
}

function start(peer: Shared, { wishes, modes = WITH_DHE, certificate = false }: Sharing = {}): Promise<StartedServer> {
  const file = join(scratch('psk'), 'keys');
  // In GnuTLS's file a # in front of an identity says that it is in hexadecimal.
  writeFileSync(file, `#${Buffer.from(IDENTITY).toString('hex')}:${KEY}\n`);
  const node: TlsOptions = {
    pskCallback: (_socket, identity) => (identity === IDENTITY ? Buffer.from(KEY, 'hex') : null),
  };
  return start13(peer, {
    identity: certificate ? ca.leaf('p256') : undefined,
    gnutls: { args: ['--pskpasswd', file], priority: modes },
    node,
    ...wishes,
    openssl: { args: ['-psk', KEY, '-psk_identity', IDENTITY, ...(wishes?.openssl?.args ?? [])] },
  });
}

interface Met {
  readonly connection: GlassConnection;
  readonly sessions: readonly Buffer[];
  readonly retries: number;
}

async function connect(
  port: number,
  provider: Provider,
  options: Partial<GlassClientOptions> = {},
  key = KEY,
  identity = IDENTITY,
): Promise<Met> {
  const { observe, count } = watch();
  const sessions: Buffer[] = [];
  const pskCallback = () => ({ psk: Buffer.from(key, 'hex'), identity });
  const connection = await glassClient({
    port,
    ca: ca.ca,
    provider,
    minVersion: V13,
    ...options,
    onSocket: (socket: TLSSocket) => socket.on('session', (one: Buffer) => sessions.push(one)),
    more: { pskCallback, observe, ...options.more },
  });
  return { connection, sessions, retries: count('in hello_retry_request') };
}

const THROUGH_KEY = { protocol: V13, authorized: true, cipher: SHA256, agreement: { psk: true, peerChain: [] } };

function overShared(proof: (peer: Shared) => Proof | string): Row13<Server13> {
  return { ...NO_SERVER, openssl: proof('openssl'), gnutls: proof('gnutls'), 'node:tls': proof('node:tls') };
}

asClient13('shared keys', {
  'a shared key and an ephemeral one (psk_dhe_ke)': overShared((peer) => async (provider) => {
    await withPeer(start(peer), async (server) => {
      const { connection } = await connect(server.port, provider, { suites: [SHA256] });
      expect(connection).toMatchObject(THROUGH_KEY);
      expect(connection.group).toBe('x25519');
      await server.exchange(connection);
    });
  }),
  'a shared key, our default suites': overShared((peer) => async (provider) => {
    await withPeer(start(peer), async (server) => {
      const { connection } = await connect(server.port, provider);
      expect(connection.agreement).toMatchObject({ psk: true, peerChain: [], suite: { hash: 'sha256' } });
      await server.exchange(connection);
    });
  }),
  'a shared key alone (psk_ke)': overShared((peer) => async (provider) => {
    const wishes = {
      groups: ['x25519' as const],
      openssl: { args: ['-allow_no_dhe_kex'] },
      node: {
        // SSL_OP_ALLOW_NO_DHE_KEX, which node:constants does not name.
        secureOptions: 0x400,
        pskCallback: () => Buffer.from(KEY, 'hex'),
      },
    };
    await withPeer(start(peer, { modes: ALONE, wishes }), async (server) => {
      const options = {
        suites: [SHA256],
        // OpenSSL does without an ephemeral key only when no group is shared.
        groups: [peer === 'gnutls' ? ('x25519' as const) : ('secp384r1' as const)],
        more: { engine: { pskWithoutDhe: true } },
      } as const;
      const { connection } = await connect(server.port, provider, options);
      expect(connection).toMatchObject(THROUGH_KEY);
      expect(connection.group).toBeUndefined();
      await server.exchange(connection);
    });
  }),
  'a shared key and HelloRetryRequest': overShared((peer) => async (provider) => {
    await withPeer(start(peer, { wishes: { groups: ['secp384r1'] } }), async (server) => {
      const options = { suites: [SHA256], groups: ['x25519', 'secp384r1'] } as const;
      const { connection, retries } = await connect(server.port, provider, options);
      expect(connection).toMatchObject({ ...THROUGH_KEY, group: 'secp384r1' });
      expect(retries).toBe(1);
      await server.exchange(connection);
    });
  }),
  'resumption of a connection that a shared key made': overShared((peer) => async (provider) => {
    await withPeer(start(peer), async (server) => {
      const first = await connect(server.port, provider, { suites: [SHA256] });
      await server.exchange(first.connection);
      const session = first.sessions.at(-1);
      expect(session).toBeDefined();
      const again = await connect(server.port, provider, { suites: [SHA256], session });
      expect(again.connection).toMatchObject({ reused: true, authorized: true });
      await server.exchange(again.connection);
    });
  }),
  'a wrong key is refused': overShared((peer) => async (provider) => {
    await withPeer(start(peer), async (server) => {
      const error = await failure(connect(server.port, provider, {}, OTHER_KEY));
      expect(error).toMatchObject({ code: 'ERR_TLS_ALERT_RECEIVED' });
      expect(error?.message).toMatch(/decrypt_error|illegal_parameter|bad_record_mac/);
    });
  }),
  'a name that the server does not know: its certificate': {
    ...overShared((peer) => async (provider) => {
      await withPeer(start(peer, { certificate: true }), async (server) => {
        const { connection } = await connect(server.port, provider, {}, KEY, 'Zähler 8');
        expect(connection).toMatchObject({ authorized: true, agreement: { psk: false } });
        expect(connection.agreement.peerChain.length).toBe(2);
        await server.exchange(connection);
      });
    }),
    gnutls: 'gnutls-serv makes up a key for a name that it does not know, and refuses the binder',
  },
});

async function failure(attempt: Promise<unknown>): Promise<TlsError | undefined> {
  return attempt.then(
    () => undefined,
    (caught: TlsError) => caught,
  );
}

// Our server.

const NO_CLIENT = {
  curl: 'curl has no option for shared keys',
  chromium: 'Chromium has no shared keys',
  go: "Go's crypto/tls has no shared keys",
  node24: 'proved with the other node:tls',
} as const;

function toShared(proof: (peer: Shared) => Proof | string): Row13<Client13> {
  return { ...NO_CLIENT, openssl: proof('openssl'), gnutls: proof('gnutls'), 'node:tls': proof('node:tls') };
}

interface Hosting {
  readonly options?: Partial<GlassServerOptions>;
  readonly modes?: readonly string[];
  readonly wishes?: Partial<Parameters<typeof run13>[2]>;
  readonly identity?: string;
  readonly key?: string;
  readonly certificate?: boolean;
}

/** Our server with one key, and a client that has one too. */
function host(
  peer: Shared,
  how: () => Hosting,
  check: (server: GlassServer, client: RanAll, count: (message: string) => number) => Promise<void> | void,
): Proof {
  return async (provider) => {
    const { options, modes = WITH_DHE, wishes, identity = IDENTITY, key = KEY, certificate = false } = how();
    const { observe, count } = watch();
    const pinned: Partial<GlassServerOptions> = {
      minVersion: V13,
      ...options,
      more: {
        observe,
        pskCallback: (_socket, name) => (name === IDENTITY ? Buffer.from(KEY, 'hex') : null),
        ...options?.more,
      },
    };
    await withPeer(serve(certificate ? ca.leaf('p256') : undefined, provider, pinned), async (server) => {
      const client = await run13(peer, ca, {
        port: server.port,
        openssl: { args: ['-psk', key, '-psk_identity', identity] },
        gnutls: { args: ['--pskusername', identity, '--pskkey', key], priority: modes },
        node: {
          pskCallback: () => ({ psk: Buffer.from(key, 'hex'), identity }),
          checkServerIdentity: () => undefined,
        },
        ...wishes,
      });
      await check(server, client, count);
    });
  };
}

function agreed({ connections }: GlassServer, client: RanAll): void {
  expect(client, client.said).toMatchObject({ served: true });
  expect(connections).toMatchObject([{ protocol: V13, agreement: { psk: true, peerChain: [] } }]);
}

asServer13('shared keys', {
  'a shared key and an ephemeral one (psk_dhe_ke)': toShared((peer) =>
    host(
      peer,
      () => ({}),
      (server, client) => {
        agreed(server, client);
        expect(server.connections[0]?.group).toBeDefined();
      },
    ),
  ),
  'a shared key alone (psk_ke)': {
    ...toShared(() => 'it offers psk_dhe_ke beside it, which we prefer'),
    gnutls: host(
      'gnutls',
      () => ({ modes: ALONE, options: { more: { engine: { pskWithoutDhe: true } } } }),
      (server, client) => {
        agreed(server, client);
        expect(server.connections[0]?.group).toBeUndefined();
      },
    ),
  },
  'a shared key alone, which we do not allow': {
    ...toShared(() => 'it offers psk_dhe_ke beside it'),
    gnutls: host(
      'gnutls',
      () => ({ modes: ALONE }),
      async (server, client) => {
        expect(client.served).toBe(false);
        await until('our server reports it', () => server.errors.length > 0);
        expect(server.errors[0]).toMatchObject({ alert: 'handshake_failure' });
      },
    ),
  },
  'a shared key and HelloRetryRequest': toShared((peer) =>
    host(
      peer,
      () => ({
        options: { groups: ['secp384r1'] },
        wishes: {
          groups: ['x25519', 'secp384r1'],
          ...(peer === 'gnutls' && {
            gnutls: {
              args: ['--pskusername', IDENTITY, '--pskkey', KEY, '--single-key-share'],
              priority: WITH_DHE,
            },
          }),
        },
      }),
      (server, client, count) => {
        agreed(server, client);
        expect(server.connections[0]?.group).toBe('secp384r1');
        expect(count('out hello_retry_request')).toBe(1);
      },
    ),
  ),
  'a wrong key (ERR_TLS_BAD_BINDER)': toShared((peer) =>
    host(
      peer,
      () => ({ key: OTHER_KEY }),
      async (server, client) => {
        expect(client.served).toBe(false);
        await until('our server reports it', () => server.errors.length > 0);
        expect(server.errors[0]).toMatchObject({ code: 'ERR_TLS_BAD_BINDER' });
      },
    ),
  ),
  'a name that we do not know, and no certificate: refused': toShared((peer) =>
    host(
      peer,
      () => ({ identity: 'Zähler 8' }),
      async (server, client) => {
        expect(client.served).toBe(false);
        await until('our server reports it', () => server.errors.length > 0);
        expect(server.errors[0]).toMatchObject({
          alert: expect.stringMatching(/unknown_psk_identity|handshake_failure/),
        });
      },
    ),
  ),
  'a name that we do not know: our certificate': toShared((peer) =>
    host(
      peer,
      () => ({ identity: 'Zähler 8', certificate: true }),
      (server, client) => {
        expect(client, client.said).toMatchObject({ served: true });
        expect(server.connections).toMatchObject([{ protocol: V13, agreement: { psk: false } }]);
      },
    ),
  ),
});
