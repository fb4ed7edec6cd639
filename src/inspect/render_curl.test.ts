import { describe, expect, test } from 'vitest';
import { fromHex } from '../bytes/bytes.ts';
import type { CertificateSummary } from './certificate_summary.ts';
import { plainText } from './lines.ts';
import {
  curlAlpnOffer,
  curlCertificateLines,
  curlConnectionLines,
  curlMessageLine,
  opensslDate,
  renderCurl,
} from './render_curl.ts';
import { sampleTrace } from './testing/handshakes.ts';
import { RFC8448 } from './testing/rfc8448.ts';
import { timelineOf } from './timeline.ts';

const CERTIFICATE: CertificateSummary = {
  subject: 'CN=localhost',
  issuer: 'C=US; O=Lab; CN=Lab Intermediate R1',
  notBefore: Date.UTC(2026, 10, 2, 4, 44, 52),
  notAfter: Date.UTC(2027, 1, 20, 4, 44, 52),
  name: { host: 'localhost', matched: 'localhost' },
  verify: { kind: 'ok' },
};

describe('the words of curl -v', () => {
  test('TLS 1.2 with ECDHE reads as curl prints it', () => {
    expect(plainText(renderCurl(timelineOf(sampleTrace('ecdhe12', 'client')), CERTIFICATE)).split('\n')).toEqual([
      '* ALPN: offers http/1.1',
      '* TLSv1.2 (OUT), TLS handshake, Client hello (1):',
      '* TLSv1.2 (IN), TLS handshake, Server hello (2):',
      '* TLSv1.2 (IN), TLS handshake, Certificate (11):',
      '* TLSv1.2 (IN), TLS handshake, Server key exchange (12):',
      '* TLSv1.2 (IN), TLS handshake, Server finished (14):',
      '* TLSv1.2 (OUT), TLS handshake, Client key exchange (16):',
      '* TLSv1.2 (OUT), TLS change cipher, Change cipher spec (1):',
      '* TLSv1.2 (OUT), TLS handshake, Finished (20):',
      '* TLSv1.2 (IN), TLS change cipher, Change cipher spec (1):',
      '* TLSv1.2 (IN), TLS handshake, Finished (20):',
      '* SSL connection using TLSv1.2 / ECDHE-RSA-AES128-GCM-SHA256 / x25519 / RSASSA-PSS',
      '* ALPN: server accepted http/1.1',
      '* Server certificate:',
      '*  subject: CN=localhost',
      '*  start date: Nov  2 04:44:52 2026 GMT',
      '*  expire date: Feb 20 04:44:52 2027 GMT',
      '*  subjectAltName: host "localhost" matched cert\'s "localhost"',
      '*  issuer: C=US; O=Lab; CN=Lab Intermediate R1',
      '*  SSL certificate verify ok.',
      '* TLSv1.2 (IN), TLS alert, close notify (256):',
      '* TLSv1.2 (OUT), TLS alert, close notify (256):',
    ]);
  });

  test('RSA key exchange has no group and no signature, TLS 1.3 its own messages', () => {
    const rsa = plainText(renderCurl(timelineOf(sampleTrace('rsa12', 'client'))));
    expect(rsa).toContain('SSL connection using TLSv1.2 / AES128-GCM-SHA256 / [blank] / UNDEF');
    expect(rsa).not.toContain('Server key exchange');
    const tls13 = plainText(renderCurl(timelineOf(sampleTrace('tls13', 'server'))));
    expect(tls13).toContain('* TLSv1.3 (IN), TLS handshake, Client hello (1):');
    expect(tls13).toContain('* TLSv1.3 (OUT), TLS handshake, CERT verify (15):');
    expect(tls13).toContain('* TLSv1.3 (OUT), TLS handshake, Encrypted Extensions (8):');
  });

  test('RFC 5246 7.4.6 and 7.4.8: client certificate and status in the words and the order of curl 7.88 with OpenSSL 3.0', () => {
    const lines = plainText(renderCurl(timelineOf(sampleTrace('mutual12', 'client')))).split('\n');
    expect(lines.slice(0, 12)).toEqual([
      '* TLSv1.2 (OUT), TLS handshake, Client hello (1):',
      '* TLSv1.2 (IN), TLS handshake, Server hello (2):',
      '* TLSv1.2 (IN), TLS handshake, Certificate (11):',
      '* TLSv1.2 (IN), TLS handshake, Certificate Status (22):',
      '* TLSv1.2 (IN), TLS handshake, Server key exchange (12):',
      '* TLSv1.2 (IN), TLS handshake, Request CERT (13):',
      '* TLSv1.2 (IN), TLS handshake, Server finished (14):',
      '* TLSv1.2 (OUT), TLS handshake, Certificate (11):',
      '* TLSv1.2 (OUT), TLS handshake, Client key exchange (16):',
      '* TLSv1.2 (OUT), TLS handshake, CERT verify (15):',
      '* TLSv1.2 (OUT), TLS change cipher, Change cipher spec (1):',
      '* TLSv1.2 (OUT), TLS handshake, Finished (20):',
    ]);
  });

  test('resumption, early data and a HelloRetryRequest', () => {
    const lines = (name: 'resumed12' | 'resumed13' | 'retried13', side: 'client' | 'server' = 'client'): string[] =>
      plainText(renderCurl(timelineOf(sampleTrace(name, side)))).split('\n');
    expect(lines('resumed12').slice(0, 2)).toEqual(['* ALPN: offers http/1.1', '* SSL re-using session ID']);
    expect(lines('resumed12', 'server').join()).not.toContain('re-using');
    expect(lines('resumed13')).toContain('* TLSv1.3 (OUT), TLS handshake, End of early data (5):');
    expect(lines('resumed13')).toContain('* Server accepted 6 bytes of TLS early data.');
    expect(
      lines('retried13')
        .slice(0, 4)
        .map((line) => line.replace(/.*handshake, /, '')),
    ).toEqual(['Client hello (1):', 'Server hello (2):', 'Client hello (1):', 'Server hello (2):']);
  });

  test('alerts carry level and description in one number', () => {
    const alert = (raw: string): string =>
      plainText([curlMessageLine({ direction: 'in', type: 21, name: 'alert', raw: fromHex(raw), version: 0x0303 })]);
    expect(alert('0228')).toBe('* TLSv1.2 (IN), TLS alert, handshake failure (552):');
    expect(alert('0230')).toBe('* TLSv1.2 (IN), TLS alert, unknown CA (560):');
    expect(alert('0273')).toBe('* TLSv1.2 (IN), TLS alert, unknown PSK identity (627):');
    expect(alert('0274')).toBe('* TLSv1.2 (IN), TLS alert, certificate required (628):');
    expect(alert('02ee')).toBe('* TLSv1.2 (IN), TLS alert, unknown (750):');
    expect(alert('')).toBe('* TLSv1.2 (IN), TLS alert, close notify (0):');
  });

  test('less common messages', () => {
    const line = (name: 'certificate_request' | 'new_session_ticket' | 'unknown', type: number): string =>
      plainText([curlMessageLine({ direction: 'in', type: 22, name, raw: Uint8Array.of(type), version: 0x0304 })]);
    expect(line('certificate_request', 13)).toBe('* TLSv1.3 (IN), TLS handshake, Request CERT (13):');
    expect(line('new_session_ticket', 4)).toBe('* TLSv1.3 (IN), TLS handshake, Newsession Ticket (4):');
    expect(line('unknown', 99)).toBe('* TLSv1.3 (IN), TLS handshake, Unknown (99):');
  });

  test('a ClientHello is of the highest version that it offers, even a damaged one has a line', () => {
    const hello = { direction: 'out', type: 22, name: 'client_hello', version: undefined } as const;
    expect(plainText([curlMessageLine({ ...hello, raw: RFC8448.clientHello })])).toContain('TLSv1.3 (OUT)');
    expect(plainText([curlMessageLine({ ...hello, raw: fromHex('01') })])).toContain('TLSv1.2 (OUT)');
  });
});

