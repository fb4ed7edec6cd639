// The rules that look at one certificate alone (RFC 5280 6.1.3, 6.1.4; key purposes; the policy's profile): the end
// entity's and the issuer's. What depends on the whole path is in path.ts, constraints.ts and policies.ts.

import { equal, toHex } from '../bytes/bytes.ts';
import { DecodeError } from '../bytes/decode_error.ts';
import { keyBits } from '../crypto/keys.ts';
import { type Certificate, decodeAll } from './certificate.ts';
import { malformedConstraint } from './constraints.ts';
import { type Fault, refuse } from './fault.ts';
import { generalNameText } from './general_name.ts';
import { OID } from './oids.ts';
import type { Policy } from './policy.ts';
import { profileFault } from './profile.ts';
import type { CertificateRef } from './refusal.ts';
import type { SubjectPublicKeyInfo } from './spki.ts';

/** Whose certificate is judged: a server's (by a client) or a client's (by a server). */
export type Role = 'server' | 'client';

export interface RuleContext {
  readonly role: Role;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly policy: Policy;
}

/** Extensions that this house processes; any other that is critical is refused (RFC 5280 4.2). */
const PROCESSED: ReadonlySet<string> = new Set([
  OID.basicConstraints,
  OID.keyUsage,
  OID.extendedKeyUsage,
  OID.subjectAltName,
  OID.nameConstraints,
  OID.certificatePolicies,
  OID.policyMappings,
  OID.policyConstraints,
  OID.inhibitAnyPolicy,
  OID.tlsFeature,
  OID.authorityKeyIdentifier,
  OID.subjectKeyIdentifier,
  OID.authorityInfoAccess,
  OID.sctList,
]);

/** What is wrong with an issuer by itself, wherever it stands. `anchor`: its own signature does not matter. */
export function issuerFault(
  certificate: Certificate,
  ref: CertificateRef,
  context: RuleContext,
  anchor: { readonly vetted: boolean } | undefined,
): Fault | undefined {
  return decoding(certificate, ref, () => {
    const { policy } = context;
    const first =
      validityFault(certificate, ref, context.now) ??
      (anchor === undefined ? signatureAlgorithmFault(certificate, ref, policy) : undefined) ??
      caFault(certificate, ref, policy, anchor !== undefined) ??
      criticalFault(certificate, ref) ??
      keyFault(certificate.spki, ref, policy) ??
      malformedConstraint(certificate, ref, policy) ??
      purposeFault(certificate, ref, context, false);
    if (first !== undefined) return first;
    return policy.profile && anchor?.vetted !== true
      ? profileFault(certificate, ref, anchor === undefined ? 'issuer' : 'anchor')
      : undefined;
  });
}

/** What is wrong with the end entity's certificate by itself; names are compared elsewhere. */
export function leafFault(certificate: Certificate, ref: CertificateRef, context: RuleContext): Fault | undefined {
  return decoding(certificate, ref, () => {
    const { policy } = context;
    return (
      validityFault(certificate, ref, context.now) ??
      signatureAlgorithmFault(certificate, ref, policy) ??
      criticalFault(certificate, ref) ??
      keyFault(certificate.spki, ref, policy) ??
      purposeFault(certificate, ref, context, true) ??
      usageFault(certificate, ref) ??
      alternativeNameFault(certificate, ref) ??
      leafIsCa(certificate, ref, policy) ??
      (policy.profile ? profileFault(certificate, ref, 'leaf') : undefined)
    );
  });
}

/** A certificate that the caller trusts by itself: no issuer speaks for it, so only its own words count. */
export function trustedLeafFault(
  certificate: Certificate,
  ref: CertificateRef,
  context: RuleContext,
): Fault | undefined {
  return decoding(
    certificate,
    ref,
    () =>
      validityFault(certificate, ref, context.now) ??
      criticalFault(certificate, ref) ??
      keyFault(certificate.spki, ref, context.policy) ??
      purposeFault(certificate, ref, context, true) ??
      alternativeNameFault(certificate, ref),
  );
}

export function validityFault(certificate: Certificate, ref: CertificateRef, now: number): Fault | undefined {
  // The encoding has whole seconds, and both ends belong to the period (RFC 5280 4.1.2.5).
  const second = Math.floor(now / 1000) * 1000;
  if (second < certificate.notBefore) return refuse('not_yet_valid', ref, { from: certificate.notBefore, now });
  return second > certificate.notAfter ? refuse('expired', ref, { until: certificate.notAfter, now }) : undefined;
}

export function malformed(ref: CertificateRef, { problem, path, offset }: DecodeError): Fault {
  return refuse('malformed_certificate', ref, { problem, path, offset });
}

