// What extensions are for that glasstls itself does not speak, and the fields in them that do not speak for themselves. Where each is
// described stands beside it.

import type { FieldText } from '../../inspect/text.ts';

/** By number. */
export const OTHER_EXTENSION_TEXTS: Readonly<Record<number, FieldText>> = {
  2: {
    en: 'The client may send the URL of its certificate instead of the certificate. Hardly anybody does.',
    zh: '客户端可只发送证书的 URL 而不发送证书本身，极少使用。',
    rfc: 'RFC 6066 5',
  },
  4: {
    en: 'Asks for a MAC of 80 bits. Not to be used any more.',
    zh: '请求使用 80 位的截短 MAC，已不应使用。',
    rfc: 'RFC 6066 7',
  },
  9: {
    en: 'Certificates of another kind than X.509: OpenPGP.',
    zh: '使用 X.509 以外的证书类型（OpenPGP）。',
    rfc: 'RFC 6091 3.1',
  },
  12: {
    en: 'The name of a user whose password both sides prove to know (SRP). Sent in clear.',
    zh: '用户名；双方借助 SRP 相互证明知道其口令。以明文发送。',
    rfc: 'RFC 5054',
  },
  14: {
    en: 'Keys for SRTP are taken from this handshake: WebRTC, over DTLS.',
    zh: '从本次握手中导出 SRTP 密钥，用于基于 DTLS 的 WebRTC。',
    rfc: 'RFC 5764 4.1.1',
  },
  15: {
    en: 'Whether the sender may be sent heartbeats, which keep a path alive. OpenSSL read them wrongly once (Heartbleed).',
    zh: '表明能否向发送方发送心跳消息以保持连接。OpenSSL 的实现曾出现“心脏出血”漏洞。',
    rfc: 'RFC 6520 2',
  },
  17: {
    en: 'Asks for OCSP responses of several certificates. TLS 1.3 can do without it.',
    zh: '请求为多张证书附上 OCSP 响应；TLS 1.3 不再需要该扩展。',
    rfc: 'RFC 6961 2.2',
  },
  19: {
    en: 'The kinds of certificates that the client can prove itself with: X.509, or a bare public key.',
    zh: '客户端可用来证明自己的证书类型：X.509，或只有公钥。',
    rfc: 'RFC 7250 3',
  },
  20: {
    en: 'The kinds of certificates that the client accepts of the server: X.509, or a bare public key.',
    zh: '客户端能接受的服务器证书类型：X.509，或只有公钥。',
    rfc: 'RFC 7250 3',
  },
  24: {
    en: 'Binds cookies and tokens to a key of the client. Browsers gave it up.',
    zh: '把 cookie 和令牌绑定到客户端密钥。浏览器已放弃支持。',
    rfc: 'RFC 8472 2',
  },
  25: {
    en: 'What the client knows of the server already, by hash, so that it need not be sent again.',
    zh: '客户端以哈希表明已缓存的服务器信息，服务器不必重复发送。',
    rfc: 'RFC 7924 3',
  },
  33: {
    en: 'A certificate and a pre-shared key together prove the server.',
    zh: '服务器同时用证书和预共享密钥证明身份。',
    rfc: 'RFC 8773 5',
  },
  34: {
    en: 'Delegated credentials: a key that lives for days, signed with the key of the certificate.',
    zh: '委托凭证：有效期数天的短期密钥，由证书私钥签名。',
    rfc: 'RFC 9345 4',
  },
  54: {
    en: 'A name for the connection that outlives a change of address (DTLS).',
    zh: '连接标识，地址改变后连接仍可继续（DTLS）。',
    rfc: 'RFC 9146 3',
  },
  55: {
    en: 'The hash of an identity from outside, for WebRTC.',
    zh: '外部身份的哈希，用于 WebRTC。',
    rfc: 'RFC 8844 3.2',
  },
  56: {
    en: 'The session that this handshake belongs to, for WebRTC.',
    zh: '本次握手所属会话的标识，用于 WebRTC。',
    rfc: 'RFC 8844 4.3',
  },
  57: {
    en: 'The settings of a QUIC connection: limits, timeouts, identifiers.',
    zh: 'QUIC 连接的参数：各种上限、超时和标识。',
    rfc: 'RFC 9000 18',
  },
  58: { en: 'How many tickets the client would like.', zh: '客户端希望得到的会话票据数量。', rfc: 'RFC 9149 3' },
  59: {
    en: 'Asks for the DNSSEC proof of the TLSA records of the server.',
    zh: '请求服务器提供 TLSA 记录的 DNSSEC 证明链。',
    rfc: 'RFC 9102 2.2',
  },
  61: {
    en: 'A check that a new address can be reached (DTLS).',
    zh: '地址变化后检查可达性（DTLS）。',
    rfc: 'RFC 9853',
  },
  13172: {
    en: 'Next protocol negotiation, which ALPN replaced.',
    zh: '下一协议协商（NPN），已被 ALPN 取代。',
    rfc: 'draft-agl-tls-nextprotoneg-04',
  },
  17513: {
    en: 'Settings of the application protocol, exchanged within the handshake (ALPS), by its first number.',
    zh: '在握手中交换应用层协议的设置（ALPS），旧编号。',
    rfc: 'draft-vvv-tls-alps',
  },
  17613: {
    en: 'Settings of the application protocol, exchanged within the handshake (ALPS).',
    zh: '在握手中交换应用层协议的设置（ALPS）。',
    rfc: 'draft-vvv-tls-alps',
  },
  51764: {
    en: 'Which authorities the client trusts, by short names, so that the server can choose among its chains.',
    zh: '客户端以短标识列出所信任的证书颁发机构，供服务器选择证书链。',
    rfc: 'draft-ietf-tls-trust-anchor-ids',
  },
  65037: {
    en: 'Encrypted ClientHello: the hello that counts is inside, encrypted, with the true name of the server. A client that has no key for it sends random bytes of this form.',
    zh: '加密的 ClientHello（ECH）：真正的 ClientHello（包括服务器名）在其中加密传送。没有密钥的客户端会发送同样形式的随机字节。',
    rfc: 'RFC 9849 5',
  },
};

