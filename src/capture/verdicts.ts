// All that was checked of a connection, with what only its end tells: whether every record opened under its key, and whether the
// certificates lead to an anchor, at the time of the capture and for the name that the client asked for.

import type { CryptoProvider } from '../crypto/provider.ts';
import type { Side } from '../inspect/trace.ts';
import type { TrustAnchors } from '../x509/anchors.ts';
import { COMPATIBLE } from '../x509/policy.ts';
import type { Refusal } from '../x509/refusal.ts';
import { verifyChain } from '../x509/verify.ts';
import type { Check, CheckName, Unchecked } from './checks.ts';
import type { CapturedConnection } from './connection.ts';
import type { SealedReason } from './secrets.ts';

export interface Verdict {
  readonly name: CheckName | `${Side}_records` | `${Side}_chain`;
  readonly outcome: Check['outcome'];
  readonly why: Unchecked | SealedReason | Refusal | undefined;
  readonly frame: number | undefined;
}

export interface ChainCheck {
  readonly provider: CryptoProvider;
  readonly anchors: TrustAnchors;
}

/** In the order in which the connection came to them. Without `chain` no certificate is judged. */
export function verdictsOf(connection: CapturedConnection, chain?: ChainCheck): readonly Verdict[] {
  const sides = ['client', 'server'] as const;
  const own: Verdict[] = connection.checks.map((check) => ({ ...check }));
  const chains = chain === undefined ? [] : sides.flatMap((side) => chainVerdict(connection, side, chain));
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

function chainVerdict(
  { chains, serverName, started }: CapturedConnection,
  side: Side,
  { provider, anchors }: ChainCheck,
): readonly Verdict[] {
  const name = `${side}_chain` as const;
  const chain = chains[side];
  if (chain.length === 0) return [];
  const judgement = verifyChain({
    chain,
    anchors,
    provider,
    role: side,
    serverName: side === 'server' ? serverName : undefined,
    now: started,
    // What was stapled was for the client, which alone knows whether it insists.
    policy: { ...COMPATIBLE, mustStaple: 'ignore' },
  });
  if (judgement.ok) return [{ name, outcome: 'right', why: undefined, frame: undefined }];
  return [{ name, outcome: 'wrong', why: judgement.refusal, frame: undefined }];
}
