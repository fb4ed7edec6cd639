// What the fields of all the messages after the hellos mean, ChangeCipherSpec and alerts among them. Keyed like
// fields_hello.ts: the form of the message, then the path of the field.

import type { FieldText } from '../text.ts';

export const HANDSHAKE_FIELDS: Readonly<Record<string, FieldText>> = {
  'encrypted_extensions.extensions': {
    en: "The server's answers that are not needed to compute keys, and can therefore be encrypted.",
    zh: '与密钥计算无关、因而可以加密发送的服务器扩展应答。',
  },
  'certificate_12.certificate_list': {
    en: "The certificate chain: the sender's own certificate first, then those that vouch for it.",
    zh: '证书链：发送方自己的证书在最前，其后是逐级为其签发的中间证书。',
  },
  'certificate_12.certificate_list[]': {
    en: 'One X.509 certificate in DER. The first one holds the public key of the sender.',
    zh: '一张 DER 编码的 X.509 证书。第一张里有发送方的公钥。',
  },
  'certificate_13.certificate_request_context': {
    en: 'Empty from a server; a client sends back what stood in the CertificateRequest that it answers.',
    zh: '服务器发送时为空；客户端则原样带回它所应答的 CertificateRequest 中的值。',
  },
  'certificate_13.certificate_list': {
    en: "The certificate chain: the sender's own certificate first. TLS 1.3 sends it encrypted.",
    zh: '证书链：发送方自己的证书在最前。TLS 1.3 中证书是加密传输的。',
  },
  'certificate_13.certificate_list[]': {
    en: 'One certificate of the chain with extensions of its own.',
    zh: '证书链中的一项：一张证书以及附属于它的扩展。',
  },
  'certificate_13.certificate_list[].cert_data': {
    en: 'One X.509 certificate in DER.',
    zh: '一张 DER 编码的 X.509 证书。',
  },
  'certificate_13.certificate_list[].extensions': {
    en: 'What belongs to this certificate alone: an OCSP response, signed certificate timestamps.',
    zh: '只与这张证书有关的内容：OCSP 响应、证书透明度时间戳（SCT）等。',
  },
  'certificate_request_12.certificate_types': {
    en: 'The kinds of client key that the server accepts.',
    zh: '服务器接受的客户端证书类型。',
  },
  'certificate_request_12.certificate_types[]': {
    en: 'One kind of client certificate.',
    zh: '一种客户端证书类型。',
  },
  'certificate_request_12.supported_signature_algorithms': {
    en: 'The signature schemes that the server can verify.',
    zh: '服务器能够验证的签名算法。',
  },
  'certificate_request_12.supported_signature_algorithms[]': {
    en: 'One signature scheme.',
    zh: '一种签名算法。',
  },
  'certificate_request_12.certificate_authorities': {
    en: 'The authorities whose certificates the server would accept. Empty: it does not say.',
    zh: '服务器认可的 CA 名称列表；为空表示未作限定。',
  },
  'certificate_request_12.certificate_authorities[]': {
    en: 'The name of one authority, a DER distinguished name.',
    zh: '一个 CA 的可分辨名称（DN），DER 编码。',
  },
  'certificate_request_13.certificate_request_context': {
    en: 'A name for this request, which the client sends back. Empty during the handshake.',
    zh: '本次请求的标识，由客户端在应答中带回；握手期间为空。',
  },
  'certificate_request_13.extensions': {
    en: 'What the certificate has to satisfy: signature algorithms above all.',
    zh: '对客户端证书的要求，其中签名算法是必需的。',
  },
  'server_key_exchange_ecdhe.params': {
    en: "The server's half of the key exchange. The signature below covers both randoms and exactly these bytes.",
    zh: '服务器一方的密钥交换参数。下面的签名覆盖两个随机数和这一段字节。',
  },
  'server_key_exchange_ecdhe.params.curve_type': {
    en: 'How the curve is given: by name. Curves spelt out by their parameters are no longer accepted.',
    zh: '曲线的给出方式：按名称。显式给出曲线参数的方式已被废弃。',
  },
  'server_key_exchange_ecdhe.params.named_curve': {
    en: "The group that the server chose from the client's supported_groups.",
    zh: '服务器从客户端 supported_groups 中选定的曲线。',
  },
  'server_key_exchange_ecdhe.params.public': {
    en: "The server's ephemeral public key: made for this connection and forgotten after it.",
    zh: '服务器的临时公钥：只为本次连接生成，用后即弃。',
  },
  'server_key_exchange_ecdhe.algorithm': {
    en: "The signature scheme, one of the client's signature_algorithms.",
    zh: '签名算法，取自客户端的 signature_algorithms。',
    rfc: 'RFC 5246 7.4.3',
  },
  'server_key_exchange_ecdhe.signature': {
    en: "Made with the certificate's private key over client_random, server_random and params: proof that the ephemeral key is the server's.",
    zh: '用证书私钥对 client_random、server_random 和 params 所作的签名，证明这个临时公钥确实属于该服务器。',
    rfc: 'RFC 5246 7.4.3',
  },
  'client_key_exchange_rsa.encrypted_pre_master_secret': {
    en: "The pre-master secret (2 bytes of version, 46 random bytes) encrypted with the public key of the server's certificate.",
    zh: '用服务器证书中的公钥加密的预主密钥（2 字节版本号加 46 字节随机数）。',
  },
  'client_key_exchange_ecdhe.ecdh_Yc': {
    en: "The client's ephemeral public key. Both sides now compute the same pre-master secret; it never crosses the wire.",
    zh: '客户端的临时公钥。双方据此各自算出同一个预主密钥，预主密钥本身从不在网络上传输。',
  },
  'certificate_verify.algorithm': {
    en: 'The signature scheme, one that the other side said it can verify.',
    zh: '签名算法，必须是对方声明能够验证的。',
  },
  'certificate_verify.signature': {
    en: 'A signature over the whole handshake so far: proof that the sender holds the private key of its certificate.',
    zh: '对迄今为止全部握手消息的签名，证明发送方持有证书对应的私钥。',
  },
  'finished.verify_data': {
    en: 'A keyed digest of every handshake message so far (TLS 1.2: with the master secret, TLS 1.3: with finished_key). If anybody changed one of them, the two sides disagree here.',
    zh: '以密钥对此前全部握手消息计算出的校验值（TLS 1.2 用主密钥，TLS 1.3 用 finished_key）。任何一条消息被篡改，双方在这里就对不上。',
  },
  'certificate_status.status_type': {
    en: 'The kind of status: OCSP.',
    zh: '状态类型：OCSP。',
  },
  'certificate_status.response': {
    en: 'The OCSP response that the server staples: its certificate is not revoked, signed by the authority.',
    zh: '服务器随握手附上的 OCSP 响应（OCSP stapling）：由 CA 签名，说明证书是否已被吊销。',
  },
  'new_session_ticket_12.ticket_lifetime_hint': {
    en: 'For how many seconds the server expects the ticket to be good. 0: it does not say.',
    zh: '票据的建议有效期（秒）；0 表示未说明。',
  },
  'new_session_ticket_12.ticket': {
    en: 'The session, encrypted with a key of the server: the client keeps it and brings it back to resume.',
    zh: '用服务器自己的密钥加密的会话状态；客户端保存它，恢复会话时原样带回。',
  },
  'new_session_ticket_13.ticket_lifetime': {
    en: 'For how many seconds the ticket is good, a week at most.',
    zh: '票据有效期（秒），最长 7 天。',
  },
  'new_session_ticket_13.ticket_age_add': {
    en: 'Added to the age of the ticket when the client reports it, so that listeners cannot link connections.',
    zh: '客户端上报票据年龄时要加上的混淆值，使旁观者无法把前后两次连接关联起来。',
  },
  'new_session_ticket_13.ticket_nonce': {
    en: 'Different for each ticket: with it the PSK is derived from the resumption master secret.',
    zh: '每张票据各不相同；用它从 resumption_master_secret 派生出该票据的 PSK。',
  },
  'new_session_ticket_13.ticket': {
    en: 'What the client shows to resume. Only the server knows what it means.',
    zh: '客户端恢复会话时出示的凭据，其含义只有服务器知道。',
  },
  'new_session_ticket_13.extensions': {
    en: 'What the ticket allows, early data for one.',
    zh: '票据附带的许可，例如是否允许 0-RTT 早期数据。',
  },
  'key_update.request_update': {
    en: 'Whether the other side has to change its sending key too.',
    zh: '是否要求对方也更换其发送密钥。',
  },
  'change_cipher_spec.type': {
    en: 'Always 1. In TLS 1.2: from here on I encrypt. In TLS 1.3 it means nothing and only calms old equipment.',
    zh: '固定为 1。在 TLS 1.2 中表示“从下一个记录起我用新密钥加密”；在 TLS 1.3 中没有含义，只为兼容中间设备。',
  },
  'alert.level': {
    en: 'warning or fatal. TLS 1.3 ignores it: every alert but close_notify and user_canceled ends the connection.',
    zh: '级别：warning 或 fatal。TLS 1.3 不看这个字段：除 close_notify 和 user_canceled 外，任何告警都会终止连接。',
  },
  'alert.description': {
    en: 'What happened.',
    zh: '告警原因。',
  },
  'opaque.body': {
    en: 'The body of a message that glasstls does not open.',
    zh: '消息体，glasstls 不解析此类消息。',
  },
};

