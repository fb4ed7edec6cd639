import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ascii, concat, EMPTY, fromHex, toHex } from '../bytes/bytes.ts';
import { nobleProvider } from '../providers/noble.ts';
import { nodeProvider } from '../providers/node.ts';
import { HASH_LENGTH } from './hkdf.ts';
import type { HashName } from './keys.ts';
import { prf12 } from './prf12.ts';
import { keyBlock, MASTER_SECRET_LENGTH, masterSecret, verifyData12 } from './schedule12.ts';
import type { SecretStep } from './secrets.ts';
import { AEAD_SHAPE, CBC_KEY_LENGTH, SUITES, type Suite12 } from './suites.ts';

// The test vectors of the TLS working group's list, https://www.ietf.org/mail-archive/web/tls/current/msg03416.html.
const PRF = {
  sha256: {
    secret: '9bbe436ba940f017b17652849a71db35',
    seed: 'a0ba9f936cda311827a6f796ffd5198c',
    output:
      'e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66',
  },
  sha384: {
    secret: 'b80b733d6ceefcdc71566ea48e5567df',
    seed: 'cd665cf6a8447dd6ff8b27555edb7465',
    output:
      '7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d9184259b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa3be85e0990703d73e56f',
  },
} as const;

const suites = SUITES.filter((suite): suite is Suite12 => suite.version === 'tls12');
const randoms = { client: new Uint8Array(32).fill(0xc1), server: new Uint8Array(32).fill(0x5e) };
const preMaster = Uint8Array.from({ length: 48 }, (_, i) => i);

/** RFC 5246 5, written a second time: P_hash as its definition reads. */
function independentPrf(hash: HashName, secret: Uint8Array, label: string, seed: Uint8Array, length: number): string {
  const hmac = (data: Uint8Array): Uint8Array => createHmac(hash, secret).update(data).digest();
  const labelled = concat(ascii(label), seed);
  let output = '';
  let a = hmac(labelled);
  while (output.length < 2 * length) {
    output += toHex(hmac(concat(a, labelled)));
    a = hmac(a);
  }
  return output.slice(0, 2 * length);
}

describe.each([nodeProvider, nobleProvider])('$name', (provider) => {
  it.each(['sha256', 'sha384'] as const)(
    'RFC 5246 5: P_%s gives the published output and every prefix of it',
    (hash) => {
      const { secret, seed, output } = PRF[hash];
      for (const length of [1, 12, 31, 32, 33, 48, 49, output.length / 2]) {
        const value = prf12(provider, hash, fromHex(secret), 'test label', fromHex(seed), length);
        expect(toHex(value)).toBe(output.slice(0, 2 * length));
      }
    },
  );

  it.each(suites)('RFC 5246 8.1: the master secret of suite $id, "master secret" over both randoms', (suite) => {
    const seed = concat(randoms.client, randoms.server);
    expect(toHex(masterSecret(provider, suite, preMaster, randoms, undefined))).toBe(
      independentPrf(suite.hash, preMaster, 'master secret', seed, MASTER_SECRET_LENGTH),
    );
  });

  it.each(suites)(
    'RFC 7627 4: the extended master secret of suite $id, over the session hash and no random',
    (suite) => {
      const sessionHash = new Uint8Array(suite.hash === 'sha384' ? 48 : 32).fill(0x77);
      expect(toHex(masterSecret(provider, suite, preMaster, randoms, sessionHash))).toBe(
        independentPrf(suite.hash, preMaster, 'extended master secret', sessionHash, MASTER_SECRET_LENGTH),
      );
    },
  );

  it.each(suites)(
    'RFC 5246 6.3: the key block of suite $id, server random first, cut in the order of the RFC',
    (suite) => {
      const master = new Uint8Array(48).fill(3);
      const lengths =
        suite.aead === undefined
          ? { mac: HASH_LENGTH[suite.mac], key: CBC_KEY_LENGTH[suite.cbc], iv: 0 }
          : { mac: 0, key: AEAD_SHAPE[suite.aead].keyLength, iv: AEAD_SHAPE[suite.aead].fixedIvLength };
      const seed = concat(randoms.server, randoms.client);
      const length = 2 * (lengths.mac + lengths.key + lengths.iv);
      const block = independentPrf(suite.hash, master, 'key expansion', seed, length);
      const { client, server } = keyBlock(provider, suite, master, randoms);
      const cut = [client.mac, server.mac, client.key, server.key, client.iv, server.iv];
      expect(cut.map((part) => toHex(part ?? EMPTY)).join('')).toBe(block);
      expect([client.key.length, client.iv.length]).toEqual([lengths.key, lengths.iv]);
    },
  );

  it.each(suites)('RFC 5246 7.4.9: 12 bytes of verify_data, another for each side, of suite $id', (suite) => {
    const master = new Uint8Array(48).fill(3);
    const hash = new Uint8Array(32).fill(9);
    const [client, server] = (['client', 'server'] as const).map((side) =>
      toHex(verifyData12(provider, suite, master, side, hash)),
    );
    expect(client).toBe(independentPrf(suite.hash, master, 'client finished', hash, 12));
    expect(server).toBe(independentPrf(suite.hash, master, 'server finished', hash, 12));
  });

  it('whoever listens to secrets is told of each with its label and where it came from', () => {
    const [suite] = suites;
    if (suite === undefined) throw new Error('no suite');
    const steps: SecretStep[] = [];
    const observe = (step: SecretStep): void => void steps.push(step);
    const master = masterSecret(provider, suite, preMaster, randoms, undefined, observe);
    keyBlock(provider, suite, master, randoms, observe);
    expect(steps.map(({ name, label, from }) => [name, label, from])).toEqual([
      ['pre_master_secret', undefined, undefined],
      ['master_secret', 'master secret', 'pre_master_secret'],
      ...['client_write_key', 'server_write_key', 'client_write_IV', 'server_write_IV'].map((name) => [
        name,
        'key expansion',
        'master_secret',
      ]),
    ]);
  });
});
