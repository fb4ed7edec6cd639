// What glasstls/node has beyond node:tls: a trace as it happens, keys that are elsewhere, what was asked of a client, early data,
// and what sessions are bound to.

import { once } from 'node:events';
import { createConnection } from 'node:net';
import tls from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { decode } from '../../src/codec/run.ts';
import type { Observation } from '../../src/index.ts';
import {
  type ConnectOptions,
  connect,
  createServer,
  type RemoteKey,
  type Server,
  type ServerSocketOptions,
  type TLSSocket,
} from '../../src/node/index.ts';
import { importPrivateKey } from '../../src/providers/node.ts';
import { clientHello } from '../../src/wire/messages.ts';
import { suiteByName } from '../../src/wire/registry/cipher_suites.ts';
import { isGrease } from '../../src/wire/registry/names.ts';
import { pki } from '../peers/pki.ts';
import { textOf } from './both.ts';

const open: { destroy?(): unknown; close?(): unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0).reverse()) (one.destroy ?? one.close)?.call(one);
});

async function serve(options: ServerSocketOptions = {}): Promise<{ port: number; server: Server }> {
  const { fullChain: cert, key } = (await pki()).leaf('p256');
  const server = createServer({ cert, key, ...options });
  server.on('connection', (socket) => open.push(socket));
  server.on('secureConnection', (socket) => socket.on('error', () => {}));
  open.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as { port: number }).port };
}

async function dial(port: number, options: ConnectOptions = {}): Promise<TLSSocket> {
  const { ca } = await pki();
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca, ...options });
  socket.on('error', () => {});
  open.push(socket);
  return socket;
}

async function meet(server: Server, client: TLSSocket): Promise<TLSSocket> {
  const [[accepted]] = await Promise.all([once(server, 'secureConnection'), once(client, 'secureConnect')]);
  return accepted as TLSSocket;
}

describe('the trace event', () => {
  test('tells of messages, states, keys and records, on the client and on the server, and of no secret', async () => {
    const { port, server } = await serve();
    const seen = { client: [] as Observation[], server: [] as Observation[] };
    server.on('trace', (one: Observation, socket: TLSSocket) => {
      expect(socket.isServer).toBe(true);
      seen.server.push(one);
    });
    const socket = await dial(port);
    socket.on('trace', (one: Observation) => seen.client.push(one));
    await meet(server, socket);
    for (const side of [seen.client, seen.server]) {
      const messages = side.flatMap((one) => (one.kind === 'message' ? [one.name] : []));
      expect(messages).toEqual(expect.arrayContaining(['client_hello', 'server_hello', 'certificate', 'finished']));
      const kinds = new Set(side.map(({ kind }) => kind));
      expect([...kinds].sort()).toEqual(expect.arrayContaining(['connected', 'keys', 'need', 'record', 'state']));
      expect(kinds.has('secret')).toBe(false);
    }
  });

  test('who does not listen costs nothing: the engine has no observer', async () => {
    const { port, server } = await serve();
    const socket = await dial(port);
    await meet(server, socket);
    const { connection } = socket as unknown as { connection: { context: { observe: unknown } } };
    expect(connection.context.observe).toBeUndefined();
  });

  test('enableTrace writes lines to stderr', async () => {
    const lines: string[] = [];
    const write = process.stderr.write;
    process.stderr.write = ((text: string) => lines.push(text)) as never;
    try {
      const { port, server } = await serve();
      await meet(server, await dial(port, { enableTrace: true }));
    } finally {
      process.stderr.write = write;
    }
    expect(lines.join('')).toMatch(/^TLS > message client_hello length=\d+ epoch=plaintext$/m);
  });
});

