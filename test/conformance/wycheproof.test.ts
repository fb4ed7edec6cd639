// Project Wycheproof's vectors (test/vectors/wycheproof) against every provider: no `valid` case may be refused, no
// `invalid` one taken, and `acceptable` ones are judged by the rules of TLS, by flag and with the reason. Cases that TLS
// cannot meet (other key, nonce or tag sizes) are counted as not applicable. What was executed is printed as one table.
// Every provider runs every case; the NIST curves take most of the half minute.

import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { concat, equal, fromHex, toHex } from '../../src/bytes/bytes.ts';
import { hkdfExpand, hkdfExtract } from '../../src/crypto/hkdf.ts';
import type { AeadName, CbcName, GroupName, HashName, PublicKey, SignatureAlgorithm } from '../../src/crypto/keys.ts';
import type { MlKemKey } from '../../src/crypto/mlkem.ts';
import type { CryptoProvider, KeyShare } from '../../src/crypto/provider.ts';
import { nobleProvider } from '../../src/providers/noble.ts';
import { nobleKeyShareOf } from '../../src/providers/noble_groups.ts';
import { nobleMlKemKeyOf } from '../../src/providers/noble_mlkem.ts';
import { nobleModernKeyShareOf, nobleModernProvider } from '../../src/providers/noble_modern.ts';
import { importPrivateKey, nodeProvider } from '../../src/providers/node.ts';
import { nodeKeyShareOf } from '../../src/providers/node_groups.ts';
import { nodeMlKem, nodeMlKemKeyOf } from '../../src/providers/node_mlkem.ts';

interface Subject {
  readonly provider: CryptoProvider;
  readonly keyShareOf: (group: GroupName, privateKey: Uint8Array) => KeyShare;
}

const SUBJECTS: readonly Subject[] = [
  { provider: nodeProvider, keyShareOf: nodeKeyShareOf },
  { provider: nobleProvider, keyShareOf: nobleKeyShareOf },
  { provider: nobleModernProvider, keyShareOf: nobleModernKeyShareOf },
];

/** The fields that the schemas of Wycheproof use, as far as they are read here. */
interface Case {
  readonly tcId: number;
  readonly result: 'valid' | 'invalid' | 'acceptable';
  readonly flags: readonly string[];
  readonly [field: string]: unknown;
}
interface Group {
  readonly tests: readonly Case[];
  readonly [field: string]: unknown;
}

/** True: taken. False: refused. 'wrong': taken, with another answer than the known one. 'n/a': TLS has no such case. */
type Outcome = boolean | 'wrong' | 'n/a';
type Run = (subject: Subject, group: Group, vector: Case) => Outcome;
/** For an `acceptable` case: what TLS wants, and why. */
type Judge = (flags: readonly string[]) => { readonly taken: boolean; readonly why: string };

interface Plan {
  readonly file: string;
  readonly run: Run;
  readonly has: (provider: CryptoProvider) => boolean;
  readonly acceptable?: Judge;
}

const NOT_RUN: Readonly<Record<string, string>> = {};

