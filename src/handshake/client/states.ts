// The states of a client, each with exactly what is valid in it. The transitions between them are client/table.ts.

import type { KeyShare } from '../../crypto/provider.ts';
import type { HandshakeStage, ScheduleContext } from '../../crypto/schedule13.ts';
import type { Suite12, Suite13 } from '../../crypto/suites.ts';
import type { CertificateRequest13, ClientHello, NewSessionTicket12 } from '../../wire/messages.ts';
import type { VerdictNeed } from '../shared/needs.ts';
import type { Session } from '../shared/session.ts';
import type { Connected12, Connected13, Keys12, Peer, Randoms } from '../shared/states.ts';

export interface Start {
  readonly name: 'start';
}

/** What was offered, against which every answer of the server is held. */
export interface Offer {
  readonly hello: ClientHello;
  readonly shares: readonly KeyShare[];
  /** The group that a HelloRetryRequest asked for and its suite; a second one is refused. */
  readonly retry: { readonly suite: number } | undefined;
  /** The TLS 1.2 session that was offered. */
  readonly session: Session | undefined;
}

export interface WaitServerHello {
  readonly name: 'wait_server_hello';
  readonly offer: Offer;
}

// TLS 1.3 (RFC 8446 A.1).

/** What a TLS 1.3 client has after ServerHello, and carries to the end. */
export interface Handshake13 {
  readonly offer: Offer;
  readonly schedule: ScheduleContext;
  readonly suite: Suite13;
  readonly stage: HandshakeStage;
  readonly clientSecret: Uint8Array;
  readonly serverSecret: Uint8Array;
  readonly group: number;
}

export interface WaitEncryptedExtensions {
  readonly name: 'wait_encrypted_extensions';
  readonly handshake: Handshake13;
}

export interface WaitCertificateRequest13 {
  readonly name: 'wait_certificate_request_13';
  readonly handshake: Handshake13;
  readonly alpn: string | undefined;
}

export interface WaitCertificate13 {
  readonly name: 'wait_certificate_13';
  readonly handshake: Handshake13;
  readonly alpn: string | undefined;
  readonly request: CertificateRequest13 | undefined;
}

export interface JudgeCertificate13 extends Omit<WaitCertificate13, 'name'> {
  readonly name: 'judge_certificate_13';
  readonly need: VerdictNeed;
}

export interface WaitCertificateVerify extends Omit<WaitCertificate13, 'name'> {
  readonly name: 'wait_certificate_verify';
  readonly peer: Peer;
}

export interface WaitFinished13 extends Omit<WaitCertificateVerify, 'name'> {
  readonly name: 'wait_finished_13';
  readonly scheme: number;
}

// TLS 1.2 (RFC 5246 7.3).

/** What a TLS 1.2 client has after ServerHello, and carries to the end. */
export interface Handshake12 {
  readonly offer: Offer;
  readonly suite: Suite12;
  readonly randoms: Randoms;
  readonly alpn: string | undefined;
  readonly extendedMasterSecret: boolean;
  /** Whether RFC 7366 was agreed on; only with a CBC suite. */
  readonly encryptThenMac: boolean;
  /** What the server gave to come back with; empty when it keeps nothing under an id. */
  readonly sessionId: Uint8Array;
  /** Whether a NewSessionTicket was announced (RFC 5077 3.2). */
  readonly ticketPromised: boolean;
}

export interface WaitCertificate12 {
  readonly name: 'wait_certificate_12';
  readonly handshake: Handshake12;
}

export interface JudgeCertificate12 {
  readonly name: 'judge_certificate_12';
  readonly handshake: Handshake12;
  readonly need: VerdictNeed;
}

export interface WaitServerKeyExchange {
  readonly name: 'wait_server_key_exchange';
  readonly handshake: Handshake12;
  readonly peer: Peer;
}

/** The server's ephemeral key, verified; undefined for RSA key exchange, which has none. */
export interface Ephemeral {
  readonly share: KeyShare;
  readonly peerPublic: Uint8Array;
  readonly group: number;
  readonly scheme: number;
}

export interface WaitCertificateRequest12 {
  readonly name: 'wait_certificate_request_12';
  readonly handshake: Handshake12;
  readonly peer: Peer;
  readonly ephemeral: Ephemeral | undefined;
}

export interface WaitServerHelloDone {
  readonly name: 'wait_server_hello_done';
  readonly handshake: Handshake12;
  readonly peer: Peer;
  readonly ephemeral: Ephemeral | undefined;
  readonly certificateRequested: boolean;
}

export interface WaitNewSessionTicket extends Omit<WaitChangeCipherSpec, 'name' | 'ticket'> {
  readonly name: 'wait_new_session_ticket';
}

export interface WaitChangeCipherSpec {
  readonly name: 'wait_change_cipher_spec';
  readonly ticket: NewSessionTicket12 | undefined;
  readonly handshake: Handshake12;
  readonly peer: Peer;
  readonly ephemeral: Ephemeral | undefined;
  readonly keys: Keys12;
}

export interface WaitFinished12 extends Omit<WaitChangeCipherSpec, 'name'> {
  readonly name: 'wait_finished_12';
}

// TLS 1.2, resumed: the server finishes first.

export interface Resumed12 {
  readonly session: Session;
  readonly keys: Keys12;
  readonly alpn: string | undefined;
  /** A ticket that replaces the one that was used. */
  readonly ticket: NewSessionTicket12 | undefined;
}

export interface WaitNewSessionTicketResumed {
  readonly name: 'wait_new_session_ticket_resumed';
  readonly resumed: Resumed12;
}

export interface WaitChangeCipherSpecResumed {
  readonly name: 'wait_change_cipher_spec_resumed';
  readonly resumed: Resumed12;
}

export interface WaitFinishedResumed {
  readonly name: 'wait_finished_resumed';
  readonly resumed: Resumed12;
}

export type ClientState =
  | Start
  | WaitServerHello
  | WaitEncryptedExtensions
  | WaitCertificateRequest13
  | WaitCertificate13
  | JudgeCertificate13
  | WaitCertificateVerify
  | WaitFinished13
  | Connected13
  | WaitCertificate12
  | JudgeCertificate12
  | WaitServerKeyExchange
  | WaitCertificateRequest12
  | WaitServerHelloDone
  | WaitNewSessionTicket
  | WaitChangeCipherSpec
  | WaitFinished12
  | WaitNewSessionTicketResumed
  | WaitChangeCipherSpecResumed
  | WaitFinishedResumed
  | Connected12;
