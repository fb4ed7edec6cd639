// What the fields of the messages after the hellos mean, ChangeCipherSpec and alerts among them; the key exchanges of TLS 1.2
// have a file of their own. Keyed like fields_hello.ts: the form of the message, then the path of the field.

import type { FieldText } from '../text.ts';

export const HANDSHAKE_FIELDS: Readonly<Record<string, FieldText>> = {
  'encrypted_extensions.extensions': {
    en: "The server's answers that are not needed to compute keys, and can therefore be encrypted.",
    zh: '与密钥计算无关、因而可以加密发送的服务器扩展应答。',
  },
  'certificate_12.certificate_list': {
    en: "The certificate chain: the sender's own certificate first, then those that vouch for it. Only a client may send none.",
    zh: '证书链：发送方自己的证书在最前，其后是逐级为其签发的中间证书。只有客户端可以一张都不发。',
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
    en: "The certificate chain: the sender's own certificate first. TLS 1.3 sends it encrypted. Only a client may send none.",
    zh: '证书链：发送方自己的证书在最前。TLS 1.3 中证书是加密传输的。只有客户端可以一张都不发。',
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
    en: 'The authorities whose client certificates the server would accept: a hint which certificate to choose.',
    zh: '服务器认可的客户端证书签发机构名称列表，供客户端选择证书。',
  },
  'certificate_request_12.certificate_authorities[]': {
    en: 'The distinguished name of one authority (DER).',
    zh: '一个 CA 的可分辨名称（DN，DER 编码）。',
  },
  'certificate_request_13.certificate_request_context': {
    en: 'A name for this request, which the client sends back. Empty during the handshake.',
    zh: '本次请求的标识，由客户端在应答中带回；握手期间为空。',
  },
  'certificate_request_13.extensions': {
    en: 'What the certificate has to satisfy. signature_algorithms must be among them.',
    zh: '对客户端证书的要求，其中必须有 signature_algorithms。',
  },
  'certificate_verify.algorithm': {
    en: 'The signature scheme, one that the other side said it can verify.',
    zh: '签名算法，必须是对方声明能够验证的。',
  },
  'certificate_verify.signature': {
    en: 'A signature over the whole handshake so far: proof that the sender holds the private key of its certificate. TLS 1.2 (clients only) signs the messages themselves; TLS 1.3 signs 64 spaces, a line that says whether client or server signs, a zero byte, and the hash of the messages.',
    zh: '对迄今为止全部握手消息的签名，证明发送方持有证书对应的私钥。TLS 1.2 中只有客户端发送，直接对握手消息签名；TLS 1.3 的签名内容是 64 个空格、标明签名方是客户端还是服务器的字符串、一个零字节，以及握手消息的哈希。',
  },
  'compressed_certificate.algorithm': {
    en: 'How it is compressed, one way of those in the compress_certificate of the other side.',
    zh: '压缩算法，取自对方 compress_certificate 扩展所列。',
  },
  'compressed_certificate.uncompressed_length': {
    en: 'How long the Certificate message is when unpacked. It must come out exactly, and no longer than the receiver allows.',
    zh: '解压后 Certificate 消息的长度。解压结果必须与此完全一致，且不得超过接收方允许的上限。',
  },
  'compressed_certificate.compressed_certificate_message': {
    en: 'The Certificate message without its header, compressed. The handshake digest covers it as it stands here.',
    zh: '压缩后的 Certificate 消息体（不含消息头）。握手消息的哈希按这里的压缩形式计算。',
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
    en: 'The OCSP response that the server staples: signed on behalf of the authority, it says whether the certificate is revoked.',
    zh: '服务器随握手附上的 OCSP 响应（OCSP stapling）：由 CA 或其授权的响应方签名，说明证书是否已被吊销。',
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
    en: 'For how many seconds the ticket is good, a week at most. 0: it is to be thrown away at once.',
    zh: '票据有效期（秒），最长 7 天；0 表示应立即丢弃。',
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
