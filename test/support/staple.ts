// Stapled OCSP responses (RFC 6066 8) about the certificates of `world`, of this very day.

import type { CredentialOption } from '../../src/engine/options.ts';
import { credentialOf } from '../../src/host/credential.ts';
import { makeOcsp, type OcspSource } from '../conformance/x509-pki.ts';
import { type KeyKind, world } from './pair.ts';

const DAY = 86_400_000;

/** A DER OCSPResponse of the intermediate about `certificate`, good unless `more` says otherwise. */
export function responseFor(certificate: Uint8Array, more: Partial<OcspSource> = {}): Uint8Array {
  const now = Date.now();
  const times = { thisUpdate: now - DAY, nextUpdate: now + DAY };
  return makeOcsp({ subject: certificate, issuer: world().pki.intermediate, ...times, ...more });
}

/** What a server of this kind of key proves itself with, and a good response to staple. */
export function stapled(kind: KeyKind, more: Partial<OcspSource> = {}): CredentialOption {
  const identity = world().identities[kind];
  const [certificate = new Uint8Array(0)] = identity.chain;
  return credentialOf({ ...identity, ocspResponse: responseFor(certificate, more) });
}
