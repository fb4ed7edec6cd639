// RFC 8448 section 3 as data: every step of the trace with its values, in the order of the RFC.

import { readFileSync } from 'node:fs';
import { fromHex } from '../../src/bytes/bytes.ts';
import { answerWith } from '../../src/crypto/key_share.ts';
import type { GroupName } from '../../src/crypto/keys.ts';
import type { CryptoProvider, KeyShare } from '../../src/crypto/provider.ts';
import { nobleKeyShareOf } from '../../src/providers/noble_groups.ts';
import { nodeKeyShareOf } from '../../src/providers/node_groups.ts';
import { PROVIDERS, type ProviderName } from './pair.ts';

interface Step {
  readonly actor: 'client' | 'server';
  readonly step: string;
  readonly values: Readonly<Record<string, string>>;
}

const FILE = new URL('../golden/rfc8448_section3.json', import.meta.url);
export const STEPS = (JSON.parse(readFileSync(FILE, 'utf8')) as { readonly steps: readonly Step[] }).steps;

/** A value of the `nth` step of that name. @throws Error when the trace has none */
export function traced(actor: Step['actor'], step: string, value: string, nth = 0): Uint8Array {
  const found = STEPS.filter((one) => one.actor === actor && one.step === step)[nth]?.values[value];
  if (found === undefined) throw new Error(`the trace has no ${value} in ${actor} ${step} ${nth}`);
  return fromHex(found);
}

/** The records that `actor` sends, in order: those of the handshake, then data and alert. */
export function tracedRecords(actor: Step['actor']): Uint8Array[] {
  return STEPS.flatMap((one) => {
    const record = one.values['complete record'];
    return one.actor === actor && record !== undefined ? [fromHex(record)] : [];
  });
}

/** The provider, but its key shares are made of these private keys, one after the other. */
export function withFixedShares(name: ProviderName, ...privateKeys: readonly Uint8Array[]): CryptoProvider {
  const left = [...privateKeys];
  const make = name === 'node' ? nodeKeyShareOf : nobleKeyShareOf;
  const generateKeyShare = (group: GroupName): KeyShare => {
    const key = left.shift();
    if (key === undefined) throw new Error('more key shares than the trace has');
    return make(group, key);
  };
  return {
    ...PROVIDERS[name],
    generateKeyShare,
    answerKeyShare: (group, peer) => answerWith(generateKeyShare(group), peer),
  };
}
