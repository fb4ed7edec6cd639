// The key schedule as it unfolds: each secret with the formula that made it, what went in, and its bytes. Fed with `secret`
// observations, which exist only where somebody asked to see secrets; what is drawn here must not be logged by accident.

import { toHex } from '../bytes/bytes.ts';
import type { SecretStep } from '../crypto/secrets.ts';
import { escapeText } from './escape.ts';
import { displayWidth, type Line, lineWidth, padEnd, segment, wrap } from './lines.ts';
import type { Lang, Text } from './text.ts';
import { SECRET_SUFFIX_TEXTS, SECRET_TEXTS, type SecretText } from './texts/secrets.ts';

export interface KeysOptions {
  readonly lang: Lang;
  /** Columns; fewer than 52 are treated as 52. */
  readonly width: number;
  /** Whether to say what each secret is for (the default). */
  readonly meanings?: boolean;
}

const MIN_WIDTH = 52;
const BYTES_PER_GROUP = 4;

/** All secrets of a connection, in the order of their derivation. */
export function renderKeys(steps: readonly SecretStep[], options: KeysOptions): readonly Line[] {
  return steps.flatMap((step, i) => renderSecret(step, options, steps[i - 1]));
}

/**
 * One secret. `previous` is the one before it: when both are cut from one derivation (the key block of TLS 1.2), formula and
 * inputs are not repeated.
 */
export function renderSecret(step: SecretStep, options: KeysOptions, previous?: SecretStep): readonly Line[] {
  const width = Math.max(MIN_WIDTH, Math.floor(options.width));
  const indent = ' '.repeat(2 * depthOf(step));
  const inner = `${indent}    `;
  const room = width - inner.length;
  const size = options.lang === 'zh' ? `${step.value.length} 字节` : `${step.value.length} bytes`;
  const meaning = secretText(step);
  const head: Line = [segment(indent), segment(escapeText(step.name), 'name'), segment(`  ${size}`, 'dim')];
  const rfc = segment(`  ${meaning?.rfc ?? ''}`, 'rfc');
  const lines: Line[] = [meaning !== undefined && lineWidth([...head, rfc]) <= width ? [...head, rfc] : head];
  const same = previous !== undefined && sameDerivation(step, previous);
  if (!same) {
    for (const one of wrap(`= ${formulaOf(step, options.lang)}`, room))
      lines.push([segment(inner), segment(one, 'label')]);
    lines.push(...inputLines(step, inner, room));
  }
  if (meaning !== undefined && options.meanings !== false) {
    for (const one of wrap(meaning[options.lang], room)) lines.push([segment(inner), segment(one, 'meaning')]);
  }
  for (const one of hexLines(step.value, room)) lines.push([segment(inner), segment(one, 'secret')]);
  return lines;
}

/** What a secret is, from its name and what went in; undefined for one that has no text. */
export function secretText({
  name,
  label,
  context,
}: Pick<SecretStep, 'name' | 'label' | 'context'>): SecretText | undefined {
  if (name === 'master_secret' && label === 'HKDF-Extract') return SECRET_TEXTS.master_secret_13;
  const keys = [`${name}@${context}`, `${name}@${label}`, name];
  const own = keys.map((key) => under(SECRET_TEXTS, key)).find((text) => text !== undefined);
  return own ?? SECRET_SUFFIX_TEXTS.find(([suffix]) => name.endsWith(suffix))?.[1];
}

/** Names may come out of a trace that anybody wrote: `constructor` is no key of a table. */
function under<T>(texts: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(texts, key) ? texts[key] : undefined;
}

/** The derivation as the RFC writes it. */
export function formulaOf(step: SecretStep, lang: Lang): string {
  return escapeText(rawFormula(step, lang));
}

const PRF_LABELS = new Set(['master secret', 'extended master secret', 'key expansion']);
const EXPAND_LABELS = new Set(['key', 'iv', 'finished', 'traffic upd']);

function rawFormula({ name, label, from, context, value }: SecretStep, lang: Lang): string {
  if (label === undefined) {
    const input = context === 'session' ? INPUTS.session : (under(INPUTS, `${name}@${context}`) ?? under(INPUTS, name));
    return (input ?? OTHER_INPUT)[lang];
  }
  if (label === 'HKDF-Extract') {
    // RFC 8446 7.1: between two stages stands Derive-Secret(., "derived", "").
    const salt = from === undefined ? '0' : `Derive-Secret(${from}, "derived", "")`;
    return `HKDF-Extract(${salt}, ${context ?? '0'})`;
  }
  if (PRF_LABELS.has(label)) {
    const cut = label === 'key expansion' ? CUT[lang] : `[0..${value.length - 1}]`;
    return `PRF(${from ?? '?'}, "${label}", ${context ?? ''})${cut}`;
  }
  // RFC 8446 4.6.1 and 7.5.
  if (label === 'resumption' || label === 'exporter') {
    return `HKDF-Expand-Label(${from ?? '?'}, "${label}", ${context ?? '""'}, ${value.length})`;
  }
  if (EXPAND_LABELS.has(label)) return `HKDF-Expand-Label(${from ?? '?'}, "${label}", "", ${value.length})`;
  return `Derive-Secret(${from ?? '?'}, "${label}", ${label === 'derived' ? '""' : (context ?? '""')})`;
}

