// --cert-status and serve --status: OCSP responses made by `openssl ocsp`, stapled by our server and by openssl's, and what the
// client says and ends with when they are good, bad, old, or missing.

import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { importPrivateKey, nodeProvider } from '../../src/providers/node.ts';
import { makeTestPki, parseCertificate, writePem } from '../../src/x509/index.ts';
import { DAY, makeOcsp } from '../conformance/x509-pki.ts';
import { describePeer } from '../peers/available.ts';
import { opensslServer } from '../peers/openssl.ts';
import type { Identity } from '../peers/pki.ts';
import { run } from '../peers/process.ts';
import { scratch } from '../peers/run_dir.ts';
import { glasstls, startServe } from './command.ts';

interface Files {
  readonly ca: string;
  readonly chain: string;
  readonly leaf: string;
  readonly intermediate: string;
  readonly key: string;
  readonly good: string;
  readonly revoked: string;
  readonly old: string;
}

let files: Files;

beforeAll(() => {
  files = makeFiles();
});

function makeFiles(): Files {
  const dir = scratch('staple');
  const pems: string[] = [];
  const generateKey = () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    pems.push(pem);
    return importPrivateKey(pem);
  };
  const pki = makeTestPki({ provider: nodeProvider, generateKey, now: Date.now() });
  const leaf = pki.issue({ names: ['localhost'] });
  const write = (name: string, text: string | Uint8Array): string => {
    const file = join(dir, name);
    writeFileSync(file, text);
    return file;
  };
  const pem = (der: Uint8Array): string => writePem('CERTIFICATE', der);
  const issuer = { cert: write('int.pem', pem(pki.intermediate.der)), key: write('int.key', pems[1] ?? '') };
  const leafFile = write('leaf.pem', pem(leaf.der));
  const serial = Buffer.from(parseCertificate(leaf.der).serial).toString('hex').toUpperCase();
  const respond = (name: string, line: string): string => {
    const out = join(dir, name);
    const index = write(`${name}.index`, `${line}\n`);
    execFileSync('openssl', [
      ...['ocsp', '-index', index, '-CA', issuer.cert, '-rsigner', issuer.cert, '-rkey', issuer.key],
      ...['-issuer', issuer.cert, '-cert', leafFile, '-noverify', '-no_nonce'],
      ...['-reqout', join(dir, `${name}.req`)],
    ]);
    execFileSync('openssl', [
      ...['ocsp', '-index', index, '-CA', issuer.cert, '-rsigner', issuer.cert, '-rkey', issuer.key],
      ...['-reqin', join(dir, `${name}.req`), '-respout', out, '-nmin', '60'],
    ]);
    return out;
  };
  const [from, until] = [Date.now() - 9 * DAY, Date.now() - 2 * DAY];
  const old = makeOcsp({ subject: leaf.der, issuer: pki.intermediate, thisUpdate: from, nextUpdate: until });
  const expiry = '491231000000Z';
  return {
    ca: write('ca.pem', pem(pki.root.der)),
    chain: write('chain.pem', pki.chainOf(leaf).map(pem).join('')),
    leaf: leafFile,
    intermediate: issuer.cert,
    key: write('leaf.key', pems[2] ?? ''),
    good: respond('good.der', `V\t${expiry}\t\t${serial}\tunknown\t/CN=localhost`),
    revoked: respond('revoked.der', `R\t${expiry}\t200101000000Z,keyCompromise\t${serial}\tunknown\t/CN=localhost`),
    old: write('old.der', old),
  };
}

async function serving(status: string | undefined, body: (url: string) => Promise<void>): Promise<string> {
  const stapled = status === undefined ? [] : ['--status', status];
  const served = await startServe(['--cert', files.chain, '--key', files.key, ...stapled]);
  try {
    await body(`https://localhost:${served.port}/`);
  } finally {
    await served.end();
  }
  return served.log();
}

