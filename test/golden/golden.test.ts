// Golden sessions: the bytes of both sides, stored beside this file, come out of every pair of providers. GLASSTLS_UPDATE=1
// records them anew, and GLASSTLS_UPDATE=<label> one of them; a change here is a change of what is sent, and wants a reason.

import { describe, expect, it } from 'vitest';
import { concat, EMPTY, toHex } from '../../src/bytes/bytes.ts';
import { PAIRS } from '../support/pair.ts';
import { converse, EARLY, goldenOf, PING, PLANS, PONG, recordGolden, session } from '../support/sessions.ts';

const updates = (label: string): boolean => ['1', label].includes(process.env.GLASSTLS_UPDATE ?? '');

describe.each(PLANS)('$label', (plan) => {
  if (updates(plan.label)) recordGolden(plan);
  const golden = goldenOf(plan);

  it.each(PAIRS)('client on %s, server on %s: every byte as recorded', (clientName, serverName) => {
    const pair = session(plan, golden, clientName, serverName);
    const { flights, asked } = converse(pair);
    expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
    expect(flights).toEqual(golden.flights);
    expect(asked).toBe(golden.asked);
    const early = plan.client.earlyData ? EARLY : EMPTY;
    expect(toHex(concat(...pair.server.early))).toBe(toHex(early));
    expect(toHex(concat(...pair.server.received))).toBe(toHex(PING));
    expect(toHex(concat(...pair.client.received))).toBe(toHex(PONG));
    expect([pair.client.closed, pair.server.closed]).toEqual([true, true]);
  });

  it('the recording was made with the answers of real keys: each side trusts the other', () => {
    const pair = session(plan, golden, 'node', 'node');
    converse(pair);
    expect(pair.client.agreement?.authorized).toBe(true);
    const { key, clientKey, asks = false, resumes = false } = plan;
    const both = key === undefined || (clientKey !== undefined && !asks);
    expect(pair.server.agreement?.authorized).toBe(both);
    expect(pair.server.authentications).toMatchObject(asks ? [{ authorized: true }] : []);
    expect([pair.client.agreement?.resumed, pair.server.agreement?.resumed]).toEqual([resumes, resumes]);
    expect(golden.answers.length).toBe(key === undefined || resumes ? 0 : 1);
    expect(golden.clientAnswers?.length).toBe(clientKey && 1);
  });
});
