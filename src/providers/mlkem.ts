// The package entry `glasstls/providers/mlkem`: the groups of ML-KEM for providers that have none, which are all in a
// browser and node:crypto before Node 24.7. It needs the package @noble/post-quantum, which glasstls does not install.

import { withMlKem1024 as addMlKem1024, withHybrid } from '../crypto/mlkem.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { nobleMlKem, nobleMlKem1024 } from './noble_mlkem.ts';

/**
 * `provider` with X25519MLKEM768 among its `groups`, ML-KEM in JavaScript and X25519 as the provider has it. A provider
 * that already has the group is given back as it is.
 */
export function withMlKem(provider: CryptoProvider): CryptoProvider {
  return provider.groups.includes('X25519MLKEM768') ? provider : withHybrid(provider, nobleMlKem);
}

/**
 * `provider` with MLKEM1024 among its `groups` (draft-ietf-tls-mlkem): no hybrid, for those whose rules ask for it. It is
 * spoken only where the option `groups` names it. A provider that already has the group is given back as it is.
 */
export function withMlKem1024(provider: CryptoProvider): CryptoProvider {
  return provider.groups.includes('MLKEM1024') ? provider : addMlKem1024(provider, nobleMlKem1024);
}
