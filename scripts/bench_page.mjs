// docs/bench.md and docs/bench.svg out of docs/bench.json, which `npm run bench -- --save` writes. Without figures of its own:
// another run renews both. Usage: node scripts/bench_page.mjs

import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { tables } from '../bench/tables.mjs';

const DOCS = resolve(import.meta.dirname, '../docs');
export const REPORT = resolve(DOCS, 'bench.json');

/** Reads docs/bench.json, writes the others. */
export function writePage() {
  const report = JSON.parse(readFileSync(REPORT, 'utf8'));
  writeFileSync(resolve(DOCS, 'bench.md'), page(report));
  writeFileSync(resolve(DOCS, 'bench.svg'), chart(report));
}

export function page({ date, processor, runs }) {
  const cell = (text) => text.replaceAll('|', '\\|').replaceAll('*', '\\*');
  const table = ({ title, head, rows, note }) => [
    `### ${title}`,
    '',
    `| ${head.map(cell).join(' | ')} |`,
    `|${head.map((_, i) => (i === 0 ? '---|' : '--:|')).join('')}`,
    ...rows.map((cells) => `| ${[...cells, ...head.slice(cells.length).map(() => '')].map(cell).join(' | ')} |`),
    '',
    ...(note ? [cell(note), ''] : []),
  ];
  return [
    '# Benchmark',
    '',
    `Made by \`npm run bench -- --save\` on ${date} (${processor || 'a processor without a name'}).`,
    'Ratios count: absolute figures are those of one machine. What is compared is described at the head of the files in `bench/`.',
    '',
    '![CPU of a handshake](bench.svg)',
    '',
    ...runs.flatMap((run) => [
      `## Node ${run.node}, OpenSSL ${run.openssl}; medians of ${run.rounds} rounds taken in turns`,
      '',
      ...tables(run).flatMap(table),
    ]),
  ].join('\n');
}

const WIDTH = 760;
const LABEL = 170;
const BAR = 13;
const ROW = 2 * BAR + 16;
const HEAD = 34;
const TOP = 62;

/** Bars of CPU time for the handshakes of each run; a line in each bar shows how much of it no stack can do without. */
export function chart({ runs }) {
  const blocks = runs.map((run) => ({ ...run, rows: run.handshakes.filter(({ figures }) => figures !== undefined) }));
  const most = Math.max(...blocks.flatMap(({ rows }) => rows.flatMap(({ figures }) => both(figures))));
  const scale = (WIDTH - LABEL - 70) / most;
  const parts = [];
  let y = TOP;
  for (const { node, openssl, rows } of blocks) {
    parts.push(text('h', 0, y + 18, `Node ${node}, OpenSSL ${openssl}`));
    y += HEAD;
    for (const { row, figures, primitives, tcp } of rows) {
      parts.push(text('t', LABEL - 10, y + BAR + 5, row, 'end'));
      for (const [i, value] of both(figures).entries()) {
        const at = y + i * (BAR + 1);
        parts.push(rect(i === 0 ? 'a' : 'b', LABEL, at, value * scale, BAR));
        parts.push(text('v', LABEL + value * scale + 6, at + BAR - 2, `${value.toFixed(0)} us`));
      }
      const floor = LABEL + (primitives + tcp) * scale;
      parts.push(`<path class="f" d="M${floor.toFixed(1)} ${y - 2}V${y + 2 * BAR + 3}"/>`);
      y += ROW;
    }
  }
  const height = y + 10;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    '<title>CPU of a TLS handshake, both ends, glasstls beside node:tls</title>',
    `<style>${STYLE}</style>`,
    text('h', 0, 18, 'CPU of a handshake, both ends: shorter is better'),
    rect('a', 0, 34, BAR, BAR),
    text('t', 20, 45, 'glasstls'),
    rect('b', 100, 34, BAR, BAR),
    text('t', 120, 45, 'node:tls'),
    '<path class="f" d="M206 32V49"/>',
    text('t', 214, 45, 'what the primitives of node:crypto and raw TCP take'),
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

const both = ({ glasstls, 'node:tls': native }) => [glasstls, native];

/** Readable on white and on black: colours of the reader's scheme, no background. */
const STYLE = [
  'text{font:12px system-ui,sans-serif;fill:#1f2328}',
  '.h{font-weight:600;font-size:13px}.v{fill:#59636e;font-size:11px}',
  '.a{fill:#0969da}.b{fill:#afb8c1}.f{stroke:#bc4c00;stroke-width:2;fill:none}',
  '@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.v{fill:#9198a1}.a{fill:#4493f8}.b{fill:#656c76}.f{stroke:#f0883e}}',
].join('');

const ESCAPED = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function text(kind, x, y, words, anchor) {
  const where = anchor === undefined ? '' : ` text-anchor="${anchor}"`;
  const safe = words.replace(/[&<>]/g, (one) => ESCAPED[one]);
  return `<text class="${kind}" x="${x.toFixed(1)}" y="${y}"${where}>${safe}</text>`;
}

function rect(kind, x, y, width, height) {
  return `<rect class="${kind}" x="${x}" y="${y}" width="${width.toFixed(1)}" height="${height}" rx="2"/>`;
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) writePage();
