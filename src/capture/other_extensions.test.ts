// Extensions that the stack does not speak: each is opened where it may appear, explained, and never a fault.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, fromHex } from '../bytes/bytes.ts';
import { type AnnotatedField, annotateMessage } from '../inspect/annotate.ts';
import type { ExtensionMessage } from '../wire/extensions.ts';
import { otherExtensionName } from '../wire/registry/other_extensions.ts';
import { otherExtensionCells, otherExtensions } from './other_extensions.ts';
import { OTHER_EXTENSION_FIELDS, OTHER_EXTENSION_TEXTS } from './texts/other_extensions.ts';

function flatten(fields: readonly AnnotatedField[]): AnnotatedField[] {
  return fields.flatMap((field) => [field, ...flatten(field.children)]);
}

const length = (size: 1 | 2 | 3, bytes: Uint8Array): Uint8Array =>
  concat(
    Uint8Array.from({ length: size }, (_, i) => (bytes.length >> (8 * (size - 1 - i))) & 255),
    bytes,
  );
const handshake = (type: number, body: Uint8Array): Uint8Array => concat(Uint8Array.of(type), length(3, body));
const hello = (random: string, after: string, block: Uint8Array): Uint8Array =>
  concat(fromHex(`0303${random}00${after}`), length(2, block));
const VERSION_13 = fromHex('002b00020304');
const RANDOM = '11'.repeat(32);
const RETRY = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';

/** A message of this kind with one extension. */
function messageWith(message: ExtensionMessage, id: number, body: Uint8Array): Uint8Array {
  const one = concat(Uint8Array.of(id >> 8, id & 255), length(2, body));
  switch (message) {
    case 'client_hello':
      return handshake(1, hello(RANDOM, '000213010100', one));
    case 'server_hello_12':
      return handshake(2, hello(RANDOM, 'c02f00', one));
    case 'server_hello_13':
      return handshake(2, hello(RANDOM, '130100', concat(VERSION_13, one)));
    case 'hello_retry_request':
      return handshake(2, hello(RETRY, '130100', concat(VERSION_13, one)));
    case 'encrypted_extensions':
      return handshake(8, length(2, one));
    case 'certificate':
      return handshake(11, concat(Uint8Array.of(0), length(3, concat(length(3, fromHex('3000')), length(2, one)))));
    case 'certificate_request':
      return handshake(13, concat(Uint8Array.of(0), length(2, one)));
    default:
      throw new Error(`no ${message}`);
  }
}

const opened = (message: ExtensionMessage, id: number, body: Uint8Array): AnnotatedField | undefined =>
  flatten(
    annotateMessage(messageWith(message, id, body), {
      version: message.endsWith('12') ? 0x0303 : 0x0304,
      others: otherExtensions,
    }).fields,
  )
    .find((field) => field.children[0]?.name === 'extension_type' && field.children[0].value === String(id))
    ?.children.at(2);

const ECH_CONFIG = `fe0d001e${'07'}0020${'0004aabbccdd'}${'000400010001'}${'40'}${'0b'}${'7075626c69632e746573'}74${'0000'}`;

