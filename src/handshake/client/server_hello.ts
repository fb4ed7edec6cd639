// What the server makes of our ClientHello: the version is settled, everything that was chosen is held against the offer, and
// the handshake goes on as TLS 1.3, TLS 1.2, or the resumption of a TLS 1.2 session (RFC 8446 4.1.3, RFC 5246 7.4.1.3).

import { equal } from '../../bytes/bytes.ts';
import { type Suite, type Suite12, type Suite13, suiteById } from '../../crypto/suites.ts';
import {
  DOWNGRADE_TO_TLS11,
  DOWNGRADE_TO_TLS12,
  isServerHello13,
  type ServerHello,
  type ServerHelloOf,
} from '../../wire/messages.ts';
import { VERSION, versionName } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import type { ClientConfig } from '../shared/config.ts';
import { checkAlpnAnswer, refuseUnsolicited } from '../shared/extensions.ts';
import { enterHandshake13 } from './enter13.ts';
import { agreeOnRecords } from './record_limits.ts';
import { enterResumed12 } from './resume12.ts';
import { declineSession } from './session.ts';
import type {
  Offer,
  WaitChangeCipherSpecResumed,
  WaitEncryptedExtensions,
  WaitNewSessionTicketResumed,
  WaitServerHello,
} from './states.ts';
import { enterFull12, type Opened12 } from './tls12.ts';

type AfterServerHello12 = Opened12 | WaitNewSessionTicketResumed | WaitChangeCipherSpecResumed;

export function onServerHello(
  context: HandshakeContext,
  state: WaitServerHello,
  hello: ServerHello,
): WaitEncryptedExtensions | AfterServerHello12 {
  const { offer } = state;
  refuseUnsolicited('server_hello', hello.extensions, offer.hello.extensions.list);
  if (hello.legacy_compression_method !== 0) {
    throw refused('ERR_TLS_COMPRESSION', 'legacy_compression_method', 'the server chose compression');
  }
  return isServerHello13(hello) ? onServerHello13(context, offer, hello) : onServerHello12(context, offer, hello);
}

function onServerHello13(
  context: HandshakeContext,
  offer: Offer,
  hello: ServerHelloOf<'server_hello_13'>,
): WaitEncryptedExtensions {
  checkSelectedVersion(context, hello.legacy_version, hello.extensions.known.supported_versions);
  checkSessionIdEcho(offer, hello.legacy_session_id_echo);
  const suite = chosenSuite(context, offer, hello.cipher_suite);
  if (suite.version !== 'tls13') throw wrongVersionSuite(context.client, suite, 'TLSv1.3');
  if (offer.retry !== undefined && offer.retry.suite !== suite.id) {
    // RFC 8446 4.1.4: the suite of the HelloRetryRequest must be that of the ServerHello.
    throw refused('ERR_TLS_BAD_HELLO_RETRY', 'cipher_suite', 'the suite differs from that of the HelloRetryRequest');
  }
  context.useVersion(VERSION.tls13);
  decideVersion(context, VERSION.tls13);
  return enterHandshake13(context, offer, suite as Suite13, hello);
}

