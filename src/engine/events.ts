// What the engine tells its host. Each call returns the events that it caused, in order.

import type { Agreement } from '../handshake/context.ts';
import type { Need } from '../handshake/shared/needs.ts';
import type { AlertName } from '../wire/registry/names.ts';
import type { TlsError } from '../wire/tls_error.ts';

/**
 * Bytes for the peer: hand all pieces to one write of the transport. A flight is one such event. The pieces are the
 * engine's no longer and may be kept.
 */
export interface SendEvent {
  readonly type: 'send';
  readonly pieces: readonly Uint8Array[];
}

/** The handshake waits: answer with `connection.answer(id, answer)`, now or later. */
export interface NeedEvent {
  readonly type: 'need';
  readonly id: number;
  readonly need: Need;
}

/** The handshake is done; data may be written. */
export interface ConnectedEvent {
  readonly type: 'connected';
  readonly agreement: Agreement;
}

/**
 * Data may be written although the handshake is not done: as early data, which may be repeated by others and refused by the
 * server (RFC 8446 2.3), in answer to it, to somebody who may only be repeating, or before the server's Finished (RFC 7918).
 */
export interface WritableEvent {
  readonly type: 'writable';
  readonly reason: 'early_data' | 'answer_early_data' | 'false_start';
  /** Bytes that may be written before `connected`; undefined for any number. */
  readonly limit: number | undefined;
}

/** Of a client's early data: the server takes it, or it must be written again after `connected`. */
export interface EarlyDataOutcomeEvent {
  readonly type: 'early_data_outcome';
  readonly accepted: boolean;
}

/** A client answered `requestCertificate`; with an empty chain it has nothing to show (RFC 8446 4.6.2). */
export interface ClientCertificateEvent {
  readonly type: 'client_certificate';
  readonly chain: readonly Uint8Array[];
  readonly authorized: boolean;
  /** Why it is not authorised, when it is not. */
  readonly problem: string | undefined;
}

/** Data that a client wrote before its handshake was done. Unless it was withheld, it may be a repetition (RFC 8446 8). */
export interface EarlyDataEvent {
  readonly type: 'early_data';
  readonly data: Uint8Array;
}

/** Application data, decrypted and authenticated. The bytes are the host's. */
export interface DataEvent {
  readonly type: 'data';
  readonly data: Uint8Array;
}

/** A warning alert of TLS 1.2; the connection goes on. */
export interface WarningEvent {
  readonly type: 'warning';
  readonly alert: AlertName | number;
}

/** The peer said close_notify: nothing more comes from it (RFC 8446 6.1). We may still write until `close`. */
export interface EndEvent {
  readonly type: 'end';
}

/** It is over without fault: both sides closed. Release the transport. */
export interface ClosedEvent {
  readonly type: 'closed';
}

/** It is over. A `send` event with our alert, where one is due, comes before it. */
export interface ErrorEvent {
  readonly type: 'error';
  readonly error: TlsError;
}

/**
 * A session for a later connection. A client gives `session` back in its options; a server that keeps sessions by id
 * answers `session` needs with it. It is a secret: whoever has it can resume, and read what was resumed.
 */
export interface SessionEvent {
  readonly type: 'session';
  /** The session's id; empty for one that lives in a ticket. */
  readonly id: Uint8Array;
  readonly session: Uint8Array;
}

export type TlsEvent =
  | SendEvent
  | NeedEvent
  | ConnectedEvent
  | WritableEvent
  | EarlyDataOutcomeEvent
  | EarlyDataEvent
  | ClientCertificateEvent
  | DataEvent
  | SessionEvent
  | WarningEvent
  | EndEvent
  | ClosedEvent
  | ErrorEvent;
