// One line on a cipher suite, made from IANA's name: what exchanges the keys, what proves the server, what protects the data.
// The name is the source: `TLS_<key exchange>_<authentication>_WITH_<cipher>_<hash>`, or in TLS 1.3 `TLS_<cipher>_<hash>`.

import type { Text } from '../text.ts';

/** What the suite is made of, in both languages; undefined for a name that follows no pattern known here. */
export function suiteRemark(name: string): Text | undefined {
  const special = SPECIAL[name];
  if (special !== undefined) return special;
  const [, exchange, cipher] = /^TLS_(?:(.+)_WITH_)?(.+)$/.exec(name) ?? [];
  if (cipher === undefined) return undefined;
  const weak = WEAK.find(([pattern]) => pattern.test(cipher))?.[1];
  if (exchange === undefined) {
    return {
      en: [`TLS 1.3: ${cipherText(cipher)}`, weak?.en].filter(Boolean).join('; '),
      zh: [`TLS 1.3：${cipherText(cipher)}`, weak?.zh].filter(Boolean).join('；'),
    };
  }
  const how = EXCHANGES.find(([pattern]) => pattern.test(exchange))?.[1];
  if (how === undefined) return undefined;
  return {
    en: [how.en, cipherText(cipher), weak?.en].filter(Boolean).join('; '),
    zh: [how.zh, cipherText(cipher), weak?.zh].filter(Boolean).join('；'),
  };
}

const SPECIAL: Readonly<Record<string, Text>> = {
  TLS_EMPTY_RENEGOTIATION_INFO_SCSV: {
    en: 'not a suite: says that the client knows secure renegotiation (RFC 5746)',
    zh: '不是真正的套件：表示客户端支持安全重协商（RFC 5746）',
  },
  TLS_FALLBACK_SCSV: {
    en: 'not a suite: says that the client has fallen back to an older version (RFC 7507)',
    zh: '不是真正的套件：表示客户端正在做版本回退（RFC 7507）',
  },
};

const EXCHANGES: readonly (readonly [RegExp, Text])[] = [
  [
    /^ECDHE_PSK$/,
    { en: 'ECDHE and a key shared beforehand: forward secrecy', zh: 'ECDHE 结合预共享密钥（PSK），前向安全' },
  ],
  [
    /^(DHE_PSK|PSK_DHE)$/,
    { en: 'DHE and a key shared beforehand: forward secrecy', zh: 'DHE 结合预共享密钥（PSK），前向安全' },
  ],
  [
    /^RSA_PSK$/,
    { en: 'RSA and a key shared beforehand: no forward secrecy', zh: 'RSA 结合预共享密钥（PSK），没有前向安全性' },
  ],
  [/^PSK$/, { en: 'a key shared beforehand: no forward secrecy', zh: '预共享密钥（PSK），没有前向安全性' }],
  [/SRP|KRB5/, { en: 'a password or ticket shared beforehand', zh: '预先共享的口令或票据' }],
  [/anon/, { en: 'nobody proves who they are', zh: '双方都不认证身份' }],
  [
    /^ECDHE_ECDSA$/,
    { en: 'ECDHE, signed with ECDSA or EdDSA: forward secrecy', zh: 'ECDHE 密钥交换，ECDSA 或 EdDSA 签名，前向安全' },
  ],
  [/^ECDHE_RSA$/, { en: 'ECDHE, signed with RSA: forward secrecy', zh: 'ECDHE 密钥交换，RSA 签名，前向安全' }],
  [/^DHE_RSA$/, { en: 'DHE, signed with RSA: forward secrecy', zh: 'DHE 密钥交换，RSA 签名，前向安全' }],
  [/^DHE_/, { en: 'DHE: forward secrecy', zh: 'DHE 密钥交换，前向安全' }],
  [/^RSA/, { en: 'RSA key exchange: no forward secrecy', zh: 'RSA 密钥交换，没有前向安全性' }],
  [/^(ECDH|DH)_/, { en: 'static Diffie-Hellman: no forward secrecy', zh: '静态 DH 密钥交换，没有前向安全性' }],
];

const WEAK: readonly (readonly [RegExp, Text])[] = [
  [/NULL/, { en: 'not encrypted at all', zh: '完全不加密' }],
  [/RC4|DES|EXPORT|RC2|IDEA/, { en: 'broken', zh: '已被攻破' }],
  [/CCM_8/, { en: 'tags of 8 bytes, half as long as usual', zh: '认证标签仅 8 字节，为常规的一半' }],
  [/CBC/, { en: 'CBC: open to padding attacks', zh: 'CBC 模式，易受填充攻击' }],
];

/** `AES_128_GCM_SHA256` reads `AES-128-GCM, SHA-256`. */
function cipherText(cipher: string): string {
  const [, body, hash] = /^(.*?)(?:_(SHA\d*|MD5))?$/.exec(cipher) ?? [];
  const parts = (body ?? cipher).replaceAll('_', '-').replace('CHACHA20-POLY1305', 'ChaCha20-Poly1305');
  const digest = hash?.replace(/^SHA(\d+)$/, 'SHA-$1').replace(/^SHA$/, 'SHA-1');
  return digest === undefined ? parts : `${parts}, ${digest}`;
}
