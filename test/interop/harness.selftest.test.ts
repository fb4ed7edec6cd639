// Proves the harness before anything is proved with it: node:tls stands in for us, and each peer is met once in the role
// that the interop tests use it in. When an interop test fails and these pass, the fault is not the harness's.

import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describePeer } from '../peers/available.ts';
import { type ChromiumPeer, startChromium } from '../peers/chromium.ts';
import { curl } from '../peers/curl.ts';
import { gnutlsClient, gnutlsServer } from '../peers/gnutls.ts';
import { nginx } from '../peers/nginx.ts';
import { nodeClient, nodeNegotiated, nodeServer } from '../peers/node_tls.ts';
import { opensslClient, opensslServer } from '../peers/openssl.ts';
import { type KeyKind, type Pki, pki } from '../peers/pki.ts';
import type { Peer } from '../peers/process.ts';
import type { Pins } from '../peers/vocabulary.ts';

interface Handshake {
  readonly title: string;
  readonly leaf: KeyKind;
  readonly pins: Pins & Required<Pick<Pins, 'version' | 'suites'>>;
  readonly group?: string;
}

const HANDSHAKES: readonly Handshake[] = [
  {
    title: '1.2 RSA key exchange',
    leaf: 'rsa',
    pins: { version: 'TLSv1.2', suites: ['TLS_RSA_WITH_AES_128_GCM_SHA256'] },
  },
  {
    title: '1.2 ECDHE-RSA',
    leaf: 'rsa',
    pins: { version: 'TLSv1.2', suites: ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'], groups: ['x25519'] },
    group: 'x25519',
  },
  {
    title: '1.2 ECDHE-ECDSA',
    leaf: 'p256',
    pins: { version: 'TLSv1.2', suites: ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'], groups: ['secp256r1'] },
    group: 'secp256r1',
  },
  {
    title: '1.3',
    leaf: 'p384',
    pins: { version: 'TLSv1.3', suites: ['TLS_AES_128_GCM_SHA256'], groups: ['x25519'] },
    group: 'x25519',
  },
];

let ca: Pki;
const peers: Peer[] = [];

beforeAll(async () => {
  ca = await pki();
});

afterAll(async () => {
  await Promise.all(peers.map((peer) => peer.stop()));
});

function keep<T extends Peer>(peer: T): T {
  peers.push(peer);
  return peer;
}

describePeer('openssl', 's_server', () => {
  for (const { title, leaf, pins, group } of HANDSHAKES) {
    test(`${title}: application data both ways, and both sides tell the same`, async () => {
      const server = keep(await opensslServer({ identity: ca.leaf(leaf), ...pins }));
      const socket = await nodeClient({ port: server.port, ca: ca.ca });
      expect(nodeNegotiated(socket)).toEqual({ version: pins.version, suite: pins.suites[0], group, alpn: undefined });
      server.send('from the server\n');
      const [chunk] = (await once(socket as NodeJS.EventEmitter, 'data')) as [Buffer];
      expect(chunk.toString()).toBe('from the server\n');
      socket.end('Q is not a command\n');
      await until(() =>
        server.messages().some(({ direction, name }) => direction === 'in' && name === 'warning close_notify'),
      );
      await until(() => server.received().toString() === 'Q is not a command\n');
      await until(() => server.log().includes(`Protocol version: ${pins.version}\n`));
      expect(server.keyLog()).toMatch(pins.version === 'TLSv1.2' ? /^CLIENT_RANDOM /m : /^CLIENT_TRAFFIC_SECRET_0 /m);
    });
  }

  test('raw mode keeps binary data whole', async () => {
    const server = keep(await opensslServer({ identity: ca.leaf('rsa') }));
    const data = randomBytes(300_000);
    const socket = await nodeClient({ port: server.port, ca: ca.ca });
    socket.end(data);
    await until(() => server.received().length === data.length);
    expect(sha256(server.received())).toBe(sha256(data));
    socket.destroy();
  });

  test('crash ends the stream without close_notify', async () => {
    const server = keep(await opensslServer({ identity: ca.leaf('rsa') }));
    const socket = await nodeClient({ port: server.port, ca: ca.ca });
    socket.on('error', () => {}).resume();
    await server.crash();
    await until(() => socket.readableEnded || socket.destroyed);
    expect(server.messages().some(({ name }) => name.includes('close_notify'))).toBe(false);
    socket.destroy();
  });
});

describePeer('nginx', 'nginx', () => {
  for (const { title, leaf, pins, group } of HANDSHAKES) {
    test(`${title}: a page that says what was negotiated`, async () => {
      const server = keep(await nginx({ identity: ca.leaf(leaf), ...pins }));
      const socket = await nodeClient({ port: server.port, ca: ca.ca, alpn: ['http/1.1'] });
      expect(nodeNegotiated(socket)).toEqual({ version: pins.version, suite: pins.suites[0], group, alpn: 'http/1.1' });
      const answer = await getOver(socket, '/');
      expect(answer).toContain(`protocol=${pins.version}\n`);
      expect(answer).toContain('sni=localhost\n');
      expect(answer).toContain('alpn=http/1.1\n');
    });
  }

  test('what is PUT comes back whole', async () => {
    const server = keep(await nginx({ identity: ca.leaf('rsa') }));
    const url = `https://localhost:${server.port}/files/blob`;
    const data = randomBytes(3_000_000);
    const put = await curl({ url, caFile: ca.caFile, upload: data, args: ['-X', 'PUT'] });
    expect(put.status).toBe(201);
    const got = await curl({ url, caFile: ca.caFile });
    expect(sha256(got.body)).toBe(sha256(data));
  });
});

describePeer('gnutls', 'gnutls-serv', () => {
  for (const { title, leaf, pins, group } of HANDSHAKES) {
    test(`${title}: an echo, and it says what was negotiated`, async () => {
      const server = keep(await gnutlsServer({ identity: ca.leaf(leaf), ...pins, alpn: ['h2'] }));
      const socket = await nodeClient({ port: server.port, ca: ca.ca, alpn: ['h2'] });
      socket.write('say it again\n');
      const [chunk] = (await once(socket as NodeJS.EventEmitter, 'data')) as [Buffer];
      expect(chunk.toString()).toBe('say it again\n');
      expect(await server.negotiated()).toMatchObject({
        version: pins.version,
        suite: pins.suites[0],
        group,
        alpn: 'h2',
      });
      expect(nodeNegotiated(socket).suite).toBe(pins.suites[0]);
      socket.destroy();
    });
  }
});

describePeer('openssl', 's_client', () => {
  for (const { title, leaf, pins, group } of HANDSHAKES) {
    test(`${title}: sends, receives, verifies`, async () => {
      const server = keep(await nodeServer({ identity: ca.leaf(leaf), ...pins, alpn: ['h2'], onConnection: shout }));
      const common = { port: server.port, caFile: ca.caFile, alpn: ['h2'], input: 'Quiet\n' };
      const client = await opensslClient(common);
      expect(client).toMatchObject({
        code: 0,
        version: pins.version,
        suite: pins.suites[0],
        group,
        verification: 'OK',
      });
      expect(client.stdout.toString()).toBe('QUIET\n');
      expect(client.messages.at(-1)).toMatchObject({ kind: 'Alert', name: 'warning close_notify' });
      const report = await opensslClient({ ...common, output: 'report' });
      expect(report).toMatchObject({ version: pins.version, suite: pins.suites[0], group, alpn: 'h2' });
      if (pins.version === 'TLSv1.2') expect(report.extendedMasterSecret).toBe(true);
    });
  }

  test('refuses what must be refused, and says so by its exit code', async () => {
    for (const name of ['expired', 'wrong-name', 'untrusted'] as const) {
      const server = keep(await nodeServer({ identity: ca.leaf(name), onConnection: shout }));
      const client = await opensslClient({ port: server.port, caFile: ca.caFile, input: 'x\n' });
      expect([name, client.code]).toEqual([name, 1]);
    }
  });
});

describePeer('curl', 'curl', () => {
  for (const { title, leaf, pins } of HANDSHAKES) {
    test(`${title}: loads a page`, async () => {
      const server = keep(await nodeServer({ identity: ca.leaf(leaf), ...pins, onConnection: page }));
      const client = await curl({ url: `https://localhost:${server.port}/`, caFile: ca.caFile });
      expect(client).toMatchObject({ code: 0, status: 200, version: pins.version, suite: pins.suites[0] });
      expect(client.body.toString()).toContain('It works');
    });
  }

  test('refuses an unknown CA with exit code 60', async () => {
    const server = keep(await nodeServer({ identity: ca.leaf('untrusted'), onConnection: page }));
    expect((await curl({ url: `https://localhost:${server.port}/`, caFile: ca.caFile })).code).toBe(60);
  });
});

describePeer('gnutls', 'gnutls-cli', () => {
  for (const { title, leaf, pins, group } of HANDSHAKES) {
    test(`${title}: sends, receives, verifies`, async () => {
      const server = keep(await nodeServer({ identity: ca.leaf(leaf), alpn: ['h2'], onConnection: shout }));
      const client = await gnutlsClient({
        port: server.port,
        caFile: ca.caFile,
        ...pins,
        alpn: ['h2'],
        input: 'psst\n',
      });
      expect(client).toMatchObject({ code: 0, version: pins.version, suite: pins.suites[0], group, alpn: 'h2' });
      expect(client.stdout.toString()).toBe('PSST\n');
    });
  }

  test('refuses a wrong name', async () => {
    const server = keep(await nodeServer({ identity: ca.leaf('wrong-name'), onConnection: shout }));
    expect((await gnutlsClient({ port: server.port, caFile: ca.caFile, input: 'x\n' })).code).not.toBe(0);
  });
});

describePeer('chromium', 'chromium', () => {
  let browser: ChromiumPeer;
  beforeAll(async () => {
    browser = await startChromium(ca.caFile);
  });
  afterAll(() => browser?.stop());

  for (const { title, leaf, pins, group } of HANDSHAKES) {
    test(`${title}: loads a page and says what was negotiated`, async () => {
      const server = keep(await nodeServer({ identity: ca.leaf(leaf), ...pins, onConnection: page }));
      const visit = await browser.visit(`https://localhost:${server.port}/`);
      expect(visit).toMatchObject({ title: 'Proof', text: 'It works', status: 200, version: pins.version });
      expect(visit).toMatchObject({ suite: pins.suites[0], group });
    });
  }

  test('refuses an unknown CA: certificate errors are not switched off', async () => {
    const server = keep(await nodeServer({ identity: ca.leaf('untrusted'), onConnection: page }));
    await expect(browser.visit(`https://localhost:${server.port}/`)).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID');
  });
});

/** Answers the first chunk in capitals and closes. */
function shout(socket: TLSSocket): void {
  socket.once('data', (data: Buffer) => socket.end(data.toString().toUpperCase()));
}

/** Answers any request with one page. */
function page(socket: TLSSocket): void {
  const body = '<!doctype html><title>Proof</title><link rel="icon" href="data:,"><p>It works';
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
  socket.once('data', () => socket.end(head + body));
}

async function getOver(socket: TLSSocket, path: string): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  const answer = await readText(socket);
  socket.destroy();
  return answer;
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !condition(); await sleep(5)) {
    if (Date.now() > end) throw new Error('did not happen within 10 s');
  }
}

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
