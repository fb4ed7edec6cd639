// The client's own certificate: which of its credentials answers the server's request, and the signature that proves it
// (RFC 5246 7.4.4, 7.4.6, 7.4.8; RFC 8446 4.3.2, 4.4.2.3).

import type { PublicKey } from '../../crypto/keys.ts';
import { CLIENT_CERTIFICATE_TYPE, signatureSchemeName } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { CertificateRequestInfo, HandshakeContext } from '../context.ts';
import type { ClientConfig } from '../shared/config.ts';
import { type Chosen, canSign, chooseCredential, comesFrom } from '../shared/credentials.ts';

/**
 * Undefined when none of our credentials can answer; the client then sends an empty list.
 * @throws TlsError handshake_failure in its place, when the host would rather not be anonymous
 */
export function chooseClientCredential(
  context: HandshakeContext,
  request: CertificateRequestInfo,
  version: 'tls12' | 'tls13',
): Chosen | undefined {
  const { credentials, schemes } = context.client;
  const { authorities, types } = request;
  const chosen = chooseCredential(
    credentials,
    schemes,
    { schemes: request.schemes, certificateSchemes: request.certificateSchemes, authorities, serverName: undefined },
    version,
    ({ key }) => types === undefined || types.includes(typeOf(key)),
  );
  context.decide({
    about: 'client_certificate',
    chosen: describe(context, request, chosen),
    offered: credentials.map(({ key }) => key.kind),
    acceptable: [],
  });
  if (chosen === undefined && context.client.requireCredential && credentials.length > 0) {
    throw nothingFits(context.client, request, version);
  }
  return chosen;
}

/** The nearest miss: the kind of key, the schemes, or else the authorities. */
function nothingFits(
  { credentials, schemes: ours }: ClientConfig,
  { types, schemes }: CertificateRequestInfo,
  version: 'tls12' | 'tls13',
): TlsError {
  const typed = types === undefined || credentials.some(({ key }) => types.includes(typeOf(key)));
  const able = credentials.some((one) => canSign(one, ours, schemes, version));
  const field = !typed ? 'certificate_types' : able ? 'certificate_authorities' : 'signature_algorithms';
  return new TlsError('ERR_TLS_NO_CREDENTIAL', `none of our certificates fits the ${field} that the server asks for`, {
    where: { message: 'certificate_request', field },
    expected: credentials.map(({ key }) => key.kind),
    actual: typed ? schemes.map((id) => signatureSchemeName(id) ?? id) : types,
  });
}

/** RFC 8422 5.5: EdDSA certificates go under ecdsa_sign. */
function typeOf(key: PublicKey): number {
  const isRsa = key.kind === 'rsa' || key.kind === 'rsa-pss';
  return isRsa ? CLIENT_CERTIFICATE_TYPE.rsa_sign : CLIENT_CERTIFICATE_TYPE.ecdsa_sign;
}

function describe(context: HandshakeContext, request: CertificateRequestInfo, chosen: Chosen | undefined): string {
  const { credentials } = context.client;
  if (chosen === undefined) return credentials.length === 0 ? 'none: there is none' : 'none: none can sign as asked';
  const one = credentials[chosen.credential];
  const foreign = one !== undefined && !comesFrom(one, request.authorities);
  return `credential ${chosen.credential}${foreign ? ', of an authority that the server does not name' : ''}`;
}
