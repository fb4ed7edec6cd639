// How much early data there may be (RFC 8446 4.2.10): what a client may write, what a server takes, and what a server must bear
// that has rejected it and can read none of it.

import { describe, expect, it } from 'vitest';
import { concat, EMPTY, fromHex } from '../../src/bytes/bytes.ts';
import { changeExtensions } from '../../src/wire/extensions.ts';
import { ticketKey } from '../support/earlier.ts';
import { allowing, begin13, EARLY, early13, LIMIT, NOW } from '../support/early13.ts';
import { recordsOf } from '../support/forge.ts';
import { exchange } from '../support/pair.ts';
import {
  expectData,
  expectRefused13,
  expectResumed,
  merge13,
  type Options13,
  type Pair13,
  session13,
  shake13,
  textOf,
} from '../support/pair13.ts';

const SESSION = session13(EARLY);
const RETRY: Options13 = merge13(EARLY, {
  client: { groups: ['x25519', 'secp256r1'], keyShares: ['x25519'] },
  server: { groups: ['secp256r1'] },
});

function expectDropped(pair: Pair13): void {
  expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
  expect(pair.seen.client.watched.outcomes).toEqual([false]);
  expect([pair.seen.server.watched.early, pair.server.received]).toEqual([[], []]);
  expectData(pair);
}

describe('how much', () => {
  it('a client may write as much as the ticket says, and not a byte more', () => {
    const pair = begin13(EARLY, ['x'.repeat(LIMIT - 1)], SESSION);
    expect(() => pair.client.engine.write(new Uint8Array(2))).toThrow(/2 bytes of early data, where 1 are left/);
    pair.client.handle(pair.client.engine.write(Uint8Array.of(0x79)));
    expect(() => pair.client.engine.write(Uint8Array.of(1))).toThrow(/1 bytes of early data, where 0 are left/);
    exchange(pair);
    expect(textOf(pair.seen.server.watched.early)).toBe(`${'x'.repeat(LIMIT - 1)}y`);
    // Once it is connected the limit is none.
    pair.client.handle(pair.client.engine.write(new Uint8Array(LIMIT + 1)));
    exchange(pair);
    expect(concat(...pair.server.received).length).toBe(LIMIT + 1);
  });

  it.each(['deliver', 'withhold'] as const)(
    'a server takes as much as the ticket says, and not a byte more (%s)',
    (early) => {
      const greedy = allowing(SESSION, LIMIT + 1);
      const one = early13({ ...EARLY, early }, [new Uint8Array(LIMIT + 1)], greedy);
      expectRefused13(one, 'server', 'ERR_TLS_TOO_MUCH_EARLY_DATA', 'unexpected_message');
      expect(one.seen.server.watched.early).toEqual([]);
      const two = early13({ ...EARLY, early }, [new Uint8Array(LIMIT), Uint8Array.of(1)], greedy);
      expectRefused13(two, 'server', 'ERR_TLS_TOO_MUCH_EARLY_DATA', 'unexpected_message');
      expect(concat(...two.seen.server.watched.early).length).toBe(early === 'deliver' ? LIMIT : 0);
    },
  );

  it('padding and empty records do not count, and empty ones are not endless', () => {
    const padded = merge13(EARLY, { client: { recordPadding: 4096 } });
    const writes = Array.from({ length: 20 }, () => 'x'.repeat(50));
    const pair = early13(padded, [...writes, ...Array.from({ length: 20 }, () => EMPTY)], SESSION);
    expect(textOf(pair.seen.server.watched.early)).toBe('x'.repeat(LIMIT));
    expectResumed(pair);
    const endless = early13(
      EARLY,
      Array.from({ length: 33 }, () => EMPTY),
      SESSION,
    );
    expectRefused13(endless, 'server', 'ERR_TLS_TOO_MANY_EMPTY_RECORDS', 'unexpected_message');
  });
});