const PLANS: readonly Plan[] = [
  hmacPlan('hmac_sha1_test', 'sha1'),
  hmacPlan('hmac_sha256_test', 'sha256'),
  hmacPlan('hmac_sha384_test', 'sha384'),
  hkdfPlan('hkdf_sha256_test', 'sha256'),
  hkdfPlan('hkdf_sha384_test', 'sha384'),
  aeadPlan('aes_gcm_test', { '128/128': 'aes-128-gcm', '256/128': 'aes-256-gcm' }),
  aeadPlan('aes_ccm_test', {
    '128/128': 'aes-128-ccm',
    '128/64': 'aes-128-ccm-8',
    '256/128': 'aes-256-ccm',
    '256/64': 'aes-256-ccm-8',
  }),
  aeadPlan('chacha20_poly1305_test', { '256/128': 'chacha20-poly1305' }),
  cbcPlan('aes_cbc_pkcs5_test', { 128: 'aes-128-cbc', 256: 'aes-256-cbc' }),
  xdhPlan('x25519_test', 'x25519', 32),
  xdhPlan('x448_test', 'x448', 56),
  ecdhPlan('ecdh_secp256r1_ecpoint_test', 'secp256r1', 32),
  ecdhPlan('ecdh_secp384r1_ecpoint_test', 'secp384r1', 48),
  ecdhPlan('ecdh_secp521r1_ecpoint_test', 'secp521r1', 66),
  ecdsaPlan('ecdsa_secp256r1_sha256_test', 'secp256r1', 'sha256'),
  ecdsaPlan('ecdsa_secp384r1_sha384_test', 'secp384r1', 'sha384'),
  ecdsaPlan('ecdsa_secp521r1_sha512_test', 'secp521r1', 'sha512'),
  eddsaPlan('ed25519_test', 'ed25519'),
  eddsaPlan('ed448_test', 'ed448'),
  rsaPlan('rsa_signature_2048_sha256_test', { kind: 'rsa-pkcs1', hash: 'sha256' }),
  rsaPlan('rsa_signature_2048_sha384_test', { kind: 'rsa-pkcs1', hash: 'sha384' }),
  rsaPlan('rsa_signature_2048_sha512_test', { kind: 'rsa-pkcs1', hash: 'sha512' }),
  rsaPlan('rsa_signature_4096_sha512_test', { kind: 'rsa-pkcs1', hash: 'sha512' }),
  rsaPlan('rsa_pss_2048_sha256_mgf1_32_test', { kind: 'rsa-pss', hash: 'sha256', saltLength: 32 }),
  rsaPlan('rsa_pss_2048_sha384_mgf1_48_test', { kind: 'rsa-pss', hash: 'sha384', saltLength: 48 }),
  rsaPlan('rsa_pss_4096_sha512_mgf1_64_test', { kind: 'rsa-pss', hash: 'sha512', saltLength: 64 }),
  {
    file: 'mlkem_768_test',
    // noble's comes by the entry providers/mlkem, node:crypto's with the runtime.
    has: (provider) => provider === nobleProvider || nodeMlKem !== undefined,
    run: ({ provider }, _, vector) => mlKem(provider === nobleProvider ? nobleMlKemKeyOf : nodeMlKemKeyOf, vector),
  },
  // Private keys are not the provider's: these are importPrivateKey's, and noble has no RSA private operation.
  { file: 'rsa_pkcs1_2048_test', has: (provider) => provider.name === 'node', run: decryptPkcs1 },
];

const table: string[] = [];
const row = (...cells: readonly (string | number)[]) =>
  table.push(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(34) : String(cell).padStart(9))).join(''));
row('file', 'provider', 'taken', 'refused', 'n/a');

for (const plan of PLANS) {
  describe(plan.file, () => {
    const { groups, total } = load(plan.file);
    for (const subject of SUBJECTS) {
      const { name } = subject.provider;
      if (!plan.has(subject.provider)) {
        row(plan.file, name, '  not run: the provider has no such primitive');
        continue;
      }
      test(`${name}: no valid case refused, no invalid one taken`, { timeout: 120_000 }, () => {
        const count = { taken: 0, refused: 0, inapplicable: 0 };
        const wrong: string[] = [];
        for (const group of groups) {
          for (const vector of group.tests) {
            const outcome = plan.run(subject, group, vector);
            if (outcome === 'n/a') count.inapplicable++;
            else {
              if (outcome) count.taken++;
              else count.refused++;
              if (outcome !== wanted(plan, vector)) wrong.push(`${vector.tcId} ${vector.result}: ${vector.comment}`);
            }
          }
        }
        row(plan.file, name, count.taken, count.refused, count.inapplicable);
        expect(wrong).toEqual([]);
        expect(count.taken).toBeGreaterThan(0);
        expect(count.refused).toBeGreaterThan(0);
        expect(count.taken + count.refused + count.inapplicable).toBe(total);
      });
    }
  });
}

test('every file of vectors is run or has a reason not to be', () => {
  const files = readdirSync(new URL('../vectors/wycheproof/', import.meta.url)).filter((name) => name.endsWith('.gz'));
  const known = [...PLANS.map((plan) => plan.file), ...Object.keys(NOT_RUN)].map((file) => `${file}.json.gz`);
  expect(known.sort()).toEqual(files.sort());
});

const judgements = new Map<string, number>();

afterAll(() => {
  for (const [file, reason] of Object.entries(NOT_RUN)) row(file, 'any', `  not run: ${reason}`);
  const judged = [...judgements].map(([text, count]) => `${String(count).padStart(5)} acceptable cases ${text}`);
  console.info(['Wycheproof, executed cases', ...table, ...judged].join('\n'));
});

