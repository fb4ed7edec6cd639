// --tls-earlydata and serve --early-data: the request is with the server before the handshake is done, once, whether it was taken,
// refused, or could not be sent early; and a ticket of TLS 1.3 is used for one connection.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readTrace } from '../../src/inspect/trace.ts';
import { describePeer } from '../peers/available.ts';
import { nginx } from '../peers/nginx.ts';
import { opensslClient, opensslServer } from '../peers/openssl.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { scratch } from '../peers/run_dir.ts';
import { type CommandResult, glasstls, type Served, startServe } from './command.ts';

let trust: Pki;

beforeAll(async () => {
  trust = await pki();
});

const newFile = (): string => join(scratch('session'), 'session.pem');
const said = ({ stderr }: CommandResult): string[] =>
  stderr.split('\n').filter((line) => /(?:Session|Early data|会话|早期数据)[:：]/.test(line));

async function visit(port: number, session: string, ...args: string[]): Promise<CommandResult> {
  const flags = ['-v', '--tls-earlydata', '--session', session, '--cacert', trust.caFile];
  const result = await glasstls([...flags, ...args, `https://localhost:${port}/`]);
  expect(result.code, result.stderr).toBe(0);
  return result;
}

async function serving(args: readonly string[], body: (served: Served) => Promise<void>): Promise<string> {
  const { fullChainFile, keyFile } = trust.leaf('p256');
  const served = await startServe(['--cert', fullChainFile, '--key', keyFile, ...args]);
  try {
    await body(served);
  } finally {
    await served.end();
  }
  return served.log();
}

describe('between connect and serve', () => {
  test('none the first time, taken the second time, and the request came once', async () => {
    const log = await serving(['--early-data', '4096'], async ({ port }) => {
      const file = newFile();
      const first = await visit(port, file);
      expect(said(first).join('\n')).toContain('none without a session to go on from');
      expect(first.stdout).not.toContain('early data');
      const trace = join(scratch('trace'), 'trace.jsonl');
      const second = await visit(port, file, '--trace', trace);
      expect(said(second).join('\n')).toMatch(/goes out with the ClientHello[\s\S]*Early data: accepted/);
      expect(second.stdout).toMatch(/^early data: \d+ bytes$/m);
      expect(second.stdout).toMatch(/^you asked for: GET \/$/m);
      const seen = readTrace(readFileSync(trace, 'utf8')).entries.map(({ observation }) => observation);
      const out = seen.filter((one) => one.kind === 'data' && one.direction === 'out');
      expect(out).toHaveLength(1);
      const hello = seen.findIndex((one) => one.kind === 'message' && one.name === 'server_hello');
      expect(seen.findIndex((one) => one.kind === 'data')).toBeLessThan(hello);
      // HEAD too, in Chinese.
      const third = await visit(port, file, '-I', '--lang', 'zh');
      expect(said(third).join('\n')).toContain('早期数据：已被接受');
      expect(third.stdout).toContain('HTTP/1.1 200 OK');
    });
    expect(log.split('\n').filter((line) => /^\[\d\].*early data/.test(line))).toHaveLength(2);
  });

  test('a server that asks for another group refuses it: the request comes again, and once', async () => {
    await serving(['--early-data', '4096', '--curves', 'P-384:X25519'], async ({ port }) => {
      const file = newFile();
      await visit(port, file);
      const again = await visit(port, file, '--curves', 'P-384:X25519');
      expect(said(again).join('\n')).toContain('Early data: accepted');
      const retried = await visit(port, file, '--curves', 'P-521:P-384');
      expect(said(retried).join('\n')).toContain('goes out with the ClientHello');
      expect(said(retried).join('\n')).toContain('Early data: not accepted; the request is sent again');
      expect(retried.stdout).toContain('session: resumed');
      expect(retried.stdout).not.toContain('early data');
    });
  });

  test('a request that is longer than the server takes waits', async () => {
    await serving(['--early-data', '50'], async ({ port }) => {
      const file = newFile();
      await visit(port, file);
      const second = await visit(port, file);
      expect(said(second).join('\n')).toMatch(/the request has \d+ bytes and the server takes 50/);
      expect(second.stdout).toContain('session: resumed');
    });
  });

  test('without --early-data the tickets allow none; nor does TLS 1.2', async () => {
    for (const args of [[], ['--tls-max', '1.2']]) {
      await serving(args, async ({ port }) => {
        const file = newFile();
        await visit(port, file);
        const second = await visit(port, file);
        expect(said(second).join('\n')).toContain('the server allows none with this session');
        expect(second.stdout).toContain('session: resumed');
      });
    }
  });

  test('a server with other ticket keys: a full handshake, and the request comes once', async () => {
    const file = newFile();
    await serving(['--early-data', '4096'], async ({ port }) => void (await visit(port, file)));
    await serving(['--early-data', '4096'], async ({ port }) => {
      const result = await visit(port, file);
      expect(said(result).join('\n')).toMatch(/Session: not resumed[\s\S]*Early data: not accepted/);
      expect(result.stdout).toMatch(/^session: new$/m);
    });
  });
});

