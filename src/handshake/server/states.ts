// The states of a server, each with exactly what is valid in it. The transitions between them are server/table.ts.

import type { KeyShare } from '../../crypto/provider.ts';
import type { HandshakeStage, ScheduleContext } from '../../crypto/schedule13.ts';
import type { Suite12, Suite13 } from '../../crypto/suites.ts';
import type { ClientHello } from '../../wire/messages.ts';
import type { DecryptNeed, HelloNeed, SessionNeed, SignatureNeed } from '../shared/needs.ts';
import type { Session } from '../shared/session.ts';
import type { Connected12, Connected13, Keys12, Randoms } from '../shared/states.ts';

export interface WaitClientHello {
  readonly name: 'wait_client_hello';
}

/** Waits for the configuration that fits what the client asked for. */
export interface ChooseConfiguration {
  readonly name: 'choose_configuration';
  readonly hello: ClientHello;
  readonly need: HelloNeed;
}

// TLS 1.3 (RFC 8446 A.2).

/** What was fixed by a HelloRetryRequest: the second ClientHello must keep it. */
export interface WaitSecondClientHello {
  readonly name: 'wait_second_client_hello';
  readonly first: ClientHello;
  readonly suite: Suite13;
  readonly group: number;
}

export interface Handshake13 {
  readonly hello: ClientHello;
  readonly schedule: ScheduleContext;
  readonly suite: Suite13;
  readonly stage: HandshakeStage;
  readonly clientSecret: Uint8Array;
  readonly serverSecret: Uint8Array;
  readonly group: number;
  readonly scheme: number;
  readonly alpn: string | undefined;
  readonly serverName: string | undefined;
}

export interface SignCertificateVerify {
  readonly name: 'sign_certificate_verify';
  readonly handshake: Handshake13;
  readonly need: SignatureNeed;
}

export interface WaitFinished13 {
  readonly name: 'wait_finished_13';
  readonly handshake: Handshake13;
  readonly clientTraffic: Uint8Array;
  readonly serverTraffic: Uint8Array;
  readonly exporter: Uint8Array;
}

// TLS 1.2 (RFC 5246 7.3).

export interface Handshake12 {
  readonly hello: ClientHello;
  readonly suite: Suite12;
  readonly randoms: Randoms;
  readonly credential: number;
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

export interface SignServerKeyExchange {
  readonly name: 'sign_server_key_exchange';
  readonly handshake: Handshake12;
  readonly share: KeyShare;
  readonly params: Uint8Array;
  readonly need: SignatureNeed;
}

export interface WaitClientKeyExchangeEcdhe {
  readonly name: 'wait_client_key_exchange_ecdhe';
  readonly handshake: Handshake12;
  readonly share: KeyShare;
  readonly scheme: number;
}

export interface WaitClientKeyExchangeRsa {
  readonly name: 'wait_client_key_exchange_rsa';
  readonly handshake: Handshake12;
}

export interface DecryptPreMaster {
  readonly name: 'decrypt_pre_master';
  readonly handshake: Handshake12;
  /** Drawn before the ciphertext is looked at (RFC 5246 7.4.7.1). */
  readonly fallback: Uint8Array;
  readonly need: DecryptNeed;
}

export interface WaitChangeCipherSpec {
  readonly name: 'wait_change_cipher_spec';
  readonly handshake: Handshake12;
  readonly keys: Keys12;
  readonly group: number | undefined;
  readonly scheme: number | undefined;
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
  | SignCertificateVerify
  | WaitFinished13
  | Connected13
  | SignServerKeyExchange
  | WaitClientKeyExchangeEcdhe
  | WaitClientKeyExchangeRsa
  | DecryptPreMaster
  | WaitChangeCipherSpec
  | WaitFinished12
  | FindSession
  | WaitChangeCipherSpecResumed
  | WaitFinishedResumed
  | Connected12;
