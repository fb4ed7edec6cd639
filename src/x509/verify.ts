// The judgement about a peer's chain: read it, find a path, apply the leaf's own rules, compare the name,
// look at revocation and transparency. The result is data; nothing throws for what a peer sent. The engine asks for a verdict, and adapters answer it with this.

import { DecodeError } from '../bytes/decode_error.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { TrustAnchor, TrustAnchors } from './anchors.ts';
import { type Certificate, decodeAll, readCertificate } from './certificate.ts';
import type { PathNode } from './dead_end.ts';
import { excerpt } from './escape.ts';
import { bareRefusal, type Fault, refuse } from './fault.ts';
import { generalNameText } from './general_name.ts';
import { matchIdentity, parseServerName } from './identity.ts';
import { type CandidatePath, type FoundPath, PathSearch, type SearchFigures } from './path.ts';
import { pinFault } from './pins.ts';
import { type Policy, WEB } from './policy.ts';
import { judgeProofs, mustStapleFault, type ProofOptions, type Proofs, type Prover } from './proofs.ts';
import { type CertificateRef, chainRef, type Refusal, type RefusalCode } from './refusal.ts';
import { leafFault, malformed, type Role, type RuleContext, trustedLeafFault } from './rules.ts';
import { wordedRefusal } from './sentences.ts';

export interface ChainOptions {
  /** DER certificates as the peer sent them, the leaf first; the rest is a pool in any order. */
  readonly chain: readonly Uint8Array[];
  readonly anchors: TrustAnchors;
  /** Whose certificate is judged. */
  readonly role: Role;
  /** A DNS name of A-labels or an IP address; without it no name is compared (clients have none). */
  readonly serverName?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly provider: CryptoProvider;
  /** SHA-256 of public keys, one of which must be the leaf's (RFC 7469 2.4). Absent, every key will do. */
  readonly pins?: readonly Uint8Array[] | undefined;
  /** Default: {@link WEB}. */
  readonly policy?: Policy | undefined;
}

export interface VerifyOptions extends ChainOptions, ProofOptions {}

export interface Accepted<F = Refusal> extends Proofs<F> {
  readonly ok: true;
  readonly leaf: Certificate;
  /** Leaf first, the anchor's certificate last (absent for an anchor that is name and key). */
  readonly path: readonly Certificate[];
  readonly anchor: TrustAnchor;
  /** The name in the certificate that fitted `serverName`. */
  readonly matched: string | undefined;
  /** The last millisecond at which every certificate of the path is valid: no session may outlive it. */
  readonly validUntil: number;
  readonly tried: readonly CandidatePath<F>[];
  readonly figures: SearchFigures;
}

export interface Refused<F = Refusal> {
  readonly ok: false;
  readonly refusal: F;
  /** There when the leaf could be read completely. */
  readonly leaf: Certificate | undefined;
  /** All paths that were looked at, each with its reason. */
  readonly tried: readonly CandidatePath<F>[];
  readonly figures: SearchFigures;
}

export type Judgement<F = Refusal> = Accepted<F> | Refused<F>;

/** More certificates than any honest peer sends. */
export const MAX_CERTIFICATES = 256;

/** Judges a chain. Never throws for what the peer sent. */
export function verifyChain(options: VerifyOptions): Judgement {
  return inWords(judgeChain(options, judgeProofs), wordedRefusal);
}

/**
 * {@link verifyChain} for bundles that must be small: it knows neither OCSP, CRLs nor SCTs, and leaves out their code.
 * Everything else is the same; a certificate that demands a stapled response is refused where the policy enforces that.
 * Refusals have their code and values as text, unless `word` is {@link wordedRefusal}.
 * @throws RangeError when proofs are given all the same
 */
export function verifyChainWithoutProofs(options: ChainOptions, word: Word = bareRefusal): Judgement {
  for (const name of PROOF_OPTIONS) {
    if ((options as VerifyOptions)[name] !== undefined) throw new RangeError(`${name} needs verifyChain`);
  }
  return inWords(judgeChain(options, mustStapleFault), word);
}

/** What puts a fault into words. */
export type Word = (fault: Fault) => Refusal;

function inWords(judgement: Judgement<Fault>, word: Word): Judgement {
  const tried = judgement.tried.map((path) => ({ ...path, refusal: path.refusal && word(path.refusal) }));
  if (!judgement.ok) return { ...judgement, refusal: word(judgement.refusal), tried };
  const { ocsp } = judgement;
  return { ...judgement, ocsp: ocsp && { ...ocsp, refusal: ocsp.refusal && word(ocsp.refusal) }, tried };
}

const PROOF_OPTIONS: readonly (keyof ProofOptions)[] = ['ocspResponses', 'crls', 'sctList', 'ctLogs'];