describe('ALPN and the connection line', () => {
  test('nothing offered, nothing said; offered and not taken up', () => {
    expect(curlAlpnOffer([])).toBeUndefined();
    expect(plainText(curlConnectionLines({ version: 0x0304, suite: 0x1301 }, false)).split('\n')).toHaveLength(1);
    expect(plainText(curlConnectionLines({ version: 0x0304, suite: 0x1301 }, true))).toContain(
      'ALPN: server did not agree on a protocol. Uses default.',
    );
  });

  test('signature kinds as OpenSSL calls them', () => {
    const line = (scheme: number): string => plainText(curlConnectionLines({ scheme }, false));
    expect([0x0403, 0x0401, 0x0807, 0x0804].map((scheme) => line(scheme).split(' / ').at(-1))).toEqual([
      'id-ecPublicKey',
      'rsaEncryption',
      'ED25519',
      'RSASSA-PSS',
    ]);
  });

  test('a hostile protocol name cannot steer the terminal', () => {
    const offer = curlAlpnOffer(['\u001b[2J', 'h2']);
    expect(plainText(offer === undefined ? [] : [offer])).toBe('* ALPN: offers \\x1b[2J,h2');
  });
});

describe('the certificate block', () => {
  const last = (certificate: CertificateSummary): string | undefined =>
    plainText(curlCertificateLines(certificate)).split('\n').at(-1);

  test('says loudly what was not checked', () => {
    const failed = { kind: 'failed', problem: 'self-signed certificate (18)' } as const;
    expect(last({ ...CERTIFICATE, verify: { ...failed, ignored: true } })).toBe(
      '*  SSL certificate verify result: self-signed certificate (18), continuing anyway.',
    );
    expect(last({ ...CERTIFICATE, verify: { ...failed, ignored: false } })).toBe(
      '*  SSL certificate problem: self-signed certificate (18)',
    );
    expect(last({ ...CERTIFICATE, verify: { kind: 'skipped' } })).toContain('SKIPPED');
  });

  test('names that do not match, chains, and hostile names', () => {
    const text = plainText(
      curlCertificateLines({
        ...CERTIFICATE,
        subject: 'CN=a\u001b]0;owned\u0007',
        name: { host: 'example.org', matched: undefined },
        chain: [{ keyType: 'RSA', keyBits: 2048, signedUsing: 'sha256WithRSAEncryption' }],
      }),
    );
    expect(text).toContain('*  subject: CN=a\\x1b]0;owned\\x07');
    expect(text).toContain('subjectAltName does not match host name "example.org"');
    expect(text).toContain(
      '*   Certificate level 0: Public key type RSA (2048 Bits), signed using sha256WithRSAEncryption',
    );
  });

  test('times as OpenSSL prints them', () => {
    expect(opensslDate(Date.UTC(2019, 11, 2))).toBe('Dec  2 00:00:00 2019 GMT');
    expect(opensslDate(Number.NaN)).toBe('no valid time');
  });
});
