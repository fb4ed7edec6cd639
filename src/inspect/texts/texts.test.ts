import { describe, expect, test } from 'vitest';
import { EXTENSIONS, type ExtensionMessage, type ExtensionName } from '../../wire/extensions.ts';
import { ALERT, GROUP, HANDSHAKE_TYPE } from '../../wire/registry/names.ts';
import { type AnnotatedField, annotateMessage, annotateRecord } from '../annotate.ts';
import { secretText } from '../render_keys.ts';
import * as hs from '../testing/handshakes.ts';
import { EXTENSION_SAMPLES, FORM_SAMPLES, messageWith } from '../testing/samples.ts';
import type { Text } from '../text.ts';
import type { HandshakeKind } from '../timeline.ts';
import * as compareTexts from './compare.ts';
import { EXTENSION_FIELDS, EXTENSION_FRAME, EXTENSION_IN, EXTENSION_TEXTS } from './fields_extensions.ts';
import { HANDSHAKE_FIELDS } from './fields_handshake.ts';
import { HELLO_FIELDS } from './fields_hello.ts';
import { KEY_EXCHANGE_FIELDS } from './fields_key_exchange.ts';
import { CORRECTIONS, explanationOf, MESSAGE_TEXTS, messageKey } from './messages.ts';
import * as remarks from './remarks.ts';
import { SECRET_SUFFIX_TEXTS, SECRET_TEXTS } from './secrets.ts';
import { suiteRemark } from './suites.ts';
import * as values from './values.ts';

function flatten(fields: readonly AnnotatedField[]): AnnotatedField[] {
  return fields.flatMap((field) => [field, ...flatten(field.children)]);
}

const CELLS = Object.entries(EXTENSIONS).flatMap(([name, row]) =>
  Object.keys(row.in).map((message) => [name as ExtensionName, message as ExtensionMessage] as const),
);

/** All the fields that the codecs report over all samples. */
const FIELDS = [
  ...Object.values(FORM_SAMPLES).flatMap(({ raw, ...context }) => flatten(annotateMessage(raw, context).fields)),
  ...annotateRecord(Uint8Array.of(22, 3, 1, 0, 5)).fields,
];

describe('every field and extension is explained in both languages', () => {
  test.each(CELLS)('%s in %s', (name, message) => {
    expect(Object.keys(EXTENSION_SAMPLES[message])).toContain(name);
    const annotated = annotateMessage(messageWith(message, [name]));
    expect(annotated.error).toBeUndefined();
    const inside = flatten(annotated.fields);
    expect(inside.map((field) => field.name)).toContain(name);
    expect(inside.filter(isUnexplained).map((field) => field.path)).toEqual([]);
  });

  test.each(Object.entries(FORM_SAMPLES))('the fields of %s', (_, { raw, ...context }) => {
    const fields = flatten(annotateMessage(raw, context).fields);
    expect(fields.filter(isUnexplained).map((field) => field.path)).toEqual([]);
  });

  test('no text stands for a field that no codec reports', () => {
    const said = new Set(FIELDS.map((field) => field.meaning.en));
    const tables = {
      ...HELLO_FIELDS,
      ...HANDSHAKE_FIELDS,
      ...KEY_EXCHANGE_FIELDS,
      ...EXTENSION_FIELDS,
      ...EXTENSION_IN,
    };
    const dead = Object.entries(tables).filter(([, text]) => !said.has(text.en));
    expect(dead.map(([key]) => key)).toEqual([]);
  });

  test('extensions of different messages are told apart', () => {
    const cells = new Set(CELLS.map(([name, message]) => `${name}@${message}`));
    expect(Object.keys(EXTENSION_IN).filter((key) => !cells.has(key))).toEqual([]);
  });
});

describe('every message of every handshake is explained', () => {
  const kinds: readonly HandshakeKind[] = ['rsa12', 'ecdhe12', 'resumed12', 'tls13'];
  test.each(kinds)('%s', (kind) => {
    for (const side of ['client', 'server'] as const) {
      for (const { observation } of hs.sampleTrace(kind, side).entries) {
        if (observation.kind !== 'message') continue;
        const from = observation.direction === 'out' ? side : side === 'client' ? 'server' : 'client';
        const key = messageKey(observation.name, from, observation.raw);
        const { line, paragraph } = explanationOf(kind, key);
        expect([key, line.en, paragraph.en]).not.toContain('A message that is not explained here.');
        expect(paragraph.zh).not.toBe('');
      }
    }
  });

  test('the RSA handshake has no ServerKeyExchange to explain, and says why', () => {
    expect(MESSAGE_TEXTS.rsa12.server_key_exchange).toBeUndefined();
    const said = CORRECTIONS.filter((one) => one.kinds.includes('rsa12')).map((one) => one.correct.en);
    expect(said.some((text) => text.includes('no ServerKeyExchange'))).toBe(true);
    expect(said.some((text) => text.includes('46 random bytes'))).toBe(true);
    expect(said.some((text) => text.includes('Finished. "Encrypted Handshake Message"'))).toBe(true);
    expect(said.some((text) => text.includes('CertificateRequest'))).toBe(true);
    expect(said.some((text) => text.includes('PRF'))).toBe(true);
  });

  test('a correction stands at a message that exists in its handshake', () => {
    for (const { kinds: where, at } of CORRECTIONS) {
      for (const kind of where) expect(MESSAGE_TEXTS[kind][at], `${kind} ${at}`).toBeDefined();
    }
  });
});

