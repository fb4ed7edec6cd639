// A PKI of its own with revocation lists, as PEM: root, intermediate, one leaf for localhost.

import { generatePrivateKey, nodeProvider } from '../../src/providers/node.ts';
import { parseCertificate } from '../../src/x509/certificate.ts';
import { makeTestPki } from '../../src/x509/make_pki.ts';
import { writePem } from '../../src/x509/pem.ts';
import { DAY, makeCrl } from '../conformance/x509-pki.ts';

export interface RevocationPki {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** Lists of the root, and of the intermediate with and without the leaf. */
  readonly root: string;
  readonly clean: string;
  readonly revoking: string;
}

export function revocationPki(): RevocationPki {
  const now = Date.now();
  const generateKey = () => generatePrivateKey('ec').privateKey;
  const pki = makeTestPki({ provider: nodeProvider, generateKey, now });
  const { privateKey, pkcs8Pem } = generatePrivateKey('ec');
  const leaf = pki.issue({ names: ['localhost'], key: privateKey });
  const { serial } = parseCertificate(leaf.der);
  const list = (issuer: typeof pki.root, serials: readonly Uint8Array[]): string =>
    writePem('X509 CRL', makeCrl({ issuer, serials, thisUpdate: now - DAY, nextUpdate: now + DAY }));
  return {
    ca: writePem('CERTIFICATE', pki.root.der),
    cert: writePem('CERTIFICATE', leaf.der) + writePem('CERTIFICATE', pki.intermediate.der),
    key: pkcs8Pem,
    root: list(pki.root, []),
    clean: list(pki.intermediate, []),
    revoking: list(pki.intermediate, [serial]),
  };
}
