// The prose of the comparison: what follows from the kind of a handshake and cannot be counted in its bytes.

import type { Text } from '../text.ts';
import type { HandshakeKind } from '../timeline.ts';

export const ROW_LABELS = {
  parameters: { en: 'Negotiated', zh: '协商结果' },
  roundTrips: { en: 'Round trips before the client may send data', zh: '客户端可发数据前的往返数' },
  messages: { en: 'Handshake messages', zh: '握手消息数' },
  bytes: { en: 'Handshake bytes on the wire', zh: '握手线上字节数' },
  time: { en: 'Time taken here', zh: '本次用时' },
  resumption: { en: 'What it goes on from', zh: '恢复所凭' },
  earlyData: { en: 'Early data (0-RTT)', zh: '早期数据（0-RTT）' },
  secret: { en: 'Where the secret comes from', zh: '秘密如何产生' },
  serverProof: { en: 'What proves the server', zh: '服务器如何证明身份' },
  clientProof: { en: 'What proves the client', zh: '客户端如何证明身份' },
  certificate: { en: 'Certificate on the wire', zh: '证书如何传输' },
  status: { en: 'Whether the certificate is revoked', zh: '证书是否已吊销' },
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
  dhe12: {
    en: 'both compute it from ephemeral values modulo a prime that the server chose (ServerKeyExchange, ClientKeyExchange); it is never sent',
    zh: '双方用临时公开值对服务器选定的素数各自算出（ServerKeyExchange、ClientKeyExchange），从不传输',
  },
  psk12: {
    en: 'a key that both had beforehand, and nothing else; only its name is sent (ClientKeyExchange)',
    zh: '仅凭双方事先共有的密钥，线上只发送其标识（ClientKeyExchange）',
  },
  dhe_psk12: {
    en: 'a key that both had beforehand, and a secret that both compute from ephemeral values (DHE)',
    zh: '双方事先共有的密钥，加上用临时公开值算出的共享秘密（DHE）',
  },
  ecdhe_psk12: {
    en: 'a key that both had beforehand, and a secret that both compute from ephemeral keys (ECDHE)',
    zh: '双方事先共有的密钥，加上用临时密钥算出的共享秘密（ECDHE）',
  },
  resumed12: {
    en: 'both still have the master secret of an earlier session',
    zh: '双方都保存着之前会话的主密钥',
  },
  resumed13: {
    en: 'a key that both still have, and a new secret that both compute from ephemeral keys (key_share)',
    zh: '双方都保存着的 PSK，加上用新的临时密钥算出的共享秘密（key_share）',
  },
  tls13: {
    en: 'both compute it from ephemeral keys (key_share in the two hellos); it is never sent',
    zh: '双方用临时密钥各自算出（两条 Hello 中的 key_share），从不传输',
  },
};

