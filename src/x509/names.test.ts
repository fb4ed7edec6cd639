// Names: distinguished names as text and compared (RFC 4514, RFC 5280 7.1), hosts and addresses (RFC 9525), PEM (RFC 7468),
// and the one function that makes hostile text visible.

import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../bytes/bytes.ts';
import { DecodeError } from '../bytes/decode_error.ts';
import { TAG } from './der.ts';
import * as der from './der_write.ts';
import { escapeText, excerpt } from './escape.ts';
import { matchesDns, parseServerName } from './identity.ts';
import {
  COMPATIBLE,
  ipText,
  nameText,
  nameTextInOrder,
  parseIp,
  parseName,
  readPem,
  WEB,
  writeName,
  writePem,
} from './index.ts';
import { canonicalRdns, sameName, withinSubtree } from './names.ts';
import { parseSpki } from './spki.ts';

const name = (...pairs: [string, string][]) => parseName(writeName(pairs));
const typed = (tag: number, value: string) =>
  parseName(der.sequence(der.setOf(der.sequence(der.oid('2.5.4.3'), der.text(tag, value)))));

describe('distinguished names', () => {
  it('are written in the order of RFC 4514 and in that of the certificate', () => {
    const subject = name(['C', 'DE'], ['O', 'Müller, Söhne + Co'], ['CN', ' #x ']);
    expect(nameText(subject)).toBe('CN=\\ #x\\ ,O=Müller\\, Söhne \\+ Co,C=DE');
    expect(nameTextInOrder(subject)).toBe('C=DE; O=Müller\\, Söhne \\+ Co; CN=\\ #x\\ ');
    expect(nameText(parseName(writeName([['1.2.3.4', 'x']])))).toBe('1.2.3.4=x');
  });

  it('RFC 5280 7.1: case, white space and the string type do not count; everything else does', () => {
    expect(sameName(name(['O', 'Acme  Inc'], ['CN', 'X']), name(['O', ' ACME inc '], ['CN', 'x']))).toBe(true);
    expect(sameName(typed(TAG.printableString, 'Acme'), typed(TAG.utf8String, 'acme'))).toBe(true);
    expect(sameName(name(['O', 'A'], ['CN', 'B']), name(['CN', 'B'], ['O', 'A']))).toBe(false);
    expect(sameName(name(['O', 'A'], ['CN', 'B']), name(['O', 'A']))).toBe(false);
    expect(sameName(name(['O', 'A']), name(['OU', 'A']))).toBe(false);
  });

  it('RFC 5280 7.1, RFC 4518 2.2 - 2.3: compatible forms of a character are one, invisible ones are nothing', () => {
    const same = (a: string, b: string): boolean => sameName(name(['O', a]), name(['O', b]));
    expect(same('\uff21cme', 'acme')).toBe(true);
    expect(same('Cafe\u0301', 'caf\u00e9')).toBe(true);
    expect(same('ac\u200bme\u00ad', 'Acme')).toBe(true);
    expect(same('a\u0085b', 'a b')).toBe(true);
    expect(same('a\tb', 'a b')).toBe(true);
    expect(same('caf\u00e9', 'cafe')).toBe(false);
    expect(same('\u0430cme', 'acme')).toBe(false);
  });

  it('RFC 5280 4.2.1.10: a subtree begins at the root of the name', () => {
    const within = (a: [string, string][], b: [string, string][]) =>
      withinSubtree(canonicalRdns(name(...a)), canonicalRdns(name(...b)));
    expect(
      within(
        [
          ['C', 'DE'],
          ['O', 'A'],
          ['CN', 'x'],
        ],
        [
          ['C', 'DE'],
          ['O', 'a'],
        ],
      ),
    ).toBe(true);
    expect(
      within(
        [
          ['C', 'DE'],
          ['CN', 'x'],
        ],
        [
          ['C', 'DE'],
          ['O', 'A'],
        ],
      ),
    ).toBe(false);
    expect(within([['C', 'DE']], [])).toBe(true);
  });

  it.each([
    ['UTF-8 that is not shortest', TAG.utf8String, 'c0af'],
    ['a surrogate in UTF-8', TAG.utf8String, 'eda080'],
    ['UTF-8 cut off', TAG.utf8String, 'e282'],
    ['BMPString of odd length', TAG.bmpString, '004100'],
  ])('%s is refused', (_what, tag, hex) => {
    const bytes = der.sequence(der.setOf(der.sequence(der.oid('2.5.4.3'), der.tlv(tag, fromHex(hex)))));
    expect(() => parseName(bytes)).toThrow(DecodeError);
  });
});

describe('RFC 9525: hosts', () => {
  const rules = { partialWildcards: false };
  it.each([
    ['example.com', 'example.com', true],
    ['EXAMPLE.com', 'example.com', true],
    ['*.example.com', 'a.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', 'a.b.example.com', false],
    ['*.com', 'example.com', false],
    ['*', 'localhost', false],
    ['*.*.example.com', 'a.b.example.com', false],
    ['a.*.com', 'a.b.com', false],
    ['ba*.example.com', 'baz.example.com', false],
    ['*a.example.com', 'baa.example.com', false],
    ['xn--*-1b3c148a.example.com', 'xn--bliss-1b3c148a.example.com', false],
    ['.example.com', 'example.com', false],
    ['example.com.', 'example.com', false],
    ['localhost', 'localhost', true],
  ])('%s for %s: %s', (presented, wanted, expected) => {
    expect(matchesDns(presented, wanted, rules)).toBe(expected);
  });

  it('partial wildcards count under compatible only, and never in A-labels', () => {
    expect([WEB.partialWildcards, COMPATIBLE.partialWildcards]).toEqual([false, true]);
    expect(matchesDns('ba*.example.com', 'baz.example.com', COMPATIBLE)).toBe(true);
    expect(matchesDns('xn--*.example.com', 'xn--a.example.com', COMPATIBLE)).toBe(false);
    expect(matchesDns('b*a*.example.com', 'baz.example.com', COMPATIBLE)).toBe(false);
  });

  it('what a caller may ask for', () => {
    expect(parseServerName('Example.COM.')).toEqual({ kind: 'dns', name: 'example.com' });
    expect(parseServerName('[::1]')).toMatchObject({ kind: 'ip', name: '::1' });
    for (const wrong of [
      '',
      '.',
      'a..b',
      '-a.com',
      'a b',
      'münchen.de',
      '1.2.3',
      '256.1.1.1',
      '0x7f.1',
      '*.example.com',
      `${'a'.repeat(64)}.com`,
    ]) {
      expect([wrong, parseServerName(wrong)]).toEqual([wrong, undefined]);
    }
  });
});

