// Revocation (revocation.ts) and certificate transparency (sct.ts) for a path that is sound otherwise: which certificate is
// asked for which proof. A bundle without them gives `mustStapleFault` in place of `judgeProofs` (verify.ts).

import { equal } from '../bytes/bytes.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { type Fault, refuse } from './fault.ts';
import type { FoundPath } from './path.ts';
import type { Policy } from './policy.ts';
import type { Refusal } from './refusal.ts';
import {
  judgeCrls,
  judgeStaple,
  type Link,
  missingStaple,
  type OcspOutcome,
  type RevocationContext,
  readCrls,
} from './revocation.ts';
import type { Role } from './rules.ts';
import { type CtLog, countValid, judgeScts, type SctContext, type SctOutcome, type SctSource } from './sct.ts';

export interface ProofOptions {
  /** Stapled OCSP responses, each at the place of its certificate in `chain` (TLS 1.2 has only the first). */
  readonly ocspResponses?: readonly (Uint8Array | undefined)[] | undefined;
  /** CRLs in DER. When there are any, every certificate below the anchor is looked up. */
  readonly crls?: readonly Uint8Array[] | undefined;
  /** The SignedCertificateTimestampList of the TLS extension. */
  readonly sctList?: Uint8Array | undefined;
  /** Logs whose SCTs count. Without it SCTs are not judged. */
  readonly ctLogs?: readonly CtLog[] | undefined;
}

export interface ProofContext {
  readonly role: Role;
  readonly now: number;
  readonly provider: CryptoProvider;
  readonly policy: Policy;
}

export interface Proofs<F = Refusal> {
  /** What the leaf's stapled response said; undefined without one. */
  readonly ocsp: OcspOutcome<F> | undefined;
  /** Every SCT with what became of it; empty without `ctLogs`. */
  readonly scts: readonly SctOutcome[];
}

/** What judges the proofs for a path. */
export type Prover = (found: FoundPath, options: ProofOptions, context: ProofContext) => Proofs<Fault> | Fault;

const NONE: Proofs<Fault> = { ocsp: undefined, scts: [] };

/** Revocation and certificate transparency, all that there is of them. */
export const judgeProofs: Prover = (found, options, context) => {
  const { policy, role } = context;
  const links = linksOf(found);
  // A leaf that the caller trusts itself has no issuer that could revoke or log it.
  if (links.length === 0) return NONE;
  let ocsp: OcspOutcome<Fault> | undefined;
  for (const link of links) {
    const { ref } = link;
    const response = ref.kind === 'chain' ? options.ocspResponses?.[ref.index] : undefined;
    const leaf = ref.kind === 'chain' && ref.index === 0;
    if (response === undefined) {
      const missing = leaf && role === 'server' ? missingStaple(link, policy) : undefined;
      if (missing !== undefined) return missing;
      continue;
    }
    const judged = judgeStaple(response, link, context);
    if ('refusal' in judged) return judged.refusal;
    if (leaf) ocsp = judged.outcome;
  }
  if (options.crls !== undefined && options.crls.length > 0) {
    const crls = readCrls(options.crls);
    if ('code' in crls) return crls;
    for (const link of links) {
      const refusal = judgeCrls(crls, link, context);
      if (refusal !== undefined) return refusal;
    }
  }
  const scts = judgeTransparency(options, context, links[0], ocsp);
  const valid = countValid(scts);
  if (options.ctLogs === undefined || role !== 'server' || valid >= policy.minimumScts) return { ocsp, scts };
  const values = { wanted: policy.minimumScts, valid, all: scts.length, policy: policy.name };
  return refuse('scts_missing', links[0]?.ref, values);
};

/** The least: RFC 7633's demand for a stapled response, which nobody may overlook who enforces it. */
export const mustStapleFault: Prover = (found, _options, { role, policy }) => {
  const [leaf] = linksOf(found);
  return (leaf && role === 'server' && missingStaple(leaf, policy)) || NONE;
};

function judgeTransparency(
  { ctLogs, sctList }: ProofOptions,
  { provider, now }: RevocationContext,
  leaf: Link | undefined,
  ocsp: OcspOutcome<Fault> | undefined,
): SctOutcome[] {
  if (ctLogs === undefined || leaf === undefined) return [];
  const context: SctContext = { logs: ctLogs, certificate: leaf.certificate, issuerKey: leaf.issuerKey, now, provider };
  const from = (list: Uint8Array | undefined, source: SctSource): SctOutcome[] =>
    list === undefined ? [] : judgeScts(list, source, context);
  return [...from(leaf.certificate.sctList, 'certificate'), ...from(sctList, 'tls'), ...from(ocsp?.sctList, 'ocsp')];
}

/** The path as pairs of certificate and issuer, without the anchor; empty for a leaf that is trusted itself. */
function linksOf({ nodes, anchor }: FoundPath): Link[] {
  return nodes.flatMap(({ certificate, ref }, i) => {
    if (ref.kind === 'anchor' || (anchor.certificate !== undefined && equal(anchor.certificate.der, certificate.der)))
      return [];
    const above = nodes[i + 1]?.certificate;
    return [{ certificate, ref, issuerKey: above?.spki ?? anchor.spki, issuer: above }];
  });
}
