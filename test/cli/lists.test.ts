// --ciphers, --tls13-ciphers, --curves and --sigalgs: what they name is what goes out and what is agreed on, and a wrong name is
// met before anything is sent.

import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { groupsOf, schemesOf, suitesOf } from '../../src/cli/tls_names.ts';
import { namedSuites } from '../../src/engine/suite_names.ts';
import { nodeProvider } from '../../src/providers/node.ts';
import { suiteOpensslName } from '../../src/wire/registry/cipher_suites.ts';
import { describePeer } from '../peers/available.ts';
import { opensslServer } from '../peers/openssl.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { glasstls, startServe } from './command.ts';

let trust: Pki;

beforeAll(async () => {
  trust = await pki();
});

/** What a list of --ciphers offers of TLS 1.2. */
function offered(list: string, legacy = false): string[] {
  const cipherSuites = suitesOf(list, undefined, { legacy, psk: false });
  if (cipherSuites === undefined) throw new Error('no list');
  return namedSuites({ provider: nodeProvider, cipherSuites, legacy }).named.map(
    ({ id }) => suiteOpensslName(id) ?? '',
  );
}

describePeer('openssl', 'against openssl ciphers', () => {
  test.each([
    'ECDHE+AESGCM:!SHA1',
    'ECDHE-RSA-AES256-GCM-SHA384:ECDHE+AESGCM',
    'ECDHE+CHACHA20:ECDHE+AESGCM:DHE+AESGCM:!aNULL:!MD5:!DSS',
    'ECDHE:!SHA1:!SHA256:!SHA384:!AESCCM:!ARIA:+AES128',
    'HIGH:!aNULL:!kRSA:!PSK:!SRP:!DHE:!CAMELLIA:!ARIA:!AESCCM:!SHA1:!SHA256:!SHA384:@STRENGTH',
  ])('%s', (list) => {
    const said = execFileSync('openssl', ['ciphers', '-tls1_2', '-s', '-v', list], { encoding: 'latin1' });
    const theirs = said
      .split('\n')
      .map((line) => line.split(' ')[0] ?? '')
      .filter((name) => name !== '' && !name.startsWith('TLS_'));
    expect(offered(list)).toEqual(theirs);
  });
});

describe('in lists', () => {
  test('what needs --legacy is left out of a list that has more, and refused alone', () => {
    expect(offered('AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256')).toEqual(['ECDHE-RSA-AES128-GCM-SHA256']);
    expect(offered('AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256', true)).toEqual([
      'AES128-GCM-SHA256',
      'ECDHE-RSA-AES128-GCM-SHA256',
    ]);
    expect(() => offered('AES128-GCM-SHA256')).toThrow(/no forward secrecy/);
  });

  test('suites of TLS 1.3 stand where they stood, those of --tls13-ciphers first', () => {
    const leave = { legacy: false, psk: false };
    expect(suitesOf('TLS_AES_256_GCM_SHA384:ECDHE+AESGCM', 'TLS_CHACHA20_POLY1305_SHA256', leave)).toBe(
      'TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384:ECDHE+AESGCM',
    );
    expect(suitesOf(undefined, undefined, leave)).toBeUndefined();
  });

  test('groups and schemes in every spelling', () => {
    expect(groupsOf('p-256:prime256v1:SECP384R1:x448:FFDHE3072:x25519mlkem768')).toEqual([
      ...['secp256r1', 'secp256r1', 'secp384r1', 'x448', 'ffdhe3072', 'X25519MLKEM768'],
    ]);
    expect(schemesOf('RSA-PSS+SHA256:ecdsa+SHA384:Ed25519:rsa_pkcs1_sha512:PSS+SHA256')).toBe(
      'rsa_pss_rsae_sha256:ecdsa_secp384r1_sha384:ed25519:rsa_pkcs1_sha512',
    );
  });
});

describePeer('openssl', 'on the wire', () => {
  test.each([
    [
      ['--tls-max', '1.2', '--ciphers', 'ECDHE+CHACHA20'],
      /SSL connection using TLSv1\.2 \/ ECDHE-RSA-CHACHA20-POLY1305/,
    ],
    [['--tls-max', '1.2', '--ciphers', 'kDHE+AESGCM'], /TLSv1\.2 \/ DHE-RSA-AES256-GCM-SHA384/],
    [['--tls13-ciphers', 'TLS_AES_128_CCM_SHA256'], /TLSv1\.3 \/ TLS_AES_128_CCM_SHA256/],
    [['--curves', 'ffdhe3072:P-256'], /\/ ffdhe3072 \//],
    [['--curves', 'X448', '--provider', 'noble'], /\/ x448 \//],
    [['--sigalgs', 'RSA-PSS+SHA512'], /TLSv1\.3/],
  ] as const)('%j', async (args, pattern) => {
    const suites = ['-cipher', 'ALL', '-ciphersuites', 'TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256'];
    const server = await opensslServer({
      identity: trust.leaf('rsa'),
      mode: 'www',
      args: [...suites, '-groups', 'X25519:P-256:X448:ffdhe3072'],
    });
    try {
      const url = `https://localhost:${server.port}/`;
      const { code, stderr, stdout } = await glasstls(['-v', ...args, '--cacert', trust.caFile, url]);
      expect(code, stderr).toBe(0);
      expect(stderr).toMatch(pattern);
      if (args[0] === '--sigalgs') expect(stdout).toMatch(/Shared Signature Algorithms: RSA-PSS\+SHA512$/m);
    } finally {
      await server.stop();
    }
  });
});

describe('X25519MLKEM768', () => {
  test('between connect and serve, with whichever ML-KEM there is', async () => {
    const { fullChainFile, keyFile } = trust.leaf('p256');
    const served = await startServe(['--cert', fullChainFile, '--key', keyFile, '--curves', 'X25519MLKEM768']);
    try {
      const args = ['--curves', 'X25519MLKEM768', '--cacert', trust.caFile, `https://localhost:${served.port}/`];
      for (const more of [[], ['--provider', 'noble']]) {
        const { code, stdout, stderr } = await glasstls([...more, ...args]);
        expect(code, stderr).toBe(0);
        expect(stdout).toContain('key exchange: X25519MLKEM768');
      }
    } finally {
      await served.end();
    }
  });
});
