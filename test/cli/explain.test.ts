// `glasstls explain`: everything with a number or a name in glasstls has a text in both languages, what other tools say is found, also in
// the middle of a pasted message, and what is not known is met with what was probably meant.

import { describe, expect, test } from 'vitest';
import { ALERT_CAUSES, CAUSES, causeOfCode } from '../../src/cli/explain/causes.ts';
import { entries, type Kind } from '../../src/cli/explain/entries.ts';
import { lookUp } from '../../src/cli/explain/explain.ts';
import { WORDINGS } from '../../src/cli/explain/wordings.ts';
import { ERROR_CODES, type ErrorCode } from '../../src/wire/error_codes.ts';
import { EXTENSIONS } from '../../src/wire/extensions.ts';
import { ALERT, GROUP, HANDSHAKE_TYPE, SIGNATURE_SCHEME } from '../../src/wire/registry/names.ts';
import { glasstls } from './command.ts';
import { PRINTED, VERIFY } from './printed_texts.ts';

const titled = (kind: Kind, name: string) =>
  entries().find((entry) => entry.kind === kind && entry.names.includes(name));

describe('everything with a name has a text in both languages', () => {
  const all: readonly (readonly [Kind, readonly string[]])[] = [
    ['alert', Object.keys(ALERT)],
    [
      'message',
      [...Object.keys(HANDSHAKE_TYPE), 'hello_retry_request', 'change_cipher_spec', 'application_data', 'alert'],
    ],
    ['extension', Object.keys(EXTENSIONS)],
    ['group', Object.keys(GROUP)],
    ['scheme', Object.keys(SIGNATURE_SCHEME)],
    ['code', Object.keys(ERROR_CODES)],
    ['cause', Object.keys(CAUSES)],
  ];
  test.each(all)('%s', (kind, names) => {
    for (const name of names) {
      const entry = titled(kind, name);
      expect(entry, `${kind} ${name}`).toBeDefined();
      const texts = [
        ...(entry?.what ?? []),
        ...(entry?.cause ? [CAUSES[entry.cause].what, CAUSES[entry.cause].todo] : []),
      ];
      expect(texts.length, name).toBeGreaterThan(0);
      for (const { en, zh } of texts) {
        expect(en, name).not.toMatch(/\{\w+\}|not explained here|\p{Script=Han}/u);
        expect(zh, name).toMatch(/\p{Script=Han}|\d/u);
        expect(zh, name).not.toMatch(/\{\w+\}/);
      }
      expect(entry?.rfc ?? entry?.todo ?? entry?.cause, name).toBeDefined();
    }
  });

  test('an alert or code of ours says what to do', () => {
    for (const entry of entries().filter(({ kind }) => kind === 'alert' || kind === 'code')) {
      expect(entry.todo ?? (entry.cause && CAUSES[entry.cause].todo), entry.title).toBeDefined();
    }
  });

  test('every code whose alert is about certificates or versions leads to a cause of its own', () => {
    for (const [code, { fault }] of Object.entries(ERROR_CODES)) {
      if (fault === 'incompatible' && code !== 'ERR_TLS_NO_EXTENDED_MASTER_SECRET')
        expect(causeOfCode(code as ErrorCode), code).toBeDefined();
    }
    expect(Object.keys(ALERT_CAUSES).length).toBe(Object.keys(ALERT).length);
  });

  test('every text of another tool is found by itself, and inside of a longer line', () => {
    for (const { cause, words } of WORDINGS) {
      for (const word of words) {
        const causes = lookUp(word).map((entry) => entry.cause);
        expect(causes, word).toContain(cause);
      }
    }
  });
});

