// What is made from the table of flags besides help: completions for three shells and the manual page. And what `--version` loads: nothing
// that it does not need, so that it is there at once.

import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { CHOICES, FORMS } from '../../src/cli/choices.ts';
import { completionScript } from '../../src/cli/completions.ts';
import { flagRows } from '../../src/cli/flags.ts';
import { manPage } from '../../src/cli/man.ts';
import { SHELLS } from '../../src/cli/texts/help.ts';
import { packageVersion } from '../../src/cli/version.ts';
import { describePeer } from '../peers/available.ts';
import { Running, run } from '../peers/process.ts';
import { scratch } from '../peers/run_dir.ts';
import { glasstls } from './command.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** Unfinished lines, and what their last word may become; one file, `capture.pcapng`, lies in the folder. */
const LINES: readonly (readonly [line: string, becomes: readonly string[]])[] = [
  ['ser', ['serve']],
  ['', ['completions', 'connect', 'decode', 'demo', 'explain', 'help', 'serve', 'version']],
  ['--tls-m', ['--tls-max']],
  ['-v --tlsv', ['--tlsv1.2', '--tlsv1.3']],
  ['serve --ca', ['--ca-out']],
  ['--starttls p', ['pop3', 'postgres']],
  ['-v --lang ', ['en', 'zh']],
  ['--cacert capt', ['capture.pcapng']],
  ['decode capt', ['capture.pcapng']],
  ['decode --ty', ['--type']],
  ['decode --format ', ['curl', 'fields', 'json', 'ladder', 'wireshark']],
  ['--format ', ['curl', 'json', 'ladder', 'openssl', 'wireshark']],
  ['demo --chapter re', ['resumed', 'retry']],
  ['explain --', ['--help', '--lang', '--version']],
  ['completions ', ['bash', 'fish', 'zsh']],
  ['help ex', ['exit-codes', 'explain']],
];

function folder(): string {
  const dir = scratch('completions');
  writeFileSync(join(dir, 'capture.pcapng'), '');
  return dir;
}

const words = (text: string): readonly string[] => text.split(/\s+/).filter((one) => one !== '');

