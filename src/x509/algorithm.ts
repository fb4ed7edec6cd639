// AlgorithmIdentifiers of signatures (RFC 5280 4.1.1.2, 4055, 5758, 8410). One that is unknown, or whose parameters the
// RFC does not allow, has no `signature` and says why; it never crashes, because anybody may send one.

import { DecodeError } from '../bytes/decode_error.ts';
import type { HashName, SignatureAlgorithm } from '../crypto/keys.ts';
import { contextConstructed, DerReader, isSlice, TAG } from './der.ts';
import { OID, oidName } from './oids.ts';

export interface AlgorithmIdentifier {
  readonly oid: string;
  /** The whole AlgorithmIdentifier: RFC 5280 4.1.1.2 compares the inner and the outer one. */
  readonly raw: Uint8Array;
  /** The DER of the parameters, when there are any. */
  readonly parameters: Uint8Array | undefined;
}

export interface SignatureIdentifier extends AlgorithmIdentifier {
  /** What the provider verifies with; undefined when `unsupported` says why not. */
  readonly signature: SignatureAlgorithm | undefined;
  readonly unsupported: string | undefined;
}

/** PSS parameters (RFC 4055 3.1) that this house can use: MGF1 with the same hash, trailer field 1. */
export interface PssParameters {
  readonly hash: HashName;
  readonly saltLength: number;
}

export function readAlgorithm(reader: DerReader): AlgorithmIdentifier {
  const start = reader.pos;
  const inner = reader.enter(TAG.sequence, 'AlgorithmIdentifier');
  const oid = inner.oid();
  const parameters = inner.more ? inner.element() : undefined;
  inner.finish('AlgorithmIdentifier');
  return { oid, raw: reader.since(start), parameters };
}

export function readSignatureAlgorithm(reader: DerReader): SignatureIdentifier {
  const start = reader.pos;
  reader.range(TAG.sequence, 'AlgorithmIdentifier');
  // Nearly all certificates share half a dozen identifiers, so those are compared and not parsed.
  for (const known of cache) if (isSlice(reader.bytes, start, reader.pos, known.raw)) return known;
  const { oid, raw, parameters } = readAlgorithm(new DerReader(reader.bytes, start, reader.pos));
  const identifier = interpret(oid, raw, parameters);
  if (identifier.signature === undefined || raw.length > 16 || cache.length >= 16) return identifier;
  const copy = raw.slice();
  const kept = { ...identifier, raw: copy, parameters: parameters === undefined ? undefined : parameters.slice() };
  cache.push(kept);
  return kept;
}

/** @throws DecodeError when the DER is broken; undefined when it is sound but names something unknown */
export function readPssParameters(der: Uint8Array): PssParameters | undefined {
  const reader = new DerReader(der);
  const body = reader.enter(TAG.sequence, 'RSASSA-PSS-params');
  reader.finish();
  let hash: string = OID.sha1;
  let mgfHash: string | undefined = OID.sha1;
  let saltLength = 20;
  if (body.peek() === contextConstructed(0)) hash = readHash(body.enter(contextConstructed(0)));
  if (body.peek() === contextConstructed(1)) {
    const mgf = readAlgorithm(body.enter(contextConstructed(1)));
    mgfHash =
      mgf.oid === OID.mgf1 && mgf.parameters !== undefined ? readHash(new DerReader(mgf.parameters)) : undefined;
  }
  if (body.peek() === contextConstructed(2)) saltLength = body.enter(contextConstructed(2)).small(0xffff);
  if (body.peek() === contextConstructed(3) && body.enter(contextConstructed(3)).small(0xffff) !== 1) return undefined;
  body.finish('RSASSA-PSS-params');
  const name = HASHES[hash];
  return name !== undefined && mgfHash === hash ? { hash: name, saltLength } : undefined;
}

const HASHES: Readonly<Record<string, HashName>> = {
  [OID.sha1]: 'sha1',
  [OID.sha256]: 'sha256',
  [OID.sha384]: 'sha384',
  [OID.sha512]: 'sha512',
};

const RSA: Readonly<Record<string, HashName>> = {
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
};

const ECDSA: Readonly<Record<string, HashName>> = {
  '1.2.840.10045.4.1': 'sha1',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};

const cache: SignatureIdentifier[] = [];

function interpret(oid: string, raw: Uint8Array, parameters: Uint8Array | undefined): SignatureIdentifier {
  const yes = (signature: SignatureAlgorithm): SignatureIdentifier => ({
    oid,
    raw,
    parameters,
    signature,
    unsupported: undefined,
  });
  const no = (unsupported: string): SignatureIdentifier => ({
    oid,
    raw,
    parameters,
    signature: undefined,
    unsupported,
  });

  const rsaHash = RSA[oid];
  if (rsaHash !== undefined) {
    // RFC 4055 5: the parameters MUST be NULL, and absent ones MUST be accepted as well.
    const sound = parameters === undefined || isNull(parameters);
    return sound ? yes({ kind: 'rsa-pkcs1', hash: rsaHash }) : no(`${oidName(oid)} with parameters that are not NULL`);
  }
  const ecdsaHash = ECDSA[oid];
  if (ecdsaHash !== undefined) {
    // RFC 5758 3.2: "the encoding MUST omit the parameters field".
    return parameters === undefined ? yes({ kind: 'ecdsa', hash: ecdsaHash }) : no(`${oidName(oid)} with parameters`);
  }
  if (oid === OID.ed25519 || oid === OID.ed448) {
    const kind = oid === OID.ed25519 ? 'ed25519' : 'ed448';
    return parameters === undefined ? yes({ kind }) : no(`${kind} with parameters`);
  }
  if (oid === OID.rsaSsaPss) {
    const pss = parameters === undefined ? undefined : soundPss(parameters);
    return pss === undefined ? no('RSASSA-PSS with these parameters') : yes({ kind: 'rsa-pss', ...pss });
  }
  return no(oidName(oid));
}

function soundPss(parameters: Uint8Array): PssParameters | undefined {
  try {
    return readPssParameters(parameters);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function readHash(reader: DerReader): string {
  const { oid, parameters } = readAlgorithm(reader);
  // RFC 4055 2.1: parameters of a hash are NULL or absent.
  return parameters === undefined || isNull(parameters) ? oid : '';
}

const isNull = (der: Uint8Array): boolean => der.length === 2 && der[0] === TAG.null && der[1] === 0;
