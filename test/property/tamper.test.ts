// Two engines, and a wire that loses, repeats, reorders and changes what it carries, and then ends. Whatever it does, each side
// comes to an end of its own: done, or a TlsError that is not internal; no false data is delivered, and two sides that are
// connected agree on everything.

import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { concat, fromHex, toHex } from '../../src/bytes/bytes.ts';
import { TlsError } from '../../src/wire/tls_error.ts';
import { recordsOf } from '../support/forge.ts';
import { makePair, type Pair, type Side, type Wire } from '../support/pair.ts';
import { converse, type Golden, goldenOf, PING, PLANS, type Plan, PONG, session } from '../support/sessions.ts';

const outcomes = new Map<string, number>();

function endOf({ engine, error, agreement }: Side): string {
  if (error !== undefined) return error.code;
  return agreement === undefined ? `open in ${engine.stateName}` : 'connected';
}

/** Ends both streams, and holds the pair against what must be true of it however it was treated. */
function check(pair: Pair, what: string): void {
  const { client, server } = pair;
  for (const side of [client, server]) side.handle(side.engine.end());
  for (const [side, sent] of [
    [client, PONG],
    [server, PING],
  ] as const) {
    const end = endOf(side);
    outcomes.set(end, (outcomes.get(end) ?? 0) + 1);
    expect(end, what).toMatch(/^(connected|ERR_TLS_\w+)$/);
    expect(end, `${what}: ${side.error?.message}`).not.toBe('ERR_TLS_INTERNAL');
    if (side.error !== undefined) {
      expect(side.error, what).toBeInstanceOf(TlsError);
      expect(side.engine.stateName).toBe('closed');
      // What names an alert has sent it: the event before the error is the one that carries it.
      if (side.error.alert !== undefined && side.error.code !== 'ERR_TLS_ALERT_RECEIVED') {
        expect(side.history.includes('send'), what).toBe(true);
      }
    }
    const received = toHex(concat(...side.received));
    expect(toHex(sent).startsWith(received), `${what}: delivered ${received}`).toBe(true);
  }
  if (client.error === undefined && server.error === undefined) {
    const received = [server, client].map((side) => toHex(concat(...side.received)));
    expect(received, `${what}: nobody complains, and data is missing`).toEqual([toHex(PING), toHex(PONG)]);
  }
  if (client.agreement !== undefined && server.agreement !== undefined) {
    const parameters = ({ agreement }: Side) => {
      const { version, suite, group, scheme, alpn, extendedMasterSecret } = agreement ?? {};
      return { version, suite: suite?.id, group, scheme, alpn, extendedMasterSecret };
    };
    expect(parameters(client), what).toEqual(parameters(server));
  }
}

function run(plan: Plan, golden: Golden, wire: Wire, what: string): Pair {
  const pair = session(plan, golden, 'node', 'node');
  let deliveries = 0;
  converse(pair, (...args) => {
    if (++deliveries > 60) throw new Error(`${what}: no end in sight`);
    return wire(...args);
  });
  check(pair, what);
  return pair;
}

const EVERY_BYTE = ['tls12_rsa', 'tls12_ecdhe_ecdsa', 'tls13', 'tls12_psk', 'tls12_ecdhe_psk'];

