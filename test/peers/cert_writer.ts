// Certificates for the test PKI, by our own writer: whatever peer verifies a chain in an interop test has read what
// src/x509/make.ts wrote, so that it is proved along the way.

import { importPrivateKey, nodeProvider } from '../../src/providers/node.ts';
import { parseCertificate } from '../../src/x509/certificate.ts';
import { makeCertificate, type NameSource } from '../../src/x509/make.ts';
import { readPem, writePem } from '../../src/x509/pem.ts';

/** What a certificate shall say. Times are absolute, so that expired ones can be made. */
export interface CertRequest {
  readonly subject: NameSource;
  /** Subject's private key, PKCS#8 PEM. */
  readonly key: string;
  /** Undefined: self-signed. */
  readonly issuer?: { readonly cert: string; readonly key: string };
  /** Undefined: an end entity, for servers and clients. */
  readonly ca?: { readonly pathLength?: number };
  /** Host names and addresses. */
  readonly names?: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** The certificate as PEM. */
export function writeCertificate(request: CertRequest): string {
  const { subject, issuer, ca, names } = request;
  const der = makeCertificate({
    subject,
    ...(issuer && { issuer: subjectOf(issuer.cert) }),
    publicKey: importPrivateKey(request.key).publicKey,
    signer: importPrivateKey(issuer?.key ?? request.key),
    provider: nodeProvider,
    notBefore: request.notBefore.getTime(),
    notAfter: request.notAfter.getTime(),
    ...(names && { san: names }),
    ...(ca ? { isCa: true, ...ca } : { extKeyUsage: ['serverAuth', 'clientAuth'] }),
  });
  return writePem('CERTIFICATE', der);
}

function subjectOf(cert: string): Uint8Array {
  const [block] = readPem(cert, 'CERTIFICATE');
  if (block === undefined) throw new Error('the issuer has no certificate');
  return parseCertificate(block.der).subject.raw;
}
