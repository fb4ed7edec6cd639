// What is untidy about a chain as it is sent (RFC 8446 4.4.2, RFC 5246 7.4.2): order, repetitions, roots, strangers. It is no matter of
// trust: most clients sort it out, and those that do not fail where others work.

import { equal } from '../bytes/bytes.ts';
import { type Certificate, readCertificate } from '../x509/certificate.ts';
import { subjectText } from '../x509/refusal.ts';
import { safe } from './terminal.ts';
import { filled, type Text } from './text.ts';
import { LINT } from './texts/chain.ts';

export interface ChainFault {
  readonly kind: 'duplicate' | 'order' | 'root' | 'stranger';
  /** Which certificate, by its place; 0 is the own one. */
  readonly at: number;
  /** Whose copy it is, or behind whom it belongs. */
  readonly other?: number;
}

/** Goes by names alone: whether signatures hold is for who trusts. Certificates that cannot be read are left out. */
export function chainFaults(chain: readonly Uint8Array[]): readonly ChainFault[] {
  const certificates = chain.map(readable);
  const faults: ChainFault[] = [];
  for (const [at, one] of certificates.entries()) {
    if (one === undefined || at === 0) continue;
    const copy = certificates.findIndex((other) => other !== undefined && equal(other.der, one.der));
    if (copy < at) faults.push({ kind: 'duplicate', at, other: copy });
    else if (equal(one.issuerRaw, one.subjectRaw)) faults.push({ kind: 'root', at });
    else if (!certificates.some((other) => other !== undefined && other !== one && hasIssued(one, other)))
      faults.push({ kind: 'stranger', at });
  }
  return [...faults, ...misplaced(certificates, new Set(faults.map(({ at }) => at)))];
}

/** An issuer that is there, but not behind the one that it has issued. What is a fault already is passed over. */
function misplaced(certificates: readonly (Certificate | undefined)[], out: ReadonlySet<number>): ChainFault[] {
  const places = certificates.flatMap((one, at) => (one === undefined || out.has(at) ? [] : [{ one, at }]));
  return places.flatMap(({ one, at: other }, i): ChainFault[] => {
    const next = places[i + 1];
    if (next !== undefined && hasIssued(next.one, one)) return [];
    const issuer = places.find(({ one: candidate, at }) => at !== other && at !== 0 && hasIssued(candidate, one));
    return issuer === undefined ? [] : [{ kind: 'order', at: issuer.at, other }];
  });
}

/** A sentence for each fault; `place` says where a certificate stands. */
export function faultText({ kind, at, other }: ChainFault, place: (at: number) => Text): Text {
  return filled(LINT[kind], { place: place(at), other: other === undefined ? '' : place(other) });
}

/** Whose certificate stands there, escaped. */
export function nameAt(chain: readonly Uint8Array[], at: number): string {
  const certificate = readable(chain[at] ?? new Uint8Array());
  return certificate === undefined ? '?' : safe(subjectText(certificate));
}

function hasIssued(issuer: Certificate, { issuerRaw }: Certificate): boolean {
  return equal(issuer.subjectRaw, issuerRaw);
}

function readable(der: Uint8Array): Certificate | undefined {
  try {
    return readCertificate(der);
  } catch {
    return undefined;
  }
}
