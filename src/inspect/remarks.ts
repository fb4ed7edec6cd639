// What a particular value in a particular place tells: that legacy_version is a disguise, that a server random carries the
// downgrade sentinel, what a suite, group, scheme, prime, lifetime or alert means. The texts stand in texts/values.ts,
// texts/remarks.ts and texts/suites.ts.

import { equal, isAllZero } from '../bytes/bytes.ts';
import type { Span } from '../codec/run.ts';
import { DOWNGRADE_TO_TLS11, DOWNGRADE_TO_TLS12 } from '../wire/messages.ts';
import { suiteName } from '../wire/registry/cipher_suites.ts';
import { alertName, isGrease, signatureSchemeName } from '../wire/registry/names.ts';
import { dhPrime, smallNumber } from './dh_primes.ts';
import { isIdentity, readableUtf8 } from './readable.ts';
import type { Text } from './text.ts';
import * as texts from './texts/remarks.ts';
import { suiteRemark } from './texts/suites.ts';
import {
  ALERT_TEXTS,
  GREASE_TEXT,
  GROUP_TEXTS,
  KEY_UPDATE_TEXTS,
  PSK_MODE_TEXTS,
  RANDOM_REMARKS,
  SESSION_ID_REMARKS,
  VERSION_REMARKS,
} from './texts/values.ts';

/** What the remark may depend on besides the field itself. */
export interface RemarkFacts {
  /** Whether supported_versions of this message names TLS 1.3; undefined when the message could not be read to the end. */
  readonly tls13: boolean | undefined;
  /** Whether the form of the message is no more than a guess. */
  readonly guessed: true | undefined;
}

/** `key` is the field's key in the text tables: `client_hello.legacy_version`, `supported_groups[]`. */
export function remarkOn(key: string, span: Span, facts: RemarkFacts): Text | undefined {
  const { value } = span;
  if (value instanceof Uint8Array) return remarkOnBytes(key, value, facts);
  if (Array.isArray(value)) return value.length === 0 ? EMPTY_LISTS[key] : undefined;
  if (typeof value === 'string') return isGreaseProtocol(key, value) ? GREASE_TEXT : undefined;
  if (typeof value !== 'number') return undefined;
  if (span.end - span.start === 2 && isGrease(value)) return GREASE_TEXT;
  return BY_KEY[key]?.(value, facts);
}

/** RFC 8701 2: protocol names of two bytes, 0x0a0a to 0xfafa. */
function isGreaseProtocol(key: string, value: string): boolean {
  const code = (value.charCodeAt(0) << 8) | value.charCodeAt(1);
  return key === 'application_layer_protocol_negotiation[]' && value.length === 2 && isGrease(code);
}

type Remark = (value: number, facts: RemarkFacts) => Text | undefined;

const group: Remark = (value) => GROUP_TEXTS[value];
const suite: Remark = (value) => suiteRemark(suiteName(value) ?? '');
const scheme: Remark = (value) => schemeRemark(signatureSchemeName(value) ?? '');
const oldVersion = (value: number): Text | undefined =>
  value === 0x0300 ? VERSION_REMARKS.ssl3 : value < 0x0303 ? VERSION_REMARKS.old : undefined;

/** RFC 8701 2: the values of one byte, for PskKeyExchangeModes. */
const GREASE_MODES = new Set([0x0b, 0x2a, 0x49, 0x68, 0x87, 0xa6, 0xc5, 0xe4]);
const EMPTY_LISTS: Readonly<Record<string, Text>> = {
  'certificate_12.certificate_list': texts.NO_CERTIFICATE,
  'certificate_13.certificate_list': texts.NO_CERTIFICATE,
  'certificate_request_12.certificate_authorities': texts.ANY_AUTHORITY,
};

const BY_KEY: Readonly<Record<string, Remark>> = {
  'client_hello.legacy_version': (value, { tls13 }) =>
    tls13 ? VERSION_REMARKS.client13 : (oldVersion(value) ?? (tls13 === false ? VERSION_REMARKS.client12 : undefined)),
  'server_hello_12.legacy_version': (value) => oldVersion(value) ?? VERSION_REMARKS.server12,
  'server_hello_13.legacy_version': () => VERSION_REMARKS.server13,
  'hello_retry_request.legacy_version': () => VERSION_REMARKS.server13,
  'supported_versions[]': oldVersion,
  'client_hello.cipher_suites[]': suite,
  'server_hello_12.cipher_suite': suite,
  'server_hello_13.cipher_suite': suite,
  'hello_retry_request.cipher_suite': suite,
  'supported_groups[]': group,
  'key_share[].group': group,
  'key_share.group': group,
  key_share: group,
  'server_key_exchange_ecdhe.params.named_curve': group,
  'server_key_exchange_ecdhe_psk.params.named_curve': group,
  'signature_algorithms[]': scheme,
  'signature_algorithms_cert[]': scheme,
  'certificate_request_12.supported_signature_algorithms[]': scheme,
  'certificate_request_12.certificate_types[]': (value) => texts.CERTIFICATE_TYPE_TEXTS[value],
  'server_key_exchange_ecdhe.algorithm': scheme,
  'server_key_exchange_dhe.algorithm': scheme,
  'certificate_verify.algorithm': scheme,
  'psk_key_exchange_modes[]': (value) => (GREASE_MODES.has(value) ? GREASE_TEXT : PSK_MODE_TEXTS[value]),
  'pre_shared_key.identities[].obfuscated_ticket_age': (value) => (value === 0 ? texts.NO_TICKET_AGE : undefined),
  record_size_limit: texts.recordSizeText,
  early_data: texts.earlyDataText,
  'new_session_ticket_12.ticket_lifetime_hint': (value) => texts.lifetimeText(value, 'tls12'),
  'new_session_ticket_13.ticket_lifetime': (value) => texts.lifetimeText(value, 'tls13'),
  'key_update.request_update': (value) => KEY_UPDATE_TEXTS[value],
  'alert.description': (value) => {
    const name = alertName(value);
    return name === undefined ? undefined : ALERT_TEXTS[name];
  },
};

