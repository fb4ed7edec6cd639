// Certificate compression (RFC 8879) in both directions: which algorithm is taken, and lies: bombs, wrong lengths, garbage, what was
// not asked for.

import { describe, expect, it } from 'vitest';
import { concat, EMPTY, fromHex } from '../../src/bytes/bytes.ts';
import { encode } from '../../src/codec/run.ts';
import type { CertificateCompression } from '../../src/handshake/shared/compression.ts';
import * as wire from '../../src/wire/messages.ts';
import { BOTH, expectGiven, PACKED } from '../support/client_certificates13.ts';
import { edited, handshake } from '../support/forge.ts';
import {
  again13,
  answering,
  expectData,
  expectRefused13,
  expectResumed,
  helloOf,
  lying13,
  merge13,
  messages13,
  type Pair13,
  session13,
  shake13,
  TICKETS,
} from '../support/pair13.ts';
import { BROTLI, calls, ZLIB } from '../support/zlib.ts';

describe('RFC 8879: which algorithm', () => {
  const only = (one: CertificateCompression, what: 'compress' | 'decompress'): CertificateCompression => ({
    algorithm: one.algorithm,
    ...(what === 'compress'
      ? one.compress && { compress: one.compress }
      : one.decompress && { decompress: one.decompress }),
  });
  const algorithmOf = (pair: Pair13): number[] =>
    pair.seen.client.observed.flatMap((one) =>
      one.kind === 'message' && one.name === 'compressed_certificate'
        ? [((one.raw[4] ?? 0) << 8) | (one.raw[5] ?? 0)]
        : [],
    );

  it("the writer's first that the reader reads", () => {
    for (const [writes, reads, chosen] of [
      [[ZLIB, BROTLI], [BROTLI, ZLIB], [1]],
      [[BROTLI, ZLIB], [ZLIB, BROTLI], [2]],
      [[BROTLI, ZLIB], [ZLIB], [1]],
      [[ZLIB], [BROTLI], []],
      [[], [ZLIB], []],
      [[ZLIB], [], []],
      [[only(ZLIB, 'decompress'), BROTLI], [ZLIB, BROTLI], [2]],
      [[ZLIB], [only(ZLIB, 'compress')], []],
      [[only(ZLIB, 'compress')], [only(ZLIB, 'decompress')], [1]],
    ] as const) {
      const pair = shake13({ client: { certificateCompression: reads }, server: { certificateCompression: writes } });
      expect(algorithmOf(pair)).toEqual(chosen);
      expect(pair.client.error).toBeUndefined();
      expectData(pair);
    }
  });

  it('what is offered is what is read', () => {
    const pair = shake13(merge13(PACKED, { client: { certificateCompression: [only(ZLIB, 'compress'), BROTLI] } }));
    expect(helloOf(pair).extensions.known.compress_certificate).toEqual([2]);
    const none = shake13(merge13(PACKED, { client: { certificateCompression: [only(ZLIB, 'compress')] } }));
    expect(helloOf(none).extensions.known.compress_certificate).toBeUndefined();
  });

  it('beside a HelloRetryRequest, and TLS 1.2', () => {
    const retry = merge13(PACKED, {
      client: { groups: ['x25519', 'secp256r1'], keyShares: ['x25519'] },
      server: { groups: ['secp256r1'] },
    });
    expectGiven(shake13(retry));
    const v12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
    const old = shake13(merge13(PACKED, { client: { minVersion: 'TLSv1.2' }, server: v12 }));
    expect(old.server.agreement?.version).toBe(0x0303);
    expect(algorithmOf(old)).toEqual([]);
  });
});

