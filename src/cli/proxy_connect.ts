// A tunnel through an HTTP proxy (RFC 9110 9.3.6): CONNECT, its answer, and then the connection is the server's. The proxy is not
// trusted with anything: it sees the name and the port, and TLS goes end to end.

import type { Transport } from '../node/socket_base.ts';
import { CliError, EXIT } from './exit_codes.ts';
import { PlainEnd, PlainTalk } from './plain_talk.ts';
import { authorizationOf, type Endpoint, endpointText, type ProxyAddress } from './proxy_address.ts';
import { safe } from './terminal.ts';
import { filled } from './text.ts';
import { ROUTE } from './texts/route.ts';
import { packageVersion } from './version.ts';

export interface TunnelEvents {
  sending(lines: readonly string[]): void;
  answered(lines: readonly string[]): void;
}

/** The status of the answer. Rejects with a CliError (8, 56), or with what `signal` was aborted for. */
export async function openTunnel(
  socket: Transport,
  to: Endpoint,
  proxy: ProxyAddress,
  events: TunnelEvents,
  signal: AbortSignal,
): Promise<number> {
  const authority = endpointText(to);
  const lines = [
    `CONNECT ${authority} HTTP/1.1`,
    `Host: ${authority}`,
    `User-Agent: glasstls/${packageVersion()}`,
    'Proxy-Connection: Keep-Alive',
  ];
  const authorization = authorizationOf(proxy);
  events.sending([...lines, ...(authorization === undefined ? [] : ['Proxy-Authorization: [...]'])]);
  const secret = authorization === undefined ? [] : [`Proxy-Authorization: ${authorization}`];
  const talk = new PlainTalk(socket, signal);
  talk.send([...lines, ...secret, '', ''].join('\r\n'));
  try {
    const first = await talk.line();
    const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1]);
    if (Number.isNaN(status)) throw notHttp(proxy, first);
    const answer = [first];
    for (let line = await talk.line(); line !== ''; line = await talk.line()) answer.push(line);
    events.answered(answer);
    if (status < 200 || status > 299) {
      const text = filled(ROUTE.refused, { to: authority, line: safe(first) });
      throw new CliError(EXIT.receive, text, status === 407 ? ROUTE.credentials : ROUTE.proxyHint);
    }
    return status;
  } catch (error) {
    if (!(error instanceof PlainEnd)) throw error;
    throw talk.heard === ''
      ? new CliError(EXIT.receive, ROUTE.proxyClosed, ROUTE.proxyHint)
      : notHttp(proxy, talk.heard);
  } finally {
    // A server speaks second in TLS; what has come already belongs to it all the same.
    const rest = talk.release();
    if (rest.length > 0) socket.unshift(rest);
  }
}

function notHttp(proxy: ProxyAddress, line: string): CliError {
  const values = { proxy: safe(endpointText(proxy)), line: safe(JSON.stringify(line.slice(0, 60))) };
  return new CliError(EXIT.reply, filled(ROUTE.notHttp, values), ROUTE.notHttpHint);
}
