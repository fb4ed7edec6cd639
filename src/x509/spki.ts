// SubjectPublicKeyInfo (RFC 5280 4.1.2.7; RFC 3279, 4055, 5480, 8410) to a PublicKey. Keys that TLS cannot use (explicit
// curves, compressed points, DSA, unknown algorithms) are sound data without a `key`: the refusal names them.

import type { CurveName, PublicKey } from '../crypto/keys.ts';
import { CURVE_BITS } from '../crypto/keys.ts';
import { readAlgorithm, readPssParameters } from './algorithm.ts';
import { DerReader, TAG } from './der.ts';
import { OID, oidName } from './oids.ts';

export interface SubjectPublicKeyInfo {
  /** The whole structure: what pins and log identifiers are made of. */
  readonly raw: Uint8Array;
  readonly algorithm: string;
  /** The content of the BIT STRING: what key identifiers are made of (RFC 5280 4.2.1.2). */
  readonly keyBytes: Uint8Array;
  readonly key: PublicKey | undefined;
  /** Why there is no `key`. */
  readonly unsupported: string | undefined;
}

/**
 * Reads one SubjectPublicKeyInfo and nothing else.
 * @throws DecodeError when the DER is broken
 */
export function parseSpki(der: Uint8Array): SubjectPublicKeyInfo {
  const reader = new DerReader(der);
  const spki = readSpki(reader);
  reader.finish('SubjectPublicKeyInfo');
  return spki;
}

export function readSpki(reader: DerReader): SubjectPublicKeyInfo {
  const start = reader.pos;
  const body = reader.enter(TAG.sequence, 'SubjectPublicKeyInfo');
  const { oid, parameters } = readAlgorithm(body);
  const keyBytes = body.bitStringBytes();
  body.finish('SubjectPublicKeyInfo');
  const found = readKey(oid, parameters, keyBytes);
  const sound = typeof found !== 'string';
  return {
    raw: reader.since(start),
    algorithm: oid,
    keyBytes,
    key: sound ? found : undefined,
    unsupported: sound ? undefined : found,
  };
}

/** A key, or why it cannot be used. */
function readKey(oid: string, parameters: Uint8Array | undefined, bytes: Uint8Array): PublicKey | string {
  switch (oid) {
    case OID.rsaEncryption:
      // RFC 3279 2.3.1: the parameters MUST be NULL; certificates without any are known and harmless.
      if (parameters !== undefined && parameters[0] !== TAG.null) return 'an RSA key with parameters';
      return { kind: 'rsa', ...readRsa(bytes) };
    case OID.rsaSsaPss: {
      if (parameters === undefined) return { kind: 'rsa-pss', ...readRsa(bytes) };
      const pss = readPssParameters(parameters);
      if (pss === undefined) return 'an RSASSA-PSS key with unknown parameters';
      return { kind: 'rsa-pss', ...readRsa(bytes), hash: pss.hash, minSaltLength: pss.saltLength };
    }
    case OID.ecPublicKey:
      return readPoint(parameters, bytes);
    case OID.ed25519:
    case OID.ed448: {
      const kind = oid === OID.ed25519 ? 'ed25519' : 'ed448';
      if (parameters !== undefined) return `${kind} with parameters`;
      return bytes.length === (kind === 'ed25519' ? 32 : 57)
        ? { kind, key: bytes }
        : `${kind} of ${bytes.length} bytes`;
    }
    default:
      return oidName(oid);
  }
}

function readRsa(bytes: Uint8Array): { modulus: Uint8Array; exponent: Uint8Array } {
  const reader = new DerReader(bytes);
  const body = reader.enter(TAG.sequence, 'RSAPublicKey');
  reader.finish('RSAPublicKey');
  const modulus = body.unsigned();
  const exponent = body.unsigned();
  body.finish('RSAPublicKey');
  return { modulus, exponent };
}

const CURVES: Readonly<Record<string, CurveName>> = {
  '1.2.840.10045.3.1.7': 'secp256r1',
  '1.3.132.0.34': 'secp384r1',
  '1.3.132.0.35': 'secp521r1',
};

function readPoint(parameters: Uint8Array | undefined, bytes: Uint8Array): PublicKey | string {
  if (parameters === undefined) return 'an elliptic curve key without a curve';
  // RFC 5480 2.1.1: "implicitCurve and specifiedCurve MUST NOT be used in PKIX".
  if (parameters[0] !== TAG.oid) return 'explicit elliptic curve parameters';
  const oid = new DerReader(parameters).oid();
  const curve = CURVES[oid];
  if (curve === undefined) return `the elliptic curve ${oidName(oid)}`;
  const size = Math.ceil(CURVE_BITS[curve] / 8);
  if (bytes[0] === 2 || bytes[0] === 3) return 'a compressed elliptic curve point';
  if (bytes[0] !== 4 || bytes.length !== 1 + 2 * size) return `a malformed ${curve} point`;
  return { kind: 'ec', curve, point: bytes };
}
