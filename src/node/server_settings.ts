// What all connections of a server have in common: its contexts by name, its ticket keys, and the engine's configuration
// that comes of them, resolved once for each context.

import { resolveServer } from '../engine/config.ts';
import type { ServerOptions } from '../engine/options.ts';
import type { ServerConfig } from '../handshake/shared/config.ts';
import type { TicketKey } from '../handshake/shared/tickets.ts';
import type { Trust } from '../host/trust.ts';
import { TlsError } from '../wire/tls_error.ts';
import { contextOf, createSecureContext, SecureContext, type SecureOptions } from './options.ts';
import { protocolsOf } from './protocol_options.ts';
import type { TLSSocket } from './tls_socket.ts';

/** What a listener of `OCSPRequest` and an SNICallback answer with. */
export type Found<T> = (error: Error | null, found?: T | null) => void;

export interface ServerSideOptions extends SecureOptions {
  /**
   * Keys for tickets: the first seals, all open; or, as node:tls has it, the 48 bytes of one. Default: one made at random;
   * then sessions end with the server. None: no tickets. Servers that stand for one another are given the same ones.
   */
  readonly ticketKeys?: readonly TicketKey[] | Uint8Array | undefined;
  /** Whether clients are asked for a certificate; with `rejectUnauthorized`, the default, they must have a trusted one. */
  readonly requestCert?: boolean | undefined;
  /** Tickets that a TLS 1.3 client is given. Default 2. */
  readonly ticketCount?: number | undefined;
  /** Bytes of early data that a ticket allows. It is read once the handshake is done, so that no repetition counts. Default 0. */
  readonly maxEarlyData?: number | undefined;
  /** Whether `requestCertificate` will be called on sockets. Default false. */
  readonly postHandshakeAuth?: boolean | undefined;
  /** The key that belongs to a client's identity, for the suites that share one (RFC 4279); null for none. */
  readonly pskCallback?: ((socket: TLSSocket, identity: string) => Uint8Array | null | undefined) | undefined;
  /** Sent to clients with the key exchange, to choose a key by. */
  readonly pskIdentityHint?: string | undefined;
  /** The context for a name that was asked for; null for the server's own. */
  readonly SNICallback?: ((servername: string, found: Found<SecureContext>) => void) | undefined;
  /** One of the client's protocols, or undefined to refuse. */
  readonly ALPNCallback?:
    | ((this: TLSSocket, offer: { servername: string; protocols: string[] }) => string | undefined)
    | undefined;
  /** Options read beforehand; then those about certificates, keys and the protocol given here do not count. */
  readonly secureContext?: SecureContext | undefined;
}

const ONE_KEY = 48;

export class ServerSettings {
  readonly options: ServerSideOptions;
  context: SecureContext;
  private readonly named: { readonly pattern: RegExp; readonly context: SecureContext }[] = [];
  private ticketKeys: readonly TicketKey[];
  /** Weakly: an SNICallback may make a context for every connection. */
  private known = new WeakMap<SecureContext, { options: ServerOptions; config: ServerConfig }>();

  /** @throws TlsError ERR_TLS_CONFIG for options that cannot work */
  constructor(options: ServerSideOptions) {
    if (options.ALPNCallback !== undefined && options.ALPNProtocols !== undefined) {
      throw new TlsError('ERR_TLS_CONFIG', 'ALPNCallback and ALPNProtocols cannot be given both');
    }
    this.options = options;
    this.context = contextOf(options.secureContext, options);
    const { random } = this.context.common.provider;
    this.ticketKeys = keysOf(options.ticketKeys ?? Uint8Array.from(random.call(this.context.common.provider, ONE_KEY)));
    this.resolved(this.context);
  }

  /** Other options from now on; open connections keep theirs. @throws TlsError ERR_TLS_CONFIG */
  setSecureContext(options: SecureOptions): void {
    const context = createSecureContext({
      ...options,
      ALPNProtocols: options.ALPNProtocols ?? this.options.ALPNProtocols,
    });
    this.resolved(context);
    this.context = context;
  }