test('every alert, and every group that people negotiate, has a text', () => {
  expect(Object.keys(values.ALERT_TEXTS).sort()).toEqual(Object.keys(ALERT).sort());
  for (const group of [GROUP.secp256r1, GROUP.secp384r1, GROUP.secp521r1, GROUP.x25519, GROUP.x448]) {
    expect(values.GROUP_TEXTS[group]).toBeDefined();
  }
  expect(Object.keys(HANDSHAKE_TYPE).length).toBeGreaterThan(10);
});

test('suites are described from their names', () => {
  expect(suiteRemark('TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256')?.en).toBe(
    'ECDHE, signed with RSA: forward secrecy; ChaCha20-Poly1305, SHA-256',
  );
  expect(suiteRemark('TLS_PSK_DHE_WITH_AES_128_CCM_8')?.en).toBe(
    'DHE and a key shared beforehand: forward secrecy; AES-128-CCM-8; tags of 8 bytes, half as long as usual',
  );
  expect(suiteRemark('TLS_PSK_WITH_AES_128_GCM_SHA256')?.en).toContain('no forward secrecy');
  expect(suiteRemark('TLS_AES_128_CCM_8_SHA256')?.en).toContain('tags of 8 bytes');
  expect(suiteRemark('TLS_AES_256_GCM_SHA384')?.zh).toBe('TLS 1.3：AES-256-GCM, SHA-384');
  expect(suiteRemark('TLS_RSA_WITH_RC4_128_MD5')?.en).toContain('broken');
  expect(suiteRemark('TLS_FALLBACK_SCSV')?.en).toContain('not a suite');
  expect(suiteRemark('')).toBeUndefined();
});

test('secrets of both schedules have texts, the two master secrets different ones', () => {
  const name = 'master_secret';
  expect(secretText({ name, label: 'HKDF-Extract' })).not.toEqual(secretText({ name, label: 'master secret' }));
  expect(secretText({ name: 'server_handshake_traffic_secret.iv' })?.en).toContain('nonce');
  expect(secretText({ name: 'constructor' })).toBeUndefined();
});

describe('the Chinese is Chinese', () => {
  const texts = allTexts();
  test('there is enough of it', () => {
    expect(texts.length).toBeGreaterThan(250);
  });

  test.each(texts.map((text) => [text.zh, text] as const))('%s', (zh, { en }) => {
    expect(en).not.toMatch(/\p{Script=Han}|[，。：；（）]/u);
    // ASCII punctuation beside Chinese characters is a typing error.
    expect(zh).not.toMatch(/\p{Script=Han}[,;:?!]|[,;:?!]\p{Script=Han}/u);
    // Chinese and Latin words are set apart by a space, and full-width punctuation is not.
    expect(zh).not.toMatch(/\p{Script=Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Script=Han}/u);
    expect(zh).not.toMatch(/ [，。：；、（）]|[，。：；、（）] /u);
  });
});

function isUnexplained(field: AnnotatedField): boolean {
  return field.meaning.en === '' || field.meaning.zh === '' || field.rfc === '';
}

function allTexts(): Text[] {
  const isText = (value: unknown): value is Text =>
    typeof value === 'object' && value !== null && 'en' in value && 'zh' in value;
  const collect = (value: unknown): Text[] => {
    if (isText(value)) return [value];
    if (typeof value !== 'object' || value === null) return [];
    return Object.values(value).flatMap(collect);
  };
  const tables = [
    HELLO_FIELDS,
    HANDSHAKE_FIELDS,
    KEY_EXCHANGE_FIELDS,
    EXTENSION_TEXTS,
    EXTENSION_IN,
    EXTENSION_FIELDS,
    EXTENSION_FRAME,
  ];
  const more = [
    MESSAGE_TEXTS,
    CORRECTIONS,
    SECRET_TEXTS,
    SECRET_SUFFIX_TEXTS,
    { ...values },
    { ...remarks },
    { ...compareTexts },
  ];
  return [...tables, ...more].flatMap(collect).filter((text) => text.zh !== text.en);
}
