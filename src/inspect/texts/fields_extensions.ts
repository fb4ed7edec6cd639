// What each extension is for, what it says in a particular message, and what the fields in it mean. The first table is
// typed by the wire's table of extensions: one that has no text here does not compile. Sections come from that table.

import type { ExtensionMessage, ExtensionName } from '../../wire/extensions.ts';
import type { FieldText, Text } from '../text.ts';

/** The extension in general: what a ClientHello says with it, unless {@link EXTENSION_IN} knows better. */
export const EXTENSION_TEXTS: Readonly<Record<ExtensionName, Text>> = {
  server_name: {
    en: 'The host that the client wants (SNI), so that a server with many names can choose the certificate. Sent in clear.',
    zh: '客户端要访问的主机名（SNI），供一台托管多个域名的服务器选择证书。以明文发送。',
  },
  max_fragment_length: {
    en: 'Asks for records smaller than 2^14 bytes, for small devices. record_size_limit replaces it.',
    zh: '请求使用小于 2^14 字节的记录，面向资源受限的设备；已被 record_size_limit 取代。',
  },
  status_request: {
    en: 'Asks the server to staple an OCSP response to its certificate.',
    zh: '请求服务器随证书附上 OCSP 响应（OCSP stapling）。',
  },
  supported_groups: {
    en: 'The groups in which the client can exchange keys, best first.',
    zh: '客户端支持的密钥交换组（椭圆曲线等），按偏好排列。',
  },
  ec_point_formats: {
    en: 'How points of elliptic curves are written. Only uncompressed is left; TLS 1.3 dropped the extension.',
    zh: '椭圆曲线点的编码格式。如今只用未压缩格式，TLS 1.3 已不再使用该扩展。',
  },
  signature_algorithms: {
    en: 'The signature schemes that the sender can verify.',
    zh: '发送方能够验证的签名算法。',
  },
  application_layer_protocol_negotiation: {
    en: 'The protocols that the client would speak inside (ALPN), best first. Saves a round trip for HTTP/2.',
    zh: '客户端希望在 TLS 之上使用的应用层协议（ALPN），按偏好排列。协商 HTTP/2 因此不必多花一个往返。',
  },
  signed_certificate_timestamp: {
    en: 'Asks for proofs that the certificate is in public logs (Certificate Transparency).',
    zh: '请求证书透明度（CT）日志的签名时间戳（SCT）。',
  },
  padding: {
    en: 'Nothing but length: it steps around old servers that choke on hellos of certain sizes.',
    zh: '纯填充，用来避开某些旧服务器对特定长度 ClientHello 的处理缺陷。',
  },
  encrypt_then_mac: {
    en: 'For CBC suites of TLS 1.2: encrypt first, then authenticate the ciphertext.',
    zh: '用于 TLS 1.2 的 CBC 套件：先加密，再对密文计算 MAC。',
  },
  extended_master_secret: {
    en: 'Binds the master secret of TLS 1.2 to the whole handshake, not just to the two randoms (triple handshake attack).',
    zh: '让 TLS 1.2 的主密钥绑定全部握手消息，而不只是两个随机数，以防 Triple Handshake 攻击。',
  },
  compress_certificate: {
    en: 'The compressions in which the sender can read a certificate message.',
    zh: '发送方能够解压的证书压缩算法。',
  },
  record_size_limit: {
    en: 'The largest record that the sender is willing to receive: bytes of content, in TLS 1.3 with the byte that names their type.',
    zh: '发送方愿意接收的最大记录：按内容字节数计，TLS 1.3 中还包括标明内容类型的那一个字节。',
  },
  session_ticket: {
    en: 'Empty: the client would take a ticket. Not empty: it brings one to resume its session (TLS 1.2).',
    zh: '为空表示客户端支持会话票据；非空则是带来票据以恢复会话（TLS 1.2）。',
  },
  pre_shared_key: {
    en: 'Keys that both sides know already, tickets mostly, each with a proof that the client has it. Always the last extension.',
    zh: '双方已共有的密钥（多为会话票据），并逐一附上持有证明（binder）。必须是最后一个扩展。',
  },
  early_data: {
    en: 'The client sends data at once, before any answer (0-RTT). Such data can be replayed by an attacker.',
    zh: '客户端不等应答就发送应用数据（0-RTT）。这类数据可能被攻击者重放。',
  },
  supported_versions: {
    en: 'The versions that the client speaks, best first. In TLS 1.3 this is where the version is negotiated.',
    zh: '客户端支持的协议版本，按偏好排列。TLS 1.3 的版本协商就在这里进行。',
  },
  cookie: {
    en: 'Bytes that the server gave in a HelloRetryRequest, brought back unchanged.',
    zh: '服务器在 HelloRetryRequest 中给出、由客户端原样带回的数据。',
  },
  psk_key_exchange_modes: {
    en: 'How the client will use a pre-shared key: alone, or together with (EC)DHE, which keeps forward secrecy.',
    zh: '客户端允许的 PSK 用法：单独使用，或与 (EC)DHE 结合使用以保留前向安全性。',
  },
  certificate_authorities: {
    en: 'The authorities that the sender trusts, so that the other side can choose a chain.',
    zh: '发送方信任的 CA，供对方选择合适的证书链。',
  },
  oid_filters: {
    en: 'Extensions that a client certificate must have, with their values.',
    zh: '客户端证书必须包含的证书扩展及其取值。',
  },
  post_handshake_auth: {
    en: 'The client may be asked for a certificate after the handshake too.',
    zh: '客户端愿意在握手完成之后再接受证书请求。',
  },
  signature_algorithms_cert: {
    en: 'The signature schemes that the sender can verify inside certificates, where they differ from those for the handshake.',
    zh: '发送方能在证书链中验证的签名算法（与握手签名所用的算法不同时才需要）。',
  },
  key_share: {
    en: "The client's public keys, made in advance for the groups that the server will likely take. This saves a round trip.",
    zh: '客户端预先为服务器可能选用的组生成的临时公钥。正是它让 TLS 1.3 省下一个往返。',
  },
  tls_flags: {
    en: 'Flags, one bit each: extensions that say no more than yes. The lowest bit of the first byte is flag 0.',
    zh: '标志位，每个标志占一位，代表只需表示“是”的扩展；第一个字节的最低位是标志 0。',
  },
  renegotiation_info: {
    en: 'Ties a renegotiation to the handshake before it. Empty in a first handshake, where it says: I know the defence.',
    zh: '把重协商与之前的握手绑定；首次握手时内容为空，仅表示支持安全重协商。',
  },
};

