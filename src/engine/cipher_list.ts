// OpenSSL's cipher list: `ECDHE+AESGCM:!SHA1`, `DEFAULT:-kRSA`, `HIGH:@STRENGTH`, as openssl-ciphers(1) describes it. It chooses
// among the TLS 1.2 suites that the caller has already filtered by provider and policy, and it gives OpenSSL's order. Words for
// what glasstls never runs (RC4, MD5, aNULL ...) are understood and match nothing; a word that nobody knows is an error, where
// OpenSSL passes over it. `@SECLEVEL=n` is understood and changes nothing: what is strong enough is said by options of its own.

import type { Suite12, Suite13 } from '../crypto/suites.ts';
import { suiteByName, suiteName, suiteOpensslName } from '../wire/registry/cipher_suites.ts';
import { TlsError } from '../wire/tls_error.ts';
import { nearest } from './suggest.ts';

/**
 * The suites that `text` chooses, best first. Empty only for a list that names suites of TLS 1.3 and nothing else.
 * @throws TlsError ERR_TLS_CONFIG for what cannot be read (`actual`: the word, `expected`: words like it), and when
 * nothing is chosen (`actual`: the list)
 */
export function parseCipherList(text: string, available: readonly Suite12[]): Suite12[] {
  let list: readonly Entry[] = available
    .map(factsOf)
    .sort(byPreference)
    .map((facts) => ({ facts, on: false }));
  const rules = rulesOf(text);
  for (const { operator, words, source } of rules) {
    if (operator === '@') list = special(list, source);
    else {
      const tests = words.map((word) => testFor(word, available));
      list = applied(list, operator, (facts) => tests.every((test) => test(facts)));
    }
  }
  const chosen = list.filter(({ on }) => on).map(({ facts }) => facts.suite);
  const onlyOf13 = rules.length > 0 && rules.every(({ words }) => words.every(isOf13));
  if (chosen.length === 0 && !onlyOf13) {
    throw new TlsError('ERR_TLS_CONFIG', `no cipher suite that can be used here is left by ${JSON.stringify(text)}`, {
      actual: text,
    });
  }
  return chosen;
}

/** The suites of TLS 1.3 that `text` names, in its order. Keywords choose among those of TLS 1.2 alone, as in OpenSSL. */
export function namedSuites13(text: string, available: readonly Suite13[]): Suite13[] {
  const named = (wanted: (operator: string) => boolean): readonly number[] =>
    rulesOf(text).flatMap(({ operator, words: [word = ''] }) => (wanted(operator) ? [suiteByName(word) ?? 0] : []));
  const without = named((operator) => operator === '!' || operator === '-');
  return named((operator) => operator === '').flatMap(
    (id) => available.find((suite) => suite.id === id && !without.includes(id)) ?? [],
  );
}

/** `-` takes out and lets come back, `!` takes out for good, `+` moves to the end, `@` is a command, nothing adds. */
type Operator = '' | '-' | '!' | '+' | '@';

interface Rule {
  readonly operator: Operator;
  /** All of which must hold: `ECDHE+AESGCM`. */
  readonly words: readonly string[];
  readonly source: string;
}

const SEPARATORS = /[:,;\s]+/y;
const RULE = /([-!+@]?)([\w.=-]+(?:\+[\w.=-]+)*)/y;
/** Only at the beginning, where even `DEFAULT+AES` is two rules. */
const DEFAULT = /^[:,;\s]*DEFAULT(?![\w.=-])/;
const DEFAULT_RULES: readonly Rule[] = [
  { operator: '', words: ['ALL'], source: 'ALL' },
  { operator: '!', words: ['COMPLEMENTOFDEFAULT'], source: '!COMPLEMENTOFDEFAULT' },
];

function rulesOf(text: string): readonly Rule[] {
  const [start = ''] = DEFAULT.exec(text) ?? [];
  const rules: Rule[] = start === '' ? [] : [...DEFAULT_RULES];
  for (let at = start.length; at < text.length; ) {
    SEPARATORS.lastIndex = at;
    RULE.lastIndex = at;
    const [source, operator, words = ''] = RULE.exec(text) ?? [];
    if (source !== undefined) rules.push({ operator: operator as Operator, words: words.split('+'), source });
    const length = source?.length ?? SEPARATORS.exec(text)?.[0].length;
    if (length === undefined) throw unreadable(text.slice(at, at + 20), []);
    at += length;
  }
  return rules;
}

