// KeyUpdate (RFC 8446 4.6.3, 7.2) with both providers on either side: asked for and not, with data in between and at the same time
// on both sides, at the end of a key, and in every wrong place.

import { describe, expect, it } from 'vitest';
import { concat, EMPTY, fromHex } from '../../src/bytes/bytes.ts';
import { alertsOf, Forge, handshake, internals, sealerOf, setSequence } from '../support/forge.ts';
import { exchange, PAIRS, type Side } from '../support/pair.ts';
import { expectData, make13, type Options13, type Pair13, shake13, textOf } from '../support/pair13.ts';

const write = (side: Side, text: string): void => side.handle(side.engine.write(new TextEncoder().encode(text)));
const update = (side: Side, both = false): void => side.handle(side.engine.updateKeys(both));

/** Generations of the keys that a side installed, in one direction. */
const generations = (pair: Pair13, role: 'client' | 'server', direction: 'in' | 'out'): number[] =>
  pair.seen[role].observed.flatMap((one) =>
    one.kind === 'keys' && one.direction === direction && one.epoch === 'application' ? [one.generation] : [],
  );

function opened(options: Options13 = {}): { pair: Pair13; at: { client: Forge; server: Forge } } {
  const pair = make13(options);
  const at = { client: new Forge(pair.client.engine), server: new Forge(pair.server.engine) };
  pair.server.handle(pair.server.engine.start());
  pair.client.handle(pair.client.engine.start());
  exchange(pair);
  return { pair, at };
}

describe.each(PAIRS)('client on %s, server on %s', (client, server) => {
  it.each(['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'])(
    '%s: keys change in one direction, in both, and data goes on',
    (suite) => {
      const pair = shake13({ client: { name: client }, server: { name: server, cipherSuites: [suite] } });
      const up: string[] = [];
      const down: string[] = [];
      for (const [nth, [role, both]] of (
        [
          ['client', false],
          ['server', false],
          ['client', true],
          ['server', true],
        ] as const
      ).entries()) {
        write(pair.client, `a${nth}`);
        update(pair[role], both);
        write(pair.client, `b${nth}`);
        write(pair.server, `c${nth}`);
        exchange(pair);
        write(pair.server, `d${nth}`);
        exchange(pair);
        up.push(`a${nth}b${nth}`);
        down.push(`c${nth}d${nth}`);
      }
      expect([textOf(pair.server.received), textOf(pair.client.received)]).toEqual([up.join(''), down.join('')]);
      // Each side changed what it writes with once of its own, once for both, and once because the other asked.
      for (const role of ['client', 'server'] as const) {
        for (const direction of ['in', 'out'] as const) {
          expect(generations(pair, role, direction)).toEqual([0, 1, 2, 3]);
        }
      }
      expectData(pair);
    },
  );

  it('both ask at the same time', () => {
    const pair = shake13({ client: { name: client }, server: { name: server } });
    for (let i = 0; i < 3; i++) {
      update(pair.client, true);
      write(pair.client, 'x');
      update(pair.server, true);
      write(pair.server, 'y');
      const [up, down] = [pair.client.drain(), pair.server.drain()];
      pair.server.handle(pair.server.engine.receive(up));
      pair.client.handle(pair.client.engine.receive(down));
      exchange(pair);
    }
    expect([textOf(pair.server.received), textOf(pair.client.received)]).toEqual(['xxx', 'yyy']);
    expect(generations(pair, 'client', 'out').at(-1)).toBe(6);
    expectData(pair);
  });
});

describe('what does not change', () => {
  it('exporters and channel bindings', () => {
    const pair = shake13();
    const before = pair.client.engine.channelBinding('tls-exporter');
    update(pair.client, true);
    exchange(pair);
    expect(pair.client.engine.channelBinding('tls-exporter')).toEqual(before);
    expect(pair.server.engine.channelBinding('tls-exporter')).toEqual(before);
  });

  it('cut at every byte, with many of them in a row', () => {
    const pair = shake13();
    for (let i = 0; i < 20; i++) {
      update(pair.client, i % 3 === 0);
      write(pair.client, String.fromCharCode(97 + i));
    }
    exchange(pair, (_direction, bytes) => Array.from(bytes, (byte) => Uint8Array.of(byte)));
    expect(textOf(pair.server.received)).toBe('abcdefghijklmnopqrst');
    expectData(pair);
  });
});

describe('the end of a key (RFC 8446 5.5)', () => {
  it.each(['client', 'server'] as const)(
    'at the %s: a KeyUpdate before the last records, and the sequence begins anew',
    (role) => {
      const { pair } = opened();
      const other = role === 'client' ? 'server' : 'client';
      const limit = sealerOf(pair[role].engine).left;
      const sequence = limit - 70;
      setSequence(sealerOf(pair[role].engine), sequence);
      const opener = (internals(pair[other].engine).context.read as unknown as { opener: object }).opener;
      setSequence(opener, sequence);
      for (let i = 0; i < 100; i++) write(pair[role], 'x');
      exchange(pair);
      expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
      expect(textOf(pair[other].received)).toBe('x'.repeat(100));
      expect(generations(pair, role, 'out')).toEqual([0, 1]);
    },
  );
});