type In = `${ExtensionName}@${ExtensionMessage}`;

/** What an extension says in one message, where that differs from the general text. */
export const EXTENSION_IN: Readonly<Partial<Record<In, Text>>> = {
  'server_name@server_hello_12': {
    en: 'Empty: the server used the name.',
    zh: '内容为空：服务器采用了客户端给出的主机名。',
  },
  'server_name@encrypted_extensions': {
    en: 'Empty: the server used the name.',
    zh: '内容为空：服务器采用了客户端给出的主机名。',
  },
  'max_fragment_length@server_hello_12': { en: 'The server agrees.', zh: '服务器同意。' },
  'max_fragment_length@encrypted_extensions': { en: 'The server agrees.', zh: '服务器同意。' },
  'status_request@server_hello_12': {
    en: 'Empty: a CertificateStatus message may follow the certificate.',
    zh: '内容为空：证书之后可以跟随一条 CertificateStatus 消息。',
  },
  'status_request@certificate_request': {
    en: 'The server would like an OCSP response for the client certificate.',
    zh: '服务器希望客户端证书也附上 OCSP 响应。',
  },
  'status_request@certificate': {
    en: 'The OCSP response for this certificate.',
    zh: '这张证书的 OCSP 响应。',
  },
  'supported_groups@server_hello_12': {
    en: 'Has no meaning in a ServerHello; some servers send it, and it is ignored.',
    zh: '出现在 ServerHello 中没有意义；有的服务器会发送，应予忽略。',
  },
  'supported_groups@encrypted_extensions': {
    en: 'The groups that the server prefers: a hint for the next connection.',
    zh: '服务器偏好的密钥交换组，供客户端下次连接时参考。',
  },
  'ec_point_formats@server_hello_12': {
    en: 'The point formats that the server reads.',
    zh: '服务器支持的椭圆曲线点编码格式。',
  },
  'application_layer_protocol_negotiation@server_hello_12': {
    en: 'The protocol that the server chose, exactly one.',
    zh: '服务器选定的应用层协议，只能有一个。',
  },
  'application_layer_protocol_negotiation@encrypted_extensions': {
    en: 'The protocol that the server chose, exactly one.',
    zh: '服务器选定的应用层协议，只能有一个。',
  },
  'signed_certificate_timestamp@server_hello_12': {
    en: 'Proofs that the certificate is in public logs.',
    zh: '证书已被公开日志收录的证明（SCT 列表）。',
  },
  'signed_certificate_timestamp@certificate': {
    en: 'Proofs that this certificate is in public logs.',
    zh: '这张证书已被公开日志收录的证明（SCT 列表）。',
  },
  'encrypt_then_mac@server_hello_12': { en: 'The server agrees.', zh: '服务器同意。' },
  'extended_master_secret@server_hello_12': {
    en: 'The server agrees: the master secret will cover the whole handshake.',
    zh: '服务器同意：主密钥将绑定全部握手消息。',
  },
  'record_size_limit@server_hello_12': {
    en: 'The largest record that the server is willing to receive.',
    zh: '服务器愿意接收的最大记录长度。',
  },
  'record_size_limit@encrypted_extensions': {
    en: 'The largest record that the server is willing to receive.',
    zh: '服务器愿意接收的最大记录长度。',
  },
  'session_ticket@server_hello_12': {
    en: 'Empty: a NewSessionTicket message will follow.',
    zh: '内容为空：稍后将发送 NewSessionTicket 消息。',
  },
  'pre_shared_key@server_hello_13': {
    en: "The key that the server took: its place in the client's list.",
    zh: '服务器采用的 PSK 在客户端列表中的序号。',
  },
  'early_data@encrypted_extensions': {
    en: 'The server accepts the early data.',
    zh: '服务器接受早期数据（0-RTT）。',
  },
  'early_data@new_session_ticket': {
    en: 'With this ticket the client may send early data, up to this many bytes.',
    zh: '凭此票据可以发送早期数据（0-RTT），数值为允许的最大字节数。',
  },
  'supported_versions@server_hello_13': {
    en: 'The version that the server chose. This, not legacy_version, is the version of the connection.',
    zh: '服务器选定的版本。连接的协议版本以此为准，而不是 legacy_version。',
  },
  'supported_versions@hello_retry_request': {
    en: 'The version that the server will choose.',
    zh: '服务器将要选定的版本。',
  },
  'cookie@hello_retry_request': {
    en: 'Bytes that the client has to bring back: the server need not remember the first hello.',
    zh: '要求客户端原样带回的数据，这样服务器不必为首个 ClientHello 保存状态。',
  },
  'key_share@server_hello_13': {
    en: "The server's public key in the group that it took. From here on both sides can compute the handshake keys.",
    zh: '服务器在选定组中的临时公钥。至此双方都能算出握手密钥。',
  },
  'key_share@hello_retry_request': {
    en: 'The group in which the client has to send a key share.',
    zh: '要求客户端改用这个组重新发送密钥份额。',
  },
  'renegotiation_info@server_hello_12': {
    en: 'Empty in a first handshake: the server knows the defence too.',
    zh: '首次握手时为空：服务器也支持安全重协商。',
  },
};

