// What each secret of the two key schedules is, and the section that makes it (RFC 5246 6.3 and 8.1, RFC 4279, RFC 8446 7). Keyed
// by the name under which the derivation reports it, `@` and the context where that tells more; names that contain another
// secret's name are matched by their ending.

import type { Text } from '../text.ts';

export interface SecretText extends Text {
  readonly rfc: string;
}

/** Secrets of both versions; `master_secret` exists in both and is told apart by its derivation. */
export const SECRET_TEXTS: Readonly<Record<string, SecretText>> = {
  pre_master_secret: {
    en: 'What the key exchange produced. With RSA: the version and 46 random bytes of the client. With ECDHE: the shared secret.',
    zh: '密钥交换的结果。RSA：客户端生成的 2 字节版本号加 46 字节随机数；ECDHE：双方算出的共享秘密。',
    rfc: 'RFC 5246 8.1',
  },
  'pre_master_secret@rsa': {
    en: 'The version that the client offered and 46 random bytes. The client made it and sent it encrypted.',
    zh: '客户端提出的版本号（2 字节）加 46 字节随机数，由客户端生成并加密发送。',
    rfc: 'RFC 5246 8.1.1',
  },
  'pre_master_secret@ecdhe': {
    en: 'The shared secret that both sides computed from their own private key and the public key of the other.',
    zh: '双方各用自己的临时私钥和对方的临时公钥算出的共享秘密。',
    rfc: 'RFC 8422 5.10',
  },
  'pre_master_secret@dhe': {
    en: 'The number that both sides computed modulo the prime, without its leading zero bytes: it may be shorter than the prime.',
    zh: '双方对素数取模算出的数，去掉开头的零字节，因此可能比素数短。',
    rfc: 'RFC 5246 8.1.2',
  },
  'pre_master_secret@psk': {
    en: 'The shared key behind as many zero bytes, each with its length in two bytes in front.',
    zh: '与密钥等长的零字节，再接预共享密钥，两者前面各有 2 字节长度。',
    rfc: 'RFC 4279 2',
  },
  'pre_master_secret@dhe_psk': {
    en: 'The number that both sides computed (without its leading zero bytes), then the shared key, each with its length in two bytes in front.',
    zh: '双方算出的数（去掉开头的零字节），再接预共享密钥，两者前面各有 2 字节长度。',
    rfc: 'RFC 4279 3',
  },
  'pre_master_secret@ecdhe_psk': {
    en: 'The shared secret of ECDHE in full length, then the shared key, each with its length in two bytes in front.',
    zh: 'ECDHE 的共享秘密（保持完整长度），再接预共享密钥，两者前面各有 2 字节长度。',
    rfc: 'RFC 5489 2',
  },
  master_secret: {
    en: 'The secret of the session, 48 bytes; all keys of TLS 1.2 come from it.',
    zh: '主密钥，48 字节；TLS 1.2 的所有密钥都由它派生。',
    rfc: 'RFC 5246 8.1; RFC 7627 4',
  },
  client_write_MAC_key: {
    en: 'Authenticates what the client sends: the HMAC key of a CBC suite.',
    zh: '客户端发送方向的 MAC 密钥，仅用于 CBC 套件。',
    rfc: 'RFC 5246 6.3',
  },
  server_write_MAC_key: {
    en: 'Authenticates what the server sends: the HMAC key of a CBC suite.',
    zh: '服务器发送方向的 MAC 密钥，仅用于 CBC 套件。',
    rfc: 'RFC 5246 6.3',
  },
  client_write_key: {
    en: 'Encrypts what the client sends.',
    zh: '客户端发送方向的加密密钥。',
    rfc: 'RFC 5246 6.3',
  },
  server_write_key: {
    en: 'Encrypts what the server sends.',
    zh: '服务器发送方向的加密密钥。',
    rfc: 'RFC 5246 6.3',
  },
  client_write_IV: {
    en: "The fixed part of the client's nonces.",
    zh: '客户端发送方向 nonce 的固定部分。',
    rfc: 'RFC 5246 6.3',
  },
  server_write_IV: {
    en: "The fixed part of the server's nonces.",
    zh: '服务器发送方向 nonce 的固定部分。',
    rfc: 'RFC 5246 6.3',
  },
  psk: {
    en: 'The pre-shared key: known to both sides before the first message, never sent.',
    zh: '预共享密钥：双方在第一条消息之前就已知道，从不发送。',
    rfc: 'RFC 8446 2.2; RFC 4279',
  },
  ticket_psk: {
    en: 'The pre-shared key that a ticket stands for. Each ticket has its own, since each has another nonce.',
    zh: '一张会话票据所对应的 PSK。各张票据的 nonce 不同，PSK 也就不同。',
    rfc: 'RFC 8446 4.6.1',
  },
  early_secret: {
    en: 'The start of the TLS 1.3 schedule. Without a pre-shared key nothing but zeros goes in.',
    zh: 'TLS 1.3 密钥调度的起点。没有 PSK 时，输入全为零。',
    rfc: 'RFC 8446 7.1',
  },
  'early_secret@psk': {
    en: 'The start of the TLS 1.3 schedule: the pre-shared key goes in here, and with it into every key that follows.',
    zh: 'TLS 1.3 密钥调度的起点：PSK 在此混入，从而参与此后所有密钥的派生。',
    rfc: 'RFC 8446 7.1',
  },
  binder_key: {
    en: 'For the binder, the proof in the ClientHello that its sender has the pre-shared key.',
    zh: '用于计算 binder，即 ClientHello 中“持有 PSK”的证明。',
    rfc: 'RFC 8446 4.2.11.2',
  },
  'binder_key@res binder': {
    en: 'For the binder of a ticket, the proof in the ClientHello that its sender has the key of the ticket.',
    zh: '用于计算票据的 binder，即 ClientHello 中“持有该票据密钥”的证明。',
    rfc: 'RFC 8446 4.2.11.2',
  },
  'binder_key@ext binder': {
    en: 'For the binder of a key from outside TLS. Another label than for tickets, so that neither can pass for the other.',
    zh: '用于计算外部 PSK 的 binder。标签与票据所用的不同，两者无法互相冒充。',
    rfc: 'RFC 8446 4.2.11.2',
  },
  binder_finished_key: {
    en: 'The HMAC key of the binder, made like that of a Finished.',
    zh: 'binder 的 HMAC 密钥，派生方式与 Finished 相同。',
    rfc: 'RFC 8446 4.2.11.2',
  },
  client_early_traffic_secret: {
    en: 'Protects early data (0-RTT). It comes from the pre-shared key and the ClientHello alone: no forward secrecy, and nothing of the server in it.',
    zh: '保护早期数据（0-RTT）。它只由 PSK 和 ClientHello 派生：没有前向安全性，也不含服务器的任何输入。',
    rfc: 'RFC 8446 7.1',
  },
  early_exporter_master_secret: {
    en: 'For keys that the application derives for itself while there is only early data.',
    zh: '供应用程序在早期数据阶段导出自己的密钥。',
    rfc: 'RFC 8446 7.5',
  },
  ecdhe_shared_secret: {
    en: 'What both sides computed from their own private key and the public key of the other.',
    zh: '双方各用自己的临时私钥和对方的临时公钥算出的共享秘密。',
    rfc: 'RFC 8446 7.4',
  },
  handshake_secret: {
    en: 'The shared secret mixed in: from here come the keys that protect the rest of the handshake.',
    zh: '混入共享秘密之后的阶段密钥：保护其余握手消息的密钥由此派生。',
    rfc: 'RFC 8446 7.1',
  },
  'handshake_secret@0': {
    en: 'No shared secret goes in (psk_ke): whoever has the pre-shared key can compute all that follows.',
    zh: '没有混入共享秘密（psk_ke）：谁持有 PSK，谁就能算出此后的一切。',
    rfc: 'RFC 8446 7.1',
  },
  client_handshake_traffic_secret: {
    en: "Protects the client's handshake messages.",
    zh: '保护客户端的握手消息。',
    rfc: 'RFC 8446 7.1',
  },
  server_handshake_traffic_secret: {
    en: "Protects the server's handshake messages, its certificate among them.",
    zh: '保护服务器的握手消息，包括证书。',
    rfc: 'RFC 8446 7.1',
  },
  master_secret_13: {
    en: 'The last stage: keys for application data, exporters and resumption come from it.',
    zh: '最后一个阶段：应用数据、导出密钥和会话恢复所用的密钥由此派生。',
    rfc: 'RFC 8446 7.1',
  },
  client_application_traffic_secret_0: {
    en: 'Protects the application data of the client, until the first KeyUpdate.',
    zh: '保护客户端发送的应用数据，直到首次 KeyUpdate。',
    rfc: 'RFC 8446 7.1',
  },
  server_application_traffic_secret_0: {
    en: 'Protects the application data of the server, until the first KeyUpdate.',
    zh: '保护服务器发送的应用数据，直到首次 KeyUpdate。',
    rfc: 'RFC 8446 7.1',
  },
  exporter_master_secret: {
    en: 'For keys that the application derives for itself.',
    zh: '供应用程序导出自己的密钥。',
    rfc: 'RFC 8446 7.5',
  },
  exported_keying_material: {
    en: 'A key for the application, bound to this connection by a label of its own.',
    zh: '导出给应用程序的密钥，以专用标签与本次连接绑定。',
    rfc: 'RFC 8446 7.5; RFC 5705 4',
  },
  resumption_master_secret: {
    en: 'From it comes the pre-shared key of each ticket.',
    zh: '每张会话票据对应的 PSK 由此派生。',
    rfc: 'RFC 8446 7.1',
  },
  client_finished_key: {
    en: "The HMAC key of the client's Finished.",
    zh: '客户端 Finished 的 HMAC 密钥。',
    rfc: 'RFC 8446 4.4.4',
  },
  server_finished_key: {
    en: "The HMAC key of the server's Finished.",
    zh: '服务器 Finished 的 HMAC 密钥。',
    rfc: 'RFC 8446 4.4.4',
  },
};

/** Names that end in a suffix behind the name of another secret. */
export const SECRET_SUFFIX_TEXTS: readonly (readonly [suffix: string, text: SecretText])[] = [
  ['.key', { en: 'The AEAD key made from it.', zh: '由它派生的 AEAD 密钥。', rfc: 'RFC 8446 7.3' }],
  [
    '.iv',
    {
      en: 'The AEAD nonce is this, XORed with the number of the record.',
      zh: '与记录序号异或后即为 AEAD 的 nonce。',
      rfc: 'RFC 8446 5.3 and 7.3',
    },
  ],
  ['.derived', { en: 'The salt of the next stage.', zh: '下一阶段的盐值（salt）。', rfc: 'RFC 8446 7.1' }],
  [
    ' (next)',
    { en: 'The next generation, after a KeyUpdate.', zh: 'KeyUpdate 之后的下一代密钥。', rfc: 'RFC 8446 7.2' },
  ],
];
