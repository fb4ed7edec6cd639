import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, fromHex, latin1, toHex } from '../bytes/bytes.ts';
import { SUITES } from '../crypto/suites.ts';
import { type AnnotatedField, type AnnotatedMessage, annotateMessage, annotateRecord } from './annotate.ts';
import * as hs from './testing/handshakes.ts';
import { RFC8448 } from './testing/rfc8448.ts';
import { FORM_SAMPLES } from './testing/samples.ts';

function flatten(fields: readonly AnnotatedField[]): AnnotatedField[] {
  return fields.flatMap((field) => [field, ...flatten(field.children)]);
}

function at(message: AnnotatedMessage, path: string): AnnotatedField {
  const found = flatten(message.fields).find((field) => field.path === path);
  if (found === undefined) throw new Error(`no field ${path}`);
  return found;
}

const outline = (message: AnnotatedMessage): string[] =>
  message.fields.map((field) => `${field.start}-${field.end} ${field.name} ${field.label ?? field.value}`);

describe('RFC 8448 section 3, the bytes of a real handshake', () => {
  test('the ClientHello is opened at the right offsets', () => {
    const message = annotateMessage(RFC8448.clientHello);
    expect(message.error).toBeUndefined();
    expect([message.name, message.form, message.rfc]).toEqual(['client_hello', 'client_hello', 'RFC 8446 4.1.2']);
    expect(outline(message)).toEqual([
      '0-1 msg_type client_hello',
      '1-4 length 192',
      '4-6 legacy_version TLSv1.2',
      '6-38 random cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece7',
      '38-39 legacy_session_id (empty)',
      '39-47 cipher_suites TLS_AES_128_GCM_SHA256, TLS_CHACHA20_POLY1305_SHA256, TLS_AES_256_GCM_SHA384',
      '47-49 legacy_compression_methods null',
      '49-196 extensions server_name, renegotiation_info, supported_groups, session_ticket, key_share, supported_versions, … (+3)',
    ]);
    const name = at(message, 'client_hello.extensions[0].server_name[0].host_name');
    expect([name.start, name.end, name.prefixLength, name.value, name.rfc]).toEqual([
      58,
      66,
      2,
      '"server"',
      'RFC 6066 3',
    ]);
    const share = at(message, 'client_hello.extensions[4].key_share[0].key_exchange');
    expect(share.value).toBe('99381de560e4bd43d23d8e435a7dbafeb3c06e51c13cae4d5413691e529aaf2c');
    expect(at(message, 'client_hello.legacy_version').remark?.en).toContain('supported_versions');
  });

  test('the ServerHello is told to be of TLS 1.3 from its extensions', () => {
    const message = annotateMessage(RFC8448.serverHello);
    expect([message.form, message.rfc, message.error]).toEqual(['server_hello_13', 'RFC 8446 4.1.3', undefined]);
    expect(at(message, 'server_hello.cipher_suite').label).toBe('TLS_AES_128_GCM_SHA256');
    expect(at(message, 'server_hello.extensions[0].key_share.group').label).toBe('x25519');
    expect(at(message, 'server_hello.extensions[1].supported_versions').label).toBe('TLSv1.3');
  });

  test('every other message is read to the last byte', () => {
    const read = Object.values(RFC8448).map((raw) => annotateMessage(raw));
    expect(read.map((message) => message.form)).toEqual([
      'client_hello',
      'server_hello_13',
      'encrypted_extensions',
      'certificate_13',
      'certificate_verify',
      'finished',
      'finished',
      'new_session_ticket_13',
    ]);
    expect(read.map((message) => message.error)).toEqual(read.map(() => undefined));
    const ticket = at(read[7] as AnnotatedMessage, 'new_session_ticket.extensions[0].early_data');
    expect(ticket.value).toBe('1024');
  });

  test('a record header is five bytes, three fields', () => {
    const message = annotateRecord(fromHex('16030100c4ffff'));
    expect(outline(message)).toEqual(['0-1 type handshake', '1-3 legacy_record_version TLSv1.0', '3-5 length 196']);
    expect(annotateRecord(fromHex('1603')).error?.offset).toBe(1);
  });
});

