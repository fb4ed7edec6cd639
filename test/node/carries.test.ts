// What people put on top of node:tls, carried by ours with nothing but its documented options: node:https, node:http2, undici,
// ws, nodemailer; pg has a file of its own.

import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { type AddressInfo, connect as connectTcp, createServer as createTcp, type Server, type Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import tls from 'node:tls';
import { Agent as UndiciAgent, request as undiciRequest } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import {
  Agent,
  type ConnectOptions,
  connect,
  createHttp2SecureServer,
  createHttpsServer,
  TLSSocket,
} from '../../src/node/index.ts';
import { pki } from '../peers/pki.ts';
import { nodemailer, ws } from './packages.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function up(server: Server): Promise<number> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => open.add(socket));
  closing.push(async () => {
    for (const socket of open) socket.destroy();
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    await closed;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function own(): Promise<{ cert: string; key: string; ca: string }> {
  const all = await pki();
  const { fullChain: cert, key } = all.leaf('p256');
  return { cert, key, ca: all.ca };
}

const said = (request: IncomingMessage, body: Buffer): string => `${request.method} ${request.url} ${body.length}`;

async function ask(options: https.RequestOptions, body?: Buffer): Promise<string> {
  const request = https.request({ host: '127.0.0.1', servername: 'localhost', ...options });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return text(response);
}

describe('node:https', () => {
  test('Agent: keep-alive, bodies, and sessions that are resumed, against https.createServer', async () => {
    const { cert, key, ca } = await own();
    const reused: boolean[] = [];
    const server = https.createServer({ cert, key }, async (request, response) => {
      reused.push((request.socket as tls.TLSSocket).isSessionReused());
      response.end(said(request, await buffer(request)));
    });
    const port = await up(server);
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca });
    const body = Buffer.alloc(300_000, 'x');
    for (const path of ['/1', '/2'])
      expect(await ask({ port, agent, path, method: 'POST' }, body)).toBe(`POST ${path} 300000`);
    agent.destroy();
    for (const path of ['/3', '/4']) expect(await ask({ port, agent, path })).toBe(`GET ${path} 0`);
    agent.destroy();
    expect(reused.slice(0, 2)).toEqual([false, false]);
    expect(reused.slice(2)).toContain(true);
  });

  test('Agent: a server that is not trusted is an error of the request, with node’s code', async () => {
    const { cert, key } = await own();
    const port = await up(https.createServer({ cert, key }));
    const agent = new Agent();
    await expect(ask({ port, agent })).rejects.toMatchObject({
      code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      tls: { code: 'ERR_TLS_CERTIFICATE_REFUSED' },
    });
    agent.destroy();
  });

  test.each([
    ['that only the end of the connection ends is broken', '\r\npart', undefined],
    ['with chunks that are missing is broken', 'Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n', undefined],
    ['with all of its Content-Length is whole', 'Content-Length: 4\r\n\r\npart', 'part'],
  ])('Agent, RFC 8446 6.1: without close_notify an answer %s', async (_what, answer, whole) => {
    const { cert, key, ca } = await own();
    const server = tls.createServer({ cert, key }, (socket) => {
      socket.on('error', () => {});
      // Node destroys without an alert.
      socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\n${answer}`, () => socket.destroy()));
    });
    const port = await up(server);
    const agent = new Agent({ ca });
    const request = https.request({ host: '127.0.0.1', servername: 'localhost', port, agent });
    request.on('error', () => {});
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const body = text(response);
    if (whole === undefined) await expect(body).rejects.toMatchObject({ code: 'ERR_TLS_TRUNCATED' });
    else expect(await body).toBe(whole);
    agent.destroy();
  });

  test('createHttpsServer: https.request, its events, and clientError for a handshake that fails', async () => {
    const { cert, key, ca } = await own();
    const server = createHttpsServer({ cert, key }, async (request, response) => {
      const socket = request.socket as unknown as TLSSocket;
      response.setHeader('x-protocol', `${socket.encrypted} ${socket.getProtocol()} ${socket.alpnProtocol}`);
      response.end(said(request, await buffer(request)));
    });
    const port = await up(server);
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca });
    for (const path of ['/1', '/2', '/3']) {
      expect(await ask({ port, agent, path, method: 'POST' }, Buffer.alloc(100_000))).toBe(`POST ${path} 100000`);
    }
    const request = https.get({ port, host: '127.0.0.1', servername: 'localhost', agent, path: '/4' });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(response.headers['x-protocol']).toBe('true TLSv1.3 false');
    response.resume();
    agent.destroy();
    const failed = once(server, 'clientError') as Promise<[NodeJS.ErrnoException, Socket]>;
    connectTcp({ port, host: '127.0.0.1' })
      .on('error', () => {})
      .end('GET / HTTP/1.1\r\n\r\n');
    const [error, socket] = await failed;
    expect(error.code).toBe('ERR_SSL_HTTP_REQUEST');
    socket.destroy();
  });

  test('both ends ours', async () => {
    const { cert, key, ca } = await own();
    const port = await up(
      createHttpsServer({ cert, key }, (request, response) => response.end(`hello ${request.url}`)),
    );
    const agent = new Agent({ keepAlive: true, ca });
    const all = await Promise.all(Array.from({ length: 20 }, (_, i) => ask({ port, agent, path: `/${i}` })));
    expect(all).toEqual(Array.from({ length: 20 }, (_, i) => `hello /${i}`));
    agent.destroy();
  });
});

describe('node:http2', () => {
  for (const server of ['http2.createSecureServer', 'createHttp2SecureServer'] as const) {
    test(`http2.connect with createConnection to ${server}: encrypted and alpnProtocol are right`, async () => {
      const { cert, key, ca } = await own();
      const make = server === 'createHttp2SecureServer' ? createHttp2SecureServer : http2.createSecureServer;
      const seen: unknown[] = [];
      const listening = make({ cert, key }, async (request, response) => {
        const { session } = request.stream;
        seen.push([session?.encrypted, session?.alpnProtocol]);
        response.end(`h2 ${request.url} ${(await buffer(request)).length}`);
      });
      const port = await up(listening as unknown as Server);
      const options: ConnectOptions = { port, host: '127.0.0.1', servername: 'localhost', ca, ALPNProtocols: ['h2'] };
      const session = http2.connect(`https://localhost:${port}`, { createConnection: () => connect(options) });
      await once(session, 'connect');
      expect([session.encrypted, session.alpnProtocol]).toEqual([true, 'h2']);
      const body = Buffer.alloc(200_000, 'x');
      const answers = await Promise.all(
        [1, 2, 3, 4].map((i) => {
          const stream = session.request({ ':path': `/${i}`, ':method': 'POST' });
          stream.end(body);
          return text(stream);
        }),
      );
      expect(answers).toEqual([1, 2, 3, 4].map((i) => `h2 /${i} 200000`));
      expect(seen).toEqual(Array(4).fill([true, 'h2']));
      session.close();
      await once(session, 'close');
    });
  }

  test('createHttp2SecureServer with node’s client, and with allowHTTP1 for clients of HTTP/1.1', async () => {
    const { cert, key, ca } = await own();
    const server = createHttp2SecureServer({ cert, key, allowHTTP1: true }, (request, response) => {
      response.end(`${request.httpVersion} ${request.url}`);
    });
    const port = await up(server as unknown as Server);
    const session = http2.connect(`https://localhost:${port}`, {
      ca,
      host: '127.0.0.1',
    } as http2.SecureClientSessionOptions);
    expect(await text(session.request({ ':path': '/a' }))).toBe('2.0 /a');
    session.close();
    await once(session, 'close');
    expect(await ask({ port, ca, path: '/b', agent: false })).toBe('1.1 /b');
  });
});

describe('undici', () => {
  for (const allowH2 of [false, true]) {
    test(`a connector over ours, ${allowH2 ? 'HTTP/2' : 'HTTP/1.1'}`, async () => {
      const { cert, key, ca } = await own();
      const server = createHttp2SecureServer({ cert, key, allowHTTP1: true }, async (request, response) => {
        response.end(`${request.httpVersion} ${(await buffer(request)).length}`);
      });
      const port = await up(server as unknown as Server);
      const dispatcher = new UndiciAgent({
        allowH2,
        connect: ({ hostname, port: to, servername }, done) => {
          const ALPNProtocols = allowH2 ? ['h2', 'http/1.1'] : ['http/1.1'];
          const socket = connect({ host: hostname, port: to, servername: servername || hostname, ca, ALPNProtocols });
          socket.once('error', (error) => done(error, null));
          socket.once('secureConnect', () => done(null, socket as unknown as tls.TLSSocket));
        },
      });
      closing.push(() => dispatcher.destroy());
      for (let i = 0; i < 3; i++) {
        const { body, statusCode } = await undiciRequest(`https://localhost:${port}/`, {
          dispatcher,
          method: 'POST',
          body: 'x'.repeat(50_000),
        });
        expect([statusCode, await body.text()]).toEqual([200, `${allowH2 ? '2.0' : '1.1'} 50000`]);
      }
    });
  }
});

describe('ws', () => {
  test('a WebSocket server on createHttpsServer, a client through Agent', async () => {
    const { cert, key, ca } = await own();
    const server = createHttpsServer({ cert, key });
    const sockets = new ws.WebSocketServer({ server });
    sockets.on('connection', (socket) => socket.on('message', (data: Buffer) => socket.send(`echo ${data.length}`)));
    const port = await up(server);
    const client = new ws.WebSocket(`wss://localhost:${port}/`, { agent: new Agent({ ca }) });
    await once(client, 'open');
    const answers: string[] = [];
    client.on('message', (data: Buffer) => answers.push(data.toString()));
    for (const size of [1, 1000, 1_000_000]) client.send(Buffer.alloc(size));
    while (answers.length < 3) await once(client, 'message');
    expect(answers).toEqual(['echo 1', 'echo 1000', 'echo 1000000']);
    client.close();
    await once(client, 'close');
    sockets.close();
  });

  test('a client with createConnection, to node’s own https server', async () => {
    const { cert, key, ca } = await own();
    const server = https.createServer({ cert, key });
    const sockets = new ws.WebSocketServer({ server });
    sockets.on('connection', (socket) => socket.on('message', (data: Buffer) => socket.send(data)));
    const port = await up(server);
    const client = new ws.WebSocket(`wss://localhost:${port}/`, {
      createConnection: (options: object) => connect({ ...(options as ConnectOptions), path: undefined, ca }),
    });
    await once(client, 'open');
    client.send('hello');
    const [data] = (await once(client, 'message')) as [Buffer];
    expect(data.toString()).toBe('hello');
    client.close();
    await once(client, 'close');
    sockets.close();
  });
});

describe('nodemailer', () => {
  /** SMTP with STARTTLS: what is said in the clear and under TLS. */
  function smtp(cert: string, key: string, heard: string[]): Server {
    return createTcp((socket) => {
      socket.on('error', () => {});
      const converse = (stream: Socket | TLSSocket, secure: boolean): void => {
        let data = false;
        let rest = '';
        stream.on('data', (chunk: Buffer) => {
          rest += chunk.toString();
          for (let at = rest.indexOf('\r\n'); at >= 0; at = rest.indexOf('\r\n')) {
            const line = rest.slice(0, at);
            rest = rest.slice(at + 2);
            if (data) {
              if (line !== '.') continue;
              data = false;
              stream.write('250 kept\r\n');
              continue;
            }
            heard.push(`${secure ? 'tls' : 'clear'} ${line.split(' ')[0]}`);
            if (/^EHLO/.test(line)) stream.write(secure ? '250 here\r\n' : '250-here\r\n250 STARTTLS\r\n');
            else if (line === 'DATA') {
              data = true;
              stream.write('354 go on\r\n');
            } else if (line === 'STARTTLS') {
              stream.removeAllListeners('data');
              stream.write('220 begin\r\n');
              const over = new TLSSocket(socket, { isServer: true, cert, key });
              over.on('error', () => {});
              converse(over, true);
              return;
            } else if (line === 'QUIT') stream.end('221 bye\r\n');
            else stream.write('250 fine\r\n');
          }
        });
      };
      socket.write('220 localhost\r\n');
      converse(socket, false);
    });
  }

  test('its own TLS, after STARTTLS, against a server of ours', async () => {
    const { cert, key, ca } = await own();
    const heard: string[] = [];
    const port = await up(smtp(cert, key, heard));
    const transport = nodemailer.createTransport({ host: 'localhost', port, requireTLS: true, tls: { ca } });
    const { response } = await transport.sendMail({ from: 'a@x.example', to: 'b@x.example', subject: 's', text: 't' });
    expect(response).toBe('250 kept');
    // Whether QUIT has come by now is another matter.
    expect(heard.slice(0, 6)).toEqual(['clear EHLO', 'clear STARTTLS', 'tls EHLO', 'tls MAIL', 'tls RCPT', 'tls DATA']);
    transport.close();
  });

  test('a message over a connection of ours that is given to it (`connection`, `secured`)', async () => {
    const { cert, key, ca } = await own();
    const heard: string[] = [];
    const server = tls.createServer({ cert, key }, (socket) => {
      socket.on('error', () => {});
      let data = false;
      socket.write('220 localhost\r\n');
      socket.on('data', (chunk) => {
        for (const line of chunk.toString().split('\r\n').slice(0, -1)) {
          if (data) {
            if (line === '.') {
              data = false;
              socket.write('250 kept\r\n');
            }
            continue;
          }
          heard.push(line.split(' ')[0] ?? '');
          data = line === 'DATA';
          socket.write(data ? '354 go on\r\n' : '250 fine\r\n');
        }
      });
    });
    const port = await up(server);
    const connection = connect({ port, host: '127.0.0.1', servername: 'localhost', ca });
    await once(connection, 'secureConnect');
    const transport = nodemailer.createTransport({ connection, secured: true, host: 'localhost', port });
    const { response } = await transport.sendMail({ from: 'a@x.example', to: 'b@x.example', text: 't' });
    expect(response).toBe('250 kept');
    expect(heard.slice(0, 4)).toEqual(['EHLO', 'MAIL', 'RCPT', 'DATA']);
    transport.close();
  });
});
