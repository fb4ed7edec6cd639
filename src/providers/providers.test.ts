// One suite for every provider: known answers, what the interface promises beside them (memory, reuse, refusal without
// throwing), and each provider against the others. What a provider does not have is printed, not passed over in silence.

import { afterAll, describe, expect, test } from 'vitest';
import { ascii, concat, EMPTY, equal, fromHex, toHex } from '../bytes/bytes.ts';
import { FFDHE_NAMES } from '../crypto/ffdhe.ts';
import type { AeadName, GroupName, HashName } from '../crypto/keys.ts';
import type { CryptoProvider, KeyShare } from '../crypto/provider.ts';
import { FIELD_LENGTH } from './checks.ts';
import { nobleProvider } from './noble.ts';
import { nobleKeyShareOf } from './noble_groups.ts';
import { nodeProvider } from './node.ts';
import { nodeKeyShareOf } from './node_groups.ts';
import { AEAD_VECTORS, DIGEST_OF_ABC, HMAC_HI_THERE } from './testing/vectors.ts';

const PROVIDERS: readonly [CryptoProvider, (group: GroupName, privateKey: Uint8Array) => KeyShare][] = [
  [nodeProvider, nodeKeyShareOf],
  [nobleProvider, nobleKeyShareOf],
];
const HASHES: readonly HashName[] = ['sha1', 'sha256', 'sha384', 'sha512'];
const AEADS: readonly AeadName[] = ['aes-128-gcm', 'aes-256-gcm', 'chacha20-poly1305', 'aes-128-ccm', 'aes-128-ccm-8'];
const CURVES = ['x25519', 'secp256r1', 'secp384r1', 'secp521r1', 'x448'] as const;
const GROUPS: readonly GroupName[] = [...CURVES, ...FFDHE_NAMES];

afterAll(() => {
  const lines = PROVIDERS.map(([provider]) => {
    const missing = [
      ...HASHES.filter((name) => !provider.hashes.includes(name)),
      ...AEADS.filter((name) => !provider.aeads.includes(name)),
      ...GROUPS.filter((name) => !provider.groups.includes(name)),
    ];
    return `  ${provider.name}: ${missing.length === 0 ? 'nothing' : missing.join(', ')}`;
  });
  console.info(['Skipped, because the provider does not have it', ...lines].join('\n'));
});

