// Early data (RFC 8446 2.3, 4.2.10, 4.5) with both providers on either side: taken at once, withheld until the client has proved
// itself, rejected for every reason there is; and however the transport cuts it.

import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes/bytes.ts';
import type { TlsEvent } from '../../src/engine/events.ts';
import { decodeSession } from '../../src/handshake/shared/session.ts';
import { ticketKey } from '../support/earlier.ts';
import { allowing, begin13, EARLY, early13, LIMIT, NOW } from '../support/early13.ts';
import { recordsOf } from '../support/forge.ts';
import { exchange, PAIRS, PSK, shakeHands } from '../support/pair.ts';
import {
  answering,
  decided,
  expectData,
  expectResumed,
  helloOf,
  make13,
  merge13,
  type Options13,
  type Pair13,
  session13,
  textOf,
} from '../support/pair13.ts';

const at = (events: readonly TlsEvent[], type: TlsEvent['type']): number =>
  events.findIndex((one) => one.type === type);
const EARLY_LINES = /^(CLIENT_EARLY_TRAFFIC_SECRET|EARLY_EXPORTER_SECRET) /;

/** Taken: what was written is there, once, and the connection goes on. */
function expectTaken(pair: Pair13, text: string): void {
  expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
  expect(pair.seen.client.watched.outcomes).toEqual([true]);
  expect(textOf(pair.seen.server.watched.early)).toBe(text);
  expect(pair.server.received).toEqual([]);
  expectResumed(pair);
}

/** Rejected: nothing of it is delivered, and the connection goes on. */
function expectRejected(pair: Pair13, why: string | undefined): void {
  expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
  expect(pair.seen.client.watched.outcomes).toEqual([false]);
  expect(pair.seen.server.watched.early).toEqual([]);
  expect(pair.server.received).toEqual([]);
  expect(decided(pair.seen.server, 'early_data')).toEqual(why === undefined ? [] : [`rejected: ${why}`]);
  expect(pair.seen.server.keyLog.filter((line) => EARLY_LINES.test(line))).toEqual([]);
  expect([pair.client.engine.writable, pair.server.engine.writable]).toEqual([true, true]);
  expectData(pair);
}

describe.each(PAIRS)('client on %s, server on %s', (client, server) => {
  const options = merge13(EARLY, {
    client: { ...EARLY.client, name: client },
    server: { ...EARLY.server, name: server },
  });

  it('is delivered at once: before the client has proved that it is there', () => {
    const pair = early13(options, ['one ', 'two ', 'three']);
    expect(pair.seen.client.watched.writable).toEqual([{ reason: 'early_data', limit: LIMIT }]);
    const { events } = pair.seen.server.watched;
    expect(at(events, 'early_data')).toBeLessThan(at(events, 'connected'));
    expectTaken(pair, 'one two three');
    // RFC 8446 7.1: the secrets that go with it are the same at both ends.
    const lines = pair.seen.client.keyLog.filter((line) => EARLY_LINES.test(line));
    expect(lines.length).toBe(2);
    expect(pair.seen.client.keyLog.sort()).toEqual(pair.seen.server.keyLog.sort());
  });

  it('is withheld until Finished', () => {
    const pair = early13({ ...options, early: 'withhold' }, ['one ', 'two']);
    const { events } = pair.seen.server.watched;
    expect(at(events, 'early_data')).toBeGreaterThan(at(events, 'connected'));
    expectTaken(pair, 'one two');
  });

  it('is rejected by the host: dropped, and written again', () => {
    const pair = early13({ ...options, early: 'reject' }, ['one ', 'two']);
    expect(pair.client.agreement?.resumed).toBe(true);
    expectRejected(pair, 'the host says no');
  });

  it('with SHA-384', () => {
    const strong = merge13(options, { server: { ...options.server, cipherSuites: ['TLS_AES_256_GCM_SHA384'] } });
    expectTaken(early13(strong, ['text']), 'text');
  });
});

