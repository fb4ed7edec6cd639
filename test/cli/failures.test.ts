// When a connection fails, the command says who gave up, over what, and how to go on, in both languages, and ends with curl's code.
// Each class of failure is built on loopback.

import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { nodeProvider } from '../../src/providers/node.ts';
import { generatePrivateKey } from '../../src/providers/node_keys.ts';
import { makeCertificate } from '../../src/x509/make.ts';
import { writePem } from '../../src/x509/pem.ts';
import { describePeer } from '../peers/available.ts';
import { type NodeServer, nodeServer } from '../peers/node_tls.ts';
import { type Identity, type Pki, pki } from '../peers/pki.ts';
import { againstOpenssl, type CommandResult, glasstls } from './command.ts';

const ESC = String.fromCharCode(27);
let trust: Pki;

beforeAll(async () => {
  trust = await pki();
});

/** A TCP server that does with each connection what it is told. */
async function againstTcp(
  onConnection: (socket: Socket) => void,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    return await glasstls([...args, `https://localhost:${(server.address() as AddressInfo).port}/`], { env });
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

async function againstNode(
  onConnection: Parameters<typeof nodeServer>[0]['onConnection'],
  args: readonly string[] = [],
  identity: Identity = trust.leaf('p256'),
  alpn?: readonly string[],
): Promise<CommandResult> {
  const server: NodeServer = await nodeServer({ identity, onConnection, ...(alpn && { alpn }) });
  try {
    return await glasstls(['--cacert', trust.caFile, ...args, `https://localhost:${server.port}/`]);
  } finally {
    await server.stop();
  }
}

describePeer('openssl', 'nothing in common: exit code 35', () => {
  test('no shared cipher suite: the alert, and all that was offered', async () => {
    const server = {
      identity: trust.leaf('rsa'),
      version: 'TLSv1.2',
      suites: ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'],
    } as const;
    const flags = ['--tls-max', '1.2', '--ciphers', 'ECDHE-RSA-AES128-GCM-SHA256'];
    const en = await againstOpenssl(server, flags);
    expect(en.code).toBe(35);
    expect(en.stderr).toMatch(/gave up with an alert: handshake_failure/);
    expect(en.stderr).toMatch(/gave up +the other side \(server\), after we sent ClientHello \(1\)/);
    expect(en.stderr).toMatch(/cipher suites ECDHE-RSA-AES128-GCM-SHA256/);
    expect(en.stderr).toMatch(/Leave out --ciphers/);
    const zh = await againstOpenssl(server, [...flags, '--lang', 'zh']);
    expect(zh.stderr).toMatch(/对方发来告警并终止：handshake_failure/);
    expect(zh.stderr).toMatch(/本端提供 +版本 TLSv1\.2/);
  });

  test('a server that knows only RSA key exchange: --legacy is the way out', async () => {
    const server = {
      identity: trust.leaf('rsa'),
      version: 'TLSv1.2',
      suites: ['TLS_RSA_WITH_AES_128_GCM_SHA256'],
    } as const;
    const refused = await againstOpenssl(server, []);
    expect(refused.code).toBe(35);
    expect(refused.stderr).toContain('try --legacy');
    expect((await againstOpenssl(server, ['--legacy'])).code).toBe(0);
  });

  test('no shared version', async () => {
    const { code, stderr } = await againstOpenssl({ identity: trust.leaf('rsa'), version: 'TLSv1.2' }, ['--tlsv1.3']);
    expect(code).toBe(35);
    expect(stderr).toMatch(/protocol_version \(70\), sent by them/);
    expect(stderr).toMatch(/we offered +versions TLSv1\.3/);
  });

  test('a client certificate is required: exit code 98, in TLS 1.3 too, where it comes after the handshake', async () => {
    const args = ['-Verify', '1', '-CAfile', trust.caFile];
    const { code, stderr } = await againstOpenssl({ identity: trust.leaf('rsa'), version: 'TLSv1.3', args }, []);
    expect(stderr).toMatch(/certificate_required/);
    expect(code).toBe(98);
  });
});

describe('something else than TLS', () => {
  test('a plain HTTP port: exit code 35, and what came instead', async () => {
    const server = createHttpServer((_request, response) => response.end('plain'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `https://localhost:${(server.address() as AddressInfo).port}/`;
    const [en, zh] = [await glasstls([url]), await glasstls([url, '--lang', 'zh'])];
    server.close();
    expect([en.code, zh.code]).toEqual([35, 35]);
    expect(en.stderr).toMatch(/this is not TLS/);
    expect(en.stderr).toContain('HTTP/1.1 400');
    expect(zh.stderr).toMatch(/对方使用的不是 TLS/);
  });

  test('hostile bytes in place of TLS reach the terminal escaped', async () => {
    const { code, stderr } = await againstTcp((socket) => socket.write(`${ESC}[31mred\u0007 and more of it\r\n`), []);
    expect(code).toBe(35);
    expect(stderr).not.toMatch(new RegExp(`${ESC}|\u0007`));
  });

  test('the end of the stream in the handshake: exit code 35, at which message, and that no alert came', async () => {
    const { code, stderr } = await againstTcp((socket) => socket.once('data', () => socket.end()), []);
    expect(code).toBe(35);
    expect(stderr).toMatch(/closed the connection in the middle of the handshake/);
    expect(stderr).toMatch(/after we sent ClientHello \(1\)/);
    expect(stderr).toMatch(/none: the connection just ended/);
  });

  test('a reset in the handshake: exit code 35', async () => {
    const { code, stderr } = await againstTcp((socket) => socket.once('data', () => socket.resetAndDestroy()), []);
    expect(code).toBe(35);
    expect(stderr).toMatch(/ECONNRESET/);
    expect(stderr).toMatch(/RST/);
  });
});

describe('before TLS', () => {
  test('a port where nobody listens: exit code 7', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const en = await glasstls([`https://127.0.0.1:${port}/`, '-v']);
    expect(en.code).toBe(7);
    expect(en.stderr).toMatch(/\(7\) no TCP connection to 127\.0\.0\.1 port \d+ \(ECONNREFUSED\)/);
    expect((await glasstls([`https://127.0.0.1:${port}/`, '--lang', 'zh'])).stderr).toMatch(/此时 TLS 尚未开始/);
  });

  test('a name that does not exist: exit code 6', async () => {
    const { code, stderr } = await glasstls(['https://no-such-host.invalid/']);
    expect(code).toBe(6);
    expect(stderr).toMatch(/could not resolve host no-such-host\.invalid/);
  });

  test.each([
    ['--connect-timeout', '0.3'],
    ['-m', '0.3'],
    ['--max-time', '0.3'],
  ])('a server that never answers, with %s %s: exit code 28', async (flag, seconds) => {
    const started = Date.now();
    const { code, stderr } = await againstTcp(() => {}, [flag, seconds]);
    expect(code).toBe(28);
    expect(stderr).toMatch(/time is up/);
    expect(stderr).toMatch(/no answer to our ClientHello \(1\)/);
    expect(Date.now() - started).toBeLessThan(5_000);
  });
});

describe('after the handshake', () => {
  test('--connect-timeout no longer counts then, --max-time does', async () => {
    const late = (socket: { end(text: string): unknown; once(event: 'data', listener: () => void): unknown }): void => {
      socket.once(
        'data',
        () => void setTimeout(() => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'), 700),
      );
    };
    expect(await againstNode(late, ['--connect-timeout', '0.5'])).toMatchObject({ code: 0, stdout: 'ok' });
    expect(await againstNode(late, ['--max-time', '0.5'])).toMatchObject({ code: 28 });
  });

  test('no answer at all: exit code 52', async () => {
    const { code, stderr } = await againstNode((socket) => socket.once('data', () => socket.end()));
    expect(code).toBe(52);
    expect(stderr).toMatch(/without an answer/);
  });

  test('an answer that is not HTTP: exit code 8', async () => {
    const { code, stderr } = await againstNode((socket) => socket.once('data', () => socket.end('220 mail ready\r\n')));
    expect(code).toBe(8);
    expect(stderr).toMatch(/not HTTP/);
  });

  test('an answer that is cut off without close_notify: exit code 56', async () => {
    const { code, stdout, stderr } = await againstNode((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart', () =>
          setTimeout(() => socket.destroy(), 100),
        );
      }),
    );
    expect(stdout).toBe('part');
    expect(stderr).not.toBe('');
    expect(code).toBe(56);
  });

  test('another protocol by ALPN: the handshake is shown, exit code 1 says that no request was sent', async () => {
    const { code, stderr } = await againstNode(() => {}, ['-v', '--alpn', 'spdy/3'], trust.leaf('p256'), ['spdy/3']);
    expect(stderr).toContain('* ALPN: server accepted spdy/3');
    expect(stderr).toMatch(/no request was sent/);
    expect(code).toBe(1);
  });

  test('no shared ALPN protocol: both sides named', async () => {
    const { code, stderr } = await againstNode(() => {}, ['--alpn', 'foo,bar'], trust.leaf('p256'), ['h2']);
    expect(code).toBe(35);
    expect(stderr).toMatch(/no_application_protocol \(120\)/);
    expect(stderr).toMatch(/"foo", "bar"/);
  });
});

describe('hostile text', () => {
  test('names in certificates and headers reach standard error escaped', async () => {
    const { privateKey, pkcs8Pem } = generatePrivateKey('ec');
    const evil = `evil${ESC}[31m\u202egnp.exe`;
    const der = makeCertificate({
      subject: [['CN', evil]],
      publicKey: privateKey.publicKey,
      signer: privateKey,
      provider: nodeProvider,
      notBefore: Date.now() - 1000,
      notAfter: Date.now() + 3_600_000,
    });
    const pem = writePem('CERTIFICATE', der);
    const identity = { ...trust.leaf('p256'), cert: pem, fullChain: pem, key: pkcs8Pem };
    // 0x9b is CSI for terminals that speak C1, and a byte that HTTP allows in a header.
    const answer = Buffer.from('HTTP/1.1 200 OK\r\nX-Evil: \u009b31mred\r\nContent-Length: 0\r\n\r\n', 'latin1');
    const { code, stderr } = await againstNode(
      (socket) => socket.once('data', () => socket.end(answer)),
      ['-kvvv'],
      identity,
    );
    expect(stderr).toContain('X-Evil: ');
    expect(stderr).toContain('subject: CN=evil');
    for (const raw of [ESC, '\u202e', '\u009b']) expect(stderr).not.toContain(raw);
    expect(code).toBe(0);
  });
});
