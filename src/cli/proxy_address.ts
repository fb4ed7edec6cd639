// Which proxy stands between: -x, else the environment, in the forms that curl reads; and whom NO_PROXY or --noproxy spares it
// (names with all below them, addresses, blocks of addresses).

import { BlockList, isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { type Arguments, usage } from './arguments.ts';
import { basic, unescaped } from './request.ts';
import { filled } from './text.ts';
import { ROUTE } from './texts/route.ts';

export interface Endpoint {
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
}

/** `host:port`, with the brackets of an IPv6 address. */
export function endpointText({ host, port }: Endpoint): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** socks4 and socks5 are told an address, socks4a and socks5h a name. */
const PROXY_KINDS = ['http', 'https', 'socks4', 'socks4a', 'socks5', 'socks5h'] as const;
export type ProxyKind = (typeof PROXY_KINDS)[number];

export interface ProxyAddress extends Endpoint {
  readonly kind: ProxyKind;
  /** Who we are to it; undefined without a name. */
  readonly credentials: Credentials | undefined;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** The value of Proxy-Authorization (RFC 7617). */
export function authorizationOf({ credentials }: Pick<ProxyAddress, 'credentials'>): string | undefined {
  return credentials === undefined ? undefined : basic(credentials);
}

/** Reads and checks -x, --proxy-user and the environment. @throws CliError with exit code 2 */
export function proxyOf(args: Arguments, env: NodeJS.ProcessEnv): ProxyAddress | undefined {
  const text = args.value('proxy') ?? fromEnvironment(env);
  if (text === '') return undefined;
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  // The password stays out of what is said.
  const shown = JSON.stringify(text.replace(/\/\/[^@/]*@/, '//'));
  if (url === undefined || url.hostname === '') throw usage(filled(ROUTE.badProxy, { proxy: shown }), 'connect');
  const kind = kindOf(url.protocol.slice(0, -1));
  if (kind === undefined) throw usage(filled(ROUTE.proxyScheme, { proxy: shown }), 'connect');
  const credentials = userOf(args.value('proxy-user')) ?? inUrl(url);
  if (kind.startsWith('socks')) checkCredentials(kind, credentials);
  return { kind, host: canonical(bare(url.hostname)), port: portOf(url, whole, kind), credentials };
}

/** Whether nobody stands between us and `host`. */
export type Spared = (host: string) => boolean;

/** --noproxy, else NO_PROXY: entries separated by commas or blanks, as curl reads them. */
export function sparedBy(args: Arguments, env: NodeJS.ProcessEnv): Spared {
  const list = args.value('noproxy') ?? (env.no_proxy || env.NO_PROXY || '');
  const entries = list.split(/[\s,]+/).filter((one) => one !== '');
  return (host) => entries.some((one) => covers(one, host));
}

/** `host` comes out of a URL: lower case and A-labels; what was typed is brought to that. */
export function canonical(typed: string): string {
  return isIP(typed) || typed === '*' ? typed.toLowerCase() : domainToASCII(typed);
}

/** Without the brackets of an IPv6 address. */
export function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

/** As curl: names in small letters before those in capitals. */
function fromEnvironment(env: NodeJS.ProcessEnv): string {
  return env.https_proxy || env.HTTPS_PROXY || env.all_proxy || env.ALL_PROXY || '';
}

function kindOf(scheme: string): ProxyKind | undefined {
  return scheme === 'socks' ? 'socks4' : PROXY_KINDS.find((one) => one === scheme);
}

/** curl's ports for a proxy that names none. */
function portOf(url: URL, whole: string, kind: ProxyKind): number {
  if (url.port !== '') return Number(url.port);
  // URL leaves out the usual port of a scheme where it was written.
  if (kind === 'http' && /:80(?:\/|$)/.test(whole)) return 80;
  return kind === 'https' ? 443 : 1080;
}

function userOf(typed: string | undefined): Credentials | undefined {
  if (typed === undefined) return undefined;
  const colon = typed.indexOf(':');
  if (colon < 0) return { username: typed, password: '' };
  return { username: typed.slice(0, colon), password: typed.slice(colon + 1) };
}

function inUrl({ username, password }: URL): Credentials | undefined {
  return username === '' ? undefined : { username: unescaped(username), password: unescaped(password) };
}

/** What fits into the fields: RFC 1929 2 counts each with one byte, SOCKS 4 ends the name with a zero. */
function checkCredentials(kind: ProxyKind, credentials: Credentials | undefined): void {
  if (credentials === undefined) return;
  const old = kind.startsWith('socks4');
  const fits = (text: string): boolean => Buffer.byteLength(text) <= 255 && !(old && text.includes('\0'));
  if (!fits(credentials.username) || !fits(credentials.password)) throw usage(ROUTE.longCredentials, 'connect');
}

/** `*` is everything; `example.com` and `.example.com` are that name and all below it; `10.0.0.0/8` is a block. */
function covers(entry: string, host: string): boolean {
  if (entry === '*') return true;
  const family = isIP(host);
  const [, address = '', bits = ''] = /^\[?([^\]/]+)\]?\/(\d{1,3})$/.exec(entry) ?? [];
  if (bits !== '') return family !== 0 && isIP(address) === family && inBlock(address, Number(bits), host);
  const name = canonical(bare(entry).replace(/^\./, ''));
  return name !== '' && (host === name || (family === 0 && host.endsWith(`.${name}`)));
}

function inBlock(address: string, bits: number, host: string): boolean {
  const family = isIP(host) === 4 ? 'ipv4' : 'ipv6';
  if (bits > (family === 'ipv4' ? 32 : 128)) return false;
  const block = new BlockList();
  block.addSubnet(address, bits, family);
  return block.check(host, family);
}
