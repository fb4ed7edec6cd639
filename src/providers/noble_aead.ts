// An AEAD of @noble/ciphers as the provider's interface wants it.

import type { gcm } from '@noble/ciphers/aes.js';
import type { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { concat } from '../bytes/bytes.ts';
import type { Aead } from '../crypto/provider.ts';
import { requireNonce } from './checks.ts';

const TAG_LENGTH = 16;

/** `ownKey` is kept, and must not be changed afterwards. */
export function sealing(construct: typeof gcm | typeof chacha20poly1305, ownKey: Uint8Array): Aead {
  return {
    tagLength: TAG_LENGTH,
    seal(nonce, aad, plaintext, out) {
      requireNonce(nonce);
      const whole = plaintext.length === 1 ? (plaintext[0] as Uint8Array) : concat(...plaintext);
      out.push(construct(ownKey, nonce, aad).encrypt(whole));
    },
    open(nonce, aad, sealed) {
      requireNonce(nonce);
      if (sealed.length < TAG_LENGTH) return undefined;
      try {
        return construct(ownKey, nonce, aad).decrypt(sealed);
      } catch {
        return undefined;
      }
    },
  };
}
