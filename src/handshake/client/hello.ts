// The client's opening: ClientHello (RFC 8446 4.1.2), and a second one when a HelloRetryRequest asks for it. What is offered here
// is what server_hello.ts holds the server's answer against.

import { EMPTY } from '../../bytes/bytes.ts';
import type { GroupName } from '../../crypto/keys.ts';
import type { KeyShare } from '../../crypto/provider.ts';
import { buildExtensions, changeExtensions, type KnownExtensions, withoutExtensions } from '../../wire/extensions.ts';
import { type ClientHello, clientHello, type HelloRetryRequest } from '../../wire/messages.ts';
import { CERTIFICATE_STATUS_TYPE, groupName, PSK_KEY_EXCHANGE_MODE, VERSION } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import { readable } from '../shared/compression.ts';
import type { ClientConfig } from '../shared/config.ts';
import { groupById, groupId } from '../shared/groups.ts';
import type { Psk } from '../shared/needs.ts';
import type { Psk13 } from '../shared/psk13.ts';
import type { Session } from '../shared/session.ts';
import { arranged, GREASE_SEED_LENGTH, greased, padded, permuted } from './disguise.ts';
import { bound, type EarlyOffer, earlyDataOf, pskOffer, startEarlyData, withPsks } from './psk13.ts';
import { checkSelectedVersion, checkSessionIdEcho, chosenSuite, refused, wrongVersionSuite } from './server_hello.ts';
import { sessionToOffer } from './session.ts';
import type { ChooseExternalPsk, Offer, Start, WaitServerHello } from './states.ts';

export function onStart(context: HandshakeContext, _state: Start): ChooseExternalPsk | WaitServerHello {
  const { client } = context;
  if (!client.psk || client.maxVersion !== VERSION.tls13) return sendHello(context, undefined);
  return { name: 'choose_external_psk', need: { kind: 'psk', role: 'client', hint: undefined } };
}

/** The key shared with this server, if there is one; TLS 1.2 will ask again, by the server's hint. */
export function onExternalPsk(
  context: HandshakeContext,
  _state: ChooseExternalPsk,
  psk: Psk | undefined,
): WaitServerHello {
  return sendHello(context, psk);
}

function sendHello(context: HandshakeContext, shared: Psk | undefined): WaitServerHello {
  const { client, provider } = context;
  const shares = client.keyShares.map((group) => provider.generateKeyShare(group));
  const offers13 = client.maxVersion === VERSION.tls13;
  const usable = sessionToOffer(context);
  const session = usable?.version === VERSION.tls12 ? usable : undefined;
  const psks = offers13 ? pskOffer(client, usable, shared) : [];
  const early = earlyDataOf(client, psks);
  const plain: ClientHello = {
    legacy_version: VERSION.tls12,
    random: client.random(32),
    legacy_session_id: sessionIdOf(client, session, offers13),
    // RFC 7507 4: a client that comes down on its own says so.
    cipher_suites: [...client.suites.map((suite) => suite.id), ...(client.fallback ? [FALLBACK_SCSV] : [])],
    legacy_compression_methods: [0],
    extensions: buildExtensions('client_hello', helloExtensions(client, { session, shares, psks, early })),
  };
  const ordered = client.permuteExtensions ? permuted(plain, client.random(plain.extensions.list.length)) : plain;
  const disguised = client.grease ? greased(ordered, client.random(GREASE_SEED_LENGTH)) : ordered;
  const full = padded(withPsks(disguised, psks, client.now()), client.padding);
  const built = arranged(full, client.extensionOrder);
  const hello = bound(context, client.hooks.clientHello?.(built) ?? built, psks);
  context.send('client_hello', clientHello, hello);
  const [first] = psks;
  if (early !== undefined && first !== undefined) startEarlyData(context, hello, early, first);
  const offer = { hello, shares, retry: undefined, session, psks, early: early !== undefined };
  return { name: 'wait_server_hello', offer, mayWrite: early !== undefined };
}

/** RFC 8446 4.2.9. */
function pskModes({ pskWithoutDhe }: ClientConfig): number[] {
  const { psk_dhe_ke, psk_ke } = PSK_KEY_EXCHANGE_MODE;
  return pskWithoutDhe ? [psk_dhe_ke, psk_ke] : [psk_dhe_ke];
}

/**
 * The id of the session; a made-up one with a ticket, whose echo tells that it was taken (RFC 5077 3.4), and with TLS 1.3, to
 * make the handshake look like a resumption (RFC 8446 D.4).
 */
function sessionIdOf(client: ClientConfig, session: Session | undefined, offers13: boolean): Uint8Array {
  if (session !== undefined && session.id.length > 0) return session.id;
  return session !== undefined || (offers13 && client.middleboxCompatibility) ? client.random(32) : EMPTY;
}

interface Offered {
  /** Of TLS 1.2. */
  readonly session: Session | undefined;
  readonly shares: readonly KeyShare[];
  readonly psks: readonly Psk13[];
  readonly early: EarlyOffer | undefined;
}

