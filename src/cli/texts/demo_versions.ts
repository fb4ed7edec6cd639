// The chapter that sets TLS 1.2 and TLS 1.3 side by side: what moved where, what waiting costs, what each shows on the way.

import type { Text } from '../text.ts';

export const VERSIONS = {
  title: { en: 'TLS 1.2 and TLS 1.3 side by side', zh: 'TLS 1.2 与 TLS 1.3 对比' },
  intro: {
    en: 'The same client, the same server, the same suite of AES and the same group; only the version differs. Count the turns: an arrow that points back after one that went out is one round trip. TLS 1.2 asks first which group there is and sends its key afterwards; TLS 1.3 sends a key with the question.',
    zh: '同一个客户端、同一个服务器、同样的 AES 算法和同一个组，只有版本不同。数一数来回：发出之后等到对方应答，算一个往返。TLS 1.2 先问清用哪个组，再发公钥；TLS 1.3 提问时就把公钥一起发出。',
  },
  moved: { en: 'What moved where', zh: '每一步变成了什么' },
  waiting: { en: 'What the turns cost', zh: '往返的代价' },
  waitingText: {
    en: 'Before the first byte of the request can leave, one round trip goes to TCP and {old} (TLS 1.2) or {new} (TLS 1.3) to the handshake, as counted above. Computation takes a millisecond or two; distance decides:',
    zh: '发出请求的第一个字节之前，TCP 要一个往返，握手要 {old} 个（TLS 1.2）或 {new} 个（TLS 1.3），即上面数出的结果。计算只需一两毫秒，起决定作用的是距离：',
  },
  distance: { en: 'There and back: {ms} ms', zh: '一次往返 {ms} ms' },
  leaves: { en: 'request leaves after {ms} ms', zh: '{ms} ms 后发出请求' },
  near: { en: 'the same city', zh: '同城' },
  far: { en: 'across a continent', zh: '跨越大陆' },
  moon: { en: 'around half the globe', zh: '绕过半个地球' },
  overheard12: { en: 'TLS 1.2:', zh: 'TLS 1.2：' },
  overheard13: { en: 'TLS 1.3:', zh: 'TLS 1.3：' },
  clearOf: {
    en: 'Readable handshake messages, counted above: {old} of {oldAll} in TLS 1.2, {new} of {newAll} in TLS 1.3.',
    zh: '上面数出的明文握手消息：TLS 1.2 为 {oldAll} 条中的 {old} 条，TLS 1.3 为 {newAll} 条中的 {new} 条。',
  },
} as const satisfies Record<string, Text>;

