// All that was checked of a connection, with what only its end tells: whether every record opened under its key, whether the
// certificates lead to an anchor, at the time of the capture and for the name that the client asked for, and what was stapled to them.

import type { CryptoProvider } from '../crypto/provider.ts';
import type { Side } from '../inspect/trace.ts';
import type { TrustAnchors } from '../x509/anchors.ts';
import { COMPATIBLE } from '../x509/policy.ts';
import type { Refusal } from '../x509/refusal.ts';
import type { CtLog, SctOutcome } from '../x509/sct.ts';
import { type Judgement, verifyChain } from '../x509/verify.ts';
import type { Check, CheckName, Unchecked } from './checks.ts';
import type { CapturedConnection } from './connection.ts';
import type { SealedReason } from './secrets.ts';

export interface Verdict {
  readonly name: CheckName | `${Side}_records` | CertificateCheckName;
  readonly outcome: Check['outcome'];
  readonly why: Unchecked | CertificateDoubt | SealedReason | Refusal | undefined;
  readonly frame: number | undefined;
}

/** What is judged of the certificates of a side: the chain, the OCSP response of the leaf, its timestamps. */
export type CertificateCheckName = `${Side}_chain` | `${Side}_ocsp` | `${Side}_sct`;

/** Why something that was shown with a certificate is wrong or cannot be checked. */
export type CertificateDoubt =
  /** Without a path to an anchor there is no issuer who could have signed it. */
  | 'chain_does_not_hold'
  /** Nobody said whose timestamps count. */
  | 'no_log_keys'
  | Exclude<SctOutcome['status'], 'valid'>;

export interface ChainCheck {
  readonly provider: CryptoProvider;
  readonly anchors: TrustAnchors;
  /** Logs of certificate transparency (RFC 6962) by their keys; without them no timestamp is verified. */
  readonly ctLogs?: readonly CtLog[] | undefined;
}

/** In the order in which the connection came to them. Without `chain` no certificate is judged. */
export function verdictsOf(connection: CapturedConnection, chain?: ChainCheck): readonly Verdict[] {
  const sides = ['client', 'server'] as const;
  const own: Verdict[] = connection.checks.map((check) => ({ ...check }));
  const chains = chain === undefined ? [] : sides.flatMap((side) => certificateVerdicts(connection, side, chain));
  const proofs = [...own, ...sides.flatMap((side) => sealedFinished(connection, side))];
  return [...proofs, ...sides.flatMap((side) => recordVerdict(connection, side)), ...chains];
}

/** A Finished that nobody could open. */
function sealedFinished({ checks, sealed, sealedReasons }: CapturedConnection, side: Side): readonly Verdict[] {
  const name = `${side}_finished` as const;
  if (sealed[side] === 0 || checks.some((check) => check.name === name)) return [];
  const why = sealedReasons.find(({ from }) => from === side)?.reason;
  return [{ name, outcome: 'unchecked', why, frame: undefined }];
}

function recordVerdict({ opened, sealed, sealedReasons, faults }: CapturedConnection, side: Side): readonly Verdict[] {
  const name = `${side}_records` as const;
  const bad = faults.find((fault) => fault.from === side && fault.code === 'ERR_TLS_BAD_RECORD_MAC');
  if (bad !== undefined) return [{ name, outcome: 'wrong', why: undefined, frame: bad.frame }];
  const reason = sealedReasons.find(({ from }) => from === side)?.reason;
  if (reason?.code === 'secret_does_not_fit') return [{ name, outcome: 'wrong', why: reason, frame: undefined }];
  if (opened[side] > 0) return [{ name, outcome: 'right', why: undefined, frame: undefined }];
  return sealed[side] > 0 ? [{ name, outcome: 'unchecked', why: reason, frame: undefined }] : [];
}

function certificateVerdicts(
  { chains, proofs, serverName, started }: CapturedConnection,
  side: Side,
  { provider, anchors, ctLogs }: ChainCheck,
): readonly Verdict[] {
  const chain = chains[side];
  if (chain.length === 0) return [];
  const { ocspResponses, sctList, frame } = proofs[side];
  const judgement = verifyChain({
    chain,
    anchors,
    provider,
    role: side,
    serverName: side === 'server' ? serverName : undefined,
    now: started,
    ocspResponses,
    sctList,
    ctLogs,
    // What was stapled was for the client, which alone knows whether it insists.
    policy: { ...COMPATIBLE, mustStaple: 'ignore', badStaple: 'ignore', minimumScts: 0 },
  });
  const tell = (what: 'chain' | 'ocsp' | 'sct', outcome: Verdict['outcome'], why?: Verdict['why']): Verdict => {
    return { name: `${side}_${what}`, outcome, why, frame };
  };
  return [
    judgement.ok ? tell('chain', 'right') : tell('chain', 'wrong', judgement.refusal),
    ...(ocspResponses[0] === undefined ? [] : [tell('ocsp', ...ocspOutcome(judgement))]),
    ...sctOutcomes(judgement, ctLogs !== undefined, sctList !== undefined).map((one) => tell('sct', ...one)),
  ];
}

type Outcome = readonly [outcome: Verdict['outcome'], why?: Verdict['why']];

/** The response of the leaf. One that says "revoked" is the reason why the chain does not hold. */
function ocspOutcome(judgement: Judgement): Outcome {
  if (!judgement.ok) {
    const { refusal } = judgement;
    return refusal.code === 'revoked_by_ocsp' ? ['wrong', refusal] : ['unchecked', 'chain_does_not_hold'];
  }
  const { ocsp } = judgement;
  if (ocsp === undefined) return ['unchecked', 'chain_does_not_hold'];
  if (ocsp.status === 'good') return ['right'];
  // RFC 6960 2.3: what tells of an error of the responder is signed by nobody.
  return [ocsp.refusal?.code === 'ocsp_not_successful' ? 'unchecked' : 'wrong', ocsp.refusal];
}

/** One for each timestamp; without keys of logs one for all. */
function sctOutcomes(judgement: Judgement, hasLogs: boolean, stapled: boolean): readonly Outcome[] {
  const shown = stapled || judgement.leaf?.sctList !== undefined;
  if (!hasLogs) return shown ? [['unchecked', 'no_log_keys']] : [];
  if (!judgement.ok) return shown ? [['unchecked', 'chain_does_not_hold']] : [];
  return judgement.scts.map(({ status }): Outcome => {
    if (status === 'valid') return ['right'];
    return [status === 'unknown_log' || status === 'unknown_version' ? 'unchecked' : 'wrong', status];
  });
}
