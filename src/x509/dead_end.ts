// Why a path goes no further: the question most people have about a failed handshake. curl, Java, Python and GnuTLS say
// the same sentence for a server that forgot its intermediate and for a root that nobody here trusts; what was sent
// tells them apart.

import type { TrustAnchors } from './anchors.ts';
import type { Certificate } from './certificate.ts';
import { excerpt } from './escape.ts';
import { type Fault, refuse } from './fault.ts';
import { displayName } from './names.ts';
import type { CertificateRef } from './refusal.ts';

export interface PathNode {
  readonly certificate: Certificate;
  readonly ref: CertificateRef;
}

/** `path`: leaf first; nothing that was sent or is trusted has issued its last certificate. */
export function deadEnd(path: readonly PathNode[], anchors: TrustAnchors, loop: boolean): Fault {
  const { certificate, ref } = path[path.length - 1] as PathNode;
  if (anchors.size === 0) return refuse('no_trust_anchors', ref);
  if (certificate.selfIssued) {
    return path.length === 1
      ? refuse('self_signed_leaf', ref)
      : refuse('untrusted_root', ref, { anchors: anchors.size });
  }
  const issuer = issuerText(certificate);
  if (loop) return refuse('path_loop', ref, { issuer });
  const published = publishedAt(certificate);
  const alone = path.length === 1;
  if (alone && published.length === 0) return refuse('unknown_issuer', ref, { issuer });
  const fault = alone
    ? refuse('missing_intermediate', ref, { issuer, published })
    : refuse('unknown_root', ref, { issuer, published, anchors: anchors.size });
  return published.length > 0 ? { ...fault, published } : fault;
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

/** Undefined for a name that cannot be read. */
function issuerText(certificate: Certificate): string | undefined {
  try {
    return displayName(certificate.issuer).slice(0, 160);
  } catch {
    return undefined;
  }
}
