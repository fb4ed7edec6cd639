// Every flag of the command, once: name, letter, value, topic, what it does in both languages. Parsing, suggestions and help
// are made from this table; the names are those that users of curl and openssl already type.

import type { Text } from './text.ts';

export type Command = 'connect' | 'serve' | 'demo';

export type Topic = 'output' | 'trust' | 'tls' | 'connection' | 'server' | 'lesson' | 'general';

export interface Flag {
  readonly name: string;
  readonly short?: string;
  /** What stands for the value in help; absent for a flag without one. */
  readonly value?: string;
  readonly topic: Topic;
  readonly commands: readonly Command[];
  readonly help: Text;
}

export const TOPICS: Readonly<Record<Topic, Text>> = {
  output: { en: 'What is shown and written', zh: '显示与输出' },
  trust: { en: 'Whom to trust', zh: '信任' },
  tls: { en: 'What TLS may use', zh: 'TLS 参数' },
  connection: { en: 'The connection', zh: '连接' },
  server: { en: 'The server', zh: '服务器' },
  lesson: { en: 'The lesson', zh: '演示' },
  general: { en: 'General', zh: '通用' },
};

const BOTH: readonly Command[] = ['connect', 'serve'];
const ALL: readonly Command[] = ['connect', 'serve', 'demo'];
const CONNECT: readonly Command[] = ['connect'];
const SERVE: readonly Command[] = ['serve'];
const DEMO: readonly Command[] = ['demo'];

/** `usage`: letter and value as help shows them, `-o FILE`, either of which may be missing. */
function flag<const N extends string>(
  name: N,
  usage: string,
  topic: Topic,
  commands: readonly Command[],
  en: string,
  zh: string,
): Flag & { readonly name: N } {
  const [, short, value] = /^(?:-(\w))? ?(.+)?$/.exec(usage) ?? [];
  return {
    name,
    topic,
    commands,
    help: { en, zh },
    ...(short !== undefined && { short }),
    ...(value !== undefined && { value }),
  };
}

