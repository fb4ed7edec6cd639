// In a pseudo-terminal: colours, the terminal's own width, and what a server sends does not steer the terminal.

import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { displayWidth } from '../../src/inspect/lines.ts';
import { nodeServer } from '../peers/node_tls.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { type CommandResult, inTerminal } from './command.ts';

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
