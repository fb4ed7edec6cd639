// What connect says of --starttls.

import type { Text } from '../text.ts';

export const STARTTLS = {
  asking: { en: 'Asking for TLS in the words of {protocol}', zh: '按 {protocol} 的方式请求升级到 TLS' },
  notOffered: {
    en: 'the {protocol} server does not offer TLS on this port',
    zh: '{protocol} 服务器在此端口不提供 TLS',
  },
  refused: { en: 'the {protocol} server refused to change over to TLS', zh: '{protocol} 服务器拒绝升级到 TLS' },
  declinedHint: {
    en: 'Either TLS is not set up there, or somebody in between takes the offer out (STARTTLS stripping). Servers with TLS from the first byte have ports of their own (465, 993, 995, 990, 636): connect to those without --starttls.',
    zh: '可能是服务器没有启用 TLS，也可能是中间人删去了这一项（STARTTLS 剥离攻击）。从第一个字节起就使用 TLS 的服务另有端口（465、993、995、990、636），连接它们时不要加 --starttls。',
  },
  closed: {
    en: 'the server closed the connection before TLS, without a word',
    zh: '服务器一言不发，在 TLS 开始之前就关闭了连接',
  },
  nonsense: {
    en: 'this is not a server of {protocol}: it said {said}',
    zh: '这不是 {protocol} 服务器，它发来的是 {said}',
  },
  nonsenseHint: {
    en: 'Is it the right port and the right protocol? When it speaks TLS from the first byte, leave out --starttls.',
    zh: '请检查端口和协议是否正确；如果它从第一个字节起就使用 TLS，请去掉 --starttls。',
  },
  injected: {
    en: '{count} bytes came in the clear behind the consent to TLS: {text}',
    zh: '服务器同意升级之后，又有 {count} 字节明文到达：{text}',
  },
  injectedHint: {
    en: 'No honest server does that: somebody in between tries to put words into the protected connection (CVE-2011-0411).',
    zh: '正常的服务器不会这样做：可能有中间人试图把内容注入受保护的连接（CVE-2011-0411）。',
  },
  badAddress: {
    en: '--starttls wants HOST[:PORT], not {address}',
    zh: '--starttls 的地址格式是 HOST[:PORT]，而不是 {address}',
  },
} as const satisfies Record<string, Text>;
