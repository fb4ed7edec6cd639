// Which protection goes with a suite.

import type { CryptoProvider } from '../crypto/provider.ts';
import type { TrafficKeys } from '../crypto/schedule12.ts';
import type { Suite } from '../crypto/suites.ts';
import { CbcOpener, CbcSealer } from './cbc12.ts';
import { type Opener, Opener12, Opener13, type Sealer, Sealer12, Sealer13 } from './protection.ts';

/** `encryptThenMac`: RFC 7366 was agreed on; only CBC suites look at it. */
export function makeSealer(provider: CryptoProvider, suite: Suite, keys: TrafficKeys, encryptThenMac = false): Sealer {
  if (suite.version === 'tls13') return new Sealer13(provider, suite, keys);
  if (suite.aead === undefined) return new CbcSealer(provider, suite, keys, encryptThenMac);
  return new Sealer12(provider, suite, keys);
}

export function makeOpener(provider: CryptoProvider, suite: Suite, keys: TrafficKeys, encryptThenMac = false): Opener {
  if (suite.version === 'tls13') return new Opener13(provider, suite, keys);
  if (suite.aead === undefined) return new CbcOpener(provider, suite, keys, encryptThenMac);
  return new Opener12(provider, suite, keys);
}
