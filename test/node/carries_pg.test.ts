// pg, the client of PostgreSQL, over connections of ours: through its option `stream`, to a real server that takes nothing but
// TLS; and its own TLS against a server of ours.

import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer as createTcp, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type ConnectOptions, connect, createSecureContext, TLSSocket } from '../../src/node/index.ts';
import { describePeer } from '../peers/available.ts';
import { pki } from '../peers/pki.ts';
import { postgres } from '../peers/postgres.ts';
import type { Peer } from '../peers/process.ts';
import { pg } from './packages.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** What PostgreSQL is asked for TLS with. */
const SSL_REQUEST = Buffer.from('0000000804d2162f', 'hex');

/** A stream for pg's option `stream`, which calls `connect` on it: it asks for TLS itself, and then speaks through ours. */
class Secured extends Duplex {
  private readonly options: ConnectOptions;
  tls: TLSSocket | undefined;

  constructor(options: ConnectOptions) {
    super();
    this.options = options;
  }

  connect(port: number, host: string): void {
    const socket = connectTcp({ port, host });
    socket.once('error', (error) => this.destroy(error));
    socket.once('connect', () => socket.write(SSL_REQUEST));
    socket.once('data', (answer: Buffer) => {
      if (answer.toString() !== 'S') {
        this.destroy(new Error(`the server answers ${answer}`));
        return;
      }
      const tls = connect({ ...this.options, socket });
      this.tls = tls;
      tls.once('secureConnect', () => this.emit('connect'));
      tls.on('data', (chunk) => this.push(chunk) || tls.pause());
      tls.once('end', () => this.push(null));
      tls.once('error', (error) => this.destroy(error));
    });
  }

  override _read(): void {
    this.tls?.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.tls?.write(chunk, encoding, done);
  }

  override _final(done: () => void): void {
    this.tls?.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.tls?.destroy();
    done(error);
  }

  // What pg expects of a socket besides.
  setNoDelay(): void {}
  setKeepAlive(): void {}
  ref(): void {}
  unref(): void {}
}

describePeer('postgres', 'pg over ours to PostgreSQL', () => {
  let server: Peer;
  beforeAll(async () => {
    server = await postgres((await pki()).leaf('p256'));
  }, 60_000);
  afterAll(() => server.stop());

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    '%s: queries, a megabyte, and what the server says of the connection',
    async (version) => {
      const { ca } = await pki();
      const stream = new Secured({ ca, servername: 'localhost', minVersion: version, maxVersion: version });
      const client = new pg.Client({
        host: '127.0.0.1',
        port: server.port,
        user: 'glass',
        database: 'postgres',
        stream,
      });
      await client.connect();
      const { rows } = await client.query('select ssl, version, cipher from pg_stat_ssl where pid = pg_backend_pid()');
      const { name, standardName } = stream.tls?.getCipher() ?? {};
      expect(rows).toEqual([{ ssl: true, version, cipher: version === 'TLSv1.3' ? standardName : name }]);
      expect([stream.tls?.authorized, stream.tls?.getProtocol()]).toEqual([true, version]);
      const big = await client.query("select repeat('0123456789', 100000) as text");
      expect(big.rows).toEqual([{ text: '0123456789'.repeat(100_000) }]);
      await client.query(`select '${'x'.repeat(300_000)}'`);
      await client.end();
    },
  );

  test('a server whose certificate is of another authority is an error of connect', async () => {
    const { otherCa } = await pki();
    const stream = new Secured({ ca: otherCa, servername: 'localhost' });
    const client = new pg.Client({ host: '127.0.0.1', port: server.port, user: 'glass', database: 'postgres', stream });
    await expect(client.connect()).rejects.toMatchObject({ code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' });
  });
});

/** PostgreSQL's SSLRequest, then as much of its protocol as a query needs. */
function speaker(cert: string, key: string, heard: string[]): Server {
  const message = (type: string, body: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length + 4);
    return Buffer.concat([Buffer.from(type), length, body]);
  };
  const ready = message('Z', Buffer.from('I'));
  return createTcp((socket) => {
    socket.on('error', () => {});
    socket.once('data', (request: Buffer) => {
      expect(request).toEqual(SSL_REQUEST);
      socket.write('S');
      const secureContext = createSecureContext({ cert, key });
      const secure = new TLSSocket(socket, { isServer: true, secureContext });
      secure.on('error', () => {});
      secure.once('data', () => {
        secure.write(Buffer.concat([message('R', Buffer.alloc(4)), ready]));
        secure.on('data', (query: Buffer) => {
          if (query[0] !== 0x51) return;
          heard.push(query.subarray(5, -1).toString());
          const column = Buffer.concat([
            Buffer.from('n\0'),
            Buffer.from('000000000000000000170004ffffffff0000', 'hex'),
          ]);
          secure.write(
            Buffer.concat([
              message('T', Buffer.concat([Buffer.from('0001', 'hex'), column])),
              message('D', Buffer.from('00010000000234 32'.replace(' ', ''), 'hex')),
              message('C', Buffer.from('SELECT 1\0')),
              ready,
            ]),
          );
        });
      });
    });
  });
}

test('its own TLS against a server of ours', async () => {
  const { ca, leaf } = await pki();
  const { fullChain: cert, key } = leaf('p256');
  const heard: string[] = [];
  const server = speaker(cert, key, heard);
  const open = new Set<Socket>();
  server.on('connection', (socket) => open.add(socket));
  closing.push(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new pg.Client({ host: 'localhost', port, user: 'u', password: 'p', database: 'd', ssl: { ca } });
  await client.connect();
  const { rows } = await client.query('select 42 as n');
  expect([rows, heard]).toEqual([[{ n: 42 }], ['select 42 as n']]);
  await client.end();
});