function judgeChain(options: VerifyOptions, prove: Prover): Judgement<Fault> {
  const nothing = { tried: [], figures: { steps: 0, signatures: 0 } };
  const read = readChain(options.chain);
  if ('code' in read) return { ok: false, refusal: read, leaf: undefined, ...nothing };
  const { leaf, pool, unreadable } = read;
  const policy = options.policy ?? WEB;
  const context: RuleContext = { role: options.role, now: options.now, policy };

  // First, and before any work on a path: nothing else that is wrong may hide it from those who do not insist on trust.
  const unpinned = options.pins && pinFault(leaf.certificate, options.pins, options.provider, leaf.ref);
  if (unpinned !== undefined) return { ok: false, refusal: unpinned, leaf: whole(leaf.certificate), ...nothing };

  const trusted = options.anchors.holding(leaf.certificate);
  if (trusted !== undefined) {
    const refusal = trustedLeafFault(leaf.certificate, leaf.ref, context);
    const found: FoundPath = { nodes: [{ certificate: leaf.certificate, ref: leaf.ref }], anchor: trusted };
    return conclude(options, policy, prove, leaf, found, refusal, { ...nothing, tried: [direct(leaf.ref, refusal)] });
  }

  const held = options.anchors.held.map((certificate) => ({ certificate, ref: chainRef(-2, certificate) }));
  const search = new PathSearch([...held, ...pool], options.anchors, context, options.provider);
  const found = guarded(leaf.ref, () => search.run(leaf));
  const { tried, figures } = search;
  if ('code' in found) {
    // A certificate that could not be read may have been the missing one.
    const dead = unreadable !== undefined && DEAD_ENDS.has(found.code);
    return { ok: false, refusal: dead ? unreadable : found, leaf: whole(leaf.certificate), tried, figures };
  }
  return conclude(options, policy, prove, leaf, found, leafFault(leaf.certificate, leaf.ref, context), {
    tried,
    figures,
  });
}

const DEAD_ENDS: ReadonlySet<RefusalCode> = new Set([
  'missing_intermediate',
  'unknown_issuer',
  'unknown_root',
  'path_loop',
]);

interface Looked {
  readonly tried: readonly CandidatePath<Fault>[];
  readonly figures: SearchFigures;
}

function conclude(
  options: VerifyOptions,
  policy: Policy,
  prove: Prover,
  leaf: PathNode,
  found: FoundPath,
  fault: Fault | undefined,
  looked: Looked,
): Judgement<Fault> {
  const refused = (refusal: Fault): Refused<Fault> => ({
    ok: false,
    refusal,
    leaf: whole(leaf.certificate),
    ...looked,
  });
  if (fault !== undefined) return refused(fault);
  const named = compareName(options.serverName, policy, leaf);
  if (named.fault !== undefined) return refused(named.fault);
  const { role, now, provider } = options;
  const proofs = prove(found, options, { role, now, provider, policy });
  if ('code' in proofs) return refused(proofs);
  return {
    ok: true,
    leaf: leaf.certificate,
    path: found.nodes.map(({ certificate }) => certificate),
    anchor: found.anchor,
    matched: named.matched,
    validUntil: Math.min(...found.nodes.map(({ certificate }) => certificate.notAfter)) + 999,
    ...proofs,
    ...looked,
  };
}

function readChain(
  chain: readonly Uint8Array[],
): { leaf: PathNode; pool: PathNode[]; unreadable: Fault | undefined } | Fault {
  const first = chain[0];
  if (first === undefined) return refuse('empty_chain', undefined);
  if (chain.length > MAX_CERTIFICATES) {
    return refuse('too_many_certificates', undefined, { count: chain.length, limit: MAX_CERTIFICATES });
  }
  const leaf = readNode(first, 0);
  if ('code' in leaf) return leaf;
  const pool: PathNode[] = [];
  let unreadable: Fault | undefined;
  for (let index = 1; index < chain.length; index++) {
    const node = readNode(chain[index] as Uint8Array, index);
    if ('code' in node) unreadable ??= node;
    else pool.push(node);
  }
  return { leaf, pool, unreadable };
}

function readNode(der: Uint8Array, index: number): PathNode | Fault {
  const unknown: CertificateRef = { kind: 'chain', index, subject: '(unreadable)' };
  return guarded(unknown, () => {
    const certificate = readCertificate(der);
    // The leaf is judged whatever happens, the others only when a path needs them.
    if (index === 0) void [certificate.issuer, certificate.subject];
    return { certificate, ref: chainRef(index, certificate) };
  });
}

/** Runs `read`; a DecodeError that leaves it becomes a refusal of the certificate that `ref` names. */
function guarded<T>(ref: CertificateRef, read: () => T): T | Fault {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) return malformed(ref, error);
    throw error;
  }
}

function direct(ref: CertificateRef, refusal: Fault | undefined): CandidatePath<Fault> {
  return { certificates: [ref], reachedAnchor: true, refusal };
}

/** RFC 9525: the caller's name against the certificate's. */
function compareName(
  serverName: string | undefined,
  policy: Policy,
  { certificate, ref }: PathNode,
): { fault?: Fault; matched?: string } {
  if (serverName === undefined) return {};
  const wanted = parseServerName(serverName);
  if (wanted === undefined) {
    return { fault: refuse('invalid_server_name', undefined, { name: excerpt(serverName) }) };
  }
  const match = matchIdentity(certificate, wanted, policy);
  if (match.matched) return { matched: match.by };
  const { name } = wanted;
  if (match.reason === 'no_names') return { fault: refuse('no_alternative_name', ref, { name }) };
  if (match.reason === 'common_name_only') {
    return { fault: refuse('common_name_only', ref, { name, subject: ref.subject }) };
  }
  const names = certificate.subjectAltName ?? [];
  const values = { name, names: names.slice(0, 20).map(generalNameText), more: Math.max(0, names.length - 20) };
  return { fault: refuse('name_mismatch', ref, values) };
}

/** What a refused leaf shows must not throw for whoever looks at it. */
function whole(certificate: Certificate): Certificate | undefined {
  try {
    decodeAll(certificate);
    return certificate;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
