// What the two modules need not have in common about `onread`: buffers without room, callbacks that stop, go on or destroy.

import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { type OnRead, userBuffer } from '../../src/node/user_buffer.ts';

const DATA = Buffer.from('0123456789');

function fed(onread: OnRead): { readonly socket: Duplex; readonly buffer: ReturnType<typeof userBuffer> } {
  const socket = new Duplex({ read() {}, write() {} });
  return { socket, buffer: userBuffer(onread, socket) };
}

test('a buffer without room stops it, instead of being asked for ever', () => {
  let asked = 0;
  const rooms = [4, 0, 4, 4];
  const seen: number[] = [];
  const { buffer } = fed({
    buffer: () => Buffer.alloc(rooms[asked++] ?? 0),
    callback: (length) => seen.push(length) > 0,
  });
  expect([buffer?.take(DATA), seen, asked]).toEqual([false, [4], 2]);
  expect([buffer?.goOn(), seen, buffer?.holds]).toEqual([true, [4, 4, 2], false]);
});

test('a callback that goes on itself hands everything out once', () => {
  let text = '';
  const { buffer } = fed({
    buffer: Buffer.alloc(3),
    callback: (length, into) => {
      text += Buffer.from(into).toString('latin1', 0, length);
      if (length === 3) buffer?.goOn();
      return true;
    },
  });
  expect([buffer?.take(DATA), text, buffer?.holds]).toEqual([true, '0123456789', false]);
});

test('a callback that destroys the socket is not called again', () => {
  let calls = 0;
  const { socket, buffer } = fed({
    buffer: Buffer.alloc(3),
    callback: () => {
      calls++;
      socket.destroy();
      return true;
    },
  });
  buffer?.take(DATA);
  buffer?.goOn();
  expect(calls).toBe(1);
});

test('what is not whole is none: no callback, no buffer, an empty one', () => {
  const callback = (): boolean => true;
  const broken = [
    null,
    undefined,
    {},
    { callback },
    { buffer: DATA },
    { buffer: Buffer.alloc(0), callback },
    { buffer: 'x', callback },
  ];
  for (const one of broken) expect(fed(one as unknown as OnRead).buffer).toBeUndefined();
});
