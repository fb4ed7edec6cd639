// What was negotiated, in the short names that people use: `TLSv1.2`, OpenSSL's name of the suite, the group, the scheme.

import { groupName, signatureSchemeName, versionName } from '../wire/registry/names.ts';
import { quoteWireText } from './escape.ts';
import { type Negotiated, suiteNames } from './negotiated.ts';
import type { Lang } from './text.ts';

/** A number by its registry name, else in hexadecimal. */
export function codePoint(value: number, name: (value: number) => string | undefined): string {
  return name(value) ?? `0x${value.toString(16).padStart(4, '0')}`;
}

/** The parts that are known, most important first. */
export function summaryParts(negotiated: Negotiated, lang: Lang): readonly string[] {
  const { version, suite, group, scheme, alpn, keyExchange, resumed, dhBits } = negotiated;
  const words = WORDS[lang];
  const parts: string[] = [];
  if (version !== undefined) parts.push(codePoint(version, versionName));
  if (suite !== undefined) parts.push(suiteNames(suite).openssl);
  if (negotiated.resumption === 'psk') parts.push(words.psk);
  else if (resumed) parts.push(words.resumed);
  if (group !== undefined) parts.push(codePoint(group, groupName));
  else if (dhBits !== undefined) parts.push(words.dhe(dhBits));
  else if (keyExchange === 'rsa' && !resumed) parts.push(words.rsa);
  if (keyExchange === 'psk' && version === 0x0304) parts.push(words.noDhe);
  if (scheme !== undefined) parts.push(codePoint(scheme, signatureSchemeName));
  if (alpn !== undefined) parts.push(`ALPN ${quoteWireText(alpn).slice(1, -1)}`);
  if (negotiated.earlyData === 'accepted') parts.push(words.earlyData);
  if (negotiated.earlyData === 'rejected') parts.push(words.earlyDataRejected);
  if (negotiated.ocspStapled) parts.push(words.stapled);
  if (negotiated.clientProved) parts.push(words.clientCertificate);
  return parts;
}

interface Words {
  readonly psk: string;
  readonly resumed: string;
  readonly rsa: string;
  readonly dhe: (bits: number) => string;
  readonly noDhe: string;
  readonly earlyData: string;
  readonly earlyDataRejected: string;
  readonly stapled: string;
  readonly clientCertificate: string;
}

const WORDS: Readonly<Record<Lang, Words>> = {
  en: {
    psk: 'pre-shared key',
    resumed: 'resumed session',
    rsa: 'RSA key exchange',
    dhe: (bits) => `DHE with ${bits} bits`,
    noDhe: 'without (EC)DHE',
    earlyData: 'early data accepted',
    earlyDataRejected: 'early data rejected',
    stapled: 'OCSP stapled',
    clientCertificate: 'client certificate',
  },
  zh: {
    psk: '预共享密钥',
    resumed: '恢复的会话',
    rsa: 'RSA 密钥交换',
    dhe: (bits) => `DHE ${bits} 位`,
    noDhe: '无 (EC)DHE',
    earlyData: '早期数据已接受',
    earlyDataRejected: '早期数据被拒绝',
    stapled: '附带 OCSP 响应',
    clientCertificate: '客户端证书',
  },
};
