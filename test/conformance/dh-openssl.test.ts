// Finite field Diffie-Hellman against openssl: that it means the same primes by the names of RFC 7919, and that its keys
// and ours reach one secret, in named groups and in parameters that openssl made (DSA-like ones too: a subgroup of 224
// bits, and a generator as long as the prime).

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toBigInt } from '../../src/bytes/bytes.ts';
import { FFDHE_NAMES, ffdheParameters } from '../../src/crypto/ffdhe.ts';
import type { DhShare } from '../../src/crypto/provider.ts';
import { nobleProvider } from '../../src/providers/noble.ts';
import { nodeProvider } from '../../src/providers/node.ts';
import { DerReader, TAG } from '../../src/x509/der.ts';
import * as der from '../../src/x509/der_write.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'dh-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const PROVIDERS = [nodeProvider, nobleProvider];
const openssl = (...parameters: readonly string[]) =>
  execFileSync('openssl', parameters, { cwd: directory, stdio: ['ignore', 'pipe', 'ignore'] });

interface OpensslKey {
  readonly prime: Uint8Array;
  readonly generator: Uint8Array;
  readonly publicKey: Uint8Array;
  /** The secret that openssl derives with the public key of `share`. */
  derive(share: DhShare): bigint;
}

/** A private key of openssl: `how` are the options of genpkey. */
function opensslKey(name: string, ...how: readonly string[]): OpensslKey {
  openssl('genpkey', ...how, '-out', `${name}.pem`);
  const spki = new Uint8Array(openssl('pkey', '-in', `${name}.pem`, '-pubout', '-outform', 'DER'));
  const info = new DerReader(spki).enter(TAG.sequence);
  const algorithm = info.element(TAG.sequence);
  const identifier = new DerReader(algorithm).enter(TAG.sequence);
  identifier.skip(); // PKCS #3, or X9.42 for DSA-like parameters: p and g come first in both
  const numbers = identifier.enter(TAG.sequence);
  const [prime, generator] = [numbers.unsigned().slice(), numbers.unsigned().slice()];
  const publicKey = new DerReader(info.bitStringBytes()).unsigned();
  return {
    prime,
    generator,
    publicKey,
    derive(share) {
      const key = der.bitString(der.unsignedInteger(share.publicKey));
      writeFileSync(join(directory, 'peer.der'), der.sequence(algorithm, key));
      const peer = ['-peerkey', 'peer.der', '-peerform', 'DER'];
      return toBigInt(new Uint8Array(openssl('pkeyutl', '-derive', '-inkey', `${name}.pem`, ...peer)));
    },
  };
}

describe.each(FFDHE_NAMES)('%s', (name) => {
  test('RFC 7919: openssl has the same parameters, and reaches the same secret with every provider', () => {
    const key = opensslKey(name, '-algorithm', 'DH', '-pkeyopt', `group:${name}`);
    expect({ prime: key.prime, generator: key.generator }).toEqual(ffdheParameters(name));
    for (const provider of PROVIDERS) {
      const share = provider.generateKeyShare(name);
      const secret = share.derive(key.publicKey);
      expect(secret?.length).toBe(key.prime.length);
      expect(key.derive(share)).toBe(toBigInt(secret as Uint8Array));
    }
  });
});

describe('RFC 5246 7.4.3: parameters out of openssl dhparam', () => {
  test.each([
    ['a safe prime of 512 bits, generator 2', ['512']],
    ['a safe prime of 768 bits, generator 5', ['-5', '768']],
    ['a prime of 1024 bits as DSA has it', ['-dsaparam', '1024']],
    ['a prime of 2048 bits as DSA has it', ['-dsaparam', '2048']],
  ] as const)('%s', { timeout: 120_000 }, (_, how) => {
    openssl('dhparam', '-out', 'parameters.pem', ...how);
    const key = opensslKey('unnamed', '-paramfile', 'parameters.pem');
    expect(toBigInt(key.prime).toString(2).length).toBe(Number(how.at(-1)));
    for (const provider of PROVIDERS) {
      const share = provider.generateDhShare(key.prime, key.generator) as DhShare;
      const secret = share.derive(key.publicKey);
      expect(secret?.length).toBe(key.prime.length);
      expect(key.derive(share)).toBe(toBigInt(secret as Uint8Array));
    }
  });
});
