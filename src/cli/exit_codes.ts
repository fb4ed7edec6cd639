// What the command ends with: curl's numbers, because scripts know them (curl.se/libcurl/c/libcurl-errors.html). Where curl is
// vague this is better: 98 also when a TLS 1.3 server asks for a certificate after the client believed itself connected.

import type { Text } from './text.ts';

export const EXIT = {
  ok: 0,
  protocol: 1,
  usage: 2,
  url: 3,
  resolveProxy: 5,
  resolve: 6,
  connect: 7,
  reply: 8,
  http2: 16,
  status: 22,
  write: 23,
  read: 26,
  timeout: 28,
  handshake: 35,
  listen: 45,
  redirects: 47,
  empty: 52,
  send: 55,
  receive: 56,
  ownCertificate: 58,
  cipher: 59,
  peerCertificate: 60,
  starttls: 64,
  caFile: 77,
  crlFile: 82,
  pin: 90,
  certificateStatus: 91,
  http2Stream: 92,
  proxy: 97,
  clientCertificate: 98,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** For `glasstls help exit-codes`. */
export const EXIT_TEXTS: Readonly<Record<ExitCode, Text>> = {
  0: { en: 'All went well.', zh: '一切正常。' },
  1: {
    en: 'A protocol that this command does not speak: an http:// address, or something else than HTTP chosen by ALPN.',
    zh: '不支持的协议：http:// 地址，或 ALPN 协商出了 HTTP 以外的协议。',
  },
  2: { en: 'Wrong use: an unknown flag, a missing value.', zh: '用法错误：未知选项，或选项缺少取值。' },
  3: { en: 'The address is not a URL.', zh: '地址不是合法的 URL。' },
  5: { en: 'The host name of the proxy could not be resolved.', zh: '代理服务器的域名解析失败。' },
  6: { en: 'The host name could not be resolved.', zh: '域名解析失败。' },
  7: { en: 'No TCP connection.', zh: '无法建立 TCP 连接。' },
  8: { en: 'The answer is not what the protocol says.', zh: '服务器的应答不符合协议。' },
  16: { en: 'The HTTP/2 connection broke.', zh: 'HTTP/2 连接出错。' },
  22: { en: 'The status was 400 or more (--fail).', zh: '状态码为 400 及以上（--fail）。' },
  23: { en: 'A file could not be written.', zh: '无法写入文件。' },
  26: {
    en: 'What was to be sent could not be read; for decode, a file it cannot read or does not understand.',
    zh: '无法读取要发送的内容；对 decode 则是无法读取文件，或不认识其格式。',
  },
  28: { en: 'Time is up (--connect-timeout, --max-time).', zh: '超时（--connect-timeout、--max-time）。' },
  35: {
    en: 'The TLS handshake failed; for decode, something in the capture is proved wrong.',
    zh: 'TLS 握手失败；对 decode 则是抓包中有内容验证有误。',
  },
  45: { en: 'The server cannot listen on that address and port.', zh: '无法监听指定的地址和端口。' },
  47: { en: 'Too many redirects (--max-redirs).', zh: '重定向次数过多（--max-redirs）。' },
  52: { en: 'The server closed without an answer.', zh: '服务器未应答就关闭了连接。' },
  55: { en: 'Sending failed.', zh: '发送数据失败。' },
  56: { en: 'Receiving failed; a cut-off connection counts too.', zh: '接收数据失败，包括连接被中途截断。' },
  58: { en: 'The own certificate or key cannot be used.', zh: '自己的证书或私钥不可用。' },
  59: { en: 'A cipher suite or group that does not exist or cannot be used.', zh: '密码套件或组不存在，或无法使用。' },
  60: {
    en: "The server's certificate was refused; for serve, the client's.",
    zh: '服务器的证书（对 serve 则是客户端的证书）未通过验证。',
  },
  64: {
    en: 'The server does not change over to TLS (--starttls).',
    zh: '服务器没有升级到 TLS（--starttls）。',
  },
  77: { en: 'The file of trusted certificates cannot be read.', zh: '无法读取受信任证书文件。' },
  82: { en: 'The file of revocation lists cannot be read.', zh: '无法读取证书吊销列表。' },
  90: { en: 'The key is none of --pinnedpubkey.', zh: '公钥与 --pinnedpubkey 不符。' },
  91: {
    en: 'The server brought no OCSP response that says its certificate is good (--cert-status), or one that says it is revoked.',
    zh: '服务器没有附上证明证书有效的 OCSP 响应（--cert-status），或响应表明证书已被吊销。',
  },
  92: { en: 'The server broke off the HTTP/2 stream.', zh: '服务器中断了 HTTP/2 流。' },
  97: { en: 'The SOCKS proxy did not make the connection.', zh: 'SOCKS 代理没有建立连接。' },
  98: { en: 'A client certificate is required, and there was none.', zh: '必须有客户端证书，但没有提供。' },
};

/** An end that is no surprise: what to say, how to go on, and the code. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exit: ExitCode;
  readonly text: Text;
  readonly hint: Text | undefined;

  constructor(exit: ExitCode, text: Text, hint?: Text) {
    super(text.en);
    this.exit = exit;
    this.text = text;
    this.hint = hint;
  }
}
