// X25519MLKEM768 of every implementation there is: noble's everywhere, node:crypto's where the runtime has it. Known
// answers of ML-KEM itself are Wycheproof's, in test/conformance.

import { describe, expect, test } from 'vitest';
import { concat, EMPTY, equal, fromHex } from '../bytes/bytes.ts';
import { answerHybrid, hybridKeyShare, type MlKem, withHybrid } from '../crypto/mlkem.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { withMlKem } from './mlkem.ts';
import { nobleProvider } from './noble.ts';
import { nobleMlKem, nobleMlKemKeyOf } from './noble_mlkem.ts';
import { nodeProvider } from './node.ts';
import { nodeMlKem, nodeMlKemKeyOf } from './node_mlkem.ts';

const GROUP = 'X25519MLKEM768';
const KEMS: readonly (readonly [string, MlKem])[] = [
  ['noble', nobleMlKem],
  ...(nodeMlKem === undefined ? [] : [['node', nodeMlKem] as const]),
];
if (nodeMlKem === undefined) console.info(`Skipped: node:crypto of Node ${process.versions.node} has no ML-KEM`);

/** Who offers, and who answers. */
const PAIRS = KEMS.flatMap(([offering, one]) =>
  KEMS.map(([answering, other]) => [offering, answering, one, other] as const),
);

/** `key` with its first coefficient, which has twelve bits, set to `value`. */
function withCoefficient(key: Uint8Array, value: number): Uint8Array {
  const changed = key.slice();
  changed[0] = value & 0xff;
  changed[1] = ((changed[1] as number) & 0xf0) | (value >> 8);
  return changed;
}

describe.each(PAIRS)('%s offers, %s answers', (_, __, one, other) => {
  const client = withHybrid(nobleProvider, one);
  const server = withHybrid(nodeMlKem === undefined ? nodeProvider : nobleProvider, other);

  test('the lengths of the draft, and one secret for both', () => {
    const offer = client.generateKeyShare(GROUP);
    expect([offer.group, offer.publicKey.length]).toEqual([GROUP, 1216]);
    const answer = server.answerKeyShare(GROUP, offer.publicKey);
    expect(answer?.publicKey.length).toBe(1120);
    expect(answer?.secret.length).toBe(64);
    expect(offer.derive(answer?.publicKey ?? EMPTY)).toEqual(answer?.secret);
    expect(server.answerKeyShare(GROUP, offer.publicKey)?.secret).not.toEqual(answer?.secret);
    expect(client.generateKeyShare(GROUP).publicKey).not.toEqual(offer.publicKey);
    for (const result of [
      offer.publicKey,
      answer?.publicKey,
      answer?.secret,
      offer.derive(answer?.publicKey ?? EMPTY),
    ]) {
      expect(Object.getPrototypeOf(result)).toBe(Uint8Array.prototype);
    }
  });

  test('ML-KEM comes first in shares and in the secret, X25519 second', () => {
    const key = one.generate();
    const x25519 = nobleProvider.generateKeyShare('x25519');
    const offer = hybridKeyShare(key, x25519);
    expect(offer.publicKey).toEqual(concat(key.encapsulationKey, x25519.publicKey));
    const theirs = nodeProvider.generateKeyShare('x25519');
    const answer = answerHybrid(
      other,
      (peer) => ({ publicKey: theirs.publicKey, secret: theirs.derive(peer) ?? EMPTY }),
      offer.publicKey,
    );
    expect(answer?.publicKey.subarray(1088)).toEqual(theirs.publicKey);
    expect(answer?.secret.subarray(32)).toEqual(x25519.derive(theirs.publicKey));
    expect(answer?.secret.subarray(0, 32)).toEqual(key.decapsulate(answer?.publicKey.subarray(0, 1088) ?? EMPTY));
  });

  test('FIPS 203 6.3: a ciphertext that was changed gives another secret, not a refusal', () => {
    const offer = client.generateKeyShare(GROUP);
    const answer = server.answerKeyShare(GROUP, offer.publicKey);
    const changed = answer?.publicKey.slice() ?? EMPTY;
    changed[7] = (changed[7] as number) ^ 1;
    const secret = offer.derive(changed);
    expect(secret?.length).toBe(64);
    expect(secret?.subarray(0, 32)).not.toEqual(answer?.secret.subarray(0, 32));
    expect(secret?.subarray(32)).toEqual(answer?.secret.subarray(32));
    expect(offer.derive(changed)).toEqual(secret);
  });
});

