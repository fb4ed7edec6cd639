// What refusals say: one row for each code with its rule, and with what was expected, what was there instead and the sentence,
// made of the values that a fault carries (fault.ts). The rules hold no English, so a bundle that judges chains need not carry
// these tables: it takes `bareRefusal` in place of `wordedRefusal`.

import { alertOf, type Fault } from './fault.ts';
import { type Alert, plainRef, type Refusal, type RefusalCode, refText } from './refusal.ts';
import { CERTIFICATE_SENTENCES } from './sentences_certificate.ts';
import { PATH_SENTENCES } from './sentences_path.ts';
import { PROOF_SENTENCES } from './sentences_proofs.ts';

/** `who` is the certificate at fault, as sentences call it; `values` are those of the fault. */
export type Sentence = readonly [
  check: string,
  words: (who: string, values: never) => readonly [expected: string, actual: string, text: string],
];

export const SENTENCES = { ...PATH_SENTENCES, ...CERTIFICATE_SENTENCES, ...PROOF_SENTENCES } as const;

type Rule = readonly [check: string, alert: Alert];

/** Each code with its rule and alert. */
export const REFUSALS = Object.fromEntries<Rule>(
  Object.entries(SENTENCES).map(([code, [check]]) => [code, [check, alertOf(code as RefusalCode)]]),
) as Readonly<Record<RefusalCode, Rule>>;

/** The refusal with all its texts. */
export function wordedRefusal({ code, ref, values, published }: Fault): Refusal {
  // `refuse` gave each code the values that its row takes.
  const [check, words] = SENTENCES[code] as readonly [string, (who: string, values: unknown) => readonly string[]];
  const [expected = '', actual = '', text = ''] = words(ref === undefined ? '' : refText(ref), values);
  const certificate = ref && plainRef(ref);
  return { code, certificate, check, alert: alertOf(code), expected, actual, text, ...(published && { published }) };
}
