import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex } from '../bytes/bytes.ts';
import { SUITES } from '../crypto/suites.ts';
import { nodeProvider } from '../providers/node.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { makeOpener, makeSealer } from './protect.ts';
import { ReadHalf } from './read_half.ts';
import { WriteHalf } from './write_half.ts';

const suite = SUITES.find((one) => one.version === 'tls13') ?? SUITES[0];
if (suite === undefined) throw new Error('no suite');
const keys = { key: new Uint8Array(16), iv: new Uint8Array(12) };
const sealer = () => makeSealer(nodeProvider, suite, keys);
const message = (type: number, length: number): Uint8Array =>
  concat(Uint8Array.of(type, length >> 16, length >> 8, length), new Uint8Array(length));
/** [type, version, length] of each record. */
function headers(bytes: Uint8Array): [number, number, number][] {
  const list: [number, number, number][] = [];
  for (let at = 0; at < bytes.length; ) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at);
    list.push([view.getUint8(0), view.getUint16(1), view.getUint16(3)]);
    at += 5 + view.getUint16(3);
  }
  return list;
}

describe('WriteHalf', () => {
  it('messages of one flight share a record; take hands out all of it once', () => {
    const half = new WriteHalf(DEFAULT_LIMITS);

    half.message(message(2, 80));
    half.message(message(11, 500));
    half.message(message(14, 0));
    expect(headers(concat(...half.take()))).toEqual([[22, 0x0303, 592]]);
    expect(half.take()).toEqual([]);
  });

  it('RFC 8446 5.1: 0x0301 in front of a first ClientHello, 0x0303 in front of everything after it', () => {
    const half = new WriteHalf(DEFAULT_LIMITS);
    half.plainVersion = 0x0301;
    half.message(message(1, 10));
    expect(headers(concat(...half.take()))).toEqual([[22, 0x0301, 14]]);
    half.alert(2, 40);
    expect(headers(concat(...half.take()))).toEqual([[21, 0x0303, 2]]);
  });

  it('RFC 8446 5.1: what is longer than 2^14 bytes is cut, messages and data alike', () => {
    const half = new WriteHalf(DEFAULT_LIMITS);
    half.message(message(11, 40_000));
    expect(headers(concat(...half.take())).map(([, , length]) => length)).toEqual([16384, 16384, 7236]);
    half.setKeys(sealer());
    half.data(new Uint8Array(2 ** 14));
    half.data(new Uint8Array(2 ** 14 + 1));
    expect(headers(concat(...half.take())).map(([, , length]) => length - 17)).toEqual([16384, 16384, 1]);
  });

  it('what is queued before a key change leaves under the old key; ChangeCipherSpec and alerts keep the order', () => {
    const half = new WriteHalf(DEFAULT_LIMITS);
    half.message(message(2, 4));
    half.changeCipherSpec();
    half.setKeys(sealer());
    half.message(message(20, 12));
    half.alert(1, 0);
    expect(headers(concat(...half.take())).map(([type, , length]) => [type, length])).toEqual([
      [22, 8],
      [20, 1],
      [23, 16 + 17],
      [23, 2 + 17],
    ]);
  });

  it('RFC 8446 D.4: one ChangeCipherSpec in the clear before the first record under the new key, and only before it', () => {
    let told = 0;
    const half = new WriteHalf(DEFAULT_LIMITS, undefined, () => told++);

    half.message(message(2, 4));
    half.setKeys(sealer(), true);
    expect(headers(concat(...half.take())).map(([type]) => type)).toEqual([22]);
    half.message(message(8, 2));
    half.data(fromHex('00'));
    const sent = concat(...half.take());
    expect(toHex(sent.subarray(0, 6))).toBe('140303000101');
    expect(headers(sent).map(([type]) => type)).toEqual([20, 23, 23]);
    expect(told).toBe(1);
  });

  it('an empty write sends an empty record, which the other half drops', () => {
    const half = new WriteHalf(DEFAULT_LIMITS);
    half.setKeys(sealer());
    half.data(new Uint8Array(0));
    expect(headers(concat(...half.take()))).toEqual([[23, 0x0303, 17]]);
  });

  it('whatever is written is read: any sizes, one listener call for each record', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 40_000 }), { minLength: 1, maxLength: 4 }), (sizes) => {
        let records = 0;
        const write = new WriteHalf(DEFAULT_LIMITS, () => records++);
        const read = new ReadHalf(DEFAULT_LIMITS);
        write.setKeys(sealer());
        read.setKeys(makeOpener(nodeProvider, suite, keys));
        for (const size of sizes) write.data(new Uint8Array(size).fill(size));
        const sent = concat(...write.take());
        expect(records).toBe(headers(sent).length);
        read.push(sent);
        let total = 0;
        for (let one = read.next(); one !== undefined; one = read.next()) {
          if (one.kind === 'data') total += one.content.length;
        }
        expect(total).toBe(sizes.reduce((sum, size) => sum + size, 0));
      }),
      { numRuns: 25 },
    );
  });
});
