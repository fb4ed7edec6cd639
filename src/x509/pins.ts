// Pinned public keys: the SHA-256 of the leaf's SubjectPublicKeyInfo must be one of those given (the form of RFC 7469 2.4, and
// of curl's `sha256//`). A pin is a demand of its own: it holds even for those who do not insist on trust.

import { equal } from '../bytes/bytes.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { Certificate } from './certificate.ts';
import { type Fault, refuse } from './fault.ts';
import { toBase64 } from './pem.ts';
import type { CertificateRef } from './refusal.ts';

/** The SHA-256 of a certificate's SubjectPublicKeyInfo, 32 bytes. */
export function pinOf(certificate: Certificate, provider: CryptoProvider): Uint8Array {
  const hash = provider.hash('sha256');
  hash.update(certificate.spkiRaw);
  return hash.digest();
}

/** Why the leaf is not one of the pinned; no pins at all allow nothing. */
export function pinFault(
  leaf: Certificate,
  pins: readonly Uint8Array[],
  provider: CryptoProvider,
  ref: CertificateRef,
): Fault | undefined {
  const pin = pinOf(leaf, provider);
  if (pins.some((one) => equal(one, pin))) return undefined;
  return refuse('pin_mismatch', ref, { pin: pinText(pin), pins: pins.map(pinText) });
}

function pinText(pin: Uint8Array): string {
  return `sha256//${toBase64(pin)}`;
}
