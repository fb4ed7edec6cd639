// One well-formed message for every form that annotation knows, and one value for every extension in every message where it
// may appear. The tables are typed by the wire's own tables: a new message or extension without a sample does not compile.

import { concat, fromHex } from '../../bytes/bytes.ts';
import type { KeyExchange } from '../../crypto/suites.ts';
import {
  buildExtensions,
  type ExtensionMessage,
  type ExtensionName,
  type KnownExtensions,
} from '../../wire/extensions.ts';
import * as wire from '../../wire/messages.ts';
import type { MessageForm } from '../forms.ts';
import * as hs from './handshakes.ts';
import { DHE_PSK12, DHE12, ECDHE_PSK12, PSK12 } from './recorded12.ts';
import { RFC8448 } from './rfc8448.ts';

type Samples = { readonly [M in ExtensionMessage]: Required<KnownExtensions<M>> };

const NAMES = [{ name_type: 0, host_name: 'example.org' }];
const SCHEMES = [0x0403, 0x0804, 0x0a0a];
const EMPTY = new Uint8Array(0);
const FLAGS = fromHex('0001');

/** A value for each cell of the table of extensions. */
export const EXTENSION_SAMPLES: Samples = {
  client_hello: {
    server_name: NAMES,
    max_fragment_length: 2,
    status_request: { status_type: 1, request: fromHex('00000000') },
    supported_groups: [0x3a3a, 0x001d, 0x0017],
    ec_point_formats: [0],
    signature_algorithms: SCHEMES,
    application_layer_protocol_negotiation: ['h2', 'http/1.1'],
    signed_certificate_timestamp: true,
    padding: new Uint8Array(3),
    encrypt_then_mac: true,
    extended_master_secret: true,
    compress_certificate: [2],
    record_size_limit: 16385,
    session_ticket: hs.filler(16),
    pre_shared_key: {
      identities: [{ identity: hs.filler(16), obfuscated_ticket_age: 77 }],
      binders: [hs.filler(32)],
    },
    early_data: true,
    supported_versions: [0x0304, 0x0303],
    cookie: hs.filler(8),
    psk_key_exchange_modes: [1],
    certificate_authorities: [hs.filler(12)],
    post_handshake_auth: true,
    signature_algorithms_cert: SCHEMES,
    key_share: [{ group: 0x001d, key_exchange: hs.filler(32) }],
    tls_flags: FLAGS,
    renegotiation_info: EMPTY,
  },
  server_hello_12: {
    server_name: true,
    max_fragment_length: 1,
    status_request: true,
    supported_groups: [0x001d],
    ec_point_formats: [0],
    application_layer_protocol_negotiation: ['h2'],
    signed_certificate_timestamp: [hs.filler(9)],
    encrypt_then_mac: true,
    extended_master_secret: true,
    record_size_limit: 4096,
    session_ticket: true,
    renegotiation_info: EMPTY,
  },
  server_hello_13: {
    pre_shared_key: 0,
    supported_versions: 0x0304,
    key_share: { group: 0x001d, key_exchange: hs.filler(32) },
    tls_flags: FLAGS,
  },
  hello_retry_request: { supported_versions: 0x0304, cookie: hs.filler(8), key_share: 0x0017, tls_flags: FLAGS },
  encrypted_extensions: {
    server_name: true,
    max_fragment_length: 1,
    supported_groups: [0x001d],
    application_layer_protocol_negotiation: ['h2'],
    record_size_limit: 4096,
    early_data: true,
    tls_flags: FLAGS,
  },
  certificate: {
    status_request: { status_type: 1, response: hs.filler(20) },
    signed_certificate_timestamp: [hs.filler(9)],
    tls_flags: FLAGS,
  },
  certificate_request: {
    status_request: true,
    signature_algorithms: SCHEMES,
    signed_certificate_timestamp: true,
    compress_certificate: [1],
    certificate_authorities: [hs.filler(12)],
    oid_filters: [{ certificate_extension_oid: hs.filler(3), certificate_extension_values: hs.filler(4) }],
    signature_algorithms_cert: SCHEMES,
    tls_flags: FLAGS,
  },
  new_session_ticket: { early_data: 16384, tls_flags: FLAGS },
};

/** A message of column `message` with the given extensions in it. */
export function messageWith<M extends ExtensionMessage>(message: M, names: readonly ExtensionName[]): Uint8Array {
  const samples = EXTENSION_SAMPLES[message] as unknown as Readonly<Record<string, unknown>>;
  const chosen = Object.fromEntries(names.map((name) => [name, samples[name]]));
  return BUILDERS[message](chosen);
}

type Chosen = Readonly<Record<string, unknown>>;

const hello = { legacy_version: 0x0303, legacy_compression_method: 0, cipher_suite: 0x1301 };

