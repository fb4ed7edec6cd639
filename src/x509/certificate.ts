// An X.509 certificate (RFC 5280 4.1). Reading splits the DER into its fields and extensions at once, strictly; names,
// key and the contents of extensions are decoded when first asked for, because most of them never are. All views point
// into `der`, and `offsetOf` tells where, for pictures and errors.

import { equal, toHex } from '../bytes/bytes.ts';
import { DecodeError, within } from '../bytes/decode_error.ts';
import { readSignatureAlgorithm, type SignatureIdentifier } from './algorithm.ts';
import { contextConstructed, contextPrimitive, DerReader, TAG } from './der.ts';
import * as ext from './extensions.ts';
import type { GeneralName } from './general_name.ts';
import { canonicalRdns, type Name, readName, sameName } from './names.ts';
import { OID, oidName } from './oids.ts';
import { readSpki, type SubjectPublicKeyInfo } from './spki.ts';
import { readTime } from './time.ts';

export class Extension {
  readonly oid: string;
  readonly critical: boolean;
  /** Where in `bytes` the content of the OCTET STRING begins and ends. */
  readonly start: number;
  readonly end: number;
  private readonly bytes: Uint8Array;

  constructor(oid: string, critical: boolean, bytes: Uint8Array, start: number, end: number) {
    this.oid = oid;
    this.critical = critical;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  /** The content of the OCTET STRING. */
  get value(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }
}

/** No certificate in use has more than about twenty. */
export const MAX_EXTENSIONS = 256;

/**
 * Reads one certificate completely: after it, no property throws.
 * @throws DecodeError with offset and path on any deviation from DER or from the syntax of a known extension
 */
export function parseCertificate(der: Uint8Array): Certificate {
  const certificate = readCertificate(der);
  decodeAll(certificate);
  return certificate;
}

/** As {@link parseCertificate}, but contents are decoded on first use, where a DecodeError may leave a property. */
export function readCertificate(der: Uint8Array): Certificate {
  return within('certificate', () => new Certificate(der));
}

/** Decodes all that is still undecoded. @throws DecodeError */
export function decodeAll(certificate: Certificate): void {
  void [certificate.issuer, certificate.subject, certificate.spki];
  decodeExtensions(certificate);
}

/** Decodes every extension whose syntax is known. @throws DecodeError */
export function decodeExtensions(certificate: Certificate): void {
  void [certificate.basicConstraints, certificate.keyUsage, certificate.extendedKeyUsage, certificate.subjectAltName];
  void [certificate.nameConstraints, certificate.authorityKeyIdentifier, certificate.subjectKeyIdentifier];
  void [certificate.policies, certificate.policyMappings, certificate.policyConstraints, certificate.inhibitAnyPolicy];
  void [
    certificate.accessDescriptions,
    certificate.tlsFeatures,
    certificate.sctList,
    certificate.crlDistributionPoints,
  ];
}

export class Certificate {
  readonly der: Uint8Array;
  /** The signed part, with its header. */
  readonly tbs: Uint8Array;
  readonly version: 1 | 2 | 3;
  /** Two's complement, as in the certificate. */
  readonly serial: Uint8Array;
  /** The signature algorithm inside the signed part; RFC 5280 4.1.1.2 wants it equal to `signatureAlgorithm`. */
  readonly tbsSignatureAlgorithm: SignatureIdentifier;
  readonly signatureAlgorithm: SignatureIdentifier;
  readonly signature: Uint8Array;
  readonly issuerRaw: Uint8Array;
  readonly subjectRaw: Uint8Array;
  /** Milliseconds since 1970; both ends belong to the period. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly spkiRaw: Uint8Array;
  /** In order of appearance. */
  readonly extensions: ReadonlyMap<string, Extension>;
  private readonly decoded = new Map<string, unknown>();

