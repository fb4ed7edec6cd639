// `connect` with the shape of node:tls's: over TCP, or over a stream that is already there.

import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { TlsClient } from '../engine/client.ts';
import { judge } from '../host/trust.ts';
import {
  type ClientName,
  createSecureContext,
  type SecureContext,
  type SecureOptions,
  serverNameOf,
} from './options.ts';
import { TLSSocket } from './tls_socket.ts';

export interface ConnectOptions extends SecureOptions, ClientName {
  readonly port?: number;
  /** Default localhost. */
  readonly host?: string;
  /** An open stream to speak TLS over, instead of a new TCP connection. */
  readonly socket?: Duplex;
  /** Keep writing after the peer has closed its side. Default false. */
  readonly allowHalfOpen?: boolean;
  readonly family?: number;
  /** What a `session` event or `getSession` gave, to resume if it still may be. */
  readonly session?: Uint8Array | undefined;
  /** Whether to ask for tickets. Default true. */
  readonly tickets?: boolean;
  /** Options read beforehand; then those of SecureOptions given here do not count. */
  readonly secureContext?: SecureContext;
}

/**
 * Opens a TLS connection. The socket emits `secureConnect` when the handshake is done and the server is verified, and
 * `error` (a TlsError, or the error of the transport) when anything fails.
 * @throws TlsError ERR_TLS_CONFIG for options that cannot work
 */
export function connect(options: ConnectOptions, onSecureConnect?: () => void): TLSSocket {
  const { secureContext = createSecureContext(options) } = options;
  const { trust } = secureContext;
  const { socket, port = 443, host = 'localhost', family, allowHalfOpen = false, session, tickets = true } = options;
  const engine = new TlsClient({
    ...secureContext.common,
    serverName: serverNameOf(options),
    sessionBinding: secureContext.clientBinding,
    tickets,
    ...(session !== undefined && { session }),
  });
  const transport =
    socket ?? connectTcp({ port, host, noDelay: true, allowHalfOpen: true, ...(family !== undefined && { family }) });
  const tls: TLSSocket = new TLSSocket({
    transport,
    engine,
    session,
    respond: (need) => {
      if (need.kind !== 'verdict') return undefined;
      const { verdict, judgement } = judge(need, trust);
      tls.judgement = judgement;
      return { answer: verdict };
    },
    allowHalfOpen,
  });
  if (onSecureConnect) tls.once('secureConnect', onSecureConnect);
  if ('connecting' in transport && transport.connecting) transport.once('connect', () => tls.start());
  // Whoever called must be able to listen before the first event.
  else queueMicrotask(() => tls.start());
  return tls;
}
