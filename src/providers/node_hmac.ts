// HMAC (RFC 2104) of node:crypto's one-shot hash. createHmac makes an object of OpenSSL's that the collector has to destroy: it
// costs more than twice as much as two hashes on Node 20, and ten times as much on Node 24, which imports the key anew each time.
// A handshake takes dozens of them.

import * as nodeCrypto from 'node:crypto';
import { fromLatin1 } from '../bytes/bytes.ts';
import type { HashName } from '../crypto/keys.ts';

type OneShotHash = (name: string, data: Uint8Array, encoding: 'latin1') => string;

// Of Node 20.12 and later; the types of Node 20 do not have it yet.
const { hash } = nodeCrypto as unknown as { readonly hash: OneShotHash };

const BLOCK: Readonly<Record<HashName, number>> = { sha1: 64, sha256: 64, sha384: 128, sha512: 128 };
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/** What one hash reads: a padded key, and behind it the message or the inner hash. Wiped after each use. */
const scratch = new Uint8Array(1024);

/** HMAC of `parts`, one after the other, under a key of any length. */
export function nodeHmac(name: HashName, key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  const block = BLOCK[name];
  const short = key.length > block ? nodeDigest(name, key) : key;
  let end = block;
  for (const part of parts) end += part.length;
  const room = end <= scratch.length ? scratch : new Uint8Array(end);
  pad(room, short, block, INNER_PAD);
  let at = block;
  for (const part of parts) {
    room.set(part, at);
    at += part.length;
  }
  const inner = nodeDigest(name, room.subarray(0, end));
  pad(room, short, block, OUTER_PAD);
  room.set(inner, block);
  const outer = nodeDigest(name, room.subarray(0, block + inner.length));
  room.fill(0, 0, Math.max(end, block + inner.length));
  return outer;
}

/** By way of a string: what node:crypto returns as bytes has memory outside the heap, and costs more than the hash. */
function nodeDigest(name: HashName, data: Uint8Array): Uint8Array {
  return fromLatin1(hash(name, data, 'latin1'));
}

function pad(room: Uint8Array, key: Uint8Array, block: number, value: number): void {
  for (let i = 0; i < key.length; i++) room[i] = (key[i] as number) ^ value;
  room.fill(value, key.length, block);
}
