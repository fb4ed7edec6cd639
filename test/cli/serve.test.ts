// `glasstls serve`: the certificate made on the spot and how it is trusted, the line for each handshake, why clients fail, the page,
// a clean end.

import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { describePeer } from '../peers/available.ts';
import { opensslClient } from '../peers/openssl.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { run } from '../peers/process.ts';
import { scratch } from '../peers/run_dir.ts';
import { glasstls, type Served, startServe } from './command.ts';

let trust: Pki;

beforeAll(async () => {
  trust = await pki();
});

async function serving(args: readonly string[], body: (served: Served) => Promise<void>): Promise<string> {
  const served = await startServe(args);
  try {
    await body(served);
  } finally {
    expect(await served.end(), served.log()).toBe(0);
  }
  return served.log();
}

describe('with our own client', () => {
  test.each([
    [
      ['--ecdsa'],
      [],
      / {2}TLSv1\.3 {2}TLS_AES_128_GCM_SHA256 {2}x25519 {2}ecdsa_secp256r1_sha256 {2}SNI "localhost" {2}ALPN "http\/1\.1" {2}[\d.]+ ms/,
    ],
    [['--rsa'], ['--tls-max', '1.2'], / {2}TLSv1\.2 {2}ECDHE-RSA-AES128-GCM-SHA256 {2}x25519 {2}rsa_pss_rsae_sha256 /],
    [['--ed25519', '--tls-max', '1.2'], [], / {2}TLSv1\.2 {2}ECDHE-ECDSA-AES128-GCM-SHA256 {2}x25519 {2}ed25519 /],
    [
      ['--legacy', '--tls-max', '1.2', '--ciphers', 'AES128-GCM-SHA256'],
      ['--legacy'],
      / {2}TLSv1\.2 {2}AES128-GCM-SHA256 {2}RSA key exchange {2}SNI/,
    ],
    [['--provider', 'noble', '--curves', 'P-256'], ['--alpn', ''], / {2}TLSv1\.3 {2}\S+ {2}secp256r1 .*no ALPN/],
  ])('serve %j, connect %j: a line for the handshake, a page about it', async (serverFlags, clientFlags, line) => {
    const ca = join(scratch('ca'), 'ca.pem');
    const log = await serving([...serverFlags, '--ca-out', ca], async ({ port }) => {
      const { code, stdout, stderr } = await glasstls([
        ...clientFlags,
        '--cacert',
        ca,
        `https://localhost:${port}/a?b`,
      ]);
      expect(stderr).toBe('');
      expect(code).toBe(0);
      expect(stdout).toMatch(/^You reached glasstls\nTLS version: TLSv1\.[23]\n/);
      expect(stdout).toContain('you asked for: GET /a?b\n');
    });
    expect(log).toMatch(line);
    expect(log).toMatch(/handshakes: 1 succeeded, 0 failed/);
  });

  test('the made certificate has the names that were asked for, and only the CA certificate is written', async () => {
    const ca = join(scratch('ca'), 'ca.pem');
    await serving(['--name', 'glass.test', '--name', '192.0.2.7', '--ca-out', ca], async ({ port, log }) => {
      expect(log()).toContain('glass.test, 192.0.2.7, localhost, 127.0.0.1, ::1');
      expect(log()).toContain(`glasstls --cacert ${ca} https://localhost:${port}/`);
      const resolve = ['--resolve', `glass.test:${port}:127.0.0.1`];
      expect((await glasstls(['--cacert', ca, ...resolve, `https://glass.test:${port}/`])).code).toBe(0);
      expect((await glasstls(['--cacert', ca, `https://127.0.0.1:${port}/`])).code).toBe(0);
    });
    const pem = readFileSync(ca, 'latin1');
    expect(pem).not.toContain('PRIVATE KEY');
    expect(new X509Certificate(pem).ca).toBe(true);
  });

  test('a client that does not trust the certificate: its alert, and how to make it trust, in both languages', async () => {
    for (const [lang, patterns] of [
      [
        'en',
        [
          /handshake failed/,
          /gave up +the other side \(client\), after we sent Finished/,
          /unknown_ca \(48\), sent by them/,
          /--ca-out/,
        ],
      ],
      ['zh', [/握手失败/, /放弃方 +对端（客户端）/, /unknown_ca（48），由对端发出/, /客户端不信任这张证书/]],
    ] as const) {
      const log = await serving(['--lang', lang], async ({ port, saying }) => {
        expect((await glasstls([`https://localhost:${port}/`])).code).toBe(60);
        await saying(/unknown_ca/);
      });
      for (const pattern of patterns) expect(log).toMatch(pattern);
    }
  });

  test('-v, -vv and -vvv tell more, each line with the number of its connection', async () => {
    const logs: string[] = [];
    for (const flag of ['-v', '-vv', '-vvv']) {
      logs.push(
        await serving([flag], async ({ port, saying }) => {
          await glasstls(['-k', `https://localhost:${port}/`]);
          await saying(/ms$/m);
        }),
      );
    }
    const [v = '', vv = '', vvv = ''] = logs;
    expect(v).toMatch(/^\[1\] \* TLSv1\.3 \(IN\), TLS handshake, Client hello \(1\):$/m);
    expect(v).not.toContain('decision:');
    expect(vv).toMatch(/^\[1\] \* {3}decision: version = TLSv1\.3/m);
    expect(v).not.toContain('legacy_version');
    expect(vv).toMatch(/^\[1\] .*legacy_version: 0x0303/m);
    expect(vv).not.toMatch(/03 03 +legacy_version/);
    expect(vvv).toMatch(/^\[1\] .*03 03 +legacy_version: 0x0303/m);
  });
});

