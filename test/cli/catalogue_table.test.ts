// All failures of the catalogue that people meet, by their numbers: where each is built on loopback and told in both languages, and what of
// it cannot be or is not, with the reason, which is printed. A test is named by its file and by the beginning of its title.

import { describe, expect, test } from 'vitest';
import { missingTest } from '../prove/musts/requirements.ts';

interface Row {
  readonly entry: number;
  readonly what: string;
  /** Files of test/cli, and words of titles. */
  readonly tests: readonly (readonly [file: string, ...titles: string[]])[];
  /** What of the entry has no test, and why. */
  readonly without?: string;
}

const row = (entry: number, what: string, tests: Row['tests'], without?: string): Row => ({
  ...{ entry, what, tests },
  ...(without !== undefined && { without }),
});

const ROWS: readonly Row[] = [
  row(1, 'missing intermediate', [
    ['catalogue_certificates', '1 a missing intermediate'],
    ['aia', '--aia fetches it'],
  ]),
  row(2, 'unknown root', [['catalogue_certificates', '2 an unknown root']]),
  row(3, 'self-signed leaf', [['catalogue_certificates', '3 a self-signed']]),
  row(4, 'wrong host', [['catalogue_certificates', '4 another host name']]),
  row(5, 'expired', [['catalogue_certificates', '5 expired: the leaf', '5 expired: not the leaf']]),
  row(
    6,
    'clock skew, not yet valid',
    [['catalogue_certificates', '6 not yet valid']],
    'the Date header of HTTP, since a handshake that is refused brings no answer; with -k, -v shows it',
  ),
  row(7, 'expired cross-signed root', [
    [
      'catalogue_chains',
      '7 who knows the newer root',
      '7 who knows the expired root',
      '7 the cross-signed certificate',
    ],
  ]),
  row(8, 'protocol version', [
    ['catalogue', '8 alert', '8 a ServerHello of SSL 3.0'],
    ['failures', 'no shared version'],
  ]),
  row(
    9,
    'no shared cipher, group or signature scheme',
    [
      ['catalogue', '9 alert', '9 no shared %s'],
      ['failures', 'no shared cipher suite'],
    ],
    'probing the server with other offers, since no second connection is made unasked',
  ),
  row(10, 'something else than TLS on the port, and the reverse', [
    ['catalogue', '10 SSH, SMTP and HTTP', '10 the other way round'],
    ['failures', 'a plain HTTP port'],
  ]),
  row(11, 'legacy renegotiation', [['catalogue', '11 no renegotiation_info']]),
  row(12, 'DH key too small', [['catalogue_certificates', '12 a Diffie-Hellman group']]),
  row(13, 'EE key too small', [
    ['catalogue_certificates', '13 an RSA key'],
    ['catalogue_chains', '13 an RSA key'],
  ]),
  row(14, 'SHA-1 signature', [
    ['catalogue_certificates', '14 a SHA-1 signature on the leaf', '14 a SHA-1 signature on the int'],
  ]),
  row(15, 'client certificate required', [
    ['catalogue', '15 alert', '15 TLS %s'],
    ['client_certificate', 'TLS %s: --require-client-cert ends'],
  ]),
  row(16, 'client certificate of an unknown CA', [
    ['client_certificate', '16 TLS %s', 'is refused, and why is told on both sides'],
  ]),
  row(17, 'the server’s log says 46 or 48', [
    ['catalogue_connections', '17 %s (%i)'],
    ['serve', 'a client that does not trust the certificate'],
  ]),
  row(18, 'ALPN', [
    ['catalogue', '18 alert', '18 a server that says nothing'],
    ['failures', 'no shared ALPN protocol'],
  ]),
  row(
    19,
    'SNI missing or unknown',
    [['catalogue', '19 alert', '19 a warning about the host name']],
    'Java, which sends no SNI for names of one label, since it is the client there',
  ),
  row(
    20,
    'FIN or RST in the handshake',
    [
      ['catalogue', '20 the end of the stream', '20 a reset'],
      ['failures', 'the end of the stream in the handshake'],
    ],
    'another attempt with other offers, since no second connection is made unasked',
  ),
  row(
    21,
    'large ClientHello dropped',
    [['catalogue_connections', '21 %s: how large', '21 the advice helps']],
    'a ClientHello split into two records, since no flag does that',
  ),
  row(22, 'OCSP must-staple', [
    ['catalogue_certificates', '22 --cert-status', '22 a certificate that demands'],
    ['catalogue_chains', '22 a certificate that demands'],
    ['staple', 'revoked: 91'],
  ]),
  row(23, 'name constraints', [['catalogue_certificates', '23 name constraints']]),
  row(24, 'issuer is no CA, path length, wrong purpose', [
    [
      'catalogue_certificates',
      '24 an issuer that is no CA',
      '24 a path that is longer',
      '24 a certificate for clients',
    ],
  ]),
  row(25, 'CN-only certificate', [
    ['catalogue_certificates', '25 the name stands in the common name'],
    ['catalogue_chains', '25 the name in the common name'],
  ]),
  row(26, 'bad_record_mac', [['catalogue', '26 in an encrypted record']]),
  row(
    27,
    'bad signature of the handshake',
    [['catalogue', '27 in the signature of a ServerKeyExchange']],
    'CertificateVerify, which is encrypted, so that nobody in between can change it; test/property has servers that sign wrongly',
  ),
  row(28, 'record_overflow, unexpected_message', [['catalogue', '28 a record that is too long']]),
  row(29, 'inappropriate_fallback, insufficient_security, internal_error', [['catalogue', '29 alert']]),
  row(30, 'ticket keys of a cluster', [['catalogue_connections', '30 TLS %s, --session', '30 TLS %s, --repeat']]),
  row(31, 'key of another certificate, order, duplicates, roots', [
    ['catalogue_chains', '31 -v names each', '31 serve refuses %s', '31 serve says when it starts'],
  ]),
  row(
    32,
    'key usage, TLS 1.3 downgrade, ECH',
    [
      ['catalogue_certificates', '32 a certificate that may not sign', '32 a certificate that may not encrypt'],
      ['catalogue_connections', '32 the mark of a server', '32 to who asks for TLS 1.2'],
    ],
    'ECH, since glasstls does not offer it',
  ),
  row(33, 'no close_notify', [['catalogue_connections', '33 %s: 56', '33 %s that came whole']]),
];

describe('the catalogue of failures', () => {
  test('has every entry once', () => {
    expect(ROWS.map(({ entry }) => entry)).toEqual(Array.from({ length: 33 }, (_, i) => i + 1));
  });

  for (const { entry, what, tests, without } of ROWS) {
    test(`${entry} ${what}${without === undefined ? '' : `; without ${without}`}`, () => {
      const named = tests.flatMap(([file, ...titles]) => titles.map((title) => `test/cli/${file}.test.ts: ${title}`));
      expect(named.length + (without?.length ?? 0)).toBeGreaterThan(0);
      expect(named.flatMap((one) => missingTest(one, `entry ${entry}`))).toEqual([]);
    });
  }
});
