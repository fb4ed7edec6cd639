import { describe, expect, test } from 'vitest';
import { annotateMessage, annotateRecord } from './annotate.ts';
import { displayWidth, plainText } from './lines.ts';
import { renderFields } from './render_fields.ts';
import * as hs from './testing/handshakes.ts';
import { RFC8448 } from './testing/rfc8448.ts';
import { FORM_SAMPLES } from './testing/samples.ts';

const draw = (raw: Uint8Array, options: Partial<Parameters<typeof renderFields>[1]> = {}): string =>
  plainText(renderFields(annotateMessage(raw), { lang: 'en', width: 100, ...options }));

describe('a message opened field by field', () => {
  test('byte ranges, names, values, labels, without explanations', () => {
    expect(draw(RFC8448.serverHello, { meanings: false }).split('\n')).toEqual([
      'ServerHello  90 bytes  RFC 8446 4.1.3',
      ' 0     msg_type: 2  server_hello',
      ' 1-3   length: 86',
      ' 4-5   legacy_version: 0x0303  TLSv1.2',
      ' 6-37  random: a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e26928',
      '38     legacy_session_id_echo: (empty)',
      '39-40  cipher_suite: 0x1301  TLS_AES_128_GCM_SHA256',
      '41     legacy_compression_method: 0  null',
      '42-89  extensions: 2 items',
      '44-83    key_share (51): x25519 32 B',
      '48-49      group: 0x001d  x25519',
      '50-83      key_exchange: c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f',
      '84-89    supported_versions (43): 0x0304 TLSv1.3',
    ]);
  });

  test('with meanings and sections, in English and Chinese', () => {
    const english = draw(RFC8448.serverHello);
    expect(english).toContain('→ says TLS 1.2 for the sake of middleboxes; the real version is in supported_versions');
    expect(english).toContain('(RFC 8446 4.2.8)');
    const chinese = draw(RFC8448.serverHello, { lang: 'zh' });
    expect(chinese).toContain('ServerHello  90 字节  RFC 8446 4.1.3');
    expect(chinese).toContain('服务器在选定组中的临时公钥。至此双方都能算出握手密钥。（RFC 8446 4.2.8）');
  });

  test('hexadecimal stands beside when asked for', () => {
    const lines = draw(RFC8448.serverHello, { hex: true, meanings: false }).split('\n');
    expect(lines[1]).toBe(' 0     02                 msg_type: 2  server_hello');
    expect(lines[4]).toMatch(/^ 6-37 {2}a6 af 06 a4 12 18… random: /);
  });

  test.each([
    [80, /^ 6-37 {2}a6 af 06 a4 12 18… random: /m],
    [76, /^ 6-37 {2}a6 af 06 a4… random: /m],
    [66, /^ 6-37 {2}a6 af 06… random: /m],
    [65, /^ 6-37 {2}random: /m],
  ])('fewer of them where there are %i columns', (width, pattern) => {
    expect(draw(RFC8448.serverHello, { hex: true, width })).toMatch(pattern);
  });

  test('words of ours are in the language of the rest, and one byte is no bytes', () => {
    const chinese = draw(RFC8448.serverHello, { lang: 'zh', meanings: false });
    expect(chinese).toContain('legacy_session_id_echo: （空）');
    const spec = renderFields(annotateMessage(Uint8Array.of(1), { contentType: 20 }), { lang: 'en', width: 80 });
    expect(plainText(spec)).toContain('ChangeCipherSpec  1 byte  ');
  });

  test('long lists of code points are folded, on request they are not; extensions never are', () => {
    const folded = draw(RFC8448.clientHello);
    expect(folded).toContain('… 7 more: rsa_pkcs1_sha384, rsa_pkcs1_sha512');
    expect(folded).toContain('record_size_limit (28): 16385');
    const whole = draw(RFC8448.clientHello, { foldAfter: 0 });
    expect(whole).not.toContain('more:');
    expect(whole).toContain('[14] 0x0202  dsa_sha1');
  });

  test('a damaged message ends with the reason and the place', () => {
    expect(draw(RFC8448.clientHello.subarray(0, 80)).replaceAll('\n', ' ')).toContain(
      '✗ Reading stopped here: at byte 51, client_hello.extensions: needs 145 bytes, 29 are left',
    );
    expect(draw(hs.SERVER_HELLO_DONE.subarray(0, 2), { lang: 'zh' })).toContain('解析到此为止：第 2 字节处，');
  });

  test('a record header can be drawn too', () => {
    const lines = renderFields(annotateRecord(Uint8Array.of(22, 3, 1, 0, 196)), { lang: 'zh', width: 80 });
    expect(plainText(lines)).toContain('记录头  5 字节  RFC 8446 5.1');
  });
});

test.each([60, 66, 68, 76, 80, 100, 120])('no line is wider than %d columns, for any message and language', (width) => {
  for (const { raw, contentType } of Object.values(FORM_SAMPLES)) {
    for (const lang of ['en', 'zh'] as const) {
      for (const hex of [true, false]) {
        const lines = renderFields(annotateMessage(raw, { contentType }), { lang, width, hex });
        for (const line of plainText(lines).split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(width);
      }
    }
  }
});
