// One client against openssl s_server in the configurations in which TLS clients written in JavaScript are compared: the
// suites that TLS 1.2 servers still have, by key, group and suite alone, mutual TLS, and TLS 1.3 likewise.

import { beforeAll, expect } from 'vitest';
import { describePeer } from '../peers/available.ts';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import type { KeyKind, Pki } from '../peers/pki.ts';
import { pki } from '../peers/pki.ts';
import type { Group, Pins, Suite, Version } from '../peers/vocabulary.ts';
import { cellsOf } from './cells.ts';
import { glassClient } from './glass.ts';
import { startServer } from './peer_servers.ts';
import { withPeer } from './support.ts';

interface Configuration {
  readonly title: string;
  readonly version: Version;
  readonly leaf: KeyKind;
  readonly suite?: Suite;
  readonly group?: Group;
  readonly mutual?: true;
  /** Why our client has to be told: RSA key exchange and CBC are legacy, DHE must be named, X448 is no default. */
  readonly told?: 'legacy' | 'named' | 'group';
}

const CONFIGURATIONS: readonly Configuration[] = [
  tls12('TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'),
  tls12('TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'),
  tls12('TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256'),
  tls12('TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA', 'rsa', 'legacy'),
  tls12('TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384', 'rsa', 'legacy'),
  tls12('TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'p256'),
  { title: '1.2 P-384 only', version: 'TLSv1.2', leaf: 'rsa', group: 'secp384r1' },
  tls12('TLS_RSA_WITH_AES_128_CBC_SHA', 'rsa', 'legacy'),
  tls12('TLS_RSA_WITH_AES_256_CBC_SHA', 'rsa', 'legacy'),
  tls12('TLS_RSA_WITH_AES_128_GCM_SHA256', 'rsa', 'legacy'),
  tls12('TLS_DHE_RSA_WITH_AES_128_GCM_SHA256', 'rsa', 'named'),
  tls12('TLS_DHE_RSA_WITH_AES_128_CBC_SHA', 'rsa', 'legacy'),
  { title: '1.2 mutual', version: 'TLSv1.2', leaf: 'rsa', mutual: true },
  ...(['rsa', 'p256', 'p384', 'ed25519'] as const).map(
    (leaf) => ({ title: `1.3 default, ${leaf} key`, version: 'TLSv1.3', leaf }) as const,
  ),
  { title: '1.3 AES-256-GCM only', version: 'TLSv1.3', leaf: 'rsa', suite: 'TLS_AES_256_GCM_SHA384' },
  { title: '1.3 CHACHA20 only', version: 'TLSv1.3', leaf: 'rsa', suite: 'TLS_CHACHA20_POLY1305_SHA256' },
  { title: '1.3 P-384 only', version: 'TLSv1.3', leaf: 'rsa', group: 'secp384r1' },
  { title: '1.3 P-521 only', version: 'TLSv1.3', leaf: 'rsa', group: 'secp521r1' },
  { title: '1.3 X448 only', version: 'TLSv1.3', leaf: 'rsa', group: 'x448', told: 'group' },
  { title: '1.3 mutual', version: 'TLSv1.3', leaf: 'rsa', mutual: true },
];

const { one } = cellsOf('client', ['openssl', 'nginx', 'gnutls', 'node:tls']);
const elsewhere = 'these configurations are compared against openssl; the peer has rows of its own for each feature';
let ca: Pki;

beforeAll(async () => {
  ca = await pki();
});
printMatrixAfterAll();

describePeer('openssl', 'configurations of JavaScript clients', () => {
  one('openssl', 'configuration: 1.1 AES128-SHA', async () => {}, {
    not: 'glasstls speaks TLS 1.2 and 1.3; RFC 8996 forbids TLS 1.1',
    elsewhere: 'glasstls speaks TLS 1.2 and 1.3; RFC 8996 forbids TLS 1.1',
  });
  for (const row of CONFIGURATIONS) {
    const { title, version, leaf, suite, group, mutual, told } = row;
    one(
      'openssl',
      `configuration: ${title}`,
      async (provider) => {
        const pins: Pins = { version, ...(suite && { suites: [suite] }), ...(group && { groups: [group] }) };
        const asking = { clientCert: 'require', clientCa: { pem: ca.ca, file: ca.caFile } } as const;
        await withPeer(
          startServer('openssl', { identity: ca.leaf(leaf), ...pins, ...(mutual && asking) }),
          async (server) => {
            const connection = await glassClient({
              port: server.port,
              ca: ca.ca,
              provider,
              ...(mutual && { identity: ca.leaf('rsa') }),
              ...(told === 'legacy' && { legacy: true }),
              ...((told === 'named' || suite?.includes('_DHE_')) && suite && { suites: [suite] }),
              ...(told === 'group' && group && { groups: [group] }),
            });
            expect(connection).toMatchObject({ protocol: version, authorized: true });
            if (suite) expect(connection.cipher).toBe(suite);
            if (group) expect(connection.group).toBe(group);
            const { client } = await server.exchange(connection);
            expect(client !== undefined).toBe(mutual === true);
          },
        );
      },
      { elsewhere },
    );
  }
});

function tls12(suite: Suite, leaf: KeyKind = 'rsa', told?: 'legacy' | 'named'): Configuration {
  const title = `1.2 ${suite.replace(/^TLS_/, '').replace('_WITH_', ' ')}`;
  return { title, version: 'TLSv1.2', leaf, suite, ...(told && { told }) };
}
