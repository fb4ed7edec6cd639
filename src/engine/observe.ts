// What can be watched while it happens. Observations are made at a handful of choke points only (records, messages, state
// changes, decisions, keys, needs); with no observer they cost a test of one variable. They carry no secret: secrets come
// as `secret` observations, and only when `observeSecrets` was asked for. Byte arrays are valid during the call and, for
// messages, afterwards; observers must not change them.

import type { SecretStep } from '../crypto/secrets.ts';
import type { Decision } from '../handshake/context.ts';
import type { AlertName, HandshakeTypeName } from '../wire/registry/names.ts';

export type Direction = 'in' | 'out';

/** What protects a record: nothing, TLS 1.3's handshake keys, or traffic keys (the only ones of TLS 1.2). */
export type Epoch = 'plaintext' | 'early' | 'handshake' | 'application';

/** The version in force, as its number on the wire, once it is negotiated. */
export type NegotiatedVersion = 0x0303 | 0x0304;

export interface RecordObservation {
  readonly kind: 'record';
  readonly direction: Direction;
  /** Content type as the wire shows it: application_data (23) for everything that TLS 1.3 encrypts. */
  readonly type: number;
  /** The content type within, when the record is protected. */
  readonly innerType: number;
  readonly version: number;
  /** Bytes behind the five bytes of record header. */
  readonly length: number;
  /** Bytes of content within. */
  readonly contentLength: number;
  readonly epoch: Epoch;
}

/** A handshake message, ChangeCipherSpec or alert, whole. */
export interface MessageObservation {
  readonly kind: 'message';
  readonly direction: Direction;
  /** Content type: handshake (22), change_cipher_spec (20) or alert (21). */
  readonly type: number;
  /** `hello_retry_request` is told from `server_hello`; an unknown handshake type is `unknown`. */
  readonly name: HandshakeTypeName | 'hello_retry_request' | 'change_cipher_spec' | 'alert' | 'unknown';
  /** A handshake message with its four-byte header; one byte for ChangeCipherSpec; two for an alert. */
  readonly raw: Uint8Array;
  readonly epoch: Epoch;
  readonly version: NegotiatedVersion | undefined;
}

/** A choice that the handshake made. Numbers are code points. */
export interface DecisionObservation extends Decision {
  readonly kind: 'decision';
}

export interface StateObservation {
  readonly kind: 'state';
  readonly from: string;
  readonly to: string;
  /** The input that led there: a message's name, `start`, `answer`, `otherwise` ... */
  readonly input: string;
}

export interface KeysObservation {
  readonly kind: 'keys';
  readonly direction: Direction;
  readonly epoch: Epoch;
  readonly suite: number;
  /** 0, and one more after each KeyUpdate. */
  readonly generation: number;
}

export interface NeedObservation {
  readonly kind: 'need';
  readonly id: number;
  readonly need: string;
}

export interface AnswerObservation {
  readonly kind: 'answer';
  readonly id: number;
  readonly need: string;
  /** A line on how it was answered: `authorised`, `refused: certificate has expired`, `signed`. Never a secret. */
  readonly outcome: string;
}

export interface DataObservation {
  readonly kind: 'data';
  readonly direction: Direction;
  readonly length: number;
}

export interface SecretObservation extends SecretStep {
  readonly kind: 'secret';
}

/** How it ended: the handshake is done, the connection closed, or an error with the alert that was sent or received. */
export interface OutcomeObservation {
  readonly kind: 'connected' | 'closed' | 'error';
  readonly version?: number;
  readonly suite?: number;
  readonly group?: number | undefined;
  readonly scheme?: number | undefined;
  readonly alpn?: string | undefined;
  /** Whether the handshake went on from an earlier session or used a pre-shared key of TLS 1.3. */
  readonly resumed?: boolean;
  readonly code?: string;
  readonly alert?: AlertName | undefined;
  readonly problem?: string;
}

export type Observation =
  | RecordObservation
  | MessageObservation
  | DecisionObservation
  | StateObservation
  | KeysObservation
  | NeedObservation
  | AnswerObservation
  | DataObservation
  | SecretObservation
  | OutcomeObservation;

export type Observer = (observation: Observation) => void;
