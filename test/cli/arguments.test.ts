// The command line: every flag is in the help of its command in both languages, wrong ones are met with the right ones, and the
// exit codes for what goes wrong before anything is sent are curl's.

import { describe, expect, test } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import { CliError } from '../../src/cli/exit_codes.ts';
import { flagRows } from '../../src/cli/flags.ts';
import { wantsColour } from '../../src/cli/terminal.ts';
import { languageOf } from '../../src/cli/text.ts';
import { nearest } from '../../src/engine/suggest.ts';
import { glasstls } from './command.ts';

const ESC = String.fromCharCode(27);

describe('help', () => {
  test.each(['en', 'zh'])('help all lists every flag of the table (%s)', async (lang) => {
    const { code, stdout, stderr } = await glasstls(['help', 'all', '--lang', lang], { env: { COLUMNS: '140' } });
    expect(code).toBe(0);
    expect(stderr).toBe('');
    for (const { name, short, value } of flagRows) {
      expect(stdout).toContain(
        `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
      );
    }
    expect(stdout).not.toContain(ESC);
  });

  test.each(['connect', 'serve', 'demo'])('help %s lists the flags of that command and no others', async (command) => {
    const { stdout } = await glasstls(['help', command]);
    const listed = [...stdout.matchAll(/^ {2}(?:-\w,| {3}) --([\w.-]+)/gm)].map(([, name]) => name);
    const own = flagRows.filter(({ commands }) => commands.some((one) => one === command)).map(({ name }) => name);
    expect(listed.sort()).toEqual(own.sort());
  });

  test('every flag is explained in both languages, and no name or letter stands twice', () => {
    for (const { help, name } of flagRows) {
      expect(help.en, name).toMatch(/^\S.*\.$/);
      expect(help.zh, name).toMatch(/\p{Script=Han}.*。$/u);
    }
    expect(new Set(flagRows.map(({ name }) => name)).size).toBe(flagRows.length);
    const letters = flagRows.flatMap(({ short }) => (short === undefined ? [] : [short]));
    expect(new Set(letters).size).toBe(letters.length);
  });

  test('--help, -h, exit-codes, environment and a topic that does not exist', async () => {
    expect((await glasstls(['--help'])).stdout).toContain('Usage: glasstls');
    expect((await glasstls(['serve', '-h'])).stdout).toContain('--ca-out');
    expect((await glasstls(['help', 'exit-codes'])).stdout).toMatch(/^ +60 +The server's certificate was refused; /m);
    expect((await glasstls(['help', 'environment'])).stdout).toContain('SSLKEYLOGFILE');
    expect(await glasstls(['help', 'serv'])).toMatchObject({ code: 2, stderr: expect.stringContaining('serve') });
  });

  test('--version says the version of the package', async () => {
    for (const args of [['--version'], ['-V'], ['version']]) {
      const { code, stdout } = await glasstls(args);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^glasstls \d+\.\d+\.\d+ \(node \d/);
    }
  });
});

describe('what was not understood', () => {
  test.each([
    [['--cipers', 'x', 'https://a'], 2, 'did you mean --ciphers?'],
    [['--tlsv', 'https://a'], 2, '--tlsv could be --tlsv1.2 or --tlsv1.3'],
    [['-K', 'https://a'], 2, 'did you mean -k?'],
    [['--zzzz', 'https://a'], 2, 'there is no flag --zzzz'],
    [['--socks5-hostname', 'a:1', 'https://a'], 2, 'use -x socks5h://HOST:PORT'],
    [['--http2', 'https://a'], 2, 'use --alpn h2'],
    [['--cacert', '-k', 'https://a'], 2, '--cacert needs a value: --cacert FILE'],
    [['--head=yes', 'https://a'], 2, '--head takes no value'],
    [['--once', 'https://a'], 2, '--once is a flag of glasstls serve'],
    [['serve', '-k'], 2, '-k is a flag of glasstls connect'],
    [[], 2, 'a URL is missing'],
    [['https://a', 'https://b'], 2, 'one URL at a time'],
    [['--tls-max', '1.1', 'https://a'], 2, '--tls-max is one of 1.2, 1.3'],
    [['--tlsv1.3', '--tls-max', '1.2', 'https://a'], 2, 'leave no version'],
    [['-m', 'soon', 'https://a'], 2, 'number of seconds'],
    [['--resolve', 'a:443:b', 'https://a'], 2, 'HOST:PORT:ADDRESS'],
    [['--lang', 'fr', 'https://a'], 2, '--lang is one of en, zh'],
    [['http://a'], 1, 'http is not spoken here'],
    [['https://'], 3, 'is not a URL'],
    [['https://a:99999/'], 3, 'is not a URL'],
    [['--ciphers', 'ECDHE-RSA-AES128-GCM-SHA265', 'https://a'], 59, 'Did you mean ECDHE-RSA-AES128-GCM-SHA256'],
    [['--ciphers', 'DHE-DSS-AES128-SHA', 'https://a'], 59, 'leaves no cipher suite that glasstls runs'],
    [['--ciphers', 'ECDHE+AESGM', 'https://a'], 59, 'Did you mean AESGCM'],
    [['--ciphers', 'PSK', 'https://a'], 59, '--psk IDENTITY:HEX'],
    [['--ciphers', 'TLS_AES_128_GCM_SHA265', 'https://a'], 59, 'Did you mean TLS_AES_128_GCM_SHA256'],
    [['--tls13-ciphers', 'ECDHE-RSA-AES128-GCM-SHA256', 'https://a'], 59, 'is a suite of TLS 1.2'],
    [['--sigalgs', 'RSA+SHA1', 'https://a'], 59, 'no signature scheme named'],
    [['--ciphers', 'DHE-RSA-AES128-SHA', 'https://a'], 59, 'is a CBC suite'],
    [['--ciphers', 'AES128-GCM-SHA256', 'https://a'], 59, '--legacy'],
    [['--curves', 'P256', 'https://a'], 59, 'P-256'],
    [['--cacert', '/nonexistent', 'https://a'], 77, '(ENOENT)'],
    [['--cacert', '/etc/hostname', 'https://a'], 77, 'holds no certificate'],
    [['--psk', 'secret', 'https://a'], 2, '--psk wants IDENTITY:HEX'],
    [['--psk', 'bob:xyz', 'https://a'], 2, 'has to be hexadecimal'],
    [['demo', '--chapter', 'dtls'], 2, '--chapter is one of rsa, ecdhe, tls13'],
    [['serve', '--port', '70000'], 2, '--port wants a number'],
    [['serve', '--rsa', '--ecdsa'], 2, 'not both'],
    [['serve', '--key', 'x'], 2, '--key needs --cert'],
    [['--pass', 'x', 'https://a'], 2, '--pass needs --cert'],
    [['serve', '--require-client-cert'], 2, '--client-ca'],
    [['serve', '--client-ca', '/nonexistent'], 77, '(ENOENT)'],
    [['serve', '--cert', '/nonexistent', '--key', '/nonexistent'], 58, '(ENOENT)'],
  ] as const)('%j ends with %i and says: %s', async (args, code, text) => {
    const result = await glasstls(args);
    expect(result.stderr).toContain(text);
    expect(result.stdout).toBe('');
    expect(result.code).toBe(code);
  });

  test('the same in Chinese, also when the flag after --lang is wrong', async () => {
    const { code, stderr } = await glasstls(['--lang', 'zh', '--cipers', 'https://a']);
    expect(code).toBe(2);
    expect(stderr).toContain('没有 --cipers 这个选项，是不是 --ciphers？');
  });

  test('what was typed reaches the terminal escaped', async () => {
    const { stderr } = await glasstls([`--${ESC}[31mred`, 'https://a']);
    expect(stderr).not.toContain(ESC);
  });
});

describe('reading', () => {
  test('letters may be joined, and flags may stand anywhere', () => {
    const args = readArguments(['-vvI', 'https://a', '-ofile', '--resolve', 'a:1:::1', '--resolve=b:2:127.0.0.1']);
    expect(args.command).toBe('connect');
    expect(args.operands).toEqual(['https://a']);
    expect([args.count('verbose'), args.has('head'), args.value('output')]).toEqual([2, true, 'file']);
    expect(args.values('resolve')).toEqual(['a:1:::1', 'b:2:127.0.0.1']);
  });

  test('connect may be said', () => {
    expect(readArguments(['connect', '-v', 'https://a'])).toMatchObject({
      command: 'connect',
      operands: ['https://a'],
    });
  });

  test('a lone dash is a value, and -- ends the flags', () => {
    expect(readArguments(['--trace', '-', 'https://a']).value('trace')).toBe('-');
    expect(readArguments(['--', '-odd']).operands).toEqual(['-odd']);
    expect(() => readArguments(['--trace', '--head'])).toThrow(CliError);
  });

  test('suggestions: beginnings first, then what is a slip or two away', () => {
    expect(nearest('ca', ['cacert', 'ca-out', 'curves'])).toEqual(['cacert', 'ca-out']);
    expect(nearest('verbsoe', ['verbose', 'version'])).toEqual(['verbose']);
    expect(nearest('xyzzy', ['verbose', 'version'])).toEqual([]);
  });

  test('the language: --lang, then LC_ALL, LC_MESSAGES, LANG', () => {
    expect(languageOf(undefined, { LANG: 'zh_CN.UTF-8' })).toBe('zh');
    expect(languageOf(undefined, { LC_ALL: 'C', LANG: 'zh_CN.UTF-8' })).toBe('en');
    expect(languageOf(undefined, { LC_MESSAGES: 'zh_TW', LANG: 'de_DE' })).toBe('zh');
    expect(languageOf('en', { LANG: 'zh_CN.UTF-8' })).toBe('en');
    expect(languageOf(undefined, { LANG: 'zhuang' })).toBe('en');
  });

  test('colours: NO_COLOR wins, then FORCE_COLOR, then the terminal', () => {
    expect(wantsColour(true, {})).toBe(true);
    expect(wantsColour(false, {})).toBe(false);
    expect(wantsColour(true, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false);
    expect(wantsColour(true, { NO_COLOR: '' })).toBe(true);
    expect(wantsColour(false, { FORCE_COLOR: '1' })).toBe(true);
    expect(wantsColour(true, { FORCE_COLOR: '0' })).toBe(false);
    expect(wantsColour(true, { TERM: 'dumb' })).toBe(false);
  });
});
