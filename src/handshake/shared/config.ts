// The resolved configuration that the handshake works from: data only, every default filled in. It is made from the
// public options in engine/config.ts.

import type { GroupName } from '../../crypto/keys.ts';
import type { CryptoProvider } from '../../crypto/provider.ts';
import type { Scheme } from '../../crypto/schemes.ts';
import type { Suite } from '../../crypto/suites.ts';
import type {
  CertificateRequest13,
  ClientHello,
  EncryptedExtensions,
  HelloRetryRequest,
  NewSessionTicket13,
  ServerHelloOf,
} from '../../wire/messages.ts';
import type { CertificateCompression } from './compression.ts';
import type { Credential } from './credentials.ts';
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
  /** What errors call a suite; undefined for one that has no name here. */
  readonly suiteName: (id: number) => string | undefined;
  /** Best first. */
  readonly groups: readonly GroupName[];
  /** Best first. */
  readonly schemes: readonly Scheme[];
  /** What certificates may be signed with, when that is not `schemes` (RFC 8446 4.2.3). */
  readonly certificateSchemes: readonly Scheme[] | undefined;
  /** Finite field groups, best first, for DHE in TLS 1.2 (RFC 7919); never empty when a DHE suite is among the suites. */
  readonly dhGroups: readonly GroupName[];
  /** What we can prove ourselves with, best first. */
  readonly credentials: readonly Credential[];
  /** Whether the host answers `psk` needs. */
  readonly psk: boolean;
  /** RFC 8879; the first that the peer reads is written. */
  readonly certificateCompression: readonly CertificateCompression[];
  /** TLS 1.3 records are padded to a multiple of so many bytes (RFC 8446 5.4); 0 for none. */
  readonly recordPadding: number;
  /** Whether data begins with small records, which arrive whole sooner. */
  readonly smallFirstRecords: boolean;
  /** Whether a PSK may do without an ephemeral key exchange (psk_ke), which gives up forward secrecy. */
  readonly pskWithoutDhe: boolean;
  /** RFC 7627. */
  readonly extendedMasterSecret: 'offer' | 'require' | 'never';
  /** Bytes of content in a record that we send, at most. */
  readonly maxSendFragment: number | undefined;
  /** What we say in record_size_limit (RFC 8449 4): TLS 1.3 counts the content type in. Undefined to say nothing. */
  readonly recordSizeLimit: number | undefined;
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
  /** DER names of authorities that we trust, for servers with several certificates (RFC 8446 4.2.4); empty says nothing. */
  readonly authorities: readonly Uint8Array[];
  /** Whether the server may ask for our certificate after the handshake (RFC 8446 4.6.2). */
  readonly postHandshakeAuth: boolean;
  /** Whether early data may be written when the session allows it (RFC 8446 2.3). */
  readonly earlyData: boolean;
  /** Whether to ask for a stapled OCSP response (RFC 6066 8). */
  readonly statusRequest: boolean;
  /** Whether to ask for certificate timestamps (RFC 6962 3.3). */
  readonly timestamps: boolean;
  /** The code of RFC 6066 4: 1 to 4 for 2^9 to 2^12 bytes. */
  readonly maxFragmentLength: number | undefined;
  /** Bytes that a ClientHello is padded to (RFC 7685); 0 for none. */
  readonly padding: number;
  /** RFC 8701. */
  readonly grease: boolean;
  /** Whether the order of the ClientHello's extensions is drawn by lot. */
  readonly permuteExtensions: boolean;
  /** Ids of the ClientHello's extensions in the order to send them; others follow. */
  readonly extensionOrder: readonly number[];
  /** Whether a client that has credentials gives up where none of them fits, instead of going on without one. */
  readonly requireCredential: boolean;
  /** What a server of TLS 1.2 gets that asks to renegotiate: a warning, or the end of the connection. */
  readonly renegotiation: 'decline' | 'refuse';
  /** RFC 7918. */
  readonly falseStart: boolean;
  /** Whether this attempt speaks a lower version than an earlier one did (RFC 7507). */
  readonly fallback: boolean;
  /** Bits that the prime of a TLS 1.2 server's Diffie-Hellman group must have. */
  readonly minDhBits: number;
  readonly hooks: ClientHooks;
}

export interface ServerConfig extends CommonConfig {
  readonly role: 'server';
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
  /** Whether clients may be asked for a certificate after the handshake (RFC 8446 4.6.2). */
  readonly postHandshakeAuth: boolean;
  /** Tickets that a TLS 1.3 client is given after the handshake. */
  readonly ticketCount: number;
  /** Bytes of early data that a ticket allows; 0 for none. */
  readonly maxEarlyData: number;
  /** Bytes of refused early data that are dropped, at least. */
  readonly skippedEarlyData: number;
  /** Milliseconds that a ticket's age may differ from what we count, for early data (RFC 8446 8.3). */
  readonly ticketAge: number;
  /** RFC 8701. */
  readonly grease: boolean;
  /** Whether a client is asked for a share of a better group that it speaks (RFC 8446 4.1.4). */
  readonly retryForGroup: boolean;
  /** Whether the client is asked for a certificate, and whether it may do without. */
  readonly clientCertificate: 'none' | 'request' | 'require';
  /** DER names of the authorities that a client's certificate should come from; empty says nothing. */
  readonly clientAuthorities: readonly Uint8Array[];
  /** RFC 4279 5.2; undefined for none. */
  readonly pskIdentityHint: Uint8Array | undefined;
  readonly hooks: ServerHooks;
}

/** Replaces what would be sent, to replay recorded handshakes. Not part of the public options. */
export interface ClientHooks {
  /** Each ClientHello, the second after a HelloRetryRequest too; binders are computed over what comes back. */
  readonly clientHello?: (hello: ClientHello) => ClientHello;
}

export interface ServerHooks {
  readonly serverHello?: (hello: ServerHelloOf<'server_hello_13'>) => ServerHelloOf<'server_hello_13'>;
  readonly helloRetryRequest?: (message: HelloRetryRequest) => HelloRetryRequest;
  readonly encryptedExtensions?: (message: EncryptedExtensions) => EncryptedExtensions;
  readonly certificateRequest?: (message: CertificateRequest13) => CertificateRequest13;
  readonly newSessionTicket?: (message: NewSessionTicket13) => NewSessionTicket13;
  /** What a ticket that another server sealed stands for. */
  readonly openTicket?: (ticket: Uint8Array) => Session | undefined;
}
