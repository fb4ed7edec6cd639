// How data flows through the sockets: order, counts, marks, pauses, and `onread`, run with both modules.

import { EventEmitter, once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type tls from 'node:tls';
import { type Scenario, textOf } from './both.ts';
import { duplexPair } from './duplex_pair.ts';

export const FLOW_SCENARIOS: readonly Scenario[] = [
  {
    name: 'write, write, end: nothing is lost, and bytesRead and bytesWritten count the plaintext',
    covers: ['bytesRead', 'bytesWritten', 'write', 'end', 'read'],
    run: async (stage) => {
      const { port, server } = await stage.serve({ allowHalfOpen: true } as tls.TlsOptions);
      const heard = once(server, 'secureConnection').then(async ([accepted]) => {
        const text = await textOf(accepted as tls.TLSSocket);
        (accepted as tls.TLSSocket).end('answer');
        return [text.length, (accepted as tls.TLSSocket).bytesRead];
      });
      const socket = stage.dial(port);
      socket.write('a'.repeat(70_000));
      socket.write(Buffer.alloc(5, 'b'));
      socket.end('c', 'latin1');
      const answer = await textOf(socket);
      return [await heard, answer, socket.bytesWritten, socket.bytesRead];
    },
  },
  {
    name: 'allowHalfOpen on the server: it may go on writing after the client has ended',
    covers: ['allowHalfOpen'],
    run: async (stage) => {
      const found: unknown[] = [];
      for (const allowHalfOpen of [true, false]) {
        const { port, server } = await stage.serve({ allowHalfOpen } as tls.TlsOptions);
        server.once('secureConnection', (socket) => {
          socket.resume();
          socket.on('end', () => setTimeout(() => socket.writable && socket.end('late'), 30));
        });
        const socket = stage.dial(port, { allowHalfOpen: true } as tls.ConnectionOptions);
        socket.end('bye');
        found.push(await textOf(socket));
      }
      return found;
    },
  },
  {
    name: 'onread: data comes in the buffer that was given, the callback stops it and resume goes on, and the end comes last',
    covers: ['onread', 'bytesRead'],
    run: async (stage) => {
      const found: unknown[] = [];
      const one = Buffer.alloc(4);
      for (const buffer of [one, () => one]) {
        const { port, server } = await stage.serve();
        const accepted = once(server, 'secureConnection') as Promise<[tls.TLSSocket]>;
        const seen: unknown[] = [];
        const heard = new EventEmitter();
        const onread = {
          buffer,
          callback(this: unknown, length: number, into: Buffer) {
            seen.push([into.toString('latin1', 0, length), into === one, this === socket]);
            heard.emit('data');
            return length !== 2;
          },
        };
        const socket: tls.TLSSocket = stage.dial(port, { onread } as tls.ConnectionOptions);
        socket.on('end', () => seen.push('end'));
        const [theirs] = await accepted;
        theirs.write('0123456789');
        while (seen.length < 3) await once(heard, 'data');
        theirs.end('more');
        // Nothing comes while it is stopped.
        await sleep(100);
        seen.push('on');
        socket.resume();
        await once(socket, 'close');
        found.push([seen, socket.bytesRead]);
      }
      const { port, server } = await stage.serve();
      server.on('secureConnection', (socket) => socket.end('x'));
      const broken = { onread: { buffer: 'no buffer', callback: () => true } } as unknown as tls.ConnectionOptions;
      return [found, await textOf(stage.dial(port, broken))];
    },
  },
  {
    name: 'onread with socket is passed over',
    covers: ['onread', 'socket'],
    run: async (stage) => {
      const { port, server } = await stage.serve();
      server.on('secureConnection', (socket) => socket.end('as data'));
      const onread = { buffer: Buffer.alloc(4), callback: () => true };
      const options = { socket: connectTcp({ port, host: '127.0.0.1' }), ca: stage.pki.ca, servername: 'localhost' };
      return textOf(stage.keep(stage.api.connect({ ...options, onread } as tls.ConnectionOptions)));
    },
  },
  {
    name: 'highWaterMark of a client and of a server, and what write returns',
    covers: ['highWaterMark'],
    run: async (stage) => {
      const { port, server } = await stage.serve({ highWaterMark: 200 } as tls.TlsOptions);
      const client = stage.dial(port, { highWaterMark: 100 } as tls.ConnectionOptions);
      const ends = await stage.meet(server, client);
      const marks = [ends.client, ends.server].map((one) => [one.readableHighWaterMark, one.writableHighWaterMark]);
      const usual = stage.dial(port);
      return [marks, [usual.readableHighWaterMark, usual.writableHighWaterMark], client.write(Buffer.alloc(100))];
    },
  },
  {
    name: 'pauseOnConnect: the handshake is done, and data waits for resume',
    covers: ['pauseOnConnect'],
    run: async (stage) => {
      const { port, server } = await stage.serve({ pauseOnConnect: true } as tls.TlsOptions);
      const client = stage.dial(port);
      client.end('early');
      const [accepted] = (await once(server, 'secureConnection')) as [tls.TLSSocket];
      const seen: unknown[] = [accepted.isPaused()];
      accepted.on('data', (chunk) => seen.push(String(chunk)));
      await sleep(100);
      seen.push('on');
      accepted.resume();
      await once(accepted, 'end');
      return seen;
    },
  },
  {
    name: 'socket: TLS over one that was paused',
    covers: ['socket'],
    run: async (stage) => {
      const { port, server } = await stage.serve();
      server.on('secureConnection', (socket) => socket.end('through'));
      const socket = connectTcp({ port, host: '127.0.0.1' });
      await once(socket, 'connect');
      socket.pause();
      return textOf(stage.keep(stage.api.connect({ socket, ca: stage.pki.ca, servername: 'localhost' })));
    },
  },
  {
    name: 'setMaxSendFragment: how long the records of a large write are, before the handshake and after; it only shrinks',
    covers: ['setMaxSendFragment'],
    run: async (stage) => {
      const found: unknown[] = [];
      const [left, right] = duplexPair();
      // Headers of the records that the client sends, however its writes are cut.
      let sent = Buffer.alloc(0);
      const write = left.write;
      left.write = ((chunk: Buffer, ...rest: unknown[]) => {
        sent = Buffer.concat([sent, chunk]);
        return (write as (...args: unknown[]) => boolean).call(left, chunk, ...rest);
      }) as typeof left.write;
      const longest = (): number => {
        let most = 0;
        while (sent.length >= 5) {
          most = Math.max(most, sent.readUInt16BE(3));
          sent = sent.subarray(5 + sent.readUInt16BE(3));
        }
        return most;
      };
      const { ca } = stage.pki;
      const secureContext = stage.api.createSecureContext(stage.own);
      const server = stage.keep(new stage.api.TLSSocket(right as never, { isServer: true, secureContext }));
      let heard = 0;
      const counted = new EventEmitter();
      server.on('data', (chunk) => {
        heard += chunk.length;
        counted.emit('more');
      });
      const options = { socket: left, ca, servername: 'localhost', ciphers: 'TLS_AES_128_GCM_SHA256' };
      const client = stage.keep(stage.api.connect({ ...options, minVersion: 'TLSv1.3' }));
      const early = client.setMaxSendFragment(1024);
      await once(client, 'secureConnect');
      let due = 0;
      for (const size of [undefined, 512, 4096, 16_384]) {
        if (size !== undefined) client.setMaxSendFragment(size);
        longest();
        client.write(Buffer.alloc(20_000));
        due += 20_000;
        while (heard < due) await once(counted, 'more');
        // The content type and the tag come on top.
        found.push([size, longest() - 17]);
      }
      return [early, found];
    },
  },
];