describe('what is asked in other words', () => {
  test.each([
    ['ClientHello', 'message', 'ClientHello'],
    ['client hello', 'message', 'ClientHello'],
    ['message 16', 'message', 'ClientKeyExchange'],
    ['alert 40', 'alert', 'handshake_failure'],
    ['handshake_failure', 'alert', 'handshake_failure'],
    ['0xc02f', 'suite', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
    ['0xC0,0x2F', 'suite', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
    ['ECDHE-RSA-AES128-GCM-SHA256', 'suite', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
    ['x25519', 'group', 'x25519'],
    ['P-256', 'group', 'secp256r1'],
    ['0x0804', 'scheme', 'rsa_pss_rsae_sha256'],
    ['SNI', 'extension', 'server_name'],
    ['0-RTT', 'extension', 'early_data'],
    ['ERR_TLS_BAD_FINISHED', 'code', 'ERR_TLS_BAD_FINISHED'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'cause', 'wrong_name'],
    ['NET::ERR_CERT_DATE_INVALID', 'cause', 'expired'],
    ['net::ERR_CERT_AUTHORITY_INVALID', 'cause', 'unknown_root'],
    ['-200', 'cause', 'wrong_name'],
    ['curl 60', 'cause', 'certificate_rejected'],
    ['verify 20', 'cause', 'missing_intermediate'],
    ['missing_intermediate', 'refusal', 'missing_intermediate'],
    ['error:0A00010B:SSL routines:ssl3_get_record:wrong version number', 'cause', 'not_tls'],
    [
      'write EPROTO 140:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:ssl/record/rec_layer_s3.c:1586:SSL alert number 40',
      'cause',
      'nothing_shared',
    ],
    ['curl: (60) SSL certificate problem: certificate has expired', 'cause', 'expired'],
    ['sun.security.validator.ValidatorException: PKIX path building failed: x', 'cause', 'unknown_root'],
  ] as const)('%s', (asked, kind, title) => {
    const found = lookUp(asked);
    expect(found.map((entry) => [entry.kind, entry.title])).toContainEqual([kind, title]);
  });

  test('a number alone is all that has it', () => {
    const kinds = lookUp('16').map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['message', 'extension']));
  });
});

describe('what the tools print for each failure that people meet', () => {
  test.each(PRINTED)('%s', (cause, ...texts) => {
    for (const text of texts) {
      const found = lookUp(text).flatMap(({ kind, title, cause: why }) => [`${kind} ${title}`, why]);
      expect(found, text).toContain(cause);
    }
  });
  test.each(VERIFY)('verify error:num=%i: %s', (number, cause) => {
    expect(lookUp(`verify error:num=${number}:x`).map((entry) => entry.cause)).toContain(cause);
    expect(lookUp(`verify ${number}`).map((entry) => entry.cause)).toContain(cause);
  });
});

describe('in the terminal', () => {
  test('says what it is, where, what to do, and how others word it', async () => {
    const { code, stdout, stderr } = await glasstls(['explain', 'alert', '40']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^handshake_failure {2}alert 40\n/);
    expect(stdout).toMatch(/ {2}where {7}RFC 8446 6/);
    expect(stdout).toMatch(/ {2}what to do {2}Offer more/);
    expect(stdout).toMatch(/ {2}others say {2}OpenSSL: sslv3 alert handshake failure\n/);
  });

  test('in Chinese, and within the width', async () => {
    const { stdout } = await glasstls(['explain', 'finished', '--lang', 'zh'], { env: { COLUMNS: '60' } });
    expect(stdout).toMatch(/^Finished {2}消息 20\n/);
    expect(stdout).toContain('TLS 1.3：');
    expect(stdout).toContain('TLS 1.2：');
  });

  test.each([
    ['-202', 'unknown root'],
    ['wrong version number', 'not tls'],
  ])('%s', async (asked, title) => {
    const { code, stdout } = await glasstls(['explain', ...asked.split(' ')]);
    expect(code).toBe(0);
    expect(stdout).toContain(`${title}  cause of failure\n`);
  });

  test('near misses: exit code 2, and what was meant; nothing known; nothing asked', async () => {
    expect(await glasstls(['explain', 'ClientHelo'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('Did you mean ClientHello'),
    });
    expect((await glasstls(['explain', 'hanshake_failure', '--lang', 'zh'])).stderr).toContain('handshake_failure');
    expect(await glasstls(['explain', 'xyzzy-plugh'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('For example: finished'),
    });
    expect((await glasstls(['explain'])).code).toBe(2);
    const { stderr } = await glasstls(['explain', '\u001b[31mred']);
    expect(stderr).not.toContain('\u001b');
  });
});
