import { describe, expect, it } from 'vitest';
import { EMPTY, fromHex, toHex } from '../bytes/bytes.ts';
import { nobleProvider } from '../providers/noble.ts';
import { nodeProvider } from '../providers/node.ts';
import { hkdfExpand, hkdfExpandLabel, hkdfExtract, hkdfLabel } from './hkdf.ts';
import type { HashName } from './keys.ts';

const range = (from: number, count: number): Uint8Array => Uint8Array.from({ length: count }, (_, i) => from + i);

interface Vector {
  readonly test: string;
  readonly hash: HashName;
  readonly ikm: Uint8Array;
  readonly salt: Uint8Array;
  readonly info: Uint8Array;
  readonly prk: string;
  readonly okm: string;
}

const VECTORS: readonly Vector[] = [
  {
    test: 'A.1',
    hash: 'sha256',
    ikm: new Uint8Array(22).fill(0x0b),
    salt: range(0, 13),
    info: range(0xf0, 10),
    prk: '077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5',
    okm: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  },
  {
    test: 'A.2',
    hash: 'sha256',
    ikm: range(0, 80),
    salt: range(0x60, 80),
    info: range(0xb0, 80),
    prk: '06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244',
    okm: 'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
  },
  {
    test: 'A.3, no salt and no info',
    hash: 'sha256',
    ikm: new Uint8Array(22).fill(0x0b),
    salt: EMPTY,
    info: EMPTY,
    prk: '19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04',
    okm: '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  },
  {
    test: 'A.4',
    hash: 'sha1',
    ikm: new Uint8Array(11).fill(0x0b),
    salt: range(0, 13),
    info: range(0xf0, 10),
    prk: '9b6c18c432a7bf8f0e71c8eb88f4b30baa2ba243',
    okm: '085a01ea1b10f36933068b56efa5ad81a4f14b822f5b091568a9cdd4f155fda2c22e422478d305f3f896',
  },
];

describe.each([nodeProvider, nobleProvider])('$name', (provider) => {
  it.each(VECTORS)('RFC 5869 $test', ({ hash, ikm, salt, info, prk, okm }) => {
    const extracted = hkdfExtract(provider, hash, salt, ikm);
    expect(toHex(extracted)).toBe(prk);
    expect(toHex(hkdfExpand(provider, hash, extracted, info, okm.length / 2))).toBe(okm);
  });

  it('RFC 5869 2.3: every shorter output is a prefix of the longer; more than 255 blocks are refused', () => {
    const prk = new Uint8Array(32).fill(1);
    const long = toHex(hkdfExpand(provider, 'sha256', prk, EMPTY, 100));
    for (const length of [1, 31, 32, 33, 64, 65, 99]) {
      expect(toHex(hkdfExpand(provider, 'sha256', prk, EMPTY, length))).toBe(long.slice(0, 2 * length));
    }
    expect(hkdfExpand(provider, 'sha256', prk, EMPTY, 255 * 32).length).toBe(255 * 32);
    expect(() => hkdfExpand(provider, 'sha256', prk, EMPTY, 255 * 32 + 1)).toThrow(RangeError);
  });

  it('RFC 8446 7.1: HKDF-Expand-Label, with the value of RFC 8448 3 "tls13 resumption"', () => {
    const secret = fromHex('7df235f2031d2a051287d02b0241b0bfdaf86cc856231f2d5aba46c434ec196c');
    const nonce = fromHex('0000');
    expect(toHex(hkdfLabel('resumption', nonce, 32))).toBe('002010746c73313320726573756d7074696f6e020000');
    expect(toHex(hkdfExpandLabel(provider, 'sha256', secret, 'resumption', nonce, 32))).toBe(
      '4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3',
    );
  });
});