describe('what the host is asked and told', () => {
  it('the ticket, which is the same when it comes again; name, protocol and limit', () => {
    const options = merge13(EARLY, { client: { alpn: ['h2'] }, server: { alpn: ['h2'] } });
    const session = session13(options);
    const seen: string[] = [];
    const once = (pair: Pair13): void =>
      answering(pair.server, (need) => {
        if (need.kind !== 'early_data') return undefined;
        const { ticket, ...rest } = need;
        expect(rest).toEqual({ kind: 'early_data', serverName: 'localhost', alpn: 'h2', limit: LIMIT });
        const known = seen.includes(toHex(ticket));
        seen.push(toHex(ticket));
        return { answer: known ? 'reject' : 'deliver' };
      });
    expectTaken(early13(options, ['buy'], session, once), 'buy');
    expectRejected(early13(options, ['buy'], session, once), 'the host says no');
    expect(seen).toEqual([toHex(decodeSession(session).ticket), seen[0]]);
  });

  it('RFC 8446 8: a flight that is played again to another server brings nothing that was withheld', () => {
    const options = { ...EARLY, early: 'withhold' } as const;
    const session = session13(options);
    let flight: Uint8Array = new Uint8Array(0);
    const pair = early13(options, ['transfer'], session, undefined, (direction, bytes, number) => {
      if (direction === 'to_server' && number === 0) flight = bytes;
      return [bytes];
    });
    expectTaken(pair, 'transfer');
    const other = make13(merge13(options, { client: { session } }));
    other.server.handle(other.server.engine.receive(flight));
    expect(other.server.engine.stateName).toBe('wait_end_of_early_data');
    other.server.handle(other.server.engine.end());
    expect([other.server.error?.code, other.seen.server.watched.early]).toEqual(['ERR_TLS_EOF_IN_HANDSHAKE', []]);
  });

  it('the answer comes later: what was sent waits, in order', () => {
    for (const answer of ['deliver', 'withhold', 'reject'] as const) {
      const pair = begin13({ ...EARLY, early: answer }, ['a', 'b']);
      pair.server.hold = (need) => need.kind === 'early_data';
      exchange(pair);
      expect([pair.server.engine.stateName, pair.server.flights]).toEqual(['judge_early_data', 0]);
      pair.client.handle(pair.client.engine.write(new TextEncoder().encode('c')));
      exchange(pair);
      pair.server.release();
      exchange(pair);
      if (answer === 'reject') expectRejected(pair, 'the host says no');
      else expectTaken(pair, 'abc');
    }
  });

  it('an answer that is none is no', () => {
    const pair = early13(EARLY, ['a'], undefined, ({ server }) =>
      answering(server, (need) => (need.kind === 'early_data' ? { answer: 'yes' as never } : undefined)),
    );
    expectRejected(pair, 'the host says no');
  });

  it('between its own flight and EndOfEarlyData the server reads on, and the client writes on', () => {
    const pair = begin13(EARLY, ['a']);
    pair.server.handle(pair.server.engine.receive(pair.client.drain()));
    for (const letter of ['b', 'c']) {
      pair.client.handle(pair.client.engine.write(new TextEncoder().encode(letter)));
      pair.server.handle(pair.server.engine.receive(pair.client.drain()));
    }
    expect(textOf(pair.seen.server.watched.early)).toBe('abc');
    const records = recordsOf(pair.server.drain());
    // Within the server's flight, too, but not after its Finished.
    for (const record of records.slice(0, -1)) pair.client.handle(pair.client.engine.receive(record));
    expect(pair.client.engine.writable).toBe(true);
    pair.client.handle(pair.client.engine.write(new TextEncoder().encode('d')));
    pair.client.handle(pair.client.engine.receive(records.at(-1) ?? new Uint8Array(0)));
    exchange(pair);
    expectTaken(pair, 'abcd');
  });

  it('nothing is written: taken all the same', () => {
    expectTaken(early13(EARLY, []), '');
    expectTaken(early13(EARLY, [new Uint8Array(0)]), '');
    expectRejected(early13({ ...EARLY, early: 'reject' }, []), 'the host says no');
  });

  it('a client that may not, or was not told to', () => {
    const session = session13(EARLY);
    for (const options of [merge13(EARLY, { client: { earlyData: false } }), EARLY]) {
      const pair = begin13(options, [], options === EARLY ? allowing(session, 0) : session);
      expect(pair.seen.client.watched.writable).toEqual([]);
      expect(() => pair.client.engine.write(Uint8Array.of(1))).toThrow(/nothing can be written/);
      exchange(pair);
      expect(pair.seen.client.watched.outcomes).toEqual([]);
      expectResumed(pair);
    }
  });
});

