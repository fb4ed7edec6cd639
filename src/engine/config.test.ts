import { describe, expect, it } from 'vitest';
import type { CryptoProvider } from '../crypto/provider.ts';
import { nobleProvider } from '../providers/noble.ts';
import { nodeProvider } from '../providers/node.ts';
import { suiteName } from '../wire/registry/cipher_suites.ts';
import { TlsClient } from './client.ts';
import { resolveClient, resolveServer } from './config.ts';
import type { ClientOptions, ServerOptions } from './options.ts';
import { TlsServer } from './server.ts';

const refused: unknown = expect.objectContaining({ code: 'ERR_TLS_CONFIG', fault: 'local' });
const client = (options: Partial<ClientOptions> = {}) => resolveClient({ provider: nodeProvider, ...options });
const names = (config: ReturnType<typeof client>): (string | undefined)[] =>
  config.suites.map((suite) => suiteName(suite.id));

describe('what cannot work is refused at once', () => {
  const WRONG: Readonly<Record<string, Partial<ClientOptions>>> = {
    'versions upside down': { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' },
    'a version that does not exist': { minVersion: 'TLSv1.1' as never },
    'a suite that does not exist': { cipherSuites: ['TLS_NONSENSE'] },
    'a suite that is not supported': { cipherSuites: ['TLS_RSA_WITH_RC4_128_MD5'] },
    'RSA key exchange without legacy': { cipherSuites: ['TLS_RSA_WITH_AES_128_GCM_SHA256'] },
    'a scheme that does not exist': { signatureSchemes: ['rsa_pkcs1_md5'] },
    'no group of the provider': { groups: ['sect283k1' as never] },
    'a key share outside of the groups': { groups: ['x25519'], keyShares: ['secp256r1'] },
    'an empty protocol name': { alpn: [''] },
    'a protocol name of 256 bytes': { alpn: ['a'.repeat(256)] },
    'a host name with a space': { serverName: 'a b' },
    'a session that is no bytes': { session: 'abc' as never },
    'a session binding of 256 bytes': { sessionBinding: new Uint8Array(256) },
    'a host name that is not ASCII': { serverName: 'münchen.example' },
  };

  it.each(Object.keys(WRONG))('%s', (what) => {
    expect(() => new TlsClient({ provider: nodeProvider, ...WRONG[what] })).toThrow(refused as Error);
  });

  it('a suite that the provider cannot run, and no suite at all', () => {
    const poor: CryptoProvider = { ...nodeProvider, aeads: ['aes-128-gcm'] };
    expect(() => client({ provider: poor, cipherSuites: ['TLS_CHACHA20_POLY1305_SHA256'] })).toThrow(refused as Error);
    expect(() => client({ provider: { ...nodeProvider, aeads: [] } })).toThrow(refused as Error);
  });

  it('a server without credentials, unless it asks for them; a credential without a chain', () => {
    expect(() => new TlsServer({ provider: nodeProvider, credentials: [] })).toThrow(refused as Error);
    expect(resolveServer({ provider: nodeProvider, credentials: [], askHello: true }).asksHello).toBe(true);
    const key = { kind: 'ed25519', key: new Uint8Array(32) } as const;
    const credentials = [{ chain: [], key }];
    expect(() => new TlsServer({ provider: nodeProvider, credentials })).toThrow(refused as Error);
  });

  it('ticket keys of a wrong length, and sessions that live no time or too long', () => {
    const server = (options: Partial<ServerOptions>) => (): unknown =>
      resolveServer({ provider: nodeProvider, credentials: [], askHello: true, ...options });
    const [name, key] = [new Uint8Array(16), new Uint8Array(32)];
    expect(server({ ticketKeys: [{ name, key }], sessionLifetime: 86_400 })).not.toThrow();
    for (const wrong of [
      { name: key, key },
      { name, key: name },
    ]) {
      expect(server({ ticketKeys: [{ name, key }, wrong] })).toThrow(refused as Error);
    }
    for (const sessionLifetime of [0, -1, 1.5, 86_401, Number.NaN]) {
      expect(server({ sessionLifetime })).toThrow(refused as Error);
    }
  });
});

describe('defaults', () => {
  it('both versions, no suite without forward secrecy, AES first on node and ChaCha20 first on noble', () => {
    const node = client();
    expect([node.minVersion, node.maxVersion]).toEqual([0x0303, 0x0304]);
    expect(names(node).some((name) => name?.startsWith('TLS_RSA_'))).toBe(false);
    expect(names(node)[0]).toBe('TLS_AES_128_GCM_SHA256');
    expect(names(client({ provider: nobleProvider }))[0]).toBe('TLS_CHACHA20_POLY1305_SHA256');
  });

  it('legacy adds the CBC suites and then RSA key exchange at the end, AEAD before CBC', () => {
    const modern = names(client({}));
    const all = names(client({ legacy: true }));
    expect(all.slice(0, modern.length)).toEqual(modern);
    const added = all.slice(modern.length);
    expect(added.slice(0, 2)).toEqual([
      'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256',
      'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256',
    ]);
    expect(added.slice(-6)).toEqual([
      'TLS_RSA_WITH_AES_128_GCM_SHA256',
      'TLS_RSA_WITH_AES_256_GCM_SHA384',
      'TLS_RSA_WITH_AES_128_CBC_SHA256',
      'TLS_RSA_WITH_AES_256_CBC_SHA256',
      'TLS_RSA_WITH_AES_128_CBC_SHA',
      'TLS_RSA_WITH_AES_256_CBC_SHA',
    ]);
  });

  it('naming suites of one version keeps the defaults of the other; both spellings are understood', () => {
    const named = names(client({ cipherSuites: ['ECDHE-RSA-AES128-GCM-SHA256'] }));
    expect(named).toEqual([...names(client({ minVersion: 'TLSv1.3' })), 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256']);
  });

  it('RFC 6066 3: an IP address is verified and never sent; a trailing dot is not sent', () => {
    expect([client({ serverName: '192.0.2.1' }).sniName, client({ serverName: '2001:db8::1' }).sniName]).toEqual([
      undefined,
      undefined,
    ]);
    expect(client({ serverName: 'example.org.' }).sniName).toBe('example.org');
    expect(client({ serverName: 'example.org', sendServerName: false })).toMatchObject({
      sniName: undefined,
      serverName: 'example.org',
    });
  });

  it('RFC 7301 3.1: a protocol name may hold any byte above the control characters', () => {
    const events = new TlsClient({ provider: nodeProvider, alpn: ['\u00ff\u0080'] }).start();
    expect(events.map((event) => event.type)).toEqual(['send']);
  });
});