/** The fields inside extensions; `[]` stands for each item of a list. */
export const EXTENSION_FIELDS: Readonly<Record<string, FieldText>> = {
  'server_name[]': { en: 'One name.', zh: '一个名称。' },
  'server_name[].name_type': { en: 'The kind of name; only host_name exists.', zh: '名称类型；只定义了 host_name。' },
  'server_name[].host_name': {
    en: 'The DNS name, without a trailing dot; never an IP address.',
    zh: 'DNS 主机名，末尾不带点；不能是 IP 地址。',
  },
  'status_request.status_type': { en: 'The kind of status: OCSP.', zh: '状态类型：OCSP。' },
  'status_request.request': {
    en: 'Responders and request extensions: two lists, both empty in practice.',
    zh: 'OCSP 响应方列表和请求扩展，实践中两者均为空。',
  },
  'status_request.response': { en: 'The OCSP response, DER.', zh: 'OCSP 响应，DER 编码。' },
  'supported_groups[]': { en: 'One group.', zh: '一个密钥交换组。' },
  'ec_point_formats[]': { en: 'One format.', zh: '一种编码格式。' },
  'signature_algorithms[]': { en: 'One signature scheme.', zh: '一种签名算法。' },
  'signature_algorithms_cert[]': { en: 'One signature scheme.', zh: '一种签名算法。' },
  'application_layer_protocol_negotiation[]': { en: 'The name of one protocol.', zh: '一个应用层协议名。' },
  'signed_certificate_timestamp[]': { en: "One log's signed timestamp.", zh: '一份日志签名时间戳（SCT）。' },
  'compress_certificate[]': { en: 'One compression algorithm.', zh: '一种压缩算法。' },
  'pre_shared_key.identities': { en: 'The names of the keys on offer.', zh: '客户端提供的 PSK 标识列表。' },
  'pre_shared_key.identities[]': { en: 'One key on offer.', zh: '一个 PSK。' },
  'pre_shared_key.identities[].identity': {
    en: 'Its name: a ticket, or a name agreed on outside TLS.',
    zh: 'PSK 标识：会话票据，或在 TLS 之外约定的名称。',
  },
  'pre_shared_key.identities[].obfuscated_ticket_age': {
    en: 'Milliseconds since the ticket came, plus its ticket_age_add, modulo 2^32.',
    zh: '收到票据以来的毫秒数加上 ticket_age_add，再对 2^32 取模。',
  },
  'pre_shared_key.binders': {
    en: 'One proof for each key, in the same order: an HMAC over the hello up to here, with a key made from that PSK.',
    zh: '与各个 PSK 依次对应的持有证明：用该 PSK 派生的密钥，对截至此处的 ClientHello 计算的 HMAC。',
  },
  'pre_shared_key.binders[]': { en: 'One proof.', zh: '一个 binder。' },
  'supported_versions[]': { en: 'One version.', zh: '一个协议版本。' },
  'psk_key_exchange_modes[]': { en: 'One way.', zh: '一种用法。' },
  'certificate_authorities[]': {
    en: 'The distinguished name of one authority (DER).',
    zh: '一个 CA 的可分辨名称（DN，DER 编码）。',
  },
  'oid_filters[]': { en: 'One condition.', zh: '一个条件。' },
  'oid_filters[].certificate_extension_oid': {
    en: 'Which certificate extension, DER.',
    zh: '证书扩展的 OID，DER 编码。',
  },
  'oid_filters[].certificate_extension_values': {
    en: 'The values it must have, DER. Empty: it need only be there.',
    zh: '要求的取值，DER 编码；为空表示只要有该扩展即可。',
  },
  'key_share[]': { en: "One group with the client's public key in it.", zh: '一个组以及客户端在该组中的临时公钥。' },
  'key_share[].group': { en: 'The group.', zh: '密钥交换组。' },
  'key_share[].key_exchange': {
    en: "The client's ephemeral public key.",
    zh: '客户端的临时公钥。',
  },
  'key_share.group': { en: "The group, one of the client's.", zh: '服务器选定的组，取自客户端所提供的组。' },
  'key_share.key_exchange': { en: "The server's ephemeral public key.", zh: '服务器的临时公钥。' },
};

