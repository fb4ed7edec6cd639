// The resolved configuration that the handshake works from: data only, frozen, every default filled in. It is made from the
// public options in engine/config.ts.

import type { GroupName, PublicKey } from '../../crypto/keys.ts';
import type { CryptoProvider } from '../../crypto/provider.ts';
import type { Scheme } from '../../crypto/schemes.ts';
import type { Suite } from '../../crypto/suites.ts';
import type { ClientHello, EncryptedExtensions, ServerHelloOf } from '../../wire/messages.ts';
import type { Session } from './session.ts';
import type { TicketKey } from './tickets.ts';

export type Version = 0x0303 | 0x0304;

export interface CommonConfig {
  readonly provider: CryptoProvider;
  /** From the provider unless the host brings its own. */
  readonly random: (length: number) => Uint8Array;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly minVersion: Version;
  readonly maxVersion: Version;
  /** Best first. Only suites of the versions above, that the provider can run. */
  readonly suites: readonly Suite[];
  /** Best first. */
  readonly groups: readonly GroupName[];
  /** Best first. */
  readonly schemes: readonly Scheme[];
  /** Best first; empty means no ALPN. */
  readonly alpn: readonly string[];
  /**
   * What a session belongs to besides its name: a fingerprint of the trust policy (client) or of the configuration
   * (server). A session made under another one is not resumed.
   */
  readonly sessionBinding: Uint8Array;
  /** RFC 8446 D.4. */
  readonly middleboxCompatibility: boolean;
}

export interface ClientConfig extends CommonConfig {
  readonly role: 'client';
  /** Whom we want to speak to: an A-label or an IP address. The verdict is about this name. */
  readonly serverName: string | undefined;
  /** What goes into the server_name extension: never an IP address (RFC 6066 3). */
  readonly sniName: string | undefined;
  /** Groups whose shares a first TLS 1.3 ClientHello carries. */
  readonly keyShares: readonly GroupName[];
  /** Whether a TLS 1.2 server without RFC 5746 is accepted. */
  readonly allowLegacyRenegotiation: boolean;
  /** What to go on from, if it may still be used. */
  readonly session: Session | undefined;
  /** Whether to ask for tickets (RFC 5077). */
  readonly tickets: boolean;
  readonly hooks: ClientHooks;
}

export interface ServerConfig extends CommonConfig {
  readonly role: 'server';
  readonly credentials: readonly Credential[];
  /** Whether a `hello` need asks for the configuration of each connection. */
  readonly asksHello: boolean;
  /** Whether the name that the client asked for chose this configuration, which is then acknowledged (RFC 6066 3). */
  readonly usesServerName: boolean;
  /** The first seals tickets, all open them; none means no tickets. */
  readonly ticketKeys: readonly TicketKey[];
  /** Whether the host keeps sessions by id: then a `session` need looks them up. */
  readonly sessionCache: boolean;
  /** Seconds that a session may be used. */
  readonly sessionLifetime: number;
  readonly hooks: ServerHooks;
}

/** A certificate chain and what its key can do. The private key is the host's. */
export interface Credential {
  /** DER, own certificate first. */
  readonly chain: readonly Uint8Array[];
  readonly key: PublicKey;
}

/** Replaces what would be sent, to replay recorded handshakes. Not part of the public options. */
export interface ClientHooks {
  readonly clientHello?: (hello: ClientHello) => ClientHello;
}

export interface ServerHooks {
  readonly serverHello?: (hello: ServerHelloOf<'server_hello_13'>) => ServerHelloOf<'server_hello_13'>;
  readonly encryptedExtensions?: (message: EncryptedExtensions) => EncryptedExtensions;
}
