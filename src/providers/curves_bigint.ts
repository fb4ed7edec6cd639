// P-256, P-384 and P-521 in BigInt, as small as they get: one complete addition formula (Renes, Costello, Batina 2015, eq. 1
// with a = -3) for every pair of points, equal, opposite and infinite ones included, and a ladder that takes the same steps
// for every scalar. BigInt arithmetic does not take the same time for all values: this is for values that are public (ECDSA
// verification) or used once (ephemeral keys). Private keys that last belong to noble_keys.ts or to the host.

import { concat, fromBigInt, toBigInt } from '../bytes/bytes.ts';
import type { CurveName } from '../crypto/keys.ts';
import { FIELD_LENGTH } from './checks.ts';

/** Projective (X : Y : Z); infinity is (0 : 1 : 0). */
type Point = readonly [X: bigint, Y: bigint, Z: bigint];

interface Curve {
  readonly p: bigint;
  readonly order: bigint;
  readonly b: bigint;
  readonly base: Point;
  /** Bits of the order. */
  readonly bits: number;
  /** Bytes of a coordinate. */
  readonly length: number;
}

const INFINITY: Point = [0n, 1n, 0n];

/** The public key of a private one: an uncompressed point. @throws RangeError unless 0 < `scalar` < the order */
export function publicPoint(name: CurveName, scalar: bigint): Uint8Array {
  const curve = CURVES[name];
  if (scalar <= 0n || scalar >= curve.order) throw new RangeError(`not a private key on ${name}`);
  const [x, y] = affine(curve, multiply(curve, curve.base, scalar)) as [bigint, bigint];
  return concat(Uint8Array.of(4), fromBigInt(x, curve.length), fromBigInt(y, curve.length));
}

/** The X coordinate of `scalar` times `point` (SEC 1 3.3.1); undefined when the point is not on the curve. */
export function sharedX(name: CurveName, scalar: bigint, point: Uint8Array): Uint8Array | undefined {
  const curve = CURVES[name];
  const peer = readPoint(curve, point);
  const shared = peer && affine(curve, multiply(curve, peer, scalar));
  return shared && fromBigInt(shared[0], curve.length);
}

/** A private key without bias: eight bytes more than the order has, reduced (FIPS 186-5 A.2.1). */
export function randomScalar(name: CurveName, random: (length: number) => Uint8Array): bigint {
  const { length, order } = CURVES[name];
  return (toBigInt(random(length + 8)) % (order - 1n)) + 1n;
}

/**
 * ECDSA verification (FIPS 186-5 6.4.2) of an Ecdsa-Sig-Value whose DER was checked by `isStrictEcdsaSignature`. High values
 * of s are as good as low ones.
 */
export function verifiesEcdsa(name: CurveName, point: Uint8Array, hashed: Uint8Array, signature: Uint8Array): boolean {
  const curve = CURVES[name];
  const { order, bits, base } = curve;
  const [r, s] = integersOf(signature);
  const key = readPoint(curve, point);
  if (key === undefined || r === 0n || s === 0n || r >= order || s >= order) return false;
  // The leftmost bits of the hash, as many as the order has.
  const e = toBigInt(hashed) >> BigInt(Math.max(0, 8 * hashed.length - bits));
  const inverse = power(s, order - 2n, order);
  const sum = affine(curve, multiplyBoth(curve, base, (e * inverse) % order, key, (r * inverse) % order));
  return sum !== undefined && sum[0] % order === r;
}

/** `base` to the `exponent` modulo `modulus`; for inverses too (Fermat), as every modulus here is prime. */
export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === '1') result = (result * base) % modulus;
  }
  return result;
}

/** Montgomery's ladder: an addition and a doubling for each bit of the order. */
function multiply(curve: Curve, point: Point, scalar: bigint): Point {
  let [low, high] = [INFINITY, point];
  for (const bit of scalar.toString(2).padStart(curve.bits, '0')) {
    const sum = add(curve, low, high);
    if (bit === '0') [low, high] = [add(curve, low, low), sum];
    else [low, high] = [sum, add(curve, high, high)];
  }
  return low;
}

