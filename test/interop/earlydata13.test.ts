// Early data (0-RTT, RFC 8446 2.3, 4.2.10) against the stacks that have it for TCP, in both roles: taken, refused for each reason
// that a server may have, and then said again; never more than the ticket allows.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect } from 'vitest';
import type { TLSSocket } from '../../src/node/index.ts';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { scratch } from '../peers/run_dir.ts';
import { type GlassClientOptions, type GlassServerOptions, glassClient, type Provider } from './glass.ts';
import { asClient13, asServer13, type Client13, type Proof, type Row13, type Server13 } from './over_peers13.ts';
import { GET, type StartedServer } from './peer_servers.ts';
import { serve } from './serving.ts';
import { run13, start13, V13, type Wishes13 } from './start13.ts';
import { until, withPeer } from './support.ts';
import { watch } from './watch13.ts';

const EARLY = 'this comes early\n';

let ca: Pki;

beforeAll(async () => {
  ca = await pki();
});
printMatrixAfterAll();

type Early13 = 'openssl' | 'nginx' | 'gnutls';

const NO_SERVER = {
  'node:tls': 'node:tls has no early data',
  go: "Go's crypto/tls has early data for QUIC alone",
  node24: 'node:tls has no early data',
} as const;

const EARLY_SERVER: Partial<Wishes13> = {
  openssl: { args: ['-early_data'] },
  nginx: 'ssl_early_data on;',
  gnutls: { args: ['--earlydata', '--maxearlydata', '16384'] },
};

interface Tried {
  /** What `earlyData` events said. */
  readonly outcomes: readonly boolean[];
  /** Records of application data that left before the server's first message. */
  readonly early: number;
  readonly retries: number;
  readonly reused: boolean;
  readonly sessions: readonly Buffer[];
  /** What the server sent. */
  readonly answer: string;
}

/** One connection of ours, which has data for the server before anything is agreed on. */
async function attempt(
  peer: Server13,
  server: StartedServer,
  provider: Provider,
  options: Partial<GlassClientOptions> = {},
  earlyData = peer === 'nginx' ? GET : EARLY,
): Promise<Tried> {
  const { observe, messages, count } = watch();
  const outcomes: boolean[] = [];
  const sessions: Buffer[] = [];
  let early = 0;
  const connection = await glassClient({
    port: server.port,
    ca: ca.ca,
    provider,
    ...options,
    onSocket: (socket: TLSSocket) => {
      socket.on('session', (one: Buffer) => sessions.push(one));
      socket.on('earlyData', (accepted: boolean) => outcomes.push(accepted));
    },
    more: {
      earlyData: Buffer.from(earlyData),
      observe: (seen) => {
        observe(seen);
        if (seen.kind === 'data' && seen.direction === 'out' && !messages.some((one) => one.startsWith('in '))) early++;
      },
      ...options.more,
    },
  });
  let answer: string;
  if (peer === 'nginx') {
    answer = (await connection.receiveAll()).toString('latin1');
    await connection.end();
  } else {
    const { openssl } = server;
    if (openssl) await until('the data arrives', () => openssl.received().toString('latin1').endsWith(earlyData));
    // gnutls-serv takes early data and does nothing with it.
    const lost = peer === 'gnutls' && outcomes[0] === true;
    answer = openssl
      ? openssl.received().toString('latin1')
      : lost
        ? ''
        : (await connection.receiveAtLeast(earlyData.length)).toString();
    await server.exchange(connection);
  }
  return { outcomes, early, retries: count('in hello_retry_request'), reused: connection.reused, sessions, answer };
}

const TAKEN = { outcomes: [true], early: 1, reused: true };
const NOT_SENT = { outcomes: [], early: 0 };

function checkAnswer(peer: Server13, { answer }: Tried, early: boolean): void {
  if (peer === 'nginx') {
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    // nginx says 1 only as long as it has not seen the Finished, which may come first.
    expect(/^early=(.*)$/m.exec(answer)?.[1]).toMatch(early ? /^1?$/ : /^$/);
  } else expect(answer.endsWith(early && peer === 'gnutls' ? '' : EARLY)).toBe(true);
}

/** A first connection, whose ticket allows early data, and what `again` makes of it. */
function withTicket(
  peer: Server13,
  wishes: Partial<Wishes13>,
  again: (server: StartedServer, provider: Provider, session: Buffer) => Promise<void>,
  options: Partial<GlassClientOptions> = {},
): Proof {
  return async (provider) => {
    await withPeer(start13(peer, { identity: ca.leaf('p256'), ...EARLY_SERVER, ...wishes }), async (server) => {
      const first = await attempt(peer, server, provider, options);
      expect(first).toMatchObject({ ...NOT_SENT, reused: false });
      checkAnswer(peer, first, false);
      const session = first.sessions.at(-1);
      if (session === undefined) throw new Error('no ticket came');
      await again(server, provider, session);
    });
  };
}

function overEarly(proof: (peer: Early13) => Proof): Row13<Server13> {
  return { openssl: proof('openssl'), nginx: proof('nginx'), gnutls: proof('gnutls'), ...NO_SERVER };
}