/** By the extension's name and the names of the fields. */
export const OTHER_EXTENSION_FIELDS: Readonly<Record<string, FieldText>> = {
  'encrypted_client_hello.type': {
    en: 'Whether this is the outer hello, which everybody reads, or the inner one.',
    zh: '表明这是人人可读的外层 ClientHello，还是内层的。',
  },
  'encrypted_client_hello.cipher_suite': {
    en: 'How the inner hello is encrypted (HPKE).',
    zh: '内层 ClientHello 的加密方式（HPKE）。',
  },
  'encrypted_client_hello.config_id': {
    en: 'Which key of the server it is encrypted for.',
    zh: '所用的服务器公钥编号。',
  },
  'encrypted_client_hello.enc': {
    en: 'The public key of the client for this one message; empty in a second hello.',
    zh: '客户端为此消息生成的公钥；第二个 ClientHello 中为空。',
  },
  'encrypted_client_hello.payload': { en: 'The inner hello, encrypted.', zh: '加密后的内层 ClientHello。' },
  'encrypted_client_hello[].contents.public_name': {
    en: 'The name that stands in the outer hello.',
    zh: '写在外层 ClientHello 中的名称。',
  },
  'encrypted_client_hello[].contents.public_key': {
    en: 'The key that clients encrypt their hellos for.',
    zh: '客户端加密 ClientHello 时使用的公钥。',
  },
  'encrypted_client_hello[].contents.maximum_name_length': {
    en: 'To how many bytes names are padded.',
    zh: '名称填充到的长度（字节）。',
  },
  'delegated_credential.valid_time': {
    en: 'Until when it is valid: seconds from the beginning of the certificate.',
    zh: '有效期：自证书生效时起的秒数。',
  },
  'delegated_credential.dc_cert_verify_algorithm': {
    en: 'What the delegated key signs CertificateVerify with.',
    zh: '委托密钥签署 CertificateVerify 所用的算法。',
  },
  'delegated_credential.signature': {
    en: 'By the key of the certificate, over the credential.',
    zh: '证书私钥对该凭证的签名。',
  },
  'use_srtp.srtp_mki': {
    en: 'Which master key the packets are under, if they say so.',
    zh: '数据包所用主密钥的标识（可选）。',
  },
  'ticket_request.new_session_count': { en: 'For a new session.', zh: '新建会话时希望得到的数量。' },
  'ticket_request.resumption_count': { en: 'For one that was resumed.', zh: '恢复会话时希望得到的数量。' },
};
