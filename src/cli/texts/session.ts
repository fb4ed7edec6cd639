// What connect tells about --session, and why a session was not offered or not resumed: the engine gives its reasons in English.

import type { Lang, Text } from '../text.ts';

export const SESSION = {
  none: { en: 'Session: {file} holds none yet', zh: '会话：{file} 中还没有会话' },
  outdated: {
    en: 'Session: the one in {file} was written by another version of glasstls; it is not used and will be replaced',
    zh: '会话：{file} 由其他版本的 glasstls 写成，不使用，将被替换',
  },
  found: {
    en: 'Session: {file} holds one for {name}: {version}, {suite}, {age} old, {how}',
    zh: '会话：{file} 中有一个，属于 {name}：{version}，{suite}，建立于 {age}前，{how}',
  },
  byTicket: { en: 'a ticket of {length} bytes', zh: '票据 {length} 字节' },
  byId: { en: 'known to the server by its id', zh: '由服务器按会话 ID 保存' },
  offered: { en: 'Session: offered to the server', zh: '会话：已向服务器提出恢复' },
  notOffered: { en: 'Session: not offered: {reason}', zh: '会话：没有提出恢复：{reason}' },
  resumed: {
    en: 'Session: resumed: no certificate and no key exchange, the keys come from the secret of the session and two new randoms',
    zh: '会话：已恢复：没有证书和密钥交换，密钥由会话的主密钥和两个新随机数派生',
  },
  resumed13: {
    en: 'Session: resumed: no certificate, the keys come from the secret of the session and a new key exchange',
    zh: '会话：已恢复：没有证书，密钥由会话的秘密和新的密钥交换派生',
  },
  declined: {
    en: 'Session: not resumed, a full handshake instead: {reason}',
    zh: '会话：没有恢复，改为完整握手：{reason}',
  },
  certificate: {
    en: 'Session: the certificate below was shown when the session was made; it is judged again as of now',
    zh: '会话：下面是建立会话时出示的证书，按当前时间重新验证',
  },
  written: {
    en: 'Session: the newest one is in {file} now, {how}, good until {until}; it is a secret',
    zh: '会话：最新的会话已写入 {file}，{how}，有效期至 {until}；这是机密',
  },
  unchanged: { en: 'Session: no new one came; {file} stays as it was', zh: '会话：没有收到新的会话，{file} 保持不变' },
  foreign: {
    en: '--session: {file} is left alone, no session is offered or kept: {problem}',
    zh: '--session：不读写 {file}，也不恢复或保存会话：{problem}',
  },
  unreadable: { en: 'it cannot be read ({code})', zh: '无法读取（{code}）' },
  openssl: {
    en: 'it holds a session of OpenSSL (-sess_out), whose format glasstls does not read',
    zh: '其中是 OpenSSL 的会话（-sess_out），glasstls 不支持这种格式',
  },
  spent: {
    en: 'Session: the ticket was used and no new one came; {file} is empty now, since a ticket is good for one connection (RFC 8446 C.4)',
    zh: '会话：票据已经用过，又没有收到新的，{file} 现已清空：一张票据只用于一次连接（RFC 8446 C.4）',
  },
  earlyAlone: {
    en: '--tls-earlydata needs --session FILE: early data goes out under the key of a ticket',
    zh: '--tls-earlydata 需要 --session FILE：早期数据用票据对应的密钥加密',
  },
  earlyAlpn: {
    en: '--tls-earlydata sends HTTP/1.1 before any answer: --alpn must offer nothing else',
    zh: '--tls-earlydata 不等应答就发送 HTTP/1.1 请求，--alpn 不能提供其他协议',
  },
  noSession: { en: 'it holds no session of glasstls', zh: '其中不是 glasstls 的会话' },
} as const satisfies Record<string, Text>;

/** What became of --tls-earlydata. */
export const EARLY_DATA = {
  noSession: {
    en: 'Early data: none without a session to go on from; the request waits for the handshake',
    zh: '早期数据：没有可恢复的会话，请求等到握手完成后发送',
  },
  notAllowed: {
    en: 'Early data: the server allows none with this session; the request waits for the handshake',
    zh: '早期数据：服务器不允许本会话使用，请求等到握手完成后发送',
  },
  tooLong: {
    en: 'Early data: the request has {length} bytes and the server takes {limit}; it waits for the handshake',
    zh: '早期数据：请求有 {length} 字节，而服务器只接受 {limit} 字节，等到握手完成后发送',
  },
  sent: {
    en: 'Early data: the request ({length} bytes) goes out with the ClientHello; whoever records it can send it again',
    zh: '早期数据：请求（{length} 字节）随 ClientHello 发出；录下它的人可以重放',
  },
  accepted: {
    en: 'Early data: accepted: the server had the request a round trip earlier',
    zh: '早期数据：已被接受，服务器提前一个往返收到了请求',
  },
  rejected: {
    en: 'Early data: not accepted; the request is sent again now that the handshake is done',
    zh: '早期数据：未被接受，握手完成后重新发送请求',
  },
} as const satisfies Record<string, Text>;

const REASONS: Readonly<Record<string, string>> = {
  'another version': 'TLS 版本不同',
  'its cipher suite is not enabled': '其密码套件未启用',
  'its group is not enabled': '其密钥交换组未启用',
  'its signature scheme is not enabled': '其签名算法未启用',
  'another trust policy or configuration': '信任设置与当时不同',
  'another server name': '属于另一个主机名',
  'its application protocol is not enabled': '其应用层协议未启用',
  'it has expired': '已过期',
  'a certificate of the peer has expired, or its last proof is a week old':
    '对方的证书已过期，或距其上次证明身份已满一周',
  'tickets are off': '未启用票据',
  'it has neither id nor ticket': '既没有会话 ID 也没有票据',
  'the server chose TLS 1.3': '服务器选择了 TLS 1.3',
  'the server does not resume': '服务器不同意恢复（可能已不保留该会话，或是同一域名下票据密钥不同的另一台服务器）',
  'the client does not offer its cipher suite': '客户端没有提供其密码套件',
  'it was made without extended_master_secret': '当时没有使用扩展主密钥',
  'another application protocol': '应用层协议与当时不同',
  'the ticket cannot be opened': '票据无法解密',
  'the session is of another version': '由其他版本写成',
  'no cipher suite with its hash is enabled': '没有启用与其哈希算法相符的密码套件',
  'no cipher suite with its hash is shared': '没有双方都支持且与其哈希算法相符的密码套件',
  'the ticket is of another version': '票据属于另一个 TLS 版本',
  'no client certificate was shown in it': '当时没有出示客户端证书',
  'no session with this id': '没有这个 ID 的会话',
};

/** What the engine cannot know, and people ask at once. */
const BESIDES: Readonly<Record<string, string>> = {
  'the server does not resume':
    'the server does not resume (it has forgotten the session, or is another one behind the same name, with ticket keys of its own)',
};

/** A reason of the engine's, in the language that is spoken. One that has no row stays as it is. */
export function resumptionReason(reason: string, lang: Lang): string {
  return (lang === 'zh' ? REASONS : BESIDES)[reason] ?? reason;
}
