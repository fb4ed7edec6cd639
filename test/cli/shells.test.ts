// What is made from the table of flags besides help: completions for three shells and the manual page. And what `--version` loads: nothing
// that it does not need, so that it is there at once.

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { completionScript, SHELLS, wordsOf } from '../../src/cli/completions.ts';
import { flagRows } from '../../src/cli/flags.ts';
import { manPage } from '../../src/cli/man.ts';
import { packageVersion } from '../../src/cli/version.ts';
import { run } from '../peers/process.ts';
import { glasstls } from './command.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** What bash completes of a line whose last word is unfinished. */
async function completed(...words: readonly string[]): Promise<readonly string[]> {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const line = `eval "$(cat)"; COMP_WORDS=(glasstls ${quoted}); COMP_CWORD=${words.length}; _glasstls; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { code, stdout, stderr } = await run('bash', ['-c', line], { input: completionScript('bash', 'en') });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout
    .toString('utf8')
    .split('\n')
    .filter((one) => one !== '');
}

describe('completions', () => {
  test('bash: commands, flags of the command, words of a flag, files', async () => {
    expect(await completed('ser')).toEqual(['serve']);
    expect(await completed('--tls-m')).toEqual(['--tls-max']);
    expect(await completed('serve', '--ca')).toEqual(['--ca-out']);
    expect(await completed('--ca')).toEqual(expect.arrayContaining(['--cacert', '--capath', '--ca-native']));
    expect(await completed('--starttls', 'p')).toEqual(['pop3', 'postgres']);
    expect(await completed('-v', '--lang', '')).toEqual(['en', 'zh']);
    expect(await completed('--cacert', join(ROOT, 'package.j'))).toEqual([join(ROOT, 'package.json')]);
    expect(await completed('help', 'exit')).toEqual(['exit-codes']);
  });

  test.each(SHELLS)('%s: every flag is there, with its letter', (shell) => {
    const script = completionScript(shell, 'en');
    for (const { name, short } of flagRows) {
      expect(script).toContain(shell === 'fish' ? `-l ${name}` : `--${name}`);
      if (short !== undefined)
        expect(script).toMatch(new RegExp(shell === 'fish' ? ` -s ${short}\\b` : `-${short}\\b`));
    }
  });

  test('words that a flag takes are those that the command takes', async () => {
    for (const flag of flagRows) {
      for (const word of wordsOf(flag)) {
        if (!['format', 'starttls', 'tls-max', 'policy', 'provider', 'lang'].includes(flag.name)) continue;
        const { stderr } = await glasstls([`--${flag.name}`, word, '--nosuch']);
        expect(stderr, `${flag.name} ${word}`).toContain('--nosuch');
      }
      if (flag.name !== 'format' && flag.name !== 'starttls') continue;
      const { stderr } = await glasstls([`--${flag.name}`, 'nosuch', 'localhost']);
      expect(stderr).toContain(wordsOf(flag).join(', '));
    }
  });

  test('the command prints them, in Chinese too; another shell is exit code 2', async () => {
    expect(await glasstls(['completions', 'bash'])).toMatchObject({ code: 0, stdout: completionScript('bash', 'en') });
    expect((await glasstls(['completions', 'fish', '--lang', 'zh'])).stdout).toContain('跟随重定向');
    expect(await glasstls(['completions', 'tcsh'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('bash, zsh, fish'),
    });
  });
});

describe('the manual page', () => {
  test('docs/glasstls.1 is what the tables say: `glasstls help man > docs/glasstls.1` renews it', async () => {
    const page = manPage(packageVersion());
    expect(readFileSync(join(ROOT, 'docs/glasstls.1'), 'utf8')).toBe(page);
    expect((await glasstls(['help', 'man'])).stdout).toBe(page);
  });

  test('every flag and exit code has its place, and no line begins with an unknown request', () => {
    const page = manPage('1.2.3');
    for (const { name } of flagRows) expect(page).toContain(`--${name}`.replaceAll('-', '\\-'));
    for (const line of page.split('\n')) expect(line).toMatch(/^(?!['.])|^\.(?:TH|SH|SS|TP|B|BR|br)\b/);
    expect(manPage('1', 'zh')).toContain('环境');
  });

  test('groff reads it without a warning, where there is one', async () => {
    const { code, stderr, stdout } = await run('groff', ['-man', '-Tutf8', '-ww'], { input: manPage('1.2.3') });
    if (/ENOENT|failed to run command/.test(stderr)) return console.log('skipped: no groff here');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout.toString('utf8')).toMatch(/^GLASSTLS\(1\)/);
  });
});

test('help of a topic has its examples', async () => {
  const { stdout } = await glasstls(['help', 'output']);
  expect(stdout).toContain('Examples');
  expect(stdout).toContain('glasstls --format ladder');
});

test('--version loads the table of flags and nothing of TLS', async () => {
  const { metafile } = await build({
    entryPoints: ['version', 'arguments', 'text', 'main'].map((name) => join(ROOT, `src/cli/${name}.ts`)),
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    outdir: join(ROOT, 'nowhere'),
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  const outputs = Object.entries(metafile.outputs);
  const loaded = new Set<string>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const { path, kind } of metafile.outputs[file]?.imports ?? []) if (kind === 'import-statement') load(path);
  };
  for (const [file, { entryPoint }] of outputs) {
    if (/src\/cli\/(?:version|arguments|text|main)\.ts$/.test(entryPoint ?? '')) load(file);
  }
  const sources = [...loaded].flatMap((file) => Object.keys(metafile.outputs[file]?.inputs ?? {}));
  const rooms = new Set(sources.map((source) => /src\/(\w+)\//.exec(source)?.[1]));
  expect(sources.length).toBeGreaterThan(4);
  expect(rooms).toEqual(new Set(['cli', 'engine']));
  expect(sources.filter((source) => source.includes('src/engine/'))).toEqual([expect.stringMatching(/suggest\.ts$/)]);
});
