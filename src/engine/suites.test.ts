import { describe, expect, it } from 'vitest';
import type { CryptoProvider } from '../crypto/provider.ts';
import { SUITES, type Suite } from '../crypto/suites.ts';
import { nobleProvider } from '../providers/noble.ts';
import { nodeProvider } from '../providers/node.ts';
import { suiteName } from '../wire/registry/cipher_suites.ts';
import type { CommonOptions } from './options.ts';
import { namedSuites } from './suite_names.ts';
import { resolveSuites } from './suites.ts';

const V12 = 0x0303;
const V13 = 0x0304;
const resolve = (
  options: Partial<CommonOptions> = {},
  from: typeof V12 | typeof V13 = V12,
  to: typeof V12 | typeof V13 = V13,
) => {
  const all = { provider: nodeProvider, ...options };
  return resolveSuites(all, namedSuites(all).named, from, to);
};
const names = (suites: readonly Suite[]): string[] => suites.map(({ id }) => suiteName(id) ?? String(id));
const refused = (options: Partial<CommonOptions>, problem: RegExp): void => {
  expect(() => resolve(options)).toThrow(
    expect.objectContaining({ code: 'ERR_TLS_CONFIG', message: expect.stringMatching(problem) }),
  );
};
const DHE = 'TLS_DHE_RSA_WITH_AES_128_GCM_SHA256';
const CCM = 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM';
const ECDHE = 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256';

describe.each([nodeProvider, nobleProvider])('by default, on $name', (provider) => {
  it('forward secret AEAD suites of certificates, and nothing that must be named, permitted or shared', () => {
    const suites = resolve({ provider });
    expect(names(suites.filter(({ version }) => version === 'tls13')).length).toBe(3);
    for (const suite of suites) {
      expect([suite.legacy, suite.named, suite.aead !== undefined]).toEqual([false, false, true]);
      if (suite.version === 'tls12')
        expect([suite.keyExchange, suite.authentication === 'psk']).toEqual(['ecdhe', false]);
    }
    expect(suites.length).toBe(9);
  });

  it('in the order of what the provider is fast at, TLS 1.3 first', () => {
    const suites = resolve({ provider });
    const places = (version: string): number[] =>
      suites.filter((one) => one.version === version).map(({ aead }) => provider.aeads.indexOf(aead as never));
    for (const version of ['tls13', 'tls12'])
      expect(places(version)).toEqual(places(version).toSorted((a, b) => a - b));
    expect(suites.findIndex(({ version }) => version === 'tls12')).toBe(3);
  });

  it('only of the versions that are spoken', () => {
    expect(resolve({ provider }, V13, V13).every(({ version }) => version === 'tls13')).toBe(true);
    expect(resolve({ provider }, V12, V12).every(({ version }) => version === 'tls12')).toBe(true);
  });
});

describe('what is permitted', () => {
  it('legacy adds RSA key exchange and CBC, after everything else', () => {
    const suites = resolve({ legacy: true });
    const first = suites.findIndex(({ legacy }) => legacy);
    expect(suites.slice(0, first)).toEqual(resolve());
    expect(suites.slice(first).every(({ legacy }) => legacy)).toBe(true);
    expect(names(suites)).toContain('TLS_RSA_WITH_AES_256_CBC_SHA');
    expect(suites.some(({ named }) => named)).toBe(false);
  });

  it('psk adds the suites of shared keys, ECDHE before the plain ones, legacy ones only with legacy', () => {
    const shared = resolve({ psk: true }).filter((one) => one.version === 'tls12' && one.authentication === 'psk');
    expect(shared.map((one) => one.version === 'tls12' && one.keyExchange)).toEqual([
      'ecdhe_psk',
      'ecdhe_psk',
      'ecdhe_psk',
      'psk',
      'psk',
      'psk',
    ]);
    expect(names(resolve({ psk: true, legacy: true }))).toContain('TLS_PSK_WITH_AES_128_CBC_SHA256');
  });

  it('what it is not is refused by name, and says what is missing', () => {
    refused({ cipherSuites: ['TLS_RSA_WITH_AES_128_GCM_SHA256'] }, /legacy suite.*set legacy/);
    refused({ cipherSuites: ['TLS_PSK_WITH_AES_128_GCM_SHA256'] }, /needs a shared key; set psk/);
    refused({ cipherSuites: ['TLS_PSK_WITH_AES_128_CBC_SHA'], psk: true }, /legacy suite/);
    refused({ cipherSuites: ['TLS_NO_SUCH_SUITE'] }, /there is no cipher suite named "TLS_NO_SUCH_SUITE"/);
    refused({ cipherSuites: ['TLS_RSA_WITH_RC4_128_SHA'] }, /is not supported/);
    const poor: CryptoProvider = {
      ...nodeProvider,
      name: 'poor',
      aeads: ['aes-128-gcm'],
      groups: ['x25519'],
      cbcs: [],
    };
    refused({ provider: poor, cipherSuites: ['TLS_CHACHA20_POLY1305_SHA256'] }, /provider poor cannot run/);
    refused({ provider: poor, cipherSuites: [DHE] }, /provider poor cannot run/);
    refused(
      { provider: poor, cipherSuites: ['TLS_RSA_WITH_AES_128_CBC_SHA'], legacy: true },
      /provider poor cannot run/,
    );
    refused({ provider: { ...poor, aeads: [] } }, /no cipher suite is left/);
    refused({ provider: { ...nodeProvider, hashes: [] } }, /no cipher suite is left/);
  });
});

