// Makes certificates (RFC 5280 4.1) for demonstrations, servers under development and tests. What it writes satisfies
// the policy `web`; whoever wants a broken certificate gives the broken part as a raw extension or field.

import { concat } from '../bytes/bytes.ts';
import { CURVE_BITS, type HashName, type PublicKey, type SignatureAlgorithm } from '../crypto/keys.ts';
import type { CryptoProvider, PrivateKey } from '../crypto/provider.ts';
import { contextConstructed, contextPrimitive, TAG } from './der.ts';
import * as der from './der_write.ts';
import { KEY_USAGES, type KeyUsage } from './extensions.ts';
import { parseIp } from './ip.ts';
import { ATTRIBUTE_NAMES, OID } from './oids.ts';
import { parseSpki } from './spki.ts';

/** A name as pairs in the order of the certificate, `[['O', 'Example'], ['CN', 'example.com']]`, or the DER of a Name. */
export type NameSource = readonly (readonly [type: string, value: string])[] | Uint8Array;

/** `example.com`, `192.0.2.1`, or with a form: `email:a@example.com`, `uri:https://example.com`; or the DER of a GeneralName. */
export type AlternativeName = string | Uint8Array;

export interface RawExtension {
  readonly oid: string;
  readonly critical?: boolean;
  /** The content of the OCTET STRING. */
  readonly value: Uint8Array;
}

export interface CertificateSource {
  readonly subject: NameSource;
  /** Default: the subject. */
  readonly issuer?: NameSource;
  readonly publicKey: PublicKey;
  /** The issuer's key; the certificate's own for a self-signed one. */
  readonly signer: PrivateKey;
  /** Random serial numbers and the hashes of key identifiers. */
  readonly provider: CryptoProvider;
  readonly san?: readonly AlternativeName[] | undefined;
  readonly isCa?: boolean;
  readonly pathLength?: number;
  /** Default: keyCertSign and cRLSign for a CA, else digitalSignature and, for RSA, keyEncipherment. */
  readonly keyUsage?: readonly KeyUsage[] | undefined;
  /** Short names (`serverAuth`, `clientAuth`, `ocspSigning`, `any`) or dotted identifiers. */
  readonly extKeyUsage?: readonly string[];
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Unsigned bytes, at most 20; default: 16 random ones. */
  readonly serial?: Uint8Array;
  readonly nameConstraints?: {
    readonly permitted?: readonly AlternativeName[];
    readonly excluded?: readonly AlternativeName[];
  };
  /** `subjectKeyIdentifier`, `authorityKeyIdentifier`, `basicConstraints`, `keyUsage`: leave these out. */
  readonly omit?: readonly ('subjectKeyIdentifier' | 'authorityKeyIdentifier' | 'basicConstraints' | 'keyUsage')[];
  readonly mustStaple?: boolean;
  readonly caIssuerUrl?: string;
  readonly ocspUrl?: string;
  /** Added after the others, as they are. */
  readonly extensions?: readonly RawExtension[];
  readonly version?: 1 | 3;
  /** Default: the best for the signer's key. */
  readonly signatureAlgorithm?: SignatureAlgorithm;
}

/** The DER of a certificate. @throws RangeError on values that have no encoding */
export function makeCertificate(source: CertificateSource): Uint8Array {
  const algorithm = source.signatureAlgorithm ?? defaultAlgorithm(source.signer.publicKey);
  const identifier = writeSignatureAlgorithm(algorithm);
  const subject = writeName(source.subject);
  const version3 = source.version !== 1;
  const tbs = der.sequence(
    ...(version3 ? [der.tlv(contextConstructed(0), der.integer(2))] : []),
    der.unsignedInteger(source.serial ?? randomSerial(source.provider)),
    identifier,
    source.issuer === undefined ? subject : writeName(source.issuer),
    der.sequence(der.time(source.notBefore), der.time(source.notAfter)),
    subject,
    writeSpki(source.publicKey),
    ...(version3 ? [der.tlv(contextConstructed(3), der.sequence(...writeExtensions(source)))] : []),
  );
  return der.sequence(tbs, identifier, der.bitString(source.signer.sign(algorithm, tbs)));
}

/** @throws RangeError on an unknown attribute type */
export function writeName(name: NameSource): Uint8Array {
  if (name instanceof Uint8Array) return name;
  return der.sequence(
    ...name.map(([type, value]) => {
      const oid = ATTRIBUTE_OIDS[type] ?? (/^[0-9.]+$/.test(type) ? type : undefined);
      if (oid === undefined) throw new RangeError(`unknown attribute type ${JSON.stringify(type)}`);
      return der.setOf(der.sequence(der.oid(oid), der.text(stringTag(type), value)));
    }),
  );
}

