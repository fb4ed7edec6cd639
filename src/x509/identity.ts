// Which host a certificate speaks for (RFC 9525, RFC 5280 4.2.1.6): the reference is a DNS name in A-label form or an IP
// address, and is compared with dNSName and iPAddress entries alone. A wildcard is a whole left-most label and stands
// for exactly one label. The common name counts only where a policy says so, as node:tls still does.

import { equal } from '../bytes/bytes.ts';
import type { Certificate } from './certificate.ts';
import type { GeneralName } from './general_name.ts';
import { ipText, parseIp } from './ip.ts';
import { attributeValues } from './names.ts';
import { OID } from './oids.ts';

export type ServerName =
  | { readonly kind: 'dns'; readonly name: string }
  | { readonly kind: 'ip'; readonly bytes: Uint8Array; readonly name: string };

export interface MatchRules {
  /** Use the common name when there is no dNSName (RFC 9525 forbids it). */
  readonly commonNameFallback: boolean;
  /** Let `ba*.example.com` stand for `baz.example.com` (RFC 9525 6.3 forbids it). */
  readonly partialWildcards: boolean;
}

export type Match =
  | { readonly matched: true; readonly by: string }
  | { readonly matched: false; readonly reason: 'no_names' | 'common_name_only' | 'different' };

/** A host that a caller asks for; undefined when it is neither an IP address nor a DNS name of A-labels. */
export function parseServerName(text: string): ServerName | undefined {
  const bytes = parseIp(text);
  if (bytes !== undefined) return { kind: 'ip', bytes, name: ipText(bytes) };
  // A dot at the end only says that the name is complete.
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  return isHostName(name) && !endsInNumber(name) ? { kind: 'dns', name } : undefined;
}

/** Compares a certificate's names with the one that was asked for. */
export function matchIdentity(certificate: Certificate, wanted: ServerName, rules: MatchRules): Match {
  const names = certificate.subjectAltName ?? [];
  for (const name of names) {
    const by = matchesName(name, wanted, rules);
    if (by !== undefined) return { matched: true, by };
  }
  if (names.some(({ kind }) => kind === 'dns' || kind === 'ip')) return { matched: false, reason: 'different' };
  const fits = attributeValues(certificate.subject, OID.commonName).find((text) =>
    wanted.kind === 'dns' ? matchesDns(text, wanted.name, rules) : text === wanted.name,
  );
  if (fits === undefined) return { matched: false, reason: 'no_names' };
  if (rules.commonNameFallback && wanted.kind === 'dns') return { matched: true, by: `CN=${fits}` };
  return { matched: false, reason: 'common_name_only' };
}

/**
 * RFC 9525 6.3: labels are compared without regard to case; `*` as the whole left-most label stands for one label.
 * `*.com` is never matched: no registry sells a certificate for all of its names. `wanted` is well-formed and lower-case.
 */
export function matchesDns(presented: string, wanted: string, rules: Pick<MatchRules, 'partialWildcards'>): boolean {
  // What equals a well-formed name is well-formed.
  if (presented === wanted) return true;
  const pattern = presented.toLowerCase();
  if (!pattern.includes('*')) return pattern === wanted;
  const dot = pattern.indexOf('.');
  const first = pattern.slice(0, dot);
  const rest = pattern.slice(dot + 1);
  const wantedDot = wanted.indexOf('.');
  if (dot < 0 || wantedDot < 0 || wanted.slice(wantedDot + 1) !== rest || !rest.includes('.')) return false;
  const label = wanted.slice(0, wantedDot);
  if (first === '*') return true;
  return rules.partialWildcards && matchesPartial(first, label);
}

/** Labels of letters, digits, hyphens and the underscore that hosts do use, at most 63 and together 253 characters. */
export function isHostName(name: string): boolean {
  return name.length <= 253 && /^(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*$/i.test(name);
}

/** An address in the common name in another spelling than the one address has (BR 7.1.4.3), or undefined. */
export function oddAddress(certificate: Certificate): string | undefined {
  return attributeValues(certificate.subject, OID.commonName).find((text) => {
    const bytes = parseIp(text);
    if (bytes !== undefined) return ipText(bytes) !== text;
    return /^0x[0-9a-f]{1,8}$/i.test(text) || /^(0x[0-9a-f]+|[0-9]+)(\.(0x[0-9a-f]+|[0-9]+)){3}$/i.test(text);
  });
}

function matchesName(name: GeneralName, wanted: ServerName, rules: MatchRules): string | undefined {
  if (name.kind === 'dns' && wanted.kind === 'dns')
    return matchesDns(name.text, wanted.name, rules) ? name.text : undefined;
  if (name.kind === 'ip' && wanted.kind === 'ip')
    return equal(name.bytes, wanted.bytes) ? ipText(name.bytes) : undefined;
  return undefined;
}

function matchesPartial(pattern: string, label: string): boolean {
  const [prefix = '', suffix = '', ...more] = pattern.split('*');
  if (more.length > 0 || pattern.includes('xn--') || label.startsWith('xn--')) return false;
  return label.length >= prefix.length + suffix.length && label.startsWith(prefix) && label.endsWith(suffix);
}

/** A last label of digits makes it an IPv4 address in some spelling (WHATWG URL 3.5), which no DNS name may look like. */
function endsInNumber(name: string): boolean {
  return /(^|\.)(0x[0-9a-f]*|[0-9]+)$/i.test(name);
}
