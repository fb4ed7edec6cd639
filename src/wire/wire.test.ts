import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, equal, fromHex, toHex } from '../bytes/bytes.ts';
import { DecodeError } from '../bytes/decode_error.ts';
import { type Codec, empty } from '../codec/codec.ts';
import { decode, encode, type Span } from '../codec/run.ts';
import { ERROR_CODES } from './error_codes.ts';
import * as bodies from './extension_bodies.ts';
import {
  buildExtensions,
  EXTENSIONS,
  type ExtensionMessage,
  type ExtensionName,
  extensionBlock,
  extensionName,
  type RawExtension,
} from './extensions.ts';
import * as exchanges from './key_exchange.ts';
import * as messages from './messages.ts';
import { ALERT, isGrease } from './registry/names.ts';
import { decodeSpans } from './spans.ts';
import { type AnySample, BODIES, KEY_EXCHANGES, MESSAGES } from './testing/samples.ts';
import { malformed, TlsError } from './tls_error.ts';

const isCodec = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'read' in value && 'write' in value;
const codecsOf = (module: object): string[] =>
  Object.entries(module).flatMap(([name, value]) => (isCodec(value) ? [name] : []));

it('every codec that messages.ts and extension_bodies.ts export has a row in the samples', () => {
  expect(Object.keys(MESSAGES).sort()).toEqual(codecsOf(messages).sort());
  expect(Object.keys(KEY_EXCHANGES).sort()).toEqual(codecsOf(exchanges).sort());
  expect(Object.keys(BODIES).sort()).toEqual(codecsOf(bodies).sort());
});

it('every cell of the table of extensions holds a codec of extension_bodies.ts or the empty one', () => {
  const known = new Set<unknown>([empty, ...Object.values(BODIES).map((row) => row.codec)]);
  for (const [name, { in: cells }] of Object.entries(EXTENSIONS)) {
    for (const [message, codec] of Object.entries(cells)) {
      expect(known.has(codec), `${name} in ${message}`).toBe(true);
    }
  }
});

const ROWS: readonly [string, AnySample][] = [
  ...Object.entries(MESSAGES),
  ...Object.entries(KEY_EXCHANGES),
  ...Object.entries(BODIES),
];

/** The value, or what it failed with, which must be one of the two errors that bytes may cause. */
function attempt<T>(codec: Codec<T>, bytes: Uint8Array): { value?: T; error?: DecodeError | TlsError } {
  try {
    return { value: decode(codec, bytes) };
  } catch (error) {
    if (error instanceof DecodeError || error instanceof TlsError) return { error };
    throw error;
  }
}

describe.each(ROWS)('%s', (_name, { codec, values, shorter }) => {
  it('what is written is read back, and written again the same', () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = encode(codec, value);
        const back = decode(codec, bytes);
        expect(isDeepStrictEqual(plain(back), plain(value))).toBe(true);
        expect(equal(encode(codec, back), bytes)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('every strict prefix fails, but for those that the format allows', () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = encode(codec, value);
        for (let length = 0; length < bytes.length; length++) {
          const { error } = attempt(codec, bytes.subarray(0, length));
          const reason = shorter?.(value, length);
          if (reason === undefined) expect(error, `${toHex(bytes)} cut to ${length}`).toBeInstanceOf(DecodeError);
          else expect(error, reason).toBeUndefined();
        }
      }),
      { numRuns: 20 },
    );
  });

  it('a byte more than the format has fails', () => {
    fc.assert(
      fc.property(values, fc.nat({ max: 255 }), (value, extra) => {
        const longer = concat(encode(codec, value), Uint8Array.of(extra));
        if (shorter?.(value, longer.length - 1)?.includes('opaque')) return;
        expect(attempt(codec, longer).error).toBeInstanceOf(DecodeError);
      }),
      { numRuns: 20 },
    );
  });

  it('random bytes, and valid ones with some changed, give a value or a DecodeError or TlsError', () => {
    const changed = fc
      .tuple(values, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }))
      .map(([value, changes]) => {
        const bytes = encode(codec, value).slice();
        for (const [at, to] of changes) if (bytes.length > 0) bytes[at % bytes.length] = to;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 160 }), changed), (bytes) => {
        const { value, error } = attempt(codec, bytes);
        // What is read can be written, and reading it again gives the same.
        if (error === undefined)
          expect(isDeepStrictEqual(plain(decode(codec, encode(codec, value))), plain(value))).toBe(true);
        else expect(ALERT).toHaveProperty(error.alert ?? 'none');
      }),
      { numRuns: 150 },
    );
  });

  it('reading with spans gives the same value; fields lie in their parents, in order, and cover the bytes', () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = encode(codec, value);
        const { value: back, spans, error } = decodeSpans(codec, bytes);
        expect(error).toBeUndefined();
        expect(isDeepStrictEqual(plain(back), plain(value))).toBe(true);
        checkSpans(spans, 0, bytes.length);
      }),
      { numRuns: 20 },
    );
  });
});

