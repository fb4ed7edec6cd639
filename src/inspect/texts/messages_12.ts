// The messages of the TLS 1.2 handshakes with certificates (RFC 5246 7.3), explained. What RSA, ECDHE and DHE key exchange have
// in common stands once; each overrides what is different. Shared keys and resumption have files of their own.

import type { MessageTexts } from './messages.ts';

/** What every handshake of TLS 1.2 has in common. */
export const COMMON12 = {
  hello_request: {
    line: { en: 'Asks the client to start a new handshake.', zh: '请求客户端重新握手。' },
    paragraph: {
      en: 'Renegotiation inside a connection brought several attacks; glasstls does not renegotiate.',
      zh: '连接内的重协商曾招致多种攻击，glasstls 不支持重协商。',
    },
  },
  client_hello: {
    line: {
      en: 'Offers versions, cipher suites and extensions; brings random number one.',
      zh: '提出支持的版本、密码套件和扩展，并给出第 1 随机数。',
    },
    paragraph: {
      en: 'The client opens the handshake. It lists what it can do, best first, and adds 32 random bytes. The host name (SNI) and the application protocols (ALPN) are here too, readable by everybody on the way.',
      zh: '客户端发起握手：按偏好列出自己支持的能力，并附上 32 字节随机数。要访问的主机名（SNI）和应用层协议（ALPN）也在其中，沿途任何人都能看到。',
    },
  },
  server_hello: {
    line: {
      en: 'Chooses the version and the cipher suite; brings random number two.',
      zh: '选定版本和密码套件，并给出第 2 随机数。',
    },
    paragraph: {
      en: "The server takes one version and one suite out of the client's lists. In TLS 1.2 the suite fixes everything: key exchange, kind of certificate, cipher and hash.",
      zh: '服务器从客户端的列表中各选一个版本和密码套件。在 TLS 1.2 中，套件一次性决定密钥交换、认证方式、加密算法和哈希算法。',
    },
  },
  certificate: {
    line: {
      en: "The server's certificate chain, readable on the wire. It names the server and holds its public key.",
      zh: '服务器的证书链，明文传输；其中有服务器的身份和公钥。',
    },
    paragraph: {
      en: 'The client builds a chain from the certificate to an authority that it trusts, and checks names, dates and purposes. The certificate alone proves nothing: anybody can send a copy. That the server holds the private key is proven later.',
      zh: '客户端把证书逐级追溯到受信任的 CA，并核对主机名、有效期和用途。证书本身是公开的，谁都可以照抄一份，因此还要在后面证明服务器确实持有私钥。',
    },
  },
  certificate_status: {
    line: {
      en: 'A recent OCSP response, stapled: whether the certificate has been revoked.',
      zh: '附上近期的 OCSP 响应，说明证书是否已被吊销。',
    },
    paragraph: {
      en: 'The server fetched it from the authority, whose signature it bears, and staples it to its certificate. So the client need not ask the authority itself, which would cost time and tell the authority whom the client visits. Sent only when the client asked with status_request; readable on the wire.',
      zh: '服务器事先从 CA 取得、带有 CA 一方签名的响应，随证书一并附上（OCSP stapling）。客户端不必再去询问 CA，既省时间，也不会让 CA 知道它在访问谁。仅当客户端用 status_request 扩展请求时才发送，以明文传输。',
    },
  },
  certificate_request: {
    line: {
      en: 'Asks the client for a certificate of its own, as a bank asks its customers.',
      zh: '要求客户端也出示证书，例如登录网银时。',
    },
    paragraph: {
      en: 'A message of its own, right before ServerHelloDone. The server names the kinds of key, the signature schemes and the authorities that it accepts; the client chooses a certificate that fits. It answers with a Certificate in any case, an empty one if it has none. Whoever listens reads the names of the authorities.',
      zh: '这是一条单独的消息，紧接在 ServerHelloDone 之前。服务器列出可接受的证书类型、签名算法和 CA，客户端据此挑选证书。无论有没有合适的证书，客户端都要以 Certificate 应答，没有时内容为空。窃听者能看到这些 CA 的名称。',
    },
  },
  server_hello_done: {
    line: { en: 'The server has said all it has to say for now.', zh: '服务器这一轮的消息发送完毕。' },
    paragraph: {
      en: 'An empty message that gives the turn to the client. The first round trip ends here. curl prints it as "Server finished".',
      zh: '一条空消息，表示轮到客户端发言，第一个往返到此结束。curl 把它显示为 “Server finished”。',
    },
  },
  client_certificate: {
    line: {
      en: "The client's certificate chain, readable on the wire; an empty list if it has none that fits.",
      zh: '客户端的证书链，明文传输；没有合适的证书时为空。',
    },
    paragraph: {
      en: 'Sent only when the server asked. The server checks the chain against the authorities that it trusts for clients; a copy proves nothing, the proof is CertificateVerify. In TLS 1.2 everybody on the way can read who the client is. If the list is empty, the server goes on without knowing the client, or ends the handshake with an alert.',
      zh: '仅当服务器请求时才发送。服务器按自己信任的客户端 CA 校验证书链；证书谁都可以照抄，真正的证明是随后的 CertificateVerify。TLS 1.2 中它以明文传输，沿途任何人都能看到客户端的身份。若为空，服务器可以在不知道客户端身份的情况下继续，也可以发送告警终止握手。',
    },
  },
  client_certificate_verify: {
    line: {
      en: 'A signature over all messages so far: the client holds the key of its certificate.',
      zh: '对此前全部握手消息的签名，证明客户端持有其证书的私钥。',
    },
    paragraph: {
      en: 'It covers every message from ClientHello to ClientKeyExchange. The two randoms make it worthless in any other connection, and the key exchange inside it belongs to the client that signed. The server verifies it with the public key of the client certificate: only now it knows who the client is. Left out when the client sent no certificate.',
      zh: '签名覆盖从 ClientHello 到 ClientKeyExchange 的全部消息：其中的两个随机数使它不能搬到别的连接重用，其中的密钥交换也由此与签名的客户端绑定。服务器用客户端证书中的公钥验证签名，至此才知道客户端是谁。客户端没有发送证书时，不发送这条消息。',
    },
  },
  client_change_cipher_spec: {
    line: {
      en: 'From the next record on, the client encrypts with the new keys.',
      zh: '从下一个记录起，客户端用新密钥加密。',
    },
    paragraph: {
      en: 'One byte in a record type of its own; not a handshake message, and not in the digest of the handshake.',
      zh: '只有一个字节，使用单独的记录类型；它不是握手消息，也不计入握手消息的哈希。',
    },
  },
  client_finished: {
    line: {
      en: 'The first encrypted message: a keyed digest of all handshake messages so far.',
      zh: '第一条加密的消息：用主密钥对此前全部握手消息计算出的校验值。',
    },
    paragraph: {
      en: '12 bytes that the PRF makes from the master secret and the hash of the handshake. If anybody changed a message on the way, a weaker suite in the list for one, the server notices here.',
      zh: '由 PRF 根据主密钥和握手消息的哈希算出的 12 字节。若有人篡改过途中的消息（例如删去强套件），服务器在这里就会发现。',
    },
  },
  new_session_ticket: {
    line: {
      en: 'A ticket with which the client can resume this session later, in one round trip.',
      zh: '发放会话票据，客户端以后可凭它用一个往返恢复会话。',
    },
    paragraph: {
      en: 'The state of the session, its master secret included, encrypted with a key that only the server has. Whoever gets that key can read the recorded sessions of its tickets, whatever the key exchange was.',
      zh: '票据是用只有服务器掌握的密钥加密的会话状态，其中包括主密钥。这把票据密钥一旦泄露，无论用哪种密钥交换，录下的相应会话都能解密。',
    },
  },
  server_change_cipher_spec: {
    line: {
      en: 'From the next record on, the server encrypts with the new keys.',
      zh: '从下一个记录起，服务器用新密钥加密。',
    },
    paragraph: {
      en: 'The same byte from the other side.',
      zh: '与客户端发送的那一个字节相同，只是方向相反。',
    },
  },
  server_finished: {
    line: {
      en: 'The digest from the server’s side. Both agree on every message: the handshake is done.',
      zh: '服务器一侧的校验值。双方看到的握手消息完全一致，握手完成。',
    },
    paragraph: {
      en: 'It covers the client’s Finished too. After two round trips the application may speak.',
      zh: '它还覆盖了客户端的 Finished。至此共用两个往返，应用数据可以开始传输。',
    },
  },
  application_data: {
    line: { en: 'Application data, encrypted with the session keys.', zh: '应用数据，用会话密钥加密。' },
    paragraph: { en: 'Symmetric encryption from here on.', zh: '此后全部使用对称加密。' },
  },
  alert: {
    line: { en: 'An alert: something is wrong.', zh: '告警：出现了问题。' },
    paragraph: { en: 'A fatal alert ends the connection at once.', zh: '致命告警会立即终止连接。' },
  },
  close_notify: {
    line: { en: 'An orderly end: the sender will send no more data.', zh: '正常关闭：发送方不再发送数据。' },
    paragraph: {
      en: 'Without it the receiver could not tell the end of the data from a connection that somebody cut.',
      zh: '没有它，接收方就无法区分数据正常结束与连接被人截断。',
    },
  },
} satisfies MessageTexts;

