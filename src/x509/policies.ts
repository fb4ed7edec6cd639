// Certificate policies (RFC 5280 6.1.2 to 6.1.5) for initial values any-policy and no explicit policy: they can fail only
// when some CA demands an explicit policy. RFC 5280 grows a tree; the question here is just whether it is empty, and for
// that the set of policies expected at the present depth is enough, so mappings cannot make the work grow.

import type { Certificate } from './certificate.ts';
import type { PathMember } from './constraints.ts';
import { type Fault, refuse } from './fault.ts';
import { OID } from './oids.ts';

/** `path`: the leaf first; the anchor's certificate, last, takes no part (RFC 5280 6.1). */
export function policyFault(path: readonly PathMember[]): Fault | undefined {
  if (!path.some(({ certificate }) => certificate.policyConstraints !== undefined)) return undefined;
  let expected = new Set<string>([OID.anyPolicy]);
  let explicitPolicy = path.length + 1;
  let policyMapping = path.length + 1;
  let inhibitAny = path.length + 1;
  for (let i = path.length - 1; i >= 0; i--) {
    const { certificate, ref } = path[i] as PathMember;
    const leaf = i === 0;
    expected = narrow(expected, certificate, inhibitAny > 0 || (!leaf && certificate.selfIssued));
    if (leaf) {
      if (explicitPolicy > 0) explicitPolicy--;
      if (certificate.policyConstraints?.requireExplicitPolicy === 0) explicitPolicy = 0;
    }
    if (explicitPolicy === 0 && expected.size === 0) {
      return refuse('policy_required', ref, { mapsAny: false, policies: certificate.policies?.slice(0, 8) });
    }
    if (leaf) break;
    const mappings = certificate.policyMappings ?? [];
    // RFC 5280 6.1.4 (a): anyPolicy is neither mapped nor mapped to.
    const any = mappings.some((map) => map.issuerDomain === OID.anyPolicy || map.subjectDomain === OID.anyPolicy);
    if (any) return refuse('policy_required', ref, { mapsAny: true, policies: undefined });
    expected = mapped(expected, certificate, policyMapping > 0);
    if (!certificate.selfIssued) {
      explicitPolicy = Math.max(0, explicitPolicy - 1);
      policyMapping = Math.max(0, policyMapping - 1);
      inhibitAny = Math.max(0, inhibitAny - 1);
    }
    const limits = certificate.policyConstraints;
    explicitPolicy = Math.min(explicitPolicy, limits?.requireExplicitPolicy ?? explicitPolicy);
    policyMapping = Math.min(policyMapping, limits?.inhibitPolicyMapping ?? policyMapping);
    inhibitAny = Math.min(inhibitAny, certificate.inhibitAnyPolicy ?? inhibitAny);
  }
  return undefined;
}

/** RFC 5280 6.1.3 (d), (e). */
function narrow(expected: ReadonlySet<string>, certificate: Certificate, anyCounts: boolean): Set<string> {
  const policies = certificate.policies ?? [];
  const next = new Set<string>();
  for (const policy of policies) {
    if (policy === OID.anyPolicy) continue;
    if (expected.has(policy) || expected.has(OID.anyPolicy)) next.add(policy);
  }
  if (anyCounts && policies.includes(OID.anyPolicy)) for (const policy of expected) next.add(policy);
  return next;
}

/** RFC 5280 6.1.4 (b): with mapping allowed a policy is expected under its new names; without, it is dropped. */
function mapped(expected: Set<string>, certificate: Certificate, allowed: boolean): Set<string> {
  const mappings = certificate.policyMappings ?? [];
  if (mappings.length === 0) return expected;
  const next = new Set(expected);
  for (const { issuerDomain } of mappings) next.delete(issuerDomain);
  if (!allowed) return next;
  for (const { issuerDomain, subjectDomain } of mappings) {
    if (expected.has(issuerDomain) || expected.has(OID.anyPolicy)) next.add(subjectDomain);
  }
  return next;
}