/** `u` times `a` plus `v` times `b`, of public values: one doubling serves both. */
function multiplyBoth(curve: Curve, a: Point, u: bigint, b: Point, v: bigint): Point {
  const both = add(curve, a, b);
  let sum = INFINITY;
  for (let bit = BigInt(curve.bits - 1); bit >= 0n; bit--) {
    sum = add(curve, sum, sum);
    const [inU, inV] = [(u >> bit) & 1n, (v >> bit) & 1n];
    if (inU + inV > 0n) sum = add(curve, sum, inU + inV === 2n ? both : inU === 1n ? a : b);
  }
  return sum;
}

function add({ p, b }: Curve, [x1, y1, z1]: Point, [x2, y2, z2]: Point): Point {
  const xx = (x1 * x2) % p;
  const yy = (y1 * y2) % p;
  const zz = (z1 * z2) % p;
  const xy = (x1 * y2 + x2 * y1) % p;
  const xz = (x1 * z2 + x2 * z1) % p;
  const yz = (y1 * z2 + y2 * z1) % p;
  const t = (3n * (b * zz - xz)) % p;
  const u = 3n * (xx - zz);
  const v = (3n * (b * xz - xx - 3n * zz)) % p;
  return [(xy * (yy - t) - yz * v) % p, ((yy + t) * (yy - t) + u * v) % p, (yz * (yy + t) + xy * u) % p];
}

/** Undefined for infinity. */
function affine({ p }: Curve, [x, y, z]: Point): [bigint, bigint] | undefined {
  if (z % p === 0n) return undefined;
  const inverse = power(z, p - 2n, p);
  return [modulo(x * inverse, p), modulo(y * inverse, p)];
}

/** A point of `1 + 2 * length` bytes, uncompressed, whose shape was checked; undefined unless it is on the curve. */
function readPoint({ p, b, length }: Curve, bytes: Uint8Array): Point | undefined {
  const x = toBigInt(bytes.subarray(1, 1 + length));
  const y = toBigInt(bytes.subarray(1 + length));
  return x < p && y < p && (y * y - x * x * x + 3n * x - b) % p === 0n ? [x, y, 1n] : undefined;
}

/** SEQUENCE { r INTEGER, s INTEGER }: each shorter than 128 bytes, the whole perhaps not. */
function integersOf(signature: Uint8Array): [bigint, bigint] {
  const first = (signature[1] as number) < 0x80 ? 2 : 3;
  const second = first + 2 + (signature[first + 1] as number);
  return [toBigInt(signature.subarray(first + 2, second)), toBigInt(signature.subarray(second + 2))];
}

/** The remainder that is not negative. */
export function modulo(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

/** `order`, `b` and the base point's coordinates (SEC 2 2.4.2, 2.5.1, 2.6.1) in hexadecimal. */
function curveOf(name: CurveName, p: bigint, ...numbers: readonly [string, string, string, string]): Curve {
  const [order, b, x, y] = numbers.map((hex) => BigInt(`0x${hex}`)) as [bigint, bigint, bigint, bigint];
  return { p, order, b, base: [x, y, 1n], bits: order.toString(2).length, length: FIELD_LENGTH[name] };
}

const CURVES: Readonly<Record<CurveName, Curve>> = {
  secp256r1: /* @__PURE__ */ curveOf(
    'secp256r1',
    2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
    '5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b',
    '6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296',
    '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
  ),
  secp384r1: /* @__PURE__ */ curveOf(
    'secp384r1',
    2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
    'b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef',
    'aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7',
    '3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f',
  ),
  secp521r1: /* @__PURE__ */ curveOf(
    'secp521r1',
    2n ** 521n - 1n,
    '1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409',
    '51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00',
    'c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66',
    '11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650',
  ),
};
