// The messages of a TLS 1.2 handshake that goes on from an earlier session (RFC 5246 7.3, RFC 5077 3): no certificate, no key
// exchange, and the server finishes first.

import type { MessageTexts } from './messages.ts';
import { COMMON12 } from './messages_12.ts';

export const RESUMED12_MESSAGES: MessageTexts = {
  ...COMMON12,
  client_hello: {
    line: {
      en: 'Asks to go on from an earlier session; brings a new random number one.',
      zh: '请求恢复之前的会话，并给出新的第 1 随机数。',
    },
    paragraph: {
      en: 'The client names the session by its id, or brings the ticket in which the server once sealed it. Everything else is offered as ever, in case the server does not want to resume.',
      zh: '客户端用会话 ID 指明要恢复的会话，或带来服务器当初封装会话状态的票据。其余内容照常给出，以备服务器不愿恢复。',
    },
  },
  server_hello: {
    line: {
      en: "Sends the client's session id back: the session is resumed, with the cipher suite that it had.",
      zh: '送回客户端的会话 ID，表示同意恢复会话，并沿用当时的密码套件。',
    },
    paragraph: {
      en: 'No certificate follows and no key exchange: both sides still have the master secret of the session. From it and the two new randoms the PRF makes new session keys.',
      zh: '此后没有证书，也没有密钥交换：双方都还保存着该会话的主密钥，用 PRF 由它和两个新的随机数派生出新的会话密钥。',
    },
  },
  new_session_ticket: {
    line: {
      en: 'A new ticket in place of the one that was used.',
      zh: '发放新的会话票据，替换刚才用掉的那张。',
    },
    paragraph: {
      en: 'It holds the same session, sealed with the key that the server uses by now.',
      zh: '其中仍是同一会话，改用服务器当前的密钥加密。',
    },
  },
  server_change_cipher_spec: {
    line: {
      en: 'From the next record on, the server encrypts with the new keys.',
      zh: '从下一个记录起，服务器用新密钥加密。',
    },
    paragraph: {
      en: 'One byte in a record type of its own; not a handshake message, and not in the digest of the handshake.',
      zh: '只有一个字节，使用单独的记录类型；它不是握手消息，也不计入握手消息的哈希。',
    },
  },
  client_change_cipher_spec: {
    line: {
      en: 'From the next record on, the client encrypts with the new keys.',
      zh: '从下一个记录起，客户端用新密钥加密。',
    },
    paragraph: {
      en: 'The same byte from the other side.',
      zh: '与服务器发送的那一个字节相同，只是方向相反。',
    },
  },
  server_finished: {
    line: {
      en: 'The first encrypted message: only who has the master secret of the session can compute it.',
      zh: '第一条加密的消息：只有持有该会话主密钥的一方才算得出来。',
    },
    paragraph: {
      en: 'This is what proves the server: that it has the secret which was agreed on when it last showed its certificate. After one round trip the client may speak.',
      zh: '服务器的身份由此得到证明：它持有上次出示证书时与客户端商定的秘密。至此只用一个往返，客户端就可以发送数据。',
    },
  },
  client_finished: {
    line: {
      en: 'The digest from the client’s side. Both agree on every message: the handshake is done.',
      zh: '客户端一侧的校验值。双方对每条消息的看法一致，握手完成。',
    },
    paragraph: {
      en: 'It covers the server’s Finished too, and application data may follow in the same flight.',
      zh: '它还覆盖了服务器的 Finished，应用数据可以紧随其后一起发出。',
    },
  },
};
