import { describe, expect, it } from 'vitest';
import { EMPTY, fromHex } from '../../bytes/bytes.ts';
import { encode } from '../../codec/run.ts';
import { certificate13 } from '../../wire/messages.ts';
import { type CertificateCompression, readable, unpackCertificate } from './compression.ts';

const message = {
  certificate_request_context: EMPTY,
  certificate_list: [{ cert_data: fromHex('3000'), extensions: { list: [], known: {} } }],
};
const plain = encode(certificate13, message);

/** "Compresses" by leaving as it is. */
const STORED: CertificateCompression = { algorithm: 1, compress: (bytes) => bytes, decompress: (bytes) => bytes };
const packed = (bytes: Uint8Array, length = bytes.length, algorithm = 1) => ({
  algorithm,
  uncompressed_length: length,
  compressed_certificate_message: bytes,
});

describe('RFC 8879 4: a CompressedCertificate', () => {
  it('unpacks to the message that was packed', () => {
    expect(unpackCertificate([STORED], packed(plain)).certificate_list[0]?.cert_data).toEqual(fromHex('3000'));
  });

  it.each([
    ['another algorithm', packed(plain, plain.length, 2), 'ERR_TLS_ILLEGAL_VALUE', 'illegal_parameter'],
    ['a length too small', packed(plain, plain.length - 1), 'ERR_TLS_BAD_COMPRESSION', 'bad_certificate'],
    ['a length too large', packed(plain, plain.length + 1), 'ERR_TLS_BAD_COMPRESSION', 'bad_certificate'],
    ['a length beyond any', packed(plain, 2 ** 17 + 1), 'ERR_TLS_BAD_COMPRESSION', 'bad_certificate'],
    ['what is no message', packed(fromHex('01')), 'ERR_TLS_DECODE', 'decode_error'],
  ] as const)('%s is refused', (_, one, code, alert) => {
    expect(() => unpackCertificate([STORED], one)).toThrow(expect.objectContaining({ code, alert }));
  });

  it('a host that gives up, or gives more than was announced', () => {
    for (const decompress of [() => undefined, () => new Uint8Array(2 ** 18)]) {
      expect(() => unpackCertificate([{ algorithm: 1, decompress }], packed(plain))).toThrow(
        expect.objectContaining({ code: 'ERR_TLS_BAD_COMPRESSION' }),
      );
    }
  });

  it('is not unpacked by who only packs', () => {
    expect(() => unpackCertificate([{ algorithm: 1, compress: (bytes) => bytes }], packed(plain))).toThrow(
      expect.objectContaining({ code: 'ERR_TLS_ILLEGAL_VALUE' }),
    );
  });

  it('the host is told how much to unpack at most, and is not asked for more than a message may hold', () => {
    const lengths: number[] = [];
    const counting = { algorithm: 1, decompress: (_bytes: Uint8Array, length: number) => void lengths.push(length) };
    for (const length of [5, 2 ** 17, 2 ** 17 + 1, 2 ** 24 - 1]) {
      expect(() => unpackCertificate([counting], packed(plain, length))).toThrow();
    }
    expect(lengths).toEqual([5, 2 ** 17]);
  });
});

it('what is offered is what can be unpacked, in order', () => {
  const write: CertificateCompression = { algorithm: 3, compress: (bytes) => bytes };
  expect(readable([STORED, write, { ...STORED, algorithm: 2 }])).toEqual([1, 2]);
  expect([readable([]), readable([write])]).toEqual([undefined, undefined]);
});
