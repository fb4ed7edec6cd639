// Handshakes of TLS 1.3 that take a turn: a group that the first ClientHello has no share for (RFC 8446 4.1.4), the hybrid
// group X25519MLKEM768, keys of few servers, hellos with values that nobody knows, records that hide their length.

import { beforeAll, expect } from 'vitest';
import type { ConnectOptions } from '../../src/node/index.ts';
import { withMlKem } from '../../src/providers/mlkem.ts';
import { type ChromiumPeer, startChromium } from '../peers/chromium.ts';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { type KeyKind, type Pki, pki } from '../peers/pki.ts';
import type { Group } from '../peers/vocabulary.ts';
import { CRYPTO, type GlassServer, type GlassServerOptions, glassClient, type Provider } from './glass.ts';
import {
  all,
  asClient13,
  asServer13,
  CLIENTS13,
  type Client13,
  nowhere,
  type Proof,
  type Row13,
  SERVERS13,
  type Server13,
} from './over_peers13.ts';
import { serve } from './serving.ts';
import { run13, start13, V13, type Wishes13 } from './start13.ts';
import { until, withPeer } from './support.ts';
import { watch } from './watch13.ts';

const HYBRID = 'X25519MLKEM768';
const NO_HYBRID = {
  openssl: 'OpenSSL has X25519MLKEM768 from 3.5 on',
  nginx: 'nginx has it with OpenSSL 3.5',
  gnutls: 'GnuTLS has it from 3.8.8 on',
  'node:tls': 'this Node has OpenSSL 3.0; node24 has 3.5',
  curl: 'curl has it with OpenSSL 3.5',
} as const;
const GO_GROUPS = "Go's crypto/tls has neither x448 nor finite field groups";
const FIRST_TABLE = 'proved in the first table';

let ca: Pki;

beforeAll(async () => {
  ca = await pki();
});
printMatrixAfterAll();

/** Our client, with what it must say of the connection; then data both ways. */
interface Meeting {
  readonly wishes?: Partial<Wishes13>;
  readonly leaf?: KeyKind;
  readonly groups?: readonly Group[];
  readonly group?: Group;
  readonly retries?: 0 | 1;
  readonly more?: (provider: Provider) => Partial<ConnectOptions>;
}

function meet(peer: Server13, { wishes, leaf = 'p256', groups, group, retries = 0, more }: Meeting): Proof {
  return async (provider) => {
    await withPeer(start13(peer, { identity: ca.leaf(leaf), ...wishes }), async (server) => {
      const { observe, count } = watch();
      const connection = await glassClient({
        port: server.port,
        ca: ca.ca,
        provider,
        ...(groups && { groups }),
        more: { observe, ...more?.(provider) },
      });
      expect(connection).toMatchObject({ protocol: V13, authorized: true, ...(group && { group }) });
      expect([count('in hello_retry_request'), count('out client_hello')]).toEqual([retries, retries + 1]);
      const seen = await server.exchange(connection);
      expect(seen.version).toBe(V13);
      // Not every server tells the group.
      if (group !== undefined && seen.group !== undefined) expect(seen.group).toBe(group);
    });
  };
}

const hybrid = (provider: Provider): Pick<ConnectOptions, 'provider'> => ({ provider: withMlKem(CRYPTO[provider]) });

function retryTo(group: Group, others: Partial<Record<Server13, string>> = {}): Row13<Server13> {
  return all(
    SERVERS13,
    (peer) => meet(peer, { wishes: { groups: [group] }, groups: ['x25519', group], group, retries: 1 }),
    others,
  );
}