  constructor(der: Uint8Array) {
    this.der = der;
    const outer = new DerReader(der);
    const whole = outer.enter(TAG.sequence, 'Certificate');
    outer.finish('the certificate');
    const start = whole.pos;
    const tbs = whole.enter(TAG.sequence, 'TBSCertificate');
    this.tbs = whole.since(start);
    this.signatureAlgorithm = readSignatureAlgorithm(whole);
    this.signature = whole.bitStringBytes();
    whole.finish('Certificate');

    this.version = readVersion(tbs);
    this.serial = tbs.integer();
    this.tbsSignatureAlgorithm = readSignatureAlgorithm(tbs);
    this.issuerRaw = tbs.element(TAG.sequence, 'issuer');
    const validity = tbs.enter(TAG.sequence, 'validity');
    this.notBefore = readTime(validity);
    this.notAfter = readTime(validity);
    validity.finish('validity');
    this.subjectRaw = tbs.element(TAG.sequence, 'subject');
    this.spkiRaw = tbs.element(TAG.sequence, 'subjectPublicKeyInfo');
    if (this.version > 1 && tbs.peek() === contextPrimitive(1)) tbs.bitString(contextPrimitive(1));
    if (this.version > 1 && tbs.peek() === contextPrimitive(2)) tbs.bitString(contextPrimitive(2));
    this.extensions =
      this.version === 3 && tbs.peek() === contextConstructed(3) ? readExtensions(tbs, contextConstructed(3)) : NONE;
    tbs.finish('TBSCertificate');
  }

  get issuer(): Name {
    return this.once('issuer', () => readName(this.readerAt(this.issuerRaw)));
  }
  get subject(): Name {
    return this.once('subject', () => readName(this.readerAt(this.subjectRaw)));
  }
  get spki(): SubjectPublicKeyInfo {
    return this.once('spki', () => readSpki(this.readerAt(this.spkiRaw)));
  }
  get basicConstraints(): ext.BasicConstraints | undefined {
    return this.extension(OID.basicConstraints, ext.readBasicConstraints);
  }
  get keyUsage(): readonly ext.KeyUsage[] | undefined {
    return this.extension(OID.keyUsage, ext.readKeyUsage);
  }
  get extendedKeyUsage(): readonly string[] | undefined {
    return this.extension(OID.extendedKeyUsage, ext.readExtendedKeyUsage);
  }
  get subjectAltName(): readonly GeneralName[] | undefined {
    return this.extension(OID.subjectAltName, ext.readGeneralNames);
  }
  get nameConstraints(): ext.NameConstraints | undefined {
    return this.extension(OID.nameConstraints, ext.readNameConstraints);
  }
  get authorityKeyIdentifier(): ext.AuthorityKeyIdentifier | undefined {
    return this.extension(OID.authorityKeyIdentifier, ext.readAuthorityKeyIdentifier);
  }
  get subjectKeyIdentifier(): Uint8Array | undefined {
    return this.extension(OID.subjectKeyIdentifier, ext.readKeyIdentifier);
  }
  get policies(): readonly string[] | undefined {
    return this.extension(OID.certificatePolicies, ext.readPolicies);
  }
  get policyMappings(): readonly ext.PolicyMapping[] | undefined {
    return this.extension(OID.policyMappings, ext.readPolicyMappings);
  }
  get policyConstraints(): ext.PolicyConstraints | undefined {
    return this.extension(OID.policyConstraints, ext.readPolicyConstraints);
  }
  get inhibitAnyPolicy(): number | undefined {
    return this.extension(OID.inhibitAnyPolicy, ext.readInhibitAnyPolicy);
  }
  /** Authority information access: where the issuer's certificate and the OCSP responder are. */
  get accessDescriptions(): readonly ext.AccessDescription[] | undefined {
    return this.extension(OID.authorityInfoAccess, ext.readAccessDescriptions);
  }
  get tlsFeatures(): readonly number[] | undefined {
    return this.extension(OID.tlsFeature, ext.readTlsFeatures);
  }
  /** RFC 7633: a TLS server with this certificate must staple an OCSP response (feature 5, status_request). */
  get mustStaple(): boolean {
    return this.tlsFeatures?.includes(5) === true;
  }
  /** The embedded SignedCertificateTimestampList as TLS writes it (RFC 6962 3.3). */
  get sctList(): Uint8Array | undefined {
    return this.extension(OID.sctList, ext.readSctListBytes);
  }
  get crlDistributionPoints(): readonly GeneralName[] | undefined {
    return this.extension(OID.crlDistributionPoints, ext.readDistributionPoints);
  }
  /** URLs that publish the issuer's certificate, as written there: hostile text. */
  get caIssuerUrls(): readonly string[] {
    return this.urls(OID.caIssuers);
  }
  get ocspUrls(): readonly string[] {
    return this.urls(OID.ocsp);
  }
  /** RFC 5280 3.2: issuer and subject are the same entity. */
  get selfIssued(): boolean {
    return this.once('self', () => equal(this.issuerRaw, this.subjectRaw) || sameName(this.issuer, this.subject));
  }
  /** Equal strings for names that RFC 5280 7.1 calls equal. */
  get canonicalSubject(): string {
    return this.once('canonicalSubject', () => canonicalRdns(this.subject).join(','));
  }
  get canonicalIssuer(): string {
    return this.once('canonicalIssuer', () => canonicalRdns(this.issuer).join(','));
  }
  /** The serial number in hexadecimal; a negative one as its two's complement. */
  get serialText(): string {
    return toHex(this.serial);
  }

