// The states of a server, each with exactly what is valid in it. The transitions between them are server/table.ts.

import type { GroupName } from '../../crypto/keys.ts';
import type { DhShare } from '../../crypto/provider.ts';
import type { HandshakeStage, MasterStage, ScheduleContext } from '../../crypto/schedule13.ts';
import type { Suite12, Suite13 } from '../../crypto/suites.ts';
import type { ClientHello } from '../../wire/messages.ts';
import type { Exporter13 } from '../shared/exporter.ts';
import type {
  DecryptNeed,
  EarlyDataNeed,
  HelloNeed,
  PskNeed,
  SessionNeed,
  SignatureNeed,
  VerdictNeed,
} from '../shared/needs.ts';
import type { Psk13 } from '../shared/psk13.ts';
import type { Session } from '../shared/session.ts';
import type { Connected12, Connected13, Keys12, KnownPeer, Peer, Randoms } from '../shared/states.ts';

export interface WaitClientHello {
  readonly name: 'wait_client_hello';
}

/** Waits for the configuration that fits what the client asked for. */
export interface ChooseConfiguration {
  readonly name: 'choose_configuration';
  readonly hello: ClientHello;
  readonly raw: Uint8Array;
  readonly need: HelloNeed;
}

// TLS 1.3 (RFC 8446 A.2).

/** A ClientHello as it came, and what a HelloRetryRequest before it has fixed. */
export interface Opening13 {
  readonly hello: ClientHello;
  /** The whole message: binders cover it. */
  readonly raw: Uint8Array;
  readonly serverName: string | undefined;
  readonly retried: Retried13 | undefined;
}

/** What was fixed by a HelloRetryRequest: the second ClientHello must keep it. */
export interface Retried13 {
  readonly first: ClientHello;
  readonly suite: Suite13;
  readonly group: number;
  /** Whether the first one offered a key that we have and that goes with the suite. */
  readonly withPsk: boolean;
}

export interface WaitSecondClientHello extends Retried13 {
  readonly name: 'wait_second_client_hello';
}

/** Waits for the key that is shared under the identity at this place of the offer. */
export interface FindExternalPsk {
  readonly name: 'find_external_psk';
  readonly opening: Opening13;
  readonly place: number;
  readonly need: PskNeed;
}

/** What a TLS 1.3 server has chosen, all but the certificate. */
export interface Chosen13 {
  readonly suite: Suite13;
  readonly alpn: string | undefined;
  /** Undefined for a PSK without key exchange. */
  readonly share: { readonly group: GroupName; readonly theirs: Uint8Array } | undefined;
  readonly psk: SelectedPsk | undefined;
}

export interface ChosenWithPsk13 extends Chosen13 {
  readonly psk: SelectedPsk;
}

export interface SelectedPsk extends Psk13 {
  /** Its place in the offer. */
  readonly place: number;
  /** Milliseconds by which the client counts its ticket older than we do; undefined for a key that was shared beforehand. */
  readonly ageSkew: number | undefined;
}

/** Waits for the application's word on early data. */
export interface JudgeEarlyData {
  readonly name: 'judge_early_data';
  readonly opening: Opening13;
  readonly chosen: ChosenWithPsk13;
  readonly need: EarlyDataNeed;
}

export interface Handshake13 {
  readonly hello: ClientHello;
  readonly schedule: ScheduleContext;
  readonly suite: Suite13;
  readonly stage: HandshakeStage;
  readonly clientSecret: Uint8Array;
  readonly serverSecret: Uint8Array;
  /** Undefined for a PSK without key exchange. */
  readonly group: number | undefined;
  readonly psk: SelectedPsk | undefined;
  readonly scheme: number | undefined;
  /** Undefined with a PSK, which stands for the certificate. */
  readonly credential: number | undefined;
  readonly alpn: string | undefined;
  readonly serverName: string | undefined;
}

