// `glasstls --session FILE` and `glasstls serve`: sessions of TLS 1.2 that are kept in a file, offered again, resumed or declined;
// what is said about it in both languages; and files that hold something else, which are never touched.

import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readTrace } from '../../src/inspect/trace.ts';
import { describePeer } from '../peers/available.ts';
import { opensslClient, opensslServer } from '../peers/openssl.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { type Peer, run } from '../peers/process.ts';
import { scratch } from '../peers/run_dir.ts';
import { type CommandResult, glasstls, type Served, startServe } from './command.ts';

let trust: Pki;

beforeAll(async () => {
  trust = await pki();
});

const newFile = (): string => join(scratch('session'), 'session.pem');

/** One connection with -v; `--session` is what this file is about. */
async function visit(port: number, session: string, ...args: string[]): Promise<CommandResult> {
  const result = await glasstls([
    ...['-v', '--session', session, '--cacert', trust.caFile],
    ...args,
    `https://localhost:${port}/`,
  ]);
  expect(result.code, result.stderr).toBe(0);
  return result;
}

const said = ({ stderr }: CommandResult): string[] => stderr.split('\n').filter((line) => /Session:|会话：/.test(line));

async function against(starting: Promise<Peer>, body: (port: number) => Promise<void>): Promise<void> {
  const peer = await starting;
  try {
    await body(peer.port);
  } finally {
    await peer.stop();
  }
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

describePeer('openssl', '--session against s_server', () => {
  test.each([
    ['by ticket', [], /ticket of \d+ bytes/],
    ['by id', ['-no_ticket'], /known to the server by its id/],
  ] as const)('a session is kept and resumed %s', async (_how, args, how) => {
    const identity = trust.leaf('rsa');
    await against(opensslServer({ identity, mode: 'www', version: 'TLSv1.2', args }), async (port) => {
      const file = newFile();
      const first = await visit(port, file);
      expect(first.stderr).toContain(', Certificate (11):');
      expect(said(first)[0]).toContain('holds none yet');
      expect(said(first).at(-1)).toMatch(how);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(readFileSync(file, 'latin1')).toMatch(
        /^# .*"localhost", TLSv1\.2[\s\S]*is a secret[\s\S]*-BEGIN GLASSTLS SESSION-/,
      );
      const second = await visit(port, file);
      expect(second.stdout).toMatch(/^Reused, TLSv1\.2/m);
      expect(second.stderr).not.toContain(', Certificate (11):');
      expect(said(second)[0]).toMatch(how);
      expect(said(second)[1]).toContain('offered to the server');
      expect(said(second)[2]).toContain('Session: resumed');
      // The certificate of the session is told all the same, judged anew.
      expect(second.stderr).toMatch(/judged again as of now\n\* Server certificate:\n[\s\S]*verify ok/);
    });
  });

  test('a server that has forgotten it: a full handshake, why, and a new session in the file', async () => {
    const identity = trust.leaf('rsa');
    const file = newFile();
    const server = () => opensslServer({ identity, mode: 'www', version: 'TLSv1.2' });
    await against(server(), async (port) => void (await visit(port, file)));
    const before = readFileSync(file, 'latin1');
    await against(server(), async (port) => {
      const result = await visit(port, file);
      expect(said(result)[2]).toContain('not resumed, a full handshake instead: the server does not resume');
      expect(result.stderr).toContain('verify ok');
      expect(readFileSync(file, 'latin1')).not.toBe(before);
      expect((await visit(port, file, '--lang', 'zh')).stderr).toContain('会话：已恢复');
    });
  });

  test('without --session no ticket is asked for', async () => {
    const identity = trust.leaf('rsa');
    await against(opensslServer({ identity, mode: 'www', version: 'TLSv1.2' }), async (port) => {
      for (const [args, asks] of [
        [[], false],
        [['--session', newFile()], true],
      ] as const) {
        const trace = join(scratch('trace'), 'trace.jsonl');
        const url = `https://localhost:${port}/`;
        const { stderr } = await glasstls(['-vvv', '--trace', trace, '--cacert', trust.caFile, ...args, url]);
        expect(stderr.includes('session_ticket')).toBe(asks);
        const names = readTrace(readFileSync(trace, 'utf8')).entries.flatMap(({ observation }) =>
          observation.kind === 'message' ? [observation.name] : [],
        );
        expect(names.includes('new_session_ticket')).toBe(asks);
      }
    });
  });

  test('glasstls serve resumes with s_client -sess_out and -sess_in, by ticket and by id', async () => {
    const log = await serving(['--tls-max', '1.2'], async ({ port }) => {
      for (const args of [[], ['-no_ticket']]) {
        const file = join(scratch('openssl'), 'session');
        const connect = async (flag: string): Promise<string> => {
          const options = { port, caFile: trust.caFile, closeAfterInput: true, output: 'report', input: '' } as const;
          const { stdout } = await opensslClient({ ...options, args: [...args, flag, file] });
          return stdout.toString('latin1');
        };
        expect(await connect('-sess_out')).toMatch(/^New, TLSv1\.2/m);
        expect(await connect('-sess_in')).toMatch(/^Reused, TLSv1\.2/m);
      }
    });
    const lines = log.split('\n').filter((line) => /^\[\d\]/.test(line));
    expect(lines.map((line) => /resumed by ticket|resumed by session id/.exec(line)?.[0])).toEqual([
      undefined,
      'resumed by ticket',
      undefined,
      'resumed by session id',
    ]);
    // Group and signature were those of another handshake.
    expect(lines[1]).not.toContain('x25519');
    expect(log).not.toContain('not resumed');
  });
});

describePeer('curl', 'curl, twice in one run', () => {
  test('resumes with glasstls serve', async () => {
    const log = await serving(['--tls-max', '1.2'], async ({ port }) => {
      const url = `https://localhost:${port}/`;
      const args = ['-qsS', '--cacert', trust.caFile, '-H', 'Connection: close'];
      const { stdout } = await run('curl', [...args, url, url]);
      expect([...stdout.toString().matchAll(/^session: (\w+)$/gm)].map(([, how]) => how)).toEqual(['new', 'resumed']);
    });
    expect(log).toMatch(/resumed by (ticket|session id)/);
  });
});

describe('between connect and serve', () => {
  test('a ticket, an id with --no-tickets, and what the page says', async () => {
    for (const [flags, how] of [
      [[], 'resumed by ticket'],
      [['--no-tickets'], 'resumed by session id'],
      [['--tickets', '0'], 'resumed by session id'],
    ] as const) {
      const log = await serving(['--tls-max', '1.2', ...flags], async ({ port }) => {
        const file = newFile();
        // Only a client that sends no made-up id for TLS 1.3 gets one from the server.
        expect((await visit(port, file, '--tls-max', '1.2')).stdout).toContain('session: new\nforward secrecy: yes\n');
        const again = await visit(port, file, '--tls-max', '1.2');
        expect(again.stdout).toContain('session: resumed\nforward secrecy: once the session');
      });
      expect(log).toContain(how);
    }
  });

  test('TLS 1.3: as many tickets as --tickets says', async () => {
    for (const count of [0, 1, 5]) {
      await serving(['--tickets', String(count)], async ({ port }) => {
        const { stderr } = await visit(port, newFile(), '-v');
        expect(stderr.match(/Newsession Ticket \(4\)/g)?.length ?? 0).toBe(count);
      });
    }
  });

  test('the session belongs to host, trust and insistence: elsewhere it stays at home, and why is said', async () => {
    await serving(['--tls-max', '1.2', '--lang', 'zh'], async ({ port, log }) => {
      const file = newFile();
      await visit(port, file);
      const kept = readFileSync(file, 'latin1');
      const offer = async (url: string, ...args: string[]): Promise<string> => {
        writeFileSync(file, kept);
        return (await glasstls(['-v', '--session', file, ...args, url])).stderr;
      };
      const ca = ['--cacert', trust.caFile];
      const url = `https://localhost:${port}/`;
      const here = await offer(`https://127.0.0.1:${port}/`, ...ca);
      expect(here).toContain('Session: not offered: another server name');
      expect(here).toContain(', Certificate (11):');
      expect(await offer(url, ...ca, '-k')).toContain('not offered: another trust policy or configuration');
      expect(await offer(url, ...ca, '--policy', 'web')).toContain('not offered: another trust policy');
      expect(await offer(url, ...ca, '--ciphers', 'ECDHE-ECDSA-AES256-GCM-SHA384', '--lang', 'zh')).toContain(
        '没有提出恢复：其密码套件未启用',
      );
      // The client would, the server would not: its application protocol was another one.
      expect(await offer(url, ...ca, '--alpn', 'http/1.1,h3')).toContain('Session: resumed');
      expect(await offer(url, ...ca, '--alpn', '')).toContain('not offered: its application protocol');
      expect(log()).toContain('凭票据恢复会话');
      expect(log()).not.toContain('未恢复');
    });
  });

  test('-k: a resumed connection is no safer, and the warning stays', async () => {
    const { caFile: otherCa } = { caFile: trust.otherCaFile };
    await serving(['--tls-max', '1.2'], async ({ port }) => {
      const file = newFile();
      const args = ['--session', file, '--cacert', otherCa, '-k', `https://localhost:${port}/`];
      for (const resumed of [false, true]) {
        const { code, stderr, stdout } = await glasstls(args);
        expect(code).toBe(0);
        expect(stdout).toContain(`session: ${resumed ? 'resumed' : 'new'}`);
        expect(stderr).toContain('WARNING: -k skips this check');
      }
    });
  });

  test('a ticket of another server: the reason stands in the line of the handshake', async () => {
    const file = newFile();
    await serving(['--tls-max', '1.2'], async ({ port }) => void (await visit(port, file)));
    const log = await serving(['--tls-max', '1.2'], async ({ port }) => void (await visit(port, file)));
    expect(log).toContain('(came with a session that was not resumed: the ticket cannot be opened)');
  });
});

describe('the file', () => {
  const SECRET = 'somebody’s only copy\n';

  test.each([
    ['another file', SECRET, /left alone.*holds no session of glasstls/, /不读写.*不是 glasstls 的会话/],
    [
      'a session of OpenSSL',
      '-----BEGIN SSL SESSION PARAMETERS-----\nMA==\n-----END SSL SESSION PARAMETERS-----\n',
      /left alone.*session of OpenSSL/,
      /不读写.*OpenSSL 的会话/,
    ],
  ] as const)('that is %s is warned of, even without -v, and left as it was', async (_what, content, en, zh) => {
    await serving(['--tls-max', '1.2'], async ({ port }) => {
      const file = newFile();
      writeFileSync(file, content);
      for (const [lang, pattern] of [
        ['en', en],
        ['zh', zh],
      ] as const) {
        const args = ['--lang', lang, '--session', file, '--cacert', trust.caFile, `https://localhost:${port}/`];
        const { code, stdout, stderr } = await glasstls(args);
        expect(code).toBe(0);
        expect(stdout).toContain('session: new');
        expect(lang === 'en' ? stderr.replaceAll('\n', ' ') : stderr.replaceAll('\n', '')).toMatch(pattern);
        expect(readFileSync(file, 'utf8')).toBe(content);
        expect((await glasstls(['-s', ...args])).stderr).toBe('');
      }
    });
  });

  test('that is a directory is left alone; one that cannot be made ends with 23, after the answer', async () => {
    await serving(['--tls-max', '1.2'], async ({ port }) => {
      const args = (file: string): string[] => [
        ...['--session', file, '--cacert', trust.caFile],
        `https://localhost:${port}/`,
      ];
      const directory = scratch('directory');
      expect(await glasstls(args(directory))).toMatchObject({ code: 0, stderr: expect.stringContaining('left alone') });
      const nowhere = await glasstls(args('/nonexistent/session'));
      expect(nowhere.stdout).toContain('session: new');
      expect(nowhere).toMatchObject({ code: 23, stderr: expect.stringContaining('(ENOENT)') });
      expect(existsSync('/nonexistent')).toBe(false);
    });
  });

  test('that is empty, damaged, or readable by all is replaced by a session that only its owner can read', async () => {
    await serving(['--tls-max', '1.2'], async ({ port }) => {
      const file = newFile();
      for (const [content, words] of [
        ['', 'holds none yet'],
        ['-----BEGIN GLASSTLS SESSION-----\nAAAA\n-----END GLASSTLS SESSION-----\n', 'written by another version'],
        ['-----BEGIN GLASSTLS SESSION-----\n!', 'written by another version'],
      ] as const) {
        writeFileSync(file, content);
        chmodSync(file, 0o644);
        const result = await visit(port, file);
        expect(said(result)[0]).toContain(words);
        expect(statSync(file).mode & 0o777).toBe(0o600);
        expect((await visit(port, file)).stdout).toContain('session: resumed');
      }
    });
  });

  test('is written when the answer fails too', async () => {
    await serving(['--tls-max', '1.2'], async ({ port }) => {
      const file = newFile();
      const args = ['--session', file, '--cacert', trust.caFile, '-o', '/nonexistent/body'];
      expect((await glasstls([...args, `https://localhost:${port}/`])).code).toBe(23);
      expect((await visit(port, file)).stdout).toContain('session: resumed');
    });
  });
});
