// Proxies beyond plain HTTP: SOCKS 4, 4a and 5 (RFC 1928, 1929), and an HTTP proxy behind TLS. Each is asked for what -x says, the server's
// certificate is checked whatever the way, and what a proxy does wrong ends with a code and a reason.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describePeer } from '../peers/available.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { Running, run, startOnFreePort } from '../peers/process.ts';
import { scratch } from '../peers/run_dir.ts';
import { type CommandResult, glasstls } from './command.ts';
import { fakeProxy, httpsServer, type Loopback, tcpServer } from './http_servers.ts';
import { type SocksOptions, type SocksServer, socksServer } from './socks_server.ts';

let trust: Pki;
let server: Loopback;

beforeAll(async () => {
  trust = await pki();
  server = await httpsServer(trust.leaf('p256'), (_request, response) => response.end('through\n'));
});
afterAll(() => server.stop());

const asked = (
  flags: readonly string[],
  env: Record<string, string> = {},
  host = 'localhost',
): Promise<CommandResult> => glasstls(['--cacert', trust.caFile, ...flags, `https://${host}:${server.port}/`], { env });

async function through<T>(options: SocksOptions, use: (proxy: SocksServer) => Promise<T>): Promise<T> {
  const proxy = await socksServer(options);
  try {
    return await use(proxy);
  } finally {
    await proxy.stop();
  }
}

const KINDS = [
  ['socks4', { version: 4, kind: 'ipv4', host: '127.0.0.1' }],
  ['socks4a', { version: 4, kind: 'name', host: 'localhost' }],
  ['socks5', { version: 5, kind: 'ipv4', host: '127.0.0.1' }],
  ['socks5h', { version: 5, kind: 'name', host: 'localhost' }],
] as const;

