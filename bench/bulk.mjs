// Bulk data over loopback TCP, both ends in this process: one side writes, the other counts. In either direction.

import tls from 'node:tls';
import * as glass from 'glasstls/node';
import { listen } from './exchange.mjs';
import { inTurns, wallSeconds } from './measure.mjs';

const UP = 'client to server';
const DOWN = 'server to client';

export const BULK_ROWS = [
  { version: 'TLSv1.2', direction: UP, write: 16_384 },
  { version: 'TLSv1.3', direction: UP, write: 16_384 },
  { version: 'TLSv1.3', direction: DOWN, write: 16_384 },
  { version: 'TLSv1.3', direction: UP, write: 1024 },
  { version: 'TLSv1.3', direction: DOWN, write: 1024 },
];

async function contestant(stack, { version, direction }, identity) {
  const options = { minVersion: version, maxVersion: version };
  const { cert, key, ca } = identity;
  let counted = () => {};
  const server = stack.createServer({ ...options, cert, key });
  const accepted = new Promise((resolve) => server.once('secureConnection', resolve));
  const port = await listen(server);
  const socket = stack.connect({ ...options, host: '127.0.0.1', port, servername: 'localhost', ca });
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  const [writer, reader] = direction === UP ? [socket, await accepted] : [await accepted, socket];
  for (const one of [writer, reader]) one.on('error', () => {});
  reader.on('data', (chunk) => counted(chunk.length));
  const send = (total, size) =>
    new Promise((resolve) => {
      const chunk = Buffer.alloc(size, 7);
      let left = total;
      let due = total;
      counted = (length) => {
        left -= length;
        if (left <= 0) resolve();
      };
      const more = () => {
        while (due > 0) {
          due -= size;
          if (!writer.write(chunk)) return writer.once('drain', more);
        }
      };
      more();
    });
  const close = () => {
    socket.destroy();
    server.close();
  };
  return { send, close };
}

/** MB/s for each stack, for a row. */
export async function measureBulk(row, identity, { megabytes, rounds }) {
  const { write } = row;
  const stacks = { glasstls: await contestant(glass, row, identity), 'node:tls': await contestant(tls, row, identity) };
  const total = Math.ceil((megabytes * 1e6) / write) * write;
  const runs = Object.fromEntries(Object.entries(stacks).map(([name, { send }]) => [name, () => send(total, write)]));
  const seconds = await inTurns(runs, rounds, wallSeconds);
  for (const { close } of Object.values(stacks)) close();
  return Object.fromEntries(Object.entries(seconds).map(([name, s]) => [name, total / 1e6 / s]));
}
