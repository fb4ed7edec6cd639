// Handshakes over loopback TCP, full ones and resumed ones, both ends in this process: connect, shake hands, one byte each way, close. glasstls and
// node:tls do the same work: the chain is verified against one root, with one SecureContext a side for all connections and, as
// contestants of their own, with one that each client makes for itself. No cache crosses connections but that context.

import { connect as connectTcp, createServer as createTcpServer } from 'node:net';
import tls from 'node:tls';
import * as glass from 'glasstls/node';
import { nodeProvider } from 'glasstls/providers/node';
import { echoOnce, exchange, listen } from './exchange.mjs';
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

function optionsOf(row) {
  return {
    minVersion: row.version,
    maxVersion: row.version,
    ciphers: row.cipher,
    ecdhCurve: row.group ?? 'X25519:P-256',
  };
}

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

/** Two contestants with one server: clients that share a context, and clients that make their own. */
async function contestants(module, row, identity) {
  // node:tls has no such option, and needs none.
  const options = { ...optionsOf(row), ...(module === glass && { legacy: row.legacy }) };
  const { cert, key, ca } = identity;
  const server = module.createServer({ ...options, cert, key }, echoOnce);
  const port = await listen(server);
  const where = { host: '127.0.0.1', port, servername: 'localhost' };
  const secureContext = module.createSecureContext({ ...options, ca });
  return {
    server,
    shared: resuming(row, (session) => module.connect({ ...where, ...options, secureContext, session })),
    own: resuming(row, (session) => module.connect({ ...where, ...options, ca, session })),
  };
}

async function tcpContestant() {
  const server = createTcpServer({ noDelay: true }, echoOnce);
  const port = await listen(server);
  return { run: () => exchange(connectTcp({ port, host: '127.0.0.1', noDelay: true }), 'connect'), server };
}

/** CPU microseconds of both ends, for a row, of every contestant. */
export async function measureRow(row, identity, { count, rounds, warmUp }) {
  const ours = await contestants(glass, row, identity);
  const native = await contestants(tls, row, identity);
  const tcp = await tcpContestant();
  const runs = {
    glasstls: ours.shared,
    'node:tls': native.shared,
    'glasstls, own context': ours.own,
    'node:tls, own context': native.own,
    tcp: tcp.run,
  };
  const figures = await inTurns(runs, rounds, (run) => cpuPerRun(run, count), warmUp);
  for (const { server } of [ours, native, tcp]) server.close();
  return figures;
}
