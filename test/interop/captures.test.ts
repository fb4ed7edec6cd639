// Captures of connections between other programs, made on loopback: each one decodes and verifies completely with the key log of the
// server, and its messages are those that tshark finds in the same file. And the way back: tshark opens what we write.

import { createReadStream, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CapturedConnection } from '../../src/capture/connection.ts';
import { decodeCapture } from '../../src/capture/decode.ts';
import { KeyLog } from '../../src/capture/keylog.ts';
import { messagesOf } from '../../src/capture/numbered.ts';
import { contextOf } from '../../src/capture/report.ts';
import { verdictsOf } from '../../src/capture/verdicts.ts';
import { annotateMessage } from '../../src/inspect/annotate.ts';
import { importPrivateKey, nodeProvider } from '../../src/providers/node.ts';
import { CONTENT_TYPE } from '../../src/wire/registry/names.ts';
import { trustAnchors } from '../../src/x509/anchors.ts';
import { glasstls, startServe } from '../cli/command.ts';
import { describePeer } from '../peers/available.ts';
import { capture, tsharkMessages, tsharkVersion } from '../peers/capturing.ts';
import { CHROMIUM } from '../peers/chromium.ts';
import { curl } from '../peers/curl.ts';
import { gnutlsClient } from '../peers/gnutls.ts';
import { ocspResponse } from '../peers/ocsp_responses.ts';
import { type OpensslServer, type OpensslServerOptions, opensslClient, opensslServer } from '../peers/openssl.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { run } from '../peers/process.ts';
import { scratch } from '../peers/run_dir.ts';
import { typingOpenssl } from '../peers/typing.ts';
import { readBack } from '../support/captured.ts';

const tshark = tsharkVersion();
if (tshark === undefined) console.warn('tshark is not installed: message lists are not compared');
const GET = 'GET / HTTP/1.0\r\n\r\n';

let ca: Pki;

beforeAll(async () => {
  ca = await pki();
});

interface Taken {
  readonly file: Uint8Array;
  readonly keyLog: string;
  /** Of the server, for tshark. */
  readonly port: number;
}

/** What `talk` says to an openssl server, captured. */
async function taken(options: Partial<OpensslServerOptions>, talk: (port: number) => Promise<void>): Promise<Taken> {
  const server: OpensslServer = await opensslServer({ identity: ca.leaf('rsa'), mode: 'www', ...options });
  try {
    const capturing = await capture(server.port);
    await talk(capturing.port);
    return { file: await capturing.stop(), keyLog: server.keyLog(), port: server.port };
  } finally {
    await server.stop();
  }
}

/** Frame by frame, in tshark's form. */
function messagesIn(connections: readonly CapturedConnection[]): string[] {
  const frames = new Map<number, { types: number[]; alerts: number[] }>();
  for (const message of connections.flatMap(messagesOf)) {
    const { frame, contentType, raw } = message;
    if (raw === undefined || contentType === CONTENT_TYPE.change_cipher_spec) continue;
    const row = frames.get(frame) ?? { types: [], alerts: [] };
    frames.set(frame, row);
    if (contentType === CONTENT_TYPE.handshake) row.types.push(raw[0] ?? -1);
    else row.alerts.push(raw[1] ?? -1);
  }
  return [...frames]
    .sort(([a], [b]) => a - b)
    .map(
      ([frame, { types, alerts }]) => `${frame}: ${types.join(',')}${alerts.length === 0 ? '' : ` alert ${alerts}`}`,
    );
}

interface Expected {
  readonly connections?: number;
  /** Names that have to be there. */
  readonly messages?: readonly string[];
  readonly checks?: readonly string[];
  /** A Finished comes in open traffic: tshark 4.0 changes the client's keys there too, and reads nothing of it behind that. */
  readonly behindFinished?: boolean;
}

