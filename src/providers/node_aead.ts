// AEADs on node:crypto (RFC 5116, RFC 6655, RFC 8439). The key becomes a KeyObject once: on Node 24 a raw key costs
// 12.9 us a record, a KeyObject 1.5. `update` allocates what it returns, so its pieces are handed out uncopied, as plain
// Uint8Array: Buffer's `slice` shares memory where Uint8Array's copies, and the core relies on the latter.

import {
  type CipherCCM,
  type CipherCCMTypes,
  type CipherChaCha20Poly1305,
  type CipherGCM,
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type DecipherCCM,
  type DecipherChaCha20Poly1305,
  type DecipherGCM,
  type KeyObject,
} from 'node:crypto';
import { concat } from '../bytes/bytes.ts';
import type { AeadName } from '../crypto/keys.ts';
import type { Aead } from '../crypto/provider.ts';
import { AEAD_KEY_LENGTH, requireKeyLength, requireNonce } from './checks.ts';

const TAG_LENGTH = 16;

/** Node 20: a raw key costs a record nothing, and a KeyObject costs 6 us to make and a kilobyte to keep. */
const RAW_KEYS = /^20\./.test(process.versions.node);

/** @throws RangeError when `key` has not the length that `name` takes */
export function nodeAead(name: AeadName, key: Uint8Array): Aead {
  requireKeyLength(name, key, AEAD_KEY_LENGTH[name]);
  const keyObject = RAW_KEYS ? key.slice() : createSecretKey(key);
  switch (name) {
    case 'aes-128-gcm':
    case 'aes-256-gcm':
      return streaming(
        (nonce) => createCipheriv(name, keyObject, nonce),
        (nonce) => createDecipheriv(name, keyObject, nonce),
      );
    case 'chacha20-poly1305': {
      const options = { authTagLength: TAG_LENGTH };
      return streaming(
        (nonce) => createCipheriv(name, keyObject, nonce, options),
        (nonce) => createDecipheriv(name, keyObject, nonce, options),
      );
    }
    case 'aes-128-ccm':
    case 'aes-256-ccm':
      return ccm(name, keyObject, TAG_LENGTH);
    case 'aes-128-ccm-8':
      return ccm('aes-128-ccm', keyObject, 8);
    case 'aes-256-ccm-8':
      return ccm('aes-256-ccm', keyObject, 8);
  }
}

/** A view of what node:crypto has just allocated, without Buffer's methods. */
export function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

function streaming(
  cipherFor: (nonce: Uint8Array) => CipherGCM | CipherChaCha20Poly1305,
  decipherFor: (nonce: Uint8Array) => DecipherGCM | DecipherChaCha20Poly1305,
): Aead {
  return {
    tagLength: TAG_LENGTH,
    seal(nonce, aad, plaintext, out) {
      requireNonce(nonce);
      const cipher = cipherFor(nonce);
      // plaintextLength belongs to CCM; the types of ChaCha20-Poly1305 ask for it as well, the code does not read it.
      cipher.setAAD(aad, { plaintextLength: 0 });
      for (const part of plaintext) if (part.length > 0) out.push(plain(cipher.update(part)));
      cipher.final();
      out.push(plain(cipher.getAuthTag()));
    },
    open(nonce, aad, sealed) {
      requireNonce(nonce);
      const length = sealed.length - TAG_LENGTH;
      if (length < 0) return undefined;
      const decipher = decipherFor(nonce);
      try {
        decipher.setAuthTag(sealed.subarray(length));
        decipher.setAAD(aad, { plaintextLength: length });
        const opened = decipher.update(sealed.subarray(0, length));
        decipher.final();
        return plain(opened);
      } catch {
        return undefined;
      }
    },
  };
}

// An empty array of its own may have no address, which OpenSSL's CCM takes for "no data yet" and then has no tag.
const NOTHING = new Uint8Array(64).subarray(0, 0);

/** CCM (RFC 3610) authenticates the length first, so its plaintext goes in at once. */
function ccm(name: CipherCCMTypes, key: KeyObject | Uint8Array, tagLength: number): Aead {
  const options = { authTagLength: tagLength };
  return {
    tagLength,
    seal(nonce, aad, plaintext, out) {
      requireNonce(nonce);
      const whole = plaintext.length === 1 ? (plaintext[0] as Uint8Array) : concat(...plaintext);
      const cipher: CipherCCM = createCipheriv(name, key, nonce, options);
      cipher.setAAD(aad, { plaintextLength: whole.length });
      const sealed = cipher.update(whole.length === 0 ? NOTHING : whole);
      if (sealed.length > 0) out.push(plain(sealed));
      cipher.final();
      out.push(plain(cipher.getAuthTag()));
    },
    open(nonce, aad, sealed) {
      requireNonce(nonce);
      const length = sealed.length - tagLength;
      if (length < 0) return undefined;
      const decipher: DecipherCCM = createDecipheriv(name, key, nonce, options);
      try {
        decipher.setAuthTag(sealed.subarray(length));
        decipher.setAAD(aad, { plaintextLength: length });
        const opened = decipher.update(sealed.subarray(0, length));
        decipher.final();
        return plain(opened);
      } catch {
        return undefined;
      }
    },
  };
}