describe('private keys that are elsewhere', () => {
  const remote = (pem: string, fails = false): RemoteKey & { readonly asked: string[] } => {
    const key = importPrivateKey(pem);
    const asked: string[] = [];
    const later = <T>(make: () => T): Promise<T> =>
      new Promise((resolve, reject) => {
        setTimeout(() => (fails ? reject(new Error('the KMS is down')) : resolve(make())), 5);
      });
    return {
      publicKey: key.publicKey,
      asked,
      sign: (algorithm, data) => {
        asked.push(algorithm.kind);
        return later(() => key.sign(algorithm, data));
      },
      decryptRaw: (ciphertext) => {
        asked.push('decrypt');
        return later(() => key.decryptRaw(ciphertext));
      },
    };
  };

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s: a server and a client that sign later', async (maxVersion) => {
    const all = await pki();
    const ours = remote(all.leaf('p256').key);
    const theirs = remote(all.leaf('rsa').key);
    const { fullChain: cert } = all.leaf('p256');
    const { port, server } = await serve({ cert, key: ours, requestCert: true, ca: all.ca, maxVersion });
    const accepted = await meet(server, await dial(port, { cert: all.leaf('rsa').fullChain, key: theirs }));
    expect([accepted.authorized, ours.asked.length, theirs.asked.length]).toEqual([true, 1, 1]);
  });

  test('RSA key exchange: the decryption comes later too', async () => {
    const all = await pki();
    const key = remote(all.leaf('rsa').key);
    const more = { legacy: true, ciphers: 'AES128-GCM-SHA256', maxVersion: 'TLSv1.2' } as const;
    const { port, server } = await serve({ cert: all.leaf('rsa').fullChain, key, ...more });
    const client = await dial(port, more);
    await meet(server, client);
    expect([client.getCipher()?.name, client.getEphemeralKeyInfo(), key.asked]).toEqual([
      'AES128-GCM-SHA256',
      {},
      ['decrypt'],
    ]);
  });

  test('one that fails ends the handshake, and the server hears of it', async () => {
    const all = await pki();
    const { port, server } = await serve({ key: remote(all.leaf('p256').key, true) });
    const failed = once(server, 'tlsClientError');
    await dial(port);
    const [error] = await failed;
    expect(error).toMatchObject({ code: 'EPROTO', tls: { code: 'ERR_TLS_ANSWER', fault: 'local' } });
  });
});

test('what was asked of a client: whether, and for whose certificates', async () => {
  const { ca } = await pki();
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const asking = await serve({ requestCert: true, rejectUnauthorized: false, ca, maxVersion });
    const asked = await dial(asking.port);
    await meet(asking.server, asked);
    expect(asked.getCertificateRequest()?.authorities.map((one) => Buffer.from(one).toString('latin1'))).toEqual([
      expect.stringContaining('glasstls test root'),
    ]);
    const silent = await serve({ maxVersion });
    const unasked = await dial(silent.port);
    await meet(silent.server, unasked);
    expect(unasked.getCertificateRequest()).toBeUndefined();
  }
});

test('the chain exactly as it was sent, with a stray certificate and without the root', async () => {
  const all = await pki();
  const { fullChain, key } = all.leaf('p256');
  const cert = fullChain + all.otherCa;
  const { port, server } = await serve({ cert, key });
  const client = await dial(port);
  await meet(server, client);
  const sent = cert
    .match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g)
    ?.map((pem) => pem.replace(/-----[^-]+-----|\s/g, ''));
  expect(client.peerChain.map((der) => Buffer.from(der).toString('base64'))).toEqual(sent);
  // The verified path has neither the stray one, nor is it without the root.
  const names: unknown[] = [];
  for (let one = client.getPeerCertificate(true); names.length < 3; one = one.issuerCertificate)
    names.push(one.subject.CN);
  expect(names).toEqual(['localhost', 'glasstls test intermediate', 'glasstls test root']);
});

test('the ClientHello: suites, groups and extensions in the order given, GREASE, padding', async () => {
  const { port, server } = await serve();
  const hellos: Observation[] = [];
  const ciphers = 'TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256';
  const extensionOrder = ['supported_versions', 'application_layer_protocol_negotiation', 'server_name'] as const;
  const said = { grease: true, padding: 600, extensionOrder };
  const client = await dial(port, { ciphers, ecdhCurve: 'P-256:X25519', ALPNProtocols: ['x'], hello: said });
  client.on('trace', (one: Observation) => one.kind === 'message' && one.name === 'client_hello' && hellos.push(one));
  await meet(server, client);
  const [hello] = hellos as { raw: Uint8Array }[];
  const bytes = Buffer.from(hello?.raw ?? []);
  expect(bytes.length).toBeGreaterThanOrEqual(600);
  const { cipher_suites: suites, extensions } = decode(clientHello, bytes.subarray(4));
  const types = extensions.list.map(({ extension_type }) => extension_type).filter((id) => !isGrease(id));
  expect(types.slice(0, 3)).toEqual([43, 16, 0]);
  const wanted = ciphers.split(':').map((name) => suiteByName(name));
  expect(suites.filter((id) => wanted.includes(id))).toEqual(wanted);
  expect(suites.some(isGrease)).toBe(true);
  expect(client.getGroup()).toBe('secp256r1');
});

