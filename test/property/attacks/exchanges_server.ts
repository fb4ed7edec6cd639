// What a client must not do to a server in the key exchanges of TLS 1.2 beside ECDHE: DHE (RFC 5246 7.4.7.2), RSA, and shared keys
// (RFC 4279, RFC 5489).

import { concat, fromHex } from '../../../src/bytes/bytes.ts';
import * as wire from '../../../src/wire/messages.ts';
import { handshake } from '../../support/forge.ts';
import { type Attack, body, flip } from './attack.ts';

const EXCHANGES = ['1.2 DHE', '1.2 RSA', '1.2 PSK', '1.2 DHE_PSK', '1.2 ECDHE_PSK'] as const;
const UNEXPECTED = { code: 'ERR_TLS_UNEXPECTED_MESSAGE', alert: 'unexpected_message' } as const;
const MALFORMED = { code: 'ERR_TLS_DECODE', alert: 'decode_error' } as const;
const ILLEGAL = { alert: 'illegal_parameter' } as const;
const certificate = handshake('certificate', fromHex('000004000001aa'));

const onExchange = (
  flavour: Attack['flavour'],
  rule: string,
  change: Attack['change'],
  rest: Pick<Attack, 'code' | 'alert'>,
): Attack => ({ rule, against: 'server', flavour, on: 'client_key_exchange', change, ...rest });
const instead =
  (hex: string): Attack['change'] =>
  () => [handshake('client_key_exchange', fromHex(hex))];

export const EXCHANGES_AGAINST_SERVER: readonly Attack[] = [
  onExchange('1.2 DHE', 'RFC 5246 7.4.7.2: an empty public key', instead('0000'), MALFORMED),
  onExchange('1.2 DHE', 'RFC 5246 7.4.7.2: none, as in a certificate', instead(''), MALFORMED),
  onExchange('1.2 DHE', 'RFC 8422 5.7: a point', instead('0105'), MALFORMED),
  onExchange('1.2 DHE', 'RFC 7919 5.1: a public key longer than the prime', instead(`0101${'05'.repeat(257)}`), {
    code: 'ERR_TLS_BAD_KEY_SHARE',
    ...ILLEGAL,
  }),
  onExchange('1.2 PSK', 'RFC 4279 2: an identity that is cut off', instead('000261'), MALFORMED),
  onExchange('1.2 PSK', 'RFC 4279 3: an identity and a public key', instead('0001610105'), MALFORMED),
  onExchange('1.2 DHE_PSK', 'RFC 4279 3: an identity alone', instead('000161'), MALFORMED),
  onExchange('1.2 DHE_PSK', 'RFC 7919 5.1: the public key 1', instead('000161000101'), {
    code: 'ERR_TLS_BAD_KEY_SHARE',
    ...ILLEGAL,
  }),
  onExchange('1.2 ECDHE_PSK', 'RFC 7748 6.1: a share that leads to zero', instead(`00016120${'00'.repeat(32)}`), {
    code: 'ERR_TLS_BAD_KEY_SHARE',
    ...ILLEGAL,
  }),
  onExchange('1.2 ECDHE_PSK', 'RFC 5489 2: an empty share', instead('00016100'), MALFORMED),
  ...EXCHANGES.flatMap((flavour): Attack[] => [
    onExchange(flavour, 'RFC 5246 7.4.7: two', (raw) => [raw, raw], UNEXPECTED),
    onExchange(
      flavour,
      'RFC 5246 7.4.6: a certificate that was not asked for',
      (raw) => [certificate, raw],
      UNEXPECTED,
    ),
    onExchange(
      flavour,
      'RFC 5246 7.4.8: a CertificateVerify without a certificate',
      (raw) => [raw, handshake('certificate_verify', fromHex('04030001aa'))],
      UNEXPECTED,
    ),
    onExchange(
      flavour,
      'RFC 5246 7.1: half of a message, and then ChangeCipherSpec',
      (raw) => [concat(raw, fromHex('14000c'))],
      {
        code: 'ERR_TLS_INTERLEAVED',
        alert: 'unexpected_message',
      },
    ),
    onExchange(
      flavour,
      'RFC 5246 7.4.9: Finished in the clear, before ChangeCipherSpec',
      (raw) => [concat(raw, handshake('finished', new Uint8Array(12)))],
      UNEXPECTED,
    ),
    {
      rule: 'RFC 5246 7.4.9: a wrong Finished',
      against: 'server',
      flavour,
      on: 'finished',
      change: body(wire.finished, ({ verify_data }) => ({ verify_data: flip(verify_data) })),
      code: 'ERR_TLS_BAD_FINISHED',
      alert: 'decrypt_error',
    },
  ]),
];
