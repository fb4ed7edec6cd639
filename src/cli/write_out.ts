// -w: a text of the user's with %{variables} in it, those that curl has as far as they mean anything here, and some of our own. A
// name that is not known is left out, as curl does, and told on standard error.

import { writePem } from '../x509/pem.ts';
import { type Concluded, connectionJson } from './connection_json.ts';
import type { Figures } from './figures.ts';

export interface WrittenOut {
  readonly out: string;
  readonly err: string;
}

/** Where the text goes from here on, as `%{stderr}` has it. */
export function writeOut(format: string, told: Concluded): WrittenOut {
  const written = { out: '', err: '' };
  let to: 'out' | 'err' = 'out';
  for (const [piece, name, header] of format.matchAll(PIECE)) {
    if (name === 'stdout') to = 'out';
    else if (name === 'stderr') to = 'err';
    else if (name === 'onerror') {
      if (told.failure === undefined) break;
    } else if (header !== undefined) written[to] += headerOf(told.figures, header);
    else if (name !== undefined) {
      const value = variableOf(name, told);
      if (value === undefined) written.err += `glasstls: -w: %{${name.replace(/[^\x20-\x7e]/g, '?')}}?\n`;
      else written[to] += value;
    } else written[to] += ESCAPES[piece] ?? piece;
  }
  return written;
}

const PIECE = /%\{([^}]*)\}|%header\{([^}]*)\}|%%|\\[nrt\\]|[^%\\]+|[%\\]/g;

const ESCAPES: Readonly<Record<string, string>> = { '%%': '%', '\\n': '\n', '\\r': '\r', '\\t': '\t', '\\\\': '\\' };

function headerOf({ headers }: Figures, name: string): string {
  return headers.find(([one]) => one.toLowerCase() === name.toLowerCase())?.[1] ?? '';
}

function variableOf(name: string, told: Concluded): string | undefined {
  if (name === 'json') return JSON.stringify(Object.fromEntries(NAMES.map((one) => [one, jsonValue(one, told)])));
  if (name === 'header_json') return JSON.stringify(headersByName(told.figures));
  if (name === 'tls_json') return JSON.stringify(connectionJson(told));
  const value = VARIABLES[name]?.(told);
  return value === undefined ? undefined : String(value);
}

function jsonValue(name: string, told: Concluded): string | number | null {
  const value = VARIABLES[name]?.(told) ?? '';
  if (typeof value === 'string' && /^(?:time|speed)_/.test(name)) return Number(value);
  return value === '' ? null : value;
}

function headersByName({ headers }: Figures): Readonly<Record<string, readonly string[]>> {
  const all = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    all.set(key, [...(all.get(key) ?? []), value]);
  }
  return Object.fromEntries(all);
}

/** curl's six digits. */
const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(6);

type Variable = (told: Concluded) => string | number;

const VARIABLES: Readonly<Record<string, Variable>> = {
  certs: ({ chain }) => chain.map((der) => writePem('CERTIFICATE', der)).join(''),
  content_type: ({ figures }) => headerOf(figures, 'content-type'),
  errormsg: ({ failure }) => failure?.title ?? '',
  exitcode: ({ failure }) => failure?.exit ?? 0,
  http_code: ({ figures }) => String(figures.status).padStart(3, '0'),
  http_connect: ({ figures }) => String(figures.proxyStatus).padStart(3, '0'),
  http_version: ({ figures }) => figures.httpVersion || '0',
  local_ip: ({ figures }) => figures.localAddress,
  local_port: ({ figures }) => figures.localPort,
  method: ({ figures }) => figures.method,
  num_certs: ({ chain }) => chain.length,
  num_connects: ({ figures }) => figures.connections,
  num_redirects: ({ figures }) => figures.redirects,
  proxy_ssl_verify_result: ({ figures }) => (figures.proxyVerified ? 0 : 1),
  redirect_url: ({ figures }) => figures.redirectUrl,
  remote_ip: ({ figures }) => figures.remoteAddress,
  remote_port: ({ figures }) => figures.remotePort,
  response_code: ({ figures }) => String(figures.status).padStart(3, '0'),
  scheme: () => 'https',
  size_download: ({ figures }) => figures.downloaded,
  size_header: ({ figures }) => figures.headerBytes,
  size_request: ({ figures }) => figures.requestBytes,
  size_upload: ({ figures }) => figures.uploaded,
  speed_download: ({ figures }) => Math.round(figures.downloaded / Math.max(0.001, figures.total / 1000)),
  // X509_V_ERR_UNSPECIFIED where OpenSSL would have a number of its own; 0 is all that scripts ask for.
  ssl_verify_result: ({ judgement }) => (judgement === undefined || judgement.ok ? 0 : 1),
  time_appconnect: ({ figures }) => seconds(figures.appConnected),
  time_connect: ({ figures }) => seconds(figures.connected),
  time_namelookup: ({ figures }) => seconds(figures.nameLookup),
  time_pretransfer: ({ figures }) => seconds(figures.preTransfer),
  time_redirect: ({ figures }) => seconds(figures.redirect),
  time_starttransfer: ({ figures }) => seconds(figures.startTransfer),
  time_total: ({ figures }) => seconds(figures.total),
  tls_alpn: ({ figures }) => figures.socket?.alpnProtocol || '',
  tls_cipher: ({ figures }) => figures.socket?.getCipher()?.name ?? '',
  tls_earlydata: ({ figures }) => figures.earlyData,
  tls_group: ({ figures }) => figures.socket?.getGroup() ?? '',
  tls_resumed: ({ figures }) => (figures.socket?.isSessionReused() ? 1 : 0),
  tls_scheme: ({ figures }) => figures.socket?.getSignatureScheme() ?? '',
  tls_version: ({ figures }) => figures.socket?.getProtocol() ?? '',
  url: ({ figures }) => figures.url,
  url_effective: ({ figures }) => figures.url,
};

const NAMES = Object.keys(VARIABLES).filter((name) => name !== 'certs');