describe('SOCKS', () => {
  test.each(KINDS)('%s: names are resolved where it says, TLS goes end to end', async (kind, told) => {
    await through({}, async (proxy) => {
      const { code, stdout, stderr } = await asked(['-4', '-v', '-x', `${kind}://127.0.0.1:${proxy.port}`]);
      expect([code, stdout]).toEqual([0, 'through\n']);
      expect(proxy.asked).toEqual([{ ...told, user: undefined }]);
      expect(stderr).toContain(`* ${kind} to ${told.host}:${server.port} by proxy 127.0.0.1:${proxy.port}\n`);
      expect(stderr.includes('(resolved here)')).toBe(told.kind !== 'name');
      expect(stderr).toContain(`* ${kind} request granted\n`);
    });
  });

  describePeer('curl', 'the proxy of these tests understands', () => {
    test.each(KINDS)('curl: %s', async (kind, told) => {
      await through({}, async (proxy) => {
        const args = ['-q', '-s', '-4', '--cacert', trust.caFile, '-x', `${kind}://127.0.0.1:${proxy.port}`];
        const { code, stdout } = await run('curl', [...args, `https://localhost:${server.port}/`]);
        expect([code, stdout.toString()]).toEqual([0, 'through\n']);
        expect(proxy.asked).toMatchObject([told]);
      });
    });
  });

  test('answers in pieces, addresses of IPv6, --resolve, the environment', async () => {
    await through({ slowly: true }, async (proxy) => {
      const at = `127.0.0.1:${proxy.port}`;
      expect((await asked([], { ALL_PROXY: `socks5h://${at}` })).code).toBe(0);
      expect((await asked(['-k', '-x', `socks5://${at}`], {}, '[::1]')).code).toBe(0);
      const rule = ['--resolve', `localhost:${server.port}:127.7.7.7`];
      expect((await asked([...rule, '-x', `socks5://${at}`])).code).toBe(0);
      expect((await asked(['-x', `socks4://${at}`], {}, '127.0.0.1')).code).toBe(0);
      expect(proxy.asked.map(({ kind, host }) => `${kind} ${host}`)).toEqual([
        'name localhost',
        'ipv6 0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1',
        'ipv4 127.7.7.7',
        'ipv4 127.0.0.1',
      ]);
    });
  });

  test('RFC 1929: name and password, in the URL or by --proxy-user; without them, or with others, code 97', async () => {
    await through({ credentials: 'me:päss word' }, async (proxy) => {
      const at = `127.0.0.1:${proxy.port}`;
      expect((await asked(['-x', `socks5h://me:p%C3%A4ss%20word@${at}`])).code).toBe(0);
      expect((await asked(['-x', `socks5h://${at}`, '-U', 'me:päss word'])).code).toBe(0);
      expect(await asked(['-x', `socks5h://me:wrong@${at}`])).toMatchObject({
        code: 97,
        stderr: expect.stringContaining('does not accept the name and the password'),
      });
      const without = await asked(['-x', `socks5h://${at}`]);
      expect(without.code).toBe(97);
      expect(without.stderr).toContain('-x socks5h://USER:PASSWORD@HOST:PORT');
      expect(await asked(['-v', '-x', `socks5h://me:hidden@${at}`])).toMatchObject({
        stderr: expect.not.stringContaining('hidden'),
      });
    });
    await through({}, async (proxy) => {
      expect((await asked(['-4', '-x', `socks4://me@127.0.0.1:${proxy.port}`])).code).toBe(0);
      expect(proxy.asked[0]?.user).toBe('me');
    });
  });

  test.each([
    ['socks5h', { reply: 5 }, 'the connection was refused', '连接被拒绝'],
    ['socks5h', { reply: 2 }, 'its rules do not allow it', '代理的规则不允许'],
    ['socks5h', { reply: 77 }, '(reply 77): for a reason that has no name', '原因未知'],
    ['socks5h', { method: 0xff }, 'accepts no way of authentication', '不接受本端提供的任何认证方式'],
    ['socks5h', { method: 1 }, 'wants authentication 1', '认证方式 1'],
    ['socks4a', { reply: 91 }, 'rejected or failed', '被拒绝或失败'],
  ] as const)('%s %j: code 97 and why', async (kind, options, en, zh) => {
    await through(options, async (proxy) => {
      const flags = ['-x', `${kind}://127.0.0.1:${proxy.port}`];
      expect(await asked(flags)).toMatchObject({ code: 97, stderr: expect.stringContaining(en) });
      expect(await asked([...flags, '--lang', 'zh'])).toMatchObject({ code: 97, stderr: expect.stringContaining(zh) });
    });
  });

  test('what is no SOCKS proxy, closes, says nothing, or cannot know the address', async () => {
    const ssh = await tcpServer((socket) => void socket.write('SSH-2.0-x\r\n'));
    expect(await asked(['-x', `socks5://127.0.0.1:${ssh.port}`])).toMatchObject({
      code: 97,
      stderr: expect.stringContaining('SSH-2.0-x'),
    });
    await ssh.stop();
    const mute = await tcpServer((socket) => socket.once('data', () => socket.end()));
    expect((await asked(['-x', `socks5://127.0.0.1:${mute.port}`])).code).toBe(97);
    await mute.stop();
    const idle = await tcpServer(() => {});
    expect((await asked(['-x', `socks5://127.0.0.1:${idle.port}`, '--connect-timeout', '0.5'])).code).toBe(28);
    await idle.stop();
    await through({}, async (proxy) => {
      const four = `socks4://127.0.0.1:${proxy.port}`;
      expect(await asked(['-x', four], {}, '[::1]')).toMatchObject({
        code: 97,
        stderr: expect.stringContaining('IPv4 addresses alone'),
      });
      expect((await asked(['-x', `socks5://127.0.0.1:${proxy.port}`], {}, 'no-such-host.invalid')).code).toBe(6);
      expect(proxy.asked).toEqual([]);
    });
    expect((await asked(['-x', 'ftp://127.0.0.1:1'])).code).toBe(2);
    expect((await asked(['-x', `socks5://${'x'.repeat(256)}:y@127.0.0.1:1`])).code).toBe(2);
  });

  describePeer('microsocks', 'a proxy of others', () => {
    test('socks5, socks5h and --starttls through it', async () => {
      const { port, running } = await startOnFreePort(
        (port) => new Running('microsocks', ['-i', '127.0.0.1', '-p', String(port), '-u', 'me', '-P', 'secret']),
      );
      const mail = await tcpServer((socket) => {
        socket.write('220 here\r\n');
        socket.once('data', () => socket.end('250 here\r\n'));
      });
      try {
        for (const kind of ['socks5', 'socks5h']) {
          const flags = ['-4', '-x', `${kind}://me:secret@127.0.0.1:${port}`];
          expect(await asked(flags)).toMatchObject({ code: 0, stdout: 'through\n' });
        }
        expect((await asked(['-x', `socks5h://me:wrong@127.0.0.1:${port}`])).code).toBe(97);
        const flags = ['-4', '-x', `socks5h://me:secret@127.0.0.1:${port}`, '--starttls', 'smtp'];
        expect(await glasstls([...flags, `localhost:${mail.port}`])).toMatchObject({
          code: 64,
          stderr: expect.stringContaining('STARTTLS'),
        });
      } finally {
        await mail.stop();
        await running.stop();
      }
    });
  });
});