describe('completions', () => {
  test.each(LINES)('bash: %j', async (line, becomes) => {
    const typed = line.split(' ').map((word) => `'${word}'`);
    const script = `eval "$(cat)"; COMP_WORDS=(glasstls ${typed.join(' ')}); COMP_CWORD=${typed.length}; _glasstls; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const options = { input: completionScript('bash', 'en'), cwd: folder() };
    const { stdout, stderr } = await run('bash', ['-c', script], options);
    expect(stderr).toBe('');
    expect(
      words(stdout.toString('utf8'))
        .filter((one) => isOffered(line, one))
        .sort(),
    ).toEqual(becomes);
  });

  describePeer('fish', 'in a real shell', () => {
    test.each(['en', 'zh'] as const)('fish loads them and completes (%s)', async (lang) => {
      const dir = folder();
      writeFileSync(join(dir, 'glasstls.fish'), completionScript('fish', lang));
      const asks = LINES.map(([line]) => `echo "= ${line}"; complete -C "glasstls ${line}"`).join('; ');
      const { stdout, stderr } = await run('fish', ['--no-config', '-c', `source glasstls.fish; ${asks}`], {
        cwd: dir,
        env: { HOME: dir, LC_ALL: 'C.UTF-8' },
      });
      expect(stderr).toBe('');
      const answers = new Map(
        stdout
          .toString('utf8')
          .split(/^= /m)
          .slice(1)
          .map((part) => {
            const [line = '', ...offered] = part.split('\n');
            return [line, offered.map((one) => one.split('\t')[0] ?? '').filter((one) => isOffered(line, one))];
          }),
      );
      for (const [line, becomes] of LINES) expect(answers.get(line)?.sort(), line).toEqual(becomes);
    });
  });

  describePeer('zsh', 'in a real shell', () => {
    test.each([
      ['from a folder of fpath', 'fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D'],
      ['sourced', 'autoload -Uz compinit; compinit -u -D; source ./_glasstls'],
    ])('zsh loads them and completes, %s', async (_how, load) => {
      const dir = folder();
      writeFileSync(join(dir, '_glasstls'), completionScript('zsh', 'en'));
      // Every match is put into the line, which is then printed instead of run.
      const setUp = [
        ...["PS1='READY '", 'bindkey -e', 'unset zle_bracketed_paste', load, "zstyle ':completion:*' insert-tab false"],
        ...['all() { compstate[insert]=all }', 'precmd() { comppostfuncs=(all) }'],
      ];
      writeFileSync(join(dir, '.zshrc'), setUp.join('\n'));
      const shell = new Running('script', ['-qec', 'stty cols 2000; exec zsh -d -i', '/dev/null'], {
        cwd: dir,
        env: { HOME: dir, ZDOTDIR: dir, TERM: 'xterm', SHELL: '/bin/sh', LC_ALL: 'C.UTF-8' },
        lifetime: 20_000,
      });
      const printed = (): RegExpMatchArray[] => [
        ...stripVTControlCharacters(shell.stdout().toString('utf8')).matchAll(/^MARK glasstls(.*?)\r*$/gm),
      ];
      const until = async (holds: () => boolean): Promise<void> => {
        while (!holds() && !shell.ended) await sleep(10);
      };
      await until(() => shell.stdout().includes('READY '));
      for (const [i, [line]] of LINES.entries()) {
        shell.child.stdin.write(`glasstls ${line}\t\u0001print -r -- MARK \r`);
        await until(() => printed().length > i);
      }
      await shell.stop();
      const answers = printed().map(([, text = '']) => words(text));
      expect(answers).toHaveLength(LINES.length);
      LINES.forEach(([line, becomes], i) => {
        const before = words(line.replace(/\S*$/, ''));
        expect(answers[i]?.slice(0, before.length), line).toEqual(before);
        expect(
          [...(answers[i]?.slice(before.length) ?? [])].filter((one) => isOffered(line, one)).sort(),
          line,
        ).toEqual(becomes);
      });
    });
  });

  test('every flag of a command is offered, with its letter', () => {
    for (const shell of SHELLS) {
      const script = completionScript(shell, 'en');
      for (const { name, short } of flagRows) {
        expect(script).toContain(shell === 'fish' ? `-l ${name}` : `--${name}`);
        if (short !== undefined)
          expect(script).toMatch(new RegExp(shell === 'fish' ? ` -s ${short}\\b` : `-${short}\\b`));
      }
    }
  });

  test('words that are offered are those that the command takes, and no others', async () => {
    const url = 'https://localhost:1/';
    for (const name of ['tls-max', 'policy', 'provider', 'starttls', 'lang'] as const) {
      const { stderr } = await glasstls([`--${name}`, 'nosuch', url]);
      expect(stderr, name).toContain(`--${name} is one of ${CHOICES[name].join(', ')}, not "nosuch"`);
    }
    expect((await glasstls(['demo', '--chapter', 'nosuch'])).stderr).toContain(CHOICES.chapter.join(', '));
    expect((await glasstls(['--format', 'nosuch', url])).stderr).toContain(FORMS.connect.join(', '));
    expect((await glasstls(['decode', '--format', 'nosuch', 'x'])).stderr).toContain(FORMS.decode.join(', '));
  });

  test('a form of the other command is told to be that', async () => {
    expect(await glasstls(['--format', 'fields', 'https://localhost:1/'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--format fields is for glasstls decode; glasstls connect draws curl, openssl'),
    });
    expect(await glasstls(['decode', '--format', 'openssl', 'x', '--lang', 'zh'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('只用于 glasstls connect'),
    });
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

/** Where a command may begin or flags may stand, bash and fish offer everything: what is asked for here is its beginning. */
function isOffered(line: string, word: string): boolean {
  const last = line.split(' ').at(-1) ?? '';
  return word !== '' && word.startsWith(last) && (last.startsWith('-') || !word.startsWith('-'));
}

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
