// ML-KEM-768 (FIPS 203) on node:crypto, where Node (24.7 or later) and its OpenSSL (3.5 or later) have it. Both are found
// out by using them, once, when the module is loaded: Node can be linked to another OpenSSL than its own.

import * as crypto from 'node:crypto';
import { concat, fromHex } from '../bytes/bytes.ts';
import type { MlKem, MlKemKey } from '../crypto/mlkem.ts';
import { plain } from './node_aead.ts';

/** What the types of Node 20 do not know. */
interface KemFunctions {
  generateKeyPairSync(type: 'ml-kem-768'): {
    readonly publicKey: crypto.KeyObject;
    readonly privateKey: crypto.KeyObject;
  };
  encapsulate(key: crypto.KeyObject): { readonly ciphertext: Buffer; readonly sharedKey: Buffer };
  decapsulate(key: crypto.KeyObject, ciphertext: Uint8Array): Buffer;
}

const KEY_LENGTH = 1184;
const CIPHERTEXT_LENGTH = 1088;
// SubjectPublicKeyInfo and, of a seed, PrivateKeyInfo up to the key (id-alg-ml-kem-768: 2.16.840.1.101.3.4.4.2).
const SPKI_PREFIX = fromHex('308204b2300b0609608648016503040402038204a100');
const PKCS8_PREFIX = fromHex('3054020100300b060960864801650304040204428040');

/** Undefined where the runtime has no ML-KEM. */
export const nodeMlKem: MlKem | undefined = find();

function find(): MlKem | undefined {
  const functions = crypto as unknown as Partial<KemFunctions>;
  if (functions.encapsulate === undefined || functions.decapsulate === undefined) return undefined;
  const kem: MlKem = {
    generate() {
      const { publicKey, privateKey } = (crypto as unknown as KemFunctions).generateKeyPairSync('ml-kem-768');
      return keyOf(publicKey, privateKey);
    },
    encapsulate(encapsulationKey) {
      if (encapsulationKey.length !== KEY_LENGTH) return undefined;
      try {
        const spki = Buffer.from(concat(SPKI_PREFIX, encapsulationKey));
        // The import makes the modulus check of FIPS 203 7.2.
        const key = crypto.createPublicKey({ key: spki, format: 'der', type: 'spki' });
        const { ciphertext, sharedKey } = (crypto as unknown as KemFunctions).encapsulate(key);
        return { ciphertext: plain(ciphertext), secret: plain(sharedKey) };
      } catch {
        return undefined;
      }
    },
  };
  try {
    kem.generate();
    return kem;
  } catch {
    return undefined;
  }
}

/**
 * The key of a given seed, d and z of FIPS 203 7.1.
 * @throws RangeError unless it has 64 bytes
 * @internal
 */
export function nodeMlKemKeyOf(seed: Uint8Array): MlKemKey {
  if (seed.length !== 64) throw new RangeError(`a seed of ${seed.length} bytes, not 64`);
  const pkcs8 = Buffer.from(concat(PKCS8_PREFIX, seed));
  const privateKey = crypto.createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  return keyOf(crypto.createPublicKey(privateKey), privateKey);
}

function keyOf(publicKey: crypto.KeyObject, privateKey: crypto.KeyObject): MlKemKey {
  return {
    encapsulationKey: plain(publicKey.export({ format: 'der', type: 'spki' })).slice(SPKI_PREFIX.length),
    decapsulate(ciphertext) {
      if (ciphertext.length !== CIPHERTEXT_LENGTH) return undefined;
      return plain((crypto as unknown as KemFunctions).decapsulate(privateKey, ciphertext));
    },
  };
}