/** SubjectPublicKeyInfo of `key`. */
export function writeSpki(key: PublicKey): Uint8Array {
  const rsa = (modulus: Uint8Array, exponent: Uint8Array): Uint8Array =>
    der.bitString(der.sequence(der.unsignedInteger(modulus), der.unsignedInteger(exponent)));
  switch (key.kind) {
    case 'rsa':
      return der.sequence(der.sequence(der.oid(OID.rsaEncryption), der.nullValue()), rsa(key.modulus, key.exponent));
    case 'rsa-pss': {
      const parameters =
        key.hash === undefined ? [] : [pssParameters(key.hash, key.minSaltLength ?? HASH_BYTES[key.hash])];
      return der.sequence(der.sequence(der.oid(OID.rsaSsaPss), ...parameters), rsa(key.modulus, key.exponent));
    }
    case 'ec':
      return der.sequence(
        der.sequence(der.oid(OID.ecPublicKey), der.oid(CURVE_OIDS[key.curve])),
        der.bitString(key.point),
      );
    default:
      return der.sequence(
        der.sequence(der.oid(key.kind === 'ed25519' ? OID.ed25519 : OID.ed448)),
        der.bitString(key.key),
      );
  }
}

export function writeSignatureAlgorithm(algorithm: SignatureAlgorithm): Uint8Array {
  switch (algorithm.kind) {
    case 'rsa-pkcs1':
      return der.sequence(der.oid(`1.2.840.113549.1.1.${RSA_ARC[algorithm.hash]}`), der.nullValue());
    case 'rsa-pss':
      return der.sequence(der.oid(OID.rsaSsaPss), pssParameters(algorithm.hash, algorithm.saltLength));
    case 'ecdsa':
      return der.sequence(der.oid(ECDSA_OIDS[algorithm.hash]));
    default:
      return der.sequence(der.oid(algorithm.kind === 'ed25519' ? OID.ed25519 : OID.ed448));
  }
}

/** RFC 7093 2 (1): the first 160 bits of SHA-256 over the content of the key's BIT STRING. */
export function keyIdentifier(key: PublicKey, provider: CryptoProvider): Uint8Array {
  const hash = provider.hash('sha256');
  hash.update(parseSpki(writeSpki(key)).keyBytes);
  return hash.digest().subarray(0, 20);
}

/** What a CA signs with by default. */
export function defaultAlgorithm(key: PublicKey): SignatureAlgorithm {
  switch (key.kind) {
    case 'rsa':
      return { kind: 'rsa-pkcs1', hash: 'sha256' };
    case 'rsa-pss': {
      const hash = key.hash ?? 'sha256';
      return { kind: 'rsa-pss', hash, saltLength: Math.max(HASH_BYTES[hash], key.minSaltLength ?? 0) };
    }
    case 'ec':
      return {
        kind: 'ecdsa',
        hash: CURVE_BITS[key.curve] === 256 ? 'sha256' : CURVE_BITS[key.curve] === 384 ? 'sha384' : 'sha512',
      };
    default:
      return { kind: key.kind };
  }
}

export function writeGeneralName(name: AlternativeName): Uint8Array {
  if (name instanceof Uint8Array) return name;
  const [, form, rest] = /^(email|uri|dns):(.*)$/s.exec(name) ?? [];
  if (form === 'email') return der.text(contextPrimitive(1), rest ?? '');
  if (form === 'uri') return der.text(contextPrimitive(6), rest ?? '');
  const bytes = form === undefined ? parseIp(name) : undefined;
  return bytes === undefined ? der.text(contextPrimitive(2), rest ?? name) : der.tlv(contextPrimitive(7), bytes);
}

const HASH_BYTES: Readonly<Record<HashName, number>> = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 };
const HASH_OIDS: Readonly<Record<HashName, string>> = {
  sha1: OID.sha1,
  sha256: OID.sha256,
  sha384: OID.sha384,
  sha512: OID.sha512,
};
const RSA_ARC: Readonly<Record<HashName, number>> = { sha1: 5, sha256: 11, sha384: 12, sha512: 13 };
const ECDSA_OIDS: Readonly<Record<HashName, string>> = {
  sha1: '1.2.840.10045.4.1',
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
};
const CURVE_OIDS = { secp256r1: '1.2.840.10045.3.1.7', secp384r1: '1.3.132.0.34', secp521r1: '1.3.132.0.35' } as const;
const ATTRIBUTE_OIDS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(ATTRIBUTE_NAMES).map(([oid, name]) => [name, oid]),
);
const PURPOSES: Readonly<Record<string, string>> = {
  serverAuth: OID.serverAuth,
  clientAuth: OID.clientAuth,
  ocspSigning: OID.ocspSigning,
  any: OID.anyExtendedKeyUsage,
};

function pssParameters(hash: HashName, saltLength: number): Uint8Array {
  const identifier = der.sequence(der.oid(HASH_OIDS[hash]), der.nullValue());
  // SHA-1 and 20 are the defaults, which DER does not write.
  const tagged = (number: number, content: Uint8Array): Uint8Array => der.tlv(contextConstructed(number), content);
  return der.sequence(
    ...(hash === 'sha1' ? [] : [tagged(0, identifier), tagged(1, der.sequence(der.oid(OID.mgf1), identifier))]),
    ...(saltLength === 20 ? [] : [tagged(2, der.integer(saltLength))]),
  );
}