test('the group and the signature scheme, on both sides and in both versions', async () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const { port, server } = await serve({ maxVersion, ecdhCurve: 'P-384:P-256' });
    const client = await dial(port, { ecdhCurve: 'P-384:P-256' });
    const accepted = await meet(server, client);
    for (const one of [client, accepted]) {
      expect([one.getGroup(), one.getSignatureScheme()]).toEqual(['secp384r1', 'ecdsa_secp256r1_sha256']);
    }
  }
});

test('early data, taken and told', async () => {
  const { port, server } = await serve({ maxEarlyData: 1000 });
  const heard: string[] = [];
  server.on('secureConnection', (socket) => {
    socket.on('data', (chunk: Buffer) => {
      heard.push(`${chunk} ${socket.earlyBytes}`);
      socket.end('ok');
    });
  });
  const first = await dial(port);
  const [session] = (await once(first, 'session')) as [Buffer];
  first.write('one');
  await textOf(first);
  const second = await dial(port, { session, earlyData: Buffer.from('two') });
  const outcome = once(second, 'earlyData');
  await textOf(second);
  expect([heard, await outcome]).toEqual([['one 0', 'two 3'], [true]]);
});

test('a session made under one checkServerIdentity is not resumed under another, nor under none', async () => {
  const { port, server } = await serve();
  server.on('secureConnection', (socket) => socket.end('x'));
  const lax = (): undefined => undefined;
  const visit = async (options: ConnectOptions): Promise<{ reused: boolean; session: Buffer | undefined }> => {
    const socket = await dial(port, options);
    let reused = false;
    socket.once('secureConnect', () => (reused = socket.isSessionReused()));
    await textOf(socket);
    return { reused, session: socket.getSession() };
  };
  const { session } = await visit({ checkServerIdentity: lax });
  expect((await visit({ session, checkServerIdentity: () => undefined })).reused).toBe(false);
  expect((await visit({ session })).reused).toBe(false);
  expect((await visit({ session, checkServerIdentity: lax })).reused).toBe(true);
});

test('an error thrown by a callback ends its connection, and only that', async () => {
  const { port, server } = await serve({
    SNICallback: () => {
      throw new Error('a mistake');
    },
  });
  const failed = once(server, 'tlsClientError');
  await dial(port);
  expect(String((await failed)[0])).toContain('a mistake');
  server.close();
});

test('a transport that is gone already: an error, then close', async () => {
  const transport = createConnection({ port: 1, host: '127.0.0.1' });
  transport.on('error', () => {}).destroy();
  await once(transport, 'close');
  const socket = connect({ socket: transport, servername: 'localhost' });
  const seen: unknown[] = [];
  socket.on('error', (error: NodeJS.ErrnoException) => seen.push(error.code));
  await new Promise((resolve) => socket.on('close', resolve));
  expect(seen).toEqual(['ECONNRESET']);
});

test('options that cannot be had are errors, and leave no socket behind', async () => {
  for (const options of [
    { dhparam: 'x' },
    { clientCertEngine: 'x' },
    { privateKeyEngine: 'x' },
    { privateKeyIdentifier: 'x' },
    { maxVersion: 'TLSv1.1' },
    { minVersion: 'SSLv3' },
  ]) {
    expect(() => connect({ port: 1, ...options } as ConnectOptions)).toThrow(/./);
  }
  const encoded = createConnection({ port: 1, host: '127.0.0.1' });
  encoded.on('error', () => {}).setEncoding('utf8');
  expect(() => connect({ socket: encoded })).toThrow(/encoding/);
  encoded.destroy();
  const foreign = { secureContext: tls.createSecureContext() } as unknown as ConnectOptions;
  expect(() => connect({ port: 1, ...foreign })).toThrow(/from node:tls/);
  expect(() => createServer(foreign as ServerSocketOptions)).toThrow(/from node:tls/);
  const both = { ALPNCallback: () => 'a', ALPNProtocols: ['a'] };
  expect(() => createServer(both)).toThrow(/both/);
});
