// The failures that show only in how a connection goes: cut off at its end, reset behind a large ClientHello, never resumed, made older by
// somebody in between, refused by the client. Each is built on loopback; the report names the right cause in both languages.

import { connect } from 'node:net';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import { TlsClient } from '../../src/engine/client.ts';
import { EngineSocket } from '../../src/node/engine_socket.ts';
import { nodeProvider } from '../../src/providers/node.ts';
import { type NodeServer, nodeServer } from '../peers/node_tls.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { scratch } from '../peers/run_dir.ts';
import { glasstls, startServe } from './command.ts';
import { answerOk, tcpServer } from './http_servers.ts';
import { inBetween, type Meddling } from './in_between.ts';
import { expectAll, expectReport } from './reports.ts';

let trust: Pki;
beforeAll(async () => {
  trust = await pki();
});

/** A server of node that answers `ok`. */
function answering(more: TlsOptions = {}): Promise<NodeServer> {
  return nodeServer({ identity: trust.leaf('p256'), more, onConnection: answerOk });
}

/** Such a server behind somebody; `args` to ask it with. */
async function behind(meddling: Meddling, body: (args: readonly string[]) => Promise<void>): Promise<void> {
  const server = await answering();
  try {
    await inBetween(server.port, meddling, (port) => body(['--cacert', trust.caFile, `https://localhost:${port}/`]));
  } finally {
    await server.stop();
  }
}

describe('21 somebody in between cannot take a ClientHello of more than one segment (tldr.fail)', () => {
  const HYBRID = ['--curves', 'X25519MLKEM768'];
  /** As measured: what does not fit into a segment, here one of a tunnel, ends the connection in one way or another. */
  const narrow = (fate: 'reset' | 'close' | 'drop') => ({
    fromClient: (record: Buffer) => (record[0] === 22 && record.length > 1400 ? fate : undefined),
  });

  test.each([
    ['reset', 35, 'curl: Recv failure: Connection reset by peer'],
    ['close', 35, 'OpenSSL: unexpected eof while reading'],
    ['drop', 28, 'curl: curl 28'],
  ] as const)('21 %s: how large it was, and what makes it smaller', async (fate, code, others) => {
    await behind(narrow(fate), (args) =>
      expectReport([...(fate === 'drop' ? ['-m', '2'] : []), ...HYBRID, ...args], {
        code,
        en: [
          /(?:after we sent|no answer to our) ClientHello/,
          /what to do +The ClientHello had 1\d{3} bytes, and nothing came back\. One TCP segment holds[^\n]*tldr\.fail/,
          /Its largest part is the share of X25519MLKEM768; try --curves X25519\./,
        ],
        zh: [
          /(?:在本端发出 ClientHello|但 ClientHello)/,
          /怎么办 +ClientHello 有 1\d{3} 字节，发出后没有任何应答。一个 TCP 报文段最多/,
          /其中最大的是 X25519MLKEM768 的公钥，可改用 --curves X25519/,
        ],
        others,
      }),
    );
  });

  test('21 the advice helps; and a small ClientHello that is reset is not blamed for its size', async () => {
    await behind(narrow('reset'), async (args) => {
      expect(await glasstls(['--curves', 'X25519', ...args])).toMatchObject({ code: 0, stdout: 'ok' });
    });
    await behind({ fromClient: () => 'reset' }, async (args) => {
      const { code, stderr } = await glasstls(['--curves', 'X25519', ...args]);
      expect(code).toBe(35);
      expect(stderr).toMatch(/The connection was reset/);
      expect(stderr).not.toMatch(/segment|X25519MLKEM768/);
    });
  });
});

describe('30 servers behind one port that do not share their ticket keys', () => {
  /** Two servers with keys of their own, in turn: `pattern` says which one each connection gets. */
  async function cluster(pattern: readonly (0 | 1)[], body: (url: string) => Promise<void>): Promise<void> {
    const servers = await Promise.all([1, 2].map((n) => answering({ ticketKeys: Buffer.alloc(48, n) })));
    let count = 0;
    const front = await tcpServer((client) => {
      const upstream = connect(servers[pattern[count++ % pattern.length] ?? 0]?.port ?? 0, '127.0.0.1');
      upstream.on('error', () => {});
      client.on('close', () => upstream.destroy());
      client.pipe(upstream).pipe(client);
    });
    try {
      await body(`https://localhost:${front.port}/`);
    } finally {
      await front.stop();
      for (const server of servers) await server.stop();
    }
  }
  const VERSIONS = [['1.2'], ['1.3']] as const;

  test.each(VERSIONS)(
    '30 TLS %s, --session -v: the ticket was offered, and a full handshake was the answer',
    async (version) => {
      for (const [lang, offered, declined] of [
        [
          'en',
          /Session: offered to the server/,
          /Session: not resumed, a full handshake instead: the server does not resume \(.*another one behind the same name, with ticket keys of its own\)/,
        ],
        [
          'zh',
          /会话：已向服务器提出恢复/,
          /会话：没有恢复，改为完整握手：服务器不同意恢复（.*同一域名下票据密钥不同的另一台服务器）/,
        ],
      ] as const) {
        await cluster([0, 1], async (url) => {
          const file = join(scratch('cluster'), 'session.pem');
          const args = ['-v', '--lang', lang, '--tls-max', version, '--session', file, '--cacert', trust.caFile, url];
          expect((await glasstls(args)).code).toBe(0);
          const { code, stderr } = await glasstls(args);
          expect(code).toBe(0);
          expectAll(stderr, [offered, declined]);
        });
      }
    },
  );

  test.each(VERSIONS)('30 TLS %s, --repeat: always another server, or now and then', async (version) => {
    for (const [pattern, en, zh] of [
      [
        [0, 1],
        /Resumed: 0 of 3 connections[\s\S]*ticket was offered and each time answered with a full handshake[\s\S]*"New" in place of "Reused"[\s\S]*ssl_session_ticket_key/,
        /3 次连接中有 0 次[\s\S]*每次都提供了票据，服务器却都以完整握手应答[\s\S]*ssl_session_ticket_key/,
      ],
      [
        [0, 0, 1, 1],
        /Resumed: 2 of 3 connections[\s\S]*Some were resumed and some not: several servers/,
        /3 次连接中有 2 次[\s\S]*有的恢复成功，有的没有/,
      ],
    ] as const) {
      await cluster(pattern, async (url) => {
        const args = ['--repeat', '4', '--tls-max', version, '--cacert', trust.caFile, url];
        for (const [lang, text] of [
          ['en', en],
          ['zh', zh],
        ] as const) {
          const { code, stdout } = await glasstls([...args, '--lang', lang], { env: { COLUMNS: '400' } });
          expect(code).toBe(0);
          expect(stdout).toMatch(text);
        }
      });
    }
  });
});

