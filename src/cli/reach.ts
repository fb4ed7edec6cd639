// TCP to a server through whatever lies between: the proxy, with a TLS of its own where it has one, and STARTTLS.

import type { Socket } from 'node:net';
import type { Transport } from '../node/socket_base.ts';
import { addressFor, dial } from './dial.ts';
import type { Opening } from './opening.ts';
import { type Endpoint, endpointText, type ProxyAddress } from './proxy_address.ts';
import { openTunnel } from './proxy_connect.ts';
import { openProxyTls } from './proxy_tls.ts';
import type { Route } from './route.ts';
import { openSocks } from './socks.ts';
import { startTls } from './starttls.ts';
import { safe } from './terminal.ts';
import { ROUTE } from './texts/route.ts';
import { SOCKS } from './texts/socks.ts';
import { STARTTLS } from './texts/starttls.ts';

/**
 * What TLS is to run over. Between one stage and the next nothing is waited for, so that no event of the socket is missed.
 * Rejects with what ended it; what was opened is closed then.
 */
export async function reach(opening: Opening, { host, port }: Endpoint, signal: AbortSignal): Promise<Transport> {
  const { settings, report } = opening;
  const route = settings.routeTo(host, port);
  const { proxy } = route;
  const to = proxy === undefined ? route.to : await toldTo(proxy, opening, route, signal);
  const socket = await connected(opening, route, signal);
  let through: Transport = socket;
  try {
    if (proxy?.kind === 'https') {
      through = await openProxyTls(opening, socket, proxy, signal);
    }
    if (proxy !== undefined) await tunnel(opening, through, to, proxy, signal);
    if (settings.starttls !== undefined) {
      report.remark(STARTTLS.asking, { protocol: settings.starttls });
      await startTls(through, settings.starttls, host, report, signal);
    }
    return through;
  } catch (error) {
    // A handshake with the proxy that failed closes the socket itself, behind the alert that may be on its way.
    if (opening.atProxy === undefined) through.destroy();
    throw error;
  }
}

/** The endpoint as the proxy is to hear it: some know addresses alone, and names are looked up here for them. */
async function toldTo(proxy: ProxyAddress, opening: Opening, route: Route, signal: AbortSignal): Promise<Endpoint> {
  const { to, toAddress: address, family } = route;
  if (proxy.kind !== 'socks4' && proxy.kind !== 'socks5') return to;
  const host = await addressFor({ ...to, address, family: proxy.kind === 'socks4' ? 4 : family }, signal);
  if (host !== to.host) opening.report.remark(SOCKS.local, { host: safe(to.host), address: host });
  return { ...to, host };
}

async function connected(opening: Opening, route: Route, signal: AbortSignal): Promise<Socket> {
  const { report, figures } = opening;
  const { address, family, proxy } = route;
  const asked = proxy ?? route.to;
  const events = {
    trying: (ip: string, number: number) => report.trying(ip, number),
    failed: (ip: string, number: number, why: string) => report.failed(ip, number, why),
    resolved: () => {
      figures.nameLookup = figures.now();
    },
  };
  const target = { host: asked.host, port: asked.port, address, family, isProxy: proxy !== undefined };
  const socket = await dial(target, events, signal);
  figures.connections++;
  figures.proxied = proxy !== undefined;
  figures.connected = figures.now();
  figures.remoteAddress = socket.remoteAddress ?? '';
  figures.remotePort = socket.remotePort ?? 0;
  figures.localAddress = socket.localAddress ?? '';
  figures.localPort = socket.localPort ?? 0;
  report.connected(socket, asked.host);
  return socket;
}

async function tunnel(
  { report, figures }: Opening,
  through: Transport,
  to: Endpoint,
  proxy: ProxyAddress,
  signal: AbortSignal,
): Promise<void> {
  const values = { to: safe(endpointText(to)), proxy: safe(endpointText(proxy)), kind: proxy.kind };
  if (proxy.kind.startsWith('socks')) {
    report.remark(SOCKS.asking, values);
    await openSocks(through, to, proxy, signal);
    return report.remark(SOCKS.granted, values);
  }
  report.remark(ROUTE.establish, values);
  figures.proxyStatus = await openTunnel(through, to, proxy, report, signal);
  report.remark(ROUTE.established, { status: figures.proxyStatus });
}
