// `glasstls demo`: every message of each handshake, the corrections to what is usually taught, the real keys, the comparison, what
// resuming a session saves and costs;
// in both languages, at every width, without escapes in a pipe, and it ends by itself.

import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../src/inspect/lines.ts';
import { glasstls } from './command.ts';

const ESC = String.fromCharCode(27);

const MESSAGES_12 = [
  'ClientHello',
  'ServerHello',
  'Certificate',
  'ServerHelloDone',
  'ClientKeyExchange',
  'ChangeCipherSpec',
  'Finished',
];
const MESSAGES_13 = [
  'ClientHello',
  'ServerHello',
  'EncryptedExtensions',
  'Certificate',
  'CertificateVerify',
  'Finished',
];

/** Lines of the ladder that are arrows: `◄─` or `─►`, single or double. */
function arrows(text: string): string[] {
  return text.split('\n').filter((line) => /[◄►]/.test(line));
}

function chapters(text: string): string[] {
  return text.split(/^(?:Chapter \d|第 \d 章) .*$/m).slice(1);
}

describe.each([
  [
    'en',
    {
      rsa: 'RSA key exchange has no ServerKeyExchange',
      done: 'ServerHelloDone; curl prints it',
      same: /computed the same \d+ secrets/,
      table: 'The three side by side',
      stolen: 'the very pre-master secret',
      ticket: 'the very master secret of above',
      fresh: /the same master secret, and not one of the 4 keys/,
      ways: ['By session id', 'By ticket'],
      interview: 'The interview question',
      proof: /the signature is right for these 8 messages \(\d+ bytes\), and wrong as soon as one bit/,
      own: 'CertificateRequest is a message of its own',
      name: 'in clear: CN=Alice',
      id: 'has no session id to send',
    },
  ],
  [
    'zh',
    {
      rsa: 'RSA 密钥交换没有 ServerKeyExchange',
      done: '这条消息是 ServerHelloDone',
      same: /各自独立算出的 \d+ 个秘密完全相同/,
      table: '三种握手对比',
      stolen: '正是上面的预主密钥',
      ticket: '正是上面的主密钥',
      fresh: /主密钥相同，由它派生的 4 个密钥则无一相同/,
      ways: ['凭会话 ID', '凭会话票据'],
      interview: '面试题',
      proof: /签名与这 8 条消息（共 \d+ 字节）相符/,
      own: 'CertificateRequest 是单独的一条消息',
      name: '明文：CN=Alice',
      id: '第一次连接时客户端没有 SessionId 可发',
    },
  ],
] as const)('in %s', (lang, words) => {
  test('the whole lesson', async () => {
    const { code, stdout, stderr } = await glasstls(['demo'], {
      env: { LC_ALL: lang === 'zh' ? 'zh_CN.UTF-8' : 'C.UTF-8' },
    });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).not.toContain(ESC);
    const [rsa = '', ecdhe = '', tls13 = '', resumed = '', client = ''] = chapters(stdout);
    for (const name of MESSAGES_12)
      for (const one of [rsa, ecdhe]) expect(arrows(one).join('\n')).toContain(` ${name} `);
    for (const name of MESSAGES_13) expect(arrows(tls13).join('\n')).toContain(` ${name} `);
    expect(arrows(rsa).join('\n')).not.toContain('ServerKeyExchange');
    expect(arrows(ecdhe).join('\n')).toContain('ServerKeyExchange');
    expect(rsa).toContain(words.rsa);
    expect(rsa).toContain(words.stolen);
    expect(ecdhe).toContain(words.done);
    expect(ecdhe).toContain('* TLSv1.2 (IN), TLS handshake, Server key exchange (12):');
    expect(ecdhe).toContain('* SSL connection using TLSv1.2 / ECDHE-RSA-AES128-GCM-SHA256 / x25519 / RSASSA-PSS');
    for (const one of [rsa, ecdhe, tls13]) expect(one).toMatch(words.same);
    expect(tls13).toContain(words.table);
    for (const one of [words.ticket, words.interview, ...words.ways]) expect(resumed).toContain(one);
    expect(resumed.replaceAll('\n', lang === 'en' ? ' ' : '')).toMatch(words.fresh);
    expect(ecdhe).toContain(words.id);
    for (const one of [words.own, words.name, words.interview]) expect(client).toContain(one);
    expect(client.replaceAll('\n', lang === 'en' ? ' ' : '')).toMatch(words.proof);
    for (const line of stdout.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(100);
  });

  test.each([60, 80, 120, 160])('keeps to %i columns', async (columns) => {
    const { stdout } = await glasstls(['demo', '--lang', lang], { env: { COLUMNS: String(columns) } });
    // Names of suites and hexadecimal do not break: the table of three columns needs 70 or so.
    for (const line of stdout.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(Math.max(columns, 70));
  });
});

describe('chapters', () => {
  test('--list names them; --chapter shows one, and no comparison', async () => {
    expect((await glasstls(['demo', '--list'])).stdout).toMatch(
      /rsa +TLS 1\.2.*\n.*ecdhe +TLS 1\.2.*\n.*tls13 +TLS 1\.3.*\n.*resumed +TLS 1\.2.*\n.*client +/,
    );
    for (const [name, title] of [
      ['rsa', 'Chapter 1'],
      ['ecdhe', 'Chapter 2'],
      ['tls13', 'Chapter 3'],
      ['resumed', 'Chapter 4'],
      ['client', 'Chapter 5'],
    ] as const) {
      const { code, stdout } = await glasstls(['demo', '--chapter', name]);
      expect(code).toBe(0);
      expect(chapters(stdout)).toHaveLength(1);
      expect(stdout).toContain(title);
      expect(stdout).not.toContain('side by side');
    }
  });

  test('the seven steps of RSA in the usual order, on numbers that differ each time', async () => {
    const [one, two] = [await glasstls(['demo', '--chapter', 'rsa']), await glasstls(['demo', '--chapter', 'rsa'])];
    const titles = [...one.stdout.matchAll(/^(0\d) {2}(.*)$/gm)].map(([, number, title]) => `${number} ${title}`);
    expect(titles).toEqual([
      '01 Client Hello',
      '02 Server Hello',
      '03 Certificate',
      '04 Server Key Exchange (there is none here)',
      '05 Server Hello Done',
      '06 Client Key Exchange, Change Cipher Spec, Encrypted Handshake Message',
      '07 Change Cipher Spec, Encrypted Handshake Message',
    ]);
    const random = (text: string): string | undefined => /random 1 +([0-9a-f]{64}) /.exec(text)?.[1];
    expect(random(one.stdout)).toMatch(/^[0-9a-f]{64}$/);
    expect(random(one.stdout)).not.toBe(random(two.stdout));
    // The pre-master secret begins with the version of the ClientHello (RFC 5246 7.4.7.1).
    expect(one.stdout).toMatch(/pre-master +0303[0-9a-f]+… \(48 bytes\)/);
  });

  test('a resumed session: four handshakes, next to each other where there is room', async () => {
    const [wide, narrow] = [
      (await glasstls(['demo', '--chapter', 'resumed'], { env: { COLUMNS: '160' } })).stdout,
      (await glasstls(['demo', '--chapter', 'resumed'], { env: { COLUMNS: '149' } })).stdout,
    ];
    const hellos = (text: string): string[] => arrows(text).filter((line) => line.includes(' ClientHello '));
    expect(hellos(wide).map((line) => line.match(/ClientHello/g)?.length)).toEqual([2, 2]);
    expect(hellos(narrow)).toHaveLength(4);
    const count = (text: string, name: string): number => arrows(text).join('\n').split(` ${name} `).length - 1;
    for (const text of [wide, narrow]) {
      expect(count(text, 'ServerHello')).toBe(4);
      for (const name of ['Certificate', 'ServerKeyExchange', 'ClientKeyExchange']) expect(count(text, name)).toBe(2);
      expect(count(text, 'NewSessionTicket')).toBe(1);
      expect(count(text, 'Finished')).toBe(8);
    }
  });

  test('what is said about ids, tickets and savings was on the wire', async () => {
    const { stdout } = await glasstls(['demo', '--chapter', 'resumed']);
    const value = (label: string): string | undefined => new RegExp(`${label} +(\\S+)`).exec(stdout)?.[1];
    expect(value('id in ClientHello 1')).toBe('empty');
    const id = value('id in ServerHello 1');
    expect(id).toMatch(/^[0-9a-f]{40,64}…?$/);
    expect([value('id in ClientHello 2'), value('id in ServerHello 2')]).toEqual([id, id]);
    expect(value('of it: name of the key')).toBe(value('NewSessionTicket 1')?.slice(0, 32));
    expect(stdout).toMatch(/ticket in ClientHello 2 +the same \d+ bytes/);
    expect(value('master secret 1')).toBe(value('master secret 2'));
    expect(value('client_write_key 1')).not.toBe(value('client_write_key 2'));
    const [, full, resumed] = /together (\d+) +│ together (\d+)/.exec(stdout) ?? [];
    const fewer = /│ Handshake bytes +│ client \d+ +│ client \d+ +│ (\d+)/.exec(stdout)?.[1];
    expect(Number(fewer)).toBe(Number(full) - Number(resumed));
    expect(stdout.replaceAll(/\n +/g, ' ')).toMatch(
      /takes 1 round trip in place of 2, 4 handshake messages in place of 9/,
    );
  });

  test('a client certificate: shown, proved, seen on the way, and missed', async () => {
    const { stdout } = await glasstls(['demo', '--chapter', 'client']);
    const names = arrows(stdout).map(
      (line) => `${line.includes('►') ? '>' : '<'} ${/[A-Z][A-Za-z]+/.exec(line.slice(15).replace(/\d+ B/, ''))?.[0]}`,
    );
    const full = names.slice(0, names.indexOf('> ClientHello', 1));
    expect(full.slice(5, 11)).toEqual([
      '< ServerHelloDone',
      '> Certificate',
      '> ClientKeyExchange',
      '> CertificateVerify',
      '> ChangeCipherSpec',
      '> Finished',
    ]);
    expect(full[4]).toBe('< CertificateRequest');
    const failed = arrows(stdout).slice(full.length).join('\n');
    expect(failed).toContain('Certificate · 0 certificates');
    expect(failed).toContain('Alert · fatal · handshake_failure');
    expect(failed).not.toContain('CertificateVerify');
    expect(stdout).toMatch(/TLS 1\.2 +in clear: CN=Alice\n +TLS 1\.3 +encrypted\n/);
    expect(stdout).toMatch(/authorities +O=Bank customers; CN=Bank customers root\n/);
    expect(stdout.replaceAll('\n', ' ')).toMatch(
      /3 messages and \d{3,} bytes more.*makes 1 signature, the server checks 3 /,
    );
  });

  test('FORCE_COLOR colours it', async () => {
    const { stdout } = await glasstls(['demo', '--chapter', 'tls13'], { env: { FORCE_COLOR: '1' } });
    expect(stdout).toContain(`${ESC}[`);
  });

  test('a reader that leaves early (| head) is no error', async () => {
    const { run } = await import('../peers/process.ts');
    const { commandFile } = await import('./command.ts');
    const line = `"${process.execPath}" "${await commandFile()}" demo | head -1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await run('bash', ['-c', line]);
    expect(stderr).toBe('');
    expect(stdout.toString()).toMatch(/\n0\n$/);
  });
});