function onServerHello12(
  context: HandshakeContext,
  offer: Offer,
  hello: ServerHelloOf<'server_hello_12'>,
): AfterServerHello12 {
  const { client } = context;
  if (offer.early) {
    // RFC 8446 D.3: a server that answers early data with TLS 1.2 cannot have understood it.
    throw refused('ERR_TLS_BAD_VERSION', 'legacy_version', 'TLS 1.2, and early data was sent', 'server_hello');
  }
  if (hello.legacy_version !== VERSION.tls12 || client.minVersion > VERSION.tls12) {
    const chosen = versionName(hello.legacy_version) ?? `0x${hello.legacy_version.toString(16)}`;
    throw new TlsError('ERR_TLS_NO_SHARED_VERSION', `the server chose ${chosen}, which was not offered`, {
      where: { message: 'server_hello', field: 'legacy_version' },
      expected: offeredVersions(client).map(versionName),
      actual: chosen,
    });
  }
  if (offer.retry !== undefined)
    throw refused('ERR_TLS_BAD_VERSION', 'legacy_version', 'TLS 1.2 after a HelloRetryRequest');
  checkDowngrade(client, hello.random);
  const suite = chosenSuite(context, offer, hello.cipher_suite);
  if (suite.version !== 'tls12') throw wrongVersionSuite(context.client, suite, 'TLSv1.2');
  const sent = offer.hello.legacy_session_id;
  const resumes = sent.length > 0 && equal(sent, hello.legacy_session_id_echo);
  if (resumes && offer.session === undefined) {
    throw refused('ERR_TLS_BAD_SESSION_ID', 'session_id', 'the server resumes a session that does not exist');
  }
  checkExtensions12(client, hello, suite);
  const { known } = hello.extensions;
  context.useVersion(VERSION.tls12);
  decideVersion(context, VERSION.tls12);
  context.transcript.start(suite.hash, client.credentials.length > 0);
  agreeOnRecords(context, 'server_hello', known, 0);
  const alpn = checkAlpnAnswer('server_hello', known.application_layer_protocol_negotiation, client.alpn);
  if (resumes && offer.session !== undefined) return enterResumed12(context, offer, offer.session, hello, alpn);
  const given = client.session !== undefined && (offer.session ?? offer.psks[0]?.session) !== undefined;
  if (given) declineSession(context, 'the server does not resume');
  return enterFull12({
    offer,
    suite: suite as Suite12,
    randoms: { client: offer.hello.random, server: hello.random },
    alpn,
    extendedMasterSecret: known.extended_master_secret === true,
    encryptThenMac: known.encrypt_then_mac === true,
    sessionId: hello.legacy_session_id_echo,
    ticketPromised: known.session_ticket === true,
    statusPromised: known.status_request === true,
    timestamps: known.signed_certificate_timestamp ?? [],
  });
}

function checkExtensions12(client: ClientConfig, hello: ServerHelloOf<'server_hello_12'>, suite: Suite): void {
  const { known } = hello.extensions;
  const { renegotiation_info, ec_point_formats, encrypt_then_mac } = known;
  checkRenegotiationInfo(client, renegotiation_info);
  if (client.extendedMasterSecret === 'require' && known.extended_master_secret !== true) {
    const problem = 'the server does not speak extended_master_secret, which is required here';
    throw refused('ERR_TLS_NO_EXTENDED_MASTER_SECRET', 'extensions.extended_master_secret', problem);
  }
  if (ec_point_formats !== undefined && !ec_point_formats.includes(0)) {
    const problem = 'the server does not take uncompressed points';
    throw refused('ERR_TLS_ILLEGAL_VALUE', 'extensions.ec_point_formats', problem);
  }
  // RFC 7366 3: a server that selects an AEAD suite "MUST NOT send an encrypt_then_mac response extension".
  if (encrypt_then_mac === true && suite.aead !== undefined) {
    throw refused('ERR_TLS_ILLEGAL_VALUE', 'extensions.encrypt_then_mac', 'the suite has no MAC to move');
  }
}

export function checkSelectedVersion(context: HandshakeContext, legacy: number, selected: number | undefined): void {
  const { client } = context;
  if (selected !== VERSION.tls13 || client.maxVersion < VERSION.tls13) {
    // RFC 8446 4.2.1: a version that was not offered, or one below TLS 1.3 in this extension.
    const chosen = selected === undefined ? 'nothing' : (versionName(selected) ?? `0x${selected.toString(16)}`);
    throw refused('ERR_TLS_BAD_VERSION', 'extensions.supported_versions', `the server selected ${chosen}`);
  }
  if (legacy !== VERSION.tls12) {
    // RFC 8446 D.5: SSL 3.0 "MUST abort the handshake with a protocol_version alert".
    if (legacy <= VERSION.ssl30) {
      throw new TlsError('ERR_TLS_NO_SHARED_VERSION', 'the server names SSL 3.0 or what came before it', {
        where: { message: 'server_hello', field: 'legacy_version' },
      });
    }
    throw refused('ERR_TLS_BAD_VERSION', 'legacy_version', 'legacy_version is not 0x0303 in TLS 1.3');
  }
}

