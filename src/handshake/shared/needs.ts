// What a handshake may have to wait for, and what answers it. A need is data: the host resolves it now or later and
// answers by the id that came with it. The handshake never parses X.509 and never holds a private key.

import type { PublicKey, SignatureAlgorithm } from '../../crypto/keys.ts';
import type { AlertName } from '../../wire/registry/names.ts';
import type { ServerConfig } from './config.ts';

/** The server's first: what the client asked for. Answered with the whole configuration to use for it. */
export interface HelloNeed {
  readonly kind: 'hello';
  /** As the client sent it, in lower case; unverified text. */
  readonly serverName: string | undefined;
  readonly alpn: readonly string[];
  readonly cipherSuites: readonly number[];
  readonly signatureSchemes: readonly number[];
  readonly groups: readonly number[];
  readonly versions: readonly number[];
  /** Whether the client asks for a stapled OCSP response (RFC 6066 8). */
  readonly statusRequested: boolean;
}

/** Is this chain that of whom we want to speak to? */
export interface VerdictNeed {
  readonly kind: 'verdict';
  /** Whose chain it is. */
  readonly role: 'server' | 'client';
  /** DER, the peer's own certificate first, as it was sent. */
  readonly chain: readonly Uint8Array[];
  /** The name that was asked for, when the chain is a server's. */
  readonly serverName: string | undefined;
  /** Whether a stapled OCSP response was asked for; who did not ask cannot insist on one. */
  readonly statusRequested?: boolean | undefined;
  /** The stapled response (a DER OCSPResponse), where one came. */
  readonly ocspResponse?: Uint8Array | undefined;
  /** The SignedCertificateTimestamps that came with the handshake. */
  readonly timestamps?: readonly Uint8Array[] | undefined;
  /** Milliseconds since the epoch, from the configured clock. */
  readonly now: number;
}

export type Verdict =
  | {
      readonly accepted: true;
      /** False when the host goes on although it could not verify the chain (`-k`, rejectUnauthorized: false). */
      readonly authorized: boolean;
      /** Why it is not authorised, for whom it may concern. */
      readonly reason?: string;
      readonly key: PublicKey;
      /** The keyUsage extension, where the certificate has one. */
      readonly usage?: KeyUsage;
      /** When the first certificate of the path expires, in milliseconds since the epoch: no session lives longer. */
      readonly validUntil?: number;
    }
  | { readonly accepted: false; readonly alert: AlertName; readonly reason: string; readonly cause?: unknown };

export interface KeyUsage {
  readonly digitalSignature: boolean;
  readonly keyEncipherment: boolean;
}

/** Has the host kept a session under this id? Answered with what a `session` event gave, or undefined. */
export interface SessionNeed {
  readonly kind: 'session';
  readonly id: Uint8Array;
}

/** Sign `data` with the key of credential number `credential` of the configuration. */
export interface SignatureNeed {
  readonly kind: 'signature';
  readonly credential: number;
  readonly scheme: number;
  readonly algorithm: SignatureAlgorithm;
  readonly data: Uint8Array;
}

/**
 * The bare RSA operation on an encrypted pre-master secret: the padded block, as long as the modulus, is the answer, and
 * undefined for every failure. Padding is examined by us, in constant time, and a failure is never visible on the wire.
 */
export interface DecryptNeed {
  readonly kind: 'decrypt';
  readonly credential: number;
  readonly ciphertext: Uint8Array;
}

/** Which key is shared with the peer (RFC 4279)? */
export type PskNeed =
  /**
   * Asked of a client: before the ClientHello of TLS 1.3, and by a suite of TLS 1.2, then with the server's `hint` if it
   * gave one.
   */
  | { readonly kind: 'psk'; readonly role: 'client'; readonly hint: Uint8Array | undefined }
  /** Asked of a server: the key that belongs to the client's identity, unverified bytes. */
  | { readonly kind: 'psk'; readonly role: 'server'; readonly identity: Uint8Array };

/** A shared key and what it is called. */
export interface Psk {
  /** At most 65,535 bytes; UTF-8 text by RFC 4279 5.1. A server need not say it again. */
  readonly identity?: Uint8Array;
  /** 1 to 65,535 bytes. */
  readonly key: Uint8Array;
  /** What TLS 1.3 uses it with (RFC 8446 4.2.11). Default sha256. */
  readonly hash?: 'sha256' | 'sha384';
}

/** Shall this client's early data be taken? What it says can be said again by anybody who recorded it (RFC 8446 8). */
export interface EarlyDataNeed {
  readonly kind: 'early_data';
  /** The ticket, which is the same when early data is repeated. */
  readonly ticket: Uint8Array;
  readonly serverName: string | undefined;
  readonly alpn: string | undefined;
  /** Bytes that will be taken at most. */
  readonly limit: number;
}

/**
 * `deliver`: at once, by an application that can bear a repetition or keeps tickets from being used twice. `withhold`: when
 * the client's Finished has proved that it is there now. `reject`: never; the client must send it again.
 */
export type EarlyDataAnswer = 'deliver' | 'withhold' | 'reject';

export type Need = HelloNeed | SessionNeed | VerdictNeed | SignatureNeed | DecryptNeed | PskNeed | EarlyDataNeed;

/** What answers each kind of need. */
export interface Answers {
  readonly hello: ServerConfig;
  readonly session: Uint8Array | undefined;
  readonly verdict: Verdict;
  /** Undefined when the key cannot or will not sign. */
  readonly signature: Uint8Array | undefined;
  readonly decrypt: Uint8Array | undefined;
  /** Undefined when there is no such key. */
  readonly psk: Psk | undefined;
  readonly early_data: EarlyDataAnswer;
}
