// The primes of RFC 7919 against the digits that its appendix A prints, and the properties that it claims for them. That
// OpenSSL means the same numbers is shown in test/conformance/dh-openssl.test.ts.

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { concat, toBigInt, toHex } from '../bytes/bytes.ts';
import { FFDHE_NAMES, ffdheExponentBits, ffdheGroupOf, ffdheParameters } from './ffdhe.ts';

// RFC 7919 A.1 in full; of all of them SHA-256.
const FFDHE2048 = `
  ffffffffffffffffadf85458a2bb4a9aafdc5620273d3cf1d8b9c583ce2d3695a9e13641146433fbcc939dce249b3ef9
  7d2fe363630c75d8f681b202aec4617ad3df1ed5d5fd65612433f51f5f066ed0856365553ded1af3b557135e7f57c935
  984f0c70e0e68b77e2a689daf3efe8721df158a136ade73530acca4f483a797abc0ab182b324fb61d108a94bb2c8e3fb
  b96adab760d7f4681d4f42a3de394df4ae56ede76372bb190b07a7c8ee0a6d709e02fce1cdf7e2ecc03404cd28342f61
  9172fe9ce98583ff8e4f1232eef28183c3fe3b1b4c6fad733bb5fcbc2ec22005c58ef1837d1683b2c6f34a26c1b2effa
  886b423861285c97ffffffffffffffff`.replace(/\s/g, '');

const KNOWN = {
  ffdhe2048: [2048, '9cd3b7f336872f46c09428d1bbc19877a4d440512cda8d1c1cf0cd6e33698966'],
  ffdhe3072: [3072, '0eaf67db3a839156d5013494a5318a772b5697d270d721f37f092efc69ea5a17'],
  ffdhe4096: [4096, '4648414224ac881b3d0dc59b466f96d06a558278776807797ecf1f66ff397b3e'],
  ffdhe6144: [6144, '227ac9066b3ddd9e193670cda2388fa884f65ba0cf98b742d1fe77a6687c79c7'],
  ffdhe8192: [8192, '770b14efaf6f049929c523113b3fa99a8d11dab1b18af3609590122075d19833'],
} as const;

describe.each(FFDHE_NAMES)('%s', (name) => {
  const { prime, generator } = ffdheParameters(name);

  test('RFC 7919 A: the prime is the printed one', () => {
    const [bits, sha256] = KNOWN[name];
    expect(8 * prime.length).toBe(bits);
    expect(createHash('sha256').update(prime).digest('hex')).toBe(sha256);
    if (name === 'ffdhe2048') expect(toHex(prime)).toBe(FFDHE2048);
    expect([...generator]).toEqual([2]);
  });

  test('RFC 7919 A: 2 generates the subgroup of order (p-1)/2', () => {
    // p = 7 mod 8 makes 2 a square.
    expect(toBigInt(prime) % 8n).toBe(7n);
  });

  test('RFC 7919 5.2: private keys have twice the bits of the security strength, and more', () => {
    const least = { ffdhe2048: 225, ffdhe3072: 275, ffdhe4096: 325, ffdhe6144: 375, ffdhe8192: 400 };
    expect(ffdheExponentBits(name)).toBeGreaterThanOrEqual(least[name]);
  });

  test('is recognised by its numbers, and by nothing else', () => {
    expect(ffdheGroupOf(prime.slice(), generator.slice())).toBe(name);
    expect(ffdheGroupOf(prime, Uint8Array.of(5))).toBeUndefined();
    expect(ffdheGroupOf(prime, concat(generator, generator))).toBeUndefined();
    const other = prime.slice();
    other[40] = (other[40] as number) ^ 1;
    expect(ffdheGroupOf(other, generator)).toBeUndefined();
    expect(ffdheGroupOf(prime.subarray(1), generator)).toBeUndefined();
  });
});
