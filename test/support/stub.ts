// A side whose provider does otherwise in some point: it deals in key shares of the test's choice, or tells what it derives.

import type { CryptoProvider, DhShare } from '../../src/crypto/provider.ts';
import type { Side } from './pair.ts';

/** Puts what `change` gives in place of the provider's own, before the handshake begins. */
export function stubProvider({ engine }: Side, change: (real: CryptoProvider) => Partial<CryptoProvider>): void {
  const { context } = engine as unknown as { readonly context: { readonly provider: CryptoProvider } };
  const real = context.provider;
  Object.assign(context, { provider: { ...real, ...change(real) } });
}

/** Changes every ephemeral key that a side makes. */
export function stubShares(side: Side, change: <S extends DhShare>(share: S) => S): void {
  stubProvider(side, (real) => ({
    generateKeyShare: (group) => change(real.generateKeyShare(group)),
    generateDhShare: (prime, generator) => {
      const share = real.generateDhShare(prime, generator);
      return share && change(share);
    },
  }));
}

/** What the ephemeral keys of a side derive, as they derive it. */
export function listenToShares(side: Side): Uint8Array[] {
  const derived: Uint8Array[] = [];
  stubShares(side, (share) => ({
    ...share,
    derive: (peer: Uint8Array) => {
      const secret = share.derive(peer);
      if (secret !== undefined) derived.push(secret);
      return secret;
    },
  }));
  return derived;
}
