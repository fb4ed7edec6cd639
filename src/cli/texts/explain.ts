// What `glasstls explain` says besides the texts of the registries: kinds, labels, and the few entries that have no text elsewhere.

import type { Fault } from '../../wire/tls_error.ts';
import type { Text } from '../text.ts';

export const KINDS = {
  message: { en: 'message', zh: '消息' },
  alert: { en: 'alert', zh: '告警' },
  extension: { en: 'extension', zh: '扩展' },
  suite: { en: 'cipher suite', zh: '密码套件' },
  group: { en: 'group for key exchange', zh: '密钥交换组' },
  scheme: { en: 'signature scheme', zh: '签名算法' },
  code: { en: 'error code of glasstls', zh: 'glasstls 错误码' },
  refusal: { en: 'reason for refusing a certificate', zh: '证书拒绝原因' },
  cause: { en: 'cause of failure', zh: '失败原因' },
} as const satisfies Record<string, Text>;

export const EXPLAIN = {
  nothing: { en: 'explain what?', zh: '请给出要解释的内容' },
  unknown: { en: 'nothing is known here of {asked}', zh: '没有关于 {asked} 的说明' },
  near: { en: 'Did you mean {names}?', zh: '是不是：{names}？' },
  examples: {
    en: 'For example: finished, alert 40, 0xc02f, X25519MLKEM768, ERR_TLS_CERT_ALTNAME_INVALID, "wrong version number".',
    zh: '例如：finished、alert 40、0xc02f、X25519MLKEM768、ERR_TLS_CERT_ALTNAME_INVALID、"wrong version number"。',
  },
  more: { en: 'and {count} more: be more exact', zh: '另有 {count} 项，请写得更具体一些' },
  rfc: { en: 'where', zh: '出处' },
  todo: { en: 'what to do', zh: '怎么办' },
  elsewhere: { en: 'others say', zh: '其他工具' },
  tls13: { en: 'TLS 1.3: ', zh: 'TLS 1.3：' },
  tls12: { en: 'TLS 1.2: ', zh: 'TLS 1.2：' },
  openssl: { en: 'OpenSSL calls it {name}', zh: 'OpenSSL 中的名称是 {name}' },
  answered: {
    en: 'glasstls answers with the alert {alert} ({number})',
    zh: 'glasstls 以告警 {alert}（{number}）应答',
  },
  seeRefusal: {
    en: 'glasstls -v URL names the certificate, the rule, and both values.',
    zh: 'glasstls -v URL 会指出具体的证书、规则以及双方的取值。',
  },
} as const satisfies Record<string, Text>;

/** Whose doing an error of ours is. */
export const FAULTS: Readonly<Record<Fault, { readonly what: Text; readonly todo: Text }>> = {
  peer: {
    what: {
      en: 'The other side broke the protocol, or somebody changed what it sent',
      zh: '对端违反了协议，或其数据在途中被改动',
    },
    todo: {
      en: 'Message, field and offset stand in the error; report them to who wrote the other side. --trace FILE keeps all of it.',
      zh: '错误中写明了消息、字段和偏移，可报告给对端的开发者。--trace FILE 会保留全部过程。',
    },
  },
  incompatible: {
    what: { en: 'Both sides keep to the rules and have nothing in common', zh: '双方都符合规范，但没有共同点' },
    todo: {
      en: 'The error has what was offered and what would have been accepted: widen one of them.',
      zh: '错误中列出了提供的和可接受的选项：放宽其中一方即可。',
    },
  },
  transport: {
    what: { en: 'The connection ended', zh: '连接结束了' },
    todo: { en: 'The report says after which message.', zh: '报告会说明是在哪条消息之后。' },
  },
  local: {
    what: { en: 'The fault is on this side', zh: '问题在本端' },
    todo: {
      en: 'The message says which option or call; for ERR_TLS_INTERNAL please report it.',
      zh: '错误信息会指出是哪个选项或调用；如为 ERR_TLS_INTERNAL，请反馈给我们。',
    },
  },
};

/** Messages that no handshake here uses, or that the lesson does not tell of. */
export const MESSAGES_BESIDES: Readonly<Record<string, { readonly text: Text; readonly rfc: string }>> = {
  certificate_url: {
    rfc: 'RFC 6066 5',
    text: {
      en: 'A client’s certificate as an address where it can be fetched. Hardly anybody used it; TLS 1.3 has none.',
      zh: '客户端以下载地址代替证书本身。几乎无人使用，TLS 1.3 已取消。',
    },
  },
  supplemental_data: {
    rfc: 'RFC 4680',
    text: {
      en: 'Data for the application within the handshake of TLS 1.2. Hardly anybody used it.',
      zh: 'TLS 1.2 握手中附带的应用数据，几乎无人使用。',
    },
  },
  message_hash: {
    rfc: 'RFC 8446 4.4.1',
    text: {
      en: 'Never sent: after a HelloRetryRequest a message of this kind stands for the first ClientHello in the transcript, so that a server need not remember it.',
      zh: '从不实际发送：经过 HelloRetryRequest 后，握手记录中用它代替第一个 ClientHello，服务器因此不必保存原消息。',
    },
  },
};