function checkSpans(spans: readonly Span[], start: number, end: number): void {
  let at = start;
  for (const span of spans) {
    expect(span.start).toBeGreaterThanOrEqual(at);
    expect(span.end).toBeLessThanOrEqual(end);
    expect(span.end).toBeGreaterThanOrEqual(span.start);
    checkSpans(span.children, span.start, span.end);
    at = span.end;
  }
}

/** Views and copies alike become arrays, so that values can be compared. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
  }
  return value;
}

const COLUMNS: readonly ExtensionMessage[] = [
  'client_hello',
  'server_hello_12',
  'server_hello_13',
  'hello_retry_request',
  'encrypted_extensions',
  'certificate',
  'certificate_request',
  'new_session_ticket',
];

describe('RFC 8446 4.2: the block of extensions', () => {
  const names = Object.keys(EXTENSIONS) as ExtensionName[];
  const block = (...list: readonly RawExtension[]): Uint8Array => {
    const write = extensionBlock('client_hello');
    return encode(write, { list, known: {} });
  };

  it.each(COLUMNS)('%s: an extension that may be there is refused when it is there twice', (message) => {
    let count = 0;
    for (const name of names) {
      const codec = (EXTENSIONS[name].in as Record<string, Codec<unknown> | undefined>)[message];
      if (codec === undefined) continue;
      const values =
        codec === empty ? fc.constant(true) : Object.values(BODIES).find((row) => row.codec === codec)?.values;
      if (values === undefined) throw new Error(`no sample for ${name}`);
      const [value] = fc.sample(values as fc.Arbitrary<unknown>, { numRuns: 1, seed: 1 });
      const one = { extension_type: EXTENSIONS[name].id, extension_data: encode(codec, value) };
      expect(attempt(extensionBlock(message), block(one)).error, name).toBeUndefined();
      expect(attempt(extensionBlock(message), block(one, one)).error, name).toMatchObject({
        code: 'ERR_TLS_DUPLICATE_EXTENSION',
        alert: 'decode_error',
      });
      count++;
    }
    expect(count).toBeGreaterThan(0);
  });

  it("RFC 8446 4.4.2.1: a server asks for a client's OCSP response with an empty status_request", () => {
    const codec = extensionBlock('certificate_request');
    const bytes = Uint8Array.of(0, 4, 0, 5, 0, 0);
    expect(attempt(codec, bytes).value).toMatchObject({ known: { status_request: true } });
    const full = Uint8Array.of(0, 9, 0, 5, 0, 5, 1, 0, 0, 0, 0);
    expect(attempt(codec, full).error).toBeDefined();
  });

  it.each(COLUMNS)('%s: an extension that has no place there is refused with illegal_parameter', (message) => {
    for (const name of names) {
      if (message in EXTENSIONS[name].in) continue;
      const one = { extension_type: EXTENSIONS[name].id, extension_data: new Uint8Array(0) };
      expect(attempt(extensionBlock(message), block(one)).error, name).toMatchObject({
        code: 'ERR_TLS_MISPLACED_EXTENSION',
        alert: 'illegal_parameter',
        where: { message, field: `extensions.${name}` },
      });
      expect(() => buildExtensions(message, { [name]: true } as never)).toThrow(RangeError);
    }
  });

  it('unknown extensions keep bytes and place; twice the same unknown one is refused too', () => {
    const strange = { extension_type: 0xfffe, extension_data: fromHex('010203') };
    const alpn = { extension_type: 16, extension_data: fromHex('0003026832') };
    const back = decode(extensionBlock('client_hello'), block(strange, alpn));
    expect(back.list.map((one) => one.extension_type)).toEqual([0xfffe, 16]);
    expect(back.known).toEqual({ application_layer_protocol_negotiation: ['h2'] });
    expect(attempt(extensionBlock('client_hello'), block(strange, strange)).error).toMatchObject({
      code: 'ERR_TLS_DUPLICATE_EXTENSION',
    });
  });

  it('a body is consumed to its last byte, and its error names the extension', () => {
    const { error } = attempt(
      extensionBlock('client_hello'),
      block({ extension_type: EXTENSIONS.supported_versions.id, extension_data: fromHex('02030400') }),
    );
    expect(error).toMatchObject({ path: ['extensions', 'supported_versions'], alert: 'decode_error' });
  });

  it('numbers and names of the table are unique, and no row has the number of GREASE', () => {
    const ids = names.map((name) => EXTENSIONS[name].id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const name of names) {
      expect(extensionName(EXTENSIONS[name].id)).toBe(name);
      expect(isGrease(EXTENSIONS[name].id)).toBe(false);
    }
  });
});

describe('messages', () => {
  it('RFC 8446 4.1.3: HelloRetryRequest is told by its random, not by anything else', () => {
    const body = concat(fromHex('0303'), messages.HELLO_RETRY_RANDOM, fromHex('00130100'));
    expect(messages.isHelloRetryRequest(body)).toBe(true);
    for (let i = 2; i < 34; i++) {
      const other = body.slice();
      other[i] = (other[i] as number) ^ 1;
      expect(messages.isHelloRetryRequest(other)).toBe(false);
    }
    expect(messages.isHelloRetryRequest(body.subarray(0, 33))).toBe(false);
  });

  it('RFC 5746 3.2, RFC 7301 3.1: protocol names keep bytes above 0x7f', () => {
    const bytes = encode(bodies.protocolNameList, ['\u00ff\u0001']);
    expect(toHex(bytes)).toBe('000302ff01');
    expect(decode(bodies.protocolNameList, bytes)).toEqual(['\u00ff\u0001']);
  });
});

describe('errors', () => {
  it('every code has a row of its own with an alert of the registry, where it has one', () => {
    for (const row of Object.values(ERROR_CODES)) if (row.alert !== undefined) expect(ALERT).toHaveProperty(row.alert);
  });

  it('a DecodeError becomes ERR_TLS_DECODE or ERR_TLS_ILLEGAL_VALUE with message, field and byte', () => {
    const error = new DecodeError('short', 7);
    error.path.push('list', '[2]', 'name');
    expect(malformed('certificate', error)).toMatchObject({
      code: 'ERR_TLS_DECODE',
      alert: 'decode_error',
      where: { message: 'certificate', field: 'list[2].name', offset: 7 },
    });
    expect(malformed('x', new DecodeError('odd', 0, 'illegal_parameter'))).toMatchObject({
      code: 'ERR_TLS_ILLEGAL_VALUE',
      alert: 'illegal_parameter',
    });
  });

  it('at() fills in the place once, and keeps everything else', () => {
    const error = new TlsError('ERR_TLS_BAD_ALERT', 'text', { alert: 'internal_error', expected: 1, actual: 2 });
    const placed = error.at({ message: 'alert' });
    expect(placed).toMatchObject({ code: 'ERR_TLS_BAD_ALERT', alert: 'internal_error', expected: 1, actual: 2 });
    expect(placed.at({ message: 'other' }).where).toEqual({ message: 'alert' });
  });
});
