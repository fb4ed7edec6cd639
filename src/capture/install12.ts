// TLS 1.2: both directions change to keys from one key block, each at its ChangeCipherSpec.

import { keyBlock, type TrafficKeys } from '../crypto/schedule12.ts';
import type { SecretObserver } from '../crypto/secrets.ts';
import type { Side } from '../inspect/trace.ts';
import type { Opener } from '../record/protection.ts';
import type { Handshake } from './handshake.ts';
import { type KeyChange, keyChange } from './key_change.ts';
import { findMaster, suite12 } from './keys12.ts';
import type { PassiveOptions } from './passive.ts';
import type { SealedReason } from './secrets.ts';
import { countedOpener } from './seeking.ts';
import { TrialOpener } from './trial_opener.ts';

export class Keys12 {
  /** Why there are no keys. */
  readonly reason: SealedReason | undefined;
  private readonly handshake: Handshake;
  private readonly options: PassiveOptions;
  private readonly candidates: readonly Candidate[] = [];

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
    const { randoms } = handshake;
    this.candidates = found.masters.map((master) => ({
      master,
      block: keyBlock(provider, suite, master, randoms, observe),
    }));
    if (this.candidates.length === 1) handshake.master = this.candidates[0]?.master;
  }

  install(from: Side): KeyChange {
    const suite = suite12(this.handshake.serverHello?.cipher_suite);
    if (suite === undefined) return keyChange(false, [], 'application');
    const openers = this.candidates.map(
      ({ block }) =>
        [
          'application',
          countedOpener(this.options.provider, suite, block[from], this.handshake.encryptThenMac),
        ] as const,
    );
    return keyChange(false, openers, 'application');
  }

  /** A record was opened: where several keys were tried, it is known now which one it is. */
  settle(opener: Opener): void {
    const chosen = opener instanceof TrialOpener ? opener.choice : undefined;
    if (chosen !== undefined) this.handshake.master = this.candidates[chosen]?.master;
  }
}

interface Candidate {
  readonly master: Uint8Array;
  readonly block: Readonly<Record<Side, TrafficKeys>>;
}
