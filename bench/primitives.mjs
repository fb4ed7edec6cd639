// The mathematics of a handshake, both ends, measured one by one in this run: what no stack can do without.

import { nodeProvider as provider } from 'glasstls/providers/node';
import { parseCertificate } from 'glasstls/x509';
import { microseconds } from './measure.mjs';

/** CPU microseconds of the primitives of each row, as a sum and its parts. */
export function primitivesOf(row, identity, milliseconds) {
  const time = (call) => microseconds(call, milliseconds);
  const [leaf, intermediate] = identity.chain.map((der) => parseCertificate(der));
  const root = parseCertificate(identity.root);
  const { privateKey } = identity;
  const algorithm =
    identity.kind === 'rsa' ? { kind: 'rsa-pss', hash: 'sha256', saltLength: 32 } : { kind: 'ecdsa', hash: 'sha256' };
  const data = provider.random(130);
  const signature = privateKey.sign(algorithm, data);
  const certificateAlgorithm = identity.kind === 'rsa' ? { kind: 'rsa-pkcs1', hash: 'sha256' } : algorithm;
  // A peer's key is another object in each handshake, and is imported anew; the root's is not.
  const verifyOne = (issuer, certificate, key = { ...issuer.spki.key }) =>
    provider.verify(key, certificateAlgorithm, certificate.tbs, certificate.signature);
  if (!verifyOne(intermediate, leaf) || !verifyOne(root, intermediate)) throw new Error('the chain does not verify');

  const parts = {};
  // A resumed handshake goes without certificates; in TLS 1.2 without a key agreement too.
  if (!row.resumed)
    parts.chain = time(() => verifyOne(intermediate, leaf)) + time(() => verifyOne(root, intermediate, root.spki.key));
  if (row.legacy) {
    const secret = provider.random(48);
    const encrypted = provider.rsaEncrypt(privateKey.publicKey, secret);
    parts.encrypt = time(() => provider.rsaEncrypt({ ...privateKey.publicKey }, secret));
    parts.decrypt = time(() => privateKey.decryptRaw(encrypted));
  } else if (!row.resumed || row.version === 'TLSv1.3') {
    const group = row.group ?? 'x25519';
    const share = provider.generateKeyShare(group);
    const answer = provider.answerKeyShare(group, share.publicKey);
    parts.keygen = time(() => provider.generateKeyShare(group));
    parts.answer = time(() => provider.answerKeyShare(group, share.publicKey));
    parts.agree = time(() => share.derive(answer.publicKey));
  }
  if (!row.resumed && !row.legacy) {
    parts.sign = time(() => privateKey.sign(algorithm, data));
    parts.verify = time(() => provider.verify({ ...privateKey.publicKey }, algorithm, data, signature));
  }
  return { sum: Object.values(parts).reduce((a, b) => a + b, 0), parts };
}
