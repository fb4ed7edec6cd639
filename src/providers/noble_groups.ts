// Ephemeral key agreement on @noble/curves: X25519 and X448 (RFC 7748), the NIST curves (SEC 1); the finite fields of RFC
// 7919 are our own BigInt code (dh_bigint.ts), as noble has none. BigInt arithmetic: the algorithms take the same steps
// for every key, the engine's arithmetic below them does not promise the same time.

import { ecdsa } from '@noble/curves/abstract/weierstrass.js';
import { x448 } from '@noble/curves/ed448.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { randomBytes } from '@noble/hashes/utils.js';
import { toBigInt } from '../bytes/bytes.ts';
import { ffdheParameters } from '../crypto/ffdhe.ts';
import type { FfdheName, GroupName } from '../crypto/keys.ts';
import type { DhShare, KeyShare } from '../crypto/provider.ts';
import { dhField } from './dh.ts';
import { bigIntDhShareOf, generateBigIntDhShare } from './dh_bigint.ts';
import { P256, P384, P521 } from './noble_curves.ts';
import { montgomeryShare, pointShare } from './noble_shares.ts';

/** ECDSA and key agreement; the hash is the one that nonces are made with, not that of the message. */
export const NOBLE_CURVE = {
  secp256r1: /* @__PURE__ */ ecdsa(P256, sha256),
  secp384r1: /* @__PURE__ */ ecdsa(P384, sha384),
  secp521r1: /* @__PURE__ */ ecdsa(P521, sha512),
} as const;
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
      return montgomeryShare(group, MONTGOMERY[group], privateKey);
    case 'secp256r1':
    case 'secp384r1':
    case 'secp521r1':
      return pointShare(group, NOBLE_CURVE[group], privateKey);
    case 'X25519MLKEM768':
    case 'MLKEM1024':
      throw new RangeError('a share of ML-KEM has no private key like the others');
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