describe('what a server that rejected it must bear', () => {
  const reject = (maxEarlyData: number, more: Options13 = {}): Options13 =>
    merge13(merge13({ ...EARLY, early: 'reject' }, { server: { maxEarlyData } }), more);

  it.each([2 ** 14, 2 ** 17, 2 ** 18, 2 ** 20])('all that its own tickets allow: %d bytes', (size) => {
    const options = reject(size);
    const session = session13(options);
    expectDropped(early13(options, [new Uint8Array(size)], session));
    const retry = merge13(RETRY, options);
    expectDropped(early13(retry, [new Uint8Array(size)], session13(retry)));
  });

  it('in records of one byte, each of which is eighteen on the wire', () => {
    const options = reject(2 ** 14);
    expectDropped(
      early13(
        options,
        Array.from({ length: 2 ** 14 }, () => Uint8Array.of(1)),
        session13(options),
      ),
    );
  });

  it('and as much of what another server allowed as anybody would', () => {
    const foreign = allowing(SESSION, 2 ** 17);
    const other = merge13(EARLY, { server: { ticketKeys: [ticketKey(2)] } });
    expectDropped(early13(other, [new Uint8Array(2 ** 17)], foreign));
    const keyless: Options13 = { now: NOW, client: { earlyData: true } };
    expectDropped(early13(keyless, [new Uint8Array(2 ** 17)], foreign));
  });

  it.each([
    ['by a server that knows the ticket', {}],
    ['by one that does not', { server: { ticketKeys: [ticketKey(2)] } }],
    ['after a HelloRetryRequest', { client: RETRY.client ?? {}, server: { groups: ['secp256r1'] as const } }],
  ] as readonly (readonly [string, Options13])[])('but not without end: %s', (_, more) => {
    const options = merge13({ ...EARLY, early: 'reject' }, more);
    const endless = allowing(SESSION, 2 ** 22);
    const pair = early13(
      options,
      Array.from({ length: 64 }, () => new Uint8Array(2 ** 14)),
      endless,
    );
    expectRefused13(pair, 'server', 'ERR_TLS_BAD_RECORD_MAC', 'bad_record_mac');
  });

  it('records that are changed on the way are dropped like the others', () => {
    const pair = early13(
      { ...EARLY, early: 'reject' },
      ['one', 'two'],
      SESSION,
      undefined,
      (direction, bytes, number) => {
        if (direction === 'to_client' || number > 0) return [bytes];
        return recordsOf(bytes).map((record) =>
          record[0] === 23 ? record.map((b, i) => (i === 9 ? b ^ 1 : b)) : record,
        );
      },
    );
    expectDropped(pair);
  });

  it('but once a record was decrypted, none that cannot be is dropped any more', () => {
    const pair = early13({ ...EARLY, early: 'reject' }, ['one'], SESSION, undefined, (direction, bytes, number) =>
      direction === 'to_server' && number === 1 ? [concat(bytes, fromHex('1703030020'), new Uint8Array(32))] : [bytes],
    );
    expect(pair.server.error).toMatchObject({ code: 'ERR_TLS_BAD_RECORD_MAC', alert: 'bad_record_mac' });
  });

  it('nor in a handshake without early data', () => {
    const pair = shake13(EARLY, undefined, (direction, bytes, number) =>
      direction === 'to_server' && number === 1 ? [concat(fromHex('1703030020'), new Uint8Array(32), bytes)] : [bytes],
    );
    expectRefused13(pair, 'server', 'ERR_TLS_BAD_RECORD_MAC', 'bad_record_mac');
  });

  it.each([true, false])('RFC 8446 4.2.10: nor behind a second ClientHello, whatever that says (data: %s)', (data) => {
    let count = 0;
    const again = merge13(RETRY, {
      client: {
        hooks: {
          clientHello: (hello) =>
            ++count === 1
              ? hello
              : {
                  ...hello,
                  extensions: changeExtensions('client_hello', hello.extensions, { early_data: true }),
                },
        },
      },
    });
    const session = session13(RETRY);
    const pair = early13(again, ['x'], session, undefined, (direction, bytes, number) =>
      data && direction === 'to_server' && number === 1
        ? [concat(bytes, fromHex('1703030020'), new Uint8Array(32))]
        : [bytes],
    );
    expect(count).toBe(2);
    expect(pair.seen.server.watched.early).toEqual([]);
    // It MUST NOT announce any, so that nothing behind it is looked at.
    expectRefused13(pair, 'server', 'ERR_TLS_SECOND_HELLO_CHANGED', 'illegal_parameter');
  });

  it('a plain handshake record with data in front of it ends the dropping before a second ClientHello', () => {
    const pair = early13(RETRY, ['x'], session13(RETRY), undefined, (direction, bytes, number) =>
      direction === 'to_server' && number === 1 ? [concat(bytes, fromHex('1703030020'), new Uint8Array(32))] : [bytes],
    );
    expectRefused13(pair, 'server', 'ERR_TLS_BAD_RECORD_MAC', 'bad_record_mac');
  });
});
