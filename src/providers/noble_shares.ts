// A key share (RFC 8446 4.2.8) over a curve of @noble/curves, whichever object it is: the checks of TLS around noble's agreement.

import type { MontgomeryECDH } from '@noble/curves/abstract/montgomery.js';
import type { ECDH } from '@noble/curves/abstract/weierstrass.js';
import { isAllZero } from '../bytes/bytes.ts';
import type { CurveName, MontgomeryName } from '../crypto/keys.ts';
import type { KeyShare } from '../crypto/provider.ts';
import { FIELD_LENGTH, isUncompressedPoint } from './checks.ts';

export function montgomeryShare(group: MontgomeryName, curve: MontgomeryECDH, privateKey: Uint8Array): KeyShare {
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

export function pointShare(group: CurveName, curve: ECDH, privateKey: Uint8Array): KeyShare {
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
