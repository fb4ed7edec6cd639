// Which way leads to a server: --resolve, --connect-to, -4 and -6, and the proxy between. The names that TLS and HTTP speak of are
// never changed by any of them.

import { isIP } from 'node:net';
import { type Arguments, usage } from './arguments.ts';
import { bare, canonical, type Endpoint, type ProxyAddress, proxyOf, sparedBy } from './proxy_address.ts';
import { filled } from './text.ts';
import { ROUTE } from './texts/route.ts';

export interface Route {
  /** What TCP, or the proxy, is asked to connect to. */
  readonly to: Endpoint;
  /** What --resolve says of it. */
  readonly toAddress: string | undefined;
  /** What --resolve says of the proxy, when there is one, else of `to`. */
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
  const [proxy, isSpared] = [proxyOf(args, env), sparedBy(args, env)];
  const known = ({ host, port }: Endpoint): string | undefined =>
    resolve.findLast((one) => one.port === port && (one.host === '*' || one.host === host))?.address;
  return (host, port) => {
    const rule = connectTo.find((one) => fits(one, host, port));
    const to = { host: rule?.toHost || host, port: rule?.toPort ?? port };
    const through = isSpared(host) ? undefined : proxy;
    return { to, toAddress: known(to), address: known(through ?? to), family, proxy: through };
  };
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
