// The plan of the house, held against the import lines: who may import whom. A new room needs a row here, and a reason in
// ARCHITECTURE.md.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../src');

/** Each room, and the rooms that it may import besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  bytes: [],
  codec: ['bytes'],
  wire: ['bytes', 'codec'],
  crypto: ['bytes'],
  providers: ['bytes', 'crypto'],
  x509: ['bytes', 'codec', 'crypto'],
  record: ['bytes', 'crypto', 'wire'],
  handshake: ['bytes', 'codec', 'wire', 'crypto'],
  engine: ['bytes', 'codec', 'wire', 'crypto', 'record', 'handshake'],
  host: ['bytes', 'crypto', 'wire', 'handshake', 'engine', 'x509'],
  inspect: ['bytes', 'codec', 'wire', 'crypto', 'engine', 'x509'],
  capture: ['bytes', 'codec', 'wire', 'crypto', 'record', 'x509', 'inspect'],
  node: ['bytes', 'crypto', 'wire', 'handshake', 'engine', 'host', 'x509', 'providers'],
  web: ['bytes', 'crypto', 'wire', 'handshake', 'engine', 'host', 'x509'],
  cli: [
    'bytes',
    'codec',
    'crypto',
    'wire',
    'handshake',
    'engine',
    'host',
    'x509',
    'providers',
    'inspect',
    'capture',
    'node',
  ],
};

/** Packages and Node modules: who may import them at all. */
const OUTSIDE: readonly { readonly pattern: RegExp; readonly rooms: readonly string[] }[] = [
  { pattern: /^node:/, rooms: ['node', 'cli'] },
  { pattern: /^@noble\//, rooms: [] },
  { pattern: /^get-east-asian-width$/, rooms: ['inspect', 'cli'] },
];

/** Files whose purpose is a backend. */
const BACKENDS: readonly { readonly file: RegExp; readonly pattern: RegExp }[] = [
  { file: /^providers\/node\w*\.ts$/, pattern: /^node:/ },
  { file: /^providers\/noble\w*\.ts$/, pattern: /^@noble\// },
];

/** Barrel files are the public indexes of the package's exports, and nothing else. */
const INDEXES = ['', 'wire/', 'x509/', 'host/', 'inspect/', 'capture/', 'node/', 'web/'].map(
  (room) => `${room}index.ts`,
);

interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'testing' ? [] : sources(path);
    return entry.name.endsWith('.ts') && !entry.name.includes('.test') ? [path] : [];
  });
}

const IMPORT = /^(?:import|export)\s(?:type\s)?[^;'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|import\('([^']+)'\)/gms;

const files = sources(SRC);
const imports: Import[] = files.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(IMPORT)].map((match) => ({
    file: relative(SRC, file),
    target: (match[1] ?? match[2] ?? match[3]) as string,
    typeOnly: /^(?:import|export)\s+type\s/.test(match[0]),
  })),
);

const roomOf = (path: string): string => (path.includes('/') ? (path.split('/')[0] as string) : '');

describe('the rooms of the house', () => {
  it('reads the imports of every file', () => {
    expect(files.length).toBeGreaterThan(60);
    expect(imports.length).toBeGreaterThan(200);
  });

  it('imports only the rooms below', () => {
    const wrong = imports.flatMap(({ file, target }) => {
      if (!target.startsWith('.')) return [];
      const from = roomOf(file);
      const to = roomOf(relative(SRC, resolve(SRC, dirname(file), target)));
      // The public index of the engine may show anything below it.
      const allowed = from === '' ? MAY_IMPORT.engine?.concat('engine') : MAY_IMPORT[from]?.concat(from);
      return allowed?.includes(to) ? [] : [`${file} imports ${target}`];
    });
    expect(wrong).toEqual([]);
  });

  it('imports Node and packages only where that is the purpose', () => {
    const wrong = imports.flatMap(({ file, target }) => {
      if (target.startsWith('.')) return [];
      const rule = OUTSIDE.find(({ pattern }) => pattern.test(target));
      const backend = BACKENDS.some((one) => one.file.test(file) && one.pattern.test(target));
      return backend || rule?.rooms.includes(roomOf(file)) ? [] : [`${file} imports ${target}`];
    });
    expect(wrong).toEqual([]);
  });

  it('has no barrel files but the public indexes', () => {
    const indexes = files.map((file) => relative(SRC, file)).filter((file) => file.endsWith('index.ts'));
    expect(indexes.filter((file) => !INDEXES.includes(file))).toEqual([]);
    const throughIndex = imports.filter(
      ({ file, target }) =>
        target.startsWith('.') && target.endsWith('index.ts') && !['cli', 'inspect'].includes(roomOf(file)),
    );
    expect(throughIndex.filter(({ file }) => !INDEXES.includes(file))).toEqual([]);
  });

  it('has no cycles between files', () => {
    const graph = new Map<string, string[]>();
    for (const { file, target, typeOnly } of imports) {
      if (!target.startsWith('.') || typeOnly) continue;
      const to = relative(SRC, resolve(SRC, dirname(file), target));
      graph.set(file, [...(graph.get(file) ?? []), to]);
    }
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (state.get(file) === 'done') return;
      if (state.get(file) === 'open') {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
        return;
      }
      state.set(file, 'open');
      for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
      state.set(file, 'done');
    };
    for (const file of graph.keys()) visit(file, []);
    expect(cycles).toEqual([]);
  });
});
