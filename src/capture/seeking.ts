// Records behind bytes that were lost: which number the next one has decides over its nonce and additional data, and nobody knows it. The
// numbers that come next are tried, a bounded number of them, until one fits; from there on the count is known again.

import type { CryptoProvider } from '../crypto/provider.ts';
import type { TrafficKeys } from '../crypto/schedule12.ts';
import type { Suite } from '../crypto/suites.ts';
import { CbcOpener } from '../record/cbc12.ts';
import { type Opener, Opener12, Opener13 } from '../record/protection.ts';
import { TlsError } from '../wire/tls_error.ts';

/** An opener whose count of records can be moved. */
export interface CountedOpener extends Opener {
  /** `records`: how many are passed over; negative to go back. */
  move(records: number): void;
}

class Counted13 extends Opener13 implements CountedOpener {
  move(records: number): void {
    this.sequence += records;
  }
}

class Counted12 extends Opener12 implements CountedOpener {
  move(records: number): void {
    this.sequence += records;
  }
}

class CountedCbc extends CbcOpener implements CountedOpener {
  move(records: number): void {
    this.sequence += records;
  }
}

/** What makeOpener of record/protect.ts gives, with a count that can be moved. */
export function countedOpener(
  provider: CryptoProvider,
  suite: Suite,
  keys: TrafficKeys,
  encryptThenMac = false,
): CountedOpener {
  if (suite.version === 'tls13') return new Counted13(provider, suite, keys);
  if (suite.aead === undefined) return new CountedCbc(provider, suite, keys, encryptThenMac);
  return new Counted12(provider, suite, keys);
}

/** Records that may be missing in one place. */
const MAX_AHEAD = 4096;

/** How often may be tried, by one direction of a connection and by all that share `all`. */
export class Attempts {
  private left: number;
  private readonly all: Attempts | undefined;

  constructor(left: number, all?: Attempts) {
    this.left = left;
    this.all = all;
  }

  take(): boolean {
    if (this.left <= 0 || this.all?.take() === false) return false;
    this.left--;
    return true;
  }
}

/** Attempts of one direction of a connection: a second of work at most. */
export const MAX_ATTEMPTS = 20_000;
/** Attempts in a file: connections with gaps may be many. A minute of work. */
export const MAX_ATTEMPTS_IN_FILE = 2_000_000;

export class SeekingOpener implements Opener {
  private readonly inner: CountedOpener;
  private readonly attempts: Attempts;

  constructor(inner: CountedOpener, attempts: Attempts) {
    this.inner = inner;
    this.attempts = attempts;
  }

  get protects(): boolean {
    return this.inner.protects;
  }

  get is13(): boolean {
    return this.inner.is13;
  }

  get innerType(): number {
    return this.inner.innerType;
  }

  get padding(): number {
    return this.inner.padding;
  }

  get opened(): number {
    return this.inner.opened;
  }

  open(header: Uint8Array, fragment: Uint8Array): Uint8Array {
    const { inner, attempts } = this;
    for (let ahead = 0; ; ahead++) {
      try {
        return inner.open(header, fragment);
      } catch (error) {
        const mayTry = error instanceof TlsError && error.code === 'ERR_TLS_BAD_RECORD_MAC' && ahead < MAX_AHEAD;
        if (!mayTry || !attempts.take()) {
          inner.move(-ahead);
          throw error;
        }
        inner.move(1);
      }
    }
  }
}
