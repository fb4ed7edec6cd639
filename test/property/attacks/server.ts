// What a client must not do to a server, in both versions.

import { concat, fromHex } from '../../../src/bytes/bytes.ts';
import { encode } from '../../../src/codec/run.ts';
import { protocolNameList, serverNameList } from '../../../src/wire/extension_bodies.ts';
import * as exchanges from '../../../src/wire/key_exchange.ts';
import * as wire from '../../../src/wire/messages.ts';
import { body, ch, drop, extension, flip, LIMITED, nine, one, P256, type Rule, shares, X25519 } from './attack.ts';

/** What a client must not do to a server, in TLS 1.3. */
export const AGAINST_SERVER_13: readonly Rule[] = [
  {
    rule: 'RFC 8446 4.2.1: no version in common',
    on: 'client_hello',
    change: extension(ch, 'supported_versions', fromHex('020305')),
    code: 'ERR_TLS_NO_SHARED_VERSION',
    alert: 'protocol_version',
  },
  {
    rule: 'RFC 8446 D.5: SSL 3.0 in legacy_version, whatever supported_versions says',
    on: 'client_hello',
    change: body(ch, () => ({ legacy_version: 0x0300 })),
    code: 'ERR_TLS_NO_SHARED_VERSION',
    alert: 'protocol_version',
  },
  {
    rule: 'RFC 8446 4.1.1: no suite in common',
    on: 'client_hello',
    change: body(ch, () => ({ cipher_suites: [0x1304, 0x0a0a] })),
    code: 'ERR_TLS_NO_SHARED_SUITE',
    alert: 'handshake_failure',
  },
  {
    rule: 'RFC 8446 4.1.1: no group in common',
    on: 'client_hello',
    change: (raw) =>
      one((r) => extension(ch, 'supported_groups', fromHex('00020100'))(r)[0] ?? r)(
        extension(ch, 'key_share', shares())(raw)[0] ?? raw,
      ),
    code: 'ERR_TLS_NO_SHARED_GROUP',
    alert: 'handshake_failure',
  },
  {
    rule: 'RFC 8446 4.2.3: no scheme in common',
    on: 'client_hello',
    change: extension(ch, 'signature_algorithms', fromHex('00020804')),
    code: 'ERR_TLS_NO_SHARED_SCHEME',
    alert: 'handshake_failure',
  },
  {
    rule: 'RFC 7301 3.2: no protocol in common',
    on: 'client_hello',
    change: extension(ch, 'application_layer_protocol_negotiation', encode(protocolNameList, ['h3'])),
    more: LIMITED,
    code: 'ERR_TLS_NO_SHARED_ALPN',
    alert: 'no_application_protocol',
  },
  {
    rule: 'RFC 8446 9.2: no supported_groups',
    on: 'client_hello',
    change: extension(ch, 'supported_groups', undefined),
    code: 'ERR_TLS_MISSING_EXTENSION',
    alert: 'missing_extension',
  },
  {
    rule: 'RFC 8446 9.2: no key_share',
    on: 'client_hello',
    change: extension(ch, 'key_share', undefined),
    code: 'ERR_TLS_MISSING_EXTENSION',
    alert: 'missing_extension',
  },
  {
    rule: 'RFC 8446 9.2: no signature_algorithms',
    on: 'client_hello',
    change: extension(ch, 'signature_algorithms', undefined),
    code: 'ERR_TLS_MISSING_EXTENSION',
    alert: 'missing_extension',
  },
  {
    rule: 'RFC 8446 4.2.8: two shares for a group',
    on: 'client_hello',
    change: extension(ch, 'key_share', shares([X25519, nine], [X25519, nine])),
    code: 'ERR_TLS_BAD_KEY_SHARE',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.2.8: a share for a group that is not in supported_groups',
    on: 'client_hello',
    change: extension(ch, 'key_share', shares([X25519, nine], [0x001e, nine])),
    code: 'ERR_TLS_BAD_KEY_SHARE',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 7.4.2: an X25519 share that leads to zero',
    on: 'client_hello',
    change: extension(ch, 'key_share', shares([X25519, new Uint8Array(32)])),
    code: 'ERR_TLS_BAD_KEY_SHARE',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.2.8.2: a compressed point',
    on: 'client_hello',
    change: extension(ch, 'key_share', shares([P256, concat(fromHex('02'), new Uint8Array(32).fill(1))])),
    code: 'ERR_TLS_BAD_KEY_SHARE',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.1.2: compression besides null',
    on: 'client_hello',
    change: body(ch, () => ({ legacy_compression_methods: [1, 0] })),
    code: 'ERR_TLS_COMPRESSION',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 6066 3: two host names',
    on: 'client_hello',
    change: extension(
      ch,
      'server_name',
      encode(serverNameList, [
        { name_type: 0, host_name: 'a' },
        { name_type: 0, host_name: 'b' },
      ]),
    ),
    code: 'ERR_TLS_DECODE',
    alert: 'decode_error',
  },
  {
    rule: 'RFC 6066 3: a host name with a control character',
    on: 'client_hello',
    change: extension(ch, 'server_name', encode(serverNameList, [{ name_type: 0, host_name: 'a\u0000b' }])),
    code: 'ERR_TLS_ILLEGAL_VALUE',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.2: an extension that has no place in ClientHello',
    on: 'client_hello',
    change: extension(ch, 'oid_filters', fromHex('0000')),
    code: 'ERR_TLS_MISPLACED_EXTENSION',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.2: an extension twice',
    on: 'client_hello',
    change: body(ch, ({ extensions }) => ({
      extensions: { ...extensions, list: [...extensions.list, ...extensions.list.slice(0, 1)] },
    })),
    code: 'ERR_TLS_DUPLICATE_EXTENSION',
    alert: 'decode_error',
  },
  {
    rule: 'RFC 8446 4.4.4: a wrong Finished',
    on: 'finished',
    change: body(wire.finished, ({ verify_data }) => ({ verify_data: flip(verify_data) })),
    code: 'ERR_TLS_BAD_FINISHED',
    alert: 'decrypt_error',
  },
  {
    rule: 'RFC 8446 5.1: a KeyUpdate behind Finished under the handshake keys',
    on: 'finished',
    change: (raw) => [concat(raw, fromHex('1800000100'))],
    code: 'ERR_TLS_KEY_CHANGE_MID_MESSAGE',
    alert: 'unexpected_message',
  },
  {
    rule: 'RFC 8446 4.4.2: a certificate that was not asked for',
    on: 'finished',
    change: (raw) => [fromHex('0b00000400000000'), raw],
    code: 'ERR_TLS_UNEXPECTED_MESSAGE',
    alert: 'unexpected_message',
  },
];

