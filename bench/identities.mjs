// Certificates and keys for the benchmarks, made at start: the same files serve glasstls and node:tls.

import { generatePrivateKey, nodeProvider } from 'glasstls/providers/node';
import { makeTestPki, writePem } from 'glasstls/x509';

const pem = (der) => writePem('CERTIFICATE', der);

/** A root, an intermediate and a leaf for localhost, all with keys of one kind. */
export function makeIdentity(kind) {
  const newKey = () => (kind === 'rsa' ? generatePrivateKey('rsa', 2048) : generatePrivateKey('ec', 'secp256r1'));
  const leafKey = newKey();
  const pki = makeTestPki({ provider: nodeProvider, now: Date.now(), generateKey: () => newKey().privateKey });
  const leaf = pki.issue({ names: ['localhost'], key: leafKey.privateKey });
  const chain = pki.chainOf(leaf);
  return {
    kind,
    ca: pem(pki.root.der),
    cert: chain.map(pem).join(''),
    key: leafKey.pkcs8Pem,
    chain,
    root: pki.root.der,
    privateKey: leafKey.privateKey,
  };
}