const INPUTS: Readonly<Record<string, Text>> = {
  pre_master_secret: { en: 'the result of the key exchange', zh: '密钥交换的结果' },
  'pre_master_secret@rsa': { en: 'client_version + random[46]', zh: 'client_version + random[46]' },
  'pre_master_secret@ecdhe': {
    en: 'ECDHE(own private key, public key of the peer)',
    zh: 'ECDHE(己方私钥, 对方公钥)',
  },
  'pre_master_secret@dhe': {
    en: '(dh_Y of the peer)^(own exponent) mod dh_p, without leading zeros',
    zh: '(对方的 dh_Y)^(己方指数) mod dh_p，去掉前导零',
  },
  'pre_master_secret@psk': {
    en: 'uint16(N) + N zeros + uint16(N) + psk, N = length of psk',
    zh: 'uint16(N) + N 个零字节 + uint16(N) + psk，N 为 psk 的长度',
  },
  'pre_master_secret@dhe_psk': {
    en: 'uint16(length of Z) + Z + uint16(length of psk) + psk, Z = the result of DHE without leading zeros',
    zh: 'uint16(Z 的长度) + Z + uint16(psk 的长度) + psk，Z 为 DHE 的结果（去掉前导零）',
  },
  'pre_master_secret@ecdhe_psk': {
    en: 'uint16(length of Z) + Z + uint16(length of psk) + psk, Z = the result of ECDHE',
    zh: 'uint16(Z 的长度) + Z + uint16(psk 的长度) + psk，Z 为 ECDHE 的结果',
  },
  psk: { en: 'known to both sides beforehand', zh: '双方事先共有' },
  session: { en: 'kept from the session that is resumed', zh: '取自所恢复的会话' },
  ecdhe_shared_secret: { en: '(EC)DHE(own private key, public key of the peer)', zh: '(EC)DHE(己方私钥, 对方公钥)' },
};
const OTHER_INPUT: Text = { en: 'an input', zh: '输入' };
const CUT: Text = { en: ', cut into pieces', zh: '，依次切分' };

/** The bytes that went in besides the secret above. */
function inputLines({ context, contextValue, label, from }: SecretStep, inner: string, room: number): readonly Line[] {
  if (contextValue === undefined || label === 'derived') return [];
  // The shared secret stands right above, as a step of its own.
  if (label === 'HKDF-Extract' && from !== undefined) return [];
  const name = `${escapeText(context ?? 'context')} = `;
  const hex = hexLines(contextValue, Math.max(24, room - displayWidth(name)));
  return hex.map(
    (one, i): Line => [
      segment(inner),
      segment(padEnd(i === 0 ? name : '', displayWidth(name)), 'dim'),
      segment(one, 'hex'),
    ],
  );
}

function sameDerivation(a: SecretStep, b: SecretStep): boolean {
  return a.label === 'key expansion' && b.label === a.label && a.from === b.from && a.context === b.context;
}

/** Stages at the margin, what comes from them further in. */
function depthOf({ name, label, from }: SecretStep): number {
  if (label === undefined || label === 'HKDF-Extract' || PRF_LABELS.has(label))
    return label === 'key expansion' ? 1 : 0;
  if (label === 'resumption' || label === 'exporter') return 2;
  if (EXPAND_LABELS.has(label)) return name.endsWith('(next)') ? 1 : 2;
  return from === undefined ? 0 : 1;
}

/** Hexadecimal in groups of four bytes, as many to a line as fit, in powers of two. */
function hexLines(bytes: Uint8Array, room: number): readonly string[] {
  if (bytes.length === 0) return ['(empty)'];
  const groups = toHex(bytes).match(new RegExp(`.{1,${2 * BYTES_PER_GROUP}}`, 'g')) ?? [];
  const fit = Math.max(1, Math.floor((room + 1) / (2 * BYTES_PER_GROUP + 1)));
  const perLine = 2 ** Math.floor(Math.log2(fit));
  const lines: string[] = [];
  for (let i = 0; i < groups.length; i += perLine) lines.push(groups.slice(i, i + perLine).join(' '));
  return lines;
}