function randomSerial(provider: CryptoProvider): Uint8Array {
  const serial = provider.random(16);
  // Positive and of full length (RFC 5280 4.1.2.2).
  serial[0] = ((serial[0] as number) & 0x7f) | 0x40;
  return serial;
}

/** RFC 5280 4.1.2.4: UTF8String or PrintableString; A.1: countries are PrintableString, emailAddress and DC IA5String. */
function stringTag(type: string): number {
  if (type === 'C' || type === 'serialNumber' || type === 'dnQualifier') return TAG.printableString;
  return type === 'emailAddress' || type === 'DC' ? TAG.ia5String : TAG.utf8String;
}

function writeExtensions(source: CertificateSource): Uint8Array[] {
  const written: Uint8Array[] = [];
  const omit = new Set(source.omit);
  const add = (oid: string, critical: boolean, value: Uint8Array): void => {
    written.push(der.sequence(der.oid(oid), ...(critical ? [der.boolean(true)] : []), der.octetString(value)));
  };
  const isCa = source.isCa === true;
  if (!omit.has('basicConstraints')) add(OID.basicConstraints, true, writeBasicConstraints(isCa, source.pathLength));
  if (!omit.has('keyUsage')) {
    const usage = source.keyUsage ?? defaultUsage(isCa, source.publicKey);
    add(OID.keyUsage, true, der.namedBits(usage.map((name) => KEY_USAGES.indexOf(name))));
  }
  if (source.extKeyUsage !== undefined) {
    add(
      OID.extendedKeyUsage,
      false,
      der.sequence(...source.extKeyUsage.map((name) => der.oid(PURPOSES[name] ?? name))),
    );
  }
  if (!omit.has('subjectKeyIdentifier')) {
    add(OID.subjectKeyIdentifier, false, der.octetString(keyIdentifier(source.publicKey, source.provider)));
  }
  if (!omit.has('authorityKeyIdentifier')) {
    const keyId = keyIdentifier(source.signer.publicKey, source.provider);
    add(OID.authorityKeyIdentifier, false, der.sequence(der.tlv(contextPrimitive(0), keyId)));
  }
  if (source.san !== undefined) {
    // RFC 5280 4.2.1.6: critical when the subject is empty.
    const unnamed = !(source.subject instanceof Uint8Array) && source.subject.length === 0;
    add(OID.subjectAltName, unnamed, der.sequence(...source.san.map(writeGeneralName)));
  }
  if (source.nameConstraints !== undefined) add(OID.nameConstraints, true, writeConstraints(source.nameConstraints));
  const access = [
    ...(source.ocspUrl === undefined ? [] : [accessDescription(OID.ocsp, source.ocspUrl)]),
    ...(source.caIssuerUrl === undefined ? [] : [accessDescription(OID.caIssuers, source.caIssuerUrl)]),
  ];
  if (access.length > 0) add(OID.authorityInfoAccess, false, der.sequence(...access));
  if (source.mustStaple === true) add(OID.tlsFeature, false, der.sequence(der.integer(5)));
  for (const extension of source.extensions ?? []) add(extension.oid, extension.critical === true, extension.value);
  return written;
}

function writeBasicConstraints(isCa: boolean, pathLength: number | undefined): Uint8Array {
  return der.sequence(
    ...(isCa ? [der.boolean(true)] : []),
    ...(pathLength === undefined ? [] : [der.integer(pathLength)]),
  );
}

function defaultUsage(isCa: boolean, key: PublicKey): readonly KeyUsage[] {
  if (isCa) return ['keyCertSign', 'cRLSign'];
  return key.kind === 'rsa' ? ['digitalSignature', 'keyEncipherment'] : ['digitalSignature'];
}

function accessDescription(method: string, url: string): Uint8Array {
  return der.sequence(der.oid(method), der.text(contextPrimitive(6), url));
}

/** IP constraints are written `192.0.2.0/24`. */
function writeConstraints(constraints: NonNullable<CertificateSource['nameConstraints']>): Uint8Array {
  const subtrees = (number: number, names: readonly AlternativeName[] | undefined): Uint8Array[] =>
    names === undefined
      ? []
      : [der.tlv(contextConstructed(number), ...names.map((name) => der.sequence(writeConstraint(name))))];
  return der.sequence(...subtrees(0, constraints.permitted), ...subtrees(1, constraints.excluded));
}

function writeConstraint(name: AlternativeName): Uint8Array {
  const [, address, prefix] = typeof name === 'string' ? (/^([0-9a-fA-F.:]+)\/([0-9]{1,3})$/.exec(name) ?? []) : [];
  const bytes = address === undefined ? undefined : parseIp(address);
  if (bytes === undefined) return writeGeneralName(name);
  const mask = bytes.map((_, i) => 0xff & ~(0xff >> Math.min(8, Math.max(0, Number(prefix) - 8 * i))));
  return der.tlv(contextPrimitive(7), concat(bytes, mask));
}
