// What serve answers with, and as whom: files of a folder and nothing outside of it, HTTP/2, several certificates by name.

import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { nodeProvider } from '../../src/providers/node.ts';
import { generatePrivateKey } from '../../src/providers/node_keys.ts';
import { makeCertificate } from '../../src/x509/make.ts';
import { writePem } from '../../src/x509/pem.ts';
import { scratch } from '../peers/run_dir.ts';
import { type CommandResult, glasstls, type Served, startServe } from './command.ts';

let dir: string;
let ca: string;

beforeAll(() => {
  dir = scratch('www');
  ca = join(dir, 'ca.pem');
  mkdirSync(join(dir, 'www/sub'), { recursive: true });
  writeFileSync(join(dir, 'www/hello.txt'), 'hello from a file\n');
  writeFileSync(join(dir, 'www/sub/index.html'), '<p>sub</p>');
  writeFileSync(join(dir, 'www/.secret'), 'hidden');
  writeFileSync(join(dir, 'outside.txt'), 'outside');
  symlinkSync(join(dir, 'outside.txt'), join(dir, 'www/link.txt'));
});

async function serving(flags: readonly string[], body: (served: Served) => Promise<void>): Promise<void> {
  const served = await startServe(['--ca-out', ca, ...flags], { lifetime: 60_000 });
  try {
    await body(served);
  } finally {
    await served.end();
  }
}

describe('--www', () => {
  test.each([['http/1.1'], ['h2']])(
    'files over %s, GET and HEAD, and nothing outside of the folder',
    async (protocol) => {
      await serving(['--www', join(dir, 'www'), '--alpn', 'h2,http/1.1'], async ({ port, log }) => {
        const ask = (path: string, ...flags: readonly string[]): Promise<CommandResult> =>
          glasstls(['--cacert', ca, '--alpn', protocol, ...flags, `https://localhost:${port}${path}`]);
        expect((await ask('/hello.txt?x=1')).stdout).toBe('hello from a file\n');
        expect((await ask('/sub/')).stdout).toBe('<p>sub</p>');
        const head = await ask('/hello.txt', '-I');
        expect(head.stdout).toMatch(/content-type: text\/plain; charset=utf-8\r\n/i);
        expect(head.stdout).toMatch(/content-length: 18\r\n/i);
        for (const path of [
          '/',
          '/.secret',
          '/link.txt',
          '/%2e%2e/outside.txt',
          '/..%2foutside.txt',
          '/nothing',
          '/%00',
          '/%',
        ]) {
          expect(await ask(path, '-f'), path).toMatchObject({ code: 22, stdout: '' });
        }
        expect((await ask('/hello.txt', '-f', '-X', 'DELETE')).code).toBe(22);
        expect(log()).toContain(`Files of ${join(dir, 'www')} are served.`);
      });
    },
  );

  test('a folder that is none: exit code 2', async () => {
    expect(await glasstls(['serve', '--www', ca])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--www wants a folder'),
    });
  });
});

test('the page on the connection over HTTP/2', async () => {
  await serving(['--alpn', 'h2'], async ({ port }) => {
    const { code, stdout } = await glasstls(['--cacert', ca, '-i', `https://localhost:${port}/`]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^HTTP\/2 200\r\n[\s\S]*h2/);
  });
});

test('several certificates: the one whose name is asked for is shown, the first to who asks for none of them', async () => {
  const flags: string[] = [];
  const pems = ['a.example', 'b.example'].map((name) => {
    const { privateKey, pkcs8Pem } = generatePrivateKey('ec');
    const der = makeCertificate({
      subject: [['CN', name]],
      publicKey: privateKey.publicKey,
      signer: privateKey,
      provider: nodeProvider,
      san: [name],
      extKeyUsage: ['serverAuth'],
      notBefore: Date.now() - 60_000,
      notAfter: Date.now() + 3_600_000,
    });
    const pem = writePem('CERTIFICATE', der);
    writeFileSync(join(dir, `${name}.pem`), pem);
    writeFileSync(join(dir, `${name}.key`), pkcs8Pem, { mode: 0o600 });
    flags.push('--cert', join(dir, `${name}.pem`), '--key', join(dir, `${name}.key`));
    return pem;
  });
  const served = await startServe(flags);
  try {
    expect(served.log()).toMatch(/a\.example\.pem,\s+\S+b\.example\.pem/);
    const shown = async (name: string): Promise<string> => {
      const args = ['-s', '--showcerts', '--resolve', `${name}:${served.port}:127.0.0.1`];
      return (await glasstls([...args, `https://${name}:${served.port}/`])).stdout;
    };
    expect(await shown('a.example')).toContain(pems[0]);
    expect(await shown('b.example')).toContain(pems[1]);
    expect(await shown('c.example')).toContain(pems[0]);
  } finally {
    await served.end();
  }
  expect(
    await glasstls(['serve', '--cert', join(dir, 'a.example.pem'), '--key', join(dir, 'b.example.key')]),
  ).toMatchObject({ code: 58 });
});

test('loopback unless told otherwise, and the file of --ca-out holds nothing secret', async () => {
  await serving([], async ({ log }) => {
    expect(log()).toContain('https://127.0.0.1:');
    expect(log()).not.toContain('everybody');
    expect(statSync(ca).size).toBeGreaterThan(300);
  });
});
