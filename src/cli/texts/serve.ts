// What `glasstls serve` says: how it started, how to trust it, a line for each connection, and the page that it answers with.

import type { Text } from '../text.ts';

export const SERVE = {
  folder: { en: 'Files of {folder} are served.', zh: '提供目录 {folder} 中的文件。' },
  noFolder: { en: '--www wants a folder, not {folder}', zh: '--www 的取值应为目录，而不是 {folder}' },
  listening: {
    en: 'glasstls serve: listening on https://{host}:{port}/',
    zh: 'glasstls serve：正在监听 https://{host}:{port}/',
  },
  made: {
    en: 'The certificate ({kind}) was made just now, for {names}. Nobody trusts it yet.',
    zh: '证书（{kind}）是刚刚生成的，适用于 {names}，目前没有人信任它。',
  },
  trustFile: {
    en: 'To trust it: glasstls --cacert {file} https://localhost:{port}/',
    zh: '信任方法：glasstls --cacert {file} https://localhost:{port}/',
  },
  trustHow: {
    en: 'To trust it: start with --ca-out ca.pem, then glasstls --cacert ca.pem https://localhost:{port}/ (curl takes --cacert too). To look without trust: -k.',
    zh: '信任方法：启动时加 --ca-out ca.pem，然后执行 glasstls --cacert ca.pem https://localhost:{port}/（curl 也支持 --cacert）。不验证直接查看：-k。',
  },
  given: { en: 'The certificate comes from {file}.', zh: '证书来自 {file}。' },
  requests: {
    en: 'Clients are asked for a certificate from a CA in {file}; they may have none.',
    zh: '要求客户端提供由 {file} 中的 CA 签发的证书；没有证书也可连接。',
  },
  requires: {
    en: 'Clients must have a certificate from a CA in {file}.',
    zh: '客户端必须有由 {file} 中的 CA 签发的证书。',
  },
  requireAlone: {
    en: '--require-client-cert needs --client-ca FILE: whose certificates count?',
    zh: '--require-client-cert 需要 --client-ca FILE 指明接受哪些 CA 签发的证书',
  },
  client: { en: 'client {subject}', zh: '客户端 {subject}' },
  noClient: { en: 'no client certificate', zh: '无客户端证书' },
  sharedKey: {
    en: 'Clients that have the key {name} need no certificate from this server.',
    zh: '持有共享密钥 {name} 的客户端无需本服务器的证书。',
  },
  earlyData: {
    en: 'Tickets of TLS 1.3 allow {length} bytes of early data; it is read when the handshake is done.',
    zh: 'TLS 1.3 票据允许 {length} 字节早期数据，握手完成后才处理。',
  },
  badEarlyData: {
    en: '--early-data wants a number of bytes, not {length}',
    zh: '--early-data 应为字节数，而不是 {length}',
  },
  badTickets: {
    en: '--tickets takes a number from 0 to 16, not {count}',
    zh: '--tickets 取 0 到 16 之间的整数，而不是 {count}',
  },
  ticketsTwice: {
    en: '--no-tickets and --tickets contradict each other',
    zh: '--no-tickets 与 --tickets 互相矛盾',
  },
  earlyNoTickets: {
    en: '--early-data needs tickets, which are turned off',
    zh: '--early-data 需要票据，而票据已被关闭',
  },
  bySharedKey: { en: 'by the shared key', zh: '凭共享密钥' },
  earlyAccepted: { en: 'early data', zh: '早期数据' },
  everybody: {
    en: 'Everybody who can reach {host} can connect.',
    zh: '凡是能访问 {host} 的人都可以连接。',
  },
  stop: { en: 'Ctrl-C ends it.', zh: '按 Ctrl-C 结束。' },
  stopped: {
    en: 'glasstls serve: ended; handshakes: {ok} succeeded, {failed} failed',
    zh: 'glasstls serve：已结束；成功握手 {ok} 次，失败 {failed} 次',
  },
  rsa: { en: 'RSA key exchange', zh: 'RSA 密钥交换' },
  noSni: { en: 'no SNI', zh: '无 SNI' },
  noAlpn: { en: 'no ALPN', zh: '无 ALPN' },
  resumedByTicket: { en: 'resumed by ticket', zh: '凭票据恢复会话' },
  resumedById: { en: 'resumed by session id', zh: '凭会话 ID 恢复会话' },
  notResumed: {
    en: '(came with a session that was not resumed: {reason})',
    zh: '（客户端带来的会话未恢复：{reason}）',
  },
  failed: { en: 'handshake failed', zh: '握手失败' },
  broken: { en: 'connection broken', zh: '连接中断' },
  inUse: { en: 'port {port} on {host} is taken', zh: '{host} 的端口 {port} 已被占用' },
  inUseHint: { en: 'Choose another one with --port, or 0 for any.', zh: '用 --port 换一个端口，0 表示任选。' },
  notAllowed: {
    en: 'listening on {host} port {port} is not possible ({code})',
    zh: '无法监听 {host} 端口 {port}（{code}）',
  },
  badPort: {
    en: '--port wants a number from 0 to 65535, not {port}',
    zh: '--port 应为 0 到 65535 的数字，而不是 {port}',
  },
} as const satisfies Record<string, Text>;

export const PAGE = {
  title: { en: 'You reached glasstls', zh: '你已连接到 glasstls' },
  version: { en: 'TLS version', zh: 'TLS 版本' },
  suite: { en: 'cipher suite', zh: '密码套件' },
  group: { en: 'key exchange', zh: '密钥交换' },
  scheme: { en: 'server signature', zh: '服务器签名' },
  sni: { en: 'host name (SNI)', zh: '主机名（SNI）' },
  alpn: { en: 'application protocol (ALPN)', zh: '应用层协议（ALPN）' },
  session: { en: 'session', zh: '会话' },
  fresh: { en: 'new', zh: '新建' },
  resumed: { en: 'resumed', zh: '恢复' },
  secrecy: { en: 'forward secrecy', zh: '前向安全性' },
  client: { en: 'your certificate', zh: '你的证书' },
  peer: { en: 'you come from', zh: '你的地址' },
  request: { en: 'you asked for', zh: '你的请求' },
  later: { en: 'once the session and the keys of tickets are forgotten', zh: '会话和票据密钥销毁之后才有' },
  yes: { en: 'yes', zh: '有' },
  no: { en: 'no', zh: '没有' },
  none: { en: 'none', zh: '无' },
  shared: { en: 'the shared key alone', zh: '仅共享密钥' },
  proof: { en: 'proved by', zh: '身份证明' },
  byShared: { en: 'the shared key', zh: '共享密钥' },
  early: { en: 'early data', zh: '早期数据' },
  bytes: { en: '{n} bytes', zh: '{n} 字节' },
  rsa: { en: 'RSA (the client sent the secret, encrypted)', zh: 'RSA（由客户端加密发送秘密）' },
} as const satisfies Record<string, Text>;
