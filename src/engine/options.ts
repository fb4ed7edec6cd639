// The public options of a client and a server, and nothing but data and plain functions in them. engine/config.ts turns them
// into the resolved configuration and refuses what makes no sense.

import type { GroupName } from '../crypto/keys.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { CertificateCompression } from '../handshake/shared/compression.ts';
import type { Credential } from '../handshake/shared/credentials.ts';
import type { TicketKey } from '../handshake/shared/tickets.ts';
import type { Limits } from '../record/limits.ts';
import type { ExtensionName } from '../wire/extensions.ts';
import type { Observer } from './observe.ts';

export type VersionOption = 'TLSv1.2' | 'TLSv1.3';

export interface CommonOptions {
  /** The mathematics: `nodeProvider` from glasstls/providers/node or `nobleProvider` from glasstls/providers/noble. */
  readonly provider: CryptoProvider;
  /** Lowest version to speak. Default TLSv1.2. */
  readonly minVersion?: VersionOption;
  /** Highest version to speak. Default TLSv1.3. */
  readonly maxVersion?: VersionOption;
  /**
   * Cipher suites by IANA's or OpenSSL's name, best first. Names of TLS 1.2 and 1.3 may be mixed; a version of which no
   * suite is named keeps its default. As one string it is OpenSSL's list for TLS 1.2, `ECDHE+AESGCM:!SHA1`, in which the
   * names of TLS 1.3 may stand too. Default: every suite that the provider runs, in the order of its speed, but for DHE,
   * AES-CCM, shared keys and what is legacy: DHE and CCM must be named, for shared keys see `psk`.
   */
  readonly cipherSuites?: readonly string[] | string;
  /**
   * Groups for the key agreement, best first. Default X25519MLKEM768, x25519, secp256r1, secp384r1, secp521r1, as far as the
   * provider has them. Finite field groups among
   * them are those of TLS 1.2's DHE suites too; without any, a server takes ffdhe2048 and larger ones.
   */
  readonly groups?: readonly GroupName[];
  /**
   * Signature schemes by IANA's name, best first. Default: all that glasstls knows, but for those that must be named:
   * rsa_pkcs1_sha1 and ecdsa_sha1, which need `legacy` too and are for TLS 1.2 alone (RFC 9155 says why not to), and
   * rsa_pkcs1_sha256_legacy, with which a server lets clients of TLS 1.3 sign whose token can do no PSS (such a client names it
   * in its credential's `schemes`).
   */
  readonly signatureSchemes?: readonly string[];
  /** Schemes that certificates may be signed with, when they are not the same (RFC 8446 4.2.3). Default: not said. */
  readonly certificateSignatureSchemes?: readonly string[];
  /** Application protocols (RFC 7301), best first. */
  readonly alpn?: readonly string[];
  /** Adds what is off for good reason: RSA key exchange and CBC, and SHA-1 signatures where they are named. Default false. */
  readonly legacy?: boolean;
  /** Whether the host answers `psk` needs, which adds the suites of shared keys (RFC 4279). Default false. */
  readonly psk?: boolean;
  /**
   * Algorithms to compress certificates with (RFC 8879), best first; `glasstls/node` has those of node:zlib. Default: none.
   */
  readonly certificateCompression?: readonly CertificateCompression[];
  /** Pad TLS 1.3 records to a multiple of so many bytes, which hides how long the content is (RFC 8446 5.4). Default 0: no. */
  readonly recordPadding?: number;
  /**
   * Whether data begins with small records, at the start and after a second's pause: its first bytes are readable sooner, and
   * a little more is sent. Default false.
   */
  readonly smallFirstRecords?: boolean;
  /**
   * Whether TLS 1.3 may go on from a key without an ephemeral key exchange (psk_ke): cheap, and whoever learns the key later
   * can read what was recorded. Default false.
   */
  readonly pskWithoutDhe?: boolean;
  /** RFC 7627. Default `offer`. */
  readonly extendedMasterSecret?: 'offer' | 'require' | 'never';
  /** Bytes of content in a record that we send, at most: 512 to 16,384, which is the default. */
  readonly maxSendFragment?: number;
  /**
   * Bytes of a protected record that we want to receive at most (RFC 8449 4), 64 to 16,385; TLS 1.3 counts the content type
   * in. Default: a client says nothing, a server answers with the largest.
   */
  readonly recordSizeLimit?: number;
  /**
   * What sessions belong to: a fingerprint of the trust policy (client) or of the configuration (server). Sessions made
   * under another one are not resumed. Default: empty, for hosts that have one policy only.
   */
  readonly sessionBinding?: Uint8Array;
  /** RFC 8446 D.4. Default true. */
  readonly middleboxCompatibility?: boolean;
  readonly limits?: Partial<Limits>;
  /** Random bytes, for tests that replay. Default: the provider's. */
  readonly random?: (length: number) => Uint8Array;
  /** Milliseconds since the epoch. Default: Date.now. */
  readonly now?: () => number;
  /** Told of everything that can be watched; see {@link Observer}. */
  readonly observe?: Observer;
  /** Whether `observe` is also told every secret as it is derived. Default false. */
  readonly observeSecrets?: boolean;
  /** Called with each line of the key log (RFC 9850), without a line end. Whoever reads them can read the traffic. */
  readonly keyLog?: (line: string) => void;
}

