// What a server must not do to a client in the key exchanges of TLS 1.2 beside ECDHE with a certificate: DHE (RFC 5246 7.4.3), shared keys
// (RFC 4279, RFC 5489), and groups that are none of the kind.

import { concat, EMPTY, fromHex } from '../../../src/bytes/bytes.ts';
import type { Codec } from '../../../src/codec/codec.ts';
import * as exchanges from '../../../src/wire/key_exchange.ts';
import * as wire from '../../../src/wire/messages.ts';
import { handshake } from '../../support/forge.ts';
import { type Attack, body, drop, ending, extension, flip } from './attack.ts';

const hello12 = wire.serverHello as Codec<wire.ServerHelloOf<'server_hello_12'>>;
const dhe = exchanges.serverKeyExchangeDhe;
const FFDHE2048 = 0x0100;
const FIELDS = { client: { groups: ['x25519', 'secp256r1', 'ffdhe2048'] } } as const;
const BOTH = { client: { maxVersion: 'TLSv1.3' } } as const;
const PSKS = ['1.2 PSK', '1.2 DHE_PSK', '1.2 ECDHE_PSK'] as const;
const EXCHANGES = ['1.2 DHE', '1.2 RSA', ...PSKS] as const;
const UNEXPECTED = { code: 'ERR_TLS_UNEXPECTED_MESSAGE', alert: 'unexpected_message' } as const;
const MALFORMED = { code: 'ERR_TLS_DECODE', alert: 'decode_error' } as const;
const ILLEGAL = { alert: 'illegal_parameter' } as const;
const certificateRequest = handshake('certificate_request', fromHex('014000020403' + '0000'));
const certificate = handshake('certificate', fromHex('000004000001aa'));

const dheRule = (rule: string, change: Attack['change'], rest: Pick<Attack, 'code' | 'alert'>): Attack => ({
  rule,
  against: 'client',
  flavour: '1.2 DHE',
  on: 'server_key_exchange',
  change,
  ...rest,
});

