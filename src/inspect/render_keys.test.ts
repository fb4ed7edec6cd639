import { describe, expect, test } from 'vitest';
import { fromHex } from '../bytes/bytes.ts';
import type { SecretStep } from '../crypto/secrets.ts';
import { SUITES } from '../crypto/suites.ts';
import { displayWidth, plainText } from './lines.ts';
import { formulaOf, renderKeys, secretText } from './render_keys.ts';
import { filler } from './testing/handshakes.ts';

const KEY_BLOCK = { label: 'key expansion', from: 'master_secret', context: 'server_random + client_random' };

const STEPS12: readonly SecretStep[] = [
  { name: 'pre_master_secret', value: filler(48) },
  {
    name: 'master_secret',
    label: 'extended master secret',
    from: 'pre_master_secret',
    context: 'session_hash',
    contextValue: filler(32),
    value: filler(48, 2),
  },
  { ...KEY_BLOCK, name: 'client_write_key', contextValue: filler(64), value: filler(16, 3) },
  { ...KEY_BLOCK, name: 'server_write_key', contextValue: filler(64), value: filler(16, 4) },
];

// RFC 8448 section 3: the early secret without a PSK, and the handshake secret.
const STEPS13: readonly SecretStep[] = [
  {
    name: 'early_secret',
    label: 'HKDF-Extract',
    context: '0',
    value: fromHex('33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a'),
  },
  {
    name: 'handshake_secret',
    label: 'HKDF-Extract',
    from: 'early_secret',
    context: 'ecdhe_shared_secret',
    contextValue: fromHex('8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d'),
    value: fromHex('1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac'),
  },
  {
    name: 'client_handshake_traffic_secret',
    label: 'c hs traffic',
    from: 'handshake_secret',
    context: 'transcript_hash',
    contextValue: filler(32),
    value: filler(32, 7),
  },
  {
    name: 'client_handshake_traffic_secret.key',
    label: 'key',
    from: 'client_handshake_traffic_secret',
    value: filler(16),
  },
];

describe('formulas are those of the RFCs', () => {
  test('RFC 5246 8.1, RFC 7627 4 and RFC 5246 6.3', () => {
    expect(STEPS12.slice(0, 3).map((step) => formulaOf(step, 'en'))).toEqual([
      'the result of the key exchange',
      'PRF(pre_master_secret, "extended master secret", session_hash)[0..47]',
      'PRF(master_secret, "key expansion", server_random + client_random), cut into pieces',
    ]);
  });

  test('RFC 8446 7.1 and 7.3', () => {
    expect(STEPS13.map((step) => formulaOf(step, 'en'))).toEqual([
      'HKDF-Extract(0, 0)',
      'HKDF-Extract(Derive-Secret(early_secret, "derived", ""), ecdhe_shared_secret)',
      'Derive-Secret(handshake_secret, "c hs traffic", transcript_hash)',
      'HKDF-Expand-Label(client_handshake_traffic_secret, "key", "", 16)',
    ]);
  });
});

/** RFC 8448 section 4, and what it goes on from in section 3. */
const STEPS_PSK: readonly SecretStep[] = [
  {
    name: 'ticket_psk',
    label: 'resumption',
    from: 'resumption_master_secret',
    context: 'ticket_nonce',
    contextValue: fromHex('0000'),
    value: fromHex('4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3'),
  },
  {
    name: 'early_secret',
    label: 'HKDF-Extract',
    context: 'psk',
    value: fromHex('9b2188e9b2fc6d64d71dc329900e20bb41915000f678aa839cbb797cb7d8332c'),
  },
  {
    name: 'binder_key',
    label: 'res binder',
    from: 'early_secret',
    value: fromHex('69fe131a3bbad5d63c64eebcc30e395b9d8107726a13d074e389dbc8a4e47256'),
  },
  {
    name: 'binder_finished_key',
    label: 'finished',
    from: 'binder_key',
    value: fromHex('5588673e72cb59c87d220caffe94f2dea9a3b1609f7d50e90a48227db9ed7eaa'),
  },
  {
    name: 'client_early_traffic_secret',
    label: 'c e traffic',
    from: 'early_secret',
    context: 'transcript_hash',
    contextValue: filler(32),
    value: filler(32, 9),
  },
];