function remarkOnBytes(key: string, value: Uint8Array, facts: RemarkFacts): Text | undefined {
  if (key === 'hello_retry_request.random') return RANDOM_REMARKS.retry;
  if (key.startsWith('server_hello_') && key.endsWith('.random')) {
    const tail = value.subarray(24);
    if (equal(tail, DOWNGRADE_TO_TLS12)) return RANDOM_REMARKS.downgrade12;
    if (equal(tail, DOWNGRADE_TO_TLS11)) return RANDOM_REMARKS.downgrade11;
  }
  if (key === 'client_hello.legacy_session_id') return sessionIdRemark(value, facts);
  if (key.includes('key_exchange_')) return keyExchangeRemark(key, value, facts);
  if (isIdentity(key)) return readableUtf8(value) === undefined ? undefined : texts.EXTERNAL_IDENTITY;
  return BYTES_BY_KEY[key]?.(value);
}

function sessionIdRemark(value: Uint8Array, { tls13 }: RemarkFacts): Text | undefined {
  if (value.length === 0) return SESSION_ID_REMARKS.none;
  if (tls13 === false) return SESSION_ID_REMARKS.some;
  return tls13 === true && value.length === 32 ? SESSION_ID_REMARKS.compat : undefined;
}

function keyExchangeRemark(key: string, value: Uint8Array, { guessed }: RemarkFacts): Text | undefined {
  if (guessed) return texts.GUESSED_FORM;
  if (key.endsWith('.dh_p')) return texts.primeText(dhPrime(value));
  const number = smallNumber(value);
  if (number === undefined) return undefined;
  if (key.endsWith('.dh_g')) return texts.generatorText(number);
  // 0 and 1 lead to a secret that everybody knows (RFC 7919 5.1).
  return /\.dh_Y[sc]$/.test(key) && number <= 1 ? texts.NO_PUBLIC_VALUE : undefined;
}

const BYTES_BY_KEY: Readonly<Record<string, (value: Uint8Array) => Text | undefined>> = {
  'new_session_ticket_12.ticket': (value) => (value.length === 0 ? texts.NO_TICKET : undefined),
  'certificate_13.certificate_request_context': (value) => (value.length > 0 ? texts.LATE_REQUEST : undefined),
  'certificate_request_13.certificate_request_context': (value) => (value.length > 0 ? texts.LATE_REQUEST : undefined),
  'pre_shared_key.binders[]': (value) => texts.BINDER_TEXTS[value.length],
  padding: (value) => (isAllZero(value) ? undefined : texts.BAD_PADDING),
};

/** Signature schemes tell by their names what they are; what is worth saying is where the name misleads or warns. */
function schemeRemark(name: string): Text | undefined {
  if (/sha1$|md5$/.test(name))
    return { en: 'broken hash; for old certificates only', zh: '哈希算法已不安全，仅为兼容旧证书' };
  if (name.startsWith('dsa_')) return { en: 'DSA: no longer used', zh: 'DSA 已弃用' };
  if (name.startsWith('rsa_pkcs1')) {
    return {
      en: 'RSA with PKCS#1 v1.5; in TLS 1.3 for certificates only',
      zh: 'RSA PKCS#1 v1.5；TLS 1.3 中只能用于证书',
    };
  }
  if (name.startsWith('rsa_pss_rsae')) {
    return { en: 'RSA-PSS with an ordinary RSA key', zh: 'RSA-PSS，使用普通 RSA 密钥' };
  }
  if (name.startsWith('rsa_pss_pss')) {
    return { en: 'RSA-PSS with a key that is only for PSS', zh: 'RSA-PSS，使用 PSS 专用密钥' };
  }
  if (name.startsWith('mldsa')) return { en: 'ML-DSA: safe against quantum computers', zh: 'ML-DSA，可抗量子计算' };
  return undefined;
}
