import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, EMPTY, fromHex, fromLatin1, toHex } from '../bytes/bytes.ts';
import type { Suite } from '../crypto/suites.ts';
import { SUITES } from '../crypto/suites.ts';
import { nodeProvider } from '../providers/node.ts';
import { TlsError } from '../wire/tls_error.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { makeOpener, makeSealer } from './protect.ts';
import { makeHeader } from './protection.ts';
import { type Incoming, ReadHalf } from './read_half.ts';

const HANDSHAKE = 22;
const DATA = 23;
const plain = (type: number, content: Uint8Array, version = 0x0303): Uint8Array =>
  concat(makeHeader(type, version, content.length), content);
const message = (type: number, length: number): Uint8Array =>
  concat(Uint8Array.of(type, length >> 16, length >> 8, length), new Uint8Array(length).fill(type));

const find = (version: Suite['version']): Suite => SUITES.find((one) => one.version === version) as Suite;
const keys = { key: new Uint8Array(16), iv: new Uint8Array(12) };
const suites = { tls12: find('tls12'), tls13: find('tls13') } as const;
const keysFor = (version: 'tls12' | 'tls13') => (version === 'tls12' ? { ...keys, iv: new Uint8Array(4) } : keys);

/** A half that reads under keys, and what seals for it. */
function keyed(version: 'tls12' | 'tls13'): {
  half: ReadHalf;
  seal: (type: number, content: Uint8Array) => Uint8Array;
} {
  const half = new ReadHalf(DEFAULT_LIMITS);
  half.setKeys(makeOpener(nodeProvider, suites[version], keysFor(version)));
  const sealer = makeSealer(nodeProvider, suites[version], keysFor(version));
  return {
    half,
    seal(type, content) {
      const out: Uint8Array[] = [];
      sealer.seal(type, content, out);
      return concat(...out);
    },
  };
}

function readAll(half: ReadHalf, ...chunks: readonly Uint8Array[]): Incoming[] {
  const all: Incoming[] = [];
  for (const chunk of chunks) {
    half.push(chunk);
    for (let one = half.next(); one !== undefined; one = half.next()) all.push(one);
    half.retain();
  }
  return all;
}

const shown = (all: readonly Incoming[]): string[] =>
  all.map((one) => (one.kind === 'handshake' ? `${one.type}:${toHex(one.raw)}` : `${one.kind}:${toHex(one.content)}`));
const failing = (code: string, alert: string): unknown => expect.objectContaining({ code, alert });

