// Name constraints (RFC 5280 4.2.1.10): every name in every later certificate lies in all permitted subtrees of its form
// that the CAs above state, and in none of the excluded ones. A wildcard name is refused where any host it stands for
// would be. Forms that are not understood are refused when a name of that form appears. Comparisons are counted.

import { equal } from '../bytes/bytes.ts';
import type { Certificate } from './certificate.ts';
import { type Fault, refuse } from './fault.ts';
import { type GeneralName, generalNameText } from './general_name.ts';
import { isHostName } from './identity.ts';
import { parseIp } from './ip.ts';
import { attributeValues, canonicalRdns, withinSubtree } from './names.ts';
import { OID } from './oids.ts';
import type { Policy } from './policy.ts';
import type { CertificateRef } from './refusal.ts';

export interface PathMember {
  readonly certificate: Certificate;
  readonly ref: CertificateRef;
}

/** Comparisons of a name with a subtree in one judgement; a certificate for 1,000 names under 100 subtrees fits. */
export const MAX_NAME_COMPARISONS = 250_000;

export interface ConstraintBudget {
  comparisons: number;
}

/** A constraint whose form RFC 5280 does not know; checked for each CA, whether or not a name meets it. */
export function malformedConstraint(certificate: Certificate, ref: CertificateRef, policy: Policy): Fault | undefined {
  const constraints = certificate.nameConstraints;
  if (constraints === undefined) return undefined;
  for (const base of [...constraints.permitted, ...constraints.excluded]) {
    const form = malformedForm(base, policy);
    if (form !== undefined) return refuse('malformed_name_constraints', ref, { name: generalNameText(base), form });
  }
  return undefined;
}

/** Checks a whole path, the leaf first and the anchor's certificate, when there is one, last. */
export function constraintFault(
  path: readonly PathMember[],
  policy: Policy,
  budget: ConstraintBudget,
): Fault | undefined {
  for (let upper = path.length - 1; upper > 0; upper--) {
    const authority = path[upper] as PathMember;
    const constraints = authority.certificate.nameConstraints;
    if (constraints === undefined) continue;
    for (let lower = upper - 1; lower >= 0; lower--) {
      const { certificate, ref } = path[lower] as PathMember;
      // RFC 5280 6.1.3 (b): not applied to self-issued certificates, unless they end the path.
      if (lower > 0 && certificate.selfIssued) continue;
      for (const name of constrainedNames(certificate, policy)) {
        const fault =
          subtreeFault(name, ref, authority, constraints.excluded, 'excluded', policy, budget) ??
          subtreeFault(name, ref, authority, constraints.permitted, 'permitted', policy, budget);
        if (fault !== undefined) return fault;
      }
    }
  }
  return undefined;
}

function subtreeFault(
  name: GeneralName,
  ref: CertificateRef,
  authority: PathMember,
  subtrees: readonly GeneralName[],
  list: 'permitted' | 'excluded',
  policy: Policy,
  budget: ConstraintBudget,
): Fault | undefined {
  let applies = false;
  let within = false;
  for (const base of subtrees) {
    if (base.kind !== name.kind) continue;
    applies = true;
    if (++budget.comparisons > MAX_NAME_COMPARISONS) {
      return refuse('path_budget_exceeded', undefined, { limit: MAX_NAME_COMPARISONS, of: 'comparisons' });
    }
    const result = compare(name, base, list, policy);
    if (result === 'malformed' || result === 'unsupported') return notComparable(name, ref, authority, base, result);
    if (result === 'within') {
      within = true;
      break;
    }
  }
  if (!applies || within === (list === 'permitted')) return undefined;
  const form = subtrees.filter((base) => base.kind === name.kind);
  return refuse(list === 'excluded' ? 'name_excluded' : 'name_not_permitted', ref, {
    name: generalNameText(name),
    listed: form.slice(0, 8).map(generalNameText),
    authority: authority.ref,
  });
}

function notComparable(
  name: GeneralName,
  ref: CertificateRef,
  authority: PathMember,
  base: GeneralName,
  result: 'malformed' | 'unsupported',
): Fault {
  const text = generalNameText(name);
  return result === 'malformed'
    ? refuse('malformed_alternative_name', ref, {
        name: text,
        within: { base: generalNameText(base), authority: authority.ref },
      })
    : refuse('name_constraint_unsupported', ref, { name: text, form: base.kind, authority: authority.ref });
}

/** The subject, the alternative names, and what stands in for alternative names where there are none. */
function constrainedNames(certificate: Certificate, policy: Policy): GeneralName[] {
  const names: GeneralName[] = [...(certificate.subjectAltName ?? [])];
  const { subject } = certificate;
  if (subject.rdns.length > 0) names.push({ kind: 'directory', name: subject });
  // RFC 5280 4.2.1.10: without rfc822Name entries, emailAddress in the subject is constrained instead.
  if (!names.some(({ kind }) => kind === 'email')) {
    for (const text of attributeValues(subject, OID.emailAddress)) names.push({ kind: 'email', text });
  }
  // Whoever believes the common name must also constrain it.
  if (policy.commonNameFallback && !names.some(({ kind }) => kind === 'dns')) {
    for (const text of attributeValues(subject, OID.commonName)) {
      if (isHostName(text.replace(/^\*\./, '')) && parseIp(text) === undefined) names.push({ kind: 'dns', text });
    }
  }
  return names;
}