function load(file: string): { groups: readonly Group[]; total: number } {
  const url = new URL(`../vectors/wycheproof/${file}.json.gz`, import.meta.url);
  const json = JSON.parse(gunzipSync(readFileSync(url)).toString()) as { testGroups: Group[]; numberOfTests: number };
  return { groups: json.testGroups, total: json.numberOfTests };
}

function wanted(plan: Plan, vector: Case): boolean {
  if (vector.result !== 'acceptable') return vector.result === 'valid';
  const judgement = plan.acceptable?.(vector.flags);
  if (judgement === undefined) throw new Error(`${plan.file}: no judgement on acceptable case ${vector.tcId}`);
  const text = `${judgement.taken ? 'taken' : 'refused'}: ${judgement.why} (${plan.file}, all providers)`;
  judgements.set(text, (judgements.get(text) ?? 0) + 1);
  return judgement.taken;
}

/** Any answer at all to an invalid case means that it was taken; elsewhere it must be the known one. */
function answer(vector: Case, given: Uint8Array | undefined, known: Uint8Array): Outcome {
  if (given === undefined) return false;
  return vector.result === 'invalid' || equal(given, known) ? true : 'wrong';
}

function bytes(value: unknown): Uint8Array {
  if (typeof value !== 'string') throw new TypeError('a field of hexadecimal is missing');
  return fromHex(value);
}

/** An unsigned integer of any length as `length` bytes, or as few as it takes. */
function integer(value: unknown, length?: number): Uint8Array {
  const digits = toHex(bytes(value)).replace(/^(00)+/, '');
  return fromHex(length === undefined ? digits : digits.padStart(2 * length, '0'));
}

function hmacPlan(file: string, hash: HashName): Plan {
  return {
    file,
    has: (provider) => provider.hashes.includes(hash),
    // Some groups have the tag cut to half (as HMAC-SHA1-96 would be): the comparison is over what is left.
    run: ({ provider }, group, vector) => {
      const tag = provider.hmac(hash, bytes(vector.key), bytes(vector.msg)).subarray(0, Number(group.tagSize) / 8);
      return equal(tag, bytes(vector.tag));
    },
  };
}

function hkdfPlan(file: string, hash: HashName): Plan {
  return {
    file,
    has: (provider) => provider.hashes.includes(hash),
    run: ({ provider }, _, vector) => {
      const prk = hkdfExtract(provider, hash, bytes(vector.salt), bytes(vector.ikm));
      try {
        return equal(hkdfExpand(provider, hash, prk, bytes(vector.info), Number(vector.size)), bytes(vector.okm));
      } catch (error) {
        if (error instanceof RangeError) return false; // more than 255 blocks
        throw error;
      }
    },
  };
}

/** `names`: AEAD by key size and tag size in bits; TLS has nonces of 96 bits only. */
function aeadPlan(file: string, names: Readonly<Record<string, AeadName>>): Plan {
  return {
    file,
    has: (provider) => Object.values(names).some((name) => provider.aeads.includes(name)),
    run: ({ provider }, group, vector) => {
      const name = names[`${group.keySize}/${group.tagSize}`];
      if (name === undefined || group.ivSize !== 96) return 'n/a';
      const [nonce, aad, message] = [bytes(vector.iv), bytes(vector.aad), bytes(vector.msg)];
      const sealed = concat(bytes(vector.ct), bytes(vector.tag));
      const aead = provider.aead(name, bytes(vector.key));
      const opened = aead.open(nonce, aad, sealed);
      const pieces: Uint8Array[] = [];
      aead.seal(nonce, aad, [message], pieces);
      const sealsAlike = equal(concat(...pieces), sealed);
      if (vector.result === 'valid' && !sealsAlike) return 'wrong';
      return answer(vector, opened, message);
    },
  };
}

/** The provider's CBC has no padding of its own; PKCS #5 is put on and taken off here, so that the cipher is what is proved. */
function cbcPlan(file: string, names: Readonly<Record<string, CbcName>>): Plan {
  return {
    file,
    has: (provider) => Object.values(names).some((name) => provider.cbcs.includes(name)),
    run: ({ provider }, group, vector) => {
      const name = names[String(group.keySize)];
      if (name === undefined) return 'n/a';
      const [iv, message, sealed] = [bytes(vector.iv), bytes(vector.msg), bytes(vector.ct)];
      const cbc = provider.cbc(name, bytes(vector.key));
      const pad = 16 - (message.length % 16);
      const encrypted = cbc.encrypt(iv, concat(message, new Uint8Array(pad).fill(pad)));
      if (vector.result === 'valid' && !equal(encrypted, sealed)) return 'wrong';
      return answer(vector, sealed.length === 0 ? undefined : withoutPkcs5(cbc.decrypt(iv, sealed)), message);
    },
  };
}