asClient13('handshakes', {
  'x448 (RFC 7748)': all(
    SERVERS13,
    (peer) => meet(peer, { wishes: { groups: ['x448'] }, groups: ['x448'], group: 'x448' }),
    { go: GO_GROUPS },
  ),
  'HelloRetryRequest to secp256r1': retryTo('secp256r1'),
  'HelloRetryRequest to secp384r1': retryTo('secp384r1'),
  'HelloRetryRequest to secp521r1': retryTo('secp521r1'),
  'HelloRetryRequest to x448': retryTo('x448', { go: GO_GROUPS }),
  'HelloRetryRequest to ffdhe2048': retryTo('ffdhe2048', {
    go: GO_GROUPS,
    node24: 'the program of the tests names no finite field groups',
  }),
  'HelloRetryRequest with a cookie (RFC 8446 4.2.2)': nowhere(
    SERVERS13,
    's_server -stateless, the only server here that sends cookies, fails at them (3.0.19, with its own s_client too)',
  ),
  'X25519MLKEM768, a share in the first hello': all(
    SERVERS13,
    (peer) =>
      meet(peer, {
        wishes: { groups: [HYBRID] },
        group: HYBRID,
        more: (provider) => ({ ...hybrid(provider), hello: { keyShares: [HYBRID] } }),
      }),
    NO_HYBRID,
  ),
  'X25519MLKEM768 by HelloRetryRequest': all(
    SERVERS13,
    (peer) =>
      meet(peer, {
        wishes: { groups: [HYBRID] },
        group: HYBRID,
        retries: 1,
        more: (provider) => ({ ...hybrid(provider), hello: { keyShares: ['x25519'] } }),
      }),
    NO_HYBRID,
  ),
  'X25519MLKEM768 offered, a server without it': all(
    SERVERS13,
    (peer) =>
      meet(peer, {
        wishes: { groups: ['x25519', 'secp256r1'] },
        group: 'x25519',
        more: (provider) => ({ ...hybrid(provider), hello: { keyShares: [HYBRID, 'x25519'] } }),
      }),
    {},
  ),
  'server certificate: ed448 key': all(SERVERS13, (peer) => meet(peer, { leaf: 'ed448' }), {
    go: "Go's crypto/tls has no Ed448",
  }),
  'client certificate, required: p256 key': clientCertificate('p256'),
  'client certificate, required: rsa key': clientCertificate('rsa'),
  'client certificate, required: p521 key': clientCertificate('p521'),
  'client certificate, required: ed25519 key': clientCertificate('ed25519'),
  'client certificate, required: ed448 key': clientCertificate('ed448', { go: "Go's crypto/tls has no Ed448" }),
  'GREASE in our hello (RFC 8701)': all(
    SERVERS13,
    (peer) => meet(peer, { more: () => ({ hello: { grease: true } }) }),
    {},
  ),
  'GREASE and HelloRetryRequest': all(
    SERVERS13,
    (peer) =>
      meet(peer, {
        wishes: { groups: ['secp384r1'] },
        groups: ['x25519', 'secp384r1'],
        group: 'secp384r1',
        retries: 1,
        more: () => ({ hello: { grease: true } }),
      }),
    {},
  ),
  'no middlebox compatibility (RFC 8446 D.4)': all(
    SERVERS13,
    (peer) => meet(peer, { more: () => ({ engine: { middleboxCompatibility: false } }) }),
    {},
  ),
  'our records padded (RFC 8446 5.4)': all(
    SERVERS13,
    (peer) => meet(peer, { more: () => ({ engine: { recordPadding: 512 } }) }),
    {},
  ),
  'exported keying material (RFC 8446 7.5)': all(SERVERS13, (peer) => exportFrom(peer), {
    openssl: FIRST_TABLE,
    nginx: FIRST_TABLE,
    gnutls: FIRST_TABLE,
    'node:tls': FIRST_TABLE,
  }),
});

function clientCertificate(kind: KeyKind, others: Partial<Record<Server13, string>> = {}): Row13<Server13> {
  return all(
    SERVERS13,
    (peer) => async (provider) => {
      const clientCa = { pem: ca.ca, file: ca.caFile };
      await withPeer(start13(peer, { identity: ca.leaf('p256'), clientCert: 'require', clientCa }), async (server) => {
        const connection = await glassClient({ port: server.port, ca: ca.ca, provider, identity: ca.leaf(kind) });
        expect((await server.exchange(connection)).client).toMatch(/\blocalhost$/);
        expect(connection.agreement.credential).toBe(0);
      });
    },
    others,
  );
}

