// Sides whose chance is decided beforehand and whose public-key operations are remembered. A handshake then goes the same way each
// time up to where it is interfered with, and costs its arithmetic only from there on: the results are always those of the
// real provider.

import { toHex } from '../../../src/bytes/bytes.ts';
import { answerWith } from '../../../src/crypto/key_share.ts';
import type { DhShare, KeyShare } from '../../../src/crypto/provider.ts';
import type { Need } from '../../../src/handshake/shared/needs.ts';
import type { Side } from '../../support/pair.ts';
import { stubProvider } from '../../support/stub.ts';
import { Random } from './random.ts';

/** Results that are kept of one operation before they are forgotten together. */
const KEPT = 2000;

const results = new Map<string, Map<string, unknown>>();

export function forget(): void {
  results.clear();
}

function remembered<T>(operation: string, input: string, work: () => T): T {
  const before = results.get(operation);
  const kept = before === undefined || before.size >= KEPT ? new Map<string, unknown>() : before;
  results.set(operation, kept);
  const known = kept.get(input);
  if (known !== undefined) return (known as { value: T }).value;
  const value = work();
  kept.set(input, { value });
  return value;
}

/** For `random` among an engine's options. */
export function randomFrom(seed: number): (length: number) => Uint8Array {
  const random = new Random(seed);
  return (length) => random.bytes(length);
}

/**
 * Before the handshake begins. `label` tells the sides apart that must not share ephemeral keys; `kinds`: the needs whose answers
 * are remembered too, which must depend on nothing but the need.
 */
export function remember(side: Side, label: string, kinds: readonly Need['kind'][]): void {
  let made = 0;
  stubProvider(side, (real) => {
    const share = <S extends DhShare>(name: string, make: () => S): S => {
      const id = `${real.name} ${label} ${name} ${made++}`;
      const one = remembered('share', id, make);
      return { ...one, derive: (peer) => remembered('derive', `${id} ${toHex(peer)}`, () => one.derive(peer)) };
    };
    const generateKeyShare = (group: KeyShare['group']): KeyShare => share(group, () => real.generateKeyShare(group));
    return {
      random: randomFrom(label.length),
      generateKeyShare,
      answerKeyShare: (group, peer) =>
        group === 'X25519MLKEM768' ? real.answerKeyShare(group, peer) : answerWith(generateKeyShare(group), peer),
      generateDhShare: (prime, generator) => {
        const id = `${toHex(prime)} ${toHex(generator)}`;
        const possible = remembered(
          'dh',
          `${real.name} ${id}`,
          () => real.generateDhShare(prime, generator) !== undefined,
        );
        return possible ? share(id, () => real.generateDhShare(prime, generator) as DhShare) : undefined;
      },
      verify: (key, algorithm, data, signature) => {
        const what = [textOf(algorithm), textOf(key), toHex(data), toHex(signature)].join(' ');
        return remembered('verify', `${real.name} ${what}`, () => real.verify(key, algorithm, data, signature));
      },
      rsaEncrypt: (key, message) =>
        remembered('rsaEncrypt', `${real.name} ${textOf(key)} ${toHex(message)}`, () => real.rsaEncrypt(key, message)),
    };
  });
  const { reply } = side;
  Object.assign(side, {
    reply: (need: Need) => {
      const id = kinds.includes(need.kind) ? identityOf(need) : undefined;
      return id === undefined ? reply(need) : remembered(need.kind, `${label} ${id}`, () => reply(need));
    },
  });
}

function identityOf(need: Need): string | undefined {
  switch (need.kind) {
    case 'signature':
      return `${need.scheme} ${toHex(need.data)}`;
    case 'decrypt':
      return toHex(need.ciphertext);
    case 'verdict': {
      const { role, serverName, statusRequested, chain, ocspResponse = new Uint8Array(0), timestamps = [] } = need;
      return [role, serverName, statusRequested, ...[...chain, ocspResponse, ...timestamps].map(toHex)].join(' ');
    }
    default:
      return undefined;
  }
}

/** Keys and algorithms: names, numbers and bytes. */
function textOf(value: object): string {
  return Object.values(value)
    .map((one) => (one instanceof Uint8Array ? toHex(one) : String(one)))
    .join(' ');
}
