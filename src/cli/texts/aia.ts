// What --aia says on standard error while it looks for a missing issuer.

import type { Text } from '../text.ts';

export const AIA = {
  fetching: {
    en: '--aia: the missing issuer is published at {url}; fetching it',
    zh: '--aia：缺少的签发者证书发布在 {url}，正在下载',
  },
  added: { en: '--aia: added to the chain: {names}', zh: '--aia：已补入证书链：{names}' },
  nothingNew: {
    en: '--aia: got {names}, which the chain has already',
    zh: '--aia：下载到的 {names} 已在证书链中',
  },
  failed: { en: '--aia: nothing fetched: ', zh: '--aia：下载失败：' },
  notHttp: {
    en: '--aia: the missing issuer is not published at an http:// address; nothing was fetched',
    zh: '--aia：缺少的签发者证书没有发布在 http:// 地址，因此没有下载',
  },
  enough: {
    en: '--aia: {count} fetches did not complete the chain; no more are made',
    zh: '--aia：下载了 {count} 次仍未补全证书链，不再继续',
  },
  status: {
    en: 'the answer is HTTP status {status} (redirects are not followed)',
    zh: 'HTTP 状态码为 {status}（不跟随重定向）',
  },
  tooLarge: { en: 'more than {limit} bytes', zh: '内容超过 {limit} 字节' },
  late: { en: 'no complete answer within {seconds} s', zh: '{seconds} 秒内没有收到完整应答' },
  broken: { en: 'no answer ({code})', zh: '没有得到应答（{code}）' },
  noCertificate: { en: 'no certificate in DER or PEM', zh: '内容不是 DER 或 PEM 格式的证书' },
} as const satisfies Record<string, Text>;
