// Shared keys in TLS 1.2 (RFC 4279, RFC 5487, RFC 5489, RFC 8442): the three ways of using one, the hint, the identity, what is
// refused and how, and the pre-master secret against a computation of its own.

import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../src/bytes/bytes.ts';
import { SUITES } from '../../src/crypto/suites.ts';
import type { Observation } from '../../src/engine/observe.ts';
import type { Need, Psk } from '../../src/handshake/shared/needs.ts';
import { suiteName } from '../../src/wire/registry/cipher_suites.ts';
import { pskPreMaster } from '../support/independent.ts';
import {
  makePair,
  NAMES,
  PAIRS,
  type Pair,
  type PairOptions,
  PROVIDERS,
  type ProviderName,
  PSK,
  type Side,
  shakeHands,
} from '../support/pair.ts';
import { by, expectConnected, expectRefused, expectTold, messagesOf, secretsOf } from '../support/prove.ts';
import { expectData, merge } from '../support/resume.ts';
import { listenToShares } from '../support/stub.ts';

const HOWS = ['PSK', 'DHE_PSK', 'ECDHE_PSK'] as const;
type PskNeed = Extract<Need, { kind: 'psk' }>;

/** Makes a side answer `psk` needs with this; gives the needs that came. */
function holding(side: Side, answer: (need: PskNeed) => Psk | undefined): PskNeed[] {
  const needs: PskNeed[] = [];
  const { reply } = side;
  Object.assign(side, {
    reply: (need: Need) => {
      if (need.kind !== 'psk') return reply(need);
      needs.push(need);
      return { answer: answer(need) };
    },
  });
  return needs;
}

describe.each(HOWS)('%s', (how) => {
  it.each(PAIRS)('client on %s, server on %s: both prove that they hold the key, and data flows', (c, s) => {
    const pair = makePair(merge(by(how), { client: { name: c }, server: { name: s } }));
    const [asked, found] = [holding(pair.client, () => PSK), holding(pair.server, () => PSK)];
    expectConnected(shakeHands(pair));
    expect(asked).toEqual([{ kind: 'psk', role: 'client', hint: undefined }]);
    expect(found.map((need) => need.role === 'server' && toHex(need.identity))).toEqual([toHex(PSK.identity)]);
    for (const { agreement } of [pair.client, pair.server]) {
      expect(agreement).toMatchObject({
        psk: true,
        authorized: true,
        peerChain: [],
        scheme: undefined,
        credential: undefined,
      });
      expect(agreement?.group !== undefined).toBe(how !== 'PSK');
    }
    expectData(pair);
  });

  it.each(['a hint', '', undefined])('RFC 4279 5.2: the hint %j of the server reaches the client', (text) => {
    const observed: Observation[] = [];
    const pskIdentityHint = text === undefined ? undefined : new TextEncoder().encode(text);
    const server = {
      ...(pskIdentityHint && { pskIdentityHint }),
      observe: (one: Observation) => void observed.push(one),
    };
    const pair = makePair(merge(by(how), { server }));
    const needs = holding(pair.client, () => PSK);
    expectConnected(shakeHands(pair));
    // An empty hint is none; without one the plain form has no ServerKeyExchange at all.
    expect(needs[0]).toEqual({ kind: 'psk', role: 'client', hint: text ? pskIdentityHint : undefined });
    const sent = messagesOf(observed, 'server').includes('server server_key_exchange');
    expect(sent).toBe(how !== 'PSK' || text !== undefined);
    expect(messagesOf(observed, 'server').filter((one) => one.includes('certificate'))).toEqual([]);
  });

  it.each(NAMES)('on %s: RFC 4279 2: an identity that nobody knows is unknown_psk_identity', (name) => {
    const pair = makePair(by(how, name));
    holding(pair.server, () => undefined);
    shakeHands(pair);
    expectRefused(pair.server, 'ERR_TLS_UNKNOWN_PSK_IDENTITY', 'unknown_psk_identity');
    expectTold(pair.client, 'unknown_psk_identity');
    expect(pair.client.agreement).toBeUndefined();
  });

  it.each(NAMES)('on %s: a client without a key says handshake_failure and sends no identity', (name) => {
    const observed: Observation[] = [];
    const pair = makePair(merge(by(how, name), { client: { observe: (one) => void observed.push(one) } }));
    holding(pair.client, () => undefined);
    shakeHands(pair);
    expectRefused(pair.client, 'ERR_TLS_NO_PSK', 'handshake_failure');
    expectTold(pair.server, 'handshake_failure');
    expect(messagesOf(observed, 'client')).not.toContain('client client_key_exchange');
  });

  it.each(NAMES)('on %s: another key fails at the client Finished, which cannot be read: bad_record_mac', (name) => {
    for (const wrong of [PSK.key.with(0, 0), PSK.key.subarray(1), new Uint8Array(33).fill(0x5a)]) {
      const pair = makePair(by(how, name));
      holding(pair.client, () => ({ ...PSK, key: wrong }));
      shakeHands(pair);
      expectRefused(pair.server, 'ERR_TLS_BAD_RECORD_MAC', 'bad_record_mac');
      expectTold(pair.client, 'bad_record_mac');
      expect(pair.client.agreement).toBeUndefined();
    }
  });

  it('RFC 4279 5.3: identities of 0 to 65,535 bytes, keys of 1 to 65,535', () => {
    for (const [length, keyLength] of [
      [0, 1],
      [1, 64],
      [128, 65],
      [65_535, 65_535],
    ] as const) {
      const psk = { identity: new Uint8Array(length).fill(0x61), key: new Uint8Array(keyLength).fill(7) };
      const pair = makePair(by(how));
      holding(pair.client, () => psk);
      const needs = holding(pair.server, () => ({ key: psk.key }));
      expectConnected(shakeHands(pair));
      expect(needs[0]?.role === 'server' && needs[0].identity.length).toBe(length);
    }
  });

  it.each([
    ['an identity that no message holds', { identity: new Uint8Array(65_536), key: PSK.key }],
    ['an empty key', { identity: PSK.identity, key: new Uint8Array(0) }],
    ['a key that no pre-master secret holds', { identity: PSK.identity, key: new Uint8Array(65_536) }],
    ['no bytes', { identity: PSK.identity, key: 'secret' as never }],
  ])('%s is a mistake of the host, at either side', (what, psk) => {
    for (const role of ['client', 'server'] as const) {
      // A server does not say the identity again.
      if (role === 'server' && what.startsWith('an identity')) continue;
      const pair = makePair(by(how));
      holding(pair[role], () => psk);
      shakeHands(pair);
      expectRefused(pair[role], 'ERR_TLS_ANSWER', 'internal_error');
    }
  });
});

