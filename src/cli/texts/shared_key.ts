// What is said about --psk: what is wrong with it, and what became of it.

import type { Text } from '../text.ts';

export const SHARED_KEY = {
  form: {
    en: '--psk wants IDENTITY:HEX, the name of the shared key and the key in hexadecimal',
    zh: '--psk 的格式是 IDENTITY:HEX，即身份标识和十六进制的密钥',
  },
  hex: {
    en: 'the key of --psk has to be hexadecimal, two digits a byte',
    zh: '--psk 的密钥应为十六进制，每字节两位',
  },
  long: { en: 'the identity of --psk is longer than 1024 bytes', zh: '--psk 的身份标识超过 1024 字节' },
  used: {
    en: 'Shared key: both sides have it ({name}): it proves both, and there is no certificate',
    zh: '共享密钥：双方都持有（{name}），由它证明双方身份，不使用证书',
  },
  unused: {
    en: 'Shared key: the server went on without it',
    zh: '共享密钥：服务器没有采用',
  },
} as const satisfies Record<string, Text>;