async function expectComplete(
  { file, keyLog, port }: Taken,
  expected: Expected,
): Promise<readonly CapturedConnection[]> {
  const log = new KeyLog();
  log.add(keyLog);
  const { connections, summary } = readBack(file, { keyLog: log });
  expect(summary).toMatchObject({ remarks: [], snapped: 0, fragmentsLost: 0 });
  expect(connections.length).toBe(expected.connections ?? 1);
  const chain = { provider: nodeProvider, anchors: trustAnchors([ca.ca]) };
  for (const connection of connections) {
    expect(connection).toMatchObject({ whole: true, faults: [], sealedReasons: [], lost: { client: 0, server: 0 } });
    const verdicts = verdictsOf(connection, chain);
    expect(verdicts.filter(({ outcome, why }) => outcome !== 'right' && why !== 'no_psk')).toEqual([]);
    expect(verdicts.map(({ name }) => name)).toEqual(expect.arrayContaining(['client_finished', 'server_finished']));
  }
  const names = connections.flatMap(messagesOf).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining([...(expected.messages ?? [])]));
  const checks = connections.flatMap((connection) => verdictsOf(connection, chain)).map(({ name }) => name);
  expect(checks).toEqual(expect.arrayContaining([...(expected.checks ?? [])]));
  if (tshark !== undefined) {
    const own = messagesIn(connections);
    const theirs = await tsharkMessages(file, port, keyLog);
    if (expected.behindFinished) expect(own).toEqual(expect.arrayContaining(theirs));
    else expect(own).toEqual(theirs);
  }
  return connections;
}

const client = (port: number, args: readonly string[] = []): Promise<unknown> =>
  opensslClient({ port, caFile: ca.caFile, input: GET, args });

