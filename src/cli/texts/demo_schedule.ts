// The key schedule of TLS 1.3 in stages: after which message there is what, and why.

import type { MessageKey } from '../../inspect/texts/messages.ts';
import type { Text } from '../text.ts';

export type StageName = 'early' | 'handshake' | 'application' | 'resumption';

export interface StageText {
  readonly title: Text;
  readonly text: Text;
  /** Up to which message the transcript goes in. */
  readonly last: MessageKey;
}

export const STAGES: Readonly<Record<StageName, StageText>> = {
  early: {
    title: { en: 'Before any answer', zh: '收到任何应答之前' },
    text: {
      en: 'The schedule begins with the key that both have from before, if there is one. Without it only zeros go in, and everybody can compute this stage: nothing is protected by it.',
      zh: '起点是双方事先共有的密钥（PSK）。没有 PSK 时输入全为零，人人都能算出这一步，它不保护任何内容。',
    },
    last: 'client_hello',
  },
  handshake: {
    title: { en: 'After ClientHello and ServerHello', zh: '双方发完 ClientHello 和 ServerHello 之后' },
    text: {
      en: 'Both have the other’s key_share now, and the secret of the key exchange goes in: from here on nobody on the way can follow. Each direction gets keys of its own.',
      zh: '双方都有了对方的 key_share，密钥交换得到的秘密在此混入，此后途中无人能再跟得上。两个方向各用各的密钥。',
    },
    last: 'server_hello',
  },
  application: {
    title: { en: 'After the server’s Finished', zh: '服务器发出 Finished 之后' },
    text: {
      en: 'Nothing secret goes in any more (the input is zeros), but the transcript is longer: the keys of the data depend on the certificate and its proof as well. The server may use its key at once, the client with its own Finished.',
      zh: '不再混入新的秘密（输入为零），但哈希覆盖的消息更多了：应用数据的密钥还取决于证书及其签名。服务器可立即使用，客户端在发出自己的 Finished 之后使用。',
    },
    last: 'server_finished',
  },
  resumption: {
    title: { en: 'After the client’s Finished', zh: '客户端发出 Finished 之后' },
    text: {
      en: 'Tickets get a secret of their own, made from the whole handshake: whoever opens a ticket learns nothing of this connection.',
      zh: '票据使用单独派生的秘密，由整个握手决定：即使有人解开票据，也推不出本次连接的密钥。',
    },
    last: 'client_finished',
  },
};

export const SCHEDULE = {
  transcript: {
    en: 'Checked: transcript_hash is SHA-256 of all messages so far ({count}, {bytes} bytes), computed anew from what was recorded.',
    zh: '已核对：transcript_hash 就是此前 {count} 条消息（共 {bytes} 字节）的 SHA-256，由录下的消息重新算出。',
  },
  otherTranscript: {
    en: 'transcript_hash is NOT the hash of the recorded messages.',
    zh: 'transcript_hash 与录下的消息不符！',
  },
  recomputed: {
    en: 'Checked: each of the {count} derived values was computed again from its formula, with HMAC-SHA256 and nothing else; all agree.',
    zh: '已核对：{count} 个派生值都按所列公式用 HMAC-SHA256 重新算过，全部一致。',
  },
  notRecomputed: { en: 'Not every value follows from its formula.', zh: '有的值与公式不符！' },
} as const satisfies Record<string, Text>;
