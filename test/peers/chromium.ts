// Debian's Chromium as a client, driven by playwright-core. Its home is fresh, and the NSS database in it trusts the test
// CA: certificate errors are never switched off, so a page that loads has been verified.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { runOk } from './process.ts';
import { scratch } from './run_dir.ts';
import { groupFrom, type Negotiated } from './vocabulary.ts';

export interface Visit extends Negotiated {
  readonly title: string;
  /** The text of the page. */
  readonly text: string;
  readonly status: number;
  /** `h2`, `http/1.1`, as Chromium names what it spoke. */
  readonly httpVersion: string;
  /** Chromium's own words: `TLS 1.2`, `ECDHE_RSA`, `AES_128_GCM`. `keyExchange` is empty under TLS 1.3. */
  readonly security: {
    readonly protocol: string;
    readonly keyExchange: string;
    readonly keyExchangeGroup?: string;
    readonly cipher: string;
    readonly subjectName: string;
    readonly issuer: string;
  };
}

export interface ChromiumPeer {
  readonly version: string;
  /** Loads a page. @throws Error with Chromium's reason, such as net::ERR_CERT_AUTHORITY_INVALID */
  visit(url: string): Promise<Visit>;
  /** Loads pages one after the other, with the memory of one visitor. */
  visits(urls: readonly string[]): Promise<Visit[]>;
  stop(): Promise<void>;
}

export const CHROMIUM = '/usr/bin/chromium';

/** Starts the browser (about a second); one for a whole test file is enough, since visits share nothing. */
export async function startChromium(caFile: string): Promise<ChromiumPeer> {
  const home = scratch('chromium');
  const nss = join(home, '.pki', 'nssdb');
  mkdirSync(nss, { recursive: true });
  await runOk('certutil', ['-d', `sql:${nss}`, '-N', '--empty-password']);
  await runOk('certutil', ['-d', `sql:${nss}`, '-A', '-n', 'glasstls test root', '-t', 'C,,', '-i', caFile]);
  const { XDG_DATA_HOME: _data, XDG_CONFIG_HOME: _config, XDG_CACHE_HOME: _cache, ...env } = process.env;
  // Imported late: most test files that ask which peers there are never start a browser.
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    timeout: 30_000,
    env: { ...definedOnly(env), HOME: home },
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', '--no-proxy-server', '--disable-dev-shm-usage'],
    ],
  });
  return {
    version: browser.version(),
    visit: async (url) => {
      const [only] = await visits(browser, [url]);
      if (only === undefined) throw new Error('one page is one visit');
      return only;
    },
    visits: (urls) => visits(browser, urls),
    stop: () => browser.close(),
  };
}

async function visits(browser: Browser, urls: readonly string[]): Promise<Visit[]> {
  const context = await browser.newContext();
  try {
    const all: Visit[] = [];
    for (const url of urls) all.push(await visit(context, url));
    return all;
  } finally {
    await context.close();
  }
}

async function visit(context: BrowserContext, url: string): Promise<Visit> {
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  const seen = new Promise<Pick<Visit, 'status' | 'httpVersion' | 'security'>>((resolve) => {
    devtools.on('Network.responseReceived', ({ type, response }) => {
      const { securityDetails: security, status, protocol = '' } = response;
      if (type === 'Document' && security) resolve({ status, httpVersion: protocol, security });
    });
  });
  await page.goto(url, { timeout: 20_000, waitUntil: 'load' });
  const { status, httpVersion, security } = await seen;
  return {
    title: await page.title(),
    text: (await page.locator('body').textContent()) ?? '',
    status,
    httpVersion,
    security,
    version: security.protocol.replace('TLS ', 'TLSv'),
    suite: suiteFromChromium(security),
    group: groupFrom(security.keyExchangeGroup),
    alpn: httpVersion,
  };
}

// `AES_128_GCM` names no hash; GCM suites with 256-bit keys use SHA-384, all others in use here SHA-256.
function suiteFromChromium(security: Visit['security']): string {
  const hash = security.cipher === 'AES_256_GCM' ? 'SHA384' : 'SHA256';
  const exchange = security.keyExchange === '' ? '' : `${security.keyExchange}_WITH_`;
  return `TLS_${exchange}${security.cipher}_${hash}`;
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined));
}