export interface SignCertificateVerify {
  readonly name: 'sign_certificate_verify';
  readonly handshake: Handshake13;
  readonly need: SignatureNeed;
}

/** Our flight is out; what the connection will be opened with is known. */
export interface Answered13 {
  readonly handshake: Handshake13;
  readonly master: MasterStage;
  readonly clientTraffic: Uint8Array;
  readonly serverTraffic: Uint8Array;
  readonly exporter: Exporter13;
}

/** Takes early data until the client says that it ends. */
export interface WaitEndOfEarlyData extends Answered13 {
  readonly name: 'wait_end_of_early_data';
  readonly peer: KnownPeer | undefined;
  readonly mayWrite: boolean;
}

/** Of the client, which was asked for it. */
export interface WaitCertificate13 extends Answered13 {
  readonly name: 'wait_certificate_13';
}

export interface JudgeCertificate13 extends Answered13 {
  readonly name: 'judge_certificate_13';
  readonly need: VerdictNeed;
}

export interface WaitCertificateVerify13 extends Answered13 {
  readonly name: 'wait_certificate_verify_13';
  readonly peer: Peer;
}

export interface WaitFinished13 extends Answered13 {
  readonly name: 'wait_finished_13';
  readonly peer: KnownPeer | undefined;
  readonly mayWrite?: boolean;
}

/** The client was asked after the handshake, and its answer comes. `messages`: the request, and what came of the answer. */
interface PostAuthenticating {
  readonly connected: Connected13;
  readonly messages: readonly Uint8Array[];
}

export interface JudgePostCertificate extends PostAuthenticating {
  readonly name: 'judge_post_certificate';
  readonly need: VerdictNeed;
}

export interface WaitPostCertificateVerify extends PostAuthenticating {
  readonly name: 'wait_post_certificate_verify';
  readonly peer: Peer;
}

export interface WaitPostFinished extends PostAuthenticating {
  readonly name: 'wait_post_finished';
  readonly peer: KnownPeer | undefined;
}

// TLS 1.2 (RFC 5246 7.3).

export interface Handshake12 {
  readonly hello: ClientHello;
  readonly suite: Suite12;
  readonly randoms: Randoms;
  /** Undefined for a suite that authenticates by a shared key. */
  readonly credential: number | undefined;
  /** Undefined for RSA key exchange and for the plain shared key. */
  readonly ephemeral: Ephemeral | undefined;
  /** The client, once its certificate was judged. */
  readonly peer: Peer | undefined;
  readonly alpn: string | undefined;
  readonly serverName: string | undefined;
  readonly extendedMasterSecret: boolean;
  /** Whether RFC 7366 was agreed on; only with a CBC suite. */
  readonly encryptThenMac: boolean;
  /** The id to keep the session under; empty when none is kept so. */
  readonly sessionId: Uint8Array;
  /** Whether a NewSessionTicket was announced (RFC 5077 3.2). */
  readonly ticketPromised: boolean;
}

/** Our half of the key agreement. */
export interface Ephemeral {
  readonly share: DhShare;
  readonly group: number;
  /** What it is signed with; undefined where a shared key vouches for it. */
  readonly scheme: number | undefined;
}

export interface SignServerKeyExchange {
  readonly name: 'sign_server_key_exchange';
  readonly handshake: Handshake12;
  readonly group: GroupName;
  readonly ephemeral: Ephemeral;
  /** ServerECDHParams or ServerDHParams as they go on the wire. */
  readonly params: Uint8Array;
  readonly need: SignatureNeed;
}

/** Of the client, which was asked for it. */
export interface WaitCertificate12 {
  readonly name: 'wait_certificate_12';
  readonly handshake: Handshake12;
}

export interface JudgeCertificate12 {
  readonly name: 'judge_certificate_12';
  readonly handshake: Handshake12;
  readonly need: VerdictNeed;
}

