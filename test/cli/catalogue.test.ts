// The failures that people meet, each built on loopback: the report names the right cause in both languages, ends with curl's code, and says
// how other tools word it. Alerts and broken bytes come from a socket; those of certificates have a file of their own.

import { once } from 'node:events';
import { connect } from 'node:net';
import { beforeAll, describe, test } from 'vitest';
import { nodeServer } from '../peers/node_tls.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { startServe } from './command.ts';
import { answerOk, tcpServer } from './http_servers.ts';
import { inBetween, indexOfMessage } from './in_between.ts';
import { type Expected, expectAll, expectReport } from './reports.ts';

let trust: Pki;
beforeAll(async () => {
  trust = await pki();
});

test('10 the other way round: a client speaks plain HTTP to a port of TLS', async () => {
  for (const [lang, patterns] of [
    [
      'en',
      [
        /this is not TLS/,
        /what to do +The client speaks plain HTTP: it should use https/,
        /OpenSSL: http request/,
        /The client does not speak TLS/,
      ],
    ],
    [
      'zh',
      [
        /对方使用的不是 TLS/,
        /怎么办 +客户端使用的是明文 HTTP，应改用 https/,
        /OpenSSL: http request/,
        /客户端使用的不是 TLS/,
      ],
    ],
  ] as const) {
    const served = await startServe(['--lang', lang], { env: { COLUMNS: '400' } });
    const plain = connect(served.port, '127.0.0.1', () => plain.end('GET / HTTP/1.1\r\n\r\n'));
    await once(plain.resume(), 'close');
    const other = connect(served.port, '127.0.0.1', () => other.end('SSH-2.0-OpenSSH_9.2\r\n'));
    await once(other.resume(), 'close');
    await served.saying(patterns[3]);
    await served.end();
    expectAll(served.log(), patterns);
  }
});

test('18 a server that says nothing to ALPN: what was offered, and who fails then', async () => {
  const server = await nodeServer({ identity: trust.leaf('p256'), onConnection: answerOk });
  try {
    await expectReport(['-v', '--alpn', 'h2', '--cacert', trust.caFile, `https://localhost:${server.port}/`], {
      code: 0,
      en: /ALPN: "h2" was all that was offered, and the server chose nothing: .*"missing selected ALPN property"/,
      zh: /ALPN：只提供了 "h2"，服务器没有选择任何协议/,
    });
  } finally {
    await server.stop();
  }
});

/** Answers the ClientHello with these bytes, and closes. */
async function answering(bytes: Uint8Array, flags: readonly string[], expected: Expected): Promise<void> {
  const server = await tcpServer((socket) => socket.once('data', () => socket.end(bytes)));
  try {
    await expectReport([...flags, `https://localhost:${server.port}/`], expected);
  } finally {
    await server.stop();
  }
}

describe('alerts in answer to the ClientHello', () => {
  test.each([
    [
      '9 alert',
      40,
      /handshake_failure[\s\S]*after we sent ClientHello[\s\S]*we offered[\s\S]*cipher suites/,
      /对端（服务器），在本端发出 ClientHello/,
      'Java: Received fatal alert: handshake_failure',
      35,
    ],
    ['8 alert', 70, /versions TLSv1\.[23]/, /不支持这些版本/, 'OpenSSL: tlsv1 alert protocol version', 35],
    [
      '29 alert',
      71,
      /insufficient_security \(71\), sent by them/,
      /insufficient_security（71），由对端发出/,
      'OpenSSL: tlsv1 alert insufficient security',
      35,
    ],
    [
      '29 alert',
      80,
      /internal_error \(80\), sent by them[\s\S]*host name \(SNI\)/,
      /主机名（SNI）/,
      'Node: ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR',
      35,
    ],
    [
      '29 alert',
      86,
      /inappropriate_fallback \(86\)/,
      /inappropriate_fallback（86）/,
      'OpenSSL: tlsv1 alert inappropriate fallback',
      35,
    ],
    [
      '19 alert',
      112,
      /server knows no such host name/,
      /服务器不认识这个主机名/,
      'Chrome: ERR_SSL_UNRECOGNIZED_NAME_ALERT',
      35,
    ],
    ['15 alert', 116, /needs? a client certificate|asked for a client certificate/, /客户端证书/, 'curl: curl 98', 98],
    [
      '18 alert',
      120,
      /application protocols \(ALPN\) "h2", "http\/1\.1"/,
      /应用层协议（ALPN）/,
      'Chrome: ERR_ALPN_NEGOTIATION_FAILED',
      35,
    ],
  ] as const)('%s %i', async (_entry, number, en, zh, others, code) => {
    await answering(Uint8Array.of(21, 3, 3, 0, 2, 2, number), [], { code, en, zh, others });
  });
});

