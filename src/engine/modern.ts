// Client and server without the legacy suites (RSA key exchange, CBC), for bundles that must be small: the code of CBC records
// is not part of them. In all else they are TlsClient and TlsServer.

import { AEAD_ONLY } from '../record/protect.ts';
import { TlsError } from '../wire/tls_error.ts';
import { clientSetupWith } from './client.ts';
import { resolveClient, resolveServer } from './config.ts';
import { Connection } from './connection.ts';
import type { ClientOptions, ServerOptions } from './options.ts';
import { serverSetupWith } from './server.ts';

export class ModernTlsClient extends Connection {
  /** @throws TlsError ERR_TLS_CONFIG for options that cannot work, `legacy` among them */
  constructor(options: ClientOptions) {
    refuseLegacy(options.legacy);
    super(clientSetupWith(AEAD_ONLY, options, resolveClient(options)));
  }
}

export class ModernTlsServer extends Connection {
  /** @throws TlsError ERR_TLS_CONFIG for options that cannot work, `legacy` among them */
  constructor(options: ServerOptions) {
    refuseLegacy(options.legacy);
    super(serverSetupWith(AEAD_ONLY, options, resolveServer(options)));
  }
}

function refuseLegacy(legacy = false): void {
  if (legacy) throw new TlsError('ERR_TLS_CONFIG', 'legacy suites need TlsClient or TlsServer');
}