function withoutPkcs5(plain: Uint8Array): Uint8Array | undefined {
  const pad = plain.at(-1) ?? 0;
  const fine = pad >= 1 && pad <= 16 && plain.subarray(-pad).every((byte) => byte === pad);
  return fine ? plain.subarray(0, plain.length - pad) : undefined;
}

function xdhPlan(file: string, group: GroupName, length: number): Plan {
  return {
    file,
    has: (provider) => provider.groups.includes(group),
    run: ({ keyShareOf }, _, vector) => {
      const secret = keyShareOf(group, bytes(vector.private)).derive(bytes(vector.public));
      if (secret !== undefined) expect(secret.length).toBe(length);
      return answer(vector, secret, bytes(vector.shared));
    },
    acceptable: (flags) =>
      flags.includes('ZeroSharedSecret')
        ? { taken: false, why: 'all-zero shared secret, RFC 8446 7.4.2: MUST abort' }
        : { taken: true, why: 'twist and non-canonical points, RFC 7748 5: MUST accept' },
  };
}

function ecdhPlan(file: string, group: GroupName, length: number): Plan {
  return {
    file,
    has: (provider) => provider.groups.includes(group),
    run: ({ keyShareOf }, _, vector) => {
      const secret = keyShareOf(group, integer(vector.private, length)).derive(bytes(vector.public));
      if (secret !== undefined) expect(secret.length).toBe(length);
      return answer(vector, secret, bytes(vector.shared));
    },
    acceptable: () => ({ taken: false, why: 'compressed point, RFC 8446 4.2.8.2: only uncompressed' }),
  };
}

function ecdsaPlan(file: string, curve: 'secp256r1' | 'secp384r1' | 'secp521r1', hash: HashName): Plan {
  return {
    file,
    has: () => true,
    run: ({ provider }, group, vector) => {
      const key: PublicKey = { kind: 'ec', curve, point: bytes((group.publicKey as Case).uncompressed) };
      return provider.verify(key, { kind: 'ecdsa', hash }, bytes(vector.msg), bytes(vector.sig));
    },
  };
}

function eddsaPlan(file: string, kind: 'ed25519' | 'ed448'): Plan {
  return {
    file,
    has: (provider) => kind === 'ed25519' || provider.name !== 'noble-modern',
    run: ({ provider }, group, vector) => {
      const key: PublicKey = { kind, key: bytes((group.publicKey as Case).pk) };
      return provider.verify(key, { kind }, bytes(vector.msg), bytes(vector.sig));
    },
  };
}

function rsaPlan(file: string, algorithm: SignatureAlgorithm): Plan {
  return {
    file,
    has: () => true,
    run: ({ provider }, group, vector) => {
      const numbers = group.publicKey as Case;
      const key: PublicKey = {
        kind: 'rsa',
        modulus: integer(numbers.modulus),
        exponent: integer(numbers.publicExponent),
      };
      return provider.verify(key, algorithm, bytes(vector.msg), bytes(vector.sig));
    },
    acceptable: () => ({ taken: false, why: 'DigestInfo without NULL, RFC 8017 9.2: it is part of the encoding' }),
  };
}

/** A key of the seed, whose encapsulation key must be the known one, and what it makes of the ciphertext. */
function mlKem(keyOf: (seed: Uint8Array) => MlKemKey, vector: Case): Outcome {
  let key: MlKemKey;
  try {
    key = keyOf(bytes(vector.seed));
  } catch {
    return false; // a seed of another length
  }
  if (!equal(key.encapsulationKey, bytes(vector.ek))) return 'wrong';
  return answer(vector, key.decapsulate(bytes(vector.c)), bytes(vector.K));
}

/** decryptRaw, then the unpadding of RFC 8017 7.2.2 in plain form: the engine's own is in constant time. */
function decryptPkcs1(_: Subject, group: Group, vector: Case): Outcome {
  const block = importPrivateKey(String(group.privateKeyPem)).decryptRaw(bytes(vector.ct));
  if (block === undefined || block[0] !== 0 || block[1] !== 2) return false;
  const end = block.indexOf(0, 2);
  return end >= 10 && answer(vector, block.subarray(end + 1), bytes(vector.msg));
}
