// HKDF (RFC 5869) over a provider's HMAC, and TLS 1.3's use of it (RFC 8446 7.1). Written once here, so that no two
// providers can disagree about a label.

import { ascii, EMPTY } from '../bytes/bytes.ts';
import type { HashName } from './keys.ts';
import type { CryptoProvider } from './provider.ts';

export const HASH_LENGTH: Readonly<Record<HashName, number>> = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 };

/** RFC 5869 2.2. An empty salt stands for a hash's length of zeros. Returns a pseudo-random key as long as the hash. */
export function hkdfExtract(provider: CryptoProvider, hash: HashName, salt: Uint8Array, ikm: Uint8Array): Uint8Array {
  const key = salt.length === 0 ? new Uint8Array(HASH_LENGTH[hash]) : salt;
  return provider.hmac(hash, key, ikm);
}

/**
 * RFC 5869 2.3.
 * @throws RangeError when `length` is more than 255 blocks of the hash
 */
export function hkdfExpand(
  provider: CryptoProvider,
  hash: HashName,
  prk: Uint8Array,
  info: Uint8Array,
  length: number,
): Uint8Array {
  const size = HASH_LENGTH[hash];
  const blocks = Math.ceil(length / size);
  if (blocks > 255) throw new RangeError(`HKDF-Expand gives at most ${255 * size} bytes, not ${length}`);
  if (blocks === 1) {
    const block = provider.hmac(hash, prk, info, ONE);
    return length === size ? block : block.subarray(0, length);
  }
  const out = new Uint8Array(length);
  let previous = EMPTY;
  for (let i = 1; i <= blocks; i++) {
    previous = provider.hmac(hash, prk, previous, info, Uint8Array.of(i));
    out.set(previous.subarray(0, length - (i - 1) * size), (i - 1) * size);
  }
  return out;
}

const ONE = Uint8Array.of(1);

/** TLS 1.3 has two dozen labels, and each handshake uses most of them. */
const labels = new Map<string, Uint8Array>();

function labelOf(label: string): Uint8Array {
  const known = labels.get(label);
  if (known !== undefined) return known;
  const name = ascii(`tls13 ${label}`);
  // An exporter's label is the application's, and there may be any number of them.
  if (labels.size < 64) labels.set(label, name);
  return name;
}

/** RFC 8446 7.1, the struct HkdfLabel: length, "tls13 " + label, context. */
export function hkdfLabel(label: string, context: Uint8Array, length: number): Uint8Array {
  const name = labelOf(label);
  const info = new Uint8Array(4 + name.length + context.length);
  info[0] = length >> 8;
  info[1] = length;
  info[2] = name.length;
  info.set(name, 3);
  info[3 + name.length] = context.length;
  info.set(context, 4 + name.length);
  return info;
}

/** RFC 8446 7.1, HKDF-Expand-Label. */
export function hkdfExpandLabel(
  provider: CryptoProvider,
  hash: HashName,
  secret: Uint8Array,
  label: string,
  context: Uint8Array,
  length: number,
): Uint8Array {
  return hkdfExpand(provider, hash, secret, hkdfLabel(label, context, length), length);
}
