// Certificate revocation lists (RFC 5280 5) that a caller gives: read strictly, entries searched without building
// objects for them, because real lists have a hundred thousand. Complete lists of the certificate's own issuer are
// used; delta and indirect lists, and lists for some reasons only, are named as what they are and not used.

import { equal } from '../bytes/bytes.ts';
import { within } from '../bytes/decode_error.ts';
import { readSignatureAlgorithm, type SignatureIdentifier } from './algorithm.ts';
import { type Certificate, type Extension, readExtensions, readOneExtension } from './certificate.ts';
import { contextConstructed, DerReader, TAG } from './der.ts';
import { type GeneralName, readGeneralName } from './general_name.ts';
import { OID, oidName } from './oids.ts';
import { readTime } from './time.ts';

export interface CrlEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** RFC 5280 5.3.1. */
  readonly reason: number | undefined;
}

export interface Crl {
  readonly der: Uint8Array;
  readonly tbs: Uint8Array;
  readonly issuerRaw: Uint8Array;
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  readonly extensions: ReadonlyMap<string, Extension>;
  readonly tbsSignatureAlgorithm: SignatureIdentifier;
  readonly signatureAlgorithm: SignatureIdentifier;
  readonly signature: Uint8Array;
  /** Number of entries. */
  readonly size: number;
  /** An entry has a critical extension that is not known: RFC 5280 5.3 forbids using the list. */
  readonly unknownEntryExtension: string | undefined;
  /** RFC 5280 5.2.5: for which certificates the list speaks. */
  readonly distribution: Distribution | undefined;
  find(serial: Uint8Array): CrlEntry | undefined;
}

export interface Distribution {
  readonly names: readonly GeneralName[];
  /** The point is named relative to the issuer. */
  readonly relative: boolean;
  /** Numbers of the context tags that are there. */
  readonly flags: ReadonlySet<number>;
}

/** @throws DecodeError on a deviation from DER or RFC 5280 5.1 */
export function parseCrl(der: Uint8Array): Crl {
  return within('crl', () => {
    const outer = new DerReader(der);
    const whole = outer.enter(TAG.sequence, 'CertificateList');
    outer.finish('CertificateList');
    const start = whole.pos;
    const tbs = whole.enter(TAG.sequence, 'TBSCertList');
    const tbsBytes = whole.since(start);
    const signatureAlgorithm = readSignatureAlgorithm(whole);
    const signature = whole.bitStringBytes();
    whole.finish('CertificateList');

    const version2 = tbs.peek() === TAG.integer;
    if (version2 && tbs.small(0xffff) !== 1) throw tbs.failBody('a version that is not 2');
    const tbsSignatureAlgorithm = readSignatureAlgorithm(tbs);
    const issuerRaw = tbs.element(TAG.sequence, 'issuer');
    const thisUpdate = readTime(tbs);
    const timed = tbs.peek() === TAG.utcTime || tbs.peek() === TAG.generalizedTime;
    const nextUpdate = timed ? readTime(tbs) : undefined;
    const list = tbs.peek() === TAG.sequence ? tbs.enter(TAG.sequence, 'revokedCertificates') : undefined;
    const entries = list === undefined ? undefined : { start: list.pos, end: list.end };
    const { size, unknown } = list === undefined ? { size: 0, unknown: undefined } : scan(list);
    const extensions: ReadonlyMap<string, Extension> =
      version2 && tbs.peek() === contextConstructed(0) ? readExtensions(tbs, contextConstructed(0)) : new Map();
    tbs.finish('TBSCertList');
    const point = extensions.get(OID.issuingDistributionPoint);
    const find = (serial: Uint8Array): CrlEntry | undefined =>
      entries === undefined ? undefined : findEntry(new DerReader(der, entries.start, entries.end), serial);
    return {
      der,
      tbs: tbsBytes,
      issuerRaw,
      thisUpdate,
      nextUpdate,
      extensions,
      tbsSignatureAlgorithm,
      signatureAlgorithm,
      signature,
      size,
      unknownEntryExtension: unknown,
      distribution: point === undefined ? undefined : readDistribution(new DerReader(point.value)),
      find,
    };
  });
}

