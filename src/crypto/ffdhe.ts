// The finite field groups of RFC 7919. Their primes are computed from the formula of its appendix A, which is shorter
// than 3 KB of digits: p = 2^b - 2^(b-64) + (floor(2^(b-130) e) + X) 2^64 - 1, generator 2. A prime is computed when it
// is first asked for (0.3 ms for 2048 bits, 2 ms for 8192), and then kept: a constant, not a state.

import { equal, fromBigInt } from '../bytes/bytes.ts';
import type { FfdheName, GroupName } from './keys.ts';

/** Numbers of a finite field, unsigned big-endian without leading zeros: dh_p and dh_g of RFC 5246 7.4.3. */
export interface DhParameters {
  readonly prime: Uint8Array;
  readonly generator: Uint8Array;
}

interface Ffdhe {
  readonly bits: number;
  /** X of appendix A: the least number that makes p and (p-1)/2 prime. */
  readonly x: number;
  /** Bits of a private key: RFC 7919 5.2 asks for at least 225, 275, 325, 375 and 400. */
  readonly exponentBits: number;
}

const FFDHE: Readonly<Record<FfdheName, Ffdhe>> = {
  ffdhe2048: { bits: 2048, x: 560316, exponentBits: 256 },
  ffdhe3072: { bits: 3072, x: 2625351, exponentBits: 288 },
  ffdhe4096: { bits: 4096, x: 5736041, exponentBits: 336 },
  ffdhe6144: { bits: 6144, x: 15705020, exponentBits: 384 },
  ffdhe8192: { bits: 8192, x: 10965728, exponentBits: 408 },
};

export const FFDHE_NAMES = Object.keys(FFDHE) as readonly FfdheName[];

export function isFiniteField(group: GroupName): group is FfdheName {
  return Object.hasOwn(FFDHE, group);
}

/** Bits of the group's prime, without computing it. */
export function ffdheBits(group: FfdheName): number {
  return FFDHE[group].bits;
}

/** The parameters of `group`. The arrays are shared: for reading only. */
export function ffdheParameters(group: FfdheName): DhParameters {
  const known = computed.get(group);
  if (known !== undefined) return known;
  const { bits, x } = FFDHE[group];
  const parameters = { prime: fromBigInt(primeOf(bits, x), bits / 8), generator: Uint8Array.of(2) };
  computed.set(group, parameters);
  return parameters;
}

/** The group that has these parameters (without leading zeros), as a server of TLS 1.2 sends them (RFC 7919 4). */
export function ffdheGroupOf(prime: Uint8Array, generator: Uint8Array): FfdheName | undefined {
  const group = FFDHE_NAMES.find((name) => FFDHE[name].bits === 8 * prime.length);
  if (group === undefined) return undefined;
  const parameters = ffdheParameters(group);
  return equal(prime, parameters.prime) && equal(generator, parameters.generator) ? group : undefined;
}

/** Bits of a private key in `group`, more than twice its security strength. */
export function ffdheExponentBits(group: FfdheName): number {
  return FFDHE[group].exponentBits;
}

const computed = new Map<FfdheName, DhParameters>();

function primeOf(bits: number, x: number): bigint {
  const one = 1n << BigInt(bits);
  // e = 1/0! + 1/1! + 1/2! ... to as many binary places as p has. What the divisions round off adds up to less than a
  // thousand units of the last place, and the last 130 places are cut off.
  let e = 0n;
  for (let term = one, n = 1n; term > 0n; term /= n++) e += term;
  return one - (one >> 64n) + (((e >> 130n) + BigInt(x)) << 64n) - 1n;
}
