// One side of the memory benchmark, in a process of its own (started by memory.mjs, which it talks to by messages). A server of
// either stack that keeps its connections, or clients, always of node:tls, that open so many and keep quiet.

import tls from 'node:tls';
import * as glass from 'glasstls/node';

const { role, stack, version, identity } = JSON.parse(process.argv[2]);
const options = { minVersion: version, maxVersion: version };

if (role === 'server') {
  const open = new Set();
  const module = stack === 'glasstls' ? glass : tls;
  const server = module.createServer({ ...options, cert: identity.cert, key: identity.key }, (socket) => {
    open.add(socket);
    socket.on('data', (byte) => socket.write(byte));
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
  });
  server.listen(0, '127.0.0.1', 2048, () => process.send({ port: server.address().port }));
  process.on('message', async () => {
    // Several times: what is freed by one collection lets the next free more.
    for (let i = 0; i < 6; i++) {
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { rss, heapUsed } = process.memoryUsage();
    process.send({ open: open.size, rss, heapUsed });
  });
} else {
  const secureContext = tls.createSecureContext({ ...options, ca: identity.ca });
  const open = [];
  const dial = (port) =>
    new Promise((resolve, reject) => {
      const socket = tls.connect({ port, host: '127.0.0.1', servername: 'localhost', secureContext });
      open.push(socket);
      socket.once('secureConnect', () => socket.write('x'));
      socket.once('data', resolve).on('error', reject);
    });
  process.on('message', async ({ port, count }) => {
    for (let begun = 0; begun < count; begun += 50) {
      await Promise.all(Array.from({ length: Math.min(50, count - begun) }, () => dial(port)));
    }
    process.send({ open: open.length });
  });
}
