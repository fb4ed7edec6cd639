// The core's unit tests and the golden handshakes in Chromium: each test file that needs nothing of Node's, bundled with what stands for
// vitest there, and run in a page. A file that does need Node does not bundle, and is left out by name.

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { type BuildFailure, build, type Plugin } from 'esbuild';
import { chromium } from 'playwright-core';
import { CHROMIUM } from '../../peers/chromium.ts';
import type { Results } from './browser_vitest.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const HERE = import.meta.dirname;
const GOLDEN = join(ROOT, 'test/golden');

export interface FileResult {
  readonly file: string;
  /** Undefined when it needs Node; then `needs` says what. */
  readonly results?: Results;
  readonly needs?: string;
}

/** Runs every test file of the core. `each` hears of each file as it ends. */
export async function inChromium(each: (result: FileResult) => void): Promise<string> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    for (const file of [...unitTests(), 'test/golden/golden.test.ts']) {
      const bundled = await bundle(file);
      if (bundled.code === undefined) {
        each({ file, needs: bundled.needs });
        continue;
      }
      const page = await browser.newPage();
      const broken: string[] = [];
      page.on('pageerror', ({ message }) => broken.push(message));
      await page.addScriptTag({ type: 'module', content: bundled.code });
      // A module that throws while it is loaded runs no test.
      if (broken.length > 0) {
        each({ file, needs: `it does not load: ${broken.join('; ')}` });
        await page.close();
        continue;
      }
      const results = await page.waitForFunction(
        () => {
          const { results } = globalThis as { readonly results?: Results };
          return results?.done ? results : undefined;
        },
        undefined,
        { timeout: 300_000 },
      );
      each({ file, results: (await results.jsonValue()) as Results });
      await page.close();
    }
    return browser.version();
  } finally {
    await browser.close();
  }
}

function unitTests(): string[] {
  return readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => join('src', path))
    .sort();
}

/** The file as one module, or what of Node's it needs. */
async function bundle(
  file: string,
): Promise<{ readonly code: string } | { readonly code?: undefined; readonly needs: string }> {
  try {
    const { outputFiles } = await build({
      stdin: {
        contents: `import './${file}'; import { run } from 'vitest'; run();`,
        resolveDir: ROOT,
        loader: 'ts',
      },
      bundle: true,
      // The package says that its modules have no effect by being loaded; its tests have.
      ignoreAnnotations: true,
      write: false,
      format: 'esm',
      target: 'es2022',
      platform: 'browser',
      logLevel: 'silent',
      define: {
        'import.meta.url': '"file:///test/support/here.ts"',
        'process.env': '{}',
        'process.versions': '{}',
        STORED_FILES: JSON.stringify(STORED),
      },
      plugins: [standIns],
    });
    return { code: outputFiles[0]?.text ?? '' };
  } catch (error) {
    return { needs: (error as BuildFailure).errors?.[0]?.text ?? String(error) };
  }
}

/** The golden sessions and the traces of RFC 8448, by file name. */
const STORED = Object.fromEntries(
  readdirSync(GOLDEN)
    .filter((name) => name.endsWith('.json'))
    .map((name) => [name, readFileSync(join(GOLDEN, name), 'utf8')]),
);

/** vitest's own modules are found from vitest. */
const fromVitest = createRequire(createRequire(import.meta.url).resolve('vitest'));

const standIns: Plugin = {
  name: 'stand-ins',
  setup({ onResolve }) {
    const standIn = (): { path: string } => ({ path: join(HERE, 'browser_stand_ins.ts') });
    onResolve({ filter: /^vitest$/ }, () => ({ path: join(HERE, 'browser_vitest.ts') }));
    onResolve({ filter: /^@vitest\/expect$/ }, () => ({ path: fromVitest.resolve('@vitest/expect') }));
    // Of Node's own modules only what the golden sessions and the traces of RFC 8448 are read with.
    onResolve({ filter: /^node:(crypto|fs|zlib)$/ }, ({ importer, path }) =>
      /test\/support\/(sessions|stored|rfc8448|zlib)\.ts$/.test(importer)
        ? standIn()
        : { errors: [{ text: `it needs ${path}` }] },
    );
    onResolve({ filter: /providers\/node\w*\.ts$|^\.\/node(_dh|_groups)?\.ts$/ }, standIn);
    onResolve({ filter: /^node:/ }, ({ path }) => ({ errors: [{ text: `it needs ${path}` }] }));
  },
};
