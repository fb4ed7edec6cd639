// What neither side may do around a HelloRetryRequest (RFC 8446 4.1.2, 4.1.4).

import { concat, EMPTY, fromHex } from '../../../src/bytes/bytes.ts';
import { encode } from '../../../src/codec/run.ts';
import { protocolNameList, serverNameList } from '../../../src/wire/extension_bodies.ts';
import { EXTENSIONS } from '../../../src/wire/extensions.ts';
import * as wire from '../../../src/wire/messages.ts';
import { withExtension } from '../../support/forge.ts';
import {
  body,
  type Change,
  ch,
  extension,
  flip,
  nine,
  P256,
  type Rule,
  serverHello,
  share,
  shares,
  X25519,
} from './attack.ts';

const hrr = wire.helloRetryRequest;
export const RETRIES: readonly Rule[] = [
  {
    rule: 'RFC 8446 4.1.4: a HelloRetryRequest for the share that was sent',
    on: 'hello_retry_request',
    change: extension(hrr, 'key_share', fromHex('001d')),
    code: 'ERR_TLS_BAD_HELLO_RETRY',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.1.4: a HelloRetryRequest for a group that was not offered',
    on: 'hello_retry_request',
    change: extension(hrr, 'key_share', fromHex('0018')),
    code: 'ERR_TLS_BAD_HELLO_RETRY',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.1.4: a HelloRetryRequest that changes nothing',
    on: 'hello_retry_request',
    change: extension(hrr, 'key_share', undefined),
    code: 'ERR_TLS_BAD_HELLO_RETRY',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.1.4: a HelloRetryRequest with compression',
    on: 'hello_retry_request',
    change: body(hrr, () => ({ legacy_compression_method: 1 })),
    code: 'ERR_TLS_COMPRESSION',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.1.4: a HelloRetryRequest with another session id',
    on: 'hello_retry_request',
    change: body(hrr, () => ({ legacy_session_id_echo: EMPTY })),
    code: 'ERR_TLS_BAD_SESSION_ID',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.1.4: a HelloRetryRequest with a suite that was not offered',
    on: 'hello_retry_request',
    change: body(hrr, () => ({ cipher_suite: 0x1304 })),
    code: 'ERR_TLS_UNOFFERED_SUITE',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.1.4: a HelloRetryRequest without supported_versions',
    on: 'hello_retry_request',
    change: extension(hrr, 'supported_versions', undefined),
    code: 'ERR_TLS_BAD_VERSION',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.1.4: a HelloRetryRequest with an unknown extension',
    on: 'hello_retry_request',
    change: extension(hrr, 0xfff0, EMPTY),
    code: 'ERR_TLS_UNSOLICITED_EXTENSION',
    alert: 'unsupported_extension',
  },
  {
    rule: 'RFC 8446 4.2.2: a cookie that no ClientHello can carry',
    on: 'hello_retry_request',
    change: extension(hrr, 'cookie', concat(fromHex('ffe0'), new Uint8Array(0xffe0))),
    code: 'ERR_TLS_BAD_HELLO_RETRY',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.1.4: a second HelloRetryRequest',
    on: 'server_hello',
    change: body(serverHello, () => ({
      random: wire.HELLO_RETRY_RANDOM,
      extensions: {
        list: [
          { extension_type: 43, extension_data: fromHex('0304') },
          { extension_type: 44, extension_data: fromHex('0001aa') },
        ],
        known: {},
      },
    })),
    code: 'ERR_TLS_UNEXPECTED_MESSAGE',
    alert: 'unexpected_message',
  },
  {
    rule: 'RFC 8446 4.1.4: another suite after the HelloRetryRequest',
    on: 'server_hello',
    change: body(serverHello, () => ({ cipher_suite: 0x1302 })),
    code: 'ERR_TLS_BAD_HELLO_RETRY',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.1.4: TLS 1.2 after the HelloRetryRequest',
    on: 'server_hello',
    change: body(serverHello, () => ({
      cipher_suite: 0xc02b,
      extensions: { list: [{ extension_type: 0xff01, extension_data: fromHex('00') }], known: {} },
    })),
    more: { client: { minVersion: 'TLSv1.2' } },
    code: 'ERR_TLS_BAD_VERSION',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.2.8: another group than the HelloRetryRequest asked for',
    on: 'server_hello',
    change: extension(serverHello, 'key_share', share(X25519, new Uint8Array(32).fill(9))),
    code: 'ERR_TLS_UNOFFERED_GROUP',
    alert: 'illegal_parameter',
  },
];

const second = (rule: string, change: Change): Rule => ({
  rule: `RFC 8446 4.1.2: a second ClientHello with ${rule}`,
  on: 'client_hello',
  nth: 2,
  change,
  code: 'ERR_TLS_SECOND_HELLO_CHANGED',
  alert: 'illegal_parameter',
});
export const SECOND_HELLO: readonly Rule[] = [
  second(
    'another random',
    body(ch, (hello) => ({ random: flip(hello.random) })),
  ),
  second(
    'another session id',
    body(ch, (hello) => ({ legacy_session_id: flip(hello.legacy_session_id) })),
  ),
  second(
    'another legacy_version',
    body(ch, () => ({ legacy_version: 0x0304 })),
  ),
  second(
    'other suites',
    body(ch, (hello) => ({ cipher_suites: hello.cipher_suites.slice(0, 1) })),
  ),
  second(
    'other compression methods',
    body(ch, () => ({ legacy_compression_methods: [0, 1] })),
  ),
  second('other groups', extension(ch, 'supported_groups', fromHex('00020017'))),
  second(
    'another server_name',
    extension(ch, 'server_name', encode(serverNameList, [{ name_type: 0, host_name: 'other' }])),
  ),
  second('no server_name', extension(ch, 'server_name', undefined)),
  second('other signature_algorithms', extension(ch, 'signature_algorithms', fromHex('00020403'))),
  second('another ALPN', extension(ch, 'application_layer_protocol_negotiation', encode(protocolNameList, ['h2']))),
  second('other versions', extension(ch, 'supported_versions', fromHex('0403040303'))),
  second('a new extension', extension(ch, 0xfff0, EMPTY)),
  second('early data', extension(ch, 'early_data', EMPTY)),
  second('the share of another group', extension(ch, 'key_share', shares([X25519, nine]))),
  second(
    'two shares',
    body(ch, ({ extensions }) => {
      const entry = extensions.known.key_share?.[0]?.key_exchange ?? EMPTY;
      return { extensions: withExtension(extensions, EXTENSIONS.key_share.id, shares([P256, entry], [X25519, nine])) };
    }),
  ),
  { ...second('no share at all', extension(ch, 'key_share', shares())) },
];
