// The client's opening: ClientHello (RFC 8446 4.1.2), and what the server makes of it: ServerHello of either version, or one
// HelloRetryRequest. Here the version is settled and everything that was chosen is held against the offer.

import { EMPTY, equal } from '../../bytes/bytes.ts';
import type { GroupName } from '../../crypto/keys.ts';
import { type Suite, type Suite12, type Suite13, suiteById } from '../../crypto/suites.ts';
import { buildExtensions, type KnownExtensions } from '../../wire/extensions.ts';
import {
  type ClientHello,
  clientHello,
  DOWNGRADE_TO_TLS11,
  DOWNGRADE_TO_TLS12,
  type HelloRetryRequest,
  isServerHello13,
  type ServerHello,
  type ServerHelloOf,
} from '../../wire/messages.ts';
import { suiteName } from '../../wire/registry/cipher_suites.ts';
import { groupName, VERSION, versionName } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import type { ClientConfig } from '../shared/config.ts';
import { checkAlpnAnswer, refuseUnsolicited } from '../shared/extensions.ts';
import { groupById, groupId } from '../shared/groups.ts';
import type { Session } from '../shared/session.ts';
import { declineSession, enterResumed12, sessionToOffer } from './resume12.ts';
import type {
  Offer,
  Start,
  WaitCertificate12,
  WaitChangeCipherSpecResumed,
  WaitEncryptedExtensions,
  WaitNewSessionTicketResumed,
  WaitServerHello,
} from './states.ts';
import { enterHandshake13 } from './tls13.ts';

export function onStart(context: HandshakeContext, _state: Start): WaitServerHello {
  const { client, provider } = context;
  const shares = client.keyShares.map((group) => provider.generateKeyShare(group));
  const offers13 = client.maxVersion === VERSION.tls13;
  const session = sessionToOffer(context);
  const built: ClientHello = {
    legacy_version: VERSION.tls12,
    random: client.random(32),
    legacy_session_id: sessionIdOf(client, session, offers13),
    cipher_suites: client.suites.map((suite) => suite.id),
    legacy_compression_methods: [0],
    extensions: buildExtensions('client_hello', {
      ...helloExtensions(client, session),
      ...(offers13 && {
        key_share: shares.map((share) => ({ group: groupId(share.group), key_exchange: share.publicKey })),
      }),
    }),
  };
  const hello = client.hooks.clientHello?.(built) ?? built;
  context.send('client_hello', clientHello, hello);
  return { name: 'wait_server_hello', offer: { hello, shares, retry: undefined, session } };
}

/**
 * The id of the session; a made-up one with a ticket, whose echo tells that it was taken (RFC 5077 3.4), and with TLS 1.3, to
 * make the handshake look like a resumption (RFC 8446 D.4).
 */
function sessionIdOf(client: ClientConfig, session: Session | undefined, offers13: boolean): Uint8Array {
  if (session !== undefined && session.id.length > 0) return session.id;
  return session !== undefined || (offers13 && client.middleboxCompatibility) ? client.random(32) : EMPTY;
}

/** All extensions but the key shares. Order is that of the wire. */
function helloExtensions(config: ClientConfig, session: Session | undefined): KnownExtensions<'client_hello'> {
  const offers12 = config.minVersion === VERSION.tls12;
  const offers13 = config.maxVersion === VERSION.tls13;
  const versions = offers12 ? [VERSION.tls13, VERSION.tls12] : [VERSION.tls13];
  return {
    ...(config.sniName !== undefined && { server_name: [{ name_type: 0, host_name: config.sniName }] }),
    ...(offers12 && {
      extended_master_secret: true as const,
      renegotiation_info: EMPTY,
      ec_point_formats: [0],
    }),
    supported_groups: config.groups.map(groupId),
    ...(offers12 && config.tickets && { session_ticket: session?.ticket ?? EMPTY }),
    ...(config.alpn.length > 0 && { application_layer_protocol_negotiation: config.alpn }),
    signature_algorithms: config.schemes.map((scheme) => scheme.id),
    ...(offers13 && { supported_versions: versions }),
  };
}

