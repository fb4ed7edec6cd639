// TLS to an HTTPS proxy, in which the tunnel is asked for and the server's own TLS then runs. A connection of its own: its trust, its
// handshake and its failures are told apart from the server's.

import type { Duplex } from 'node:stream';
import type { Transport } from '../node/socket_base.ts';
import { COMPATIBLE } from '../x509/policy.ts';
import { narrator } from './narrator.ts';
import { openTls } from './open_tls.ts';
import { type Opening, untilConnected } from './opening.ts';
import { endpointText, type ProxyAddress } from './proxy_address.ts';
import { safe } from './terminal.ts';
import { ROUTE } from './texts/route.ts';
import { isNarrated } from './watching.ts';

/** Rejects with what ended the handshake; until it is done, what is seen and judged in `opening` is the proxy's. */
export async function openProxyTls(
  opening: Opening,
  transport: Transport,
  proxy: ProxyAddress,
  signal: AbortSignal,
): Promise<Transport> {
  const { settings, report, terminal, seen, files } = opening;
  const { trusted, insecure } = settings.proxyTrust;
  const { ca } = trusted();
  report.remark(ROUTE.tls, { proxy: safe(endpointText(proxy)) });
  const tell =
    settings.verbose > 0 && !settings.silent && isNarrated(settings.format)
      ? narrator({ level: settings.verbose, screen: terminal.err, lang: terminal.lang, alpnOffered: true })
      : undefined;
  opening.atProxy = proxy;
  const socket = openTls({
    transport,
    host: proxy.host,
    secure: {
      rejectUnauthorized: !insecure,
      policy: COMPATIBLE,
      ALPNProtocols: ['http/1.1'],
      ...(ca !== undefined && { ca }),
      ...(settings.tls.provider !== undefined && { provider: settings.tls.provider }),
      observe: (observation) => {
        tell?.(observation);
        if (opening.atProxy !== undefined && observation.kind !== 'secret') seen.push(observation);
      },
      ...(files.keylog !== undefined && { keyLog: (line: string) => files.keylog?.write(`${line}\n`) }),
    },
    fetch: undefined,
    resume: undefined,
    earlyData: undefined,
    psk: undefined,
  });
  await untilConnected(opening, socket, signal);
  const version = socket.getProtocol() ?? '';
  report.remark(ROUTE.tlsDone, { version, cipher: socket.getCipher()?.standardName ?? '' });
  if (opening.judgement?.ok === false) report.proxyUnproved(opening.judgement);
  opening.figures.proxyJudgement = opening.judgement;
  // From here on it is the server that is spoken to.
  opening.atProxy = undefined;
  opening.judgement = undefined;
  seen.length = 0;
  // It has all that a transport is asked for; only the types of net.Socket's methods differ.
  return socket as Duplex as Transport;
}
