// What is said of an answer whose connection ended without close_notify.

import type { Text } from '../text.ts';

export const TRUNCATED = {
  head: {
    en: 'the head of the answer is not complete',
    zh: '应答头不完整',
  },
  length: {
    en: '{received} of {length} bytes of the body came (Content-Length): the rest is missing',
    zh: '正文共 {length} 字节（Content-Length），只收到 {received} 字节，其余缺失',
  },
  chunks: {
    en: '{received} bytes of the body came in chunks, and the last chunk did not: the rest is missing',
    zh: '正文分块传输，已收到 {received} 字节，但没有收到结束块，其余缺失',
  },
  close: {
    en: '{received} bytes of the body came; it has neither Content-Length nor chunks, so that only close_notify could prove that it is whole',
    zh: '正文已收到 {received} 字节；应答既没有 Content-Length，也没有分块，只有 close_notify 才能证明正文完整',
  },
  hint: {
    en: 'Anybody on the way can end a connection like this. The server should send close_notify (shut TLS down before it closes TCP); an answer with Content-Length or chunks that is whole loses nothing.',
    zh: '途中任何人都可以这样切断连接。服务器应先发送 close_notify 再关闭 TCP；带 Content-Length 或分块且已收全的应答则没有损失。',
  },
} as const satisfies Record<string, Text>;