type AfterServerHello12 = WaitCertificate12 | WaitNewSessionTicketResumed | WaitChangeCipherSpecResumed;

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
  if (suite.version !== 'tls13') throw wrongVersionSuite(suite, 'TLSv1.3');
  if (offer.retry !== undefined && offer.retry.suite !== suite.id) {
    // RFC 8446 4.1.4: the suite of the HelloRetryRequest must be that of the ServerHello.
    throw refused('ERR_TLS_BAD_HELLO_RETRY', 'cipher_suite', 'the suite differs from that of the HelloRetryRequest');
  }
  context.useVersion(VERSION.tls13);
  decideVersion(context, VERSION.tls13);
  if (offer.session !== undefined) declineSession(context, 'the server chose TLS 1.3');
  return enterHandshake13(context, offer, suite as Suite13, hello);
}

function onServerHello12(
  context: HandshakeContext,
  offer: Offer,
  hello: ServerHelloOf<'server_hello_12'>,
): AfterServerHello12 {
  const { client } = context;
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
  if (suite.version !== 'tls12') throw wrongVersionSuite(suite, 'TLSv1.2');
  const sent = offer.hello.legacy_session_id;
  const resumes = sent.length > 0 && equal(sent, hello.legacy_session_id_echo);
  if (resumes && offer.session === undefined) {
    throw refused('ERR_TLS_BAD_SESSION_ID', 'session_id', 'the server resumes a session that does not exist');
  }
  const { known } = hello.extensions;
  checkRenegotiationInfo(client, known.renegotiation_info);
  if (known.ec_point_formats !== undefined && !known.ec_point_formats.includes(0)) {
    throw refused(
      'ERR_TLS_ILLEGAL_VALUE',
      'extensions.ec_point_formats',
      'the server does not take uncompressed points',
    );
  }
  context.useVersion(VERSION.tls12);
  decideVersion(context, VERSION.tls12);
  context.transcript.start(suite.hash);
  const alpn = checkAlpnAnswer('server_hello', known.application_layer_protocol_negotiation, client.alpn);
  if (resumes && offer.session !== undefined) return enterResumed12(context, offer, offer.session, hello, alpn);
  if (offer.session !== undefined) declineSession(context, 'the server does not resume');
  return {
    name: 'wait_certificate_12',
    handshake: {
      offer,
      suite: suite as Suite12,
      randoms: { client: offer.hello.random, server: hello.random },
      alpn,
      extendedMasterSecret: known.extended_master_secret === true,
      sessionId: hello.legacy_session_id_echo,
      ticketPromised: known.session_ticket === true,
    },
  };
}

export function onHelloRetryRequest(
  context: HandshakeContext,
  state: WaitServerHello,
  retry: HelloRetryRequest,
): WaitServerHello {
  const { client, provider } = context;
  const { offer } = state;
  // RFC 8446 4.1.4: "If a client receives a second HelloRetryRequest in the same connection, it MUST abort the handshake
  // with an unexpected_message alert."
  if (offer.retry !== undefined) {
    throw new TlsError('ERR_TLS_UNEXPECTED_MESSAGE', 'a second HelloRetryRequest', {
      where: { message: 'hello_retry_request' },
    });
  }
  const { known, list } = retry.extensions;
  if (client.maxVersion !== VERSION.tls13) {
    throw new TlsError('ERR_TLS_UNEXPECTED_MESSAGE', 'a HelloRetryRequest, and TLS 1.3 was not offered');
  }
  for (const { extension_type } of list) {
    if (KNOWN_IN_RETRY.has(extension_type)) continue;
    throw new TlsError('ERR_TLS_UNSOLICITED_EXTENSION', `hello_retry_request has extension ${extension_type}`, {
      where: { message: 'hello_retry_request', field: 'extensions' },
    });
  }
  if (retry.legacy_compression_method !== 0) {
    const problem = 'the server chose compression';
    throw refused('ERR_TLS_COMPRESSION', 'legacy_compression_method', problem, 'hello_retry_request');
  }
  checkSelectedVersion(context, retry.legacy_version, known.supported_versions);
  checkSessionIdEcho(offer, retry.legacy_session_id_echo);
  const suite = chosenSuite(context, offer, retry.cipher_suite);
  if (suite.version !== 'tls13') throw wrongVersionSuite(suite, 'TLSv1.3');
  const group = retriedGroup(client, offer, known.key_share);
  if (group === undefined && known.cookie === undefined) {
    throw refused('ERR_TLS_BAD_HELLO_RETRY', 'extensions', 'it changes nothing', 'hello_retry_request');
  }
  context.useVersion(VERSION.tls13);
  const shares = group === undefined ? offer.shares : [provider.generateKeyShare(group)];
  const hello: ClientHello = {
    ...offer.hello,
    extensions: buildExtensions('client_hello', {
      ...offer.hello.extensions.known,
      key_share: shares.map((share) => ({ group: groupId(share.group), key_exchange: share.publicKey })),
      ...(known.cookie !== undefined && { cookie: known.cookie }),
    }),
  };
  const length = hello.extensions.list.reduce((sum, { extension_data }) => sum + 4 + extension_data.length, 0);
  if (length > 0xffff) {
    throw refused('ERR_TLS_BAD_HELLO_RETRY', 'extensions.cookie', 'no ClientHello can hold it', 'hello_retry_request');
  }
  context.transcript.restart(suite.hash);
  // RFC 8446 D.4: before the second flight, which is this one.
  if (offer.hello.legacy_session_id.length > 0) context.sendChangeCipherSpec();
  context.send('client_hello', clientHello, hello);
  return { name: 'wait_server_hello', offer: { ...offer, hello, shares, retry: { suite: suite.id } } };
}