describe('32 somebody in between takes TLS 1.3 out of the ClientHello (RFC 8446 4.1.3)', () => {
  /** In supported_versions, 0x0304 becomes a number that nobody knows. */
  const without13 = {
    fromClient: (record: Buffer): undefined => {
      const at = record.indexOf(Buffer.from([0x00, 0x2b, 0x00, 0x05, 0x04, 0x03, 0x04]));
      if (record[0] === 22 && at > 0) record.writeUInt16BE(0x7e7e, at + 5);
    },
  };

  test('32 the mark of a server that speaks TLS 1.3 in its random: the client gives up', async () => {
    await behind(without13, (args) =>
      expectReport(args, {
        code: 35,
        en: [
          /gave up +this side \(client\), after ServerHello/,
          /illegal_parameter \(47\), sent by us/,
          /place +server_hello\.random/,
          /found +the random of the ServerHello ends in 44 4f 57 4e 47 52 44 01, "DOWNGRD"/,
          /we offered +versions TLSv1\.3, TLSv1\.2/,
          /what to do +Something in between took TLS 1\.3 out of the ClientHello/,
        ],
        zh: [
          /放弃方 +本端（客户端），在收到 ServerHello/,
          /illegal_parameter（47），由本端发出/,
          /随机数以 44 4f 57 4e 47 52 44 01（即 DOWNGRD）结尾/,
          /怎么办 +中间有设备从 ClientHello 中删掉了 TLS 1\.3/,
        ],
        others: 'Chrome: ERR_TLS13_DOWNGRADE_DETECTED',
      }),
    );
  });

  test('32 to who asks for TLS 1.2 alone the mark is no harm', async () => {
    await behind({}, async (args) => {
      expect(await glasstls(['--tls-max', '1.2', ...args])).toMatchObject({ code: 0, stdout: 'ok' });
    });
  });
});

/** A client that answers the server's certificate with this alert. */
function refuseWith(alert: 'certificate_unknown' | 'unknown_ca', port: number): void {
  const transport = connect(port, '127.0.0.1');
  const client = new EngineSocket({
    transport,
    engine: new TlsClient({ provider: nodeProvider, serverName: 'localhost' }),
    respond: (need) =>
      need.kind === 'verdict' ? { answer: { accepted: false, alert, reason: 'not this one' } } : undefined,
  });
  client.on('error', () => {});
  transport.once('connect', () => client.start());
}

describe('17 what the log of a server says when the client refuses it', () => {
  test.each([
    ['certificate_unknown', 46, 'sslv3 alert certificate unknown'],
    ['unknown_ca', 48, 'tlsv1 alert unknown ca'],
  ] as const)(
    '17 %s (%i): the client refused us, whatever version the words of others name',
    async (alert, number, words) => {
      for (const lang of ['en', 'zh'] as const) {
        const served = await startServe(['--lang', lang], { env: { COLUMNS: '400' } });
        refuseWith(alert, served.port);
        await served.saying(new RegExp(alert));
        await served.end();
        expectAll(
          served.log(),
          lang === 'en'
            ? [
                /gave up +the other side \(client\), after we sent /,
                new RegExp(`${alert} \\(${number}\\), sent by them`),
                /The client does not trust this certificate/,
                new RegExp(
                  `logs this as "${words}". It is the client that sends it and refuses the certificate of this server`,
                ),
                new RegExp(`others say +OpenSSL: ${words}; `),
              ]
            : [
                /放弃方 +对端（客户端）/,
                new RegExp(`${alert}（${number}），由对端发出`),
                /客户端不信任这张证书/,
                new RegExp(`写成“${words}”。这条告警由客户端发出，表示客户端拒绝了本服务器的证书`),
                new RegExp(`其他工具 +OpenSSL: ${words}; `),
              ],
        );
        expect(served.log()).not.toContain('Chrome');
      }
    },
  );
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