export const FLAGS = [
  flag(
    'verbose',
    '-v',
    'output',
    BOTH,
    '-v shows each message in the words of curl -v; -vv adds records, states and decisions; -vvv opens every message field by field and shows how the keys are made (they are secrets of this very connection).',
    '-v 用 curl -v 的说法显示每条消息；-vv 另外显示记录、状态和协商决定；-vvv 逐字段展开每条消息，并显示密钥的派生过程（即本次连接自己的机密）。',
  ),
  flag(
    'head',
    '-I',
    'output',
    CONNECT,
    'Asks with HEAD and shows the headers of the answer.',
    '发送 HEAD 请求并显示响应头。',
  ),
  flag(
    'include',
    '-i',
    'output',
    CONNECT,
    'Shows the headers of the answer before its body.',
    '在正文之前显示响应头。',
  ),
  flag(
    'output',
    '-o FILE',
    'output',
    CONNECT,
    'Writes the body to FILE instead of standard output.',
    '把正文写入 FILE，而不是标准输出。',
  ),
  flag(
    'silent',
    '-s',
    'output',
    CONNECT,
    'Says nothing on standard error, not even about failures; the exit code tells.',
    '不向标准错误输出任何内容，失败也不提示，只以退出码表示。',
  ),
  flag(
    'keylog',
    'FILE',
    'output',
    CONNECT,
    'Appends the secrets of the connection to FILE (RFC 9850), for Wireshark; mode 0600. Default: SSLKEYLOGFILE.',
    '把连接的密钥追加到 FILE（RFC 9850 格式，供 Wireshark 解密），权限 0600。默认取环境变量 SSLKEYLOGFILE。',
  ),
  flag(
    'trace',
    'FILE',
    'output',
    CONNECT,
    'Writes everything that was observed to FILE as JSON lines, without secrets; - is standard output.',
    '把观察到的全部过程以 JSON 行写入 FILE，不含机密；- 表示标准输出。',
  ),
  flag(
    'cacert',
    'FILE',
    'trust',
    CONNECT,
    'Trusts the certificates in FILE (PEM) and no others. Default: those of SSL_CERT_FILE, else the built-in roots; NODE_EXTRA_CA_CERTS adds to the default.',
    '只信任 FILE（PEM）中的证书。默认使用 SSL_CERT_FILE，未设置则用内置根证书；NODE_EXTRA_CA_CERTS 只追加到默认的信任列表。',
  ),
  flag(
    'insecure',
    '-k',
    'trust',
    CONNECT,
    'Goes on although the certificate is refused, and says which check was skipped.',
    '证书未通过验证也继续连接，并说明忽略了哪项检查。',
  ),
  flag(
    'aia',
    '',
    'trust',
    CONNECT,
    'When the server left out an intermediate certificate and the certificate says where it is published, fetches it from there (http:// only, 3 fetches at most) and judges again. Whoever runs that server learns of it.',
    '服务器漏发中间证书、而证书写明其发布地址时，从该地址下载（仅限 http://，最多 3 次）后重新验证。该地址的服务器会因此知道本次访问。',
  ),
  flag(
    'policy',
    'NAME',
    'trust',
    CONNECT,
    'Which certificates are good enough: compatible (what node:tls accepts, the default) or web (what browsers ask for).',
    '证书的验收标准：compatible（与 node:tls 相同，默认）或 web（按浏览器的要求）。',
  ),
  flag('tlsv1.2', '', 'tls', BOTH, 'TLS 1.2 or higher (the default).', '使用 TLS 1.2 或更高版本（默认）。'),
  flag('tlsv1.3', '', 'tls', BOTH, 'TLS 1.3 or higher.', '使用 TLS 1.3 或更高版本。'),
  flag('tls-max', 'VERSION', 'tls', BOTH, 'No higher than VERSION: 1.2 or 1.3.', '最高不超过 VERSION：1.2 或 1.3。'),
  flag(
    'ciphers',
    'LIST',
    'tls',
    BOTH,
    'Cipher suites, best first, by the names of OpenSSL or IANA, separated by colons.',
    '密码套件，按偏好排列，用冒号分隔，可用 OpenSSL 或 IANA 的名称。',
  ),
  flag(
    'curves',
    'LIST',
    'tls',
    BOTH,
    'Groups for the key exchange, best first: X25519, P-256, P-384, P-521, X448.',
    '密钥交换所用的组，按偏好排列：X25519、P-256、P-384、P-521、X448。',
  ),
  flag(
    'alpn',
    'LIST',
    'tls',
    BOTH,
    'Application protocols, best first, separated by commas. Default http/1.1; an empty list offers none.',
    '应用层协议，按偏好排列，用逗号分隔。默认 http/1.1；空列表表示不使用 ALPN。',
  ),
  flag(
    'legacy',
    '',
    'tls',
    BOTH,
    'Adds RSA key exchange, which has no forward secrecy.',
    '允许 RSA 密钥交换（没有前向安全性）。',
  ),
  flag(
    'provider',
    'NAME',
    'tls',
    BOTH,
    'Who does the mathematics: node (node:crypto, the default) or noble (JavaScript).',
    '由哪个后端完成密码运算：node（node:crypto，默认）或 noble（纯 JavaScript）。',
  ),
  flag(
    'session',
    'FILE',
    'connection',
    CONNECT,
    'Resumes the session in FILE, if there is one and host and trust are those it was made with; afterwards writes the newest session there (a secret; mode 0600). What -sess_in and -sess_out are to openssl.',
    '恢复 FILE 中的会话（主机和信任设置须与建立时相同），结束时把最新的会话写回（机密，权限 0600）。相当于 openssl 的 -sess_in 加 -sess_out。',
  ),
  flag(
    'connect-timeout',
    'SECONDS',
    'connection',
    CONNECT,
    'Time for name, TCP and TLS together.',
    '域名解析、TCP 连接和 TLS 握手的总时限。',
  ),
  flag('max-time', '-m SECONDS', 'connection', CONNECT, 'Time for everything.', '整个过程的时限。'),
  flag(
    'resolve',
    'HOST:PORT:ADDR',
    'connection',
    CONNECT,
    'Uses ADDR for HOST and PORT instead of asking DNS. May be given again.',
    '访问 HOST:PORT 时直接使用 ADDR，不查询 DNS。可重复给出。',
  ),
  flag(
    'port',
    'N',
    'server',
    SERVE,
    'Port to listen on; 0 takes a free one. Default 8443.',
    '监听端口；0 表示任选空闲端口。默认 8443。',
  ),
  flag(
    'host',
    'ADDR',
    'server',
    SERVE,
    'Address to listen on. Default 127.0.0.1: only this machine can connect.',
    '监听地址。默认 127.0.0.1，即只有本机可以连接。',
  ),
  flag(
    'cert',
    'FILE',
    'server',
    SERVE,
    'Certificate chain (PEM), own certificate first. Without it one is made on the spot.',
    '证书链（PEM），服务器证书在最前。不给出则当场生成一张。',
  ),
  flag('key', 'FILE', 'server', SERVE, 'Private key of the certificate (PEM).', '证书对应的私钥（PEM）。'),
  flag(
    'name',
    'NAME',
    'server',
    SERVE,
    'Host name or address in the made certificate, beside localhost. May be given again.',
    '写入所生成证书的主机名或地址（localhost 之外）。可重复给出。',
  ),
  flag(
    'ca-out',
    'FILE',
    'server',
    SERVE,
    'Writes the certificate of the made CA to FILE, for clients to trust.',
    '把所生成 CA 的证书写入 FILE，供客户端信任。',
  ),
  flag(
    'rsa',
    '',
    'server',
    SERVE,
    'The made certificate has an RSA key (the default with --legacy).',
    '生成的证书使用 RSA 密钥（配合 --legacy 时默认如此）。',
  ),
  flag(
    'ecdsa',
    '',
    'server',
    SERVE,
    'The made certificate has a P-256 key (the default).',
    '生成的证书使用 P-256 密钥（默认）。',
  ),
  flag(
    'ed25519',
    '',
    'server',
    SERVE,
    'The made certificate has an Ed25519 key; browsers refuse it.',
    '生成的证书使用 Ed25519 密钥（浏览器不接受）。',
  ),
  flag(
    'once',
    '',
    'server',
    SERVE,
    'Ends after one connection; the exit code tells whether its handshake succeeded.',
    '处理一个连接后退出，退出码表示握手是否成功。',
  ),
  flag(
    'no-tickets',
    '',
    'server',
    SERVE,
    'Gives no tickets; clients can still resume by session id, out of the memory of this server.',
    '不发放票据；客户端仍可凭会话 ID 恢复会话（由本服务器记在内存里）。',
  ),
  flag(
    'chapter',
    'NAME',
    'lesson',
    DEMO,
    'Only one chapter: rsa, ecdhe or tls13.',
    '只演示一章：rsa、ecdhe 或 tls13。',
  ),
  flag('list', '', 'lesson', DEMO, 'Lists the chapters.', '列出各章。'),
  flag(
    'lang',
    'en|zh',
    'general',
    ALL,
    'Language. Default: LC_ALL, LC_MESSAGES, LANG.',
    '语言。默认依次取 LC_ALL、LC_MESSAGES、LANG。',
  ),
  flag('help', '-h', 'general', ALL, 'Shows help.', '显示帮助。'),
  flag('version', '-V', 'general', ALL, 'Shows the version.', '显示版本号。'),
] as const;

export type FlagName = (typeof FLAGS)[number]['name'];

export const flagRows: readonly Flag[] = FLAGS;
