// Handshake signatures: the choice of a scheme, and the checks on a peer's signature that stand before the mathematics. What
// they cover stands in crypto/signed_content.ts.

import type { PublicKey } from '../../crypto/keys.ts';
import { isOf, type Scheme, schemeFitsKey } from '../../crypto/schemes.ts';
import { signatureSchemeName } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import type { KeyUsage } from './needs.ts';

/** Our scheme for `key` that the peer accepts, by our preference. */
export function chooseScheme(
  ours: readonly Scheme[],
  theirs: readonly number[],
  key: PublicKey,
  version: 'tls12' | 'tls13',
): Scheme | undefined {
  return ours.find((scheme) => theirs.includes(scheme.id) && schemeFitsKey(scheme, key, version));
}

export interface PeerSignature {
  readonly message: string;
  readonly algorithm: number;
  readonly signature: Uint8Array;
  readonly content: Uint8Array;
}

/**
 * Verifies the peer's handshake signature: a scheme that we offered, that goes with its key and this version, by a
 * certificate that may sign, over the right content.
 * @throws TlsError illegal_parameter before the mathematics, decrypt_error when the signature is wrong
 */
export function verifyPeerSignature(
  context: HandshakeContext,
  offered: readonly Scheme[],
  key: PublicKey,
  usage: KeyUsage | undefined,
  version: 'tls12' | 'tls13',
  signed: PeerSignature,
): void {
  const { message, algorithm } = signed;
  const label = signatureSchemeName(algorithm) ?? `scheme 0x${algorithm.toString(16).padStart(4, '0')}`;
  const where = { message, field: 'algorithm' };
  const scheme = offered.find((one) => one.id === algorithm);
  if (scheme === undefined || !isOf(scheme, version)) {
    const expected = offered.map((one) => signatureSchemeName(one.id));
    throw new TlsError('ERR_TLS_UNOFFERED_SCHEME', `the peer signed with ${label}, which it must not here`, {
      where,
      expected,
      actual: label,
    });
  }
  if (!schemeFitsKey(scheme, key, version)) {
    throw new TlsError(
      'ERR_TLS_WRONG_KEY',
      `${label} does not go with the ${describeKey(key)} key of its certificate`,
      {
        where,
      },
    );
  }
  if (usage !== undefined && !usage.digitalSignature) {
    throw new TlsError('ERR_TLS_KEY_USAGE', 'the certificate does not allow digitalSignature', { where: { message } });
  }
  context.decide({
    about: 'signature_scheme',
    chosen: algorithm,
    offered: offered.map((one) => one.id),
    acceptable: [algorithm],
  });
  if (!context.provider.verify(key, scheme.algorithm, signed.content, signed.signature)) {
    throw new TlsError(
      'ERR_TLS_BAD_SIGNATURE',
      `the signature in ${message} is wrong: the peer does not hold the key of its certificate, or bytes were changed`,
      { where: { message, field: 'signature' } },
    );
  }
}

/** The host's answer to a `signature` need. @throws TlsError when it refused */
export function signatureOf(answer: Uint8Array | undefined, message: string): Uint8Array {
  if (answer instanceof Uint8Array) return answer;
  throw new TlsError('ERR_TLS_ANSWER', 'the private key did not sign', { where: { message } });
}

function describeKey(key: PublicKey): string {
  return key.kind === 'ec' ? `EC ${key.curve}` : key.kind;
}