describe('RFC 8446 4.2.10: why it is rejected', () => {
  const session = (options: Options13 = EARLY): Uint8Array => session13(options);
  const suites = (...names: string[]): Options13 => merge13(EARLY, { server: { cipherSuites: names } });

  it('another cipher suite of the same hash', () => {
    const kept = session(suites('TLS_AES_128_GCM_SHA256'));
    const pair = early13(suites('TLS_CHACHA20_POLY1305_SHA256'), ['data'], kept);
    expect(pair.server.agreement?.resumed).toBe(true);
    expectRejected(pair, 'another cipher suite');
  });

  it('the suite of the session is taken where there is a choice', () => {
    const kept = session(suites('TLS_CHACHA20_POLY1305_SHA256'));
    expectTaken(early13(suites('TLS_AES_128_GCM_SHA256', 'TLS_CHACHA20_POLY1305_SHA256'), ['data'], kept), 'data');
  });

  it('another application protocol, or none where there was one', () => {
    const alpn = (ours: string[], theirs: string[]): Options13 =>
      merge13(EARLY, { client: { alpn: ours }, server: { alpn: theirs } });
    const h2 = session(alpn(['h2', 'h3'], ['h2']));
    expectRejected(early13(alpn(['h2', 'h3'], ['h3']), ['x'], h2), 'another application protocol');
    expectRejected(early13(alpn(['h2', 'h3'], []), ['x'], h2), 'another application protocol');
    expectRejected(early13(alpn(['h2'], ['h2']), ['x'], session()), 'another application protocol');
    expectTaken(early13(alpn(['h3', 'h2'], ['h2']), ['x'], h2), 'x');
    // The client itself does not write what nobody can read.
    const pair = begin13(alpn(['h3'], ['h3']), [], h2);
    expect(pair.client.engine.writable).toBe(false);
  });

  it.each([
    [0, true],
    [9_999, true],
    [10_000, true],
    [10_001, false],
    [-10_000, true],
    [-10_001, false],
    [3_600_000, false],
  ])('RFC 8446 8.3: a ticket whose age is off by %d ms (taken: %s)', (off, taken) => {
    const day = { sessionLifetime: 86_400 };
    const kept = session(merge13(EARLY, { server: day }));
    const later = NOW + 7_200_000;
    const options = merge13(merge13(EARLY, { server: day }), {
      client: { now: () => later + off },
      server: { now: () => later },
    });
    const pair = early13(options, ['x'], kept);
    if (taken) expectTaken(pair, 'x');
    else expectRejected(pair, "the ticket's age is not what it should be");
    expect(pair.client.agreement?.resumed).toBe(true);
  });

  it('a HelloRetryRequest: the client says it no more', () => {
    const retry = merge13(EARLY, {
      client: { groups: ['x25519', 'secp256r1'], keyShares: ['x25519'] },
      server: { groups: ['secp256r1'] },
    });
    const pair = early13(retry, ['x'.repeat(LIMIT)], session(retry));
    expect([0, 1].map((nth) => helloOf(pair, nth).extensions.known.early_data)).toEqual([true, undefined]);
    expect(pair.client.agreement?.resumed).toBe(true);
    expectRejected(pair, undefined);
  });

  it('a ticket that did not allow it, and a server that takes none', () => {
    const none = merge13(EARLY, { server: { maxEarlyData: 0 } });
    const kept = session(none);
    expect(decodeSession(kept).maxEarlyData).toBe(0);
    expectRejected(early13(EARLY, ['x'], allowing(kept, 10)), 'the ticket does not allow it');
    expectRejected(early13(none, ['x'], session()), 'it is off');
  });

  it('a server that has forgotten its tickets, or has none', () => {
    const kept = session();
    const keys = merge13(EARLY, { server: { ticketKeys: [ticketKey(2)] } });
    expectRejected(early13(keys, ['x'], kept), 'without the first ticket of the offer');
    const keyless = { early: 'deliver', now: NOW, client: EARLY.client ?? {}, server: {} } as const;
    const pair = early13(keyless, ['x', 'y'], kept);
    expect(pair.client.agreement?.resumed).toBe(false);
    expectRejected(pair, 'it is off');
  });

  it('a key that was shared beforehand is taken instead, which is the second of the offer', () => {
    const shared = { psk: true, shared: PSK };
    const keys = merge13(EARLY, { client: shared, server: { ...shared, ticketKeys: [ticketKey(2)] } });
    const by = merge13(keys, {
      server: {
        shared: (need) =>
          need.kind === 'psk' && need.role === 'server' && need.identity.length < 20 ? PSK : undefined,
      },
    });
    const pair = early13(by, ['x'], session());
    expect(pair.server.agreement?.psk).toBe(true);
    expectRejected(pair, 'without the first ticket of the offer');
  });

  it('a server that resumes and asks nobody, since its limit was lowered: nothing is cut off in the middle', () => {
    const lower = merge13(EARLY, { server: { maxEarlyData: 10 } });
    expectRejected(early13(lower, ['x'.repeat(LIMIT)], session()), 'the ticket allows more than is taken now');
  });

  it('a limit that was raised since is not that of the ticket', () => {
    const limits: number[] = [];
    const raised = merge13(EARLY, { server: { maxEarlyData: 50_000 } });
    const pair = early13(raised, ['x'.repeat(LIMIT)], session(), ({ server }) =>
      answering(server, (need) => {
        if (need.kind === 'early_data') limits.push(need.limit);
        return undefined;
      }),
    );
    expect(limits).toEqual([LIMIT]);
    expectTaken(pair, 'x'.repeat(LIMIT));
  });
});

