// What must have come of a handshake that went through to the end, by the words of its flavour: resumption, shared keys, early
// data, and what was asked for afterwards.

import { expect } from 'vitest';
import { concat, EMPTY } from '../../src/bytes/bytes.ts';
import { type Flavour, has } from './flavours.ts';
import type { Pair } from './pair.ts';
import { EARLY_DATA } from './reach.ts';

export function expectOutcome(flavour: Flavour, pair: Pair): void {
  expectResumption(flavour, pair);
  expectEarlyData(flavour, pair);
  const asked = has(flavour, 'afterwards') ? [{ authorized: !has(flavour, 'empty') }] : [];
  expect(pair.server.authentications).toMatchObject(asked);
}

function expectEarlyData(flavour: Flavour, { client, server }: Pair): void {
  const offered = has(flavour, '1.3') && has(flavour, 'early');
  const taken = offered && has(flavour, 'resumed') && !has(flavour, 'rejected') && !has(flavour, 'retry');
  expect(client.earlyAccepted).toBe(offered ? taken : undefined);
  expect(concat(...server.early)).toEqual(taken ? EARLY_DATA : EMPTY);
  // RFC 8446 8: what is withheld until the client has proved itself comes behind `connected`.
  if (taken) {
    const [early, connected] = ['early_data', 'connected'].map((type) => server.history.indexOf(type));
    expect(Number(early) < Number(connected)).toBe(!has(flavour, 'withheld'));
  }
}

function expectResumption(flavour: Flavour, { client, server }: Pair): void {
  const resumed = has(flavour, 'resumed');
  const shared = has(flavour, 'PSK') && !has(flavour, 'unshared') && !has(flavour, 'forgotten');
  for (const { agreement } of [client, server]) {
    expect(agreement?.resumed).toBe(resumed);
    if (has(flavour, '1.3')) expect(agreement?.psk).toBe(shared && !resumed);
  }
}
