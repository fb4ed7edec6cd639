import { describe, expect, test } from 'vitest';
import { ascii, concat, fromHex } from '../bytes/bytes.ts';
import { plainText } from '../inspect/lines.ts';
import { type ContentOptions, renderContent } from './render_content.ts';

const shown = (content: Uint8Array, options: Partial<ContentOptions> = {}): string[] =>
  renderContent(content, { width: 80, ...options }).map((line) => plainText([line]).trimEnd());

describe('application data', () => {
  test('text comes line by line', () => {
    expect(shown(ascii('GET / HTTP/1.1\r\nHost: a\r\n\r\n'))).toEqual(['    GET / HTTP/1.1', '    Host: a', '']);
    expect(shown(ascii('a\nb\nc\n'), { maxLines: 2 })).toEqual(['    a', '    b']);
  });

  test('a character that was cut off at the end is left out; what hides is shown', () => {
    expect(shown(fromHex('c3a4e4bd'))).toEqual(['    ä']);
    expect(shown(fromHex('61e2808b62'))).toEqual(['    a\\u{200b}b']);
  });

  test('control characters make it a dump, and so does the wish for one', () => {
    expect(shown(concat(ascii('ab'), fromHex('1b5b324a')))).toEqual([
      `    0000  61 62 1b 5b 32 4a${' '.repeat(32)}ab.[2J`,
    ]);
    expect(shown(ascii('ab'), { hex: true })[0]).toContain('61 62');
    expect(shown(new Uint8Array(40), { maxLines: 2 }).length).toBe(2);
    expect(shown(new Uint8Array(16), { width: 40 }).length).toBe(2);
  });

  test('long lines are clipped to the width', () => {
    expect(shown(ascii('x'.repeat(500)), { width: 60 })[0]?.length).toBe(60);
  });
});
