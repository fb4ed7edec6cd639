// --aia and --policy: a missing intermediate is fetched from where the certificate publishes it, within bounds, and only when
// asked for; and -v shows every path that was tried. All on loopback.

import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { createServer } from '../../src/node/server.ts';
import { nodeProvider } from '../../src/providers/node.ts';
import { generatePrivateKey } from '../../src/providers/node_keys.ts';
import { makeTestPki, type TestPki } from '../../src/x509/make_pki.ts';
import { writePem } from '../../src/x509/pem.ts';
import { type CommandResult, glasstls } from './command.ts';

let pki: TestPki;
let caFile: string;

beforeAll(() => {
  const generateKey = () => generatePrivateKey('ec').privateKey;
  pki = makeTestPki({ provider: nodeProvider, now: Date.now(), generateKey });
  caFile = join(mkdtempSync(join(tmpdir(), 'glasstls-aia-')), 'ca.pem');
  writeFileSync(caFile, writePem('CERTIFICATE', pki.root.der));
});

interface Outcome extends CommandResult {
  /** What was asked of the publisher. */
  readonly asked: readonly (string | undefined)[];
}

/** Runs `glasstls` against a server that sends only its leaf, whose issuer `publish` serves. */
async function withoutIntermediate(
  publish: RequestListener,
  args: readonly string[],
  scheme = 'http',
): Promise<Outcome> {
  const asked: (string | undefined)[] = [];
  const publisher = createHttpServer((request, response) => {
    asked.push(request.url);
    publish(request, response);
  });
  await once(publisher.listen(0, '127.0.0.1'), 'listening');
  const url = `${scheme}://127.0.0.1:${(publisher.address() as AddressInfo).port}/ca.cer`;
  const leaf = pki.issue({ names: ['localhost'], commonName: 'localhost', overrides: { caIssuerUrl: url } });
  const server = createServer({ cert: writePem('CERTIFICATE', leaf.der), key: leaf.key }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok'));
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  try {
    const address = `https://localhost:${(server.address() as AddressInfo).port}/`;
    return { ...(await glasstls(['--cacert', caFile, ...args, address])), asked };
  } finally {
    server.close();
    publisher.closeAllConnections();
    publisher.close();
  }
}

describe('RFC 5280 4.2.2.1: a missing issuer that is published', () => {
  test('without --aia nothing is fetched; the address and the flag are named', async () => {
    const { code, stderr, asked } = await withoutIntermediate((_, response) => response.end(), []);
    expect([code, asked.length]).toEqual([60, 0]);
    expect(stderr).toMatch(/issuer at +http:\/\/127\.0\.0\.1:\d+\/ca\.cer/);
    expect(stderr).toMatch(/missing issuer is published at http:.*--aia fetches it/s);
    const zh = await withoutIntermediate((_, response) => response.end(), ['--lang', 'zh']);
    expect(zh.stderr).toMatch(/加上 --aia/);
  });

  test('--aia -v judges no chain anew that lacks what was fetched', async () => {
    const { code, stderr } = await withoutIntermediate(
      (_, response) => response.end(pki.intermediate.der),
      ['--aia', '-v'],
    );
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/stricter|paths that were tried/);
  });

  test.each(['DER', 'PEM'])('--aia fetches it as %s, says so, and the chain is good', async (form) => {
    const { der } = pki.intermediate;
    const body = form === 'DER' ? der : writePem('CERTIFICATE', der);
    const { code, stdout, stderr, asked } = await withoutIntermediate((_, response) => response.end(body), ['--aia']);
    expect([code, stdout, asked]).toEqual([0, 'ok', ['/ca.cer']]);
    expect(stderr).toMatch(/--aia: the missing issuer is published at http:.*ca\.cer; fetching it/);
    expect(stderr).toMatch(/--aia: added to the chain: glasstls test intermediate/);
  });

  test.each<readonly [string, RequestListener, RegExp]>([
    [
      'a redirect is not followed',
      (request, response) =>
        void (request.url === '/ca.cer' ? response.writeHead(302, { location: '/other' }).end() : response.end()),
      /HTTP status 302/,
    ],
    ['more than 64 kB', (_, response) => response.end(Buffer.alloc(70_000)), /more than 65536 bytes/],
    ['what is no certificate', (_, response) => response.end('<html>'), /no certificate in DER or PEM/],
    ['a connection that breaks', (request) => request.socket.destroy(), /no answer \(ECONNRESET\)/],
    ['a certificate of somebody else', (_, response) => response.end(pki.root.der), /added to the chain/],
  ])('%s: told, and the certificate stays refused', async (_name, publish, said) => {
    const { code, stderr, asked } = await withoutIntermediate(publish, ['--aia']);
    expect([code, asked]).toEqual([60, ['/ca.cer']]);
    expect(stderr).toMatch(said);
    expect(stderr).toContain('[missing_intermediate]');
    expect(stderr).not.toContain('--aia fetches it');
  });

  test('https is never fetched; -s silences what --aia says', async () => {
    const { code, stderr, asked } = await withoutIntermediate((_, r) => r.end(), ['--aia', '--lang', 'zh'], 'https');
    expect([code, asked.length]).toEqual([60, 0]);
    expect(stderr).toMatch(/没有发布在 http:\/\/ 地址/);
    const silent = await withoutIntermediate((_, r) => r.end(pki.intermediate.der), ['--aia', '-s']);
    expect(silent).toMatchObject({ code: 0, stderr: '' });
  });

  test('time that runs out during the fetch ends the connection with 28', async () => {
    const { code } = await withoutIntermediate(() => {}, ['--aia', '--max-time', '1']);
    expect(code).toBe(28);
  });

  test('-v shows each path that was tried and why it was refused, in both languages', async () => {
    const { stderr } = await withoutIntermediate((_, response) => response.end(), ['-v']);
    expect(stderr).toMatch(/\* {2}certificate paths that were tried: 1\n\* {4}1\. localhost\n/);
    expect(stderr).toMatch(/\[missing_intermediate\]\n/);
    const zh = await withoutIntermediate((_, response) => response.end(), ['-v', '--lang', 'zh']);
    expect(zh.stderr).toMatch(/尝试过的证书路径：1 条[\s\S]*服务器漏发了中间证书 \[missing_intermediate\]/);
    expect(zh.stderr).toMatch(/SSL certificate problem: 服务器漏发了中间证书/);
  });
});

test('--policy web refuses what --policy compatible, the default, accepts', async () => {
  // BR 7.1.2.7.8: the certificate of a server is not that of a CA.
  const leaf = pki.issue({
    names: ['localhost'],
    commonName: 'localhost',
    overrides: { isCa: true, keyUsage: ['digitalSignature', 'keyCertSign'] },
  });
  const cert = pki
    .chainOf(leaf)
    .map((der) => writePem('CERTIFICATE', der))
    .join('');
  const server = createServer({ cert, key: leaf.key }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok'));
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = `https://localhost:${(server.address() as AddressInfo).port}/`;
  try {
    const [web, compatible] = [
      await glasstls(['--cacert', caFile, '--policy', 'web', url]),
      await glasstls(['--cacert', caFile, url]),
    ];
    expect(web.code).toBe(60);
    expect(web.stderr).toContain('[leaf_is_ca]');
    expect(compatible.code).toBe(0);
    expect((await glasstls(['--policy', 'strict', url])).code).toBe(2);
  } finally {
    server.close();
  }
});
