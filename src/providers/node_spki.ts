// A public KeyObject as the data of crypto/keys.ts, for private keys that were just imported. Goes through DER of
// SubjectPublicKeyInfo (RFC 5280 4.1.2.7, RFC 3279 2.3, RFC 8410 4): exporting JWK can deadlock Node 20.

import { ECDH, type KeyObject } from 'node:crypto';
import { Reader } from '../bytes/reader.ts';
import type { CurveName, HashName, PublicKey } from '../crypto/keys.ts';
import { isUncompressedPoint } from './checks.ts';
import { plain } from './node_aead.ts';
import { content, INTEGER, SEQUENCE, subjectPublicKey, unsigned } from './node_der.ts';
import { OPENSSL_CURVE } from './node_groups.ts';

/** @throws TypeError for a kind of key that TLS has no use for here (DSA, DH, X25519, other curves) */
export function publicKeyOf(key: KeyObject): PublicKey {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return { kind: 'rsa', ...rsaNumbers(key) };
    case 'rsa-pss':
      return { kind: 'rsa-pss', ...rsaNumbers(key), ...pssLimits(key) };
    case 'ec':
      return { kind: 'ec', ...curvePoint(key) };
    case 'ed25519':
    case 'ed448':
      return { kind: key.asymmetricKeyType, key: subjectPublicKey(key) };
    default:
      throw new TypeError(`keys of type ${key.asymmetricKeyType ?? key.type} cannot be used in TLS`);
  }
}

function rsaNumbers(key: KeyObject): { modulus: Uint8Array; exponent: Uint8Array } {
  const reader = new Reader(content(new Reader(subjectPublicKey(key)), SEQUENCE));
  return { modulus: unsigned(content(reader, INTEGER)), exponent: unsigned(content(reader, INTEGER)) };
}

/** RFC 4055 3.1: the parameters of an id-RSASSA-PSS key, when it has any. */
function pssLimits(key: KeyObject): { hash?: HashName; minSaltLength?: number } {
  const { hashAlgorithm, mgf1HashAlgorithm, saltLength } = key.asymmetricKeyDetails ?? {};
  if (hashAlgorithm === undefined) return {};
  const hash = (['sha1', 'sha256', 'sha384', 'sha512'] as const).find((name) => name === hashAlgorithm);
  if (hash === undefined || mgf1HashAlgorithm !== hashAlgorithm) {
    throw new TypeError(
      `an RSA-PSS key bound to ${hashAlgorithm} with MGF1 on ${mgf1HashAlgorithm} cannot be used in TLS`,
    );
  }
  return { hash, minSaltLength: saltLength ?? 20 };
}

function curvePoint(key: KeyObject): { curve: CurveName; point: Uint8Array } {
  const named = key.asymmetricKeyDetails?.namedCurve;
  const curve = (['secp256r1', 'secp384r1', 'secp521r1'] as const).find((name) => OPENSSL_CURVE[name] === named);
  if (curve === undefined) throw new TypeError(`EC keys on ${named ?? 'an unnamed curve'} cannot be used in TLS`);
  const point = subjectPublicKey(key);
  if (isUncompressedPoint(curve, point)) return { curve, point };
  // A key file may hold its point compressed; OpenSSL keeps the form.
  const uncompressed = ECDH.convertKey(point, OPENSSL_CURVE[curve], undefined, undefined, 'uncompressed');
  return { curve, point: plain(uncompressed as Buffer) };
}
