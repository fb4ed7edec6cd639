import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clip, displayWidth, padEnd, padStart, plainText, segment, wrap, wrapEvenly, wrapParts } from './lines.ts';

describe('width in terminal columns', () => {
  test('wide characters take two, box drawing one, combining marks none', () => {
    expect(displayWidth('握手')).toBe(4);
    expect(displayWidth('│◄═►┤')).toBe(5);
    expect(displayWidth('e\u0301')).toBe(1);
    expect(displayWidth('，。')).toBe(4);
    expect(displayWidth('“”…→')).toBe(4);
  });

  test('padding and clipping count columns', () => {
    expect(padEnd('证书', 6)).toBe('证书  ');
    expect(padStart('ms', 4)).toBe('  ms');
    expect(clip('证书链', 6)).toBe('证书链');
    expect(clip('证书链', 5)).toBe('证书…');
    expect(clip('证书链', 4)).toBe('证…');
  });
});

describe('wrapping', () => {
  test('breaks English between words', () => {
    expect(wrap('the quick brown fox jumps', 11)).toEqual(['the quick', 'brown fox', 'jumps']);
  });

  test('breaks Chinese between characters, but never puts a closing mark first or an opening one last', () => {
    expect(wrap('服务器的证书链，明文传输。', 14)).toEqual(['服务器的证书', '链，明文传输。']);
    expect(wrap('预主密钥（很短）', 10)).toEqual(['预主密钥', '（很短）']);
    for (let width = 6; width < 30; width++) {
      for (const line of wrap('客户端生成预主密钥，用服务器的 RSA 公钥加密（ClientKeyExchange）。', width)) {
        expect(line).not.toMatch(/^[，。）]|（$/);
      }
    }
  });

  test('cuts a word that is too long at a joint', () => {
    expect(wrap('ECDHE-RSA-AES128-GCM-SHA256', 17)).toEqual(['ECDHE-RSA-', 'AES128-GCM-SHA256']);
    expect(wrap('EncryptedExtensions', 12)).toEqual(['Encrypted', 'Extensions']);
    expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  });

  test('evenly: as few lines as before, no lonely last word, no word cut for it', () => {
    expect(wrapEvenly('The client computes the pre-master secret and passes it on', 56)).toEqual([
      'The client computes the pre-master',
      'secret and passes it on',
    ]);
    expect(wrapEvenly('EncryptedExtensions, number 3', 22)).toEqual(['EncryptedExtensions,', 'number 3']);
  });

  test('parts stay whole as long as they fit', () => {
    expect(wrapParts(['TLSv1.2', 'x25519', '2 round trips'], ' · ', 20)).toEqual(['TLSv1.2 · x25519', '2 round trips']);
    expect(wrapParts([], ' · ', 20)).toEqual([]);
  });

  test('no line is too wide and no character is lost, for any text', () => {
    const unit = fc.constantFrom('a', 'b', ' ', '-', '证', '书', '，', '（', 'K', '…');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 80 }), fc.integer({ min: 6, max: 40 }), (text, width) => {
        for (const how of [wrap, wrapEvenly]) {
          const lines = how(text, width);
          expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
          for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        }
      }),
    );
  });
});

test('plain text is the segments without their styles', () => {
  expect(plainText([[segment('a', 'name'), segment('b  ')], [], [segment('c')]])).toBe('ab\n\nc');
});
