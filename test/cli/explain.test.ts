// `glasstls explain`: everything with a number or a name in glasstls has a text in both languages, what other tools say is found, also in
// the middle of a pasted message, and what is not known is met with what was probably meant.

import { describe, expect, test } from 'vitest';
import { ALERT_CAUSES, CAUSES, type CauseName, causeOfCode } from '../../src/cli/explain/causes.ts';
import { entries, type Kind } from '../../src/cli/explain/entries.ts';
import { lookUp } from '../../src/cli/explain/explain.ts';
import { WORDINGS } from '../../src/cli/explain/wordings.ts';
import { ERROR_CODES, type ErrorCode } from '../../src/wire/error_codes.ts';
import { EXTENSIONS } from '../../src/wire/extensions.ts';
import { ALERT, type AlertName, GROUP, HANDSHAKE_TYPE, SIGNATURE_SCHEME } from '../../src/wire/registry/names.ts';
import { glasstls } from './command.ts';

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

/** Texts as the tools print them, and what has to be among the causes; `alert NAME`: the alert itself. */
const PRINTED: readonly (readonly [cause: CauseName | `alert ${AlertName}`, ...texts: readonly string[]])[] = [
  [
    'missing_intermediate',
    'curl: (60) SSL certificate problem: unable to get local issuer certificate',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'unable to verify the first certificate',
    'javax.net.ssl.SSLHandshakeException: PKIX path building failed: SunCertPathBuilderException: unable to find valid certification path to requested target',
    '{"errno":600001,"errMsg":"request:fail errcode:-202 cronet_error_code:-202 error_msg:net::ERR_CERT_AUTHORITY_INVALID"}',
  ],
  [
    'unknown_root',
    'unable to get local issuer certificate',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'PKIX path building failed',
    '- Status: The certificate is NOT trusted. The certificate issuer is unknown.',
    '-202',
  ],
  ['self_signed', 'curl: (60) SSL certificate problem: self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT', '-202'],
  [
    'wrong_name',
    "curl: (60) SSL: no alternative certificate subject name matches target hostname 'localhost'",
    "Hostname/IP does not match certificate's altnames: Host: localhost. is not in the cert's altnames: DNS:other.example",
    'No subject alternative DNS name matching localhost found.',
    '- Status: The certificate is NOT trusted. The name in the certificate does not match the expected.',
    "certificate verify failed: Hostname mismatch, certificate is not valid for 'localhost'. (_ssl.c:1006)",
    '-200',
  ],
  [
    'expired',
    'certificate has expired',
    'CERT_HAS_EXPIRED',
    'PKIX path validation failed: CertPathValidatorException: validity check failed',
    'The certificate chain uses expired certificate.',
    '-201',
  ],
  [
    'not_yet_valid',
    'certificate is not yet valid',
    'CERT_NOT_YET_VALID',
    'The certificate chain uses not yet valid certificate.',
    '-201',
  ],
  [
    'version',
    'error:0A00042E:SSL routines::tlsv1 alert protocol version',
    'SSLHandshakeException: Received fatal alert: protocol_version',
    'The server selected protocol version SSL30 is not accepted by client preferences [TLS13, TLS12]',
    'error:0A000102:SSL routines:ssl_choose_client_version:unsupported protocol',
    '-113',
  ],
  ['alert protocol_version', 'SSL alert number 70', '*** Received alert [70]: Error in protocol version'],
  [
    'nothing_shared',
    'error:0A000410:SSL routines::ssl/tls alert handshake failure',
    'sslv3 alert handshake failure',
    '*** Received alert [40]: Handshake failed',
    '-113',
  ],
  [
    'not_tls',
    'error:0A00010B:SSL routines:tls_validate_record_header:wrong version number',
    '*** Fatal error: An unexpected TLS packet was received.',
    'SSLException: Unsupported or unrecognized SSL message',
    '-107',
  ],
  ['http_on_tls', '400 The plain HTTP request was sent to HTTPS port', 'http request'],
  ['renegotiation', 'error:0A000152:SSL routines:final_renegotiate:unsafe legacy renegotiation disabled'],
  ['weak_dh', 'error:0A00018A:SSL routines:tls_process_ske_dhe:dh key too small'],
  ['weak_key', 'curl: (60) SSL certificate problem: EE certificate key too weak', '-211'],
  [
    'weak_signature',
    'CA signature digest algorithm too weak',
    'UNSPECIFIED',
    'The certificate chain uses insecure algorithm.',
    '-208',
  ],
  [
    'client_required',
    'curl: (56) OpenSSL SSL_read: OpenSSL/3.5.7: error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0',
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    'curl: (98) TLS cert problem',
    '-110',
  ],
  [
    'client_refused',
    'error:0A000418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca',
    'sslv3 alert certificate unknown',
    'error:0A000412:SSL routines::ssl/tls alert bad certificate',
    '*** Received alert [48]: CA is unknown',
    '-117',
    '-177',
  ],
  [
    'alpn',
    'error:0A000460:SSL routines::tlsv1 alert no application protocol',
    '*** Received alert [120]: No supported application protocol could be negotiated',
    'credentials: cannot check peer: missing selected ALPN property',
    '-122',
  ],
  [
    'sni',
    'SSLHandshakeException: received handshake warning: unrecognized_name',
    'error:0A000458:SSL routines::tlsv1 unrecognized name',
    '*** Received alert [112]: The server name sent was not recognized',
    '-159',
  ],
  [
    'eof',
    'error:0A000126:SSL routines::unexpected eof while reading',
    'OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to localhost:443',
    'ECONNRESET Client network socket disconnected before secure TLS connection was established',
    'SSLHandshakeException: Remote host terminated the handshake <- java.io.EOFException: SSL peer shut down incorrectly',
    '*** Fatal error: The TLS connection was non-properly terminated.',
    '[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol (_ssl.c:1006)',
    '-100',
  ],
  [
    'reset',
    'curl: (35) Recv failure: Connection reset by peer',
    'read ECONNRESET',
    'java.net.SocketException: Connection reset',
    '[Errno 104] Connection reset by peer',
    'write:errno=104',
    '*** Fatal error: Error in the pull function.',
    '-101',
  ],
  [
    'timeout',
    'curl: (28) Connection timed out after 4002 milliseconds',
    'java.net.SocketTimeoutException: Read timed out',
    '_ssl.c:989: The handshake operation timed out',
  ],
  [
    'staple',
    'curl: (91) No OCSP response received',
    'The certificate requires the server to include an OCSP status in its response, but the OCSP status is missing.',
  ],
  [
    'name_constraints',
    'permitted subtree violation',
    'name constraints check failed',
    "The certificate chain violates the signer's constraints.",
    'UNSPECIFIED',
    '-212',
  ],
  [
    'not_a_ca',
    'invalid CA certificate',
    'CA key usage check failed: keyCertSign bit is not set',
    'key usage does not include certificate signing',
    "The certificate chain violates the signer's constraints.",
  ],
  [
    'wrong_purpose',
    'unsuitable certificate purpose',
    'INVALID_PURPOSE',
    'Extended key usage does not permit use for TLS server authentication',
    'The certificate chain does not match the intended purpose.',
  ],
  ['common_name', 'x509: certificate relies on legacy Common Name field, use SANs instead', '-200'],
  [
    'bad_mac',
    'error:0A000119:SSL routines:ssl3_get_record:decryption failed or bad record mac',
    'error:1C800066:Provider routines:ossl_gcm_stream_update:cipher operation failed',
    'SSLException: Tag mismatch! <- javax.crypto.AEADBadTagException: Tag mismatch!',
    '*** Fatal error: Decryption has failed.',
    '-126',
  ],
  [
    'bad_proof',
    'curl: (35) TLS connect error: error:02000086:rsa routines::last octet invalid',
    'error:02000085:rsa routines:RSA_verify_PKCS1_PSS_mgf1:first octet invalid',
    '*** Fatal error: Public key signature verification has failed.',
    'Invalid ECDH ServerKeyExchange signature',
    '[SSL: BAD_SIGNATURE] bad signature (_ssl.c:1006)',
    '-149',
    '-153',
  ],
  [
    'too_large',
    'error:0A000092:SSL routines:tls_validate_record_header:data length too long',
    'packet length too long',
  ],
  [
    'bad_message',
    'error:0A0000F4:SSL routines::unexpected message',
    'SSLProtocolException: Unexpected handshake message: finished',
    'Unsupported handshake message: hello_request',
    'Unknown handshake type size, Handshake.msg_type = 99',
    'error:0A00006E:SSL routines:tls_collect_extensions:bad extension',
    'Invalid TLS extensions length field.',
    'Error parsing extension (0): no sufficient data',
    'error:0A000417:SSL routines::ssl/tls alert illegal parameter',
  ],
  ['alert inappropriate_fallback', 'alert inappropriate fallback', '*** Received alert [86]: Inappropriate fallback'],
  ['insufficient', 'error:0A00042F:SSL routines::tlsv1 alert insufficient security'],
  [
    'internal',
    'error:0A000438:SSL routines::tlsv1 alert internal error',
    'SSLException: Received fatal alert: internal_error',
  ],
  ['denied', 'error:0A000419:SSL routines::tlsv1 alert access denied'],
  ['extension', 'error:0A000455:SSL routines::tlsv13 alert missing extension'],
  ['alert missing_extension', '*** Received alert [109]: An extension was expected but was not seen'],
  ['own_certificate', 'key values mismatch'],
  [
    'key_usage',
    'ERR_SSL_KEY_USAGE_INCOMPATIBLE',
    '-181',
    '*** Fatal error: Key usage violation in certificate has been detected.',
  ],
  ['downgrade', 'ERR_TLS13_DOWNGRADE_DETECTED', '-180'],
  ['ech', '-183', '-184'],
  [
    'truncated',
    'curl: (56) OpenSSL SSL_read: OpenSSL/3.5.7: error:0A000126:SSL routines::unexpected eof while reading, errno 0',
  ],
  ['handshake', '-148', 'EPROTO'],
  ['pin', '-150'],
  ['invalid_certificate', '-167', '-207'],
  ['early_rejected', '-178'],
  ['revoked', '-206'],
  ['too_long', '-213'],
  ['transparency', '-214'],
];
/** OpenSSL's numbers of what is wrong with a certificate. */
const VERIFY: readonly (readonly [number, CauseName])[] = [
  [9, 'not_yet_valid'],
  [10, 'expired'],
  [18, 'self_signed'],
  [19, 'unknown_root'],
  [20, 'missing_intermediate'],
  [21, 'missing_intermediate'],
  [23, 'revoked'],
  [24, 'not_a_ca'],
  [26, 'wrong_purpose'],
  [47, 'name_constraints'],
  [62, 'wrong_name'],
  [66, 'weak_key'],
  [68, 'weak_signature'],
  [79, 'not_a_ca'],
];

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
