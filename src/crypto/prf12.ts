// The pseudo-random function of TLS 1.2 (RFC 5246 5): P_hash with the suite's hash, SHA-256 unless the suite says more.

import { ascii, concat } from '../bytes/bytes.ts';
import type { HashName } from './keys.ts';
import type { CryptoProvider } from './provider.ts';

/** PRF(secret, label, seed)[0..length-1]. */
export function prf12(
  provider: CryptoProvider,
  hash: HashName,
  secret: Uint8Array,
  label: string,
  seed: Uint8Array,
  length: number,
): Uint8Array {
  const labelled = concat(ascii(label), seed);
  const out = new Uint8Array(length);
  let a = labelled;
  for (let at = 0; at < length; ) {
    a = provider.hmac(hash, secret, a);
    const block = provider.hmac(hash, secret, a, labelled);
    out.set(block.subarray(0, length - at), at);
    at += block.length;
  }
  return out;
}
