// glasstls/node's server in rough weather (garbage, floods, half-open and silent clients, crowds), and node:http and
// node:http2 over our sockets at either end.

import { once } from 'node:events';
import { Agent, createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http';
import { connect as connectHttp2, createSecureServer as createHttp2 } from 'node:http2';
import https from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { describe, expect, test, vi } from 'vitest';
import type { TLSSocket } from '../../src/node/index.ts';
import type { TlsError } from '../../src/wire/tls_error.ts';
import { curl } from '../peers/curl.ts';
import { pki } from '../peers/pki.ts';
import {
  closeAfterEach,
  connectionsOf,
  credentials,
  dial,
  dialGlass,
  ending,
  everything,
  listen,
  ownCode,
  PAIRS,
  raw,
} from './ends.ts';
import { data, sha256, until } from './support.ts';

closeAfterEach();

describe('a server survives', () => {
  const shout = (socket: Duplex): void => {
    socket.on('data', (chunk) => socket.end(String(chunk).toUpperCase()));
  };

  /** Our server, and the codes of the handshakes that failed. */
  async function target(handshakeTimeout = 60_000): Promise<{ port: number; server: Server; codes: string[] }> {
    const codes: string[] = [];
    const { port, server } = await listen('glasstls', shout, { handshakeTimeout });
    server.on('tlsClientError', (error: Error) => codes.push(ownCode(error) ?? 'none'));
    return { port, server, codes };
  }

  async function stillServes(port: number, server: Server): Promise<void> {
    const socket = await dialGlass(port);
    socket.write('quiet');
    expect((await everything(socket)).toString()).toBe('QUIET');
    await until('every connection is gone', async () => (await connectionsOf(server)) === 0);
  }

  for (const [name, bytes, code] of [
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'), 'ERR_TLS_NOT_TLS'],
    ['zeros', Buffer.alloc(1000), 'ERR_TLS_NOT_TLS'],
    ['a record that is too long', Buffer.from('16030148010100', 'hex'), 'ERR_TLS_RECORD_OVERFLOW'],
    ['a message that is too long', Buffer.from('160301000401ffffff', 'hex'), 'ERR_TLS_MESSAGE_TOO_LARGE'],
    ['a broken ClientHello', Buffer.from('16030100080100000403030000', 'hex'), 'ERR_TLS_DECODE'],
    ['a fatal alert', Buffer.from('15030100020228', 'hex'), 'ERR_TLS_ALERT_RECEIVED'],
    ['application data', Buffer.from('170303000568656c6c6f', 'hex'), 'ERR_TLS_UNEXPECTED_DATA'],
  ] as const) {
    test(`${name}: one tlsClientError, and the connection is closed`, async () => {
      const { port, server, codes } = await target();
      const socket = await raw(port);
      socket.write(bytes);
      await buffer(socket).catch(() => {});
      expect(codes).toEqual([code]);
      await stillServes(port, server);
    });
  }

  test('random bytes on many connections', async () => {
    const { port, server, codes } = await target();
    await Promise.all(
      Array.from({ length: 100 }, async () => {
        const socket = await raw(port);
        socket.end(data(500));
        await buffer(socket).catch(() => {});
      }),
    );
    expect(codes).toHaveLength(100);
    await stillServes(port, server);
  });

  test('floods: a client that goes on and on is cut off', async () => {
    const { port, server, codes } = await target();
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const socket = await raw(port);
    let sent = 0;
    const pour = (): void => {
      while (!socket.destroyed && socket.write(chunk)) sent += chunk.length;
    };
    socket.on('drain', pour).resume();
    const closed = ending(socket);
    pour();
    await closed;
    expect(sent).toBeGreaterThan(0);
    expect(codes).toEqual(['ERR_TLS_NOT_TLS']);
    await stillServes(port, server);
  });

  test('empty records without end are cut off', async () => {
    const { port, server, codes } = await target();
    const socket = await raw(port);
    socket.resume();
    for (let i = 0; i < 1000 && !socket.destroyed; i++) socket.write(Buffer.from('1603010000', 'hex'));
    await until('the server refuses', () => codes.length > 0);
    expect(codes).toEqual(['ERR_TLS_EMPTY_RECORD']);
    socket.destroy();
    await stillServes(port, server);
  });

  test('half-open clients: the handshake ends with ERR_TLS_EOF_IN_HANDSHAKE', async () => {
    const { port, server, codes } = await target();
    for (const start of [Buffer.alloc(0), Buffer.from('160301', 'hex'), Buffer.from('160301020001', 'hex')]) {
      const socket = await raw(port);
      socket.end(start);
      await buffer(socket).catch(() => {});
    }
    expect(codes).toEqual(Array(3).fill('ERR_TLS_EOF_IN_HANDSHAKE'));
    await stillServes(port, server);
  });

  test('clients that reset in the handshake', async () => {
    const { port, server, codes } = await target();
    for (let i = 0; i < 20; i++) (await raw(port)).resetAndDestroy();
    await until('the server has seen them all', () => codes.length === 20);
    expect(new Set(codes)).toEqual(new Set(['ECONNRESET']));
    await stillServes(port, server);
  });

  test('silent clients: ERR_TLS_HANDSHAKE_TIMEOUT, and the connection is closed', async () => {
    const { port, server, codes } = await target(150);
    const silent = await raw(port);
    const slow = await raw(port);
    // Bytes that come one by one do not make the handshake take longer than it may.
    const drip = setInterval(() => slow.destroyed || slow.write(Buffer.of(0x16)), 20);
    slow.write(Buffer.from('1603010200010001fc0303', 'hex'));
    await Promise.all([buffer(silent), buffer(slow).catch(() => {})]);
    clearInterval(drip);
    expect(codes).toContain('ERR_TLS_HANDSHAKE_TIMEOUT');
    expect(codes).toHaveLength(2);
    slow.destroy();
    silent.destroy();
    await until('both are gone', async () => (await connectionsOf(server)) === 0);
  });

  test('handshakeTimeout ends with the handshake', async () => {
    const set = vi.spyOn(globalThis, 'setTimeout');
    const cleared = vi.spyOn(globalThis, 'clearTimeout');
    try {
      const { port, server } = await target(61_234);
      await Promise.all([dialGlass(port), once(server, 'secureConnection')]);
      const at = set.mock.calls.findIndex(([, milliseconds]) => milliseconds === 61_234);
      expect(at).toBeGreaterThanOrEqual(0);
      expect(cleared).toHaveBeenCalledWith(set.mock.results[at]?.value);
    } finally {
      set.mockRestore();
      cleared.mockRestore();
    }
  });
});

describe.each(PAIRS)('%s to %s', (client, maker) => {
  test('200 connections at a time: each gets its own answer, and no handle is left', async () => {
    const handles = (): number => process.getActiveResourcesInfo().filter((name) => /TCPSocketWrap/.test(name)).length;
    const before = handles();
    const { port, server } = await listen(maker, (socket) => {
      socket.on('data', (chunk) => socket.end(String(chunk).toUpperCase()));
    });
    const one = async (index: number): Promise<void> => {
      const socket = await dial(client, port);
      const closed = ending(socket);
      socket.write(`visitor ${index}`);
      expect((await everything(socket)).toString()).toBe(`VISITOR ${index}`);
      expect(await closed).toEqual(['end', 'close']);
    };
    await Promise.all(Array.from({ length: 200 }, (_, index) => one(index)));
    await until('the server has none left', async () => (await connectionsOf(server)) === 0);
    await until('no handle is left', () => handles() <= before);
  });
});

describe('node:http over our sockets', () => {
  const handler: RequestListener = async (request, response) => {
    const body = await buffer(request);
    response.setHeader('x-length', body.length);
    response.write(sha256(body));
    setImmediate(() => response.end(`\n${request.method} ${request.url}`));
  };

  /** An HTTP server that is fed with the connections of our TLS server. */
  async function fed(): Promise<{ port: number; connections: () => number }> {
    const http = createHttpServer(handler);
    let connections = 0;
    const { port } = await listen('glasstls', (socket) => {
      connections++;
      http.emit('connection', socket);
    });
    return { port, connections: () => connections };
  }

  async function answerOf(request: ReturnType<typeof https.request>, body?: Buffer): Promise<string> {
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(200);
    expect(response.headers['x-length']).toBe(String(body?.length ?? 0));
    return text(response);
  }

  test('an http server fed with our sockets: keep-alive, bodies, many requests (https.request, curl)', async () => {
    const { port, connections } = await fed();
    const { ca, caFile } = await pki();
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca });
    const body = data(1_000_000);
    for (let i = 0; i < 5; i++) {
      const request = https.request({ port, host: 'localhost', path: `/${i}`, method: 'POST', agent });
      expect(await answerOf(request, body)).toBe(`${sha256(body)}\nPOST /${i}`);
    }
    expect(connections()).toBe(1);
    agent.destroy();
    const result = await curl({ url: `https://localhost:${port}/curl`, caFile, upload: body });
    expect(result).toMatchObject({ code: 0, status: 200 });
    expect(result.body.toString()).toBe(`${sha256(body)}\nPOST /curl`);
  });

  test('https.request with createConnection over our socket', async () => {
    const { key, cert } = await credentials();
    const server = https.createServer({ key, cert }, handler);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const body = data(1_000_000);
    for (let i = 0; i < 3; i++) {
      const socket = await dialGlass(port);
      const closed = ending(socket);
      const request = https.request({ port, path: `/${i}`, method: 'POST', createConnection: () => socket });
      expect(await answerOf(request, body)).toBe(`${sha256(body)}\nPOST /${i}`);
      expect((await closed).at(-1)).toBe('close');
    }
    await new Promise((resolve) => server.close(resolve));
  });

  test('an http.Agent of our sockets keeps them alive and uses them again; both ends are ours', async () => {
    const { port, connections } = await fed();
    const sockets: TLSSocket[] = [];
    const ready = await dialGlass(port);
    class GlassAgent extends Agent {
      override createConnection(): Socket {
        sockets.push(ready);
        return ready as unknown as Socket;
      }
    }
    const agent = new GlassAgent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 20; i++) {
      const request = https.request({ port, path: `/${i}`, protocol: 'http:', timeout: 20_000, agent });
      expect(await answerOf(request)).toBe(`${sha256(Buffer.of())}\nGET /${i}`);
    }
    expect([sockets.length, connections()]).toEqual([1, 1]);
    const closed = once(ready, 'close');
    agent.destroy();
    await closed;
  });

  test('a cut response is an error of the request', async () => {
    const { port } = await listen('glasstls', (socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf a mess');
        (socket as TLSSocket).transport.end();
      });
    });
    const socket = await dialGlass(port);
    const request = https.get({ port, createConnection: () => socket });
    request.on('response', (response) => response.resume());
    const [error] = (await once(request, 'error')) as [TlsError];
    expect(error.code).toBe('ERR_TLS_TRUNCATED');
  });

  test('node:http2 over our socket, chosen by ALPN', async () => {
    const { key, cert } = await credentials();
    const server = createHttp2({ key, cert }, (request, response) => response.end(`h2 ${request.url}`));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const socket = await dialGlass(port, { ALPNProtocols: ['h2'] });
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).toBe('h2');
    const session = connectHttp2(`https://localhost:${port}`, { createConnection: () => socket });
    const answers = await Promise.all([1, 2, 3].map((i) => text(session.request({ ':path': `/${i}` }))));
    expect(answers).toEqual(['h2 /1', 'h2 /2', 'h2 /3']);
    session.close();
    await once(session, 'close');
    await new Promise((resolve) => server.close(resolve));
  });
});
