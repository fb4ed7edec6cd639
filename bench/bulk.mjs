// Bulk data over loopback TCP, both ends in this process: one side writes, the other counts.

import tls from 'node:tls';
import * as glass from 'glasstls/node';
import { inTurns, wallSeconds } from './measure.mjs';

const listen = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

async function contestant(stack, version, identity) {
  const options = { minVersion: version, maxVersion: version };
  const { cert, key, ca } = identity;
  let counted = () => {};
  const server = stack.createServer({ ...options, cert, key }, (socket) => {
    socket.on('data', (chunk) => counted(chunk.length));
    socket.on('error', () => {});
  });
  const port = await listen(server);
  const socket = stack.connect({ ...options, host: '127.0.0.1', port, servername: 'localhost', ca });
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
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
          if (!socket.write(chunk)) return socket.once('drain', more);
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

/** MB/s for each stack: `size` bytes a write, from client to server. */
export async function measureBulk(version, size, identity, { megabytes, rounds }) {
  const stacks = {
    glasstls: await contestant(glass, version, identity),
    'node:tls': await contestant(tls, version, identity),
  };
  const total = Math.ceil((megabytes * 1e6) / size) * size;
  const runs = Object.fromEntries(Object.entries(stacks).map(([name, { send }]) => [name, () => send(total, size)]));
  const seconds = await inTurns(runs, rounds, wallSeconds);
  for (const { close } of Object.values(stacks)) close();
  return Object.fromEntries(Object.entries(seconds).map(([name, s]) => [name, total / 1e6 / s]));
}
