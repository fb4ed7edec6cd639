// The prose of the lesson: what stands around the ladders, the steps and the keys. Explanations of single messages are those of
// inspect/texts; here is what makes chapters of them.

import type { FullHandshakeKind } from '../../inspect/timeline.ts';
import type { Text } from '../text.ts';

/** The chapters on full handshakes. */
export type ChapterName = 'rsa' | 'ecdhe' | 'tls13';

export interface ChapterText {
  readonly kind: FullHandshakeKind;
  readonly title: Text;
  readonly intro: Text;
  /** Over the keys. */
  readonly keys: Text;
  /** What somebody who recorded everything and later steals the server's key can do. */
  readonly thief: Text;
}

export const CHAPTERS: Readonly<Record<ChapterName, ChapterText>> = {
  rsa: {
    kind: 'rsa12',
    title: { en: 'TLS 1.2 with RSA key exchange', zh: 'TLS 1.2：RSA 密钥交换' },
    intro: {
      en: 'The handshake that most notes and interview answers describe, in seven steps. The client makes a secret and sends it, encrypted with the key in the certificate. It is out of use (TLS 1.3 removed it; here it runs only because --legacy asks for it), but it is the one to understand first. Below are the seven steps in their usual order, and, where the usual account is not quite right, what really happens.',
      zh: '大多数笔记和面试答案讲的就是这种握手，共七步：客户端生成一个秘密，用证书里的公钥加密后发给服务器。它已被淘汰（TLS 1.3 将其删除，这里要用 --legacy 才会启用），但最适合入门。下面按通常的七步顺序讲解；通行说法不够准确的地方，会顺带说明实际情况。',
    },
    keys: {
      en: 'Three numbers become the session keys. Two of them crossed the wire in clear; the third crossed it encrypted.',
      zh: '三个数变成会话密钥：前两个随机数明文传输，第三个（预主密钥）加密传输。',
    },
    thief: {
      en: 'No forward secrecy, tried out: the recorded ClientKeyExchange and the server’s private key give',
      zh: '没有前向安全性，当场验证：用服务器私钥解密录下的 ClientKeyExchange，得到',
    },
  },
  ecdhe: {
    kind: 'ecdhe12',
    title: { en: 'TLS 1.2 with ECDHE key exchange', zh: 'TLS 1.2：ECDHE 密钥交换' },
    intro: {
      en: 'What curl shows when it speaks TLS 1.2 with any server of today. The secret is no longer sent: each side makes a key pair for this connection alone, and both compute the same secret from their own private key and the other’s public key. One message more than with RSA, ServerKeyExchange, and the same two round trips.',
      zh: '如今用 curl 访问 TLS 1.2 服务器，看到的就是这种握手。秘密不再传输：双方各自为本次连接生成一对临时密钥，用自己的私钥和对方的公钥算出同一个秘密。比 RSA 多一条 ServerKeyExchange 消息，同样是两个往返。',
    },
    keys: {
      en: 'Both randoms and the two public keys crossed the wire in clear. The secret that they lead to never did.',
      zh: '两个随机数和双方的临时公钥都是明文传输；由它们得到的秘密从未在网络上出现。',
    },
    thief: {
      en: 'Forward secrecy: the server’s private key only made a signature. It decrypts nothing that was recorded; the ephemeral keys that could are gone.',
      zh: '具备前向安全性：服务器私钥只用来签名，解不开任何录下的数据；能解开的临时私钥已经销毁。',
    },
  },
  tls13: {
    kind: 'tls13',
    title: { en: 'TLS 1.3', zh: 'TLS 1.3' },
    intro: {
      en: 'The same idea as ECDHE, put in a better order. The client sends its public key at once, so the secret is there after one message from each side, everything from then on is encrypted, the certificate too, and one round trip is enough.',
      zh: '思路与 ECDHE 相同，但顺序更合理：客户端一开始就带上临时公钥，双方各发一条消息后秘密就已产生，此后全部加密（包括证书），一个往返即可完成。',
    },
    keys: {
      en: 'One secret feeds a ladder of derivations (HKDF): the handshake and the data get keys of their own, each bound to all messages before it.',
      zh: '一个共享秘密经 HKDF 逐级派生：握手和应用数据各用各的密钥，每个密钥都与此前的全部消息绑定。',
    },
    thief: {
      en: 'Forward secrecy: as with ECDHE, the server’s private key only made a signature, and opens nothing that was recorded.',
      zh: '具备前向安全性：与 ECDHE 一样，服务器私钥只用来签名，解不开任何录下的数据。',
    },
  },
};