const BUILDERS: Readonly<Record<ExtensionMessage, (chosen: Chosen) => Uint8Array>> = {
  client_hello: (chosen) =>
    hs.handshakeMessage('client_hello', wire.clientHello, {
      legacy_version: 0x0303,
      random: hs.filler(32),
      legacy_session_id: hs.filler(32),
      cipher_suites: [0x2a2a, 0x1301, 0xc02f, 0x00ff],
      legacy_compression_methods: [0],
      extensions: buildExtensions('client_hello', chosen as KnownExtensions<'client_hello'>),
    }),
  server_hello_12: (chosen) =>
    hs.handshakeMessage('server_hello', wire.serverHello, {
      ...hello,
      random: hs.filler(32),
      legacy_session_id_echo: hs.filler(32),
      extensions: buildExtensions('server_hello_12', chosen as KnownExtensions<'server_hello_12'>),
    }),
  server_hello_13: (chosen) =>
    hs.handshakeMessage('server_hello', wire.serverHello, {
      ...hello,
      random: hs.filler(32),
      legacy_session_id_echo: hs.filler(32),
      extensions: buildExtensions('server_hello_13', { supported_versions: 0x0304, ...chosen }),
    }),
  hello_retry_request: (chosen) =>
    hs.handshakeMessage('server_hello', wire.helloRetryRequest, {
      ...hello,
      random: wire.HELLO_RETRY_RANDOM,
      legacy_session_id_echo: hs.filler(32),
      extensions: buildExtensions('hello_retry_request', chosen as KnownExtensions<'hello_retry_request'>),
    }),
  encrypted_extensions: (chosen) =>
    hs.handshakeMessage('encrypted_extensions', wire.encryptedExtensions, {
      extensions: buildExtensions('encrypted_extensions', chosen as KnownExtensions<'encrypted_extensions'>),
    }),
  certificate: (chosen) =>
    hs.handshakeMessage('certificate', wire.certificate13, {
      certificate_request_context: EMPTY,
      certificate_list: [
        {
          cert_data: hs.CERTIFICATE_DER,
          extensions: buildExtensions('certificate', chosen as KnownExtensions<'certificate'>),
        },
      ],
    }),
  certificate_request: (chosen) =>
    hs.handshakeMessage('certificate_request', wire.certificateRequest13, {
      certificate_request_context: hs.filler(4),
      extensions: buildExtensions('certificate_request', chosen as KnownExtensions<'certificate_request'>),
    }),
  new_session_ticket: (chosen) =>
    hs.handshakeMessage('new_session_ticket', wire.newSessionTicket13, {
      ticket_lifetime: 7200,
      ticket_age_add: 0x01020304,
      ticket_nonce: hs.filler(8),
      ticket: hs.filler(40),
      extensions: buildExtensions('new_session_ticket', chosen as KnownExtensions<'new_session_ticket'>),
    }),
};

const ALL = (message: ExtensionMessage): ExtensionName[] => Object.keys(EXTENSION_SAMPLES[message]) as ExtensionName[];

export interface FormSample {
  readonly raw: Uint8Array;
  readonly contentType?: number;
  /** For a form that the bytes alone do not tell. */
  readonly keyExchange?: KeyExchange;
}

/** A message for each form. */
export const FORM_SAMPLES: Readonly<Record<MessageForm, FormSample>> = {
  client_hello: { raw: messageWith('client_hello', ALL('client_hello')) },
  server_hello_12: { raw: messageWith('server_hello_12', ALL('server_hello_12')) },
  server_hello_13: { raw: messageWith('server_hello_13', ALL('server_hello_13')) },
  hello_retry_request: { raw: messageWith('hello_retry_request', ALL('hello_retry_request')) },
  encrypted_extensions: { raw: messageWith('encrypted_extensions', ALL('encrypted_extensions')) },
  certificate_12: { raw: hs.CERTIFICATE_12 },
  certificate_13: { raw: messageWith('certificate', ALL('certificate')) },
  certificate_request_12: { raw: hs.CERTIFICATE_REQUEST_12 },
  certificate_request_13: { raw: messageWith('certificate_request', ALL('certificate_request')) },
  server_key_exchange_ecdhe: { raw: hs.SERVER_KEY_EXCHANGE },
  server_key_exchange_dhe: { raw: DHE12.serverKeyExchange },
  server_key_exchange_psk: { raw: PSK12.serverKeyExchange },
  server_key_exchange_dhe_psk: { raw: DHE_PSK12.serverKeyExchange },
  server_key_exchange_ecdhe_psk: { raw: ECDHE_PSK12.serverKeyExchange },
  client_key_exchange_rsa: { raw: hs.CLIENT_KEY_EXCHANGE_RSA },
  client_key_exchange_ecdhe: { raw: hs.CLIENT_KEY_EXCHANGE_ECDHE },
  client_key_exchange_dhe: { raw: DHE12.clientKeyExchange, keyExchange: 'dhe' },
  client_key_exchange_psk: { raw: PSK12.clientKeyExchange },
  client_key_exchange_dhe_psk: { raw: DHE_PSK12.clientKeyExchange },
  client_key_exchange_ecdhe_psk: { raw: ECDHE_PSK12.clientKeyExchange },
  // brotli, 900 bytes unpacked.
  compressed_certificate: { raw: concat(fromHex('1900003c0002000384000034'), hs.filler(52)) },
  certificate_verify: { raw: RFC8448.certificateVerify },
  finished: { raw: RFC8448.serverFinished },
  certificate_status: {
    raw: hs.handshakeMessage('certificate_status', wire.certificateStatus, { status_type: 1, response: hs.filler(30) }),
  },
  new_session_ticket_12: { raw: hs.NEW_SESSION_TICKET_12 },
  new_session_ticket_13: { raw: messageWith('new_session_ticket', ALL('new_session_ticket')) },
  key_update: { raw: fromHex('1800000101') },
  hello_request: { raw: fromHex('00000000') },
  server_hello_done: { raw: hs.SERVER_HELLO_DONE },
  end_of_early_data: { raw: fromHex('05000000') },
  change_cipher_spec: { raw: fromHex('01'), contentType: 20 },
  alert: { raw: fromHex('0228'), contentType: 21 },
  opaque: { raw: fromHex('63000003010203') },
};
