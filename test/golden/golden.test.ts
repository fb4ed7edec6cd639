// Golden sessions: the bytes of both sides, stored beside this file, come out of every pair of providers. GLASSTLS_UPDATE=1
// records them anew, and GLASSTLS_UPDATE=<label> one of them; a change here is a change of what is sent, and wants a reason.

import { describe, expect, it } from 'vitest';
import { concat, toHex } from '../../src/bytes/bytes.ts';
import { PROVIDERS, type ProviderName } from '../support/pair.ts';
import { converse, goldenOf, PING, PLANS, PONG, recordGolden, session } from '../support/sessions.ts';

const NAMES = Object.keys(PROVIDERS) as ProviderName[];

const updates = (label: string): boolean => ['1', label].includes(process.env.GLASSTLS_UPDATE ?? '');

describe.each(PLANS)('$label', (plan) => {
  if (updates(plan.label)) recordGolden(plan);
  const golden = goldenOf(plan);

  it.each(NAMES.flatMap((client) => NAMES.map((server) => [client, server] as const)))(
    'client on %s, server on %s: every byte as recorded',
    (clientName, serverName) => {
      const pair = session(plan, golden, clientName, serverName);
      const flights = converse(pair);
      expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
      expect(flights).toEqual(golden.flights);
      expect(toHex(concat(...pair.server.received))).toBe(toHex(PING));
      expect(toHex(concat(...pair.client.received))).toBe(toHex(PONG));
      expect([pair.client.closed, pair.server.closed]).toEqual([true, true]);
    },
  );

  it('the recording was made with the answers of real keys: each side trusts the other', () => {
    const pair = session(plan, golden, 'node', 'node');
    converse(pair);
    expect(pair.client.agreement?.authorized).toBe(true);
    const both = plan.key === undefined || plan.clientKey !== undefined;
    expect(pair.server.agreement?.authorized).toBe(both);
    expect(golden.answers.length).toBe(plan.key === undefined ? 0 : 1);
    expect(golden.clientAnswers?.length).toBe(plan.clientKey && 1);
  });
});
