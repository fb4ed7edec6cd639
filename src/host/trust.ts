// From the engine's question about a chain to x509's judgement and back: the verdict that the handshake goes on with.

import { concat, equal, u16Bytes } from '../bytes/bytes.ts';
import type { PublicKey } from '../crypto/keys.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { KeyUsage, Verdict, VerdictNeed } from '../handshake/shared/needs.ts';
import type { TrustAnchors } from '../x509/anchors.ts';
import type { Certificate } from '../x509/certificate.ts';
import { type Policy, WEB } from '../x509/policy.ts';
import type { CtLog } from '../x509/sct.ts';
import { type Judgement, type VerifyOptions, verifyChain } from '../x509/verify.ts';

export interface Trust {
  readonly anchors: TrustAnchors;
  readonly provider: CryptoProvider;
  readonly policy?: Policy | undefined;
  /** False to go on with a chain that is not trusted; the verdict then says that it is not. Default true. */
  readonly rejectUnauthorized?: boolean | undefined;
  /** The name to compare instead of the need's own. */
  readonly serverName?: string | undefined;
  /** Logs whose certificate timestamps count (RFC 6962). */
  readonly ctLogs?: readonly CtLog[] | undefined;
  /** CRLs in DER. */
  readonly crls?: readonly Uint8Array[] | undefined;
  /** SHA-256 of public keys, one of which must be the peer's, trusted or not (RFC 7469 2.4). */
  readonly pins?: readonly Uint8Array[] | undefined;
}

export interface Judged {
  readonly verdict: Verdict;
  readonly judgement: Judgement;
}

/** Judges the peer's chain. Nothing throws for what the peer sent. */
export function judge(need: VerdictNeed, trust: Trust): Judged {
  const { ocspResponse, timestamps } = need;
  const sctList = timestamps?.length ? prefixedList(timestamps) : undefined;
  return judgeWith((options) => verifyChain({ ...options, ocspResponses: [ocspResponse], sctList }), need, trust);
}

/** {@link judge} by another judge, `verifyChainWithoutProofs` for one, to whom what the peer stapled is not shown. */
export function judgeWith(verify: (options: VerifyOptions) => Judgement, need: VerdictNeed, trust: Trust): Judged {
  const { anchors, provider, policy = WEB, rejectUnauthorized = true } = trust;
  const judgement = verify({
    chain: need.chain,
    anchors,
    role: need.role,
    serverName: trust.serverName ?? need.serverName,
    now: need.now,
    provider,
    pins: trust.pins,
    ctLogs: trust.ctLogs,
    crls: trust.crls,
    // RFC 7633: who did not ask for a stapled response cannot insist on one.
    policy: need.statusRequested ? policy : { ...policy, mustStaple: 'ignore' },
  });
  return { verdict: verdictOf(judgement, rejectUnauthorized, need.now), judgement };
}

/** RFC 6962 3.3: SignedCertificateTimestampList. */
function prefixedList(items: readonly Uint8Array[]): Uint8Array {
  const list = concat(...items.flatMap((item) => [u16Bytes(item.length), item]));
  return concat(u16Bytes(list.length), list);
}

/** What was accepted without trust has no path that could expire. */
const UNTRUSTED_FOR = 24 * 3_600_000;

function verdictOf(judgement: Judgement, rejectUnauthorized: boolean, now: number): Verdict {
  const { leaf } = judgement;
  const key = leaf?.spki.key;
  const problem = judgement.ok ? undefined : judgement.refusal;
  // A pin holds for those too who do not insist on trust.
  const tolerable = problem === undefined || (!rejectUnauthorized && problem.code !== 'pin_mismatch');
  if (leaf !== undefined && key !== undefined && tolerable) {
    const usage = usageOf(leaf);
    return {
      accepted: true,
      authorized: problem === undefined,
      key,
      validUntil: judgement.ok ? judgement.validUntil : now + UNTRUSTED_FOR,
      ...(problem !== undefined && { reason: problem.text }),
      ...(usage !== undefined && { usage }),
    };
  }
  if (problem !== undefined) return { accepted: false, alert: problem.alert, reason: problem.text, cause: problem };
  const reason = 'the certificate has a public key that TLS cannot use';
  return { accepted: false, alert: 'unsupported_certificate', reason };
}

export function usageOf(leaf: Certificate): KeyUsage | undefined {
  const { keyUsage } = leaf;
  if (keyUsage === undefined) return undefined;
  return {
    digitalSignature: keyUsage.includes('digitalSignature'),
    keyEncipherment: keyUsage.includes('keyEncipherment'),
  };
}

/** Whether two public keys are the same numbers; id-RSASSA-PSS and rsaEncryption are two names for the same ones. */
export function equalKeys(a: PublicKey, b: PublicKey): boolean {
  if ('modulus' in a) return 'modulus' in b && equal(a.modulus, b.modulus) && equal(a.exponent, b.exponent);
  if (a.kind === 'ec') return b.kind === 'ec' && a.curve === b.curve && equal(a.point, b.point);
  return a.kind === b.kind && 'key' in b && equal(a.key, b.key);
}
