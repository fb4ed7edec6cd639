// ML-KEM (FIPS 203) on @noble/post-quantum, an optional peer dependency: only the entry `glasstls/providers/mlkem`
// reaches this file. noble throws for wrong lengths and for a key that fails the modulus check; both become undefined.

import { ml_kem768, ml_kem1024 } from '@noble/post-quantum/ml-kem.js';
import type { MlKem, MlKemKey } from '../crypto/mlkem.ts';

type Implementation = typeof ml_kem768;

export const nobleMlKem: MlKem = mlKemOf(ml_kem768);
export const nobleMlKem1024: MlKem = mlKemOf(ml_kem1024);

/**
 * The key of ML-KEM-768 of a given seed, d and z of FIPS 203 7.1 (64 bytes).
 * @internal
 */
export function nobleMlKemKeyOf(seed: Uint8Array): MlKemKey {
  return keyOf(ml_kem768, ml_kem768.keygen(seed));
}

function mlKemOf(implementation: Implementation): MlKem {
  return {
    generate: () => keyOf(implementation, implementation.keygen()),
    encapsulate(encapsulationKey) {
      try {
        const { cipherText, sharedSecret } = implementation.encapsulate(encapsulationKey);
        return { ciphertext: cipherText, secret: sharedSecret.slice() };
      } catch {
        return undefined;
      }
    },
  };
}

function keyOf(
  implementation: Implementation,
  pair: { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array },
): MlKemKey {
  return {
    encapsulationKey: pair.publicKey,
    decapsulate(ciphertext) {
      try {
        return implementation.decapsulate(ciphertext, pair.secretKey).slice();
      } catch {
        return undefined; // of another length: nothing else is refused
      }
    },
  };
}
