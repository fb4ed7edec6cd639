// Progress on long files: said on a terminal (a pseudo-terminal of util-linux' script), over again on one line, gone before anything is
// shown; and in pipes not at all.

import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { block, interfaceBlock, sectionBlock } from '../../src/capture/testing/frames.ts';
import { run } from '../peers/process.ts';
import { scratch } from '../peers/run_dir.ts';
import { commandFile, glasstls } from './command.ts';

const dir = scratch('progress');
const long = join(dir, 'long.pcapng');
const MEGABYTES = 200;
/** A block that nobody knows, of a megabyte; written sparsely. */
const BLOCK = 2 ** 20;

const hasScript = spawnSync('script', ['--version']).status === 0;
if (!hasScript) console.warn('script (util-linux) is not installed: progress on a terminal is not tested');

beforeAll(() => {
  const file = openSync(long, 'w');
  let at = writeSync(file, Buffer.concat([sectionBlock(), interfaceBlock(1)]));
  const [head] = [block(0x0bad, new Uint8Array(BLOCK - 12)).subarray(0, 8)];
  for (let i = 0; i < MEGABYTES; i++, at += BLOCK) {
    writeSync(file, head, 0, 8, at);
    writeSync(file, head, 4, 4, at + BLOCK - 4);
  }
  closeSync(file);
});

const onTerminal = async (rest: string): Promise<string> => {
  const command = `'${process.execPath}' '${await commandFile()}' decode '${long}' ${rest}`;
  const { stdout } = await run('script', ['-qec', command, '/dev/null'], {
    lifetime: 60_000,
    env: { LANG: 'C.UTF-8' },
  });
  return stdout.toString();
};

describe('decode of a long file', () => {
  test.skipIf(!hasScript)('on a terminal: how far it is, and at the end no trace of it', async () => {
    for (const rest of ['', `> '${join(dir, 'out')}'`]) {
      const said = await onTerminal(rest);
      expect(said).toMatch(/\rlooking for secrets: 6[4-9] MB of 210 MB/);
      expect(said).toMatch(/\r6[4-9] MB of 210 MB/);
      expect(said).toMatch(/\r19\d MB of 210 MB/);
      // What stands there at last stands on a line that was cleared.
      expect(said).toMatch(/\r +\r\r*glasstls: 0 packets and no TLS in them/);
    }
    expect(readFileSync(join(dir, 'out'), 'utf8')).toBe('');
  });

  test('in pipes: nothing of it, neither from a file nor from standard input', async () => {
    const piped = await glasstls(['decode', long]);
    expect([piped.stdout, piped.stderr]).toEqual(['', expect.stringMatching(/^glasstls: 0 packets[^\r]*\n$/)]);
    const command = `'${process.execPath}' '${await commandFile()}' decode - < '${long}'`;
    const { stderr } = await run('sh', ['-c', command], { lifetime: 60_000 });
    expect(stderr).not.toMatch(/MB|\r/);
  });
});
