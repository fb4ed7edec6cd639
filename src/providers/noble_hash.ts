// The hash functions of TLS out of @noble/hashes, under the names that crypto/keys.ts gives them.

import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import type { CHash } from '@noble/hashes/utils.js';
import type { HashName } from '../crypto/keys.ts';
import type { HashContext } from '../crypto/provider.ts';

export const NOBLE_HASH = { sha1, sha256, sha384, sha512 } as const;

/** The hash of `data` at once, for what hashes before it signs. */
export function nobleDigest(name: HashName, data: Uint8Array): Uint8Array {
  return NOBLE_HASH[name](data);
}

export function runningHash(hash: CHash): HashContext {
  const running = hash.create();
  return {
    update(data) {
      running.update(data);
    },
    digest: () => running.clone().digest(),
  };
}

export function hmacOf(hash: CHash, key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  const running = hmac.create(hash, key);
  for (const part of parts) running.update(part);
  return running.digest();
}
