// What a server must not do to a client of TLS 1.3, after an ordinary ServerHello (RFC 8446 4).

import { concat, EMPTY, fromHex } from '../../../src/bytes/bytes.ts';
import { encode } from '../../../src/codec/run.ts';
import { protocolNameList } from '../../../src/wire/extension_bodies.ts';
import { EXTENSIONS } from '../../../src/wire/extensions.ts';
import * as wire from '../../../src/wire/messages.ts';
import { handshake, withExtension } from '../../support/forge.ts';
import {
  type Attack,
  body,
  type Change,
  drop,
  extension,
  flip,
  LIMITED,
  P256,
  point,
  type Rule,
  serverHello,
  share,
  X25519,
} from './attack.ts';

/** What a server must not do to a client, in TLS 1.3. */
export const AGAINST_CLIENT_13: readonly Rule[] = [
  {
    rule: 'RFC 8446 4.1.3: a suite that was not offered',
    on: 'server_hello',
    change: body(serverHello, () => ({ cipher_suite: 0x1304 })),
    code: 'ERR_TLS_UNOFFERED_SUITE',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.1.3: a suite of another version',
    on: 'server_hello',
    change: body(serverHello, () => ({ cipher_suite: 0xc02b })),
    more: { client: { minVersion: 'TLSv1.2' } },
    code: 'ERR_TLS_UNOFFERED_SUITE',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.1.3: a session id that is not the echo',
    on: 'server_hello',
    change: body(serverHello, (hello) => ({ legacy_session_id_echo: flip(hello.legacy_session_id_echo) })),
    code: 'ERR_TLS_BAD_SESSION_ID',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.1.3: compression',
    on: 'server_hello',
    change: body(serverHello, () => ({ legacy_compression_method: 1 })),
    code: 'ERR_TLS_COMPRESSION',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.1.3: legacy_version 0x0304',
    on: 'server_hello',
    change: body(serverHello, () => ({ legacy_version: 0x0304 })),
    code: 'ERR_TLS_BAD_VERSION',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 D.5: SSL 3.0 in legacy_version, whatever supported_versions says',
    on: 'server_hello',
    change: body(serverHello, () => ({ legacy_version: 0x0300 })),
    code: 'ERR_TLS_NO_SHARED_VERSION',
    alert: 'protocol_version',
  },
  {
    rule: 'RFC 8446 4.2.1: TLS 1.2 in supported_versions',
    on: 'server_hello',
    change: extension(serverHello, 'supported_versions', fromHex('0303')),
    code: 'ERR_TLS_BAD_VERSION',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.2.1: a version that does not exist',
    on: 'server_hello',
    change: extension(serverHello, 'supported_versions', fromHex('0305')),
    code: 'ERR_TLS_BAD_VERSION',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.2.8: a share of a group without one in the offer',
    on: 'server_hello',
    change: extension(serverHello, 'key_share', share(P256, point)),
    code: 'ERR_TLS_UNOFFERED_GROUP',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 9.2: no key_share',
    on: 'server_hello',
    change: extension(serverHello, 'key_share', undefined),
    code: 'ERR_TLS_MISSING_EXTENSION',
    alert: 'missing_extension',
  },
  {
    rule: 'RFC 8446 7.4.2: an X25519 share that leads to zero',
    on: 'server_hello',
    change: extension(serverHello, 'key_share', share(X25519, new Uint8Array(32))),
    code: 'ERR_TLS_BAD_KEY_SHARE',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.2.8.2: an X25519 share of 31 bytes',
    on: 'server_hello',
    change: extension(serverHello, 'key_share', share(X25519, new Uint8Array(31).fill(9))),
    code: 'ERR_TLS_BAD_KEY_SHARE',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.2.8.2: a point that is not on the curve',
    on: 'server_hello',
    change: extension(serverHello, 'key_share', share(P256, point)),
    more: { client: { groups: ['secp256r1'] }, server: { groups: ['secp256r1'] } },
    code: 'ERR_TLS_BAD_KEY_SHARE',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.2: a PSK that was not offered',
    on: 'server_hello',
    change: extension(serverHello, 'pre_shared_key', fromHex('0000')),
    code: 'ERR_TLS_UNSOLICITED_EXTENSION',
    alert: 'unsupported_extension',
  },
  {
    rule: 'RFC 8446 4.2: an unknown extension in ServerHello',
    on: 'server_hello',
    change: extension(serverHello, 0xfff0, EMPTY),
    code: 'ERR_TLS_UNSOLICITED_EXTENSION',
    alert: 'unsupported_extension',
  },
  {
    rule: 'RFC 8446 4.2: ALPN in a ServerHello of 1.3',
    on: 'server_hello',
    change: extension(serverHello, 'application_layer_protocol_negotiation', fromHex('0003026832')),
    more: LIMITED,
    code: 'ERR_TLS_MISPLACED_EXTENSION',
    alert: 'illegal_parameter',
  },

  {
    rule: 'RFC 8446 4.3.1: key_share in EncryptedExtensions',
    on: 'encrypted_extensions',
    change: extension(wire.encryptedExtensions, 'key_share', share(X25519, point)),
    code: 'ERR_TLS_MISPLACED_EXTENSION',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.3.1: an unknown extension in EncryptedExtensions',
    on: 'encrypted_extensions',
    change: extension(wire.encryptedExtensions, 0xfff0, EMPTY),
    code: 'ERR_TLS_UNSOLICITED_EXTENSION',
    alert: 'unsupported_extension',
  },
  {
    rule: 'RFC 7301 3.1: ALPN that was not asked for',
    on: 'encrypted_extensions',
    change: extension(wire.encryptedExtensions, 'application_layer_protocol_negotiation', fromHex('0003026832')),
    code: 'ERR_TLS_UNSOLICITED_EXTENSION',
    alert: 'unsupported_extension',
  },
  {
    rule: 'RFC 7301 3.1: a protocol that was not offered',
    on: 'encrypted_extensions',
    change: extension(
      wire.encryptedExtensions,
      'application_layer_protocol_negotiation',
      encode(protocolNameList, ['h3']),
    ),
    more: LIMITED,
    code: 'ERR_TLS_UNOFFERED_ALPN',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 7301 3.1: two protocols',
    on: 'encrypted_extensions',
    change: extension(
      wire.encryptedExtensions,
      'application_layer_protocol_negotiation',
      encode(protocolNameList, ['h2', 'h2']),
    ),
    more: LIMITED,
    code: 'ERR_TLS_ILLEGAL_VALUE',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.2.10: early data that was not offered',
    on: 'encrypted_extensions',
    change: extension(wire.encryptedExtensions, 'early_data', EMPTY),
    code: 'ERR_TLS_UNSOLICITED_EXTENSION',
    alert: 'unsupported_extension',
  },
  {
    rule: 'RFC 8446 4.3: EncryptedExtensions left out',
    on: 'encrypted_extensions',
    change: drop,
    code: 'ERR_TLS_UNEXPECTED_MESSAGE',
    alert: 'unexpected_message',
  },

  {
    rule: 'RFC 8446 4.4.2: no Certificate',
    on: 'certificate',
    change: drop,
    code: 'ERR_TLS_UNEXPECTED_MESSAGE',
    alert: 'unexpected_message',
  },
  {
    rule: 'RFC 8446 4.4.2.4: an empty Certificate',
    on: 'certificate',
    change: body(wire.certificate13, () => ({ certificate_list: [] })),
    code: 'ERR_TLS_EMPTY_CERTIFICATE',
    alert: 'decode_error',
  },
  {
    rule: 'RFC 8446 4.4.2: a context in the Certificate of a handshake',
    on: 'certificate',
    change: body(wire.certificate13, () => ({ certificate_request_context: fromHex('01') })),
    code: 'ERR_TLS_BAD_CERTIFICATE_CONTEXT',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.4.2: certificate timestamps that were not asked for',
    on: 'certificate',
    change: body(wire.certificate13, ({ certificate_list }) => ({
      certificate_list: certificate_list.map((entry) => ({
        ...entry,
        extensions: withExtension(entry.extensions, EXTENSIONS.signed_certificate_timestamp.id, fromHex('00030001aa')),
      })),
    })),
    code: 'ERR_TLS_UNSOLICITED_EXTENSION',
    alert: 'unsupported_extension',
  },
  {
    rule: 'a certificate that is no certificate',
    on: 'certificate',
    change: body(wire.certificate13, ({ certificate_list }) => ({
      certificate_list: certificate_list.map((entry) => ({ ...entry, cert_data: fromHex('3000') })),
    })),
    code: 'ERR_TLS_CERTIFICATE_REFUSED',
    alert: 'bad_certificate',
  },
  {
    rule: 'RFC 8446 4.4.3: no CertificateVerify',
    on: 'certificate_verify',
    change: drop,
    code: 'ERR_TLS_UNEXPECTED_MESSAGE',
    alert: 'unexpected_message',
  },
  {
    rule: 'RFC 8446 4.4.3: a wrong signature',
    on: 'certificate_verify',
    change: body(wire.certificateVerify, ({ signature }) => ({ signature: flip(signature, signature.length - 1) })),
    code: 'ERR_TLS_BAD_SIGNATURE',
    alert: 'decrypt_error',
  },
  {
    rule: 'RFC 8446 4.4.3: an empty signature',
    on: 'certificate_verify',
    change: body(wire.certificateVerify, () => ({ signature: EMPTY })),
    code: 'ERR_TLS_BAD_SIGNATURE',
    alert: 'decrypt_error',
  },
  {
    rule: 'RFC 8446 4.4.3: a scheme that was not offered',
    on: 'certificate_verify',
    change: body(wire.certificateVerify, () => ({ algorithm: 0x0203 })),
    code: 'ERR_TLS_UNOFFERED_SCHEME',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.4.3: PKCS#1 v1.5 in 1.3, although it was offered',
    on: 'certificate_verify',
    change: body(wire.certificateVerify, () => ({ algorithm: 0x0401 })),
    code: 'ERR_TLS_UNOFFERED_SCHEME',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.2.3: a scheme of another curve',
    on: 'certificate_verify',
    change: body(wire.certificateVerify, () => ({ algorithm: 0x0503 })),
    code: 'ERR_TLS_WRONG_KEY',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.2.3: a scheme of another kind of key',
    on: 'certificate_verify',
    change: body(wire.certificateVerify, () => ({ algorithm: 0x0804 })),
    code: 'ERR_TLS_WRONG_KEY',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.4.4: a wrong Finished',
    on: 'finished',
    change: body(wire.finished, ({ verify_data }) => ({ verify_data: flip(verify_data, 31) })),
    code: 'ERR_TLS_BAD_FINISHED',
    alert: 'decrypt_error',
  },
  {
    rule: 'RFC 8446 4.4.4: a short Finished',
    on: 'finished',
    change: body(wire.finished, ({ verify_data }) => ({ verify_data: verify_data.subarray(0, 12) })),
    code: 'ERR_TLS_DECODE',
    alert: 'decode_error',
  },
  {
    rule: 'RFC 8446 5.1: a ticket behind Finished under the handshake keys',
    on: 'finished',
    change: (raw) => [concat(raw, handshake('new_session_ticket', fromHex('000000010000000001000001aa0000')))],
    code: 'ERR_TLS_KEY_CHANGE_MID_MESSAGE',
    alert: 'unexpected_message',
  },
  {
    rule: 'RFC 8446 5.1: EncryptedExtensions in the clear behind ServerHello',
    on: 'server_hello',
    change: (raw) => [concat(raw, fromHex('080000020000'))],
    code: 'ERR_TLS_KEY_CHANGE_MID_MESSAGE',
    alert: 'unexpected_message',
  },
];

