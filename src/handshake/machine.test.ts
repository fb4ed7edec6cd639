// The wiring of the tables is held by the compiler: here it is given small tables, right ones and ones with a single wrong
// cell, and must accept the first and refuse each of the others.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '..');
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');

/** A table of three states, and one line that may be wrong. */
const source = (line: string): string => `
import { u8 } from '${SRC}/codec/codec.ts';
import type { HandshakeContext } from '${SRC}/handshake/context.ts';
import { ignore, on, onAnswer, onSignal, type Table } from '${SRC}/handshake/machine.ts';
import type { VerdictNeed, Verdict } from '${SRC}/handshake/shared/needs.ts';

interface A { readonly name: 'a' }
interface B { readonly name: 'b'; readonly data: number }
interface C { readonly name: 'c'; readonly need: VerdictNeed }
const toB = (_context: HandshakeContext, _state: A, message: number): B => ({ name: 'b', data: message });
const toBorA = (_context: HandshakeContext, state: A, message: number): B | A => (message === 0 ? state : { name: 'b', data: 1 });
const fromB = (_context: HandshakeContext, state: B, message: number): B => ({ ...state, data: message });
const byText = (_context: HandshakeContext, _state: A, message: string): B => ({ name: 'b', data: message.length });
const signalled = (_context: HandshakeContext, _state: A): B => ({ name: 'b', data: 0 });
const judged = (_context: HandshakeContext, _state: C, _verdict: Verdict): A => ({ name: 'a' });
const closed = { reads: 'nothing', writes: 'nothing' } as const;
type S = A | B | C;
export const table: Table<S> = {
  a: { ...closed, on: { ${line.startsWith('a ') ? line.slice(2) : "finished: on(u8, toB, 'b')"} } },
  b: { ...closed, on: { ${line.startsWith('b ') ? line.slice(2) : 'change_cipher_spec: ignore'} } },
  ${line === 'no c' ? '' : `c: { ...closed, on: { ${line.startsWith('c ') ? line.slice(2) : "answer: onAnswer('verdict', judged, 'a')"} } },`}
  ${line.startsWith('extra ') ? line.slice(6) : ''}
};
export const unused = [on, onSignal, toBorA, fromB, byText, signalled, ignore];
`;

const RIGHT: readonly string[] = [
  "a finished: on(u8, toB, 'b')",
  "a finished: on(u8, toBorA, 'b', 'a')",
  "a start: onSignal(signalled, 'b')",
  "b finished: on(u8, fromB, 'b')",
];
const WRONG: Readonly<Record<string, string>> = {
  'a target that is not declared': "a finished: on(u8, toBorA, 'b')",
  'no target at all': 'a finished: on(u8, toB)',
  'a target that the handler never returns': "a finished: on(u8, toB, 'b', 'a')",
  'another target': "a finished: on(u8, toB, 'a')",
  'a target that is no state': "a finished: on(u8, toB, 'z')",
  'the handler of another state': "a finished: on(u8, fromB, 'b')",
  'a codec of another type': "a finished: on(u8, byText, 'b')",
  'a signal with a wrong target': "a start: onSignal(signalled, 'a')",
  'a signal without a target': 'a start: onSignal(signalled)',
  'an answer to another need': "c answer: onAnswer('signature', judged, 'a')",
  'an answer with a wrong target': "c answer: onAnswer('verdict', judged, 'b')",
  'an input that does not exist': "a client_goodbye: on(u8, toB, 'b')",
  'a state without a row': 'no c',
  'a row without a state': 'extra d: { ...closed, on: {} },',
};

describe('a wrong wiring of a table does not compile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glasstls-wiring-'));
  const compile = (lines: Readonly<Record<string, string>>): ReadonlySet<string> => {
    const files = Object.entries(lines).map(([name, line], i) => {
      const file = `case${i}.ts`;
      writeFileSync(join(folder, file), source(line));
      return [file, name] as const;
    });
    const base = resolve(SRC, '../tsconfig.base.json');
    const config = {
      extends: base,
      compilerOptions: { noEmit: true, rewriteRelativeImportExtensions: false, lib: ['ES2022'], types: [] },
      files: files.map(([file]) => file),
    };
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    let output = '';
    try {
      execFileSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { cwd: folder, encoding: 'utf8' });
    } catch (error) {
      output = String((error as { stdout?: unknown }).stdout);
    }
    const failed = new Set(Array.from(output.matchAll(/^(case\d+\.ts)\(/gm), (match) => match[1]));
    const strange = output.split('\n').filter((line) => /error TS/.test(line) && !line.startsWith('case'));
    expect(strange).toEqual([]);
    return new Set(files.filter(([file]) => failed.has(file)).map(([, name]) => name));
  };

  it('the right ones do, and each of the wrong ones does not', { timeout: 120_000 }, () => {
    const right = Object.fromEntries(RIGHT.map((line) => [line, line]));
    const failed = compile({ ...right, ...WRONG });
    rmSync(folder, { recursive: true, force: true });
    expect([...failed].sort()).toEqual(Object.keys(WRONG).sort());
  });

  it('the real tables are typed by it', () => {
    for (const role of ['client', 'server']) {
      const text = readFileSync(join(SRC, 'handshake', role, 'table.ts'), 'utf8');
      expect(text).toMatch(/export const (CLIENT|SERVER)_TABLE: Table<(Client|Server)State> = /);
      expect(text).not.toMatch(/\bas\b(?! const| tls1| resume12| exchange)/);
    }
  });
});
