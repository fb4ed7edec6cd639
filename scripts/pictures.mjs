// Pictures of the command for the documents, as SVG: what it prints with colours becomes text on a grid, so that a picture stays sharp, small
// and searchable. `node scripts/pictures.mjs` builds nothing: run `npm run build` first. Times and keys in them are new each time.

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { eastAsianWidth } from 'get-east-asian-width';

const ROOT = resolve(import.meta.dirname, '..');
const COMMAND = join(ROOT, 'dist/cli/main.js');

const COLUMNS = 96;
const COLUMN = 8.4;
const ROW = 18;
const MARGIN = 16;
const FONT = "'DejaVu Sans Mono','Cascadia Mono',Menlo,Consolas,'Noto Sans Mono CJK SC','Noto Sans CJK SC',monospace";
const COLOURS = {
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  35: '#d2a8ff',
  36: '#76e3ea',
  90: '#8b949e',
  94: '#79c0ff',
};

/** Text with ANSI colours as an SVG of `columns` columns. `title`: for who cannot see it. */
export function svgOf(text, columns, title) {
  const lines = text.replace(/\n$/, '').split('\n');
  const width = Math.ceil(columns * COLUMN + 2 * MARGIN);
  const height = lines.length * ROW + 2 * MARGIN;
  const rows = lines.flatMap((line, i) => runsOf(line).map((run) => textElement(run, MARGIN + (i + 0.75) * ROW)));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONT}" font-size="14" fill="#e6edf3" xml:space="preserve">
<title>${escaped(title)}</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${rows.join('\n')}
</svg>
`;
}

/** Pieces of one style, each with the column that it begins in. Only what the command writes is understood. */
function runsOf(line) {
  const runs = [];
  let style = { colour: undefined, bold: false, underline: false };
  let column = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what ANSI sequences begin with.
  for (const [, codes, plain] of line.matchAll(/\x1b\[([\d;]*)m|([^\x1b]+)/g)) {
    if (plain === undefined) {
      style = styled(style, codes);
      continue;
    }
    // A piece ends where blanks stand, so that the grid holds whatever font there is.
    for (const [piece] of plain.matchAll(/ +|[^ ]+(?: [^ ]+)*/g)) {
      if (piece.trim() !== '') runs.push({ ...style, column, text: piece });
      column += widthOf(piece);
    }
  }
  return runs;
}

function styled(style, codes) {
  const next = { ...style };
  for (const code of (codes || '0').split(';').map(Number)) {
    if (code === 0) Object.assign(next, { colour: undefined, bold: false, underline: false });
    else if (code === 1) next.bold = true;
    else if (code === 22) next.bold = false;
    else if (code === 4) next.underline = true;
    else if (code === 24) next.underline = false;
    else if (code === 39) next.colour = undefined;
    else if (code in COLOURS) next.colour = COLOURS[code];
  }
  return next;
}

function widthOf(text) {
  return [...text].reduce((sum, one) => sum + eastAsianWidth(one.codePointAt(0)), 0);
}

function textElement({ column, text, colour, bold, underline }, y) {
  const attributes = [
    `x="${round(MARGIN + column * COLUMN)}"`,
    `y="${round(y)}"`,
    `textLength="${round(widthOf(text) * COLUMN)}"`,
    ...(colour === undefined ? [] : [`fill="${colour}"`]),
    ...(bold ? ['font-weight="bold"'] : []),
    ...(underline ? ['text-decoration="underline"'] : []),
  ];
  return `<text ${attributes.join(' ')}>${escaped(text)}</text>`;
}

const round = (number) => Math.round(number * 10) / 10;
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** What the command prints on both streams, with colours, at a width. */
export function printed(args, columns, options = {}) {
  const env = { ...process.env, FORCE_COLOR: '1', COLUMNS: String(columns), LC_ALL: 'C.UTF-8', NO_COLOR: '' };
  const { stdout, stderr } = spawnSync(process.execPath, [options.command ?? COMMAND, ...args], {
    env,
    encoding: 'utf8',
  });
  return stderr + stdout;
}

/** From the first line that matches to the last one before `end` does. */
function excerpt(text, begin, end) {
  const lines = text.split('\n');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours do not count.
  const plain = lines.map((line) => line.replace(/\x1b\[[\d;]*m/g, ''));
  const first = plain.findIndex((line) => begin.test(line));
  const rest = plain.slice(first + 1).findIndex((line) => end.test(line));
  return lines.slice(first, rest < 0 ? undefined : first + 1 + rest).join('\n');
}

const prompt = (line) => `\x1b[90m$ \x1b[39m\x1b[1m${line}\x1b[22m\n`;

async function main(folder) {
  mkdirSync(folder, { recursive: true });
  const dir = mkdtempSync(join(tmpdir(), 'glasstls-pictures-'));
  const ca = join(dir, 'ca.pem');
  const server = spawn(process.execPath, [COMMAND, 'serve', '--port', '0', '--ca-out', ca], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const port = await new Promise((done) =>
      server.stdout.on('data', (said) => {
        const found = /:(\d+)\/\n/.exec(String(said));
        if (found) done(found[1]);
      }),
    );
    const url = `https://localhost:${port}/`;
    const shown = (text) => text.replaceAll(`:${port}`, ':8443').replaceAll(` on ${hostname()}`, '');
    const save = (name, line, text) =>
      writeFileSync(join(folder, `${name}.svg`), svgOf(shown(`${prompt(line)}${text.trimEnd()}`), COLUMNS, line));
    for (const [lang, suffix] of [
      ['en', ''],
      ['zh', '.zh-CN'],
    ]) {
      const flags = ['--lang', lang, '-o', '/dev/null'];
      const ladder = printed(['--format', 'ladder', '-v', ...flags, '--cacert', ca, url], COLUMNS);
      save(`ladder${suffix}`, 'glasstls --format ladder -v --cacert ca.pem https://localhost:8443/', `\n${ladder}`);
      save(`why${suffix}`, 'glasstls https://localhost:8443/', printed([...flags, url], COLUMNS));
    }
    const bytes = printed(['-vvv', '-o', '/dev/null', '--cacert', ca, url], COLUMNS);
    const hello = excerpt(bytes, /TLS handshake, Server hello/, /^\* {3}decision/);
    save('bytes', 'glasstls -vvv --cacert ca.pem https://localhost:8443/', `\x1b[90m[...]\x1b[39m\n${hello}`);
  } finally {
    server.kill();
    rmSync(dir, { recursive: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(join(ROOT, 'docs/pictures'));
