import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeText, quoteWireText } from './escape.ts';

test('terminal escapes, bidirectional controls and invisible characters become visible', () => {
  expect(escapeText('a\u001b[2Jb')).toBe('a\\x1b[2Jb');
  expect(escapeText('\u009b31m')).toBe('\\x9b31m');
  expect(escapeText('evil\u202egpj.exe')).toBe('evil\\u{202e}gpj.exe');
  expect(escapeText('a\u200bb\u2066c\ufeff')).toBe('a\\u{200b}b\\u{2066}c\\u{feff}');
  expect(escapeText('line\nfeed\r\u2028')).toBe('line\\x0afeed\\x0d\\u{2028}');
  expect(escapeText('\ud800x')).toBe('\\u{d800}x');
  expect(escapeText('\u{e0041}\ufe0f\u3164')).toBe('\\u{e0041}\\u{fe0f}\\u{3164}');
});

test('letters of any script stay as they are', () => {
  expect(escapeText('证书 Zürich Ελλάδα')).toBe('证书 Zürich Ελλάδα');
});

test('text from the wire is quoted, so that no two names look alike', () => {
  expect(quoteWireText('http/1.1')).toBe('"http/1.1"');
  expect(quoteWireText('a"b\\c')).toBe('"a\\"b\\\\c"');
  expect(quoteWireText('\u00e9\u0000')).toBe('"\\xe9\\x00"');
  expect(quoteWireText('\\x00')).toBe('"\\\\x00"');
});

test('whatever comes in, nothing invisible comes out, and wire text comes out different for different input', () => {
  const byteText = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) });
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), byteText, byteText, (any, one, other) => {
      expect(escapeText(any)).not.toMatch(/\p{Cc}|\p{Cf}|\p{Cs}/u);
      expect(quoteWireText(one)).toMatch(/^[ -~]*$/);
      if (one !== other) expect(quoteWireText(one)).not.toBe(quoteWireText(other));
    }),
  );
});