/** The section that defines each form of a message; fields without one of their own refer to it. */
export const FORM_RFC: Readonly<Record<string, string>> = {
  record_header: 'RFC 8446 5.1',
  client_hello: 'RFC 8446 4.1.2',
  server_hello_12: 'RFC 5246 7.4.1.3',
  server_hello_13: 'RFC 8446 4.1.3',
  hello_retry_request: 'RFC 8446 4.1.4',
  encrypted_extensions: 'RFC 8446 4.3.1',
  certificate_12: 'RFC 5246 7.4.2',
  certificate_13: 'RFC 8446 4.4.2',
  certificate_request_12: 'RFC 5246 7.4.4',
  certificate_request_13: 'RFC 8446 4.3.2',
  server_key_exchange_ecdhe: 'RFC 8422 5.4',
  server_hello_done: 'RFC 5246 7.4.5',
  client_key_exchange_rsa: 'RFC 5246 7.4.7.1',
  client_key_exchange_ecdhe: 'RFC 8422 5.7',
  certificate_verify: 'RFC 8446 4.4.3; RFC 5246 7.4.8',
  finished: 'RFC 8446 4.4.4; RFC 5246 7.4.9',
  certificate_status: 'RFC 6066 8',
  new_session_ticket_12: 'RFC 5077 3.3',
  new_session_ticket_13: 'RFC 8446 4.6.1',
  key_update: 'RFC 8446 4.6.3',
  hello_request: 'RFC 5246 7.4.1.1',
  end_of_early_data: 'RFC 8446 4.5',
  change_cipher_spec: 'RFC 5246 7.1; RFC 8446 5',
  alert: 'RFC 8446 6; RFC 5246 7.2',
  opaque: 'RFC 8446 4',
};
