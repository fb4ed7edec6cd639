// Secrets computed a second time, from the RFCs and with node:crypto alone: nothing of src/crypto is used, so that both cannot
// share a mistake.

import { createHmac, hkdfSync } from 'node:crypto';

export type Hash = 'sha256' | 'sha384';

const join = (...parts: readonly (Uint8Array | string)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));

/** RFC 5246 5: A(0) = seed, A(i) = HMAC(secret, A(i-1)); the output is HMAC(secret, A(1) + seed) + HMAC(secret, A(2) + seed) ... */
export function prf(hash: Hash, secret: Uint8Array, label: string, seed: Uint8Array, length: number): string {
  const hmac = (data: Uint8Array): Buffer => createHmac(hash, secret).update(data).digest();
  const labelled = join(label, seed);
  const a: Buffer[] = [labelled];
  const out: Buffer[] = [];
  for (let i = 1; Buffer.concat(out).length < length; i++) {
    a.push(hmac(a[i - 1] as Buffer));
    out.push(hmac(join(a[i] as Buffer, labelled)));
  }
  return Buffer.concat(out).subarray(0, length).toString('hex');
}

/** RFC 4279 2: length and value of the other secret, length and value of the key; in hexadecimal. */
export function pskPreMaster(key: Uint8Array, other: Uint8Array = Buffer.alloc(key.length)): string {
  const length = (bytes: Uint8Array): string => bytes.length.toString(16).padStart(4, '0');
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  return length(other) + hex(other) + length(key) + hex(key);
}

/** RFC 5705 4: the seed of an exporter of TLS 1.2; without a context nothing stands behind the randoms. */
export function exporterSeed(client: Uint8Array, server: Uint8Array, context?: Uint8Array): Uint8Array {
  if (context === undefined) return join(client, server);
  return join(client, server, Uint8Array.of(context.length >> 8, context.length & 255), context);
}

/** RFC 8446 7.1: HKDF-Expand-Label. node:crypto has HKDF whole: the expansion is written out. */
export function expandLabel(
  hash: Hash,
  secret: Uint8Array,
  label: string,
  context: Uint8Array,
  length: number,
): Buffer {
  const name = `tls13 ${label}`;
  const info = join(
    Uint8Array.of(length >> 8, length & 255, name.length),
    name,
    Uint8Array.of(context.length),
    context,
  );
  const blocks: Buffer[] = [];
  for (let i = 1, last = Buffer.alloc(0); Buffer.concat(blocks).length < length; i++) {
    last = createHmac(hash, secret)
      .update(join(last, info, Uint8Array.of(i)))
      .digest();
    blocks.push(last);
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** RFC 5869 as node:crypto has it, to hold the expansion above against. */
export const hkdf = (hash: Hash, key: Uint8Array, info: Uint8Array, length: number): string =>
  Buffer.from(hkdfSync(hash, key, Buffer.alloc(0), info, length)).toString('hex');
