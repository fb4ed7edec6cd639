// glasstls/web over TransformStreams: client and server, each provider; backpressure, closing, failures, and no roots.

import { describe, expect, test } from 'vitest';
import { nobleProvider } from '../providers/noble.ts';
import { generatePrivateKey, nodeProvider } from '../providers/node.ts';
import { TlsError } from '../wire/tls_error.ts';
import { makeTestPki } from '../x509/make_pki.ts';
import {
  accept,
  type ByteStreams,
  connect,
  type TlsStreams,
  type WebClientOptions,
  type WebServerOptions,
} from './index.ts';

const generateKey = () => generatePrivateKey('ec').privateKey;
const pki = makeTestPki({ provider: nodeProvider, generateKey, now: Date.now() });
const leaf = pki.issue({ names: ['web.example'] });
const identity = { chain: [leaf.der, pki.intermediate.der], privateKey: leaf.key };
const PROVIDERS = { node: nodeProvider, noble: nobleProvider } as const;

/** Two ends of a pipe in memory. */
function pipe(): [ByteStreams, ByteStreams] {
  const there = new TransformStream<Uint8Array, Uint8Array>();
  const back = new TransformStream<Uint8Array, Uint8Array>();
  return [
    { readable: back.readable, writable: there.writable },
    { readable: there.readable, writable: back.writable },
  ];
}

interface Pair {
  readonly client: TlsStreams;
  readonly server: TlsStreams;
}

function pair(client: Partial<WebClientOptions> = {}, server: Partial<WebServerOptions> = {}): Pair {
  const [left, right] = pipe();
  const provider = client.provider ?? nodeProvider;
  return {
    server: accept(right, { provider, identities: [identity], ...server }),
    client: connect(left, { provider, roots: [pki.root.der], serverName: 'web.example', ...client }),
  };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = async (stream: TlsStreams): Promise<string> => new Response(stream.readable).text();

describe.each(Object.entries(PROVIDERS))('provider %s', (_, provider) => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s: data both ways, then both close', async (maxVersion) => {
    const { client, server } = pair({ provider, maxVersion });
    const writer = client.writable.getWriter();
    // Before the handshake is done.
    void writer.write(bytes('hello '));
    void writer.write(bytes('there'));
    void writer.close();
    const answer = server.writable.getWriter();
    void answer.write(bytes('and back'));
    expect(await textOf(server)).toBe('hello there');
    await answer.close();
    expect(await textOf(client)).toBe('and back');
    await Promise.all([client.closed, server.closed]);
    const { authorized, alpn } = await client.opened;
    expect([authorized, alpn, (await server.opened).serverName]).toEqual([true, undefined, 'web.example']);
  });
});

test('a megabyte through pipes arrives whole, and a reader that waits holds the writer', async () => {
  const { client, server } = pair();
  const writer = client.writable.getWriter();
  let written = 0;
  const chunk = new Uint8Array(65_536).fill(7);
  const writing = (async () => {
    for (; written < 32; written++) await writer.write(chunk);
    await writer.close();
  })();
  await server.opened;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(written).toBeLessThan(16);
  const got = new Uint8Array(await new Response(server.readable).arrayBuffer());
  await writing;
  expect([got.length, got.every((one) => one === 7)]).toEqual([32 * 65_536, true]);
});

test('without roots nothing connects: not with none, an empty list, an empty store, or rejectUnauthorized: false', () => {
  for (const more of [{ roots: undefined }, { roots: [] }, { roots: [], rejectUnauthorized: false }, { roots: [''] }]) {
    expect(() => pair(more as Partial<WebClientOptions>)).toThrow(/no roots|PEM/);
  }
  expect(() => pair({}, { clientCertificate: 'require' })).toThrow(/no roots/);
});

test('a server of somebody else: opened and closed reject, the streams fail, the server gets the alert', async () => {
  const other = makeTestPki({ provider: nodeProvider, generateKey, now: Date.now() });
  const { client, server } = pair({ roots: [other.root.der] });
  await expect(client.opened).rejects.toMatchObject({ code: 'ERR_TLS_CERTIFICATE_REFUSED', alert: 'bad_certificate' });
  await expect(client.closed).rejects.toBeInstanceOf(TlsError);
  await expect(textOf(client)).rejects.toThrow();
  await expect(server.opened).rejects.toMatchObject({ code: 'ERR_TLS_ALERT_RECEIVED', alert: 'bad_certificate' });
});

test('another name is refused', async () => {
  const { client, server } = pair({ serverName: 'other.example' });
  await expect(client.opened).rejects.toMatchObject({ cause: { code: 'name_mismatch' } });
  await expect(server.opened).rejects.toThrow();
});

test('RFC 8446 6.1: a transport that ends without close_notify is an error of the reader', async () => {
  const [left, right] = pipe();
  const server = accept(right, { provider: nodeProvider, identities: [identity] });
  let cut: () => void = () => {};
  const through = new TransformStream<Uint8Array, Uint8Array>({
    start: (controller) => {
      cut = () => controller.terminate();
    },
  });
  const readable = (left.readable as ReadableStream<Uint8Array>).pipeThrough(through);
  const transport = { readable, writable: left.writable };
  const client = connect(transport, { provider: nodeProvider, roots: [pki.root.der], serverName: 'web.example' });
  const writer = server.writable.getWriter();
  void writer.write(bytes('half a mess')).catch(() => {});
  await client.opened;
  const reader = client.readable.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe('half a mess');
  cut();
  await expect(reader.read()).rejects.toMatchObject({ code: 'ERR_TLS_TRUNCATED' });
});

test('client certificates, and a key that signs later', async () => {
  const own = pki.issue({ role: 'client', commonName: 'me' });
  const clientTrust = { roots: [pki.root.der] };
  const asked: string[] = [];
  const { client, server } = pair(
    { identities: [{ chain: [own.der, pki.intermediate.der], privateKey: own.key }] },
    {
      clientCertificate: 'require',
      clientTrust,
      answer: (need) => {
        if (need.kind !== 'signature') return undefined;
        asked.push(need.kind);
        return new Promise((resolve) =>
          setTimeout(() => resolve({ answer: leaf.key.sign(need.algorithm, need.data) }), 5),
        );
      },
    },
  );
  expect((await server.opened).authorized).toBe(true);
  await client.opened;
  expect(asked).toEqual(['signature']);
});

test('a signature that never comes true ends the handshake on both sides', async () => {
  const { client, server } = pair(
    {},
    { answer: (need) => (need.kind === 'signature' ? Promise.reject(new Error('no')) : undefined) },
  );
  await expect(server.opened).rejects.toMatchObject({ code: 'ERR_TLS_ANSWER' });
  await expect(client.opened).rejects.toMatchObject({ code: 'ERR_TLS_EOF_IN_HANDSHAKE' });
});

test('giving up one stream ends the connection', async () => {
  const { client, server } = pair();
  await Promise.all([client.opened, server.opened]);
  await client.readable.cancel('enough');
  await expect(client.closed).rejects.toBe('enough');
  await expect(server.closed).rejects.toBeDefined();
});