describe.each(PLANS)('$label', (plan) => {
  const golden = goldenOf(plan);

  // Every byte of one session of each kind; of the others every fifth.
  const step = EVERY_BYTE.includes(plan.label) ? 1 : 5;

  it(`a bit flipped in ${step === 1 ? 'every' : 'every fifth'} byte of the session`, { timeout: 120_000 }, () => {
    let flips = 0;
    let total = 0;
    const counts = { client: 0, server: 0 };
    for (const { from, bytes } of golden.flights) {
      const flight = counts[from]++;
      total += Math.ceil(bytes.length / 2 / step);
      for (let at = 0; at < bytes.length / 2; at += step) {
        const flip: Wire = (direction, carried, number) => {
          if (number !== flight || (direction === 'to_server') !== (from === 'client')) return [carried];
          return [carried.map((byte, i) => (i === at ? byte ^ (1 << (at % 8)) : byte))];
        };
        run(plan, golden, flip, `${from} flight ${flight} byte ${at}`);
        flips++;
      }
    }
    expect(flips).toBe(total);
    console.log(`${plan.label}: ${flips} flips`);
  });

  it('the stream cut off after any flight, and within any record', () => {
    const total = golden.flights.length;
    for (let last = 0; last < total; last++) {
      for (const keep of [0, 1, 4, 5, 6, 30, 200]) {
        let count = 0;
        const cut: Wire = (_direction, carried) =>
          count++ < last ? [carried] : count === last + 1 ? [carried.subarray(0, keep)] : [];
        run(plan, golden, cut, `flight ${last} cut to ${keep}`);
      }
    }
  });

  it('records dropped, repeated, swapped, changed, cut and inserted at random', () => {
    const act = fc.oneof(
      fc.record({ kind: fc.constantFrom('drop', 'repeat', 'swap', 'cut'), at: fc.nat({ max: 14 }) }),
      fc.record({
        kind: fc.constant('flip'),
        at: fc.nat({ max: 14 }),
        byte: fc.nat({ max: 1500 }),
        bit: fc.nat({ max: 7 }),
      }),
      fc.record({
        kind: fc.constant('insert'),
        at: fc.nat({ max: 14 }),
        bytes: fc.oneof(
          fc.uint8Array({ maxLength: 40 }),
          fc
            .constantFrom(
              '140303000101',
              '15030300020100',
              '1503030002010a',
              '160303000400000000',
              '170303000100',
              '1603030000',
            )
            .map(fromHex),
        ),
      }),
    );
    fc.assert(
      fc.property(fc.array(act, { minLength: 1, maxLength: 4 }), fc.boolean(), (acts, toServer) => {
        let seen = 0;
        const wire: Wire = (direction, bytes) => {
          const records = recordsOf(bytes);
          if ((direction === 'to_server') !== toServer) return records;
          const out: Uint8Array[] = [];
          for (const record of records) {
            const index = seen++;
            let now: Uint8Array[] = [record];
            for (const one of acts) {
              if (one.at !== index) continue;
              if (one.kind === 'drop') now = [];
              if (one.kind === 'repeat') now = [...now, ...now];
              if (one.kind === 'cut') now = now.map((part) => part.subarray(0, part.length >> 1));
              if (one.kind === 'insert' && 'bytes' in one) now = [one.bytes, ...now];
              if (one.kind === 'flip' && 'byte' in one) {
                now = now.map((part) =>
                  part.map((byte, i) => (i === one.byte % part.length ? byte ^ (1 << one.bit) : byte)),
                );
              }
            }
            if (acts.some((one) => one.kind === 'swap' && one.at === index - 1))
              out.splice(Math.max(0, out.length - 1), 0, ...now);
            else out.push(...now);
          }
          return out;
        };
        run(plan, golden, wire, JSON.stringify(acts));
      }),
      { numRuns: 250 },
    );
  });
});

describe('offers that can go either way', () => {
  it('a client and a server that speak both versions: flips of the hellos never lead to a lower version unseen', () => {
    for (const at of Array.from({ length: 320 }, (_, i) => i)) {
      const pair = makePair();
      const wire: Wire = (direction, bytes, number) =>
        direction === 'to_server' && number === 0
          ? [bytes.map((byte, i) => (i === at ? byte ^ (1 << (at % 8)) : byte))]
          : [bytes];
      converse(pair, wire);
      check(pair, `byte ${at}`);
      if (pair.client.agreement !== undefined) expect(pair.client.agreement.version).toBe(0x0304);
    }
  });
});

afterAll(() => {
  const lines = [...outcomes].sort(([, a], [, b]) => b - a).map(([end, count]) => `${end} ${count}`);
  console.log(`ends of both sides: ${lines.join(', ')}`);
});
