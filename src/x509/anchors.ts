// Trust anchors (RFC 5280 6.1.1 (d)): a certificate, or just a name and a key. What cannot be read is left out and
// reported, because one old root must not make a whole store unusable. A store is built once and used for many chains.

import { equal } from '../bytes/bytes.ts';
import { DecodeError } from '../bytes/decode_error.ts';
import { type Certificate, decodeAll, readCertificate } from './certificate.ts';
import { canonicalRdns, displayName, type Name, parseName } from './names.ts';
import { readPem } from './pem.ts';
import { type CertificateRef, chainRef } from './refusal.ts';
import { parseSpki, type SubjectPublicKeyInfo } from './spki.ts';

export interface TrustAnchor {
  readonly name: Name;
  readonly spki: SubjectPublicKeyInfo;
  /** Absent for an anchor given as name and key: then nothing but these two is known or checked. */
  readonly certificate: Certificate | undefined;
  /**
   * True for a root that a root program has vetted: the policy's row `profile` does not apply to it. (Five of the 144
   * roots in Node 20 break today's profile for roots, among them QuoVadis, Certigna and TWCA.)
   */
  readonly vetted: boolean;
}

/** DER of a certificate, PEM text with any number of them, or DER of a Name and a SubjectPublicKeyInfo. */
export type AnchorSource = Uint8Array | string | { readonly subject: Uint8Array; readonly spki: Uint8Array };

export interface RejectedAnchor {
  /** Position among the sources. */
  readonly source: number;
  readonly error: DecodeError;
}

export class TrustAnchors {
  readonly all: readonly TrustAnchor[];
  readonly rejected: readonly RejectedAnchor[];
  /** Certificates that are not trusted themselves: they stand in for those that a peer did not send. */
  readonly held: readonly Certificate[];
  private readonly byName = new Map<string, TrustAnchor[]>();
  private readonly byRawName = new Map<number, TrustAnchor[]>();
  /** Keys of names that another anchor has too, in other bytes (RFC 5280 7.1). */
  private readonly spelledTwice = new Set<number>();

  constructor(
    all: readonly TrustAnchor[],
    rejected: readonly RejectedAnchor[] = [],
    held: readonly Certificate[] = [],
  ) {
    this.all = all;
    this.rejected = rejected;
    this.held = held;
    for (const anchor of all) {
      add(this.byName, canonicalRdns(anchor.name).join(','), anchor);
      add(this.byRawName, rawKey(anchor.name.raw), anchor);
    }
    for (const namesakes of this.byName.values()) {
      const keys = new Set(namesakes.map((anchor) => rawKey(anchor.name.raw)));
      if (keys.size > 1) for (const key of keys) this.spelledTwice.add(key);
    }
  }

  get size(): number {
    return this.all.length;
  }

  /** Anchors whose name is the issuer of `certificate`: those with the very same bytes first. */
  issuersOf(certificate: Certificate): readonly TrustAnchor[] {
    const key = rawKey(certificate.issuerRaw);
    const isSame = (anchor: TrustAnchor): boolean => equal(anchor.name.raw, certificate.issuerRaw);
    const same = (this.byRawName.get(key) ?? []).filter(isSame);
    if (same.length > 0 && !this.spelledTwice.has(key)) return same;
    const others = this.byName.get(certificate.canonicalIssuer) ?? [];
    return [...same, ...others.filter((anchor) => !isSame(anchor))];
  }

  /** The anchor that is this very certificate. */
  holding(certificate: Certificate): TrustAnchor | undefined {
    return this.byRawName
      .get(rawKey(certificate.subjectRaw))
      ?.find((anchor) => anchor.certificate !== undefined && equal(anchor.certificate.der, certificate.der));
  }
}

/** Builds a store. `vetted`: the sources are a root program's (Mozilla's list, the platform's store). */
export function trustAnchors(sources: readonly AnchorSource[], options: { vetted?: boolean } = {}): TrustAnchors {
  const all: TrustAnchor[] = [];
  const rejected: RejectedAnchor[] = [];
  const vetted = options.vetted === true;
  for (const [source, item] of sources.entries()) {
    tryRead(source, rejected, () => {
      if (typeof item === 'string') {
        for (const { der } of readPem(item, 'CERTIFICATE')) {
          tryRead(source, rejected, () => all.push(anchorFromCertificate(der, vetted)));
        }
      } else if (item instanceof Uint8Array) all.push(anchorFromCertificate(item, vetted));
      else all.push({ name: parseName(item.subject), spki: parseSpki(item.spki), certificate: undefined, vetted });
    });
  }
  return new TrustAnchors(all, rejected);
}

/** @throws DecodeError */
export function anchorFromCertificate(der: Uint8Array, vetted = false): TrustAnchor {
  const certificate = readCertificate(der);
  decodeAll(certificate);
  return { name: certificate.subject, spki: certificate.spki, certificate, vetted };
}

export function anchorText(anchor: TrustAnchor): string {
  return displayName(anchor.name);
}

export function anchorRef(anchor: TrustAnchor): CertificateRef {
  return anchor.certificate === undefined
    ? { kind: 'anchor', subject: anchorText(anchor) }
    : chainRef(-1, anchor.certificate);
}

function tryRead(source: number, rejected: RejectedAnchor[], read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    rejected.push({ source, error });
  }
}

function add<K>(map: Map<K, TrustAnchor[]>, key: K, anchor: TrustAnchor): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [anchor]);
  else list.push(anchor);
}

/** FNV-1a: cheap, and distinct enough for a first look; what is found is compared. */
function rawKey(raw: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < raw.length; i++) hash = Math.imul(hash ^ (raw[i] as number), 0x01000193);
  return hash;
}
