// Bulk data over loopback TCP, both ends in this process: one side writes, the other counts. In either direction. Beside the two stacks
// stands what node:crypto and TCP alone would leave room for: as many bytes sealed, sent without TLS, and opened.

import net from 'node:net';
import tls from 'node:tls';
import * as glass from 'glasstls/node';
import { nodeProvider } from 'glasstls/providers/node';
import { listen } from './exchange.mjs';
import { inTurns, microseconds, wallSeconds } from './measure.mjs';

const UP = 'client to server';
const DOWN = 'server to client';

export const BULK_ROWS = [
  { version: 'TLSv1.2', direction: UP, write: 16_384 },
  { version: 'TLSv1.3', direction: UP, write: 16_384 },
  { version: 'TLSv1.3', direction: DOWN, write: 16_384 },
  { version: 'TLSv1.3', direction: UP, write: 1024 },
  { version: 'TLSv1.3', direction: DOWN, write: 1024 },
];

const AEAD = 'aes-128-gcm';
const CIPHERS = { 'TLSv1.2': 'ECDHE-ECDSA-AES128-GCM-SHA256', 'TLSv1.3': 'TLS_AES_128_GCM_SHA256' };
const SECURE = { accepted: 'secureConnection', opened: 'secureConnect' };
const PLAIN = { accepted: 'connection', opened: 'connect' };

async function contestant(stack, { version, direction }, identity, events = SECURE) {
  const options = events === PLAIN ? {} : { minVersion: version, maxVersion: version, ciphers: CIPHERS[version] };
  const { cert, key, ca } = identity;
  let counted = () => {};
  const server = stack.createServer({ ...options, cert, key });
  const accepted = new Promise((resolve) => server.once(events.accepted, resolve));
  const port = await listen(server);
  const socket = stack.connect({ ...options, host: '127.0.0.1', port, servername: 'localhost', ca });
  await new Promise((resolve, reject) => socket.once(events.opened, resolve).once('error', reject));
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

/** MB/s for each stack, for a row, and `ceiling`: what is left when TLS costs nothing but its cryptography. */
export async function measureBulk(row, identity, { megabytes, rounds, bulkWarmUp, primitive }) {
  const { write } = row;
  const stacks = {
    glasstls: await contestant(glass, row, identity),
    'node:tls': await contestant(tls, row, identity),
    // A record is filled whatever the writes are.
    tcp: await contestant(net, row, identity, PLAIN),
  };
  const total = Math.ceil((megabytes * 1e6) / RECORD) * RECORD;
  const runs = Object.fromEntries(
    Object.entries(stacks).map(([name, { send }]) => [name, () => send(total, name === 'tcp' ? RECORD : write)]),
  );
  const { tcp, ...seconds } = await inTurns(runs, rounds, wallSeconds, bulkWarmUp);
  for (const { close } of Object.values(stacks)) close();
  const cryptography = ((sealAndOpen(primitive) / 1e6) * total) / RECORD;
  const speed = (s) => total / 1e6 / s;
  const figures = Object.fromEntries(Object.entries(seconds).map(([name, s]) => [name, speed(s)]));
  return { ...figures, ceiling: speed(tcp + cryptography) };
}

const RECORD = 16_384;

/** Microseconds for one full record, both ends. */
function sealAndOpen(milliseconds) {
  const aead = nodeProvider.aead(AEAD, nodeProvider.random(16));
  const [nonce, aad, content] = [12, 5, RECORD].map((length) => nodeProvider.random(length));
  const seal = () => {
    const pieces = [];
    aead.seal(nonce, aad, [content], pieces);
    return pieces;
  };
  const sealed = new Uint8Array(Buffer.concat(seal()));
  return microseconds(seal, milliseconds) + microseconds(() => aead.open(nonce, aad, sealed), milliseconds);
}
