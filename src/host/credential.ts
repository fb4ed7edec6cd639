// From a certificate chain and its private key to the credential that the engine chooses among: what must be known of the
// certificates stands beside them, since the engine parses none.

import { equal } from '../bytes/bytes.ts';
import type { SignatureAlgorithm } from '../crypto/keys.ts';
import type { PrivateKey } from '../crypto/provider.ts';
import { SCHEMES } from '../crypto/schemes.ts';
import type { CredentialOption } from '../engine/options.ts';
import { TlsError } from '../wire/tls_error.ts';
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import { equalKeys, usageOf } from './trust.ts';

/** A certificate chain (DER, own certificate first) with the private key of its first certificate. */
export interface Identity {
  readonly chain: readonly Uint8Array[];
  readonly privateKey: PrivateKey;
  /** A DER OCSPResponse to staple (RFC 6066 8). */
  readonly ocspResponse?: Uint8Array | undefined;
  /** SignedCertificateTimestamps to send along (RFC 6962 3.3). */
  readonly timestamps?: readonly Uint8Array[] | undefined;
}

/**
 * The public half of an identity, for the engine's options.
 * @throws TlsError ERR_TLS_CONFIG when the key is not that of the certificate
 */
export function credentialOf({ chain, privateKey, ocspResponse, timestamps }: Identity): CredentialOption {
  const [leaf, ...others] = chain.map((der) => parseCertificate(der));
  if (leaf === undefined) throw new TlsError('ERR_TLS_CONFIG', 'an identity needs a certificate');
  const key = leaf.spki.key;
  if (key === undefined || !equalKeys(key, privateKey.publicKey)) {
    throw new TlsError('ERR_TLS_CONFIG', 'the private key does not belong to the certificate');
  }
  const certificates = [leaf, ...others];
  return {
    chain,
    // The certificate's key, since it may restrict RSA to PSS where the private key does not say so.
    key,
    names: namesOf(leaf),
    issuers: certificates.map(({ issuerRaw }) => issuerRaw),
    signedWith: schemesOf(certificates),
    usage: usageOf(leaf),
    ...(ocspResponse !== undefined && { ocspResponse }),
    ...(timestamps !== undefined && { timestamps }),
  };
}

function namesOf({ subjectAltName }: Certificate): string[] {
  return (subjectAltName ?? []).flatMap((name) => (name.kind === 'dns' ? [name.text.toLowerCase()] : []));
}

/** What the peer must be able to verify; what a self-signed certificate is signed with matters to nobody (RFC 8446 4.2.3). */
function schemesOf(certificates: readonly Certificate[]): number[] {
  return certificates.flatMap((one, place) => {
    const { signature } = one.signatureAlgorithm;
    if (signature === undefined || equal(one.issuerRaw, one.subjectRaw)) return [];
    const signer = certificates[place + 1]?.spki.key;
    const scheme = SCHEMES.find(
      ({ algorithm, key }) => sameAlgorithm(algorithm, signature) && (key !== 'rsa-pss' || signer?.kind === 'rsa-pss'),
    );
    return scheme === undefined ? [] : [scheme.id];
  });
}

function sameAlgorithm(a: SignatureAlgorithm, b: SignatureAlgorithm): boolean {
  return a.kind === b.kind && ('hash' in a ? a.hash : '') === ('hash' in b ? b.hash : '');
}
