// Finite field Diffie-Hellman on node:crypto, through PrivateKeyInfo and the stateless diffieHellman(). The class
// DiffieHellman would be less to write and cannot be used: it proves every prime first, also those of RFC 7919 on Node 24
// (240 ms for 2048 bits, 34 s for 8192), and cannot be told not to.

import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject, randomFillSync } from 'node:crypto';
import { fromBigInt, fromHex, toBigInt } from '../bytes/bytes.ts';
import { Reader } from '../bytes/reader.ts';
import type { DhShare } from '../crypto/provider.ts';
import { type DhField, dhField, isInside, peerNumber, randomExponent } from './dh.ts';
import { BIT_STRING, content, INTEGER, integer, OCTET_STRING, SEQUENCE, subjectPublicKey, tlv } from './node_der.ts';

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
  const algorithm = tlv(SEQUENCE, DH_KEY_AGREEMENT, tlv(SEQUENCE, integer(field.prime), integer(field.generator)));
  try {
    const privateKey = importPrivate(algorithm, exponent);
    const publicNumber = content(new Reader(subjectPublicKey(createPublicKey(privateKey))), INTEGER);
    if (!isInside(field, toBigInt(publicNumber))) return undefined;
    return {
      publicKey: fromBigInt(toBigInt(publicNumber), field.prime.length),
      derive(peer) {
        const y = peerNumber(field, peer);
        if (y === undefined) return undefined;
        try {
          const secret = toBigInt(diffieHellman({ privateKey, publicKey: importPublic(algorithm, y) }));
          return isInside(field, secret) ? fromBigInt(secret, field.prime.length) : undefined;
        } catch {
          return undefined;
        }
      },
    };
  } catch {
    return undefined;
  }
}

function importPrivate(algorithm: Uint8Array, exponent: bigint): KeyObject {
  const info = tlv(SEQUENCE, integer(ZERO), algorithm, tlv(OCTET_STRING, integer(numberBytes(exponent))));
  return createPrivateKey({ key: Buffer.from(info), format: 'der', type: 'pkcs8' });
}

function importPublic(algorithm: Uint8Array, y: bigint): KeyObject {
  const key = tlv(BIT_STRING, ZERO, integer(numberBytes(y))); // no unused bits
  return createPublicKey({ key: Buffer.from(tlv(SEQUENCE, algorithm, key)), format: 'der', type: 'spki' });
}

function numberBytes(value: bigint): Uint8Array {
  return fromBigInt(value, Math.ceil(value.toString(16).length / 2));
}

const ZERO = Uint8Array.of(0);
// PKCS #3: 1.2.840.113549.1.3.1.
const DH_KEY_AGREEMENT = fromHex('06092a864886f70d010301');