describe('a ticket of TLS 1.3', () => {
  test('that was used is not in the file any more, when the server gave no other', async () => {
    const file = newFile();
    const plain = (port: number) =>
      glasstls(['-v', '--session', file, '--cacert', trust.caFile, `https://localhost:${port}/`]);
    let kept = '';
    await serving([], async ({ port }) => {
      await plain(port);
      kept = readFileSync(file, 'utf8');
      const second = await plain(port);
      expect(second.stdout).toContain('session: resumed');
      expect(said(second).at(-1)).toContain('the newest one is in');
      expect(readFileSync(file, 'utf8')).not.toBe(kept);
    });
    // No tickets from this one, which cannot open the other's either.
    await serving(['--no-tickets'], async ({ port }) => {
      const third = await plain(port);
      expect(said(third).at(-1)).toMatch(/the ticket was used and no new one came; .* is empty now/);
      expect(readFileSync(file, 'utf8')).toBe('');
      expect(said(await plain(port))[0]).toContain('holds none yet');
    });
    // It was never offered where it does not belong, and stays.
    await serving(['--no-tickets'], async ({ port }) => {
      writeFileSync(file, kept);
      const args = ['-v', '--session', file, '--cacert', trust.caFile, `https://127.0.0.1:${port}/`];
      expect(said(await glasstls(args)).at(-1)).toContain('stays as it was');
      expect(readFileSync(file, 'utf8')).toBe(kept);
    });
  });
});

describePeer('nginx', 'with nginx', () => {
  test('ssl_early_data: taken, and nginx says so', async () => {
    const directives = 'ssl_early_data on; ssl_session_tickets on; add_header X-Early $ssl_early_data always;';
    const server = await nginx({ identity: trust.leaf('p256'), directives });
    try {
      const file = newFile();
      await visit(server.port, file);
      const { stderr } = await visit(server.port, file);
      expect(stderr).toContain('Early data: accepted');
      expect(stderr).toContain('< X-Early: 1');
    } finally {
      await server.stop();
    }
  });
});

describePeer('openssl', 'with s_server', () => {
  test('which allows none with its tickets', async () => {
    const server = await opensslServer({ identity: trust.leaf('p256'), mode: 'www' });
    try {
      const file = newFile();
      await visit(server.port, file);
      const { stdout, stderr } = await visit(server.port, file);
      expect(stdout).toMatch(/^Reused, TLSv1\.3/m);
      expect(stderr).toContain('the server allows none with this session');
    } finally {
      await server.stop();
    }
  });
});

describePeer('openssl', 'with s_client', () => {
  const request = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

  test('which resumes with serve in TLS 1.3, and whose early data comes once', async () => {
    const dir = scratch('openssl');
    const [session, early] = [join(dir, 'session'), join(dir, 'early')];
    writeFileSync(early, request);
    const log = await serving(['--early-data', '4096'], async ({ port }) => {
      const options = { port, caFile: trust.caFile, output: 'report' } as const;
      const visitor = async (input: string, ...args: string[]): Promise<string> =>
        (await opensslClient({ ...options, input, args })).stdout.toString('latin1');
      expect(await visitor(request, '-sess_out', session)).toMatch(/^New, TLSv1\.3/m);
      const second = await visitor('', '-sess_in', session, '-early_data', early);
      expect(second).toMatch(/^Reused, TLSv1\.3/m);
      expect(second).toMatch(/^Early data was accepted/m);
      expect(second).toContain(`early data: ${request.length} bytes`);
    });
    expect(log).toMatch(/^\[2\].*resumed by ticket.*early data/m);
  });
});

describe('wrong use', () => {
  test.each([
    [['--tls-earlydata', 'https://a'], '--tls-earlydata needs --session'],
    [['--tls-earlydata', '--session', 'x', '--alpn', 'h2,http/1.1', 'https://a'], '--alpn must offer nothing else'],
    [['serve', '--early-data', 'much'], '--early-data wants a number'],
    [['serve', '--early-data', '1', '--no-tickets'], '--early-data needs tickets'],
    [['serve', '--early-data', '1', '--tickets', '0'], '--early-data needs tickets'],
    [['serve', '--tickets', '17'], '--tickets takes a number from 0 to 16, not "17"'],
    [['serve', '--tickets', '1', '--no-tickets'], 'contradict each other'],
  ])('%j', async (args, text) => {
    expect(await glasstls(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(text) });
  });
});