describe('RFC 8446 5.1: any cut of the stream gives the same', () => {
  it.each(['deliver', 'withhold', 'reject'] as const)('byte by byte, in both directions: %s', (early) => {
    const options = { ...EARLY, early };
    const single = early13(options, ['one ', 'two'], undefined, undefined, (_direction, bytes) =>
      Array.from(bytes, (byte) => Uint8Array.of(byte)),
    );
    const whole = early13(options, ['one ', 'two']);
    const story = (pair: Pair13, role: 'client' | 'server'): string[] =>
      pair.seen[role].watched.events.flatMap((one) => (one.type === 'send' ? [] : [one.type]));
    for (const role of ['client', 'server'] as const) expect(story(single, role)).toEqual(story(whole, role));
    if (early === 'reject') expectRejected(single, 'the host says no');
    else expectTaken(single, 'one two');
  });

  it('cut in two at every byte of the first flight', () => {
    // A hello of a few hundred bytes, on runtimes with ML-KEM too.
    const options = merge13(EARLY, { client: { groups: ['x25519'] } });
    const session = session13(options);
    const { length } = begin13(options, ['one ', 'two'], session).client.drain();
    for (let cut = 1; cut < length; cut++) {
      const pair = early13(options, ['one ', 'two'], session, undefined, (direction, bytes, number) =>
        direction === 'to_server' && number === 0 ? [bytes.slice(0, cut), bytes.slice(cut)] : [bytes],
      );
      expect(pair.server.error, `cut at ${cut}`).toBeUndefined();
      expect(textOf(pair.seen.server.watched.early), `cut at ${cut}`).toBe('one two');
      expect(pair.seen.client.watched.outcomes).toEqual([true]);
    }
  });
});

describe('RFC 8446 D.4: ChangeCipherSpec in the disguise of a resumption', () => {
  const outer = (flight: Uint8Array): number[] => recordsOf(flight).map((record) => record[0] ?? 0);

  it('stands right behind the ClientHello, before early data', () => {
    expect(outer(begin13(EARLY, ['a', 'b']).client.drain())).toEqual([22, 20, 23, 23]);
  });

  it.each(['deliver', 'reject'] as const)('comes later when nothing was written (%s), and only once', (early) => {
    const flights: number[][] = [];
    const pair = early13({ ...EARLY, early }, [], undefined, undefined, (direction, bytes) => {
      if (direction === 'to_server') flights.push(outer(bytes));
      return [bytes];
    });
    expect(pair.server.error).toBeUndefined();
    expect(flights).toEqual([[22], early === 'deliver' ? [20, 23, 23] : [20, 23]]);
  });

  it.each([0, 1])('comes before a second ClientHello, or has come (%d records of early data)', (count) => {
    const retry = merge13(EARLY, {
      client: { groups: ['x25519', 'secp256r1'], keyShares: ['x25519'] },
      server: { groups: ['secp256r1'] },
    });
    const flights: number[][] = [];
    const pair = early13(retry, Array(count).fill('x'), session13(retry), undefined, (direction, bytes) => {
      if (direction === 'to_server') flights.push(outer(bytes));
      return [bytes];
    });
    expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
    expect(flights.slice(0, 2)).toEqual(count === 0 ? [[22], [20, 22]] : [[22, 20, 23], [22]]);
  });

  it('does not come without a session id', () => {
    const plain = merge13(EARLY, { client: { middleboxCompatibility: false } });
    expect(outer(begin13(plain, ['a']).client.drain())).toEqual([22, 23]);
    expectTaken(early13(plain, ['a']), 'a');
  });
});

it("early data is written under the session's suite, the rest of the handshake under it too", () => {
  const pair = make13(merge13(EARLY, { client: { session: session13(EARLY) } }));
  shakeHands(pair);
  const epochs = pair.seen.client.observed.flatMap((one) =>
    one.kind === 'keys' && one.direction === 'out' ? [one.epoch] : [],
  );
  expect(epochs).toEqual(['early', 'handshake', 'application']);
  expectTaken(pair, '');
});