describe('an HTTP proxy behind TLS', () => {
  const withProxy = async (use: (port: number, tells: () => readonly string[]) => Promise<void>): Promise<void> => {
    const proxy = await fakeProxy('me:secret', trust.leaf('rsa'));
    try {
      await use(proxy.port, () => proxy.asked.map(({ to }) => to));
    } finally {
      await proxy.stop();
    }
  };

  test('--proxy-cacert: TLS in TLS, HTTP/2 and HTTP/1.1, with credentials that -v does not show', async () => {
    await withProxy(async (port, tells) => {
      const flags = ['-v', '-x', `https://me:secret@localhost:${port}`, '--proxy-cacert', trust.caFile];
      for (const more of [[], ['--http1.1'], ['--tls-max', '1.2', '--provider', 'noble']]) {
        const { code, stdout, stderr } = await asked([...flags, ...more]);
        expect([code, stdout], stderr).toEqual([0, 'through\n']);
        expect(stderr).toMatch(
          /\* TLS to the proxy localhost:\d+\n[\s\S]*\* TLS to the proxy is established: TLSv1\.3 \/ TLS_/,
        );
        expect(stderr).toContain('* CONNECT tunnel established, response 200\n');
        expect(stderr).not.toContain('secret');
      }
      expect(tells()).toEqual(Array(3).fill(`localhost:${server.port}`));
    });
  });

  test('raw bytes both ways, --keylog with the secrets of both connections, -w on the proxy', async () => {
    await withProxy(async (port) => {
      const flags = ['-x', `https://me:secret@localhost:${port}`, '--proxy-cacert', trust.caFile];
      const raw = await glasstls(['--raw', '--cacert', trust.caFile, ...flags, `https://localhost:${server.port}/`], {
        input: 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      });
      expect([raw.code, raw.stdout]).toEqual([0, expect.stringContaining('through\n')]);
      const keylog = join(scratch('proxy'), 'keys');
      await asked([...flags, '-o', '/dev/null', '--keylog', keylog]);
      expect(readFileSync(keylog, 'latin1').match(/^EXPORTER_SECRET /gm)).toHaveLength(2);
      const told = await asked([...flags, '-o', '/dev/null', '-w', '%{proxy_ssl_verify_result} %{http_connect}']);
      expect(told.stdout).toBe('0 200');
    });
  });

  test('its certificate is judged by itself: --cacert and -k do not help, --proxy-insecure does and says so', async () => {
    await withProxy(async (port, tells) => {
      const flags = ['-x', `https://me:secret@localhost:${port}`];
      for (const more of [[], ['-k']]) {
        const { code, stderr } = await asked([...flags, ...more]);
        expect(code).toBe(60);
        expect(stderr).toContain(`TLS to the proxy localhost:${port}`);
        expect(stderr).toContain('--proxy-cacert FILE');
      }
      expect((await asked([...flags, '--lang', 'zh'])).stderr).toContain('都是指代理');
      expect(tells()).toEqual([]);
      const { code, stdout, stderr } = await asked([...flags, '--proxy-insecure', '-w', '%{proxy_ssl_verify_result}']);
      expect([code, stdout]).toEqual([0, 'through\n20']);
      expect(stderr).toContain('WARNING: --proxy-insecure');
      // The server is verified all the same.
      const other = await glasstls([
        ...flags,
        '--proxy-insecure',
        '--connect-to',
        `::localhost:${server.port}`,
        'https://x.example/',
      ]);
      expect(other.code).toBe(60);
      expect(other.stderr).not.toContain('TLS to the proxy');
    });
  });

  test('a proxy that speaks no TLS: code 35, and that it is the proxy', async () => {
    const plain = await fakeProxy();
    const { code, stderr } = await asked(['-x', `https://localhost:${plain.port}`]);
    await plain.stop();
    expect(code).toBe(35);
    expect(stderr).toContain(`TLS to the proxy localhost:${plain.port}`);
  });

  test('a file that cannot be read: code 77, before anything is sent', async () => {
    const { code } = await asked(['-x', 'https://localhost:1', '--proxy-cacert', '/nonexistent']);
    expect(code).toBe(77);
  });
});