/** All extensions but the PSKs themselves, which stand last. Order is that of the wire; what is undefined is not sent. */
function helloExtensions(
  config: ClientConfig,
  { session, shares, psks, early }: Offered,
): KnownExtensions<'client_hello'> {
  const offers12 = config.minVersion === VERSION.tls12;
  const offers13 = config.maxVersion === VERSION.tls13;
  const versions = offers12 ? [VERSION.tls13, VERSION.tls12] : [VERSION.tls13];
  const { certificateSchemes, maxFragmentLength, recordSizeLimit } = config;
  const compression = readable(config.certificateCompression);
  const certificates = config.suites.some((suite) => suite.version === 'tls13' || suite.authentication !== 'psk');
  return {
    server_name: config.sniName === undefined ? undefined : [{ name_type: 0, host_name: config.sniName }],
    max_fragment_length: maxFragmentLength,
    extended_master_secret: when(offers12 && config.extendedMasterSecret !== 'never'),
    renegotiation_info: offers12 ? EMPTY : undefined,
    ec_point_formats: offers12 ? [0] : undefined,
    encrypt_then_mac: when(config.suites.some((suite) => suite.aead === undefined)),
    supported_groups: config.groups.map(groupId),
    session_ticket: offers12 && config.tickets ? (session?.ticket ?? EMPTY) : undefined,
    application_layer_protocol_negotiation: config.alpn.length > 0 ? config.alpn : undefined,
    status_request: config.statusRequest && certificates ? OCSP_REQUEST : undefined,
    signature_algorithms: config.schemes.map((scheme) => scheme.id),
    post_handshake_auth: when(offers13 && config.postHandshakeAuth),
    compress_certificate: offers13 ? compression : undefined,
    certificate_authorities: offers13 && config.authorities.length > 0 ? config.authorities : undefined,
    signature_algorithms_cert: certificateSchemes?.map((scheme) => scheme.id),
    signed_certificate_timestamp: when(config.timestamps && certificates),
    record_size_limit: recordSizeLimit,
    supported_versions: offers13 ? versions : undefined,
    key_share: offers13
      ? shares.map((share) => ({ group: groupId(share.group), key_exchange: share.publicKey }))
      : undefined,
    psk_key_exchange_modes: offers13 && (psks.length > 0 || config.tickets) ? pskModes(config) : undefined,
    early_data: when(early !== undefined),
  };
}

/** The value of an extension that is there or is not. */
const when = (there: boolean): true | undefined => there || undefined;

const FALLBACK_SCSV = 0x5600;

/** RFC 6066 8: OCSP, of any responder, without extensions. */
const OCSP_REQUEST = { status_type: CERTIFICATE_STATUS_TYPE.ocsp, request: new Uint8Array(4) };

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
  if (suite.version !== 'tls13') throw wrongVersionSuite(context.client, suite, 'TLSv1.3');
  const group = retriedGroup(client, offer, known.key_share);
  if (group === undefined && known.cookie === undefined) {
    throw refused('ERR_TLS_BAD_HELLO_RETRY', 'extensions', 'it changes nothing', 'hello_retry_request');
  }
  context.useVersion(VERSION.tls13);
  const shares = group === undefined ? offer.shares : [provider.generateKeyShare(group)];
  // RFC 8446 4.1.4: keys of another hash than the suite's are offered no more; 4.2.10: nor is early data.
  const psks = offer.psks.filter((psk) => psk.hash === suite.hash);
  const changed: ClientHello = {
    ...offer.hello,
    extensions: changeExtensions(
      'client_hello',
      withoutExtensions(offer.hello.extensions, ['early_data', 'pre_shared_key']),
      {
        // RFC 8446 4.1.2: the shares change only when a group was asked for.
        ...(group !== undefined && {
          key_share: shares.map((share) => ({ group: groupId(share.group), key_exchange: share.publicKey })),
        }),
        ...(known.cookie !== undefined && { cookie: known.cookie }),
      },
    ),
  };
  const hello = arranged(withPsks(changed, psks, client.now()), client.extensionOrder);
  const length = hello.extensions.list.reduce((sum, { extension_data }) => sum + 4 + extension_data.length, 0);
  if (length > 0xffff) {
    throw refused('ERR_TLS_BAD_HELLO_RETRY', 'extensions.cookie', 'no ClientHello can hold it', 'hello_retry_request');
  }
  context.transcript.restart(suite.hash, client.postHandshakeAuth);
  if (offer.early) {
    context.earlyDataOutcome(false);
    context.clearWriteKeys();
    // RFC 8446 D.4: before the second flight, which is this one; with early data it has gone out before.
  } else if (offer.hello.legacy_session_id.length > 0) context.sendChangeCipherSpec();
  const second = bound(context, client.hooks.clientHello?.(hello) ?? hello, psks);
  context.send('client_hello', clientHello, second);
  return {
    name: 'wait_server_hello',
    offer: { ...offer, hello: second, shares, retry: { suite: suite.id }, psks, early: false },
    mayWrite: false,
  };
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
