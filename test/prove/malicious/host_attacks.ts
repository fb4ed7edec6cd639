// What only an adapter can bound: the time of a handshake, and what waits for a peer that does not read.

import { connect as connectTcp } from 'node:net';
import { Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { resolveServer } from '../../../src/engine/config.ts';
import { Connection } from '../../../src/engine/connection.ts';
import { serverSetup } from '../../../src/engine/server.ts';
import { credentialOf } from '../../../src/host/credential.ts';
import { answerWithKeys } from '../../../src/host/respond.ts';
import { EngineSocket } from '../../../src/node/engine_socket.ts';
import { createServer } from '../../../src/node/server.ts';
import { nodeProvider } from '../../../src/providers/node.ts';
import { writePem } from '../../../src/x509/pem.ts';
import { makePair, type Side, world } from '../../support/pair.ts';

export interface HostAttack {
  readonly name: string;
  readonly limit: string;
  readonly run: () => Promise<{ readonly good: boolean; readonly figures: string }>;
}

export const HOST_ATTACKS: readonly HostAttack[] = [
  { name: '50 handshakes of a byte every 20 ms', limit: 'handshakeTimeout, 400 ms here', run: slow },
  { name: 'a peer that never reads, 64 MB to send', limit: 'backpressure of the streams', run: unread },
];

/** Every connection is let go when its time is over, however busy it looks. */
async function slow(): Promise<{ good: boolean; figures: string }> {
  const { privateKey, chain } = world().identities.p256;
  const codes = new Map<string, number>();
  const server = createServer({
    cert: chain.map((der) => writePem('CERTIFICATE', der)).join(''),
    key: privateKey,
    handshakeTimeout: 400,
  });
  server.on('tlsClientError', ({ code }: { code: string }) => void codes.set(code, (codes.get(code) ?? 0) + 1));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  const { client } = makePair();
  client.handle(client.engine.start());
  const hello = client.drain();
  const began = performance.now();
  const lives = await Promise.all(Array.from({ length: 50 }, () => trickle(port, hello)));
  const whole = performance.now() - began;
  server.close();
  const longest = Math.max(...lives);
  const good = codes.get('ERR_TLS_HANDSHAKE_TIMEOUT') === 50 && longest < 5000;
  const ends = [...codes].map(([code, count]) => `${code} ${count}`).join(', ');
  return { good, figures: `the longest lived ${longest.toFixed(0)} ms of ${whole.toFixed(0)}; ${ends}` };
}

/** Milliseconds until the server closes. */
async function trickle(port: number, hello: Uint8Array): Promise<number> {
  const socket = connectTcp(port, '127.0.0.1');
  const began = performance.now();
  let open = true;
  socket.on('error', () => {});
  socket.on('close', () => (open = false));
  for (let i = 0; open && i < hello.length; i++) {
    socket.write(hello.subarray(i, i + 1));
    await sleep(20);
  }
  socket.destroy();
  return performance.now() - began;
}

/** A transport whose other end takes what it is given in the handshake, and nothing afterwards. */
class Stuck extends Duplex {
  stuck = false;
  taken = 0;
  private readonly reader: (bytes: Uint8Array) => void;

  constructor(reader: (bytes: Uint8Array) => void) {
    super();
    this.reader = reader;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.taken += chunk.length;
    if (this.stuck) return;
    this.reader(chunk);
    done();
  }
}

async function unread(): Promise<{ good: boolean; figures: string }> {
  const { identities } = world();
  const { client } = makePair();
  const transport = new Stuck((bytes) => {
    client.handle(client.engine.receive(bytes));
    deliver(client, transport);
  });
  const options = { provider: nodeProvider, credentials: [credentialOf(identities.p256)] };
  const engine = new Connection(serverSetup(options, resolveServer(options)));
  const socket = new EngineSocket({ transport, engine, respond: (need) => answerWithKeys([identities.p256], need) });
  socket.on('error', () => {});
  const secure = new Promise((done) => socket.once('secure', done));
  socket.start();
  client.handle(client.engine.start());
  deliver(client, transport);
  await secure;
  transport.stuck = true;
  let produced = 0;
  const source = new Readable({
    read() {
      produced += 65_536;
      this.push(produced > 64 * 2 ** 20 ? null : Buffer.alloc(65_536));
    },
  });
  pipeline(source, socket).catch(() => {});
  await sleep(500);
  // It does not read, but it goes on asking for new keys.
  for (let i = 0; i < 1000 && client.engine.writable; i++) {
    client.handle(client.engine.updateKeys(true));
    deliver(client, transport);
  }
  await sleep(100);
  const waiting = transport.writableLength + socket.writableLength;
  socket.destroy();
  const good = waiting < 2 ** 20 && produced < 2 ** 21;
  return {
    good,
    figures: `${produced} bytes were taken from the source, ${waiting} wait, 1000 KeyUpdates asked for among them`,
  };
}

function deliver(client: Side, transport: Duplex): void {
  if (client.outbox.length > 0) transport.push(Buffer.from(client.drain()));
}
