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
  const { version, suite, group, scheme, alpn, keyExchange, resumed } = negotiated;
  const parts: string[] = [];
  if (version !== undefined) parts.push(codePoint(version, versionName));
  if (suite !== undefined) parts.push(suiteNames(suite).openssl);
  if (resumed) parts.push(lang === 'zh' ? '恢复的会话' : 'resumed session');
  else if (group !== undefined) parts.push(codePoint(group, groupName));
  else if (keyExchange === 'rsa') parts.push(lang === 'zh' ? 'RSA 密钥交换' : 'RSA key exchange');
  if (scheme !== undefined) parts.push(codePoint(scheme, signatureSchemeName));
  if (alpn !== undefined) parts.push(`ALPN ${quoteWireText(alpn).slice(1, -1)}`);
  return parts;
}
