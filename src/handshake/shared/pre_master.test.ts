import { describe, expect, it } from 'vitest';
import { EMPTY, fromHex, toHex } from '../../bytes/bytes.ts';
import { pskPreMaster } from '../../crypto/schedule12.ts';
import { checkedPsk, withoutLeadingZeros } from './pre_master.ts';

describe('RFC 5246 8.1.2: leading zeros', () => {
  it.each([
    ['0102', '0102'],
    ['0001', '01'],
    ['00000100', '0100'],
    ['000000', '00'],
    ['00', '00'],
    ['', ''],
  ])('%s becomes %s', (secret, stripped) => {
    expect(toHex(withoutLeadingZeros(fromHex(secret)))).toBe(stripped);
  });
});

describe('RFC 4279 2, RFC 5489 2: the layout of the pre-master secret', () => {
  it.each([
    ['aabb', undefined, '00020000' + '0002aabb'],
    ['aabb', '010203', '0003010203' + '0002aabb'],
    ['aa', '', '0000' + '0001aa'],
  ])('key %s, other secret %s', (key, other, expected) => {
    expect(toHex(pskPreMaster(fromHex(key), other === undefined ? undefined : fromHex(other)))).toBe(expected);
  });

  it('lengths are 16 bits wide', () => {
    const long = pskPreMaster(new Uint8Array(65_535).fill(1));
    expect([long.length, toHex(long.subarray(0, 3))]).toEqual([2 * (2 + 65_535), 'ffff00']);
    expect(toHex(long.subarray(65_537, 65_540))).toBe('ffff01');
  });
});

describe("the host's shared key", () => {
  it('is taken with its identity, and with none', () => {
    const key = fromHex('01');
    expect(checkedPsk({ key })).toEqual({ key, identity: EMPTY });
    const identity = new Uint8Array(65_535);
    expect(checkedPsk({ identity, key: identity })).toEqual({ identity, key: identity });
  });

  it.each([
    ['an empty key', { key: EMPTY }],
    ['a long key', { key: new Uint8Array(65_536) }],
    ['a long identity', { key: fromHex('01'), identity: new Uint8Array(65_536) }],
    ['a key that is text', { key: 'secret' as never }],
    ['no key', {} as never],
    ['an identity that is text', { key: fromHex('01'), identity: 'me' as never }],
  ])('%s is refused', (_what, psk) => {
    expect(() => checkedPsk(psk)).toThrow(expect.objectContaining({ code: 'ERR_TLS_ANSWER', fault: 'local' }));
  });
});