describe('wrong places and forms', () => {
  it.each(['client', 'server'] as const)('at a %s', (role) => {
    for (const [body, code, alert] of [
      ['02', 'ERR_TLS_ILLEGAL_VALUE', 'illegal_parameter'],
      ['ff', 'ERR_TLS_ILLEGAL_VALUE', 'illegal_parameter'],
      ['', 'ERR_TLS_DECODE', 'decode_error'],
      ['0000', 'ERR_TLS_DECODE', 'decode_error'],
    ] as const) {
      const { pair, at } = opened();
      const side = pair[role];
      side.handle(side.engine.receive(at[role].handshake('key_update', fromHex(body))));
      expect(side.error).toMatchObject({ code, alert });
      expect(alertsOf(pair.seen[role].observed)).toEqual([alert]);
    }
  });

  it.each(['client', 'server'] as const)('RFC 8446 5.1: nothing follows it in its record, at a %s', (role) => {
    const one = handshake('key_update', fromHex('00'));
    const ticket = handshake('new_session_ticket', fromHex('000000010000000001000001aa0000'));
    for (const rest of [one, ticket, one.subarray(0, 1), fromHex('18')]) {
      const { pair, at } = opened();
      const side = pair[role];
      side.handle(side.engine.receive(at[role].records(22, concat(one, rest))));
      expect(side.error).toMatchObject({ code: 'ERR_TLS_KEY_CHANGE_MID_MESSAGE', alert: 'unexpected_message' });
      expect(generations(pair, role, 'in')).toEqual([0]);
    }
  });

  it('what comes under the old keys after it', () => {
    const { pair, at } = opened();
    const old = at.server.sealer();
    const late: Uint8Array[] = [];
    old?.seal(22, handshake('key_update', fromHex('00')), late);
    old?.seal(23, fromHex('aa'), late);
    pair.server.handle(pair.server.engine.receive(concat(...late)));
    expect(pair.server.error).toMatchObject({ code: 'ERR_TLS_BAD_RECORD_MAC', alert: 'bad_record_mac' });
    expect(pair.server.received).toEqual([]);
  });

  it('what comes under the new keys before it', () => {
    const pair = shake13();
    update(pair.client);
    pair.client.drain();
    write(pair.client, 'x');
    exchange(pair);
    expect(pair.server.error).toMatchObject({ code: 'ERR_TLS_BAD_RECORD_MAC', alert: 'bad_record_mac' });
  });

  it('within a handshake, in either direction', () => {
    for (const role of ['client', 'server'] as const) {
      const pair = make13();
      const forge = new Forge(pair[role].engine);
      pair.client.handle(pair.client.engine.start());
      pair.server.handle(pair.server.engine.receive(pair.client.drain()));
      if (role === 'client') {
        // ServerHello only.
        const flight = pair.server.drain();
        const length = 5 + (((flight[3] ?? 0) << 8) | (flight[4] ?? 0));
        pair.client.handle(pair.client.engine.receive(flight.slice(0, length)));
      }
      pair[role].handle(pair[role].engine.receive(forge.handshake('key_update', fromHex('00'))));
      expect(pair[role].error).toMatchObject({ code: 'ERR_TLS_UNEXPECTED_MESSAGE', alert: 'unexpected_message' });
    }
  });

  it('a host that asks too early, too late, or in TLS 1.2', () => {
    const pair = make13();
    expect(() => pair.client.engine.updateKeys()).toThrow(/update_keys/);
    expect(() => pair.server.engine.updateKeys(true)).toThrow(/update_both_keys/);
    const done = shake13();
    done.client.handle(done.client.engine.close());
    expect(() => done.client.engine.updateKeys()).toThrow(/update_keys/);
    const v12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
    const old = shake13({ client: v12, server: v12 });
    expect(() => old.client.engine.updateKeys()).toThrow(/update_keys/);
    expectData(old);
  });
});

describe('floods', () => {
  it.each([
    ['that ask for nothing', '00', 0],
    ['that ask for one in return', '01', 5],
  ] as const)('KeyUpdates %s end at the limit, and each is answered once', (_, body, answers) => {
    for (const role of ['client', 'server'] as const) {
      const { pair, at } = opened({ [role]: { limits: { keyUpdates: 5 } } });
      const side = pair[role];
      for (let i = 0; i < 5; i++) {
        side.handle(side.engine.receive(at[role].handshake('key_update', fromHex(body))));
        side.handle(side.engine.receive(at[role].records(23, fromHex('61'))));
      }
      expect([side.error, textOf(side.received)]).toEqual([undefined, 'aaaaa']);
      expect(generations(pair, role, 'out').length).toBe(1 + answers);
      side.handle(side.engine.receive(at[role].handshake('key_update', fromHex(body))));
      expect(side.error).toMatchObject({ code: 'ERR_TLS_TOO_MANY_POST_HANDSHAKE', alert: 'unexpected_message' });
    }
  });

  it('our own do not count', () => {
    const { pair } = opened({ client: { limits: { keyUpdates: 2 } } });
    for (let i = 0; i < 10; i++) update(pair.client);
    exchange(pair);
    expectData(pair);
  });

  it('with empty records in between, which are counted themselves', () => {
    const { pair, at } = opened({ server: { limits: { emptyRecords: 3 } } });
    for (let i = 0; i < 3; i++) pair.server.handle(pair.server.engine.receive(at.server.records(23, EMPTY)));
    pair.server.handle(pair.server.engine.receive(at.server.handshake('key_update', fromHex('00'))));
    for (let i = 0; i < 4; i++) pair.server.handle(pair.server.engine.receive(at.server.records(23, EMPTY)));
    expect(pair.server.error?.code).toBe('ERR_TLS_TOO_MANY_EMPTY_RECORDS');
  });
});