describe('with other clients', () => {
  test('plain HTTP on the TLS port, an old version, a client that just leaves: each with its reason', async () => {
    const log = await serving([], async ({ port, saying }) => {
      const plain = connect(port, '127.0.0.1', () => plain.end('GET / HTTP/1.1\r\n\r\n'));
      await once(plain.resume(), 'close');
      await saying(/this is not TLS/);
      const gone = connect(port, '127.0.0.1', () => gone.end());
      await once(gone.resume(), 'close');
      await saying(/\[2\].*failed/);
    });
    expect(log).toMatch(/The client speaks plain HTTP/);
    expect(log).toMatch(/in the middle of the handshake/);
  });

  describePeer('curl', 'curl', () => {
    test('reads the page as text; as a browser it gets HTML with the path escaped', async () => {
      const ca = join(scratch('ca'), 'ca.pem');
      await serving(['--ca-out', ca], async ({ port }) => {
        const get = async (...args: string[]): Promise<string> =>
          (await run('curl', ['-qsS', '--cacert', ca, ...args])).stdout.toString();
        expect(await get(`https://localhost:${port}/`)).toContain('forward secrecy: yes\n');
        const html = await get('-H', 'Accept: text/html', '--path-as-is', '-g', `https://localhost:${port}/<script>"&`);
        expect(html).toMatch(/^<!doctype html>/);
        expect(html).toContain('&lt;script&gt;&quot;&amp;');
        expect(html).not.toContain('<script>');
        expect(await get('-I', `https://localhost:${port}/`)).toMatch(/^HTTP\/1\.1 200 OK/);
      });
    });
  });

  describePeer('openssl', 'openssl', () => {
    test('no shared suite: what is accepted here, what they offered', async () => {
      const log = await serving(
        ['--tls-max', '1.2', '--ciphers', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
        async ({ port, saying }) => {
          await opensslClient({ port, version: 'TLSv1.2', suites: ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'] });
          await saying(/failed/);
        },
      );
      expect(log).toMatch(/no cipher suite in common/);
      expect(log).toMatch(/accepted here +TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256/);
      expect(log).toMatch(/they offered +TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384/);
    });
  });
});

describe('start and end', () => {
  test('--once ends after one connection: 0 when its handshake succeeded, the reason when not', async () => {
    const good = await startServe(['--once']);
    expect((await glasstls(['-k', `https://localhost:${good.port}/`])).code).toBe(0);
    expect(await good.ended()).toBe(0);
    const bad = await startServe(['--once']);
    expect((await glasstls([`https://localhost:${bad.port}/`])).code).toBe(60);
    expect(await bad.ended()).toBe(35);
  });

  test('SIGTERM ends it cleanly while a client holds a connection open', async () => {
    const served = await startServe([]);
    const idle = connect(served.port, '127.0.0.1');
    await once(idle, 'connect');
    idle.on('error', () => {});
    expect(await served.end()).toBe(0);
    idle.destroy();
  });

  test('a certificate of one’s own; one whose key is another’s: 58; a port that is taken: 45', async () => {
    const { fullChainFile, keyFile } = trust.leaf('rsa');
    await serving(['--cert', fullChainFile, '--key', keyFile], async ({ port, log }) => {
      expect(log()).toContain(fullChainFile);
      expect((await glasstls(['--cacert', trust.caFile, `https://localhost:${port}/`])).code).toBe(0);
    });
    const wrong = await glasstls(['serve', '--cert', fullChainFile, '--key', trust.leaf('p256').keyFile]);
    expect(wrong).toMatchObject({ code: 58, stderr: expect.stringContaining('does not belong') });
    const other = createServer();
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const { port } = other.address() as AddressInfo;
    const taken = await glasstls(['serve', '--port', String(port)]);
    other.close();
    expect(taken).toMatchObject({ code: 45, stderr: expect.stringContaining('is taken') });
  });

  test('it listens on loopback unless told otherwise', async () => {
    await serving([], async ({ port }) => {
      const { stdout } = spawnSync('ss', ['-Hltn', `sport = :${port}`], { encoding: 'latin1' });
      if (stdout) expect(stdout).toMatch(/127\.0\.0\.1:/);
      expect(stdout ?? '').not.toMatch(/0\.0\.0\.0:\d+ +0\.0\.0\.0/);
    });
  });

  test('the CA certificate is public, and readable as such', async () => {
    const ca = join(scratch('ca'), 'ca.pem');
    await serving(['--ca-out', ca], async () => {
      expect(statSync(ca).isFile()).toBe(true);
    });
  });
});
