// The provider on node:crypto, and the package entry `glasstls/providers/node`. Everything TLS 1.2 and 1.3 need of
// mathematics, in OpenSSL's implementation. No state between calls, and no cache but of imported public keys
// (node_public.ts), which live as long as their owner holds them. Results are plain Uint8Arrays in memory of their own.

import { createHash, randomFillSync } from 'node:crypto';
import { fromLatin1 } from '../bytes/bytes.ts';
import { FFDHE_NAMES } from '../crypto/ffdhe.ts';
import { answerWith } from '../crypto/key_share.ts';
import { withHybrid } from '../crypto/mlkem.ts';
import type { CryptoProvider, HashContext } from '../crypto/provider.ts';
import { nodeAead } from './node_aead.ts';
import { nodeCbc } from './node_cbc.ts';
import { generateNodeDhShare } from './node_dh.ts';
import { generateNodeKeyShare } from './node_groups.ts';
import { nodeHmac } from './node_hmac.ts';
import { nodeMlKem } from './node_mlkem.ts';
import { rsaEncryptWithNode, verifyWithNode } from './node_public.ts';

export { generatePrivateKey, importPrivateKey } from './node_keys.ts';

const base: CryptoProvider = {
  name: 'node',
  hashes: ['sha1', 'sha256', 'sha384', 'sha512'],
  aeads: [
    'aes-128-gcm',
    'aes-256-gcm',
    'chacha20-poly1305',
    'aes-128-ccm',
    'aes-256-ccm',
    'aes-128-ccm-8',
    'aes-256-ccm-8',
  ],
  cbcs: ['aes-128-cbc', 'aes-256-cbc'],
  groups: ['x25519', 'secp256r1', 'secp384r1', 'secp521r1', 'x448', ...FFDHE_NAMES],

  random: (length) => randomFillSync(new Uint8Array(length)),

  hash(name): HashContext {
    const running = createHash(name);
    return {
      update(data) {
        running.update(data);
      },
      // node:crypto ends a hash with its digest; a copy is ended instead, 0.8 us more.
      digest: () => fromLatin1(running.copy().digest('binary')),
    };
  },

  hmac: (name, key, ...parts) => nodeHmac(name, key, parts),

  aead: nodeAead,
  cbc: nodeCbc,
  generateKeyShare: generateNodeKeyShare,
  generateDhShare: generateNodeDhShare,
  answerKeyShare: (group, peer) => answerWith(generateNodeKeyShare(group), peer),
  verify: verifyWithNode,
  rsaEncrypt: rsaEncryptWithNode,
};

/** Has X25519MLKEM768 where the runtime has ML-KEM: Node 24.7 and later. See `glasstls/providers/mlkem` for the others. */
export const nodeProvider: CryptoProvider =
  nodeMlKem === undefined ? base : { ...withHybrid(base, nodeMlKem), eagerGroups: ['X25519MLKEM768'] };
