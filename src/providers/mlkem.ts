// The package entry `glasstls/providers/mlkem`: the group X25519MLKEM768 for providers that have none, which are all in a
// browser and node:crypto before Node 24.7. It needs the package @noble/post-quantum, which glasstls does not install.

import { withHybrid } from '../crypto/mlkem.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { nobleMlKem } from './noble_mlkem.ts';

/**
 * `provider` with X25519MLKEM768 among its `groups`, ML-KEM in JavaScript and X25519 as the provider has it. A provider
 * that already has the group is given back as it is.
 */
export function withMlKem(provider: CryptoProvider): CryptoProvider {
  return provider.groups.includes('X25519MLKEM768') ? provider : withHybrid(provider, nobleMlKem);
}
