// Where the command writes: standard output for data, standard error for everything else. Styled lines become ANSI only for a
// terminal, or when FORCE_COLOR asks for it; NO_COLOR forbids it (no-color.org). Widths are the terminal's, 100 in a pipe.

import { styleText } from 'node:util';
import { escapeText } from '../inspect/escape.ts';
import { type Line, lineWidth, type Style, segment, wrap } from '../inspect/lines.ts';
import { fill, type Lang, type Text } from './text.ts';

export interface Screen {
  readonly isTerminal: boolean;
  readonly colour: boolean;
  /** Columns to write in: no more than are good to read. */
  readonly width: number;
  /** All columns, for what stands side by side. */
  readonly columns: number;
  /** Of the terminal; undefined without one. */
  readonly rows: number | undefined;
  text(text: string): void;
  lines(lines: readonly Line[]): void;
}

export interface Terminal {
  readonly lang: Lang;
  readonly out: Screen;
  readonly err: Screen;
  say(text: Text, values?: Readonly<Record<string, string | number>>): string;
}

const PIPE_WIDTH = 100;
const WIDEST = 140;

/** The process's own terminal. */
export function openTerminal(lang: Lang, env: NodeJS.ProcessEnv = process.env): Terminal {
  return {
    lang,
    out: screenOn(process.stdout, env),
    err: screenOn(process.stderr, env),
    say: (text, values) => fill(text[lang], values),
  };
}

type Stream = NodeJS.WriteStream & { readonly columns?: number };

function screenOn(stream: Stream, env: NodeJS.ProcessEnv): Screen {
  const isTerminal = stream.isTTY === true;
  const colour = wantsColour(isTerminal, env);
  const write = (text: string): void => void stream.write(text);
  return {
    isTerminal,
    colour,
    get width() {
      return Math.min(WIDEST, columnsOf(isTerminal ? stream.columns : undefined, env));
    },
    get columns() {
      return columnsOf(isTerminal ? stream.columns : undefined, env);
    },
    get rows() {
      return isTerminal ? stream.rows : undefined;
    },
    text: write,
    lines: (lines) => write(lines.map((line) => `${paint(line, colour)}\n`).join('')),
  };
}

/** NO_COLOR wins over everything, then FORCE_COLOR, then whether somebody looks at a terminal. */
export function wantsColour(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return isTerminal && env.TERM !== 'dumb';
}

function columnsOf(columns: number | undefined, env: NodeJS.ProcessEnv): number {
  const told = Number(env.COLUMNS);
  return Math.max(60, columns ?? (Number.isInteger(told) && told > 0 ? told : PIPE_WIDTH));
}

type Format = Parameters<typeof styleText>[0];

const FORMATS: Readonly<Record<Style, Format | undefined>> = {
  title: ['bold', 'underline'],
  heading: 'bold',
  client: 'cyan',
  server: 'magenta',
  message: 'bold',
  encrypted: 'green',
  rule: 'gray',
  name: 'cyan',
  value: undefined,
  label: 'blueBright',
  meaning: undefined,
  note: 'cyan',
  rfc: 'gray',
  offset: 'gray',
  hex: 'gray',
  time: 'gray',
  secret: 'yellow',
  good: 'green',
  warning: 'yellow',
  error: ['bold', 'red'],
  dim: 'gray',
};

/** A line as text, with ANSI sequences or without. */
export function paint(line: Line, colour: boolean): string {
  if (!colour)
    return line
      .map((one) => one.text)
      .join('')
      .trimEnd();
  return line
    .map(({ text, style }) => {
      const format = style === undefined ? undefined : FORMATS[style];
      return format === undefined || text.trim() === '' ? text : styleText(format, text, { validateStream: false });
    })
    .join('');
}

/** A paragraph: text broken at the width, each line indented. */
export function paragraph(text: string, width: number, indent = 0, style?: Style): Line[] {
  const space = ' '.repeat(indent);
  return wrap(text, width - indent).map((one) => [segment(space), segment(one, style)]);
}

/** Rows of label and value, values aligned and broken under themselves. */
export function table(rows: readonly TableRow[], width: number, indent = 2): Line[] {
  const widest = Math.max(0, ...rows.map(({ label }) => lineWidth([segment(label)])));
  const left = indent + widest + 2;
  return rows.flatMap(({ label, value, style }) =>
    wrap(value, Math.max(20, width - left)).map((one, i): Line => {
      const head = i === 0 ? label : '';
      const gap = ' '.repeat(left - indent - lineWidth([segment(head)]));
      return [segment(' '.repeat(indent)), segment(head, 'name'), segment(gap), segment(one, style)];
    }),
  );
}

export interface TableRow {
  readonly label: string;
  readonly value: string;
  readonly style?: Style;
}

/** Any text of unknown origin, safe to print: control characters and the like become visible. */
export function safe(text: string): string {
  return escapeText(text);
}
