// Whom a connection trusts when nothing is said: Node's Mozilla roots and NODE_EXTRA_CA_CERTS, read when first needed.

import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { type TrustAnchor, TrustAnchors, trustAnchors } from '../x509/anchors.ts';
import { listOf, type Pem, pemOrDer } from './identity_options.ts';

/** Nothing given means the built-in roots; it never means that everything is trusted. */
export function anchorsOf(ca: Pem | readonly Pem[] | undefined | null): TrustAnchors {
  if (ca === undefined || ca === null) return builtInRoots();
  return trustAnchors(listOf(ca).map(pemOrDer));
}

/** The store as OpenSSL has it: what others have issued is no anchor, and helps to find a path to one. */
export function rootsAlone({ all, rejected }: TrustAnchors): TrustAnchors {
  const isRoot = ({ certificate }: TrustAnchor): boolean => certificate === undefined || certificate.selfIssued;
  const held = all.flatMap((anchor) =>
    isRoot(anchor) || anchor.certificate === undefined ? [] : [anchor.certificate],
  );
  return new TrustAnchors(all.filter(isRoot), rejected, held);
}

let roots: TrustAnchors | undefined;

function builtInRoots(): TrustAnchors {
  if (roots === undefined) {
    const mozilla = trustAnchors(rootCertificates, { vetted: true }).all;
    const file = process.env.NODE_EXTRA_CA_CERTS;
    const extra = file ? extraRoots(file) : [];
    roots = new TrustAnchors([...mozilla, ...extra]);
  }
  return roots;
}

/** Like node:tls: a file that cannot be read is warned of, and nothing is trusted for it. */
function extraRoots(file: string): TrustAnchors['all'] {
  try {
    return trustAnchors([readFileSync(file, 'latin1')]).all;
  } catch (error) {
    process.emitWarning(`NODE_EXTRA_CA_CERTS cannot be read: ${String((error as Error).message)}`);
    return [];
  }
}
