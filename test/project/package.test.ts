// What users get: the packed tarball installs in an empty folder, every subpath export loads, and its types resolve. What
// an optional peer dependency is for loads once that is installed; nothing else may need it.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  name: string;
  exports: Record<string, unknown>;
  peerDependencies: Record<string, string>;
};
const entries = Object.keys(manifest.exports).filter((path) => !path.endsWith('.json'));
const NEEDS_PEER = ['./providers/mlkem'];
const specifier = (path: string): string => `${manifest.name}${path.slice(1)}`;

const folder = mkdtempSync(join(tmpdir(), 'glasstls-package-'));
const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

let packed: { filename: string; files: { path: string }[] };

beforeAll(() => {
  const report = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // npm 11 gives a list, npm 12 an object by name.
  packed = Object.values(JSON.parse(report) as object)[0] as typeof packed;
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  run('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', `./${packed.filename}`);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packed tarball', () => {
  it('holds the compiled code and the documents, and no tests or sources', () => {
    const paths = packed.files.map(({ path }) => path);
    for (const wanted of ['dist/index.js', 'dist/index.d.ts', 'dist/cli/main.js', 'README.md', 'LICENSE']) {
      expect(paths).toContain(wanted);
    }
    expect(paths.filter((path) => /\.test\.|^src\/|^test\//.test(path))).toEqual([]);
  });

  const load = (path: string): number => {
    const script = `import * as all from ${JSON.stringify(specifier(path))}; console.log(Object.keys(all).length)`;
    return Number(run(process.execPath, '--input-type=module', '--eval', script));
  };

  it.each(entries.filter((path) => !NEEDS_PEER.includes(path)))('%s loads', (path) => {
    expect(load(path)).toBeGreaterThan(0);
  });

  it('has types that resolve in a strict project of its own', () => {
    const names = entries.map((_, index) => `entry${index}`);
    const lines = entries.map((path, index) => `import * as ${names[index]} from '${specifier(path)}';`);
    writeFileSync(join(folder, 'use.ts'), `${lines.join('\n')}\nexport const all = [${names.join(', ')}];\n`);
    const options = {
      compilerOptions: {
        strict: true,
        module: 'NodeNext',
        target: 'ES2022',
        noEmit: true,
        types: ['node'],
        typeRoots: [join(ROOT, 'node_modules/@types')],
      },
      files: ['use.ts'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options));
    expect(run(process.execPath, join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.')).toBe('');
  });

  it('has a command that runs', () => {
    expect(run(join(folder, 'node_modules/.bin/glasstls'), '--version')).toMatch(/glasstls \d+\.\d+\.\d+/);
  });

  it.each(NEEDS_PEER)(
    '%s loads with the optional peer dependencies, and only with them',
    { timeout: 120_000 },
    (path) => {
      expect(() => load(path)).toThrow(/ERR_MODULE_NOT_FOUND/);
      const peers = Object.entries(manifest.peerDependencies).map(([name, range]) => `${name}@${range}`);
      run('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', ...peers);
      expect(load(path)).toBeGreaterThan(0);
    },
  );
});
