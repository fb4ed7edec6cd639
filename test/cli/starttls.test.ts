// --starttls and --raw: each protocol against a server that behaves as its RFC says, one without TLS, one that refuses, and one behind
// which somebody puts plaintext; what is not the protocol at all; and raw bytes both ways.

import { beforeAll, describe, expect, test } from 'vitest';
import { describePeer } from '../peers/available.ts';
import { nodeServer } from '../peers/node_tls.ts';
import { opensslServer } from '../peers/openssl.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { type CommandResult, glasstls } from './command.ts';
import { tcpServer } from './http_servers.ts';
import { type Manner, playing, SERVERS } from './starttls_servers.ts';

let trust: Pki;
beforeAll(async () => {
  trust = await pki();
});

type Name = keyof typeof SERVERS;
const NAMES = Object.keys(SERVERS) as Name[];

async function speaking(name: Name, manner: Manner, flags: readonly string[] = []): Promise<CommandResult> {
  const server = await tcpServer(playing(SERVERS[name], trust.leaf('p256'), manner));
  try {
    const args = ['--starttls', name, '-m', '8', '--cacert', trust.caFile, ...flags, `localhost:${server.port}`];
    return await glasstls(args, { input: 'hello\r\n' });
  } finally {
    await server.stop();
  }
}

describe.each(NAMES)('%s', (name) => {
  test('changes over to TLS, checks the certificate, and passes bytes both ways', async () => {
    const { code, stdout, stderr } = await speaking(name, 'good');
    expect(stderr).toBe('');
    expect(stdout).toBe('secured\r\nHELLO\r\n');
    expect(code).toBe(0);
  });

  test.each(['without', 'refusing'] as const)(
    'a server %s TLS: exit code 64, and what that may mean',
    async (manner) => {
      const { code, stdout, stderr } = await speaking(name, manner);
      expect(code).toBe(64);
      expect(stdout).toBe('');
      expect(stderr).toMatch(new RegExp(`the ${name} server (?:does not offer TLS|refused to change over)`));
      expect(stderr).toMatch(/STARTTLS\s+stripping/);
    },
  );

  test('CVE-2011-0411: plaintext behind the consent is refused and never read as protected', async () => {
    const { code, stdout, stderr } = await speaking(name, 'injecting');
    expect(code).toBe(name === 'mysql' ? 35 : 64);
    expect(stdout).toBe('');
    if (name !== 'mysql') expect(stderr).toContain('"evil words\\r\\n"');
  });
});

describe('what is not the protocol', () => {
  test.each(NAMES)('%s: an HTTP server is no such server: exit code 8, or 28 where it waits', async (name) => {
    const server = await tcpServer((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    );
    try {
      const { code, stderr } = await glasstls(['--starttls', name, '-m', '1', `localhost:${server.port}`]);
      // SMTP, IMAP, POP3, FTP and MySQL servers speak first; this one does not.
      const waits = ['smtp', 'imap', 'pop3', 'ftp', 'mysql'].includes(name);
      expect(code, stderr).toBe(waits ? 28 : 8);
      if (!waits) expect(stderr).toContain('HTTP/1.1 400');
    } finally {
      await server.stop();
    }
  });

  test.each(['SSH-2.0-OpenSSH_9.2\r\n', '\u001b[31m220\u0007 red\r\n'])(
    'a greeting of another kind, %j, is shown escaped',
    async (hello) => {
      const server = await tcpServer((socket) => void socket.write(hello));
      try {
        const { code, stderr } = await glasstls(['--starttls', 'smtp', '-v', '-m', '5', `localhost:${server.port}`]);
        expect(code).toBe(8);
        for (const raw of ['\u001b', '\u0007']) expect(stderr).not.toContain(raw);
      } finally {
        await server.stop();
      }
    },
  );

  test('more than any greeting: exit code 8, and no end of memory', async () => {
    const server = await tcpServer((socket) => {
      const flood = (): void => {
        while (!socket.destroyed && socket.write('250-x'.repeat(5000)));
      };
      socket.on('drain', flood);
      flood();
    });
    try {
      const { code } = await glasstls(['--starttls', 'smtp', '-m', '8', `localhost:${server.port}`]);
      expect(code).toBe(8);
    } finally {
      await server.stop();
    }
  });

  test('a server that closes without a word: exit code 64; -v shows both sides; Chinese', async () => {
    const server = await tcpServer((socket) => void socket.end());
    try {
      const { code, stderr } = await glasstls(['--starttls', 'imap', '--lang', 'zh', `localhost:${server.port}`]);
      expect(code).toBe(64);
      expect(stderr).toContain('在 TLS 开始之前就关闭了连接');
    } finally {
      await server.stop();
    }
    const { stderr } = await speaking('smtp', 'good', ['-v']);
    expect(stderr).toContain('* Asking for TLS in the words of smtp\n< 220-mail.example ESMTP\n< 220 ready\n> EHLO ');
    expect(stderr).toContain('> STARTTLS\n< 220 Ready to start TLS\n');
    expect(stderr).not.toContain('ALPN: offers');
  });

  test.each(['https://localhost:25', 'localhost:25/path', 'user@localhost'])(
    '%s is no address for --starttls: exit code 2',
    async (address) => {
      expect((await glasstls(['--starttls', 'smtp', address])).code).toBe(2);
    },
  );
});

describePeer('openssl', 'against s_server, which is a peer of TLS alone', () => {
  test('--raw: standard input to the server, the answer to standard output', async () => {
    const server = await opensslServer({ identity: trust.leaf('rsa'), mode: 'www' });
    try {
      const args = ['--raw', '--cacert', trust.caFile, `https://localhost:${server.port}/`];
      const { code, stdout } = await glasstls(args, { input: 'GET / HTTP/1.0\r\n\r\n' });
      expect(stdout).toMatch(/^HTTP\/1\.0 200 ok/);
      expect(code).toBe(0);
    } finally {
      await server.stop();
    }
  });
});

describe('--raw', () => {
  test('the end of the input closes our side alone (RFC 8446 6.1): what comes later is still shown', async () => {
    const server = await nodeServer({
      identity: trust.leaf('p256'),
      onConnection: (socket) => {
        const heard: Buffer[] = [];
        socket.on('data', (chunk: Buffer) => heard.push(chunk));
        socket.on('end', () => setTimeout(() => socket.end(`heard ${Buffer.concat(heard).length}`), 200));
      },
    });
    try {
      const args = ['--raw', '--cacert', trust.caFile, `https://localhost:${server.port}/`];
      expect(await glasstls(args, { input: 'x'.repeat(300_000) })).toMatchObject({ code: 0, stdout: 'heard 300000' });
    } finally {
      await server.stop();
    }
  });

  test('a connection that is cut off without close_notify: exit code 56', async () => {
    const server = await nodeServer({
      identity: trust.leaf('p256'),
      onConnection: (socket) => void socket.write('part', () => setTimeout(() => socket.destroy(), 100)),
    });
    try {
      const url = `https://localhost:${server.port}/`;
      const waiting = glasstls(['--raw', '--cacert', trust.caFile, url, '-m', '8'], { input: '' });
      // Our close_notify was sent by then: a cut is no surprise any more.
      expect((await waiting).stdout).toBe('part');
    } finally {
      await server.stop();
    }
  });
});
