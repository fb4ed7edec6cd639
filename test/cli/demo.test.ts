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
  return text.split(/^(?:Chapter \d+|第 \d+ 章) .*$/m).slice(1);
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
      more: ['More chapters', 'early-data  TLS 1.3 early data'],
      schedule: /SHA-256 of all messages so far \(2, [\s\S]*so far \(6, [\s\S]*so far \(7, /,
      formulas: /each of the [12]\d derived values was computed again from its formula/,
      heard: 'What a listener on the way sees',
      retried: 'the random of the message above, the same',
      replayed: 'orders carried out: 1, after the replay 2',
      stolen0: 'decrypts the recorded early data:\n    GET /order?item=book HTTP/1.1\n',
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
      more: ['更多章节', 'early-data  TLS 1.3：早期数据'],
      schedule: /此前 2 条消息（共 \d+ 字节）[\s\S]*此前 6 条消息[\s\S]*此前 7 条消息/,
      formulas: /[12]\d 个派生值都按所列公式用 HMAC-SHA256 重新算过/,
      heard: '窃听者能看到什么',
      retried: '与上面那条消息的随机数一致',
      replayed: '执行订单 1 次，重放后共 2 次',
      stolen0: '再解密录下的早期数据：\n    GET /order?item=book HTTP/1.1\n',
    },
  ],
] as const)('in %s', (lang, words) => {
  test('the whole lesson', async () => {
    const { code, stdout, stderr } = await glasstls(['demo', '--chapter', 'all'], {
      env: { LC_ALL: lang === 'zh' ? 'zh_CN.UTF-8' : 'C.UTF-8' },
    });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).not.toContain(ESC);
    const [rsa = '', ecdhe = '', tls13 = '', versions = '', retry = '', resumed = '', early = '', client = ''] =
      chapters(stdout);
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
    expect(tls13).toMatch(words.schedule);
    expect(tls13.replaceAll('\n', lang === 'en' ? ' ' : '')).toMatch(words.formulas);
    for (const one of [rsa, ecdhe, tls13, versions, retry, early]) expect(one).toContain(words.heard);
    expect(retry).toContain(words.retried);
    expect(early).toContain(words.replayed);
    expect(early).toContain(words.stolen0);
    for (const one of [retry, early, versions]) expect(one).toContain(words.interview);
    expect(stdout).not.toContain(words.more[0]);
    for (const one of [words.ticket, words.interview, ...words.ways]) expect(resumed).toContain(one);
    expect(resumed.replaceAll('\n', lang === 'en' ? ' ' : '')).toMatch(words.fresh);
    expect(ecdhe).toContain(words.id);
    for (const one of [words.own, words.name, words.interview]) expect(client).toContain(one);
    expect(client.replaceAll('\n', lang === 'en' ? ' ' : '')).toMatch(words.proof);
    for (const line of stdout.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(100);
  });

  test('three chapters, the comparison, and the names of the others', async () => {
    const { code, stdout } = await glasstls(['demo', '--lang', lang]);
    expect(code).toBe(0);
    expect(chapters(stdout)).toHaveLength(3);
    for (const one of [words.table, ...words.more]) expect(stdout).toContain(one);
    // As much as somebody reads in one go.
    expect(stdout.split('\n').length).toBeLessThan(800);
  });

  test.each([60, 80, 120, 160])('keeps to %i columns', async (columns) => {
    const { stdout } = await glasstls(['demo', '--lang', lang, '--chapter', 'all'], {
      env: { COLUMNS: String(columns) },
    });
    // Names of suites and hexadecimal do not break: the table of three columns needs 70 or so.
    for (const line of stdout.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(Math.max(columns, 70));
  });
});

describe('chapters', () => {
  test('--list names them; --chapter shows one, and no comparison', async () => {
    expect((await glasstls(['demo', '--list'])).stdout).toMatch(
      /rsa +TLS 1\.2.*\n.*ecdhe +TLS 1\.2.*\n.*tls13 +TLS 1\.3.*\n.*versions +.*\n.*retry +TLS 1\.3.*\n.*resumed +TLS 1\.2.*\n.*early-data +.*\n.*client +/,
    );
    for (const [name, title] of [
      ['rsa', 'Chapter 1'],
      ['ecdhe', 'Chapter 2'],
      ['tls13', 'Chapter 3'],
      ['versions', 'Chapter 4'],
      ['retry', 'Chapter 5'],
      ['resumed', 'Chapter 6'],
      ['early-data', 'Chapter 7'],
      ['client', 'Chapter 8'],
      ['tampered', 'Chapter 9'],
      ['expired', 'Chapter 10'],
    ] as const) {
      const { code, stdout } = await glasstls(['demo', '--chapter', name]);
      expect(code).toBe(0);
      expect(chapters(stdout)).toHaveLength(1);
      expect(stdout).toContain(title);
      expect(stdout).not.toContain('The three side by side');
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

  test('--chapter may be given again', async () => {
    const { stdout } = await glasstls(['demo', '--chapter', 'client', '--chapter', 'rsa']);
    expect([...stdout.matchAll(/^Chapter (\d)/gm)].map(([, number]) => number)).toEqual(['1', '8']);
  });

  test('both versions side by side: round trips counted, and what they cost', async () => {
    const { stdout } = await glasstls(['demo', '--chapter', 'versions'], { env: { COLUMNS: '160' } });
    const hellos = arrows(stdout).filter((line) => line.includes(' ClientHello '));
    expect(hellos.map((line) => line.match(/ClientHello/g)?.length)).toEqual([2]);
    expect(stdout).toMatch(/2 round trips/);
    expect(stdout).toMatch(/1 round trip /);
    expect(stdout).toMatch(/50 ms[\s\S]*request leaves after 150 ms +│ request leaves after 100 ms/);
    expect(stdout).toContain('6 of 8 in TLS 1.2, 2 of 7 in TLS 1.3');
    expect(stdout).toMatch(/the certificate, of\s+CN=localhost[\s\S]*TLS 1\.3:\n/);
    expect(stdout.slice(stdout.indexOf('TLS 1.3:\n'))).not.toContain('the certificate, of');
  });

  test('a HelloRetryRequest: the order on the wire, what changed, what it cost', async () => {
    const { stdout } = await glasstls(['demo', '--chapter', 'retry']);
    const names = arrows(stdout).map(
      (line) => `${line.includes('►') ? '>' : '<'} ${/[A-Z][A-Za-z]+/.exec(line.slice(15).replace(/\d+ B/, ''))?.[0]}`,
    );
    expect(names.slice(0, 6)).toEqual([
      '> ClientHello',
      '< HelloRetryRequest',
      '< ChangeCipherSpec',
      '> ChangeCipherSpec',
      '> ClientHello',
      '< ServerHello',
    ]);
    // The flight of the second hello is its two records.
    expect(stdout).toMatch(/2 records, 99 bytes on the wire[\s\S]*2 records, 319 bytes on the wire/);
    expect(stdout).toContain('key_share: x25519, then secp384r1');
    expect(stdout).toContain('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c');
    expect(stdout).toMatch(/fe000020 [0-9a-f]{64}\n/);
    expect(stdout).toMatch(/SHA-256 of all messages so far \(4, /);
    expect(stdout).toMatch(/Round trips +│ 2 +│ 1 +│ 1 /);
    expect(stdout).not.toContain(' NOT ');
  });

  test('early data: before any answer, replayed for real, and taken by one server of four', async () => {
    const { stdout } = await glasstls(['demo', '--chapter', 'early-data']);
    const lines = arrows(stdout);
    const early = lines.findIndex((line) => line.includes('early data (0-RTT)'));
    expect(lines[early - 1]).toContain('ChangeCipherSpec');
    expect(lines[early - 2]).toContain('ClientHello');
    expect(lines.slice(early + 1).findIndex((line) => line.includes('ServerHello'))).toBeGreaterThanOrEqual(0);
    expect(stdout.replaceAll('\n', ' ')).toContain('1 in the first connection, 1 in a resumed one, 0 with early data');
    const after = [...stdout.matchAll(/orders carried out: 1, after the replay (\d)/g)].map(([, count]) => count);
    expect(after).toEqual(['2', '1', '1', '1']);
    for (const said of [
      'accepted\n',
      'this ticket was used before',
      'withheld until Finished',
      'the age of the ticket',
    ])
      expect(stdout).toContain(said);
    expect(stdout).toMatch(/SHA-256 of all messages so far \(1, /);
    expect(stdout).not.toContain(' NOT ');
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
    expect(failed).toContain('Certificate · no certificate');
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

test.each([
  [
    'en',
    /signature[\s\S]*decrypt_error \(51\), sent by us[\s\S]*bad_record_mac \(20\), sent by us/,
    /certificate_expired \(45\), sent by us/,
  ],
  [
    'zh',
    /签名[\s\S]*decrypt_error（51），由本端发出[\s\S]*bad_record_mac（20），由本端发出/,
    /certificate_expired（45），由本端发出/,
  ],
] as const)('the chapters on faults show the alert and the report of connect (%s)', async (lang, tampered, expired) => {
  const ask = async (name: string): Promise<string> =>
    (await glasstls(['demo', '--chapter', name, '--lang', lang])).stdout;
  expect(await ask('tampered')).toMatch(tampered);
  expect(await ask('expired')).toMatch(expired);
});
