import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex } from '../bytes/bytes.ts';
import { SUITES, type Suite } from '../crypto/suites.ts';
import { nodeProvider } from '../providers/node.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { makeOpener, makeSealer } from './protect.ts';
import { makeHeader } from './protection.ts';
import { ReadHalf } from './read_half.ts';
import { WriteHalf } from './write_half.ts';

const [suite] = SUITES.filter((one) => one.version === 'tls13') as [Suite];
const keysOf = (fill: number) => ({ key: new Uint8Array(16).fill(fill), iv: new Uint8Array(12) });
const sealed = (fill: number, ...contents: readonly Uint8Array[]): Uint8Array => {
  const sealer = makeSealer(nodeProvider, suite, keysOf(fill));
  const out: Uint8Array[] = [];
  for (const content of contents) sealer.seal(23, content, out);
  return concat(...out);
};
const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(7);
const hello = fromHex('0100000400000000');
const plainHello = concat(makeHeader(22, 0x0303, hello.length), hello);

function half(skip: number, keys = true): { read: (...input: Uint8Array[]) => string[]; half: ReadHalf } {
  const reader = new ReadHalf(DEFAULT_LIMITS);
  if (keys) reader.setKeys(makeOpener(nodeProvider, suite, keysOf(1)));
  reader.skipUndecryptable(skip);
  const read = (...input: Uint8Array[]): string[] => {
    const all: string[] = [];
    for (const chunk of input) {
      reader.push(chunk);
      for (let one = reader.next(); one !== undefined; one = reader.next()) {
        all.push(one.kind === 'handshake' ? one.kind : `${one.kind} ${toHex(one.content)}`);
      }
      reader.retain();
    }
    return all;
  };
  return { read, half: reader };
}

describe('RFC 8446 4.2.10: early data that nobody takes', () => {
  it('is dropped under handshake keys up to the first record that can be opened', () => {
    const { read } = half(100);
    expect(read(sealed(2, bytes(30), bytes(30), bytes(1)))).toEqual([]);
    expect(read(sealed(1, fromHex('aa')))).toEqual(['data aa']);
    expect(() => read(sealed(2, bytes(1)))).toThrow(expect.objectContaining({ code: 'ERR_TLS_BAD_RECORD_MAC' }));
  });

  it('does not use up the numbers of records that count', () => {
    const { read } = half(100);
    expect(read(sealed(2, bytes(5)), sealed(1, fromHex('aa'), fromHex('bb')))).toEqual(['data aa', 'data bb']);
  });

  it.each([true, false])('fewer bytes of content than said, and at least one a record (keys: %s)', (keys) => {
    const enough = half(41, keys);
    expect(enough.read(sealed(2, bytes(20), bytes(20)))).toEqual([]);
    const tooMuch = half(41, keys);
    expect(() => tooMuch.read(sealed(2, bytes(20), bytes(21)))).toThrow(
      expect.objectContaining({ code: 'ERR_TLS_BAD_RECORD_MAC', alert: 'bad_record_mac' }),
    );
    const empty = half(4, keys);
    expect(empty.read(sealed(2, bytes(0), bytes(0), bytes(0)))).toEqual([]);
    expect(() => empty.read(sealed(2, bytes(0)))).toThrow(/beyond any early data/);
  });

  it('is dropped before a second ClientHello, which ends it', () => {
    const { read } = half(100_000, false);
    // A full record is longer than a plain one may be.
    expect(read(sealed(2, bytes(2 ** 14), bytes(3)), plainHello)).toEqual(['handshake']);
    expect(() => read(sealed(2, bytes(1)))).toThrow(expect.objectContaining({ code: 'ERR_TLS_UNEXPECTED_DATA' }));
  });

  it('a record of it is no longer than TLS allows', () => {
    for (const keys of [true, false]) {
      const { read } = half(100_000, keys);
      const bound = 2 ** 14 + (keys ? 256 : 2048);
      expect(read(concat(makeHeader(23, 0x0303, bound), bytes(bound)))).toEqual([]);
      expect(() => read(concat(makeHeader(23, 0x0303, bound + 1), bytes(bound + 1)))).toThrow(
        expect.objectContaining({ code: 'ERR_TLS_RECORD_OVERFLOW' }),
      );
    }
  });

  it('other plain records are as short as ever, and are not dropped', () => {
    const { read } = half(100_000, false);
    const long = concat(makeHeader(22, 0x0303, 2 ** 14 + 1), bytes(2 ** 14 + 1));
    expect(() => read(long)).toThrow(expect.objectContaining({ code: 'ERR_TLS_RECORD_OVERFLOW' }));
    expect(half(100, false).read(fromHex('140303000101'))).toEqual(['change_cipher_spec 01']);
    expect(half(100, false).read(fromHex('15030300020228'))).toEqual(['alert 0228']);
  });

  it('without a word of it nothing is dropped', () => {
    expect(() => half(0).read(sealed(2, bytes(1)))).toThrow(
      expect.objectContaining({ code: 'ERR_TLS_BAD_RECORD_MAC' }),
    );
    expect(() => half(0, false).read(sealed(2, bytes(1)))).toThrow(
      expect.objectContaining({ code: 'ERR_TLS_UNEXPECTED_DATA' }),
    );
  });
});

describe('RFC 8446 D.4: the ChangeCipherSpec of a client with early data', () => {
  const types = (half: WriteHalf): number[] => {
    const flight = concat(...half.take());
    const list: number[] = [];
    for (let at = 0; at < flight.length; ) {
      list.push(flight[at] ?? 0);
      at += 5 + (((flight[at + 3] ?? 0) << 8) | (flight[at + 4] ?? 0));
    }
    return list;
  };
  const sealer = (fill: number) => makeSealer(nodeProvider, suite, keysOf(fill));

  it('stands before the first record under whichever key that is, and nowhere else', () => {
    const used = new WriteHalf(DEFAULT_LIMITS);
    used.setKeys(sealer(1), true);
    used.data(bytes(1));
    used.setKeys(sealer(2));
    used.data(bytes(1));
    expect(types(used)).toEqual([20, 23, 23]);
    const unused = new WriteHalf(DEFAULT_LIMITS);
    unused.setKeys(sealer(1), true);
    unused.setKeys(sealer(2));
    unused.message(hello);
    unused.data(bytes(1));
    expect(types(unused)).toEqual([20, 23, 23]);
    const cleared = new WriteHalf(DEFAULT_LIMITS);
    cleared.setKeys(sealer(1), true);
    cleared.clearKeys();
    cleared.message(hello);
    expect(types(cleared)).toEqual([20, 22]);
    expect(types(cleared)).toEqual([]);
  });
});
