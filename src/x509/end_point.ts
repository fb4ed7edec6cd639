// The channel binding tls-server-end-point (RFC 5929 4.1): a hash of the server's certificate, which both sides know.

import type { CryptoProvider } from '../crypto/provider.ts';
import { parseCertificate } from './certificate.ts';

/**
 * The hash of the whole certificate `der`, by the function that its signature uses, SHA-256 in place of SHA-1. Undefined for
 * a signature that names no single hash function (Ed25519, Ed448), for which RFC 5929 defines no binding.
 * @throws DecodeError when `der` is no certificate
 */
export function tlsServerEndPoint(provider: CryptoProvider, der: Uint8Array): Uint8Array | undefined {
  const { signature } = parseCertificate(der).signatureAlgorithm;
  if (signature === undefined || !('hash' in signature)) return undefined;
  const hash = provider.hash(signature.hash === 'sha1' ? 'sha256' : signature.hash);
  hash.update(der);
  return hash.digest();
}
