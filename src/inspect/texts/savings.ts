// The words of the table that says what a resumed handshake saves.

import type { Text } from '../text.ts';

export const SAVINGS_TITLES = {
  full: { en: 'Full handshake', zh: '完整握手' },
  resumed: { en: 'Resumed', zh: '恢复会话' },
  saved: { en: 'Saved', zh: '节省' },
} as const satisfies Record<string, Text>;

export const SAVINGS_LABELS = {
  roundTrips: { en: 'Round trips before the client may send data', zh: '客户端可发数据前的往返数' },
  messages: { en: 'Handshake messages', zh: '握手消息数' },
  bytes: { en: 'Handshake bytes on the wire', zh: '握手线上字节数' },
  clientWork: { en: 'Public-key operations of the client', zh: '客户端的公钥运算' },
  serverWork: { en: 'Public-key operations of the server', zh: '服务器的公钥运算' },
  time: { en: 'Time taken here', zh: '本次用时' },
} as const satisfies Record<string, Text>;

/** `{n}` of each. */
export const WORK_TEXTS = {
  keyPairs: { en: '{n} key pair made', zh: '生成密钥对 {n}' },
  agreements: { en: '{n} key agreement', zh: '密钥协商 {n}' },
  signatures: { en: '{n} signature made', zh: '签名 {n}' },
  verifications: { en: '{n} signature checked', zh: '验签 {n}' },
  encryptions: { en: '{n} RSA encryption', zh: 'RSA 加密 {n}' },
  decryptions: { en: '{n} RSA decryption', zh: 'RSA 解密 {n}' },
} as const satisfies Record<string, Text>;

export const SAVINGS_WORDS = {
  none: { en: 'none', zh: '无' },
  all: { en: 'all of them', zh: '全部' },
} as const satisfies Record<string, Text>;
