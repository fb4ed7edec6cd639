// AES-CCM (RFC 3610, SP 800-38C) out of noble's CBC and CTR, as noble has the block cipher but not this mode. The nonce
// of every AEAD of TLS has 12 bytes, so the length field has three (L = 3): a message is shorter than 16 MiB.

import { cbc, ctr } from '@noble/ciphers/aes.js';
import { concat, equalConstantTime } from '../bytes/bytes.ts';
import type { Aead } from '../crypto/provider.ts';
import { requireNonce } from './checks.ts';

/** `key` of 16 or 32 bytes, which is kept; a tag of `tagLength` bytes, 8 or 16. */
export function nobleCcm(key: Uint8Array, tagLength: number): Aead {
  /** Encrypts or decrypts: the first block of the key stream goes over the tag, the others over the message. */
  const crypt = (nonce: Uint8Array, tag: Uint8Array, message: Uint8Array) => {
    const counter = concat(Uint8Array.of(LENGTH_SIZE - 1), nonce, new Uint8Array(LENGTH_SIZE));
    const out = ctr(key, counter).encrypt(concat(tag, new Uint8Array(BLOCK - tagLength), message));
    return { tag: out.subarray(0, tagLength), message: out.subarray(BLOCK) };
  };
  const authenticate = (nonce: Uint8Array, aad: Uint8Array, message: Uint8Array) =>
    cbc(key, new Uint8Array(BLOCK), { disablePadding: true })
      .encrypt(macInput(tagLength, nonce, aad, message))
      .subarray(-BLOCK)
      .slice(0, tagLength);
  return {
    tagLength,
    seal(nonce, aad, plaintext, out) {
      requireNonce(nonce);
      const whole = concat(...plaintext);
      if (whole.length > MAX_LENGTH) throw new RangeError(`CCM takes no message of ${whole.length} bytes`);
      const sealed = crypt(nonce, authenticate(nonce, aad, whole), whole);
      if (whole.length > 0) out.push(sealed.message);
      out.push(sealed.tag);
    },
    open(nonce, aad, sealed) {
      requireNonce(nonce);
      const length = sealed.length - tagLength;
      if (length < 0 || length > MAX_LENGTH) return undefined;
      const opened = crypt(nonce, sealed.subarray(length), sealed.subarray(0, length));
      // The tag is over the plaintext, which therefore exists before the tag is right; it leaves only afterwards.
      if (equalConstantTime(opened.tag, authenticate(nonce, aad, opened.message))) return opened.message.slice();
      opened.message.fill(0);
      return undefined;
    },
  };
}

const BLOCK = 16;
const LENGTH_SIZE = 3;
const MAX_LENGTH = 2 ** (8 * LENGTH_SIZE) - 1;

/** B_0, then additional data behind its length, then the message, both filled up with zeros (RFC 3610 2.2). */
function macInput(tagLength: number, nonce: Uint8Array, aad: Uint8Array, message: Uint8Array): Uint8Array {
  const { length } = message;
  const flags = (aad.length > 0 ? 0x40 : 0) | (((tagLength - 2) / 2) << 3) | (LENGTH_SIZE - 1);
  const first = concat(Uint8Array.of(flags), nonce, Uint8Array.of(length >> 16, (length >> 8) & 0xff, length & 0xff));
  const data = aad.length === 0 ? aad : concat(encodedLength(aad.length), aad);
  return concat(first, data, zerosAfter(data), message, zerosAfter(message));
}

function encodedLength(length: number): Uint8Array {
  const low = [(length >> 8) & 0xff, length & 0xff];
  return length < 0xff00
    ? Uint8Array.from(low)
    : Uint8Array.of(0xff, 0xfe, length >>> 24, (length >> 16) & 0xff, ...low);
}

const zerosAfter = (bytes: Uint8Array): Uint8Array => new Uint8Array(-bytes.length & (BLOCK - 1));
