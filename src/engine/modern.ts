// Client and server for bundles that must be small: without the legacy suites (RSA key exchange, CBC) the code of CBC records is
// not part of them, and without names of suites neither are those and OpenSSL's list. In all else they are TlsClient and TlsServer.

import { suiteById } from '../crypto/suites.ts';
import type { ServerConfig } from '../handshake/shared/config.ts';
import { AEAD_ONLY } from '../record/protect.ts';
import { TlsError } from '../wire/tls_error.ts';
import { clientSetupWith } from './client.ts';
import { resolveClientWith, resolveServerWith } from './config.ts';
import { Connection } from './connection.ts';
import type { ClientOptions, CommonOptions, ServerOptions } from './options.ts';
import { serverSetupWith } from './server.ts';
import { type SuiteChoice, usableSuite } from './suites.ts';

/** The options of {@link TlsClient} or {@link TlsServer}, with suites by their numbers. */
export type Modern<T extends CommonOptions> = Omit<T, 'cipherSuites'> & {
  /** Best first: `[0x1301, 0xc02b]`. */
  readonly cipherSuites?: readonly number[];
};

export class ModernTlsClient extends Connection {
  /** @throws TlsError ERR_TLS_CONFIG for options that cannot work, `legacy` among them */
  constructor({ cipherSuites = [], ...options }: Modern<ClientOptions>) {
    super(clientSetupWith(AEAD_ONLY, options, resolveClientWith(numberedSuites(options, cipherSuites), options)));
  }
}

export class ModernTlsServer extends Connection {
  /** @throws TlsError ERR_TLS_CONFIG for options that cannot work, `legacy` among them */
  constructor({ cipherSuites = [], ...options }: Modern<ServerOptions>) {
    super(serverSetupWith(AEAD_ONLY, options, resolveServerWith(numberedSuites(options, cipherSuites), options)));
  }
}

/** resolveServerOptions for a {@link ModernTlsServer}: what answers a `hello` need. @throws TlsError ERR_TLS_CONFIG */
export function resolveModernServerOptions({ cipherSuites = [], ...options }: Modern<ServerOptions>): ServerConfig {
  return { ...resolveServerWith(numberedSuites(options, cipherSuites), options), usesServerName: true };
}

/** Errors call suites by their numbers. */
function numberedSuites(options: CommonOptions, ids: readonly number[]): SuiteChoice {
  if (options.legacy === true) throw config('legacy suites need TlsClient or TlsServer');
  const named = ids.map((id) => {
    const suite = suiteById(id);
    const label = `cipher suite 0x${id.toString(16).padStart(4, '0')}`;
    if (suite === undefined) throw config(`${label} is not supported`);
    return usableSuite(options, suite, label);
  });
  return { named, nameOf: () => undefined };
}

function config(problem: string): TlsError {
  return new TlsError('ERR_TLS_CONFIG', problem);
}
