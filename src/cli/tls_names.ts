// The lists of --ciphers, --tls13-ciphers, --curves and --sigalgs, looked up: each name as OpenSSL, curl and the RFCs spell it, and
// for a wrong one what was probably meant, before anything is sent. All that is wrong with them ends with code 59.

import type { GroupName } from '../crypto/keys.ts';
import { SCHEMES } from '../crypto/schemes.ts';
import { SUITES, type Suite12 } from '../crypto/suites.ts';
import { parseCipherList } from '../engine/cipher_list.ts';
import { nearest } from '../engine/suggest.ts';
import { GROUP_SPELLINGS, groupByName } from '../node/group_names.ts';
import { suiteByName, suiteName, suiteOpensslName } from '../wire/registry/cipher_suites.ts';
import { signatureSchemeName } from '../wire/registry/names.ts';
import { TlsError } from '../wire/tls_error.ts';
import { usage } from './arguments.ts';
import { CliError, EXIT } from './exit_codes.ts';
import { filled, type Text } from './text.ts';
import { NAMES, type NameWords } from './texts/tls_names.ts';

/** Which suites a list may choose from. */
export interface SuiteLeave {
  readonly legacy: boolean;
  /** Whether there is a shared key. */
  readonly psk: boolean;
}

/**
 * `ciphers` is OpenSSL's list for TLS 1.2, in which names of TLS 1.3 may stand; `ciphers13` names of TLS 1.3 alone. Returned as
 * one list, or undefined without either. @throws CliError
 */
export function suitesOf(
  ciphers: string | undefined,
  ciphers13: string | undefined,
  leave: SuiteLeave,
): string | undefined {
  const words = ciphers === undefined ? [] : wordsOf(ciphers);
  const words13 = ciphers13 === undefined ? [] : wordsOf(ciphers13);
  if (ciphers !== undefined && words.length === 0) throw usage(NAMES.noSuites);
  if (ciphers13 !== undefined && words13.length === 0) throw usage(NAMES.noSuites13);
  for (const word of words13) {
    if (!is13(word)) throw unknownName(word, NAMES_13, suiteByName(word) === undefined ? NAMES.none : NAMES.not13);
  }
  const rest = words.filter((word) => !is13(word));
  if (rest.length > 0) checkList(rest.join(':'), leave);
  const all = [...words13, ...words];
  return all.length === 0 ? undefined : all.join(':');
}

/** The groups of a list by the names that the engine has for them; undefined without one. @throws CliError */
export function groupsOf(list: string | undefined): readonly GroupName[] | undefined {
  if (list === undefined) return undefined;
  const words = wordsOf(list);
  if (words.length === 0) throw usage(NAMES.noGroups);
  return words.map((word) => {
    const group = groupByName(word);
    if (group === undefined) throw unknownName(word, GROUP_NAMES, NAMES.noGroup);
    return group;
  });
}

/** The schemes of a list by IANA's names, which OpenSSL's `RSA-PSS+SHA256` becomes; undefined without one. @throws CliError */
export function schemesOf(list: string | undefined): string | undefined {
  if (list === undefined) return undefined;
  const words = wordsOf(list);
  if (words.length === 0) throw usage(NAMES.noSchemes);
  const schemes = words.map((word) => {
    const lower = word.toLowerCase();
    const name = OPENSSL_SCHEMES[lower] ?? SCHEME_NAMES.find((one) => one.toLowerCase() === lower);
    if (name === undefined) throw unknownName(word, SCHEME_NAMES, NAMES.noScheme);
    return name;
  });
  return [...new Set(schemes)].join(':');
}

/** What curl and OpenSSL take as separators. */
function wordsOf(list: string): readonly string[] {
  return list.split(/[:,;\s]+/).filter((one) => one !== '');
}

const SUITES_12: readonly Suite12[] = SUITES.filter((suite): suite is Suite12 => suite.version === 'tls12');
const NAMES_13: readonly string[] = SUITES.flatMap(({ id, version }) =>
  version === 'tls13' ? [suiteName(id) ?? ''] : [],
);
const GROUP_NAMES: readonly string[] = GROUP_SPELLINGS.filter(
  ([, group], i) => GROUP_SPELLINGS.findIndex(([, other]) => other === group) === i,
).map(([spelling]) => spelling);
const SCHEME_NAMES: readonly string[] = SCHEMES.map(({ id }) => signatureSchemeName(id) ?? '');
/** As `openssl -sigalgs` has them. */
const OPENSSL_SCHEMES: Readonly<Record<string, string>> = Object.fromEntries(
  ['sha256', 'sha384', 'sha512'].flatMap((hash, i) => [
    [`rsa+${hash}`, `rsa_pkcs1_${hash}`],
    [`rsa-pss+${hash}`, `rsa_pss_rsae_${hash}`],
    [`pss+${hash}`, `rsa_pss_rsae_${hash}`],
    [`ecdsa+${hash}`, ['ecdsa_secp256r1_sha256', 'ecdsa_secp384r1_sha384', 'ecdsa_secp521r1_sha512'][i] ?? ''],
  ]),
);

function is13(word: string): boolean {
  return NAMES_13.includes(word);
}

function checkList(list: string, { legacy, psk }: SuiteLeave): void {
  const allowed = SUITES_12.filter((suite) => (legacy || !suite.legacy) && (psk || suite.authentication !== 'psk'));
  try {
    parseCipherList(list, allowed);
  } catch (error) {
    if (!(error instanceof TlsError)) throw error;
    // Only a word that cannot be read comes with words like it.
    throw error.expected === undefined ? nothingLeft(list) : unknownWord(error);
  }
}

/** Nothing in the list may be used as things stand; what could be with a flag more is said. */
function nothingLeft(list: string): CliError {
  const [first] = chosenFrom(SUITES_12, list);
  if (first === undefined) {
    return new CliError(EXIT.cipher, filled(NAMES.nothing, { list: JSON.stringify(list) }), NAMES.nothingHint);
  }
  const name = suiteOpensslName(first.id) ?? '';
  if (first.legacy) {
    return new CliError(
      EXIT.cipher,
      filled(first.keyExchange === 'rsa' ? NAMES.rsa : NAMES.cbc, { name }),
      NAMES.addLegacy,
    );
  }
  return new CliError(EXIT.cipher, filled(NAMES.shared, { name }), NAMES.addPsk);
}

function chosenFrom(suites: readonly Suite12[], list: string): readonly Suite12[] {
  try {
    return parseCipherList(list, suites);
  } catch {
    return [];
  }
}

function unknownWord({ actual, expected }: TlsError): CliError {
  const word = String(actual);
  if (word === 'DEFAULT') return new CliError(EXIT.cipher, NAMES.defaultFirst);
  const near = [...(Array.isArray(expected) ? expected.map(String) : []), ...nearest(word, NAMES_13)];
  return new CliError(EXIT.cipher, filled(NAMES.noWord, { name: JSON.stringify(word) }), hintOf(near, NAMES.words));
}

function unknownName(name: string, known: readonly string[], { is, all }: NameWords): CliError {
  return new CliError(
    EXIT.cipher,
    filled(is, { name: JSON.stringify(name) }),
    hintOf(nearest(name, known), { en: `${all.en} ${known.join(', ')}.`, zh: `${all.zh}${known.join('、')}。` }),
  );
}

function hintOf(near: readonly string[], otherwise: Text): Text {
  if (near.length === 0) return otherwise;
  return { en: `Did you mean ${near.join(' or ')}?`, zh: `是不是 ${near.join(' 或 ')}？` };
}