const BY_SHARED_KEY: Text = {
  en: 'Finished: it knows the shared key. There is no certificate',
  zh: 'Finished：知道预共享密钥；没有证书',
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
  dhe12: {
    en: 'ServerKeyExchange: a signature over both randoms, the prime and its ephemeral value',
    zh: 'ServerKeyExchange：对两个随机数、素数和临时公开值的签名',
  },
  psk12: BY_SHARED_KEY,
  dhe_psk12: BY_SHARED_KEY,
  ecdhe_psk12: BY_SHARED_KEY,
  resumed12: {
    en: 'only indirectly: it has the secret of the session, which shows in its Finished',
    zh: '只有间接证明：持有该会话的秘密，体现在服务器的 Finished 中',
  },
  resumed13: {
    en: 'only indirectly: it has the pre-shared key, which shows in its Finished',
    zh: '只有间接证明：持有 PSK，体现在服务器的 Finished 中',
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
  later: {
    en: 'CertificateVerify after the handshake, when the server asked',
    zh: '握手之后应服务器要求发送的 CertificateVerify',
  },
  sharedKey: { en: 'Finished: it knows the shared key', zh: 'Finished：知道预共享密钥' },
  session: {
    en: 'whatever proved it when the session began',
    zh: '沿用建立该会话时的证明',
  },
  binder: {
    en: 'the binder: it has the pre-shared key, and with it whatever proved it when the session began',
    zh: 'binder：持有 PSK，并沿用建立该会话时的证明',
  },
} as const satisfies Record<string, Text>;

export const CERTIFICATE_SEEN = {
  clear: { en: 'in clear: everybody on the way can read it', zh: '明文：沿途任何人都能看到' },
  encrypted: { en: 'encrypted', zh: '加密' },
  compressed: { en: 'encrypted, and compressed', zh: '加密，并经压缩' },
  none: { en: 'none is sent', zh: '不发送证书' },
} as const satisfies Record<string, Text>;

/** What it goes on from. */
export const RESUMPTION = {
  session_id: { en: 'session id: the server kept the session', zh: '会话标识：会话保存在服务器上' },
  ticket: { en: 'ticket: the client kept the sealed session', zh: '会话票据：加密的会话由客户端保存' },
  psk: { en: 'pre-shared key with a binder', zh: 'PSK 及其 binder' },
  none: { en: 'nothing: a full handshake', zh: '无：完整握手' },
} as const satisfies Record<string, Text>;

export const EARLY_DATA = {
  accepted: {
    en: 'accepted: no waiting, but no forward secrecy, and it can be replayed',
    zh: '已接受：无须等待，但没有前向安全性，且可被重放',
  },
  rejected: {
    en: 'rejected: the client sent it again after the handshake, if at all',
    zh: '被拒绝：客户端只能在握手后重新发送',
  },
  offered: { en: 'offered', zh: '已提出' },
  none: { en: 'none', zh: '无' },
} as const satisfies Record<string, Text>;

/** With early data the first bytes leave before the first round trip; all others wait for it. */
export function tripsWithEarlyData(others: number): Text {
  return { en: `0 for early data, ${others} for the rest`, zh: `早期数据为 0，其余为 ${others}` };
}

export const STATUS = {
  stapled: { en: 'the server brings an OCSP response', zh: '服务器附上 OCSP 响应' },
  none: { en: 'nothing said', zh: '未说明' },
} as const satisfies Record<string, Text>;

const POSE_AS_EITHER: Text = {
  en: 'there is no private key; who steals the shared key can pose as both sides from then on; connections recorded before stay secret',
  zh: '没有私钥；预共享密钥被盗后可冒充任何一方，但以往录下的通信仍无法解密',
};

export const STOLEN_KEY: Readonly<Record<HandshakeKind, Text>> = {
  rsa12: {
    en: 'can decrypt every connection of this kind ever recorded, and pose as the server from then on',
    zh: '可解密以往录下的所有此类连接，并能冒充服务器',
  },
  ecdhe12: {
    en: 'can pose as the server from then on; connections recorded before stay secret',
    zh: '只能在此后冒充服务器；以往录下的通信仍无法解密',
  },
  dhe12: {
    en: 'can pose as the server from then on; connections recorded before stay secret',
    zh: '只能在此后冒充服务器；以往录下的通信仍无法解密',
  },
  psk12: {
    en: 'there is no private key; who steals the shared key can decrypt every connection ever recorded with it, and pose as both sides',
    zh: '没有私钥；预共享密钥被盗后，可解密以往录下的所有通信，并能冒充任何一方',
  },
  dhe_psk12: POSE_AS_EITHER,
  ecdhe_psk12: POSE_AS_EITHER,
  resumed13: {
    en: 'the private key plays no part; who steals the keys of tickets can read recorded early data, and pose as the server to who resumes; the rest stays secret',
    zh: '与私钥无关；若票据密钥被盗，可解密录下的早期数据，并能对恢复会话的客户端冒充服务器，其余内容仍无法解密',
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

/** RFC 8446 4.2.9: a pre-shared key without (EC)DHE. */
export const PSK_ALONE = {
  secret: { en: 'a key that both still have, and nothing else (psk_ke)', zh: '仅凭双方都保存着的 PSK（psk_ke）' },
  stolenKey: {
    en: 'the private key plays no part; who steals the pre-shared key, or the keys of tickets, can decrypt all that was recorded',
    zh: '与私钥无关；若 PSK 或票据密钥被盗，录下的通信都可解密',
  },
} as const satisfies Record<string, Text>;

/** RFC 8446 2.3: early data has none. */
export const EARLY_SECRECY: Text = { en: 'yes, but not for the early data', zh: '有，但早期数据除外' };

export const YES_NO = {
  yes: { en: 'yes', zh: '有' },
  no: { en: 'no', zh: '没有' },
} as const satisfies Record<string, Text>;

export const UNKNOWN_CELL: Text = { en: '–', zh: '–' };
