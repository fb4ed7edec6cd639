// The messages of a TLS 1.3 handshake with a pre-shared key (RFC 8446 2.2 and 2.3): a ticket of an earlier connection mostly, or a
// key agreed on outside TLS. No certificate, no signature; (EC)DHE all the same, and early data if both agree.

import type { MessageTexts } from './messages.ts';
import { TLS13_MESSAGES } from './messages_13.ts';

/** What comes with certificates has no place in it, except a client certificate that is asked for afterwards. */
const { certificate, compressed_certificate, certificate_verify, certificate_request, ...KEPT } = TLS13_MESSAGES;

export const RESUMED13_MESSAGES: MessageTexts = {
  ...KEPT,
  client_hello: {
    line: {
      en: 'Brings a ticket, a proof that the client has its key, and new public keys for the key exchange.',
      zh: '带来会话票据、持有对应密钥的证明，以及新的密钥交换临时公钥。',
    },
    paragraph: {
      en: 'In pre_shared_key stands the name of each key on offer, a ticket mostly, with a binder: an HMAC over this very hello, so that nobody can put a ticket that was overheard into a hello of their own. psk_key_exchange_modes asks for (EC)DHE all the same (psk_dhe_ke), which is why key_share is here too. With early_data, application data follows at once. To who listens a ticket says nothing, but one that is used twice links the two connections.',
      zh: 'pre_shared_key 扩展列出可用的 PSK 标识（多为会话票据），并逐一附上 binder：对这条 ClientHello 本身计算的 HMAC，因此窃听到票据的人无法把它放进自己的 ClientHello。psk_key_exchange_modes 要求仍做 (EC)DHE（psk_dhe_ke），所以 key_share 也在其中。若带有 early_data，应用数据随即发出。窃听者看不懂票据，但同一张票据若用两次，两次连接就能被关联起来。',
    },
  },
  server_hello: {
    line: {
      en: 'Takes the pre-shared key: no certificate follows. Its new public key still comes along, for forward secrecy.',
      zh: '采用 PSK，此后没有证书；仍给出新的临时公钥，以保留前向安全性。',
    },
    paragraph: {
      en: 'pre_shared_key says which of the keys on offer the server takes. The handshake keys are made from both, the pre-shared key and the new (EC)DHE secret: who steals the ticket keys of the server later can still not read this connection, early data excepted. Without a key_share (psk_ke) that protection is gone.',
      zh: 'pre_shared_key 扩展指明采用哪一个 PSK。握手密钥由 PSK 和新的 (EC)DHE 共享秘密共同派生：日后即使服务器的票据密钥被盗，除早期数据外仍解不开本次通信。若没有 key_share（psk_ke 模式），就没有这层保护。',
    },
  },
  encrypted_extensions: {
    line: {
      en: 'Further answers of the server, encrypted. early_data among them: it accepts the early data.',
      zh: '服务器的其余扩展应答，已加密；其中若有 early_data，表示接受早期数据。',
    },
    paragraph: {
      en: 'A server that does not accept the early data leaves early_data out and skips over what it cannot decrypt; the client then has to send that data again.',
      zh: '服务器若不接受早期数据，就不带 early_data，并跳过解不开的记录；客户端须在握手后重新发送这些数据。',
    },
  },
  server_finished: {
    line: {
      en: 'What proves the server here: only who has the pre-shared key can compute this value.',
      zh: '服务器的身份在此得到证明：只有持有 PSK 的一方才算得出这个值。',
    },
    paragraph: {
      en: 'There is no Certificate and no CertificateVerify: the server showed its certificate in the connection that the ticket comes from, and its key goes into every key of this handshake. A key from outside TLS proves whoever it was given to.',
      zh: '这里没有 Certificate，也没有 CertificateVerify：服务器在发放票据的那次连接中已出示过证书，而该票据对应的密钥参与了本次握手所有密钥的派生。若是在 TLS 之外约定的密钥，则证明对方是得到该密钥的人。',
    },
  },
  end_of_early_data: {
    line: {
      en: 'No more early data (0-RTT) will come; the client changes to its handshake keys.',
      zh: '早期数据（0-RTT）到此结束，客户端改用握手密钥。',
    },
    paragraph: {
      en: 'An empty message, the last thing under the early key; sent only if the server accepted the early data. Early data has no forward secrecy and can be replayed: a server should accept each ClientHello only once, and an application should put nothing there that must not happen twice.',
      zh: '一条空消息，也是用早期密钥加密的最后内容；仅当服务器接受了早期数据时才发送。早期数据没有前向安全性，还可能被重放：服务器应确保同一条 ClientHello 只接受一次，应用也不应在其中放入不能重复执行的请求。',
    },
  },
  new_session_ticket: {
    line: {
      en: 'A new ticket for the next connection; its key is made from this handshake.',
      zh: '为下次连接发放新的票据，对应的 PSK 由本次握手派生。',
    },
    paragraph: {
      en: 'So that no ticket has to be used twice. If (EC)DHE was done, the new key does not follow from the old one.',
      zh: '这样每张票据都不必重复使用。若做了 (EC)DHE，新 PSK 无法由旧 PSK 推出。',
    },
  },
};
