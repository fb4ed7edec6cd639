// The shape of TLS 1.3 records: padding (RFC 8446 5.4), small first ones, and record_size_limit (RFC 8449), alone and together; and
// records that are nothing but padding, too long, or of no type.

import { describe, expect, it } from 'vitest';
import { concat, EMPTY } from '../../src/bytes/bytes.ts';
import { alertsOf, Forge } from '../support/forge.ts';
import { exchange, PAIRS, type Side } from '../support/pair.ts';
import {
  again13,
  expectResumed,
  make13,
  merge13,
  type Options13,
  type Pair13,
  session13,
  shake13,
  TICKETS,
} from '../support/pair13.ts';

const V = (length: number): Uint8Array => new Uint8Array(length).map((_, i) => i);

/** Application data records that a side sent: bytes on the wire behind the header, and of content. */
const dataOf = (pair: Pair13, role: 'client' | 'server', from = 0): { length: number; content: number }[] =>
  pair.seen[role].observed
    .flatMap((one) =>
      one.kind === 'record' && one.direction === 'out' && one.epoch === 'application' && one.innerType === 23
        ? [{ length: one.length, content: one.contentLength }]
        : [],
    )
    .slice(from);

const send = (pair: Pair13, side: Side, bytes: Uint8Array): void => {
  side.handle(side.engine.write(bytes));
  exchange(pair);
};

describe('RFC 8446 5.4: padding', () => {
  it.each(PAIRS)(
    'client on %s, server on %s: every protected record is a multiple, and nothing is seen of it above',
    (client, server) => {
      const pair = shake13({
        client: { name: client, recordPadding: 256 },
        server: { name: server, recordPadding: 100, ticketKeys: TICKETS.server?.ticketKeys ?? [] },
      });
      for (const length of [0, 1, 254, 255, 256, 257, 16_383, 16_384, 40_000]) {
        send(pair, pair.client, V(length));
        send(pair, pair.server, V(length));
      }
      for (const [role, unit] of [
        ['client', 256],
        ['server', 100],
      ] as const) {
        const protectedOut = pair.seen[role].observed.flatMap((one) =>
          one.kind === 'record' && one.direction === 'out' && one.type === 23 ? [one] : [],
        );
        expect(protectedOut.length).toBeGreaterThan(10);
        for (const { length, contentLength } of protectedOut) {
          const inner = length - 16;
          // TLSInnerPlaintext is 2^14 + 1 bytes at most, which may keep it from a multiple.
          expect(inner % unit === 0 || inner === 2 ** 14 + 1, `${inner} for ${contentLength}`).toBe(true);
          expect(inner - contentLength - 1).toBeLessThan(unit);
        }
      }
      const all = concat(...[0, 1, 254, 255, 256, 257, 16_383, 16_384, 40_000].map(V));
      expect(concat(...pair.server.received)).toEqual(all);
      expect(concat(...pair.client.received)).toEqual(all);
    },
  );

  it('the handshake, alerts, tickets and KeyUpdates are padded too; TLS 1.2 is not', () => {
    const pair = shake13({ client: { recordPadding: 512 } });
    pair.client.handle(pair.client.engine.updateKeys());
    pair.client.handle(pair.client.engine.close());
    const lengths = pair.seen.client.observed.flatMap((one) =>
      one.kind === 'record' && one.direction === 'out' && one.type === 23 ? [one.length] : [],
    );
    expect(lengths).toEqual([528, 528, 528]);
    const v12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
    const old = shake13({ client: { ...v12, recordPadding: 512 }, server: v12 });
    send(old, old.client, V(1));
    expect(dataOf(old, 'client')[0]?.length).toBeLessThan(40);
  });

  it('a record of nothing but padding has no type: refused, in data and in the handshake', () => {
    for (const when of ['handshake', 'open'] as const) {
      for (const zeros of [0, 1, 300]) {
        const pair = make13();
        const forge = new Forge(pair.server.engine);
        pair.client.handle(pair.client.engine.start());
        pair.server.handle(pair.server.engine.receive(pair.client.drain()));
        if (when === 'open') exchange(pair);
        const out: Uint8Array[] = [];
        forge.sealer()?.seal(0, EMPTY, out, zeros);
        pair.server.handle(pair.server.engine.receive(concat(...out)));
        expect(pair.server.error).toMatchObject({ code: 'ERR_TLS_BAD_INNER_PLAINTEXT', alert: 'unexpected_message' });
        expect(alertsOf(pair.seen.server.observed)).toEqual(['unexpected_message']);
      }
    }
  });

  it.each([1, 10, 100])('padding of a peer is taken off: %d zeros', (zeros) => {
    const { pair, forge } = opened();
    const out: Uint8Array[] = [];
    forge.sealer()?.seal(23, V(5), out, zeros);
    pair.server.handle(pair.server.engine.receive(concat(...out)));
    expect(concat(...pair.server.received)).toEqual(V(5));
  });

  it('padding counts: 2^14 bytes of content and padding may come, and not one more', () => {
    for (const [content, padding, fine] of [
      [2 ** 14, 0, true],
      [2 ** 14 - 10, 10, true],
      [0, 2 ** 14, true],
      [2 ** 14 - 10, 11, false],
      [1, 2 ** 14, false],
      [2 ** 14 + 1, 0, false],
    ] as const) {
      const { pair, forge } = opened();
      const out: Uint8Array[] = [];
      forge.sealer()?.seal(23, V(content), out, padding);
      pair.server.handle(pair.server.engine.receive(concat(...out)));
      expect(pair.server.error?.code, `${content} + ${padding}`).toBe(fine ? undefined : 'ERR_TLS_RECORD_OVERFLOW');
      expect(concat(...pair.server.received).length).toBe(fine ? content : 0);
    }
  });

  it.each([0, 20, 24, 25, 99, 255])('an inner type of %d', (type) => {
    const { pair, forge } = opened();
    const out: Uint8Array[] = [];
    forge.sealer()?.seal(type, Uint8Array.of(1, 0), out, 3);
    pair.server.handle(pair.server.engine.receive(concat(...out)));
    expect(pair.server.error).toBeDefined();
    expect(pair.server.received).toEqual([]);
    expect(pair.server.error?.code).not.toBe('ERR_TLS_INTERNAL');
  });
});