export const RSA12_MESSAGES: MessageTexts = {
  ...COMMON12,
  client_key_exchange: {
    line: {
      en: 'The pre-master secret, encrypted with the public key of the certificate.',
      zh: '预主密钥，用证书中的公钥加密后发送。',
    },
    paragraph: {
      en: 'The client makes 48 bytes (2 of version, 46 random) and encrypts them with the server’s RSA key. Both sides make the master secret from them and the two randoms, and the session keys from the master secret, each time with the PRF. Whoever gets the private key, even years later, can decrypt this message and all that follows.',
      zh: '客户端生成 48 字节预主密钥（2 字节版本号加 46 字节随机数），用服务器的 RSA 公钥加密。双方用 PRF 由它和两个随机数算出主密钥，再由主密钥派生会话密钥。日后谁拿到服务器私钥，就能解开这条消息以及其后的全部通信。',
    },
  },
  server_finished: {
    line: {
      en: 'The digest from the server’s side: only the holder of the private key could compute it. Done.',
      zh: '服务器一侧的校验值：只有持有私钥、能解出预主密钥的一方才算得出来。握手完成。',
    },
    paragraph: {
      en: 'This is where the server proves who it is: without the private key it could not have decrypted the pre-master secret, and without that it could not compute this value.',
      zh: '服务器的身份到这里才得到证明：没有私钥就解不开预主密钥，也就算不出这个值。',
    },
  },
};