describe.each(KEMS)('%s', (_, kem) => {
  const provider = withHybrid(nobleProvider, kem);
  const offer = provider.generateKeyShare(GROUP);
  const answer = provider.answerKeyShare(GROUP, offer.publicKey)?.publicKey ?? EMPTY;

  test('FIPS 203 7.2, modulus check: a coefficient of 3329 or more is refused, 3328 is not', () => {
    for (const [value, taken] of [
      [0, true],
      [3328, true],
      [3329, false],
      [4095, false],
    ] as const) {
      expect(provider.answerKeyShare(GROUP, withCoefficient(offer.publicKey, value)) !== undefined).toBe(taken);
    }
    const last = offer.publicKey.slice();
    last.fill(0xff, 1150, 1152); // the last coefficient: rho, the seed of the matrix, begins at 1152
    expect(provider.answerKeyShare(GROUP, last)).toBeUndefined();
    const rho = offer.publicKey.slice();
    rho.fill(0xff, 1152, 1184);
    expect(provider.answerKeyShare(GROUP, rho)).toBeDefined();
  });

  test('shares of every other length are refused', () => {
    for (const length of [0, 1, 32, 1088, 1119, 1120, 1184, 1215, 1217, 1248, 65535]) {
      const hostile = new Uint8Array(length);
      hostile.set(offer.publicKey.subarray(0, length));
      expect(provider.answerKeyShare(GROUP, hostile)).toBeUndefined();
      if (length === 1120) continue;
      const reply = new Uint8Array(length);
      reply.set(answer.subarray(0, length));
      expect(offer.derive(reply)).toBeUndefined();
    }
    expect(kem.encapsulate(offer.publicKey)).toBeUndefined();
    expect(kem.generate().decapsulate(answer)).toBeUndefined();
  });

  test('RFC 7748 6: an X25519 key of low order is refused on both sides', () => {
    const low = fromHex('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800');
    for (const point of [new Uint8Array(32), low]) {
      expect(provider.answerKeyShare(GROUP, concat(offer.publicKey.subarray(0, 1184), point))).toBeUndefined();
      expect(offer.derive(concat(answer.subarray(0, 1088), point))).toBeUndefined();
    }
  });
});

test.skipIf(nodeMlKem === undefined)('node and noble make the same key of the same seed', () => {
  const seed = nodeProvider.random(64);
  const [node, noble] = [nodeMlKemKeyOf(seed), nobleMlKemKeyOf(seed)];
  expect(node.encapsulationKey).toEqual(noble.encapsulationKey);
  const ciphertext = nobleMlKem.encapsulate(node.encapsulationKey)?.ciphertext ?? EMPTY;
  expect(node.decapsulate(ciphertext)).toEqual(noble.decapsulate(ciphertext));
  // Implicit rejection depends on the seed alone as well.
  ciphertext[0] = (ciphertext[0] as number) ^ 1;
  expect(node.decapsulate(ciphertext)).toEqual(noble.decapsulate(ciphertext));
});

describe('withMlKem', () => {
  test('adds the group behind the others, once, and keeps everything else', () => {
    const provider = withMlKem(nobleProvider);
    expect(provider.groups).toEqual([...nobleProvider.groups, GROUP]);
    expect(withMlKem(provider)).toBe(provider);
    expect(Object.keys(provider).sort()).toEqual(Object.keys(nobleProvider).sort());
    const [a, b] = [provider.generateKeyShare('secp256r1'), provider.generateKeyShare('secp256r1')];
    expect(a.derive(b.publicKey)).toEqual(b.derive(a.publicKey));
    const answer = provider.answerKeyShare('x25519', provider.generateKeyShare('x25519').publicKey);
    expect(answer?.secret.length).toBe(32);
    expect(provider.generateDhShare(new Uint8Array(0), new Uint8Array(0))).toBeUndefined();
  });

  test('what the provider does itself works through it, a class instance included', () => {
    class Own {
      readonly name = 'own';
      readonly groups = nobleProvider.groups;
      readonly hashes = nobleProvider.hashes;
      readonly aeads = nobleProvider.aeads;
      readonly cbcs = nobleProvider.cbcs;
      readonly inner = nobleProvider;
      random = (length: number) => this.inner.random(length);
      hash: CryptoProvider['hash'] = (name) => this.inner.hash(name);
      hmac(...args: Parameters<CryptoProvider['hmac']>) {
        return this.inner.hmac(...args);
      }
      aead: CryptoProvider['aead'] = (name, key) => this.inner.aead(name, key);
      cbc: CryptoProvider['cbc'] = (name, key) => this.inner.cbc(name, key);
      generateKeyShare: CryptoProvider['generateKeyShare'] = (group) => this.inner.generateKeyShare(group);
      generateDhShare: CryptoProvider['generateDhShare'] = (p, g) => this.inner.generateDhShare(p, g);
      answerKeyShare: CryptoProvider['answerKeyShare'] = (group, peer) => this.inner.answerKeyShare(group, peer);
      verify: CryptoProvider['verify'] = (...args) => this.inner.verify(...args);
      rsaEncrypt: CryptoProvider['rsaEncrypt'] = (key, message) => this.inner.rsaEncrypt(key, message);
    }
    const provider = withMlKem(new Own());
    expect(provider.hmac('sha256', EMPTY)).toEqual(nobleProvider.hmac('sha256', EMPTY));
    const offer = provider.generateKeyShare(GROUP);
    const answer = provider.answerKeyShare(GROUP, offer.publicKey);
    expect(answer !== undefined && equal(offer.derive(answer.publicKey) ?? EMPTY, answer.secret)).toBe(true);
  });

  test('node:crypto offers the group exactly where it has ML-KEM', () => {
    expect(nodeProvider.groups.includes(GROUP)).toBe(nodeMlKem !== undefined);
    expect(withMlKem(nodeProvider).groups).toContain(GROUP);
    if (nodeMlKem === undefined) expect(() => nodeProvider.generateKeyShare(GROUP)).toThrow(RangeError);
    else expect(nodeProvider.generateKeyShare(GROUP).publicKey.length).toBe(1216);
  });
});