  /** For a name, in which `*` stands for a label: the latest that fits counts. @throws TlsError ERR_TLS_CONFIG */
  addContext(name: string, context: SecureContext | SecureOptions): void {
    if (name === '') throw new TlsError('ERR_TLS_CONFIG', 'a context needs the name that it is for');
    const made = context instanceof SecureContext ? context : createSecureContext(context);
    const source = name.replace(/([.^$+?\-\\[\]{}()|/])/g, '\\$1').replaceAll('*', '[^.]*');
    this.resolved(made);
    this.named.unshift({ pattern: new RegExp(`^${source}$`, 'i'), context: made });
  }

  get hasNames(): boolean {
    return this.named.length > 0;
  }

  contextFor(name: string): SecureContext | undefined {
    return this.named.find(({ pattern }) => pattern.test(name))?.context;
  }

  /** @throws TlsError ERR_TLS_CONFIG for keys of a wrong length */
  setTicketKeys(keys: readonly TicketKey[] | Uint8Array): void {
    const before = this.ticketKeys;
    this.ticketKeys = keysOf(keys);
    this.known = new WeakMap();
    try {
      this.resolved(this.context);
    } catch (error) {
      this.ticketKeys = before;
      throw error;
    }
  }

  /** 48 bytes: name and key of the one that seals. @throws TlsError ERR_TLS_USAGE when there is none */
  getTicketKeys(): Buffer {
    const [first] = this.ticketKeys;
    if (first === undefined) throw new TlsError('ERR_TLS_USAGE', 'this server gives no tickets');
    return Buffer.concat([first.name, first.key]);
  }

  trustOf(context: SecureContext): Trust {
    return context.trustFor(this.options.rejectUnauthorized);
  }

  /** @throws TlsError ERR_TLS_CONFIG */
  resolved(context: SecureContext): { options: ServerOptions; config: ServerConfig } {
    const known = this.known.get(context);
    if (known !== undefined) return known;
    const options = this.engineOptions(context);
    const made = { options, config: resolveServer(options) };
    this.known.set(context, made);
    return made;
  }

  private engineOptions(context: SecureContext): ServerOptions {
    const { options } = this;
    const { ticketCount, maxEarlyData, postHandshakeAuth, pskIdentityHint, sessionTimeout, ALPNProtocols } = options;
    return {
      ...context.serverOptionsFor(asked(options), options.rejectUnauthorized),
      // node:tls lets a server begin without a certificate: a context may come by name, or later.
      askHello: context.identities.length === 0,
      psk: options.pskCallback !== undefined,
      // A context that was made apart says nothing of protocols: they are the server's.
      ...(ALPNProtocols !== undefined && { alpn: protocolsOf(ALPNProtocols) }),
      ...(ticketCount !== undefined && { ticketCount }),
      ...(maxEarlyData !== undefined && { maxEarlyData }),
      ...(postHandshakeAuth !== undefined && { postHandshakeAuth }),
      ...(pskIdentityHint !== undefined && {
        pskIdentityHint: new Uint8Array(Buffer.from(pskIdentityHint, 'utf8')),
      }),
      ...(sessionTimeout !== undefined && { sessionLifetime: sessionTimeout }),
      ticketKeys: context.withoutTickets ? [] : this.ticketKeys,
    };
  }
}

function keysOf(keys: readonly TicketKey[] | Uint8Array): readonly TicketKey[] {
  if (!(keys instanceof Uint8Array)) return keys;
  if (keys.length !== ONE_KEY) {
    throw new TlsError(
      'ERR_TLS_CONFIG',
      `ticketKeys has ${ONE_KEY} bytes: a ticket key's name and key, not ${keys.length}`,
    );
  }
  return [{ name: Uint8Array.from(keys.subarray(0, 16)), key: Uint8Array.from(keys.subarray(16)) }];
}

function asked({ requestCert = false, rejectUnauthorized = true }: ServerSideOptions): 'none' | 'request' | 'require' {
  if (!requestCert) return 'none';
  return rejectUnauthorized ? 'require' : 'request';
}
