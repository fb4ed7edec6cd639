import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toHex } from '../bytes/bytes.ts';
import type { PrivateKey } from '../crypto/provider.ts';
import { nobleProvider } from '../providers/noble.ts';
import { generatePrivateKey, nodeProvider } from '../providers/node.ts';
import { tlsServerEndPoint } from './end_point.ts';
import { makeTestPki } from './make_pki.ts';

const signedBy = (generateKey: () => PrivateKey): Uint8Array => {
  const pki = makeTestPki({ provider: nodeProvider, now: Date.UTC(2026, 0, 1), generateKey });
  return pki.issue({ names: ['localhost'] }).der;
};
const hashed = (name: string, der: Uint8Array): string => createHash(name).update(der).digest('hex');

describe.each([nodeProvider, nobleProvider])('RFC 5929 4.1: tls-server-end-point, $name', (provider) => {
  const binding = (der: Uint8Array): string => toHex(tlsServerEndPoint(provider, der) ?? new Uint8Array(0));

  it.each([
    ['rsa', 'sha256', () => generatePrivateKey('rsa', 2048).privateKey],
    ['P-256', 'sha256', () => generatePrivateKey('ec', 'secp256r1').privateKey],
    ['P-384', 'sha384', () => generatePrivateKey('ec', 'secp384r1').privateKey],
  ] as const)('a certificate that an %s key signed: %s', (_key, hash, generateKey) => {
    const der = signedBy(generateKey);
    expect(binding(der)).toBe(hashed(hash, der));
  });

  it('Ed25519 names no hash function: no binding', () => {
    const der = signedBy(() => generatePrivateKey('ed25519').privateKey);
    expect(tlsServerEndPoint(provider, der)).toBeUndefined();
  });
});
