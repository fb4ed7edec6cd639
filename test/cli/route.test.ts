// The way to a server: proxies of -x and of the environment, NO_PROXY, --connect-to, --resolve, -4 and -6. Names in TLS stay whatever the way.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Pki, pki } from '../peers/pki.ts';
import { type CommandResult, glasstls } from './command.ts';
import { type FakeProxy, fakeProxy, httpsServer, type Loopback, tcpServer } from './http_servers.ts';

let trust: Pki;
let server: Loopback;
let proxy: FakeProxy;

beforeAll(async () => {
  trust = await pki();
  server = await httpsServer(trust.leaf('p256'), (request, response) => {
    const host = request.headers.host ?? request.headers[':authority'];
    const { servername = false } = request.socket as { servername?: string | false };
    response.end(`host=${String(host)} sni=${String(servername)}\n`);
  });
  proxy = await fakeProxy('me:pass word');
});
afterAll(async () => {
  await server.stop();
  await proxy.stop();
});

const asked = (
  flags: readonly string[],
  env: Record<string, string> = {},
  host = 'localhost',
): Promise<CommandResult> => glasstls(['--cacert', trust.caFile, ...flags, `https://${host}:${server.port}/`], { env });

describe('through an HTTP proxy', () => {
  test('-x: a tunnel with credentials, TLS to the server end to end', async () => {
    const before = proxy.asked.length;
    const { code, stdout, stderr } = await asked(['-v', '-x', `http://me:pass%20word@127.0.0.1:${proxy.port}`]);
    expect(code).toBe(0);
    expect(stdout).toContain(`host=localhost:${server.port}`);
    expect(proxy.asked.slice(before)).toEqual([{ to: `localhost:${server.port}`, authorization: expect.anything() }]);
    expect(stderr).toContain(`* CONNECT tunnel to localhost:${server.port} by proxy 127.0.0.1:${proxy.port}\n`);
    expect(stderr).toContain('> Proxy-Authorization: [...]\n');
    expect(stderr).not.toContain('pass');
    expect(stderr).toContain('< HTTP/1.1 200 Connection established\n');
    expect(stderr).toContain('* CONNECT tunnel established, response 200\n');
  });

  test('-w tells what the proxy answered', async () => {
    const flags = [
      '-o',
      '/dev/null',
      '-w',
      '%{http_connect} %{http_code}',
      '-x',
      `http://me:pass%20word@127.0.0.1:${proxy.port}`,
    ];
    expect((await asked(flags)).stdout).toBe('200 200');
  });

  test('without the credentials: exit code 56, and how to give them', async () => {
    const { code, stderr } = await asked(['-x', `127.0.0.1:${proxy.port}`]);
    expect(code).toBe(56);
    expect(stderr).toContain('407');
    expect(stderr).toContain('-x http://USER:PASSWORD@HOST:PORT');
  });

  test.each(['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'])(
    '%s is heeded; NO_PROXY, --noproxy and -x "" go around it',
    async (name) => {
      const env = { [name]: `http://me:pass%20word@127.0.0.1:${proxy.port}` };
      const through = async (flags: readonly string[], more: Record<string, string> = {}): Promise<boolean> => {
        const before = proxy.asked.length;
        expect((await asked(flags, { ...env, ...more })).code).toBe(0);
        return proxy.asked.length > before;
      };
      expect(await through([])).toBe(true);
      expect(await through([], { NO_PROXY: 'example.com, localhost' })).toBe(false);
      expect(await through(['--noproxy', '*'])).toBe(false);
      expect(await through(['-x', ''])).toBe(false);
      expect(await through([], { NO_PROXY: 'host' })).toBe(true);
      expect(await through(['--noproxy', '127.0.0.0/8'])).toBe(true);
    },
  );

  test('NO_PROXY: addresses and blocks of them, by commas or blanks', async () => {
    const spared = async (list: string, host = '127.0.0.1'): Promise<boolean> => {
      const env = { NO_PROXY: list, HTTPS_PROXY: 'http://127.0.0.1:1' };
      return (await asked(['-k'], env, host)).code === 0;
    };
    for (const list of ['127.0.0.1', 'x.example 127.0.0.0/8', '10.0.0.0/8,127.0.0.1/32'])
      expect(await spared(list)).toBe(true);
    for (const list of ['10.0.0.0/8', '127.0.0.0/33', '::/0', '27.0.0.1', '1']) expect(await spared(list)).toBe(false);
  });

  test('a proxy that is not there, has no name, is no proxy, or is of another kind', async () => {
    const gone = await tcpServer(() => {});
    await gone.stop();
    expect((await asked(['-x', `127.0.0.1:${gone.port}`])).code).toBe(7);
    expect((await asked(['-x', 'no-such-proxy.invalid:1'])).code).toBe(5);
    expect(await asked(['-x', 'quic://127.0.0.1:1'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('a proxy is http://, https://, socks4://'),
    });
    const ssh = await tcpServer((socket) => void socket.write('SSH-2.0-x\r\n'));
    expect(await asked(['-x', `127.0.0.1:${ssh.port}`])).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('SSH-2.0-x'),
    });
    await ssh.stop();
    const mute = await tcpServer((socket) => socket.once('data', () => socket.end()));
    expect((await asked(['-x', `127.0.0.1:${mute.port}`, '--lang', 'zh'])).stderr).toContain('没有应答 CONNECT');
    await mute.stop();
  });
});

describe('addresses by hand', () => {
  test('--connect-to goes elsewhere, and the certificate still has to be of the name in the URL', async () => {
    const to = `localhost:1:127.0.0.1:${server.port}`;
    const { code, stdout } = await glasstls(['--cacert', trust.caFile, '--connect-to', to, 'https://localhost:1/']);
    expect([code, stdout]).toEqual([0, 'host=localhost:1 sni=localhost\n']);
    const wrong = await glasstls([
      '--cacert',
      trust.caFile,
      '--connect-to',
      `::127.0.0.1:${server.port}`,
      'https://other.example/',
    ]);
    expect(wrong.code).toBe(60);
    expect((await asked(['--connect-to', 'a:b'])).code).toBe(2);
  });

  test('--resolve and --connect-to reach through a proxy too: the proxy is asked for the new address', async () => {
    const before = proxy.asked.length;
    const flags = [
      '-x',
      `http://me:pass%20word@proxy.example:${proxy.port}`,
      '--resolve',
      `proxy.example:${proxy.port}:127.0.0.1`,
    ];
    const { code } = await asked([
      ...flags,
      '--connect-to',
      `localhost:${server.port}:elsewhere.example:${server.port}`,
    ]);
    expect(code).toBe(0);
    expect(proxy.asked[before]?.to).toBe(`elsewhere.example:${server.port}`);
  });

  test('-4 reaches a server on 127.0.0.1, -6 does not', async () => {
    expect((await asked(['-4'])).code).toBe(0);
    expect([6, 7]).toContain((await asked(['-6'])).code);
  });

  test('--no-sni: the server is told no name, and its certificate is checked all the same', async () => {
    expect((await asked(['--no-sni'])).stdout).toContain('sni=false');
    expect(
      (
        await glasstls([
          '--no-sni',
          '--resolve',
          `x.example:${server.port}:127.0.0.1`,
          '--cacert',
          trust.caFile,
          `https://x.example:${server.port}/`,
        ])
      ).code,
    ).toBe(60);
  });
});
