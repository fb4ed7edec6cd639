// A process of its own that writes a large capture, reads it, and tells how fast and with how much memory: `FILE MEGABYTES`. Half of the
// connections are open at the same time, each with a handshake and megabytes of data that have to be decrypted.

import { closeSync, createReadStream, openSync, statSync, writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { decodeCapture } from '../../src/capture/decode.ts';
import { CaptureWriter, type ConnectionTap } from '../../src/capture/write_pcapng.ts';
import { nodeProvider } from '../../src/providers/node.ts';
import { exchange, makePair } from './pair.ts';

interface Delivery {
  readonly from: 'client' | 'server';
  readonly bytes: Uint8Array;
}

const DATA = new Uint8Array(2 ** 16).fill(0x61);
/** Of data a connection. */
const CONNECTION_MB = 4;

function oneConversation(): { readonly deliveries: Delivery[]; readonly keyLog: string[] } {
  const deliveries: Delivery[] = [];
  const keyLog: string[] = [];
  const limits = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;
  const pair = makePair({ client: { ...limits, keyLog: (line) => void keyLog.push(line) }, server: limits });
  const carry = (): void =>
    exchange(pair, (direction, bytes) => {
      deliveries.push({ from: direction === 'to_server' ? 'client' : 'server', bytes: bytes.slice() });
      return [bytes];
    });
  pair.server.handle(pair.server.engine.start());
  pair.client.handle(pair.client.engine.start());
  carry();
  for (let sent = 0; sent < CONNECTION_MB * 1e6; sent += DATA.length) {
    pair.server.handle(pair.server.engine.write(DATA));
    carry();
    pair.client.received.length = 0;
  }
  return { deliveries, keyLog };
}

function write(file: string, megabytes: number): number {
  const { deliveries, keyLog } = oneConversation();
  const descriptor = openSync(file, 'w', 0o600);
  const writer = new CaptureWriter({ write: (bytes) => void writeSync(descriptor, bytes), application: 'load' });
  const count = Math.ceil(megabytes / CONNECTION_MB);
  const address = Uint8Array.of(127, 0, 0, 1);
  const time = Date.now();
  const begin = (i: number): ConnectionTap => {
    const tap = writer.connection({ client: { address, port: 10_000 + i }, server: { address, port: 443 } }, time);
    for (const line of i === 0 ? keyLog : []) tap.secret(line);
    tap.release();
    return tap;
  };
  for (let i = 0; i < count; i += 2) {
    const taps = [begin(i), begin(i + 1)];
    for (const { from, bytes } of deliveries) for (const tap of taps) tap.bytes(from, bytes, time);
    for (const tap of taps) tap.close(time);
  }
  closeSync(descriptor);
  return 2 * Math.ceil(count / 2);
}

const [file = '', megabytes = '200'] = process.argv.slice(2);
const expected = write(file, Number(megabytes));
const size = statSync(file).size;
let [peak, connections, data] = [0, 0, 0];
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 20);
const start = performance.now();
for await (const decoded of decodeCapture(createReadStream(file, { highWaterMark: 2 ** 20 }), {
  provider: nodeProvider,
})) {
  if (decoded.kind !== 'connection') continue;
  connections++;
  for (const { observation } of decoded.connection.items) if (observation.kind === 'data') data += observation.length;
  if (decoded.connection.sealedReasons.length > 0) throw new Error('a connection was not decrypted');
}
const seconds = (performance.now() - start) / 1000;
clearInterval(watch);
peak = Math.max(peak, process.memoryUsage.rss());
console.log(JSON.stringify({ size, seconds, peak, connections, expected, data }));