test.each([
  [
    'cipher suite',
    { ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384', maxVersion: 'TLSv1.2' },
    ['--ciphers', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  ],
  ['group', { ecdhCurve: 'P-521' }, ['--curves', 'X25519']],
  ['signature scheme', {}, ['--sigalgs', 'rsa_pss_rsae_sha256']],
] as const)('9 no shared %s: the alert is the same, what was offered tells', async (what, more, flags) => {
  const server = await nodeServer({ identity: trust.leaf('p256'), more, onConnection: (socket) => socket.end() });
  const [, given] = flags;
  const zh = { 'cipher suite': '密码套件', group: '密钥交换组', 'signature scheme': '签名算法' }[what];
  try {
    await expectReport([...flags, '--cacert', trust.caFile, `https://localhost:${server.port}/`], {
      code: 35,
      en: [
        /gave up +the other side \(server\), after we sent ClientHello/,
        /handshake_failure \(40\), sent by them/,
        new RegExp(`${what}s .*${given}`, 'i'),
        /what to do +The alert does not say what was missing\. Leave out --ciphers, --curves and --sigalgs/,
      ],
      zh: [
        /handshake_failure（40），由对端发出/,
        new RegExp(`${zh} .*${given}`, 'i'),
        /怎么办 +告警没有说明缺什么。请去掉 --ciphers、--curves 和 --sigalgs/,
      ],
      others: 'OpenSSL: sslv3 alert handshake failure',
    });
  } finally {
    await server.stop();
  }
});

test('19 a warning about the host name, and the end: the warning is the cause', async () => {
  await answering(Uint8Array.of(21, 3, 3, 0, 2, 1, 112), [], {
    code: 35,
    en: [
      /gave up +the other side \(server\), after we sent ClientHello/,
      /unrecognized_name \(112\), sent by them/,
      /host name \(SNI\) "localhost"/,
      /what to do +The server warned of the host name and then closed.* Java ends the connection/,
    ],
    zh: [/unrecognized_name（112），由对端发出/, /怎么办 +服务器先就主机名发出警告，然后关闭了连接/],
    others: 'Java: handshake warning: unrecognized_name',
  });
});

describe('what is not a ServerHello that can be used', () => {
  const hello = (version: readonly [number, number], suite: readonly [number, number]): Uint8Array => {
    const body = [...version, ...new Array<number>(32).fill(7), 0, ...suite, 0];
    return Uint8Array.of(22, 3, 3, 0, body.length + 4, 2, 0, 0, body.length, ...body);
  };
  test('8 a ServerHello of SSL 3.0: the version that came', async () => {
    await answering(hello([3, 0], [0xc0, 0x2f]), [], { code: 35, en: /SSLv3/, zh: /SSLv3/ });
  });
  test('11 no renegotiation_info: too old a server', async () => {
    await answering(hello([3, 3], [0xc0, 0x2f]), ['--tls-max', '1.2'], {
      code: 35,
      en: /RFC 5746/,
      zh: /RFC 5746/,
      others: 'OpenSSL: unsafe legacy renegotiation disabled',
    });
  });
  test('10 SSH, SMTP and HTTP on the port', async () => {
    for (const text of ['SSH-2.0-OpenSSH_9.2\r\n', '220 mail ready\r\n', 'HTTP/1.1 400 Bad Request\r\n\r\n']) {
      await answering(Buffer.from(text), [], {
        code: 35,
        en: new RegExp(`this is not TLS[\\s\\S]*${text.slice(0, 8)}`),
        zh: /对方使用的不是 TLS/,
        others: 'OpenSSL: wrong version number',
      });
    }
  });
  test('28 a record that is too long; a message out of place', async () => {
    await answering(Uint8Array.of(22, 3, 3, 0xff, 0xff, 0), [], {
      code: 35,
      en: /record is longer/,
      zh: /超过允许的长度/,
      others: 'OpenSSL: data length too long',
    });
    await answering(Uint8Array.of(22, 3, 3, 0, 4, 14, 0, 0, 0), [], {
      code: 35,
      en: [/no place here/, /place +server_hello_done/],
      zh: [/不该出现的消息/, /位置 +server_hello_done/],
      others: 'OpenSSL: unexpected message',
    });
  });
});

describe('somebody changes bytes on the way', () => {
  test('26 in an encrypted record: it is not decrypted, and we say so with bad_record_mac', async () => {
    const server = await nodeServer({ identity: trust.leaf('p256'), onConnection: (socket) => socket.end() });
    const flip = (record: Buffer): void => {
      if (record[0] === 23) record[10] = (record[10] ?? 0) ^ 1;
    };
    try {
      await inBetween(server.port, { fromServer: flip }, (port) =>
        expectReport(['--cacert', trust.caFile, `https://localhost:${port}/`], {
          code: 35,
          en: /bad_record_mac \(20\), sent by us/,
          zh: /bad_record_mac（20），由本端发出/,
          others: 'Java: Tag mismatch!',
        }),
      );
    } finally {
      await server.stop();
    }
  });

  test('27 in the signature of a ServerKeyExchange: the proof does not hold', async () => {
    const server = await nodeServer({
      identity: trust.leaf('rsa'),
      version: 'TLSv1.2',
      onConnection: (socket) => socket.end(),
    });
    const flip = (record: Buffer): void => {
      // A ServerKeyExchange in a record of its own, or behind other messages of the flight: its last bytes are the signature's.
      const at = record[0] === 22 ? indexOfMessage(record, 12) : -1;
      if (at < 0) return;
      const last = at + 3 + record.readUIntBE(at + 1, 3);
      record[last] = (record[last] ?? 0) ^ 1;
    };
    try {
      await inBetween(server.port, { fromServer: flip }, (port) =>
        expectReport(['--tls-max', '1.2', '--cacert', trust.caFile, `https://localhost:${port}/`], {
          code: 35,
          en: /signature[\s\S]*decrypt_error \(51\), sent by us/,
          zh: /签名[\s\S]*decrypt_error（51），由本端发出/,
          others: 'OpenSSL: last octet invalid',
        }),
      );
    } finally {
      await server.stop();
    }
  });
});

describe('client certificates and silence', () => {
  test.each([
    ['1.2', /handshake_failure \(40\), sent by them/, /handshake_failure（40），由对端发出/, 'curl: curl 98'],
    [
      '1.3',
      /certificate_required \(116\), sent by them/,
      /certificate_required（116），由对端发出/,
      'OpenSSL: tlsv13 alert certificate required',
    ],
  ] as const)(
    '15 TLS %s: the server asked for a certificate, and exit code 98 says so',
    async (version, en, zh, others) => {
      const server = await nodeServer({
        identity: trust.leaf('p256'),
        version: `TLSv${version}`,
        more: { requestCert: true, rejectUnauthorized: true, ca: trust.ca },
        onConnection: (socket) => socket.end(),
      });
      try {
        await expectReport(['--cacert', trust.caFile, `https://localhost:${server.port}/`], {
          code: 98,
          en: [
            en,
            /server trusts +glasstls test root/,
            /what to do +The server asked for a client certificate and got none/,
          ],
          zh: [zh, /服务器信任 +glasstls test root/, /怎么办 +服务器要求客户端证书，但没有得到/],
          others,
        });
      } finally {
        await server.stop();
      }
    },
  );

  test('20 the end of the stream behind the ClientHello', async () => {
    await answering(new Uint8Array(0), [], {
      code: 35,
      en: [/gave up +the other side \(server\), after we sent ClientHello/, /alert +none: the connection just ended/],
      zh: [/放弃方 +对端（服务器），在本端发出 ClientHello/, /告警 +没有告警，连接直接断开/],
      others: 'Node: Client network socket disconnected before secure TLS connection was established',
    });
  });

  test('20 a reset behind the ClientHello: others say', async () => {
    const server = await tcpServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    try {
      await expectReport([`https://localhost:${server.port}/`], {
        code: 35,
        en: /after we sent ClientHello/,
        zh: /在本端发出 ClientHello/,
        others: 'curl: Recv failure: Connection reset by peer',
      });
    } finally {
      await server.stop();
    }
  });
});