type Comparison = 'within' | 'outside' | 'malformed' | 'unsupported';

function compare(name: GeneralName, base: GeneralName, list: 'permitted' | 'excluded', policy: Policy): Comparison {
  if (name.kind === 'dns' && base.kind === 'dns') return compareDns(name.text, base.text, list, policy);
  if (name.kind === 'ip' && base.kind === 'ip') return compareIp(name.bytes, base.bytes);
  if (name.kind === 'email' && base.kind === 'email') return compareEmail(name.text, base.text);
  if (name.kind === 'uri' && base.kind === 'uri') return compareUri(name.text, base.text);
  if (name.kind === 'directory' && base.kind === 'directory') {
    return withinSubtree(canonicalRdns(name.name), canonicalRdns(base.name)) ? 'within' : 'outside';
  }
  return 'unsupported';
}

/** "Any DNS name that can be constructed by simply adding zero or more labels to the left-hand side". */
function compareDns(text: string, baseText: string, list: 'permitted' | 'excluded', policy: Policy): Comparison {
  const wildcard = text.startsWith('*.');
  const name = (wildcard ? text.slice(2) : text).toLowerCase();
  const partial = policy.partialWildcards && name.includes('*');
  if (!isHostName(partial ? name.replace('*', 'x') : name)) return 'malformed';
  const base = baseText.toLowerCase();
  if (base === '') return 'within';
  if (base.startsWith('.')) return name.endsWith(base) || (wildcard && `.${name}` === base) ? 'within' : 'outside';
  if (name === base || name.endsWith(`.${base}`)) return 'within';
  // *.example.com may stand for the excluded foo.example.com.
  const expands = wildcard && base.endsWith(`.${name}`) && !base.slice(0, -name.length - 1).includes('.');
  return list === 'excluded' && expands ? 'within' : 'outside';
}

function compareIp(address: Uint8Array, base: Uint8Array): Comparison {
  if (address.length !== 4 && address.length !== 16) return 'malformed';
  const half = base.length / 2;
  if (address.length !== half) return 'outside';
  const masked = (bytes: Uint8Array): Uint8Array => bytes.map((byte, i) => byte & (base[half + i] as number));
  return equal(masked(address), masked(base.subarray(0, half))) ? 'within' : 'outside';
}

/** A mailbox, a host, or a domain with a leading dot; the local part is compared with case, the host without. */
function compareEmail(text: string, base: string): Comparison {
  const parts = text.split('@');
  const [local, host] = parts;
  if (parts.length !== 2 || !local || !host) return 'malformed';
  const domain = host.toLowerCase();
  if (base.includes('@')) {
    const [baseLocal, baseHost = ''] = base.split('@');
    return local === baseLocal && domain === baseHost.toLowerCase() ? 'within' : 'outside';
  }
  return withinHost(domain, base.toLowerCase());
}

function compareUri(text: string, base: string): Comparison {
  // RFC 5280 4.2.1.10: a URI without a host name (or with an address) cannot be within a constraint.
  const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:[\]]+)(?::[0-9]*)?(?:[/?#]|$)/i.exec(text)?.[1];
  if (host === undefined || !isHostName(host) || parseIp(host) !== undefined) return 'malformed';
  return withinHost(host.toLowerCase(), base.toLowerCase());
}

/** `host` alone, or with a leading dot every host below it. */
function withinHost(host: string, base: string): Comparison {
  const inside = base === '' || (base.startsWith('.') ? host.endsWith(base) : host === base);
  return inside ? 'within' : 'outside';
}

/** The form that `base` claims to be of and is not. */
function malformedForm(base: GeneralName, policy: Policy): 'dns' | 'ip' | 'email' | 'uri' | undefined {
  switch (base.kind) {
    case 'dns': {
      const name = policy.leadingDotConstraints && base.text.startsWith('.') ? base.text.slice(1) : base.text;
      return name === '' || isHostName(name) ? undefined : 'dns';
    }
    case 'ip':
      return (base.bytes.length === 8 || base.bytes.length === 32) && isMask(base.bytes.subarray(base.bytes.length / 2))
        ? undefined
        : 'ip';
    case 'email':
      return isMailbox(base.text) ? undefined : 'email';
    case 'uri':
      return base.text === '' || isHostName(base.text.replace(/^\./, '')) ? undefined : 'uri';
    default:
      return undefined;
  }
}

function isMailbox(text: string): boolean {
  const parts = text.split('@');
  if (parts.length === 1) return text === '' || isHostName(text.replace(/^\./, ''));
  return parts.length === 2 && parts[0] !== '' && isHostName(parts[1] ?? '');
}

/** Ones, then zeros (RFC 4632). */
function isMask(mask: Uint8Array): boolean {
  const bits = Array.from(mask, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(bits);
}