export interface ClientOptions extends CommonOptions {
  /** The name of the server as an A-label, or an IP address. Sent as SNI when it is a name. */
  readonly serverName?: string;
  /** Whether to send the name as SNI. Default true. */
  readonly sendServerName?: boolean;
  /**
   * Groups to send shares for in a first TLS 1.3 ClientHello. Default: the first of the classical ones, and X25519MLKEM768
   * where the runtime has ML-KEM itself.
   */
  readonly keyShares?: readonly GroupName[];
  /**
   * What a server of TLS 1.2 gets that asks to renegotiate, which is never done: `decline` warns it and goes on (RFC 5246
   * 7.2.2), `refuse` ends the connection, as HTTP/2 would have it (RFC 9113 9.2.1). Default `decline`.
   */
  readonly renegotiation?: 'decline' | 'refuse';
  /** Whether to accept a TLS 1.2 server without RFC 5746. Default false. */
  readonly allowLegacyRenegotiation?: boolean;
  /** A session from a `session` event, to resume if it still may be. What does not fit is left aside. */
  readonly session?: Uint8Array | undefined;
  /** Whether to ask for tickets and keep what they stand for (RFC 5077, RFC 8446 4.6.1). Default true. */
  readonly tickets?: boolean;
  /** What we can prove ourselves with when the server asks, best first. Default: nothing. */
  readonly credentials?: readonly CredentialOption[];
  /**
   * Whether to end the handshake where the server asks for a certificate and none of `credentials` fits, with an error that
   * says why. Default false: the server is told that there is none, and may or may not say why it minds (RFC 8446 4.4.2).
   */
  readonly requireCredential?: boolean;
  /**
   * Whether data may be written before the server has answered, when the session allows it: it can be recorded and said again
   * by anybody (RFC 8446 2.3, 8). A `writable` event says when, `early_data_outcome` what became of it. Default false.
   */
  readonly earlyData?: boolean;
  /** DER names of authorities that we trust, for servers with several certificates (RFC 8446 4.2.4). Default: not said. */
  readonly authorities?: readonly Uint8Array[];
  /** Whether the server may ask for our certificate after the handshake (RFC 8446 4.6.2). Default false. */
  readonly postHandshakeAuth?: boolean;
  /** Whether to ask for a stapled OCSP response (RFC 6066 8). Default true. */
  readonly statusRequest?: boolean;
  /** Whether to ask for certificate timestamps (RFC 6962 3.3). Default false. */
  readonly timestamps?: boolean;
  /** Bytes of content in a record, 512, 1024, 2048 or 4096 (RFC 6066 4). Default: not said. */
  readonly maxFragmentLength?: 512 | 1024 | 2048 | 4096;
  /** Bytes to pad the ClientHello to, at least 0 (RFC 7685). Default 0. */
  readonly padding?: number;
  /** Whether to strew in values that nobody knows, so that servers keep ignoring them (RFC 8701). Default false. */
  readonly grease?: boolean;
  /** Whether the extensions of each ClientHello stand in another order, so that servers keep bearing any. Default false. */
  readonly permuteExtensions?: boolean;
  /**
   * Extensions of the ClientHello in the order to send them, by IANA's name or number; it offers none that would not be sent
   * anyhow. Others follow in an order of ours, or drawn by lot with `permuteExtensions`; pre_shared_key is always the last
   * (RFC 8446 4.2.11), and GREASE stays at both ends. Default: none is named.
   */
  readonly extensionOrder?: readonly (ExtensionName | number)[];
  /**
   * Whether data may follow our Finished before the server's came, with a forward secret AEAD suite and ALPN (RFC 7918); a
   * `writable` event says when. Default false.
   */
  readonly falseStart?: boolean;
  /** Whether this connection repeats a failed one with a lower version (RFC 7507). Default false. */
  readonly fallback?: boolean;
  /** Bits that the prime of a TLS 1.2 server's Diffie-Hellman group must have. Default 2048. */
  readonly minDhBits?: number;
}

/**
 * A certificate chain and what is known of it; host/respond.ts makes one from certificates. The private key stays with the
 * host, which answers `signature` needs.
 */
export type CredentialOption = Credential;

export interface ServerOptions extends CommonOptions {
  /** Best first. May be empty only when `askHello` or `psk` is set. */
  readonly credentials: readonly CredentialOption[];
  /** Whether each connection's configuration is asked for by a `hello` need. Default false. */
  readonly askHello?: boolean;
  /** Keys for tickets: the first seals, all open. Default: none, and no tickets. */
  readonly ticketKeys?: readonly TicketKey[];
  /** Whether the host keeps sessions by id: `session` events bring them, `session` needs ask for them. Default false. */
  readonly sessionCache?: boolean;
  /** Seconds that a session may be used. Default 7200. */
  readonly sessionLifetime?: number;
  /** Whether to strew values that nobody knows into what a client must ignore (RFC 8701 4). Default false. */
  readonly grease?: boolean;
  /** Tickets that a TLS 1.3 client is given after the handshake, 0 to 16; each is used once. Default 2. */
  readonly ticketCount?: number;
  /** Bytes of early data that a ticket allows; each connection is asked for by an `early_data` need. Default 0: none. */
  readonly maxEarlyData?: number;
  /**
   * Whether a TLS 1.3 client that speaks a better one of our groups, and brought a share for a lesser one, is asked for the
   * better one's, which costs a round trip (RFC 8446 4.1.4): for those who insist on post-quantum groups. Default false.
   */
  readonly retryForGroup?: boolean;
  /** Whether `requestCertificate` will be called after the handshake (RFC 8446 4.6.2). Default false. */
  readonly postHandshakeAuth?: boolean;
  /** Whether to ask clients for a certificate, and whether they may do without. Default `none`. */
  readonly clientCertificate?: 'none' | 'request' | 'require';
  /** DER names of authorities whose certificates clients should use. Default: not said. */
  readonly clientAuthorities?: readonly Uint8Array[];
  /** A hint which shared key a client should use (RFC 4279 5.2). Default: none. */
  readonly pskIdentityHint?: Uint8Array;
}
