// In a pseudo-terminal: colours, the terminal's own width, and what a server sends does not steer the terminal.

import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { displayWidth } from '../../src/inspect/lines.ts';
import { describePeer } from '../peers/available.ts';
import { nodeServer } from '../peers/node_tls.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { type CommandResult, glasstls, inTerminal, startInTerminal } from './command.ts';

const ESC = String.fromCharCode(27);
let trust: Pki;

beforeAll(async () => {
  trust = await pki();
});

async function answering(answer: Buffer, args: readonly string[]): Promise<CommandResult> {
  const server = await nodeServer({
    identity: trust.leaf('p256'),
    onConnection: (socket) => socket.once('data', () => socket.end(answer)),
  });
  try {
    return await inTerminal([...args, '--cacert', trust.caFile, `https://localhost:${server.port}/`], 80);
  } finally {
    await server.stop();
  }
}

describe('the lesson', () => {
  test.each([
    [80, 'en'],
    [100, 'zh'],
    [120, 'en'],
    [120, 'zh'],
  ] as const)('fills a terminal of %i columns (%s), in colour', async (columns, lang) => {
    const { code, stdout } = await inTerminal(['demo', '--lang', lang], columns);
    expect(code).toBe(0);
    expect(stdout).toContain(`${ESC}[`);
    const widths = stripVTControlCharacters(stdout).split('\n').map(displayWidth);
    expect(Math.max(...widths)).toBe(columns);
  });

  test('NO_COLOR and TERM=dumb take the colours away', async () => {
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      const { stdout } = await inTerminal(['demo', '--chapter', 'rsa'], 80, env);
      expect(stdout).toContain('ClientHello');
      expect(stdout).not.toContain(ESC);
    }
  });
});

describe('the pager', () => {
  const marked = { PAGER: 'sed "s/^/paged: /"' };

  test('PAGER takes what is longer than the terminal, with its colours', async () => {
    const { code, stdout } = await inTerminal(['demo', '--chapter', 'rsa'], 80, marked);
    expect(code).toBe(0);
    expect(stdout).toContain(`paged: ${ESC}[`);
    expect(stdout.split('\n').filter((line) => !line.startsWith('paged: ') && line.trim() !== '')).toEqual([]);
  });

  test('not what fits, not with --no-pager, not in a pipe, not with PAGER=cat', async () => {
    for (const args of [
      ['demo', '--list'],
      ['demo', '--chapter', 'rsa', '--no-pager'],
    ]) {
      expect((await inTerminal(args, 80, marked)).stdout).not.toContain('paged: ');
    }
    expect((await glasstls(['demo', '--chapter', 'rsa'], { env: marked })).stdout).not.toContain('paged: ');
    const { stdout } = await inTerminal(['demo', '--chapter', 'rsa'], 80, { PAGER: ' cat ' });
    expect(stdout).toContain('ClientHello');
  });

  test('one that does not start costs nothing: the text is written; one that ends early is no fault', async () => {
    const { code, stdout } = await inTerminal(['demo', '--chapter', 'rsa'], 80, { PAGER: 'no-such-pager' });
    expect([code, stdout.includes('ClientHello')]).toEqual([0, true]);
    expect(await inTerminal(['demo', '--chapter', 'all'], 80, { PAGER: 'head -1' })).toMatchObject({ code: 0 });
  });

  describePeer('less', 'without PAGER', () => {
    test('less stops behind the first screen, shows colours, and q ends it', async () => {
      const terminal = await startInTerminal(['demo', '--chapter', 'rsa'], 80, {
        PAGER: '',
        LESS: '',
        LC_ALL: 'C.UTF-8',
      });
      const screen = (): string => terminal.stdout().toString('utf8');
      const until = async (text: string): Promise<void> => {
        while (!screen().includes(text) && !terminal.ended) await sleep(10);
      };
      await until(`:${ESC}[K`);
      const first = screen();
      expect(first).toContain(`${ESC}[`);
      expect(first.split('\n').length).toBeLessThan(60);
      terminal.child.stdin.write(' ');
      while (screen().length < 1.5 * first.length && !terminal.ended) await sleep(10);
      terminal.child.stdin.write('q');
      expect((await terminal.result()).code).toBe(0);
      expect(screen().split('\n').length).toBeLessThan(160);
    });
  });
});

describe('an answer', () => {
  test('headers that -i shows in a terminal are escaped', async () => {
    const answer = Buffer.from('HTTP/1.1 200 OK\r\nX-Evil: \u009b31mred\r\nContent-Length: 3\r\n\r\nhi\n', 'latin1');
    const { code, stdout } = await answering(answer, ['-i']);
    expect(stdout).toContain('X-Evil: ');
    expect(stdout).toContain('hi\n');
    expect(stdout).not.toMatch(/[\u0080-\u009f\ufffd]/);
    expect(code).toBe(0);
  });

  test('a binary body is not poured into a terminal: exit code 23', async () => {
    const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\0\x01\x02\x03', 'latin1');
    const { code, stdout } = await answering(answer, []);
    expect(stdout).toContain('Use -o FILE');
    expect(stdout).not.toContain('\0');
    expect(code).toBe(23);
  });
});