describe('IP addresses', () => {
  it.each(['192.0.2.1', '::', '::1', '2001:db8::1', '2001:db8:0:1:1:1:1:1', '1:0:0:2::', 'fe80::1:0:0:1'])(
    'RFC 5952: %s is its own text',
    (text) => {
      expect(ipText(parseIp(text) ?? new Uint8Array(0))).toBe(text);
    },
  );
  it.each([
    '01.2.3.4',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    '::1%eth0',
    '1.2.3.4::',
  ])('%s is none', (text) => {
    expect(parseIp(text)).toBeUndefined();
  });
  it('RFC 4291 2.2: the last 32 bits may be written as IPv4', () => {
    expect(toHex(parseIp('::ffff:192.0.2.1') ?? new Uint8Array(0))).toBe('00000000000000000000ffffc0000201');
  });
});

describe('hostile text', () => {
  it('controls, bidi and invisible characters become visible; ordinary text of any script stays', () => {
    expect(escapeText('a\u001b[31m\n\u0000\u007f\u009b')).toBe('a\\u{1b}[31m\\u{a}\\u{0}\\u{7f}\\u{9b}');
    expect(escapeText('\u202Ecba\u2066x\u200b\ufeff\u2028')).toBe('\\u{202e}cba\\u{2066}x\\u{200b}\\u{feff}\\u{2028}');
    expect(escapeText('\ud800')).toBe('\\u{d800}');
    expect(escapeText('\\u{1b}')).toBe('\\\\u{1b}');
    expect(escapeText('<script>日本語 Ελληνικά ñ 😀</script>')).toBe('<script>日本語 Ελληνικά ñ 😀</script>');
    expect(excerpt('x'.repeat(500)).length).toBe(203);
  });
});

describe('RFC 7468: PEM', () => {
  const bytes = Uint8Array.from({ length: 200 }, (_, i) => i);
  it('what is written is read, among other text and other blocks', () => {
    const text = `some text\n${writePem('A', bytes)}more\n${writePem('CERTIFICATE', bytes.subarray(0, 50))}`;
    expect(readPem(text).map(({ label, der: block }) => [label, block.length])).toEqual([
      ['A', 200],
      ['CERTIFICATE', 50],
    ]);
    expect(readPem(text.replaceAll('\n', '\r\n'), 'CERTIFICATE')[0]?.der).toEqual(bytes.subarray(0, 50));
    for (let length = 0; length < 70; length++)
      expect(readPem(writePem('X', bytes.subarray(0, length)))[0]?.der).toEqual(bytes.subarray(0, length));
  });
  it.each([
    ['no end line', '-----BEGIN X-----\nAAAA\n'],
    ['another end line', '-----BEGIN X-----\nAAAA\n-----END Y-----\n'],
    ['a character that is not base64', '-----BEGIN X-----\nAA!A\n-----END X-----\n'],
    ['padding in the midst', '-----BEGIN X-----\nAA==AAAA\n-----END X-----\n'],
    ['missing padding', '-----BEGIN X-----\nAAA\n-----END X-----\n'],
    ['bits left over', '-----BEGIN X-----\nAB==\n-----END X-----\n'],
  ])('%s is refused', (_what, text) => {
    expect(() => readPem(text)).toThrow(DecodeError);
  });
});

describe('keys that TLS cannot use are data, not errors', () => {
  const ec = (parameters: Uint8Array, point: Uint8Array) =>
    parseSpki(der.sequence(der.sequence(der.oid('1.2.840.10045.2.1'), parameters), der.bitString(point)));
  it.each([
    ['secp256k1', ec(der.oid('1.3.132.0.10'), new Uint8Array(65).fill(4)), 'the elliptic curve secp256k1'],
    ['explicit parameters', ec(der.sequence(), new Uint8Array(65).fill(4)), 'explicit elliptic curve parameters'],
    [
      'a compressed point',
      ec(der.oid('1.2.840.10045.3.1.7'), new Uint8Array(33).fill(2)),
      'a compressed elliptic curve point',
    ],
    ['a short point', ec(der.oid('1.2.840.10045.3.1.7'), new Uint8Array(64).fill(4)), 'a malformed secp256r1 point'],
    [
      'DSA',
      parseSpki(der.sequence(der.sequence(der.oid('1.2.840.10040.4.1')), der.bitString(new Uint8Array(1)))),
      'dsa',
    ],
    [
      'ML-DSA-65',
      parseSpki(der.sequence(der.sequence(der.oid('2.16.840.1.101.3.4.3.18')), der.bitString(new Uint8Array(1952)))),
      'ML-DSA-65',
    ],
  ])('%s', (_what, spki, unsupported) => {
    expect([spki.key, spki.unsupported]).toEqual([undefined, unsupported]);
  });
});
