// Path building (RFC 4158) and the rules that look at a whole path (RFC 5280 6.1). The chain as sent is only a pool:
// order, repetitions, strays and cross-signed certificates do not matter. The search goes from the leaf upwards by name,
// refuses issuers by their own faults first, and verifies signatures once a path has reached an anchor, from the anchor
// down; each (certificate, key) pair is verified once. Steps and signatures are bounded, and every dead end is kept
// with its reason, up to MAX_TRIED of them.

import { equal } from '../bytes/bytes.ts';
import { DecodeError } from '../bytes/decode_error.ts';
import type { PublicKey, SignatureAlgorithm } from '../crypto/keys.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { anchorRef, type TrustAnchor, type TrustAnchors } from './anchors.ts';
import type { Certificate } from './certificate.ts';
import { type ConstraintBudget, constraintFault } from './constraints.ts';
import { deadEnd, type PathNode } from './dead_end.ts';
import { type Fault, refuse } from './fault.ts';
import { policyFault } from './policies.ts';
import { type CertificateRef, plainRef, type Refusal } from './refusal.ts';
import { issuerFault, keyFault, malformed, type RuleContext, signatureAlgorithmFault } from './rules.ts';
import type { SubjectPublicKeyInfo } from './spki.ts';

/** Certificates put on a path, in one search. An honest chain needs fewer than ten. */
export const MAX_STEPS = 2_000;
/** Signature checks in one search. Go's limit too. */
export const MAX_SIGNATURES = 100;
/** Candidate paths kept for display. */
export const MAX_TRIED = 32;

/** One path that was looked at: leaf first, as far as it came. */
export interface CandidatePath<F = Refusal> {
  readonly certificates: readonly CertificateRef[];
  readonly reachedAnchor: boolean;
  /** Undefined for the path that was accepted. */
  readonly refusal: F | undefined;
}

export interface FoundPath {
  /** Leaf first; the anchor's certificate, when it has one, last. */
  readonly nodes: readonly PathNode[];
  readonly anchor: TrustAnchor;
}

export interface SearchFigures {
  readonly steps: number;
  readonly signatures: number;
}

export class PathSearch {
  readonly tried: CandidatePath<Fault>[] = [];
  private readonly pool: readonly PathNode[];
  private readonly anchors: TrustAnchors;
  private readonly context: RuleContext;
  private readonly provider: CryptoProvider;
  private readonly faults = new Map<Certificate, Fault | undefined>();
  private readonly issuers = new Map<Certificate, readonly PathNode[]>();
  private readonly verified = new Map<Certificate, Map<SubjectPublicKeyInfo, boolean>>();
  private readonly constraintBudget: ConstraintBudget = { comparisons: 0 };
  private best: { rank: number; refusal: Fault } | undefined;
  private reachable: Set<Certificate> | undefined;
  private steps = 0;
  private signatures = 0;
  private exhausted: { limit: number; of: 'steps' | 'signature checks' } | undefined;

  constructor(pool: readonly PathNode[], anchors: TrustAnchors, context: RuleContext, provider: CryptoProvider) {
    this.pool = pool;
    this.anchors = anchors;
    this.context = context;
    this.provider = provider;
  }

  get figures(): SearchFigures {
    return { steps: this.steps, signatures: this.signatures };
  }

  /** The first path from `leaf` to an anchor that every rule accepts, or why there is none. */
  run(leaf: PathNode): FoundPath | Fault {
    const unverifiable = signatureAlgorithmFault(leaf.certificate, leaf.ref, this.context.policy);
    const found = this.extend([leaf], 0);
    if (found !== undefined) return found;
    // Without an algorithm no signature was ever checked; that is the fault to name.
    if (unverifiable !== undefined && this.best?.refusal.code === 'signature_key_mismatch') return unverifiable;
    if (this.exhausted !== undefined) {
      return refuse('path_budget_exceeded', undefined, this.exhausted);
    }
    return this.best?.refusal ?? deadEnd([leaf], this.anchors, false);
  }

  /** Puts every possible issuer on top of `path` in turn. `intermediates`: those on it that are not self-issued. */
  private extend(path: PathNode[], intermediates: number): FoundPath | undefined {
    if (++this.steps > MAX_STEPS) this.exhausted = { limit: MAX_STEPS, of: 'steps' };
    const top = path[path.length - 1] as PathNode;
    const anchors = this.anchors.issuersOf(top.certificate);
    for (const anchor of anchors) {
      if (this.exhausted !== undefined) return undefined;
      const found = this.tryAnchor(path, anchor, intermediates);
      if (found !== undefined) return found;
    }
    const nodes = this.issuersOf(top);
    let loops = 0;
    for (const node of nodes) {
      if (this.exhausted !== undefined) return undefined;
      if (isOnPath(path, node.certificate)) {
        loops++;
        continue;
      }
      const fault = this.nodeFault(node) ?? lengthFault(node.certificate, node.ref, intermediates);
      // A certificate with a fault may not even have a readable name.
      const below = intermediates + (fault === undefined && !node.certificate.selfIssued ? 1 : 0);
      const refusal = fault ?? this.countFault(node, below) ?? this.knownBad(top, node);
      if (refusal !== undefined) {
        this.refused([...path, node], refusal, 2);
        continue;
      }
      if (!this.leadsToAnchor(node.certificate)) continue;
      path.push(node);
      const found = this.extend(path, below);
      path.pop();
      if (found !== undefined) return found;
    }
    if (anchors.length === 0 && loops === nodes.length) this.refused(path, deadEnd(path, this.anchors, loops > 0), 1);
    return undefined;
  }