describe.each(['client', 'server'] as const)('RFC 8879 4: lies to a %s', (role) => {
  const liar = role === 'client' ? 'server' : 'client';
  const packed = (
    change: (message: wire.CompressedCertificate, raw: Uint8Array) => wire.CompressedCertificate,
  ): Pair13 =>
    lying13(
      liar,
      'compressed_certificate',
      (raw) => [edited(wire.compressedCertificate, raw, (one) => change(one, raw))],
      PACKED,
    );
  const zip = (plain: Uint8Array, length = plain.length) => ({
    algorithm: 1,
    uncompressed_length: length,
    compressed_certificate_message: ZLIB.compress?.(plain) ?? EMPTY,
  });

  it.each([0, 3, 4, 0xffff])('algorithm %d, which was not offered', (algorithm) => {
    expectRefused13(
      packed((one) => ({ ...one, algorithm })),
      role,
      'ERR_TLS_ILLEGAL_VALUE',
      'illegal_parameter',
    );
  });

  it('the other algorithm, which was', () => {
    expectRefused13(
      packed((one) => ({ ...one, algorithm: 2 })),
      role,
      'ERR_TLS_BAD_COMPRESSION',
      'bad_certificate',
    );
  });

  it.each([-1, 1, 100])('a length that is off by %d', (off) => {
    const pair = packed((one) => ({ ...one, uncompressed_length: one.uncompressed_length + off }));
    expectRefused13(pair, role, 'ERR_TLS_BAD_COMPRESSION', 'bad_certificate');
  });

  it('a length of nothing', () => {
    const pair = packed((one) => ({ ...one, uncompressed_length: 0 }));
    expectRefused13(pair, role, 'ERR_TLS_BAD_COMPRESSION', 'bad_certificate');
  });

  it('a bomb: a hundred thousand times what it announces', () => {
    const pair = packed(() => zip(new Uint8Array(10_000_000), 100));
    expectRefused13(pair, role, 'ERR_TLS_BAD_COMPRESSION', 'bad_certificate');
  });

  it('a bomb that says so: it is not even unpacked', () => {
    for (const length of [2 ** 17 + 1, 2 ** 24 - 1]) {
      const { decompressed } = calls;
      const pair = packed(() => zip(new Uint8Array(2 ** 17 + 1), length));
      expectRefused13(pair, role, 'ERR_TLS_BAD_COMPRESSION', 'bad_certificate');
      // The other side's certificate may have been unpacked before.
      expect(calls.decompressed - decompressed).toBe(role === 'server' ? 1 : 0);
    }
  });

  it('the largest that is allowed, of zeros', () => {
    expectRefused13(
      packed(() => zip(new Uint8Array(2 ** 17))),
      role,
      'ERR_TLS_DECODE',
      'decode_error',
    );
  });

  it.each([
    [
      'garbage',
      () => ({ algorithm: 1, uncompressed_length: 100, compressed_certificate_message: new Uint8Array(50).fill(0xa5) }),
    ],
    [
      'a stream that is cut',
      (one: wire.CompressedCertificate) => ({
        ...one,
        compressed_certificate_message: one.compressed_certificate_message.subarray(0, -5),
      }),
    ],
    [
      'one bit changed',
      (one: wire.CompressedCertificate) => ({
        ...one,
        compressed_certificate_message: one.compressed_certificate_message.map((byte, i) =>
          i === 30 ? byte ^ 4 : byte,
        ),
      }),
    ],
  ] as const)('%s', (_, change) => {
    expectRefused13(packed(change), role, 'ERR_TLS_BAD_COMPRESSION', 'bad_certificate');
  });

  it.each([
    ['no Certificate', fromHex('ffffffff')],
    ['a Certificate with a byte behind it', fromHex('0000000000')],
    ['a Certificate with its header', handshake('certificate', fromHex('00000000'))],
  ] as const)('what unpacks to %s', (_, plain) => {
    expectRefused13(
      packed(() => zip(plain)),
      role,
      'ERR_TLS_DECODE',
      'decode_error',
    );
  });

  it('nothing', () => {
    const pair = lying13(
      liar,
      'compressed_certificate',
      () => [handshake('compressed_certificate', fromHex('0001000004000000'))],
      PACKED,
    );
    expectRefused13(pair, role, 'ERR_TLS_DECODE', 'decode_error');
  });

  it('a context in what unpacks well', () => {
    const plain = encode(wire.certificate13, {
      certificate_request_context: Uint8Array.of(7),
      certificate_list: [{ cert_data: fromHex('3000'), extensions: { list: [], known: {} } }],
    });
    expectRefused13(
      packed(() => zip(plain)),
      role,
      'ERR_TLS_BAD_CERTIFICATE_CONTEXT',
      'illegal_parameter',
    );
  });

  it('both forms, one after the other', () => {
    const pair = lying13(
      liar,
      'compressed_certificate',
      (raw) => [raw, handshake('certificate', fromHex('00000000'))],
      PACKED,
    );
    expectRefused13(pair, role, 'ERR_TLS_UNEXPECTED_MESSAGE', 'unexpected_message');
  });

  it('a compressed one that was not asked for', () => {
    const body = encode(wire.compressedCertificate, zip(fromHex('00000000')));
    const pair = lying13(liar, 'certificate', () => [handshake('compressed_certificate', body)], BOTH);
    expectRefused13(pair, role, 'ERR_TLS_ILLEGAL_VALUE', 'illegal_parameter');
  });

  it('a signature over the message unpacked, which is not what crossed', () => {
    const pair = shake13(PACKED, (made) => {
      const before = made[liar].reply;
      answering(made[liar], (need) => {
        if (need.kind !== 'signature') return undefined;
        return before({ ...need, data: concat(need.data.subarray(0, -1), Uint8Array.of(1 ^ (need.data.at(-1) ?? 0))) });
      });
    });
    expectRefused13(pair, role, 'ERR_TLS_BAD_SIGNATURE', 'decrypt_error');
  });
});

it('a resumption compresses nothing', () => {
  const options = merge13(PACKED, { server: { ticketKeys: TICKETS.server?.ticketKeys ?? [] } });
  const pair = again13(options, session13(options));
  expect(messages13(pair).filter((name) => name.includes('certificate'))).toEqual([]);
  expectResumed(pair);
});
