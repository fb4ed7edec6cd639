// The states of a client, each with exactly what is valid in it. The transitions between them are client/table.ts.

import type { DhShare, KeyShare } from '../../crypto/provider.ts';
import type { HandshakeStage, ScheduleContext } from '../../crypto/schedule13.ts';
import type { Suite12, Suite13 } from '../../crypto/suites.ts';
import type {
  CertificateRequest12,
  CertificateRequest13,
  ClientHello,
  NewSessionTicket12,
} from '../../wire/messages.ts';
import type { PskNeed, SignatureNeed, VerdictNeed } from '../shared/needs.ts';
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

/** The server is verified and our certificate is on its way; its key must sign before Finished. */
export interface SignCertificateVerify13 extends Omit<WaitFinished13, 'name'> {
  readonly name: 'sign_certificate_verify_13';
  readonly credential: number;
  readonly traffic: Traffic13;
  readonly need: SignatureNeed;
}

/** What a TLS 1.3 connection is opened with. */
export type Traffic13 = Pick<Connected13, 'read' | 'write' | 'exporter'>;

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
  /** Whether a CertificateStatus may follow the certificate (RFC 6066 8). */
  readonly statusPromised: boolean;
  readonly timestamps: readonly Uint8Array[];
}

export interface WaitCertificate12 {
  readonly name: 'wait_certificate_12';
  readonly handshake: Handshake12;
}

export interface WaitCertificateStatus {
  readonly name: 'wait_certificate_status';
  readonly handshake: Handshake12;
  readonly chain: readonly Uint8Array[];
}

export interface JudgeCertificate12 {
  readonly name: 'judge_certificate_12';
  readonly handshake: Handshake12;
  readonly need: VerdictNeed;
}

/** ServerKeyExchange has another form for each key exchange, and so has the state that waits for it. */
export interface WaitServerKeyExchange<N extends string> {
  readonly name: N;
  readonly handshake: Handshake12;
  readonly peer: Peer;
}
export type WaitServerKeyExchangeEcdhe = WaitServerKeyExchange<'wait_server_key_exchange_ecdhe'>;
export type WaitServerKeyExchangeDhe = WaitServerKeyExchange<'wait_server_key_exchange_dhe'>;

/** With a shared key there is no certificate before. The plain form may leave the message out. */
export interface WaitServerKeyExchangePsk<N extends string> {
  readonly name: N;
  readonly handshake: Handshake12;
}
export type WaitPskHint = WaitServerKeyExchangePsk<'wait_server_key_exchange_psk'>;
export type WaitServerKeyExchangeDhePsk = WaitServerKeyExchangePsk<'wait_server_key_exchange_dhe_psk'>;
export type WaitServerKeyExchangeEcdhePsk = WaitServerKeyExchangePsk<'wait_server_key_exchange_ecdhe_psk'>;

/** The server's ephemeral key, and ours to answer it. */
export interface Ephemeral {
  readonly share: DhShare;
  readonly peerPublic: Uint8Array;
  /** Undefined for a finite field group that has no number. */
  readonly group: number | undefined;
  /** What the server signed it with; undefined when a shared key vouches for it. */
  readonly scheme: number | undefined;
}

/** What the server brought to the key exchange. */
export interface ServerExchange {
  /** Undefined for a suite that authenticates by a shared key. */
  readonly peer: Peer | undefined;
  /** Undefined for RSA key exchange and for the plain shared key. */
  readonly ephemeral: Ephemeral | undefined;
  /** Of the shared key (RFC 4279 5.2). */
  readonly hint: Uint8Array | undefined;
}

export interface WaitCertificateRequest12 extends ServerExchange {
  readonly name: 'wait_certificate_request_12';
  readonly handshake: Handshake12;
}

export interface WaitServerHelloDone extends ServerExchange {
  readonly name: 'wait_server_hello_done';
  readonly handshake: Handshake12;
  readonly request: CertificateRequest12 | undefined;
}

export interface ChoosePsk extends Omit<WaitServerHelloDone, 'name'> {
  readonly name: 'choose_psk';
  readonly need: PskNeed;
}

/** What follows ClientKeyExchange has in common. */
interface Exchanged extends ServerExchange {
  readonly handshake: Handshake12;
  readonly request: CertificateRequest12 | undefined;
  /** Our certificate, when one was sent. */
  readonly credential: number | undefined;
  readonly keys: Keys12;
}

export interface SignCertificateVerify12 extends Exchanged {
  readonly name: 'sign_certificate_verify_12';
  readonly need: SignatureNeed;
}

/** After our Finished. */
interface Finishing extends Exchanged {
  readonly ownFinished: Uint8Array;
  /** False Start (RFC 7918): data may go before the server's Finished came. */
  readonly mayWrite: boolean;
}

export interface WaitNewSessionTicket extends Finishing {
  readonly name: 'wait_new_session_ticket';
}

export interface WaitChangeCipherSpec extends Finishing {
  readonly name: 'wait_change_cipher_spec';
  readonly ticket: NewSessionTicket12 | undefined;
}

export interface WaitFinished12 extends Omit<WaitChangeCipherSpec, 'name'> {
  readonly name: 'wait_finished_12';
}

// TLS 1.2, resumed: the server finishes first.

export interface Resumed12 {
  readonly session: Session;
  readonly keys: Keys12;
  readonly randoms: Randoms;
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
  | SignCertificateVerify13
  | Connected13
  | WaitCertificate12
  | WaitCertificateStatus
  | JudgeCertificate12
  | WaitServerKeyExchangeEcdhe
  | WaitServerKeyExchangeDhe
  | WaitPskHint
  | WaitServerKeyExchangeDhePsk
  | WaitServerKeyExchangeEcdhePsk
  | WaitCertificateRequest12
  | WaitServerHelloDone
  | ChoosePsk
  | SignCertificateVerify12
  | WaitNewSessionTicket
  | WaitChangeCipherSpec
  | WaitFinished12
  | WaitNewSessionTicketResumed
  | WaitChangeCipherSpecResumed
  | WaitFinishedResumed
  | Connected12;