const KNOWN_IN_RETRY = new Set([43, 44, 51]);

/** RFC 8446 4.2.8: a group that was offered, and for which no share was sent yet. */
function retriedGroup(client: ClientConfig, offer: Offer, selected: number | undefined): GroupName | undefined {
  if (selected === undefined) return undefined;
  const group = groupById(client.groups, selected);
  if (group === undefined || offer.shares.some((share) => share.group === group)) {
    const label = groupName(selected) ?? `group ${selected}`;
    throw new TlsError(
      'ERR_TLS_BAD_HELLO_RETRY',
      `it asks for ${label}, which was not offered or already has a share`,
      {
        where: { message: 'hello_retry_request', field: 'extensions.key_share' },
        expected: client.groups,
        actual: label,
      },
    );
  }
  return group;
}

function checkSelectedVersion(context: HandshakeContext, legacy: number, selected: number | undefined): void {
  const { client } = context;
  if (selected !== VERSION.tls13 || client.maxVersion < VERSION.tls13) {
    // RFC 8446 4.2.1: a version that was not offered, or one below TLS 1.3 in this extension.
    const chosen = selected === undefined ? 'nothing' : (versionName(selected) ?? `0x${selected.toString(16)}`);
    throw refused('ERR_TLS_BAD_VERSION', 'extensions.supported_versions', `the server selected ${chosen}`);
  }
  if (legacy !== VERSION.tls12) {
    throw refused('ERR_TLS_BAD_VERSION', 'legacy_version', 'legacy_version is not 0x0303 in TLS 1.3');
  }
}

function checkSessionIdEcho(offer: Offer, echo: Uint8Array): void {
  if (!equal(offer.hello.legacy_session_id, echo)) {
    throw refused('ERR_TLS_BAD_SESSION_ID', 'legacy_session_id_echo', 'the server does not echo the session id');
  }
}

function chosenSuite(context: HandshakeContext, offer: Offer, id: number): Suite {
  const offered = offer.hello.cipher_suites;
  const suite = offered.includes(id) ? suiteById(id) : undefined;
  const label = suiteName(id) ?? `suite 0x${id.toString(16).padStart(4, '0')}`;
  if (suite === undefined) {
    throw new TlsError('ERR_TLS_UNOFFERED_SUITE', `the server chose ${label}, which was not offered`, {
      where: { message: 'server_hello', field: 'cipher_suite' },
      expected: offered.map(suiteName),
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

function wrongVersionSuite(suite: Suite, version: string): TlsError {
  return refused('ERR_TLS_UNOFFERED_SUITE', 'cipher_suite', `${suiteName(suite.id)} is not a suite of ${version}`);
}

type Code = ConstructorParameters<typeof TlsError>[0];

function refused(code: Code, field: string, problem: string, message = 'server_hello'): TlsError {
  return new TlsError(code, `${message}.${field}: ${problem}`, { where: { message, field } });
}
