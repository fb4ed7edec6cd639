// Finite field Diffie-Hellman in BigInt, for providers whose backend has none.
//
// Time: the exponentiation takes the same squarings and multiplications for every private key of a field, and its table
// holds numbers of one length. What remains is the engine's: BigInt arithmetic is not promised to take the same time for
// numbers of the same length, and the entry that is read shows in the cache. A private key is used for one public key
// and one secret, so that nobody can measure it twice.

import { fromBigInt } from '../bytes/bytes.ts';
import type { DhShare } from '../crypto/provider.ts';
import { type DhField, dhField, isInside, peerNumber, randomExponent } from './dh.ts';

/** See CryptoProvider.generateDhShare. */
export function generateBigIntDhShare(
  random: (length: number) => Uint8Array,
  prime: Uint8Array,
  generator: Uint8Array,
): DhShare | undefined {
  const field = dhField(prime, generator);
  return field && bigIntDhShareOf(field, randomExponent(field, random));
}

/**
 * The share of a given private key, which has at most `field.exponentBits` bits. Undefined when the generator is of no
 * use, as it can be only where the modulus is not prime.
 * @throws RangeError for a longer private key
 * @internal
 */
export function bigIntDhShareOf(field: DhField, exponent: bigint): DhShare | undefined {
  const { p, g, exponentBits, prime } = field;
  if (exponent >> BigInt(exponentBits) !== 0n) throw new RangeError(`a private key of more than ${exponentBits} bits`);
  const publicNumber = power(g, exponent, exponentBits, p);
  if (!isInside(field, publicNumber)) return undefined;
  return {
    publicKey: fromBigInt(publicNumber, prime.length),
    derive(peer) {
      const y = peerNumber(field, peer);
      if (y === undefined) return undefined;
      const secret = power(y, exponent, exponentBits, p);
      return isInside(field, secret) ? fromBigInt(secret, prime.length) : undefined;
    },
  };
}

const WINDOW = 4n;

/** base ^ exponent mod `modulus`, by windows of four bits, as many as `bits` needs whatever the exponent. */
function power(base: bigint, exponent: bigint, bits: number, modulus: bigint): bigint {
  // The entries are lifted by a multiple of the modulus, or the small ones (1, 2, 4 ...) would multiply faster.
  const lift = modulus << 64n;
  const table: bigint[] = [];
  for (let i = 0, entry = 1n; i < 16; i++, entry = (entry * base) % modulus) table.push(entry + lift);
  let result = 1n;
  for (let at = WINDOW * BigInt(Math.ceil(bits / Number(WINDOW))) - WINDOW; at >= 0n; at -= WINDOW) {
    for (let i = 0; i < WINDOW; i++) result = (result * result) % modulus;
    result = (result * (table[Number((exponent >> at) & 15n)] as bigint)) % modulus;
  }
  return result;
}
