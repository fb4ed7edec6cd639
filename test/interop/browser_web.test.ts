// glasstls/web in Debian's Chromium: client and server in one page, over TransformStreams of the browser, with the noble
// provider. The page is served by our own https server, and tells it what came out.

import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpsServer } from '../../src/node/index.ts';
import { describePeer } from '../peers/available.ts';
import { type ChromiumPeer, startChromium } from '../peers/chromium.ts';
import { type Pki, pki } from '../peers/pki.ts';

const PROGRAM = `
import { accept, connect } from './src/web/index.ts';
import { noblePrivateKey, nobleProvider } from './src/providers/noble.ts';
import { makeTestPki } from './src/x509/make_pki.ts';

const provider = nobleProvider;
const generateKey = () => noblePrivateKey('secp256r1', crypto.getRandomValues(new Uint8Array(32)).fill(1, 0, 1));
const pki = makeTestPki({ provider, generateKey, now: Date.now() });
const leaf = pki.issue({ names: ['web.example'] });
const identities = [{ chain: [leaf.der, pki.intermediate.der], privateKey: leaf.key }];

async function talk(maxVersion, roots) {
  const there = new TransformStream();
  const back = new TransformStream();
  const server = accept({ readable: there.readable, writable: back.writable }, { provider, identities, maxVersion });
  const client = connect({ readable: back.readable, writable: there.writable }, { provider, roots, serverName: 'web.example' });
  const writer = client.writable.getWriter();
  writer.write(new Uint8Array(100000).fill(65)).catch(() => {});
  writer.close().catch(() => {});
  const answer = server.writable.getWriter();
  const heard = new Response(server.readable).text().then((text) => {
    answer.write(new TextEncoder().encode('heard ' + text.length));
    return answer.close();
  });
  heard.catch(() => {});
  // Response gives errors of its own for a stream that fails.
  await client.opened;
  const said = await new Response(client.readable).text();
  await Promise.all([client.closed, server.closed]);
  return said + ' ' + (await client.opened).version.toString(16);
}

const outcomes = [];
const run = async (act) => outcomes.push(await act().catch((error) => 'refused ' + error.code));
await run(() => talk('TLSv1.3', [pki.root.der]));
await run(() => talk('TLSv1.2', [pki.root.der]));
await run(() => talk('TLSv1.3', [makeTestPki({ provider, generateKey, now: Date.now() }).root.der]));
await run(() => talk('TLSv1.3', []));
await fetch('/outcome', { method: 'POST', body: JSON.stringify(outcomes) });
`;

describePeer('chromium', 'glasstls/web in a browser', () => {
  let ca: Pki;
  let browser: ChromiumPeer;
  beforeAll(async () => {
    ca = await pki();
    browser = await startChromium(ca.caFile);
  });
  afterAll(() => browser?.stop());

  test('both versions, an unknown root, and no root', { timeout: 60_000 }, async () => {
    const { outputFiles } = await build({
      stdin: { contents: PROGRAM, resolveDir: process.cwd(), loader: 'ts' },
      bundle: true,
      write: false,
      format: 'esm',
      target: 'es2022',
      platform: 'browser',
    });
    const { fullChain: cert, key } = ca.leaf('p256');
    let outcome = '';
    let done: () => void = () => {};
    const told = new Promise<void>((resolve) => (done = resolve));
    const server = createHttpsServer({ cert, key }, async (request, response) => {
      if (request.url === '/outcome') {
        for await (const chunk of request) outcome += String(chunk);
        response.end();
        return done();
      }
      // The page has loaded when its program has told what came out.
      if (request.url === '/wait.js') await told;
      response.setHeader('content-type', request.url === '/' ? 'text/html' : 'text/javascript');
      if (request.url === '/')
        return response.end('<script type="module" src="/program.js"></script><script src="/wait.js" defer></script>');
      return response.end(request.url === '/program.js' ? outputFiles[0]?.contents : '');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await browser.visit(`https://localhost:${(server.address() as { port: number }).port}/`);
      expect(JSON.parse(outcome)).toEqual([
        'heard 100000 304',
        'heard 100000 303',
        'refused ERR_TLS_CERTIFICATE_REFUSED',
        'refused ERR_TLS_CONFIG',
      ]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