/** A step of TLS 1.2, and where it is in TLS 1.3. */
export const MOVED: readonly (readonly [was: Text, now: Text])[] = [
  [
    { en: 'ServerKeyExchange, ClientKeyExchange', zh: 'ServerKeyExchange、ClientKeyExchange' },
    {
      en: 'key_share, in the two hellos. The client guesses the group; if it guessed wrong, HelloRetryRequest costs the round trip that was saved.',
      zh: '放进双方 Hello 的 key_share 扩展。客户端预判服务器选哪个组；猜错时要靠 HelloRetryRequest 重来，省下的往返又赔了进去。',
    },
  ],
  [
    { en: 'signature in ServerKeyExchange', zh: 'ServerKeyExchange 中的签名' },
    {
      en: 'CertificateVerify, over everything so far and not only over randoms and key: nothing that was negotiated can have been changed on the way.',
      zh: '改为 CertificateVerify，签名覆盖此前全部消息，而不只是随机数和临时公钥：协商内容在途中不可能被改动。',
    },
  ],
  [
    { en: 'Certificate', zh: 'Certificate' },
    {
      en: 'stays, but encrypted: the keys are there after ServerHello already.',
      zh: '保留，但已加密：ServerHello 之后就有密钥了。',
    },
  ],
  [
    { en: 'ServerHelloDone', zh: 'ServerHelloDone' },
    {
      en: 'gone: the server’s Finished ends its flight.',
      zh: '取消：服务器的消息以 Finished 结尾。',
    },
  ],
  [
    { en: 'ChangeCipherSpec', zh: 'ChangeCipherSpec' },
    {
      en: 'means nothing any more; it is sent so that old boxes on the way take the connection for a resumed one of TLS 1.2.',
      zh: '不再有任何含义，发送它只是为了让旧的中间设备以为这是 TLS 1.2 的会话恢复。',
    },
  ],
  [
    { en: 'Finished', zh: 'Finished' },
    {
      en: 'the server’s comes first, so the client need not wait for it with its request. In TLS 1.2 the client goes first, and waits.',
      zh: '服务器先发，因此客户端发完自己的 Finished 就能发请求。TLS 1.2 由客户端先发，发完还得等。',
    },
  ],
  [
    { en: 'session id, session ticket', zh: '会话 ID、会话票据' },
    {
      en: 'one way to resume, pre_shared_key, with a new key exchange beside it and, if both like, data in the first flight (chapter early-data).',
      zh: '统一为 pre_shared_key，同时仍做新的密钥交换；双方愿意时，首个报文就可带数据（见 early-data 一章）。',
    },
  ],
  [
    { en: 'RSA, CBC, SHA-1, compression ...', zh: 'RSA、CBC、SHA-1、压缩、重协商' },
    {
      en: 'removed, and renegotiation too. Every suite is AEAD, every key exchange gives forward secrecy (but for psk_ke, which nobody has to offer).',
      zh: '全部删除。套件一律为 AEAD，密钥交换一律有前向安全性（psk_ke 除外，可以不提供）。',
    },
  ],
];

export const VERSIONS_INTERVIEW = {
  question: {
    en: 'What does TLS 1.3 do better than TLS 1.2, and why does it need one round trip less?',
    zh: 'TLS 1.3 相比 TLS 1.2 有哪些改进？为什么能少一个 RTT？',
  },
  answers: [
    {
      en: 'One round trip in place of two: the client sends key shares in its first message, so that ServerHello completes the key exchange. In TLS 1.2 the keys crossed in the second turn.',
      zh: '完整握手由 2-RTT 降为 1-RTT：客户端在第一条消息里就带上 key_share，ServerHello 一到密钥交换即告完成；TLS 1.2 要到第二个来回才交换公钥。',
    },
    {
      en: 'Everything behind ServerHello is encrypted, the certificate included. The host name in ClientHello is not (that takes ECH).',
      zh: 'ServerHello 之后全部加密，包括证书；但 ClientHello 里的主机名仍是明文（要靠 ECH 解决）。',
    },
    {
      en: 'What was weak is gone: RSA key exchange (no forward secrecy), CBC, RC4, SHA-1 signatures, compression, renegotiation. A suite names AEAD and hash only; key exchange and signature are negotiated on their own.',
      zh: '删除了薄弱的部分：RSA 密钥交换（没有前向安全性）、CBC、RC4、SHA-1 签名、压缩、重协商。密码套件只含 AEAD 和哈希，密钥交换和签名算法单独协商。',
    },
    {
      en: 'Keys come from HKDF in stages, bound to the transcript, and the server signs the whole handshake: downgrades show. A server of both versions also marks its random when it has to go down to TLS 1.2.',
      zh: '密钥由 HKDF 分阶段派生并与握手消息绑定，服务器对整个握手签名，降级攻击会暴露；同时支持两个版本的服务器在退到 TLS 1.2 时还会在随机数末尾做标记。',
    },
    {
      en: 'Resumption keeps forward secrecy (psk_dhe_ke) and may carry early data, 0-RTT, which can be replayed and is therefore for harmless requests only.',
      zh: '会话恢复仍有前向安全性（psk_dhe_ke），还可携带早期数据（0-RTT）；后者可被重放，只能用于无害的请求。',
    },
  ],
} as const satisfies { question: Text; answers: readonly Text[] };