export const EXCHANGES_AGAINST_CLIENT: readonly Attack[] = [
  dheRule(
    'RFC 5246 7.4.3: a wrong signature',
    body(dhe, ({ signature }) => ({ signature: flip(signature, signature.length - 1) })),
    { code: 'ERR_TLS_BAD_SIGNATURE', alert: 'decrypt_error' },
  ),
  dheRule(
    'RFC 5246 7.4.3: no signature',
    body(dhe, () => ({ signature: EMPTY })),
    { code: 'ERR_TLS_BAD_SIGNATURE', alert: 'decrypt_error' },
  ),
  dheRule(
    'RFC 5246 7.4.3: another public key than was signed',
    body(dhe, ({ params: { value, raw } }) => ({ params: { value: { ...value, dh_Ys: flip(value.dh_Ys, 99) }, raw } })),
    { code: 'ERR_TLS_BAD_SIGNATURE', alert: 'decrypt_error' },
  ),
  dheRule(
    'RFC 5246 7.4.3: a scheme that was not offered',
    body(dhe, () => ({ algorithm: 0x0201 })),
    { code: 'ERR_TLS_UNOFFERED_SCHEME', ...ILLEGAL },
  ),
  dheRule(
    'RFC 5246 7.4.3: a scheme of another kind of key',
    body(dhe, () => ({ algorithm: 0x0403 })),
    { code: 'ERR_TLS_WRONG_KEY', ...ILLEGAL },
  ),
  dheRule('RFC 5246 7.4.3: no ServerKeyExchange', drop, UNEXPECTED),
  dheRule('RFC 5246 7.4.3: two', (raw) => [raw, raw], UNEXPECTED),
  dheRule('RFC 5246 7.4.3: an empty prime', () => [handshake('server_key_exchange', fromHex('0000'))], MALFORMED),
  dheRule(
    'RFC 8422 5.4: parameters of a curve for a suite of finite fields',
    () => [handshake('server_key_exchange', fromHex('03001d0120'))],
    MALFORMED,
  ),
  // A finite field is no curve, although both have numbers of one kind.
  {
    rule: 'RFC 8422 5.1.1: a finite field group as the curve, signed or not',
    against: 'client',
    flavour: '1.2 ECDHE',
    on: 'server_key_exchange',
    change: body(exchanges.serverKeyExchangeEcdhe, ({ params: { raw } }) => ({
      params: { value: { curve_type: 3, named_curve: FFDHE2048, public: fromHex('05') }, raw },
    })),
    more: FIELDS,
    code: 'ERR_TLS_UNOFFERED_GROUP',
    ...ILLEGAL,
  },
  {
    rule: 'RFC 5489 2: a finite field group as the curve',
    against: 'client',
    flavour: '1.2 ECDHE_PSK',
    on: 'server_key_exchange',
    change: body(exchanges.serverKeyExchangeEcdhePsk, () => ({
      params: { curve_type: 3, named_curve: FFDHE2048, public: fromHex('05') },
    })),
    more: FIELDS,
    code: 'ERR_TLS_UNOFFERED_GROUP',
    ...ILLEGAL,
  },
  {
    rule: 'RFC 5489 2: a curve that was not offered',
    against: 'client',
    flavour: '1.2 ECDHE_PSK',
    on: 'server_key_exchange',
    change: body(exchanges.serverKeyExchangeEcdhePsk, ({ params }) => ({ params: { ...params, named_curve: 0x001e } })),
    code: 'ERR_TLS_UNOFFERED_GROUP',
    ...ILLEGAL,
  },
  {
    rule: 'RFC 5489 2: a share that leads to zero',
    against: 'client',
    flavour: '1.2 ECDHE_PSK',
    on: 'server_key_exchange',
    change: body(exchanges.serverKeyExchangeEcdhePsk, ({ params }) => ({
      params: { ...params, public: new Uint8Array(32) },
    })),
    code: 'ERR_TLS_BAD_KEY_SHARE',
    ...ILLEGAL,
  },
  {
    rule: 'RFC 4279 3: a small prime, which nothing signs',
    against: 'client',
    flavour: '1.2 DHE_PSK',
    on: 'server_key_exchange',
    change: body(exchanges.serverKeyExchangeDhePsk, ({ params }) => ({
      params: { ...params, dh_p: new Uint8Array(128).fill(0xff) },
    })),
    code: 'ERR_TLS_WEAK_DH',
    alert: 'insufficient_security',
  },
  {
    rule: 'RFC 4279 3: a hint and no parameters',
    against: 'client',
    flavour: '1.2 DHE_PSK',
    on: 'server_key_exchange',
    change: () => [handshake('server_key_exchange', fromHex('0000'))],
    ...MALFORMED,
  },
  {
    rule: 'RFC 4279 2: two hints',
    against: 'client',
    flavour: '1.2 PSK hint',
    on: 'server_key_exchange',
    change: (raw) => [raw, raw],
    ...UNEXPECTED,
  },
  {
    rule: 'RFC 4279 2: a hint with something behind it',
    against: 'client',
    flavour: '1.2 PSK hint',
    on: 'server_key_exchange',
    change: () => [handshake('server_key_exchange', fromHex('00016100'))],
    ...MALFORMED,
  },
  ...PSKS.flatMap((flavour): Attack[] => [
    {
      rule: 'RFC 4279 2: a CertificateRequest, where no certificate is',
      against: 'client',
      flavour,
      on: 'server_hello_done',
      change: (raw) => [certificateRequest, raw],
      ...UNEXPECTED,
    },
    {
      rule: 'RFC 4279 2: a Certificate',
      against: 'client',
      flavour,
      on: 'server_hello',
      change: (raw) => [raw, certificate],
      ...UNEXPECTED,
    },
  ]),
  {
    rule: 'RFC 5246 7.4.1.3: a suite of shared keys, which was not offered',
    against: 'client',
    flavour: '1.2 ECDHE',
    on: 'server_hello',
    change: body(hello12, () => ({ cipher_suite: 0x00a8 })),
    code: 'ERR_TLS_UNOFFERED_SUITE',
    ...ILLEGAL,
  },
  {
    rule: 'RFC 5246 7.4.1.3: a DHE suite, which was not offered',
    against: 'client',
    flavour: '1.2 ECDHE',
    on: 'server_hello',
    change: body(hello12, () => ({ cipher_suite: 0x009e })),
    code: 'ERR_TLS_UNOFFERED_SUITE',
    ...ILLEGAL,
  },
  {
    rule: 'RFC 7627 5.1: extended_master_secret that was not offered',
    against: 'client',
    flavour: '1.2 ECDHE',
    on: 'server_hello',
    change: extension(hello12, 'extended_master_secret', EMPTY),
    more: { client: { extendedMasterSecret: 'never' } },
    code: 'ERR_TLS_UNSOLICITED_EXTENSION',
    alert: 'unsupported_extension',
  },
  {
    rule: 'RFC 6962 3.3: timestamps that were not asked for',
    against: 'client',
    flavour: '1.2 ECDHE',
    on: 'server_hello',
    change: extension(hello12, 'signed_certificate_timestamp', fromHex('00030001aa')),
    code: 'ERR_TLS_UNSOLICITED_EXTENSION',
    alert: 'unsupported_extension',
  },
  {
    rule: 'RFC 6962 3.3: an empty list of timestamps',
    against: 'client',
    flavour: '1.2 ECDHE',
    on: 'server_hello',
    change: extension(hello12, 'signed_certificate_timestamp', fromHex('0000')),
    more: { client: { timestamps: true } },
    ...MALFORMED,
  },
  ...EXCHANGES.flatMap((flavour): Attack[] => [
    {
      rule: 'RFC 8446 4.1.3: the downgrade sentinel of 1.2',
      against: 'client',
      flavour,
      on: 'server_hello',
      change: body(hello12, (hello) => ending(hello, wire.DOWNGRADE_TO_TLS12)),
      more: BOTH,
      code: 'ERR_TLS_DOWNGRADE',
      ...ILLEGAL,
    },
    {
      rule: 'RFC 5246 7.4.9: a wrong Finished',
      against: 'client',
      flavour,
      on: 'finished',
      change: body(wire.finished, ({ verify_data }) => ({ verify_data: flip(verify_data, 11) })),
      code: 'ERR_TLS_BAD_FINISHED',
      alert: 'decrypt_error',
    },
    {
      rule: 'RFC 5246 7.1: half of a message, and then ChangeCipherSpec',
      against: 'client',
      flavour,
      on: 'server_hello_done',
      change: (raw) => [concat(raw, fromHex('14000c'))],
      code: 'ERR_TLS_MESSAGE_TOO_EARLY',
      alert: 'unexpected_message',
    },
    {
      rule: 'RFC 5246 7.4.9: Finished in the clear, before ChangeCipherSpec',
      against: 'client',
      flavour,
      on: 'server_hello_done',
      change: (raw) => [concat(raw, handshake('finished', new Uint8Array(12)))],
      code: 'ERR_TLS_MESSAGE_TOO_EARLY',
      alert: 'unexpected_message',
    },
  ]),
];
