// Everything that `glasstls explain` knows, put together from the registries and tables that the rest of glasstls works by: what has a
// number there has an entry here.

import { EXTENSION_RFC } from '../../inspect/texts/extension_rfc.ts';
import { EXTENSION_TEXTS } from '../../inspect/texts/fields_extensions.ts';
import { suiteRemark } from '../../inspect/texts/suites.ts';
import { ALERT_TEXTS, GROUP_TEXTS } from '../../inspect/texts/values.ts';
import { ERROR_CODES, type ErrorCode } from '../../wire/error_codes.ts';
import { EXTENSIONS, type ExtensionName } from '../../wire/extensions.ts';
import { suiteName, suiteOpensslName } from '../../wire/registry/cipher_suites.ts';
import { ALERT, type AlertName, GROUP, SIGNATURE_SCHEME } from '../../wire/registry/names.ts';
import type { RefusalCode } from '../../x509/refusal.ts';
import { filled, type Text } from '../text.ts';
import { ERROR_TEXTS } from '../texts/errors.ts';
import { EXPLAIN, FAULTS, GROUPS_BESIDES, type KINDS, SCHEMES_BY } from '../texts/explain.ts';
import { REFUSAL_TEXTS } from '../texts/refusals.ts';
import { ALERT_CAUSES, CAUSES, type CauseName, causeOfCode, REFUSAL_CAUSES } from './causes.ts';
import { messageEntries } from './messages.ts';
import { WORDINGS } from './wordings.ts';

export type Kind = keyof typeof KINDS;

export interface Entry {
  readonly kind: Kind;
  /** As it is shown. */
  readonly title: string;
  /** All names that it goes by, the title among them. */
  readonly names: readonly string[];
  readonly number?: string;
  readonly what: readonly Text[];
  readonly rfc?: string;
  readonly todo?: Text;
  /** Why it happens, where that is told apart from what it is. */
  readonly cause?: CauseName;
}

let known: readonly Entry[] | undefined;

/** All entries; made once. */
export function entries(): readonly Entry[] {
  known ??= [
    ...messageEntries(),
    ...alertEntries(),
    ...extensionEntries(),
    ...suiteEntries(),
    ...groupEntries(),
    ...schemeEntries(),
    ...codeEntries(),
    ...refusalEntries(),
    ...causeEntries(),
  ];
  return known;
}

/** `0x001d` and the number itself, alone and behind the word for its kind. */
function numberNames(kind: string, number: number, digits = 4): readonly string[] {
  const hex = `0x${number.toString(16).padStart(digits, '0')}`;
  return [String(number), hex, `${kind} ${number}`, `${kind} ${hex}`];
}

function alertEntries(): readonly Entry[] {
  return Object.entries(ALERT).map(([name, number]): Entry => {
    const cause = ALERT_CAUSES[name as AlertName];
    return {
      kind: 'alert',
      title: name,
      names: [name, ...numberNames('alert', number, 2), `alert number ${number}`, `alert ${name}`],
      number: String(number),
      what: [ALERT_TEXTS[name as AlertName]],
      rfc: 'RFC 8446 6, RFC 5246 7.2',
      cause,
    };
  });
}

function extensionEntries(): readonly Entry[] {
  return (Object.keys(EXTENSIONS) as ExtensionName[]).map(
    (name): Entry => ({
      kind: 'extension',
      title: name,
      names: [name, ...numberNames('extension', EXTENSIONS[name].id), ...(SHORT[name] ?? [])],
      number: String(EXTENSIONS[name].id),
      what: [EXTENSION_TEXTS[name]],
      rfc: EXTENSION_RFC[name],
    }),
  );
}

/** What people call extensions. */
const SHORT: Readonly<Record<string, readonly string[]>> = {
  server_name: ['SNI'],
  application_layer_protocol_negotiation: ['ALPN'],
  status_request: ['OCSP stapling', 'stapling'],
  signed_certificate_timestamp: ['SCT'],
  extended_master_secret: ['EMS'],
  encrypt_then_mac: ['EtM'],
  pre_shared_key: ['PSK'],
  early_data: ['0-RTT', '0rtt'],
  renegotiation_info: ['secure renegotiation'],
};

