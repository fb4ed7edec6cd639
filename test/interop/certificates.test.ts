// The test PKI is written by our own certificate writer. Here openssl and GnuTLS read it by themselves, at their
// strictest, so that a fault of the writer is not hidden by a handshake that happens to succeed.

import { beforeAll, expect, test } from 'vitest';
import { describePeer } from '../peers/available.ts';
import { type KeyKind, type Pki, pki, type Refused } from '../peers/pki.ts';
import { type RunResult, run } from '../peers/process.ts';

const KINDS: readonly KeyKind[] = ['rsa', 'p256', 'p384', 'p521', 'ed25519', 'rsa-pss'];

let ca: Pki;
beforeAll(async () => {
  ca = await pki();
});

describePeer('openssl', 'our certificates, read by openssl', () => {
  const verify = (name: KeyKind | Refused, ...args: string[]): Promise<RunResult> => {
    const { certFile, chainFile } = ca.leaf(name);
    return run('openssl', [
      ...['verify', '-x509_strict', '-check_ss_sig', '-no-CApath', '-CAfile', ca.caFile, '-untrusted', chainFile],
      ...[...args, certFile],
    ]);
  };

  for (const kind of KINDS) {
    test(`-x509_strict accepts ${kind}, for servers and clients, by name and by address`, async () => {
      expect(await verify(kind, '-purpose', 'sslserver', '-verify_hostname', 'localhost')).toMatchObject({ code: 0 });
      expect(await verify(kind, '-purpose', 'sslclient', '-verify_ip', '127.0.0.1')).toMatchObject({ code: 0 });
    });
  }

  for (const [name, reason, ...args] of [
    ['expired', 'certificate has expired'],
    ['untrusted', 'unable to get local issuer certificate'],
    ['wrong-name', 'hostname mismatch', '-verify_hostname', 'localhost'],
  ] as const) {
    test(`refuses ${name}: ${reason}`, async () => {
      const result = await verify(name, ...args);
      expect(result.code).not.toBe(0);
      expect(result.stderr).toContain(reason);
    });
  }

  test('our certificates are DER that openssl writes again byte for byte', async () => {
    for (const kind of KINDS) {
      const { certFile, cert } = ca.leaf(kind);
      expect((await run('openssl', ['x509', '-in', certFile])).stdout.toString()).toBe(cert);
    }
  });
});

describePeer('gnutls', 'our certificates, read by certtool', () => {
  const verify = (name: KeyKind | Refused): Promise<RunResult> => {
    const { fullChain } = ca.leaf(name);
    return run('certtool', ['--verify', '--verify-hostname', 'localhost', '--load-ca-certificate', ca.caFile], {
      input: fullChain,
    });
  };

  test.each(KINDS)('accepts %s', async (kind) => {
    expect(await verify(kind)).toMatchObject({ code: 0 });
  });

  test.each(['expired', 'untrusted', 'wrong-name'] as const)('refuses %s', async (name) => {
    expect((await verify(name)).code).not.toBe(0);
  });
});
