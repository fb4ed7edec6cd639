// A TLS client over any byte stream (RFC 8446, RFC 5246).

import { CLIENT_TABLE } from '../handshake/client/table.ts';
import type { ClientConfig } from '../handshake/shared/config.ts';
import { ALL_SUITES, type Protection } from '../record/protect.ts';
import { resolveClient, resolveLimits } from './config.ts';
import { Connection } from './connection.ts';
import { watching } from './context.ts';
import type { ClientOptions } from './options.ts';
import type { AnyTable, Setup } from './setup.ts';

/**
 * The client's side of one connection. Feed it with what the transport brings, send what it says, answer what it needs.
 *
 * @example
 * const client = new TlsClient({ provider: nobleProvider, serverName: 'example.org' });
 * handle(client.start());              // a `send` event with the ClientHello
 * handle(client.receive(chunk));       // `need` (verdict), then `send`, `connected`, `data` ...
 */
export class TlsClient extends Connection {
  /** @throws TlsError ERR_TLS_CONFIG for options that cannot work */
  constructor(options: ClientOptions) {
    super(clientSetup(options));
  }
}

/** A client from its options. Tests that replay recorded handshakes give their own `config`. */
export function clientSetup(options: ClientOptions, config = resolveClient(options)): Setup {
  return clientSetupWith(ALL_SUITES, options, config);
}

export function clientSetupWith(protection: Protection, options: ClientOptions, config: ClientConfig): Setup {
  return {
    table: CLIENT_TABLE as AnyTable,
    initial: { name: 'start' },
    config,
    limits: resolveLimits(options),
    watching: watching(options),
    protection,
  };
}
