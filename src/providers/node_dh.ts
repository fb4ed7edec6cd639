// Finite field Diffie-Hellman on node:crypto. Its class DiffieHellman is not used: it proves every prime first, 270 ms
// for 2048 bits, and on Node 24 even those of RFC 7919. The stateless diffieHellman() takes keys in any field; it serves
// here as a modular exponentiation in constant time. For groups that OpenSSL knows by their numbers it would also prove
// that a peer is in the subgroup of order (p-1)/2, on some versions, at three to eight times the cost of the agreement;
// RFC 7919 does not ask for it, so keys are imported with a generator of no group, and the real one is given as a base.

import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject, randomFillSync } from 'node:crypto';
import { concat, fromBigInt, fromHex, toBigInt } from '../bytes/bytes.ts';
import type { DhShare } from '../crypto/provider.ts';
import { type DhField, dhField, isInside, peerNumber, randomExponent } from './dh.ts';

/** See CryptoProvider.generateDhShare. */
export function generateNodeDhShare(prime: Uint8Array, generator: Uint8Array): DhShare | undefined {
  const field = dhField(prime, generator);
  const random = (length: number) => randomFillSync(new Uint8Array(length));
  return field && nodeDhShareOf(field, randomExponent(field, random));
}

/**
 * The share of a given private key. Undefined when the generator is of no use, as it can be only where the modulus is
 * not prime.
 * @internal
 */
export function nodeDhShareOf(field: DhField, exponent: bigint): DhShare | undefined {
  const algorithm = tlv(SEQUENCE, DH_KEY_AGREEMENT, tlv(SEQUENCE, integer(field.p), integer(3n)));
  let privateKey: KeyObject;
  /** base ^ exponent mod p, as long as p, or undefined when that is 0, 1 or p-1. */
  const power = (base: bigint): Uint8Array | undefined => {
    try {
      const result = toBigInt(diffieHellman({ privateKey, publicKey: importPublic(algorithm, base) }));
      return isInside(field, result) ? fromBigInt(result, field.prime.length) : undefined;
    } catch {
      return undefined;
    }
  };
  try {
    privateKey = importPrivate(algorithm, exponent);
  } catch {
    return undefined;
  }
  const publicKey = power(field.g);
  if (publicKey === undefined) return undefined;
  return {
    publicKey,
    derive(peer) {
      const y = peerNumber(field, peer);
      return y === undefined ? undefined : power(y);
    },
  };
}

/** PrivateKeyInfo (RFC 5208 5). */
function importPrivate(algorithm: Uint8Array, exponent: bigint): KeyObject {
  const info = tlv(SEQUENCE, integer(0n), algorithm, tlv(OCTET_STRING, integer(exponent)));
  return createPrivateKey({ key: Buffer.from(info), format: 'der', type: 'pkcs8' });
}

/** SubjectPublicKeyInfo (RFC 5280 4.1.2.7). */
function importPublic(algorithm: Uint8Array, y: bigint): KeyObject {
  const info = tlv(SEQUENCE, algorithm, tlv(BIT_STRING, Uint8Array.of(0), integer(y)));
  return createPublicKey({ key: Buffer.from(info), format: 'der', type: 'spki' });
}

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const SEQUENCE = 0x30;
/** PKCS #3: 1.2.840.113549.1.3.1. */
const DH_KEY_AGREEMENT = fromHex('06092a864886f70d010301');

/** DER of up to 65535 bytes of content. */
function tlv(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concat(...parts);
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return concat(Uint8Array.of(tag, ...head), content);
}

/** A number that is not negative: one byte more than its bits fill, so that the sign bit is zero. */
function integer(value: bigint): Uint8Array {
  return tlv(INTEGER, fromBigInt(value, Math.floor(value.toString(2).length / 8) + 1));
}
