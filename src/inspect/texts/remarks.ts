// What values tell that have to be looked at before anything can be said of them: primes, generators, lifetimes, limits. Texts
// that go by a code point alone stand in values.ts.

import type { DhPrime } from '../dh_primes.ts';
import type { Text } from '../text.ts';

/** RFC 7919, RFC 3526; the attack on short and shared primes is Logjam (Adrian and others, 2015). */
export function primeText({ bits, group, rfc }: DhPrime): Text {
  const name = group === undefined ? '' : ` (${group}, ${rfc})`;
  const nameZh = group === undefined ? '' : `（${group}，${rfc}）`;
  const of = (en: string, zh: string): Text => ({ en: `${bits} bits${name}: ${en}`, zh: `${bits} 位${nameZh}：${zh}` });
  if (bits <= 512) return of('export grade, broken in practice (Logjam)', '出口级强度，已被实际攻破（Logjam 攻击）');
  if (bits <= 1024) {
    return of(
      'too short; with enough money one computation breaks every connection that uses this prime (Logjam)',
      '过短；财力足够者只需一次预计算，就能破解使用该素数的所有连接（Logjam 攻击）',
    );
  }
  if (bits < 2048) return of('shorter than the 2048 bits that are the least today', '短于如今最低要求的 2048 位');
  if (group !== undefined) return of('published, so that anybody can check it', '公开发布的群，任何人都能核验');
  return of(
    'none of the published groups; a client cannot check in time whether it is safe',
    '不是公开发布的群，客户端来不及核验它是否安全',
  );
}

export function generatorText(value: number): Text | undefined {
  if (value <= 1) return { en: 'generates nothing: the secret would be known', zh: '不是生成元：共享秘密将人人可知' };
  return value === 2 ? { en: '2, as in all published groups', zh: '2，与所有公开发布的群相同' } : undefined;
}

export const NO_PUBLIC_VALUE: Text = {
  en: 'not allowed: with 0 or 1 the secret is 0 or 1 as well (RFC 7919 5.1)',
  zh: '不允许：取 0 或 1 时，共享秘密也只会是 0 或 1（RFC 7919 5.1）',
};

/** A ClientKeyExchange of RSA, DHE and PSK looks the same. */
export const GUESSED_FORM: Text = {
  en: 'a guess: an RSA ciphertext, a DHE public key and the name of a shared key look alike here; only the cipher suite tells',
  zh: '这是推测：RSA 密文、DHE 公钥和 PSK 标识在这里格式相同，只有密码套件才能确定',
};

export const EXTERNAL_IDENTITY: Text = {
  en: 'readable text: a key agreed on outside TLS rather than a ticket',
  zh: '可读文本：应是在 TLS 之外约定的密钥，而不是会话票据',
};

export const NO_CERTIFICATE: Text = {
  en: 'empty: the client has no certificate that would do; the server decides whether to go on',
  zh: '为空：客户端没有合适的证书，是否继续由服务器决定',
};

export const ANY_AUTHORITY: Text = {
  en: 'empty: the client may send any certificate of the kinds above',
  zh: '为空：只要类型符合，客户端可以发送任意证书',
};

export const LATE_REQUEST: Text = {
  en: 'not empty: the request came after the handshake',
  zh: '非空：这是握手完成之后的证书请求',
};

export const NO_TICKET: Text = {
  en: 'empty: the server gives no ticket after all (RFC 5077 3.3)',
  zh: '为空：服务器最终没有发放票据（RFC 5077 3.3）',
};

export const NO_TICKET_AGE: Text = {
  en: '0, as for a key agreed on outside TLS',
  zh: '0：用于在 TLS 之外约定的密钥',
};

export const BAD_PADDING: Text = { en: 'must be zeros (RFC 7685 3)', zh: '必须全为零（RFC 7685 3）' };

/** By the length of the binder: an HMAC is as long as its hash. */
export const BINDER_TEXTS: Readonly<Record<number, Text>> = {
  32: { en: 'HMAC with SHA-256', zh: 'HMAC-SHA-256' },
  48: { en: 'HMAC with SHA-384', zh: 'HMAC-SHA-384' },
};

/** ClientCertificateType (RFC 5246 7.4.4, RFC 8422 5.5). */
export const CERTIFICATE_TYPE_TEXTS: Readonly<Record<number, Text>> = {
  1: { en: 'an RSA key that may sign', zh: '可用于签名的 RSA 密钥' },
  2: { en: 'a DSA key: no longer used', zh: 'DSA 密钥，已弃用' },
  3: { en: 'fixed Diffie-Hellman: no longer used', zh: '固定 DH 密钥，已弃用' },
  4: { en: 'fixed Diffie-Hellman: no longer used', zh: '固定 DH 密钥，已弃用' },
  64: { en: 'a key for ECDSA or EdDSA', zh: 'ECDSA 或 EdDSA 密钥' },
  65: { en: 'fixed ECDH: no longer used', zh: '固定 ECDH 密钥，已弃用' },
  66: { en: 'fixed ECDH: no longer used', zh: '固定 ECDH 密钥，已弃用' },
};

/** RFC 8449 4. */
export function recordSizeText(value: number): Text | undefined {
  if (value < 64) return { en: 'not allowed: 64 is the least', zh: '不允许：最小为 64' };
  if (value === 16385) {
    return {
      en: 'no limit of its own: 2^14 bytes of content and, in TLS 1.3, the byte that names their type',
      zh: '等于不额外设限：2^14 字节内容，加上 TLS 1.3 中标明内容类型的 1 字节',
    };
  }
  return value === 16384 ? { en: 'what TLS 1.2 allows anyway', zh: '即 TLS 1.2 本来的上限' } : undefined;
}

/** RFC 8446 4.2.10, RFC 9001 4.6.1. */
export function earlyDataText(value: number): Text | undefined {
  if (value === 0) return { en: 'none at all', zh: '不允许发送早期数据' };
  return value === 0xffffffff ? { en: 'no limit: QUIC has its own', zh: '不设上限：QUIC 另有限制' } : undefined;
}

/** RFC 5077 3.3, RFC 8446 4.6.1. In TLS 1.2 the lifetime is a hint, in TLS 1.3 a rule. */
export function lifetimeText(seconds: number, version: 'tls12' | 'tls13'): Text {
  if (seconds === 0 && version === 'tls12') {
    return { en: 'the server does not say how long', zh: '服务器未说明有效期' };
  }
  if (seconds === 0) return { en: 'to be thrown away at once', zh: '应立即丢弃' };
  const { en, zh } = durationText(seconds);
  if (version === 'tls12' || seconds <= WEEK) return { en, zh };
  return { en: `${en}: more than the week that is allowed`, zh: `${zh}，超过所允许的 7 天` };
}

const WEEK = 604_800;

/** `2 hours`, `1 day 30 minutes`: the two largest units. */
export function durationText(seconds: number): Text {
  const parts: Text[] = [];
  let left = seconds;
  for (const [size, en, zh] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push({ en: `${count} ${en}${count === 1 ? '' : 's'}`, zh: `${count} ${zh}` });
  }
  const shown = parts.length === 0 ? [{ en: '0 seconds', zh: '0 秒' }] : parts.slice(0, 2);
  return { en: shown.map((one) => one.en).join(' '), zh: shown.map((one) => one.zh).join(' ') };
}

const UNITS: readonly (readonly [size: number, en: string, zh: string])[] = [
  [86_400, 'day', '天'],
  [3600, 'hour', '小时'],
  [60, 'minute', '分钟'],
  [1, 'second', '秒'],
];