describe.each(['1.2', '1.3'])('TLS %s', (version) => {
  const visit = (url: string, ...args: string[]) =>
    glasstls(['-v', '--tls-max', version, '--cacert', files.ca, ...args, url]);

  test('a good response: told with -v, and enough for --cert-status', async () => {
    const log = await serving(files.good, async (url) => {
      for (const args of [[], ['--cert-status'], ['--cert-status', '--policy', 'web'], ['--provider', 'noble']]) {
        const { code, stderr } = await visit(url, ...args);
        expect(code, stderr).toBe(0);
        expect(stderr).toMatch(/OCSP: the stapled response says that the certificate is not revoked, as of 20\d\d-/);
      }
      expect((await visit(url, '--lang', 'zh')).stderr).toContain('OCSP：服务器附上的响应表明证书未被吊销');
    });
    expect(log.replaceAll('\n', ' ')).toMatch(
      /The OCSP response in .*good\.der is stapled: good, as of 20\d\d-\S+ \d\d:\d\dZ, until/,
    );
  });

  test('none: 91 with --cert-status, and no word of it without', async () => {
    await serving(undefined, async (url) => {
      const plain = await visit(url);
      expect(plain.code).toBe(0);
      expect(plain.stderr).not.toContain('OCSP');
      const { code, stderr, stdout } = await visit(url, '--cert-status');
      expect({ code, stdout }).toEqual({ code: 91, stdout: '' });
      expect(stderr).toContain('(91) a stapled OCSP response is required, and none came');
      expect(stderr).toContain('bad_certificate_status_response (113), sent by us');
    });
  });

  test('revoked: 91, asked for or not; -k goes on', async () => {
    await serving(files.revoked, async (url) => {
      for (const args of [[], ['--cert-status']]) {
        const { code, stderr } = await visit(url, ...args);
        expect(code).toBe(91);
        expect(stderr).toMatch(/a certificate was revoked \(OCSP\)[\s\S]*revoked on 2020-01-01/);
      }
      expect((await visit(url, '-k')).code).toBe(0);
    });
  });

  test('out of date: proves nothing, which is enough only where nothing is asked', async () => {
    await serving(files.old, async (url) => {
      const plain = await visit(url);
      expect(plain.code).toBe(0);
      expect(plain.stderr).toContain('a response was stapled that proves nothing: the OCSP response is out of date');
      expect(await visit(url, '--cert-status')).toMatchObject({
        code: 91,
        stderr: expect.stringContaining('the OCSP response is out of date'),
      });
    });
  });
});

describePeer('openssl', 'with openssl', () => {
  test('s_server staples, and the response is read field by field', async () => {
    const identity = {
      certFile: files.leaf,
      keyFile: files.key,
      chainFile: files.intermediate,
    } as Identity;
    const server = await opensslServer({ identity, mode: 'www', args: ['-status_file', files.good] });
    try {
      const url = `https://localhost:${server.port}/`;
      const { code, stderr } = await glasstls(['-vvv', '--cert-status', '--cacert', files.ca, url]);
      expect(code, stderr).toBe(0);
      expect(stderr).toMatch(/response.*good, as of 20\d\d-/);
      // Certificates in fields are told in words too.
      expect(stderr).toMatch(/cert_data.*glasstls test intermediate/);
    } finally {
      await server.stop();
    }
  });
});

describePeer('curl', 'with curl', () => {
  test('curl --cert-status takes what serve staples', async () => {
    const curl = async (url: string) => run('curl', ['-qsS', '--cert-status', '--cacert', files.ca, url]);
    await serving(files.good, async (url) => void expect((await curl(url)).code).toBe(0));
    await serving(undefined, async (url) => void expect((await curl(url)).code).toBe(91));
  });
});

describe('the file of --status', () => {
  test.each([
    [() => ['--status', files.good], 2, '--status needs --cert'],
    [() => ['--cert', files.chain, '--key', files.key, '--status', '/nonexistent'], 58, '(ENOENT)'],
    [() => ['--cert', files.chain, '--key', files.key, '--status', files.chain], 58, 'holds no OCSP response'],
  ])('wrong (%#)', async (args, code, text) => {
    expect(await glasstls(['serve', ...args()])).toMatchObject({ code, stderr: expect.stringContaining(text) });
  });
});