describe('by name', () => {
  it('in the order given; a version of which none is named keeps its default', () => {
    const cipherSuites = [ECDHE, 'TLS_AES_256_GCM_SHA384', DHE];
    expect(names(resolve({ cipherSuites }))).toEqual(['TLS_AES_256_GCM_SHA384', ECDHE, DHE]);
    const only12 = resolve({ cipherSuites: [CCM] });
    expect(names(only12.filter(({ version }) => version === 'tls12'))).toEqual([CCM]);
    expect(only12.filter(({ version }) => version === 'tls13')).toEqual(resolve({}, V13, V13));
    expect(resolve({ cipherSuites: [] })).toEqual(resolve());
    // Of a version that is not spoken, nothing is left of the name.
    expect(resolve({ cipherSuites: ['TLS_AES_256_GCM_SHA384'] }, V12, V12)).toEqual(resolve({}, V12, V12));
  });

  it('OpenSSL has names of its own for the same suites', () => {
    expect(names(resolve({ cipherSuites: ['ECDHE-RSA-AES128-GCM-SHA256'] }, V12, V12))).toEqual([ECDHE]);
  });

  it('every suite that the provider runs can be named', () => {
    for (const suite of SUITES) {
      if (suite.aead !== undefined && !nodeProvider.aeads.includes(suite.aead)) continue;
      const cipherSuites = [suiteName(suite.id) ?? ''];
      const version = suite.version === 'tls12' ? V12 : V13;
      expect(resolve({ cipherSuites, legacy: true, psk: true }, version, version)).toEqual([suite]);
    }
  });
});

describe("as OpenSSL's list", () => {
  it('chooses among what is permitted, DHE and CCM included; TLS 1.3 is chosen by name or keeps its default', () => {
    expect(names(resolve({ cipherSuites: 'DHE+AESGCM' }, V12, V12))).toEqual([
      'TLS_DHE_RSA_WITH_AES_256_GCM_SHA384',
      DHE,
    ]);
    expect(names(resolve({ cipherSuites: 'AESCCM:!DHE' }, V12, V12))).toContain(CCM);
    expect(resolve({ cipherSuites: 'ECDHE+AESGCM' }).filter(({ version }) => version === 'tls13').length).toBe(3);
    const named = resolve({ cipherSuites: 'TLS_AES_256_GCM_SHA384:ECDHE+CHACHA20' });
    expect(names(named)).toEqual([
      'TLS_AES_256_GCM_SHA384',
      'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
      'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
    ]);
    expect(resolve({ cipherSuites: 'TLS_AES_256_GCM_SHA384' }).filter(({ version }) => version === 'tls12')).toEqual(
      resolve({}, V12, V12),
    );
  });

  it('what it does not permit it does not choose, and a list that leaves nothing is refused', () => {
    expect(resolve({ cipherSuites: 'ALL' }).some(({ legacy }) => legacy)).toBe(false);
    expect(resolve({ cipherSuites: 'ALL', legacy: true }).some(({ legacy }) => legacy)).toBe(true);
    for (const list of ['kRSA', 'PSK', 'RC4', 'ALL:!ALL', 'TLS_AES_128_GCM_SHA256:kRSA', '!TLS_AES_128_GCM_SHA256']) {
      refused({ cipherSuites: list }, /no cipher suite/);
    }
    const without = 'TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:!TLS_AES_128_GCM_SHA256';
    expect(names(resolve({ cipherSuites: without }, V13, V13))).toEqual(['TLS_AES_256_GCM_SHA384']);
    refused({ cipherSuites: 'ECDHE+AESGMC' }, /did you mean/);
    expect(resolve({ cipherSuites: '' })).toEqual(resolve());
  });
});