const LABEL = 'EXPERIMENTAL-glasstls';

function exportFrom(peer: Server13): Proof {
  return async (provider) => {
    await withPeer(start13(peer, { identity: ca.leaf('p256'), label: LABEL }), async (server) => {
      const connection = await glassClient({ port: server.port, ca: ca.ca, provider });
      const ours = connection.exported(40, LABEL);
      await server.exchange(connection);
      expect(server.log()).toContain(`"exported":"${ours}"`);
    });
  };
}

// Our server.

let browser: ChromiumPeer;

interface Hosting {
  readonly leaf?: KeyKind;
  readonly options?: (provider: Provider) => Partial<GlassServerOptions>;
  readonly groups?: readonly Group[];
  readonly group?: Group;
  readonly retries?: 0 | 1;
  readonly gnutls?: { readonly args?: readonly string[] };
}

function host(peer: Client13, { leaf = 'p256', options, groups, group, retries = 0, gnutls }: Hosting): Proof {
  return async (provider) => {
    const { observe, count } = watch();
    const { more, ...rest } = options?.(provider) ?? {};
    const pinned = { minVersion: V13, ...rest, more: { observe, ...more } } as const;
    await withPeer(serve(ca.leaf(leaf), provider, pinned), async (server) => {
      await served(peer, server, { ...(groups && { groups }), ...(gnutls && { gnutls }) });
      for (const connection of server.connections)
        expect(connection).toMatchObject({ protocol: V13, ...(group && { group }) });
      const { length } = server.connections;
      expect(length).toBeGreaterThan(0);
      expect(count('out hello_retry_request')).toBe(retries * length);
    });
  };
}

/** One question and its answer. */
async function served(
  peer: Client13,
  server: GlassServer,
  wishes: Omit<Parameters<typeof run13>[2], 'port'> = {},
): Promise<void> {
  if (peer === 'chromium') {
    const visit = await browser.visit(`https://localhost:${server.port}/`);
    expect(visit).toMatchObject({ title: 'Proof', text: 'It works', version: V13 });
    return;
  }
  const client = await run13(peer, ca, { port: server.port, ...wishes });
  expect(client, client.said).toMatchObject({ served: true });
}

/** The client offers x25519 first and sends a share for it alone; we allow `group`. */
function weRetryTo(group: Group, others: Partial<Record<Client13, string>> = {}): Row13<Client13> {
  return all(
    CLIENTS13,
    (peer) =>
      host(peer, {
        options: () => ({ groups: [group] }),
        groups: ['x25519', group],
        group,
        retries: 1,
        // Otherwise it sends a second share, of another kind of group.
        gnutls: { args: ['--single-key-share'] },
      }),
    others,
  );
}

const NO_BROWSER_GROUP = 'Chromium does not offer it';