/** What frames every extension. */
export const EXTENSION_FRAME: Readonly<
  Record<'type' | 'length' | 'data' | 'unknown' | 'grease' | 'misplaced', FieldText>
> = {
  type: { en: 'Which extension this is.', zh: '扩展类型。', rfc: 'RFC 8446 4.2' },
  length: { en: 'Bytes of its body.', zh: '扩展内容的长度（字节）。', rfc: 'RFC 8446 4.2' },
  data: { en: 'Its body, not opened.', zh: '扩展内容，未解析。', rfc: 'RFC 8446 4.2' },
  unknown: {
    en: 'An extension that glasstls does not know; whoever does not know an extension ignores it.',
    zh: 'glasstls 不认识的扩展；按规定，不认识的扩展应予忽略。',
    rfc: 'RFC 8446 4.2',
  },
  grease: {
    en: 'GREASE: a reserved value that means nothing, sent so that the other side stays used to ignoring what it does not know.',
    zh: 'GREASE：没有含义的保留值，用来督促对端养成“忽略未知值”的习惯。',
    rfc: 'RFC 8701',
  },
  misplaced: {
    en: 'A known extension in a message where it must not appear.',
    zh: '已知扩展，但不允许出现在这条消息中。',
    rfc: 'RFC 8446 4.2',
  },
};