interface Facts {
  readonly suite: Suite12;
  readonly kx: string;
  readonly auth: string;
  /** The AEAD's name, or the block cipher's. */
  readonly cipher: string;
  readonly mac: string;
  /** Strength as OpenSSL counts it: the key's bits, but for CCM_8 those of its short tag. */
  readonly bits: number;
  readonly since: 'TLSv1.2' | 'TLSv1' | 'SSLv3';
}

function factsOf(suite: Suite12): Facts {
  const { keyExchange, authentication: auth } = suite;
  const kx: string = keyExchange;
  const cipher: string = suite.aead ?? suite.cbc;
  const mac = suite.aead === undefined ? suite.mac : 'aead';
  const bits = cipher.endsWith('-8') ? 64 : /256|chacha/.test(cipher) ? 256 : 128;
  const sha2 = mac === 'sha256' || mac === 'sha384';
  const psk = kx.endsWith('psk');
  const since =
    mac === 'aead' || (sha2 && !psk) ? 'TLSv1.2' : sha2 || kx === 'ecdhe' || kx === 'ecdhe_psk' ? 'TLSv1' : 'SSLv3';
  return { suite, kx, auth, cipher, mac, bits, since };
}

/** The order in which OpenSSL adds: (EC)DHE and AEADs first, then newer, stronger, GCM before ChaCha20, ECDHE before DHE. */
function byPreference(a: Facts, b: Facts): number {
  const [left, right] = [preference(a), preference(b)];
  for (const [i, value] of left.entries()) if (value !== right[i]) return value - (right[i] ?? 0);
  return 0;
}

function preference({ suite, kx, auth, cipher, mac, bits, since }: Facts): readonly number[] {
  return [
    (kx === 'ecdhe' || kx === 'dhe' ? 0 : 2) + (mac === 'aead' ? 0 : 1),
    since === 'TLSv1.2' ? 0 : 1,
    -bits,
    ['rsa', 'psk'].indexOf(kx),
    cipher.endsWith('-gcm') ? 0 : cipher.startsWith('chacha') ? 1 : 2,
    kx === 'ecdhe' ? (auth === 'ecdsa' ? 0 : 1) : 2,
    -suite.id,
  ];
}

/** One suite: chosen or not, and its place among the others, which both matter to later rules. */
interface Entry {
  readonly facts: Facts;
  readonly on: boolean;
}

type Test = (facts: Facts) => boolean;

function applied(list: readonly Entry[], operator: Operator, test: Test): readonly Entry[] {
  const moves = ({ facts, on }: Entry): boolean => on === (operator !== '') && test(facts);
  if (operator === '!') return list.filter(({ facts }) => !test(facts));
  const moved = list.filter(moves);
  const rest = list.filter((entry) => !moves(entry));
  // What was taken out last comes back first.
  if (operator === '-') return [...moved.map(({ facts }) => ({ facts, on: false })), ...rest];
  return [...rest, ...moved.map(({ facts }) => ({ facts, on: true }))];
}

function special(list: readonly Entry[], source: string): readonly Entry[] {
  if (/^@SECLEVEL=[0-5]$/.test(source)) return list;
  if (source !== '@STRENGTH') throw unreadable(source, ['@STRENGTH', '@SECLEVEL=0']);
  const chosen = list.filter(({ on }) => on);
  return [...list.filter(({ on }) => !on), ...chosen.sort((a, b) => b.facts.bits - a.facts.bits)];
}

const kx =
  (...names: readonly string[]): Test =>
  (facts) =>
    names.includes(facts.kx);
const auth =
  (name: string): Test =>
  (facts) =>
    facts.auth === name;
const cipher =
  (pattern: RegExp): Test =>
  (facts) =>
    pattern.test(facts.cipher);
const mac =
  (name: string): Test =>
  (facts) =>
    facts.mac === name;