const asked = (change: Change): Pick<Attack, 'on' | 'change'> => ({ on: 'certificate', change });
const requestOf = (request: object): Uint8Array =>
  handshake(
    'certificate_request',
    encode(wire.certificateRequest13, {
      certificate_request_context: EMPTY,
      extensions: { list: [], known: {} },
      ...request,
    }),
  );
export const CERTIFICATE_REQUESTS: readonly Rule[] = [
  {
    rule: 'RFC 8446 4.3.2: CertificateRequest without signature_algorithms',
    ...asked((raw) => [requestOf({}), raw]),
    code: 'ERR_TLS_MISSING_EXTENSION',
    alert: 'missing_extension',
  },
  {
    rule: 'RFC 8446 4.3.2: CertificateRequest with a context',
    ...asked((raw) => [requestOf({ certificate_request_context: fromHex('01') }), raw]),
    code: 'ERR_TLS_BAD_CERTIFICATE_CONTEXT',
    alert: 'illegal_parameter',
  },
  {
    rule: 'RFC 8446 4.3.2: two CertificateRequests',
    ...asked((raw) => {
      const request = requestOf({
        extensions: { list: [{ extension_type: 13, extension_data: fromHex('00020403') }], known: {} },
      });
      return [request, request, raw];
    }),
    code: 'ERR_TLS_UNEXPECTED_MESSAGE',
    alert: 'unexpected_message',
  },
];
