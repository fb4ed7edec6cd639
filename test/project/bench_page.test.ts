// The page and the chart of the benchmark: what their script makes of a report, and that those in docs are made of the one there.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const { page, chart, REPORT } = (await import(join(ROOT, 'scripts/bench_page.mjs'))) as {
  page(report: unknown): string;
  chart(report: unknown): string;
  REPORT: string;
};

const handshake = (row: string, glasstls: number, native: number): object => ({
  row,
  figures: { glasstls, 'node:tls': native, 'glasstls, own context': 300, 'node:tls, own context': 600 },
  primitives: 50,
  tcp: 10,
  above: glasstls - 60,
});

const run = {
  node: '20.1.2',
  openssl: '3.0 <x>',
  rounds: 9,
  handshakes: [handshake('1.3 & more', 100, 200), { row: 'hybrid', without: 'no ML-KEM here' }],
  bulk: [
    {
      version: 'TLSv1.3',
      direction: 'client to server',
      write: 1024,
      figures: { glasstls: 90, 'node:tls': 100, ceiling: 95 },
    },
  ],
  memory: [{ version: 'TLSv1.3', first: 10, more: 20, glasstls: 10_000, 'node:tls': 40_000 }],
  others: [{ row: '1.2', figures: { glasstls: 1, 'node:tls': 2 }, without: { other: 'speaks 1.3 alone' } }],
  limits: { other: 'a client alone' },
};
const report = { date: '2026-01-02', processor: 'one', runs: [run, { ...run, node: '24.1.0', others: [] }] };

describe('the page', () => {
  test('has every row with its ratio, and says why one is missing', () => {
    const text = page(report);
    for (const line of [
      '| 1.3 & more | 100 | 200 | 0.50 | 50 | 10 | 40 | 300 | 600 | 0.50 |',
      '| 1.3, client to server, 1024 B writes | 90 | 100 | 0.90 | 95 |',
      '| 1.3, from 10 connections to 30 | 10000 | 40000 | 0.25 |',
      '| 1.2 | 1 | 2 | speaks 1.3 alone |',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).toMatch(/\| hybrid \| not run: no ML-KEM here \|/);
    expect(text.match(/^## Node/gm)?.length).toBe(2);
    expect(text).toContain('other: a client alone.');
  });

  test('every row of a table has as many cells as its head', () => {
    const blocks = page(report)
      .split('\n\n')
      .filter((block) => block.startsWith('|'));
    expect(blocks.length).toBe(7);
    for (const block of blocks)
      expect(
        new Set(
          block
            .trim()
            .split('\n')
            .map((line) => line.split('|').length),
        ).size,
      ).toBe(1);
  });
});

describe('the chart', () => {
  test('has bars to scale and the floor, for what was run, in the colours of either scheme', () => {
    const svg = chart(report);
    const widths = [...svg.matchAll(/class="([ab])" x="170" y="\d+" width="([\d.]+)"/g)].map(([, bar, w]) => [
      bar,
      Number(w),
    ]);
    expect(widths.map(([bar]) => bar)).toEqual(['a', 'b', 'a', 'b']);
    const [[, ours], [, native]] = widths as [[string, number], [string, number]];
    expect(native / ours).toBeCloseTo(2, 2);
    expect(svg.match(/<path class="f"/g)?.length).toBe(3);
    expect(svg).toContain('prefers-color-scheme:dark');
  });

  test('is XML: what stands in it is escaped, and every element is closed', () => {
    const svg = chart(report);
    expect(svg).toContain('OpenSSL 3.0 &lt;x&gt;');
    expect(svg).toContain('1.3 &amp; more');
    for (const name of ['svg', 'text', 'title', 'style']) {
      expect(svg.split(`<${name}`).length, name).toBe(svg.split(`</${name}>`).length);
    }
  });
});

test('docs/bench.md and docs/bench.svg are made of docs/bench.json, or there is none of the three', () => {
  const made = ['bench.md', 'bench.svg'].map((name) => join(ROOT, 'docs', name));
  const texts = made.map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined));
  const kept: unknown = existsSync(REPORT) ? JSON.parse(readFileSync(REPORT, 'utf8')) : undefined;
  expect(texts).toEqual(kept === undefined ? [undefined, undefined] : [page(kept), chart(kept)]);
});