/** What becomes of early data with a ticket that was used. */
const USED_TWICE = {
  // It forgets the session (RFC 8446 8.1).
  openssl: { outcomes: [false], early: 1, reused: false },
  // It turns OpenSSL's memory off, and tells the application that a request came early.
  nginx: TAKEN,
  // It remembers the ClientHello (RFC 8446 8.2), which is another one with a new connection.
  gnutls: TAKEN,
} as const;

asClient13('early data', {
  'early data is taken, three times in a row': overEarly((peer) =>
    withTicket(peer, {}, async (server, provider, session) => {
      let latest: Buffer | undefined = session;
      for (let time = 0; time < 3; time++) {
        const again: Tried = await attempt(peer, server, provider, { session: latest });
        expect(again).toMatchObject(TAKEN);
        checkAnswer(peer, again, true);
        // nginx closes after its answer, before it could give another ticket.
        if (peer !== 'nginx') latest = again.sessions.at(-1);
      }
    }),
  ),
  'early data under SHA-384': overEarly((peer) => {
    const options = { suites: ['TLS_AES_256_GCM_SHA384'] } as const;
    return withTicket(
      peer,
      {},
      async (server, provider, session) => {
        expect(await attempt(peer, server, provider, { ...options, session })).toMatchObject(TAKEN);
      },
      options,
    );
  }),
  'early data refused, the ticket is of another server: said again': overEarly((peer) =>
    withTicket(peer, {}, async (_, provider, session) => {
      await withPeer(start13(peer, { identity: ca.leaf('p256'), ...EARLY_SERVER }), async (other) => {
        const again = await attempt(peer, other, provider, { session });
        expect(again).toMatchObject({ outcomes: [false], early: 1, reused: false });
        checkAnswer(peer, again, false);
      });
    }),
  ),
  'early data refused by a HelloRetryRequest: said again': {
    ...overEarly((peer) => {
      const options = { groups: ['x25519', 'secp384r1'] } as const;
      return withTicket(
        peer,
        {
          groups: ['secp384r1'],
          // With protection against repetition OpenSSL finds a ticket once, and this one would be needed twice.
          openssl: { args: ['-early_data', '-no_anti_replay'] },
        },
        async (server, provider, session) => {
          const again = await attempt(peer, server, provider, { ...options, session });
          expect(again).toMatchObject({ outcomes: [false], early: 1, reused: true, retries: 1 });
          checkAnswer(peer, again, false);
        },
        options,
      );
    }),
    gnutls:
      'GnuTLS 3.7 takes early data after a HelloRetryRequest, against RFC 8446 4.2.10, and fails, with its own client too',
  },
  'a ticket used twice: as the server sees fit (RFC 8446 8)': overEarly((peer) =>
    withTicket(peer, {}, async (server, provider, session) => {
      expect(await attempt(peer, server, provider, { session })).toMatchObject(TAKEN);
      const again = await attempt(peer, server, provider, { session });
      expect(again).toMatchObject(USED_TWICE[peer]);
      checkAnswer(peer, again, peer !== 'openssl');
    }),
  ),
  'more data than the ticket allows waits for the handshake': {
    ...NO_SERVER,
    nginx: 'nginx allows 16,384 bytes, and has no option for less',
    openssl: withTicket('openssl', { openssl: { args: ['-early_data', '-max_early_data', '16'] } }, tooMuch('openssl')),
    gnutls: withTicket('gnutls', { gnutls: { args: ['--earlydata', '--maxearlydata', '16'] } }, tooMuch('gnutls')),
  },
  'a ticket that allows none': overEarly((peer) =>
    withTicket(peer, { openssl: {}, nginx: '', gnutls: {} }, async (server, provider, session) => {
      const again = await attempt(peer, server, provider, { session });
      expect(again).toMatchObject({ ...NOT_SENT, reused: true });
      checkAnswer(peer, again, false);
    }),
  ),
});

function tooMuch(peer: Early13) {
  return async (server: StartedServer, provider: Provider, session: Buffer): Promise<void> => {
    expect(EARLY.length).toBeGreaterThan(16);
    const again = await attempt(peer, server, provider, { session });
    expect(again).toMatchObject({ early: 0, reused: true });
    checkAnswer(peer, again, false);
  };
}

// Our server.

const MAX = 16_384;

const NO_CLIENT = {
  curl: 'curl has --tls-earlydata from 8.11 on',
  'node:tls': 'node:tls has no early data',
  go: "Go's crypto/tls has early data for QUIC alone",
  node24: 'node:tls has no early data',
} as const;

interface Hosting {
  readonly options?: Partial<GlassServerOptions>;
  readonly wishes?: Omit<Parameters<typeof run13>[2], 'port'>;
  readonly taken?: boolean;
  readonly reused?: boolean;
  readonly retries?: 0 | 1;
  readonly data?: string;
}

