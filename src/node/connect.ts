// `connect` with the shape of node:tls's: over TCP, or over a stream that is already there.

import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { clientSetup } from '../engine/client.ts';
import { configFor, resolveClient } from '../engine/config.ts';
import { Connection } from '../engine/connection.ts';
import type { ClientOptions } from '../engine/options.ts';
import type { ClientConfig } from '../handshake/shared/config.ts';
import type { Psk } from '../handshake/shared/needs.ts';
import { answerWithKeys } from '../host/respond.ts';
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
  /**
   * The key shared with the server, for the suites that have one (RFC 4279); `hint` is the server's, null when it gave none.
   * Null for no such key, which ends the handshake.
   */
  readonly pskCallback?: (hint: string | null) => { readonly psk: Uint8Array; readonly identity: string } | null;
  /**
   * Sent before the server has answered when `session` allows so much, otherwise first of all after the handshake. Others may
   * repeat it to the server (RFC 8446 8): only what may safely be done twice, an HTTP GET for one.
   */
  readonly earlyData?: Uint8Array;
  /** What the ClientHello says, and what it is taken for, beyond node:tls. */
  readonly hello?: HelloOptions;
  /** Options read beforehand; then those of SecureOptions given here do not count. */
  readonly secureContext?: SecureContext;
}

/** The engine's options for a client alone. */
export type HelloOptions = Pick<
  ClientOptions,
  | 'statusRequest'
  | 'timestamps'
  | 'maxFragmentLength'
  | 'padding'
  | 'grease'
  | 'falseStart'
  | 'fallback'
  | 'minDhBits'
  | 'keyShares'
  | 'sendServerName'
  | 'allowLegacyRenegotiation'
  | 'postHandshakeAuth'
  | 'authorities'
>;

/**
 * Opens a TLS connection. The socket emits `secureConnect` when the handshake is done and the server is verified, and
 * `error` (a TlsError, or the error of the transport) when anything fails.
 * @throws TlsError ERR_TLS_CONFIG for options that cannot work
 */
export function connect(options: ConnectOptions, onSecureConnect?: () => void): TLSSocket {
  const { secureContext = createSecureContext(options) } = options;
  const { trust, identities } = secureContext;
  const { socket, port = 443, host = 'localhost', family, allowHalfOpen = false } = options;
  const { pskCallback, session, earlyData } = options;
  const engine = new Connection(clientSetup(secureContext.common, configOf(secureContext, options)));
  const transport =
    socket ?? connectTcp({ port, host, noDelay: true, allowHalfOpen: true, ...(family !== undefined && { family }) });
  const tls: TLSSocket = new TLSSocket({
    transport,
    engine,
    session,
    earlyData,
    respond: (need) => {
      if (need.kind === 'psk' && need.role === 'client') return { answer: pskFor(pskCallback, need.hint) };
      if (need.kind !== 'verdict') return answerWithKeys(identities, need);
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

/** Most connections differ in their peer alone; then what the context has resolved once serves them all. */
function configOf(context: SecureContext, options: ConnectOptions): ClientConfig {
  const { pskCallback, session, earlyData, tickets = true, hello } = options;
  const serverName = serverNameOf(options);
  if (pskCallback === undefined && earlyData === undefined && tickets && hello === undefined) {
    return configFor(context.clientConfig, { serverName, session });
  }
  return resolveClient({
    ...context.common,
    ...hello,
    credentials: context.credentials,
    psk: pskCallback !== undefined,
    serverName,
    sessionBinding: context.clientBinding,
    tickets,
    earlyData: earlyData !== undefined,
    session,
  });
}

/** RFC 4279 5.1: identities and hints are UTF-8. */
function pskFor(callback: ConnectOptions['pskCallback'], hint: Uint8Array | undefined): Psk | undefined {
  const found = callback?.(hint === undefined ? null : Buffer.from(hint).toString('utf8'));
  return found ? { identity: new Uint8Array(Buffer.from(found.identity, 'utf8')), key: found.psk } : undefined;
}