describe.each(PROVIDERS)('$name', (provider, keyShareOf) => {
  describe.each(provider.hashes)('%s', (name) => {
    test('FIPS 180-4: "abc", in one piece and in three', () => {
      const whole = provider.hash(name);
      whole.update(ascii('abc'));
      expect(toHex(whole.digest())).toBe(DIGEST_OF_ABC[name]);
      const pieces = provider.hash(name);
      for (const piece of ['a', '', 'bc']) pieces.update(ascii(piece));
      expect(toHex(pieces.digest())).toBe(DIGEST_OF_ABC[name]);
    });

    test('digest does not end the hash, and input may be overwritten after update', () => {
      const hash = provider.hash(name);
      const input = ascii('ab');
      hash.update(input);
      input.fill(0);
      const early = hash.digest();
      expect(hash.digest()).toEqual(early);
      hash.update(ascii('c'));
      expect(toHex(hash.digest())).toBe(DIGEST_OF_ABC[name]);
      expect(toHex(early)).not.toBe(DIGEST_OF_ABC[name]);
    });

    test('RFC 2202 3, RFC 4231 4.2: HMAC over the joined parts', () => {
      const key = new Uint8Array(20).fill(0x0b);
      expect(toHex(provider.hmac(name, key, ascii('Hi There')))).toBe(HMAC_HI_THERE[name]);
      expect(toHex(provider.hmac(name, key, ascii('Hi '), EMPTY, ascii('There')))).toBe(HMAC_HI_THERE[name]);
      expect(provider.hmac(name, key)).toEqual(provider.hmac(name, key, EMPTY));
    });
  });

  test('RFC 4231 4.7: a key longer than the block is hashed first; an empty key is a key', () => {
    const key = new Uint8Array(131).fill(0xaa);
    const data = ascii('Test Using Larger Than Block-Size Key - Hash Key First');
    expect(toHex(provider.hmac('sha256', key, data))).toBe(
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    );
    // RFC 4231 has none; this is HMAC_SHA256("", "") as everybody computes it.
    expect(toHex(provider.hmac('sha256', EMPTY))).toBe(
      'b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad',
    );
  });

  test('random gives the length asked for, and never the same twice', () => {
    for (const length of [0, 1, 32, 4096]) expect(provider.random(length).length).toBe(length);
    expect(provider.random(32)).not.toEqual(provider.random(32));
  });

  describe.each(provider.aeads)('%s', (name) => {
    const vector = AEAD_VECTORS[name];
    const [key, nonce, aad] = [fromHex(vector.key), fromHex(vector.nonce), fromHex(vector.aad)];
    const [plaintext, sealed] = [fromHex(vector.plaintext), fromHex(vector.sealed)];
    const seal = (parts: readonly Uint8Array[], with_ = provider.aead(name, key)) => {
      const out: Uint8Array[] = [];
      with_.seal(nonce, aad, parts, out);
      return out;
    };

    test(`${vector.source}: seals and opens, in one part and in several`, () => {
      const third = Math.floor(plaintext.length / 3);
      const parts = [plaintext.subarray(0, third), EMPTY, plaintext.subarray(third)];
      expect(toHex(concat(...seal([plaintext])))).toBe(vector.sealed);
      expect(toHex(concat(...seal(parts)))).toBe(vector.sealed);
      expect(provider.aead(name, key).open(nonce, aad, sealed)).toEqual(plaintext);
      expect(provider.aead(name, key).tagLength).toBe(sealed.length - plaintext.length);
    });

    test('nothing at all is sealed to a bare tag, and opened to nothing', () => {
      const aead = provider.aead(name, key);
      for (const parts of [[], [EMPTY]]) {
        const out = seal(parts, aead);
        expect(out.every((piece) => piece.length > 0)).toBe(true);
        expect(concat(...out).length).toBe(aead.tagLength);
        expect(aead.open(nonce, aad, concat(...out))).toEqual(EMPTY);
      }
    });

    test('pieces are memory of their own, appended to what is there; key, nonce and additional data are only read', () => {
      const [ownKey, ownNonce, ownAad] = [key.slice(), nonce.slice(), aad.slice()];
      const input = concat(plaintext, Uint8Array.of(1, 2, 3));
      const expected = concat(...seal([input]));
      const aead = provider.aead(name, ownKey);
      ownKey.fill(0);
      const first = ascii('a record header');
      const out: Uint8Array[] = [first];
      aead.seal(ownNonce, ownAad, [input], out);
      expect([ownNonce, ownAad, input]).toEqual([nonce, aad, concat(plaintext, Uint8Array.of(1, 2, 3))]);
      ownNonce.fill(0xff);
      ownAad.fill(0xff);
      input.fill(0xff);
      expect(out[0]).toBe(first);
      const pieces = out.slice(1);
      expect(concat(...pieces)).toEqual(expected);
      for (const piece of pieces) {
        expect([ownNonce.buffer, ownAad.buffer, input.buffer]).not.toContain(piece.buffer);
      }
      const [again, before] = [concat(...pieces), concat(...pieces)];
      const opened = aead.open(nonce, aad, again);
      expect(again).toEqual(before);
      again.fill(0);
      expect(opened).toEqual(concat(plaintext, Uint8Array.of(1, 2, 3)));
    });

    test('one nonce buffer counted up in place gives the records that fresh buffers give', () => {
      const aead = provider.aead(name, key);
      const reused = nonce.slice();
      for (let i = 0; i < 4; i++) {
        reused[11] = i;
        const [fromReused, fromFresh]: Uint8Array[][] = [[], []];
        aead.seal(reused, aad, [plaintext], fromReused as Uint8Array[]);
        provider.aead(name, key).seal(reused.slice(), aad.slice(), [plaintext], fromFresh as Uint8Array[]);
        expect(concat(...(fromReused as Uint8Array[]))).toEqual(concat(...(fromFresh as Uint8Array[])));
      }
    });

    test('undefined for every flipped bit, every truncation and other additional data; the next record still opens', () => {
      const aead = provider.aead(name, key);
      for (let i = 0; i < sealed.length; i++) {
        const changed = sealed.slice();
        changed[i] = (changed[i] as number) ^ (1 << (i % 8));
        expect(aead.open(nonce, aad, changed)).toBeUndefined();
        expect(aead.open(nonce, aad, sealed.subarray(0, i))).toBeUndefined();
      }
      expect(aead.open(nonce, aad, concat(sealed, Uint8Array.of(0)))).toBeUndefined();
      expect(aead.open(nonce, concat(aad, Uint8Array.of(0)), sealed)).toBeUndefined();
      expect(aead.open(nonce, aad, sealed)).toEqual(plaintext);
    });

    test('a nonce or key of a wrong length is a mistake of the caller', () => {
      const aead = provider.aead(name, key);
      for (const length of [0, 8, 11, 13, 16]) {
        expect(() => aead.seal(new Uint8Array(length), aad, [plaintext], [])).toThrow(RangeError);
        expect(() => aead.open(new Uint8Array(length), aad, sealed)).toThrow(RangeError);
      }
      for (const length of [0, 15, 17, 24, 31, 33]) {
        expect(() => provider.aead(name, new Uint8Array(length))).toThrow(RangeError);
      }
    });
  });

  test('results are plain Uint8Arrays, whose slice copies', () => {
    const out: Uint8Array[] = [];
    const aead = provider.aead('aes-128-gcm', new Uint8Array(16));
    aead.seal(new Uint8Array(12), EMPTY, [ascii('text')], out);
    const share = provider.generateKeyShare('secp256r1');
    const other = provider.generateKeyShare('secp256r1');
    const hash = provider.hash('sha256');
    const results: readonly (Uint8Array | undefined)[] = [
      ...out,
      aead.open(new Uint8Array(12), EMPTY, concat(...out)),
      provider.random(8),
      provider.hmac('sha256', EMPTY),
      hash.digest(),
      share.publicKey,
      share.derive(other.publicKey),
    ];
    for (const result of results) expect(Object.getPrototypeOf(result)).toBe(Uint8Array.prototype);
  });

  describe('key agreement', () => {
    test('RFC 7748 5.2: X25519 and X448', () => {
      const x25519 = keyShareOf('x25519', fromHex('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4'));
      expect(
        toHex(x25519.derive(fromHex('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c')) ?? EMPTY),
      ).toBe('c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552');
      const x448 = keyShareOf(
        'x448',
        fromHex(
          '3d262fddf9ec8e88495266fea19a34d28882acef045104d0d1aae121700a779c984c24f8cdd78fbff44943eba368f54b29259a4f1c600ad3',
        ),
      );
      const peer =
        '06fce640fa3487bfda5f6cf2d5263f8aad88334cbd07437f020f08f9814dc031ddbdc38c19c6da2583fa5429db94ada18aa7a7fb4ef8a086';
      expect(toHex(x448.derive(fromHex(peer)) ?? EMPTY)).toBe(
        'ce3e4ff95a60dc6697da1db1d85e6afbdf79b50a2412d7546d5f239fe14fbaadeb445fc66a01b0779d98223961111e21766282f73dd96b6f',
      );
    });

    test('RFC 8448 3: the public key on the wire and the shared secret', () => {
      const share = keyShareOf('x25519', fromHex('49af42ba7f7994852d713ef2784bcbcaa7911de26adc5642cb634540e7ea5005'));
      expect(toHex(share.publicKey)).toBe('99381de560e4bd43d23d8e435a7dbafeb3c06e51c13cae4d5413691e529aaf2c');
      const server = fromHex('c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f');
      expect(toHex(share.derive(server) ?? EMPTY)).toBe(
        '8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d',
      );
    });

    test('NIST CAVS 14.1: P-256', () => {
      const share = keyShareOf(
        'secp256r1',
        fromHex('7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534'),
      );
      expect(toHex(share.publicKey)).toBe(
        '04ead218590119e8876b29146ff89ca61770c4edbbf97d38ce385ed281d8a6b23028af61281fd35e2fa7002523acc85a429cb06ee6648325389f59edfce1405141',
      );
      const peer =
        '04700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac';
      expect(toHex(share.derive(fromHex(peer)) ?? EMPTY)).toBe(
        '46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b',
      );
    });

    test('RFC 7748 6, RFC 8446 7.4.2: public keys of low order, whose secret is all zero, are refused', () => {
      // Orders 1, 2, 4 and 8 on Curve25519 and its twist, canonical and not, with and without the unused top bit.
      const points = [
        '0000000000000000000000000000000000000000000000000000000000000000',
        '0100000000000000000000000000000000000000000000000000000000000000',
        'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
        '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
        'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
        'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
        'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      ];
      const share = provider.generateKeyShare('x25519');
      for (const point of points) {
        const bytes = fromHex(point);
        expect(share.derive(bytes)).toBeUndefined();
        bytes[31] = (bytes[31] as number) | 0x80;
        expect(share.derive(bytes)).toBeUndefined();
      }
      const x448 = provider.generateKeyShare('x448');
      for (const u of [0, 1]) expect(x448.derive(Uint8Array.of(u, ...new Uint8Array(55)))).toBeUndefined();
    });

    test.each(['secp256r1', 'secp384r1', 'secp521r1'] as const)(
      'RFC 8446 4.2.8.2: %s takes uncompressed points on the curve and nothing else',
      (group) => {
        const size = FIELD_LENGTH[group];
        const share = provider.generateKeyShare(group);
        const peer = provider.generateKeyShare(group).publicKey;
        expect(share.derive(peer)?.length).toBe(size);
        const parity = (peer.at(-1) as number) & 1;
        expect(share.derive(concat(Uint8Array.of(2 + parity), peer.subarray(1, 1 + size)))).toBeUndefined();
        expect(share.derive(concat(Uint8Array.of(6 + parity), peer.subarray(1)))).toBeUndefined();
        const offCurve = peer.slice();
        offCurve[2 * size] = (offCurve[2 * size] as number) ^ 1;
        expect(share.derive(offCurve)).toBeUndefined();
        expect(share.derive(concat(Uint8Array.of(4), new Uint8Array(2 * size)))).toBeUndefined();
        expect(share.derive(concat(Uint8Array.of(4), new Uint8Array(2 * size).fill(0xff)))).toBeUndefined();
        expect(share.derive(Uint8Array.of(0))).toBeUndefined(); // the point at infinity
        expect(share.derive(peer)?.length).toBe(size);
      },
    );

    // Numbers of a finite field are values, whose leading zeros may be missing: see dh.test.ts.
    test.each(CURVES)('%s: peers of every other length are refused without throwing', (group) => {
      const share = provider.generateKeyShare(group);
      expect(share.group).toBe(group);
      for (let length = 0; length <= share.publicKey.length + 2; length++) {
        if (length === share.publicKey.length) continue;
        const hostile = new Uint8Array(length).fill(4);
        hostile.set(share.publicKey.subarray(0, length));
        expect(share.derive(hostile)).toBeUndefined();
      }
    });

    test('every key share is new; a group that is not offered is refused', () => {
      for (const group of provider.groups) {
        expect(provider.generateKeyShare(group).publicKey).not.toEqual(provider.generateKeyShare(group).publicKey);
      }
      expect(() => provider.generateKeyShare('brainpoolP256r1' as GroupName)).toThrow(RangeError);
      expect(() => provider.answerKeyShare('brainpoolP256r1' as GroupName, EMPTY)).toThrow(RangeError);
    });

    test.each(provider.groups)(
      '%s: an answer is a fresh share and the secret that the offering side derives',
      (group) => {
        const offer = provider.generateKeyShare(group);
        expect(offer.group).toBe(group);
        const answer = provider.answerKeyShare(group, offer.publicKey);
        expect(answer && equal(answer.secret, offer.derive(answer.publicKey) ?? EMPTY)).toBe(true);
        expect(provider.answerKeyShare(group, offer.publicKey)?.publicKey).not.toEqual(answer?.publicKey);
        expect(provider.answerKeyShare(group, EMPTY)).toBeUndefined();
        expect(provider.answerKeyShare(group, new Uint8Array(offer.publicKey.length))).toBeUndefined();
      },
    );
  });
});

describe('node and noble agree', () => {
  test.each(AEADS.filter((name) => PROVIDERS.every(([provider]) => provider.aeads.includes(name))))(
    '%s: what one seals the other opens, around the sizes of blocks and of records',
    (name) => {
      for (const length of [0, 1, 15, 16, 17, 63, 64, 65, 1000, 16384, 16385]) {
        const [key, nonce] = [nodeProvider.random(name === 'aes-128-gcm' ? 16 : 32), nodeProvider.random(12)];
        const [aad, message] = [nodeProvider.random(length % 14), nodeProvider.random(length)];
        const results = PROVIDERS.map(([provider]) => {
          const out: Uint8Array[] = [];
          provider.aead(name, key).seal(nonce, aad, [message.subarray(0, 7), message.subarray(7)], out);
          return concat(...out);
        });
        expect(results[0]).toEqual(results[1]);
        for (const [provider] of PROVIDERS) {
          const opened = provider.aead(name, key).open(nonce, aad, results[0] as Uint8Array);
          expect(opened !== undefined && equal(opened, message)).toBe(true);
        }
      }
    },
  );

  test.each(GROUPS)('%s: both sides of an agreement reach one secret', (group) => {
    const node = nodeProvider.generateKeyShare(group);
    const noble = nobleProvider.generateKeyShare(group);
    const secret = node.derive(noble.publicKey);
    const secretLength = {
      ...FIELD_LENGTH,
      ffdhe2048: 256,
      ffdhe3072: 384,
      ffdhe4096: 512,
      ffdhe6144: 768,
      ffdhe8192: 1024,
    };
    expect(secret?.length).toBe(secretLength[group]);
    expect(noble.derive(node.publicKey)).toEqual(secret);
  });

  test.each(HASHES)('%s: digests and HMACs around the sizes of blocks', (name) => {
    for (const length of [0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 1000]) {
      const data = nodeProvider.random(length);
      const digests = PROVIDERS.map(([provider]) => {
        const hash = provider.hash(name);
        hash.update(data);
        return hash.digest();
      });
      expect(digests[0]).toEqual(digests[1]);
      expect(nodeProvider.hmac(name, data, data)).toEqual(nobleProvider.hmac(name, data, data));
    }
  });
});