export const DEMO = {
  title: { en: 'The TLS handshake, on real bytes', zh: 'TLS 握手：用真实字节讲解' },
  opening: {
    en: 'A client and a server in this process shake hands on loopback sockets. Every number below was on that wire or came out of it a moment ago; nothing is canned. Arrows show who sends; single lines are readable by everybody on the way, double lines are encrypted.',
    zh: '客户端和服务器都在本进程内，通过回环套接字真实握手。下面的每个数值都是刚刚传输或算出来的，没有一处是预先写好的。箭头表示发送方向；单线是明文，沿途可见；双线是密文。',
  },
  chapter: { en: 'Chapter {n}', zh: '第 {n} 章' },
  curl: { en: 'The same handshake in the words of curl -v', zh: '同一次握手，用 curl -v 的说法' },
  steps: { en: 'Step by step', zh: '逐步讲解' },
  keys: { en: 'How the keys are made', zh: '密钥从何而来' },
  same: {
    en: 'Checked: client and server computed the same {count} secrets, each on its own.',
    zh: '已核对：客户端和服务器各自独立算出的 {count} 个秘密完全相同。',
  },
  different: { en: 'Client and server do NOT agree on the secrets.', zh: '客户端和服务器算出的秘密不一致！' },
  thief: { en: 'And if the server’s key is stolen later?', zh: '如果日后服务器私钥被盗？' },
  thiefSame: {
    en: 'the very pre-master secret of above. Everything that was recorded of this connection can be read.',
    zh: '正是上面的预主密钥：录下的本次通信全部可以解密。',
  },
  ems: {
    en: 'The randoms enter the master secret through session_hash, the hash of all messages so far (extended master secret, RFC 7627). Older stacks put the two randoms there themselves. Into the session keys they go directly, either way.',
    zh: '两个随机数通过 session_hash（此前全部握手消息的哈希）进入主密钥，这是扩展主密钥（RFC 7627）的做法；较旧的实现直接用两个随机数。到派生会话密钥时，两种做法都直接用到随机数。',
  },
  comparison: { en: 'The three side by side', zh: '三种握手对比' },
  times: {
    en: 'The times are those of one process that plays both sides with no network between. On a real one the round trips decide: with 50 ms there and back, the first byte of the request leaves after 100, 100 and 50 ms (TCP’s own round trip not counted).',
    zh: '表中用时是同一进程扮演双方、没有网络延迟的结果。真实网络上起决定作用的是往返次数：若一次往返 50 ms，发出请求前分别要等 100、100、50 ms（TCP 自身的往返未计入）。',
  },
  closing: { en: 'Now you', zh: '自己动手' },
  chapters: { en: 'Chapters', zh: '各章' },
  more: { en: 'More chapters', zh: '更多章节' },
  moreHow: {
    en: 'Each with npx glasstls demo --chapter NAME, which may be given again; --chapter all shows everything.',
    zh: '用 npx glasstls demo --chapter NAME 单独演示某一章，可重复给出；--chapter all 演示全部。',
  },
} as const satisfies Record<string, Text>;

export const INTERVIEW = {
  one: { en: 'The interview question', zh: '面试题' },
  several: { en: 'Interview questions', zh: '面试题' },
} as const satisfies Record<string, Text>;

/** The names of values in the steps. */
export const VALUES = {
  random1: { en: 'random 1', zh: '第 1 随机数' },
  random2: { en: 'random 2', zh: '第 2 随机数' },
  preMaster: { en: 'pre-master', zh: '预主密钥' },
  shared: { en: 'shared secret', zh: '共享秘密' },
  versions: { en: 'versions', zh: '版本' },
  version: { en: 'version', zh: '版本' },
  suites: { en: 'cipher suites', zh: '密码套件' },
  suite: { en: 'cipher suite', zh: '密码套件' },
  sni: { en: 'host name', zh: '主机名' },
  subject: { en: 'subject', zh: '使用者' },
  names: { en: 'valid for', zh: '适用名称' },
  issuer: { en: 'issued by', zh: '签发者' },
  sessionId: { en: 'session id', zh: '会话 ID' },
  ticket: { en: 'ticket', zh: '会话票据' },
  binder: { en: 'binder', zh: 'binder' },
  types: { en: 'kinds of key', zh: '证书类型' },
  schemes: { en: 'schemes', zh: '签名算法' },
  authorities: { en: 'authorities', zh: '接受的 CA' },
  publicKey: { en: 'public key', zh: '公钥' },
  clientKey: { en: 'client key', zh: '客户端公钥' },
  serverKey: { en: 'server key', zh: '服务器公钥' },
  signature: { en: 'signature', zh: '签名' },
  encrypted: { en: 'encrypted', zh: '密文' },
  verifyData: { en: 'verify_data', zh: '校验值' },
  group: { en: 'group', zh: '组' },
  alpn: { en: 'protocol', zh: '应用协议' },
  taught: { en: 'often taught', zh: '通常说法' },
  inFact: { en: 'in fact', zh: '实际上' },
} as const satisfies Record<string, Text>;

export const TRY: readonly (readonly [command: string, what: Text])[] = [
  [
    'npx glasstls serve --ca-out ca.pem',
    { en: 'a server of your own, on port 8443', zh: '启动自己的服务器，端口 8443' },
  ],
  [
    'npx glasstls -v --cacert ca.pem https://localhost:8443/',
    { en: 'look at its handshake from the other side', zh: '从客户端一侧看握手' },
  ],
  [
    'npx glasstls -vvvv --cacert ca.pem https://localhost:8443/',
    { en: 'every field and every key', zh: '展开每个字段和每个密钥' },
  ],
  [
    'npx glasstls serve --legacy --tls-max 1.2 --ca-out ca.pem',
    {
      en: 'the RSA handshake; connect with --legacy and --ciphers AES128-GCM-SHA256',
      zh: 'RSA 握手；客户端加上 --legacy 和 --ciphers AES128-GCM-SHA256',
    },
  ],
  [
    'npx glasstls -v --cacert ca.pem --session s.pem localhost:8443',
    {
      en: 'twice, with that server of TLS 1.2: the second time the session is resumed',
      zh: '对这个 TLS 1.2 服务器执行两次：第二次就是恢复会话',
    },
  ],
  [
    'npx glasstls serve --early-data 4096 --ca-out ca.pem',
    {
      en: 'early data; add --tls-earlydata to the line above, and do it twice',
      zh: '早期数据；在上一行命令里加上 --tls-earlydata，执行两次',
    },
  ],
  [
    'npx glasstls https://localhost:8443/',
    { en: 'without the CA: see what a refusal looks like', zh: '不给 CA：看看拒绝连接时的说明' },
  ],
  ['npx glasstls -v -I https://example.com/', { en: 'a real server', zh: '访问真实的服务器' }],
];
