// A crowd on one server of ours: so many connections at a time, each a visit of some kind (a handshake alone, bulk either way
// with its hash, a slow reader, garbage, silence, a cut in the handshake or in the middle of data), by clients of ours and of
// node:tls in turn. Who is polite must get everything; who is not must leave nothing behind.

import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connect, createServer, type Server, type TLSSocket } from '../../src/node/index.ts';
import { pki } from '../peers/pki.ts';

export interface CrowdReport {
  readonly visits: Readonly<Record<Visit, number>>;
  readonly bytes: number;
  readonly lost: readonly string[];
  /** Bytes of heap after garbage collection, taken at rest: before, and after each round. */
  readonly heap: readonly number[];
  readonly left: number;
  readonly refused: number;
}

export type Visit = (typeof VISITS)[number];

const VISITS = ['handshake', 'bulk', 'bulk', 'slow', 'cut', 'reset', 'garbage', 'half a hello'] as const;

/** `rounds` times `people` at once for `seconds`; between rounds everybody leaves. */
export async function crowd(people: number, rounds: number, seconds: number): Promise<CrowdReport> {
  const { fullChain: cert, key } = (await pki()).leaf('p256');
  let refused = 0;
  const server = createServer({ cert, key, allowHalfOpen: true, handshakeTimeout: 20_000 });
  server.on('tlsClientError', () => refused++);
  server.on('secureConnection', serve);
  server.listen({ port: 0, host: '127.0.0.1', backlog: 2000 });
  await once(server, 'listening');
  const tally: Tally = { visits: {} as Record<Visit, number>, bytes: 0, lost: [] };
  const { ca } = await pki();
  const place = { port: (server.address() as { port: number }).port, ca };
  const heap = [await restingHeap(server)];
  for (let round = 0; round < rounds; round++) {
    const end = Date.now() + seconds * 1000;
    await Promise.all(
      Array.from({ length: people }, async (_, number) => {
        // Everybody comes once, however long the others take.
        do await visit(place, number, tally);
        while (Date.now() < end);
      }),
    );
    heap.push(await restingHeap(server));
  }
  const left = await connectionsOf(server);
  const closed = once(server, 'close');
  server.close();
  await closed;
  return { ...tally, heap, left, refused };
}

interface Tally {
  readonly visits: Record<Visit, number>;
  bytes: number;
  readonly lost: string[];
}

interface Place {
  readonly port: number;
  readonly ca: string;
}

/** Answers all that came with its hash and as many bytes again, once the client has ended. */
function serve(socket: TLSSocket): void {
  const hash = createHash('sha256');
  let length = 0;
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    hash.update(chunk);
    length += chunk.length;
  });
  socket.on('end', () => {
    socket.write(hash.digest());
    socket.end(Buffer.alloc(length, 0x61));
  });
}

async function visit(place: Place, number: number, tally: Tally): Promise<void> {
  const kind = VISITS[Math.floor(Math.random() * VISITS.length)] as Visit;
  tally.visits[kind] = (tally.visits[kind] ?? 0) + 1;
  if (kind === 'garbage' || kind === 'half a hello') return rude(place, kind);
  const { port, ca } = place;
  const transport = connectTcp({ port, host: '127.0.0.1', allowHalfOpen: true });
  const options = { socket: transport, servername: 'localhost', ca, allowHalfOpen: true };
  const socket = number % 2 === 0 ? connect(options) : (tls.connect(options) as unknown as TLSSocket);
  const failed = new Promise<string>((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
  const gone = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  if (kind === 'cut' || kind === 'reset') {
    await sleep(Math.random() * 60);
    if (Math.random() < 0.5) socket.write(randomBytes(30_000));
    if (kind === 'cut') socket.destroy();
    else transport.resetAndDestroy();
    return gone;
  }
  const sent = randomBytes(kind === 'handshake' ? 1 : Math.floor(Math.random() * 300_000));
  const problem = await Promise.race([converse(socket, sent, kind === 'slow'), failed]);
  if (problem === undefined) tally.bytes += 2 * sent.length;
  else tally.lost.push(`${kind} ${number % 2 === 0 ? 'glasstls' : 'node:tls'}: ${problem}`);
  socket.destroy();
  return gone;
}

/** Undefined when everything came back as it should. */
async function converse(socket: TLSSocket, sent: Buffer, slow: boolean): Promise<string | undefined> {
  socket.write(sent.subarray(0, sent.length >> 1));
  socket.end(sent.subarray(sent.length >> 1));
  const chunks: Buffer[] = [];
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    if (slow) await sleep(2);
  }
  const all = Buffer.concat(chunks);
  const hash = createHash('sha256').update(sent).digest();
  if (!all.subarray(0, 32).equals(hash)) return 'what arrived at the server is something else';
  const back = all.subarray(32);
  if (back.length !== sent.length) return `${back.length} of ${sent.length} bytes came back`;
  return back.every((byte) => byte === 0x61) ? undefined : 'what came back is something else';
}

async function rude({ port }: Place, kind: Visit): Promise<void> {
  const socket = connectTcp({ port, host: '127.0.0.1' });
  const gone = once(socket, 'close').catch(() => {});
  socket.on('error', () => {});
  socket.resume();
  if (kind === 'garbage') socket.end(randomBytes(500));
  else {
    socket.write(Buffer.from('16030102000100', 'hex'));
    await sleep(20);
    socket.destroy();
  }
  await gone;
}

const collect = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

async function restingHeap(server: Server): Promise<number> {
  for (let i = 0; i < 200 && (await connectionsOf(server)) > 0; i++) await sleep(50);
  for (let i = 0; i < 4; i++) {
    await sleep(20);
    collect();
  }
  return process.memoryUsage().heapUsed;
}

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}
