// Whom connect trusts, beyond --cacert: folders, the system's store, revocation lists, pins; what the server showed (--showcerts); and
// whether sessions are resumed (--repeat).

import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeProvider } from '../../src/providers/node.ts';
import { generatePrivateKey } from '../../src/providers/node_keys.ts';
import { makeCertificate } from '../../src/x509/make.ts';
import { writePem } from '../../src/x509/pem.ts';
import { describePeer } from '../peers/available.ts';
import { opensslServer } from '../peers/openssl.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { runOk } from '../peers/process.ts';
import { scratch } from '../peers/run_dir.ts';
import { type CommandResult, glasstls } from './command.ts';
import { httpsServer, type Loopback } from './http_servers.ts';

let trust: Pki;
let server: Loopback;
let url: string;
let folder: string;

beforeAll(async () => {
  trust = await pki();
  server = await httpsServer(trust.leaf('p256'), (_request, response) => response.end('ok'));
  url = `https://localhost:${server.port}/`;
  folder = scratch('capath');
  writeFileSync(join(folder, 'README'), 'not a certificate');
  writeFileSync(join(folder, '0a1b2c3d.0'), trust.ca);
  mkdirSync(join(folder, 'deeper'));
});
afterAll(() => server.stop());

describe('where trust comes from', () => {
  test('--capath and SSL_CERT_DIR: every file of a folder that is a certificate', async () => {
    expect(await glasstls(['--capath', folder, url])).toMatchObject({ code: 0, stdout: 'ok', stderr: '' });
    expect((await glasstls([url], { env: { SSL_CERT_DIR: `/nonexistent:${folder}` } })).code).toBe(0);
    expect((await glasstls(['-v', '--capath', folder, url])).stderr).toContain(`*  CAfile: ${folder}\n`);
  });

  test('SSL_CERT_FILE and SSL_CERT_DIR add up, and --cacert takes the place of both', async () => {
    const env = { SSL_CERT_FILE: trust.otherCaFile, SSL_CERT_DIR: folder };
    expect((await glasstls([url], { env })).code).toBe(0);
    expect((await glasstls(['--cacert', trust.otherCaFile, url], { env })).code).toBe(60);
  });

  test('a folder without any: exit code 77, not an empty list', async () => {
    const empty = scratch('empty');
    expect(await glasstls(['--capath', empty, url])).toMatchObject({
      code: 77,
      stderr: expect.stringContaining(empty),
    });
    expect((await glasstls([url], { env: { SSL_CERT_DIR: '/nonexistent' } })).code).toBe(77);
  });

  test('--ca-native does not know the root of the tests: exit code 60, or 77 where the system has no store', async () => {
    const { code, stderr } = await glasstls(['--ca-native', url]);
    expect([60, 77], stderr).toContain(code);
  });
});

describe('--pinnedpubkey', () => {
  const pinOf = (pem: string): string =>
    `sha256//${createHash('sha256')
      .update(new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' }))
      .digest('base64')}`;

  test('the right key among several; a wrong one is exit code 90, with -k too', async () => {
    const [right, wrong] = [pinOf(trust.leaf('p256').cert), pinOf(trust.leaf('rsa').cert)];
    const trusting = ['--cacert', trust.caFile];
    expect((await glasstls([...trusting, '--pinnedpubkey', `${wrong};${right}`, url])).code).toBe(0);
    expect((await glasstls([...trusting, '--pinnedpubkey', wrong, url])).code).toBe(90);
    expect((await glasstls(['-k', '--pinnedpubkey', wrong, url])).code).toBe(90);
    expect((await glasstls(['--pinnedpubkey', 'key.pem', url])).code).toBe(2);
  });
});

