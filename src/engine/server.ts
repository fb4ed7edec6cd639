// A TLS server over any byte stream (RFC 8446, RFC 5246).

import type { WaitClientHello } from '../handshake/server/states.ts';
import { SERVER_TABLE } from '../handshake/server/table.ts';
import type { ServerConfig } from '../handshake/shared/config.ts';
import { ALL_SUITES, type Protection } from '../record/protect.ts';
import { resolveLimits, resolveServer } from './config.ts';
import { Connection } from './connection.ts';
import { watching } from './context.ts';
import type { ServerOptions } from './options.ts';
import type { AnyTable, Setup } from './setup.ts';

/**
 * The server's side of one connection. Private keys stay with the host, which answers `signature` and `decrypt` needs.
 */
export class TlsServer extends Connection {
  /** @throws TlsError ERR_TLS_CONFIG for options that cannot work */
  constructor(options: ServerOptions) {
    super(serverSetup(options));
  }
}

/** What answers a `hello` need: the configuration for the connection that asked. @throws TlsError ERR_TLS_CONFIG */
export function resolveServerOptions(options: ServerOptions): ServerConfig {
  return { ...resolveServer(options), usesServerName: true };
}

/** A server from its options. Tests that replay recorded handshakes give their own `config`. */
export function serverSetup(options: ServerOptions, config = resolveServer(options)): Setup {
  return serverSetupWith(ALL_SUITES, options, config);
}

export function serverSetupWith(protection: Protection, options: ServerOptions, config: ServerConfig): Setup {
  const initial: WaitClientHello = { name: 'wait_client_hello' };
  return {
    table: SERVER_TABLE as AnyTable,
    initial,
    config,
    limits: resolveLimits(options),
    watching: watching(options),
    protection,
  };
}
