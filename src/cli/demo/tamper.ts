// Somebody on the way: a stream that changes what the server sends before the client reads it, for the chapter on tampering. What is
// changed is one bit, chosen by what the record holds.

import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

export type Change = (record: Buffer) => void;

/** The transport as the client sees it: each whole record from the server may be changed in place. */
export function changedOnTheWay(transport: Socket, change: Change): Duplex {
  let kept = Buffer.alloc(0);
  const view = new Duplex({
    allowHalfOpen: true,
    read: () => {},
    write: (chunk, _encoding, done) => void transport.write(chunk, done),
    final: (done) => void transport.end(() => done()),
    destroy: (error, done) => {
      transport.destroy();
      done(error);
    },
  });
  transport.on('data', (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]);
    for (let size = recordSize(kept); size > 0; size = recordSize(kept)) {
      const record = Buffer.from(kept.subarray(0, size));
      kept = kept.subarray(size);
      change(record);
      view.push(record);
    }
  });
  transport.on('end', () => view.push(null));
  transport.on('error', (error) => view.destroy(error));
  return view;
}

function recordSize(bytes: Buffer): number {
  const size = bytes.length < 5 ? 0 : 5 + bytes.readUInt16BE(3);
  return size > bytes.length ? 0 : size;
}

const SERVER_KEY_EXCHANGE = 12;

/** One bit of the server's public key in a ServerKeyExchange (RFC 8422 5.4): behind header, curve type, curve and length. */
export const flipPublicKey: Change = (record) => {
  if (record[0] !== 22) return;
  for (let at = 5; at + 4 <= record.length; at += 4 + record.readUIntBE(at + 1, 3)) {
    if (record[at] === SERVER_KEY_EXCHANGE) record[at + 4 + 4] = (record[at + 8] ?? 0) ^ 1;
  }
};

/** One bit in the first encrypted record. */
export function flipCiphertext(): Change {
  let done = false;
  return (record) => {
    if (done || record[0] !== 23) return;
    done = true;
    record[5] = (record[5] ?? 0) ^ 1;
  };
}
