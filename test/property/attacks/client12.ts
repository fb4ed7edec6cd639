// What a server must not do to a client of TLS 1.2 (RFC 5246, RFC 8422).

import { concat, EMPTY, fromHex } from '../../../src/bytes/bytes.ts';
import type { Codec } from '../../../src/codec/codec.ts';
import { encode } from '../../../src/codec/run.ts';
import { protocolNameList } from '../../../src/wire/extension_bodies.ts';
import * as exchanges from '../../../src/wire/key_exchange.ts';
import * as wire from '../../../src/wire/messages.ts';
import { handshake } from '../../support/forge.ts';
import {
  body,
  type Change,
  drop,
  ending,
  extension,
  flip,
  LIMITED,
  point,
  type Rule,
  share,
  X25519,
} from './attack.ts';

const hello12 = wire.serverHello as Codec<wire.ServerHelloOf<'server_hello_12'>>;
const ske = exchanges.serverKeyExchangeEcdhe;
const params = (change: Partial<exchanges.EcdhParams>): Change =>
  body(ske, ({ params: { value, raw } }) => ({ params: { value: { ...value, ...change }, raw } }));
const BOTH = { client: { maxVersion: 'TLSv1.3' } } as const;

/** What a server must not do to a client, in TLS 1.2 with ECDHE. */
export const AGAINST_CLIENT_12: readonly Rule[] = [
  {
    rule: 'RFC 8446 4.1.3: the downgrade sentinel of 1.2',
    on: 'server_hello',
    change: body(hello12, (hello) => ending(hello, wire.DOWNGRADE_TO_TLS12)),
    more: BOTH,
    code: 'ERR_TLS_DOWNGRADE',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.1.3: the downgrade sentinel of 1.1',
    on: 'server_hello',
    change: body(hello12, (hello) => ending(hello, wire.DOWNGRADE_TO_TLS11)),
    more: BOTH,
    code: 'ERR_TLS_DOWNGRADE',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 5246 7.4.1.3: TLS 1.1',
    on: 'server_hello',
    change: body(hello12, () => ({ legacy_version: 0x0302 })),
    code: 'ERR_TLS_NO_SHARED_VERSION',
    alert: 'protocol_version',
  },
  {
    rule: 'RFC 5246 7.4.1.3: 0x0304 without supported_versions',
    on: 'server_hello',
    change: body(hello12, () => ({ legacy_version: 0x0304 })),
    more: BOTH,
    code: 'ERR_TLS_NO_SHARED_VERSION',
    alert: 'protocol_version',
  },
  {
    rule: 'RFC 5246 7.4.1.3: a suite that was not offered',
    on: 'server_hello',
    change: body(hello12, () => ({ cipher_suite: 0x009c })),
    code: 'ERR_TLS_UNOFFERED_SUITE',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 5246 7.4.1.3: a suite of TLS 1.3',
    on: 'server_hello',
    change: body(hello12, () => ({ cipher_suite: 0x1301 })),
    more: BOTH,
    code: 'ERR_TLS_UNOFFERED_SUITE',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 5246 7.4.1.3: compression',
    on: 'server_hello',
    change: body(hello12, () => ({ legacy_compression_method: 1 })),
    code: 'ERR_TLS_COMPRESSION',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 5246 7.4.1.4: an unknown extension',
    on: 'server_hello',
    change: extension(hello12, 0xfff0, EMPTY),
    code: 'ERR_TLS_UNSOLICITED_EXTENSION',
    alert: 'unsupported_extension',
  },
  {
    rule: 'RFC 5246 7.4.1.4.1: signature_algorithms in a ServerHello',
    on: 'server_hello',
    change: extension(hello12, 'signature_algorithms', Uint8Array.of(0, 2, 4, 3)),
    code: 'ERR_TLS_MISPLACED_EXTENSION',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 5077 3.2: a ticket that was not asked for',
    more: { client: { tickets: false } },
    on: 'server_hello',
    change: extension(hello12, 'session_ticket', EMPTY),
    code: 'ERR_TLS_UNSOLICITED_EXTENSION',
    alert: 'unsupported_extension',
  },
  {
    rule: 'RFC 8446 4.2: key_share in a ServerHello of 1.2',
    on: 'server_hello',
    change: extension(hello12, 'key_share', share(X25519, point)),
    more: BOTH,
    code: 'ERR_TLS_MISPLACED_EXTENSION',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 5746 3.4: renegotiation_info that is not empty',
    on: 'server_hello',
    change: extension(hello12, 'renegotiation_info', fromHex('0100')),
    code: 'ERR_TLS_BAD_RENEGOTIATION_INFO',
    alert: 'handshake_failure',
  },
  {
    rule: 'RFC 5746 3.4: no renegotiation_info',
    on: 'server_hello',
    change: extension(hello12, 'renegotiation_info', undefined),
    code: 'ERR_TLS_NO_SECURE_RENEGOTIATION',
    alert: 'handshake_failure',
  },
  {
    rule: 'RFC 8422 5.2: ec_point_formats without uncompressed',
    on: 'server_hello',
    change: extension(hello12, 'ec_point_formats', fromHex('0101')),
    code: 'ERR_TLS_ILLEGAL_VALUE',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 7301 3.1: a protocol that was not offered',
    on: 'server_hello',
    change: extension(hello12, 'application_layer_protocol_negotiation', encode(protocolNameList, ['h3'])),
    more: LIMITED,
    code: 'ERR_TLS_UNOFFERED_ALPN',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 5246 7.4.2: no Certificate',
    on: 'certificate',
    change: drop,
    code: 'ERR_TLS_UNEXPECTED_MESSAGE',
    alert: 'unexpected_message',
  },
  {
    rule: 'RFC 5246 7.4.2: an empty Certificate',
    on: 'certificate',
    change: body(wire.certificate12, () => ({ certificate_list: [] })),
    code: 'ERR_TLS_EMPTY_CERTIFICATE',
    alert: 'decode_error',
  },
  {
    rule: 'RFC 5246 7.4.3: no ServerKeyExchange',
    on: 'server_key_exchange',
    change: drop,
    code: 'ERR_TLS_UNEXPECTED_MESSAGE',
    alert: 'unexpected_message',
  },
  {
    rule: 'RFC 8422 5.4: a curve that was not offered',
    on: 'server_key_exchange',
    change: params({ named_curve: 0x001e }),
    code: 'ERR_TLS_UNOFFERED_GROUP',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8422 5.4: an explicit curve',
    on: 'server_key_exchange',
    change: params({ curve_type: 1 }),
    code: 'ERR_TLS_UNOFFERED_GROUP',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 5246 7.4.3: parameters that are not those that were signed',
    on: 'server_key_exchange',
    change: params({ public: new Uint8Array(32).fill(9) }),
    code: 'ERR_TLS_BAD_SIGNATURE',
    alert: 'decrypt_error',
  },
  {
    rule: 'RFC 5246 7.4.3: a wrong signature',
    on: 'server_key_exchange',
    change: body(ske, ({ signature }) => ({ signature: flip(signature, signature.length - 1) })),
    code: 'ERR_TLS_BAD_SIGNATURE',
    alert: 'decrypt_error',
  },
  {
    rule: 'RFC 5246 7.4.3: a scheme that was not offered',
    on: 'server_key_exchange',
    change: body(ske, () => ({ algorithm: 0x0203 })),
    code: 'ERR_TLS_UNOFFERED_SCHEME',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 5246 7.4.3: a scheme of another kind of key',
    on: 'server_key_exchange',
    change: body(ske, () => ({ algorithm: 0x0401 })),
    code: 'ERR_TLS_WRONG_KEY',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 5246 7.4.5: a ServerHelloDone with a body',
    on: 'server_hello_done',
    change: () => [fromHex('0e00000100')],
    code: 'ERR_TLS_DECODE',
    alert: 'decode_error',
  },
  {
    rule: 'RFC 5246 7.4.9: a wrong Finished',
    on: 'finished',
    change: body(wire.finished, ({ verify_data }) => ({ verify_data: flip(verify_data, 11) })),
    code: 'ERR_TLS_BAD_FINISHED',
    alert: 'decrypt_error',
  },
  {
    rule: 'RFC 5246 7.4.9: a long Finished',
    on: 'finished',
    change: body(wire.finished, ({ verify_data }) => ({ verify_data: concat(verify_data, verify_data) })),
    code: 'ERR_TLS_DECODE',
    alert: 'decode_error',
  },
  {
    rule: 'RFC 8422 5.3: an RSA certificate for an ECDSA suite',
    on: 'server_hello',
    change: body(hello12, () => ({ cipher_suite: 0xc02b })),
    more: { keys: ['rsa'], server: { cipherSuites: ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'] } },
    code: 'ERR_TLS_WRONG_KEY',
    alert: 'illegal_parameter',
  },
];

export const RSA: readonly Rule[] = [
  {
    rule: 'RFC 5246 7.4.3: a ServerKeyExchange in RSA key exchange',
    on: 'server_hello_done',
    change: (raw) => [handshake('server_key_exchange', fromHex('03001d0120')), raw],
    code: 'ERR_TLS_UNEXPECTED_MESSAGE',
    alert: 'unexpected_message',
  },
  {
    rule: 'RFC 5246 7.4.2: an EC certificate in RSA key exchange',
    on: 'server_hello',
    change: body(hello12, () => ({ cipher_suite: 0x009c })),
    more: {
      keys: ['p256'],
      server: { cipherSuites: ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'] },
      client: { cipherSuites: ['TLS_RSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'] },
    },
    code: 'ERR_TLS_WRONG_KEY',
    alert: 'illegal_parameter',
  },
];
