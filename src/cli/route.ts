// Which way leads to a server: --resolve, --connect-to, -4 and -6, and the proxy of -x or of the environment, with NO_PROXY. The
// names that TLS and HTTP speak of are never changed by any of them.

import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { type Arguments, usage } from './arguments.ts';
import { basic } from './request.ts';
import { filled } from './text.ts';
import { ROUTE } from './texts/route.ts';

export interface Endpoint {
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
}

export interface ProxyAddress extends Endpoint {
  /** The value of Proxy-Authorization. */
  readonly authorization: string | undefined;
}

export interface Route {
  /** What TCP, or the proxy, is asked to connect to. */
  readonly to: Endpoint;
  /** In place of what DNS would say of it; of the proxy, when there is one. */
  readonly address: string | undefined;
  readonly family: 4 | 6 | undefined;
  readonly proxy: ProxyAddress | undefined;
}

export type RouteTo = (host: string, port: number) => Route;

/** Reads and checks the flags; the ways are found when the addresses are known. @throws CliError with exit code 2 */
export function routes(args: Arguments, env: NodeJS.ProcessEnv): RouteTo {
  const resolve = args.values('resolve').map(resolveRule);
  const connectTo = args.values('connect-to').map(connectRule);
  if (args.has('ipv4') && args.has('ipv6')) throw usage(ROUTE.bothFamilies, 'connect');
  const family = args.has('ipv4') ? 4 : args.has('ipv6') ? 6 : undefined;
  const proxy = proxyOf(args.value('proxy') ?? fromEnvironment(env));
  const spared = (args.value('noproxy') ?? (env.no_proxy || env.NO_PROXY || '')).split(',').map((one) => one.trim());
  return (host, port) => {
    const rule = connectTo.find((one) => fits(one, host, port));
    const to = { host: rule?.toHost || host, port: rule?.toPort ?? port };
    const through = spared.some((one) => covers(one, host)) ? undefined : proxy;
    const asked = through ?? to;
    const known = resolve.findLast((one) => one.port === asked.port && (one.host === '*' || one.host === asked.host));
    return { to, address: known?.address, family, proxy: through };
  };
}

/** `host` comes out of a URL: lower case and A-labels; what was typed is brought to that. */
function canonical(typed: string): string {
  return isIP(typed) || typed === '*' ? typed.toLowerCase() : domainToASCII(typed);
}

function resolveRule(rule: string): { readonly host: string; readonly port: number; readonly address: string } {
  const [, host = '', port = '', address = ''] = /^\[?([^\]]+?)\]?:(\d{1,5}):\[?([^\]]+)\]?$/.exec(rule) ?? [];
  if (isIP(address) === 0) throw usage(filled(ROUTE.badResolve, { rule: JSON.stringify(rule) }), 'connect');
  return { host: canonical(host), port: Number(port), address };
}

interface ConnectRule {
  /** Empty and undefined stand for any. */
  readonly host: string;
  readonly port: number | undefined;
  /** Empty and undefined stand for the same. */
  readonly toHost: string;
  readonly toPort: number | undefined;
}

function connectRule(rule: string): ConnectRule {
  const parts = /^(\[[^\]]*\]|[^:[]*):(\d{0,5}):(\[[^\]]*\]|[^:[]*):(\d{0,5})$/.exec(rule);
  const [, host = '', port = '', toHost = '', toPort = ''] = parts ?? [];
  if (parts === null || Number(port) > 65535 || Number(toPort) > 65535) {
    throw usage(filled(ROUTE.badConnectTo, { rule: JSON.stringify(rule) }), 'connect');
  }
  const number = (text: string): number | undefined => (text === '' ? undefined : Number(text));
  return {
    host: canonical(bare(host)),
    port: number(port),
    toHost: canonical(bare(toHost)),
    toPort: number(toPort),
  };
}

function fits({ host, port }: ConnectRule, wantedHost: string, wantedPort: number): boolean {
  return (host === '' || host === wantedHost) && (port === undefined || port === wantedPort);
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

/** As curl: names in small letters before those in capitals. */
function fromEnvironment(env: NodeJS.ProcessEnv): string {
  return env.https_proxy || env.HTTPS_PROXY || env.all_proxy || env.ALL_PROXY || '';
}

/** curl's port for a proxy that names none. */
const PROXY_PORT = 1080;

function proxyOf(text: string): ProxyAddress | undefined {
  if (text === '') return undefined;
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  // The password stays out of what is said.
  const shown = JSON.stringify(text.replace(/\/\/[^@/]*@/, '//'));
  if (url === undefined || url.hostname === '') throw usage(filled(ROUTE.badProxy, { proxy: shown }), 'connect');
  if (url.protocol !== 'http:') throw usage(filled(ROUTE.proxyScheme, { proxy: shown }), 'connect');
  // URL leaves out the port 80 where it was written.
  const port = url.port !== '' ? Number(url.port) : /:80(?:\/|$)/.test(whole) ? 80 : PROXY_PORT;
  const authorization = url.username === '' ? undefined : basic(url.username, url.password);
  return { host: bare(url.hostname), port, authorization };
}

/** `*` is everything; `example.com` and `.example.com` are that name and all below it. */
function covers(entry: string, host: string): boolean {
  if (entry === '*') return true;
  const name = canonical(bare(entry).replace(/^\./, ''));
  return name !== '' && (host === name || (isIP(host) === 0 && host.endsWith(`.${name}`)));
}
