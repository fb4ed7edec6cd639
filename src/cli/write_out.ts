// -w: a text of the user's with %{variables} in it, those that curl has as far as they mean anything here, and some of our own. A
// name that is not known is left out, as curl does, and told on standard error.

import { NAME_REFUSALS, verifyCodeOf } from '../node/verify_codes.ts';
import { writePem } from '../x509/pem.ts';
import type { Judgement } from '../x509/verify.ts';
import type { ConnectSettings } from './connect_settings.ts';
import { type Concluded, connectionJson } from './connection_json.ts';
import type { Figures } from './figures.ts';
import type { Terminal } from './terminal.ts';

export interface WrittenOut {
  readonly out: string;
  readonly err: string;
}

/** What there is to say of a transfer, and what was asked for. */
export interface Told extends Concluded {
  readonly settings: Pick<ConnectSettings, 'url' | 'output' | 'request'>;
}

/** Where the text goes from here on, as `%{stderr}` has it. */
export function writeOut(format: string, told: Told): WrittenOut {
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

/** Puts it where it belongs. */
export function writeTo({ out, err }: Terminal, written: WrittenOut): void {
  out.text(written.out);
  err.text(written.err);
}

const PIECE = /%\{([^}]*)\}|%header\{([^}]*)\}|%%|\\[nrt\\]|[^%\\]+|[%\\]/g;

const ESCAPES: Readonly<Record<string, string>> = { '%%': '%', '\\n': '\n', '\\r': '\r', '\\t': '\t', '\\\\': '\\' };

function headerOf({ headers }: Figures, name: string): string {
  return headers.find(([one]) => one.toLowerCase() === name.toLowerCase())?.[1] ?? '';
}

function variableOf(name: string, told: Told): string | undefined {
  if (name === 'json') return JSON.stringify(Object.fromEntries(NAMES.map((one) => [one, jsonValue(one, told)])));
  if (name === 'header_json') return JSON.stringify(headersByName(told.figures));
  if (name === 'tls_json') return JSON.stringify(connectionJson(told));
  const value = VARIABLES[name]?.(told);
  return value === undefined ? undefined : String(value);
}

function jsonValue(name: string, told: Told): string | number | null {
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

/** OpenSSL's numbers of what {@link verifyCodeOf} names (openssl/x509_vfy.h). */
const VERIFY_NUMBERS: Readonly<Record<string, number>> = {
  UNABLE_TO_GET_ISSUER_CERT: 2,
  UNABLE_TO_GET_CRL: 3,
  CERT_SIGNATURE_FAILURE: 7,
  CRL_SIGNATURE_FAILURE: 8,
  CERT_NOT_YET_VALID: 9,
  CERT_HAS_EXPIRED: 10,
  CRL_HAS_EXPIRED: 12,
  DEPTH_ZERO_SELF_SIGNED_CERT: 18,
  SELF_SIGNED_CERT_IN_CHAIN: 19,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 20,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 21,
  CERT_CHAIN_TOO_LONG: 22,
  CERT_REVOKED: 23,
  PATH_LENGTH_EXCEEDED: 25,
  INVALID_PURPOSE: 26,
  CERT_REJECTED: 28,
  INVALID_CA: 79,
};
const UNSPECIFIED = 1;
const HOSTNAME_MISMATCH = 62;

/** 0 for a certificate that was verified, or when there was none. */
function verifyNumber(judgement: Judgement | undefined): number {
  if (judgement === undefined || judgement.ok) return 0;
  const { refusal } = judgement;
  if (NAME_REFUSALS.includes(refusal.code)) return HOSTNAME_MISMATCH;
  return VERIFY_NUMBERS[verifyCodeOf(refusal)[0]] ?? UNSPECIFIED;
}

/** Bytes a second. */
function speed(bytes: number, milliseconds: number): number {
  return Math.round(bytes / Math.max(0.001, milliseconds / 1000));
}

/** curl's `url.` and `urle.` variables: the parts of the address that was typed, and of the one that was reached. */
const URL_PARTS: Readonly<Record<string, (url: URL) => string>> = {
  scheme: () => 'https',
  user: ({ username }) => username,
  password: ({ password }) => password,
  host: ({ hostname }) => hostname,
  port: ({ port }) => port || '443',
  path: ({ pathname }) => pathname,
  query: ({ search }) => search.slice(1),
  fragment: ({ hash }) => hash.slice(1),
};

function urlVariables(prefix: string, urlOf: (told: Told) => string): Readonly<Record<string, Variable>> {
  return Object.fromEntries(
    Object.entries(URL_PARTS).map(([part, take]): [string, Variable] => [
      `${prefix}.${part}`,
      (told) => take(new URL(urlOf(told))),
    ]),
  );
}

type Variable = (told: Told) => string | number;

const VARIABLES: Readonly<Record<string, Variable>> = {
  certs: ({ chain }) => chain.map((der) => writePem('CERTIFICATE', der)).join(''),
  content_type: ({ figures }) => headerOf(figures, 'content-type'),
  errormsg: ({ failure }) => failure?.title ?? '',
  exitcode: ({ failure }) => failure?.exit ?? 0,
  filename_effective: ({ settings }) => (settings.output === '-' ? '' : (settings.output ?? '')),
  http_code: ({ figures }) => String(figures.status).padStart(3, '0'),
  http_connect: ({ figures }) => String(figures.proxyStatus).padStart(3, '0'),
  http_version: ({ figures }) => figures.httpVersion || '0',
  local_ip: ({ figures }) => figures.localAddress,
  local_port: ({ figures }) => figures.localPort,
  method: ({ figures }) => figures.method,
  num_certs: ({ chain }) => chain.length,
  num_connects: ({ figures }) => figures.connections,
  num_headers: ({ figures }) => figures.headers.length,
  num_redirects: ({ figures }) => figures.redirects,
  proxy_ssl_verify_result: ({ figures }) => verifyNumber(figures.proxyJudgement),
  proxy_used: ({ figures }) => (figures.proxied ? 1 : 0),
  redirect_url: ({ figures }) => figures.redirectUrl,
  referer: ({ settings }) => settings.request.headers.find(([name]) => /^referer$/i.test(name))?.[1] ?? '',
  remote_ip: ({ figures }) => figures.remoteAddress,
  remote_port: ({ figures }) => figures.remotePort,
  response_code: ({ figures }) => String(figures.status).padStart(3, '0'),
  scheme: () => 'https',
  size_download: ({ figures }) => figures.downloaded,
  size_header: ({ figures }) => figures.headerBytes,
  size_request: ({ figures }) => figures.requestBytes,
  size_upload: ({ figures }) => figures.uploaded,
  speed_download: ({ figures }) => speed(figures.downloaded, figures.total),
  speed_upload: ({ figures }) => speed(figures.uploaded, figures.total),
  ssl_verify_result: ({ judgement }) => verifyNumber(judgement),
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
  url: ({ settings }) => settings.url.href,
  ...urlVariables('url', ({ settings }) => settings.url.href),
  ...urlVariables('urle', ({ figures, settings }) => figures.url || settings.url.href),
  urlnum: () => 0,
  url_effective: ({ figures }) => figures.url,
};

const NAMES = Object.keys(VARIABLES).filter((name) => name !== 'certs' && !name.includes('.'));