/** Why `crl` says nothing about `certificate`; undefined when it does. `profile`: RFC 5280 5.2.3 wants a crlNumber. */
export function scopeProblem(crl: Crl, certificate: Certificate, profile: boolean): string | undefined {
  if (crl.extensions.has(OID.deltaCrlIndicator)) return 'it is a delta CRL';
  if (crl.unknownEntryExtension !== undefined)
    return `an entry has the critical extension ${crl.unknownEntryExtension}`;
  for (const { oid, critical } of crl.extensions.values()) {
    if (
      critical &&
      oid !== OID.issuingDistributionPoint &&
      oid !== OID.crlNumber &&
      oid !== OID.authorityKeyIdentifier
    ) {
      return `it has the critical extension ${oidName(oid)}`;
    }
  }
  const number = crl.extensions.get(OID.crlNumber);
  if (profile && (number === undefined || number.critical)) {
    return number === undefined ? 'it has no crlNumber' : 'its crlNumber is critical';
  }
  return crl.distribution === undefined ? undefined : distributionProblem(crl.distribution, certificate);
}

/** Reads every entry once, so that a broken one is found here and not in `find`. */
function scan(list: DerReader): { size: number; unknown: string | undefined } {
  let size = 0;
  let unknown: string | undefined;
  while (list.more) {
    const entry = list.enter(TAG.sequence, 'revokedCertificate');
    entry.integer();
    readTime(entry);
    if (entry.more) {
      const extensions = readEntryExtensions(entry);
      reasonOf(extensions);
      for (const { oid, critical } of extensions.values()) {
        if (critical && oid !== OID.reasonCode && oid !== OID.invalidityDate) unknown ??= oidName(oid);
      }
    }
    entry.finish('revokedCertificate');
    size++;
  }
  return { size, unknown };
}

function findEntry(list: DerReader, serial: Uint8Array): CrlEntry | undefined {
  while (list.more) {
    const entry = list.enter(TAG.sequence);
    if (!equal(entry.integer(), serial)) continue;
    const at = readTime(entry);
    return { at, reason: entry.more ? reasonOf(readEntryExtensions(entry)) : undefined };
  }
  return undefined;
}

function reasonOf(extensions: ReadonlyMap<string, Extension>): number | undefined {
  const extension = extensions.get(OID.reasonCode);
  return extension === undefined ? undefined : new DerReader(extension.value).small(10, TAG.enumerated);
}

/** Extensions of an entry stand without the explicit tag that certificates have. */
function readEntryExtensions(entry: DerReader): ReadonlyMap<string, Extension> {
  const list = entry.enter(TAG.sequence, 'crlEntryExtensions');
  const found = new Map<string, Extension>();
  while (list.more) {
    const extension = readOneExtension(list);
    if (found.has(extension.oid)) throw list.failBody(`a second extension ${oidName(extension.oid)}`);
    found.set(extension.oid, extension);
  }
  return found;
}

function readDistribution(reader: DerReader): Distribution {
  const body = reader.enter(TAG.sequence, 'IssuingDistributionPoint');
  reader.finish('IssuingDistributionPoint');
  const names: GeneralName[] = [];
  let relative = false;
  if (body.peek() === contextConstructed(0)) {
    const choice = body.enter(contextConstructed(0));
    if (choice.peek() === contextConstructed(0)) {
      const list = choice.enter(contextConstructed(0));
      while (list.more) names.push(readGeneralName(list));
    } else relative = true;
  }
  const flags = new Set<number>();
  while (body.more) {
    flags.add(body.peek() & 0x1f);
    body.skip();
  }
  return { names, relative, flags };
}

/** RFC 5280 5.2.5 and 6.3.3 (b)(2). */
function distributionProblem({ names, relative, flags }: Distribution, certificate: Certificate): string | undefined {
  const ca = certificate.basicConstraints?.ca === true;
  if (flags.has(1) && ca) return 'it lists end entities only';
  if (flags.has(2) && !ca) return 'it lists CAs only';
  if (flags.has(3)) return 'it lists some reasons only';
  if (flags.has(4)) return 'it is an indirect CRL';
  if (flags.has(5)) return 'it lists attribute certificates only';
  if (relative) return 'it is for a distribution point that is named relative to the issuer';
  if (names.length === 0) return undefined;
  const points = (certificate.crlDistributionPoints ?? []).flatMap((name) => (name.kind === 'uri' ? [name.text] : []));
  const shared = names.some((name) => name.kind === 'uri' && points.includes(name.text));
  return shared ? undefined : 'it is for another distribution point';
}
