// What particular values mean: versions, groups, alerts, lesser code points. Keyed by number, with the registry's names in
// wire/registry. A value that speaks for itself has no entry.

import type { AlertName } from '../../wire/registry/names.ts';
import type { Text } from '../text.ts';

export const GREASE_TEXT: Text = {
  en: 'means nothing and must be ignored (RFC 8701)',
  zh: '无含义的保留值，必须忽略（RFC 8701）',
};

export const GROUP_TEXTS: Readonly<Record<number, Text>> = {
  23: { en: 'NIST P-256: points of 65 bytes', zh: 'NIST P-256 曲线，公钥为 65 字节的点' },
  24: { en: 'NIST P-384: points of 97 bytes', zh: 'NIST P-384 曲线，公钥为 97 字节的点' },
  25: { en: 'NIST P-521: points of 133 bytes', zh: 'NIST P-521 曲线，公钥为 133 字节的点' },
  29: { en: 'Curve25519: public keys of 32 bytes', zh: 'Curve25519，公钥 32 字节' },
  30: { en: 'Curve448: public keys of 56 bytes', zh: 'Curve448，公钥 56 字节' },
  256: { en: 'finite-field Diffie-Hellman, 2048 bits', zh: '有限域 Diffie-Hellman，2048 位' },
  257: { en: 'finite-field Diffie-Hellman, 3072 bits', zh: '有限域 Diffie-Hellman，3072 位' },
  258: { en: 'finite-field Diffie-Hellman, 4096 bits', zh: '有限域 Diffie-Hellman，4096 位' },
  259: { en: 'finite-field Diffie-Hellman, 6144 bits', zh: '有限域 Diffie-Hellman，6144 位' },
  260: { en: 'finite-field Diffie-Hellman, 8192 bits', zh: '有限域 Diffie-Hellman，8192 位' },
  4587: {
    en: 'P-256 with ML-KEM-768: made to withstand quantum computers too',
    zh: 'P-256 与 ML-KEM-768 混合，旨在抵御量子计算机攻击',
  },
  4588: {
    en: 'X25519 with ML-KEM-768: made to withstand quantum computers too',
    zh: 'X25519 与 ML-KEM-768 混合，旨在抵御量子计算机攻击',
  },
  4589: {
    en: 'P-384 with ML-KEM-1024: made to withstand quantum computers too',
    zh: 'P-384 与 ML-KEM-1024 混合，旨在抵御量子计算机攻击',
  },
};

export const PSK_MODE_TEXTS: Readonly<Record<number, Text>> = {
  0: { en: 'the key alone: no forward secrecy', zh: '仅用 PSK：没有前向安全性' },
  1: { en: 'the key with (EC)DHE: forward secrecy', zh: 'PSK 结合 (EC)DHE：具备前向安全性' },
};

export const KEY_UPDATE_TEXTS: Readonly<Record<number, Text>> = {
  0: { en: 'only the sender changes its key', zh: '只有发送方更换密钥' },
  1: { en: 'the receiver has to change its key as well', zh: '要求接收方也更换密钥' },
};

export const VERSION_REMARKS = {
  client13: {
    en: 'says TLS 1.2 for the sake of middleboxes; the real versions are in supported_versions',
    zh: '写成 TLS 1.2 是为了兼容中间设备，真正支持的版本见 supported_versions',
  },
  client12: {
    en: 'no TLS 1.3 in supported_versions: this is the highest version that the client speaks',
    zh: 'supported_versions 中没有 TLS 1.3：这就是客户端支持的最高版本',
  },
  server13: {
    en: 'says TLS 1.2 for the sake of middleboxes; the real version is in supported_versions',
    zh: '写成 TLS 1.2 是为了兼容中间设备，真正的版本见 supported_versions',
  },
  server12: { en: 'the version of this connection', zh: '本连接的协议版本' },
  old: {
    en: 'withdrawn: TLS 1.1 and older are no longer used (RFC 8996)',
    zh: '已废弃：TLS 1.1 及更早版本不再使用（RFC 8996）',
  },
  ssl3: { en: 'withdrawn: SSL 3.0 is broken (RFC 7568)', zh: '已废弃：SSL 3.0 不安全（RFC 7568）' },
} as const satisfies Record<string, Text>;

export const RANDOM_REMARKS = {
  retry: {
    en: 'SHA-256 of "HelloRetryRequest": this is a HelloRetryRequest, not a ServerHello',
    zh: '“HelloRetryRequest”的 SHA-256 值：这是 HelloRetryRequest，而非 ServerHello',
  },
  downgrade12: {
    en: 'ends in "DOWNGRD" 01: the server could speak TLS 1.3 but negotiated 1.2; a client that offered 1.3 must stop here',
    zh: '以 “DOWNGRD” 01 结尾：服务器支持 TLS 1.3 却协商到 1.2；若客户端提供过 1.3，必须就此终止',
  },
  downgrade11: {
    en: 'ends in "DOWNGRD" 00: the server could speak TLS 1.2 but negotiated 1.1 or less; a client that offered more must stop here',
    zh: '以 “DOWNGRD” 00 结尾：服务器支持 TLS 1.2 却协商到 1.1 或更低；若客户端提供过更高版本，必须就此终止',
  },
} as const satisfies Record<string, Text>;

