// The messages of the TLS 1.3 handshake (RFC 8446 2), explained.

import type { MessageTexts } from './messages.ts';

export const TLS13_MESSAGES: MessageTexts = {
  client_hello: {
    line: {
      en: 'Offers versions, suites and extensions, and already brings public keys for the key exchange.',
      zh: '提出版本、密码套件和扩展，并直接带上密钥交换用的临时公钥。',
    },
    paragraph: {
      en: 'The client guesses which group the server will take and sends a public key for it at once (key_share). That is how TLS 1.3 saves a round trip. The host name (SNI) is still readable by everybody on the way.',
      zh: '客户端预判服务器会选哪个组，直接把该组的临时公钥放进 key_share，TLS 1.3 正是这样省下一个往返。主机名（SNI）仍以明文传输，沿途可见。',
    },
  },
  hello_retry_request: {
    line: {
      en: 'The server wants another group: the client has to send its hello again. Costs a round trip.',
      zh: '服务器要求换用另一个组，客户端须重发 ClientHello，多花一个往返。',
    },
    paragraph: {
      en: 'It has the form of a ServerHello with a fixed value in place of the random. It may happen once at most.',
      zh: '格式与 ServerHello 相同，只是随机数换成了固定值；一次握手最多出现一次。',
    },
  },
  server_hello: {
    line: {
      en: "Chooses the suite and brings the server's public key: both sides now have the handshake keys.",
      zh: '选定密码套件并给出服务器的临时公钥：双方随即算出握手密钥。',
    },
    paragraph: {
      en: 'After one message from each side the (EC)DHE secret is there. Everything that follows is encrypted, the certificate included.',
      zh: '双方各发一条消息，(EC)DHE 共享秘密就已产生。此后的一切都加密传输，包括证书。',
    },
  },
  client_change_cipher_spec: {
    line: {
      en: 'Means nothing in TLS 1.3; it only calms old middleboxes.',
      zh: '在 TLS 1.3 中没有含义，只为兼容旧的中间设备。',
    },
    paragraph: {
      en: 'Some equipment lets a connection through only if it looks like a resumed TLS 1.2 session (RFC 8446 D.4).',
      zh: '有些中间设备只放行看起来像 TLS 1.2 会话恢复的连接（RFC 8446 D.4）。',
    },
  },
  server_change_cipher_spec: {
    line: {
      en: 'Means nothing in TLS 1.3; it only calms old middleboxes.',
      zh: '在 TLS 1.3 中没有含义，只为兼容旧的中间设备。',
    },
    paragraph: {
      en: 'Some equipment lets a connection through only if it looks like a resumed TLS 1.2 session (RFC 8446 D.4).',
      zh: '有些中间设备只放行看起来像 TLS 1.2 会话恢复的连接（RFC 8446 D.4）。',
    },
  },
  encrypted_extensions: {
    line: {
      en: 'Further answers of the server, ALPN for one, now encrypted.',
      zh: '服务器的其余扩展应答（如 ALPN），已加密。',
    },
    paragraph: {
      en: 'What is not needed to compute keys was taken out of the ServerHello and put here, out of sight.',
      zh: '凡与密钥计算无关的应答，都从 ServerHello 挪到这里加密发送。',
    },
  },
  certificate_request: {
    line: { en: 'Asks the client for a certificate.', zh: '请求客户端提供证书。' },
    paragraph: {
      en: 'The signature schemes that the server accepts are in its extensions. The client answers with a Certificate, possibly empty.',
      zh: '可接受的签名算法写在扩展里。客户端以 Certificate 消息应答，没有合适的证书时可以为空。',
    },
  },
  certificate: {
    line: {
      en: "The server's certificate chain, encrypted: only the client sees it.",
      zh: '服务器的证书链，加密传输，只有客户端看得到。',
    },
    paragraph: {
      en: 'The client checks the chain, names and dates. That the server holds the private key is proven by the next message.',
      zh: '客户端校验证书链、主机名和有效期。服务器是否持有私钥，由下一条消息证明。',
    },
  },
  compressed_certificate: {
    line: { en: 'The certificate chain, compressed and encrypted.', zh: '压缩后的证书链，加密传输。' },
    paragraph: { en: 'RFC 8879: the same chain in fewer bytes.', zh: 'RFC 8879：同样的证书链，更少的字节。' },
  },
  certificate_verify: {
    line: {
      en: 'A signature over the whole handshake so far: the server holds the key of its certificate.',
      zh: '对此前全部握手消息的签名，证明服务器持有证书私钥。',
    },
    paragraph: {
      en: 'It covers both hellos and the certificate, not just the randoms and the ephemeral key as in TLS 1.2, so nothing that was negotiated can have been changed on the way.',
      zh: '签名覆盖双方的 Hello 和证书，而不像 TLS 1.2 那样只覆盖随机数和密钥参数，因此协商内容在途中不可能被改动。',
    },
  },
  server_finished: {
    line: {
      en: 'A keyed digest of the handshake. The server may send data from here on.',
      zh: '对握手消息的校验值。服务器从此可以发送数据。',
    },
    paragraph: {
      en: 'An HMAC with a key made from the server’s handshake traffic secret. The server’s first flight ends here, after one round trip for the client.',
      zh: '用服务器握手流量密钥派生的 finished_key 计算的 HMAC。服务器的首轮消息到此为止，客户端只用了一个往返。',
    },
  },
  client_certificate: {
    line: {
      en: "The client's certificate chain, encrypted, or an empty list.",
      zh: '客户端的证书链（加密），也可以为空。',
    },
    paragraph: { en: 'Sent only when the server asked.', zh: '仅当服务器请求时才发送。' },
  },
  client_certificate_verify: {
    line: {
      en: 'A signature over the handshake: the client holds the key of its certificate.',
      zh: '对握手消息的签名，证明客户端持有其证书的私钥。',
    },
    paragraph: {
      en: 'The text that is signed names the client, so that it cannot be passed off as a server’s signature.',
      zh: '被签名的内容里标明了客户端角色，无法冒充成服务器的签名。',
    },
  },
  end_of_early_data: {
    line: { en: 'No more early data (0-RTT) will come.', zh: '早期数据（0-RTT）到此结束。' },
    paragraph: { en: 'From here on the client uses its handshake keys.', zh: '此后客户端改用握手密钥。' },
  },
  client_finished: {
    line: {
      en: "The client's digest of the handshake. Its data may follow in the same flight: one round trip in all.",
      zh: '客户端的校验值。应用数据可以紧跟其后：握手总共一个往返。',
    },
    paragraph: {
      en: 'Both sides agree on every message. From here on the client too uses application traffic keys, as the server may since its own Finished.',
      zh: '双方看到的握手消息完全一致。此后客户端也改用应用流量密钥；服务器在发出自己的 Finished 之后就可以使用。',
    },
  },
  new_session_ticket: {
    line: {
      en: 'A ticket for the next connection: the key that it stands for is made from this handshake.',
      zh: '为下次连接发放的票据，对应的 PSK 由本次握手派生。',
    },
    paragraph: {
      en: 'Sent after the handshake and encrypted. With it the client can resume without certificates.',
      zh: '握手完成后加密发送。客户端凭它恢复会话，无需再传证书。',
    },
  },
  key_update: {
    line: { en: 'The sender changes to a fresh key.', zh: '发送方更换为新的流量密钥。' },
    paragraph: {
      en: 'The next traffic secret is derived from the present one, which is then forgotten.',
      zh: '新的流量密钥由当前密钥派生，旧密钥随即丢弃。',
    },
  },
  application_data: {
    line: {
      en: 'Application data, encrypted with the application traffic keys.',
      zh: '应用数据，用应用流量密钥加密。',
    },
    paragraph: { en: 'Symmetric encryption from here on.', zh: '此后全部使用对称加密。' },
  },
  alert: {
    line: { en: 'An alert: something is wrong.', zh: '告警：出现了问题。' },
    paragraph: {
      en: 'In TLS 1.3 every alert but close_notify and user_canceled ends the connection at once.',
      zh: '在 TLS 1.3 中，除 close_notify 和 user_canceled 外，任何告警都会立即终止连接。',
    },
  },
  close_notify: {
    line: { en: 'An orderly end: the sender will send no more data.', zh: '正常关闭：发送方不再发送数据。' },
    paragraph: {
      en: 'Without it the receiver could not tell the end of the data from a connection that somebody cut.',
      zh: '没有它，接收方就无法区分数据正常结束与连接被人截断。',
    },
  },
};