function opened(options: Options13 = {}): { pair: Pair13; forge: Forge } {
  const pair = make13(options);
  const forge = new Forge(pair.server.engine);
  pair.client.handle(pair.client.engine.start());
  exchange(pair);
  return { pair, forge };
}

describe('small first records', () => {
  it.each(PAIRS)(
    'client on %s, server on %s: the first 64 kB in pieces of a segment, then whole ones',
    (client, server) => {
      const pair = shake13({
        client: { name: client },
        server: { name: server, smallFirstRecords: true },
      });
      send(pair, pair.server, V(200_000));
      const contents = dataOf(pair, 'server').map(({ content }) => content);
      const count = Math.ceil(65_536 / 1350);
      const rest = 200_000 - 1350 * count;
      expect(contents).toEqual([...Array(count).fill(1350), ...Array(8).fill(2 ** 14), rest - 8 * 2 ** 14]);
      expect(concat(...pair.client.received)).toEqual(V(200_000));
    },
  );

  it('begin again after a second of silence, not after less', () => {
    let now = Date.now();
    const pair = shake13({ client: { smallFirstRecords: true, now: () => now }, server: {} });
    const largest = (): number => {
      const before = dataOf(pair, 'client').length;
      send(pair, pair.client, V(20_000));
      return Math.max(...dataOf(pair, 'client', before).map(({ content }) => content));
    };
    for (let i = 0; i < 4; i++) largest();
    expect(largest()).toBe(2 ** 14);
    now += 1000;
    expect(largest()).toBe(2 ** 14);
    now += 1001;
    expect(largest()).toBe(1350);
  });

  it('an empty write is an empty record, and the option is off by default', () => {
    const pair = shake13({ client: { smallFirstRecords: true }, server: {} });
    send(pair, pair.client, EMPTY);
    expect(dataOf(pair, 'client')).toEqual([{ length: 17, content: 0 }]);
    send(pair, pair.server, V(16_384));
    expect(dataOf(pair, 'server').map(({ content }) => content)).toEqual([16_384]);
  });
});

describe('RFC 8449: record_size_limit, with the rest', () => {
  it.each([64, 65, 100, 512, 1351, 16_385])('%d: what is sent holds no more, padding and type counted in', (limit) => {
    for (const more of [
      {},
      { recordPadding: 128 },
      { smallFirstRecords: true },
      { recordPadding: 33, smallFirstRecords: true },
    ]) {
      const pair = shake13({ client: { recordSizeLimit: limit }, server: { ...more } });
      send(pair, pair.server, V(5000));
      const sent = dataOf(pair, 'server');
      expect(Math.max(...sent.map(({ length }) => length - 16))).toBeLessThanOrEqual(limit);
      if (!('smallFirstRecords' in more)) {
        expect(sent.length).toBe(Math.ceil(5000 / Math.min(limit - 1, 2 ** 14)));
      }
      expect(concat(...pair.client.received)).toEqual(V(5000));
      expect(pair.client.error).toBeUndefined();
    }
  });

  it('a record that exceeds it by its padding alone is refused', () => {
    for (const [content, padding, fine] of [
      [99, 0, true],
      [50, 49, true],
      [50, 50, false],
      [100, 0, false],
    ] as const) {
      const { pair, forge } = opened({ client: { recordSizeLimit: 16_385 }, server: { recordSizeLimit: 100 } });
      const out: Uint8Array[] = [];
      forge.sealer()?.seal(23, V(content), out, padding);
      pair.server.handle(pair.server.engine.receive(concat(...out)));
      expect(pair.server.error?.code, `${content} + ${padding}`).toBe(fine ? undefined : 'ERR_TLS_RECORD_OVERFLOW');
      expect(pair.server.error?.alert).toBe(fine ? undefined : 'record_overflow');
    }
  });

  it('after a resumption and a HelloRetryRequest, and each side its own', () => {
    const options = merge13(TICKETS, {
      client: { groups: ['x25519', 'secp256r1'], keyShares: ['x25519'], recordSizeLimit: 200 },
      server: { groups: ['secp256r1'], recordSizeLimit: 300 },
    });
    const pair = again13(options, session13(options));
    expectResumed(pair);
    const before = { client: dataOf(pair, 'client').length, server: dataOf(pair, 'server').length };
    send(pair, pair.client, V(2000));
    send(pair, pair.server, V(2000));
    expect(Math.max(...dataOf(pair, 'client', before.client).map(({ content }) => content))).toBe(299);
    expect(Math.max(...dataOf(pair, 'server', before.server).map(({ content }) => content))).toBe(199);
  });
});
