// Which cipher suites a configuration enables and in what order: those that it names (suite_names.ts), or by default (RFC 8446
// 9.1, RFC 9325 4.2). What a provider cannot run is never offered.

import { isFiniteField } from '../crypto/ffdhe.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { SUITES, type Suite } from '../crypto/suites.ts';
import type { Version } from '../handshake/shared/config.ts';
import { VERSION } from '../wire/registry/names.ts';
import { TlsError } from '../wire/tls_error.ts';
import type { CommonOptions } from './options.ts';

/** The suites that a caller named, and what errors call suites. */
export interface SuiteChoice {
  readonly named: readonly Suite[];
  readonly nameOf: (id: number) => string | undefined;
}

/**
 * Best first, those of TLS 1.3 before those of 1.2; a version of which none is `named` has its default.
 * @throws TlsError ERR_TLS_CONFIG
 */
export function resolveSuites(
  options: CommonOptions,
  named: readonly Suite[],
  minVersion: Version,
  maxVersion: Version,
): readonly Suite[] {
  const defaults = enabledSuites(options).filter((suite) => !suite.named);
  const chosen = (version: 'tls12' | 'tls13'): readonly Suite[] => {
    const those = named.filter((suite) => suite.version === version);
    return those.length > 0 ? those : defaults.filter((suite) => suite.version === version);
  };
  const suites = [
    ...(maxVersion === VERSION.tls13 ? chosen('tls13') : []),
    ...(minVersion === VERSION.tls12 ? chosen('tls12') : []),
  ];
  if (suites.length === 0) throw config(`no cipher suite is left for the provider ${options.provider.name}`);
  return suites;
}

/** All that may be used at all, best first: what is not legacy, forward secrecy, then what the provider is fast at. */
export function enabledSuites(options: CommonOptions): readonly Suite[] {
  const { provider, legacy = false, psk = false } = options;
  // CBC suites come after all others of their kind.
  const speed = (suite: Suite): number =>
    suite.aead === undefined ? provider.aeads.length : provider.aeads.indexOf(suite.aead);
  return SUITES.filter((suite) => runs(provider, suite) && whyNot(suite, legacy, psk) === undefined)
    .map((suite, order) => ({ suite, order }))
    .sort((a, b) => rank(a.suite) - rank(b.suite) || speed(a.suite) - speed(b.suite) || a.order - b.order)
    .map(({ suite }) => suite);
}

function rank(suite: Suite): number {
  if (suite.version === 'tls13') return 0;
  const secret = suite.keyExchange.includes('dhe') ? 0 : 1;
  return (suite.legacy ? 4 : 0) + 2 * secret + (suite.authentication === 'psk' ? 1 : 0);
}

/** `suite` when the options let it be used; `label` is what the caller called it. @throws TlsError ERR_TLS_CONFIG */
export function usableSuite(
  { provider, legacy = false, psk = false }: CommonOptions,
  suite: Suite,
  label: string,
): Suite {
  const problem = whyNot(suite, legacy, psk);
  if (problem !== undefined) throw config(`${label} ${problem}`);
  if (!runs(provider, suite)) throw config(`the provider ${provider.name} cannot run ${label}`);
  return suite;
}

function whyNot(suite: Suite, legacy: boolean, psk: boolean): string | undefined {
  if (suite.legacy && !legacy) {
    return 'is a legacy suite (no forward secrecy, or CBC); set legacy to use it';
  }
  const shared = suite.version === 'tls12' && suite.authentication === 'psk';
  return shared && !psk ? 'needs a shared key; set psk to use it' : undefined;
}

function runs(provider: CryptoProvider, suite: Suite): boolean {
  if (!provider.hashes.includes(suite.hash)) return false;
  if (suite.version === 'tls12' && suite.keyExchange.startsWith('dhe') && !hasFields(provider)) return false;
  if (suite.aead !== undefined) return provider.aeads.includes(suite.aead);
  return provider.cbcs.includes(suite.cbc) && provider.hashes.includes(suite.mac);
}

function hasFields(provider: CryptoProvider): boolean {
  return provider.groups.some(isFiniteField);
}

function config(problem: string): TlsError {
  return new TlsError('ERR_TLS_CONFIG', problem);
}
