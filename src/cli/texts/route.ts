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
    en: 'a proxy is http://, https://, socks4://, socks4a://, socks5:// or socks5h://, not {proxy}',
    zh: '代理地址应以 http://、https://、socks4://、socks4a://、socks5:// 或 socks5h:// 开头，不支持 {proxy}',
  },
  longCredentials: {
    en: 'SOCKS takes names and passwords of 255 bytes at most, and no zero byte in version 4',
    zh: 'SOCKS 的用户名和密码最多 255 字节，版本 4 还不能含有零字节',
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
  tls: { en: 'TLS to the proxy {proxy}', zh: '与代理 {proxy} 建立 TLS' },
  tlsDone: {
    en: 'TLS to the proxy is established: {version} / {cipher}',
    zh: '与代理的 TLS 已建立：{version} / {cipher}',
  },
  tlsUnproved: {
    en: 'WARNING: --proxy-insecure goes on although the certificate of the proxy is refused: {problem}',
    zh: '警告：代理的证书未通过验证，--proxy-insecure 仍然继续：{problem}',
  },
  atProxy: { en: 'at', zh: '阶段' },
  atProxyText: {
    en: 'TLS to the proxy {proxy}; the server was not reached yet. What is said of the server below is about the proxy.',
    zh: '与代理 {proxy} 的 TLS 握手，尚未到达服务器。下面所说的“服务器”都是指代理。',
  },
  atProxyHint: {
    en: '--proxy-cacert FILE trusts a CA for the proxy; --cacert and -k are about the server alone.',
    zh: '用 --proxy-cacert FILE 指定为代理信任的 CA；--cacert 和 -k 只针对服务器。',
  },
  establish: { en: 'CONNECT tunnel to {to} by proxy {proxy}', zh: '经代理 {proxy} 建立到 {to} 的 CONNECT 隧道' },
  established: { en: 'CONNECT tunnel established, response {status}', zh: 'CONNECT 隧道已建立，应答 {status}' },
  refused: {
    en: 'the proxy refused the tunnel to {to}: {line}',
    zh: '代理拒绝建立到 {to} 的隧道：{line}',
  },
  credentials: {
    en: 'It wants a name and a password: -x http://USER:PASSWORD@HOST:PORT, or --proxy-user.',
    zh: '代理要求用户名和密码：-x http://USER:PASSWORD@HOST:PORT，或 --proxy-user。',
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
