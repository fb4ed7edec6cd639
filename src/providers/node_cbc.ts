// AES-CBC without padding on node:crypto, for the legacy suites. Padding and MAC are the record layer's.

import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import type { CbcName } from '../crypto/keys.ts';
import type { Cbc } from '../crypto/provider.ts';
import { requireKeyLength } from './checks.ts';
import { plain } from './node_aead.ts';

/** @throws RangeError when `key` has not the length that `name` takes */
export function nodeCbc(name: CbcName, key: Uint8Array): Cbc {
  requireKeyLength(name, key, name === 'aes-128-cbc' ? 16 : 32);
  const keyObject = createSecretKey(key);
  return {
    encrypt: (iv, blocks) => plain(createCipheriv(name, keyObject, iv).setAutoPadding(false).update(blocks)),
    decrypt: (iv, blocks) => plain(createDecipheriv(name, keyObject, iv).setAutoPadding(false).update(blocks)),
  };
}
