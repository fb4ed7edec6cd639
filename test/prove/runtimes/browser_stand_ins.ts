// What stands for Node in a browser, for the tests alone: noble in the place of the provider `node`, whose own tests are skipped, and
// the little of node:crypto, node:fs and node:zlib that the golden sessions are played with.

import { sha256 } from '@noble/hashes/sha2.js';
import type { CurveName } from '../../../src/crypto/keys.ts';
import type { PrivateKey } from '../../../src/crypto/provider.ts';
import { bigIntDhShareOf } from '../../../src/providers/dh_bigint.ts';
import { noblePrivateKey, nobleProvider } from '../../../src/providers/noble.ts';
import { nobleKeyShareOf } from '../../../src/providers/noble_groups.ts';

export const nodeProvider = nobleProvider;
export const nodeKeyShareOf = nobleKeyShareOf;
export const nodeDhShareOf = bigIntDhShareOf;

/**
 * Keys of elliptic curves are noble's. There is no private operation of RSA: the public half is a number that certificates can hold, and
 * whoever signs or decrypts with the other has met the end of what runs here.
 */
export function generatePrivateKey(kind: 'rsa' | 'ec' | 'ed25519' | 'ed448', size?: number | CurveName) {
  if (kind === 'rsa') return { privateKey: rsaWithoutOperation(typeof size === 'number' ? size : 2048) };
  const curve = kind === 'ec' ? ((size as CurveName | undefined) ?? 'secp256r1') : kind;
  const secret = nobleProvider.random(SECRET_LENGTH[curve]);
  // Below the order of each curve.
  secret[0] = curve === 'secp521r1' ? 0 : (secret[0] as number) & 0x7f;
  return { privateKey: noblePrivateKey(curve, secret) };
}

const SECRET_LENGTH = { secp256r1: 32, secp384r1: 48, secp521r1: 66, ed25519: 32, ed448: 57 } as const;

function rsaWithoutOperation(bits: number): PrivateKey {
  const modulus = nobleProvider.random(Math.ceil(bits / 8));
  // As many bits as asked for, whatever stands in the first byte.
  const top = (bits - 1) % 8;
  modulus[0] = ((modulus[0] as number) & ((1 << top) - 1)) | (1 << top);
  modulus[modulus.length - 1] = (modulus.at(-1) as number) | 1;
  const refuse = (): never => {
    Object.assign(globalThis, { neededNode: true });
    throw new Error('there is no private operation of RSA here');
  };
  return { publicKey: { kind: 'rsa', modulus, exponent: Uint8Array.of(1, 0, 1) }, sign: refuse, decryptRaw: refuse };
}

/** SHA-256 alone. */
export function createHash(name: string): { update(text: string): { digest(): Uint8Array } } {
  if (name !== 'sha256') throw new RangeError(`no ${name} here`);
  return { update: (text) => ({ digest: () => sha256(new TextEncoder().encode(text)) }) };
}

declare const STORED_FILES: Readonly<Record<string, string>>;

/** Of the golden sessions, which are in the bundle. */
export function readFileSync(url: URL): string {
  const text = STORED_FILES[url.pathname.split('/').at(-1) ?? ''];
  if (text === undefined) throw new Error(`${url} is not in the bundle`);
  return text;
}

export function writeFileSync(): never {
  throw new Error('nothing is written here');
}

/** One stored block (RFC 1951 3.2.4) in zlib's wrapping, which is what the golden sessions compress with. */
export function inflateSync(bytes: Uint8Array): Uint8Array {
  const length = (bytes[3] ?? 0) | ((bytes[4] ?? 0) << 8);
  if (bytes[2] !== 1 || bytes.length !== length + 11) throw new RangeError('not one stored block');
  return bytes.subarray(7, 7 + length);
}
