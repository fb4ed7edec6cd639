// What neither side may do about a client's certificate (RFC 5246 7.4.4 - 7.4.8, RFC 8446 4.3.2, 4.4).

import { concat, EMPTY, fromHex } from '../../../src/bytes/bytes.ts';
import { EXTENSIONS } from '../../../src/wire/extensions.ts';
import * as wire from '../../../src/wire/messages.ts';
import { handshake, withExtension } from '../../support/forge.ts';
import { type Attack, body, drop, flip, one } from './attack.ts';

const UNEXPECTED = { code: 'ERR_TLS_UNEXPECTED_MESSAGE', alert: 'unexpected_message' } as const;
const MALFORMED = { code: 'ERR_TLS_DECODE', alert: 'decode_error' } as const;
const SIGNATURE = { code: 'ERR_TLS_BAD_SIGNATURE', alert: 'decrypt_error' } as const;
const ILLEGAL = { alert: 'illegal_parameter' } as const;
const TWELVE = ['1.2 ECDHE asked', '1.2 DHE asked', '1.2 RSA asked'] as const;
const ASKED = ['1.3 asked', ...TWELVE] as const;
const verify = handshake('certificate_verify', concat(fromHex('04030048'), new Uint8Array(72).fill(0x30)));

type Kind = Attack['flavour'];
const against =
  (who: Attack['against'], on: Attack['on']) =>
  (flavour: Kind, rule: string, change: Attack['change'], rest: Pick<Attack, 'code' | 'alert'>): Attack => ({
    rule,
    against: who,
    flavour,
    on,
    change,
    ...rest,
  });
const shown = against('server', 'certificate');
const proved = against('server', 'certificate_verify');
const exchanged = against('server', 'client_key_exchange');
const ended = against('server', 'finished');
const asking = against('client', 'certificate_request');

const algorithm = (scheme: number): Attack['change'] => body(wire.certificateVerify, () => ({ algorithm: scheme }));
const entry = (id: number, data: Uint8Array): Attack['change'] =>
  body(wire.certificate13, ({ certificate_list }) => ({
    certificate_list: certificate_list.map((item) => ({
      ...item,
      extensions: withExtension(item.extensions, id, data),
    })),
  }));

/** What a client that was asked must not do to a server. */
export const CERTIFICATES_AGAINST_SERVER: readonly Attack[] = [
  ...ASKED.flatMap((flavour): Attack[] => [
    shown(flavour, 'RFC 5246 7.4.6, RFC 8446 4.4.2: no Certificate at all', drop, UNEXPECTED),
    shown(flavour, 'two Certificates', (raw) => [raw, raw], UNEXPECTED),
    shown(
      flavour,
      'a Certificate with a byte too many',
      one((raw) => handshake(11, concat(raw.subarray(4), EMPTY, fromHex('00')))),
      MALFORMED,
    ),
    shown(
      flavour,
      'a Certificate that is cut off',
      one((raw) => handshake(11, raw.subarray(4, raw.length - 1))),
      MALFORMED,
    ),
    proved(flavour, 'RFC 5246 7.4.8, RFC 8446 4.4.3: no CertificateVerify', drop, {
      ...UNEXPECTED,
      ...(flavour !== '1.3 asked' && { code: 'ERR_TLS_UNEXPECTED_CHANGE_CIPHER_SPEC' }),
    }),
    proved(flavour, 'two CertificateVerifys', (raw) => [raw, raw], UNEXPECTED),
    proved(
      flavour,
      'a wrong signature',
      body(wire.certificateVerify, ({ signature: s }) => ({ signature: flip(s, s.length - 1) })),
      SIGNATURE,
    ),
    proved(
      flavour,
      'an empty signature',
      body(wire.certificateVerify, () => ({ signature: EMPTY })),
      SIGNATURE,
    ),
    proved(
      flavour,
      'a signature with a byte behind it',
      body(wire.certificateVerify, ({ signature: s }) => ({ signature: concat(s, fromHex('00')) })),
      SIGNATURE,
    ),
    proved(flavour, 'RFC 8446 4.2.3: a scheme that was not offered', algorithm(0x0203), {
      code: 'ERR_TLS_UNOFFERED_SCHEME',
      ...ILLEGAL,
    }),
    proved(flavour, 'RFC 8446 4.2.3: a scheme of another kind of key', algorithm(0x0804), {
      code: 'ERR_TLS_WRONG_KEY',
      ...ILLEGAL,
    }),
    ended(
      flavour,
      'a wrong Finished',
      body(wire.finished, ({ verify_data: v }) => ({ verify_data: flip(v) })),
      {
        code: 'ERR_TLS_BAD_FINISHED',
        alert: 'decrypt_error',
      },
    ),
  ]),
  ...TWELVE.flatMap((flavour): Attack[] => [
    exchanged(
      flavour,
      'RFC 5246 7.4.8: CertificateVerify before ClientKeyExchange',
      (raw) => [verify, raw],
      UNEXPECTED,
    ),
    exchanged(flavour, 'RFC 5246 7.4.7: no ClientKeyExchange', drop, UNEXPECTED),
  ]),
  ...(['1.2 ECDHE asked empty', '1.2 DHE asked empty', '1.2 RSA asked empty'] as const).map((flavour) =>
    exchanged(
      flavour,
      'RFC 5246 7.4.8: CertificateVerify after an empty Certificate',
      (raw) => [raw, verify],
      UNEXPECTED,
    ),
  ),
  ended(
    '1.3 asked empty',
    'RFC 8446 4.4.3: CertificateVerify after an empty Certificate',
    (raw) => [verify, raw],
    UNEXPECTED,
  ),
  proved('1.3 asked', 'RFC 8446 4.4.3: PKCS#1 v1.5 in 1.3, although it was offered', algorithm(0x0401), {
    code: 'ERR_TLS_UNOFFERED_SCHEME',
    ...ILLEGAL,
  }),
  proved('1.3 asked', 'RFC 8446 4.2.3: a scheme of another curve', algorithm(0x0503), {
    code: 'ERR_TLS_WRONG_KEY',
    ...ILLEGAL,
  }),
  shown(
    '1.3 asked',
    'RFC 8446 4.4.2: the context of another request',
    body(wire.certificate13, () => ({ certificate_request_context: fromHex('01') })),
    {
      code: 'ERR_TLS_BAD_CERTIFICATE_CONTEXT',
      ...ILLEGAL,
    },
  ),
  shown(
    '1.3 asked',
    'RFC 8446 4.4.2: a status that was not asked for',
    entry(EXTENSIONS.status_request.id, fromHex('01000001aa')),
    {
      code: 'ERR_TLS_UNSOLICITED_EXTENSION',
      alert: 'unsupported_extension',
    },
  ),
  shown('1.3 asked', 'RFC 8446 4.4.2: an extension that has no place there', entry(EXTENSIONS.key_share.id, EMPTY), {
    code: 'ERR_TLS_MISPLACED_EXTENSION',
    ...ILLEGAL,
  }),
  shown(
    '1.3 asked',
    'RFC 5246 7.4.2: a Certificate in the form of 1.2',
    () => [handshake('certificate', fromHex('000004000001aa'))],
    MALFORMED,
  ),
  {
    ...shown(
      '1.2 ECDHE asked',
      'no certificate at all, in a list of one',
      () => [handshake('certificate', fromHex('000003000000'))],
      MALFORMED,
    ),
  },
  {
    ...shown(
      '1.2 ECDHE asked',
      'a certificate that is none',
      () => [handshake('certificate', fromHex('0000050000023000'))],
      {
        code: 'ERR_TLS_CERTIFICATE_REFUSED',
        alert: 'bad_certificate',
      },
    ),
  },
];

