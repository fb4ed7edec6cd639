// Ephemeral key agreement on @noble/curves: X25519 and X448 (RFC 7748), the NIST curves (SEC 1); the finite fields of RFC
// 7919 are our own BigInt code (dh_bigint.ts), as noble has none. BigInt arithmetic: the algorithms take the same steps
// for every key, the engine's arithmetic below them does not promise the same time.

import { x448 } from '@noble/curves/ed448.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { randomBytes } from '@noble/hashes/utils.js';
import { isAllZero, toBigInt } from '../bytes/bytes.ts';
import { ffdheParameters } from '../crypto/ffdhe.ts';
import type { CurveName, FfdheName, GroupName, MontgomeryName } from '../crypto/keys.ts';
import type { DhShare, KeyShare } from '../crypto/provider.ts';
import { FIELD_LENGTH, isUncompressedPoint } from './checks.ts';
import { dhField } from './dh.ts';
import { bigIntDhShareOf, generateBigIntDhShare } from './dh_bigint.ts';

export const NOBLE_CURVE = { secp256r1: p256, secp384r1: p384, secp521r1: p521 } as const;
const MONTGOMERY = { x25519, x448 } as const;

export function generateNobleKeyShare(group: GroupName): KeyShare {
  switch (group) {
    case 'x25519':
    case 'x448':
      return nobleKeyShareOf(group, MONTGOMERY[group].utils.randomSecretKey());
    case 'secp256r1':
    case 'secp384r1':
    case 'secp521r1':
      return nobleKeyShareOf(group, NOBLE_CURVE[group].utils.randomSecretKey());
    case 'ffdhe2048':
    case 'ffdhe3072':
    case 'ffdhe4096':
    case 'ffdhe6144':
    case 'ffdhe8192': {
      const { prime, generator } = ffdheParameters(group);
      return named(group, generateBigIntDhShare(randomBytes, prime, generator));
    }
    default:
      throw new RangeError(`the noble provider has no group ${JSON.stringify(group)}`);
  }
}

/**
 * The key share of a given private key: `privateKey` is the scalar in the length of the field, little-endian for RFC
 * 7748, big-endian for the NIST curves, and big-endian in any length for finite fields.
 * @internal
 */
export function nobleKeyShareOf(group: GroupName, privateKey: Uint8Array): KeyShare {
  switch (group) {
    case 'x25519':
    case 'x448':
      return montgomeryShare(group, privateKey);
    case 'secp256r1':
    case 'secp384r1':
    case 'secp521r1':
      return pointShare(group, privateKey);
    default: {
      const { prime, generator } = ffdheParameters(group);
      const field = dhField(prime, generator);
      return named(group, field && bigIntDhShareOf(field, toBigInt(privateKey)));
    }
  }
}

function named(group: FfdheName, share: DhShare | undefined): KeyShare {
  if (share === undefined) throw new Error(`the parameters of ${group} are refused`);
  return { group, ...share };
}

function montgomeryShare(group: MontgomeryName, privateKey: Uint8Array): KeyShare {
  const curve = MONTGOMERY[group];
  return {
    group,
    publicKey: curve.getPublicKey(privateKey),
    derive(peer) {
      if (peer.length !== FIELD_LENGTH[group]) return undefined;
      try {
        const secret = curve.getSharedSecret(privateKey, peer);
        // RFC 8446 7.4.2 makes this check a MUST; noble throws before it, but that is its choice and not a contract.
        return isAllZero(secret) ? undefined : secret;
      } catch {
        return undefined;
      }
    },
  };
}

function pointShare(group: CurveName, privateKey: Uint8Array): KeyShare {
  const curve = NOBLE_CURVE[group];
  return {
    group,
    publicKey: curve.getPublicKey(privateKey, false),
    derive(peer) {
      if (!isUncompressedPoint(group, peer)) return undefined;
      try {
        return curve.getSharedSecret(privateKey, peer, false).slice(1, 1 + FIELD_LENGTH[group]);
      } catch {
        return undefined; // not on the curve
      }
    },
  };
}
