// extended_master_secret (RFC 7627): offered, required or never, on either side, in full handshakes and resumed ones.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../src/bytes/bytes.ts';
import type { Observation } from '../../src/engine/observe.ts';
import { prf } from '../support/independent.ts';
import { makePair, NAMES, type PairOptions, shakeHands } from '../support/pair.ts';
import { by, expectConnected, expectRefused, expectTold, secretsOf } from '../support/prove.ts';
import { expectFull, expectResumed, merge, twice, WAYS, type Way } from '../support/resume.ts';

const MODES = ['offer', 'require', 'never'] as const;
type Mode = (typeof MODES)[number];
const modes = (client: Mode, server: Mode): PairOptions => ({
  client: { extendedMasterSecret: client },
  server: { extendedMasterSecret: server },
});
const GRID = MODES.flatMap((client) => MODES.map((server) => [client, server] as const));
const ALERT = 'handshake_failure';
const CODE = 'ERR_TLS_NO_EXTENDED_MASTER_SECRET';

describe.each(NAMES)('on %s', (name) => {
  it.each(GRID)('client: %s, server: %s', (client, server) => {
    for (const how of ['ECDHE', 'RSA', 'ECDHE_PSK'] as const) {
      const pair = shakeHands(makePair(merge(by(how, name), modes(client, server))));
      if (client === 'require' && server === 'never') {
        expectRefused(pair.client, CODE, ALERT);
        expectTold(pair.server, ALERT);
      } else if (server === 'require' && client === 'never') {
        expectRefused(pair.server, CODE, ALERT);
        expectTold(pair.client, ALERT);
      } else {
        expectConnected(pair);
        const both = client !== 'never' && server !== 'never';
        expect([pair.client.agreement?.extendedMasterSecret, pair.server.agreement?.extendedMasterSecret]).toEqual([
          both,
          both,
        ]);
      }
    }
  });
});

it.each(GRID)('client: %s, server: %s: TLS 1.3 has no use for it, and minds nothing', (client, server) => {
  expectConnected(shakeHands(makePair(merge(by('1.3'), modes(client, server)))));
  const both = merge(modes(client, server), { client: { extendedMasterSecret: client, maxVersion: 'TLSv1.3' } });
  expectConnected(shakeHands(makePair(both)));
});

describe('RFC 7627 4, RFC 5246 8.1: the master secret', () => {
  it.each([true, false])('extended: %s', (extended) => {
    const observed: Observation[] = [];
    const client = {
      extendedMasterSecret: extended ? 'offer' : 'never',
      observeSecrets: true,
      observe: (one: Observation) => void observed.push(one),
    } as const;
    expectConnected(shakeHands(makePair(merge(by('ECDHE'), { client }))));
    const step = observed.find((one) => one.kind === 'secret' && one.name === 'master_secret');
    if (step?.kind !== 'secret' || step.contextValue === undefined) throw new Error('no master secret was told');
    const [preMaster = ''] = secretsOf(observed, 'pre_master_secret');
    const label = extended ? 'extended master secret' : 'master secret';
    expect(step.label).toBe(label);
    // The hash of everything up to ClientKeyExchange, or both randoms.
    const messages = observed.flatMap((one) => (one.kind === 'message' && one.type === 22 ? [one] : []));
    const last = messages.findIndex((one) => one.name === 'client_key_exchange');
    const [hello, answer] = messages;
    const randoms = Buffer.concat([hello?.raw.subarray(6, 38) ?? '', answer?.raw.subarray(6, 38) ?? ''] as Buffer[]);
    const agreed = observed.find((one) => one.kind === 'connected');
    const hash = agreed?.kind === 'connected' && [0xc02c, 0xc030].includes(agreed.suite ?? 0) ? 'sha384' : 'sha256';
    const session = createDigest(
      hash,
      messages.slice(0, last + 1).map(({ raw }) => raw),
    );
    expect(toHex(step.contextValue)).toBe(extended ? session : randoms.toString('hex'));
    expect(toHex(step.value)).toBe(prf(hash, fromHex(preMaster), label, step.contextValue, 48));
  });
});

describe.each(Object.keys(WAYS) as Way[])('RFC 7627 5.3: sessions by %s', (way) => {
  const from = (first: PairOptions, then: PairOptions) => twice(way, first, then);

  it('made with it: resumed with it, and by nobody who is without it', () => {
    for (const [client, server] of GRID) {
      if (client === 'never' || server === 'never') continue;
      expectResumed(from({}, modes(client, server)));
    }
    const quiet = from({}, modes('never', 'offer'));
    expectFull(quiet);
    expect(quiet.client).toEqual(['not offered: extended_master_secret is off']);
    const deaf = from({}, modes('offer', 'never'));
    expectFull(deaf);
    expect(deaf.server).toEqual(['full handshake: extended_master_secret is off']);
    for (const { pair } of [quiet, deaf]) expect(pair.client.agreement?.extendedMasterSecret).toBe(false);
  });

  it('made without it: full again as soon as both speak it, refused where it is required', () => {
    const without = modes('never', 'offer');
    expectResumed(from(without, modes('never', 'never')));
    expectResumed(from(without, without));
    const offered = from(without, modes('offer', 'offer'));
    expectFull(offered);
    expect(offered.server).toEqual(['full handshake: it was made without extended_master_secret']);
    expect(offered.pair.server.agreement?.extendedMasterSecret).toBe(true);
    const required = from(without, modes('require', 'offer'));
    expectFull(required);
    expect(required.client).toEqual(['not offered: no extended_master_secret']);
    expectFull(from(without, modes('offer', 'require')));
    const { pair } = from(without, modes('never', 'require'));
    expectRefused(pair.server, CODE, ALERT);
    // Not spoken by the server: both go on as they were.
    const still = from(without, modes('offer', 'never'));
    expect(still.pair.client.error).toBeUndefined();
  });
});

function createDigest(hash: 'sha256' | 'sha384', parts: readonly Uint8Array[]): string {
  const running = createHash(hash);
  for (const part of parts) running.update(part);
  return running.digest('hex');
}
