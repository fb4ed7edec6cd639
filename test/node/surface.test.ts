// TLSSocket is a tls.TLSSocket as instanceof tells, and none of node's own code runs on it: whatever the prototypes of
// tls.TLSSocket and net.Socket have is overridden by ours.

import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import tls from 'node:tls';
import { expect, test } from 'vitest';
import { TLSSocket } from '../../src/node/index.ts';
import { SocketBase } from '../../src/node/socket_base.ts';

/** What node:tls's own constructor and machinery call on sockets of their own making. */
const INNER = [
  '_wrapHandle',
  '_destroySSL',
  '_init',
  '_handleTimeout',
  '_emitTLSError',
  '_tlsError',
  '_releaseControl',
];
const INNER_TOO = ['_finishInit', '_start', '_reset', '_writeGeneric', 'setSession'];

/** Every prototype between ours and node's. */
function ownNames(): Set<string> {
  const names = new Set<string>();
  for (let one = TLSSocket.prototype as object; one !== tls.TLSSocket.prototype; one = Object.getPrototypeOf(one)) {
    for (const name of Object.getOwnPropertyNames(one)) names.add(name);
  }
  return names;
}

test('every public name of tls.TLSSocket and net.Socket is ours', () => {
  const ours = ownNames();
  const theirs = [tls.TLSSocket.prototype, Socket.prototype].flatMap((one) => Object.getOwnPropertyNames(one));
  expect(theirs.length).toBeGreaterThan(60);
  const missing = theirs.filter((name) => !ours.has(name) && ![...INNER, ...INNER_TOO].includes(name));
  expect(missing).toEqual([]);
});

test('the streams’ own methods stand before net’s', () => {
  for (const name of ['end', 'pause', 'resume', 'read', 'destroy'] as const) {
    expect(SocketBase.prototype[name]).toBe(Duplex.prototype[name]);
  }
});

test('it is one of node’s as far as instanceof and the type checker go', () => {
  const socket = new TLSSocket(new Duplex({ read() {}, write() {} }));
  expect([socket instanceof tls.TLSSocket, socket instanceof Socket, socket instanceof Duplex]).toEqual([
    true,
    true,
    true,
  ]);
  expect([socket.encrypted, socket.remoteAddress, socket._handle]).toEqual([true, undefined, null]);
  socket.destroy();
});
