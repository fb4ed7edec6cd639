// The README's examples are files of examples/, shown whole; each runs here as a user would run it.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const EXPECTED: Readonly<Record<string, RegExp>> = {
  'https.mjs': /^TLSv1\.3 TLS_AES_128_GCM_SHA256 x25519\nhello over glasstls\n$/,
  'resume.mjs': /^full: "hello", 0 bytes of it early\nresumed: "hello", 5 bytes of it early\n$/,
  'engine.mjs': /--> client_hello\n<-- server_hello\n[\s\S]*client: connected_13 - server: connected_13\n$/,
};
const examples = readdirSync(join(ROOT, 'examples'));
const codeBlocks = (file: string): string[] =>
  [...readFileSync(join(ROOT, file), 'utf8').matchAll(/```js\n([\s\S]*?)```/g)].map((match) => match[1] as string);

describe('examples', () => {
  it.each(examples)('%s runs and prints what it says', (name) => {
    const output = execFileSync(process.execPath, [join(ROOT, 'examples', name)], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect(output).toMatch(EXPECTED[name] ?? /^never$/);
  });

  it.each(['README.md', 'README.zh-CN.md'])('%s shows them unchanged', (file) => {
    const files = examples.map((name) => readFileSync(join(ROOT, 'examples', name), 'utf8'));
    const blocks = codeBlocks(file);
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) expect(files).toContain(block);
  });
});
