import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex } from '../bytes/bytes.ts';
import { PRE_MASTER_LENGTH, unpadPreMaster } from './rsa_pre_master.ts';

const VERSION = 0x0303;
const fallback = new Uint8Array(PRE_MASTER_LENGTH).fill(0xfa);
const secret = concat(
  fromHex('0303'),
  Uint8Array.from({ length: 46 }, (_, i) => i + 1),
);

/** 00 02, padding, 00, message, as long as the modulus. */
function block(message: Uint8Array = secret, length = 256): Uint8Array {
  return concat(fromHex('0002'), new Uint8Array(length - 3 - message.length).fill(0x77), fromHex('00'), message);
}
const changed = (at: number, to: number, bytes = block()): Uint8Array => bytes.map((byte, i) => (i === at ? to : byte));
const unpad = (bytes: Uint8Array, failed: 0 | 1 = 0): string => toHex(unpadPreMaster(bytes, failed, VERSION, fallback));

describe('RFC 5246 7.4.7.1: the padded pre-master secret', () => {
  it.each([59, 128, 256, 384, 512])('a right block of %i bytes gives the 48 bytes', (length) => {
    expect(unpad(block(secret, length))).toBe(toHex(secret));
  });

  it('any non-zero padding is right', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 205 }), (padding) => {
        const nonZero = padding.map((byte) => byte || 1);
        expect(unpad(concat(fromHex('0002'), nonZero, fromHex('00'), secret))).toBe(toHex(secret));
      }),
    );
  });

  it('a zero in any place of the padding gives the fallback', () => {
    for (let i = 2; i < 256 - 49; i++) expect(unpad(changed(i, 0))).toBe(toHex(fallback));
  });

  it('any other first or second byte, separator or version gives the fallback', () => {
    for (const [at, right] of [
      [0, 0],
      [1, 2],
      [207, 0],
      [208, 3],
      [209, 3],
    ] as const) {
      for (let value = 0; value < 256; value++) {
        expect(unpad(changed(at, value))).toBe(value === right ? toHex(secret) : toHex(fallback));
      }
    }
  });

  it('a secret of any other length gives the fallback', () => {
    for (const length of [0, 1, 46, 47, 49, 50, 100]) {
      const message = concat(fromHex('0303'), new Uint8Array(length).fill(5)).subarray(0, length);
      expect(unpad(block(message))).toBe(toHex(fallback));
    }
  });

  it('a failed operation gives the fallback, however right the block looks', () => {
    expect(unpad(block(), 1)).toBe(toHex(fallback));
    expect(unpad(new Uint8Array(256), 1)).toBe(toHex(fallback));
  });

  it('random blocks give the fallback, and never more or less than 48 bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 59, maxLength: 300 }), (bytes) => {
        const shaped = bytes[0] === 0 && bytes[1] === 2;
        if (!shaped) expect(unpad(bytes)).toBe(toHex(fallback));
        expect(unpad(bytes).length).toBe(2 * PRE_MASTER_LENGTH);
      }),
    );
  });
});
