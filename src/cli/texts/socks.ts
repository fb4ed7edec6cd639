// What connect says of a SOCKS proxy.

import type { Text } from '../text.ts';

export const SOCKS = {
  asking: { en: '{kind} to {to} by proxy {proxy}', zh: '经 {kind} 代理 {proxy} 连接 {to}' },
  local: { en: '{host} is {address} (resolved here)', zh: '{host} 的地址是 {address}（由本机解析）' },
  granted: { en: '{kind} request granted', zh: '{kind} 请求已获准' },
  closed: {
    en: 'the SOCKS proxy closed the connection in the middle of its answer, or without one',
    zh: 'SOCKS 代理没有应答，或应答到一半就关闭了连接',
  },
  hint: {
    en: 'The proxy comes from -x, HTTPS_PROXY or ALL_PROXY; -x "" or --noproxy goes without. TLS has not begun.',
    zh: '代理来自 -x、HTTPS_PROXY 或 ALL_PROXY；用 -x "" 或 --noproxy 可不经代理。此时 TLS 尚未开始。',
  },
  refused: {
    en: 'the SOCKS proxy did not connect to {to} (reply {reply}): ',
    zh: 'SOCKS 代理没有连接到 {to}（应答码 {reply}）：',
  },
  unknownReply: { en: 'for a reason that has no name', zh: '原因未知' },
  wrongCredentials: {
    en: 'the SOCKS proxy does not accept the name and the password',
    zh: 'SOCKS 代理不接受所给的用户名和密码',
  },
  noMethod: {
    en: 'the SOCKS proxy accepts no way of authentication that was offered',
    zh: 'SOCKS 代理不接受本端提供的任何认证方式',
  },
  strangeMethod: {
    en: 'the SOCKS proxy wants authentication {method}, which was not offered',
    zh: 'SOCKS 代理要求使用本端没有提供的认证方式 {method}',
  },
  credentials: {
    en: 'A name and a password: -x socks5h://USER:PASSWORD@HOST:PORT, or --proxy-user.',
    zh: '用户名和密码这样给出：-x socks5h://USER:PASSWORD@HOST:PORT，或 --proxy-user。',
  },
  longName: {
    en: 'the host name is too long for SOCKS: 255 bytes at most',
    zh: '主机名太长：SOCKS 最多 255 字节',
  },
  onlyIpv4: { en: 'SOCKS 4 knows IPv4 addresses alone', zh: 'SOCKS 4 只支持 IPv4 地址' },
  useFive: {
    en: '-x socks4a://... lets the proxy resolve the name; socks5:// and socks5h:// know IPv6.',
    zh: '-x socks4a://... 由代理解析域名；socks5:// 和 socks5h:// 支持 IPv6。',
  },
  notSocks: {
    en: 'what listens at {proxy} does not answer as {kind} does: {text}',
    zh: '{proxy} 的应答不符合 {kind}：{text}',
  },
  notSocksHint: {
    en: 'Is it another version, or a proxy for HTTP? TLS has not begun.',
    zh: '它可能是其他版本的 SOCKS，或是 HTTP 代理。此时 TLS 尚未开始。',
  },
} as const satisfies Record<string, Text>;

/** RFC 1928 6. */
export const SOCKS5_REPLIES: Readonly<Record<number, Text>> = {
  1: { en: 'general failure', zh: '一般性失败' },
  2: { en: 'its rules do not allow it', zh: '代理的规则不允许' },
  3: { en: 'the network cannot be reached', zh: '网络不可达' },
  4: { en: 'the host cannot be reached', zh: '主机不可达' },
  5: { en: 'the connection was refused', zh: '连接被拒绝' },
  6: { en: 'the time to live ran out', zh: 'TTL 超时' },
  7: { en: 'it does not know the command', zh: '不支持该命令' },
  8: { en: 'it does not know the kind of address', zh: '不支持该地址类型' },
};

/** Of the SOCKS 4 protocol's description. */
export const SOCKS4_REPLIES: Readonly<Record<number, Text>> = {
  91: { en: 'rejected or failed', zh: '被拒绝或失败' },
  92: { en: 'it cannot reach identd on this machine', zh: '代理无法连接本机的 identd' },
  93: { en: 'identd names another user', zh: 'identd 报告的用户名不同' },
};
