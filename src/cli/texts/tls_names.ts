// What is said about names in --ciphers, --tls13-ciphers, --curves and --sigalgs that cannot be used.

import type { Text } from '../text.ts';

export interface NameWords {
  readonly is: Text;
  /** Before the names that there are. */
  readonly all: Text;
}

const SUITES_ARE: Text = { en: 'Those of TLS 1.3 are', zh: 'TLS 1.3 的套件有：' };

export const NAMES = {
  noSuites: { en: '--ciphers names no suite', zh: '--ciphers 没有给出任何套件' },
  noSuites13: { en: '--tls13-ciphers names no suite', zh: '--tls13-ciphers 没有给出任何套件' },
  noGroups: { en: '--curves names no group', zh: '--curves 没有给出任何组' },
  noSchemes: { en: '--sigalgs names no signature scheme', zh: '--sigalgs 没有给出任何签名算法' },
  none: { is: { en: 'there is no cipher suite named {name}', zh: '没有这个密码套件：{name}' }, all: SUITES_ARE },
  not13: {
    is: {
      en: '{name} is a suite of TLS 1.2; --ciphers takes those',
      zh: '{name} 是 TLS 1.2 的套件，应写在 --ciphers 里',
    },
    all: SUITES_ARE,
  },
  noGroup: {
    is: { en: 'there is no group named {name}', zh: '没有这个组：{name}' },
    all: { en: 'There are', zh: '支持的组有：' },
  },
  noScheme: {
    is: { en: 'there is no signature scheme named {name}', zh: '没有这个签名算法：{name}' },
    all: { en: 'There are', zh: '支持的签名算法有：' },
  },
  noWord: { en: 'a list of cipher suites has no word {name}', zh: '密码套件列表里没有这种写法：{name}' },
  words: {
    en: 'Words are names of suites (ECDHE-RSA-AES128-GCM-SHA256) and of kinds (ECDHE, AESGCM, SHA384, HIGH), joined by + and changed by !, - and a leading +.',
    zh: '可以写套件名称（ECDHE-RSA-AES128-GCM-SHA256）或类别（ECDHE、AESGCM、SHA384、HIGH），类别可用 + 连接，前面可加 !、- 或 + 修饰。',
  },
  defaultFirst: {
    en: 'DEFAULT can only stand first in a list of cipher suites',
    zh: 'DEFAULT 只能写在密码套件列表的开头',
  },
  nothing: {
    en: '{list} leaves no cipher suite that glasstls runs',
    zh: '{list} 选不出任何 glasstls 支持的密码套件',
  },
  nothingHint: {
    en: 'What is broken is not run at all: RC4, 3DES, NULL, export, anonymous and MD5 suites, DSS, static DH.',
    zh: '已被攻破的一律不支持：RC4、3DES、NULL、出口级、匿名和 MD5 套件，以及 DSS、静态 DH。',
  },
  rsa: {
    en: '{name} is RSA key exchange, which has no forward secrecy',
    zh: '{name} 使用 RSA 密钥交换，没有前向安全性',
  },
  cbc: {
    en: '{name} is a CBC suite, a kind that has been attacked time and again through its padding',
    zh: '{name} 是 CBC 套件，这类套件屡次因填充问题受到攻击',
  },
  addLegacy: { en: 'Add --legacy to use it all the same.', zh: '确要使用，请加上 --legacy。' },
  shared: { en: '{name} needs a key that both sides share', zh: '{name} 需要双方预先共享的密钥' },
  addPsk: { en: 'Give it: --psk IDENTITY:HEX.', zh: '请用 --psk IDENTITY:HEX 给出。' },
  provider: {
    en: 'the provider {provider} cannot run {name}',
    zh: '后端 {provider} 不支持 {name}',
  },
  noMlKem: {
    en: 'X25519MLKEM768 needs ML-KEM, which this Node.js ({node}) does not have',
    zh: 'X25519MLKEM768 需要 ML-KEM，而当前的 Node.js（{node}）没有',
  },
  noMlKemHint: {
    en: 'Node.js 24.7 or later has it; for older ones: npm install @noble/post-quantum',
    zh: 'Node.js 24.7 及以后的版本自带；旧版本可执行 npm install @noble/post-quantum',
  },
} as const satisfies Record<string, Text | NameWords>;