function suiteEntries(): readonly Entry[] {
  const found: Entry[] = [];
  for (let number = 0; number <= 0xffff; number++) {
    const name = suiteName(number);
    const what = name === undefined || name === 'GREASE' ? undefined : suiteRemark(name);
    if (name === undefined || what === undefined) continue;
    const openssl = suiteOpensslName(number);
    const bytes = [number >> 8, number & 0xff].map((one) => `0x${one.toString(16).padStart(2, '0')}`);
    found.push({
      kind: 'suite',
      title: name,
      names: [name, ...numberNames('suite', number), bytes.join(','), ...(openssl === undefined ? [] : [openssl])],
      number: `0x${number.toString(16).padStart(4, '0')}`,
      what: [what, ...(openssl === undefined || openssl === name ? [] : [filled(EXPLAIN.openssl, { name: openssl })])],
      rfc:
        name.startsWith('TLS_AES') || name === 'TLS_CHACHA20_POLY1305_SHA256'
          ? 'RFC 8446 B.4'
          : 'IANA, TLS Cipher Suites',
    });
  }
  return found;
}

function groupEntries(): readonly Entry[] {
  return Object.entries(GROUP).map(([name, number]): Entry => {
    const text = GROUP_TEXTS[number] ?? GROUPS_BESIDES[name];
    return {
      kind: 'group',
      title: name,
      names: [name, ...numberNames('group', number), ...(ALIASES[name] ?? [])],
      number: `0x${number.toString(16).padStart(4, '0')}`,
      what: text === undefined ? [] : [text],
      rfc: name.startsWith('ffdhe')
        ? 'RFC 7919'
        : /MLKEM/.test(name)
          ? 'draft-ietf-tls-ecdhe-mlkem'
          : 'RFC 8446 4.2.7, RFC 8422',
    };
  });
}

const ALIASES: Readonly<Record<string, readonly string[]>> = {
  secp256r1: ['P-256', 'prime256v1'],
  secp384r1: ['P-384'],
  secp521r1: ['P-521'],
  x25519: ['Curve25519'],
  x448: ['Curve448'],
};

function schemeEntries(): readonly Entry[] {
  return Object.entries(SIGNATURE_SCHEME).map(([name, number]): Entry => {
    const [, row] = SCHEMES_BY.find(([pattern]) => pattern.test(name)) ?? [];
    const hash = /sha(\d+)/.exec(name)?.[1] ?? '';
    const digest = name.endsWith('md5') ? 'MD5' : hash === '' ? '' : `SHA-${hash}`;
    return {
      kind: 'scheme',
      title: name,
      names: [name, ...numberNames('scheme', number)],
      number: `0x${number.toString(16).padStart(4, '0')}`,
      what: row === undefined ? [] : [filled(row, { digest })],
      rfc: 'RFC 8446 4.2.3',
    };
  });
}

function codeEntries(): readonly Entry[] {
  return Object.entries(ERROR_CODES).map(([name, { fault, alert }]): Entry => {
    const cause = causeOfCode(name as ErrorCode);
    const answered = alert === undefined ? [] : [filled(EXPLAIN.answered, { alert, number: ALERT[alert] })];
    return {
      kind: 'code',
      title: name,
      names: [name, name.replace(/^ERR_TLS_/, '')],
      what: [ERROR_TEXTS[name as ErrorCode], FAULTS[fault].what, ...answered],
      ...(cause === undefined ? { todo: FAULTS[fault].todo } : { cause }),
    };
  });
}

function refusalEntries(): readonly Entry[] {
  return Object.entries(REFUSAL_TEXTS).map(([name, text]): Entry => {
    const cause = REFUSAL_CAUSES[name as RefusalCode];
    return {
      kind: 'refusal',
      title: name,
      names: [name],
      what: [{ en: text.en, zh: text.zh }],
      ...(text.hint !== undefined && { todo: text.hint }),
      ...(cause !== undefined ? { cause } : text.hint === undefined && { todo: EXPLAIN.seeRefusal }),
    };
  });
}

/** Causes go by their own key, and by all that other tools say of them. */
function causeEntries(): readonly Entry[] {
  return (Object.keys(CAUSES) as CauseName[]).map((name): Entry => {
    const { rfc } = CAUSES[name];
    const words = WORDINGS.filter((one) => one.cause === name).flatMap((one) => one.words);
    const names = [name, ...words, ...chromeNames(words), ...verifyNames(words)];
    return { kind: 'cause', title: name, names, what: [], rfc, cause: name };
  });
}

/** What s_client prints of OpenSSL's number, while it verifies and at the end. */
function verifyNames(words: readonly string[]): readonly string[] {
  return words.flatMap((word) => {
    const [, number] = /^verify (\d+)$/.exec(word) ?? [];
    return number === undefined ? [] : [`verify error:num=${number}`, `Verify return code: ${number}`];
  });
}

/** Chrome shows `NET::ERR_...` on its page, and numbers with a sign. */
function chromeNames(words: readonly string[]): readonly string[] {
  return words.flatMap((word) => (/^ERR_(?!SSL_TLSV|TLS_CERT)/.test(word) ? [`net::${word}`] : []));
}
