// Which protection goes with a suite. CBC stands apart, so that an engine without legacy suites does not carry it.

import type { CryptoProvider } from '../crypto/provider.ts';
import type { TrafficKeys } from '../crypto/schedule12.ts';
import type { Suite } from '../crypto/suites.ts';
import { TlsError } from '../wire/tls_error.ts';
import { CbcOpener, CbcSealer } from './cbc12.ts';
import { type Opener, Opener12, Opener13, type Sealer, Sealer12, Sealer13 } from './protection.ts';

/** `encryptThenMac`: RFC 7366 was agreed on; only CBC suites look at it. */
type Make<T> = (provider: CryptoProvider, suite: Suite, keys: TrafficKeys, encryptThenMac?: boolean) => T;

export interface Protection {
  readonly makeSealer: Make<Sealer>;
  readonly makeOpener: Make<Opener>;
}

export const makeSealer: Make<Sealer> = (provider, suite, keys, encryptThenMac = false) =>
  suite.version === 'tls12' && suite.aead === undefined
    ? new CbcSealer(provider, suite, keys, encryptThenMac)
    : AEAD_ONLY.makeSealer(provider, suite, keys);

export const makeOpener: Make<Opener> = (provider, suite, keys, encryptThenMac = false) =>
  suite.version === 'tls12' && suite.aead === undefined
    ? new CbcOpener(provider, suite, keys, encryptThenMac)
    : AEAD_ONLY.makeOpener(provider, suite, keys);

export const ALL_SUITES: Protection = { makeSealer, makeOpener };

export const AEAD_ONLY: Protection = {
  makeSealer(provider, suite, keys) {
    if (suite.version === 'tls13') return new Sealer13(provider, suite, keys);
    if (suite.aead === undefined) throw noCbc();
    return new Sealer12(provider, suite, keys);
  },
  makeOpener(provider, suite, keys) {
    if (suite.version === 'tls13') return new Opener13(provider, suite, keys);
    if (suite.aead === undefined) throw noCbc();
    return new Opener12(provider, suite, keys);
  },
};

function noCbc(): TlsError {
  return new TlsError('ERR_TLS_INTERNAL', 'a CBC suite was negotiated by an engine without legacy suites');
}
