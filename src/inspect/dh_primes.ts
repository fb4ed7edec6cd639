// Which published group a Diffie-Hellman prime belongs to: those of RFC 7919 (ffdhe2048 and so on) and the MODP groups of
// RFC 2409 and RFC 3526, which many servers take by default. Compared to the last bit: a name says that the prime is safe, and
// a server could well send a number that only begins and ends like one of them.

import { equal, fromBigInt } from '../bytes/bytes.ts';
import { FFDHE_NAMES, ffdheParameters } from '../crypto/ffdhe.ts';

export interface DhPrime {
  /** Its length without leading zeros. */
  readonly bits: number;
  /** `ffdhe2048`, or `MODP group 14`. */
  readonly group: string | undefined;
  readonly rfc: string | undefined;
}

/** What can be told of the prime `p`, big-endian. */
export function dhPrime(p: Uint8Array): DhPrime {
  const prime = withoutZeros(p);
  const bits = 8 * prime.length - (prime[0] === undefined ? 0 : Math.clz32(prime[0]) - 24);
  // All published primes begin with 64 ones: the others are not worth computing anything.
  if (prime[0] !== 0xff || prime[7] !== 0xff) return { bits, group: undefined, rfc: undefined };
  const ffdhe = FFDHE_NAMES.find((name) => equal(ffdheParametersIf(name, bits), prime));
  if (ffdhe !== undefined) return { bits, group: ffdhe, rfc: 'RFC 7919' };
  const modp = MODP.find((one) => one.bits === bits);
  if (modp === undefined || !equal(modpPrime(modp), prime)) return { bits, group: undefined, rfc: undefined };
  return { bits, group: `MODP group ${modp.number}`, rfc: modp.number === 2 ? 'RFC 2409' : 'RFC 3526' };
}

/** The number that a big-endian integer stands for when it is below 2^16; undefined for a larger one. */
export function smallNumber(bytes: Uint8Array): number | undefined {
  const [high = 0, low] = withoutZeros(bytes);
  if (withoutZeros(bytes).length > 2) return undefined;
  return low === undefined ? high : high * 256 + low;
}

function withoutZeros(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? bytes.subarray(bytes.length) : bytes.subarray(first);
}

/** Only the group of that length is computed. */
function ffdheParametersIf(name: (typeof FFDHE_NAMES)[number], bits: number): Uint8Array {
  return name === `ffdhe${bits}` ? ffdheParameters(name).prime : new Uint8Array(0);
}

interface Modp {
  readonly bits: number;
  readonly number: number;
  /** What makes it prime: p = 2^b - 2^(b-64) - 1 + 2^64 (floor(2^(b-130) pi) + x). */
  readonly x: number;
}

/** RFC 2409 6.2; RFC 3526 2 to 7. */
const MODP: readonly Modp[] = [
  { bits: 1024, number: 2, x: 129093 },
  { bits: 1536, number: 5, x: 741804 },
  { bits: 2048, number: 14, x: 124476 },
  { bits: 3072, number: 15, x: 1690314 },
  { bits: 4096, number: 16, x: 240904 },
  { bits: 6144, number: 17, x: 929484 },
  { bits: 8192, number: 18, x: 4743158 },
];

/** Constants, computed once (some milliseconds for the longest). */
const computed = new Map<number, Uint8Array>();

function modpPrime({ bits, x }: Modp): Uint8Array {
  const known = computed.get(bits);
  if (known !== undefined) return known;
  const b = BigInt(bits);
  const p = 2n ** b - 2n ** (b - 64n) - 1n + 2n ** 64n * (piTimesPowerOfTwo(bits - 130) + BigInt(x));
  const bytes = fromBigInt(p, bits / 8);
  computed.set(bits, bytes);
  return bytes;
}

/** floor(pi 2^bits), by Machin's formula with 64 bits to spare for what the divisions cut off. */
function piTimesPowerOfTwo(bits: number): bigint {
  const one = 1n << BigInt(bits + 64);
  return (4n * (4n * arctanOfInverse(5n, one) - arctanOfInverse(239n, one))) >> 64n;
}

function arctanOfInverse(n: bigint, one: bigint): bigint {
  const square = n * n;
  let sum = 0n;
  let sign = 1n;
  let power = one / n;
  for (let k = 1n; power > 0n; k += 2n) {
    sum += (sign * power) / k;
    power /= square;
    sign = -sign;
  }
  return sum;
}