describe('the form of a message', () => {
  test.each(Object.entries(FORM_SAMPLES))('%s is told from its bytes', (form, { raw, ...context }) => {
    const message = annotateMessage(raw, context);
    expect([message.form, message.error]).toEqual([form, undefined]);
  });

  test('the context decides where it is given', () => {
    const asked = annotateMessage(hs.CLIENT_KEY_EXCHANGE_ECDHE, { keyExchange: 'rsa' });
    expect([asked.form, asked.error?.path]).toEqual([
      'client_key_exchange_rsa',
      'client_key_exchange.encrypted_pre_master_secret',
    ]);
    expect(annotateMessage(hs.CERTIFICATE_12, { version: 0x0304 }).error).toBeDefined();
    expect(annotateMessage(hs.CERTIFICATE_12, { version: 0x0303 }).error).toBeUndefined();
  });
});

describe('values that tell something', () => {
  test('RFC 8446 4.1.3: the downgrade sentinels in the random of a server', () => {
    const random = (tail: string): Uint8Array => concat(hs.filler(24), fromHex(tail));
    const remark = (tail: string): string | undefined =>
      at(annotateMessage(hs.serverHello12(0xc02f, random(tail))), 'server_hello.random').remark?.en;
    expect(remark('444f574e47524401')).toContain('could speak TLS 1.3');
    expect(remark('444f574e47524400')).toContain('could speak TLS 1.2');
    expect(remark('444f574e47524402')).toBeUndefined();
  });

  test('RFC 8446 4.1.3: the random of a HelloRetryRequest', () => {
    const message = annotateMessage(FORM_SAMPLES.hello_retry_request.raw);
    expect(message.name).toBe('hello_retry_request');
    expect(at(message, 'hello_retry_request.random').remark?.zh).toContain('HelloRetryRequest');
  });

  test('RFC 8701: GREASE among suites, groups and extensions is labelled', () => {
    const message = annotateMessage(FORM_SAMPLES.client_hello.raw);
    const [first] = at(message, 'client_hello.cipher_suites').children;
    expect([first?.value, first?.label]).toEqual(['0x2a2a', 'GREASE']);
    expect(first?.remark?.en).toBe('means nothing and must be ignored (RFC 8701)');
    expect(flatten(message.fields).find((field) => field.value === '0x3a3a')?.label).toBe('GREASE');
    const grease = withExtension(0x5a5a, fromHex('00'));
    const extension = at(annotateMessage(grease), 'client_hello.extensions[0]');
    expect([extension.label, extension.rfc]).toEqual(['GREASE', 'RFC 8701']);
  });

  test('an extension that the stack does not speak has its name (IANA) and keeps its bytes', () => {
    const hello = annotateMessage(withExtension(0xfe0d, fromHex('0001')));
    expect(at(hello, 'client_hello.extensions[0].extension_type').label).toBe('encrypted_client_hello');
    expect(at(hello, 'client_hello.extensions[0].extension_data').value).toBe('0001');
  });

  test('an unknown extension keeps its bytes, a misplaced one is named and refused', () => {
    const unknown = annotateMessage(withExtension(0x7777, fromHex('abcd')));
    expect(unknown.error).toBeUndefined();
    expect(at(unknown, 'client_hello.extensions[0].extension_data').value).toBe('abcd');
    const misplaced = annotateMessage(withExtension(48, fromHex('0000')));
    expect(at(misplaced, 'client_hello.extensions[0]').meaning.en).toContain('must not appear');
    expect(misplaced.error?.path).toBe('client_hello.extensions.oid_filters');
  });

  test('a suite says what it is made of', () => {
    const remark = at(annotateMessage(hs.serverHello12(0x009c)), 'server_hello.cipher_suite').remark;
    expect(remark).toEqual({
      en: 'RSA key exchange: no forward secrecy; AES-128-GCM, SHA-256',
      zh: 'RSA 密钥交换，没有前向安全性；AES-128-GCM, SHA-256',
    });
  });

  test('an alert says what happened', () => {
    const message = annotateMessage(fromHex('0230'), { contentType: 21 });
    expect(at(message, 'alert.description').label).toBe('unknown_ca');
    expect(at(message, 'alert.description').remark?.en).toContain('no authority that is trusted');
  });
});