/** Groups without a text in the registries of values. */
export const GROUPS_BESIDES: Readonly<Record<string, Text>> = {
  brainpoolP256r1: {
    en: 'Brainpool’s curve of 256 bits (RFC 7027), for TLS 1.2 alone',
    zh: 'Brainpool 256 位曲线（RFC 7027），仅用于 TLS 1.2',
  },
  brainpoolP384r1: {
    en: 'Brainpool’s curve of 384 bits (RFC 7027), for TLS 1.2 alone',
    zh: 'Brainpool 384 位曲线（RFC 7027），仅用于 TLS 1.2',
  },
  brainpoolP512r1: {
    en: 'Brainpool’s curve of 512 bits (RFC 7027), for TLS 1.2 alone',
    zh: 'Brainpool 512 位曲线（RFC 7027），仅用于 TLS 1.2',
  },
  MLKEM512: {
    en: 'ML-KEM-512 alone, without a classical exchange beside it',
    zh: '单独使用 ML-KEM-512，不与传统密钥交换混合',
  },
  MLKEM768: {
    en: 'ML-KEM-768 alone, without a classical exchange beside it',
    zh: '单独使用 ML-KEM-768，不与传统密钥交换混合',
  },
  MLKEM1024: {
    en: 'ML-KEM-1024 alone, without a classical exchange beside it',
    zh: '单独使用 ML-KEM-1024，不与传统密钥交换混合',
  },
};

/** Schemes by the form of their names; the first that fits. */
export const SCHEMES_BY: readonly (readonly [RegExp, Text])[] = [
  [
    /^rsa_pkcs1_(?:md5|sha1)$/,
    {
      en: 'RSA (PKCS #1 v1.5) with {digest}: forgeable, no longer allowed (RFC 9155)',
      zh: 'RSA（PKCS #1 v1.5）配 {digest}：可被伪造，已禁用（RFC 9155）',
    },
  ],
  [
    /^rsa_pkcs1_/,
    {
      en: 'RSA (PKCS #1 v1.5) with {digest}. In TLS 1.3 for signatures in certificates alone',
      zh: 'RSA（PKCS #1 v1.5）配 {digest}。TLS 1.3 中只能用于证书签名',
    },
  ],
  [
    /^(?:dsa|ecdsa)_sha1$/,
    { en: 'with {digest}: no longer allowed (RFC 9155)', zh: '使用 {digest}，已禁用（RFC 9155）' },
  ],
  [/^dsa_/, { en: 'DSA with {digest}: out of use, not in TLS 1.3', zh: 'DSA 配 {digest}：已弃用，TLS 1.3 不支持' }],
  [
    /^ecdsa_sha224$/,
    { en: 'ECDSA with {digest}: out of use, not in TLS 1.3', zh: 'ECDSA 配 {digest}：已弃用，TLS 1.3 不支持' },
  ],
  [
    /brainpool/,
    {
      en: 'ECDSA on Brainpool’s curve with {digest} (RFC 8734)',
      zh: '使用 Brainpool 曲线的 ECDSA，配 {digest}（RFC 8734）',
    },
  ],
  [
    /^ecdsa_/,
    {
      en: 'ECDSA with {digest}. TLS 1.3 ties the curve to the scheme; in TLS 1.2 any curve may go with it',
      zh: 'ECDSA 配 {digest}。TLS 1.3 中曲线由算法名称限定，TLS 1.2 中可用任意曲线',
    },
  ],
  [
    /^rsa_pss_rsae_/,
    {
      en: 'RSA-PSS with {digest}, for ordinary RSA keys (rsaEncryption in the certificate)',
      zh: 'RSA-PSS 配 {digest}，用于普通 RSA 密钥（证书中为 rsaEncryption）',
    },
  ],
  [
    /^rsa_pss_pss_/,
    {
      en: 'RSA-PSS with {digest}, for keys that are for RSA-PSS alone (id-RSASSA-PSS in the certificate)',
      zh: 'RSA-PSS 配 {digest}，用于专供 RSA-PSS 的密钥（证书中为 id-RSASSA-PSS）',
    },
  ],
  [
    /^ed25519$/,
    {
      en: 'EdDSA on Curve25519: fast, small, the same signature each time (RFC 8032). Browsers do not take it',
      zh: '使用 Curve25519 的 EdDSA：快速、签名短且结果确定（RFC 8032）。浏览器不支持',
    },
  ],
  [/^ed448$/, { en: 'EdDSA on Curve448 (RFC 8032)', zh: '使用 Curve448 的 EdDSA（RFC 8032）' }],
  [
    /^mldsa/,
    { en: 'ML-DSA (FIPS 204): made to withstand quantum computers', zh: 'ML-DSA（FIPS 204）：旨在抵御量子计算机攻击' },
  ],
];
