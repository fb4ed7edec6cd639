// The names of cipher suites, which are put together by rules: one suite for each rule and each exception, as IANA's registry
// and `openssl ciphers -V -stdname` print them.

import { describe, expect, it } from 'vitest';
import { suiteByName, suiteName, suiteOpensslName } from './cipher_suites.ts';

const ROWS: readonly (readonly [number, string, string])[] = [
  [0x0003, 'TLS_RSA_EXPORT_WITH_RC4_40_MD5', 'EXP-RC4-MD5'],
  [0x0005, 'TLS_RSA_WITH_RC4_128_SHA', 'RC4-SHA'],
  [0x0009, 'TLS_RSA_WITH_DES_CBC_SHA', 'DES-CBC-SHA'],
  [0x000a, 'TLS_RSA_WITH_3DES_EDE_CBC_SHA', 'DES-CBC3-SHA'],
  [0x0034, 'TLS_DH_anon_WITH_AES_128_CBC_SHA', 'ADH-AES128-SHA'],
  [0x003d, 'TLS_RSA_WITH_AES_256_CBC_SHA256', 'AES256-SHA256'],
  [0x0088, 'TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA', 'DHE-RSA-CAMELLIA256-SHA'],
  [0x008c, 'TLS_PSK_WITH_AES_128_CBC_SHA', 'PSK-AES128-CBC-SHA'],
  [0x00b3, 'TLS_DHE_PSK_WITH_AES_256_CBC_SHA384', 'DHE-PSK-AES256-CBC-SHA384'],
  [0x1301, 'TLS_AES_128_GCM_SHA256', 'TLS_AES_128_GCM_SHA256'],
  [0x5600, 'TLS_FALLBACK_SCSV', 'TLS_FALLBACK_SCSV'],
  [0xc015, 'TLS_ECDH_anon_WITH_NULL_SHA', 'AECDH-NULL-SHA'],
  [0xc01d, 'TLS_SRP_SHA_WITH_AES_128_CBC_SHA', 'SRP-AES-128-CBC-SHA'],
  [0xc022, 'TLS_SRP_SHA_DSS_WITH_AES_256_CBC_SHA', 'SRP-DSS-AES-256-CBC-SHA'],
  [0xc02b, 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  [0xc053, 'TLS_DHE_RSA_WITH_ARIA_256_GCM_SHA384', 'DHE-RSA-ARIA256-GCM-SHA384'],
  [0xc060, 'TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256', 'ECDHE-ARIA128-GCM-SHA256'],
  [0xc095, 'TLS_PSK_WITH_CAMELLIA_256_CBC_SHA384', 'PSK-CAMELLIA256-SHA384'],
  [0xc0aa, 'TLS_PSK_DHE_WITH_AES_128_CCM_8', 'DHE-PSK-AES128-CCM8'],
  [0xc0ad, 'TLS_ECDHE_ECDSA_WITH_AES_256_CCM', 'ECDHE-ECDSA-AES256-CCM'],
  [0xd005, 'TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256', 'TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256'],
  [0xcca8, 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-RSA-CHACHA20-POLY1305'],
];

describe('names of cipher suites', () => {
  it.each(ROWS)('%i is %s and %s', (number, iana, openssl) => {
    expect([suiteName(number), suiteOpensslName(number)]).toEqual([iana, openssl]);
    expect([suiteByName(iana), suiteByName(openssl)]).toEqual([number, number]);
  });

  it('there are 176, each with names of its own', () => {
    const numbers = Array.from({ length: 0x10000 }, (_, number) => number).filter((number) => suiteName(number));
    expect(numbers).toHaveLength(176);
    for (const name of [suiteName, suiteOpensslName]) expect(new Set(numbers.map(name)).size).toBe(176);
    expect([suiteName(0x0a0a), suiteByName('')]).toEqual([undefined, undefined]);
  });
});