export const AGAINST_SERVER_12: readonly Rule[] = [
  {
    rule: 'RFC 5246 E.1: TLS 1.1',
    on: 'client_hello',
    change: body(ch, () => ({ legacy_version: 0x0302 })),
    code: 'ERR_TLS_NO_SHARED_VERSION',
    alert: 'protocol_version',
  },
  {
    rule: 'RFC 7507 3: an inappropriate fallback',
    on: 'client_hello',
    change: body(ch, (hello) => ({ cipher_suites: [...hello.cipher_suites, 0x5600] })),
    more: { server: { maxVersion: 'TLSv1.3' } },
    code: 'ERR_TLS_INAPPROPRIATE_FALLBACK',
    alert: 'inappropriate_fallback',
  },
  {
    rule: 'RFC 5246 7.4.1.2: no null compression',
    on: 'client_hello',
    change: body(ch, () => ({ legacy_compression_methods: [1] })),
    code: 'ERR_TLS_COMPRESSION',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 5246 7.4.1.2: no suite in common',
    on: 'client_hello',
    change: body(ch, () => ({ cipher_suites: [0x002f] })),
    code: 'ERR_TLS_NO_SHARED_SUITE',
    alert: 'handshake_failure',
  },
  {
    rule: 'RFC 8422 5.1: no curve in common',
    on: 'client_hello',
    change: extension(ch, 'supported_groups', fromHex('0002001e')),
    code: 'ERR_TLS_NO_SHARED_GROUP',
    alert: 'handshake_failure',
  },
  {
    rule: 'RFC 5246 7.4.1.4.1: no scheme in common',
    on: 'client_hello',
    change: extension(ch, 'signature_algorithms', undefined),
    code: 'ERR_TLS_NO_SHARED_SCHEME',
    alert: 'handshake_failure',
  },
  {
    rule: 'RFC 8422 5.1.2: ec_point_formats without uncompressed',
    on: 'client_hello',
    change: extension(ch, 'ec_point_formats', fromHex('0101')),
    code: 'ERR_TLS_ILLEGAL_VALUE',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 5746 3.6: renegotiation_info that is not empty',
    on: 'client_hello',
    change: extension(ch, 'renegotiation_info', fromHex('0100')),
    code: 'ERR_TLS_BAD_RENEGOTIATION_INFO',
    alert: 'handshake_failure',
  },
  {
    rule: 'RFC 7748 6.1: a share that leads to zero',
    on: 'client_key_exchange',
    change: body(exchanges.clientKeyExchangeEcdhe, () => ({ ecdh_Yc: new Uint8Array(32) })),
    code: 'ERR_TLS_BAD_KEY_SHARE',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8422 5.7: an empty share',
    on: 'client_key_exchange',
    change: () => [fromHex('1000000100')],
    code: 'ERR_TLS_DECODE',
    alert: 'decode_error',
  },
  {
    rule: 'RFC 5246 7.4.7: no ClientKeyExchange',
    on: 'client_key_exchange',
    change: drop,
    code: 'ERR_TLS_UNEXPECTED_CHANGE_CIPHER_SPEC',
    alert: 'unexpected_message',
  },
  {
    rule: 'RFC 5246 7.4.9: a wrong Finished',
    on: 'finished',
    change: body(wire.finished, ({ verify_data }) => ({ verify_data: flip(verify_data) })),
    code: 'ERR_TLS_BAD_FINISHED',
    alert: 'decrypt_error',
  },
];
