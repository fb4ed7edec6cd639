// From an address to a TLS connection whose handshake is done: TCP (to the server or its proxy), the tunnel, STARTTLS, TLS. Each stage
// tells what it does and takes its time.

import type { Socket } from 'node:net';
import type { Observation } from '../engine/observe.ts';
import type { EngineSocket } from '../node/engine_socket.ts';
import type { Judgement } from '../x509/verify.ts';
import { dial } from './dial.ts';
import type { Figures } from './figures.ts';
import { openTls } from './open_tls.ts';
import { endpointText, openTunnel } from './proxy_connect.ts';
import type { Endpoint } from './route.ts';
import { startTls } from './starttls.ts';
import { safe } from './terminal.ts';
import { ROUTE } from './texts/route.ts';
import { STARTTLS } from './texts/starttls.ts';
import { type Watched, watching } from './watching.ts';

export interface Opening extends Watched {
  readonly figures: Figures;
  /** The verdict on the server's certificate, as soon as there is one. */
  judgement: Judgement | undefined;
  /** DER certificates as the server sent them, or as the session has them. */
  chain: readonly Uint8Array[];
}

export interface OpenOptions {
  readonly to: Endpoint;
  /** Undefined: no session is asked for. */
  readonly resume: { readonly session: Uint8Array | undefined } | undefined;
  readonly earlyData: Uint8Array | undefined;
  onSession(session: Buffer): unknown;
  /** Ends everything; its reason is the error. */
  readonly whole: AbortSignal;
  /** Ends what comes before the handshake is done. */
  readonly early: AbortSignal;
}

/** Rejects with what ended it; the socket is destroyed then. */
export async function openConnection(opening: Opening, options: OpenOptions): Promise<EngineSocket> {
  const { settings, report, figures } = opening;
  const { to, resume, earlyData, whole, early } = options;
  const transport = await reach(opening, to, early);
  const recorded = opening.files.pcapng?.record(transport, 'client');
  try {
    report.beginning(to.host);
    const socket = openTls({
      transport,
      host: to.host,
      secure: {
        rejectUnauthorized: !settings.insecure,
        policy: settings.policy,
        ...(settings.pins !== undefined && { pins: settings.pins }),
        ...(settings.trusted.ca !== undefined && { ca: settings.trusted.ca }),
        ...settings.tls,
        ...(settings.identity !== undefined && { cert: settings.identity.cert, key: settings.identity.key }),
        ...watching(opening, to, recorded),
      },
      fetch: settings.aia ? { signal: early, tell: (text) => report.fetching(text) } : undefined,
      resume,
      earlyData,
      psk: settings.psk,
      crls: settings.crls,
      sni: settings.sni,
      onChain: (chain) => {
        opening.chain = chain;
      },
    });
    figures.socket = socket;
    socket.on('session', options.onSession);
    socket.once('earlyData', (accepted: boolean) => {
      figures.earlyData = (accepted ? 1 : -1) * (earlyData?.length ?? 0);
      report.earlyDataOutcome(accepted);
    });
    const abandon = (): void => void socket.destroy(whole.reason as Error);
    whole.addEventListener('abort', abandon);
    socket.once('close', () => whole.removeEventListener('abort', abandon));
    await handshake(opening, socket, early);
    if (socket.isSessionReused()) opening.chain = socket.agreement?.peerChain ?? [];
    figures.appConnected = figures.now();
    return socket;
  } catch (error) {
    // A socket of TLS closes its transport itself, behind the alert that may be on its way.
    if (figures.socket === undefined) transport.destroy();
    throw error;
  }
}

/** TCP to the server, through whatever lies between. */
async function reach(opening: Opening, { host, port }: Endpoint, signal: AbortSignal): Promise<Socket> {
  const { settings, report, figures } = opening;
  const { to, address, family, proxy } = settings.routeTo(host, port);
  const asked = proxy ?? to;
  const events = {
    trying: (ip: string, number: number) => report.trying(ip, number),
    failed: (ip: string, number: number, why: string) => report.failed(ip, number, why),
    resolved: () => {
      figures.nameLookup = figures.now();
    },
  };
  const target = { host: asked.host, port: asked.port, address, family, isProxy: proxy !== undefined };
  const socket = await dial(target, events, signal);
  try {
    figures.connections++;
    figures.connected = figures.now();
    figures.remoteAddress = socket.remoteAddress ?? '';
    figures.remotePort = socket.remotePort ?? 0;
    figures.localAddress = socket.localAddress ?? '';
    figures.localPort = socket.localPort ?? 0;
    report.connected(socket, asked.host);
    if (proxy !== undefined) {
      report.remark(ROUTE.establish, { to: safe(endpointText(to)), proxy: safe(endpointText(proxy)) });
      figures.proxyStatus = await openTunnel(socket, to, proxy, report, signal);
      report.remark(ROUTE.established, { status: figures.proxyStatus });
    }
    if (settings.starttls !== undefined) {
      report.remark(STARTTLS.asking, { protocol: settings.starttls });
      await startTls(socket, settings.starttls, host, report, signal);
    }
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function handshake(opening: Opening, socket: EngineSocket, signal: AbortSignal): Promise<void> {
  const { report } = opening;
  const abandon = (): void => void socket.destroy(signal.reason as Error);
  signal.addEventListener('abort', abandon);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('the connection closed')));
    });
  } finally {
    signal.removeEventListener('abort', abandon);
    opening.judgement = socket.judgement;
    report.certificate(socket.judgement, socket.isSessionReused());
  }
  report.sharedKey(socket.agreement?.psk ?? false);
  report.skipped(socket.judgement);
}

/** What is left of a connection when the next one begins. */
export function forget(opening: Opening): void {
  opening.seen.length = 0;
  opening.judgement = undefined;
  opening.chain = [];
}

export function isOffer(seen: Observation): boolean {
  return seen.kind === 'decision' && seen.about === 'resumption' && seen.chosen === 'offered';
}
