// What both providers check of finite field Diffie-Hellman before they compute, and how long a private key is. The field
// may be one of RFC 7919 or any numbers that a server of TLS 1.2 sent (RFC 5246 7.4.3): bounded, but not proved prime.
// A composite harms the session of the peer who chose it and nothing else, since a private key is used for one session.

import { toBigInt } from '../bytes/bytes.ts';
import { ffdheExponentBits, ffdheGroupOf } from '../crypto/ffdhe.ts';
import type { FfdheName } from '../crypto/keys.ts';

/** Parameters that have passed {@link dhField}. */
export interface DhField {
  readonly name: FfdheName | undefined;
  /** Unsigned big-endian, without leading zeros. */
  readonly prime: Uint8Array;
  readonly generator: Uint8Array;
  readonly p: bigint;
  readonly g: bigint;
  readonly exponentBits: number;
}

/** OpenSSL computes with nothing shorter; what an engine takes begins far above it. */
const MIN_PRIME_BITS = 512;
/** The longest that RFC 7919 has. A prime costs us time that grows with its square, and a peer nothing. */
const MAX_PRIME_BITS = 8192;
/**
 * Of private keys in a field whose structure is not known. A short key is safe where (p-1)/2 is prime; elsewhere small
 * factors of p-1 give away a part of it, about as many bits as they have. 1024 leave three quarters to them, cost half as
 * much as a full key at 2048 bits, and keep 8192 bits bearable.
 */
const MAX_EXPONENT_BITS = 1024;

/** See CryptoProvider.generateDhShare for what is refused. */
export function dhField(prime: Uint8Array, generator: Uint8Array): DhField | undefined {
  const [primeBytes, generatorBytes] = [withoutZeros(prime), withoutZeros(generator)];
  if (primeBytes.length > MAX_PRIME_BITS / 8 || generatorBytes.length > primeBytes.length) return undefined;
  const [p, g] = [toBigInt(primeBytes), toBigInt(generatorBytes)];
  const bits = p.toString(2).length;
  if (bits < MIN_PRIME_BITS || (p & 1n) === 0n || g < 2n || g > p - 2n) return undefined;
  const name = ffdheGroupOf(primeBytes, generatorBytes);
  const exponentBits = name === undefined ? Math.min(bits - 1, MAX_EXPONENT_BITS) : ffdheExponentBits(name);
  return { name, prime: primeBytes, generator: generatorBytes, p, g, exponentBits };
}

/** A private key: random but for its top bit, which is set so that every key of a field has the same length. */
export function randomExponent(field: DhField, random: (length: number) => Uint8Array): bigint {
  const top = BigInt(field.exponentBits - 1);
  const drawn = toBigInt(random(Math.ceil(field.exponentBits / 8)));
  return (drawn & ((1n << top) - 1n)) | (1n << top);
}

/** The public key of a peer as a number, or undefined when it is out of range (RFC 7919 5.1: 1 < y < p-1 is a MUST). */
export function peerNumber(field: DhField, peer: Uint8Array): bigint | undefined {
  const bytes = withoutZeros(peer);
  if (bytes.length > field.prime.length) return undefined;
  const y = toBigInt(bytes);
  return isInside(field, y) ? y : undefined;
}

/** Whether a public key or a secret is neither 0, 1 nor p-1, the values of the two smallest subgroups. */
export function isInside(field: DhField, value: bigint): boolean {
  return value > 1n && value < field.p - 1n;
}

function withoutZeros(number: Uint8Array): Uint8Array {
  const first = number.findIndex((byte) => byte !== 0);
  return first === -1 ? number.subarray(number.length) : number.slice(first);
}