describe('secrets of pre-shared keys', () => {
  test('RFC 8446 4.6.1, 7.1 and 4.2.11.2: the formulas from ticket to binder', () => {
    expect(STEPS_PSK.map((step) => formulaOf(step, 'en'))).toEqual([
      'HKDF-Expand-Label(resumption_master_secret, "resumption", ticket_nonce, 32)',
      'HKDF-Extract(0, psk)',
      'Derive-Secret(early_secret, "res binder", "")',
      'HKDF-Expand-Label(binder_key, "finished", "", 32)',
      'Derive-Secret(early_secret, "c e traffic", transcript_hash)',
    ]);
    for (const step of STEPS_PSK) expect(secretText(step)?.rfc).toMatch(/^RFC 8446 /);
  });

  test('what went in decides what is said of it', () => {
    const name = 'early_secret';
    const label = 'HKDF-Extract';
    expect(secretText({ name, label, context: 'psk' })?.en).toContain('the pre-shared key goes in here');
    expect(secretText({ name, label, context: '0' })?.en).toContain('nothing but zeros');
    expect(secretText({ name: 'handshake_secret', label, context: '0' })?.en).toContain('psk_ke');
    expect(secretText({ name: 'handshake_secret', label, context: 'ecdhe_shared_secret' })?.en).toContain('mixed in');
    const binder = (one: string): string | undefined => secretText({ name: 'binder_key', label: one })?.en;
    expect(binder('res binder')).not.toBe(binder('ext binder'));
  });

  test('RFC 5246 8.1.2, RFC 4279 2 and 3, RFC 5489 2: the pre-master secret of each key exchange', () => {
    const exchanges = [...new Set(SUITES.flatMap((suite) => ('keyExchange' in suite ? [suite.keyExchange] : [])))];
    const said = exchanges.map((context) => {
      const step = { name: 'pre_master_secret', context, value: filler(4) };
      return [context, secretText(step)?.rfc, formulaOf(step, 'en')];
    });
    expect(said.sort()).toEqual([
      ['dhe', 'RFC 5246 8.1.2', '(dh_Y of the peer)^(own exponent) mod dh_p, without leading zeros'],
      [
        'dhe_psk',
        'RFC 4279 3',
        'uint16(length of Z) + Z + uint16(length of psk) + psk, Z = the result of DHE without leading zeros',
      ],
      ['ecdhe', 'RFC 8422 5.10', 'ECDHE(own private key, public key of the peer)'],
      ['ecdhe_psk', 'RFC 5489 2', 'uint16(length of Z) + Z + uint16(length of psk) + psk, Z = the result of ECDHE'],
      ['psk', 'RFC 4279 2', 'uint16(N) + N zeros + uint16(N) + psk, N = length of psk'],
      ['rsa', 'RFC 5246 8.1.1', 'client_version + random[46]'],
    ]);
  });
});

describe('the key schedule as text', () => {
  test('each secret with its formula, inputs, meaning and bytes', () => {
    expect(plainText(renderKeys(STEPS13.slice(0, 1), { lang: 'zh', width: 100 })).split('\n')).toEqual([
      'early_secret  32 字节  RFC 8446 7.1',
      '    = HKDF-Extract(0, 0)',
      '    TLS 1.3 密钥调度的起点。没有 PSK 时，输入全为零。',
      '    33ad0a1c 607ec03b 09e6cd98 93680ce2 10adf300 aa1f2660 e1b22e10 f170f92a',
    ]);
  });

  test('the formula of the key block stands once, above the first piece', () => {
    const text = plainText(renderKeys(STEPS12, { lang: 'en', width: 100 }));
    expect(text.match(/key expansion/g)).toHaveLength(1);
    expect(text).toContain('server_write_key  16 bytes');
  });

  test('the two master secrets are not confused', () => {
    const master: SecretStep = {
      name: 'master_secret',
      label: 'HKDF-Extract',
      from: 'handshake_secret',
      context: '0',
      value: filler(32),
    };
    expect(plainText(renderKeys([master], { lang: 'en', width: 100 }))).toContain('The last stage');
    expect(plainText(renderKeys(STEPS12, { lang: 'en', width: 100 }))).toContain('The secret of the session');
  });

  test('names out of a trace are hostile text', () => {
    const text = plainText(renderKeys([{ name: '\u001b[31m', value: filler(1) }], { lang: 'en', width: 80 }));
    expect(text).toContain('\\x1b[31m  1 bytes');
    for (const name of ['constructor', 'toString', '__proto__']) {
      expect(formulaOf({ name, value: filler(1) }, 'en')).toBe('an input');
    }
  });

  test.each([60, 80, 120])('no line is wider than %d columns', (width) => {
    for (const lang of ['en', 'zh'] as const) {
      const lines = plainText(renderKeys([...STEPS12, ...STEPS13, ...STEPS_PSK], { lang, width })).split('\n');
      for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(width);
    }
  });
});