export const SESSION_ID_REMARKS = {
  compat: {
    en: 'random filler for middlebox compatibility (RFC 8446 D.4)',
    zh: '为兼容中间设备而填的随机值（RFC 8446 D.4）',
  },
  none: { en: 'no session to resume', zh: '没有要恢复的会话' },
  some: {
    en: 'a session to resume; beside a ticket a made-up value, which the server sends back when it takes the ticket',
    zh: '要恢复的会话；若同时带有票据，则是随意生成的值，服务器接受票据时原样送回',
  },
} as const satisfies Record<string, Text>;

/** What each alert tells (RFC 8446 6.2, RFC 5246 7.2.2, and the RFCs that added some). */
export const ALERT_TEXTS: Readonly<Record<AlertName, Text>> = {
  close_notify: { en: 'the sender will send no more data: an orderly end', zh: '发送方不再发送数据：正常关闭' },
  unexpected_message: { en: 'a message that has no place here', zh: '收到了此时不该出现的消息' },
  bad_record_mac: {
    en: 'a record could not be decrypted or authenticated: keys differ, or bytes were changed',
    zh: '记录解密或完整性校验失败：双方密钥不一致，或数据被改动',
  },
  decryption_failed: { en: 'decryption failed (no longer used)', zh: '解密失败（已弃用）' },
  record_overflow: { en: 'a record longer than allowed', zh: '记录超过允许的长度' },
  decompression_failure: { en: 'decompression failed (no longer used)', zh: '解压失败（已弃用）' },
  handshake_failure: {
    en: 'nothing in common: no cipher suite, group or signature scheme that both accept',
    zh: '没有双方都能接受的参数：密码套件、密钥交换组或签名算法对不上',
  },
  no_certificate: { en: 'no certificate (SSL 3.0)', zh: '没有证书（SSL 3.0 遗留）' },
  bad_certificate: {
    en: 'a certificate is damaged, wrongly signed or otherwise not acceptable',
    zh: '证书损坏、签名不正确，或因其他缺陷不可接受',
  },
  unsupported_certificate: { en: 'a certificate of a kind that is not supported', zh: '不支持的证书类型' },
  certificate_revoked: { en: 'a certificate was revoked', zh: '证书已被吊销' },
  certificate_expired: { en: 'a certificate has expired or is not valid yet', zh: '证书已过期或尚未生效' },
  certificate_unknown: { en: 'a certificate was refused for another reason', zh: '证书因其他原因被拒绝' },
  illegal_parameter: { en: 'a field holds a value that is not allowed there', zh: '某个字段的取值不合法' },
  unknown_ca: { en: 'the chain leads to no authority that is trusted', zh: '证书链无法追溯到受信任的 CA' },
  access_denied: { en: 'the certificate is fine, but access is not granted', zh: '证书有效，但不允许访问' },
  decode_error: { en: 'a message does not follow its format', zh: '消息格式错误，无法解析' },
  decrypt_error: {
    en: 'a signature or a Finished value is wrong',
    zh: '签名或 Finished 校验失败',
  },
  export_restriction: { en: 'export rules (no longer used)', zh: '出口限制（已弃用）' },
  protocol_version: { en: 'no protocol version in common', zh: '没有双方都支持的协议版本' },
  insufficient_security: { en: 'the other side offers nothing strong enough', zh: '对方提供的算法强度不够' },
  internal_error: { en: 'something failed inside the sender', zh: '发送方内部错误' },
  inappropriate_fallback: {
    en: 'the client fell back to an older version without need (TLS_FALLBACK_SCSV)',
    zh: '客户端进行了不必要的版本回退（TLS_FALLBACK_SCSV）',
  },
  user_canceled: { en: 'somebody gave up', zh: '用户取消' },
  no_renegotiation: { en: 'the sender does not renegotiate', zh: '发送方拒绝重协商' },
  missing_extension: { en: 'an extension that must be there is missing', zh: '缺少必需的扩展' },
  unsupported_extension: { en: 'an extension came that was not asked for', zh: '收到了未曾请求的扩展' },
  certificate_unobtainable: { en: 'a certificate could not be fetched (no longer used)', zh: '无法获取证书（已弃用）' },
  unrecognized_name: { en: 'the server knows no such host name (SNI)', zh: '服务器不认识该主机名（SNI）' },
  bad_certificate_status_response: { en: 'the stapled OCSP response is not acceptable', zh: '附带的 OCSP 响应无效' },
  bad_certificate_hash_value: { en: 'a certificate hash is wrong (no longer used)', zh: '证书哈希不符（已弃用）' },
  unknown_psk_identity: { en: 'the server knows no such pre-shared key', zh: '服务器不认识该 PSK 标识' },
  certificate_required: {
    en: 'the server wants a client certificate, and none came',
    zh: '服务器要求客户端证书，但客户端没有提供',
  },
  general_error: { en: 'a failure of no particular kind', zh: '一般性错误' },
  no_application_protocol: { en: 'no application protocol in common (ALPN)', zh: '没有双方都支持的应用层协议（ALPN）' },
  ech_required: { en: 'the server wants Encrypted ClientHello', zh: '服务器要求使用加密的 ClientHello（ECH）' },
};
