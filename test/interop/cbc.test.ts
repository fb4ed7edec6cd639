// The CBC suites of the legacy policy against openssl, both roles, with encrypt_then_mac (RFC 7366) and without: the order of MAC
// and encryption is openssl's to refuse (`-no_etm`), so that both of ours meet a peer that is not ours.

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { beforeAll, expect } from 'vitest';
import { connect, createServer } from '../../src/node/index.ts';
import { nobleProvider } from '../../src/providers/noble.ts';
import { nodeProvider } from '../../src/providers/node.ts';
import { describePeer } from '../peers/available.ts';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { opensslClient, opensslServer } from '../peers/openssl.ts';
import { type KeyKind, type Pki, pki } from '../peers/pki.ts';
import { cellsOf } from './cells.ts';
import { until, withPeer } from './support.ts';

const PROVIDERS = { node: nodeProvider, noble: nobleProvider } as const;
const SUITES: readonly (readonly [openssl: string, leaf: KeyKind])[] = [
  ['AES128-SHA', 'rsa'],
  ['AES256-SHA', 'rsa'],
  ['AES128-SHA256', 'rsa'],
  ['AES256-SHA256', 'rsa'],
  ['ECDHE-RSA-AES128-SHA', 'rsa'],
  ['ECDHE-RSA-AES256-SHA', 'rsa'],
  ['ECDHE-RSA-AES128-SHA256', 'rsa'],
  ['ECDHE-RSA-AES256-SHA384', 'rsa'],
  ['ECDHE-ECDSA-AES128-SHA', 'p256'],
  ['ECDHE-ECDSA-AES256-SHA384', 'p256'],
];
const ORDERS = [
  { order: 'encrypt_then_mac', args: [] },
  { order: 'MAC-then-encrypt', args: ['-no_etm'] },
] as const;
const ELSEWHERE = { elsewhere: 'openssl alone can be told to refuse encrypt_then_mac' };

const client = cellsOf('client', ['openssl', 'nginx', 'gnutls', 'node:tls']);
const server = cellsOf('server', ['openssl', 'curl', 'gnutls', 'node:tls', 'chromium']);
let ca: Pki;

beforeAll(async () => {
  ca = await pki();
});
printMatrixAfterAll();

describePeer('openssl', 'CBC suites', () => {
  for (const [suite, leaf] of SUITES) {
    for (const { order, args } of ORDERS) {
      const feature = `1.2 ${suite}, ${order}`;
      const pins = { version: 'TLSv1.2' as const, args: ['-cipher', suite, ...args] };

      client.one(
        'openssl',
        feature,
        async (provider) => {
          await withPeer(opensslServer({ identity: ca.leaf(leaf), ...pins }), async (peer) => {
            const socket = connect({
              port: peer.port,
              host: '127.0.0.1',
              servername: 'localhost',
              ca: ca.ca,
              legacy: true,
              maxVersion: 'TLSv1.2',
              ciphers: suite,
              provider: PROVIDERS[provider],
            });
            await once(socket, 'secureConnect');
            expect(socket.getCipher()?.name).toBe(suite);
            peer.send(`${'down'.repeat(8000)}\n`);
            let got = 0;
            socket.on('data', (chunk: Buffer) => {
              got += chunk.length;
            });
            socket.write('up'.repeat(20_000));
            await until('both directions arrive', () => got === 32_001 && peer.received().length === 40_000);
            socket.destroy();
          });
        },
        ELSEWHERE,
      );

      server.one(
        'openssl',
        feature,
        async (provider) => {
          const { fullChain: cert, key } = ca.leaf(leaf);
          const ours = createServer({ cert, key, legacy: true, provider: PROVIDERS[provider] }, (socket) => {
            socket.on('error', () => {});
            socket.once('data', () => socket.end('answer '.repeat(5000)));
          });
          ours.listen(0, '127.0.0.1');
          await once(ours, 'listening');
          const { port } = ours.address() as AddressInfo;
          try {
            const result = await opensslClient({ port, caFile: ca.caFile, ...pins, input: 'question\n' });
            expect(result).toMatchObject({ code: 0, version: 'TLSv1.2' });
            expect(result.stdout.toString()).toBe('answer '.repeat(5000));
          } finally {
            ours.close();
          }
        },
        ELSEWHERE,
      );
    }
  }
});