describePeer('openssl', '--crlfile', () => {
  test('a certificate on the list of its issuer is refused, one that is not stays, and no list at all is refused too', async () => {
    const dir = scratch('crl');
    const file = (name: string): string => join(dir, name);
    const [caKey, leafKey] = [generatePrivateKey('ec'), generatePrivateKey('ec')];
    const made = {
      issuer: [['CN', 'CRL root']],
      signer: caKey.privateKey,
      provider: nodeProvider,
      notBefore: Date.now() - 60_000,
      notAfter: Date.now() + 3_600_000,
    } as const;
    const usage = ['keyCertSign', 'cRLSign'] as const;
    const root = { ...made, subject: made.issuer, publicKey: caKey.privateKey.publicKey, isCa: true, keyUsage: usage };
    const leaf = { ...made, subject: [['CN', 'localhost']] as const, publicKey: leafKey.privateKey.publicKey };
    const rootPem = writePem('CERTIFICATE', makeCertificate(root));
    const leafPem = writePem(
      'CERTIFICATE',
      makeCertificate({ ...leaf, san: ['localhost'], extKeyUsage: ['serverAuth'] }),
    );
    writeFileSync(file('root.pem'), rootPem);
    writeFileSync(file('root.key'), caKey.pkcs8Pem);
    writeFileSync(file('number'), '01\n');
    const index = file('index.txt');
    const config = `database=${index}\ncrlnumber=${file('number')}\ndefault_md=sha256\ndefault_crl_days=5\n`;
    writeFileSync(file('ca.cnf'), `[ca]\ndefault_ca=c\n[c]\n${config}[e]\nauthorityKeyIdentifier=keyid\n`);
    const list = async (name: string, line: string): Promise<string> => {
      writeFileSync(index, line);
      const args = [
        '-config',
        file('ca.cnf'),
        '-crlexts',
        'e',
        '-cert',
        file('root.pem'),
        '-keyfile',
        file('root.key'),
      ];
      await runOk('openssl', ['ca', '-gencrl', ...args, '-out', file(name)]);
      return file(name);
    };
    const { serialNumber } = new X509Certificate(leafPem);
    const clean = await list('clean.pem', '');
    const revoked = await list(
      'revoked.pem',
      `R\t301231235959Z\t260101000000Z,keyCompromise\t${serialNumber}\tunknown\t/CN=x\n`,
    );
    const identity = { ...trust.leaf('p256'), fullChain: leafPem, key: leafKey.pkcs8Pem };
    const own = await httpsServer(identity, (_request, response) => response.end('ok'));
    const asked = (crl: string): Promise<CommandResult> =>
      glasstls(['--cacert', file('root.pem'), '--crlfile', crl, `https://localhost:${own.port}/`]);
    try {
      expect(await asked(clean)).toMatchObject({ stderr: '', code: 0 });
      expect(await asked(revoked)).toMatchObject({ code: 60, stderr: expect.stringContaining('revoked_by_crl') });
      const zh = await glasstls(['--lang', 'zh', '--cacert', trust.caFile, '--crlfile', clean, url]);
      expect(zh).toMatchObject({ code: 60, stderr: expect.stringContaining('crl_missing') });
      expect((await asked('/nonexistent')).code).toBe(82);
      expect((await asked(trust.caFile)).code).toBe(82);
    } finally {
      await own.stop();
    }
  });
});

describe('--showcerts', () => {
  test('the chain as it was sent, as PEM that openssl reads, trusted or not', async () => {
    const { fullChain } = trust.leaf('p256');
    const bare = (text: string): string =>
      (text.match(/-----BEGIN[^-]*-----[^-]*-----END[^-]*-----/g) ?? []).join('\n');
    const shown = await glasstls(['--showcerts', '--cacert', trust.caFile, url]);
    expect(shown.code).toBe(0);
    expect(bare(shown.stdout)).toBe(bare(fullChain));
    expect(shown.stdout).toMatch(
      /^ 0 s:CN=localhost\n {3}i:O=glasstls test; CN=glasstls test intermediate\n-----BEGIN/,
    );
    const untrusted = await glasstls(['-s', '--showcerts', url]);
    expect(untrusted.code).toBe(60);
    expect(untrusted.stdout).toBe(shown.stdout);
  });
});