describe('RFC 4279 2 - 3, RFC 5489 2: the pre-master secret', () => {
  /** Both sides' pre-master secrets, and what the ephemeral keys agreed on. */
  function secrets(
    how: (typeof HOWS)[number],
    key: Uint8Array,
    name: ProviderName,
  ): { told: string[]; agreed: Uint8Array[] } {
    const observed: Observation[] = [];
    const listening = { observeSecrets: true, observe: (one: Observation) => void observed.push(one) };
    const pair: Pair = makePair(merge(by(how, name), { client: listening, server: listening }));
    const agreed = [pair.client, pair.server].map(listenToShares);
    for (const side of [pair.client, pair.server]) holding(side, () => ({ identity: PSK.identity, key }));
    expectConnected(shakeHands(pair));
    return { told: secretsOf(observed, 'pre_master_secret'), agreed: agreed.flat() };
  }

  it.each(NAMES.flatMap((name) => HOWS.map((how) => [name, how] as const)))('on %s, %s', (name, how) => {
    for (const key of [fromHex('01'), PSK.key, new Uint8Array(300).fill(0xee)]) {
      const { told, agreed } = secrets(how, key, name);
      const [one, other] = agreed;
      if (how === 'PSK') expect([told, agreed]).toEqual([[pskPreMaster(key), pskPreMaster(key)], []]);
      else {
        expect(toHex(one ?? new Uint8Array(0))).toBe(toHex(other ?? new Uint8Array(0)));
        const zeros = how === 'DHE_PSK' ? (one?.findIndex((byte) => byte !== 0) ?? 0) : 0;
        const expected = pskPreMaster(key, one?.subarray(zeros));
        expect(told).toEqual([expected, expected]);
      }
    }
  });
});

describe('the suites of shared keys', () => {
  const suites = SUITES.filter((suite) => suite.version === 'tls12' && suite.authentication === 'psk');

  it.each(suites.map(({ id }) => suiteName(id) as string))('%s', (name) => {
    for (const [client, server] of PAIRS) {
      const common = { psk: true, legacy: true, maxVersion: 'TLSv1.2', cipherSuites: [name] } as const;
      const options = { client: { ...common, name: client }, server: { ...common, name: server }, keys: [] };
      const has = ({ id, aead }: (typeof suites)[number], side: ProviderName): boolean =>
        suiteName(id) !== name || aead === undefined || PROVIDERS[side].aeads.includes(aead);
      if (!suites.every((suite) => has(suite, client) && has(suite, server))) continue;
      const pair = shakeHands(makePair(options));
      expectConnected(pair);
      expect(suiteName(pair.server.agreement?.suite.id ?? 0)).toBe(name);
      expectData(pair);
    }
  });

  it('are off unless `psk` is set, and come after those of certificates with the same secrecy', () => {
    const offered = (options: PairOptions['client']): number[] => {
      let suitesOf: number[] = [];
      const pair = makePair({ client: { ...options, maxVersion: 'TLSv1.2' }, server: { psk: true, askHello: true } });
      pair.server.hold = (need) => {
        if (need.kind === 'hello') suitesOf = [...need.cipherSuites];
        return true;
      };
      shakeHands(pair);
      return suitesOf;
    };
    const isPsk = (id: number): boolean => suites.some((suite) => suite.id === id);
    expect(offered({}).some(isPsk)).toBe(false);
    const all = offered({ psk: true });
    expect(all.slice(0, 6).some(isPsk)).toBe(false);
    expect(all.slice(6).every(isPsk)).toBe(true);
  });

  it('a server with certificates and shared keys serves clients of either kind', () => {
    const server = { psk: true, maxVersion: 'TLSv1.2' } as const;
    const plain = shakeHands(makePair({ client: { maxVersion: 'TLSv1.2' }, server }));
    expectConnected(plain);
    expect(plain.client.agreement?.psk).toBe(false);
    const client = { psk: true, cipherSuites: ['TLS_PSK_WITH_AES_128_GCM_SHA256'], maxVersion: 'TLSv1.2' } as const;
    const shared = shakeHands(makePair({ client, server }));
    expectConnected(shared);
    expect(shared.client.agreement?.psk).toBe(true);
  });
});
