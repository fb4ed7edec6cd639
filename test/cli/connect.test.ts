// `glasstls URL` against openssl s_server and nginx: the words of curl -v, what goes to which stream, traces and key logs, colours.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readTrace } from '../../src/inspect/trace.ts';
import { describePeer } from '../peers/available.ts';
import { nginx } from '../peers/nginx.ts';
import { opensslServer } from '../peers/openssl.ts';
import { type Pki, pki } from '../peers/pki.ts';
import type { Peer } from '../peers/process.ts';
import { scratch } from '../peers/run_dir.ts';
import { glasstls } from './command.ts';

const ESC = String.fromCharCode(27);
let trust: Pki;

beforeAll(async () => {
  trust = await pki();
});

/** Runs `body` with a server and stops it. */
async function using<P extends Peer>(starting: Promise<P>, body: (peer: P) => Promise<void>): Promise<void> {
  const peer = await starting;
  try {
    await body(peer);
  } finally {
    await peer.stop();
  }
}

describePeer('openssl', 'glasstls against s_server', () => {
  test('without flags: the body on standard output, nothing on standard error', async () => {
    await using(opensslServer({ identity: trust.leaf('rsa'), mode: 'www' }), async ({ port }) => {
      const { code, stdout, stderr } = await glasstls(['--cacert', trust.caFile, `https://localhost:${port}/`]);
      expect(stderr).toBe('');
      expect(code).toBe(0);
      expect(stdout).toContain('TLSv1.3');
    });
  });

  test('-v shows the ten messages of TLS 1.2 with ECDHE in the words and the order of curl', async () => {
    const identity = trust.leaf('rsa');
    // The server would give a ticket; who does not ask for one, as curl does not, never sees it.
    const server = opensslServer({ identity, mode: 'www', version: 'TLSv1.2' });
    await using(server, async ({ port }) => {
      const args = ['-v', '--cacert', trust.caFile, '--ciphers', 'ECDHE-RSA-AES128-GCM-SHA256'];
      const { code, stderr } = await glasstls([...args, '--tls-max', '1.2', `https://localhost:${port}/`]);
      expect(code).toBe(0);
      const lines = stderr.split('\n');
      const start = lines.indexOf('* TLSv1.2 (OUT), TLS handshake, Client hello (1):');
      expect(lines.slice(start, start + 11)).toEqual([
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
      ]);
    });
  });

  test('-v shows TLS 1.3 with the ChangeCipherSpec of the client before its Finished', async () => {
    await using(opensslServer({ identity: trust.leaf('p256'), mode: 'www' }), async ({ port }) => {
      const { stderr } = await glasstls(['-v', '--cacert', trust.caFile, `https://localhost:${port}/`]);
      expect(stderr).toMatch(/\* {3}Trying (127\.0\.0\.1|\[::1\]):\d+\.\.\.\n/);
      expect(stderr).toMatch(/\* Connected to localhost \(127\.0\.0\.1\) port \d+\n/);
      expect(stderr).toMatch(
        /Client hello \(1\):\n.*TLSv1\.3 \(IN\), TLS handshake, Server hello \(2\):\n(.*\n)*.*\(OUT\), TLS change cipher, Change cipher spec \(1\):\n.*\(OUT\), TLS handshake, Finished \(20\):/,
      );
      for (const text of [
        'SSL connection using TLSv1.3 / ',
        ' / x25519 / id-ecPublicKey',
        '* Server certificate:\n*  subject: CN=localhost\n*  start date: ',
        ' GMT\n*  expire date: ',
        '*  subjectAltName: host "localhost" matched cert\'s "localhost"\n*  issuer: ',
        '*  SSL certificate verify ok.',
        '> GET / HTTP/1.1\n> Host: localhost:',
        '> User-Agent: glasstls/',
        '\n>\n',
        '< HTTP/1.0 200 ok\n',
      ]) {
        expect(stderr).toContain(text);
      }
      expect(stderr).not.toContain(ESC);
    });
  });

  test('-vv adds records, states, decisions and keys; -vvvv secrets; -v has none of them', async () => {
    await using(opensslServer({ identity: trust.leaf('rsa'), mode: 'www' }), async ({ port }) => {
      const said = async (flag: string, lang = 'en'): Promise<string> =>
        (await glasstls([flag, '--lang', lang, '--cacert', trust.caFile, `https://localhost:${port}/`])).stderr;
      const [v, vv, vvv, zh] = [await said('-v'), await said('-vv'), await said('-vvvv'), await said('-vvvv', 'zh')];
      for (const text of [
        'record (OUT): handshake (22)',
        'state: start -> ',
        'decision: cipher_suite = ',
        'keys (IN): ',
      ]) {
        expect(v).not.toContain(text);
        expect(vv).toContain(text);
      }
      for (const text of ['handshake_secret  ', 'HKDF-Extract(']) {
        expect(vv).not.toContain(text);
        expect(vvv).toContain(text);
      }
      expect(zh).toContain('记录 (OUT)：');
      expect(zh).toContain('客户端生成的 32 字节随机数');
      for (const line of vvv.split('\n').filter((one) => one.startsWith('    ')))
        expect(line.length).toBeLessThanOrEqual(100);
    });
  });

  test('--legacy speaks RSA key exchange, and --provider noble does the mathematics in JavaScript', async () => {
    const suites = ['TLS_RSA_WITH_AES_128_GCM_SHA256'] as const;
    await using(
      opensslServer({ identity: trust.leaf('rsa'), mode: 'www', version: 'TLSv1.2', suites }),
      async ({ port }) => {
        const url = `https://localhost:${port}/`;
        const legacy = ['--legacy', '--ciphers', 'AES128-GCM-SHA256', '--provider', 'noble', '-v'];
        const { code, stderr } = await glasstls(['--cacert', trust.caFile, ...legacy, url]);
        expect(stderr).toContain('SSL connection using TLSv1.2 / AES128-GCM-SHA256 / [blank] / UNDEF');
        expect(stderr).not.toContain('Server key exchange');
        expect(code).toBe(0);
      },
    );
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    '--keylog writes what openssl writes of the same %s connection',
    async (version) => {
      await using(opensslServer({ identity: trust.leaf('rsa'), mode: 'www', version }), async ({ port, keyLog }) => {
        const file = join(scratch('keylog'), 'keys');
        const url = `https://localhost:${port}/`;
        expect((await glasstls(['--cacert', trust.caFile, '--keylog', file, url])).code).toBe(0);
        const lines = (text: string): string[] =>
          text
            .split('\n')
            .filter((line) => /^[A-Z]/.test(line))
            .sort();
        const ours = lines(readFileSync(file, 'latin1'));
        expect(ours.length).toBeGreaterThan(0);
        expect(lines(keyLog())).toEqual(expect.arrayContaining(ours));
        expect(ours.length).toBeGreaterThanOrEqual(version === 'TLSv1.2' ? 1 : 4);
        expect(statSync(file).mode & 0o777).toBe(0o600);
        // SSLKEYLOGFILE does the same, and files grow.
        await glasstls(['--cacert', trust.caFile, url], { env: { SSLKEYLOGFILE: file } });
        expect(lines(readFileSync(file, 'latin1')).length).toBe(2 * ours.length);
      });
    },
  );

  test('--trace writes a trace that reads back, without secrets even at -vvvv, into a file of mode 0600', async () => {
    await using(opensslServer({ identity: trust.leaf('rsa'), mode: 'www' }), async ({ port }) => {
      const file = join(scratch('trace'), 'trace.jsonl');
      const { code } = await glasstls([
        '-vvvv',
        '--trace',
        file,
        '--cacert',
        trust.caFile,
        `https://localhost:${port}/`,
      ]);
      expect(code).toBe(0);
      const trace = readTrace(readFileSync(file, 'utf8'));
      expect(trace).toMatchObject({ side: 'client', note: `localhost:${port}` });
      const kinds = new Set(trace.entries.map(({ observation }) => observation.kind));
      expect([...kinds]).toEqual(
        expect.arrayContaining(['record', 'message', 'state', 'decision', 'keys', 'connected', 'data']),
      );
      expect(kinds.has('secret')).toBe(false);
      expect(statSync(file).mode & 0o777).toBe(0o600);
    });
  });

  test('--trace - goes to standard output', async () => {
    await using(opensslServer({ identity: trust.leaf('rsa'), mode: 'www' }), async ({ port }) => {
      const out = join(scratch('trace'), 'body');
      const args = ['--trace', '-', '-o', out, '--cacert', trust.caFile, `https://localhost:${port}/`];
      expect(readTrace((await glasstls(args)).stdout).entries.length).toBeGreaterThan(10);
      expect(readFileSync(out, 'latin1')).toContain('TLSv1.3');
    });
  });

  test('FORCE_COLOR colours a pipe, and NO_COLOR wins over it', async () => {
    await using(opensslServer({ identity: trust.leaf('rsa'), mode: 'www' }), async ({ port }) => {
      const args = ['-v', '--cacert', trust.caFile, `https://localhost:${port}/`];
      expect((await glasstls(args, { env: { FORCE_COLOR: '1' } })).stderr).toContain(`${ESC}[`);
      expect((await glasstls(args, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stderr).not.toContain(ESC);
    });
  });

  test('whom to trust: SSL_CERT_FILE in place of the roots, NODE_EXTRA_CA_CERTS besides', async () => {
    await using(opensslServer({ identity: trust.leaf('rsa'), mode: 'www' }), async ({ port }) => {
      const url = `https://localhost:${port}/`;
      const { caFile, otherCaFile } = trust;
      expect((await glasstls([url])).code).toBe(60);
      expect((await glasstls([url], { env: { SSL_CERT_FILE: caFile } })).code).toBe(0);
      expect((await glasstls([url], { env: { SSL_CERT_FILE: otherCaFile } })).code).toBe(60);
      expect((await glasstls([url], { env: { SSL_CERT_FILE: otherCaFile, NODE_EXTRA_CA_CERTS: caFile } })).code).toBe(
        0,
      );
      expect((await glasstls([url], { env: { NODE_EXTRA_CA_CERTS: caFile } })).code).toBe(0);
      expect((await glasstls([url, '--cacert', otherCaFile], { env: { NODE_EXTRA_CA_CERTS: caFile } })).code).toBe(60);
    });
  });

  test('--resolve sends a name to an address', async () => {
    await using(opensslServer({ identity: trust.leaf('wrong-name'), mode: 'www' }), async ({ port }) => {
      const url = `https://elsewhere.example:${port}/`;
      const args = ['--cacert', trust.caFile, '--resolve', `elsewhere.example:${port}:127.0.0.1`, url];
      expect((await glasstls(args)).code).toBe(0);
    });
  });
});

describePeer('nginx', 'glasstls against nginx', () => {
  test('-I asks with HEAD and shows the headers, -i headers and body, -o writes a file', async () => {
    await using(nginx({ identity: trust.leaf('p256') }), async ({ port }) => {
      const url = `https://localhost:${port}/`;
      const trusting = ['--cacert', trust.caFile];
      const head = await glasstls([...trusting, '-Iv', url]);
      expect(head.code).toBe(0);
      expect(head.stdout).toMatch(/^HTTP\/1\.1 200 OK\r\nServer: nginx/);
      expect(head.stdout).not.toContain('protocol=');
      expect(head.stderr).toContain('> HEAD / HTTP/1.1\n');
      expect(head.stderr).toContain('< HTTP/1.1 200 OK\n< Server: nginx');
      expect(head.stderr).toContain('* ALPN: offers h2,http/1.1\n');
      expect(head.stderr).toContain('* ALPN: server accepted http/1.1\n');
      const both = await glasstls([...trusting, '-i', url]);
      expect(both.stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nprotocol=TLSv1\.3\n[\s\S]*sni=localhost\n/);
      const file = join(scratch('body'), 'out');
      expect(await glasstls([...trusting, '-o', file, url])).toMatchObject({ code: 0, stdout: '' });
      expect(readFileSync(file, 'latin1')).toContain('alpn=http/1.1');
    });
  });

  test.each([
    ['--tls-max 1.2', 'protocol=TLSv1.2'],
    ['--tlsv1.3', 'protocol=TLSv1.3'],
    ['--curves P-384', 'curve=secp384r1'],
    ['--ciphers TLS_CHACHA20_POLY1305_SHA256', 'cipher=TLS_CHACHA20_POLY1305_SHA256'],
  ])('%s: nginx sees %s', async (flags, seen) => {
    await using(nginx({ identity: trust.leaf('rsa') }), async ({ port }) => {
      const { stdout } = await glasstls(['--cacert', trust.caFile, ...flags.split(' '), `https://localhost:${port}/`]);
      expect(stdout).toContain(`${seen}\n`);
    });
  });
});

describe('wide and narrow', () => {
  test.each(['60', '80', '120'])('help and errors keep to %s columns', async (columns) => {
    const { stdout } = await glasstls(['help', 'all'], { env: { COLUMNS: columns } });
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(Number(columns));
  });
});
