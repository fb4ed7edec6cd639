// Our server against Debian's Chromium, with each provider: a page loads only when the browser has verified the chain and
// the name through its own trust store. Our server is pinned to the row, since a browser takes no orders.

import { afterAll, beforeAll, expect } from 'vitest';
import { describePeer } from '../peers/available.ts';
import { type ChromiumPeer, startChromium } from '../peers/chromium.ts';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { cellsOf } from './cells.ts';
import { checkOurs, serve, serveAs } from './serving.ts';
import { withPeer } from './support.ts';

const { one, eachHandshake } = cellsOf('server', ['openssl', 'curl', 'gnutls', 'node:tls', 'chromium']);

printMatrixAfterAll();

describePeer('chromium', 'chromium to server', () => {
  let ca: Pki;
  let browser: ChromiumPeer;
  beforeAll(async () => {
    ca = await pki();
    browser = await startChromium(ca.caFile);
  });
  afterAll(() => browser?.stop());

  eachHandshake('chromium', async (row, provider) => {
    const pinned = { minVersion: row.version, maxVersion: row.version, suites: [row.suite] };
    await withPeer(serveAs(ca, row, provider, pinned), async (server) => {
      const visit = await browser.visit(`https://localhost:${server.port}/`);
      expect(visit).toMatchObject({ title: 'Proof', text: 'It works', status: 200 });
      expect(visit).toMatchObject({ version: row.version, suite: row.suite, group: row.group });
      checkOurs(server, row);
    });
  });

  one(
    'chromium',
    'with our defaults: 1.3, x25519',
    async (provider) => {
      await withPeer(serve(ca.leaf('p256'), provider), async (server) => {
        const visit = await browser.visit(`https://localhost:${server.port}/`);
        expect(visit).toMatchObject({ title: 'Proof', text: 'It works', version: 'TLSv1.3' });
      });
    },
    { elsewhere: 'the rows of the handshake table pin the version; this one is for the browser' },
  );

  for (const name of ['expired', 'wrong-name', 'untrusted'] as const) {
    one('chromium', `1.3 the client refuses our certificate: ${name}`, async (provider) => {
      await withPeer(serve(ca.leaf(name), provider), async (server) => {
        await expect(browser.visit(`https://localhost:${server.port}/`)).rejects.toThrow(REASON[name]);
      });
    });
  }
});

const REASON = {
  expired: 'ERR_CERT_DATE_INVALID',
  'wrong-name': 'ERR_CERT_COMMON_NAME_INVALID',
  untrusted: 'ERR_CERT_AUTHORITY_INVALID',
} as const;
