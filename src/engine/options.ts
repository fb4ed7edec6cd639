// The public options of a client and a server, and nothing but data and plain functions in them. engine/config.ts turns them
// into the resolved configuration and refuses what makes no sense.

import type { GroupName, PublicKey } from '../crypto/keys.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { TicketKey } from '../handshake/shared/tickets.ts';
import type { Limits } from '../record/limits.ts';
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
   * suite is named keeps its default. Default: every suite that the provider runs, in the order of its speed.
   */
  readonly cipherSuites?: readonly string[];
  /** Groups for the key agreement, best first. Default x25519, secp256r1, secp384r1, secp521r1. */
  readonly groups?: readonly GroupName[];
  /** Signature schemes by IANA's name, best first. Default: all that glasstls knows. */
  readonly signatureSchemes?: readonly string[];
  /** Application protocols (RFC 7301), best first. */
  readonly alpn?: readonly string[];
  /** Adds what is off for good reason: RSA key exchange. Default false. */
  readonly legacy?: boolean;
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
  /** Groups to send shares for in a first TLS 1.3 ClientHello. Default: the first group. */
  readonly keyShares?: readonly GroupName[];
  /** Whether to accept a TLS 1.2 server without RFC 5746. Default false. */
  readonly allowLegacyRenegotiation?: boolean;
  /** A session from a `session` event, to resume if it still may be. What does not fit is left aside. */
  readonly session?: Uint8Array;
  /** Whether to ask for tickets (RFC 5077). Default true. */
  readonly tickets?: boolean;
}

export interface CredentialOption {
  /** DER, own certificate first, then the rest of the chain without the root. */
  readonly chain: readonly Uint8Array[];
  /** The public key of the first certificate. The private key stays with the host, which answers `signature` needs. */
  readonly key: PublicKey;
}

export interface ServerOptions extends CommonOptions {
  /** Best first. May be empty only when `askHello` is set. */
  readonly credentials: readonly CredentialOption[];
  /** Whether each connection's configuration is asked for by a `hello` need. Default false. */
  readonly askHello?: boolean;
  /** Keys for tickets: the first seals, all open. Default: none, and no tickets. */
  readonly ticketKeys?: readonly TicketKey[];
  /** Whether the host keeps sessions by id: `session` events bring them, `session` needs ask for them. Default false. */
  readonly sessionCache?: boolean;
  /** Seconds that a session may be used. Default 7200. */
  readonly sessionLifetime?: number;
}
