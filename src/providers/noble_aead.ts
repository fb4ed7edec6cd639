// The AEADs of TLS out of @noble/ciphers. AES-CCM, which no browser asks for, is left out.

import { gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { concat } from '../bytes/bytes.ts';
import type { AeadName } from '../crypto/keys.ts';
import type { Aead } from '../crypto/provider.ts';
import { requireKeyLength, requireNonce } from './checks.ts';

const TAG_LENGTH = 16;

export function nobleAead(name: AeadName, key: Uint8Array): Aead {
  const construct = name === 'chacha20-poly1305' ? chacha20poly1305 : gcm;
  if (name === 'aes-128-ccm' || name === 'aes-128-ccm-8') throw new RangeError(`the noble provider has no ${name}`);
  requireKeyLength(name, key, name === 'aes-128-gcm' ? 16 : 32);
  const ownKey = key.slice();
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
