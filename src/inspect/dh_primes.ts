// Which published group a Diffie-Hellman prime belongs to: RFC 7919 (ffdhe2048 and so on) and the MODP groups of RFC 2409 and
// RFC 3526, which many servers take by default. Known by its length, its first and its last sixteen bytes: nobody makes
// another number of that form by chance, and here it is only named, never trusted.

import { toHex } from '../bytes/bytes.ts';

export interface DhPrime {
  /** Its length without leading zeros. */
  readonly bits: number;
  /** `ffdhe2048`, or `MODP group 14`. */
  readonly group: string | undefined;
  readonly rfc: string | undefined;
}

/** What can be told of the prime `p`, big-endian. */
export function dhPrime(p: Uint8Array): DhPrime {
  const digits = toHex(p).replace(/^(?:00)+/, '');
  const bits = digits === '' ? 0 : 4 * digits.length - Math.clz32(Number.parseInt(digits.slice(0, 2), 16)) + 24;
  const known = PUBLISHED.find(
    (one) => one.bits === bits && digits.startsWith(one.head) && digits.endsWith(one.tail + FF),
  );
  return { bits, group: known?.group, rfc: known?.rfc };
}

/** The number that a big-endian integer stands for when it is below 2^16; undefined for a larger one. */
export function smallNumber(bytes: Uint8Array): number | undefined {
  const digits = toHex(bytes).replace(/^(?:00)+/, '');
  return digits.length > 4 ? undefined : Number.parseInt(digits || '0', 16);
}

interface Published {
  readonly bits: number;
  readonly head: string;
  readonly tail: string;
  readonly group: string;
  readonly rfc: string;
}

const FF = 'f'.repeat(16);
/** All of them begin and end with 64 ones; between stand digits of e (RFC 7919) or of pi, and at the end a number that makes it prime. */
const E = `${FF}adf85458a2bb4a9a`;
const PI = `${FF}c90fdaa22168c234`;

const ffdhe = (bits: number, tail: string): Published => ({
  bits,
  head: E,
  tail,
  group: `ffdhe${bits}`,
  rfc: 'RFC 7919',
});
const modp = (bits: number, number: number, tail: string): Published => ({
  bits,
  head: PI,
  tail,
  group: `MODP group ${number}`,
  rfc: number === 2 ? 'RFC 2409' : 'RFC 3526',
});

const PUBLISHED: readonly Published[] = [
  ffdhe(2048, '886b423861285c97'),
  ffdhe(3072, '25e41d2b66c62e37'),
  ffdhe(4096, 'c68a007e5e655f6a'),
  ffdhe(6144, 'a40e329cd0e40e65'),
  ffdhe(8192, 'd68c8bb7c5c6424c'),
  modp(1024, 2, '49286651ece65381'),
  modp(1536, 5, 'f1746c08ca237327'),
  modp(2048, 14, '15728e5a8aacaa68'),
  modp(3072, 15, '4b82d120a93ad2ca'),
  modp(4096, 16, '4df435c934063199'),
  modp(6144, 17, 'e694f91e6dcc4024'),
  modp(8192, 18, '60c980dd98edd3df'),
];
