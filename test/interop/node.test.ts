// glasstls/node as a stream: what node:tls and net promise of a socket, ours promises too, against node:tls and against
// itself. (vitest fails the run for any unhandled rejection or uncaught error, so their absence is proved along the way.)

import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { type Duplex, pipeline, type Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { NodeTlsError, TLSSocket } from '../../src/node/index.ts';
import { pki } from '../peers/pki.ts';
import { closeAfterEach, dial, dialGlass, ending, everything, listen, PAIRS, plain } from './ends.ts';
import { PROVIDERS } from './glass.ts';
import { data, sha256, until } from './support.ts';

closeAfterEach();

const HALF_MEGABYTE = 500_000;

describe.each(PROVIDERS)('data, with the provider %s', (crypto) => {
  for (const [client, server] of PAIRS) {
    test(`${client} to ${server}: write, write, end, all before the handshake, lose nothing either way`, async () => {
      const up = data(6 * HALF_MEGABYTE);
      const down = data(6 * HALF_MEGABYTE);
      let heard: Promise<Buffer> | undefined;
      const { port } = await listen(
        server,
        (socket) => {
          heard = everything(socket);
          void heard.then(() => writeWriteEnd(socket, down));
        },
        { crypto, allowHalfOpen: true },
      );
      const socket = await dial(client, port, { crypto });
      const closed = ending(socket);
      writeWriteEnd(socket, up);
      expect(sha256(await everything(socket))).toBe(sha256(down));
      expect(sha256((await heard) ?? Buffer.of())).toBe(sha256(up));
      expect(await closed).toEqual(['end', 'close']);
    });
  }

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`${version}: a flight is one write of the transport, and so is a large write`, async () => {
      let counted: string[] = [];
      let accepted: Duplex | undefined;
      const { port, server } = await listen('glasstls', (socket) => (accepted = socket), {
        crypto,
        maxVersion: version,
      });
      server.once('connection', (transport: Socket) => (counted = countWrites(transport)));
      const socket = await dialGlass(port, { crypto });
      const ours = countWrites(socket.transport);
      await Promise.all([once(socket, 'secureConnect'), once(server, 'secureConnection')]);
      // Client: ClientHello; then ClientKeyExchange (1.2), ChangeCipherSpec and Finished. Server: one answer to each in 1.2,
      // its whole flight in 1.3 and then the tickets, both of them in one.
      expect(ours).toHaveLength(2);
      expect(counted).toHaveLength(2);
      socket.end(data(100_000));
      await everything(accepted as Duplex);
      // The data, and close_notify.
      expect(ours).toHaveLength(4);
    });
  }
});

