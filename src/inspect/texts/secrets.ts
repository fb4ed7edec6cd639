// What each secret of the two key schedules is (RFC 5246 6.3 and 8.1, RFC 8446 7.1 and 7.3). Keyed by the name under which
// the derivation reports it; names that contain another secret's name are matched by their ending.

import type { Text } from '../text.ts';

/** Secrets of both versions; `master_secret` exists in both and is told apart by its derivation. */
export const SECRET_TEXTS: Readonly<Record<string, Text>> = {
  pre_master_secret: {
    en: 'What the key exchange produced. With RSA: the version and 46 random bytes of the client. With ECDHE: the shared secret.',
    zh: '密钥交换的结果。RSA：客户端生成的 2 字节版本号加 46 字节随机数；ECDHE：双方算出的共享秘密。',
  },
  master_secret: {
    en: 'The secret of the session, 48 bytes; all keys of TLS 1.2 come from it.',
    zh: '主密钥，48 字节；TLS 1.2 的所有密钥都由它派生。',
  },
  client_write_key: { en: 'Encrypts what the client sends.', zh: '客户端发送方向的加密密钥。' },
  server_write_key: { en: 'Encrypts what the server sends.', zh: '服务器发送方向的加密密钥。' },
  client_write_IV: { en: "The fixed part of the client's nonces.", zh: '客户端发送方向 nonce 的固定部分。' },
  server_write_IV: { en: "The fixed part of the server's nonces.", zh: '服务器发送方向 nonce 的固定部分。' },
  early_secret: {
    en: 'The start of the TLS 1.3 schedule. Without a pre-shared key nothing but zeros goes in.',
    zh: 'TLS 1.3 密钥调度的起点。没有 PSK 时，输入全为零。',
  },
  ecdhe_shared_secret: {
    en: 'What both sides computed from their own private key and the public key of the other.',
    zh: '双方各用自己的临时私钥和对方的临时公钥算出的共享秘密。',
  },
  handshake_secret: {
    en: 'The shared secret mixed in: from here come the keys that protect the rest of the handshake.',
    zh: '混入共享秘密之后的阶段密钥：保护其余握手消息的密钥由此派生。',
  },
  client_handshake_traffic_secret: {
    en: "Protects the client's handshake messages.",
    zh: '保护客户端的握手消息。',
  },
  server_handshake_traffic_secret: {
    en: "Protects the server's handshake messages, its certificate among them.",
    zh: '保护服务器的握手消息，包括证书。',
  },
  master_secret_13: {
    en: 'The last stage: keys for application data, exporters and resumption come from it.',
    zh: '最后一个阶段：应用数据、导出密钥和会话恢复所用的密钥由此派生。',
  },
  client_application_traffic_secret_0: {
    en: 'Protects the application data of the client, until the first KeyUpdate.',
    zh: '保护客户端发送的应用数据，直到首次 KeyUpdate。',
  },
  server_application_traffic_secret_0: {
    en: 'Protects the application data of the server, until the first KeyUpdate.',
    zh: '保护服务器发送的应用数据，直到首次 KeyUpdate。',
  },
  exporter_master_secret: {
    en: 'For keys that the application derives for itself (RFC 8446 7.5).',
    zh: '供应用程序导出自己的密钥（RFC 8446 7.5）。',
  },
  resumption_master_secret: {
    en: 'From it comes the pre-shared key of each ticket.',
    zh: '每张会话票据对应的 PSK 由此派生。',
  },
  client_finished_key: { en: "The HMAC key of the client's Finished.", zh: '客户端 Finished 的 HMAC 密钥。' },
  server_finished_key: { en: "The HMAC key of the server's Finished.", zh: '服务器 Finished 的 HMAC 密钥。' },
};

/** Names that end in a suffix behind the name of another secret. */
export const SECRET_SUFFIX_TEXTS: readonly (readonly [suffix: string, text: Text])[] = [
  ['.key', { en: 'The AEAD key made from it.', zh: '由它派生的 AEAD 密钥。' }],
  [
    '.iv',
    { en: 'The AEAD nonce is this, XORed with the number of the record.', zh: '与记录序号异或后即为 AEAD 的 nonce。' },
  ],
  ['.derived', { en: 'The salt of the next stage.', zh: '下一阶段的盐值（salt）。' }],
  [' (next)', { en: 'The next generation, after a KeyUpdate.', zh: 'KeyUpdate 之后的下一代密钥。' }],
];