const request12 =
  (types: string, schemes: string, authorities: string): Attack['change'] =>
  () => [handshake('certificate_request', fromHex(types + schemes + authorities))];
const RIGHT = handshake('certificate_request', fromHex('0140000204030000'));

/** What a server must not do to a client in asking. */
export const CERTIFICATES_AGAINST_CLIENT: readonly Attack[] = [
  ...TWELVE.flatMap((flavour): Attack[] => [
    asking(flavour, 'RFC 5246 7.4.4: two CertificateRequests', (raw) => [raw, raw], UNEXPECTED),
    asking(flavour, 'RFC 5246 7.4.4: no certificate type', request12('00', '00020403', '0000'), MALFORMED),
    asking(flavour, 'RFC 5246 7.4.4: no scheme', request12('0140', '0000', '0000'), MALFORMED),
    asking(flavour, 'RFC 5246 7.4.4: half a scheme', request12('0140', '000104', '0000'), MALFORMED),
    asking(flavour, 'RFC 5246 7.4.4: an empty name', request12('0140', '00020403', '00020000'), MALFORMED),
    asking(flavour, 'RFC 5246 7.4.4: no list of names', request12('0140', '00020403', ''), MALFORMED),
  ]),
  {
    rule: 'RFC 5246 7.3: a CertificateRequest before ServerKeyExchange',
    against: 'client',
    flavour: '1.2 ECDHE',
    on: 'server_key_exchange',
    change: (raw) => [RIGHT, raw],
    ...UNEXPECTED,
  },
  {
    rule: 'RFC 5246 7.3: a CertificateRequest behind ServerHelloDone',
    against: 'client',
    flavour: '1.2 ECDHE',
    on: 'server_hello_done',
    change: (raw) => [raw, RIGHT],
    ...UNEXPECTED,
  },
  {
    rule: 'RFC 8446 4.3.2: a CertificateRequest behind Certificate',
    against: 'client',
    flavour: '1.3',
    on: 'certificate',
    change: (raw) => [raw, handshake('certificate_request', fromHex('000008000d000400020403'))],
    ...UNEXPECTED,
  },
  asking(
    '1.3 asked',
    'RFC 5246 7.4.4: a CertificateRequest in the form of 1.2',
    request12('0140', '00020403', '0000'),
    MALFORMED,
  ),
];
