// Memory of idle connections on a server: what its process grows by, in resident bytes after garbage collection, from some open
// connections to many more, so that what a process needs once (code, V8's young generation) is not counted. Each stack has a process of its own, and the
// clients, the same for both, another one.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const SIDE = resolve(import.meta.dirname, 'memory_side.mjs');

function start(role, more) {
  const child = fork(SIDE, [JSON.stringify({ role, ...more })], { execArgv: ['--expose-gc'] });
  const heard = async () => {
    const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`a ${role} ended with ${code}`)));
    const [message] = await Promise.race([once(child, 'message'), ended]);
    return message;
  };
  const ask = (message) => {
    const answer = heard();
    child.send(message);
    return answer;
  };
  return { heard, ask, stop: () => child.kill() };
}

/**
 * Bytes for each of `more` idle connections beside `first` of them, of each stack; with how much of it is JavaScript's heap, and
 * the resident bytes of the whole process with none and with all of them.
 */
export async function measureMemory(version, identity, { first, more }) {
  const figures = {};
  const parts = {};
  const { cert, key, ca } = identity;
  for (const stack of ['glasstls', 'node:tls']) {
    const both = { stack, version, identity: { cert, key, ca } };
    const server = start('server', both);
    const clients = start('clients', both);
    try {
      const { port } = await server.heard();
      const none = await server.ask({});
      await clients.ask({ port, count: first });
      const before = await server.ask({});
      await clients.ask({ port, count: more });
      const after = await server.ask({});
      if (after.open !== first + more) throw new Error(`${after.open} connections are open, not ${first + more}`);
      figures[stack] = (after.rss - before.rss) / more;
      parts[stack] = { heap: (after.heapUsed - before.heapUsed) / more, none: none.rss, all: after.rss };
    } finally {
      server.stop();
      clients.stop();
    }
  }
  return { first, more, ...figures, parts };
}