describe('RFC 8446 5.1: framing', () => {
  const stream = concat(
    plain(HANDSHAKE, message(1, 10)),
    plain(HANDSHAKE, concat(message(2, 0), message(11, 300), message(14, 3).subarray(0, 2))),
    plain(HANDSHAKE, message(14, 3).subarray(2)),
    plain(HANDSHAKE, message(20, 5000).subarray(0, 1)),
    plain(HANDSHAKE, message(20, 5000).subarray(1, 4999)),
    plain(HANDSHAKE, message(20, 5000).subarray(4999)),
    plain(20, fromHex('01')),
    plain(21, fromHex('0100')),
  );
  const expected = [message(1, 10), message(2, 0), message(11, 300), message(14, 3), message(20, 5000)].map(
    (raw) => `${raw[0]}:${toHex(raw)}`,
  );
  const whole = [...expected, 'change_cipher_spec:01', 'alert:0100'];

  it('several messages in a record and one over many records come out whole and in order', () => {
    expect(shown(readAll(new ReadHalf(DEFAULT_LIMITS), stream))).toEqual(whole);
  });

  it('a byte at a time gives the same', () => {
    const bytes = Array.from(stream, (byte) => Uint8Array.of(byte));
    expect(shown(readAll(new ReadHalf(DEFAULT_LIMITS), ...bytes))).toEqual(whole);
  });

  it('any cut of the stream gives the same, and the chunks may be overwritten after retain, Buffers too', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { maxLength: 30 }), fc.boolean(), (sizes, buffers) => {
        const half = new ReadHalf(DEFAULT_LIMITS);
        const all: Incoming[] = [];
        let at = 0;
        for (const size of [...sizes, stream.length]) {
          const cut = stream.slice(at, at + size);
          const chunk = buffers ? Buffer.from(cut) : cut;
          at += size;
          all.push(...readAll(half, chunk));
          chunk.fill(0xff);
        }
        expect(shown(all.filter((one) => one.kind === 'handshake'))).toEqual(expected);
        expect(half.hasPartial).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('input that waits is copied as often as it doubles, however small its pieces are, and is given back', () => {
    const half = new ReadHalf(DEFAULT_LIMITS);
    const memories = new Set<unknown>();
    const whole = plain(HANDSHAKE, message(11, 9000));
    for (const byte of whole) {
      half.push(Uint8Array.of(byte));
      half.retain();
      memories.add((half as unknown as { store: Uint8Array }).store);
    }
    expect(memories.size).toBeLessThan(16);
    expect(shown(readAll(half, new Uint8Array(0)))).toEqual([`11:${toHex(message(11, 9000))}`]);
    expect((half as unknown as { store: Uint8Array }).store.length).toBe(0);
  });

  it('memory for a message grows with what is there, and not with what it announces', () => {
    const half = new ReadHalf(DEFAULT_LIMITS);
    const whole = message(11, 2 ** 17);
    const held = (): number => (half as unknown as { assembly?: Uint8Array }).assembly?.length ?? 0;
    readAll(half, plain(HANDSHAKE, whole.subarray(0, 5)));
    expect(held()).toBeLessThan(4096);
    for (let at = 5; at < whole.length; at += 9000) {
      const out = readAll(half, plain(HANDSHAKE, whole.subarray(at, at + 9000)));
      expect(held()).toBeLessThanOrEqual(2 * (at + 9000) + 4096);
      if (at + 9000 >= whole.length) expect(shown(out)).toEqual([`11:${toHex(whole)}`]);
    }
  });

  it('hasPartial tells a stream that stopped inside a record or a message from one that stopped between', () => {
    const half = new ReadHalf(DEFAULT_LIMITS);
    readAll(half, stream.subarray(0, 3));
    expect(half.hasPartial).toBe(true);
    readAll(half, stream.subarray(3, 19));
    expect(half.hasPartial).toBe(false);
    readAll(half, plain(HANDSHAKE, message(20, 9).subarray(0, 4)));
    expect([half.hasPartial, half.hasHandshakeBytes]).toEqual([true, true]);
  });
});

describe('limits', () => {
  const at = (length: number, type = HANDSHAKE): Uint8Array => makeHeader(type, 0x0303, length);

  it('RFC 8446 5.1: 2^14 bytes in the clear are allowed, one more is a record_overflow as soon as the header is there', () => {
    const body = concat(Uint8Array.of(1, 0, 0x3f, 0xfc), new Uint8Array(2 ** 14 - 4));
    expect(readAll(new ReadHalf(DEFAULT_LIMITS), plain(HANDSHAKE, body)).length).toBe(1);
    expect(() => readAll(new ReadHalf(DEFAULT_LIMITS), at(2 ** 14 + 1))).toThrow(
      failing('ERR_TLS_RECORD_OVERFLOW', 'record_overflow') as Error,
    );
  });

  it.each([
    ['tls12', 2048, 'RFC 5246 6.2.3'],
    ['tls13', 256, 'RFC 8446 5.2'],
  ] as const)('%s: a record may expand by %i bytes (%s), and not by one more', (version, expansion, _rfc) => {
    expect(readAll(keyed(version).half, at(2 ** 14 + expansion, DATA))).toEqual([]);
    expect(() => readAll(keyed(version).half, at(2 ** 14 + expansion + 1, DATA))).toThrow(
      failing('ERR_TLS_RECORD_OVERFLOW', 'record_overflow') as Error,
    );
  });

  it.each(['tls12', 'tls13'] as const)(
    '%s: 2^14 bytes of content are allowed, one more is a record_overflow',
    (version) => {
      const fine = keyed(version);
      const [incoming] = readAll(fine.half, fine.seal(DATA, new Uint8Array(2 ** 14)));
      expect(incoming?.kind === 'data' && incoming.content.length).toBe(2 ** 14);
      const over = keyed(version);
      expect(() => readAll(over.half, over.seal(DATA, new Uint8Array(2 ** 14 + 1)))).toThrow(
        failing('ERR_TLS_RECORD_OVERFLOW', 'record_overflow') as Error,
      );
    },
  );

  it('RFC 8446 5.4: padding counts: content and padding of 2^14 bytes are allowed, one more is a record_overflow', () => {
    const padded = (zeros: number): (() => Incoming[]) => {
      const { half } = keyed('tls13');
      const inner = concat(fromHex('686917'), new Uint8Array(zeros));
      const header = makeHeader(DATA, 0x0303, inner.length + 16);
      const out: Uint8Array[] = [header];
      nodeProvider.aead('aes-128-gcm', keys.key).seal(keys.iv, header, [inner], out);
      return () => readAll(half, concat(...out));
    };
    expect(shown(padded(2 ** 14 - 2)())).toEqual(['data:6869']);
    expect(padded(2 ** 14 - 1)).toThrow(failing('ERR_TLS_RECORD_OVERFLOW', 'record_overflow') as Error);
  });

  it('a handshake message that says it is too large is refused before it is there', () => {
    const half = new ReadHalf(DEFAULT_LIMITS);
    const length = DEFAULT_LIMITS.handshakeMessage + 1;
    const start = Uint8Array.of(11, length >> 16, length >> 8, length);
    expect(() => readAll(half, plain(HANDSHAKE, start))).toThrow(
      failing('ERR_TLS_MESSAGE_TOO_LARGE', 'illegal_parameter') as Error,
    );
    expect(readAll(new ReadHalf(DEFAULT_LIMITS), plain(HANDSHAKE, Uint8Array.of(11, 2, 0, 0)))).toEqual([]);
  });
});

describe('what may not be', () => {
  it.each([HANDSHAKE, 20, 21])('RFC 8446 5.1: an empty record of type %i', (type) => {
    expect(() => readAll(new ReadHalf(DEFAULT_LIMITS), plain(type, EMPTY))).toThrow(
      failing('ERR_TLS_EMPTY_RECORD', 'unexpected_message') as Error,
    );
    const { half, seal } = keyed('tls12');
    expect(() => readAll(half, seal(type, EMPTY))).toThrow(
      failing('ERR_TLS_EMPTY_RECORD', 'unexpected_message') as Error,
    );
  });

  it.each([EMPTY, fromHex('00')])('application data in the clear, empty or not', (content) => {
    expect(() => readAll(new ReadHalf(DEFAULT_LIMITS), plain(DATA, content))).toThrow(
      failing('ERR_TLS_UNEXPECTED_DATA', 'unexpected_message') as Error,
    );
  });

  it.each([0, 19, 24, 25, 255])('an unknown content type %i, outside and within', (type) => {
    const half = new ReadHalf(DEFAULT_LIMITS);
    readAll(half, plain(HANDSHAKE, message(1, 1)));
    expect(() => readAll(half, plain(type, fromHex('00')))).toThrow(
      failing('ERR_TLS_ILLEGAL_VALUE', 'unexpected_message') as Error,
    );
    if (type === 0) return; // A type of zero is padding there.
    const { half: inner, seal } = keyed('tls13');
    expect(() => readAll(inner, seal(type, fromHex('00')))).toThrow(
      failing('ERR_TLS_ILLEGAL_VALUE', 'unexpected_message') as Error,
    );
  });

  it.each([20, 21, DATA])('RFC 8446 5.1: a record of type %i between the parts of a message', (type) => {
    for (const part of [1, 3, 5]) {
      const { half, seal } = keyed('tls12');
      readAll(half, seal(HANDSHAKE, message(4, 9).subarray(0, part)));
      expect(() => readAll(half, seal(type, fromHex('01')))).toThrow(
        failing('ERR_TLS_INTERLEAVED', 'unexpected_message') as Error,
      );
    }
  });

  it.each([
    ['whole', 8],
    ['partial', 5],
    ['partial', 1],
  ] as const)('RFC 8446 5.1: a key change with a %s message waiting (%i bytes)', (_what, count) => {
    const half = new ReadHalf(DEFAULT_LIMITS);
    half.push(plain(HANDSHAKE, concat(message(2, 3), message(8, 4).subarray(0, count))));
    expect(half.next()?.kind).toBe('handshake');
    if (count < 8) expect(half.next()).toBeUndefined();
    expect(() => half.setKeys(makeOpener(nodeProvider, suites.tls13, keys))).toThrow(
      failing('ERR_TLS_KEY_CHANGE_MID_MESSAGE', 'unexpected_message') as Error,
    );
  });

  it('header versions: any 3.x is taken, as RFC 8446 5.1 says; another major version is refused', () => {
    for (const version of [0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x03ff]) {
      expect(readAll(new ReadHalf(DEFAULT_LIMITS), plain(HANDSHAKE, message(1, 1), version)).length).toBe(1);
    }
    const half = new ReadHalf(DEFAULT_LIMITS);
    readAll(half, plain(HANDSHAKE, message(1, 1)));
    expect(() => readAll(half, plain(HANDSHAKE, message(1, 1), 0x0203))).toThrow(
      failing('ERR_TLS_RECORD_VERSION', 'protocol_version') as Error,
    );
  });
});

describe('RFC 8446 5, D.4: ChangeCipherSpec and alerts beside protected records', () => {
  it('in TLS 1.3 the single byte 1 in the clear is handed on; every other form is refused', () => {
    expect(shown(readAll(keyed('tls13').half, plain(20, fromHex('01'))))).toEqual(['change_cipher_spec:01']);
    for (const content of ['00', '02', '0101']) {
      expect(() => readAll(keyed('tls13').half, plain(20, fromHex(content)))).toThrow(
        failing('ERR_TLS_ILLEGAL_VALUE', 'unexpected_message') as Error,
      );
      expect(() => readAll(new ReadHalf(DEFAULT_LIMITS), plain(20, fromHex(content)))).toThrow(
        failing('ERR_TLS_BAD_CHANGE_CIPHER_SPEC', 'unexpected_message') as Error,
      );
    }
    const { half, seal } = keyed('tls13');
    expect(() => readAll(half, seal(20, fromHex('01')))).toThrow(
      failing('ERR_TLS_BAD_CHANGE_CIPHER_SPEC', 'unexpected_message') as Error,
    );
  });

  it('a handshake message in the clear is refused once records are protected', () => {
    expect(() => readAll(keyed('tls13').half, plain(HANDSHAKE, message(8, 2)))).toThrow(
      failing('ERR_TLS_ILLEGAL_VALUE', 'unexpected_message') as Error,
    );
  });

  it('an alert in the clear is let through until the first protected record, never after it, whatever the key', () => {
    expect(shown(readAll(keyed('tls13').half, plain(21, fromHex('0228'))))).toEqual(['alert:0228']);
    const { half, seal } = keyed('tls13');
    readAll(half, seal(DATA, fromHex('00')));
    half.setKeys(makeOpener(nodeProvider, suites.tls13, keys));
    expect(() => readAll(half, plain(21, fromHex('0100')))).toThrow(
      failing('ERR_TLS_ILLEGAL_VALUE', 'unexpected_message') as Error,
    );
  });

  it('in TLS 1.2 nothing comes in the clear once records are protected', () => {
    for (const type of [20, 21, HANDSHAKE, DATA]) {
      expect(() => readAll(keyed('tls12').half, plain(type, fromHex('0100')))).toThrow(
        failing('ERR_TLS_BAD_RECORD_MAC', 'bad_record_mac') as Error,
      );
    }
  });
});

describe('a peer that does not speak TLS', () => {
  it.each([
    'HTTP/1.1 400 Bad Request\r\n',
    'GET / HTTP/1.1\r\n',
    'SSH-2.0-OpenSSH_9.6\r\n',
    '220 mail.example.org ESMTP\r\n',
    '* OK IMAP4rev1\r\n',
    '\u0000\u0000',
    '\u0016HTTP',
    '\u0080\u002e\u0001',
  ])('%j gives ERR_TLS_NOT_TLS with its first bytes, after five bytes at most', (banner) => {
    const bytes = fromLatin1(banner);
    for (const chunks of [[bytes], Array.from(bytes.subarray(0, 5), (byte) => Uint8Array.of(byte))]) {
      let error: unknown;
      try {
        readAll(new ReadHalf(DEFAULT_LIMITS), ...chunks);
      } catch (caught) {
        error = caught;
      }
      expect(error).toBeInstanceOf(TlsError);
      expect(error).toMatchObject({ code: 'ERR_TLS_NOT_TLS', alert: 'unexpected_message' });
      expect(banner.startsWith(String((error as TlsError).actual).slice(0, 1))).toBe(true);
    }
  });
});