export function keyFault(
  spki: SubjectPublicKeyInfo,
  ref: CertificateRef | undefined,
  policy: Policy,
): Fault | undefined {
  const { key } = spki;
  if (key === undefined) return refuse('unsupported_key', ref, { key: spki.unsupported ?? spki.algorithm });
  const { name, curves, minRsaBits, maxRsaBits } = policy;
  if (key.kind === 'ec' && !curves.includes(key.curve)) {
    return refuse('weak_key', ref, { policy: name, curve: key.curve, curves });
  }
  if (key.kind !== 'rsa' && key.kind !== 'rsa-pss') return undefined;
  const bits = keyBits(key);
  if (bits < minRsaBits) return refuse('weak_key', ref, { policy: name, bits, least: minRsaBits });
  if (bits > maxRsaBits) return refuse('weak_key', ref, { policy: name, bits, most: maxRsaBits });
  if (policy.rsaWholeBytes && bits % 8 !== 0) return refuse('weak_key', ref, { policy: name, bits });
  const exponent = key.exponent;
  const last = exponent.at(-1) ?? 0;
  if (exponent.length > 8 || last % 2 === 0 || (exponent.length === 1 && last < 3)) {
    return refuse('weak_key', ref, { policy: name, exponent: toHex(exponent.subarray(0, 16)) });
  }
  return undefined;
}

export function signatureAlgorithmFault(
  certificate: Certificate,
  ref: CertificateRef,
  policy: Policy,
): Fault | undefined {
  const outer = certificate.signatureAlgorithm;
  const inner = certificate.tbsSignatureAlgorithm;
  if (!equal(outer.raw, inner.raw)) {
    const [insideDer, outsideDer] = [toHex(inner.raw), toHex(outer.raw)];
    return refuse('signature_algorithm_mismatch', ref, {
      inside: inner.oid,
      insideDer,
      outside: outer.oid,
      outsideDer,
    });
  }
  if (outer.signature === undefined) {
    return refuse('unsupported_signature_algorithm', ref, { algorithm: outer.unsupported ?? outer.oid });
  }
  const hash = 'hash' in outer.signature ? outer.signature.hash : undefined;
  if (hash === undefined || policy.signatureHashes.includes(hash)) return undefined;
  return refuse('weak_signature_hash', ref, { hash, hashes: policy.signatureHashes, policy: policy.name });
}

function decoding(certificate: Certificate, ref: CertificateRef, check: () => Fault | undefined): Fault | undefined {
  try {
    decodeAll(certificate);
    return check();
  } catch (error) {
    if (error instanceof DecodeError) return malformed(ref, error);
    throw error;
  }
}

function caFault(certificate: Certificate, ref: CertificateRef, policy: Policy, anchor: boolean): Fault | undefined {
  const constraints = certificate.basicConstraints;
  const oldRoot = anchor && policy.version1Anchors && constraints === undefined && certificate.selfIssued;
  if (certificate.version !== 3 && !oldRoot) {
    return refuse('not_version_3', ref, { version: certificate.version, issuer: true });
  }
  if (constraints === undefined && !oldRoot) return refuse('no_basic_constraints', ref);
  if (constraints !== undefined && !constraints.ca) return refuse('not_a_ca', ref);
  const usage = certificate.keyUsage;
  if (usage !== undefined && !usage.includes('keyCertSign')) return refuse('no_key_cert_sign', ref, { usage });
  return undefined;
}

export function criticalFault(certificate: Certificate, ref: CertificateRef): Fault | undefined {
  for (const { oid, critical } of certificate.extensions.values()) {
    if (critical && !PROCESSED.has(oid)) return refuse('unknown_critical_extension', ref, { extension: oid });
  }
  return undefined;
}

function purposeFault(
  certificate: Certificate,
  ref: CertificateRef,
  context: RuleContext,
  leaf: boolean,
): Fault | undefined {
  const purposes = certificate.extendedKeyUsage;
  const wanted = context.role === 'server' ? OID.serverAuth : OID.clientAuth;
  if (purposes === undefined || purposes.includes(wanted)) return undefined;
  if (!leaf && context.policy.anyPurposeInIssuers && purposes.includes(OID.anyExtendedKeyUsage)) return undefined;
  return refuse(leaf ? 'wrong_purpose' : 'issuer_wrong_purpose', ref, { purposes: purposes.slice(0, 8), wanted });
}

function usageFault(certificate: Certificate, ref: CertificateRef): Fault | undefined {
  const usage = certificate.keyUsage;
  if (usage === undefined) return undefined;
  if (usage.some((bit) => bit === 'digitalSignature' || bit === 'keyEncipherment' || bit === 'keyAgreement'))
    return undefined;
  return refuse('key_usage_not_for_tls', ref, { usage });
}

function alternativeNameFault(certificate: Certificate, ref: CertificateRef): Fault | undefined {
  const wrong = certificate.subjectAltName?.find(
    (name) => name.kind === 'ip' && name.bytes.length !== 4 && name.bytes.length !== 16,
  );
  return wrong && refuse('malformed_alternative_name', ref, { name: generalNameText(wrong) });
}

function leafIsCa(certificate: Certificate, ref: CertificateRef, policy: Policy): Fault | undefined {
  if (policy.leafMayBeCa || certificate.basicConstraints?.ca !== true) return undefined;
  return refuse('leaf_is_ca', ref, { policy: policy.name });
}
