// The failures that show only in how a connection goes: cut off at its end, reset behind a large ClientHello, never resumed, made older by
// somebody in between, refused by the client. Each is built on loopback; the report names the right cause in both languages.

import { beforeAll, describe, expect, test } from 'vitest';
import { nodeServer } from '../peers/node_tls.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { glasstls } from './command.ts';
import { expectReport } from './reports.ts';

let trust: Pki;
beforeAll(async () => {
  trust = await pki();
});

describe('33 the connection ends without close_notify (RFC 8446 6.1)', () => {
  /** Answers with these bytes and goes, without a word. */
  async function cutOff(answer: string, body: (args: readonly string[]) => Promise<void>): Promise<void> {
    const server = await nodeServer({
      identity: trust.leaf('p256'),
      onConnection: (socket) => socket.once('data', () => socket.write(answer, () => socket.destroy())),
    });
    try {
      await body(['--cacert', trust.caFile, `https://localhost:${server.port}/`]);
    } finally {
      await server.stop();
    }
  }

  test.each([
    [
      'an answer that only the end of the connection ends',
      'HTTP/1.1 200 OK\r\n\r\npart',
      /4 bytes of the body came; it has neither Content-Length nor chunks/,
      /正文已收到 4 字节；应答既没有 Content-Length，也没有分块/,
    ],
    [
      'less than Content-Length',
      'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npart',
      /4 of 8 bytes of the body came \(Content-Length\): the rest is missing/,
      /正文共 8 字节（Content-Length），只收到 4 字节，其余缺失/,
    ],
    [
      'chunks without the last one',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n',
      /4 bytes of the body came in chunks, and the last chunk did not/,
      /正文分块传输，已收到 4 字节，但没有收到结束块/,
    ],
    ['a head without its end', 'HTTP/1.1 200 OK\r\nConten', /the head of the answer is not complete/, /应答头不完整/],
  ])('33 %s: 56, and what may be missing', async (_name, answer, en, zh) => {
    await cutOff(answer, (args) =>
      expectReport(args, {
        code: 56,
        en: [/gave up +the other side \(server\)/, en, /what to do +Anybody on the way[\s\S]*send close_notify/],
        zh: [/放弃方 +对端（服务器）/, zh, /怎么办 +途中任何人[\s\S]*先发送 close_notify/],
        others: 'curl: curl 56; OpenSSL: unexpected eof while reading',
      }),
    );
  });

  test.each([
    ['Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npart'],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n0\r\n\r\n'],
  ])('33 %s that came whole make it harmless (RFC 9112 8)', async (_name, answer) => {
    await cutOff(answer, async (args) => {
      expect(await glasstls(args)).toMatchObject({ code: 0, stdout: 'part', stderr: '' });
    });
  });
});
