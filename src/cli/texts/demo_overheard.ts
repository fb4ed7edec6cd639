// What a listener on the way gets to see.

import type { Text } from '../text.ts';

export const OVERHEARD = {
  title: { en: 'What a listener on the way sees', zh: '窃听者能看到什么' },
  clear: { en: 'in clear', zh: '明文消息' },
  reads: { en: 'which says', zh: '由此得知' },
  sealed: { en: 'encrypted', zh: '加密消息' },
  early: { en: 'early data', zh: '早期数据' },
  data: { en: 'request and answer', zh: '请求和应答' },
  lengths: { en: 'of it', zh: '加密部分' },
  records: {
    en: '{count} records of {lengths} bytes, and when they came',
    zh: '{count} 条记录，长度 {lengths} 字节，以及各自的时间',
  },
  host: { en: 'the host name {name}', zh: '主机名 {name}' },
  alpn: { en: 'offers {list}', zh: '提供 {list}' },
  agreed: { en: 'agreed on {what}', zh: '协商结果 {what}' },
  certificate: { en: 'the certificate, of {subject}', zh: '证书，属于 {subject}' },
  ticket: {
    en: 'a ticket of {length} bytes that only the server can open',
    zh: '{length} 字节的票据，只有服务器能解开',
  },
} as const satisfies Record<string, Text>;