describePeer('openssl', 'captures of openssl with itself', () => {
  test.each([
    ['RSA', ['-tls1_2', '-cipher', 'AES128-GCM-SHA256'], ['client_key_exchange']],
    ['RSA with CBC and encrypt-then-MAC', ['-tls1_2', '-cipher', 'AES128-SHA'], ['client_key_exchange']],
    ['ECDHE', ['-tls1_2', '-cipher', 'ECDHE-RSA-AES256-GCM-SHA384'], ['server_key_exchange']],
    ['ECDHE with CBC', ['-tls1_2', '-cipher', 'ECDHE-RSA-AES256-SHA384'], ['server_key_exchange']],
    ['ChaCha20', ['-tls1_2', '-cipher', 'ECDHE-RSA-CHACHA20-POLY1305'], ['server_key_exchange']],
    ['DHE', ['-tls1_2', '-cipher', 'DHE-RSA-AES128-GCM-SHA256'], ['server_key_exchange']],
  ] as const)('TLS 1.2, %s', async (name, args, messages) => {
    const recorded = await taken({}, async (port) => void (await client(port, args)));
    const checks = messages.includes('server_key_exchange' as never) ? ['server_key_exchange'] : [];
    await expectComplete(recorded, { messages, checks: [...checks, 'server_chain'] });
    if (!name.startsWith('RSA')) return;
    const rsaKeys = [importPrivateKey(ca.leaf('rsa').key)];
    const [byKey] = readBack(recorded.file, { rsaKeys }).connections;
    expect(byKey).toMatchObject({ sealedReasons: [], sealed: { client: 0, server: 0 } });
  });

  test.each([
    ['ticket', []],
    ['id', ['-no_ticket']],
  ] as const)('TLS 1.2, resumed by %s, with the line of the first handshake alone', async (_, args) => {
    const session = join(scratch('session'), 'file');
    const recorded = await taken({ args: [...args] }, async (port) => {
      await client(port, ['-tls1_2', ...args, '-sess_out', session]);
      await client(port, ['-tls1_2', ...args, '-sess_in', session]);
    });
    const connections = await expectComplete(recorded, { connections: 2 });
    expect(messagesOf(connections[1] as CapturedConnection).map(({ name }) => name)).not.toContain('certificate');
    // The session is known from the connection before, without the line of this one.
    const [first = ''] = recorded.keyLog.split('\n').filter((line) => line.startsWith('CLIENT_RANDOM'));
    const keyLog = new KeyLog();
    keyLog.add(first);
    const [, again] = readBack(recorded.file, { keyLog }).connections;
    expect(again?.sealedReasons).toEqual([]);
  });

  test.each([
    ['TLS 1.2', ['-tls1_2', '-cipher', 'PSK-AES128-GCM-SHA256'], ['-cipher', 'PSK-AES128-GCM-SHA256']],
    // Without a group in common the key is all there is (psk_ke).
    ['TLS 1.3', ['-tls1_3', '-allow_no_dhe_kex', '-groups', 'X25519'], ['-allow_no_dhe_kex', '-groups', 'P-384']],
  ])('a shared key, %s: with the key log, and with the key alone', async (version, clientArgs, serverArgs) => {
    const psk = '1a2b3c4d5e6f70818293a4b5c6d7e8f91a2b3c4d5e6f70818293a4b5c6d7e8f9';
    const shared = ['-psk', psk];
    const recorded = await taken({ identity: undefined, args: [...shared, ...serverArgs] }, async (port) => {
      await opensslClient({ port, input: GET, args: [...shared, ...clientArgs] });
    });
    await expectComplete(recorded, {});
    const [alone] = readBack(recorded.file, { psks: [Buffer.from(psk, 'hex')] }).connections;
    if (alone === undefined) throw new Error('nothing was read');
    expect(alone).toMatchObject({ sealedReasons: [], faults: [] });
    const verdicts = verdictsOf(alone);
    expect(verdicts.filter(({ outcome }) => outcome !== 'right')).toEqual([]);
    const binder = version === 'TLS 1.3' ? ['psk_binder'] : [];
    expect(verdicts.map(({ name }) => name)).toEqual(expect.arrayContaining([...binder, 'client_finished']));
  });

  test.each(['-tls1_2', '-tls1_3'])('client certificates, %s', async (version) => {
    const recorded = await taken({ args: ['-Verify', '2', '-CAfile', ca.caFile] }, async (port) => {
      await opensslClient({ port, caFile: ca.caFile, input: GET, identity: ca.leaf('p256'), args: [version] });
    });
    const messages = ['certificate_request', 'certificate_verify'];
    await expectComplete(recorded, { messages, checks: ['client_certificate_verify'] });
  });

  test('TLS 1.3: full, with tickets', async () => {
    const recorded = await taken({}, async (port) => void (await client(port, ['-tls1_3'])));
    const messages = ['encrypted_extensions', 'certificate_verify', 'new_session_ticket'];
    await expectComplete(recorded, { messages, checks: ['server_certificate_verify', 'server_chain'] });
  });

  test('TLS 1.3: HelloRetryRequest', async () => {
    const recorded = await taken({ args: ['-groups', 'P-384'] }, async (port) => {
      await client(port, ['-tls1_3', '-groups', 'X25519:P-384']);
    });
    await expectComplete(recorded, { messages: ['hello_retry_request'], checks: ['server_certificate_verify'] });
  });

  test('TLS 1.3: a ticket, with early data; the binder is checked with the key that s_client shows', async () => {
    const dir = scratch('early');
    const [session, early] = [join(dir, 'session'), join(dir, 'early')];
    writeFileSync(early, GET);
    let shown = '';
    const recorded = await taken({ mode: 'raw', args: ['-early_data', '-no_anti_replay'] }, async (port) => {
      // Somebody who stays until the ticket has come.
      const typist = typingOpenssl({ port, caFile: ca.caFile, args: ['-sess_out', session] });
      for (const end = Date.now() + 5000; !existsSync(session) && Date.now() < end; ) await sleep(20);
      typist.type('Q');
      await sleep(200);
      await typist.stop();
      shown = typist.said();
      await opensslClient({
        port,
        caFile: ca.caFile,
        input: 'more\n',
        closeAfterInput: true,
        args: ['-tls1_3', '-sess_in', session, '-early_data', early],
      });
    });
    const connections = await expectComplete(recorded, { connections: 2, messages: ['end_of_early_data'] });
    expect(connections[1]?.items.some(({ observation: one }) => one.kind === 'data' && one.length === GET.length)).toBe(
      true,
    );
    const psks = [...shown.matchAll(/Resumption PSK: ([0-9A-F]+)/g)].map(([, hex = '']) => Buffer.from(hex, 'hex'));
    if (psks.length === 0) return console.warn('s_client showed no resumption PSK: the binder is not checked');
    const [, again] = readBack(recorded.file, { psks }).connections;
    expect(again?.checks.find(({ name }) => name === 'psk_binder')).toMatchObject({ outcome: 'right' });
  });

  test.each(['-tls1_2', '-tls1_3'])('a stapled OCSP response, %s', async (version) => {
    const { file } = await ocspResponse(ca, ca.leaf('rsa'), 'good');
    const recorded = await taken({ args: ['-status_file', file] }, async (port) => {
      await client(port, [version, '-status']);
    });
    await expectComplete(recorded, { checks: ['server_chain', 'server_ocsp'] });
  });

  test('TLS 1.3: a certificate that the server asks for after the handshake, and new keys behind it', async () => {
    const server = await opensslServer({
      identity: ca.leaf('rsa'),
      report: true,
      args: ['-verify', '2', '-CAfile', ca.caFile],
    });
    try {
      const capturing = await capture(server.port);
      const { port } = capturing;
      const typist = typingOpenssl({ port, caFile: ca.caFile, identity: ca.leaf('p256'), args: ['-enable_pha'] });
      const finished = async (count: number): Promise<void> => {
        const seen = (): number =>
          typist.messages().filter(({ name, direction }) => name === 'Finished' && direction === 'out').length;
        for (const end = Date.now() + 5000; seen() < count && Date.now() < end; ) await sleep(20);
      };
      await finished(1);
      server.send('c\n');
      await finished(2);
      typist.type('K');
      await sleep(300);
      typist.type('Q');
      await sleep(200);
      await typist.stop();
      const recorded = { file: await capturing.stop(), keyLog: server.keyLog(), port: server.port };
      const [connection] = await expectComplete(recorded, {
        messages: ['key_update', 'certificate_request'],
        checks: ['client_certificate_verify', 'client_chain'],
        behindFinished: true,
      });
      // Its own and that of the handshake.
      expect(connection?.checks.filter(({ name }) => name === 'client_finished').length).toBe(2);
    } finally {
      await server.stop();
    }
  });

  test('TLS 1.3: generations of KeyUpdate', async () => {
    const recorded = await taken({ mode: 'rev' }, async (port) => {
      const typist = typingOpenssl({ port, caFile: ca.caFile });
      const saying = async (text: string): Promise<void> => {
        for (const end = Date.now() + 5000; !typist.said().includes(text) && Date.now() < end; ) await sleep(20);
      };
      await saying('Verify return code');
      for (const round of ['one', 'two', 'three']) {
        // K asks the server for new keys too.
        typist.type(round === 'two' ? 'k' : 'K');
        await sleep(100);
        typist.type(`round ${round}`);
        await saying([...`round ${round}`].reverse().join(''));
      }
      typist.type('Q');
      await sleep(200);
      await typist.stop();
    });
    const [connection] = await expectComplete(recorded, { messages: ['key_update'] });
    const generations = connection?.items.flatMap(({ observation: one }) =>
      one.kind === 'keys' ? [one.generation] : [],
    );
    expect(Math.max(...(generations ?? []))).toBe(3);
  });
});