/** Body, and what is shown of it. */
const SAMPLES: Readonly<Record<string, readonly [body: string, shown: string]>> = {
  '2 client_hello': ['', '(empty)'],
  '2 server_hello_12': ['', '(empty)'],
  '4 client_hello': ['', '(empty)'],
  '4 server_hello_12': ['', '(empty)'],
  '9 client_hello': ['020100', 'OpenPGP, X509'],
  '9 server_hello_12': ['01', '1'],
  '9 encrypted_extensions': ['00', '0'],
  '12 client_hello': ['05616c696365', '"alice"'],
  '14 client_hello': ['00040007000100', 'SRTP_AEAD_AES_128_GCM SRTP_AES128_CM_HMAC_SHA1_80 (empty)'],
  '14 server_hello_12': ['0002000100', 'SRTP_AES128_CM_HMAC_SHA1_80 (empty)'],
  '14 encrypted_extensions': ['0002000800', 'SRTP_AEAD_AES_256_GCM (empty)'],
  '15 client_hello': ['01', '1'],
  '15 server_hello_12': ['02', '2'],
  '15 encrypted_extensions': ['01', '1'],
  '17 client_hello': ['000702000400000000', '2 00000000'],
  '17 server_hello_12': ['', '(empty)'],
  '19 client_hello': ['0102', 'RawPublicKey'],
  '19 server_hello_12': ['02', '2'],
  '19 encrypted_extensions': ['02', '2'],
  '20 client_hello': ['020200', 'RawPublicKey, X509'],
  '20 server_hello_12': ['02', '2'],
  '20 encrypted_extensions': ['02', '2'],
  '24 client_hello': ['01000102', '1 0 ecdsap256'],
  '24 server_hello_12': ['01000102', '1 0 ecdsap256'],
  '24 encrypted_extensions': ['01000100', '1 0 rsa2048_pkcs1.5'],
  '25 client_hello': ['00060104aabbccdd', 'cert aabbccdd'],
  '25 server_hello_12': ['000101', 'cert'],
  '25 encrypted_extensions': ['000102', 'cert_req'],
  '33 client_hello': ['', '(empty)'],
  '33 server_hello_13': ['', '(empty)'],
  '34 client_hello': ['000404030807', 'ecdsa_secp256r1_sha256, ed25519'],
  '34 certificate_request': ['00020403', 'ecdsa_secp256r1_sha256'],
  '34 certificate': [
    '00015180040300000430020500040300021234',
    '86400 ecdsa_secp256r1_sha256 30020500 ecdsa_secp256r1_sha256 1234',
  ],
  '54 client_hello': ['020102', '0102'],
  '54 server_hello_12': ['00', '(empty)'],
  '54 server_hello_13': ['020304', '0304'],
  '55 client_hello': ['02abcd', 'abcd'],
  '55 server_hello_12': ['02abcd', 'abcd'],
  '55 encrypted_extensions': ['00', '(empty)'],
  '56 client_hello': [`14${'ab'.repeat(20)}`, 'ab'.repeat(20)],
  '56 server_hello_12': [`14${'ab'.repeat(20)}`, 'ab'.repeat(20)],
  '56 encrypted_extensions': [`14${'ab'.repeat(20)}`, 'ab'.repeat(20)],
  '57 client_hello': [
    '0302 45c0 0404 80100000 0f02 beef 1b01 00 0c00'.replaceAll(' ', ''),
    'max_udp_payload_size 2 1472, initial_max_data 4 1048576, initial_source_connection_id 2 beef, GREASE 1 00, disable_active_migration 0 (empty)',
  ],
  '57 encrypted_extensions': ['0a0103', 'ack_delay_exponent 1 3'],
  '58 client_hello': ['0201', '2 1'],
  '58 encrypted_extensions': ['02', '2'],
  '59 client_hello': ['01bb', '0x01bb'],
  '59 certificate': ['0001abcd', '0x0001 abcd'],
  '61 client_hello': ['', '(empty)'],
  '61 server_hello_13': ['', '(empty)'],
  '13172 client_hello': ['', '(empty)'],
  '13172 server_hello_12': ['02683208687474702f312e31', '"h2", "http/1.1"'],
  '17513 client_hello': ['0003026832', '"h2"'],
  '17513 encrypted_extensions': ['abcd', 'abcd'],
  '17613 client_hello': ['0003026832', '"h2"'],
  '17613 encrypted_extensions': ['', '(empty)'],
  '51764 client_hello': ['00070382df0102fe01', '82df01, fe01'],
  '51764 encrypted_extensions': ['00030282df', '82df'],
  '51764 certificate_request': ['0000', '(none)'],
  '51764 certificate': ['', '(empty)'],
  '65037 client_hello': ['00000100010900020a0b0003aabbcc', 'outer HKDF_SHA256 AES_128_GCM 9 0a0b aabbcc'],
  '65037 encrypted_extensions': [
    `0022${ECH_CONFIG}`,
    '0xfe0d 7 DHKEM_X25519_HKDF_SHA256 aabbccdd HKDF_SHA256 AES_128_GCM 64 "public.test" (empty)',
  ],
  '65037 hello_retry_request': ['0102030405060708', '0102030405060708'],
};

