// The extensions of RFC 5280 4.2 (and RFC 7633, 6962) that path validation and displays read, each as one function from
// the content of extnValue to plain data. A known extension that does not follow its syntax is refused, critical or not.

import { contextConstructed, contextPrimitive, type DerReader, TAG } from './der.ts';
import { type GeneralName, readGeneralName } from './general_name.ts';

export interface BasicConstraints {
  readonly ca: boolean;
  readonly pathLength: number | undefined;
}

/** RFC 5280 4.2.1.3, in the order of the bits. */
export const KEY_USAGES = [
  'digitalSignature',
  'contentCommitment',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;
export type KeyUsage = (typeof KEY_USAGES)[number];

export interface AuthorityKeyIdentifier {
  readonly keyId: Uint8Array | undefined;
  readonly issuer: readonly GeneralName[] | undefined;
  readonly serial: Uint8Array | undefined;
}

export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

export interface AccessDescription {
  readonly method: string;
  readonly location: GeneralName;
}

export interface PolicyConstraints {
  readonly requireExplicitPolicy: number | undefined;
  readonly inhibitPolicyMapping: number | undefined;
}

export interface PolicyMapping {
  readonly issuerDomain: string;
  readonly subjectDomain: string;
}

export function readBasicConstraints(reader: DerReader): BasicConstraints {
  const body = reader.enter(TAG.sequence, 'BasicConstraints');
  let ca = false;
  if (body.peek() === TAG.boolean) {
    ca = body.boolean();
    if (!ca) throw body.failBody('cA FALSE is the default, which DER does not write');
  }
  const pathLength = body.peek() === TAG.integer ? body.small(2 ** 31) : undefined;
  body.finish('BasicConstraints');
  return { ca, pathLength };
}

export function readKeyUsage(reader: DerReader): readonly KeyUsage[] {
  const bits = reader.namedBits();
  return KEY_USAGES.filter((_, bit) => (bits & (1 << bit)) !== 0);
}

/** Purposes as dotted identifiers, at least one. */
export function readExtendedKeyUsage(reader: DerReader): readonly string[] {
  return sequenceOf(reader, 'ExtKeyUsageSyntax', (body) => body.oid());
}

export function readGeneralNames(reader: DerReader): readonly GeneralName[] {
  return sequenceOf(reader, 'GeneralNames', readGeneralName);
}

export function readKeyIdentifier(reader: DerReader): Uint8Array {
  return reader.octetString();
}

export function readAuthorityKeyIdentifier(reader: DerReader): AuthorityKeyIdentifier {
  const body = reader.enter(TAG.sequence, 'AuthorityKeyIdentifier');
  const keyId = body.peek() === contextPrimitive(0) ? body.content() : undefined;
  const issuer =
    body.peek() === contextConstructed(1) ? items(body.enter(contextConstructed(1)), readGeneralName) : undefined;
  const serial = body.peek() === contextPrimitive(2) ? body.integer(contextPrimitive(2)) : undefined;
  body.finish('AuthorityKeyIdentifier');
  return { keyId, issuer, serial };
}

export function readNameConstraints(reader: DerReader): NameConstraints {
  const body = reader.enter(TAG.sequence, 'NameConstraints');
  const permitted = readSubtrees(body, contextConstructed(0));
  const excluded = readSubtrees(body, contextConstructed(1));
  body.finish('NameConstraints');
  // RFC 5280 4.2.1.10: "either the permittedSubtrees field or the excludedSubtrees MUST be present".
  if (permitted === undefined && excluded === undefined) throw body.fail('name constraints without a constraint');
  return { permitted: permitted ?? [], excluded: excluded ?? [] };
}

/** Policy identifiers; RFC 5280 4.2.1.4: one MUST NOT appear more than once. */
export function readPolicies(reader: DerReader): readonly string[] {
  const seen = new Set<string>();
  return sequenceOf(reader, 'CertificatePolicies', (body) => {
    const outer = body.open(TAG.sequence, 'PolicyInformation');
    const oid = body.oid();
    if (seen.has(oid)) throw body.failBody('a policy that is named twice');
    seen.add(oid);
    if (body.more) body.range(TAG.sequence, 'policyQualifiers');
    body.close(outer, 'PolicyInformation');
    return oid;
  });
}

export function readPolicyMappings(reader: DerReader): readonly PolicyMapping[] {
  return sequenceOf(reader, 'PolicyMappings', (body) => {
    const pair = body.enter(TAG.sequence);
    const mapping = { issuerDomain: pair.oid(), subjectDomain: pair.oid() };
    pair.finish('PolicyMappings');
    return mapping;
  });
}

export function readPolicyConstraints(reader: DerReader): PolicyConstraints {
  const body = reader.enter(TAG.sequence, 'PolicyConstraints');
  // RFC 5280 4.2.1.11: "Conforming CAs MUST NOT issue certificates where policy constraints is an empty sequence".
  if (!body.more) throw body.fail('empty policy constraints');
  const requireExplicitPolicy =
    body.peek() === contextPrimitive(0) ? body.small(2 ** 31, contextPrimitive(0)) : undefined;
  const inhibitPolicyMapping =
    body.peek() === contextPrimitive(1) ? body.small(2 ** 31, contextPrimitive(1)) : undefined;
  body.finish('PolicyConstraints');
  return { requireExplicitPolicy, inhibitPolicyMapping };
}

export function readInhibitAnyPolicy(reader: DerReader): number {
  return reader.small(2 ** 31);
}

export function readAccessDescriptions(reader: DerReader): readonly AccessDescription[] {
  return sequenceOf(reader, 'AuthorityInfoAccessSyntax', (body) => {
    const outer = body.open(TAG.sequence, 'AccessDescription');
    const method = body.oid();
    const location = readGeneralName(body);
    body.close(outer, 'AccessDescription');
    return { method, location };
  });
}

/** RFC 7633: numbers of TLS extensions; 5 (status_request) is "must-staple". */
export function readTlsFeatures(reader: DerReader): readonly number[] {
  return sequenceOf(reader, 'Features', (body) => body.small(0xffff));
}

/** RFC 6962 3.3: an OCTET STRING with the list as TLS writes it. */
export function readSctListBytes(reader: DerReader): Uint8Array {
  return reader.octetString();
}

/** The full names of all distribution points (RFC 5280 4.2.1.13); names relative to the issuer are left out. */
export function readDistributionPoints(reader: DerReader): readonly GeneralName[] {
  const names = sequenceOf(reader, 'CRLDistributionPoints', (body) => {
    const point = body.enter(TAG.sequence, 'DistributionPoint');
    const found: GeneralName[] = [];
    if (point.peek() === contextConstructed(0)) {
      const choice = point.enter(contextConstructed(0));
      if (choice.peek() === contextConstructed(0))
        found.push(...items(choice.enter(contextConstructed(0)), readGeneralName));
      else choice.element(contextConstructed(1), 'DistributionPointName');
      choice.finish('DistributionPointName');
    }
    if (point.peek() === contextPrimitive(1)) point.namedBits(contextPrimitive(1));
    if (point.peek() === contextConstructed(2)) items(point.enter(contextConstructed(2)), readGeneralName);
    point.finish('DistributionPoint');
    return found;
  });
  return names.flat();
}

function readSubtrees(body: DerReader, tag: number): readonly GeneralName[] | undefined {
  if (body.peek() !== tag) return undefined;
  return items(body.enter(tag), (list) => {
    const subtree = list.enter(TAG.sequence, 'GeneralSubtree');
    const base = readGeneralName(subtree);
    // RFC 5280 4.2.1.10: "minimum MUST be zero, and maximum MUST be absent"; zero is the default, so nothing may follow.
    subtree.finish('GeneralSubtree');
    return base;
  });
}

function sequenceOf<T>(reader: DerReader, what: string, read: (body: DerReader) => T): T[] {
  const outer = reader.open(TAG.sequence, what);
  const found = items(reader, read);
  reader.close(outer, what);
  return found;
}

/** One element or more: every list here is SIZE (1..MAX). */
function items<T>(body: DerReader, read: (body: DerReader) => T): T[] {
  if (!body.more) throw body.fail('an empty list');
  const found: T[] = [];
  while (body.more) found.push(read(body));
  return found;
}
