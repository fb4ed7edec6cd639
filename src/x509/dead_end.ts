// Why a path goes no further: the question most people have about a failed handshake. curl, Java, Python and GnuTLS say
// the same sentence for a server that forgot its intermediate and for a root that nobody here trusts; what was sent
// tells them apart.

import type { TrustAnchors } from './anchors.ts';
import type { Certificate } from './certificate.ts';
import { excerpt } from './escape.ts';
import { displayName } from './names.ts';
import { type CertificateRef, type Refusal, refText, refuse } from './refusal.ts';

export interface PathNode {
  readonly certificate: Certificate;
  readonly ref: CertificateRef;
}

/** `path`: leaf first; nothing that was sent or is trusted has issued its last certificate. */
export function deadEnd(path: readonly PathNode[], anchors: TrustAnchors, loop: boolean): Refusal {
  const { certificate, ref } = path[path.length - 1] as PathNode;
  const issuer = issuerText(certificate);
  const expected = `an issuer named ${issuer}, sent or trusted`;
  if (anchors.size === 0) {
    const text = 'no trust anchors were given, so no certificate can be trusted';
    return refuse('no_trust_anchors', ref, { expected: 'at least one trust anchor', actual: 'none', text });
  }
  if (certificate.selfIssued) {
    const actual = 'a certificate that names itself as its issuer';
    if (path.length === 1) {
      const text = `${refText(ref)} is self-signed, and it is not among the trust anchors`;
      return refuse('self_signed_leaf', ref, { expected: 'a certificate from a trusted CA', actual, text });
    }
    const text = `the chain is complete, but its root ${refText(ref)} is not among the ${anchors.size} trust anchors`;
    return refuse('untrusted_root', ref, { expected: 'a root that is trusted', actual, text });
  }
  if (loop) {
    const text = `the certificates above ${refText(ref)} only sign each other; none leads to a trust anchor`;
    return refuse('path_loop', ref, { expected, actual: 'certificates that sign each other', text });
  }
  const published = publishedAt(certificate);
  const where = published.length > 0 ? `; the missing issuer is published at ${published.join(', ')}` : '';
  if (path.length === 1 && published.length > 0) {
    const actual = 'a chain without it';
    const text = `the server sent no certificate for ${issuer}, the issuer of ${refText(ref)}, and it is no trust anchor${where}`;
    return { ...refuse('missing_intermediate', ref, { expected, actual, text }), published };
  }
  const actual = 'neither sent nor trusted';
  if (path.length === 1) {
    const text = `${refText(ref)} was issued by ${issuer}, which was neither sent nor is a trust anchor`;
    return refuse('unknown_issuer', ref, { expected, actual, text });
  }
  const text = `the chain ends at ${refText(ref)}, issued by ${issuer}, which is not among the ${anchors.size} trust anchors${where}`;
  const refusal = refuse('unknown_root', ref, { expected, actual, text });
  return published.length > 0 ? { ...refusal, published } : refusal;
}

/** Addresses out of authority information access, escaped; HTTP(S) only, because a fetcher will read them. */
export function publishedAt(certificate: Certificate): string[] {
  try {
    return certificate.caIssuerUrls
      .filter((url) => /^https?:\/\//i.test(url))
      .slice(0, 4)
      .map((url) => excerpt(url));
  } catch {
    return [];
  }
}

function issuerText(certificate: Certificate): string {
  try {
    return `"${displayName(certificate.issuer).slice(0, 160)}"`;
  } catch {
    return 'a name that cannot be read';
  }
}