  private tryAnchor(path: readonly PathNode[], anchor: TrustAnchor, intermediates: number): FoundPath | undefined {
    const ref = anchorRef(anchor);
    const { certificate } = anchor;
    const nodes = certificate === undefined ? path : [...path, { certificate, ref }];
    const refusal =
      (certificate === undefined
        ? keyFault(anchor.spki, ref, this.context.policy)
        : (this.anchorFault(certificate, ref, anchor) ?? lengthFault(certificate, ref, intermediates))) ??
      this.signatureFault(path, anchor, ref) ??
      this.wholePathFault(nodes, path);
    if (refusal === undefined) {
      this.keep(path, ref, undefined);
      return { nodes: [...nodes], anchor };
    }
    this.rank(refusal, 3);
    this.keep(path, ref, refusal);
    return undefined;
  }

  private wholePathFault(nodes: readonly PathNode[], path: readonly PathNode[]): Fault | undefined {
    try {
      return constraintFault(nodes, this.context.policy, this.constraintBudget) ?? policyFault(path);
    } catch (error) {
      if (error instanceof DecodeError) return malformed((path[0] as PathNode).ref, error);
      throw error;
    }
  }

  /** From the anchor down, so that nothing which no CA vouches for costs more than one check. */
  private signatureFault(path: readonly PathNode[], anchor: TrustAnchor, anchorRef: CertificateRef): Fault | undefined {
    let issuer: { spki: SubjectPublicKeyInfo; ref: CertificateRef } = { spki: anchor.spki, ref: anchorRef };
    for (let i = path.length - 1; i >= 0; i--) {
      const { certificate, ref } = path[i] as PathNode;
      const refusal = this.verify(certificate, ref, issuer.spki, issuer.ref);
      if (refusal !== undefined) return refusal;
      if (i > 0) issuer = { spki: certificate.spki, ref };
    }
    return undefined;
  }

  private verify(
    certificate: Certificate,
    ref: CertificateRef,
    spki: SubjectPublicKeyInfo,
    issuerRef: CertificateRef,
  ): Fault | undefined {
    const { signature: algorithm, oid } = certificate.signatureAlgorithm;
    const { key } = spki;
    // Both were refused already as faults of their own; without them there is nothing to compute.
    if (algorithm === undefined || key === undefined || !fits(key, algorithm)) {
      return refuse('signature_key_mismatch', ref, { algorithm: oid, key: key?.kind, issuer: issuerRef });
    }
    let known = this.verified.get(certificate);
    if (known === undefined) {
      known = new Map();
      this.verified.set(certificate, known);
    }
    let good = known.get(spki);
    if (good === undefined) {
      if (++this.signatures > MAX_SIGNATURES) this.exhausted = { limit: MAX_SIGNATURES, of: 'signature checks' };
      else good = this.provider.verify(key, algorithm, certificate.tbs, certificate.signature);
      if (good !== undefined) known.set(spki, good);
    }
    if (good === true) return undefined;
    return refuse('bad_signature', ref, { issuer: issuerRef });
  }

  /** The edge was verified before, with another top, and is broken. */
  private knownBad(child: PathNode, parent: PathNode): Fault | undefined {
    const bad = this.verified.get(child.certificate)?.get(parent.certificate.spki) === false;
    return bad ? this.verify(child.certificate, child.ref, parent.certificate.spki, parent.ref) : undefined;
  }

  private nodeFault({ certificate, ref }: PathNode): Fault | undefined {
    if (this.faults.has(certificate)) return this.faults.get(certificate);
    const fault = issuerFault(certificate, ref, this.context, undefined);
    this.faults.set(certificate, fault);
    return fault;
  }

  private anchorFault(certificate: Certificate, ref: CertificateRef, anchor: TrustAnchor): Fault | undefined {
    if (this.faults.has(certificate)) return this.faults.get(certificate);
    const fault = issuerFault(certificate, ref, this.context, anchor);
    this.faults.set(certificate, fault);
    return fault;
  }

  private countFault({ ref }: PathNode, intermediates: number): Fault | undefined {
    const { maxIntermediates: limit, name: policy } = this.context.policy;
    if (intermediates <= limit) return undefined;
    return refuse('too_many_intermediates', ref, { limit, count: intermediates, policy });
  }