  /** Where in `der` a view of it begins. */
  offsetOf(view: Uint8Array): number {
    return view.byteOffset - this.der.byteOffset;
  }

  private urls(method: string): string[] {
    const uri = ({ location }: ext.AccessDescription): string[] => (location.kind === 'uri' ? [location.text] : []);
    return (this.accessDescriptions ?? []).filter((access) => access.method === method).flatMap(uri);
  }

  private readerAt(view: Uint8Array): DerReader {
    const offset = this.offsetOf(view);
    return new DerReader(this.der, offset, offset + view.length);
  }

  private extension<T>(oid: string, read: (reader: DerReader) => T): T | undefined {
    const known = this.decoded.get(oid);
    if (known !== undefined) return known as T;
    const found = this.extensions.get(oid);
    if (found === undefined) return undefined;
    const value = readExtension(this.der, found, read);
    this.decoded.set(oid, value);
    return value;
  }

  private once<T>(name: string, make: () => T): T {
    const known = this.decoded.get(name);
    if (known !== undefined) return known as T;
    const value = make();
    this.decoded.set(name, value);
    return value;
  }
}

function readExtension<T>(der: Uint8Array, { oid, start, end }: Extension, read: (reader: DerReader) => T): T {
  return within(oidName(oid), () => {
    const reader = new DerReader(der, start, end);
    const value = read(reader);
    reader.finish('the extension');
    return value;
  });
}

const NONE: ReadonlyMap<string, Extension> = new Map();

function readVersion(tbs: DerReader): 1 | 2 | 3 {
  if (tbs.peek() !== contextConstructed(0)) return 1;
  const explicit = tbs.enter(contextConstructed(0));
  const number = explicit.small(0xffff);
  explicit.finish('version');
  if (number === 0) throw explicit.failBody('version 1 is the default, which DER does not write');
  if (number > 2) throw explicit.failBody(`version ${number + 1}`);
  return number === 1 ? 2 : 3;
}

/** Extensions (RFC 5280 4.2), shared with CRLs and OCSP: each at most once, "critical" written only when TRUE. */
export function readExtensions(outer: DerReader, tag: number): ReadonlyMap<string, Extension> {
  const wrapper = outer.open(tag, 'extensions');
  const list = outer.open(TAG.sequence, 'Extensions');
  if (!outer.more) throw outer.fail('an empty list of extensions');
  const found = new Map<string, Extension>();
  while (outer.more) {
    const start = outer.pos;
    const extension = readOneExtension(outer);
    // RFC 5280 4.2: "A certificate MUST NOT include more than one instance of a particular extension."
    if (found.has(extension.oid)) throw new DecodeError(`a second extension ${oidName(extension.oid)}`, start);
    if (found.size >= MAX_EXTENSIONS) throw new DecodeError(`more than ${MAX_EXTENSIONS} extensions`, start);
    found.set(extension.oid, extension);
  }
  outer.close(list, 'Extensions');
  outer.close(wrapper, 'extensions');
  return found;
}

/** One Extension; RFC 5280 4.1: critical FALSE is not written. */
export function readOneExtension(list: DerReader): Extension {
  const outer = list.open(TAG.sequence, 'Extension');
  const oid = list.oid();
  let critical = false;
  if (list.peek() === TAG.boolean) {
    critical = list.boolean();
    if (!critical) throw list.failBody('critical FALSE is the default, which DER does not write');
  }
  const start = list.range(TAG.octetString, 'extnValue');
  const extension = new Extension(oid, critical, list.bytes, start, list.pos);
  list.close(outer, 'Extension');
  return extension;
}
