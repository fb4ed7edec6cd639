// The keys of a TLS 1.2 connection, made from its master secret and installed: the same in a full handshake and a resumed one,
// for both roles.

import { keyBlock } from '../../crypto/schedule12.ts';
import type { Suite12 } from '../../crypto/suites.ts';
import type { HandshakeContext, KeyChange } from '../context.ts';
import type { Exporter12 } from './exporter.ts';
import type { Keys12, Randoms } from './states.ts';

/** RFC 5246 6.3, once the master secret is known. */
export function establishKeys12(
  context: HandshakeContext,
  suite: Suite12,
  master: Uint8Array,
  randoms: Randoms,
  encryptThenMac: boolean,
): Keys12 {
  context.logSecret('CLIENT_RANDOM', randoms.client, master);
  const block = keyBlock(context.provider, suite, master, randoms, context.observeSecret);
  return { suite, master, encryptThenMac, ...block };
}

/** The change that puts what `side` sends under the new keys. */
export function keyChange12(keys: Keys12, side: 'client' | 'server'): KeyChange {
  const { suite, encryptThenMac } = keys;
  return { suite, keys: keys[side], epoch: 'application', generation: 0, encryptThenMac };
}

/** What keying material is exported from. `firstFinished`: verify_data of the Finished that came first. */
export function exporter12(
  { provider }: HandshakeContext,
  { suite, master }: Keys12,
  randoms: Randoms,
  extendedMasterSecret: boolean,
  resumed: boolean,
  firstFinished: Uint8Array,
): Exporter12 {
  return { version: 'tls12', provider, suite, master, randoms, extendedMasterSecret, resumed, firstFinished };
}