  /** Certificates of the pool that may have issued `child`, the likeliest first. */
  private issuersOf({ certificate: child }: PathNode): readonly PathNode[] {
    const known = this.issuers.get(child);
    if (known !== undefined) return known;
    let found = this.pool.filter(
      ({ certificate }) => equal(certificate.subjectRaw, child.issuerRaw) || sameName(certificate, child),
    );
    if (found.length > 1) found = byLikelihood(found, child, this.context.now);
    this.issuers.set(child, found);
    return found;
  }

  /** Once a search is long, certificates from which no anchor's name can be reached at all are left out. */
  private leadsToAnchor(certificate: Certificate): boolean {
    if (this.steps < 64) return true;
    if (this.reachable === undefined) {
      const reachable = new Set<Certificate>();
      const sound = this.pool.filter((node) => this.nodeFault(node) === undefined);
      for (let grown = true; grown; ) {
        grown = false;
        for (const node of sound) {
          if (reachable.has(node.certificate)) continue;
          const leads =
            this.anchors.issuersOf(node.certificate).length > 0 ||
            this.issuersOf(node).some((issuer) => reachable.has(issuer.certificate));
          if (!leads) continue;
          reachable.add(node.certificate);
          grown = true;
        }
      }
      this.reachable = reachable;
    }
    return this.reachable.has(certificate);
  }

  private refused(path: readonly PathNode[], refusal: Fault, rank: number): void {
    this.rank(refusal, rank);
    this.keep(path, undefined, refusal);
  }

  /** The refusal that tells most is of the path that came furthest: 3 reached an anchor, 2 an issuer, 1 nothing. */
  private rank(refusal: Fault, rank: number): void {
    if (this.best === undefined || rank > this.best.rank) this.best = { rank, refusal };
  }

  private keep(path: readonly PathNode[], anchor: CertificateRef | undefined, refusal: Fault | undefined): void {
    if (this.tried.length >= MAX_TRIED && refusal !== undefined) return;
    const refs = path.map(({ ref }) => ref);
    const all = anchor === undefined ? refs : [...refs, anchor];
    const certificates = refusal === undefined ? all : all.map(plainRef);
    this.tried.push({ certificates, reachedAnchor: anchor !== undefined, refusal });
  }
}

/** RFC 5280 6.1.4 (l): `intermediates` below this one are not self-issued. */
function lengthFault(certificate: Certificate, ref: CertificateRef, intermediates: number): Fault | undefined {
  const limit = certificate.basicConstraints?.pathLength;
  if (limit === undefined || intermediates <= limit) return undefined;
  return refuse('path_length_exceeded', ref, { limit, count: intermediates });
}

/** The same subject and key again: RFC 4158 2.4.2 calls it a loop, in whichever certificate it comes. */
function isOnPath(path: readonly PathNode[], candidate: Certificate): boolean {
  return path.some(
    ({ certificate }) =>
      certificate === candidate ||
      (equal(certificate.subjectRaw, candidate.subjectRaw) && equal(certificate.spkiRaw, candidate.spkiRaw)),
  );
}

function fits(key: PublicKey, algorithm: SignatureAlgorithm): boolean {
  switch (algorithm.kind) {
    case 'rsa-pkcs1':
      return key.kind === 'rsa';
    case 'rsa-pss':
      // RFC 4055 3.3: the key's own parameters bind the signature's.
      return key.kind === 'rsa' || (key.kind === 'rsa-pss' && fitsPss(key, algorithm));
    case 'ecdsa':
      return key.kind === 'ec';
    default:
      return key.kind === algorithm.kind;
  }
}

function fitsPss(
  key: { readonly hash?: string; readonly minSaltLength?: number },
  algorithm: { readonly hash: string; readonly saltLength: number },
): boolean {
  return (key.hash ?? algorithm.hash) === algorithm.hash && algorithm.saltLength >= (key.minSaltLength ?? 0);
}

/** RFC 5280 7.1 where the bytes differ. A name that cannot be read matches nothing. */
function sameName(issuer: Certificate, child: Certificate): boolean {
  try {
    return issuer.canonicalSubject === child.canonicalIssuer;
  } catch {
    return false;
  }
}

/** Key identifiers are a hint (RFC 4158 3.5.12): those that agree first, then those in date, then the order as sent. */
function byLikelihood(nodes: readonly PathNode[], child: Certificate, now: number): PathNode[] {
  const score = ({ certificate }: PathNode): number => {
    try {
      const wanted = child.authorityKeyIdentifier?.keyId;
      const own = certificate.subjectKeyIdentifier;
      const hint = wanted === undefined || own === undefined ? 1 : equal(wanted, own) ? 2 : 0;
      return 2 * hint + (now >= certificate.notBefore && now <= certificate.notAfter ? 1 : 0);
    } catch {
      return -1;
    }
  };
  return nodes
    .map((node) => ({ node, score: score(node) }))
    .sort((a, b) => b.score - a.score)
    .map(({ node }) => node);
}
