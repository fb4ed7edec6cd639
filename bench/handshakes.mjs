// Handshakes over loopback TCP, full ones and resumed ones, both ends in this process: connect, shake hands, one byte each way, close. glasstls and
// node:tls do the same work: the chain is verified against one root, node:tls has one shared SecureContext a side.

import { connect as connectTcp, createServer as createTcpServer } from 'node:net';
import tls from 'node:tls';
import * as glass from 'glasstls/node';
import { nodeProvider } from 'glasstls/providers/node';
import { cpuPerRun, inTurns } from './measure.mjs';

export const ROWS = [
  { name: '1.2 ECDHE-ECDSA', kind: 'ec', version: 'TLSv1.2', cipher: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
  { name: '1.2 ECDHE-RSA', kind: 'rsa', version: 'TLSv1.2', cipher: 'ECDHE-RSA-AES128-GCM-SHA256' },
  { name: '1.2 RSA', kind: 'rsa', version: 'TLSv1.2', cipher: 'AES128-GCM-SHA256', legacy: true },
  { name: '1.3 ECDSA', kind: 'ec', version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' },
  { name: '1.3 RSA', kind: 'rsa', version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' },
  {
    name: '1.2 resumed',
    kind: 'ec',
    version: 'TLSv1.2',
    cipher: 'ECDHE-ECDSA-AES128-GCM-SHA256',
    resumed: true,
  },
  { name: '1.3 resumed', kind: 'ec', version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', resumed: true },
  {
    name: '1.3 X25519MLKEM768',
    kind: 'ec',
    version: 'TLSv1.3',
    cipher: 'TLS_AES_128_GCM_SHA256',
    group: 'X25519MLKEM768',
  },
];

/** Why a row cannot run here; undefined when it can. */
export function whyNot({ group }) {
  const native = nodeProvider.groups.includes('X25519MLKEM768');
  return group === 'X25519MLKEM768' && !native ? 'this Node has no ML-KEM (24.7 and later have)' : undefined;
}

const listen = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

function optionsOf(row) {
  return {
    minVersion: row.version,
    maxVersion: row.version,
    ciphers: row.cipher,
    ecdhCurve: row.group ?? 'X25519:P-256',
  };
}

/** One byte there, one back, and a clean close on both sides. */
function exchange(socket, ready) {
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.once(ready, () => socket.write('x'));
    socket.once('data', () => socket.end());
    socket.once('close', resolve);
  });
}

const echoOnce = (socket) => {
  socket.once('data', (byte) => socket.end(byte));
  socket.on('error', () => {});
};

/** A run; in a row of resumed handshakes each goes on from the last ticket of the one before. */
function resuming({ resumed = false }, connect) {
  let session;
  return async () => {
    const before = session;
    const socket = connect(before);
    let reused = false;
    socket.once('secureConnect', () => (reused = socket.isSessionReused()));
    if (resumed) socket.on('session', (given) => (session = given));
    await exchange(socket, 'secureConnect');
    if (before !== undefined && !reused) throw new Error('a handshake was not resumed');
  };
}

async function glassContestant(row, identity) {
  const options = optionsOf(row);
  const server = glass.createServer({ ...options, ...identity, legacy: row.legacy }, echoOnce);
  const port = await listen(server);
  const secureContext = glass.createSecureContext({ ...options, legacy: row.legacy, ca: identity.ca });
  const client = { host: '127.0.0.1', port, servername: 'localhost', secureContext };
  return { run: resuming(row, (session) => glass.connect({ ...client, session })), server };
}

async function nodeContestant(row, identity) {
  const options = optionsOf(row);
  const server = tls.createServer({ ...options, cert: identity.cert, key: identity.key }, echoOnce);
  const port = await listen(server);
  const secureContext = tls.createSecureContext({ ...options, ca: identity.ca });
  const client = { host: '127.0.0.1', port, servername: 'localhost', secureContext, ...options };
  return { run: resuming(row, (session) => tls.connect({ ...client, session })), server };
}

async function tcpContestant() {
  const server = createTcpServer({ noDelay: true }, echoOnce);
  const port = await listen(server);
  return { run: () => exchange(connectTcp({ port, host: '127.0.0.1', noDelay: true }), 'connect'), server };
}

/** CPU microseconds of both ends, for a row, of every contestant. */
export async function measureRow(row, identity, { count, rounds, warmUp }) {
  const contestants = {
    glasstls: await glassContestant(row, identity),
    'node:tls': await nodeContestant(row, identity),
    tcp: await tcpContestant(),
  };
  const runs = Object.fromEntries(Object.entries(contestants).map(([name, { run }]) => [name, run]));
  const figures = await inTurns(runs, rounds, (run) => cpuPerRun(run, count), warmUp);
  for (const { server } of Object.values(contestants)) server.close();
  return figures;
}
