// Writes docs/node-tls.md from the table of entries, after proving that the table names every key of the running node:tls and
// every method of its classes. `--check` compares instead of writing. Usage: node scripts/node_tls_doc.mjs [--check]

import { readFileSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { resolve } from 'node:path';
import { argv, exit } from 'node:process';
import tls from 'node:tls';
import { pathToFileURL } from 'node:url';
import { INTERNAL, ROWS, SECTIONS } from './node_tls_table.mjs';

const PAGE = resolve(import.meta.dirname, '../docs/node-tls.md');

/** Names of node:tls that no row of the table has. */
export function forgotten() {
  const named = new Set(ROWS.map(({ name }) => name));
  const classes = [tls.TLSSocket.prototype, tls.Server.prototype, Socket.prototype];
  const all = [...Object.keys(tls), ...classes.flatMap((one) => Object.getOwnPropertyNames(one))];
  return [...new Set(all)].filter((name) => !INTERNAL.test(name) && !named.has(name));
}

export function page() {
  const count = (verdict) => ROWS.filter((row) => row.verdict === verdict).length;
  return [
    '# glasstls/node beside node:tls',
    '',
    'Made by `node scripts/node_tls_doc.mjs` from the keys and prototypes of node:tls and its documented options and events.',
    `Of ${ROWS.length} entries ${count('same')} are the same, ${count('differs')} differ and ${count('absent')} are absent.`,
    '`same` means that a test runs one program with both modules and compares what comes out (test/node/scenarios_*.ts).',
    '',
    ...SECTIONS.flatMap(({ title, rows }) => [
      `## ${title}`,
      '',
      '| entry | verdict | why, or what to know |',
      '|---|---|---|',
      ...rows.map(({ name, verdict, note }) => `| ${name} | ${verdict} | ${note} |`),
      '',
    ]),
    '## Beyond node:tls',
    '',
    '| what | where |',
    '|---|---|',
    ...BEYOND.map(([what, where]) => `| ${what} | ${where} |`),
    '',
  ].join('\n');
}

const BEYOND = [
  [
    'everything that happens, as objects while it happens',
    'event `trace` of a socket and of a server; option `observe`',
  ],
  ['what a fault was, whose it was, the certificate, both values', '`err.tls`'],
  ['the chain exactly as it was sent', '`socket.peerChain`'],
  ['whether a client certificate was asked for, and for which authorities', '`socket.getCertificateRequest()`'],
  ['the group and the signature scheme that were agreed on', '`socket.getGroup()`, `socket.getSignatureScheme()`'],
  ['everything that was agreed on', '`socket.agreement`'],
  ['how the chain was judged, with every path that was tried', '`socket.judgement`'],
  ['early data (0-RTT)', 'options `earlyData` and `maxEarlyData`, event `earlyData`'],
  [
    'what the ClientHello says: suites, groups and extensions in order, GREASE, padding, key shares',
    '`ciphers`, `ecdhCurve`, `sigalgs`; option `hello`: `extensionOrder`, `permuteExtensions`, `grease`, `padding`, `keyShares` ...',
  ],
  ['private keys that are elsewhere', '`key`: an object whose `sign` returns a promise'],
  [
    'channel bindings, keys renewed, certificates asked for later',
    '`getChannelBinding`, `updateKeys`, `requestCertificate`',
  ],
  ['pins, and which certificates are good enough', 'options `pins` and `policy`'],
  ['an https.Agent whose connections are ours', '`Agent`'],
  ['HTTP servers', '`createHttpsServer`, `createHttp2SecureServer`'],
];

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) {
  const missing = forgotten();
  if (missing.length > 0) {
    console.error(`node:tls has what the table does not name: ${missing.join(', ')}`);
    exit(1);
  }
  if (!argv.includes('--check')) writeFileSync(PAGE, page());
  else if (readFileSync(PAGE, 'utf8') !== page()) {
    console.error('docs/node-tls.md is out of date: run node scripts/node_tls_doc.mjs');
    exit(1);
  }
}
