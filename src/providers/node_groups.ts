// Ephemeral key agreement on node:crypto: X25519 and X448 (RFC 7748), the NIST curves (SEC 1), and by name the finite
// fields of RFC 7919, which node_dh.ts computes. A public key of RFC 7748 is computed by multiplying the base point:
// exporting it costs 35 us more as DER and, as JWK, can deadlock Node 20 when the collector runs inside. Importing a JWK
// is safe and ten times faster than DER.

import type { KeyObject } from 'node:crypto';
import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type ECDH,
  generateKeyPairSync,
} from 'node:crypto';
import { concat, fromHex, isAllZero, toBigInt } from '../bytes/bytes.ts';
import { ffdheParameters } from '../crypto/ffdhe.ts';
import type { CurveName, FfdheName, GroupName, MontgomeryName } from '../crypto/keys.ts';
import type { DhShare, KeyShare } from '../crypto/provider.ts';
import { FIELD_LENGTH, isUncompressedPoint } from './checks.ts';
import { dhField } from './dh.ts';
import { plain } from './node_aead.ts';
import { generateNodeDhShare, nodeDhShareOf } from './node_dh.ts';

/** OpenSSL's name of each NIST curve. */
export const OPENSSL_CURVE: Readonly<Record<CurveName, string>> = {
  secp256r1: 'prime256v1',
  secp384r1: 'secp384r1',
  secp521r1: 'secp521r1',
};

export function generateNodeKeyShare(group: GroupName): KeyShare {
  switch (group) {
    case 'x25519':
      return montgomeryShare(group, generateKeyPairSync('x25519').privateKey);
    case 'x448':
      return montgomeryShare(group, generateKeyPairSync('x448').privateKey);
    case 'secp256r1':
    case 'secp384r1':
    case 'secp521r1': {
      const ecdh = createECDH(OPENSSL_CURVE[group]);
      return pointShare(group, ecdh, ecdh.generateKeys());
    }
    case 'ffdhe2048':
    case 'ffdhe3072':
    case 'ffdhe4096':
    case 'ffdhe6144':
    case 'ffdhe8192': {
      const { prime, generator } = ffdheParameters(group);
      return named(group, generateNodeDhShare(prime, generator));
    }
    default:
      throw new RangeError(`the node provider has no group ${JSON.stringify(group)}`);
  }
}

/**
 * The key share of a given private key, for known-answer tests: `privateKey` is the scalar, little-endian for RFC 7748,
 * big-endian for the NIST curves and for finite fields.
 * @internal
 */
export function nodeKeyShareOf(group: GroupName, privateKey: Uint8Array): KeyShare {
  switch (group) {
    case 'x25519':
    case 'x448': {
      const key = concat(fromHex(PKCS8_PREFIX[group]), privateKey);
      return montgomeryShare(group, createPrivateKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8' }));
    }
    case 'secp256r1':
    case 'secp384r1':
    case 'secp521r1': {
      const ecdh = createECDH(OPENSSL_CURVE[group]);
      ecdh.setPrivateKey(privateKey);
      return pointShare(group, ecdh, ecdh.getPublicKey());
    }
    case 'X25519MLKEM768':
    case 'MLKEM1024':
      throw new RangeError('a share of ML-KEM has no private key like the others');
    default: {
      const { prime, generator } = ffdheParameters(group);
      const field = dhField(prime, generator);
      return named(group, field && nodeDhShareOf(field, toBigInt(privateKey)));
    }
  }
}

function named(group: FfdheName, share: DhShare | undefined): KeyShare {
  if (share === undefined) throw new Error(`OpenSSL refuses the parameters of ${group}`);
  return { group, ...share };
}

// PrivateKeyInfo (RFC 8410 7) up to the key itself.
const PKCS8_PREFIX: Readonly<Record<MontgomeryName, string>> = {
  x25519: '302e020100300506032b656e04220420',
  x448: '3046020100300506032b656f043a0438',
};

// RFC 7748 4.1 and 4.2: u = 9 and u = 5. Constants, so that they may outlive a connection.
const BASE_POINT: Readonly<Record<MontgomeryName, KeyObject>> = {
  x25519: importMontgomery('x25519', basePoint('x25519', 9)),
  x448: importMontgomery('x448', basePoint('x448', 5)),
};

function montgomeryShare(group: MontgomeryName, privateKey: KeyObject): KeyShare {
  return {
    group,
    publicKey: plain(diffieHellman({ privateKey, publicKey: BASE_POINT[group] })),
    derive(peer) {
      if (peer.length !== FIELD_LENGTH[group]) return undefined;
      try {
        const secret = plain(diffieHellman({ privateKey, publicKey: importMontgomery(group, peer) }));
        // RFC 8446 7.4.2 makes this check a MUST; OpenSSL throws here as well, but that is its choice and not a contract.
        return isAllZero(secret) ? undefined : secret;
      } catch {
        return undefined;
      }
    },
  };
}

function pointShare(group: CurveName, ecdh: ECDH, publicKey: Buffer): KeyShare {
  return {
    group,
    publicKey: plain(publicKey),
    derive(peer) {
      if (!isUncompressedPoint(group, peer)) return undefined;
      try {
        return plain(ecdh.computeSecret(peer));
      } catch {
        return undefined; // not on the curve
      }
    },
  };
}

function importMontgomery(group: MontgomeryName, key: Uint8Array): KeyObject {
  const crv = group === 'x25519' ? 'X25519' : 'X448';
  return createPublicKey({ key: { kty: 'OKP', crv, x: base64url(key) }, format: 'jwk' });
}

/** RFC 7515's base64url, as JWK spells numbers. */
export function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');
}

function basePoint(group: MontgomeryName, u: number): Uint8Array {
  const point = new Uint8Array(FIELD_LENGTH[group]);
  point[0] = u;
  return point;
}
