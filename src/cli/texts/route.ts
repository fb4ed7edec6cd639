// What connect says of the way to a server: rules for addresses, proxies.

import type { Text } from '../text.ts';

export const ROUTE = {
  badResolve: {
    en: '--resolve wants HOST:PORT:ADDRESS with an IP address, not {rule}',
    zh: '--resolve 的格式是 HOST:PORT:ADDRESS，其中 ADDRESS 为 IP 地址，而不是 {rule}',
  },
  badConnectTo: {
    en: '--connect-to wants HOST1:PORT1:HOST2:PORT2, not {rule}',
    zh: '--connect-to 的格式是 HOST1:PORT1:HOST2:PORT2，而不是 {rule}',
  },
  bothFamilies: { en: '-4 and -6 leave no address', zh: '-4 与 -6 互相矛盾，没有可用的地址' },
  badProxy: { en: '{proxy} is no address of a proxy', zh: '{proxy} 不是合法的代理地址' },
  proxyScheme: {
    en: 'only HTTP proxies are spoken to, http://HOST:PORT, not {proxy}',
    zh: '只支持 HTTP 代理（http://HOST:PORT），不支持 {proxy}',
  },
  resolveProxy: { en: 'could not resolve proxy {host} ({code})', zh: '无法解析代理服务器 {host}（{code}）' },
  proxyDown: {
    en: 'no TCP connection to proxy {host} port {port} ({code})',
    zh: '无法连接到代理服务器 {host} 端口 {port}（{code}）',
  },
  proxyHint: {
    en: 'The proxy comes from -x, HTTPS_PROXY or ALL_PROXY; -x "" or --noproxy goes without.',
    zh: '代理来自 -x、HTTPS_PROXY 或 ALL_PROXY；用 -x "" 或 --noproxy 可不经代理。',
  },
  establish: { en: 'CONNECT tunnel to {to} by proxy {proxy}', zh: '经代理 {proxy} 建立到 {to} 的 CONNECT 隧道' },
  established: { en: 'CONNECT tunnel established, response {status}', zh: 'CONNECT 隧道已建立，应答 {status}' },
  refused: {
    en: 'the proxy refused the tunnel to {to}: {line}',
    zh: '代理拒绝建立到 {to} 的隧道：{line}',
  },
  credentials: {
    en: 'It wants a name and a password: -x http://USER:PASSWORD@HOST:PORT.',
    zh: '代理要求用户名和密码：-x http://USER:PASSWORD@HOST:PORT。',
  },
  notHttp: {
    en: 'what listens at {proxy} does not answer as an HTTP proxy does: {line}',
    zh: '{proxy} 的应答不是 HTTP 代理的应答：{line}',
  },
  notHttpHint: {
    en: 'Is it a proxy for SOCKS, or a web server? TLS has not begun.',
    zh: '它可能是 SOCKS 代理，或是普通的网页服务器。此时 TLS 尚未开始。',
  },
  proxyClosed: {
    en: 'the proxy closed the connection without an answer to CONNECT',
    zh: '代理没有应答 CONNECT 就关闭了连接',
  },
} as const satisfies Record<string, Text>;
