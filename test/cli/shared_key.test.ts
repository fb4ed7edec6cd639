// --psk in both roles, in both versions, against openssl: who has the key needs no certificate; a wrong key or name is told for what
// it is, and the key itself is repeated nowhere.

import { beforeAll, describe, expect, test } from 'vitest';
import { describePeer } from '../peers/available.ts';
import { opensslClient, opensslServer } from '../peers/openssl.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { glasstls, type Served, startServe } from './command.ts';

const KEY = '8f0e1d2c3b4a59687786a5b4c3d2e1f0';
const OTHER = '0000000000000000000000000000000f';

let trust: Pki;

beforeAll(async () => {
  trust = await pki();
});

async function serving(args: readonly string[], body: (served: Served) => Promise<void>): Promise<string> {
  const { fullChainFile, keyFile } = trust.leaf('p256');
  const served = await startServe(['--cert', fullChainFile, '--key', keyFile, ...args]);
  try {
    await body(served);
  } finally {
    await served.end();
  }
  return served.log();
}

describePeer('openssl', 'with openssl', () => {
  test.each([
    ['1.3', []],
    ['1.2', ['--ciphers', 'ECDHE-PSK-CHACHA20-POLY1305']],
    ['1.2', ['--ciphers', 'PSK-AES256-GCM-SHA384']],
    ['1.2', ['--ciphers', 'DHE-PSK-AES128-GCM-SHA256']],
  ] as const)('s_server -psk, TLS %s %j', async (version, args) => {
    const server = await opensslServer({
      identity: trust.leaf('p256'),
      mode: 'www',
      args: ['-psk', KEY, '-psk_identity', 'bob', '-cipher', 'PSK:ALL'],
    });
    try {
      const url = `https://localhost:${server.port}/`;
      const { code, stderr } = await glasstls(['-v', '--tls-max', version, ...args, '--psk', `bob:${KEY}`, url]);
      expect(code, stderr).toBe(0);
      expect(stderr).toContain('Shared key: both sides have it (bob)');
      expect(stderr).not.toContain(', Certificate (11):');
      expect(stderr).not.toContain(KEY);
    } finally {
      await server.stop();
    }
  });

  test.each([
    ['TLSv1.3', []],
    ['TLSv1.2', ['-cipher', 'ECDHE-PSK-CHACHA20-POLY1305']],
  ] as const)('s_client -psk, %s', async (version, args) => {
    const log = await serving(['--psk', `bob:${KEY}`], async ({ port }) => {
      const { code, stdout } = await opensslClient({
        port,
        version,
        input: 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
        args: [...args, '-psk', KEY, '-psk_identity', 'bob'],
      });
      expect(code).toBe(0);
      expect(stdout.toString()).toContain('proved by: the shared key');
    });
    expect(log).toMatch(/by the shared key/);
    expect(log).not.toContain(KEY);
  });
});

describe('between connect and serve', () => {
  test('a name with colons and other scripts', async () => {
    await serving(['--psk', `urn:鲍勃:1:${KEY}`], async ({ port }) => {
      const { code, stderr } = await glasstls(['-v', '--psk', `urn:鲍勃:1:${KEY}`, `https://localhost:${port}/`]);
      expect(code).toBe(0);
      expect(stderr).toContain('both sides have it (urn:鲍勃:1)');
    });
  });

  test('a name that the server does not know: the certificate serves', async () => {
    const log = await serving(['--psk', `bob:${KEY}`], async ({ port }) => {
      const url = `https://localhost:${port}/`;
      const { code, stderr } = await glasstls(['-v', '--psk', `eve:${KEY}`, '--cacert', trust.caFile, url]);
      expect(code, stderr).toBe(0);
      expect(stderr).toContain('Shared key: the server went on without it');
      expect(stderr).toContain(', CERT verify (15):');
    });
    expect(log).not.toContain('by the shared key');
  });

  test.each([
    ['1.3', [], 'decrypt_error', /does not hold the key that it offers/],
    ['1.2', ['--ciphers', 'PSK'], 'bad_record_mac', /could not be decrypted/],
  ] as const)('a wrong key, TLS %s', async (version, args, alert, theirs) => {
    const log = await serving(['--psk', `bob:${KEY}`], async ({ port }) => {
      const flags = ['--tls-max', version, ...args, '--psk', `bob:${OTHER}`];
      const { code, stderr } = await glasstls([...flags, `https://localhost:${port}/`]);
      expect(code).toBe(35);
      expect(stderr).toContain(alert);
      expect(stderr.replaceAll(/\n +/g, ' ')).toContain('Identity and key of --psk have to be the same on both sides');
      expect(stderr).not.toContain(OTHER);
    });
    expect(log).toMatch(theirs);
  });

  test('an unknown name in TLS 1.2', async () => {
    await serving(['--psk', `bob:${KEY}`], async ({ port }) => {
      const flags = ['--tls-max', '1.2', '--ciphers', 'PSK', '--psk', `eve:${KEY}`, '--lang', 'zh'];
      const { code, stderr } = await glasstls([...flags, `https://localhost:${port}/`]);
      expect(code).toBe(35);
      expect(stderr).toContain('unknown_psk_identity');
    });
  });
});
