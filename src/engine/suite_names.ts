// The suites that a configuration names: one by one, by IANA's name or OpenSSL's, or as OpenSSL's list.

import { SUITES, type Suite, type Suite12, type Suite13 } from '../crypto/suites.ts';
import { suiteByName, suiteName } from '../wire/registry/cipher_suites.ts';
import { TlsError } from '../wire/tls_error.ts';
import { namedSuites13, parseCipherList } from './cipher_list.ts';
import type { CommonOptions } from './options.ts';
import { enabledSuites, type SuiteChoice, usableSuite } from './suites.ts';

const SUITES_13 = SUITES.filter((suite): suite is Suite13 => suite.version === 'tls13');

/** @throws TlsError ERR_TLS_CONFIG */
export function namedSuites(options: CommonOptions): SuiteChoice {
  const { cipherSuites = [] } = options;
  const named = typeof cipherSuites === 'string' ? listed(options, cipherSuites) : namedAll(options, cipherSuites);
  return { named, nameOf: suiteName };
}

/** OpenSSL's list speaks of TLS 1.2; suites of TLS 1.3 are in it by name only. An empty one leaves the default. */
function listed(options: CommonOptions, list: string): readonly Suite[] {
  if (list === '') return [];
  const suites13 = namedSuites13(list, SUITES_13).map((suite) =>
    usableSuite(options, suite, suiteName(suite.id) ?? list),
  );
  const available = enabledSuites(options).filter((suite): suite is Suite12 => suite.version === 'tls12');
  const suites12 = parseCipherList(list, available);
  if (suites12.length + suites13.length === 0)
    throw config(`${JSON.stringify(list)} names no cipher suite that is enabled here`);
  return [...suites13, ...suites12];
}

function namedAll(options: CommonOptions, names: readonly string[]): Suite[] {
  return names.map((name) => {
    const suite = findSuite(name);
    if (suite !== undefined) return usableSuite(options, suite, name);
    const unknown = suiteByName(name) === undefined;
    throw config(unknown ? `there is no cipher suite named ${JSON.stringify(name)}` : `${name} is not supported`);
  });
}

function findSuite(name: string): Suite | undefined {
  const id = suiteByName(name);
  return SUITES.find((one) => one.id === id);
}

function config(problem: string): TlsError {
  return new TlsError('ERR_TLS_CONFIG', problem);
}
