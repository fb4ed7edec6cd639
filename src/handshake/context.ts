// What a handler may do besides returning the next state: send, change keys, report. The engine implements it; a handler
// sees nothing else of the world.

import type { Codec } from '../codec/codec.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { TrafficKeys } from '../crypto/schedule12.ts';
import type { SecretObserver } from '../crypto/secrets.ts';
import type { Suite } from '../crypto/suites.ts';
import type { Transcript } from '../crypto/transcript.ts';
import type { AlertName } from '../wire/registry/names.ts';
import type { MessageName } from './machine.ts';
import type { ClientConfig, ServerConfig, Version } from './shared/config.ts';
import type { Exporter13 } from './shared/exporter.ts';
import type { Session } from './shared/session.ts';
import type { KnownPeer } from './shared/states.ts';

/** What protects a direction from now on. */
export interface KeyChange {
  readonly suite: Suite;
  readonly keys: TrafficKeys;
  readonly epoch: 'early' | 'handshake' | 'application';
  /** 0, and one more after each KeyUpdate. */
  readonly generation: number;
  /** RFC 7366 was agreed on; only CBC suites look at it. */
  readonly encryptThenMac?: boolean;
}

/** A choice, for who watches: what the peer had, what we had, what was taken. */
export interface Decision {
  readonly about:
    | 'version'
    | 'cipher_suite'
    | 'group'
    | 'signature_scheme'
    | 'alpn'
    | 'certificate'
    | 'client_certificate'
    | 'early_data'
    | 'resumption';
  readonly chosen: number | string | undefined;
  readonly offered: readonly (number | string)[];
  readonly acceptable: readonly (number | string)[];
}

/** What a server asks of a client's certificate. */
export interface CertificateRequestInfo {
  /** certificate_types of TLS 1.2. */
  readonly types: readonly number[] | undefined;
  readonly schemes: readonly number[];
  readonly certificateSchemes: readonly number[] | undefined;
  /** DER names; empty for any. */
  readonly authorities: readonly Uint8Array[];
}

/** What a finished handshake agreed on. */
export interface Agreement {
  readonly version: Version;
  readonly suite: Suite;
  /** Of the key agreement; undefined for RSA key exchange. */
  readonly group: number | undefined;
  /** Of the server's signature; undefined for RSA key exchange. */
  readonly scheme: number | undefined;
  readonly alpn: string | undefined;
  /** The name asked for by the client. */
  readonly serverName: string | undefined;
  readonly extendedMasterSecret: boolean;
  /** What the peer proved itself with; empty for an anonymous client. */
  readonly peerChain: readonly Uint8Array[];
  /** Whether the host's verdict on that chain was that it is trusted. */
  readonly authorized: boolean;
  readonly authorizationProblem: string | undefined;
  /** Whether this connection went on from a session. */
  readonly resumed: boolean;
  /**
   * On a server of TLS 1.3 that resumed: milliseconds by which the client counts its ticket older than we do. It is small
   * unless a clock is wrong or the hello was kept for a while (RFC 8446 8.3).
   */
  readonly ticketAgeSkew?: number;
  /** What the server asked of our certificate; undefined when it asked for none, and on a server. */
  readonly certificateRequest: CertificateRequestInfo | undefined;
  /** The place among our credentials of what we proved ourselves with; undefined when it was nothing. */
  readonly credential: number | undefined;
  /** Whether both sides hold a key that was shared beforehand, and proved it. */
  readonly psk: boolean;
}

export interface HandshakeContext {
  readonly provider: CryptoProvider;
  /** @throws when the connection is not a client's */
  readonly client: ClientConfig;
  /** @throws when the connection is not a server's */
  readonly server: ServerConfig;
  readonly transcript: Transcript;
  readonly observeSecret: SecretObserver | undefined;

  /** From now on `client` or `server` gives this configuration (the answer to a `hello` need). */
  useServerConfig(config: ServerConfig): void;
  /** The version, once it is negotiated. */
  useVersion(version: Version): void;
  /** Encodes, adds to the transcript, and queues a message. */
  send<T>(name: MessageName, codec: Codec<T>, message: T): void;
  /** Like `send` for what stands outside of the transcript: HelloRequest, KeyUpdate, tickets. */
  sendOutside<T>(name: MessageName, codec: Codec<T>, message: T): Uint8Array;
  /** Like `sendOutside`, for a message that was encoded before. */
  sendEncoded(name: MessageName, raw: Uint8Array): void;
  /** A client answered after the handshake; undefined when it has no certificate. */
  clientAuthenticated(peer: KnownPeer | undefined): void;
  sendChangeCipherSpec(): void;
  sendWarning(alert: AlertName): void;
  /** @throws TlsError when handshake bytes wait under the old keys */
  setReadKeys(change: KeyChange): void;
  /** `changeCipherSpecFirst`: see RFC 8446 D.4. */
  setWriteKeys(change: KeyChange, changeCipherSpecFirst?: boolean): void;
  /** RFC 6066 4: bytes of content in every record from now on, either way. */
  limitFragments(length: number): void;
  /** RFC 8449: bytes of content in protected records, out and in; undefined leaves a direction as it is. */
  limitRecords(out: number | undefined, into: number | undefined): void;
  /** A client may write early data from now on, `limit` bytes at most. */
  openEarlyWrites(limit: number): void;
  /** What keying material for early data is exported from (RFC 8446 7.5). */
  openEarlyExporter(exporter: Exporter13): void;
  /** A client's early data was taken, or it must be sent again. */
  earlyDataOutcome(accepted: boolean): void;
  /** What is written is in the clear again: a HelloRetryRequest refused the early data with the hello (RFC 8446 4.2.10). */
  clearWriteKeys(): void;
  /** A server takes early data from now on: `limit` bytes at most, handed out at once or after the handshake. */
  openEarlyReads(limit: number, delivery: 'deliver' | 'withhold'): void;
  /** A server that refused early data drops what it cannot decrypt, fewer than `limit` bytes of content (RFC 8446 4.2.10). */
  skipEarlyData(limit: number): void;
  decide(decision: Decision): void;
  /** A line of the key log (RFC 9850), when one is kept. */
  logSecret(label: string, clientRandom: Uint8Array, secret: Uint8Array): void;
  connected(agreement: Agreement): void;
  /** A session to keep for a later connection. */
  keepSession(session: Session): void;
}
