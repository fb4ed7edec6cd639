// The prose of the comparison: what follows from the kind of a handshake and cannot be counted in its bytes.

import type { Text } from '../text.ts';
import type { HandshakeKind } from '../timeline.ts';

export const ROW_LABELS = {
  parameters: { en: 'Negotiated', zh: '协商结果' },
  roundTrips: { en: 'Round trips before the client may send data', zh: '客户端可发数据前的往返数' },
  messages: { en: 'Handshake messages', zh: '握手消息数' },
  bytes: { en: 'Handshake bytes on the wire', zh: '握手线上字节数' },
  time: { en: 'Time taken here', zh: '本次用时' },
  secret: { en: 'Where the secret comes from', zh: '秘密如何产生' },
  serverProof: { en: 'What proves the server', zh: '服务器如何证明身份' },
  clientProof: { en: 'What proves the client', zh: '客户端如何证明身份' },
  certificate: { en: 'Certificate on the wire', zh: '证书如何传输' },
  encrypted: { en: 'First encrypted message', zh: '第一条加密消息' },
  stolenKey: { en: "Whoever steals the server's private key later", zh: '日后服务器私钥被盗' },
  forwardSecrecy: { en: 'Forward secrecy', zh: '前向安全性' },
} as const satisfies Record<string, Text>;

export const SECRET_ORIGIN: Readonly<Record<HandshakeKind, Text>> = {
  rsa12: {
    en: 'the client makes the pre-master secret and sends it, encrypted with the public key of the certificate (ClientKeyExchange)',
    zh: '客户端生成预主密钥，用证书公钥加密后发送（ClientKeyExchange）',
  },
  ecdhe12: {
    en: 'both compute it from ephemeral keys (ServerKeyExchange, ClientKeyExchange); it is never sent',
    zh: '双方用临时密钥各自算出（ServerKeyExchange、ClientKeyExchange），从不传输',
  },
  resumed12: {
    en: 'both still have the master secret of an earlier session',
    zh: '双方都保存着之前会话的主密钥',
  },
  tls13: {
    en: 'both compute it from ephemeral keys (key_share in the two hellos); it is never sent',
    zh: '双方用临时密钥各自算出（两条 Hello 中的 key_share），从不传输',
  },
};

export const SERVER_PROOF: Readonly<Record<HandshakeKind, Text>> = {
  rsa12: {
    en: 'only indirectly: it could decrypt the pre-master secret, which shows in its Finished',
    zh: '只有间接证明：能解出预主密钥，体现在服务器的 Finished 中',
  },
  ecdhe12: {
    en: 'ServerKeyExchange: a signature over both randoms and its ephemeral key',
    zh: 'ServerKeyExchange：对两个随机数和临时公钥的签名',
  },
  resumed12: {
    en: 'only indirectly: it has the secret of the session, which shows in its Finished',
    zh: '只有间接证明：持有该会话的秘密，体现在服务器的 Finished 中',
  },
  tls13: {
    en: 'CertificateVerify: a signature over the whole handshake so far',
    zh: 'CertificateVerify：对此前全部握手消息的签名',
  },
};

export const CLIENT_PROOF = {
  none: { en: 'nothing: the server did not ask', zh: '无：服务器没有要求' },
  declined: { en: 'nothing: asked, but it sent no certificate', zh: '无：服务器要求了，但客户端没有证书' },
  proved: { en: 'CertificateVerify: a signature over the handshake', zh: 'CertificateVerify：对握手消息的签名' },
} as const satisfies Record<string, Text>;

export const CERTIFICATE_SEEN = {
  clear: { en: 'in clear: everybody on the way can read it', zh: '明文：沿途任何人都能看到' },
  encrypted: { en: 'encrypted', zh: '加密' },
} as const satisfies Record<string, Text>;

export const STOLEN_KEY: Readonly<Record<HandshakeKind, Text>> = {
  rsa12: {
    en: 'can decrypt every connection of this kind ever recorded, and pose as the server from then on',
    zh: '可解密以往录下的所有此类连接，并能冒充服务器',
  },
  ecdhe12: {
    en: 'can pose as the server from then on; connections recorded before stay secret',
    zh: '只能在此后冒充服务器；以往录下的通信仍无法解密',
  },
  resumed12: {
    en: 'as in the handshake that the session began with; whoever steals the keys of tickets can decrypt what was resumed with them',
    zh: '与建立该会话的握手相同；若票据密钥被盗，用它恢复的通信都可解密',
  },
  tls13: {
    en: 'can pose as the server from then on; connections recorded before stay secret',
    zh: '只能在此后冒充服务器；以往录下的通信仍无法解密',
  },
};

/** Sessions live on where they are kept: in caches, and in tickets that one key opens. */
export const RESUMED_SECRECY: Text = {
  en: 'only once the session and the keys of tickets are forgotten',
  zh: '会话和票据密钥销毁之后才有',
};

export const YES_NO = {
  yes: { en: 'yes', zh: '有' },
  no: { en: 'no', zh: '没有' },
} as const satisfies Record<string, Text>;

export const UNKNOWN_CELL: Text = { en: '–', zh: '–' };
