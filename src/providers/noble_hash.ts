// The hash functions of TLS out of @noble/hashes, under the names that crypto/keys.ts gives them.

import { sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import type { HashName } from '../crypto/keys.ts';

export const NOBLE_HASH = { sha1, sha256, sha384, sha512 } as const;

/** The hash of `data` at once, for what hashes before it signs. */
export function nobleDigest(name: HashName, data: Uint8Array): Uint8Array {
  return NOBLE_HASH[name](data);
}