export function checkSessionIdEcho(offer: Offer, echo: Uint8Array): void {
  if (!equal(offer.hello.legacy_session_id, echo)) {
    throw refused('ERR_TLS_BAD_SESSION_ID', 'legacy_session_id_echo', 'the server does not echo the session id');
  }
}

export function chosenSuite(context: HandshakeContext, offer: Offer, id: number): Suite {
  const offered = offer.hello.cipher_suites;
  const suite = offered.includes(id) ? suiteById(id) : undefined;
  const label = suiteLabel(context.client, id);
  if (suite === undefined) {
    throw new TlsError('ERR_TLS_UNOFFERED_SUITE', `the server chose ${label}, which was not offered`, {
      where: { message: 'server_hello', field: 'cipher_suite' },
      expected: offered.map((one) => context.client.suiteName(one) ?? one),
      actual: label,
    });
  }
  context.decide({ about: 'cipher_suite', chosen: id, offered, acceptable: [id] });
  return suite;
}

/** RFC 8446 4.1.3: a server that speaks more than it negotiated marks its random; then somebody in between cut it down. */
function checkDowngrade(client: ClientConfig, random: Uint8Array): void {
  if (client.maxVersion < VERSION.tls13) return;
  const end = random.subarray(24);
  if (equal(end, DOWNGRADE_TO_TLS12) || equal(end, DOWNGRADE_TO_TLS11)) {
    throw refused('ERR_TLS_DOWNGRADE', 'random', 'the server speaks TLS 1.3, and somebody in between prevented it');
  }
}

/** RFC 5746 3.4: empty in a first handshake; a server without it is refused unless allowed. */
function checkRenegotiationInfo(client: ClientConfig, info: Uint8Array | undefined): void {
  if (info === undefined) {
    if (client.allowLegacyRenegotiation) return;
    throw new TlsError(
      'ERR_TLS_NO_SECURE_RENEGOTIATION',
      'the server does not support secure renegotiation (RFC 5746); OpenSSL calls this "unsafe legacy renegotiation disabled"',
      { where: { message: 'server_hello', field: 'extensions.renegotiation_info' } },
    );
  }
  if (info.length !== 0) {
    throw refused('ERR_TLS_BAD_RENEGOTIATION_INFO', 'extensions.renegotiation_info', 'it is not empty');
  }
}

function offeredVersions(client: ClientConfig): number[] {
  return [VERSION.tls13, VERSION.tls12].filter((v) => v >= client.minVersion && v <= client.maxVersion);
}

function decideVersion(context: HandshakeContext, chosen: number): void {
  const offered = offeredVersions(context.client);
  context.decide({ about: 'version', chosen, offered, acceptable: [chosen] });
}

export function wrongVersionSuite(client: ClientConfig, suite: Suite, version: string): TlsError {
  const label = suiteLabel(client, suite.id);
  return refused('ERR_TLS_UNOFFERED_SUITE', 'cipher_suite', `${label} is not a suite of ${version}`);
}

function suiteLabel(client: ClientConfig, id: number): string {
  return client.suiteName(id) ?? `suite 0x${id.toString(16).padStart(4, '0')}`;
}

type Code = ConstructorParameters<typeof TlsError>[0];

export function refused(code: Code, field: string, problem: string, message = 'server_hello'): TlsError {
  return new TlsError(code, `${message}.${field}: ${problem}`, { where: { message, field } });
}
