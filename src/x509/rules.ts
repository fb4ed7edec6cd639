// The rules that look at one certificate alone (RFC 5280 6.1.3, 6.1.4; key purposes; the policy's profile): the end
// entity's and the issuer's. What depends on the whole path is in path.ts, constraints.ts and policies.ts.

import { equal, toHex } from '../bytes/bytes.ts';
import { DecodeError } from '../bytes/decode_error.ts';
import { keyBits } from '../crypto/keys.ts';
import { type Certificate, decodeAll } from './certificate.ts';
import { malformedConstraint } from './constraints.ts';
import { generalNameText } from './general_name.ts';
import { OID, oidName } from './oids.ts';
import type { Policy } from './policy.ts';
import { profileFault } from './profile.ts';
import { type CertificateRef, type Refusal, refText, refuse } from './refusal.ts';
import type { SubjectPublicKeyInfo } from './spki.ts';
import { timeText } from './time.ts';

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
): Refusal | undefined {
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
export function leafFault(certificate: Certificate, ref: CertificateRef, context: RuleContext): Refusal | undefined {
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
): Refusal | undefined {
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

export function validityFault(certificate: Certificate, ref: CertificateRef, now: number): Refusal | undefined {
  // The encoding has whole seconds, and both ends belong to the period (RFC 5280 4.1.2.5).
  const second = Math.floor(now / 1000) * 1000;
  if (second < certificate.notBefore) {
    const from = timeText(certificate.notBefore);
    return refuse('not_yet_valid', ref, {
      expected: `notBefore no later than ${timeText(now)}`,
      actual: `notBefore ${from}`,
      text: `${refText(ref)} is not valid before ${from}; this clock says ${timeText(now)}`,
    });
  }
  if (second > certificate.notAfter) {
    const until = timeText(certificate.notAfter);
    return refuse('expired', ref, {
      expected: `notAfter no earlier than ${timeText(now)}`,
      actual: `notAfter ${until}`,
      text: `${refText(ref)} expired on ${until}; this clock says ${timeText(now)}`,
    });
  }
  return undefined;
}

export function malformed(ref: CertificateRef, error: DecodeError): Refusal {
  const place = `${error.path.length > 0 ? `${error.path.join('.')}, ` : ''}offset ${error.offset}`;
  return refuse('malformed_certificate', ref, {
    expected: 'strict DER that follows RFC 5280',
    actual: `${error.problem} (${place})`,
    text: `${refText(ref)} cannot be read: ${error.problem} (${place})`,
  });
}

export function keyFault(
  spki: SubjectPublicKeyInfo,
  ref: CertificateRef | undefined,
  policy: Policy,
): Refusal | undefined {
  const { key } = spki;
  const whose = (): string => (ref === undefined ? 'the key' : `the key of ${refText(ref)}`);
  if (key === undefined) {
    const actual = spki.unsupported ?? oidName(spki.algorithm);
    const expected = 'RSA, EC on P-256, P-384 or P-521, Ed25519 or Ed448';
    return refuse('unsupported_key', ref, { expected, actual, text: `${whose()} cannot be used: ${actual}` });
  }
  const weak = (expected: string, actual: string): Refusal =>
    refuse('weak_key', ref, {
      expected,
      actual,
      text: `${whose()} is ${actual}; the policy "${policy.name}" wants ${expected}`,
    });
  if (key.kind === 'ec' && !policy.curves.includes(key.curve)) return weak(policy.curves.join(', '), key.curve);
  if (key.kind !== 'rsa' && key.kind !== 'rsa-pss') return undefined;
  const bits = keyBits(key);
  if (bits < policy.minRsaBits) return weak(`at least ${policy.minRsaBits} bits`, `RSA with ${bits} bits`);
  if (bits > policy.maxRsaBits) return weak(`at most ${policy.maxRsaBits} bits`, `RSA with ${bits} bits`);
  if (policy.rsaWholeBytes && bits % 8 !== 0)
    return weak('a number of bits that divides by 8', `RSA with ${bits} bits`);
  const exponent = key.exponent;
  const last = exponent.at(-1) ?? 0;
  if (exponent.length > 8 || last % 2 === 0 || (exponent.length === 1 && last < 3)) {
    return weak('an odd exponent from 3 to 2^64', `RSA with exponent 0x${toHex(exponent.subarray(0, 16))}`);
  }
  return undefined;
}

export function signatureAlgorithmFault(
  certificate: Certificate,
  ref: CertificateRef,
  policy: Policy,
): Refusal | undefined {
  const outer = certificate.signatureAlgorithm;
  const inner = certificate.tbsSignatureAlgorithm;
  if (!equal(outer.raw, inner.raw)) {
    const [expected, actual] = [oidName(inner.oid), oidName(outer.oid)];
    const text = `${refText(ref)} names two signature algorithms: ${expected} (${toHex(inner.raw)}) inside, ${actual} (${toHex(outer.raw)}) outside`;
    return refuse('signature_algorithm_mismatch', ref, { expected, actual, text });
  }
  if (outer.signature === undefined) {
    const actual = outer.unsupported ?? oidName(outer.oid);
    const text = `${refText(ref)} is signed with ${actual}, which cannot be verified`;
    return refuse('unsupported_signature_algorithm', ref, {
      expected: 'RSA, RSASSA-PSS, ECDSA or EdDSA',
      actual,
      text,
    });
  }
  const hash = 'hash' in outer.signature ? outer.signature.hash : undefined;
  if (hash === undefined || policy.signatureHashes.includes(hash)) return undefined;
  return refuse('weak_signature_hash', ref, {
    expected: policy.signatureHashes.join(', '),
    actual: hash,
    text: `${refText(ref)} is signed over ${hash}; the policy "${policy.name}" wants ${policy.signatureHashes.join(', ')}`,
  });
}

function decoding(
  certificate: Certificate,
  ref: CertificateRef,
  check: () => Refusal | undefined,
): Refusal | undefined {
  try {
    decodeAll(certificate);
    return check();
  } catch (error) {
    if (error instanceof DecodeError) return malformed(ref, error);
    throw error;
  }
}

function caFault(certificate: Certificate, ref: CertificateRef, policy: Policy, anchor: boolean): Refusal | undefined {
  const constraints = certificate.basicConstraints;
  const oldRoot = anchor && policy.version1Anchors && constraints === undefined && certificate.selfIssued;
  if (certificate.version !== 3 && !oldRoot) {
    const actual = `version ${certificate.version}`;
    const text = `${refText(ref)} is a certificate of ${actual}, which cannot say that it is a CA`;
    return refuse('not_version_3', ref, { expected: 'version 3', actual, text });
  }
  if (constraints === undefined && !oldRoot) {
    const text = `${refText(ref)} signed another certificate, but has no basicConstraints and so is no CA`;
    return refuse('no_basic_constraints', ref, {
      expected: 'basicConstraints with cA TRUE',
      actual: 'no basicConstraints',
      text,
    });
  }
  if (constraints !== undefined && !constraints.ca) {
    const text = `${refText(ref)} signed another certificate, but is no CA: its basicConstraints say cA FALSE`;
    return refuse('not_a_ca', ref, { expected: 'cA TRUE', actual: 'cA FALSE', text });
  }
  const usage = certificate.keyUsage;
  if (usage !== undefined && !usage.includes('keyCertSign')) {
    const actual = usage.join(', ') || 'no usage';
    const text = `${refText(ref)} signed another certificate, but its keyUsage (${actual}) lacks keyCertSign`;
    return refuse('no_key_cert_sign', ref, { expected: 'keyCertSign', actual, text });
  }
  return undefined;
}

export function criticalFault(certificate: Certificate, ref: CertificateRef): Refusal | undefined {
  for (const { oid, critical } of certificate.extensions.values()) {
    if (!critical || PROCESSED.has(oid)) continue;
    const actual = oidName(oid);
    const text = `${refText(ref)} has the critical extension ${actual}, which is not known here`;
    return refuse('unknown_critical_extension', ref, { expected: 'critical extensions that are known', actual, text });
  }
  return undefined;
}

function purposeFault(
  certificate: Certificate,
  ref: CertificateRef,
  context: RuleContext,
  leaf: boolean,
): Refusal | undefined {
  const purposes = certificate.extendedKeyUsage;
  const wanted = context.role === 'server' ? OID.serverAuth : OID.clientAuth;
  if (purposes === undefined || purposes.includes(wanted)) return undefined;
  if (!leaf && context.policy.anyPurposeInIssuers && purposes.includes(OID.anyExtendedKeyUsage)) return undefined;
  const actual = purposes.slice(0, 8).map(oidName).join(', ');
  return refuse(leaf ? 'wrong_purpose' : 'issuer_wrong_purpose', ref, {
    expected: oidName(wanted),
    actual,
    text: `${refText(ref)} may be used for ${actual}, not for ${oidName(wanted)}`,
  });
}

function usageFault(certificate: Certificate, ref: CertificateRef): Refusal | undefined {
  const usage = certificate.keyUsage;
  if (usage === undefined) return undefined;
  if (usage.some((bit) => bit === 'digitalSignature' || bit === 'keyEncipherment' || bit === 'keyAgreement'))
    return undefined;
  const actual = usage.join(', ') || 'no usage';
  const text = `the keyUsage of ${refText(ref)} is ${actual}: nothing that a handshake needs`;
  return refuse('key_usage_not_for_tls', ref, {
    expected: 'digitalSignature, keyEncipherment or keyAgreement',
    actual,
    text,
  });
}

function alternativeNameFault(certificate: Certificate, ref: CertificateRef): Refusal | undefined {
  const wrong = certificate.subjectAltName?.find(
    (name) => name.kind === 'ip' && name.bytes.length !== 4 && name.bytes.length !== 16,
  );
  if (wrong === undefined) return undefined;
  const actual = generalNameText(wrong);
  const text = `${refText(ref)} has an iPAddress name that is not 4 or 16 bytes long: ${actual}`;
  return refuse('malformed_alternative_name', ref, { expected: '4 or 16 bytes', actual, text });
}

function leafIsCa(certificate: Certificate, ref: CertificateRef, policy: Policy): Refusal | undefined {
  if (policy.leafMayBeCa || certificate.basicConstraints?.ca !== true) return undefined;
  const text = `${refText(ref)} is a CA certificate; the policy "${policy.name}" does not let one be an end entity`;
  return refuse('leaf_is_ca', ref, { expected: 'cA FALSE', actual: 'cA TRUE', text });
}