/** Our server, which sees a full handshake and then one with early data, with a client that says what became of it. */
function host(peer: 'openssl' | 'gnutls', how: () => Hosting = () => ({})): Proof {
  return async (provider) => {
    const { options, wishes = {}, taken = true, reused = true, retries = 0, data = EARLY } = how();
    const { observe, count } = watch();
    const pinned = {
      minVersion: V13,
      onConnection: answerEarly,
      ...options,
      more: { observe, maxEarlyData: MAX, ...options?.more },
    } as const;
    await withPeer(serve(ca.leaf('p256'), provider, pinned), async (server) => {
      const dir = scratch('early');
      const file = join(dir, 'data');
      writeFileSync(file, data);
      const said =
        peer === 'openssl'
          ? await viaOpenssl(server.port, file, dir, wishes)
          : await viaGnutls(server.port, file, wishes);
      expect(server.connections.map((one) => one.reused)).toEqual([false, reused]);
      const [, again] = server.connections;
      expect(again?.socket.earlyBytes).toBe(taken ? data.length : 0);
      expect(count('in end_of_early_data')).toBe(taken ? 1 : 0);
      expect(count('out hello_retry_request')).toBe(2 * retries);
      if (peer === 'openssl') expect(said).toContain(`Early data was ${taken ? 'accepted' : 'rejected'}`);
      // Our server answers the first line that it sees: the early one, or the one after the handshake.
      expect(said).toContain(taken ? data.toUpperCase() : 'QUIET');
    });
  };
}

/** What a client sends, in capitals, up to the end of a line. */
const answerEarly: GlassServerOptions['onConnection'] = async (connection) => {
  try {
    let line = '';
    while (!line.includes('\n')) line += String((await connection.receive()) ?? '\n');
    await connection.end(line.toUpperCase());
  } catch {
    connection.destroy();
  }
};

const GNUTLS_RETRY =
  'GnuTLS 3.7 encrypts its second ClientHello with the keys of its early data, so that no server can read it';
const ONE_PORT = 'both of its connections go to one port, and the two servers have two';

/** A first connection to one server, and a second with early data to another: with its keys and no early data, or without. */
function elsewhere(known: boolean): Proof {
  return async (provider) => {
    const key = (byte: number) => ({ name: new Uint8Array(16).fill(byte), key: new Uint8Array(32).fill(byte) });
    const start = (maxEarlyData: number, byte: number) =>
      serve(ca.leaf('p256'), provider, { minVersion: V13, more: { maxEarlyData, ticketKeys: [key(byte)] } });
    const dir = scratch('early');
    const [session, file] = [join(dir, 'session.pem'), join(dir, 'data')];
    writeFileSync(file, EARLY);
    await withPeer(start(MAX, 1), async (server) => {
      await run13('openssl', ca, { port: server.port, openssl: { args: ['-sess_out', session] } });
    });
    await withPeer(known ? start(0, 1) : start(MAX, 2), async (server) => {
      const args = ['-sess_in', session, '-early_data', file];
      const client = await run13('openssl', ca, { port: server.port, openssl: { args } });
      expect(client.said).toContain('Early data was rejected');
      expect(client, client.said).toMatchObject({ served: true });
      expect(server.connections).toMatchObject([{ reused: known }]);
      expect(server.connections[0]?.socket.earlyBytes).toBe(0);
    });
  };
}

async function viaOpenssl(port: number, file: string, dir: string, wishes: Hosting['wishes'] = {}): Promise<string> {
  const session = join(dir, 'session.pem');
  const run = async (args: string[]): Promise<string> => {
    const client = await run13('openssl', ca, { port, ...wishes, openssl: { args } });
    expect(client.messages.at(-1)?.name, client.said).toBe('warning close_notify');
    return client.said;
  };
  await run(['-sess_out', session]);
  return run(['-sess_in', session, '-early_data', file]);
}

async function viaGnutls(port: number, file: string, wishes: Hosting['wishes'] = {}): Promise<string> {
  const args = ['--resume', '--waitresumption', `--earlydata=${file}`, ...(wishes.gnutls?.args ?? [])];
  const client = await run13('gnutls', ca, { port, ...wishes, gnutls: { args } });
  return client.said;
}

function overBoth(
  proof: (peer: 'openssl' | 'gnutls') => Proof | string,
  chromium = 'Chromium sends no early data to a server whose tickets allow it',
): Row13<Client13> {
  return { ...NO_CLIENT, openssl: proof('openssl'), gnutls: proof('gnutls'), chromium };
}

asServer13('early data', {
  'early data is taken': overBoth((peer) => host(peer)),
  'early data under SHA-384': overBoth((peer) =>
    host(peer, () => ({ options: { suites: ['TLS_AES_256_GCM_SHA384'] } })),
  ),
  'early data, 16,000 bytes': overBoth((peer) => host(peer, () => ({ data: `${'x'.repeat(15_999)}\n` }))),
  'early data is refused, we take none any more': { ...overBoth(() => ONE_PORT), openssl: elsewhere(true) },
  'early data is refused with a ticket of another server': { ...overBoth(() => ONE_PORT), openssl: elsewhere(false) },
  'early data refused by a HelloRetryRequest': {
    ...overBoth(() => GNUTLS_RETRY),
    openssl: host('openssl', () => ({
      options: { groups: ['secp384r1'] },
      wishes: { groups: ['x25519', 'secp384r1'] },
      taken: false,
      retries: 1,
    })),
  },
});
