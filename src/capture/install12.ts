// TLS 1.2: both directions change to keys from one key block, each at its ChangeCipherSpec.

import { keyBlock, type TrafficKeys } from '../crypto/schedule12.ts';
import type { SecretObserver } from '../crypto/secrets.ts';
import type { Side } from '../inspect/trace.ts';
import type { Handshake } from './handshake.ts';
import { type KeyChange, keyChange } from './key_change.ts';
import { findMaster, suite12 } from './keys12.ts';
import type { PassiveOptions } from './passive.ts';
import type { SealedReason } from './secrets.ts';
import { countedOpener } from './seeking.ts';

export class Keys12 {
  /** Why there are no keys. */
  readonly reason: SealedReason | undefined;
  private readonly handshake: Handshake;
  private readonly options: PassiveOptions;
  private readonly block: Readonly<Record<Side, TrafficKeys>> | undefined;

  constructor(handshake: Handshake, options: PassiveOptions, observe: SecretObserver | undefined) {
    this.handshake = handshake;
    this.options = options;
    const { version } = handshake;
    if (version !== undefined && version !== 0x0303) {
      this.reason = { code: 'old_version', version };
      return;
    }
    const { provider, secrets } = options;
    const found = findMaster(handshake, secrets, provider, observe);
    if ('reason' in found) {
      this.reason = found.reason;
      return;
    }
    const suite = suite12(handshake.serverHello?.cipher_suite);
    if (suite === undefined || handshake.randoms === undefined) return;
    handshake.master = found.master;
    this.block = keyBlock(provider, suite, found.master, handshake.randoms, observe);
  }

  install(from: Side): KeyChange {
    const suite = suite12(this.handshake.serverHello?.cipher_suite);
    if (this.block === undefined || suite === undefined) return keyChange(false, [], 'application');
    const opener = countedOpener(this.options.provider, suite, this.block[from], this.handshake.encryptThenMac);
    return keyChange(false, [['application', opener]], 'application');
  }
}