export const ECDHE12_MESSAGES: MessageTexts = {
  ...COMMON12,
  server_key_exchange: {
    line: {
      en: "The server's ephemeral public key, signed with the key of the certificate.",
      zh: '服务器的临时公钥，并用证书私钥签名。',
    },
    paragraph: {
      en: 'The key pair is made for this connection alone. The signature covers both randoms and the key, so it proves that the server holds the private key now, and that the ephemeral key is its own.',
      zh: '这对密钥只为本次连接生成。签名覆盖两个随机数和该公钥，既证明服务器此刻持有证书私钥，也证明这个临时公钥确实出自服务器。',
    },
  },
  client_key_exchange: {
    line: {
      en: "The client's ephemeral public key. Both sides can now compute the pre-master secret.",
      zh: '客户端的临时公钥。双方由此各自算出预主密钥。',
    },
    paragraph: {
      en: 'Each side combines its own private key with the other’s public key and gets the same secret (ECDHE). It never crosses the wire, and the private keys are forgotten: stealing the key of the certificate later reveals nothing. From the pre-master secret the PRF makes the master secret, and from that the session keys.',
      zh: '双方各用自己的临时私钥和对方的公钥算出同一个秘密（ECDHE）。它从不在网络上传输，临时私钥用后即弃，因此日后即使证书私钥泄露也解不开本次通信。随后用 PRF 由预主密钥算出主密钥，再派生会话密钥。',
    },
  },
};

export const DHE12_MESSAGES: MessageTexts = {
  ...COMMON12,
  server_key_exchange: {
    line: {
      en: 'A prime, a generator and the server’s ephemeral public value, signed with the key of the certificate.',
      zh: '素数、生成元和服务器的临时公开值，并用证书私钥签名。',
    },
    paragraph: {
      en: 'The server alone chose prime and generator, and a client can hardly check them in time: short primes that many servers shared were what Logjam broke. RFC 7919 lets both agree on a published group instead. The signature covers both randoms and these values, so it proves that the server holds the private key now, and that the ephemeral value is its own.',
      zh: '素数和生成元由服务器单方面选定，客户端来不及核验；Logjam 攻击的正是许多服务器共用的短素数，RFC 7919 因此改为双方协商公开发布的群。签名覆盖两个随机数和这些参数，既证明服务器此刻持有证书私钥，也证明这个临时公开值确实出自服务器。',
    },
  },
  client_key_exchange: {
    line: {
      en: "The client's ephemeral public value. Both sides can now compute the pre-master secret.",
      zh: '客户端的临时公开值。双方由此各自算出预主密钥。',
    },
    paragraph: {
      en: 'Each side raises the other’s value to its own secret exponent and gets the same number (DHE). It never crosses the wire, and the exponents are forgotten: stealing the key of the certificate later reveals nothing. Leading zero bytes of the number are dropped before the PRF makes the master secret from it; the time that this takes leaks a little (Raccoon), one reason more to prefer ECDHE.',
      zh: '双方各以自己的秘密指数对对方的公开值求幂，得到同一个数（DHE）。它从不在网络上传输，秘密指数用后即弃，因此日后即使证书私钥泄露也解不开本次通信。这个数先去掉开头的零字节，再由 PRF 算出主密钥；去零造成的耗时差异会泄露少许信息（Raccoon 攻击），这也是应优先选用 ECDHE 的原因之一。',
    },
  },
};
