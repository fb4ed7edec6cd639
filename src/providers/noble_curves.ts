// The curves of the web as groups of @noble/curves: P-256, P-384 and P-521 (SEC 2 2.4.2, 2.5.1, 2.6.1), X25519 (RFC 7748 4.1) and
// edwards25519 (RFC 8032 5.1), without the hashing to curves and the threshold signatures that noble's ready objects bring
// along; and ECDSA verification (FIPS 186-5 6.4.2), since noble's ECDSA is one object that signs and recovers keys too. Of
// X25519 there is the ladder alone: noble's own builds a tenth of a second of tables first, which pay after many handshakes.

import { eddsa, edwards } from '@noble/curves/abstract/edwards.js';
import { pow } from '@noble/curves/abstract/modular.js';
import { type MontgomeryECDH, montgomery } from '@noble/curves/abstract/montgomery.js';
import { type WeierstrassPointCons, weierstrass } from '@noble/curves/abstract/weierstrass.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { toBigInt } from '../bytes/bytes.ts';

export type NobleCurve = WeierstrassPointCons<bigint>;

export const P256: NobleCurve = /* @__PURE__ */ primeCurve(
  () => 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
  'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
  '5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b',
  '6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296',
  '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
);

export const P384: NobleCurve = /* @__PURE__ */ primeCurve(
  () => 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
  'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
  'b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef',
  'aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7',
  '3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f',
);

export const P521: NobleCurve = /* @__PURE__ */ primeCurve(
  () => 2n ** 521n - 1n,
  '1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409',
  '51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00',
  'c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66',
  '11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650',
);

/** All of them have cofactor 1 and a = -3. */
function primeCurve(prime: () => bigint, order: string, b: string, x: string, y: string): NobleCurve {
  const [n, bValue, Gx, Gy] = [order, b, x, y].map((hex) => BigInt(`0x${hex}`)) as [bigint, bigint, bigint, bigint];
  const p = prime();
  return weierstrass({ p, n, h: 1n, a: p - 3n, b: bValue, Gx, Gy });
}

const P25519 = /* @__PURE__ */ (() => 2n ** 255n - 19n)();

export const X25519: MontgomeryECDH = /* @__PURE__ */ montgomery({
  P: P25519,
  type: 'x25519',
  powPminus2: (x) => pow(x, P25519 - 2n, P25519),
  adjustScalarBytes: clamp,
});

/** Its `verify` follows RFC 8032 when it is told `zip215: false`. */
export const ED25519 = /* @__PURE__ */ (() =>
  eddsa(
    edwards({
      p: P25519,
      n: 2n ** 252n + 27742317777372353535851937790883648493n,
      h: 8n,
      a: P25519 - 1n,
      d: 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n,
      Gx: 0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51an,
      Gy: 0x6666666666666666666666666666666666666666666666666666666666666658n,
    }),
    sha512,
    { adjustScalarBytes: clamp },
  ))();

/** RFC 7748 5, RFC 8032 5.1.5: a multiple of the cofactor, with bit 254 as the highest. */
function clamp(scalar: Uint8Array): Uint8Array {
  scalar[0] = (scalar[0] as number) & 0xf8;
  scalar[31] = ((scalar[31] as number) & 0x7f) | 0x40;
  return scalar;
}

/**
 * Whether `signature` (Ecdsa-Sig-Value, whose DER was checked by `isStrictEcdsaSignature`) is one over `hashed` by the
 * holder of `point`. High values of s are as good as low ones.
 * @throws Error when `point` is not on the curve
 */
export function verifyEcdsa(curve: NobleCurve, point: Uint8Array, hashed: Uint8Array, signature: Uint8Array): boolean {
  const { BASE, Fn } = curve;
  const [r, s] = integersOf(signature);
  if (!Fn.isValidNot0(r) || !Fn.isValidNot0(s)) return false;
  // The leftmost bits of the hash, as many as the order has.
  const surplus = Math.max(0, 8 * hashed.length - Fn.BITS);
  const e = Fn.create(toBigInt(hashed) >> BigInt(surplus));
  const inverse = Fn.inv(s);
  const sum = BASE.mulAddUnsafe(Fn.mul(e, inverse), curve.fromBytes(point), Fn.mul(r, inverse));
  return !sum.is0() && Fn.create(sum.x) === r;
}

/** SEQUENCE { r INTEGER, s INTEGER }: each shorter than 128 bytes, the whole perhaps not. */
function integersOf(signature: Uint8Array): [bigint, bigint] {
  const first = (signature[1] as number) < 0x80 ? 2 : 3;
  const second = first + 2 + (signature[first + 1] as number);
  return [toBigInt(signature.subarray(first + 2, second)), toBigInt(signature.subarray(second + 2))];
}