asServer13(
  'handshakes',
  {
    'x448 (RFC 7748)': all(
      CLIENTS13,
      (peer) => host(peer, { options: () => ({ groups: ['x448'] }), groups: ['x448'], group: 'x448' }),
      { go: GO_GROUPS, chromium: NO_BROWSER_GROUP },
    ),
    'HelloRetryRequest to secp256r1': weRetryTo('secp256r1'),
    'HelloRetryRequest to secp384r1': weRetryTo('secp384r1'),
    'HelloRetryRequest to secp521r1': weRetryTo('secp521r1', { chromium: NO_BROWSER_GROUP }),
    'HelloRetryRequest to x448': weRetryTo('x448', { chromium: NO_BROWSER_GROUP, go: GO_GROUPS }),
    'HelloRetryRequest to ffdhe2048': weRetryTo('ffdhe2048', {
      chromium: NO_BROWSER_GROUP,
      go: GO_GROUPS,
      node24: 'the program of the tests names no finite field groups',
    }),
    'X25519MLKEM768, a share in the first hello': all(
      CLIENTS13,
      (peer) => host(peer, { options: (provider) => ({ more: hybrid(provider) }), groups: [HYBRID], group: HYBRID }),
      NO_HYBRID,
    ),
    'X25519MLKEM768 by HelloRetryRequest': all(
      CLIENTS13,
      (peer) =>
        host(peer, {
          options: (provider) => ({ groups: [HYBRID], more: hybrid(provider) }),
          groups: ['x25519', HYBRID],
          group: HYBRID,
          retries: 1,
        }),
      { ...NO_HYBRID, chromium: 'Chromium always sends a share for it', go: 'Go always sends a share for it' },
    ),
    'X25519MLKEM768 ours, a client without it': all(
      CLIENTS13,
      (peer) =>
        host(peer, { options: (provider) => ({ more: hybrid(provider) }), groups: ['x25519'], group: 'x25519' }),
      { chromium: 'Chromium always offers it' },
    ),
    'server certificate: ed448 key': all(CLIENTS13, (peer) => host(peer, { leaf: 'ed448' }), {
      go: "Go's crypto/tls has no Ed448",
      chromium: 'Chromium does not accept Ed448 certificates',
    }),
    'client certificate, required: p256 key': clientShows('p256'),
    'client certificate, required: rsa key': clientShows('rsa'),
    'client certificate, required: p521 key': clientShows('p521'),
    'client certificate, required: ed25519 key': clientShows('ed25519'),
    'client certificate, required: ed448 key': clientShows('ed448', { go: "Go's crypto/tls has no Ed448" }),
    'no middlebox compatibility (RFC 8446 D.4)': all(
      CLIENTS13,
      (peer) => host(peer, { options: () => ({ more: { engine: { middleboxCompatibility: false } } }) }),
      {},
    ),
    'our records padded (RFC 8446 5.4)': all(
      CLIENTS13,
      (peer) => host(peer, { options: () => ({ more: { engine: { recordPadding: 512 } } }) }),
      {},
    ),
    'exported keying material (RFC 8446 7.5)': all(CLIENTS13, (peer) => exportTo(peer), {
      openssl: FIRST_TABLE,
      curl: FIRST_TABLE,
      gnutls: FIRST_TABLE,
      'node:tls': FIRST_TABLE,
      chromium: 'a page cannot export keying material',
    }),
  },
  (peer) => {
    if (peer !== 'chromium') return;
    beforeAll(async () => {
      browser = await startChromium((await pki()).caFile);
      return () => browser.stop();
    });
  },
);

function clientShows(kind: KeyKind, others: Partial<Record<Client13, string>> = {}): Row13<Client13> {
  return all(
    CLIENTS13,
    (peer) => async (provider) => {
      const options = { minVersion: V13, more: { requestCert: true, ca: ca.ca } } as const;
      await withPeer(serve(ca.leaf('p256'), provider, options), async (server) => {
        const client = await run13(peer, ca, { port: server.port, identity: ca.leaf(kind) });
        expect(client, client.said).toMatchObject({ served: true });
        expect(server.connections).toMatchObject([{ protocol: V13, authorized: true }]);
        expect(server.connections[0]?.agreement.peerChain.length).toBeGreaterThan(0);
      });
    },
    { chromium: 'it would need the certificate in its profile, and a rule to choose it', ...others },
  );
}

function exportTo(peer: Client13): Proof {
  return async (provider) => {
    const ours: string[] = [];
    const options: Partial<GlassServerOptions> = {
      onConnection: (connection) => {
        ours.push(connection.exported(40, LABEL));
        void connection.receive().then((line) => connection.end(String(line).toUpperCase()));
      },
    };
    await withPeer(serve(ca.leaf('p256'), provider, options), async (server) => {
      const client = await run13(peer, ca, { port: server.port, label: LABEL });
      await until('we exported', () => ours.length > 0);
      expect(client.said).toContain(`"exported":"${ours[0]}"`);
    });
  };
}