describe('order of events', () => {
  test('end comes before close, and secureConnect before data', async () => {
    const { port } = await listen('node:tls', (socket) => setImmediate(() => socket.end('hello')));
    const socket = await dialGlass(port);
    const seen: string[] = [];
    for (const name of ['secure', 'secureConnect', 'data', 'end', 'finish', 'close', 'error']) {
      socket.on(name, () => seen.push(name));
    }
    await once(socket, 'close');
    expect(seen).toEqual(['secureConnect', 'secure', 'data', 'end', 'finish', 'close']);
  });

  test('end() right after connect() still waits for the handshake', async () => {
    const { port, server } = await listen('node:tls', (socket) => socket.resume());
    const socket = await dialGlass(port);
    const closed = ending(socket);
    socket.end();
    socket.resume();
    const [accepted] = (await once(server, 'secureConnection')) as [Duplex];
    expect(await closed).toEqual(['end', 'close']);
    await until('the server has seen the end', () => accepted.readableEnded);
  });

  test('a refused certificate: error, then close; the pending write hears of it; the server gets the alert', async () => {
    const { port, server } = await listen('glasstls');
    const refused = once(server, 'tlsClientError') as Promise<[NodeTlsError, TLSSocket]>;
    const socket = await dialGlass(port, { ca: (await pki()).otherCa });
    const closed = ending(socket);
    const written = new Promise((resolve) => socket.write('too early', resolve));
    expect(await closed).toEqual(['error ERR_TLS_CERTIFICATE_REFUSED', 'close']);
    expect(await written).toMatchObject({
      code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      tls: { code: 'ERR_TLS_CERTIFICATE_REFUSED', alert: 'unknown_ca' },
    });
    const [error] = await refused;
    expect(error).toMatchObject({
      code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
      tls: { code: 'ERR_TLS_ALERT_RECEIVED', alert: 'unknown_ca' },
    });
  });

  test('a fatal alert from the server: error, then close', async () => {
    const { port, server } = await listen('glasstls', () => {}, { ALPNProtocols: ['h2'] });
    const failed = once(server, 'tlsClientError') as Promise<[NodeTlsError]>;
    const socket = await dialGlass(port, { ALPNProtocols: ['http/1.1'] });
    expect(await ending(socket)).toEqual(['error ERR_TLS_ALERT_RECEIVED', 'close']);
    expect(socket.errored).toMatchObject({
      code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
      tls: { alert: 'no_application_protocol' },
    });
    expect((await failed)[0]).toMatchObject({
      code: 'ERR_SSL_NO_APPLICATION_PROTOCOL',
      tls: { fault: 'incompatible' },
    });
  });

  test('rejectUnauthorized: false goes on, and says that nobody is authorised', async () => {
    const { port } = await listen('node:tls');
    const socket = await dialGlass(port, { ca: (await pki()).otherCa, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    expect(socket.authorized).toBe(false);
    expect(socket.authorizationError).toBe('UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
  });
});

describe('RFC 8446 6.1: the end of the stream without close_notify', () => {
  /** A server that answers `cut` with bytes that are not the whole, and then cuts. */
  async function cutter(answer: string): Promise<number> {
    const { port } = await listen('glasstls', (socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        if (answer !== '') socket.write(answer);
        (socket as TLSSocket).transport.end();
      });
    });
    return port;
  }

  test('is an error; what came before it was delivered', async () => {
    const socket = await dialGlass(await cutter('half a mess'));
    const closed = ending(socket);
    let heard = '';
    socket.on('data', (chunk) => (heard += chunk));
    socket.write('cut');
    expect(await closed).toEqual(['error ERR_TLS_TRUNCATED', 'close']);
    expect(heard).toBe('half a mess');
  });

  test('is an error after our own close_notify too, when data was on its way', async () => {
    const socket = await dialGlass(await cutter('half a mess'));
    const closed = ending(socket);
    socket.resume();
    socket.end('cut');
    expect(await closed).toEqual(['error ERR_TLS_TRUNCATED', 'close']);
  });

  test('without any data since our close_notify the stream closes early, with neither error nor end', async () => {
    const socket = await dialGlass(await cutter(''));
    const closed = ending(socket);
    socket.resume();
    socket.end('cut');
    expect(await closed).toEqual(['close']);
  });

  test('allowHalfOpen: an error even then', async () => {
    const socket = await dialGlass(await cutter(''), { allowHalfOpen: true });
    const closed = ending(socket);
    socket.resume();
    socket.end('cut');
    expect(await closed).toEqual(['error ERR_TLS_TRUNCATED', 'close']);
  });

  test('a peer that half-closes TCP alone still gets all of a long answer', async () => {
    const sent = data(6 * HALF_MEGABYTE);
    const { port } = await listen('glasstls', (socket) => {
      socket.on('error', () => {});
      socket.resume();
      writeWriteEnd(socket, sent);
    });
    const socket = await dialGlass(port, { allowHalfOpen: true });
    await once(socket, 'secureConnect');
    (socket.transport as Socket).end();
    expect(sha256(await everything(socket))).toBe(sha256(sent));
  });
});

describe('backpressure', () => {
  const CHUNK = data(64 * 1024);
  const CHUNKS = 1000;

  for (const [client, server] of PAIRS) {
    test(`${client} reads slowly from ${server}: the writer is held, nothing is lost, memory stays bounded`, async () => {
      let written = 0;
      let most = 0;
      let refused = 0;
      const { port } = await listen(server, async (socket) => {
        socket.on('error', () => {});
        for (; written < CHUNKS; written++) {
          if (!socket.write(CHUNK)) {
            refused++;
            expect(socket.writableNeedDrain).toBe(true);
            most = Math.max(most, held(socket));
            await once(socket, 'drain');
          }
        }
        socket.end();
      });
      const socket = await dial(client, port);
      await once(socket, client === 'glasstls' ? 'secureConnect' : 'secure');
      // Nobody reads: the writer goes on until the kernel's buffers are full (some MB), and then stands still.
      socket.once('readable', () => {});
      await standsStill(() => written);
      expect(written).toBeGreaterThan(0);
      expect(written).toBeLessThan(CHUNKS);
      expect(refused).toBeGreaterThan(0);
      if (client === 'glasstls') expect(socket.readableLength).toBeLessThan(512 * 1024);
      let length = 0;
      for await (const chunk of socket) length += (chunk as Buffer).length;
      expect(length).toBe(CHUNK.length * CHUNKS);
      if (server === 'glasstls') expect(most).toBeLessThan(4 * CHUNK.length);
    });
  }

  test('what came before close_notify can be read after the transport is gone', async () => {
    const sent = data(60_000);
    const { port } = await listen('glasstls', (socket) => {
      socket.resume();
      socket.end(sent);
    });
    const socket = await dialGlass(port);
    socket.end();
    await once(socket.transport, 'close');
    expect(sha256(await everything(socket))).toBe(sha256(sent));
  });

  test('destroySoon sends everything first', async () => {
    const sent = data(6 * HALF_MEGABYTE);
    const { port } = await listen('glasstls', (socket) => {
      socket.write(sent);
      (socket as TLSSocket).destroySoon();
    });
    const socket = await dialGlass(port);
    expect(sha256(await everything(socket))).toBe(sha256(sent));
  });
});

describe('what is no TLS server', () => {
  test('a port where nobody listens: ECONNREFUSED, then close', async () => {
    const { port, server } = await listen('glasstls');
    server.close();
    await once(server, 'close');
    expect(await ending(await dialGlass(port))).toEqual(['error ECONNREFUSED', 'close']);
  });

  for (const [name, greeting] of [
    ['an SSH server', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['an HTTP server', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ] as const) {
    test(`${name}: ERR_TLS_NOT_TLS, then close`, async () => {
      const port = await plain((socket) => socket.resume().write(greeting));
      const socket = await dialGlass(port);
      const written = new Promise((resolve) => socket.write('x', resolve));
      expect(await ending(socket)).toEqual(['error ERR_TLS_NOT_TLS', 'close']);
      expect(await written).toMatchObject({ code: 'EPROTO', tls: { code: 'ERR_TLS_NOT_TLS', fault: 'peer' } });
    });
  }

  test('a server that hangs up: ERR_TLS_EOF_IN_HANDSHAKE, then close', async () => {
    const port = await plain((socket) => socket.resume().end());
    expect(await ending(await dialGlass(port))).toEqual(['error ERR_TLS_EOF_IN_HANDSHAKE', 'close']);
  });

  test('destroy in the middle of a handshake: close alone, or error and close; a pending write hears of it', async () => {
    for (const error of [undefined, Object.assign(new Error('enough'), { code: 'ENOUGH' })]) {
      let greeted: Socket | undefined;
      const port = await plain((socket) => {
        socket.once('data', () => (greeted = socket));
      });
      const socket = await dialGlass(port);
      const closed = ending(socket);
      const written = new Promise((resolve) => socket.write('x', resolve));
      socket.on('secureConnect', () => expect.unreachable());
      await until('the server has the ClientHello', () => greeted !== undefined);
      socket.destroy(error);
      expect(await closed).toEqual(error ? ['error ENOUGH', 'close'] : ['close']);
      expect(await written).toBeInstanceOf(Error);
      await until('the server sees the end', () => greeted?.readableEnded || greeted?.destroyed);
    }
  });

  test('destroy before the transport has connected leaves nothing behind', async () => {
    const { port, server } = await listen('glasstls', () => expect.unreachable());
    server.on('tlsClientError', () => {});
    const socket = await dialGlass(port);
    socket.destroy();
    expect(await ending(socket)).toEqual(['close']);
    expect(socket.transport.destroyed).toBe(true);
  });
});

test('setTimeout emits one timeout for each silence, however often it was set', async () => {
  const { port } = await listen('glasstls');
  const socket = await dialGlass(port);
  await once(socket, 'secureConnect');
  const before = socket.transport.listenerCount('timeout');
  const never = (): void => expect.unreachable();
  for (let i = 0; i < 20; i++) socket.setTimeout(60_000, never);
  socket.setTimeout(0, never);
  expect(socket.transport.listenerCount('timeout')).toBe(before);
  let times = 0;
  socket.on('timeout', () => times++);
  socket.setTimeout(20);
  await until('the timeout', () => times > 0);
  expect(times).toBe(1);
});

test('TLS within TLS: the transport may be any Duplex', async () => {
  const inner = await listen('glasstls', (socket) => socket.pipe(socket));
  // It must allow half-open: the end of the inner stream goes one way first.
  const outer = await listen(
    'node:tls',
    (socket) => pipeline(socket, connectTcp(inner.port, '127.0.0.1'), socket, () => {}),
    {
      allowHalfOpen: true,
    },
  );
  const tunnel = await dialGlass(outer.port);
  const socket = await dialGlass(0, { socket: tunnel });
  const sent = data(HALF_MEGABYTE * 2);
  const back = everything(socket);
  writeWriteEnd(socket, sent);
  expect(sha256(await back)).toBe(sha256(sent));
});

function writeWriteEnd(stream: Writable, bytes: Buffer): void {
  stream.write(bytes.subarray(0, 1000));
  stream.write(bytes.subarray(1000, HALF_MEGABYTE));
  stream.end(bytes.subarray(HALF_MEGABYTE));
}

/** Notes each call of `_write` or `_writev`: each is one system call. */
function countWrites(transport: Duplex): string[] {
  const calls: string[] = [];
  for (const name of ['_write', '_writev'] as const) {
    const original = transport[name] as (...args: unknown[]) => void;
    Object.assign(transport, {
      [name](...args: unknown[]): void {
        calls.push(name);
        original.apply(transport, args);
      },
    });
  }
  return calls;
}

/** Bytes that a socket of ours and its transport keep for a slow peer. */
function held(socket: Duplex): number {
  const transport = 'transport' in socket ? (socket as TLSSocket).transport : undefined;
  return socket.writableLength + (transport?.writableLength ?? 0);
}

/** Waits until `value` has stayed the same for half a second. */
async function standsStill(value: () => number): Promise<void> {
  for (let last = -1; last !== value() || last === 0; await sleep(500)) last = value();
}
