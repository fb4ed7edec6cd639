// Certificates in the shape that node:tls gives them: node:crypto makes the object of one, and here they are linked to a chain.

import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, PeerCertificate } from 'node:tls';
import type { Judgement } from '../x509/verify.ts';

export type { DetailedPeerCertificate, PeerCertificate };

/** @throws what node:crypto throws for a certificate that it cannot read */
export function certificateObject(der: Uint8Array): PeerCertificate {
  return new X509Certificate(der).toLegacyObject() as PeerCertificate;
}

/** The first of `chain`, each linked to its issuer by `issuerCertificate`; one that issued itself is linked to itself. */
export function certificateObjects(chain: readonly Uint8Array[]): DetailedPeerCertificate | undefined {
  const all = chain.map((der) => new X509Certificate(der));
  const objects = all.map((one) => one.toLegacyObject() as DetailedPeerCertificate);
  for (const [place, object] of objects.entries()) {
    const own = all[place];
    const issuer = own?.checkIssued(own) ? object : objects[place + 1];
    if (issuer !== undefined) object.issuerCertificate = issuer;
  }
  return objects[0];
}

/**
 * The peer's certificate; `detailed`, linked up the path that was verified or, where none was, the chain as it was sent. Empty
 * when the peer has none.
 */
export function peerCertificate(
  sent: readonly Uint8Array[],
  judgement: Judgement | undefined,
  detailed: boolean,
): PeerCertificate | DetailedPeerCertificate {
  const [leaf] = sent;
  if (leaf === undefined) return {} as PeerCertificate;
  if (!detailed) return certificateObject(leaf);
  const path = judgement?.ok === true ? judgement.path.map(({ der }) => der) : sent;
  return certificateObjects(path) ?? certificateObject(leaf);
}