describe('hostile and damaged bytes', () => {
  test('escape sequences in host names and protocols are shown, not sent', () => {
    const name = fromHex('1b5b33316d4576696c00e280ae22');
    const sni = concat(Uint8Array.of(0, name.length + 3, 0, 0, name.length), name);
    const message = annotateMessage(withExtension(0, sni));
    expect(message.error).toBeUndefined();
    const field = at(message, 'client_hello.extensions[0].server_name[0].host_name');
    expect(field.value).toBe('"\\x1b[31mEvil\\x00\\xe2\\x80\\xae\\""');
    const alpn = concat(Uint8Array.of(0, 5, 4), fromHex('68320a9b'));
    expect(at(annotateMessage(withExtension(16, alpn)), 'client_hello.extensions[0]').value).toBe('"h2\\x0a\\x9b"');
  });

  test('of a message that was cut off, what is there is shown and the end is named', () => {
    const message = annotateMessage(RFC8448.clientHello.subarray(0, 60));
    expect(message.fields.map((field) => field.name)).toContain('cipher_suites');
    expect(message.error).toMatchObject({ offset: 51, path: 'client_hello.extensions' });
    expect(annotateMessage(fromHex('0100')).error).toMatchObject({ offset: 2, path: 'handshake.length' });
    const long = annotateMessage(concat(hs.SERVER_HELLO_DONE, fromHex('aa')));
    expect(long.error).toEqual({ problem: '1 bytes follow the message', offset: 4, path: 'server_hello_done' });
  });

  test('an error inside an extension carries the offset in the whole message', () => {
    const broken = withExtension(0, fromHex('00050000ff6162'));
    const { error, fields } = annotateMessage(broken);
    expect(error?.path).toBe('client_hello.extensions[0].server_name[0].host_name');
    expect(toHex(broken.subarray(error?.offset))).toBe('6162');
    expect(flatten(fields).some((field) => field.name === 'name_type')).toBe(true);
  });

  test('never throws, whatever the bytes and the context', () => {
    const context = fc.record({
      version: fc.constantFrom(0x0303 as const, 0x0304 as const, undefined),
      keyExchange: fc.constantFrom(
        undefined,
        ...new Set(SUITES.flatMap((suite) => ('keyExchange' in suite ? [suite.keyExchange] : []))),
      ),
      contentType: fc.constantFrom(20, 21, 22, undefined),
    });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), context, (bytes, given) => {
        checkTree(annotateMessage(bytes, given));
        checkTree(annotateRecord(bytes));
      }),
      { numRuns: 1000 },
    );
  });

  test('never throws on a real message with some bytes changed', () => {
    const samples = fc.constantFrom(...Object.values(FORM_SAMPLES));
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(samples, changes, (sample, list) => {
        const bytes = sample.raw.slice();
        for (const [where, value] of list) bytes[where % bytes.length] = value;
        checkTree(annotateMessage(bytes, { contentType: sample.contentType }));
      }),
      { numRuns: 1500 },
    );
  });
});

describe('every byte of a valid message', () => {
  test.each(Object.entries(FORM_SAMPLES))('%s: belongs to one leaf, or to the length of one field', (_, sample) => {
    const { raw, ...context } = sample;
    const message = annotateMessage(raw, context);
    const owners = new Uint8Array(raw.length);
    for (const field of flatten(message.fields)) {
      const own = field.children.length === 0 ? field.end : field.start + field.prefixLength;
      for (let i = field.start; i < own; i++) owners[i] = (owners[i] as number) + 1;
    }
    expect(latin1(owners)).toBe('\u0001'.repeat(raw.length));
  });
});

/** Children lie within their parents, in order, and no shown text holds a control character. */
function checkTree(message: AnnotatedMessage): void {
  const check = (fields: readonly AnnotatedField[], start: number, end: number): void => {
    let from = start;
    for (const field of fields) {
      expect(field.start).toBeGreaterThanOrEqual(from);
      expect(field.end).toBeGreaterThanOrEqual(field.start);
      expect(field.end).toBeLessThanOrEqual(end);
      expect(/\p{Cc}|\p{Cf}/u.test(field.value + (field.label ?? ''))).toBe(false);
      check(field.children, field.start, field.end);
      from = field.end;
    }
  };
  check(message.fields, 0, message.raw.length);
}

/** A ClientHello with one extension. */
function withExtension(type: number, data: Uint8Array): Uint8Array {
  const extension = concat(Uint8Array.of(type >> 8, type & 255, data.length >> 8, data.length & 255), data);
  const head = concat(fromHex('0303'), hs.filler(32), fromHex('00000213010100'));
  const body = concat(head, Uint8Array.of(extension.length >> 8, extension.length & 255), extension);
  return concat(Uint8Array.of(1, 0, body.length >> 8, body.length & 255), body);
}
