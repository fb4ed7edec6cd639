// X25519 (RFC 7748 5) and the verification of Ed25519 (RFC 8032 5.1.7) in BigInt, as small as they get. The ladder takes the
// same steps for every key, but BigInt arithmetic does not take the same time for all values: this is for ephemeral keys, and
// what is verified is public.

import { concat, equal, fromBigInt, toBigInt } from '../bytes/bytes.ts';
import { modulo, power } from './curves_bigint.ts';

const P = 2n ** 255n - 19n;
/** The order of the base point (RFC 8032 5.1). */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n;
const TOP_BIT = 2n ** 255n;

/** RFC 7748 5: `scalar` and the u-coordinate `u` are 32 bytes each, and so is the result; all zero for a low order. */
export function x25519(scalar: Uint8Array, u: Uint8Array): Uint8Array {
  // decodeScalar25519: a multiple of eight with bit 254 as its highest.
  const k = ((littleEndian(scalar) % (TOP_BIT / 2n)) & ~7n) | (TOP_BIT / 2n);
  const x1 = littleEndian(u) % TOP_BIT;
  let [x2, z2, x3, z3] = [1n, 0n, x1, 1n];
  for (const bit of k.toString(2)) {
    if (bit === '1') [x2, z2, x3, z3] = [x3, z3, x2, z2];
    const aa = (x2 + z2) ** 2n % P;
    const bb = (x2 - z2) ** 2n % P;
    const e = aa - bb;
    const da = (x3 - z3) * (x2 + z2);
    const cb = (x3 + z3) * (x2 - z2);
    [x3, z3] = [(da + cb) ** 2n % P, (x1 * ((da - cb) ** 2n % P)) % P];
    [x2, z2] = [(aa * bb) % P, (e * (aa + 121665n * e)) % P];
    if (bit === '1') [x2, z2, x3, z3] = [x3, z3, x2, z2];
  }
  return fromBigInt(modulo(x2 * power(z2, P - 2n, P), P), 32).reverse();
}

/** The public key of an X25519 private key: `scalar` times the base point, whose u is 9. */
export function x25519Base(scalar: Uint8Array): Uint8Array {
  return x25519(scalar, fromBigInt(9n, 32).reverse());
}

/** RFC 8032 5.1.7 without the cofactor, as OpenSSL does it: R is compared as bytes, so no second spelling of it passes. */
export function verifiesEd25519(
  publicKey: Uint8Array,
  sha512: (data: Uint8Array) => Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const r = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  const key = decodePoint(publicKey);
  const base = decodePoint(BASE);
  if (key === undefined || base === undefined || s >= ORDER) return false;
  const h = littleEndian(sha512(concat(r, publicKey, data))) % ORDER;
  const [x, y, z, t] = key;
  return equal(encodePoint(add(multiply(base, s), multiply([-x, y, z, -t], h))), r);
}

/** Extended coordinates (RFC 8032 5.1.4): x = X/Z, y = Y/Z, x * y = T/Z. */
type Point = readonly [X: bigint, Y: bigint, Z: bigint, T: bigint];

/** y = 4/5 and an even x. */
const BASE = /* @__PURE__ */ new Uint8Array(32).fill(0x66).fill(0x58, 0, 1);

/** Complete on this curve: good for equal points and for the neutral one. */
function add([x1, y1, z1, t1]: Point, [x2, y2, z2, t2]: Point): Point {
  const a = ((y1 - x1) * (y2 - x2)) % P;
  const b = ((y1 + x1) * (y2 + x2)) % P;
  const c = (((2n * t1 * t2) % P) * D) % P;
  const d = (2n * z1 * z2) % P;
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [(e * f) % P, (g * h) % P, (f * g) % P, (e * h) % P];
}

function multiply(point: Point, scalar: bigint): Point {
  let result: Point = [0n, 1n, 1n, 0n];
  for (const bit of scalar.toString(2)) {
    result = add(result, result);
    if (bit === '1') result = add(result, point);
  }
  return result;
}

/** RFC 8032 5.1.3. Undefined for what is no point, or another spelling of one. */
function decodePoint(bytes: Uint8Array): Point | undefined {
  const value = littleEndian(bytes);
  const y = value % TOP_BIT;
  if (y >= P) return undefined;
  const u = modulo(y * y - 1n, P);
  const v = (D * y * y + 1n) % P;
  let x = (u * v ** 3n * power((u * v ** 7n) % P, (P - 5n) / 8n, P)) % P;
  const square = (v * x * x) % P;
  if (square === modulo(-u, P)) x = (x * power(2n, (P - 1n) / 4n, P)) % P;
  else if (square !== u) return undefined;
  const odd = value >= TOP_BIT;
  if (x === 0n && odd) return undefined;
  if (((x & 1n) === 1n) !== odd) x = P - x;
  return [x, y, 1n, (x * y) % P];
}

function encodePoint([x, y, z]: Point): Uint8Array {
  const inverse = power(z, P - 2n, P);
  const sign = modulo(x * inverse, P) & 1n;
  return fromBigInt(modulo(y * inverse, P) + sign * TOP_BIT, 32).reverse();
}

function littleEndian(bytes: Uint8Array): bigint {
  return toBigInt(bytes.slice().reverse());
}
