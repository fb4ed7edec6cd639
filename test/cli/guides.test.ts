// The guides of docs/guides, in both languages: each line of the command runs as it stands (but for the port, which is a free one), each
// program of the library prints what the guide says, and both languages show the same.

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../peers/process.ts';
import { scratch } from '../peers/run_dir.ts';
import { commandFile, type Served, startServe } from './command.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'docs/guides');
const GUIDES = readdirSync(FOLDER).sort();

/** What each line ends with; all others end with 0. */
const CODES: Readonly<Record<string, number>> = {
  'https://localhost:8443/': 60,
  '--lang zh https://localhost:8443/': 60,
};
const PRINTED: Readonly<Record<string, RegExp>> = {
  'library.md': /^hello\nTLS 1\.3\n[\s\S]*ClientHello[\s\S]*1 round trip/,
  'library.zh-CN.md': /^hello\nTLS 1\.3\n[\s\S]*客户端[\s\S]*ClientHello/,
  'testing.md':
    /^CERT_HAS_EXPIRED expired\nINVALID_PURPOSE wrong_purpose\nERR_TLS_CERT_ALTNAME_INVALID name_mismatch\n$/,
  'testing.zh-CN.md': /expired\n.*wrong_purpose\n.*name_mismatch\n$/,
};

let served: Served;
let dir: string;
beforeAll(async () => {
  dir = scratch('guides');
  served = await startServe(['--ca-out', join(dir, 'ca.pem')], { lifetime: 240_000 });
});
afterAll(() => served.end());

const blocks = (file: string, language: string): string[] =>
  [...readFileSync(join(FOLDER, file), 'utf8').matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, block = '']) => block,
  );

describe.each(GUIDES)('%s', (file) => {
  test('every line of the command does what it says', async () => {
    const command = await commandFile();
    const lines = blocks(file, 'sh').flatMap((block) => block.trim().split('\n'));
    for (const line of lines) {
      const [, args = ''] = /^npx glasstls (.*)$/.exec(line) ?? [];
      expect(args, line).not.toBe('');
      const shell = `cd '${dir}' && '${process.execPath}' '${command}' ${args.replaceAll('8443', String(served.port))}`;
      const { code, stderr } = await run('bash', ['-c', shell], { lifetime: 30_000, env: { LC_ALL: 'C.UTF-8' } });
      expect(code, `${line}\n${stderr}`).toBe(CODES[args] ?? 0);
    }
  }, 120_000);

  test('every program runs and prints what the guide says', async () => {
    for (const program of blocks(file, 'js')) {
      const { code, stdout, stderr } = await run(process.execPath, ['--input-type=module'], {
        cwd: ROOT,
        input: program,
      });
      expect(stderr).toBe('');
      expect(code).toBe(0);
      expect(stdout.toString('utf8')).toMatch(PRINTED[file] ?? /^never$/);
    }
  });

  test('has its twin in the other language, with as many examples', () => {
    const twin = file.endsWith('.zh-CN.md') ? file.replace('.zh-CN.md', '.md') : file.replace(/\.md$/, '.zh-CN.md');
    expect(GUIDES).toContain(twin);
    const count = (one: string): number => blocks(one, 'sh').join('').split('\n').length;
    expect(count(file)).toBe(count(twin));
    expect(blocks(file, 'js').length).toBe(blocks(twin, 'js').length);
  });
});