/** ClientKeyExchange has another form for each key exchange, and so has the state that waits for it. */
export interface WaitClientKeyExchange<N extends string> {
  readonly name: N;
  readonly handshake: Handshake12;
}
export type WaitClientKeyExchangeRsa = WaitClientKeyExchange<'wait_client_key_exchange_rsa'>;
export type WaitClientKeyExchangeEcdhe = WaitClientKeyExchange<'wait_client_key_exchange_ecdhe'>;
export type WaitClientKeyExchangeDhe = WaitClientKeyExchange<'wait_client_key_exchange_dhe'>;
export type WaitClientKeyExchangePsk = WaitClientKeyExchange<'wait_client_key_exchange_psk'>;
export type WaitClientKeyExchangeDhePsk = WaitClientKeyExchange<'wait_client_key_exchange_dhe_psk'>;
export type WaitClientKeyExchangeEcdhePsk = WaitClientKeyExchange<'wait_client_key_exchange_ecdhe_psk'>;

export interface DecryptPreMaster {
  readonly name: 'decrypt_pre_master';
  readonly handshake: Handshake12;
  /** Drawn before the ciphertext is looked at (RFC 5246 7.4.7.1). */
  readonly fallback: Uint8Array;
  readonly need: DecryptNeed;
}

export interface FindPsk {
  readonly name: 'find_psk';
  readonly handshake: Handshake12;
  /** What the ephemeral keys agreed on; undefined for the plain shared key. */
  readonly agreed: Uint8Array | undefined;
  readonly need: PskNeed;
}

export interface WaitCertificateVerify12 {
  readonly name: 'wait_certificate_verify_12';
  readonly handshake: Handshake12;
  readonly peer: Peer;
  readonly keys: Keys12;
}

export interface WaitChangeCipherSpec {
  readonly name: 'wait_change_cipher_spec';
  readonly handshake: Handshake12;
  readonly keys: Keys12;
}

export interface WaitFinished12 extends Omit<WaitChangeCipherSpec, 'name'> {
  readonly name: 'wait_finished_12';
}

// TLS 1.2, resumed: we finish first.

/** Waits for the host to look a session up by its id. */
export interface FindSession {
  readonly name: 'find_session';
  readonly hello: ClientHello;
  readonly serverName: string | undefined;
  readonly need: SessionNeed;
}

export interface WaitChangeCipherSpecResumed {
  readonly name: 'wait_change_cipher_spec_resumed';
  readonly session: Session;
  readonly keys: Keys12;
  readonly randoms: Randoms;
  readonly ownFinished: Uint8Array;
  readonly alpn: string | undefined;
  readonly serverName: string | undefined;
}

export interface WaitFinishedResumed extends Omit<WaitChangeCipherSpecResumed, 'name'> {
  readonly name: 'wait_finished_resumed';
}

export type ServerState =
  | WaitClientHello
  | ChooseConfiguration
  | WaitSecondClientHello
  | FindExternalPsk
  | JudgeEarlyData
  | SignCertificateVerify
  | WaitEndOfEarlyData
  | WaitCertificate13
  | JudgeCertificate13
  | WaitCertificateVerify13
  | WaitFinished13
  | Connected13
  | JudgePostCertificate
  | WaitPostCertificateVerify
  | WaitPostFinished
  | SignServerKeyExchange
  | WaitCertificate12
  | JudgeCertificate12
  | WaitClientKeyExchangeRsa
  | WaitClientKeyExchangeEcdhe
  | WaitClientKeyExchangeDhe
  | WaitClientKeyExchangePsk
  | WaitClientKeyExchangeDhePsk
  | WaitClientKeyExchangeEcdhePsk
  | DecryptPreMaster
  | FindPsk
  | WaitCertificateVerify12
  | WaitChangeCipherSpec
  | WaitFinished12
  | FindSession
  | WaitChangeCipherSpecResumed
  | WaitFinishedResumed
  | Connected12;
