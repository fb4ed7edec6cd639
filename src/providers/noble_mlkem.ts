// ML-KEM-768 (FIPS 203) on @noble/post-quantum, an optional peer dependency: only the entry `glasstls/providers/mlkem`
// reaches this file. noble throws for wrong lengths and for a key that fails the modulus check; both become undefined.

import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import type { MlKem768, MlKemKey } from '../crypto/mlkem.ts';

export const nobleMlKem: MlKem768 = {
  generate: () => keyOf(ml_kem768.keygen()),
  encapsulate(encapsulationKey) {
    try {
      const { cipherText, sharedSecret } = ml_kem768.encapsulate(encapsulationKey);
      return { ciphertext: cipherText, secret: sharedSecret.slice() };
    } catch {
      return undefined;
    }
  },
};

/**
 * The key of a given seed, d and z of FIPS 203 7.1 (64 bytes).
 * @internal
 */
export function nobleMlKemKeyOf(seed: Uint8Array): MlKemKey {
  return keyOf(ml_kem768.keygen(seed));
}

function keyOf(pair: { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array }): MlKemKey {
  return {
    encapsulationKey: pair.publicKey,
    decapsulate(ciphertext) {
      try {
        return ml_kem768.decapsulate(ciphertext, pair.secretKey).slice();
      } catch {
        return undefined; // not 1088 bytes: nothing else is refused
      }
    },
  };
}
