// The lines of the README's section on the command, in both languages, run as they stand: all but the port, which is a free one, and
// what the package manager does.

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../peers/process.ts';
import { scratch } from '../peers/run_dir.ts';
import { commandFile, startServe } from './command.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** What each line ends with; all others end with 0. */
const CODES: Readonly<Record<string, number>> = { '-v https://localhost:8443/': 60 };

describe.each(['README.md', 'README.zh-CN.md'])('%s', (file) => {
  const lines = [...readFileSync(join(ROOT, file), 'utf8').matchAll(/^npx glasstls (.*?)\s*(?:#.*)?$/gm)].map(
    ([, line = '']) => line.trim(),
  );

  test('every line of the command does what it says', async () => {
    const dir = scratch('readme');
    const [serve = '', ...others] = lines;
    expect(serve).toBe('serve --ca-out ca.pem');
    expect(others.length).toBeGreaterThan(5);
    const served = await startServe(['--ca-out', join(dir, 'ca.pem')], { lifetime: 60_000 });
    const command = await commandFile();
    try {
      for (const line of others) {
        const shell = `cd '${dir}' && '${process.execPath}' '${command}' ${line.replaceAll('8443', String(served.port))}`;
        for (const time of line.includes('--session') ? [1, 2] : [1]) {
          const { code, stderr } = await run('bash', ['-c', shell], { lifetime: 20_000, env: { LC_ALL: 'C.UTF-8' } });
          expect(code, `${line}\n${stderr}`).toBe(CODES[line] ?? 0);
          if (line.includes('--session')) expect(stderr).toContain('the newest one is in');
          if (time === 2) expect(stderr).toContain('Session: resumed');
        }
      }
    } finally {
      await served.end();
    }
  }, 90_000);
});