describePeer('curl', 'captures of curl with openssl', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', async (version) => {
    const recorded = await taken({}, async (port) => {
      await curl({ url: `https://localhost:${port}/`, caFile: ca.caFile, version });
    });
    const [connection] = await expectComplete(recorded, { checks: ['server_chain'] });
    expect(connection?.serverName).toBe('localhost');
  });
});

describePeer('gnutls', 'captures of gnutls-cli with openssl', () => {
  test.each([
    ['TLS 1.3', 'NORMAL:-VERS-ALL:+VERS-TLS1.3'],
    ['CBC without encrypt-then-MAC', 'NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-CBC:%NO_ETM'],
    ['CBC with encrypt-then-MAC', 'NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-256-CBC'],
  ])('%s', async (_, priority) => {
    const recorded = await taken({}, async (port) => {
      await gnutlsClient({ port, caFile: ca.caFile, input: GET, args: ['--priority', priority] });
    });
    await expectComplete(recorded, { checks: ['server_chain'] });
  });
});

describePeer('chromium', "Chromium's NetLog of a page from openssl", () => {
  test('its messages are read, and signature and Finished verified with the key log', async () => {
    const dir = scratch('netlog');
    const [log, keys] = [join(dir, 'net.json'), join(dir, 'keys')];
    const server = await opensslServer({ identity: ca.leaf('p256'), mode: 'www' });
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--ignore-certificate-errors',
      `--user-data-dir=${dir}`,
    ];
    try {
      const page = `https://localhost:${server.port}/`;
      await run(CHROMIUM, [...flags, `--log-net-log=${log}`, '--dump-dom', page], {
        lifetime: 40_000,
        env: { SSLKEYLOGFILE: keys },
      });
    } finally {
      await server.stop();
    }
    const own: CapturedConnection[] = [];
    const keyLog = new KeyLog();
    keyLog.add(readFileSync(keys, 'latin1'));
    for await (const one of decodeCapture(createReadStream(log), { provider: nodeProvider, keyLog })) {
      if (one.kind === 'connection' && one.connection.serverName === 'localhost') own.push(one.connection);
    }
    const [connection] = own;
    if (connection === undefined) throw new Error('no connection in the log');
    expect(messagesOf(connection).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['client_hello', 'server_hello', 'certificate', 'certificate_verify', 'finished']),
    );
    const chain = { provider: nodeProvider, anchors: trustAnchors([ca.ca]) };
    const right = verdictsOf(connection, chain).flatMap(({ name, outcome }) => (outcome === 'right' ? [name] : []));
    const expected = ['server_certificate_verify', 'server_chain', 'client_finished', 'server_finished'];
    expect(right).toEqual(expect.arrayContaining(expected));
    expect(connection.fingerprints.ja4?.hash).toMatch(/^t13d/);
    // ECH and ALPS among them: what a browser sends of today is opened, but for GREASE.
    const [hello] = messagesOf(connection);
    const { fields } = annotateMessage(hello?.raw ?? new Uint8Array(0), contextOf(connection));
    const sent = fields.find(({ name }) => name === 'extensions')?.children ?? [];
    const closed = sent.filter(({ children }) => children.some(({ name }) => name === 'extension_data'));
    expect(closed.map(({ label }) => label)).toEqual(closed.map(() => 'GREASE'));
    expect(sent.map(({ label }) => label)).toEqual(expect.arrayContaining(['encrypted_client_hello']));
  });
});

describe.skipIf(tshark === undefined)(`tshark ${tshark ?? '(not installed)'} reads what we write`, () => {
  test.each(['1.2', '1.3'])('TLS %s: --pcapng of both sides opens decrypted, with no key log', async (version) => {
    const dir = scratch('pcapng');
    const [own, theirs, root] = ['client', 'server', 'ca'].map((name) => join(dir, name)) as [string, string, string];
    const served = await startServe(['--once', '--pcapng', theirs, '--ca-out', root, '--tls-max', version]);
    const args = ['--cacert', root, '--tls-max', version, '--pcapng', own, `https://localhost:${served.port}/`];
    expect((await glasstls(args)).code).toBe(0);
    expect(await served.ended()).toBe(0);
    for (const file of [own, theirs]) {
      const bytes = readFileSync(file);
      const { connections } = readBack(bytes);
      // No port, no key log: the file says it all.
      const found = await tsharkMessages(bytes, undefined);
      expect(found).toEqual(messagesIn(connections));
      // Finished (20) is read only by who has the keys.
      expect(found.join(' ')).toMatch(/\b20\b/);
      expect(verdictsOf(connections[0] as CapturedConnection).filter(({ outcome }) => outcome === 'wrong')).toEqual([]);
    }
  });
});
