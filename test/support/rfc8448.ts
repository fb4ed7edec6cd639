// The traces of RFC 8448 as data: every step with its values, in the order of the RFC.

import { readFileSync } from 'node:fs';
import { fromHex } from '../../src/bytes/bytes.ts';
import { answerWith } from '../../src/crypto/key_share.ts';
import type { GroupName } from '../../src/crypto/keys.ts';
import type { CryptoProvider, KeyShare } from '../../src/crypto/provider.ts';
import { nobleKeyShareOf } from '../../src/providers/noble_groups.ts';
import { nodeKeyShareOf } from '../../src/providers/node_groups.ts';
import { PROVIDERS, type ProviderName } from './pair.ts';

type Actor = 'client' | 'server';

export interface Step {
  readonly actor: Actor;
  readonly step: string;
  readonly values: Readonly<Record<string, string>>;
}

/** One section of the RFC. */
export interface Trace {
  readonly steps: readonly Step[];
  /** A value of the `nth` step of that name. @throws Error when the trace has none */
  traced(actor: Actor, step: string, value: string, nth?: number): Uint8Array;
  /** The `nth` handshake message of that name, its header included. @throws Error when the trace has none */
  message(actor: Actor, name: string, nth?: number): Uint8Array;
  /** Every record in the order of the RFC: who sends it, what is in it, and as it goes on the wire. */
  readonly records: readonly TracedRecord[];
}

export interface TracedRecord {
  readonly actor: Actor;
  /** As the RFC calls it: `handshake`, `application_data`, `alert`, `change_cipher_spec`. */
  readonly type: string;
  readonly payload: Uint8Array;
  readonly record: Uint8Array;
}

/** RFC 8448: 3 a simple handshake, 4 resumed with 0-RTT, 5 HelloRetryRequest, 6 client authentication, 7 compatibility mode. */
export function traceOf(section: 3 | 4 | 5 | 6 | 7): Trace {
  const file = new URL(`../golden/rfc8448_section${section}.json`, import.meta.url);
  const { steps } = JSON.parse(readFileSync(file, 'utf8')) as { readonly steps: readonly Step[] };
  const traced: Trace['traced'] = (actor, step, value, nth = 0) => {
    const found = steps.filter((one) => one.actor === actor && one.step === step)[nth]?.values[value];
    if (found === undefined) throw new Error(`section ${section} has no ${value} in ${actor} ${step} ${nth}`);
    return fromHex(found);
  };
  const message: Trace['message'] = (actor, name, nth = 0) => {
    const all = steps.flatMap((one) => {
      const found = one.step.startsWith('construct ') ? one.values[name] : undefined;
      return one.actor === actor && found !== undefined ? [fromHex(found)] : [];
    });
    const found = all[nth];
    if (found === undefined) throw new Error(`section ${section} has no ${actor} ${name} ${nth}`);
    return found;
  };
  const records = steps.flatMap(({ actor, step, values }): TracedRecord[] => {
    const { payload, 'complete record': record } = values;
    if (payload === undefined || record === undefined) return [];
    const [, type = ''] = /^send (\w+) record$/.exec(step) ?? [];
    return [{ actor, type, payload: fromHex(payload), record: fromHex(record) }];
  });
  return { steps, traced, message, records };
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
