// What -v adds on a server's chain, whatever the verdict: what is untidy in it, which other paths there were, and whether stricter clients
// than the policy in use would refuse it ("works in curl, fails in the browser").

import { equal } from '../bytes/bytes.ts';
import type { VerdictNeed } from '../handshake/shared/needs.ts';
import { judge, type Trust } from '../host/trust.ts';
import { TrustAnchors } from '../x509/anchors.ts';
import { COMPATIBLE, type Policy } from '../x509/policy.ts';
import type { Accepted, Judgement } from '../x509/verify.ts';
import { chainFaults, faultText, nameAt } from './chain_lint.ts';
import { REFUSAL_CAUSES } from './explain/causes.ts';
import { saidElsewhere } from './explain/wordings.ts';
import { safe } from './terminal.ts';
import { filled, type Text } from './text.ts';
import { CHAIN } from './texts/chain.ts';
import { WHO } from './texts/failure.ts';
import { refusalValueInChinese } from './texts/refusal_values.ts';
import { refusalText } from './texts/refusals.ts';

/** What was to be judged, and by what. */
export interface Asked {
  readonly need: VerdictNeed;
  readonly trust: Trust;
  /** Whether more certificates may be fetched than were sent: then the judgement is about more than `need`. */
  readonly fetches: boolean;
}

/** Rows of the policy in which widespread clients are stricter than the usual one: what they refuse, and is no matter of taste. */
const STRICTER: Policy = {
  ...COMPATIBLE,
  minRsaBits: 2048,
  commonNameFallback: false,
  partialWildcards: false,
  mustStaple: 'enforce',
};

export function chainRemarks({ need, trust, fetches }: Asked, judgement: Judgement): readonly Text[] {
  const { chain } = need;
  const place = (at: number): Text =>
    filled(at === 0 ? WHO.leaf : WHO.chain, { index: at, subject: nameAt(chain, at) });
  const faults = chainFaults(chain);
  return [
    ...faults.map((fault) => filled(CHAIN.remark, { text: faultText(fault, place) })),
    ...(faults.some(({ kind }) => kind === 'order') ? [CHAIN.sorted] : []),
    ...(judgement.ok && !fetches && trust.policy === COMPATIBLE ? stricter(need, trust) : []),
  ];
}

/**
 * All candidate paths of an accepted chain, the one that was taken first, when others lead or seem to lead elsewhere: through what
 * the server sent beside the path, a cross-signed root for one. Empty when there is only one.
 */
export function allPaths({ need, trust, fetches }: Asked, accepted: Accepted): Judgement['tried'] {
  if (fetches) return [];
  const spare = need.chain.length > accepted.path.length - 1;
  if (!spare && accepted.tried.length < 2) return [];
  const anchors = new TrustAnchors(trust.anchors.all.filter((one) => one !== accepted.anchor));
  const { judgement } = judge(need, { ...trust, anchors });
  const taken = (der: Uint8Array | undefined): boolean =>
    der !== undefined && accepted.path.some((one) => equal(one.der, der));
  const besides = judgement.tried.filter(({ certificates }) =>
    certificates.some((ref) => ref.kind === 'chain' && !taken(need.chain[ref.index])),
  );
  const first = accepted.tried.filter(({ refusal }) => refusal === undefined);
  const others = [...accepted.tried.filter(({ refusal }) => refusal !== undefined), ...besides];
  return others.length === 0 ? [] : [...first, ...others];
}

/** Whether some of those paths died of an expired certificate. */
export function oldRootRemark(paths: Judgement['tried']): readonly Text[] {
  return paths.some(({ refusal }) => refusal?.code === 'expired') ? [CHAIN.oldRoot] : [];
}

function stricter(need: VerdictNeed, trust: Trust): readonly Text[] {
  const { judgement } = judge(need, { ...trust, policy: STRICTER });
  if (judgement.ok) return [];
  const { code, expected, actual } = judgement.refusal;
  const cause = REFUSAL_CAUSES[code];
  const words = cause === undefined ? [] : saidElsewhere(cause);
  return [
    filled(CHAIN.stricter, {
      code,
      problem: refusalText(code, 'server'),
      expected: { en: safe(expected), zh: safe(refusalValueInChinese(expected)) },
      found: { en: safe(actual), zh: safe(refusalValueInChinese(actual)) },
    }),
    ...(words.length === 0 ? [] : [filled(CHAIN.theySay, { words: words.join('; ') })]),
  ];
}
