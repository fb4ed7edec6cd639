// What is asked of the server: -X, -d, -H, -I, and what a redirect makes of it (RFC 9110 15.4). Everything is checked before anything
// is sent: a header with a line end in it would be two.

import { readFileSync } from 'node:fs';
import { type Arguments, usage } from './arguments.ts';
import { CliError, EXIT } from './exit_codes.ts';
import { filled } from './text.ts';
import { REQUEST } from './texts/request.ts';
import { packageVersion } from './version.ts';

export type Header = readonly [name: string, value: string];

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  /** In the order in which they are sent. */
  readonly headers: readonly Header[];
  readonly body: Uint8Array | undefined;
}

/** What the flags say of a request, whichever URL it goes to. */
export interface RequestSettings {
  /** What -X says; undefined without it. */
  readonly method: string | undefined;
  readonly head: boolean;
  /** Lines of -H; an undefined value leaves out what would be sent otherwise. */
  readonly headers: readonly (readonly [name: string, value: string | undefined])[];
  readonly body: Uint8Array | undefined;
}

/** @throws CliError 2 or 26 */
export function requestSettings(args: Arguments): RequestSettings {
  const method = args.value('request');
  if (method !== undefined && !TOKEN.test(method)) {
    throw usage(filled(REQUEST.badMethod, { method: JSON.stringify(method) }), 'connect');
  }
  const body = bodyOf(args);
  if (body !== undefined && args.has('head')) throw usage(REQUEST.headWithBody, 'connect');
  return { method, head: args.has('head'), headers: args.values('header').map(headerOf), body };
}

/** The first request for `url`. */
export function requestFor({ method, head, headers, body }: RequestSettings, url: URL): HttpRequest {
  const verb = method ?? (head ? 'HEAD' : body === undefined ? 'GET' : 'POST');
  return { method: verb, url, headers: headersOf(url, headers, body), body };
}

/**
 * The settings behind a redirect, as curl has them: 303 asks with GET, 301 and 302 make GET of POST (what -X says stays), others repeat
 * what was asked. Credentials do not go to another host or port.
 */
export function redirected(settings: RequestSettings, status: number, from: URL, to: URL): RequestSettings {
  const posts = settings.body !== undefined;
  const forgets = status === 303 || ((status === 301 || status === 302) && posts);
  const headers = from.host === to.host ? settings.headers : settings.headers.filter(([name]) => !SECRET.test(name));
  return { ...settings, headers, ...(forgets && { body: undefined }) };
}

/** Whether others may repeat it to the server without harm (RFC 9110 9.2.1, RFC 8470 2). */
export function isSafe({ method, head, body }: RequestSettings): boolean {
  return body === undefined && (method === undefined || head || /^(?:GET|HEAD)$/.test(method));
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const SECRET = /^(?:authorization|cookie|proxy-authorization)$/i;
/** RFC 9110 5.5: no control characters but the tab. */
const CONTROL = /[^\t\x20-\x7e\x80-\u{10ffff}]/u;

function headerOf(line: string): readonly [string, string | undefined] {
  const [, name = '', sign, value = ''] = /^([^:;]+)([:;])([\s\S]*)$/.exec(line) ?? [];
  if (!TOKEN.test(name) || CONTROL.test(value) || (sign === ';' && value.trim() !== '')) {
    throw usage(filled(REQUEST.badHeader, { line: JSON.stringify(line) }), 'connect');
  }
  // What is beyond ASCII is sent as UTF-8, whose bytes node:http takes as Latin-1.
  const bytes = Buffer.from(value.trim(), 'utf8').toString('latin1');
  return [name, sign === ';' ? '' : bytes === '' ? undefined : bytes];
}

function headersOf(url: URL, own: RequestSettings['headers'], body: Uint8Array | undefined): readonly Header[] {
  const usual: Header[] = [
    ['Host', url.host],
    ...(url.username === ''
      ? []
      : [
          [
            'Authorization',
            basic({ username: unescaped(url.username), password: unescaped(url.password) }),
          ] satisfies Header,
        ]),
    ['User-Agent', `glasstls/${packageVersion()}`],
    ['Accept', '*/*'],
    ...(body === undefined
      ? []
      : ([
          ['Content-Type', 'application/x-www-form-urlencoded'],
          ['Content-Length', String(body.length)],
        ] satisfies Header[])),
    ['Connection', 'close'],
  ];
  const replaced = new Set(own.map(([name]) => name.toLowerCase()));
  const given = own.flatMap(([name, value]): Header[] => (value === undefined ? [] : [[name, value]]));
  return [...usual.filter(([name]) => !replaced.has(name.toLowerCase())), ...given];
}

/** RFC 7617. */
export function basic({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

/** A part of a URL as it was meant. */
export function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function bodyOf(args: Arguments): Uint8Array | undefined {
  const parts = [
    ...args.values('data').map((value) => partOf(value, true)),
    ...args.values('data-binary').map((value) => partOf(value, false)),
  ];
  if (parts.length === 0) return undefined;
  const joined = parts.flatMap((part, i) => (i === 0 ? [part] : [Buffer.from('&'), part]));
  return new Uint8Array(Buffer.concat(joined));
}

function partOf(value: string, isForm: boolean): Buffer {
  if (!value.startsWith('@')) return Buffer.from(value, 'utf8');
  const bytes = readInput(value.slice(1));
  return isForm ? Buffer.from(bytes.toString('latin1').replace(/[\r\n\0]/g, ''), 'latin1') : bytes;
}

/** A file, or standard input for `-`. @throws CliError with exit code 26 */
export function readInput(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException;
    throw new CliError(EXIT.read, filled(REQUEST.unreadable, { file: JSON.stringify(file), code }));
  }
}