describe('--repeat', () => {
  test('-o keeps the body of the first answer, -o - shows it before the table, -i with its headers', async () => {
    const file = join(scratch('repeat'), 'body');
    const once = await glasstls(['--cacert', trust.caFile, url]);
    const { code, stdout } = await glasstls(['--repeat', '2', '-o', file, '--cacert', trust.caFile, url]);
    expect(code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(once.stdout);
    expect(stdout).toMatch(/^ {2}1 {2}full handshake/);
    const shown = await glasstls(['--repeat', '2', '-i', '-o', '-', '--cacert', trust.caFile, url]);
    expect(shown.stdout).toMatch(/^HTTP\/\S+ 200/);
    expect(shown.stdout.split(once.stdout)).toEqual([expect.anything(), expect.stringMatching(/^ {2}1 {2}full/)]);
  });

  test('-w is written for each connection, in place of the table; -L is refused', async () => {
    const flags = ['--repeat', '3', '-w', '%{http_code} %{tls_resumed}\\n', '--cacert', trust.caFile];
    expect((await glasstls([...flags, url])).stdout).toBe('200 0\n200 1\n200 1\n');
    expect((await glasstls(['-L', ...flags, url])).code).toBe(2);
  });

  test('--pcapng holds every connection of --repeat, with its secrets', async () => {
    const file = join(scratch('repeat'), 'two.pcapng');
    await glasstls(['-s', '--repeat', '2', '--pcapng', file, '--cacert', trust.caFile, url]);
    const { stdout } = await glasstls(['decode', '--format', 'json', file]);
    const connections = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(connections).toHaveLength(2);
    for (const one of connections) expect(JSON.stringify(one)).toContain('"sealed":{"client":0,"server":0}');
  });

  test('counts what was resumed, in TLS 1.3 and in TLS 1.2', async () => {
    for (const flags of [[], ['--tls-max', '1.2']]) {
      const args = ['--repeat', '3', ...flags, '--cacert', trust.caFile, url];
      const { code, stdout } = await glasstls(args);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^ {2}1 {2}full handshake, [\d.]+ ms, TLSv1\.\d, 127\.0\.0\.1\n {2}2 {2}resumed, /);
      expect(stdout).toContain('Resumed: 2 of 2 connections that offered a session (100 %).');
    }
    const zh = await glasstls(['--repeat', '2', '--lang', 'zh', '--cacert', trust.caFile, url]);
    expect(zh.stdout).toContain('恢复成功：在提供了会话的 1 次连接中有 1 次（100%）。');
  });

  test('--json: one row for each connection', async () => {
    const { stdout } = await glasstls(['--repeat', '2', '--json', '--cacert', trust.caFile, url]);
    expect(JSON.parse(stdout)).toMatchObject({
      rounds: [
        { resumed: false, exit: 0 },
        { resumed: true, offered: true },
      ],
    });
  });

  test('failures count too, and give the exit code', async () => {
    const { code, stdout } = await glasstls(['-s', '--repeat', '2', url]);
    expect(code).toBe(60);
    expect(stdout).toContain('failed (60)');
  });
});

describePeer('openssl', 'a server that does not resume', () => {
  test('is told: no session was given', async () => {
    const noTickets = await opensslServer({ identity: trust.leaf('rsa'), mode: 'www', args: ['-num_tickets', '0'] });
    try {
      const args = ['--repeat', '2', '--cacert', trust.caFile, `https://localhost:${noTickets.port}/`];
      expect((await glasstls(args)).stdout).toContain('The server gave no session that could be offered');
    } finally {
      await noTickets.stop();
    }
  });

  test('the log of keys holds a line for each connection of --repeat', async () => {
    const file = join(scratch('keys'), 'log');
    await glasstls(['-s', '--repeat', '2', '--keylog', file, '--cacert', trust.caFile, url]);
    expect(readFileSync(file, 'latin1').match(/^CLIENT_TRAFFIC_SECRET_0 /gm)).toHaveLength(2);
  });
});