describe('every extension that is opened for display', () => {
  const cells = otherExtensionCells().map(([id, message]) => [id, message, otherExtensionName(id)] as const);

  test.each(cells)('%i in %s: %s', (id, message, name) => {
    const [body, shown] = SAMPLES[`${id} ${message}`] ?? [];
    expect([body, shown]).not.toContain(undefined);
    const field = opened(message, id, fromHex(body ?? ''));
    expect([field?.name, field?.value]).toEqual([name, shown]);
    expect(field?.meaning.en).not.toBe('');
    expect(field?.meaning.zh).not.toBe('');
    expect(field?.rfc).toMatch(/^RFC \d+|^draft-/);
    expect(field?.rfc).toBe(OTHER_EXTENSION_TEXTS[id]?.rfc);
  });

  test('no sample and no text stands for what is not opened', () => {
    const known = new Set(cells.map(([id, message]) => `${id} ${message}`));
    expect(Object.keys(SAMPLES).filter((key) => !known.has(key))).toEqual([]);
    const ids = new Set(cells.map(([id]) => String(id)));
    expect(Object.keys(OTHER_EXTENSION_TEXTS).filter((id) => !ids.has(id))).toEqual([]);
    const said = new Set(
      Object.entries(SAMPLES).flatMap(([key, [body]]) => {
        const [id = '', message = ''] = key.split(' ');
        const field = opened(message as ExtensionMessage, Number(id), fromHex(body));
        return field === undefined ? [] : flatten([field]).map(({ meaning }) => meaning.en);
      }),
    );
    expect(Object.entries(OTHER_EXTENSION_FIELDS).filter(([, text]) => !said.has(text.en))).toEqual([]);
  });
});

test('fields stand at the bytes that they are', () => {
  const raw = messageWith('client_hello', 0xfe0d, fromHex(SAMPLES['65037 client_hello']?.[0] ?? ''));
  const fields = flatten(annotateMessage(raw, { others: otherExtensions }).fields);
  const payload = fields.find(({ path }) => path === 'client_hello.extensions[0].encrypted_client_hello.payload');
  expect(raw.subarray((payload?.start ?? 0) + 2, payload?.end)).toEqual(fromHex('aabbcc'));
  const suite = fields.find(({ path }) => path.endsWith('cipher_suite.aead_id'));
  expect([suite?.value, suite?.label]).toEqual(['0x0001', 'AES_128_GCM']);
});

test('the inner hello of RFC 9849 says one byte', () => {
  expect(opened('client_hello', 0xfe0d, fromHex('01'))?.value).toBe('inner');
});

test('a body that does not fit stays bytes, and is no fault', () => {
  const message = annotateMessage(messageWith('client_hello', 0xfe0d, fromHex('0001')), { others: otherExtensions });
  expect(message.error).toBeUndefined();
  expect(opened('client_hello', 0xfe0d, fromHex('0001'))?.name).toBe('extension_data');
  fc.assert(
    fc.property(fc.constantFrom(...otherExtensionCells()), fc.uint8Array({ maxLength: 60 }), ([id, where], body) => {
      expect(opened(where, id, body)?.end).toBeGreaterThan(0);
    }),
  );
});

test('names in them are hostile text, and are escaped', () => {
  expect(opened('client_hello', 12, fromHex('051b5b324a22'))?.value).toBe('"\\x1b[2J\\""');
});
