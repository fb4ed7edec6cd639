// The messages of the TLS 1.3 handshake (RFC 8446 2), explained, and what may come when it is over.

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
      en: 'It has the form of a ServerHello with a fixed value in place of the random. It may happen once at most. A cookie in it lets the server forget the first hello; early data is refused with it.',
      zh: '格式与 ServerHello 相同，只是随机数换成了固定值；一次握手最多出现一次。其中可带 cookie，让服务器不必保存首个 ClientHello 的状态。早期数据也就此被拒绝。',
    },
  },
  second_client_hello: {
    line: {
      en: 'The hello again, now with a public key in the group that the server named.',
      zh: '重发的 ClientHello，带上服务器指定的组中的临时公钥。',
    },
    paragraph: {
      en: 'Nothing else may change, except that the cookie is brought back, early data is left out, and padding and binders are made anew. In the digest of the handshake the first hello is represented by its hash.',
      zh: '除带回 cookie、去掉早期数据、重新计算填充和 binder 之外，其他内容不得改动。在握手消息的哈希中，首个 ClientHello 以它自己的哈希值代替。',
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
    line: {
      en: 'Asks the client for a certificate of its own, as a bank asks its customers.',
      zh: '要求客户端也出示证书，例如登录网银时。',
    },
    paragraph: {
      en: 'The signature schemes that the server accepts are in its extensions, and the authorities if it names any. The client answers with a Certificate behind the server’s Finished, an empty one if it has none that fits. All of this is encrypted.',
      zh: '可接受的签名算法写在扩展里，也可列出认可的 CA。客户端在收到服务器的 Finished 之后以 Certificate 应答，没有合适的证书时内容为空。这一切都是加密的。',
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
    paragraph: {
      en: 'The same chain in fewer bytes (RFC 8879), so that the first flight of the server fits into what a fresh connection may send at once. Only with an algorithm that the other side offered.',
      zh: '同样的证书链，更少的字节（RFC 8879），使服务器的首轮消息能在新连接的初始拥塞窗口内发完。只能使用对方提供过的压缩算法。',
    },
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
      en: 'An HMAC with a key made from the server’s handshake traffic secret. The server’s flight ends here, and the client need not wait for anything more.',
      zh: '用服务器握手流量密钥派生的 finished_key 计算的 HMAC。服务器的消息到此为止，客户端不必再等。',
    },
  },
  client_certificate: {
    line: {
      en: "The client's certificate chain, encrypted, or an empty list.",
      zh: '客户端的证书链（加密），也可以为空。',
    },
    paragraph: {
      en: 'Sent only when the server asked. Unlike in TLS 1.2 nobody on the way can read who the client is. If the list is empty, no CertificateVerify follows, and the server goes on without knowing the client, or ends the connection with certificate_required.',
      zh: '仅当服务器请求时才发送。与 TLS 1.2 不同，沿途无人能看到客户端的身份。若为空，则不再发送 CertificateVerify；服务器可以在不知道客户端身份的情况下继续，也可以用 certificate_required 告警终止连接。',
    },
  },
  client_certificate_verify: {
    line: {
      en: 'A signature over the whole handshake: the client holds the key of its certificate.',
      zh: '对全部握手消息的签名，证明客户端持有其证书的私钥。',
    },
    paragraph: {
      en: 'It covers everything from ClientHello to the client’s Certificate, the server’s Finished included. The text that is signed names the client, so that it cannot be passed off as a server’s signature. The server verifies it with the public key of the client certificate.',
      zh: '签名覆盖从 ClientHello 到客户端 Certificate 的全部消息，包括服务器的 Finished。被签名的内容里标明了客户端角色，无法冒充成服务器的签名。服务器用客户端证书中的公钥验证它。',
    },
  },
  end_of_early_data: {
    line: { en: 'No more early data (0-RTT) will come.', zh: '早期数据（0-RTT）到此结束。' },
    paragraph: {
      en: 'An empty message, the last thing under the early key. From here on the client uses its handshake keys.',
      zh: '一条空消息，也是用早期密钥加密的最后内容。此后客户端改用握手密钥。',
    },
  },
  early_data: {
    line: {
      en: 'Early data (0-RTT): sent before any answer. Who recorded it can send it to the server again.',
      zh: '早期数据（0-RTT）：不等应答即已发出，录下它的人可以向服务器重放。',
    },
    paragraph: {
      en: 'Its key comes from the pre-shared key alone: no forward secrecy, and nothing from this server goes into it, so that a copy is as good as the original. Only requests that do no harm when repeated belong here.',
      zh: '它的密钥只由 PSK 派生：没有前向安全性；其中也没有服务器本次的任何输入，副本与原件同样有效。因此只适合发送重复执行也无害的请求。',
    },
  },
  client_finished: {
    line: {
      en: "The client's digest of the handshake. Its data may follow in the same flight: there is nothing more to wait for.",
      zh: '客户端的校验值。应用数据可以紧跟其后发出，不必再等。',
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
      en: 'Sent after the handshake and encrypted. With it the client can resume without certificates. A server may send several; a client should use each only once, or listeners can tell that two connections are of one client.',
      zh: '握手完成后加密发送。客户端凭它恢复会话，无需再传证书。服务器可以发放多张；每张应只用一次，否则窃听者能看出两次连接出自同一客户端。',
    },
  },
  key_update: {
    line: { en: 'The sender changes to a fresh key.', zh: '发送方更换为新的流量密钥。' },
    paragraph: {
      en: 'The next traffic secret is derived from the present one, which is then forgotten: who steals the new key cannot read what was sent before. The message may ask the other side to do the same.',
      zh: '新的流量密钥由当前密钥派生，旧密钥随即丢弃：即使新密钥被盗，也读不出此前的内容。这条消息还可以要求对方同样更换密钥。',
    },
  },
  late_certificate_request: {
    line: {
      en: 'Asks for a client certificate in the middle of the connection.',
      zh: '在连接途中要求客户端出示证书。',
    },
    paragraph: {
      en: 'Allowed only if the client offered post_handshake_auth. A server asks so late when only some of its pages need to know who is there. The context in the request stands in the answer again, so that requests cannot be mixed up. Data goes on flowing meanwhile.',
      zh: '仅当客户端提供过 post_handshake_auth 扩展时才允许。只有部分页面需要知道客户端身份时，服务器才会这样推迟请求。请求中的 context 会在应答中原样带回，以免多个请求混淆；其间应用数据照常传输。',
    },
  },
  late_client_certificate: {
    line: {
      en: "The client's answer: its certificate chain, or an empty list.",
      zh: '客户端的应答：证书链，没有合适的证书时为空。',
    },
    paragraph: {
      en: 'It repeats the context of the request. Certificate, CertificateVerify and Finished follow each other without anything between.',
      zh: '其中带回请求的 context。Certificate、CertificateVerify 和 Finished 连续发送，中间不得插入其他内容。',
    },
  },
  late_client_certificate_verify: {
    line: {
      en: 'A signature over the handshake, the request and the certificate.',
      zh: '对握手消息、本次请求和证书的签名。',
    },
    paragraph: {
      en: 'Since the handshake is in it, it is good for this connection alone. From here on the server knows who the client is.',
      zh: '签名内容包含本次握手，因此只对这条连接有效。服务器至此知道客户端是谁。',
    },
  },
  late_client_finished: {
    line: {
      en: 'Closes the answer: a keyed digest of all of this.',
      zh: '应答的结尾：对上述全部消息的校验值。',
    },
    paragraph: {
      en: 'An HMAC with a key made from the client’s application traffic secret. No keys change.',
      zh: '用客户端应用流量密钥派生的 finished_key 计算的 HMAC。流量密钥不变。',
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