const since =
  (version: string): Test =>
  (facts) =>
    facts.since === version;

/** Keywords by what they match. `RSA` is both its key exchange and its signature, `SHA256` is a MAC and no PRF. */
const KEYWORDS: readonly (readonly [names: string, test: Test])[] = [
  ['ALL HIGH', () => true],
  ['COMPLEMENTOFDEFAULT', cipher(/-ccm/)],
  ['kRSA RSA', kx('rsa')],
  ['kECDHE kEECDH ECDHE EECDH ECDH', kx('ecdhe')],
  ['kDHE kEDH DHE EDH DH', kx('dhe')],
  ['PSK', kx('psk', 'dhe_psk', 'ecdhe_psk')],
  ['kPSK', kx('psk')],
  ['kDHEPSK', kx('dhe_psk')],
  ['kECDHEPSK', kx('ecdhe_psk')],
  ['aRSA', auth('rsa')],
  ['aECDSA ECDSA', auth('ecdsa')],
  ['aPSK', auth('psk')],
  ['AES', cipher(/^aes-/)],
  ['AES128', cipher(/^aes-128-/)],
  ['AES256', cipher(/^aes-256-/)],
  ['AESGCM', cipher(/-gcm$/)],
  ['AESCCM', cipher(/-ccm/)],
  ['AESCCM8', cipher(/-ccm-8$/)],
  ['CBC', cipher(/-cbc$/)],
  ['CHACHA20', cipher(/^chacha20/)],
  ['SHA1 SHA', mac('sha1')],
  ['SHA256', mac('sha256')],
  ['SHA384', mac('sha384')],
  ['TLSv1.2', since('TLSv1.2')],
  ['TLSv1 TLSv1.0', since('TLSv1')],
  ['SSLv3', since('SSLv3')],
  ['FIPS', cipher(/-(?:gcm|cbc)$/)],
  [
    `aNULL eNULL NULL COMPLEMENTOFALL ADH AECDH LOW MEDIUM EXP EXPORT EXPORT40 EXPORT56 DES 3DES RC2 RC4 IDEA SEED MD5
     CAMELLIA CAMELLIA128 CAMELLIA256 ARIA ARIA128 ARIA256 ARIAGCM DSS aDSS kDH kDHr kDHd aDH kECDH kECDHr kECDHe aECDH
     kRSAPSK SRP kSRP aSRP KRB5 kKRB5 aKRB5 GOST89 GOST94 GOST89MAC GOST2012 kGOST aGOST aGOST01 aGOST12`,
    () => false,
  ],
  // No such suites exist, but Node's own default names them.
  ['DHE-RSA-AES256-SHA384 ECDHE-RSA-AES256-SHA256', () => false],
];

const TESTS: ReadonlyMap<string, Test> = new Map(
  KEYWORDS.flatMap(([names, test]) => names.split(/\s+/).map((name) => [name, test] as const)),
);

function testFor(word: string, available: readonly Suite12[]): Test {
  const keyword = TESTS.get(word);
  if (keyword !== undefined) return keyword;
  // A suite that exists and is not available matches nothing: lists are written for many programs.
  const id = suiteByName(word);
  if (id !== undefined) return ({ suite }) => suite.id === id;
  if (word === 'DEFAULT') throw unreadable(word, [], 'DEFAULT can only stand first in a list of cipher suites');
  const names = available.flatMap((suite) => [suiteOpensslName(suite.id) ?? '', suiteName(suite.id) ?? '']);
  throw unreadable(word, nearest(word, [...TESTS.keys(), ...names]));
}

/** 0x13xx: TLS 1.3's. */
function isOf13(word: string): boolean {
  return (suiteByName(word) ?? 0) >> 8 === 0x13;
}

function unreadable(word: string, expected: readonly string[], problem?: string): TlsError {
  const hint = expected.length === 0 ? '' : `; did you mean ${expected.join(' or ')}?`;
  const text = problem ?? `a list of cipher suites has no word ${JSON.stringify(word)}${hint}`;
  return new TlsError('ERR_TLS_CONFIG', text, { actual: word, expected });
}
